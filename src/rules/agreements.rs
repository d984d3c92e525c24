//! Agreements: no promise is stronger than those that it rests on (ITIL 4, service level management).

use super::at::{Part, quoted};
use super::{Whole, codes};
use crate::catalog::Entity;
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::service_level_agreement::{
    AgreementLifecycle, ServiceLevelAgreementSpec, Target,
};
use crate::model::gitsm::value::Reference;
use crate::model::parse_reference;
use crate::yaml::Pointer;

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    for (_, entity) in whole.catalog.entities() {
        let Some(Spec::ServiceLevelAgreement(own)) = entity.spec() else { continue };
        let rests = entity.references.iter().filter(|one| one.field.relation == "restsOn");
        let below: Vec<(&Entity, &ServiceLevelAgreementSpec)> = rests
            .filter_map(|reference| {
                let target = whole.target(reference)?;
                match target.spec()? {
                    Spec::ServiceLevelAgreement(spec) => Some((target, &**spec)),
                    _ => None,
                }
            })
            .collect();
        findings.extend(not_active(whole, entity, own));
        for (number, promise) in own.targets.iter().enumerate() {
            let weak = below.iter().filter_map(|(target, spec)| {
                unsupported(whole, entity, own, number, promise, target, spec)
            });
            findings.extend(join(weak));
        }
    }
}

/// An active agreement that rests on one which does not hold.
fn not_active(whole: &Whole<'_>, entity: &Entity, own: &ServiceLevelAgreementSpec) -> Vec<Finding> {
    if own.lifecycle != AgreementLifecycle::Active {
        return Vec::new();
    }
    let rests = entity.references.iter().filter(|one| one.field.relation == "restsOn");
    let told = rests.filter_map(|reference| {
        let target = whole.target(reference)?;
        let Some(Spec::ServiceLevelAgreement(below)) = target.spec() else { return None };
        // What was terminated is told as gone.
        let ended = AgreementLifecycle::Terminated;
        if below.lifecycle == AgreementLifecycle::Active || below.lifecycle == ended {
            return None;
        }
        let name = quoted(whole.catalog.names.text(target.written));
        let state = below.lifecycle.name();
        whole.again(entity, |at| {
            let headline = format!("this rests on {name}, which is `{state}`");
            at.finding(&codes::SLA_UNSUPPORTED, &reference.pointer(), Part::Value, headline)
                .label(target.name_place.in_file(&target.file), format!("it is `{state}`"))
                .help(
                    "a promise rests on agreements that hold: correct the state of one of the two",
                )
        })
    });
    told.collect()
}

/// One promise, one finding: the others that are too weak are labels of the first.
fn join(mut weak: impl Iterator<Item = Finding>) -> Option<Finding> {
    let mut first = weak.next()?;
    for other in weak {
        first.labels.extend(other.labels);
    }
    Some(first)
}

fn unsupported(
    whole: &Whole<'_>,
    entity: &Entity,
    own: &ServiceLevelAgreementSpec,
    number: usize,
    promise: &Target,
    below_entity: &Entity,
    below: &ServiceLevelAgreementSpec,
) -> Option<Finding> {
    let name = quoted(whole.catalog.names.text(below_entity.written));
    let covering = below.targets.iter().enumerate();
    let covering =
        covering.filter(|(_, other)| other.metric == promise.metric && covers(other, promise));
    // One target below that is strong enough will do; of those that are not, the one that says
    // most exactly what it is for is told.
    let mut weakest: Option<(usize, usize, (&str, String))> = None;
    for (number, other) in covering {
        let exact = other.applies_to.as_ref().map_or(0, |fields| fields.len());
        let weak = weaker(whole, (own, promise), (below, other), &name)?;
        if weakest.as_ref().is_none_or(|(known, ..)| exact > *known) {
            weakest = Some((exact, number, weak));
        }
    }
    let (_, at_below, (field, headline)) = weakest?;
    let document = whole.reader.document(below_entity)?;
    let pointer = Pointer::from_text(format!("/spec/targets/{at_below}/{field}"));
    let (_, node) = document.root()?.at(&pointer)?;
    let place = document.source().place(node.span());
    whole.again(entity, |at| {
        let pointer = Pointer::from_text(format!("/spec/targets/{number}/{field}"));
        at.finding(&codes::SLA_UNSUPPORTED, &pointer, Part::Value, headline)
            .label(place, format!("{name} promises this"))
            .help("agree on something stronger below, or promise less here")
    })
}

