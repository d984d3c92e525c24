//! A verdict, for people at a terminal and for whoever reads a pipeline's log at 3 a.m.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::{by, name, sentence, what};
use crate::catalog::short;
use crate::change::verdict::{Evidence, Outcome, Requirement, Standing, Verdict};
use crate::output::visible;

/// How much evidence of what is met is told: of what is not, all of it is.
const FEW: usize = 2;

/// How many names are written out.
const MOST: usize = 6;

/// Writes it: what holds it up first.
pub fn human(verdict: &Verdict, color: bool) -> String {
    let styled = |style: Style, text: &str| match color {
        true => format!("{style}{text}{style:#}"),
        false => text.to_owned(),
    };
    let mut out = String::new();
    let outcome = match verdict.outcome {
        Outcome::Pass => styled(AnsiColor::Green.on_default().bold(), "PASS"),
        Outcome::Fail => styled(AnsiColor::Red.on_default().bold(), "REFUSED"),
        Outcome::NotEvaluable => styled(AnsiColor::Red.on_default().bold(), "NOT EVALUABLE"),
    };
    let change = verdict
        .change
        .as_ref()
        .map(|change| change.name.as_deref().map_or("a change without a name".to_owned(), short));
    let branch = verdict.inputs.base_branch.trim_start_matches("refs/heads/");
    let into = if branch.is_empty() { String::new() } else { format!(" into {branch}") };
    let change = change.unwrap_or_else(|| "the change".to_owned());
    let _ = writeln!(out, "{outcome}  {}{}", visible(&change), visible(&into));
    out.extend(what(verdict).map(|what| format!("{}\n", visible(&what))));
    out.push('\n');
    let mut all: Vec<&Requirement> = verdict.requirements.iter().collect();
    all.sort_by_key(|one| rank(one));
    for one in all {
        let (word, style) = word(one);
        let word = styled(style, &format!("{word:<8}"));
        let _ = writeln!(out, "  {word} {:<12} {}", name(one), visible(&one.because));
        requirement(&mut out, one);
    }
    let bold = Style::new().bold();
    let _ = writeln!(out, "\n{}", styled(bold, &visible(&sentence(verdict))));
    let _ = writeln!(out, "{}", visible(&by(verdict)));
    out
}

fn rank(one: &Requirement) -> u8 {
    match (one.enforced, one.standing) {
        (true, Standing::Unmet) => 0,
        (true, Standing::NotEvaluable) => 1,
        (false, Standing::Unmet | Standing::NotEvaluable) => 2,
        (_, Standing::Met) => 3,
    }
}

fn word(one: &Requirement) -> (&'static str, Style) {
    match (one.standing, one.enforced) {
        (Standing::Met, _) => ("met", AnsiColor::Green.on_default()),
        (Standing::Unmet, true) => ("UNMET", AnsiColor::Red.on_default().bold()),
        (Standing::NotEvaluable, true) => ("UNKNOWN", AnsiColor::Red.on_default().bold()),
        (Standing::Unmet, false) => ("(unmet)", AnsiColor::Yellow.on_default()),
        (Standing::NotEvaluable, false) => ("(unknown)", AnsiColor::Yellow.on_default()),
    }
}

const INDENT: &str = "                        ";

fn requirement(out: &mut String, one: &Requirement) {
    let most = if one.standing == Standing::Met { FEW } else { usize::MAX };
    for evidence in one.evidence.iter().take(most) {
        let _ = writeln!(out, "{INDENT}{}", visible(&line(evidence)));
    }
    let more = one.evidence.len().saturating_sub(most);
    if more > 0 {
        let _ = writeln!(out, "{INDENT}and {more} more");
    }
    if one.standing == Standing::Met && one.enforced {
        return;
    }
    for next in &one.next {
        let who = some(&next.who);
        let who = if who.is_empty() { String::new() } else { format!(" ({who})") };
        let _ = writeln!(out, "{INDENT}next: {}{}", visible(&next.words), visible(&who));
        if let Some(command) = &next.command {
            let _ = writeln!(out, "{INDENT}  {}", visible(command));
        }
    }
}

/// A piece of evidence, in a line.
pub(super) fn line(evidence: &Evidence) -> String {
    let code = evidence.code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
    let place = match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => format!("{file}:{line}: "),
        (Some(file), None) => format!("{file}: "),
        _ => String::new(),
    };
    let entry = evidence.entry.as_ref().map(|entry| format!(" [{entry}]")).unwrap_or_default();
    format!("{place}{code}{}{entry}", evidence.words)
}

fn some(names: &[String]) -> String {
    let more = names.len().saturating_sub(MOST);
    let mut all: Vec<String> = names.iter().take(MOST).map(|one| short(one)).collect();
    if more > 0 {
        all.push(format!("{more} more"));
    }
    all.join(", ")
}
