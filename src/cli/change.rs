//! `gitsm change`.

use super::Environment;
use super::args::{CalendarFormat, Change, ChangeCalendar, ChangeCommand};
use super::error::Failure;
use super::impact::{put, renamed};
use super::life;
use crate::flow::calendar::{Request, calendar};
use crate::ledger::Decision;
use crate::output::{calendar_ics, calendar_json, calendar_markdown, calendar_table};

pub(super) fn run(arguments: &Change, environment: &Environment) -> Result<u8, Failure> {
    match &arguments.command {
        ChangeCommand::Calendar(arguments) => show(arguments, environment),
        ChangeCommand::Backtest(arguments) => super::backtest::run(arguments, environment),
        ChangeCommand::New(arguments) => life::new(arguments, environment),
        ChangeCommand::Propose(arguments) => life::propose(arguments, environment),
        ChangeCommand::Show(arguments) => life::show(arguments, environment),
        ChangeCommand::List(arguments) => life::list(arguments, environment),
        ChangeCommand::Approve(arguments) => {
            life::decide(arguments, Decision::Approve, environment)
        }
        ChangeCommand::Reject(arguments) => life::decide(arguments, Decision::Reject, environment),
        ChangeCommand::Revoke(arguments) => life::revoke(arguments, environment),
        ChangeCommand::Delegate(arguments) => life::delegate(arguments, environment),
        ChangeCommand::BreakGlass(arguments) => life::glass(arguments, environment),
        ChangeCommand::Cancel(arguments) => life::cancel(arguments, environment),
        ChangeCommand::Reviews(arguments) => life::reviews(arguments, environment),
        ChangeCommand::Merged(arguments) => life::merged(arguments, environment),
        ChangeCommand::Complete(arguments) => life::complete(arguments, environment),
        ChangeCommand::Archive(arguments) => life::archive(arguments, environment),
    }
}

fn show(arguments: &ChangeCalendar, environment: &Environment) -> Result<u8, Failure> {
    let request = Request {
        place: environment.place(&[], arguments.at.clone()),
        names: arguments.names.clone(),
        from: arguments.from,
        to: arguments.to,
        days: arguments.days,
        now: arguments.now,
    };
    let answer = calendar(&request)?;
    renamed(&answer.renamed);
    let agenda = &answer.agenda;
    let (format, file) = &arguments.output;
    let text = match format {
        // Colours are for terminals.
        CalendarFormat::Table => calendar_table(agenda, environment.color && file.is_none()),
        CalendarFormat::Json => calendar_json(agenda),
        CalendarFormat::Markdown => calendar_markdown(agenda),
        CalendarFormat::Ics => calendar_ics(agenda),
    };
    put(&text, file.as_deref(), environment)?;
    Ok(0)
}
