//! The page of a kind, in Markdown: from its schema and its row in the table.

use serde_json::Value;

use super::example::example;
use super::gitsm::built_in_policy::TEXT;
use super::kind::{Accepts, Kind};
use super::{Impact, KINDS, kind_schema, relation_named, variant_schema};
use crate::yaml::emit;

/// The head of a table of fields.
const COLUMNS: &str =
    "| Field | Type | Needed | What it is | An edit is |\n|---|---|---|---|---|\n";

/// The page of a kind.
pub fn page(kind: &Kind) -> String {
    let schema = kind_schema(kind, true);
    let mut text = format!("# {}\n\n{}\n\n", kind.name, kind.summary);
    text.push_str(&names(kind));
    if !kind.group.foreign {
        let document = emit::to_string(&example(kind)).unwrap_or_default();
        text.push_str("\n## The least that it needs\n\n");
        text.push_str(&format!("```yaml\n{}```\n", document.trim_start_matches("---\n")));
    }
    text.push_str("\n## Fields\n\n");
    text.push_str(COLUMNS);
    for part in ["metadata", "spec"] {
        rows(kind, &schema["properties"][part], &[part], &mut text);
    }
    for variant in kind.variants.iter().filter(|_| !kind.group.foreign) {
        text.push_str(&format!(
            "\n## Fields where `spec.{}` is `{}`\n\n",
            variant.by, variant.value
        ));
        text.push_str(COLUMNS);
        rows(kind, &variant_schema(variant), &["spec"], &mut text);
    }
    text.push_str(&relations(kind));
    text.push_str(&life(kind));
    if kind.name == "ChangePolicy" {
        text.push_str("\n## What holds where nothing is said\n\n");
        text.push_str("A catalog without a ChangePolicy is judged by this one, and what a ChangePolicy leaves out\nis as it stands here. Of several the strictest counts.\n\n");
        text.push_str(&format!("```yaml\n{TEXT}```\n"));
    }
    text
}

fn names(kind: &Kind) -> String {
    let mut words: Vec<&str> = vec![kind.family, kind.plural];
    words.extend(kind.practice.short);
    let mut seen = std::collections::BTreeSet::new();
    words.retain(|word| seen.insert(*word));
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    let mut text = format!("- `apiVersion`: `{}`\n", kind.api_versions().join("`, `"));
    text.push_str(&format!("- In references and on the command line: {}\n", words.join(", ")));
    let family: Vec<&str> = KINDS
        .iter()
        .filter(|other| other.family == kind.family && **other != kind)
        .map(|other| other.name)
        .collect();
    if !family.is_empty() {
        text.push_str(&format!("- Shares its names with: {}\n", family.join(", ")));
    }
    for (who, what) in
        [("Backstage", kind.practice.backstage), ("ServiceNow", kind.practice.servicenow)]
    {
        if !what.is_empty() {
            text.push_str(&format!("- In {who}: {what}\n"));
        }
    }
    text
}

/// A row for each field below a schema, and for those below it.
fn rows(kind: &Kind, schema: &Value, path: &[&str], text: &mut String) {
    let required = |name: &str| {
        let list = schema.get("required").and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|one| one == name))
    };
    // What stands below any name.
    if let Some(any) = schema.get("additionalProperties").filter(|any| any.is_object()) {
        let path = [path, &["*"]].concat();
        rows(kind, any, &path, text);
        if let Some(items) = any.get("items") {
            rows(kind, items, &path, text);
        }
    }
    for (name, field) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let mut path = path.to_vec();
        path.push(name);
        let described = field.get("description").and_then(Value::as_str).unwrap_or_default();
        text.push_str(&format!(
            "| `{}` | {} | {} | {}{} | {} |\n",
            path.join("."),
            type_of(field),
            if required(name) { "yes" } else { "" },
            described,
            choices(field),
            kind.practice.class_of(&path).name(),
        ));
        rows(kind, field, &path, text);
        let branches = field.get("oneOf").and_then(Value::as_array).into_iter().flatten();
        for below in field.get("items").into_iter().chain(branches) {
            rows(kind, below, &path, text);
        }
    }
}

fn type_of(field: &Value) -> String {
    let named = field.get("type").and_then(Value::as_str);
    match named {
        Some("array") => format!("list of {}", plural(&type_of(&field["items"]))),
        Some("object") => "mapping".to_owned(),
        Some(other) => other.to_owned(),
        None if field.get("oneOf").or_else(|| field.get("enum")).is_some() => "choice".to_owned(),
        None => "any".to_owned(),
    }
}

fn plural(word: &str) -> String {
    match word {
        "any" => "values".to_owned(),
        word if word.starts_with("list") => word.replacen("list", "lists", 1),
        word => format!("{word}s"),
    }
}

/// The values that a field may have, each with its meaning.
fn choices(field: &Value) -> String {
    let items = field.get("items").unwrap_or(field);
    let branches = [field, items].into_iter().find_map(|one| one.get("oneOf")?.as_array());
    if let Some(words) = field.get("enum").and_then(Value::as_array) {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        return format!(" {}.", words.join(", ").replace('"', ""));
    }
    let one = |branch: &Value| {
        let value = match branch.get("const") {
            Some(value) => value.as_str()?,
            None => branch.get("properties")?.as_object()?.keys().next()?,
        };
        let meaning = branch.get("description").and_then(Value::as_str).unwrap_or_default();
        Some(format!("`{value}`: {}", meaning.trim_end_matches('.')))
    };
    let all: Vec<String> = branches.into_iter().flatten().filter_map(one).collect();
    if all.is_empty() { String::new() } else { format!(" {}.", all.join("; ")) }
}

fn relations(kind: &Kind) -> String {
    if kind.references.is_empty() {
        return String::new();
    }
    let mut text = "\n## Relations\n\n| Field | Leads to | Relation | Seen from there | Trouble travels |\n|---|---|---|---|---|\n".to_owned();
    for field in kind.references {
        let Some(relation) = relation_named(field.relation) else { continue };
        let path: Vec<&str> = field.path.iter().copied().filter(|step| *step != "*").collect();
        let to = match field.accepts {
            Accepts::Any => "any kind".to_owned(),
            Accepts::Families(families) => {
                let kinds = KINDS.iter().filter(|kind| families.contains(&kind.family));
                kinds.map(|kind| kind.name).collect::<Vec<_>>().join(", ")
            }
        };
        text.push_str(&format!(
            "| `{}` | {to} | `{}`: {} | `{}` | {} |\n",
            path.join("."),
            relation.name,
            relation.meaning,
            relation.inverse,
            Impact::meaning(relation.impact),
        ));
    }
    text
}

fn life(kind: &Kind) -> String {
    let Some(life) = &kind.practice.life_cycle else { return String::new() };
    let mut text = format!(
        "\n## Life\n\n`{}` holds the state. A life begins as `{}`.\n\n| State | May become | |\n|---|---|---|\n",
        life.path.join("."),
        life.states[0].0,
    );
    for (state, next) in life.states {
        let next: Vec<String> = next.iter().map(|next| format!("`{next}`")).collect();
        let gone = if life.gone.contains(state) { "nothing in use may refer to it" } else { "" };
        text.push_str(&format!("| `{state}` | {} | {gone} |\n", next.join(", ")));
    }
    text
}
