//! `gitsm query`.

use super::Environment;
use super::args::{GetOutput, Query};
use super::error::{Failure, print, tell};
use super::get::safe;
use super::pager;
use crate::expr::ExprError;
use crate::flow::query::{Answer, QueryError, Request, query};
use crate::output::{Look, listing, table, visible};

pub(super) fn run(arguments: &Query, environment: &Environment) -> Result<u8, Failure> {
    let at = arguments.at.clone();
    let request = Request {
        place: environment.place(&[], at),
        expression: arguments.expression.clone(),
        show: arguments.show.clone(),
        today: arguments.today.clone(),
    };
    let answer = match query(&request) {
        Ok(answer) => answer,
        Err(QueryError::Ask(error)) => return Err(error.into()),
        Err(QueryError::Expression { source_text, errors }) => {
            return Err(wrong(&source_text, &errors));
        }
    };
    show(&answer, arguments, environment)?;
    if answer.ids.is_empty() && answer.failures.is_empty() {
        tell("it is true of nothing in this catalog\n");
    }
    let Some((name, error)) = answer.failures.first() else { return Ok(0) };
    let count = match answer.failures.len() {
        1 => "of 1 entity it cannot be said".to_owned(),
        count => format!("of {count} entities it cannot be said, the first of them"),
    };
    let help = error.help.as_ref().map(|help| format!("\n  hint: {help}")).unwrap_or_default();
    let place = pointed(&arguments.expression, error);
    tell(&format!("{count}: {}\n{place}\n", visible(&format!("{name}: {}", error.message))));
    tell(&format!("{}\n", help.trim_start_matches('\n')));
    Ok(1)
}

fn show(answer: &Answer, arguments: &Query, environment: &Environment) -> Result<(), Failure> {
    let people = |wide| {
        if answer.ids.is_empty() {
            return Ok(());
        }
        let look = Look { wide, color: environment.color, width: environment.width };
        pager::show(&safe(table(&answer.listing(), look)), environment)
    };
    match &arguments.output {
        None | Some(GetOutput::Table) => people(false),
        Some(GetOutput::Wide) => people(true),
        Some(GetOutput::Name) => print(&safe(listing::names(&answer.names()))),
        Some(GetOutput::Csv) => print(&safe(listing::csv(&answer.listing()))),
        Some(GetOutput::Json) => print(&safe(listing::json(&answer.items(), false))),
        Some(GetOutput::Yaml) => print(&safe(listing::yaml(&answer.items()))),
        Some(GetOutput::JsonPath(template)) => {
            let text = template.fill(&listing::value(&answer.items(), false));
            let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
            print(&safe(format!("{text}{end}")))
        }
        Some(GetOutput::Page) => {
            let hint = Some("`gitsm get KIND/NAME` shows the page of one entity".to_owned());
            Err(Failure::usage("a query gives no page".to_owned(), hint))
        }
    }
}

/// What is wrong with an expression, each mistake below its place.
fn wrong(expression: &str, errors: &[ExprError]) -> Failure {
    let mut message = String::new();
    let mut hint = None;
    for (number, error) in errors.iter().enumerate() {
        if number > 0 {
            message.push('\n');
        }
        message.push_str(&format!("{}\n{}", error.message, pointed(expression, error)));
        match (errors.len(), &error.help) {
            (1, help) => hint = help.clone(),
            (_, Some(help)) => message.push_str(&format!(" {help}")),
            _ => {}
        }
    }
    Failure::located(message, hint)
}

/// The line of an expression that a mistake is in, and marks below the mistake.
fn pointed(expression: &str, error: &ExprError) -> String {
    let start = error.span.start.min(expression.len());
    let line_start = expression[..start].rfind('\n').map_or(0, |at| at + 1);
    let line = expression[line_start..].lines().next().unwrap_or_default();
    let before = expression[line_start..start].chars().count();
    let end = error.span.end.clamp(start, line_start + line.len());
    let marks = expression.get(start..end).map_or(1, |part| part.chars().count()).max(1);
    format!("  {}\n  {}{}", visible(line), " ".repeat(before), "^".repeat(marks))
}
