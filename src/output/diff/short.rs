//! A change in few words: a line, or a line for each name.

use super::{DiffReport, DiffSummary, name};
use crate::output::text::{count, line_start, visible};

/// One line: `2 entities updated, 1 deleted; 3 files, 1 of them nobody's`.
pub fn summary(report: &DiffReport) -> String {
    format!("{}\n", counted(&report.summary))
}

/// How much there is of what, in words.
pub(super) fn counted(summary: &DiffSummary) -> String {
    let DiffSummary { created, updated, renamed, deleted, files, unowned, ignores } = *summary;
    let entities: Vec<String> = [(created, "created"), (updated, "updated"), (deleted, "deleted")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .enumerate()
        .map(|(at, (number, what))| match at {
            0 => format!("{} {what}", count(number, "entity")),
            _ => format!("{number} {what}"),
        })
        .collect();
    let mut parts = Vec::new();
    if !entities.is_empty() {
        let renamed = match renamed {
            0 => String::new(),
            some => format!(" ({some} renamed)"),
        };
        parts.push(format!("{}{renamed}", entities.join(", ")));
    }
    if files > 0 {
        let unowned = match unowned {
            0 => String::new(),
            1 if files == 1 => ", nobody's".to_owned(),
            all if all == files => ", all nobody's".to_owned(),
            some => format!(", {some} of them nobody's"),
        };
        parts.push(format!("{}{unowned}", count(files, "file")));
    }
    if ignores > 0 {
        parts.push(format!("{} that silence findings", count(ignores, "comment")));
    }
    match parts.is_empty() {
        true => "nothing changes".to_owned(),
        false => parts.join("; "),
    }
}

/// A line for each entity and file: what happens, and its name; for scripts.
pub fn names(report: &DiffReport) -> String {
    let mut text = String::new();
    for one in &report.entities {
        text.push_str(&format!("{}\t{}\n", one.action, name(&one.entity)));
    }
    for file in &report.files {
        text.push_str(&format!("{}\t{}\n", file.status, line_start(&visible(&file.path))));
    }
    text
}
