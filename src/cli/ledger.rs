//! `gitsm ledger`.

use super::Environment;
use super::args::{
    Ledger, LedgerCommand, LedgerFormat, LedgerInit, LedgerLog, LedgerShow, LedgerVerify,
    LedgerWitness, LogFormat,
};
use super::error::{Failure, print, tell};
use super::impact::put;
use super::life;
use super::pager;
use crate::flow::change::desk::Desk;
use crate::flow::ledger::Sign;
use crate::flow::ledger::{Around, Begin, Book, begin, log, read_witness, show, verified, witness};
use crate::ledger::{Checked, Standing};
use crate::model::gitsm::change_policy::Grade;
use crate::output::ledger::{
    EntryReport, Grades, LogReport, ShowReport, VerifyReport, entry_human, entry_json, log_human,
    log_json, log_names, none, verify_human, verify_json, witness_json,
};
use crate::output::{count, visible};

pub(super) fn run(arguments: &Ledger, environment: &Environment) -> Result<u8, Failure> {
    let book = Book::open(&environment.place(&[], None), &around(environment))?;
    match &arguments.command {
        LedgerCommand::Init(arguments) => init(&book, arguments, environment),
        LedgerCommand::Log(arguments) => list(&book, arguments, environment),
        LedgerCommand::Show(arguments) => one(&book, arguments, environment),
        LedgerCommand::Verify(arguments) => check(&book, arguments, environment),
        LedgerCommand::Sync => sync(&book),
        LedgerCommand::Witness(arguments) => keep(&book, arguments, environment),
    }
}

/// What of the process the ledger needs.
pub(super) fn around(environment: &Environment) -> Around {
    let path = (environment.variable)("PATH");
    Around { path, terminal: environment.width.is_some(), now: None }
}

fn init(book: &Book, arguments: &LedgerInit, environment: &Environment) -> Result<u8, Failure> {
    let desk = Desk::open(&environment.place(&[], None), &around(environment))?;
    let mut asked = life::who(&arguments.signing);
    let mut operators = desk.authority.operators.iter();
    if let (None, Some(only), None) = (&asked.who, operators.next(), operators.next()) {
        asked.who = Some(only.clone());
    }
    let writer = desk.writer(&asked)?;
    let sign = |message: &[u8]| writer.sign(message);
    let sign: Option<&Sign<'_>> = if writer.key.is_some() { Some(&sign) } else { None };
    let request = Begin { by: Some(writer.by.clone()), sign, local: arguments.local };
    let begun = begin(book, &request)?;
    if let Some(why) = &writer.unsigned_because {
        tell(&format!("note: it is not signed: {}\n", visible(why)));
    }
    let place = match &begun.shared {
        Some(remote) => format!("on {}, here and on {remote}", begun.branch),
        None => format!("on {}, in this clone", begun.branch),
    };
    let mut text = format!("The ledger has begun {place}: entry {}\n", begun.entry.id);
    if let Some(pending) = &begun.pending {
        text.push_str(&format!("It is not shared yet: {pending}\n"));
    }
    text.push_str(
        "\nPin it in gitsm.yaml, and merge that, so that no other ledger can stand in:\n\n",
    );
    if !begun.has_id {
        text.push_str("  id: NAME/OF-THIS-REPOSITORY     # in approvals; it never changes\n");
    }
    text.push_str(&format!("  ledger:\n    genesis: {}\n", begun.genesis));
    print(&shown(&text))?;
    Ok(0)
}

/// Each line safe to print.
fn shown(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", visible(line))).collect()
}

fn list(book: &Book, arguments: &LedgerLog, environment: &Environment) -> Result<u8, Failure> {
    let log = log(book, arguments.subject.as_deref(), arguments.kind.as_deref())?;
    let report = LogReport {
        format: "ledger-log/1",
        standing: log.standing,
        faults: log.faults,
        tip: log.tip,
        total: log.all,
        pending: log.pending,
        entries: log.entries.iter().map(EntryReport::of).collect(),
    };
    let (format, file) = &arguments.output;
    let text = match format {
        LogFormat::Human => {
            let color = environment.color && file.is_none();
            let is_pinned = book.pinned().is_some();
            log_human(&report, is_pinned, color, environment.width.filter(|_| file.is_none()))
        }
        LogFormat::Json => log_json(&report),
        LogFormat::Names => log_names(&report),
    };
    match (format, file) {
        (LogFormat::Human, None) => pager::show(&text, environment)?,
        (_, file) => put(&text, file.as_deref(), environment)?,
    }
    Ok(0)
}

