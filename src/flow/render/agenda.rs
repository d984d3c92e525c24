//! The calendar of changes: what may happen when in the next three months, and what is planned.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::stage::Stage;
use crate::catalog::rota::Span;
use crate::change::schedule::{Agenda, AgendaEntry, EntryKind};
use crate::flow::calendar::{days_in, gathered};
use crate::output::{Piece, Said, calendar_ics};
use crate::render::page::{Block, Day, Month, Page, Part, Table};
use crate::render::{Address, File};

/// How many days are told of.
const DAYS: u64 = 90;

/// The most rows of the table: a window each hour helps nobody.
const MOST: usize = 400;

/// The most things that a day names.
const MOST_A_DAY: usize = 8;

/// From so many rows on, a table can be narrowed.
const LONG: usize = 12;

/// What there is, and the class of its colour; what matters most stands first.
const KINDS: &[(EntryKind, &str, &str)] = &[
    (EntryKind::Freeze, "Freeze", "freeze"),
    (EntryKind::Change, "Change", "change"),
    (EntryKind::Window, "Window", "window"),
];

/// Makes the page, and the calendar for the programs that people have open all day.
pub(super) fn page(stage: &Stage<'_>) -> (Page, Option<File>) {
    let address = Address::page("calendar");
    let mut page = Page::new(address, "page.html", "Calendar");
    let lead =
        "When things may be changed in the next 90 days, when they may not, and what is planned.";
    page.lead = Some(lead.to_owned());
    let Some(agenda) = agenda(stage) else { return (page, None) };
    page.lead = Some(format!(
        "{lead} To have it in your own calendar, subscribe to [calendar.ics](calendar.ics)."
    ));
    if agenda.entries.is_empty() {
        let none = "Nothing is planned, and no window or freeze falls into this time.";
        page.body.push(Block::bare(Part::Words(none.into())));
    } else {
        let months = months(stage, &agenda);
        page.body.push(Block::new("Month by month", Part::Months(months)));
        let mut list = Block::new("One after the other", Part::Words(zone(&agenda)));
        list = list.and(Part::Table(table(stage, &agenda)));
        page.body.push(list);
    }
    for calendar in &agenda.cut {
        let name = crate::catalog::short(calendar);
        page.notes
            .push(format!("{name} has more events than were looked at; some are missing here"));
    }
    // What only the hour of the rendering would change, changes once a day.
    let ics = calendar_ics(&Agenda { now: agenda.span.start, ..agenda });
    (page, Some(File::new("calendar.ics", ics)))
}

fn agenda(stage: &Stage<'_>) -> Option<Agenda> {
    let span = |zone: Tz| -> Result<Span, ()> {
        let from = stage.now.with_timezone(&zone).date_naive();
        let to = from.checked_add_days(Days::new(DAYS - 1)).unwrap_or(from);
        days_in(zone, from, to).ok_or(())
    };
    gathered((stage.catalog, stage.graph), &[], stage.now, span).ok()
}

fn zone(agenda: &Agenda) -> Said {
    format!("Times are those of {}.", agenda.timezone.name().replace('_', " ")).into()
}

fn months(stage: &Stage<'_>, agenda: &Agenda) -> Vec<Month> {
    let zone = agenda.timezone;
    let first = local(agenda.span.start, zone);
    let last = local(agenda.span.end - TimeDelta::seconds(1), zone);
    let mut months: Vec<Month> = Vec::new();
    let mut begins = Vec::new();
    let mut day = first.with_day(1);
    while let Some(begin) = day.filter(|day| *day <= last) {
        months.push(month(begin, first, last));
        begins.push(begin);
        day = begin.checked_add_months(chrono::Months::new(1));
    }
    for (kind, name, class) in KINDS {
        for entry in agenda.entries.iter().filter(|entry| entry.kind == *kind) {
            let words = format!("{name}: {}", called(stage, entry));
            for date in dates(entry.span, zone, first, last) {
                let at = begins
                    .iter()
                    .position(|begin| (begin.year(), begin.month()) == (date.year(), date.month()));
                let day = at.and_then(|at| months.get_mut(at)?.days.get_mut(date.day0() as usize));
                if let Some(day) = day {
                    push(day, class, &words);
                }
            }
        }
    }
    months
}

/// A month with nothing on it yet. Its days outside the time that is told of are grey.
fn month(begin: NaiveDate, first: NaiveDate, last: NaiveDate) -> Month {
    let days = begin.iter_days().take_while(|day| day.month() == begin.month());
    let day = |day: NaiveDate| {
        let class = if day < first || day > last { "off" } else { "" };
        Day { class, events: Vec::new() }
    };
    Month {
        name: begin.format("%B %Y").to_string(),
        first: begin.weekday().num_days_from_monday() as usize,
        days: days.map(day).collect(),
    }
}

/// Adds something to a day; what came first is what colours it.
fn push(day: &mut Day, class: &'static str, words: &str) {
    if day.class.is_empty() {
        day.class = class;
    }
    if day.events.len() < MOST_A_DAY && !day.events.iter().any(|one| one == words) {
        day.events.push(words.to_owned());
    }
}

/// The days on which something is, within a time.
fn dates(
    span: Span,
    zone: Tz,
    first: NaiveDate,
    last: NaiveDate,
) -> impl Iterator<Item = NaiveDate> {
    // What ends at midnight is not on the day that begins then.
    let end = local(span.end - TimeDelta::seconds(1), zone).min(last);
    let start = local(span.start, zone).max(first);
    start.iter_days().take_while(move |day| *day <= end)
}

