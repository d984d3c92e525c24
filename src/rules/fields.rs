//! Fields: missing, unknown, misspelt, of the wrong type, with a wrong value.
//!
//! The schema of the kind decides; this file says it in words that help.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde_json::Value;

use super::at::{At, Part, corrected, dotted, list, nearest, quoted};
use super::{MOST, codes, placeholders};
use crate::catalog::{DocumentView, FileView};
use crate::finding::Finding;
use crate::model::{KINDS, Kind, VALUE_FORMATS, kind_schema};
use crate::yaml::schema::{Schema, Violation, ViolationKind, words};
use crate::yaml::{Node, NodeKind, Pointer, Scalar};

/// A kind's schema, compiled, and as JSON to look descriptions up in.
struct Compiled {
    schema: Schema,
    json: Value,
    /// The fields of `metadata` and of `spec` that need no second look, sorted.
    fields: [(&'static str, Vec<String>); 2],
}

/// The schema of a kind; compiled once, when the first document of the kind is met.
fn compiled(kind: &'static Kind) -> &'static Compiled {
    static CELLS: [OnceLock<Compiled>; 64] = [const { OnceLock::new() }; 64];
    let number = KINDS.iter().position(|known| *known == kind).unwrap_or_default();
    CELLS[number].get_or_init(|| {
        let json = kind_schema(kind, false);
        // The schema is generated from our own types, and a test compiles each of them.
        let schema = Schema::compile(&json).unwrap_or_else(|_| Schema::anything());
        let fields = ["metadata", "spec"].map(|name| {
            let at = Pointer::root().join(name);
            (name, properties(None, &json, &at).into_iter().collect())
        });
        Compiled { schema, json, fields }
    })
}

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(kind) = document.kind() else { return };
    let at = At::new(view, document);
    let compiled = compiled(kind);
    let mut told: BTreeSet<Pointer> = BTreeSet::new();
    for violation in compiled.schema.violations(document.root) {
        if placeholders::excuses(document.root, &violation)
            || !told.insert(violation.pointer.clone())
        {
            continue;
        }
        findings.push(say(&at, &violation, &compiled.json));
    }
    misspelt(&at, kind, compiled, findings);
}

fn say(at: &At<'_>, violation: &Violation, schema: &Value) -> Finding {
    let pointer = &violation.pointer;
    let name = dotted(pointer);
    let found = at.root.at(pointer).map(|(_, node)| node);
    match &violation.kind {
        ViolationKind::Missing => missing(at, pointer, schema),
        ViolationKind::Unknown => unknown(at, pointer, schema),
        ViolationKind::Type(types) => wrong_type(at, pointer, types, found),
        ViolationKind::Choice(choices) => {
            let written = found.and_then(Node::text).unwrap_or_default();
            let headline = format!("`{name}` cannot be {}", quoted(written));
            let finding = at.finding(&codes::FIELD_VALUE, pointer, Part::Value, headline);
            let near = nearest(written, choices.iter().map(String::as_str));
            corrected(finding, near, "write", || format!("write {}", list(choices, "or")))
        }
        ViolationKind::Pattern(pattern) => wrong_form(at, pointer, pattern, found),
        ViolationKind::Other(wanted) => {
            let empty = found.is_some_and(is_empty);
            let headline = match empty {
                true => format!("`{name}` is empty"),
                false => format!("`{name}` must {wanted}"),
            };
            let finding = at.finding(&codes::FIELD_VALUE, pointer, Part::Value, headline);
            finding.help(match describe(Some(at.root), schema, pointer) {
                Some(description) => format!("it must {wanted}: {description}"),
                None => format!("it must {wanted}"),
            })
        }
    }
}

/// A text without the form that it must have, in words where a table has them.
fn wrong_form(at: &At<'_>, pointer: &Pointer, pattern: &str, found: Option<Node<'_>>) -> Finding {
    let name = dotted(pointer);
    let written = quoted(found.and_then(Node::text).unwrap_or_default());
    let (headline, help) = match VALUE_FORMATS.iter().find(|format| format.pattern == pattern) {
        Some(format) => (
            format!("`{name}` is no {}: {written}", format.name),
            format!("write {}", format.expected),
        ),
        None => {
            (format!("`{name}` cannot be {written}"), format!("it must have the form `{pattern}`"))
        }
    };
    at.finding(&codes::FIELD_VALUE, pointer, Part::Value, headline).help(help)
}

fn is_empty(node: Node<'_>) -> bool {
    node.text() == Some("") || (node.kind() == NodeKind::Sequence && node.items().len() == 0)
}

fn missing(at: &At<'_>, pointer: &Pointer, schema: &Value) -> Finding {
    let name = pointer.tokens().last().unwrap_or_default();
    let parent = pointer.parent().unwrap_or_default();
    let headline = format!("`{}` is missing", dotted(pointer));
    let finding = at.finding(&codes::FIELD_MISSING, pointer, Part::Key, headline);
    let keys = at.root.at(&parent).map(|(_, node)| node);
    let known = properties(Some(at.root), schema, &parent);
    // A key that is nearly this one, and no field itself, is this one misspelt.
    let near = keys.and_then(|node| {
        let strangers = node.entries().filter_map(|(key, _)| key.text());
        nearest(&name, strangers.filter(|key| !known.contains(*key)))
    });
    if let Some(near) = near {
        let place = at.place(at.span(&parent.join(near), Part::Key));
        return finding
            .label(place.clone(), format!("did you mean `{name}`?"))
            .help(format!("rename `{near}` to `{name}`"))
            .fix(format!("rename `{near}` to `{name}`"), place, name);
    }
    finding.help(match describe(Some(at.root), schema, pointer) {
        Some(description) => format!("add `{name}:` — {description}"),
        None => format!("add `{name}:`"),
    })
}

fn unknown(at: &At<'_>, pointer: &Pointer, schema: &Value) -> Finding {
    let name = pointer.tokens().last().unwrap_or_default();
    let parent = pointer.parent().unwrap_or_default();
    let whose = match parent.as_str() {
        "" => "the document".to_owned(),
        _ => format!("`{}`", dotted(&parent)),
    };
    let headline = format!("{whose} has no field {}", quoted(&name));
    let finding = at.finding(&codes::FIELD_UNKNOWN, pointer, Part::Key, headline);
    let known = properties(Some(at.root), schema, &parent);
    let known: Vec<String> = known.into_iter().collect();
    let near = nearest(&name, known.iter().map(String::as_str));
    corrected(finding, near, "rename it to", || format!("the fields are {}", list(&known, "and")))
}

fn wrong_type(
    at: &At<'_>,
    pointer: &Pointer,
    types: &[String],
    found: Option<Node<'_>>,
) -> Finding {
    let name = dotted(pointer);
    let wanted = words(types);
    let Some(node) = found else {
        let headline = format!("`{name}` must be {wanted}");
        return at.finding(&codes::FIELD_TYPE, pointer, Part::Value, headline);
    };
    let text = node.text().unwrap_or_default();
    let wants = |name: &str| types.iter().any(|one| one == name);
    if node.is_null() {
        let headline = format!("`{name}` has no value and must be {wanted}");
        return at
            .finding(&codes::FIELD_TYPE, pointer, Part::Key, headline)
            .help("give it a value, or remove the line: nothing is not the same as left out");
    }
    let headline = format!("`{name}` must be {wanted} and is {}", node.type_name());
    let finding = at.finding(&codes::FIELD_TYPE, pointer, Part::Value, headline);
    let place = finding.at.place.clone();
    if wants("string") && matches!(node.kind(), NodeKind::Scalar(_)) {
        return finding.help(format!("write it in quotes: `\"{text}\"`")).fix(
            "quote the value",
            place,
            format!("\"{text}\""),
        );
    }
    if wants("array") && matches!(node.kind(), NodeKind::Scalar(Scalar::Str)) {
        return finding.help(format!("write it as a list: `[{text}]`")).fix(
            "make it a list",
            place,
            format!("[{}]", at.source.slice(node.span())),
        );
    }
    finding.help(format!("write {wanted}"))
}

/// Every schema that speaks about the fields at a pointer of a document. Of a condition that one of the
/// document's fields decides, the branch that holds is included; without a document, both are.
fn schemas_at<'s>(root: Option<Node<'_>>, schema: &'s Value, pointer: &Pointer) -> Vec<&'s Value> {
    let mut at = vec![schema];
    let mut node = root;
    for token in pointer.tokens() {
        let mut next = Vec::new();
        for schema in at.into_iter().flat_map(|schema| branches(node, schema)) {
            let named = schema.get("properties").and_then(|fields| fields.get(&token));
            let other = schema.get("additionalProperties").filter(|one| one.is_object());
            next.extend(named.or(other));
            next.extend(schema.get("items").filter(|_| token.parse::<usize>().is_ok()));
        }
        at = next;
        node = node.and_then(|node| node.at(&Pointer::root().join(&token))).map(|(_, node)| node);
    }
    at.into_iter().flat_map(|schema| branches(node, schema)).collect()
}

/// Whether a condition holds that asks for one value of one field; nothing if it asks for more.
fn holds(node: Node<'_>, condition: &Value) -> Option<bool> {
    let fields = condition.get("if")?.get("properties")?.as_object()?;
    let (name, field) = fields.iter().next().filter(|_| fields.len() == 1)?;
    Some(node.str(name) == Some(field.get("const")?.as_str()?))
}

fn branches<'s>(node: Option<Node<'_>>, schema: &'s Value) -> Vec<&'s Value> {
    let mut found = vec![schema];
    let all_of = schema.get("allOf").and_then(Value::as_array);
    for condition in all_of.into_iter().flatten() {
        let both: &[&str] = match node.and_then(|node| holds(node, condition)) {
            Some(true) => &["then"],
            Some(false) => &["else"],
            None => &["then", "else"],
        };
        found.extend(both.iter().filter_map(|branch| condition.get(branch)));
    }
    let one_of = schema.get("oneOf").and_then(Value::as_array);
    found.extend(one_of.into_iter().flatten());
    found
}

/// The names of the fields that a schema knows at a pointer.
pub(super) fn properties(
    root: Option<Node<'_>>,
    schema: &Value,
    pointer: &Pointer,
) -> BTreeSet<String> {
    let fields = schemas_at(root, schema, pointer);
    let objects = fields.iter().filter_map(|schema| schema.get("properties")?.as_object());
    objects.flat_map(|object| object.keys().cloned()).collect()
}

/// What the schema says a field is for.
pub(super) fn describe(
    root: Option<Node<'_>>,
    schema: &Value,
    pointer: &Pointer,
) -> Option<String> {
    let texts = schemas_at(root, schema, pointer);
    let text = texts.iter().find_map(|schema| schema.get("description")?.as_str())?;
    let mut letters = text.trim_end_matches('.').chars();
    let first = letters.next()?;
    Some(first.to_lowercase().chain(letters).collect())
}

/// Fields that an open schema lets pass, and that are nearly one that exists: they are ignored as
/// they stand, which is never what was meant.
fn misspelt(at: &At<'_>, kind: &'static Kind, compiled: &Compiled, findings: &mut Vec<Finding>) {
    if !kind.group.foreign {
        return;
    }
    let schema = &compiled.json;
    for (name, fields) in &compiled.fields {
        let Some(node) = at.root.get(name) else { continue };
        let strangers = || node.entries().filter_map(|(key, _)| key.text());
        let is_known = |key: &str| fields.binary_search_by(|field| field.as_str().cmp(key)).is_ok();
        if strangers().all(is_known) {
            continue;
        }
        let parent = Pointer::root().join(name);
        let mut known: BTreeSet<String> = fields.iter().cloned().collect();
        let spec_type = at.root.get("spec").and_then(|spec| spec.str("type"));
        let fields = kind.references_of(spec_type);
        known.extend(fields.filter(|f| f.path[0] == *name).map(|field| field.path[1].to_owned()));
        for key in strangers().filter(|key| !known.contains(*key)) {
            let absent = known.iter().map(String::as_str).filter(|one| node.get(one).is_none());
            // Short words are near to too many others.
            if findings.len() >= MOST {
                return;
            }
            let Some(near) = nearest(key, absent.filter(|one| one.len() > 4)) else { continue };
            let pointer = parent.join(key);
            let headline = format!("`{name}.{key}` is no field and is ignored");
            let finding = at.finding(&codes::FIELD_MISSPELT, &pointer, Part::Key, headline);
            let required = is_required(at.root, schema, &parent, near);
            if required {
                // The missing field is reported already, and names this key.
                continue;
            }
            let place = finding.at.place.clone();
            findings.push(finding.help(format!("did you mean `{near}`?")).fix(
                format!("rename it to `{near}`"),
                place,
                near,
            ));
        }
    }
}

fn is_required(root: Node<'_>, schema: &Value, parent: &Pointer, name: &str) -> bool {
    schemas_at(Some(root), schema, parent).iter().any(|schema| {
        let required = schema.get("required").and_then(Value::as_array);
        required.is_some_and(|required| required.iter().any(|one| one == name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_schema_that_compiles() {
        assert!(KINDS.len() <= 64, "make room for more compiled schemas");
        for kind in KINDS {
            let schema = kind_schema(kind, false);
            assert!(Schema::compile(&schema).is_ok(), "{}", kind.name);
            assert!(Schema::compile(&kind_schema(kind, true)).is_ok(), "{}", kind.name);
        }
    }

    #[test]
    fn descriptions_are_found_in_branches_too() {
        let schema = kind_schema(KINDS.iter().find(|kind| kind.name == "API").unwrap(), false);
        let of = |pointer: &str| describe(None, &schema, &Pointer::from_text(pointer));
        assert!(of("/spec/remotes").unwrap().contains("at least one"));
        assert!(of("/spec/owner").unwrap().starts_with("the group"));
    }
}
