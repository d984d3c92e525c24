//! JSON Schemas from the tables: one a kind for the engine and for editors, one for all of them.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::example::add_references;
use super::format::{Formatted, Position};
use super::kind::{KINDS, Kind, Variant};

/// Where schemas are published; an id, not a place that is ever fetched.
const BASE: &str = "https://gitsm.dev/schemas";

fn generator() -> SchemaGenerator {
    SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true).into_generator()
}

/// The folder below `schemas/` that a kind's schema and page are published in.
pub fn folder(kind: &Kind) -> &'static str {
    match kind.group.name {
        "backstage.io" | "scaffolder.backstage.io" => "backstage",
        other => other,
    }
}

/// The JSON Schema (draft 7) of a kind's documents.
///
/// With `for_editors` the forms of names, labels and links are in it as patterns; the engine
/// checks those by the table itself, which says it better.
pub fn kind_schema(kind: &Kind, for_editors: bool) -> Value {
    let mut generator = generator();
    let mut metadata = strict((kind.metadata)(&mut generator));
    let mut spec = spec_schema(kind, &mut generator);
    let name = folder(kind);
    if for_editors {
        add_references(kind, &mut spec);
        for formatted in kind.formats {
            apply(formatted, &mut metadata);
        }
        allow_placeholder(&mut spec);
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": format!("{BASE}/{name}/{}.schema.json", kind.name.to_lowercase()),
        "title": kind.name,
        "description": kind.summary,
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": false,
        "properties": {
            "apiVersion": {
                "description": "The format that the document is written in.",
                "enum": kind.api_versions(),
            },
            "kind": { "description": kind.summary, "enum": [kind.name] },
            "metadata": metadata,
            "spec": spec,
        },
    })
}

fn spec_schema(kind: &Kind, generator: &mut SchemaGenerator) -> Value {
    let mut base = strict((kind.spec)(generator));
    let mut conditions = Vec::new();
    for variant in kind.variants {
        let is_type = json!({
            "required": [variant.by],
            "properties": { variant.by: { "const": variant.value } },
        });
        let schema = strict((variant.spec)(generator));
        conditions.push(match variant.replaces {
            true => json!({ "if": is_type, "then": schema, "else": base }),
            false => json!({ "if": is_type, "then": schema }),
        });
    }
    let replaced = kind.variants.iter().any(|variant: &Variant| variant.replaces);
    if conditions.is_empty() {
        return base;
    }
    if replaced {
        base = json!({ "type": "object" });
    }
    if let Some(object) = base.as_object_mut() {
        object.insert("allOf".to_owned(), Value::Array(conditions));
    }
    base
}

/// What one value of a field of `spec` adds to a kind's spec.
pub(crate) fn variant_schema(variant: &Variant) -> Value {
    strict((variant.spec)(&mut generator()))
}

/// One schema for every document, for editors: it picks the kind by `apiVersion` and `kind`.
pub fn combined_schema() -> Value {
    let branches: Vec<Value> = KINDS
        .iter()
        .map(|kind| {
            let mut schema = kind_schema(kind, true);
            if let Some(object) = schema.as_object_mut() {
                object.remove("$schema");
                object.remove("$id");
            }
            json!({
                "if": {
                    "required": ["apiVersion", "kind"],
                    "properties": {
                        "apiVersion": { "enum": kind.api_versions() },
                        "kind": { "const": kind.name },
                    },
                },
                "then": schema,
            })
        })
        .collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": format!("{BASE}/gitsm.schema.json"),
        "title": "A document that gitsm reads",
        "type": "object",
        "required": ["apiVersion", "kind"],
        "allOf": branches,
    })
}

/// A derived schema in which an optional field may be left out, and may not be null: Backstage
/// refuses an explicit null wherever a type is declared.
pub(crate) fn strict(schema: Schema) -> Value {
    let mut value = schema.to_value();
    tidy(&mut value);
    if let Some(object) = value.as_object_mut() {
        for key in ["$schema", "title"] {
            object.remove(key);
        }
    }
    value
}

