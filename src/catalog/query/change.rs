//! The names that policies about changes can use: what `change` holds.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::names::any;
use crate::expr::Shape;

/// The shape of `change`. Whoever makes such a value says all of these fields, and no others.
pub fn change_shape() -> &'static Shape {
    static CELL: OnceLock<Shape> = OnceLock::new();
    CELL.get_or_init(|| {
        object(&[
            ("name", Shape::TEXT),
            ("type", words(&["standard", "normal", "emergency"])),
            ("model", Shape::Reference),
            ("incident", Shape::TEXT),
            (
                "risk",
                object(&[
                    ("score", Shape::Plain("number")),
                    ("band", words(&["low", "moderate", "high", "very_high"])),
                ]),
            ),
            ("blastRadius", Shape::Plain("number")),
            ("governance", Shape::Plain("true or false")),
            ("entities", list(entity())),
            (
                "files",
                list(object(&[
                    ("path", Shape::TEXT),
                    ("action", words(&["create", "update", "delete"])),
                    ("entities", list(Shape::Reference)),
                    ("governance", Shape::Plain("true or false")),
                ])),
            ),
            (
                "affected",
                list(object(&[
                    ("ref", Shape::Reference),
                    ("kind", Shape::TEXT),
                    ("distance", Shape::Plain("number")),
                    ("criticality", words(&["tier1", "tier2", "tier3", "tier4", "unknown"])),
                    ("owners", list(Shape::Reference)),
                ])),
            ),
            (
                "contributors",
                list(object(&[
                    ("name", Shape::TEXT),
                    ("email", Shape::TEXT),
                    ("role", Shape::TEXT),
                    ("persons", list(Shape::Reference)),
                ])),
            ),
        ])
    })
}

fn entity() -> Shape {
    // An entity as it was or will be is a value and no place in a graph: it has no methods.
    let value = match any() {
        Shape::Entity(fields) => {
            let mut fields = fields.as_ref().clone();
            fields.remove("ref");
            fields.remove("file");
            Shape::Object(Arc::new(fields))
        }
        other => other.clone(),
    };
    let edit = object(&[
        ("pointer", Shape::TEXT),
        ("before", Shape::Any),
        ("after", Shape::Any),
        ("class", words(&["cosmetic", "operational", "destructive", "governance"])),
    ]);
    object(&[
        ("ref", Shape::Reference),
        ("former", Shape::Reference),
        ("kind", Shape::TEXT),
        ("action", words(&["create", "update", "delete"])),
        ("class", Shape::TEXT),
        ("environment", Shape::TEXT),
        ("owner", Shape::Reference),
        ("owners", list(Shape::Reference)),
        ("before", value.clone()),
        ("after", value),
        ("edits", list(edit)),
    ])
}

fn object(fields: &[(&str, Shape)]) -> Shape {
    let fields: BTreeMap<String, Shape> =
        fields.iter().map(|(name, shape)| ((*name).to_owned(), shape.clone())).collect();
    Shape::Object(Arc::new(fields))
}

fn list(items: Shape) -> Shape {
    Shape::List(Arc::new(items))
}

fn words(all: &[&str]) -> Shape {
    Shape::Text(Some(all.iter().map(|word| (*word).to_owned()).collect()))
}

/// The first field of a value that its shape does not have, as a path of names.
pub fn misnamed(value: &serde_json::Value, shape: &Shape) -> Option<String> {
    match value {
        serde_json::Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if shape.fields().is_some_and(|known| !known.contains_key(name)) {
                return Some(name.clone());
            }
            misnamed(value, shape.field(name)).map(|below| format!("{name}.{below}"))
        }),
        serde_json::Value::Array(items) => {
            items.iter().find_map(|item| misnamed(item, shape.items()))
        }
        _ => None,
    }
}