/// Whether a target below applies to all records that a promise applies to.
fn covers(below: &Target, promise: &Target) -> bool {
    below.applies_to.iter().flatten().all(|(field, value)| {
        promise.applies_to.as_ref().and_then(|own| own.get(field)) == Some(value)
    })
}

/// The field in which the target below promises less, and how to say so.
fn weaker(
    whole: &Whole<'_>,
    (own, promise): (&ServiceLevelAgreementSpec, &Target),
    (below, other): (&ServiceLevelAgreementSpec, &Target),
    name: &str,
) -> Option<(&'static str, String)> {
    let metric = promise.metric.name();
    if let (Some(here), Some(there)) = (&promise.within, &other.within) {
        let here_always = is_always(whole, promise.calendar.as_ref().or(own.calendar.as_ref()));
        let there_always = is_always(whole, other.calendar.as_ref().or(below.calendar.as_ref()));
        // Hours around the clock pass sooner than those of a calendar; how much sooner depends on
        // the day, so nothing certain can be said.
        if there_always && !here_always {
            return None;
        }
        if seconds(&there.0)? > seconds(&here.0)? {
            let headline = format!(
                "{metric} within `{}`, which rests on {name}: within `{}`",
                here.0, there.0
            );
            return Some(("within", headline));
        }
        if here_always && !there_always {
            let headline = format!(
                "{metric} within `{}` around the clock, which rests on {name}: within `{}` of a \
                 calendar's hours",
                here.0, there.0
            );
            return Some(("within", headline));
        }
    }
    (other.goal < promise.goal).then(|| {
        let headline = format!(
            "{metric} with a goal of `{}`, which rests on {name}: `{}`",
            promise.goal.0, other.goal.0
        );
        ("goal", headline)
    })
}

/// Whether the hours that count are all hours: without a calendar, or with one whose event of a day
/// recurs each day.
fn is_always(whole: &Whole<'_>, calendar: Option<&Reference>) -> bool {
    let Some(calendar) = calendar else { return true };
    let Ok(reference) = parse_reference(&calendar.0, Some("Calendar"), "default") else {
        return false;
    };
    let Some(id) = whole.catalog.find(&reference) else { return false };
    let Some(Spec::Calendar(spec)) = whole.catalog.entity(id).spec() else { return false };
    let daily = |rule: &str| {
        let rule = rule.to_ascii_uppercase();
        let limits = ["BY", "UNTIL", "COUNT", "INTERVAL"];
        rule.contains("FREQ=DAILY") && !limits.iter().any(|part| rule.contains(part))
    };
    spec.events.iter().any(|event| {
        event.rrule.as_deref().is_some_and(daily)
            && event.exdate.is_none()
            && seconds(&event.duration.0).is_some_and(|length| length >= 86_400)
    })
}

/// The length of a duration in seconds; months and years by their usual length.
fn seconds(duration: &str) -> Option<u64> {
    let (date, time) = match duration.strip_prefix('P')?.split_once('T') {
        Some((date, time)) => (date, time),
        None => (duration.strip_prefix('P')?, ""),
    };
    let day = 86_400;
    let date = sum(date, &[('Y', 365 * day), ('M', 30 * day), ('W', 7 * day), ('D', day)])?;
    let time = sum(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
    date.checked_add(time)
}

fn sum(text: &str, units: &[(char, u64)]) -> Option<u64> {
    let (mut total, mut number) = (0_u64, 0_u64);
    for c in text.chars() {
        match c.to_digit(10) {
            Some(digit) => number = number.checked_mul(10)?.checked_add(u64::from(digit))?,
            None => {
                let (_, unit) = units.iter().find(|(letter, _)| *letter == c)?;
                total = total.checked_add(number.checked_mul(*unit)?)?;
                number = 0;
            }
        }
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_length() {
        assert_eq!(seconds("PT1H30M"), Some(5400));
        assert_eq!(seconds("P1DT1S"), Some(86_401));
        assert_eq!(seconds("P2W"), Some(1_209_600));
        assert_eq!(seconds("PT99999999999999999999H"), None);
    }
}
