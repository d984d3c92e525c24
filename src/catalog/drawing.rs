//! The part of a catalog that is to be drawn: entities, the relations between them, and groups.
//! Begin with [`Drawing::of`].

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Catalog, Edge, Entity, EntityId, Graph};
use crate::model::gitsm::Spec;
use crate::model::{Impact as Travels, Kind};

/// What entities are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The System of Backstage that they are part of.
    System,
    /// The environment of a configuration item.
    Environment,
    /// Their owner.
    Owner,
}

/// What to draw.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The entity to begin with; the whole catalog without one.
    pub root: Option<EntityId>,
    /// How many steps to go from it.
    pub depth: u32,
    /// Whether to go to what needs it.
    pub up: bool,
    /// Whether to go to what it needs.
    pub down: bool,
    /// Only these relations, by name. If it is empty, those between what works and can fail, and
    /// all of the entity to begin with but those of people.
    pub relations: Vec<&'static str>,
    /// Only these kinds, by family; all if it is empty. The entity to begin with is always there.
    pub families: Vec<&'static str>,
    /// What to group by.
    pub by: Option<By>,
}

/// An entity, or a group that stands for its entities.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnNode {
    /// Its canonical reference, or the name of the group.
    pub name: String,
    /// Its kind; none for a group.
    pub kind: Option<&'static Kind>,
    /// The group that it is in.
    pub group: Option<usize>,
    /// How many entities it stands for.
    pub entities: usize,
}

/// A relation between two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DrawnEdge {
    /// The number of the node that says it.
    pub from: usize,
    /// The number of the node of which it is said.
    pub to: usize,
    /// The relation.
    pub relation: &'static str,
    /// Its name in the other direction.
    pub inverse: &'static str,
}

/// What is drawn: nodes by name, and edges by the nodes they join.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drawing {
    /// The node to begin with.
    pub root: Option<usize>,
    /// The entities.
    pub nodes: Vec<DrawnNode>,
    /// The relations, each once.
    pub edges: Vec<DrawnEdge>,
    /// The names of the groups.
    pub groups: Vec<String>,
    /// Entities of the catalog that no relation joins, and that are left out.
    pub unrelated: usize,
}

/// Families of what works and can fail. The others, such as a calendar that all services share,
/// would join everything to everything.
const WORKING: &[&str] =
    &["service", "ci", "component", "resource", "api", "system", "domain", "airesource"];

/// Families whose relations are drawn only if somebody asks for them, or for one of them.
const PEOPLE: &[&str] = &["team", "person"];

struct Pen<'a> {
    catalog: &'a Catalog,
    graph: &'a Graph,
    wanted: &'a Wanted,
}

impl Drawing {
    /// Chooses what to draw. The order of files does not matter.
    pub fn of(catalog: &Catalog, graph: &Graph, wanted: &Wanted) -> Self {
        let pen = Pen { catalog, graph, wanted };
        let ids = match wanted.root {
            Some(root) => pen.around(pen.one(root)),
            None => catalog
                .distinct()
                .map(|id| pen.one(id))
                .filter(|id| pen.is_wanted(catalog.entity(*id)))
                .collect(),
        };
        pen.draw(ids)
    }

    /// The same with a node for each group, and relations between groups. What is in no group stays,
    /// or becomes one node, if a name is given for that.
    #[must_use]
    pub fn collapsed(&self, rest: Option<&str>) -> Self {
        let mut groups: Vec<DrawnNode> = self
            .groups
            .iter()
            .map(|name| DrawnNode { name: name.clone(), kind: None, group: None, entities: 0 })
            .collect();
        let others = rest.map(|name| (groups.len(), name.to_owned()));
        groups.extend(others.iter().map(|(_, name)| DrawnNode {
            name: name.clone(),
            kind: None,
            group: None,
            entities: 0,
        }));
        let first = groups.len();
        let mut alone = Vec::new();
        let mut place: Vec<usize> = Vec::new();
        for node in &self.nodes {
            let group = node.group.or(others.as_ref().map(|(at, _)| *at));
            let group = group.and_then(|group| Some((group, groups.get_mut(group)?)));
            if let Some((at, group)) = group {
                group.entities += node.entities;
                place.push(at);
            } else {
                place.push(first + alone.len());
                alone.push(node.clone());
            }
        }
        let moved = |at: usize| place.get(at).copied().unwrap_or_default();
        let edges = self.edges.iter().map(|edge| {
            let (from, to) = (moved(edge.from), moved(edge.to));
            DrawnEdge { from, to, ..*edge }
        });
        let mut edges: Vec<DrawnEdge> = edges.filter(|edge| edge.from != edge.to).collect();
        edges.sort();
        edges.dedup();
        groups.extend(alone);
        let root = self.root.map(moved);
        let unrelated = self.unrelated;
        Self { root, nodes: groups, edges, groups: Vec::new(), unrelated }
    }
}