/// Takes nulls out, and the line breaks of doc comments.
fn tidy(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Object(object) => {
            if let Some(Value::String(text)) = object.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            drop_null(object);
            bound(object);
            object.values_mut().for_each(tidy);
        }
        _ => {}
    }
}

/// Says the bounds of a Rust integer, which its format only names.
fn bound(object: &mut Map<String, Value>) {
    let (least, most) = match object.get("format").and_then(Value::as_str) {
        Some("uint32") => (0, i64::from(u32::MAX)),
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => return,
    };
    object.entry("minimum").or_insert_with(|| json!(least));
    object.entry("maximum").or_insert_with(|| json!(most));
}

fn drop_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|one| one != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(options)) = object.get_mut("enum") {
        options.retain(|option| !option.is_null());
    }
    let Some(Value::Array(branches)) = object.get_mut("anyOf") else { return };
    branches.retain(|branch| branch != &json!({ "type": "null" }));
    if let [Value::Object(only)] = branches.as_mut_slice() {
        let only = std::mem::take(only);
        object.remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}

/// Lets an editor accept `$text: ./openapi.yaml` in the place of an API's definition.
fn allow_placeholder(spec: &mut Value) {
    let Some(definition) = spec.pointer_mut("/allOf/0/else/properties/definition") else { return };
    let file = json!({
        "type": "object",
        "description": "The file that holds it, relative to this one, or a URL.",
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
            "$text": { "type": "string" },
            "$json": { "type": "string" },
            "$yaml": { "type": "string" },
            "$openapi": { "type": "string" },
            "$asyncapi": { "type": "string" },
        },
        "additionalProperties": false,
    });
    *definition = json!({ "anyOf": [definition.take(), file] });
}

/// Writes a form into the schema of `metadata`, where an editor finds it.
fn apply(formatted: &Formatted, metadata: &mut Value) {
    let Some((&"metadata", path)) = formatted.path.split_first() else { return };
    let mut at = metadata;
    for name in path {
        let Some(next) = at.get_mut("properties").and_then(|fields| fields.get_mut(name)) else {
            return;
        };
        at = next;
    }
    let form = json!({
        "pattern": formatted.format.pattern,
        "maxLength": formatted.format.max_length,
    });
    let spot = match formatted.position {
        Position::Value => Some(at),
        Position::Items => at.get_mut("items"),
        Position::ItemField(name) => at.pointer_mut(&format!("/items/properties/{name}")),
        Position::Values => at.get_mut("additionalProperties"),
        Position::Keys => {
            at["propertyNames"] = form.clone();
            None
        }
    };
    if let (Some(Value::Object(object)), Value::Object(form)) = (spot, form) {
        object.extend(form);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind_named;

    #[test]
    fn optional_fields_do_not_accept_null() {
        for kind in KINDS {
            let text = kind_schema(kind, false).to_string();
            assert!(!text.contains("\"null\""), "{}: {text}", kind.name);
        }
    }

    #[test]
    fn backstage_specs_are_open_and_ours_are_closed() {
        let spec =
            |name| kind_schema(kind_named(name).unwrap(), false)["properties"]["spec"].clone();
        assert!(spec("component").get("additionalProperties").is_none());
        assert_eq!(spec("team")["additionalProperties"], json!(false));
    }

    #[test]
    fn editors_see_the_forms_of_names_and_labels() {
        let schema = kind_schema(kind_named("component").unwrap(), true);
        let metadata = &schema["properties"]["metadata"]["properties"];
        assert_eq!(metadata["name"]["maxLength"], json!(63));
        assert!(metadata["labels"]["propertyNames"]["pattern"].is_string());
        assert!(metadata["links"]["items"]["properties"]["url"]["pattern"].is_string());
    }
}
