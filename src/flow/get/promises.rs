//! What is promised of an entity: agreements, objectives, continuity, runbooks, exceptions; and
//! when a calendar's events are.

use serde_json::Value;

use super::page::{Subject, plain};
use super::people::{moment, person};
use super::relations;
use crate::catalog::{EntityId, rota};
use crate::model::EntityRef;
use crate::model::gitsm::Spec;
use crate::model::gitsm::exception::{ExceptionOf, ExceptionSpec};
use crate::model::gitsm::service_level_agreement::{Metric, ServiceLevelAgreementSpec, Target};
use crate::output::{Line, Piece, Said};

/// The targets of its agreements, in words; of an agreement its own.
pub(super) fn agreements(subject: &Subject<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(Spec::ServiceLevelAgreement(spec)) = subject.entity.spec() {
        promises(subject, subject.id, spec, &mut lines);
    }
    let mut agreed = subject.follow(&["spec", "sla"]);
    for found in subject.follow(&["spec", "offerings", "*", "sla"]) {
        if !agreed.contains(&found) {
            agreed.push(found);
        }
    }
    for found in agreed {
        let id = match found {
            Ok(id) => id,
            Err(text) => {
                lines.push(Line::new("agreement", text));
                continue;
            }
        };
        let Some(Spec::ServiceLevelAgreement(spec)) = subject.pages.catalog.entity(id).spec()
        else {
            lines.push(Line::new("agreement", subject.named(id)));
            continue;
        };
        let said = Said::from(subject.named(id)).and(format!(", {}", spec.lifecycle.name()));
        lines.push(Line::new("agreement", said));
        promises(subject, id, spec, &mut lines);
    }
    lines
}

/// The targets of an agreement.
fn promises(
    subject: &Subject<'_>,
    id: EntityId,
    spec: &ServiceLevelAgreementSpec,
    lines: &mut Vec<Line>,
) {
    let own: &[&str] = &["spec", "targets", "*", "calendar"];
    let common: &[&str] = &["spec", "calendar"];
    let line = |target: &Target| {
        let hours = target.calendar.as_ref().map(|calendar| (own, calendar));
        let hours = hours.or_else(|| Some((common, spec.calendar.as_ref()?)));
        let said = Said::from(promise(target));
        let said = match hours {
            Some((field, calendar)) => {
                let hours = subject.leads(id, field, &calendar.0);
                let hours = hours.and_then(|calendar| when(subject, calendar));
                let hours = hours.map(|words| format!(" ({words})")).unwrap_or_default();
                let named = subject.written(id, field, &calendar.0);
                said.and(", in the hours of ").and(named).and(hours)
            }
            None => said.and(", around the clock"),
        };
        Line::new(target.id.clone(), said)
    };
    lines.extend(spec.targets.iter().map(line));
}

/// Of how many events a line tells when they are.
const HOURS: usize = 3;

/// When the hours of a calendar are; nothing where that takes more than a line.
fn when(subject: &Subject<'_>, calendar: EntityId) -> Option<String> {
    let Some(Spec::Calendar(spec)) = subject.pages.catalog.entity(calendar).spec() else {
        return None;
    };
    let is_short = (1..=HOURS).contains(&spec.events.len());
    let events: Vec<String> = spec.events.iter().filter(|_| is_short).map(rota::words).collect();
    let zone = &spec.timezone;
    let but = match (&spec.except, spec.events.iter().any(|event| event.exdate.is_some())) {
        (None, false) => "",
        _ => ", but for some days",
    };
    is_short.then(|| format!("{}, {zone} time{but}", events.join("; ")))
}

