//! The order of the keys in a kind's documents: that in which its types declare their fields.

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::kind::{KINDS, Kind};
use super::schema::kind_schema;
use crate::yaml::format::Shape;

/// The order of the keys in documents of a kind.
pub fn key_order(kind: &Kind) -> Arc<Shape> {
    static CELLS: OnceLock<Vec<OnceLock<Arc<Shape>>>> = OnceLock::new();
    let cells = CELLS.get_or_init(|| KINDS.iter().map(|_| OnceLock::new()).collect());
    let at = KINDS.iter().position(|known| **known == *kind);
    let make = || Arc::new(shape(&kind_schema(kind, false)));
    match at.and_then(|at| cells.get(at)) {
        Some(cell) => Arc::clone(cell.get_or_init(make)),
        None => make(),
    }
}

/// The order that a schema declares.
fn shape(schema: &Value) -> Shape {
    let mut all = Shape::default();
    if let Some(schema) = schema.as_object() {
        gather(schema, &mut all);
    }
    all
}

/// Adds what a schema declares to what others have declared.
fn gather(schema: &Map<String, Value>, all: &mut Shape) {
    let fields = schema.get("properties").and_then(Value::as_object);
    for (key, field) in fields.into_iter().flatten() {
        add(all, key, shape(field));
    }
    if let Some(rest) = schema.get("additionalProperties").filter(|rest| rest.is_object()) {
        all.rest.get_or_insert_with(|| Box::new(shape(rest)));
    }
    if let Some(items) = schema.get("items") {
        all.items.get_or_insert_with(|| Box::new(shape(items)));
    }
    // A type of a kind may add fields: they come behind those that all of them have.
    for word in ["allOf", "anyOf", "oneOf"] {
        let branches = schema.get(word).and_then(Value::as_array);
        branches
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .for_each(|one| gather(one, all));
    }
    for word in ["else", "then"] {
        if let Some(branch) = schema.get(word).and_then(Value::as_object) {
            gather(branch, all);
        }
    }
}

fn add(all: &mut Shape, key: &str, shape: Shape) {
    match all.keys.iter_mut().find(|(known, _)| known == key) {
        Some((_, known)) if *known == Shape::default() => *known = shape,
        Some((_, known)) => merge(known, shape),
        None => all.keys.push((key.to_owned(), shape)),
    }
}

/// Adds a shape to another of the same field.
fn merge(known: &mut Shape, more: Shape) {
    for (key, shape) in more.keys {
        add(known, &key, shape);
    }
    known.rest = known.rest.take().or(more.rest);
    known.items = known.items.take().or(more.items);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind_named;

    fn keys(shape: &Shape) -> Vec<&str> {
        shape.keys.iter().map(|(key, _)| key.as_str()).collect()
    }

    fn field<'a>(shape: &'a Shape, key: &str) -> &'a Shape {
        &shape.keys.iter().find(|(known, _)| known == key).unwrap().1
    }

    #[test]
    fn keys_stand_as_the_types_declare_them() {
        for kind in KINDS {
            let order = key_order(kind);
            assert_eq!(keys(&order), ["apiVersion", "kind", "metadata", "spec"], "{}", kind.name);
            let metadata = keys(field(&order, "metadata"));
            assert_eq!(metadata.first(), Some(&"name"), "{}", kind.name);
            assert!(!keys(field(&order, "spec")).is_empty() || kind.name == "Service");
        }
        let service = key_order(kind_named("service").unwrap());
        let spec = field(&service, "spec");
        assert_eq!(keys(spec)[..3], ["owner", "serviceType", "lifecycle"]);
        let offering = field(spec, "offerings").items.as_deref().unwrap();
        assert_eq!(keys(offering), ["name", "description", "sla"]);
        assert!(keys(field(field(&service, "metadata"), "labels")).is_empty(), "labels stay");
    }

    #[test]
    fn what_a_type_adds_comes_behind_what_all_types_have() {
        let api = key_order(kind_named("api").unwrap());
        assert_eq!(keys(field(&api, "spec"))[..3], ["type", "lifecycle", "owner"]);
    }
}
