//! What needs what itself: the relations along which trouble travels, step by step and without
//! states.

use super::links::{Life, life, never_fails};
use crate::catalog::{Catalog, EntityId, Graph};
use crate::model::{Impact, Relation};

/// What an entity needs itself (`forward`), or what needs it itself, each with the relation that
/// says so; in the order in which it is written, and a relation that is written twice comes twice.
/// A cluster needs its members. People and teams need nothing.
pub fn needs(
    catalog: &Catalog,
    graph: &Graph,
    id: EntityId,
    forward: bool,
) -> Vec<(EntityId, &'static Relation)> {
    let mut found = Vec::new();
    for document in catalog.defined(catalog.entity(id).reference) {
        let own = graph.outgoing(document).iter().map(|edge| (edge, edge.to, true));
        let others = graph.incoming(document).map(|edge| (edge, edge.from, false));
        for (edge, other, is_source) in own.chain(others) {
            let source_needs = match edge.relation.impact {
                Impact::TargetToSource | Impact::Degrades => true,
                Impact::SourceToTarget | Impact::BelowQuorum => false,
                Impact::None | Impact::IfAllFail => continue,
            };
            if (source_needs == is_source) == forward && !never_fails(catalog.entity(edge.from)) {
                found.push((other, edge.relation));
            }
        }
    }
    found
}

/// Whether an entity is in use: neither gone nor still to come.
pub fn is_in_use(catalog: &Catalog, id: EntityId) -> bool {
    life(catalog, id) != Life::Away
}
