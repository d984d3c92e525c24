//! Calendars: zones that exist, rules that can be read, events that occur (RFC 5545).

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use rrule::RRuleSet;

use super::at::{At, Part, nearest, quoted};
use super::codes;
use crate::catalog::{DocumentView, FileView};
use crate::finding::{Code, Finding};
use crate::model::gitsm::Spec;
use crate::model::gitsm::calendar::{CalendarSpec, Event};
use crate::yaml::Pointer;

/// How many events of a calendar are found to be empty at once.
const MOST_EMPTY: usize = 10;

/// A mistake in an event: its code, the field, what is wrong, and what to do.
type Fault = (&'static Code, String, String, String);

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(Spec::Calendar(spec)) = document.spec.as_deref() else { return };
    let at = At::new(view, document);
    let known = zone(&at, spec, findings);
    let mut empty = 0;
    for (number, event) in spec.events.iter().enumerate() {
        let faults = faults(event, if known { &spec.timezone } else { "UTC" });
        empty += faults.iter().filter(|(code, ..)| **code == codes::CALENDAR_EMPTY).count();
        for (code, field, headline, help) in faults {
            let pointer = Pointer::from_text(format!("/spec/events/{number}/{field}"));
            findings.push(at.finding(code, &pointer, Part::Value, headline).help(help));
        }
        // To see that a rule never comes true takes a while; the rest is told when these are gone.
        if empty >= MOST_EMPTY {
            break;
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
    let place = finding.at.place.clone();
    let city = |name: &&str| {
        name.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&spec.timezone))
    };
    let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
    let near = nearest(&spec.timezone, names()).or_else(|| names().find(city));
    findings.push(match near {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            place,
            near,
        ),
        None => finding.help("write a name of the IANA database, such as `Europe/Berlin`"),
    });
    false
}

fn faults(event: &Event, zone: &str) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let invalid = |field: &str, headline: String, help: &str| -> Fault {
        (&codes::CALENDAR_INVALID, field.to_owned(), headline, help.to_owned())
    };
    let Some(start) = local(&event.start) else {
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
        if upper.contains("SECONDLY") || upper.contains("MINUTELY") {
            let headline = "a rule that recurs by the second or minute".to_owned();
            faults.push(invalid("rrule", headline, "write HOURLY or a longer frequency"));
            return faults;
        }
        lines.push(format!("RRULE:{}", upper.trim_start_matches("RRULE:")));
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
    match lines.join("\n").parse::<RRuleSet>() {
        Ok(set) => {
            if set.all(1).dates.is_empty() {
                let field = if event.rrule.is_some() { "rrule" } else { "start" };
                let headline = "this event never occurs".to_owned();
                let help = "correct the rule: no day fulfils it, or all its days are left out";
                faults.push((&codes::CALENDAR_EMPTY, field.to_owned(), headline, help.to_owned()));
            }
        }
        Err(error) => {
            let headline = format!(
                "this rule cannot be read: {}",
                quoted(event.rrule.as_deref().unwrap_or_default())
            );
            let field = if event.rrule.is_some() { "rrule" } else { "start" };
            let help = format!("{error}; see RFC 5545, section 3.3.10, for rules");
            faults.push(invalid(field, headline, &help));
        }
    }
    faults
}

/// A local time, with or without seconds.
fn local(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}
