//! A change as a comment of a pull request: what matters is seen, the rest unfolds. Nothing in it is
//! obeyed by Markdown or a forge.

use super::fields::{Mark, dotted, inline};
use super::meaning::{Section, kind_and_band, sections};
use super::short::counted;
use super::{DiffReport, EntityReport, FieldReport, FileReport};
use crate::catalog::short;
use crate::output::impact::markdown;
use crate::rules;

/// How many rows a table has at most: a comment is read by people, and forges limit its size.
const ROWS: usize = 40;

/// Writes the report.
pub fn emit(report: &DiffReport) -> String {
    let counted = escaped(&counted(&report.summary));
    let headline = match &report.judgement {
        Some(part) if !report.is_empty() => {
            format!("{} ({} points): {counted}", kind_and_band(part), part.risk.score)
        }
        _ => capital(&counted),
    };
    let mut text = format!("### {headline}\n\n");
    let compared = &report.compared;
    let commit = compared.base_commit.get(..7).unwrap_or_default();
    let head = match compared.head.as_str() {
        "worktree" => "the files on disk".to_owned(),
        head => escaped(head),
    };
    text.push_str(&format!("{head} merged into {} ({commit})\n", escaped(&compared.base)));
    for doubt in &report.doubts {
        let (file, line) = (escaped(&doubt.at.file), doubt.at.line);
        let message = escaped(&doubt.message);
        text.push_str(&format!("\n**Cannot be compared:** {file}:{line}: {message}\n"));
    }
    text.push_str(&changes(report));
    for part in sections(report) {
        text.push_str(&section(&part));
    }
    if let Some(digest) = &report.digest
        && !report.is_empty()
    {
        text.push_str(&format!("\n<sub>Digest of this change: {digest}</sub>\n"));
    }
    text
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn changes(report: &DiffReport) -> String {
    let mut rows: Vec<String> = report.entities.iter().map(entity).collect();
    rows.extend(report.files.iter().map(file));
    rows.extend(report.ignores.iter().map(|one| {
        let verb = if one.after > one.before { "silences" } else { "no longer silences" };
        let (code, reason) = (escaped(&one.code), escaped(&one.reason));
        format!("| a comment | {verb} {code} of {} | {reason} |\n", escaped(&short(&one.entity)))
    }));
    if rows.is_empty() {
        return String::new();
    }
    let mut text = String::from("\n| What | Change | Whose |\n| --- | --- | --- |\n");
    rows.iter().take(ROWS).for_each(|row| text.push_str(row));
    if let Some(more) = rows.len().checked_sub(ROWS).filter(|more| *more > 0) {
        text.push_str(&format!("\n… and {more} more.\n"));
    }
    text
}

fn entity(one: &EntityReport) -> String {
    let was = one.former.as_ref().map(|former| format!(" (was {})", escaped(&short(former))));
    let what = match one.action {
        "create" => "new".to_owned(),
        "delete" => "**deleted**".to_owned(),
        _ => {
            let lines: Vec<String> = one.fields.iter().flat_map(field).take(8).collect();
            lines.join("<br>")
        }
    };
    let mut whose: Vec<String> = one.owners.iter().map(|owner| escaped(&short(owner))).collect();
    whose.extend(one.criticality.iter().map(|tier| escaped(tier)));
    if one.class == "governance" {
        whose.push("governance".to_owned());
    }
    let name = escaped(&short(&one.entity));
    format!("| {name}{} | {what} | {} |\n", was.unwrap_or_default(), whose.join(", "))
}

fn field(one: &FieldReport) -> Vec<String> {
    if !one.items.is_empty() {
        return one.items.iter().flat_map(field).collect();
    }
    let name = escaped(&dotted(&one.pointer));
    let value = |value: &serde_json::Value| {
        let text: String = inline(value).chars().take(80).collect();
        escaped(&text)
    };
    let line = match (&one.before, &one.after) {
        (Some(before), Some(after)) => {
            format!("{name}: {} → {}", value(before), value(after))
        }
        (None, Some(after)) => format!("{} {name}: {}", mark(Mark::Added), value(after)),
        (Some(before), None) => format!("{} {name}: {}", mark(Mark::Removed), value(before)),
        (None, None) => return Vec::new(),
    };
    vec![line]
}

fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "+",
        Mark::Removed => "−",
        Mark::Changed | Mark::Kept => "",
    }
}

fn file(one: &FileReport) -> String {
    let whose: Vec<String> = one.entities.iter().take(3).map(|one| escaped(&short(one))).collect();
    let whose = match (whose.is_empty(), one.governance) {
        (true, false) => "nobody's".to_owned(),
        (true, true) => "steers controls".to_owned(),
        (false, true) => format!("of {}, steers controls", whose.join(", ")),
        (false, false) => format!("of {}", whose.join(", ")),
    };
    let lines = one.lines.map(|lines| format!(", +{} −{}", lines.added, lines.removed));
    let lines = lines.unwrap_or_default();
    format!("| {} | {}{lines} | {whose} |\n", escaped(&one.path), one.status)
}

fn section(part: &Section) -> String {
    let mut text = format!("\n**{}:** {}\n", part.title, escaped(&part.headline));
    if !part.rows.is_empty() {
        let columns = part.rows.iter().map(Vec::len).max().unwrap_or_default();
        let rule = "| --- ".repeat(columns);
        text.push_str(&format!("\n{}|\n{rule}|\n", "| ".repeat(columns)));
        for row in part.rows.iter().take(ROWS) {
            let cells: Vec<String> = row.iter().map(|cell| escaped(cell.trim())).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    for note in &part.notes {
        text.push_str(&format!("\n<sub>{}</sub>\n", escaped(note)));
    }
    text
}

/// A text that nobody obeys, with its secrets hidden: once it is escaped, nobody would know them.
fn escaped(text: &str) -> String {
    markdown::escaped(&rules::starred(text, &[]))
}
