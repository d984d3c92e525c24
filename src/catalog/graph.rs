//! Relations between the entities of a catalog, in both directions.

use std::collections::{BTreeSet, HashMap};

use super::{Catalog, EntityId};
use crate::model::{Relation, relation_named};

/// A relation from one entity to another, as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// Who says it.
    pub from: EntityId,
    /// Of whom.
    pub to: EntityId,
    /// What.
    pub relation: &'static Relation,
    /// Which of the source's references says it.
    pub reference: u32,
}

/// All relations whose two ends are in the catalog.
#[derive(Debug, Default)]
pub struct Graph {
    edges: Vec<Edge>,
    /// Numbers of edges by the entity they go to.
    incoming: Vec<u32>,
    /// Where the edges of each entity begin, in `edges` and in `incoming`.
    out_start: Vec<u32>,
    in_start: Vec<u32>,
}

impl Graph {
    /// Follows every reference of a catalog.
    pub fn of(catalog: &Catalog) -> Self {
        let count = catalog.entities().len();
        let references = catalog.entities().map(|(_, entity)| entity.references.len()).sum();
        let mut graph = Self {
            edges: Vec::with_capacity(references),
            out_start: Vec::with_capacity(count + 1),
            ..Self::default()
        };
        // Tables name relations; each name is looked up once.
        let mut known: HashMap<&'static str, Option<&'static Relation>> = HashMap::new();
        for (from, entity) in catalog.entities() {
            graph.out_start.push(graph.edges.len() as u32);
            for (number, reference) in entity.references.iter().enumerate() {
                let name = reference.field.relation;
                let relation = *known.entry(name).or_insert_with(|| relation_named(name));
                let Some(relation) = relation else { continue };
                let Some(to) = catalog.leads_to(reference) else { continue };
                graph.edges.push(Edge { from, to, relation, reference: number as u32 });
            }
        }
        graph.out_start.push(graph.edges.len() as u32);
        graph.index_incoming(count);
        graph
    }

    fn index_incoming(&mut self, count: usize) {
        let mut starts = vec![0_u32; count + 1];
        for edge in &self.edges {
            starts[edge.to.index() + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut fill = starts.clone();
        self.incoming = vec![0; self.edges.len()];
        for (number, edge) in self.edges.iter().enumerate() {
            let slot = &mut fill[edge.to.index()];
            self.incoming[*slot as usize] = number as u32;
            *slot += 1;
        }
        self.in_start = starts;
    }

    /// The names of the relations that are there.
    pub fn relation_names(&self) -> BTreeSet<&'static str> {
        let mut seen: Vec<&'static Relation> = Vec::new();
        for edge in &self.edges {
            // There are few relations and many edges.
            if !seen.iter().any(|known| std::ptr::eq(*known, edge.relation)) {
                seen.push(edge.relation);
            }
        }
        seen.into_iter().map(|relation| relation.name).collect()
    }

    /// The relations that an entity declares.
    pub fn outgoing(&self, entity: EntityId) -> &[Edge] {
        let at = entity.index();
        &self.edges[self.out_start[at] as usize..self.out_start[at + 1] as usize]
    }

    /// The relations that others declare to an entity.
    pub fn incoming(&self, entity: EntityId) -> impl Iterator<Item = &Edge> {
        let at = entity.index();
        let numbers = &self.incoming[self.in_start[at] as usize..self.in_start[at + 1] as usize];
        numbers.iter().map(|number| &self.edges[*number as usize])
    }

    /// All relations of an entity by name, its own and the inverses of those to it.
    pub fn relations(
        &self,
        entity: EntityId,
    ) -> impl Iterator<Item = (&'static str, EntityId)> + '_ {
        let own = self.outgoing(entity).iter().map(|edge| (edge.relation.name, edge.to));
        own.chain(self.incoming(entity).map(|edge| (edge.relation.inverse, edge.from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Inspection, load};
    use crate::config::Config;
    use crate::model::EntityRef;
    use crate::tree::Memory;
    use crate::yaml::Limits;

    #[test]
    fn a_former_name_leads_to_who_had_it() {
        let text = "\
{apiVersion: gitsm/v1alpha1, kind: Service, metadata: {name: basket, formerly: [service:cart]}, spec: {owner: a}}
---
{apiVersion: gitsm/v1alpha1, kind: Service, metadata: {name: shop}, spec: {owner: a, dependsOn: [service:cart]}}
";
        let tree = Memory::new([("a.yaml", text)]);
        let inspect = |_: &crate::catalog::Subject<'_>| Inspection::default();
        let catalog = load(&tree, &Config::default(), &Limits::default(), &inspect).unwrap().0;
        let graph = Graph::of(&catalog);
        let id = catalog.find(&EntityRef::from_canonical("service:default/basket")).unwrap();
        let needed = graph.incoming(id).map(|edge| edge.relation.name).collect::<Vec<_>>();
        assert_eq!(needed, ["dependsOn"]);
    }

    #[test]
    fn a_relation_is_seen_from_both_ends() {
        let text = "\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop}
spec: {type: service, lifecycle: production, owner: Pay, dependsOn: [resource:db]}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: DB}
spec: {type: database, owner: group:default/pay}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: pay}
spec: {type: team, children: []}
";
        let tree = Memory::new([("catalog-info.yaml", text)]);
        let limits = Limits::default();
        let inspect = |_: &crate::catalog::Subject<'_>| Inspection::default();
        let loaded = load(&tree, &Config::default(), &limits, &inspect).unwrap();
        let catalog = loaded.0;
        let graph = Graph::of(&catalog);
        let id = |text: &str| catalog.find(&EntityRef::from_canonical(text)).unwrap();
        let relations = |text: &str| {
            let all = graph.relations(id(text));
            let mut all: Vec<_> = all
                .map(|(name, other)| format!("{name} {}", catalog.canonical(catalog.entity(other))))
                .collect();
            all.sort();
            all
        };
        assert_eq!(
            relations("resource:default/db"),
            ["dependencyOf component:default/shop", "ownedBy team:default/pay"]
        );
        assert_eq!(
            relations("team:default/pay"),
            ["ownerOf component:default/shop", "ownerOf resource:default/db"]
        );
    }
}
