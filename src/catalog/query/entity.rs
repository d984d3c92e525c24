//! An entity as a CEL value.

use std::fmt;

use cel::ExecutionError;
use cel::common::traits::Indexer;
use cel::common::types::{CelBool, CelList, CelString, Type};
use cel::common::value::{CowVal, Val};
use serde_json::Value;

use super::names::looked_at;
use super::world::World;
use crate::catalog::EntityId;
use crate::expr::{Shape, charge, value_of};
use crate::finding::nearest;

/// The type's name in CEL.
static ENTITY: Type = Type::new_unspecified_type("gitsm.Entity");

/// An entity, and the world that it is in.
#[derive(Clone, Copy)]
pub(super) struct EntityValue<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) id: EntityId,
    /// Its value, if it is at hand.
    pub(super) own: Option<&'a Value>,
    pub(super) shape: &'a Shape,
}

impl<'a> EntityValue<'a> {
    fn value(&self) -> Option<&'a Value> {
        self.own.or_else(|| self.world.value(self.id))
    }

    fn entities(&self, ids: Vec<EntityId>) -> Box<dyn Val + 'a> {
        let of = |id| -> Box<dyn Val + 'a> {
            let shape = looked_at(self.world.catalog.entity(id).kind);
            Box::new(EntityValue { world: self.world, id, own: None, shape })
        };
        Box::new(CelList::from(ids.into_iter().map(of).collect::<Vec<_>>()))
    }

    fn field(&self, name: &str) -> Result<Box<dyn Val + 'a>, ExecutionError> {
        let world = self.world;
        let entity = world.catalog.entity(self.id);
        Ok(match name {
            "ref" => Box::new(CelString::from(world.name(self.id))),
            "file" => Box::new(CelString::from(entity.file.path.as_str())),
            // What asks strictly is asked about fields that every entity has, or its document.
            "\u{0}has" => value_of(self.value(), self.shape)
                .as_indexer()
                .ok_or_else(|| ExecutionError::no_such_key(name))?
                .get(&CelString::from(name))?
                .into_owned(),
            "\u{0}json" => {
                let text = self.value().map_or_else(|| "null".to_owned(), Value::to_string);
                Box::new(CelString::from(text))
            }
            _ if name.starts_with('\u{0}') => self.method(&name[1..], None)?,
            _ => value_of(self.value().and_then(|value| value.get(name)), self.shape.field(name)),
        })
    }

    fn method(
        &self,
        name: &str,
        argument: Option<&str>,
    ) -> Result<Box<dyn Val + 'a>, ExecutionError> {
        let (world, id) = (self.world, self.id);
        let wanted = || {
            let message = format!("`{name}` wants a text");
            argument.ok_or_else(|| ExecutionError::function_error(name, message))
        };
        let found = match name {
            "dependencies" => world.needs(id, true),
            "dependents" => world.needs(id, false),
            "allDependencies" => world.closure(id, |id| world.needs(id, true))?,
            "allDependents" => world.closure(id, |id| world.needs(id, false))?,
            "owners" => world.related(id, "ownedBy"),
            "related" => world.related(id, wanted()?),
            "reach" => {
                let relation = wanted()?;
                world.closure(id, |id| world.related(id, relation))?
            }
            "isA" => return self.is_a(wanted()?),
            _ => return Err(ExecutionError::no_such_key(name)),
        };
        charge(world.looked_through(id) + found.len() as u64)?;
        Ok(self.entities(found))
    }

    fn is_a(&self, class: &str) -> Result<Box<dyn Val + 'a>, ExecutionError> {
        let classes = self.world.classes;
        let entity = self.world.catalog.entity(self.id);
        let own = format!(
            "ciclass:{}/x",
            self.world
                .catalog
                .canonical(entity)
                .split_once(':')
                .and_then(|(_, rest)| rest.split_once('/'))
                .map_or("default", |(space, _)| space)
        );
        let Some(wanted) = classes.named(&own, class) else {
            let near = nearest(class, classes.names());
            let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
            let class = class.chars().take(60).collect::<String>();
            let message = format!("there is no class '{class}'{near}");
            return Err(ExecutionError::function_error("isA", message));
        };
        let truth = classes
            .class_of(self.world.catalog, entity)
            .is_some_and(|class| classes.is_a(class, wanted));
        Ok(Box::new(CelBool::from(truth)))
    }
}

impl fmt::Debug for EntityValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.world.name(self.id))
    }
}

impl Val for EntityValue<'_> {
    fn get_type(&self) -> &Type {
        &ENTITY
    }

    fn cel_type() -> &'static Type {
        &ENTITY
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        let key = CelString::from("ref");
        let other = other.as_indexer().and_then(|other| other.get(&key).ok());
        let name = other.as_ref().and_then(|other| other.downcast_ref::<CelString>());
        name.is_some_and(|name| name.inner() == self.world.name(self.id))
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(*self)
    }
}

impl Indexer for EntityValue<'_> {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        if let Some(name) = key.downcast_ref::<CelString>() {
            return self.field(name.inner()).map(CowVal::Owned);
        }
        // A method with an argument comes as a list of both.
        let list = key.downcast_ref::<CelList>().map(CelList::inner).unwrap_or_default();
        let text = |at: usize| list.get(at)?.downcast_ref::<CelString>().map(CelString::inner);
        match text(0).and_then(|name| name.strip_prefix('\u{0}')) {
            Some(name) => self.method(name, text(1)).map(CowVal::Owned),
            None => Err(ExecutionError::no_such_key("a key that is no text")),
        }
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}
