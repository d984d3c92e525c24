//! Agreements: no promise is stronger than those that it rests on (ITIL 4, service level management).

use super::at::{Part, quoted};
use super::{Whole, codes};
use crate::catalog::Entity;
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::service_level_agreement::{ServiceLevelAgreementSpec, Target};
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
        for (number, promise) in own.targets.iter().enumerate() {
            let weak = below.iter().filter_map(|(target, spec)| {
                unsupported(whole, entity, own, number, promise, target, spec)
            });
            findings.extend(join(weak));
        }
    }
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
    let same =
        |other: &&(usize, &Target)| other.1.metric == promise.metric && covers(other.1, promise);
    let others: Vec<(usize, &Target)> = below.targets.iter().enumerate().collect();
    let (at_below, other) = others.iter().find(same).copied()?;
    let name = quoted(whole.catalog.names.text(below_entity.written));
    let (field, headline) = weaker(own, promise, below, other, &name)?;
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
    own: &ServiceLevelAgreementSpec,
    promise: &Target,
    below: &ServiceLevelAgreementSpec,
    other: &Target,
    name: &str,
) -> Option<(&'static str, String)> {
    let metric = promise.metric.name();
    if let (Some(here), Some(there)) = (&promise.within, &other.within) {
        let around_the_clock = promise.calendar.is_none() && own.calendar.is_none();
        let by_calendar = other.calendar.is_some() || below.calendar.is_some();
        if seconds(&there.0)? > seconds(&here.0)? {
            let headline = format!(
                "{metric} within `{}`, which rests on {name}: within `{}`",
                here.0, there.0
            );
            return Some(("within", headline));
        }
        if around_the_clock && by_calendar {
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
