//! An entity as one value: its document, and what documents that extend it add.

use serde_json::{Map, Value};

use super::{Catalog, EntityId, Reader, Reference};
use crate::model::{Accepts, EntityRef};
use crate::yaml::de::from_node;

impl Catalog {
    /// The entities, each once: of several documents of one reference the one that is extended, or
    /// the first.
    pub fn distinct(&self) -> impl Iterator<Item = EntityId> + '_ {
        self.entities()
            .filter(|(id, entity)| self.principal(entity.reference) == Some(*id))
            .map(|(id, _)| id)
    }

    /// The document that speaks for a canonical reference: the first that extends no other.
    pub fn principal(&self, reference: super::Name) -> Option<EntityId> {
        let mut all = self.defined(reference);
        let first = self.defined(reference).next();
        all.find(|id| self.entity(*id).extends().is_none()).or(first)
    }

    /// The entity that a reference leads to; a bare name may mean one of several families, of which
    /// the first that has it counts.
    pub fn target(&self, reference: &Reference) -> Option<EntityId> {
        if let Some(id) = self.defined(reference.target).next() {
            return Some(id);
        }
        let Accepts::Families(families) = &reference.field.accepts else { return None };
        let name = self.names.text(reference.written);
        let mut others = families.iter().skip(1).filter(|_| reference.field.bare);
        others.find_map(|family| self.find(&EntityRef::new(family, "default", name)))
    }

    /// The entity that a reference leads to, by its name of today or by a former one.
    pub fn leads_to(&self, reference: &Reference) -> Option<EntityId> {
        self.target(reference).or_else(|| self.known_as(reference.target))
    }

    /// The documents that extend the document of an entity.
    pub fn extensions(&self, id: EntityId) -> impl Iterator<Item = EntityId> + '_ {
        let all = self.defined(self.entity(id).reference);
        all.filter(move |other| *other != id && self.entity(*other).extends().is_some())
    }

    /// The whole value of an entity: what its document says, and what those that extend it add
    /// (DESIGN §2: they add fields and change none). Nothing if its file cannot be read again.
    pub fn value(&self, reader: &Reader<'_>, id: EntityId) -> Option<Value> {
        self.whole(id, &mut |id| {
            let reopened = reader.document(self.entity(id))?;
            from_node::<Value>(reopened.root()?).ok()
        })
    }

    /// The same of documents that `document` gives.
    pub fn whole(
        &self,
        id: EntityId,
        document: &mut dyn FnMut(EntityId) -> Option<Value>,
    ) -> Option<Value> {
        let mut whole = document(id)?;
        for other in self.extensions(id) {
            let Some(mut more) = document(other) else { continue };
            for key in ["apiVersion", "kind"] {
                let _ = more.as_object_mut().and_then(|fields| fields.remove(key));
            }
            add(&mut whole, more);
        }
        Some(whole)
    }
}

/// Adds the fields that a value lacks; lists are joined.
fn add(whole: &mut Value, more: Value) {
    match (whole, more) {
        (Value::Object(whole), Value::Object(more)) => add_fields(whole, more),
        (Value::Array(whole), Value::Array(more)) => {
            let new: Vec<Value> = more.into_iter().filter(|item| !whole.contains(item)).collect();
            whole.extend(new);
        }
        (whole @ Value::Null, more) => *whole = more,
        _ => {}
    }
}

fn add_fields(whole: &mut Map<String, Value>, more: Map<String, Value>) {
    for (key, value) in more {
        match whole.get_mut(&key) {
            Some(known) => add(known, value),
            None => {
                whole.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Inspection, Subject, load};
    use crate::config::Config;
    use crate::tree::Memory;
    use crate::yaml::Limits;

    #[test]
    fn an_extension_adds_fields_and_changes_none() {
        let text = "\
{apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: pay, tags: [a]}, spec: {type: team, children: []}}
---
{apiVersion: gitsm/v1alpha1, kind: Team, metadata: {name: pay, extends: 'group:pay', tags: [b]}, spec: {type: cab, wipLimit: 3}}
";
        let inspect = |_: &Subject<'_>| Inspection::default();
        let tree = Memory::new([("a.yaml", text)]);
        let catalog = load(&tree, &Config::default(), &Limits::default(), &inspect).unwrap().0;
        let ids: Vec<EntityId> = catalog.distinct().collect();
        assert_eq!(ids.len(), 1);
        let value = catalog.value(&Reader::new(&tree), ids[0]).unwrap();
        assert_eq!(value["kind"], "Group");
        assert_eq!(value["spec"]["type"], "team");
        assert_eq!(value["spec"]["wipLimit"], 3);
        assert_eq!(value["metadata"]["tags"], serde_json::json!(["a", "b"]));
    }
}
