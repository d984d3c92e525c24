//! A change, for people at a terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::{ChangeRecord, band, grade, type_of};
use crate::catalog::short;
use crate::change::agreement::{Fulfilled, Standing};
use crate::output::visible;

/// How many entities, and how many names, are written out.
const MOST: usize = 8;

/// Writes the record.
pub fn human(record: &ChangeRecord, color: bool) -> String {
    let mut out = String::new();
    let styled = |style: Style, text: &str| match color {
        true => format!("{style}{}{style:#}", visible(text)),
        false => visible(text),
    };
    let bold = Style::new().bold();
    let heading = |text: &str| styled(bold, text);
    let title = record.title.as_ref().map(|title| format!("  {}", visible(title)));
    let name = styled(bold, &short(&record.change));
    let _ = writeln!(out, "{name}{}", title.unwrap_or_default());
    let state = AnsiColor::Cyan.on_default().bold();
    let state = styled(state, record.told.state.name());
    let unauthorized = if record.told.unauthorized { ", unauthorized" } else { "" };
    let result = record.told.result.map(|result| format!(", {}", result.name().replace('_', " ")));
    let _ = writeln!(out, "{state}{unauthorized}{}", result.unwrap_or_default());
    for why in &record.told.why {
        let _ = writeln!(out, "  {}", visible(why));
    }
    let month = record.emergencies.words().filter(|_| {
        record.told.life.owes_review() || record.emergencies.changes.contains(&record.change)
    });
    out.extend(month.map(|words| format!("  {}\n", visible(&words))));
    let _ = writeln!(out, "\n{}", heading("What it is"));
    what(&mut out, record);
    requirements(&mut out, record, &heading);
    happened(&mut out, record, &heading);
    if !record.told.next.is_empty() {
        let _ = writeln!(out, "\n{}", heading("What may happen next"));
    }
    for next in &record.told.next {
        let who = some(next.who.iter().map(|one| short(one)));
        let who = if who.is_empty() { String::new() } else { format!("  by {who}") };
        let _ = writeln!(out, "  {}{}", visible(&next.words), visible(&who));
        let command = next.command.as_ref().map(|command| format!("      {}", visible(command)));
        out.extend(command.map(|line| format!("{line}\n")));
    }
    out
}

fn what(out: &mut String, record: &ChangeRecord) {
    let computed = &record.computed;
    let article = if type_of(computed.change_type) == "emergency" { "an" } else { "a" };
    let reach = match computed.reaches {
        0 => "nothing else".to_owned(),
        n => crate::output::count(n, "entity"),
    };
    let _ = writeln!(
        out,
        "  {article} {} change of {} risk, {} points; it can break {reach}",
        type_of(computed.change_type),
        band(computed.band),
        computed.score,
    );
    let entities = some(computed.entities.iter().map(|one| short(one)));
    let files = match computed.files {
        0 => String::new(),
        1 => "1 file".to_owned(),
        n => format!("{n} files"),
    };
    let parts: Vec<String> =
        [entities, files].into_iter().filter(|part| !part.is_empty()).collect();
    let _ = writeln!(out, "  changes      {}", visible(&parts.join("; ")));
    if !computed.contributors.is_empty() {
        let by = some(computed.contributors.iter().map(|one| short(one)));
        let _ = writeln!(out, "  made by      {}", visible(&by));
    }
    let reason = record.said.request.as_ref().map(|request| request.reason.as_str());
    if let Some(reason) = reason.or(record.said.message.as_deref()) {
        let mut lines = reason.trim().lines();
        let first = lines.next().unwrap_or_default();
        let more = if lines.next().is_some() { " …" } else { "" };
        let _ = writeln!(out, "  because      {}{more}", visible(first));
    }
    if !record.said.missing.is_empty() {
        let _ = writeln!(out, "  not yet said {}", record.said.missing.join(", "));
    }
    let may = if computed.may_happen { "yes" } else { "no; see `gitsm diff`" };
    let _ = writeln!(out, "  in its window {may}");
    if !computed.targets.is_empty() {
        let targets = some(computed.targets.iter().map(|one| short(one)));
        let _ = writeln!(out, "  applied to   {}", visible(&targets));
    }
    let digest = computed.digest.as_deref().unwrap_or("cannot be compared");
    let _ = writeln!(out, "  digest       {digest}");
    let _ = writeln!(out, "  found        {}", visible(&record.found));
}

