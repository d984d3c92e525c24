//! `gitsm gate`.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::Environment;
use super::args::{Gate, GateFormat};
use super::error::{Failure, print, tell};
use super::impact::put;
use super::ledger::around;
use crate::change::verdict::{Outcome, Verdict};
use crate::flow::diff::hidden;
use crate::flow::gate::{Request, gate, replay};
use crate::flow::ledger::{Around, read_witness};
use crate::output::gate::{github, human, json, markdown};
use crate::output::visible;

pub(super) fn run(arguments: &Gate, environment: &Environment) -> Result<u8, Failure> {
    if let Some(file) = &arguments.replay {
        return again(file, arguments, environment);
    }
    let witnesses =
        arguments.witness.iter().map(|file| read_witness(&environment.current.join(file)));
    let request = Request {
        place: environment.place(&[], None),
        base: arguments.base.clone(),
        head: arguments.head.clone(),
        witnesses: witnesses.collect::<Result<_, _>>()?,
        around: Around { now: arguments.now, ..around(environment) },
        ..Request::default()
    };
    let verdict = gate(&request, &environment.variable)?.verdict;
    show(&verdict, (&arguments.outputs, GateFormat::Human), environment)?;
    Ok(code(&verdict))
}

/// What a verdict means for a pipeline.
pub(super) fn code(verdict: &Verdict) -> u8 {
    match verdict.outcome {
        Outcome::Pass => 0,
        Outcome::Fail => 1,
        Outcome::NotEvaluable => 3,
    }
}

/// Formats, and where they go.
type Outputs = [(GateFormat, Option<PathBuf>)];

fn show(
    verdict: &Verdict,
    (outputs, default): (&Outputs, GateFormat),
    environment: &Environment,
) -> Result<(), Failure> {
    if outputs.iter().filter(|(_, file)| file.is_none()).count() > 2 {
        let hint = "give all but two a file: -o human -o github -o json=verdict.json".to_owned();
        let message = "too many formats for standard output".to_owned();
        return Err(Failure::usage(message, Some(hint)));
    }
    let default = [(default, None)];
    let outputs = if outputs.is_empty() { &default[..] } else { outputs };
    for (format, file) in outputs {
        let text = match format {
            GateFormat::Human => human(verdict, environment.color && file.is_none()),
            GateFormat::Json => json(verdict),
            GateFormat::Markdown => markdown(verdict),
            GateFormat::Github => github(verdict),
        };
        match file {
            None => print(&hidden(&text))?,
            file => put(&hidden(&text), file.as_deref(), environment)?,
        }
    }
    Ok(())
}

fn again(file: &Path, arguments: &Gate, environment: &Environment) -> Result<u8, Failure> {
    let text = text(&environment.current.join(file))
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display()), None))?;
    let replayed = replay(&text, &environment.place(&[], None), &around(environment))?;
    let verdict = &replayed.gated.verdict;
    show(verdict, (&arguments.outputs, GateFormat::Json), environment)?;
    if hidden(&json(verdict)) == text {
        tell(&format!("the same to the byte: {}\n", visible(&replayed.of)));
        return Ok(0);
    }
    tell(&format!("another verdict comes out: {}\n", visible(&replayed.of)));
    Ok(1)
}

pub(super) fn text(file: &Path) -> std::io::Result<String> {
    const MOST: u64 = 64 << 20;
    let mut text = String::new();
    #[allow(clippy::disallowed_methods, reason = "a file that the user keeps outside of any tree")]
    std::fs::File::open(file)?.take(MOST).read_to_string(&mut text)?;
    Ok(text)
}
