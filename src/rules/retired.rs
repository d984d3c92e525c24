//! References to what is gone, by the states of the kind table.

use std::collections::BTreeMap;

use super::at::{Part, dotted, quoted};
use super::{Whole, codes};
use crate::catalog::{Entity, EntityId};
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::service_level_agreement::AgreementLifecycle;

/// Families whose retirement matters to what still refers to them; people and teams have a rule of
/// their own.
const FAMILIES: &[&str] = &["service", "ci", "sla", "calendar", "runbook", "changemodel"];

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    let states: Vec<Option<String>> =
        whole.catalog.entities().map(|(_, entity)| gone_state(entity)).collect();
    if states.iter().all(Option::is_none) {
        return;
    }
    let mut by_target: BTreeMap<EntityId, Vec<Finding>> = BTreeMap::new();
    for (id, entity) in whole.catalog.entities() {
        // What is gone itself may keep its references: they are history.
        if states[id.index()].is_some() || is_record(entity) {
            continue;
        }
        for reference in entity.references.iter() {
            let Some(gone) = whole.catalog.defined(reference.target).next() else { continue };
            let Some(state) = &states[gone.index()] else { continue };
            let target = whole.catalog.entity(gone);
            let name = quoted(whole.catalog.names.text(target.written));
            by_target.entry(gone).or_default().extend(whole.again(entity, |at| {
                let pointer = reference.pointer();
                let field = dotted(&pointer);
                let headline = format!("`{field}` leads to {name}, which is `{state}`");
                at.finding(&codes::REFERENCE_RETIRED, &pointer, Part::Value, headline)
                    .label(target.name_place.in_file(&target.file), format!("it is `{state}`"))
                    .help("remove the reference, or name what took its place")
            }));
        }
    }
    findings.extend(by_target.into_values().filter_map(|all| Finding::joined(all, "references")));
}

/// Whether a document says what was at its time: a change that retires something refers to it.
pub(super) fn is_record(entity: &Entity) -> bool {
    matches!(entity.kind.name, "ChangeRequest" | "Exception")
}

/// The state of an entity, if it is one in which nothing should rest on it.
pub(super) fn gone_state(entity: &Entity) -> Option<String> {
    if !FAMILIES.contains(&entity.kind.family) {
        return None;
    }
    let spec = entity.spec()?;
    let state = match spec {
        Spec::Service(spec) => serde_json::to_value(spec.lifecycle?).ok()?,
        Spec::ConfigurationItem(spec) => serde_json::to_value(spec.lifecycle.stage).ok()?,
        Spec::Calendar(spec) => serde_json::to_value(spec.lifecycle?).ok()?,
        Spec::Runbook(spec) => serde_json::to_value(spec.lifecycle).ok()?,
        Spec::ChangeModel(spec) => serde_json::to_value(spec.lifecycle).ok()?,
        // An agreement that expired is reported where a live service has none that holds.
        Spec::ServiceLevelAgreement(spec) if spec.lifecycle == AgreementLifecycle::Terminated => {
            serde_json::to_value(spec.lifecycle).ok()?
        }
        _ => return None,
    };
    let state = state.as_str()?.to_owned();
    let life = entity.kind.practice.life_cycle.as_ref()?;
    life.gone.contains(&state.as_str()).then_some(state)
}
