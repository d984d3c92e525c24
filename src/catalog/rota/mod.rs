//! When the events of a calendar are: now, next, and within a span of time (RFC 5545). Events that
//! cannot be read are left out; `validate` says what is wrong with them.
//!
//! Rules recur in local time, and a local time becomes an instant at the end: of a time that the
//! clocks show twice the first, and one that they skip as if they had not gone forward yet (3.3.5).
//! A calendar is hostile input, so a search costs no more than [`BUDGET`] days that are looked at;
//! what is cut says so.

mod length;
mod rule;
mod span;
mod words;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::model::gitsm::calendar::{CalendarSpec, Event};
use length::{Length, instant};
use rule::{Budget, Rule};
pub use span::{Span, common, joined, without};
pub use words::words;

/// One time at which an event is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// When it begins, in the calendar's zone.
    pub start: DateTime<Tz>,
    /// When it is over.
    pub end: DateTime<Tz>,
    /// The number of the event in its calendar.
    pub event: usize,
}

impl Occurrence {
    /// From when until when it is.
    pub fn span(&self) -> Span {
        Span { start: self.start.to_utc(), end: self.end.to_utc() }
    }
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// When events are, by when they begin.
    pub occurrences: Vec<Occurrence>,
    /// Whether there may be more than were looked for.
    pub cut: bool,
}

/// How many days a search looks at, at most: some tenths of a second.
const BUDGET: u64 = 4_000_000;

/// How many occurrences of one event are looked at: an event lasts, and others of it may begin
/// meanwhile.
const MOST: usize = 64;

/// How many years ahead the next occurrence is looked for: 29 February on a given day of the week
/// comes back after forty at most.
const AHEAD: i64 = 44;

/// The events that are at an instant, by when they began.
pub fn occurring(spec: &CalendarSpec, now: DateTime<Utc>) -> Vec<Occurrence> {
    let moment = Span { start: now, end: now + TimeDelta::seconds(1) };
    let mut found = within(spec, moment, MOST).occurrences;
    found.retain(|one| one.start <= now && now < one.end);
    found
}

/// The next events after an instant, the earliest first, so many at most.
pub fn coming(spec: &CalendarSpec, now: DateTime<Utc>, most: u16) -> Vec<Occurrence> {
    let end = TimeDelta::try_days(AHEAD * 366).and_then(|ahead| now.checked_add_signed(ahead));
    let Some(end) = end else { return Vec::new() };
    let mut search = Search { span: Span { start: now, end }, each: most.into(), began: true };
    let mut found = search.run(spec).occurrences;
    found.truncate(usize::from(most));
    found
}

/// The occurrences that overlap a span of time, so many of each event at most.
pub fn within(spec: &CalendarSpec, span: Span, most: usize) -> Found {
    Search { span, each: most, began: false }.run(spec)
}

/// A search for occurrences.
struct Search {
    span: Span,
    /// How many of each event.
    each: usize,
    /// Whether only those count that begin after the span's start.
    began: bool,
}

impl Search {
    fn run(&mut self, spec: &CalendarSpec) -> Found {
        let Ok(zone) = spec.timezone.parse::<Tz>() else { return Found::default() };
        let mut found = Found::default();
        let mut budget = Budget(BUDGET);
        for (number, event) in spec.events.iter().enumerate() {
            let Some(times) = self.event(event, zone, &mut budget, &mut found.cut) else {
                continue;
            };
            let times = times.into_iter();
            found.occurrences.extend(times.map(|(start, end)| Occurrence {
                start,
                end,
                event: number,
            }));
        }
        found.occurrences.sort();
        found
    }

