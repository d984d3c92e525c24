//! Along which relations trouble travels, which peers take over, and which members a cluster has.

use std::collections::HashMap;
use std::sync::Arc;

use super::Quorum;
use crate::catalog::{Catalog, Edge, Entity, EntityId, Graph};
use crate::model::gitsm::Spec;
use crate::model::gitsm::configuration_item::Stage;
use crate::model::{Impact as Travels, Relation};

/// Relations to what stands inside: nothing takes over for a place.
const PLACES: &[&str] = &["contains"];

/// Families that do not fail.
pub(in crate::catalog) const NEVER_FAIL: &[&str] = &["team", "person"];

/// A way from an entity to one that it affects.
#[derive(Clone, Copy)]
pub(super) struct Link {
    /// Where it leads to.
    pub(super) to: EntityId,
    /// The relation.
    pub(super) relation: &'static Relation,
    /// Whether it is followed from its source to its target.
    pub(super) inverse: bool,
}

impl Link {
    /// Whether a redundant peer of the failed entity takes over for it here.
    pub(super) fn replaceable(&self) -> bool {
        !PLACES.contains(&self.relation.name)
    }
}

/// A set of entities that take over for each other.
#[derive(Default, Clone)]
pub(super) struct Set {
    /// Who belongs to it, by name.
    pub(super) members: Arc<Vec<EntityId>>,
    /// How many of them can work.
    pub(super) able: u32,
    /// How many of those are down.
    pub(super) down: u32,
}

/// The members of a cluster.
#[derive(Clone)]
pub(super) struct Cluster {
    members: Vec<EntityId>,
    /// How many must work.
    needed: u32,
    /// How many of the members are down.
    pub(super) down: u32,
}

impl Cluster {
    /// Whether fewer work than must.
    pub(super) fn is_lost(&self) -> bool {
        self.down > 0 && self.quorum().working < self.needed
    }

    pub(super) fn quorum(&self) -> Quorum {
        let members = self.members.len() as u32;
        Quorum { working: members.saturating_sub(self.down), members, needed: self.needed }
    }

    pub(super) fn has(&self, id: EntityId) -> bool {
        self.members.binary_search(&id).is_ok()
    }

    pub(super) fn members(&self) -> &[EntityId] {
        &self.members
    }
}

/// What the relations of a catalog mean for impact. What is counted for one assumption is counted in
/// a copy, which costs little where few take over for each other.
#[derive(Clone)]
pub(super) struct Links<'a> {
    pub(super) catalog: &'a Catalog,
    graph: &'a Graph,
    /// The number of the set of each entity that is in one.
    set_of: Arc<HashMap<EntityId, usize>>,
    pub(super) sets: Vec<Set>,
    /// The clusters that were asked for.
    pub(super) clusters: HashMap<EntityId, Cluster>,
}

impl<'a> Links<'a> {
    pub(super) fn new(catalog: &'a Catalog, graph: &'a Graph) -> Self {
        let clusters = HashMap::new();
        let set_of = Arc::default();
        let mut links = Self { catalog, graph, set_of, sets: Vec::new(), clusters };
        links.find_sets();
        links
    }

    /// The one document that stands for all of its reference.
    pub(super) fn one(&self, id: EntityId) -> EntityId {
        self.catalog.defined(self.catalog.entity(id).reference).next().unwrap_or(id)
    }

    /// The set of an entity.
    pub(super) fn set(&self, id: EntityId) -> Option<usize> {
        self.set_of.get(&id).copied()
    }

    /// Every way from an entity but to its clusters; a relation that is written twice comes twice.
    pub(super) fn each(&self, from: EntityId, visit: &mut dyn FnMut(Link)) {
        for document in self.catalog.defined(self.catalog.entity(from).reference) {
            for edge in self.graph.outgoing(document) {
                if edge.relation.impact == Travels::SourceToTarget {
                    visit(Link { to: edge.to, relation: edge.relation, inverse: true });
                }
            }
        }
        for edge in self.graph.incoming(from) {
            if matches!(edge.relation.impact, Travels::TargetToSource | Travels::Degrades) {
                visit(Link { to: self.one(edge.from), relation: edge.relation, inverse: false });
            }
        }
    }