fn one(book: &Book, arguments: &LedgerShow, environment: &Environment) -> Result<u8, Failure> {
    let shown = show(book, &arguments.entry)?;
    let report = ShowReport {
        format: "ledger-entry/1",
        number: shown.number,
        total: shown.all,
        branch: shown.branch,
        entry: EntryReport::of(&shown.checked),
        signature: shown.checked.entry.written.signature.clone(),
    };
    let (format, file) = &arguments.output;
    let text = match format {
        LedgerFormat::Human => entry_human(&report),
        LedgerFormat::Json => entry_json(&report),
    };
    put(&text, file.as_deref(), environment)?;
    Ok(0)
}

fn check(book: &Book, arguments: &LedgerVerify, environment: &Environment) -> Result<u8, Failure> {
    let files = arguments.witnesses.iter().map(|file| environment.current.join(file));
    let witnesses = files.map(|file| read_witness(&file)).collect::<Result<Vec<_>, _>>()?;
    let verified = verified(book, &witnesses)?;
    let grade = |grade: Grade| verified.counting().filter(|one| one.grade == grade).count();
    let odd = |one: &&Checked| !one.problems.is_empty();
    let report = VerifyReport {
        format: "ledger-verify/1",
        standing: verified.standing(),
        faults: verified.faults.clone(),
        tip: verified.tip.clone(),
        genesis: verified.genesis(),
        pinned: book.pinned().is_some(),
        total: verified.entries.len(),
        counting: verified.counting().count(),
        grades: Grades {
            signed: grade(Grade::Signed),
            forge: grade(Grade::Forge),
            claimed: grade(Grade::Claimed),
        },
        entries: verified.entries.iter().filter(odd).map(EntryReport::of).collect(),
    };
    let (format, file) = &arguments.output;
    let text = match format {
        LedgerFormat::Human => verify_human(&report),
        LedgerFormat::Json => verify_json(&report),
    };
    put(&text, file.as_deref(), environment)?;
    debug_assert!(report.standing == Standing::Unbroken || !report.is_clean());
    Ok(u8::from(!report.is_clean()))
}

fn sync(book: &Book) -> Result<u8, Failure> {
    for branch in [&book.branch, &book.records] {
        let synced = book.sync(branch)?;
        let Some(tip) = synced.tip else {
            if branch.is_chain {
                print(match book.pinned() {
                    Some(_) => {
                        "The ledger that the protected branch pins is neither here nor at its remote\n"
                    }
                    None => none(false),
                })?;
            }
            continue;
        };
        let tip: String = tip.chars().take(10).collect();
        let text = match (&branch.remote, synced.received, synced.sent) {
            (None, _, _) => {
                format!("{}: at {tip}; nobody shares it, there is no remote", branch.name)
            }
            (Some(remote), 0, 0) => format!("{}: at {tip}, as on {remote}", branch.name),
            (Some(remote), received, sent) => format!(
                "{}: at {tip}; {} from {remote}, {} sent",
                branch.name,
                count(received, "commit"),
                count(sent, "commit")
            ),
        };
        print(&shown(&text))?;
    }
    Ok(0)
}

fn keep(book: &Book, arguments: &LedgerWitness, environment: &Environment) -> Result<u8, Failure> {
    let witness = witness(book)?;
    let (_, file) = &arguments.output;
    put(&witness_json(&witness), file.as_deref(), environment)?;
    if book.branch.remote.is_some() && book.branch.pending(&book.repository).unwrap_or(0) > 0 {
        tell("note: it names entries that are not shared yet, whose commits may still change\n");
    }
    Ok(0)
}
