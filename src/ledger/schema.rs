//! The JSON Schema of each type of entry: closed, so that nobody can write anything into an entry
//! that its type does not name, and without a field for free text. What is appended must fit it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::NAMESPACE;
use super::statement::{FORMAT, Statement};
use super::types::TYPES;

/// The schema of the statements of a type; nothing if there is no such type.
pub fn statement_schema(name: &str) -> Option<Value> {
    let known = TYPES.iter().find(|one| one.name == name)?;
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let root = settings.into_generator().into_root_schema_for::<Statement>();
    let root = serde_json::to_value(root).unwrap_or_default();
    let of_type = |one: &&Value| one["properties"]["type"]["const"] == name;
    let variant = root["oneOf"].as_array()?.iter().find(of_type)?;
    let mut properties = Map::new();
    let mut required = vec![];
    for part in [&root, variant] {
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    properties.insert("format".to_owned(), json!({ "const": FORMAT }));
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("{FORMAT} {name}"),
        "description": format!("What is signed in an entry that says: {}.", known.summary),
        "type": "object",
        "properties": properties,
        "required": required,
    });
    close(&mut schema);
    Some(schema)
}

/// The schema of the file of an entry.
pub fn entry_schema() -> Value {
    let types: Vec<Value> =
        TYPES.iter().map(|one| json!({ "$ref": format!("{}.schema.json", one.name) })).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An entry of the ledger",
        "description": "The file `YYYY/MM/DD/ULID.json` of a commit of the ledger: the JCS form \
                        (RFC 8785) and one line feed.",
        "type": "object",
        "additionalProperties": false,
        "required": ["prev", "signature", "statement"],
        "properties": {
            "prev": {
                "description": "SHA-256 of the file before it; null at the beginning.",
                "type": ["string", "null"],
                "pattern": "^[0-9a-f]{64}$",
            },
            "signature": {
                "description": format!(
                    "SSHSIG (namespace `{NAMESPACE}`) or a detached OpenPGP signature of the JCS \
                     form of the statement, in its armour; null where somebody only says so."
                ),
                "type": ["string", "null"],
                "pattern": "^-----BEGIN (SSH|PGP) SIGNATURE-----\n[A-Za-z0-9+/=: .\n-]+$",
            },
            "statement": { "oneOf": types },
        },
    })
}

/// Objects take no fields that they do not name; what is optional is left out, and never null.
fn close(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Object(fields) => {
            if let Some(Value::Array(types)) = fields.get("type") {
                let other = types.iter().find(|one| **one != "null").cloned();
                fields.extend(other.map(|one| ("type".to_owned(), one)));
            }
            if let Some(Value::Array(any)) = fields.get("anyOf") {
                let kept: Vec<&Value> = any.iter().filter(|one| one["type"] != "null").collect();
                if let [Value::Object(only)] = kept.as_slice() {
                    let only = only.clone();
                    fields.remove("anyOf");
                    let told = fields.get("description").cloned();
                    fields.extend(only);
                    fields.extend(told.map(|told| ("description".to_owned(), told)));
                }
            }
            if fields.contains_key("properties") {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            fields.values_mut().for_each(close);
        }
        _ => {}
    }
}

/// Validators by the name of their type.
type Validators = BTreeMap<&'static str, Validator>;

fn compiled(is_open: bool) -> &'static Validators {
    static CLOSED: OnceLock<Validators> = OnceLock::new();
    static OPEN: OnceLock<Validators> = OnceLock::new();
    let made = || {
        let pairs = TYPES.iter().filter_map(|one| {
            let mut schema = statement_schema(one.name)?;
            if is_open {
                open(&mut schema);
            }
            Some((one.name, jsonschema::validator_for(&schema).ok()?))
        });
        pairs.collect()
    };
    if is_open { OPEN.get_or_init(made) } else { CLOSED.get_or_init(made) }
}

/// A newer gitsm may have written fields that this one does not know.
fn open(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(open),
        Value::Object(fields) => {
            fields.remove("additionalProperties");
            fields.values_mut().for_each(open);
        }
        _ => {}
    }
}

/// What is wrong with a statement that is to be written; nothing if it fits.
pub fn misfit(statement: &Value) -> Option<String> {
    wrong(statement, false)
}

/// What is wrong with a statement that somebody wrote, perhaps with a newer gitsm.
pub(super) fn misread(statement: &Value) -> Option<String> {
    wrong(statement, true)
}

fn wrong(statement: &Value, is_open: bool) -> Option<String> {
    let name = statement["type"].as_str().unwrap_or_default();
    let Some(validator) = compiled(is_open).get(name) else {
        return Some(format!("there is no type `{name}`"));
    };
    let error = validator.iter_errors(statement).next()?;
    let place = error.instance_path().to_string();
    // The value itself is not repeated: nobody knows what somebody put there.
    let what = match place.is_empty() {
        true => error.to_string(),
        false => format!("{place} does not fit its type"),
    };
    Some(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every place where a schema takes a text must say which texts.
    fn free(schema: &Value, place: &str, found: &mut Vec<String>) {
        match schema {
            Value::Array(items) => {
                items.iter().for_each(|item| free(item, place, found));
            }
            Value::Object(fields) => {
                let bound = ["pattern", "enum", "const", "format"];
                let is_text = fields.get("type") == Some(&Value::from("string"));
                if is_text && !bound.iter().any(|one| fields.contains_key(*one)) {
                    found.push(place.to_owned());
                }
                for (name, field) in fields {
                    free(field, &format!("{place}/{name}"), found);
                }
            }
            _ => {}
        }
    }

    /// Objects that take fields they do not name.
    fn gaping(schema: &Value, found: &mut usize) {
        match schema {
            Value::Array(items) => items.iter().for_each(|item| gaping(item, found)),
            Value::Object(fields) => {
                let is_object = fields.get("type") == Some(&Value::from("object"));
                *found += usize::from(
                    is_object && fields.get("additionalProperties") != Some(&Value::Bool(false)),
                );
                fields.values().for_each(|field| gaping(field, found));
            }
            _ => {}
        }
    }

    #[test]
    fn no_type_of_entry_has_room_for_free_text() {
        for one in TYPES {
            let schema = statement_schema(one.name).unwrap();
            let mut found = Vec::new();
            free(&schema, one.name, &mut found);
            assert!(found.is_empty(), "{found:#?}");
            let mut gaps = 0;
            gaping(&schema, &mut gaps);
            assert_eq!(gaps, 0, "{schema:#}");
        }
        assert!(statement_schema("gossip").is_none());
        assert_eq!((compiled(false).len(), compiled(true).len()), (TYPES.len(), TYPES.len()));
    }

    #[test]
    fn what_does_not_fit_its_type_is_told_without_repeating_it() {
        let mut statement = json!({
            "format": "ledger/1", "type": "canceled", "subject": "change:default/chg-1",
            "at": "2026-11-21T16:00:00Z", "main": "0".repeat(40), "by": "person:default/ada",
        });
        assert_eq!(misfit(&statement), None);
        statement["text"] = json!("Ada was ill");
        assert_eq!(misfit(&statement).unwrap(), "/text does not fit its type");
        statement["text"] = json!(format!("sha256:{}", "0".repeat(64)));
        assert_eq!(misfit(&statement), None);
        statement["why"] = json!("Ada was ill");
        assert!(misfit(&statement).is_some());
        assert_eq!(misread(&statement), None, "a newer gitsm may know it");
        statement["type"] = json!("gossip");
        assert!(misread(&statement).is_some());
    }
}