impl Pen<'_> {
    /// The one document that stands for all of its reference.
    fn one(&self, id: EntityId) -> EntityId {
        self.catalog.defined(self.catalog.entity(id).reference).next().unwrap_or(id)
    }

    fn is_wanted(&self, entity: &Entity) -> bool {
        let families = &self.wanted.families;
        families.is_empty() || families.contains(&entity.kind.family)
    }

    /// Whether a relation is drawn.
    fn shows(&self, edge: &Edge) -> bool {
        let relations = &self.wanted.relations;
        if !relations.is_empty() {
            return relations.contains(&edge.relation.name);
        }
        let ends = [self.one(edge.from), edge.to];
        let of = |families: &[&str], id: EntityId| {
            families.contains(&self.catalog.entity(id).kind.family)
        };
        if ends.iter().all(|id| of(WORKING, *id)) {
            return true;
        }
        // Whoever asks for an agreement, or a team, wants to see what it has to do with.
        let root = self.wanted.root.map(|root| self.one(root));
        let touches = ends.iter().any(|id| Some(*id) == root);
        touches && (ends.iter().all(|id| !of(PEOPLE, *id)) || root.is_some_and(|id| of(PEOPLE, id)))
    }

    /// The relations that an entity declares, and those that others declare of it.
    fn edges(&self, id: EntityId) -> impl Iterator<Item = &Edge> {
        let documents = self.catalog.defined(self.catalog.entity(id).reference);
        let own = documents.flat_map(|document| self.graph.outgoing(document));
        own.chain(self.graph.incoming(id)).filter(|edge| self.shows(edge))
    }

    /// What is at most so many steps from an entity.
    fn around(&self, root: EntityId) -> Vec<EntityId> {
        let mut seen: HashSet<EntityId> = HashSet::from([root]);
        let mut all = vec![root];
        let mut level = vec![root];
        for _ in 0..self.wanted.depth {
            let mut next = Vec::new();
            for id in level {
                let others = self.edges(id).filter_map(|edge| self.other(id, edge));
                next.extend(others.filter(|other| seen.insert(*other)));
            }
            if next.is_empty() {
                break;
            }
            all.extend(next.iter().copied());
            level = next;
        }
        all
    }

    /// The entity at the other end, if the user wants to go there.
    fn other(&self, id: EntityId, edge: &Edge) -> Option<EntityId> {
        let from = self.one(edge.from);
        let other = if from == id { edge.to } else { from };
        // What contains, or is a member, is needed by that of which it says so.
        let turned = matches!(edge.relation.impact, Travels::SourceToTarget | Travels::BelowQuorum);
        let needs_other = (from == id) != turned;
        let towards = if needs_other { self.wanted.down } else { self.wanted.up };
        let both = edge.relation.impact == Travels::IfAllFail;
        (towards || both)
            .then_some(other)
            .filter(|other| self.is_wanted(self.catalog.entity(*other)))
    }

    fn draw(&self, mut ids: Vec<EntityId>) -> Drawing {
        let name = |id: EntityId| self.catalog.canonical(self.catalog.entity(id));
        ids.sort_by(|a, b| name(*a).cmp(name(*b)));
        ids.dedup();
        let known: HashSet<EntityId> = ids.iter().copied().collect();
        let mut pairs: Vec<(EntityId, EntityId, &Edge)> = Vec::new();
        for id in &ids {
            let documents = self.catalog.defined(self.catalog.entity(*id).reference);
            let own = documents.flat_map(|document| self.graph.outgoing(document));
            let own = own.filter(|edge| known.contains(&edge.to) && self.shows(edge));
            pairs.extend(own.map(|edge| (*id, edge.to, edge)));
        }
        let all = ids.len();
        let root = self.wanted.root.map(|root| self.one(root));
        if root.is_none() {
            let related: HashSet<EntityId> =
                pairs.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
            ids.retain(|id| related.contains(id));
        }
        let unrelated = all - ids.len();
        let numbers: HashMap<EntityId, usize> =
            ids.iter().enumerate().map(|(number, id)| (*id, number)).collect();
        let number = |id: &EntityId| numbers.get(id).copied().unwrap_or_default();
        let edges = pairs.iter().map(|(from, to, edge)| DrawnEdge {
            from: number(from),
            to: number(to),
            relation: edge.relation.name,
            inverse: edge.relation.inverse,
        });
        let mut edges: Vec<DrawnEdge> = edges.collect();
        edges.sort();
        edges.dedup();
        let names: Vec<Option<String>> = ids.iter().map(|id| self.group(*id)).collect();
        let mut groups: BTreeMap<&str, usize> =
            names.iter().flatten().map(|name| (name.as_str(), 0)).collect();
        groups.values_mut().enumerate().for_each(|(number, group)| *group = number);
        let node = |(id, group): (&EntityId, &Option<String>)| DrawnNode {
            name: name(*id).to_owned(),
            kind: Some(self.catalog.entity(*id).kind),
            group: group.as_deref().and_then(|group| groups.get(group).copied()),
            entities: 1,
        };
        Drawing {
            root: root.map(|root| number(&root)),
            nodes: ids.iter().zip(&names).map(node).collect(),
            edges,
            groups: groups.keys().map(|name| (*name).to_owned()).collect(),
            unrelated,
        }
    }

    /// The group of an entity.
    fn group(&self, id: EntityId) -> Option<String> {
        let documents = || self.catalog.defined(self.catalog.entity(id).reference);
        let target = |relation: &str, family: Option<&str>| {
            let edges = documents().flat_map(|document| self.graph.outgoing(document));
            let mut edges = edges.filter(|edge| edge.relation.name == relation);
            let fits = |edge: &&Edge| {
                family.is_none_or(|family| self.catalog.entity(edge.to).kind.family == family)
            };
            let edge = edges.find(fits)?;
            Some(self.catalog.canonical(self.catalog.entity(edge.to)).to_owned())
        };
        match self.wanted.by? {
            By::System => match self.catalog.entity(id).kind.family {
                "system" => Some(self.catalog.canonical(self.catalog.entity(id)).to_owned()),
                _ => target("partOf", Some("system")),
            },
            By::Owner => target("ownedBy", None),
            By::Environment => documents().find_map(|document| {
                let Some(Spec::ConfigurationItem(spec)) = self.catalog.entity(document).spec()
                else {
                    return None;
                };
                let name = serde_json::to_value(spec.environment).ok()?;
                name.as_str().map(str::to_owned)
            }),
        }
    }
}
