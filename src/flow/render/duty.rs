//! Who is on duty, and which days a calendar marks.

use chrono::{Datelike, NaiveDate, TimeDelta};

use super::stage::Stage;
use crate::catalog::EntityId;
use crate::catalog::rota::{Occurrence, Span, within};
use crate::model::gitsm::Spec;
use crate::model::gitsm::calendar::{CalendarSpec, CalendarType};
use crate::output::Said;
use crate::render::page::{Block, Day, Month, Page, Part, Shift};

/// How many days ahead shifts are told.
const AHEAD: i64 = 21;

/// How many shifts are told.
const SHIFTS: usize = 6;

/// How many occurrences of a calendar are looked at.
const MOST: usize = 2_000;

/// How many months a calendar shows.
const MONTHS: u32 = 3;

/// The calendar by which a team is on call.
fn rota(stage: &Stage<'_>, team: EntityId) -> Option<EntityId> {
    let documents = stage.catalog.defined(stage.entity(team).reference);
    let mut references = documents.flat_map(|document| &stage.entity(document).references);
    let found = references.find(|one| one.field.path == ["spec", "onCall"])?;
    stage.catalog.principal(found.target)
}

/// Who of a team is on call, from today on.
pub(super) fn on_call(stage: &Stage<'_>, team: EntityId) -> Option<Block> {
    let calendar = rota(stage, team)?;
    let shifts = shifts(stage, calendar);
    let by = Said::from("By ").and(stage.piece(calendar)).and(".");
    (!shifts.is_empty()).then(|| Block::new("On call", Part::Shifts(shifts)).and(Part::Words(by)))
}

fn spec<'a>(stage: &Stage<'a>, calendar: EntityId) -> Option<&'a CalendarSpec> {
    match stage.entity(calendar).spec()? {
        Spec::Calendar(spec) => Some(spec),
        _ => None,
    }
}

/// The coming events of a calendar, with whoever they call.
fn shifts(stage: &Stage<'_>, calendar: EntityId) -> Vec<Shift> {
    let Some(spec) = spec(stage, calendar) else { return Vec::new() };
    let span = Span { start: stage.now, end: stage.now + TimeDelta::days(AHEAD) };
    let found = within(spec, span, MOST).occurrences;
    let shift = |one: &Occurrence| Shift {
        from: one.start.to_rfc3339(),
        until: one.end.to_rfc3339(),
        when: words(one),
        who: who(stage, calendar, spec, one.event),
    };
    found.iter().take(SHIFTS).map(shift).collect()
}

/// When something is: the end is told by its time alone if it is the same day.
fn words(one: &Occurrence) -> String {
    let end = match one.start.date_naive() == one.end.date_naive() {
        true => one.end.format("%H:%M %Z"),
        false => one.end.format("%a %-d %b %H:%M %Z"),
    };
    format!("{} to {end}", one.start.format("%a %-d %b %H:%M"))
}

/// Whom an event calls, or what it is.
fn who(stage: &Stage<'_>, calendar: EntityId, spec: &CalendarSpec, event: usize) -> Said {
    let item = u32::try_from(event).ok();
    let references = &stage.entity(calendar).references;
    let of_event = |path: &[&str]| path == ["spec", "events", "*", "person"];
    let found = references.iter().find(|one| of_event(one.field.path) && one.item == item);
    let person = found.and_then(|one| stage.catalog.principal(one.target));
    let summary = || spec.events.get(event).and_then(|event| event.summary.clone());
    match (person, summary()) {
        (Some(person), _) => stage.said(person),
        (None, Some(summary)) => summary.into(),
        (None, None) => "open".into(),
    }
}

/// How the days of a calendar look.
fn class(kind: &CalendarType) -> &'static str {
    match kind.name() {
        "freeze" => "freeze",
        "on-call" => "duty",
        _ => "window",
    }
}