fn local(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// What people call a calendar or change.
fn called(stage: &Stage<'_>, entry: &AgendaEntry) -> String {
    let event = entry.summary.clone().filter(|_| entry.kind != EntryKind::Change);
    let title = || stage.find(&entry.name).map(|id| stage.title(id));
    event.or_else(title).unwrap_or_else(|| crate::catalog::short(&entry.name))
}

fn table(stage: &Stage<'_>, agenda: &Agenda) -> Table {
    let mut rows: Vec<Vec<Said>> =
        agenda.entries.iter().take(MOST).map(|entry| row(stage, agenda, entry)).collect();
    let more = agenda.entries.len().saturating_sub(MOST);
    if more > 0 {
        let words = format!("and {more} more, later");
        rows.push(vec![words.into(), Said::default(), Said::default(), Said::default()]);
    }
    let head = ["When", "What", "For what", "To know"];
    Table {
        caption: "Freezes, windows and planned changes of the next 90 days".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        filter: rows.len() >= LONG,
        rows,
        ..Table::default()
    }
}

fn row(stage: &Stage<'_>, agenda: &Agenda, entry: &AgendaEntry) -> Vec<Said> {
    let named = |name: &String| match stage.find(name) {
        Some(id) => stage.said(id),
        None => crate::catalog::short(name).into(),
    };
    let kind = KINDS.iter().find(|(kind, ..)| *kind == entry.kind).map_or("", |one| one.1);
    let mut what = Said::from(format!("{kind}: ")).and(named(&entry.name));
    let title = stage.find(&entry.name).map(|id| stage.title(id));
    if let Some(summary) = entry.summary.as_ref().filter(|one| title.as_ref() != Some(*one)) {
        what = what.and(format!(", {summary}"));
    }
    let subjects = match entry.subjects.is_empty() {
        true if entry.kind == EntryKind::Change => "nothing that is named".into(),
        true => "everything".into(),
        false => Said::list(entry.subjects.iter().map(named)),
    };
    let mut notes: Vec<Said> = Vec::new();
    if !entry.frozen_by.is_empty() {
        let how = if entry.frozen { "cannot be used: " } else { "partly taken away by " };
        notes.push(Said::from(how).and(Said::list(entry.frozen_by.iter().map(named))));
    }
    notes.extend(entry.lifted_by.iter().map(|by| Said::from("lifted by ").and(named(by))));
    let mut conflicts: Vec<Said> = Vec::new();
    for conflict in &entry.conflicts {
        let who = named(conflict.relative.as_ref().unwrap_or(&conflict.subject));
        let said = Said::from(format!("conflict: {}, ", conflict.reason.words())).and(who);
        if !conflicts.contains(&said) {
            conflicts.push(said);
        }
    }
    notes.extend(conflicts);
    let notes = match notes.len() {
        0 => Said::default(),
        _ => Said::list(notes),
    };
    vec![when(entry.span, agenda.timezone), what, subjects, notes]
}

/// `Tue 24 November 2026, 22:00 to 03:00 CET`.
fn when(span: Span, zone: Tz) -> Said {
    let (start, end) = (span.start.with_timezone(&zone), span.end.with_timezone(&zone));
    let night = end - start < TimeDelta::hours(20);
    let from = start.format("%a %-d %B %Y, %H:%M").to_string();
    let until = match night {
        true => end.format("%H:%M %Z").to_string(),
        false => end.format("%a %-d %B %Y, %H:%M %Z").to_string(),
    };
    Said::from(Piece::time(&start, from)).and(" to ").and(Piece::time(&end, until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: &str, end: &str) -> Span {
        Span { start: start.parse().unwrap(), end: end.parse().unwrap() }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_ends_at_midnight_is_not_on_the_day_that_begins() {
        let days = |one: Span| -> Vec<String> {
            let zone = chrono_tz::Europe::Berlin;
            let found = dates(one, zone, day("2026-11-22"), day("2026-11-30"));
            found.map(|day| day.to_string()).collect()
        };
        let evening = span("2026-11-24T21:00:00Z", "2026-11-24T23:00:00Z");
        assert_eq!(days(evening), ["2026-11-24"], "23:00Z is midnight in Berlin");
        let night = span("2026-11-24T21:00:00Z", "2026-11-25T02:00:00Z");
        assert_eq!(days(night), ["2026-11-24", "2026-11-25"]);
        let long = span("2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
        assert_eq!(days(long).len(), 9, "only days that are told of");
        assert!(days(span("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")).is_empty());
    }

    #[test]
    fn months_begin_on_their_day_of_the_week() {
        let month = month(day("2026-11-01"), day("2026-11-22"), day("2027-02-19"));
        assert_eq!((month.name.as_str(), month.first, month.days.len()), ("November 2026", 6, 30));
        assert_eq!((month.days[20].class, month.days[21].class), ("off", ""));
    }

    #[test]
    fn times_are_told_in_words_and_with_their_zone() {
        let zone = chrono_tz::Europe::Berlin;
        let words = |one: Span| when(one, zone).text();
        let night = span("2026-11-24T21:00:00Z", "2026-11-25T02:00:00Z");
        assert_eq!(words(night), "Tue 24 November 2026, 22:00 to 03:00 CET");
        let days = span("2026-12-18T17:00:00Z", "2027-01-04T05:00:00Z");
        assert_eq!(words(days), "Fri 18 December 2026, 18:00 to Mon 4 January 2027, 06:00 CET");
    }
}
