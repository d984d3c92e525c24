//! Calendars: zones that exist, rules that can be read, events that occur (RFC 5545).

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use rrule::RRuleSet;

use super::at::{At, Part, corrected, nearest, quoted};
use super::codes;
use crate::catalog::rota::local;
use crate::catalog::{DocumentView, FileView};
use crate::finding::{Code, Finding};
use crate::model::gitsm::Spec;
use crate::model::gitsm::calendar::{CalendarSpec, Event};
use crate::yaml::Pointer;

/// How many events of a file are found to be empty at once; the rest is told when these are gone.
const MOST_EMPTY: usize = 10;

/// A mistake in an event: its code, the field, what is wrong, and what to do.
type Fault = (&'static Code, String, String, String);

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(Spec::Calendar(spec)) = document.spec.as_deref() else { return };
    let at = At::new(view, document);
    // To see that a rule never comes true takes a while, and a file may hold many calendars.
    let told = findings.iter().filter(|one| *one.code == codes::CALENDAR_EMPTY).count();
    let known = zone(&at, spec, findings);
    let mut empty = told;
    for (number, event) in spec.events.iter().enumerate() {
        if empty >= MOST_EMPTY {
            break;
        }
        let faults = faults(event, if known { &spec.timezone } else { "UTC" });
        empty += faults.iter().filter(|(code, ..)| **code == codes::CALENDAR_EMPTY).count();
        for (code, field, headline, help) in faults {
            let pointer = Pointer::from_text(format!("/spec/events/{number}/{field}"));
            findings.push(at.finding(code, &pointer, Part::Value, headline).help(help));
        }
    }
}

/// Whether the time zone exists; says so if it does not.
fn zone(at: &At<'_>, spec: &CalendarSpec, findings: &mut Vec<Finding>) -> bool {
    if spec.timezone.parse::<Tz>().is_ok() {
        return true;
    }
    let pointer = Pointer::from_text("/spec/timezone");
    let headline = format!("there is no time zone {}", quoted(&spec.timezone));
    let finding = at.finding(&codes::CALENDAR_INVALID, &pointer, Part::Value, headline);
    let city = |name: &&str| {
        name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&spec.timezone))
    };
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
    let near = nearest(&spec.timezone, names()).or_else(|| names().find(city));
    findings.push(corrected(finding, near, "write", || {
        "write a name of the IANA database, such as `Europe/Berlin`".to_owned()
    }));
    false
}

fn faults(event: &Event, zone: &str) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let invalid = |field: &str, headline: String, help: &str| -> Fault {
        (&codes::CALENDAR_INVALID, field.to_owned(), headline, help.to_owned())
    };
    let Some(start) = local(&event.start) else {
        // A text of another form is told by the schema.
        if !matches!(event.start.len(), 16 | 19) || event.start.contains(' ') {
            return Vec::new();
        }
        let headline = format!("there is no such time: {}", quoted(&event.start));
        return vec![invalid("start", headline, "write a local time, such as 2026-01-05T08:00:00")];
    };
    let in_zone = zone.parse::<Tz>().map(|zone| zone.from_local_datetime(&start));
    if matches!(in_zone, Ok(chrono::LocalResult::None)) {
        let headline = format!("there is no such time in {zone}: {}", quoted(&event.start));
        let help = "the clocks skip this hour on that day: write a time before or after it";
        return vec![invalid("start", headline, help)];
    }
    if !event.duration.0.contains(|c: char| ('1'..='9').contains(&c)) {
        let headline = "this event lasts no time, so it never is".to_owned();
        let help = "write how long it lasts, such as `PT2H`".to_owned();
        faults.push((&codes::CALENDAR_EMPTY, "duration".to_owned(), headline, help));
    }
    let mut lines = vec![format!("DTSTART;TZID={zone}:{}", start.format("%Y%m%dT%H%M%S"))];
    if let Some(rule) = &event.rrule {
        let upper = rule.to_ascii_uppercase();
        if upper.is_empty() || upper.contains(|c: char| c.is_control() || c == ':') {
            let headline = format!("this rule cannot be read: {}", quoted(rule));
            let help = "write one rule, such as `FREQ=WEEKLY;BYDAY=MO`";
            faults.push(invalid("rrule", headline, help));
            return faults;
        }
        if upper.contains("SECONDLY") || upper.contains("MINUTELY") {
            let headline = "a rule that recurs by the second or minute".to_owned();
            faults.push(invalid("rrule", headline, "write HOURLY or a longer frequency"));
            return faults;
        }
        lines.push(format!("RRULE:{upper}{}", horizon(&upper, start)));
    }
    for (field, name, dates) in
        [("exdate", "EXDATE", &event.exdate), ("rdate", "RDATE", &event.rdate)]
    {
        for (number, text) in dates.iter().flatten().enumerate() {
            match local(text) {
                Some(time) => {
                    lines.push(format!("{name};TZID={zone}:{}", time.format("%Y%m%dT%H%M%S")));
                }
                None => {
                    let headline = format!("there is no such time: {}", quoted(text));
                    let help = "write a local time, such as 2026-12-24T08:00:00";
                    faults.push(invalid(&format!("{field}/{number}"), headline, help));
                }
            }
        }
    }
    // Without a rule, an event is once; the crate wants a rule to leave dates out of.
    if event.rrule.is_none() {
        lines.insert(1, "RRULE:FREQ=DAILY;COUNT=1".to_owned());
    }
    faults.extend(occurrence(event, &lines.join("\n")));
    faults
}

/// What is wrong with an event's rules, or that they never come true.
fn occurrence(event: &Event, rules: &str) -> Option<Fault> {
    match rules.parse::<RRuleSet>().map(|set| set.all(1).dates.is_empty()) {
        Ok(false) => None,
        Ok(true) => {
            let field = if event.rrule.is_some() { "rrule" } else { "start" };
            let headline = "this event never occurs".to_owned();
            let help = "correct the rule: no day fulfils it, or all its days are left out";
            Some((&codes::CALENDAR_EMPTY, field.to_owned(), headline, help.to_owned()))
        }
        Err(error) => {
            let headline = format!(
                "this rule cannot be read: {}",
                quoted(event.rrule.as_deref().unwrap_or_default())
            );
            let field = if event.rrule.is_some() { "rrule" } else { "start" };
            let until = event.rrule.as_deref().is_some_and(|rule| rule.contains("UNTIL="));
            let help = match until && error.to_string().contains("UNTIL") {
                true => "write `UNTIL` in UTC, such as `UNTIL=20261231T225959Z`".to_owned(),
                false => format!("{error}; see RFC 5545, section 3.3.10, for rules"),
            };
            Some((&codes::CALENDAR_INVALID, field.to_owned(), headline, help))
        }
    }
}

/// The end of a search for an occurrence, as a further part of a rule that has none: what does not
/// occur for so long never does, and to look on for ever would take as long.
fn horizon(rule: &str, start: NaiveDateTime) -> String {
    if rule.contains("UNTIL=") || rule.contains("COUNT=") {
        return String::new();
    }
    // 29 February comes back after eight years at most, on a given day of the week after forty.
    let years = if rule.contains("YEARLY") { 480 } else { 144 };
    let end = start.checked_add_months(chrono::Months::new(years)).unwrap_or(start);
    format!(";UNTIL={}", end.format("%Y%m%dT%H%M%SZ"))
}
