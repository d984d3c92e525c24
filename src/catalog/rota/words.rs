//! When the events of a calendar are, in words: `Mon to Fri, 09:00 to 17:00`.
//!
//! Rules (RFC 5545, 3.3.10) that are said in few words are said so; the others are given as they are
//! written.

use chrono::{NaiveDateTime, TimeDelta};

use super::length::Length;
use super::local;
use crate::model::gitsm::calendar::Event;

/// The days of a week as rules write them, and as people do.
const DAYS: [(&str, &str); 7] = [
    ("MO", "Mon"),
    ("TU", "Tue"),
    ("WE", "Wed"),
    ("TH", "Thu"),
    ("FR", "Fri"),
    ("SA", "Sat"),
    ("SU", "Sun"),
];

/// Which of a month's days of a name.
const PLACES: [(&str, &str); 6] = [
    ("1", "first"),
    ("2", "second"),
    ("3", "third"),
    ("4", "fourth"),
    ("-1", "last"),
    ("-2", "last but one"),
];

/// The months.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// When an event is, in the zone of its calendar.
pub fn words(event: &Event) -> String {
    let Some(start) = local(&event.start) else { return event.start.clone() };
    let hours = hours(start, Length::of(&event.duration.0).and_then(Length::fixed));
    match event.rrule.as_deref() {
        None => format!("on {}, {hours}", start.format("%a %-d %b %Y")),
        Some(rule) => match said(rule, start) {
            Some(days) => format!("{days}, {hours}"),
            None => format!("from {}, {hours}, by the rule {rule}", start.format("%-d %b %Y")),
        },
    }
}

/// From when until when on a day; longer things by their length.
fn hours(start: NaiveDateTime, length: Option<TimeDelta>) -> String {
    let from = start.format("%H:%M");
    let Some(length) = length else { return format!("from {from}") };
    let end = start + length;
    match (length.num_minutes(), start.date() == end.date()) {
        (1_440, _) if from.to_string() == "00:00" => "all day".to_owned(),
        (_, true) => format!("{from} to {}", end.format("%H:%M")),
        (minutes, false) if minutes < 1_440 => {
            format!("{from} to {} on the next day", end.format("%H:%M"))
        }
        (minutes, false) if minutes % 1_440 == 0 => {
            let days = minutes / 1_440;
            format!("from {from} for {days} day{}", if days == 1 { "" } else { "s" })
        }
        (minutes, false) => format!("from {from} for {} h", minutes / 60),
    }
}

/// On which days, if that is said in few words.
fn said(rule: &str, start: NaiveDateTime) -> Option<String> {
    let mut parts: Vec<(&str, &str)> =
        rule.split(';').map(|one| one.split_once('=')).collect::<Option<_>>()?;
    let mut take = |name: &str| {
        let at = parts.iter().position(|(key, _)| *key == name)?;
        Some(parts.remove(at).1)
    };
    let frequency = take("FREQ")?;
    let every: u32 = take("INTERVAL").map_or(Some(1), |text| text.parse().ok())?;
    let by_day = take("BYDAY");
    let by_month_day = take("BYMONTHDAY");
    let by_month = take("BYMONTH");
    let until = take("UNTIL");
    take("WKST");
    if !parts.is_empty() {
        return None;
    }
    let weekday = start.format("%a").to_string();
    let days = match (frequency, by_day, by_month_day, by_month) {
        ("DAILY", None, None, None) => each(every, "day"),
        ("WEEKLY", days, None, None) => {
            let days = days.map_or(Some(weekday), weekdays)?;
            match every {
                1 => days,
                _ => format!("{}, {days}", each(every, "week")),
            }
        }
        ("MONTHLY", Some(day), None, None) => {
            format!("{} of {}", placed(day)?, each(every, "month"))
        }
        ("MONTHLY", None, day, None) => {
            let day = day.map_or_else(|| start.format("%-d").to_string(), str::to_owned);
            day.parse::<u8>().ok()?;
            format!("on day {day} of {}", each(every, "month"))
        }
        ("YEARLY", None, None, None) => {
            format!("{}, on {}", each(every, "year"), start.format("%-d %b"))
        }
        ("YEARLY", None, Some(day), Some(month)) => {
            let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
            format!("{}, on {} {month}", each(every, "year"), day.parse::<u8>().ok()?)
        }
        _ => return None,
    };
    Some(
        match until.and_then(|until| Some((until.get(..4)?, until.get(4..6)?, until.get(6..8)?))) {
            Some((year, month, day)) => format!("{days} until {year}-{month}-{day}"),
            None => days,
        },
    )
}

fn each(every: u32, unit: &str) -> String {
    match every {
        1 => format!("every {unit}"),
        2 => format!("every other {unit}"),
        many => format!("every {many} {unit}s"),
    }
}

/// Days of a week; several in a row by their first and last.
fn weekdays(text: &str) -> Option<String> {
    let at = |code: &str| DAYS.iter().position(|(one, _)| *one == code);
    let mut all: Vec<usize> = text.split(',').map(at).collect::<Option<_>>()?;
    all.sort_unstable();
    all.dedup();
    let (first, last) = (*all.first()?, *all.last()?);
    let name = |at: usize| DAYS.get(at).map_or("", |(_, name)| *name);
    Some(match all.len() {
        7 => "every day".to_owned(),
        length if length > 2 && last - first + 1 == length => {
            format!("{} to {}", name(first), name(last))
        }
        _ => all.into_iter().map(name).collect::<Vec<_>>().join(", "),
    })
}

/// Such as `2TU`: the second Tuesday.
fn placed(text: &str) -> Option<String> {
    let (place, code) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let place = place.trim_start_matches('+');
    let (_, place) = PLACES.iter().find(|(one, _)| *one == place)?;
    let (_, day) = DAYS.iter().find(|(one, _)| *one == code)?;
    Some(format!("the {place} {day}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(start: &str, duration: &str, rule: Option<&str>) -> String {
        let text = format!(
            "{{\"start\": \"{start}\", \"duration\": \"{duration}\"{}}}",
            rule.map(|rule| format!(", \"rrule\": \"{rule}\"")).unwrap_or_default()
        );
        words(&serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn common_rules_are_said_as_people_say_them() {
        let at = "2026-01-02T09:00:00";
        let night = "2026-01-06T22:00:00";
        for (start, length, rule, said) in [
            (at, "PT8H", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Mon to Fri, 09:00 to 17:00"),
            (night, "PT5H", "FREQ=WEEKLY;BYDAY=TU", "Tue, 22:00 to 03:00 on the next day"),
            (at, "P7D", "FREQ=WEEKLY;INTERVAL=2", "every other week, Fri, from 09:00 for 7 days"),
            (at, "PT2H", "FREQ=MONTHLY;BYDAY=2TU", "the second Tue of every month, 09:00 to 11:00"),
            (at, "PT2H", "FREQ=MONTHLY;BYDAY=-1SU", "the last Sun of every month, 09:00 to 11:00"),
            ("2026-12-24T00:00:00", "P1D", "FREQ=YEARLY", "every year, on 24 Dec, all day"),
        ] {
            assert_eq!(event(start, length, Some(rule)), said, "{rule}");
        }
        assert_eq!(event(at, "PT1H", None), "on Fri 2 Jan 2026, 09:00 to 10:00");
    }

    #[test]
    fn a_rule_of_many_words_is_given_as_it_is_written() {
        let rule = "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1";
        let said = event("2026-01-02T09:00:00", "PT1H", Some(rule));
        assert_eq!(said, format!("from 2 Jan 2026, 09:00 to 10:00, by the rule {rule}"));
    }
}
