//! Walks through the graph that expressions can make from an entity.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::world::World;
use crate::catalog::EntityId;
use crate::catalog::impact::needs;
use crate::expr::MethodRow;
use crate::model::RELATIONS;

fn none() -> Vec<&'static str> {
    Vec::new()
}

/// The names of relations in both directions.
fn relations() -> Vec<&'static str> {
    static CELL: OnceLock<Vec<&'static str>> = OnceLock::new();
    let names = || {
        let both = RELATIONS.iter().flat_map(|relation| [relation.name, relation.inverse]);
        both.collect::<BTreeSet<_>>().into_iter().collect()
    };
    CELL.get_or_init(names).clone()
}

const fn row(
    name: &'static str,
    arguments: &'static [&'static str],
    gives_entities: bool,
    words: fn() -> Vec<&'static str>,
    meaning: &'static str,
) -> MethodRow {
    MethodRow { name, arguments, gives_entities, words, meaning }
}

/// The methods of entities.
pub static METHODS: &[MethodRow] = &[
    row("dependencies", &[], true, none, "what it needs itself: trouble there travels here"),
    row("dependents", &[], true, none, "what needs it itself: trouble here travels there"),
    row("allDependencies", &[], true, none, "what it needs, and what that needs, to the end"),
    row("allDependents", &[], true, none, "what needs it, and what needs that, to the end"),
    row("owners", &[], true, none, "the teams and people that it says are accountable for it"),
    row("related", &["relation"], true, relations, "what a relation leads to, in either direction"),
    row(
        "reach",
        &["relation"],
        true,
        relations,
        "what a relation leads to, step by step to the end",
    ),
    row("isA", &["class"], false, none, "whether its CI class is this one, or below it"),
];

/// How many relations are looked through in about a microsecond.
const EDGES: u64 = 32;

impl World<'_> {
    /// What an entity needs (`true`), or what needs it.
    pub(super) fn needs(&self, id: EntityId, forward: bool) -> Vec<EntityId> {
        let found = needs(self.catalog, self.graph, id, forward);
        self.settled(found.into_iter().map(|(other, _)| other).collect())
    }

    /// What a relation leads to, under its own name or its inverse.
    pub(super) fn related(&self, id: EntityId, relation: &str) -> Vec<EntityId> {
        let documents = self.documents(id);
        let all = documents.flat_map(|document| self.graph.relations(document));
        let found = all.filter(|(name, _)| *name == relation).map(|(_, other)| other).collect();
        self.settled(found)
    }

    /// Everything that can be reached from an entity by a step.
    ///
    /// # Errors
    ///
    /// It costs too much.
    pub(super) fn closure(
        &self,
        id: EntityId,
        step: impl Fn(EntityId) -> Vec<EntityId>,
    ) -> Result<Vec<EntityId>, cel::ExecutionError> {
        let mut seen = BTreeSet::from([id]);
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            let found = step(next);
            crate::expr::charge(self.looked_through(next) + found.len() as u64)?;
            open.extend(found.into_iter().filter(|other| seen.insert(*other)));
        }
        seen.remove(&id);
        Ok(self.settled(seen.into_iter().collect()))
    }

    /// What it counts for to look through the relations of an entity; of some there are thousands.
    pub(super) fn looked_through(&self, id: EntityId) -> u64 {
        let of = |document| {
            self.graph.outgoing(document).len() + self.graph.incoming(document).size_hint().0
        };
        1 + self.documents(id).map(of).sum::<usize>() as u64 / EDGES
    }

    /// Each entity once, by its canonical reference.
    fn settled(&self, ids: Vec<EntityId>) -> Vec<EntityId> {
        let principal =
            |id: EntityId| self.catalog.principal(self.catalog.entity(id).reference).unwrap_or(id);
        let mut ids: Vec<EntityId> = ids.into_iter().map(principal).collect();
        ids.sort_by_key(|id| self.catalog.canonical(self.catalog.entity(*id)));
        ids.dedup();
        ids
    }

    fn documents(&self, id: EntityId) -> impl Iterator<Item = EntityId> + '_ {
        self.catalog.defined(self.catalog.entity(id).reference)
    }
}
