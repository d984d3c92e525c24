//! `gitsm diff`.

use super::Environment;
use super::args::{Diff, DiffFormat};
use super::error::{Failure, print};
use super::impact::put;
use super::pager;
use crate::flow::diff::{Request, diff, hidden};
use crate::flow::sides::Asked;
use crate::output::diff::{diff_human, diff_markdown, diff_names, diff_summary};

pub(super) fn run(arguments: &Diff, environment: &Environment) -> Result<u8, Failure> {
    let to_screen = arguments.outputs.iter().filter(|(_, file)| file.is_none()).count();
    if to_screen > 1 {
        let hint = "give all but one a file: -o human -o markdown=change.md".to_owned();
        let message = "only one format can go to standard output".to_owned();
        return Err(Failure::usage(message, Some(hint)));
    }
    let default = [(DiffFormat::Human, None)];
    let outputs = match arguments.outputs.is_empty() {
        true => &default[..],
        false => &arguments.outputs[..],
    };
    // People want to know what it means; programs say so if they do.
    let for_people =
        |format: &DiffFormat| matches!(format, DiffFormat::Human | DiffFormat::Markdown);
    let by_default = outputs.iter().any(|(format, _)| for_people(format));
    let wanted = |yes: bool, no: bool| yes || (by_default && !no);
    let request = Request {
        place: environment.place(&[], None),
        asked: Asked {
            base: arguments.base.clone(),
            head: arguments.head.clone(),
            staged: arguments.staged,
        },
        now: arguments.now,
        impact: wanted(arguments.impact, arguments.no_impact),
        judgement: wanted(arguments.risk, arguments.no_risk),
    };
    let report = diff(&request, &environment.variable)?;
    for (format, file) in outputs {
        let text = match format {
            DiffFormat::Human => diff_human(&report, environment.color && file.is_none()),
            DiffFormat::Summary => diff_summary(&report),
            DiffFormat::Name => diff_names(&report),
            DiffFormat::Json => report.json(),
            DiffFormat::Markdown => diff_markdown(&report),
        };
        let text = hidden(&text);
        match (format, file) {
            (DiffFormat::Human, None) => pager::show(&text, environment)?,
            (_, None) => print(&text)?,
            (_, file) => put(&text, file.as_deref(), environment)?,
        }
    }
    Ok(u8::from(arguments.exit_code && !report.is_empty()))
}
