//! `gitsm validate`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::Environment;
use super::args::{Output, Validate};
use super::error::{Failure, print, tell};
use crate::catalog::{FileRecord, Outcome};
use crate::flow::fix::fix;
use crate::flow::validate::{Request, Validated, validate};
use crate::output::{View, format_named, line_start, repairs, replace, visible};

pub(super) fn run(arguments: &Validate, environment: &Environment) -> Result<u8, Failure> {
    let request = Request {
        place: environment.place(&arguments.paths, arguments.at.clone()),
        since: arguments.since.clone(),
        only: arguments.only.clone(),
        ignore: arguments.ignore.clone(),
        today: arguments.today.clone(),
        scheduled: arguments.scheduled,
    };
    let to_screen = arguments.outputs.iter().filter(|output| output.file.is_none()).count();
    if to_screen + usize::from(arguments.dry_run) > 1 {
        let (message, hint) = match arguments.dry_run {
            true => (
                "--dry-run prints a diff, and nothing else can go to standard output",
                "give the format a file: -o json=findings.json",
            ),
            false => (
                "only one format can go to standard output",
                "give all but one a file: -o human -o sarif=gitsm.sarif",
            ),
        };
        return Err(Failure::usage(message.to_owned(), Some(hint.to_owned())));
    }
    if arguments.fix {
        return repair(&request, arguments, environment);
    }
    let validated = validate(&request)?;
    if arguments.list_files {
        print(&list_files(&validated.files))?;
        return Ok(0);
    }
    emit(&validated, &outputs(arguments), arguments, environment)?;
    Ok(exit_code(&validated, arguments))
}

/// `--fix`: what remains is reported as ever; what was fixed is said after it where people read,
/// and else on standard error.
fn repair(
    request: &Request,
    arguments: &Validate,
    environment: &Environment,
) -> Result<u8, Failure> {
    let write = !arguments.dry_run;
    let fixed = fix(request, write)?;
    let mut outputs = outputs(arguments);
    if arguments.dry_run {
        outputs.retain(|output| output.file.is_some());
        print(&fixed.diff(environment.width.is_some()))?;
    }
    emit(&fixed.validated, &outputs, arguments, environment)?;
    let mut done = repairs(&fixed.repairs, write, arguments.all);
    if fixed.more {
        done.push_str("there is more to fix than one run does: run the command again\n");
    }
    match outputs.iter().any(|output| output.file.is_none() && output.format.name == "human") {
        true => print(&done)?,
        false => tell(&done),
    }
    let report = |failure: &String| Failure::could_not(failure.clone(), None).report(environment);
    let failures = fixed.failures.iter().map(report);
    Ok(failures.max().unwrap_or_else(|| exit_code(&fixed.validated, arguments)))
}

fn exit_code(validated: &Validated, arguments: &Validate) -> u8 {
    u8::from(validated.fails(arguments.fail_on.severity()))
}

/// The formats that are asked for: the one for people if none is.
fn outputs(arguments: &Validate) -> Vec<Output> {
    let human = format_named("human").map(|format| Output { format, file: None });
    match arguments.outputs.is_empty() {
        true => human.into_iter().collect(),
        false => arguments.outputs.clone(),
    }
}

fn emit(
    validated: &Validated,
    outputs: &[Output],
    arguments: &Validate,
    environment: &Environment,
) -> Result<(), Failure> {
    let command = command(arguments);
    for output in outputs {
        let text = (output.format.emit)(&View {
            color: environment.color && output.file.is_none(),
            width: environment.width.unwrap_or(140),
            all: arguments.all,
            command: &command,
            ..view(validated, &cached(validated))
        });
        match &output.file {
            Some(file) => replace(&environment.current.join(file), text.as_bytes())?,
            None => print(&text)?,
        }
    }
    Ok(())
}

type Lines<'a> = dyn Fn(&str) -> Option<Arc<Vec<String>>> + 'a;

fn view<'a>(validated: &'a Validated, lines: &'a Lines<'a>) -> View<'a> {
    View {
        report: &validated.report,
        files: &validated.files,
        lines,
        color: false,
        width: 140,
        all: false,
        command: "",
    }
}

/// Reads each file once, however many findings it has.
fn cached(validated: &Validated) -> impl Fn(&str) -> Option<Arc<Vec<String>>> {
    let cache: RefCell<HashMap<String, Option<Arc<Vec<String>>>>> = RefCell::default();
    move |path| {
        if let Some(known) = cache.borrow().get(path) {
            return known.clone();
        }
        let lines = validated.lines(path);
        cache.borrow_mut().insert(path.to_owned(), lines.clone());
        lines
    }
}

/// The command as the user would type it again.
fn command(arguments: &Validate) -> String {
    let mut words = vec!["gitsm validate".to_owned()];
    words.extend(arguments.paths.iter().map(|path| path.display().to_string()));
    for (name, value) in [("--at", &arguments.at), ("--since", &arguments.since)] {
        words.extend(value.iter().map(|value| format!("{name} {value}")));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || " -_./=@~^:".contains(c);
    let text = visible(&words.join(" "));
    // What a shell would read otherwise is not offered for typing.
    if text.chars().all(plain) { text } else { "gitsm validate".to_owned() }
}

fn list_files(files: &[FileRecord]) -> String {
    let mut text = String::new();
    for file in files {
        let outcome = match &file.outcome {
            Outcome::Read { entities, templates, refused, passed_over } => {
                let parts = [
                    (entities, "entity", "entities"),
                    (templates, "template not judged", "templates not judged"),
                    (refused, "document that is none", "documents that are none"),
                    (passed_over, "document passed over", "documents passed over"),
                ];
                let parts = parts.iter().filter(|(number, ..)| **number > 0);
                let parts = parts.map(|(number, one, many)| {
                    format!("{number} {}", if **number == 1 { one } else { many })
                });
                parts.collect::<Vec<_>>().join(", ")
            }
            Outcome::PassedOver(reason) => format!("passed over: {reason}"),
            Outcome::Configuration => "gitsm's configuration".to_owned(),
            Outcome::Faulty => "cannot be read: see the findings".to_owned(),
        };
        text.push_str(&visible(&format!("{}: {outcome}", line_start(&file.file.to_string()))));
        text.push('\n');
    }
    text
}
