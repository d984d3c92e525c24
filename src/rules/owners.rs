//! Owners: whether somebody is there.

use std::collections::BTreeMap;

use super::at::{Part, quoted};
use super::retired::{gone_state, is_record};
use super::{Whole, codes};
use crate::catalog::{Entity, EntityId};
use crate::finding::{Finding, Severity};
use crate::model::gitsm::Spec;
use crate::model::gitsm::person::PersonLifecycle;
use crate::model::gitsm::team::{TeamLifecycle, TeamType};

/// Relations in which somebody must be there to act.
const ACTING: &[&str] = &[
    "ownedBy",
    "hasSupportTeam",
    "approvedBy",
    "calls",
    "escalatesTo",
    "permits",
    "ledBy",
    "deputizedBy",
    "providedBy",
];

const NO_MEMBERS: &str = "this team has no members";

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    let gone: Vec<Option<String>> =
        whole.catalog.entities().map(|(_, entity)| why_gone(whole, entity)).collect();
    if gone.iter().all(Option::is_none) {
        return;
    }
    let mut by_owner: BTreeMap<EntityId, Vec<Finding>> = BTreeMap::new();
    for (_, entity) in whole.catalog.entities() {
        // What is gone needs nobody, and records name who it was.
        if is_record(entity) || gone_state(entity).is_some() {
            continue;
        }
        for reference in entity.references.iter() {
            if !ACTING.contains(&reference.field.relation) {
                continue;
            }
            let Some(id) = whole.catalog.defined(reference.target).next() else { continue };
            let Some(why) = &gone[id.index()] else { continue };
            let owner = whole.catalog.entity(id);
            let name = quoted(whole.catalog.names.text(owner.written));
            by_owner.entry(id).or_default().extend(whole.again(entity, |at| {
                let field = super::at::dotted(&reference.pointer());
                let headline = format!("`{field}` is {name}, and {why}");
                let pointer = reference.pointer();
                let finding = at.finding(&codes::OWNER_INACTIVE, &pointer, Part::Value, headline);
                // People may be missing from the catalog only; who is gone is gone.
                finding
                    .no_worse_than(if *why == NO_MEMBERS {
                        Severity::Warning
                    } else {
                        Severity::Error
                    })
                    .label(owner.name_place.in_file(&owner.file), why.clone())
                    .help("name a team that exists and has people, or it is nobody's")
            }));
        }
    }
    findings.extend(by_owner.into_values().filter_map(|all| Finding::joined(all, "references")));
}

/// Why nobody answers for a team or as a person, if nobody does.
fn why_gone(whole: &Whole<'_>, entity: &Entity) -> Option<String> {
    match entity.spec()? {
        Spec::Person(spec) if spec.lifecycle == Some(PersonLifecycle::Left) => {
            Some("this person has left".to_owned())
        }
        Spec::Team(spec) if spec.lifecycle == Some(TeamLifecycle::Disbanded) => {
            Some("this team is disbanded".to_owned())
        }
        // Suppliers and customers have people of their own, and what extends a Group adds to it.
        Spec::Team(spec) => {
            let other = matches!(spec.r#type, Some(TeamType::Supplier | TeamType::Customer));
            let mut members =
                entity.references.iter().filter(|one| one.field.relation == "hasMember");
            let named = members.any(|one| !whole.target(one).is_some_and(has_left));
            let alone =
                !other && !named && entity.extends().is_none() && !has_members(whole, entity);
            alone.then(|| NO_MEMBERS.to_owned())
        }
        _ => None,
    }
}

fn has_left(person: &Entity) -> bool {
    let Some(Spec::Person(spec)) = person.spec() else { return false };
    spec.lifecycle == Some(PersonLifecycle::Left)
}

/// Whether a person says to belong to a team, or a team to be a unit of it.
fn has_members(whole: &Whole<'_>, team: &Entity) -> bool {
    let Some(id) = whole.catalog.defined(team.reference).next() else { return false };
    let mut relations = whole.graph().incoming(id);
    relations.any(|edge| matches!(edge.relation.name, "memberOf" | "childOf"))
}