/// Adds the months of a calendar, and what comes next.
pub(super) fn add(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    let Some(spec) = spec(stage, id) else { return };
    let today = stage.now.date_naive();
    let Some(first) = today.with_day(1) else { return };
    let Some(end) = first.checked_add_months(chrono::Months::new(MONTHS)) else { return };
    let instant = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    // A day more on both sides, since days of the calendar are in its own zone.
    let span =
        Span { start: instant(first) - TimeDelta::days(1), end: instant(end) + TimeDelta::days(1) };
    let found = within(spec, span, MOST).occurrences;
    let marks: Vec<Mark> = found
        .iter()
        .map(|one| Mark {
            from: one.start.date_naive(),
            to: last_day(one),
            class: class(&spec.r#type),
            what: who(stage, id, spec, one.event).text(),
        })
        .collect();
    // Where all days say the same, colour says it.
    let same = marks.windows(2).all(|pair| pair[0].what == pair[1].what);
    let marks: Vec<Mark> = marks
        .into_iter()
        .map(|mark| if same { Mark { what: String::new(), ..mark } } else { mark })
        .collect();
    let coming = shifts(stage, id);
    let mut blocks = Vec::new();
    if !coming.is_empty() {
        blocks.push(Block::new("Next", Part::Shifts(coming)));
    }
    blocks.push(Block::new("Months", Part::Months(months(first, MONTHS, &marks))));
    page.body.splice(0..0, blocks);
}

/// The last day that something touches: an end at midnight belongs to the day before.
fn last_day(one: &Occurrence) -> NaiveDate {
    let before = one.end - TimeDelta::seconds(1);
    before.date_naive().max(one.start.date_naive())
}

/// Days that something is on.
pub(super) struct Mark {
    /// The first of them.
    pub(super) from: NaiveDate,
    /// The last of them.
    pub(super) to: NaiveDate,
    /// How they look.
    pub(super) class: &'static str,
    /// What it is.
    pub(super) what: String,
}

/// What outweighs what on one day.
const WEIGHT: &[&str] = &["freeze", "change", "window", "duty", ""];

/// Months from a first day on, with what is on each day.
pub(super) fn months(first: NaiveDate, count: u32, marks: &[Mark]) -> Vec<Month> {
    let one = |number: u32| {
        let first = first.checked_add_months(chrono::Months::new(number))?;
        let days = first.iter_days().take_while(|day| day.month() == first.month());
        Some(Month {
            name: first.format("%B %Y").to_string(),
            first: first.weekday().num_days_from_monday() as usize,
            days: days.map(|day| on(day, marks)).collect(),
        })
    };
    (0..count).filter_map(one).collect()
}

fn on(day: NaiveDate, marks: &[Mark]) -> Day {
    let mut all: Vec<&Mark> = marks.iter().filter(|one| one.from <= day && day <= one.to).collect();
    all.sort_by_key(|mark| WEIGHT.iter().position(|one| *one == mark.class));
    let mut events: Vec<String> = Vec::new();
    for mark in &all {
        if !mark.what.is_empty() && !events.contains(&mark.what) {
            events.push(mark.what.clone());
        }
    }
    Day { class: all.first().map_or("", |mark| mark.class), events }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freeze_outweighs_a_window_on_the_same_day() {
        let day = |day: u32| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let mark = |from, to, class, what: &str| Mark { from, to, class, what: what.to_owned() };
        let marks = [
            mark(day(3), day(3), "window", "Patches"),
            mark(day(2), day(4), "freeze", "Cyber week"),
        ];
        let months = months(day(1), 1, &marks);
        assert_eq!((months[0].name.as_str(), months[0].first), ("November 2026", 6));
        assert_eq!(months[0].days.len(), 30);
        assert_eq!(months[0].days[2].class, "freeze");
        assert_eq!(months[0].days[2].events, ["Cyber week", "Patches"]);
        assert_eq!(months[0].days[4].class, "");
    }
}
