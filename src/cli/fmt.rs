//! `gitsm fmt`.

use std::io::Read;
use std::path::Path;

use super::Environment;
use super::args::Fmt;
use super::error::{Failure, print, tell};
use crate::finding::Finding;
use crate::flow::fmt::{Done, TextError, fmt, fmt_text};
use crate::output::{count, finding_lines, line_start, visible};
use crate::yaml::Limits;

pub(super) fn run(arguments: &Fmt, environment: &Environment) -> Result<u8, Failure> {
    if arguments.paths.iter().any(|path| path == Path::new("-")) {
        return standard_input(arguments);
    }
    let place = environment.place(&arguments.paths, None);
    let write = !arguments.check && !arguments.diff;
    let done = fmt(&place, write)?;
    match arguments.diff {
        true => {
            print(&done.diff(environment.width.is_some()))?;
            tell(&left_alone(&done));
        }
        false => print(&said(&done, write))?,
    }
    report(&done.unread);
    let report = |failure: &String| Failure::could_not(failure.clone(), None).report(environment);
    if let Some(code) = done.failures.iter().map(report).max() {
        return Ok(code);
    }
    let differs = !write && !done.changes.is_empty();
    Ok(u8::from(differs || !done.unread.is_empty()))
}

/// A line for each file that changed, and how many there are.
fn said(done: &Done, write: bool) -> String {
    let mut text = String::new();
    for change in &done.changes {
        let verb = if write { "formatted" } else { "would format" };
        text.push_str(&format!("{verb} {}\n", visible(&change.path)));
    }
    text.push_str(&left_alone(done));
    let (changed, same) = (done.changes.len(), done.same);
    let total = match (changed, write) {
        (0, _) if same == 0 => "no file holds documents to format".to_owned(),
        (0, _) => format!("{}, formatted already", count(same, "file")),
        (_, true) => format!("formatted {}, {same} already were", count(changed, "file")),
        (_, false) => format!("would format {}, {same} already are", count(changed, "file")),
    };
    text.push_str(&format!("{total}\n"));
    text
}

/// A line for each file that holds a document which is not formatted although it is ours.
fn left_alone(done: &Done) -> String {
    let line = |(path, odd): &(String, usize)| {
        let path = visible(&line_start(path));
        format!("{path}: left {} alone, written in an unusual way\n", count(*odd, "document"))
    };
    done.odd.iter().map(line).collect()
}

/// What keeps files from being formatted.
fn report(findings: &[Finding]) {
    tell(&finding_lines(findings));
}

/// From standard input to standard output.
fn standard_input(arguments: &Fmt) -> Result<u8, Failure> {
    if arguments.paths.len() > 1 || arguments.check || arguments.diff {
        let message = "`-` is the only path, and goes with neither --check nor --diff";
        let hint = "name the files instead".to_owned();
        return Err(Failure::usage(message.to_owned(), Some(hint)));
    }
    let most = Limits::default().file_bytes + 1;
    let mut text = String::new();
    let read = std::io::stdin().lock().take(most).read_to_string(&mut text);
    if let Err(error) = read {
        return Err(Failure::could_not(format!("cannot read standard input: {error}"), None));
    }
    if text.len() as u64 >= most {
        let message =
            format!("standard input is longer than {} MiB: nothing is printed", most >> 20);
        return Err(Failure::could_not(message, None));
    }
    match fmt_text(&arguments.stdin_name, &text) {
        Ok(text) => print(&text).map(|()| 0),
        Err(TextError::Unread(findings)) => {
            report(&findings);
            Ok(1)
        }
        Err(error) => Err(Failure::could_not(error.to_string(), None)),
    }
}