/// What a target promises, but for the hours.
fn promise(target: &Target) -> String {
    let within = target.within.as_ref().map(|within| in_words(&within.0));
    let within = within.map(|within| format!(" within {within}")).unwrap_or_default();
    let goal = percent(target.goal.0);
    let mut text = match target.metric {
        Metric::Availability => format!("available {goal} of the time"),
        Metric::Response => format!("answered{within} in {goal} of cases"),
        Metric::Resolution => format!("solved{within} in {goal} of cases"),
        Metric::Fulfilment => format!("delivered{within} in {goal} of cases"),
        Metric::UpdateInterval => format!("next news{within} in {goal} of cases"),
        Metric::Rto => format!("back{within} after a disaster, in {goal} of cases"),
    };
    for (field, value) in target.applies_to.iter().flatten() {
        text.push_str(&format!(", {field} {value}"));
    }
    text
}

/// A share as people say it: `99.9 %`.
fn percent(share: f64) -> String {
    let text = format!("{:.4}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A duration of ISO 8601 in words: `15 min`, `1 year 6 months`.
pub fn in_words(duration: &str) -> String {
    let Some(rest) = duration.strip_prefix('P') else { return duration.to_owned() };
    let (mut number, mut time, mut words) = (String::new(), false, Vec::new());
    for c in rest.chars() {
        let unit = match c {
            'T' => {
                time = true;
                continue;
            }
            c if c.is_ascii_digit() || c == '.' => {
                number.push(c);
                continue;
            }
            'Y' => "year",
            'M' if time => "min",
            'M' => "month",
            'W' => "week",
            'D' => "day",
            'H' => "h",
            'S' => "s",
            _ => return duration.to_owned(),
        };
        let number = std::mem::take(&mut number);
        let is_word = matches!(unit, "year" | "month" | "week" | "day");
        let plural = if is_word && number != "1" { "s" } else { "" };
        words.push(format!("{number} {unit}{plural}"));
    }
    if words.is_empty() { duration.to_owned() } else { words.join(" ") }
}

/// The objectives that measure it, and how good they want it to be.
pub(super) fn objectives(subject: &Subject<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (_, ids) in relations::of(subject, &["measuredBy"], &[]) {
        lines.extend(ids.into_iter().map(|id| objective(subject, id)));
    }
    lines.sort_by_cached_key(|line| line.label.text());
    lines
}

fn objective(subject: &Subject<'_>, id: EntityId) -> Line {
    let value = subject.pages.value(id).unwrap_or_default();
    let items = |key: &str| value["spec"][key].as_array().cloned().unwrap_or_default();
    let target = |item: &Value| {
        let share = item.get("target").and_then(Value::as_f64);
        let share = share.or_else(|| item.get("targetPercent")?.as_f64().map(|of| of / 100.0))?;
        Some(percent(share))
    };
    let targets: Vec<String> = items("objectives").iter().filter_map(target).collect();
    let windows: Vec<String> = items("timeWindow")
        .iter()
        .filter_map(|window| window.get("duration").and_then(plain))
        .collect();
    let mut text = targets.join(", ");
    if !windows.is_empty() {
        text.push_str(&format!(" over {}", windows.join(", ")));
    }
    let title = value["metadata"]["displayName"].as_str().map(|title| format!(": {title}"));
    text.push_str(&title.unwrap_or_default());
    Line::new(subject.referred(id), text)
}

pub(super) fn continuity(subject: &Subject<'_>) -> Vec<Line> {
    let at = |key: &str| subject.text(&["spec", "continuity", key]);
    let mut lines = Vec::new();
    if let Some(rto) = at("rto") {
        lines.push(Line::new("back within", format!("{} (RTO)", in_words(&rto))));
    }
    if let Some(rpo) = at("rpo") {
        lines.push(Line::new("may lose", format!("{} of data (RPO)", in_words(&rpo))));
    }
    if !lines.is_empty() {
        lines
            .push(Line::new("last tested", at("lastTested").unwrap_or_else(|| "never".to_owned())));
    }
    lines
}

pub(super) fn runbooks(subject: &Subject<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (_, ids) in relations::of(subject, &["operatedBy"], &[]) {
        for id in ids {
            let tested = match subject.pages.catalog.entity(id).spec() {
                Some(Spec::Runbook(spec)) => spec
                    .last_tested
                    .as_ref()
                    .map_or_else(|| "never tested".to_owned(), |day| format!("tested {}", day.0)),
                _ => String::new(),
            };
            let title = subject.pages.title(id).unwrap_or_default();
            let parts: Vec<&str> =
                [title.trim(), &tested].into_iter().filter(|part| !part.is_empty()).collect();
            lines.push(Line::new(subject.referred(id), parts.join(", ")));
        }
    }
    lines
}

/// The exceptions that hold for it, and those that no longer do.
pub(super) fn exceptions(subject: &Subject<'_>) -> Vec<Line> {
    let today = subject.pages.now.date_naive().to_string();
    let mut lines = Vec::new();
    for (_, ids) in relations::of(subject, &["exemptedBy"], &[]) {
        for id in ids {
            let Some(Spec::Exception(spec)) = subject.pages.catalog.entity(id).spec() else {
                continue;
            };
            let when = match spec.expires.0 < today {
                true => format!("expired on {}", spec.expires.0),
                false => format!("until {}", spec.expires.0),
            };
            let approver = subject.written(id, &["spec", "approver"], &spec.approver.0);
            let said = Said::from("not `").and(rule(subject, spec));
            let said = said.and(format!("`, {when}, allowed by ")).and(approver);
            let said = said.and(format!(": {}", spec.reason));
            lines.push(Line::new(subject.referred(id), said));
        }
    }
    lines
}

/// The rule that an exception is of: a policy or a calendar, if it is one of this catalog.
fn rule(subject: &Subject<'_>, spec: &ExceptionSpec) -> Piece {
    let catalog = subject.pages.catalog;
    let family = match spec.of {
        ExceptionOf::Policy => "policy",
        ExceptionOf::Freeze => "calendar",
        ExceptionOf::Code | ExceptionOf::Control | ExceptionOf::Drift => "",
    };
    match catalog.find(&EntityRef::new(family, "default", &spec.name)) {
        Some(id) => subject.called(id, &spec.name),
        None => Piece::words(spec.name.as_str()),
    }
}

/// How many coming events are told.
const NEXT: u16 = 3;

/// When a calendar's events are.
pub(super) fn events(subject: &Subject<'_>) -> Vec<Line> {
    let Some(Spec::Calendar(spec)) = subject.entity.spec() else { return Vec::new() };
    let what = |number: usize| -> Option<Said> {
        let event = spec.events.get(number);
        let summary = event.and_then(|event| event.summary.as_deref());
        let person = || person(subject, subject.id, number).map(Said::from);
        summary.map(Said::from).or_else(person)
    };
    let what_or_yes = |number: usize| what(number).unwrap_or_else(|| "yes".into());
    let now = subject.pages.occurring(subject.id, spec);
    let mut lines: Vec<Line> = now
        .iter()
        .map(|one| {
            let said = what_or_yes(one.event).and(", until ").and(moment(&one.end));
            Line::new("now", said).fleeting()
        })
        .collect();
    if lines.is_empty() {
        lines.push(Line::new("now", "nothing").fleeting());
    }
    for one in rota::coming(spec, subject.pages.now, NEXT) {
        let said = what_or_yes(one.event).and(", from ").and(moment(&one.start));
        lines.push(Line::new("next", said).fleeting());
    }
    for (number, event) in spec.events.iter().enumerate() {
        let text = rota::words(event);
        let said = match what(number) {
            Some(name) if name.text() != "yes" => name.and(": ").and(text),
            _ => text.into(),
        };
        lines.push(Line::new(format!("event {}", number + 1), said));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_shares_are_said_as_people_say_them() {
        for (text, words) in [
            ("PT15M", "15 min"),
            ("P1D", "1 day"),
            ("P7D", "7 days"),
            ("P1Y6M", "1 year 6 months"),
            ("PT4H30M", "4 h 30 min"),
            ("soon", "soon"),
        ] {
            assert_eq!(in_words(text), words);
        }
        assert_eq!(percent(0.9995), "99.95 %");
        assert_eq!(percent(0.9), "90 %");
        assert_eq!(percent(1.0), "100 %");
    }
}
