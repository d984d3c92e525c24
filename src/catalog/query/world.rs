//! A catalog with its relations, to be asked by expressions.

use std::sync::OnceLock;

use serde_json::Value;

use super::entity::EntityValue;
use super::names::looked_at;
use crate::catalog::{Catalog, Classes, EntityId, Graph, Reader, short};
use crate::expr::{ExprError, Variables};

/// A catalog with its relations, as of a day.
pub struct World<'a> {
    /// The entities.
    pub catalog: &'a Catalog,
    /// Their relations.
    pub graph: &'a Graph,
    /// The classes of configuration items.
    pub classes: &'a Classes<'a>,
    /// Reads documents again.
    pub reader: &'a Reader<'a>,
    /// The day, such as `2026-12-31`.
    pub today: &'a str,
    /// The values of entities that others lead to, once they were asked for.
    values: Vec<OnceLock<Option<Box<Value>>>>,
}

impl std::fmt::Debug for World<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a world of {} entities", self.values.len())
    }
}

impl<'a> World<'a> {
    /// The world of a catalog.
    pub fn new(
        catalog: &'a Catalog,
        graph: &'a Graph,
        classes: &'a Classes<'a>,
        reader: &'a Reader<'a>,
        today: &'a str,
    ) -> Self {
        let values = catalog.entities().map(|_| OnceLock::new()).collect();
        Self { catalog, graph, classes, reader, today, values }
    }

    /// The whole value of an entity, read when it is first asked for.
    pub fn value(&self, id: EntityId) -> Option<&Value> {
        let slot = self.values.get(id.index())?;
        slot.get_or_init(|| self.catalog.value(self.reader, id).map(Box::new)).as_deref()
    }

    /// An entity as an expression sees it; its value may be at hand already.
    pub(super) fn entity_value<'v>(
        &'v self,
        id: EntityId,
        own: Option<&'v Value>,
    ) -> EntityValue<'v>
    where
        'a: 'v,
    {
        EntityValue { world: self, id, own, shape: looked_at(self.catalog.entity(id).kind) }
    }

    /// The variables of an expression about an entity; its value may be at hand already.
    ///
    /// # Errors
    ///
    /// The environment cannot be made.
    pub fn variables<'v>(
        &'v self,
        id: EntityId,
        own: Option<&'v Value>,
    ) -> Result<Variables<'v>, ExprError>
    where
        'a: 'v,
    {
        let mut variables = Variables::new()?;
        variables.set("entity", Box::new(self.entity_value(id, own)));
        variables.set_day("today", self.today);
        Ok(variables)
    }

    /// The reference of an entity as people write it.
    pub fn name(&self, id: EntityId) -> String {
        short(self.catalog.canonical(self.catalog.entity(id)))
    }
}