fn requirements(out: &mut String, record: &ChangeRecord, heading: &dyn Fn(&str) -> String) {
    let agreement = &record.told.agreement;
    let nobody = agreement.requirements.is_empty() && agreement.rejected.is_empty();
    if nobody && agreement.refused.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", heading("Who must agree"));
    for one in &agreement.requirements {
        let _ = writeln!(out, "  {}", visible(&line(one)));
    }
    for one in &agreement.rejected {
        let (who, entry) = (short(&one.person), &one.entry);
        let _ = writeln!(out, "  {} does not agree ({entry})", visible(&who));
    }
    for one in &agreement.refused {
        let (who, entry) = (short(&one.person), &one.entry);
        let words = visible(&one.words);
        let _ = writeln!(
            out,
            "  does not count: {} by {} ({entry}): {words}",
            one.event,
            visible(&who)
        );
    }
}

/// A requirement in one line.
pub(super) fn line(one: &Fulfilled) -> String {
    let voices: Vec<String> = one
        .by
        .iter()
        .map(|voice| {
            let behalf = voice.behalf.as_ref().map(|who| format!(" for {}", short(who)));
            let (who, grade) = (short(&voice.person), grade(voice.grade));
            format!("{who} ({grade}){}", behalf.unwrap_or_default())
        })
        .collect();
    let mark = match one.standing {
        Standing::Met => "ok      ",
        Standing::Lapsed => "silence ",
        Standing::Unmet => "missing ",
    };
    let mut text = format!("{mark}{}", short(&one.id));
    if one.count > 1 {
        text.push_str(&format!("  {} of {}", one.count - one.missing.min(one.count), one.count));
    }
    if !voices.is_empty() {
        text.push_str(&format!("  {}", voices.join(", ")));
    }
    if one.standing == Standing::Unmet {
        match (one.anyone, one.could.is_empty()) {
            (true, _) => text.push_str("  anybody who had no hand in it"),
            (false, false) => {
                text.push_str(&format!(
                    "  could: {}",
                    some(one.could.iter().map(|who| short(who)))
                ));
            }
            (false, true) => text.push_str("  nobody could"),
        }
    }
    if !one.enforced {
        text.push_str("  (only reported)");
    }
    text.extend(one.problem.iter().map(|problem| format!("; {problem}")));
    text
}

fn happened(out: &mut String, record: &ChangeRecord, heading: &dyn Fn(&str) -> String) {
    if !record.ledger.begun {
        let _ = writeln!(out, "\nThere is no ledger: nothing is recorded. `gitsm ledger init`");
        return;
    }
    if record.happened.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", heading("What happened"));
    for one in &record.happened {
        let at = one.at.replace('T', " ");
        let who = one.person.as_ref().map(|person| format!("{} by ", short(person)));
        let by = format!("{}{}", who.unwrap_or_default(), short(&one.by));
        let grade = if one.counts { grade(one.grade) } else { "does not count" };
        let (event, entry) = (one.event, &one.entry);
        let _ = writeln!(out, "  {at}  {event:<11}  {}  {grade}  {entry}", visible(&by));
        for problem in &one.problems {
            let _ = writeln!(out, "      {}", problem.name());
        }
        let first = one.text.as_ref().and_then(|text| text.lines().next());
        out.extend(first.map(|text| format!("      “{}”\n", visible(text))));
    }
}

/// Some names, and how many more.
fn some(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(MOST);
    let shown: Vec<String> = names.take(MOST).collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
