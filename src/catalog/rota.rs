//! When the events of a calendar are: now, and next (RFC 5545). Events that cannot be read are left
//! out; `validate` says what is wrong with them.

use chrono::{DateTime, Days, Months, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use rrule::RRuleSet;

use crate::model::gitsm::calendar::{CalendarSpec, Event};

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

/// How many occurrences of one event are looked at: an event lasts, and others of it may begin
/// meanwhile.
const MOST: u16 = 64;

/// The events that are at an instant, by when they began.
pub fn occurring(spec: &CalendarSpec, now: DateTime<Utc>) -> Vec<Occurrence> {
    let longest = |event: &Event| {
        Length::of(&event.duration.0).and_then(|length| now.checked_sub_signed(length.at_most()))
    };
    let found = search(
        spec,
        &|set, event| Some(set.after(in_rule(longest(event)?)).before(in_rule(now))),
        MOST,
    );
    found.into_iter().filter(|one| one.start <= now && now < one.end).collect()
}

/// The next events after an instant, the earliest first, so many at most.
pub fn coming(spec: &CalendarSpec, now: DateTime<Utc>, most: u16) -> Vec<Occurrence> {
    let mut found = search(spec, &|set, _| Some(set.after(in_rule(now))), most);
    found.retain(|one| one.start > now);
    found.truncate(usize::from(most));
    found
}

fn in_rule(instant: DateTime<Utc>) -> DateTime<rrule::Tz> {
    instant.with_timezone(&rrule::Tz::UTC)
}

/// Narrows the rules of an event to a span of time.
type Narrow<'n> = dyn Fn(RRuleSet, &Event) -> Option<RRuleSet> + 'n;

fn search(spec: &CalendarSpec, narrow: &Narrow<'_>, most: u16) -> Vec<Occurrence> {
    let Ok(zone) = spec.timezone.parse::<Tz>() else { return Vec::new() };
    let mut found = Vec::new();
    for (number, event) in spec.events.iter().enumerate() {
        let Some(length) = Length::of(&event.duration.0) else { continue };
        let set = rules(event, zone).and_then(|set| narrow(set, event));
        let Some(set) = set else { continue };
        for start in set.all(most).dates {
            let start = start.with_timezone(&zone);
            let Some(end) = length.after(&start) else { continue };
            found.push(Occurrence { start, end, event: number });
        }
    }
    found.sort();
    found
}

/// An event's rules, as the library reads them.
fn rules(event: &Event, zone: Tz) -> Option<RRuleSet> {
    let stamp = |text: &str| Some(local(text)?.format("%Y%m%dT%H%M%S").to_string());
    let rule = match event.rrule.as_deref().map(str::to_ascii_uppercase) {
        // What recurs so often is refused by `validate`, and takes for ever.
        Some(rule) if rule.contains("SECONDLY") || rule.contains("MINUTELY") => return None,
        Some(rule) if rule.contains(|c: char| c.is_control() || c == ':') => return None,
        Some(rule) => rule,
        // Without a rule, an event is once; the library wants one to leave dates out of.
        None => "FREQ=DAILY;COUNT=1".to_owned(),
    };
    let mut lines =
        vec![format!("DTSTART;TZID={zone}:{}", stamp(&event.start)?), format!("RRULE:{rule}")];
    for (name, dates) in [("EXDATE", &event.exdate), ("RDATE", &event.rdate)] {
        let dates = dates.iter().flatten().filter_map(|text| stamp(text));
        lines.extend(dates.map(|date| format!("{name};TZID={zone}:{date}")));
    }
    lines.join("\n").parse().ok()
}

/// A local time of a calendar, with or without seconds.
pub fn local(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

/// A duration of ISO 8601, its days apart from its hours: a day with a change of the clocks has 23
/// or 25 of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Length {
    months: u32,
    days: u64,
    seconds: i64,
}

impl Length {
    fn of(text: &str) -> Option<Self> {
        let text = text.strip_prefix('P')?;
        let (date, time) = text.split_once('T').unwrap_or((text, ""));
        let mut length = Self::default();
        for (number, unit) in numbers(date)? {
            match unit {
                'Y' => length.months = u32::try_from(number.checked_mul(12)?).ok()?,
                'M' => length.months = length.months.checked_add(u32::try_from(number).ok()?)?,
                'W' => length.days = number.checked_mul(7)?,
                'D' => length.days = length.days.checked_add(number)?,
                _ => return None,
            }
        }
        for (number, unit) in numbers(time)? {
            let seconds = match unit {
                'H' => 3600,
                'M' => 60,
                'S' => 1,
                _ => return None,
            };
            let more = i64::try_from(number).ok()?.checked_mul(seconds)?;
            length.seconds = length.seconds.checked_add(more)?;
        }
        Some(length)
    }

    /// The longest that it can be.
    fn at_most(self) -> chrono::TimeDelta {
        let days = u64::from(self.months).saturating_mul(31).saturating_add(self.days);
        let days = i64::try_from(days).unwrap_or(i64::MAX).saturating_add(1);
        let days = chrono::TimeDelta::try_days(days).unwrap_or(chrono::TimeDelta::MAX / 2);
        let rest = chrono::TimeDelta::try_seconds(self.seconds).unwrap_or_default();
        days.checked_add(&rest).unwrap_or(days)
    }

    fn after(self, start: &DateTime<Tz>) -> Option<DateTime<Tz>> {
        let local = start.naive_local().checked_add_months(Months::new(self.months))?;
        let local = local.checked_add_days(Days::new(self.days))?;
        let zone = start.timezone();
        let day = match local == start.naive_local() {
            true => *start,
            false => zone
                .from_local_datetime(&local)
                .earliest()
                .unwrap_or_else(|| zone.from_utc_datetime(&local)),
        };
        day.checked_add_signed(chrono::TimeDelta::try_seconds(self.seconds)?)
    }
}

/// The numbers of a duration and their units.
fn numbers(text: &str) -> Option<Vec<(u64, char)>> {
    let (mut found, mut number) = (Vec::new(), 0_u64);
    for c in text.chars() {
        match c.to_digit(10) {
            Some(digit) => number = number.checked_mul(10)?.checked_add(u64::from(digit))?,
            None => found.push((std::mem::take(&mut number), c)),
        }
    }
    Some(found)
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