    /// The clusters that an entity is a member of, each once.
    pub(super) fn clusters_of(&self, member: EntityId) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        if never_fails(self.catalog.entity(member)) {
            return links;
        }
        for document in self.catalog.defined(self.catalog.entity(member).reference) {
            let edges = self.graph.outgoing(document).iter();
            let edges = edges.filter(|edge| edge.relation.impact == Travels::BelowQuorum);
            links.extend(edges.map(|edge| Link {
                to: edge.to,
                relation: edge.relation,
                inverse: true,
            }));
        }
        links.retain(|link| !never_fails(self.catalog.entity(link.to)));
        links.sort_by_key(|link| link.to);
        links.dedup_by_key(|link| link.to);
        links
    }

    /// Counts the members of a cluster, the first time it is asked for.
    pub(super) fn cluster(&mut self, id: EntityId) -> &mut Cluster {
        let (catalog, graph) = (self.catalog, self.graph);
        self.clusters.entry(id).or_insert_with(|| {
            let joins = |edge: &&Edge| edge.relation.impact == Travels::BelowQuorum;
            let one = |edge: &Edge| {
                let reference = catalog.entity(edge.from).reference;
                catalog.defined(reference).next().unwrap_or(edge.from)
            };
            let mut members: Vec<EntityId> = graph.incoming(id).filter(joins).map(one).collect();
            members.sort();
            members.dedup();
            members.retain(|member| life(catalog, *member) == Life::Works);
            let quorum = catalog.defined(catalog.entity(id).reference).find_map(|document| {
                match catalog.entity(document).spec() {
                    Some(Spec::ConfigurationItem(spec)) => spec.quorum,
                    _ => None,
                }
            });
            Cluster { members, needed: quorum.unwrap_or(1), down: 0 }
        })
    }

    /// Joins what `redundantWith` links, into sets in the order of names.
    fn find_sets(&mut self) {
        let mut parent: HashMap<EntityId, EntityId> = HashMap::new();
        let mut linked: Vec<EntityId> = Vec::new();
        for (document, _) in self.catalog.entities() {
            for edge in self.graph.outgoing(document) {
                if edge.relation.impact != Travels::IfAllFail {
                    continue;
                }
                let (a, b) = (self.one(edge.from), edge.to);
                linked.extend([a, b]);
                let (a, b) = (root(&mut parent, a), root(&mut parent, b));
                if a != b {
                    // The smaller number leads, so the order of the edges is of no account.
                    parent.insert(a.max(b), a.min(b));
                }
            }
        }
        linked.sort_by(|a, b| super::by_name(self.catalog, *a, *b));
        linked.dedup();
        let mut numbers: HashMap<EntityId, usize> = HashMap::new();
        let mut set_of: HashMap<EntityId, usize> = HashMap::new();
        for member in linked {
            let root = root(&mut parent, member);
            let number = *numbers.entry(root).or_insert_with(|| {
                self.sets.push(Set::default());
                self.sets.len() - 1
            });
            set_of.insert(member, number);
            if let Some(set) = self.sets.get_mut(number) {
                Arc::make_mut(&mut set.members).push(member);
                set.able += u32::from(life(self.catalog, member) == Life::Works);
            }
        }
        self.set_of = Arc::new(set_of);
    }
}

/// The entity that leads a set, by the shortest way from now on.
fn root(parent: &mut HashMap<EntityId, EntityId>, of: EntityId) -> EntityId {
    let mut top = of;
    while let Some(up) = parent.get(&top) {
        top = *up;
    }
    let mut at = of;
    while let Some(up) = parent.get(&at).copied() {
        parent.insert(at, top);
        if up == top {
            break;
        }
        at = up;
    }
    top
}

/// Whether something can be affected, and can take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// It is in use.
    Works,
    /// It is in use and broken: it cannot take over.
    Broken,
    /// It is gone, or not in use yet.
    Away,
}

/// What an entity's own document says of its life; what says nothing is in use.
pub(super) fn life(catalog: &Catalog, id: EntityId) -> Life {
    let documents = catalog.defined(catalog.entity(id).reference);
    for document in documents {
        match catalog.entity(document).spec() {
            Some(Spec::Service(spec)) => match spec.lifecycle {
                Some(lifecycle) if !lifecycle.is_used() => return Life::Away,
                _ => {}
            },
            Some(Spec::ConfigurationItem(spec)) => match spec.lifecycle.stage {
                Stage::Operational => {}
                Stage::Defective => return Life::Broken,
                _ => return Life::Away,
            },
            _ => {}
        }
    }
    Life::Works
}

/// Whether it is a person or a team.
pub(super) fn never_fails(entity: &Entity) -> bool {
    NEVER_FAIL.contains(&entity.kind.family)
}
