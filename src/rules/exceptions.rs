//! Exceptions: what they take away from the findings; and nobody allows themselves what a rule
//! forbids.

use std::collections::{BTreeMap, BTreeSet};

use super::at::{Part, quoted};
use super::{Whole, codes};
use crate::catalog::{Entity, Reference};
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::exception::{ExceptionOf, ExceptionSpec};

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

/// The rules of a kind that do not hold, each with the canonical reference for which it does not.
/// Where several exceptions are of one rule and subject, the strictest wins: all must be in force.
pub(super) fn in_force(whole: &Whole<'_>, of: ExceptionOf) -> BTreeSet<(String, String)> {
    let mut all: BTreeMap<(String, String), bool> = BTreeMap::new();
    for (_, entity) in whole.catalog.entities() {
        let Some(Spec::Exception(spec)) = entity.spec() else { continue };
        let subject = entity.references.iter().find(|one| one.field.relation == "exempts");
        let Some(subject) = subject.filter(|_| spec.of == of) else { continue };
        let rule = spec.name.rsplit(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
        // A subject may be named as it was called before.
        let subject = whole.target(subject).map_or(subject.target, |entity| entity.reference);
        let key = (rule, whole.catalog.names.text(subject).to_owned());
        let holds = is_in_force(whole, entity, spec);
        all.entry(key).and_modify(|known| *known &= holds).or_insert(holds);
    }
    all.into_iter().filter(|(_, holds)| *holds).map(|(key, _)| key).collect()
}

fn is_in_force(whole: &Whole<'_>, entity: &Entity, spec: &ExceptionSpec) -> bool {
    let began = spec.granted.as_ref().is_none_or(|granted| granted.0.as_str() <= whole.today);
    let of = |relation: &str| entity.references.iter().find(|one| one.field.relation == relation);
    let (Some(wants), Some(allows)) = (of("requestedBy"), of("approvedBy")) else { return false };
    let independent = whole.target(allows).is_some() && is_same(whole, wants, allows).is_none();
    began && spec.expires.0.as_str() >= whole.today && independent
}

/// Codes that no exception takes away.
const NEVER: &[&str] = &[
    "policy-violated",
    "policy-overdue",
    "policy-failed",
    "expression-invalid",
    "exception-expired",
    "exception-self-approved",
];

/// Takes away what exceptions of codes allow.
pub fn except(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    let mut allowed = in_force(whole, ExceptionOf::Code);
    // What a policy asks for is excepted by the policy's name, and what watches over exceptions never.
    allowed.retain(|(code, _)| !NEVER.contains(&code.as_str()));
    if allowed.is_empty() {
        return;
    }
    findings.retain_mut(|finding| {
        let code = finding.code.name.to_owned();
        let stays = |entity: &Option<String>| {
            let Some(entity) = entity else { return true };
            !allowed.contains(&(code.clone(), entity.clone()))
        };
        finding.more.retain(|at| stays(&at.entity));
        if stays(&finding.at.entity) {
            return true;
        }
        // What is left of a finding at several places stands at the next of them.
        let next = (!finding.more.is_empty()).then(|| finding.more.remove(0));
        next.is_some_and(|next| {
            finding.at = next;
            true
        })
    });
}

/// Why whoever allows is whoever wants, if so.
fn is_same(whole: &Whole<'_>, wants: &Reference, allows: &Reference) -> Option<&'static str> {
    if wants.target == allows.target {
        return Some("has the benefit");
    }
    let (wanting, allowing) = (whole.target(wants)?, whole.target(allows)?);
    if wanting.reference == allowing.reference {
        return Some("has the benefit, by another name");
    }
    if is_member(whole, wanting, allowing) {
        return Some("belongs to the team that has the benefit");
    }
    // A team of one is that person.
    let (deciding, having) = (people(whole, allowing), people(whole, wanting));
    if !deciding.is_empty() && deciding.iter().all(|one| having.contains(one)) {
        return Some("is no more than whoever has the benefit");
    }
    None
}

/// The people that a team is, or the person; of a team without members whoever leads it.
fn people(whole: &Whole<'_>, entity: &Entity) -> Vec<crate::catalog::Name> {
    if entity.kind.family != "team" {
        return vec![entity.reference];
    }
    let members = members(whole, entity);
    if !members.is_empty() {
        return members;
    }
    let Some(id) = whole.catalog.defined(entity.reference).next() else { return Vec::new() };
    let leads = whole.graph().outgoing(id).iter().filter(|edge| edge.relation.name == "ledBy");
    leads.map(|edge| whole.catalog.entity(edge.to).reference).collect()
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
    team.kind.family == "team" && members(whole, team).contains(&person.reference)
}
