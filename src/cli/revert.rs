//! `gitsm revert`.

use super::Environment;
use super::args::{Revert, RevertFormat};
use super::error::{Failure, print, tell};
use crate::flow::diff::hidden;
use crate::flow::revert::{Request, revert};
use crate::output::revert::revert_human;

pub(super) fn run(arguments: &Revert, environment: &Environment) -> Result<u8, Failure> {
    let request = Request {
        place: environment.place(&[], None),
        change: arguments.change.clone(),
        write: !arguments.dry_run,
        partial: arguments.partial,
    };
    let done = revert(&request)?;
    if let Some((written, failure)) = &done.failed {
        let hint = match written.as_slice() {
            [] => "no file was written".to_owned(),
            some => format!("written before that: {}; `git restore` them", some.join(", ")),
        };
        return Err(Failure::could_not(failure.clone(), Some(hint)));
    }
    let report = &done.report;
    match (arguments.output, arguments.dry_run) {
        (RevertFormat::Json, _) => print(&hidden(&report.json()))?,
        (RevertFormat::Human, false) => {
            print(&hidden(&revert_human(report, false, environment.color)))?;
        }
        // The diff alone goes to standard output, so that `git apply` can read it.
        (RevertFormat::Human, true) => {
            if !report.is_blocked() {
                print(&done.diff(environment.width.is_some()))?;
            }
            tell(&hidden(&revert_human(report, true, false)));
        }
    }
    Ok(u8::from(!report.obstacles.is_empty()))
}
