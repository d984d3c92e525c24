//! What an entity belongs to and what belongs to it, as far as planning is concerned.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, EntityId, Graph, Name};

/// Which of two is the larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The other is what it belongs to, or stands on.
    Parent,
    /// The other belongs to it, or stands on it.
    Child,
}

/// What a relation means for planning.
#[derive(Debug)]
pub struct Relative {
    /// The relation, as the entity says it.
    pub relation: &'static str,
    /// What the other is.
    pub role: Role,
    /// Whether windows and freezes of the parent hold for the child, too. Those of a host do not
    /// hold for what runs on it: its maintenance is not that of its guests.
    pub carries: bool,
}

const fn row(relation: &'static str, role: Role, carries: bool) -> Relative {
    Relative { relation, role, carries }
}

/// Parents and children. `dependencyOf` counts only from a service to what is none (the field
/// `supportedBy` and its like): a service does not own the services that it needs.
pub static RELATIVES: &[Relative] = &[
    row("partOf", Role::Parent, true),
    row("hasPart", Role::Child, true),
    row("containedBy", Role::Parent, true),
    row("contains", Role::Child, true),
    row("memberOf", Role::Parent, true),
    row("hasMember", Role::Child, true),
    row("dependencyOf", Role::Parent, true),
    row("dependsOn", Role::Child, true),
    row("runsOn", Role::Parent, false),
    row("runs", Role::Child, false),
    row("hostedOn", Role::Parent, false),
    row("hosts", Role::Child, false),
    row("virtualizedBy", Role::Parent, false),
    row("virtualizes", Role::Child, false),
];

/// Families that are people, to whom nothing belongs in this sense.
const PEOPLE: &[&str] = &["team", "person"];

/// The direct relatives of an entity, with their rows, by name.
pub fn relatives(catalog: &Catalog, graph: &Graph, id: EntityId) -> Vec<(Name, &'static Relative)> {
    let entity = catalog.entity(id);
    let mut found: BTreeMap<Name, &'static Relative> = BTreeMap::new();
    for document in catalog.defined(entity.reference) {
        for (relation, other) in graph.relations(document) {
            let Some(row) = RELATIVES.iter().find(|row| row.relation == relation) else { continue };
            let other = catalog.entity(other);
            let (part, whole) = match row.role {
                Role::Parent => (entity, other),
                Role::Child => (other, entity),
            };
            let needs = matches!(relation, "dependsOn" | "dependencyOf");
            let supports = whole.kind.family == "service" && part.kind.family != "service";
            let people = PEOPLE.contains(&other.kind.family);
            if other.reference == entity.reference || people || (needs && !supports) {
                continue;
            }
            let known = found.entry(other.reference).or_insert(row);
            if row.carries && !known.carries {
                *known = row;
            }
        }
    }
    found.into_iter().collect()
}

/// What an entity belongs to, directly or through others, nearest first: what holds for these holds
/// for it, too.
pub fn wholes(catalog: &Catalog, graph: &Graph, id: EntityId) -> Vec<Name> {
    let mut seen = BTreeSet::from([catalog.entity(id).reference]);
    let (mut all, mut next) = (Vec::new(), vec![id]);
    while !next.is_empty() {
        let found = next.iter().flat_map(|id| relatives(catalog, graph, *id));
        let parents = found.filter(|(_, row)| row.role == Role::Parent && row.carries);
        let mut parents: Vec<Name> =
            parents.map(|(name, _)| name).filter(|name| seen.insert(*name)).collect();
        parents.sort_by_key(|name| catalog.names.text(*name).to_owned());
        next = parents.iter().filter_map(|name| catalog.defined(*name).next()).collect();
        all.extend(parents);
    }
    all
}
