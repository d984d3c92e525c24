//! A change calendar as text: for people, programs, wikis and calendar programs.

mod human;
mod ics;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::Value;

use super::impact::markdown::escaped;
use crate::catalog::rota::Span;
use crate::catalog::short;
use crate::change::schedule::{Agenda, AgendaEntry, Conflict, EntryKind};

pub use human::emit as emit_table;
pub use ics::emit as ics;

/// The agenda as JSON.
pub fn json(agenda: &Agenda) -> String {
    // Values of strings and numbers always serialise.
    let mut text = serde_json::to_string_pretty(agenda).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of `change-calendar/1`.
pub fn schema() -> Value {
    super::json::schema_of::<Agenda>("change-calendar/1", "change-calendar-1")
}

/// The agenda as a table of Markdown.
pub fn markdown(agenda: &Agenda) -> String {
    let mut text = format!("### {}\n\n", escaped(&title(agenda)));
    for line in summary(agenda) {
        text.push_str(&format!("- {}\n", escaped(&line)));
    }
    if agenda.entries.is_empty() {
        text.push_str("Nothing is planned, and no window or freeze falls into this time.\n");
        return text;
    }
    text.push_str("\n| From | To | What | Name | Notes |\n| --- | --- | --- | --- | --- |\n");
    for entry in &agenda.entries {
        let name = match &entry.summary {
            Some(summary) if entry.kind != EntryKind::Change => {
                format!("{}: {summary}", plain(&entry.name))
            }
            _ => plain(&entry.name),
        };
        let cells = [
            stamp(entry.span.start, agenda.timezone),
            stamp(entry.span.end, agenda.timezone),
            entry.kind.name().to_owned(),
            name,
            notes(entry).join("; "),
        ];
        let cells: Vec<String> =
            cells.iter().map(|cell| escaped(cell).replace('\n', " ")).collect();
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

/// `2026-11-24 22:00 CET (Tue)`.
pub(super) fn stamp(instant: DateTime<Utc>, zone: Tz) -> String {
    instant.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z (%a)").to_string()
}

/// `in 3 days`, `2 hours ago`, `now`.
pub(super) fn away(instant: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match instant - now {
        none if none.is_zero() => "now".to_owned(),
        ahead if ahead > TimeDelta::zero() => format!("in {}", words(ahead)),
        past => format!("{} ago", words(-past)),
    }
}

/// `3 days`, `5 hours`, `90 minutes`.
fn words(length: TimeDelta) -> String {
    let (number, unit) = match (length.num_days(), length.num_hours(), length.num_minutes()) {
        (days, ..) if days >= 2 => (days, "day"),
        (_, hours, _) if hours >= 2 => (hours, "hour"),
        (.., minutes) => (minutes.max(1), "minute"),
    };
    super::text::count(usize::try_from(number).unwrap_or_default(), unit)
}

/// A calendar or change by its bare name: what it is stands beside it.
fn plain(name: &str) -> String {
    let name = short(name);
    let bare = name.strip_prefix("calendar:").or_else(|| name.strip_prefix("change:"));
    bare.unwrap_or(&name).to_owned()
}

/// What the agenda is of.
fn title(agenda: &Agenda) -> String {
    let asked: Vec<String> = agenda.asked.iter().map(|one| short(one)).collect();
    let of = match asked.is_empty() {
        true => String::new(),
        false => format!(" of {}", asked.join(", ")),
    };
    let day = |instant: DateTime<Utc>| instant.with_timezone(&agenda.timezone).format("%Y-%m-%d");
    let last = agenda.span.end - TimeDelta::seconds(1);
    format!(
        "Change calendar{of}, {} to {} ({})",
        day(agenda.span.start),
        day(last),
        agenda.timezone
    )
}

/// Whether the entities that were asked for may change now, and when they may.
fn summary(agenda: &Agenda) -> Vec<String> {
    let mut lines = Vec::new();
    for calendar in &agenda.cut {
        lines.push(format!(
            "{} has more events than were looked at; nothing is sure",
            short(calendar)
        ));
    }
    let Some(verdict) = &agenda.verdict else { return lines };
    let zone = agenda.timezone;
    let until =
        |instant: DateTime<Utc>| format!("{}, {}", stamp(instant, zone), away(instant, agenda.now));
    let undefined = verdict.subjects.iter().all(|one| one.window.calendars.is_empty());
    let now = match (verdict.allowed, verdict.valid_until) {
        (true, Some(end)) => format!("may change now, until {}", until(end)),
        (true, None) => "may change now".to_owned(),
        (false, _) => match why_not(agenda) {
            Some(why) => format!("may not change now: {why}"),
            None => "may not change now".to_owned(),
        },
    };
    lines.push(now);
    if undefined {
        lines.push("no window is defined: any time outside a freeze will do".to_owned());
    }
    match verdict.next {
        Some(next) if !verdict.allowed => {
            let length = words(next.end - next.start);
            lines.push(format!("next time: {}, for {length}", until(next.start)));
        }
        None => lines.push("no time is left within a year".to_owned()),
        Some(_) => {}
    }
    lines.extend(freezes(agenda));
    lines
}

/// The freezes that are told of, for whoever only wants to know these.
fn freezes(agenda: &Agenda) -> Vec<String> {
    let all = agenda.entries.iter().filter(|one| one.kind == EntryKind::Freeze);
    let day = |instant: DateTime<Utc>| {
        instant.with_timezone(&agenda.timezone).format("%Y-%m-%d %H:%M (%a)").to_string()
    };
    let line = |one: &AgendaEntry| {
        let word = if one.lifted_by.is_empty() { "frozen" } else { "not frozen, by exception" };
        let name = plain(&one.name);
        format!("{word}: {} to {}, {name}", day(one.span.start), day(one.span.end))
    };
    let mut lines: Vec<String> = all.clone().take(MOST_FREEZES).map(line).collect();
    match all.count().saturating_sub(MOST_FREEZES) {
        0 => {}
        more => lines.push(format!("and {} more", super::text::count(more, "freeze"))),
    }
    lines
}

/// How many freezes are told of before the agenda.
const MOST_FREEZES: usize = 4;

fn why_not(agenda: &Agenda) -> Option<String> {
    let verdict = agenda.verdict.as_ref()?;
    let freezes = verdict.subjects.iter().flat_map(|one| &one.freezes);
    if let Some(freeze) = freezes.into_iter().find(|one| one.lifted_by.is_empty()) {
        let until = stamp(freeze.span.end, agenda.timezone);
        return Some(format!("freeze {} until {until}", plain(&freeze.calendar)));
    }
    let outside = verdict.subjects.iter().find(|one| !one.allowed)?;
    let windows: Vec<String> = outside.window.calendars.iter().map(|one| plain(one)).collect();
    (!windows.is_empty()).then(|| format!("outside {}", windows.join(" and ")))
}

/// What is to be said of an entry beside what it is.
fn notes(entry: &AgendaEntry) -> Vec<String> {
    let mut notes = Vec::new();
    let told = |through: &&str| {
        entry.subjects.len() == 1 && entry.subjects.iter().any(|one| one == through)
    };
    let through = entry.through.as_deref().filter(|through| !told(through));
    if !entry.subjects.is_empty() && (through.is_none() || entry.kind == EntryKind::Change) {
        notes.push(format!("for {}", several(&entry.subjects)));
    }
    if let Some(through) = through {
        notes.push(format!("through {}", short(through)));
    }
    if !entry.frozen_by.is_empty() {
        let by: Vec<String> = entry.frozen_by.iter().map(|one| plain(one)).collect();
        let how = if entry.frozen { "in freeze" } else { "partly in freeze" };
        notes.push(format!("{how} {}", by.join(", ")));
    }
    for exception in &entry.lifted_by {
        notes.push(format!("lifted by {}", short(exception)));
    }
    let mut told: Vec<String> = entry.conflicts.iter().map(conflict).collect();
    told.dedup();
    let more = told.len().saturating_sub(MOST_CONFLICTS);
    told.truncate(MOST_CONFLICTS);
    notes.extend(told);
    if more > 0 {
        notes.push(format!("and {} more", super::text::count(more, "conflict")));
    }
    notes
}

/// How many conflicts of a change are told.
const MOST_CONFLICTS: usize = 4;

fn conflict(one: &Conflict) -> String {
    let who = short(one.relative.as_deref().unwrap_or(&one.subject));
    match &one.with {
        Some(with) => format!("conflict: {} ({who}, {})", one.reason.words(), plain(with)),
        None => format!("conflict: {} ({who})", one.reason.words()),
    }
}

fn several(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(3).map(|one| short(one)).collect();
    match names.len().saturating_sub(3) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Whether all of a span lies within one day of a zone.
fn within_a_day(span: Span, zone: Tz) -> bool {
    let day = |instant: DateTime<Utc>| instant.with_timezone(&zone).date_naive();
    day(span.start) == day(span.end) || span.end - span.start < TimeDelta::hours(20)
}
