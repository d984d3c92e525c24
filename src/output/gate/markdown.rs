//! A verdict in Markdown, for the pull request that it is about.

use std::fmt::Write;

use super::human::line;
use super::{by, name, sentence, what};
use crate::catalog::short;
use crate::change::verdict::{Outcome, Requirement, Standing, Verdict};
use crate::output::impact::markdown::escaped;

/// Writes it.
pub fn markdown(verdict: &Verdict) -> String {
    let mut out = String::new();
    let outcome = match verdict.outcome {
        Outcome::Pass => "✅ may be merged",
        Outcome::Fail => "⛔ may not be merged",
        Outcome::NotEvaluable => "❓ cannot be judged",
    };
    let named = verdict.change.as_ref().and_then(|change| change.name.as_deref());
    let named = named.map_or("This change".to_owned(), short);
    let _ = writeln!(out, "### {} {outcome}\n", escaped(&named));
    if let Some(what) = what(verdict) {
        let _ = writeln!(out, "{}.\n", escaped(&what));
    }
    let _ = writeln!(out, "| | requirement | |\n|---|---|---|");
    for one in &verdict.requirements {
        let word = match (one.standing, one.enforced) {
            (Standing::Met, _) => "met",
            (Standing::Unmet, true) => "**unmet**",
            (Standing::NotEvaluable, true) => "**unknown**",
            (Standing::Unmet, false) => "unmet, only told",
            (Standing::NotEvaluable, false) => "unknown, only told",
        };
        let _ = writeln!(out, "| {word} | {} | {} |", name(one), escaped(&one.because));
    }
    for one in verdict.requirements.iter().filter(|one| one.standing != Standing::Met) {
        requirement(&mut out, one);
    }
    let _ =
        writeln!(out, "\n{}\n\n<sub>{}</sub>", escaped(&sentence(verdict)), escaped(&by(verdict)));
    out
}

fn requirement(out: &mut String, one: &Requirement) {
    if one.evidence.is_empty() && one.next.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n**{}**\n", name(one));
    for evidence in &one.evidence {
        let _ = writeln!(out, "- {}", escaped(&line(evidence)));
    }
    for next in &one.next {
        let who: Vec<String> = next.who.iter().map(|who| escaped(&short(who))).collect();
        let who = if who.is_empty() { String::new() } else { format!(" ({})", who.join(", ")) };
        let command =
            next.command.as_ref().map(|command| format!(": `{}`", command.replace('`', "'")));
        let _ =
            writeln!(out, "- next: {}{who}{}", escaped(&next.words), command.unwrap_or_default());
    }
}
