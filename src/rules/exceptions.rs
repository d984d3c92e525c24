//! Exceptions: nobody allows themselves what a rule forbids.

use super::at::{Part, quoted};
use super::{Whole, codes};
use crate::catalog::{Entity, Reference};
use crate::finding::Finding;
use crate::model::gitsm::Spec;

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    for (_, entity) in whole.catalog.entities() {
        if entity.kind.name != "Exception" {
            continue;
        }
        let of =
            |relation: &str| entity.references.iter().find(|one| one.field.relation == relation);
        let (Some(wants), Some(allows)) = (of("requestedBy"), of("approvedBy")) else { continue };
        let Some(why) = is_same(whole, wants, allows) else { continue };
        findings.extend(whole.again(entity, |at| {
            let name = quoted(whole.catalog.names.text(allows.written));
            let headline = format!("{name} allows this, and {why}");
            at.finding(&codes::EXCEPTION_SELF_APPROVED, &allows.pointer(), Part::Value, headline)
                .label(at.place(at.span(&wants.pointer(), Part::Value)), "has the benefit")
                .help("have it allowed by somebody who has nothing of it")
        }));
    }
}

/// Why whoever allows is whoever wants, if so.
fn is_same(whole: &Whole<'_>, wants: &Reference, allows: &Reference) -> Option<&'static str> {
    if wants.target == allows.target {
        return Some("has the benefit");
    }
    let (wanting, allowing) = (whole.target(wants)?, whole.target(allows)?);
    if is_member(whole, wanting, allowing) {
        return Some("belongs to the team that has the benefit");
    }
    // A team of one is that person.
    if members(whole, allowing) == [wants.target] {
        return Some("is no more than whoever has the benefit");
    }
    None
}

fn members(whole: &Whole<'_>, team: &Entity) -> Vec<crate::catalog::Name> {
    let Some(id) = whole.catalog.defined(team.reference).next() else { return Vec::new() };
    let graph = whole.graph();
    let own = graph.outgoing(id).iter().filter(|edge| edge.relation.name == "hasMember");
    let own = own.map(|edge| whole.catalog.entity(edge.to).reference);
    let others = graph.incoming(id).filter(|edge| edge.relation.name == "memberOf");
    let others = others.map(|edge| whole.catalog.entity(edge.from).reference);
    let mut all: Vec<_> = own.chain(others).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn is_member(whole: &Whole<'_>, team: &Entity, person: &Entity) -> bool {
    matches!(team.spec(), Some(Spec::Team(_))) && members(whole, team).contains(&person.reference)
}
