//! `gitsm impact`.

use std::path::Path;

use super::Environment;
use super::args::{Impact, ImpactFormat};
use super::error::{Failure, print, tell};
use crate::catalog::impact::State;
use crate::catalog::short;
use crate::flow::impact::{Request, impact, path};
use crate::output::{
    impact_human, impact_markdown, impact_mermaid, path_human, path_json, replace, visible,
};

pub(super) fn run(arguments: &Impact, environment: &Environment) -> Result<u8, Failure> {
    let request = Request {
        place: environment.place(&[], arguments.at.clone()),
        causes: arguments.causes.clone(),
        state: if arguments.degraded { State::Degraded } else { State::Down },
        depth: arguments.depth,
    };
    if let Some(to) = &arguments.to {
        return reach(arguments, &request, to, environment);
    }
    let answer = impact(&request)?;
    renamed(&answer.renamed);
    let report = &answer.report;
    let (format, file) = &arguments.output;
    let text = match format {
        // Colours are for terminals.
        ImpactFormat::Human => impact_human(report, environment.color && file.is_none()),
        ImpactFormat::Json => report.json(),
        ImpactFormat::Markdown => impact_markdown(report),
        ImpactFormat::Mermaid => impact_mermaid(report),
    };
    put(&text, file.as_deref(), environment)?;
    Ok(0)
}

fn reach(
    arguments: &Impact,
    request: &Request,
    to: &str,
    environment: &Environment,
) -> Result<u8, Failure> {
    let (format, file) = &arguments.output;
    if matches!(format, ImpactFormat::Markdown | ImpactFormat::Mermaid) {
        let hint = "leave out --to, or write `-o human` or `-o json`".to_owned();
        return Err(Failure::usage("--to has no such format".to_owned(), Some(hint)));
    }
    let answer = path(request, to)?;
    renamed(&answer.renamed);
    let text = match format {
        ImpactFormat::Json => path_json(&answer.report),
        _ => path_human(&answer.report, environment.color && file.is_none()),
    };
    put(&text, file.as_deref(), environment)?;
    Ok(u8::from(!answer.report.reaches()))
}

/// Prints a text, or writes it to a file.
pub(super) fn put(
    text: &str,
    file: Option<&Path>,
    environment: &Environment,
) -> Result<(), Failure> {
    match file {
        Some(file) => Ok(replace(&environment.current.join(file), text.as_bytes())?),
        None => print(text),
    }
}

/// Says which entities go by another name now.
pub(super) fn renamed(renamed: &[(String, String)]) {
    for (before, now) in renamed {
        tell(&visible(&format!("note: {} is {} now", short(before), short(now))));
        tell("\n");
    }
}
