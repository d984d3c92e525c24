//! Examples from the tables: what an editor shows for a field, and a whole document of a kind.

use serde_json::{Map, Value, json};

use super::kind::{Accepts, Kind, ReferenceField};

/// A name that an entity of a family could have.
const NAMES: &[(&str, &str)] = &[
    ("team", "payments"),
    ("person", "ada"),
    ("service", "checkout"),
    ("ci", "checkout-db"),
    ("ciclass", "application.component"),
    ("calendar", "office-hours"),
    ("sla", "gold"),
    ("runbook", "restart-checkout"),
    ("changemodel", "patch-os"),
    ("component", "checkout-api"),
    ("resource", "orders-bucket"),
    ("api", "orders"),
    ("system", "shop"),
    ("domain", "retail"),
    ("slo", "checkout-availability"),
    ("sli", "checkout-errors"),
    ("datasource", "prometheus"),
    ("openslo-service", "checkout"),
    ("alertpolicy", "burn-fast"),
    ("alertcondition", "burn-14"),
    ("alertnotificationtarget", "payments-pager"),
];

/// What a reference of a field could be.
fn reference(field: &ReferenceField) -> String {
    let family = match field.accepts {
        Accepts::Families([family, ..]) => family,
        _ => "service",
    };
    let name = NAMES.iter().find(|(known, _)| *known == family).map_or("name", |(_, name)| name);
    let assumed =
        field.assumes.and_then(super::kind_named).is_some_and(|kind| kind.family == family);
    match field.bare || assumed {
        true => name.to_owned(),
        false => format!("{family}:{name}"),
    }
}

/// Writes into the schema of a spec, at each reference field, what could stand there.
pub(super) fn add_references(kind: &Kind, spec: &mut Value) {
    for field in kind.references {
        let Some((&"spec", path)) = field.path.split_first() else { continue };
        let mut at = Some(&mut *spec);
        for step in path {
            at = at.and_then(|schema| match *step {
                "*" => schema.get_mut("items"),
                name => schema.get_mut("properties").and_then(|fields| fields.get_mut(name)),
            });
        }
        if let Some(Value::Object(schema)) = at {
            schema.entry("examples").or_insert_with(|| json!([reference(field)]));
        }
    }
}

/// A document with every field that must be there, from the schema that editors read.
pub fn example(kind: &Kind) -> Value {
    let schema = super::kind_schema(kind, true);
    let mut document = Map::new();
    let versions = kind.api_versions();
    document.insert("apiVersion".to_owned(), json!(versions.first()));
    document.insert("kind".to_owned(), json!(kind.name));
    for part in ["metadata", "spec"] {
        document.insert(part.to_owned(), value(&schema["properties"][part]));
    }
    Value::Object(document)
}

/// A value that a schema takes: its example, its first choice, or the least of its type.
fn value(schema: &Value) -> Value {
    let first = |name: &str| schema.get(name).and_then(|list| list.get(0));
    if let Some(example) = first("examples") {
        return example.clone();
    }
    if let Some(only) = schema.get("const").or_else(|| first("enum")) {
        return only.clone();
    }
    if let Some(branch) = first("oneOf").or_else(|| first("anyOf")) {
        return value(branch);
    }
    let number = |name: &str| schema.get(name).and_then(Value::as_u64);
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => {
            let required = schema.get("required").and_then(Value::as_array);
            let names = required.into_iter().flatten().filter_map(Value::as_str);
            let field = |name: &str| (name.to_owned(), value(&schema["properties"][name]));
            Value::Object(names.map(field).collect())
        }
        Some("array") => {
            let count = number("minItems").unwrap_or_default();
            Value::Array((0..count).map(|_| value(&schema["items"])).collect())
        }
        Some("integer") => json!(number("minimum").unwrap_or_default()),
        Some("number") => json!(1),
        Some("boolean") => json!(true),
        Some("string") => match number("minLength").unwrap_or_default() {
            0 | 1 => json!("…"),
            // A text that must be long says what it is for.
            _ => schema.get("description").cloned().unwrap_or_else(|| json!("…")),
        },
        _ => json!("…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{KINDS, gitsm};
    use crate::source::{File, Source};
    use crate::yaml::schema::Schema;
    use crate::yaml::{Limits, emit, parse};

    #[test]
    fn the_example_of_each_kind_fits_its_schema() {
        for kind in KINDS.iter().filter(|kind| kind.group == &gitsm::GROUP) {
            let text = emit::to_string(&example(kind)).unwrap();
            let source = Source::new(File::local("a.yaml"), text.clone());
            let stream = parse(&source, &Limits::default());
            let schema = Schema::compile(&crate::model::kind_schema(kind, true)).unwrap();
            let found = schema.violations(stream.arena.node(stream.documents[0]));
            assert!(found.is_empty(), "{}\n{text}\n{found:?}", kind.name);
        }
    }

    #[test]
    fn every_field_of_our_kinds_is_described() {
        fn undescribed(schema: &Value, path: &str, found: &mut Vec<String>) {
            for (name, field) in
                schema.get("properties").and_then(Value::as_object).into_iter().flatten()
            {
                let path = format!("{path}.{name}");
                if field.get("description").and_then(Value::as_str).is_none_or(str::is_empty) {
                    found.push(path.clone());
                }
                undescribed(field, &path, found);
                if let Some(items) = field.get("items") {
                    undescribed(items, &path, found);
                }
            }
        }
        let mut found = Vec::new();
        for kind in KINDS.iter().filter(|kind| kind.group == &gitsm::GROUP) {
            undescribed(&crate::model::kind_schema(kind, true), kind.name, &mut found);
        }
        assert!(found.is_empty(), "{found:#?}");
    }
}
