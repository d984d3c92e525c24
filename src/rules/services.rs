//! What a service needs before anybody may call it live.

use super::at::{Part, quoted};
use super::{Whole, codes};
use crate::catalog::Entity;
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::service::{Lifecycle, ServiceSpec};
use crate::model::gitsm::service_level_agreement::AgreementLifecycle;
use crate::yaml::Pointer;

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    for (_, entity) in whole.catalog.entities() {
        let Some(Spec::Service(spec)) = entity.spec() else { continue };
        if spec.lifecycle.is_some_and(Lifecycle::is_used) {
            findings.extend(incomplete(whole, entity, spec));
            findings.extend(not_yet(whole, entity));
        }
    }
}

fn incomplete(whole: &Whole<'_>, entity: &Entity, spec: &ServiceSpec) -> Option<Finding> {
    let mut missing = Vec::new();
    if spec.criticality.is_none() {
        missing.push(("criticality", "no criticality".to_owned()));
    }
    let by_offering = spec.offerings.iter().flatten().any(|offering| offering.sla.is_some());
    match &spec.sla {
        None if by_offering => {}
        None => missing.push(("sla", "no agreement".to_owned())),
        Some(_) => {
            if let Some(state) = state_of_agreement(whole, entity) {
                missing.push(("sla", format!("an agreement that is `{state}`")));
            }
        }
    }
    if spec.support_hours.is_none() {
        missing.push(("supportHours", "no support hours".to_owned()));
    }
    let (field, _) = missing.first()?;
    let words: Vec<&str> = missing.iter().map(|(_, words)| words.as_str()).collect();
    let name = quoted(whole.catalog.names.text(entity.written));
    let headline = format!("the live service {name} has {}", words.join(", "));
    let fields: Vec<String> = missing.iter().map(|(field, _)| format!("`{field}`")).collect();
    let pointer = match whole_field(spec, field) {
        true => Pointer::root().join("spec").join(*field),
        false => Pointer::from_text("/spec/lifecycle"),
    };
    whole.again(entity, |at| {
        at.finding(&codes::SERVICE_INCOMPLETE, &pointer, Part::Value, headline).help(format!(
            "fill {}: who depends on it wants to know what to expect, and when somebody answers",
            fields.join(", "),
        ))
    })
}

/// Whether the field is there, so that a finding can stand at it.
fn whole_field(spec: &ServiceSpec, field: &str) -> bool {
    field == "sla" && spec.sla.is_some()
}

/// The state of the service's agreement, if it does not hold.
fn state_of_agreement(whole: &Whole<'_>, entity: &Entity) -> Option<&'static str> {
    let reference = entity.references.iter().find(|one| one.field.path == ["spec", "sla"])?;
    let Some(Spec::ServiceLevelAgreement(sla)) = whole.target(reference)?.spec() else {
        return None;
    };
    (sla.lifecycle != AgreementLifecycle::Active).then(|| sla.lifecycle.name())
}

/// A live service that needs a service which nobody uses yet.
fn not_yet(whole: &Whole<'_>, entity: &Entity) -> Vec<Finding> {
    let needs = entity.references.iter().filter(|one| one.field.relation == "dependsOn");
    needs
        .filter_map(|reference| {
            let target = whole.target(reference)?;
            let Some(Spec::Service(needed)) = target.spec() else { return None };
            let early = matches!(
                needed.lifecycle?,
                Lifecycle::Proposed | Lifecycle::Design | Lifecycle::Build
            );
            if !early {
                return None;
            }
            let name = quoted(whole.catalog.names.text(target.written));
            whole.again(entity, |at| {
                let pointer = reference.pointer();
                let headline = format!("a live service needs {name}, which is not live yet");
                at.finding(&codes::LIFECYCLE_CONTRADICTION, &pointer, Part::Value, headline)
                    .label(target.name_place.in_file(&target.file), "not live yet")
                    .help("correct the life cycle of one of the two, or remove the dependency")
            })
        })
        .collect()
}