    /// The times of an event; nothing if it cannot be read.
    fn event(
        &self,
        event: &Event,
        zone: Tz,
        budget: &mut Budget,
        cut: &mut bool,
    ) -> Option<BTreeSet<(DateTime<Tz>, DateTime<Tz>)>> {
        let start = local(&event.start)?;
        let length = Length::of(&event.duration.0)?;
        let rule = match &event.rrule {
            Some(text) => Some(Rule::read(text, start)?),
            None => None,
        };
        let (from, to) = self.bounds(zone, length)?;
        let except: BTreeSet<NaiveDateTime> =
            event.exdate.iter().flatten().filter_map(|text| local(text)).collect();
        let until = rule.as_ref().and_then(|rule| rule.until);
        let mut times = BTreeSet::new();
        let mut take = |time: NaiveDateTime, by_rule: bool| {
            let Some(start) = instant(time, zone) else { return };
            let ended = by_rule && until.is_some_and(|until| start.naive_utc() > until);
            let Some(end) = length.after(&start) else { return };
            if !ended && !except.contains(&time) && self.wants(&start, &end) {
                times.insert((start, end));
            }
        };
        for time in event.rdate.iter().flatten().filter_map(|text| local(text)) {
            take(time, false);
        }
        let Some(rule) = &rule else {
            take(start, false);
            return Some(times);
        };
        let mut seen = 0;
        // One that the clocks moved may fall together with the next.
        let whole = rule.walk(from, to, budget, &mut |time| {
            take(time, true);
            seen += usize::from(!except.contains(&time));
            seen <= self.each + 2 * SLACK
        });
        *cut |= !whole || (!self.began && seen > self.each + 2 * SLACK);
        Some(times)
    }

    /// The local times between which an event may begin.
    fn bounds(&self, zone: Tz, length: Length) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let day = TimeDelta::try_days(1)?;
        let local = |instant: DateTime<Utc>| instant.with_timezone(&zone).naive_local();
        let start = local(self.span.start).checked_sub_signed(day)?;
        let before = if self.began { TimeDelta::zero() } else { length.at_most() };
        let from = start.checked_sub_signed(before).unwrap_or(NaiveDateTime::MIN);
        Some((from, local(self.span.end).checked_add_signed(day)?))
    }

    fn wants(&self, start: &DateTime<Tz>, end: &DateTime<Tz>) -> bool {
        match self.began {
            true => *start > self.span.start && *start < self.span.end,
            false => *start < self.span.end && *end > self.span.start,
        }
    }
}

/// How many occurrences the slack of a day before or after a span may hold (one an hour).
const SLACK: usize = 24;

/// A local time of a calendar, with or without seconds.
pub fn local(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(events: &str) -> CalendarSpec {
        let text = format!(
            "{{\"type\": \"on-call\", \"timezone\": \"Europe/Berlin\", \"events\": [{events}]}}"
        );
        serde_json::from_str(&text).unwrap()
    }

    fn instant(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    const TWO: &str = r#"
        {"start": "2026-01-05T10:00:00", "duration": "P7D", "rrule": "FREQ=WEEKLY;INTERVAL=2"},
        {"start": "2026-01-12T10:00:00", "duration": "P7D", "rrule": "FREQ=WEEKLY;INTERVAL=2"}"#;

    #[test]
    fn a_rota_changes_hands_to_the_minute() {
        let rota = calendar(TWO);
        let who =
            |now| occurring(&rota, instant(now)).iter().map(|one| one.event).collect::<Vec<_>>();
        assert_eq!(who("2026-01-12T08:59:59Z"), [0]);
        assert_eq!(who("2026-01-12T09:00:00Z"), [1]);
        assert_eq!(who("2026-01-01T00:00:00Z"), [0; 0]);
        // The clocks went forward on 29 March: ten o'clock came an hour sooner.
        assert_eq!(who("2026-03-30T08:00:00Z"), [0]);
        assert_eq!(who("2026-03-30T07:59:59Z"), [1]);
    }

    #[test]
    fn what_comes_next_is_in_order() {
        let next = coming(&calendar(TWO), instant("2026-01-06T00:00:00Z"), 2);
        let next: Vec<String> =
            next.iter().map(|one| format!("{} {}", one.event, one.start)).collect();
        assert_eq!(next, ["1 2026-01-12 10:00:00 CET", "0 2026-01-19 10:00:00 CET"]);
    }

    #[test]
    fn what_cannot_be_read_is_never() {
        let broken = r#"{"start": "2026-13-05T10:00:00", "duration": "P7D"},
            {"start": "2026-01-05T10:00:00", "duration": "x"},
            {"start": "2026-01-05T10:00:00", "duration": "P99999999999999999999D"},
            {"start": "2026-01-05T10:00:00", "duration": "P1D", "rrule": "FREQ=SECONDLY"}"#;
        assert_eq!(occurring(&calendar(broken), instant("2026-01-05T12:00:00Z")), []);
    }
}
