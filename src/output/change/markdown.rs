//! A change in Markdown, for a pull request or a wiki.

use std::fmt::Write;

use super::{ChangeRecord, band, grade, human, type_of};
use crate::catalog::short;
use crate::output::impact::markdown::escaped as markdown_text;

/// Writes the record.
pub fn markdown(record: &ChangeRecord) -> String {
    let mut out = String::new();
    let title = record.title.clone().unwrap_or_default();
    let heading = format!("{} {title}", short(&record.change));
    let _ = writeln!(out, "## {}\n", markdown_text(heading.trim()));
    let computed = &record.computed;
    let _ = writeln!(
        out,
        "**{}**: {} change, {} risk ({} points)\n",
        record.told.state.name(),
        type_of(computed.change_type),
        band(computed.band),
        computed.score
    );
    for why in &record.told.why {
        let _ = writeln!(out, "- {}", markdown_text(why));
    }
    let agreement = &record.told.agreement;
    if !agreement.requirements.is_empty() {
        let _ = writeln!(out, "\n### Who must agree\n");
    }
    for one in &agreement.requirements {
        let _ = writeln!(out, "- {}", markdown_text(&human::line(one)));
    }
    for one in &agreement.refused {
        let (who, words) = (short(&one.person), &one.words);
        let _ = writeln!(
            out,
            "- does not count: {} by {}: {}",
            one.event,
            markdown_text(&who),
            markdown_text(words)
        );
    }
    if !record.happened.is_empty() {
        let _ = writeln!(out, "\n### What happened\n\n| when | what | who | grade | entry |");
        let _ = writeln!(out, "|---|---|---|---|---|");
    }
    for one in &record.happened {
        let who = markdown_text(&short(one.person.as_ref().unwrap_or(&one.by)));
        let grade = if one.counts { grade(one.grade) } else { "does not count" };
        let _ = writeln!(out, "| {} | {} | {who} | {grade} | `{}` |", one.at, one.event, one.entry);
    }
    if !record.told.next.is_empty() {
        let _ = writeln!(out, "\n### What may happen next\n");
    }
    for next in &record.told.next {
        let command =
            next.command.as_ref().map(|command| format!(": `{}`", command.replace('`', "'")));
        let _ = writeln!(out, "- {}{}", markdown_text(&next.words), command.unwrap_or_default());
    }
    out
}
