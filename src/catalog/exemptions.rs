//! Exceptions: of what, for whom, when, and whether whoever allows them has nothing of it.

use super::{Catalog, Entity, Graph, Name, Reference};
use crate::model::gitsm::Spec;
use crate::model::gitsm::exception::ExceptionOf;

/// An exception of a rule. Where several are of one rule and subject, all must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// The canonical reference of the exception.
    pub exception: String,
    /// The rule's name, in lower case.
    pub rule: String,
    /// The canonical reference of what the rule does not hold for.
    pub subject: String,
    /// The first day, such as `2026-12-31`.
    pub granted: Option<String>,
    /// The last day.
    pub expires: String,
    /// Whether whoever allows it has no benefit.
    pub independent: bool,
}

impl Exemption {
    /// Whether it is in force on a day.
    pub fn holds_on(&self, day: &str) -> bool {
        let began = self.granted.as_deref().is_none_or(|granted| granted <= day);
        began && self.expires.as_str() >= day && self.independent
    }
}

/// The exceptions of a kind of rule, in file order.
pub fn exemptions(catalog: &Catalog, graph: &Graph, of: ExceptionOf) -> Vec<Exemption> {
    let mut all = Vec::new();
    for (_, entity) in catalog.entities() {
        let Some(Spec::Exception(spec)) = entity.spec() else { continue };
        let subject = entity.references.iter().find(|one| one.field.relation == "exempts");
        let Some(subject) = subject.filter(|_| spec.of == of) else { continue };
        let rule = spec.name.rsplit(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
        // A subject may be named as it was called before.
        let name = target(catalog, subject).map_or(subject.target, |entity| entity.reference);
        all.push(Exemption {
            exception: catalog.canonical(entity).to_owned(),
            rule,
            subject: catalog.names.text(name).to_owned(),
            granted: spec.granted.as_ref().map(|granted| granted.0.clone()),
            expires: spec.expires.0.clone(),
            independent: is_independent(catalog, graph, entity),
        });
    }
    all
}

fn is_independent(catalog: &Catalog, graph: &Graph, entity: &Entity) -> bool {
    let of = |relation: &str| entity.references.iter().find(|one| one.field.relation == relation);
    let (Some(wants), Some(allows)) = (of("requestedBy"), of("approvedBy")) else { return false };
    target(catalog, allows).is_some() && is_same(catalog, graph, wants, allows).is_none()
}

fn target<'a>(catalog: &'a Catalog, reference: &Reference) -> Option<&'a Entity> {
    Some(catalog.entity(catalog.leads_to(reference)?))
}

/// Why whoever allows is whoever wants, if so.
pub(crate) fn is_same(
    catalog: &Catalog,
    graph: &Graph,
    wants: &Reference,
    allows: &Reference,
) -> Option<&'static str> {
    if wants.target == allows.target {
        return Some("has the benefit");
    }
    let (wanting, allowing) = (target(catalog, wants)?, target(catalog, allows)?);
    if wanting.reference == allowing.reference {
        return Some("has the benefit, by another name");
    }
    if is_member(catalog, graph, wanting, allowing) {
        return Some("belongs to the team that has the benefit");
    }
    // A team of one is that person.
    let (deciding, having) = (people(catalog, graph, allowing), people(catalog, graph, wanting));
    if !deciding.is_empty() && deciding.iter().all(|one| having.contains(one)) {
        return Some("is no more than whoever has the benefit");
    }
    None
}

/// The people that a team is, or the person; of a team without members whoever leads it.
fn people(catalog: &Catalog, graph: &Graph, entity: &Entity) -> Vec<Name> {
    if entity.kind.family != "team" {
        return vec![entity.reference];
    }
    let members = members(catalog, graph, entity);
    if !members.is_empty() {
        return members;
    }
    let Some(id) = catalog.defined(entity.reference).next() else { return Vec::new() };
    let leads = graph.outgoing(id).iter().filter(|edge| edge.relation.name == "ledBy");
    leads.map(|edge| catalog.entity(edge.to).reference).collect()
}

fn members(catalog: &Catalog, graph: &Graph, team: &Entity) -> Vec<Name> {
    let Some(id) = catalog.defined(team.reference).next() else { return Vec::new() };
    let own = graph.outgoing(id).iter().filter(|edge| edge.relation.name == "hasMember");
    let own = own.map(|edge| catalog.entity(edge.to).reference);
    let others = graph.incoming(id).filter(|edge| edge.relation.name == "memberOf");
    let others = others.map(|edge| catalog.entity(edge.from).reference);
    let mut all: Vec<_> = own.chain(others).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn is_member(catalog: &Catalog, graph: &Graph, team: &Entity, person: &Entity) -> bool {
    team.kind.family == "team" && members(catalog, graph, team).contains(&person.reference)
}
