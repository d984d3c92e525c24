//! Targets: templates that can be rendered, and a mapping that fits its driver.
//!
//! Which settings there are, and of which type, the schema of the driver says. Here is what no schema
//! can: names that must be the same in two places, templates, regular expressions.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::at::{At, Part, corrected, list, nearest, quoted};
use super::expressions::span_in;
use super::{MOST, codes};
use crate::catalog::{DocumentView, FileView};
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::target::prometheus::{Settings, secret_of};
use crate::model::gitsm::target::{Driver, Mapping, TargetSpec};
use crate::template::{SPREAD, TemplateError, wrong_path, wrong_text};
use crate::yaml::Pointer;

/// What templates of a mapping are given.
const OF_MAPPING: &[&str] = &["entity", "ref", "relations", "today"];

/// What templates of the requests of an `http` target are given. Each also gets the one before.
const OF_LIST: &[&str] = &["object"];
const OF_GET: &[&str] = &["object", "handle"];
const OF_CREATE: &[&str] = &["object", "fields", "mark"];
const OF_UPDATE: &[&str] = &["object", "fields", "mark", "changed", "handle", "observed"];
const OF_DELETE: &[&str] = &["object", "handle", "observed"];

/// The requests of a kind of an `http` target, and what their templates are given.
const REQUESTS: &[(&str, &[&str])] = &[
    ("list", OF_LIST),
    ("get", OF_GET),
    ("create", OF_CREATE),
    ("update", OF_UPDATE),
    ("delete", OF_DELETE),
];

/// The kinds of objects that a driver has, where it has its own.
fn kinds_of(driver: Driver) -> Option<&'static [&'static str]> {
    match driver {
        Driver::Files => Some(&["file"]),
        Driver::Prometheus => Some(&["rules", "target", "route"]),
        Driver::Http => None,
    }
}

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(Spec::Target(spec)) = document.spec.as_deref() else { return };
    let at = At::new(view, document);
    let spot = Pointer::root().join("spec");
    mapping(&at, spec, &spot, findings);
    let settings = spot.join("settings");
    match spec.driver {
        Driver::Files => {}
        Driver::Prometheus => receivers(&at, spec, &settings, findings),
        Driver::Http => requests(&at, spec, &settings, findings),
    }
}

/// What is made of entities.
fn mapping(at: &At<'_>, spec: &TargetSpec, spot: &Pointer, findings: &mut Vec<Finding>) {
    let none = BTreeMap::new();
    let all = spec.mapping.as_ref().unwrap_or(&none);
    let place = spot.join("mapping");
    if all.is_empty() && spec.driver != Driver::Prometheus {
        let headline = "nothing is made of any entity: `spec.mapping` is missing or empty";
        findings.push(at.finding(&codes::TARGET_INVALID, &place, Part::Key, headline).help(
            "say what is made, by the kind of object: `mapping: {KIND: {name: …, fields: {…}}}`",
        ));
    }
    let described = spec.settings.as_ref().and_then(|settings| settings.get("kinds")?.as_object());
    for (kind, one) in all {
        let here = place.join(kind);
        let known: Option<Vec<&str>> = match kinds_of(spec.driver) {
            Some(known) => Some(known.to_vec()),
            None => described.map(|kinds| kinds.keys().map(String::as_str).collect()),
        };
        if let Some(known) = known.filter(|known| !known.contains(&kind.as_str())) {
            findings.push(unknown_kind(at, spec.driver, &here, kind, &known));
        }
        for (number, other) in one.after.iter().flatten().enumerate() {
            if !all.contains_key(other) || other == kind {
                let headline = match other == kind {
                    true => format!("{} cannot come after itself", quoted(other)),
                    false => format!("the mapping makes no {}", quoted(other)),
                };
                let pointer = here.join("after").join(number);
                let finding = at.finding(&codes::TARGET_INVALID, &pointer, Part::Value, headline);
                let others = all.keys().map(String::as_str).filter(|one| one != kind);
                findings.push(corrected(finding, nearest(other, others), "write", || {
                    "name a kind of this mapping, or remove it".to_owned()
                }));
            }
        }
        fields(at, spec.driver, one, &here, findings);
        texts(at, &here.join("name"), &Value::String(one.name.clone()), OF_MAPPING, findings);
        for (name, value) in &one.fields {
            texts(at, &here.join("fields").join(name), value, OF_MAPPING, findings);
        }
    }
}

fn unknown_kind(
    at: &At<'_>,
    driver: Driver,
    pointer: &Pointer,
    kind: &str,
    known: &[&str],
) -> Finding {
    let headline = match driver {
        Driver::Http => format!("`settings.kinds` does not say what a {} is", quoted(kind)),
        _ => format!("the driver `{}` has no kind {}", driver.name(), quoted(kind)),
    };
    let finding = at.finding(&codes::TARGET_INVALID, pointer, Part::Key, headline);
    corrected(finding, nearest(kind, known.iter().copied()), "write", || match known {
        [] => format!("describe it: `kinds: {{{kind}: {{list: …, id: …}}}}`"),
        known => {
            let known: Vec<String> = known.iter().map(|&one| one.to_owned()).collect();
            format!("write {}", list(&known, "or"))
        }
    })
}

/// The fields of an object: those of files are known, and what is hidden must be there.
fn fields(
    at: &At<'_>,
    driver: Driver,
    mapping: &Mapping,
    pointer: &Pointer,
    findings: &mut Vec<Finding>,
) {
    // What is spread is known when it is made.
    if mapping.fields.contains_key(SPREAD) {
        return;
    }
    let mut told = |pointer: &Pointer, part, headline: String, near: Option<&str>, help: &str| {
        let finding = at.finding(&codes::TARGET_INVALID, pointer, part, headline);
        findings.push(corrected(finding, near, "write", || help.to_owned()));
    };
    if driver == Driver::Files {
        const KNOWN: &[&str] = &["content", "mode"];
        let place = pointer.join("fields");
        for name in mapping.fields.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
            let near = nearest(name, KNOWN.iter().copied());
            let headline = format!("a file has no field {}", quoted(name));
            told(&place.join(name), Part::Key, headline, near, "a file has `content` and `mode`");
        }
        if !mapping.fields.contains_key("content") {
            let headline = "a file needs a `content`".to_owned();
            told(&place, Part::Key, headline, None, "say what is in it: `content: …`");
        }
    }
    for (number, name) in mapping.sensitive.iter().flatten().enumerate() {
        if !mapping.has(name, SPREAD) {
            let near = nearest(name, mapping.fields.keys().map(String::as_str));
            let place = pointer.join("sensitive").join(number);
            let headline = format!("there is no field {} to hide", quoted(name));
            told(&place, Part::Value, headline, near, "name a field of `fields`");
        }
    }
}

/// Judges every text below a value as a template.
fn texts(
    at: &At<'_>,
    pointer: &Pointer,
    value: &Value,
    known: &[&str],
    findings: &mut Vec<Finding>,
) {
    if findings.len() >= MOST {
        return;
    }
    match value {
        Value::String(text) => {
            findings.extend(wrong_text(text, known).map(|error| template(at, pointer, &error)));
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                texts(at, &pointer.join(number), item, known, findings);
            }
        }
        Value::Object(entries) => {
            for (name, value) in entries {
                texts(at, &pointer.join(name), value, known, findings);
            }
        }
        _ => {}
    }
}

/// A finding at the part of a template that is wrong.
fn template(at: &At<'_>, pointer: &Pointer, error: &TemplateError) -> Finding {
    let headline = format!("this template cannot be used: {}", error.message);
    let node = at.root.at(pointer).map(|(_, node)| node);
    let span = node.filter(|_| !error.span.is_empty());
    let part = error.span.start as usize..error.span.end as usize;
    let span = span.and_then(|node| span_in(at, node, part));
    let code = &codes::TEMPLATE_INVALID;
    let finding = match span {
        Some(span) => at.finding_at(code, pointer, span, &error.message, headline),
        None => at.finding(code, pointer, Part::Value, headline),
    };
    let help = error.help.clone();
    finding.help(help.unwrap_or_else(|| {
        "write values as `{{ entity.spec.owner }}`; braces that are meant literally as `{{ '{{' }}`"
            .to_owned()
    }))
}

/// The requests of a REST API.
fn requests(at: &At<'_>, spec: &TargetSpec, spot: &Pointer, findings: &mut Vec<Finding>) {
    let none = Map::new();
    let settings = spec.settings.as_ref();
    let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
    let kinds = object(settings.and_then(|all| all.get("kinds"))).unwrap_or_else(|| none.clone());
    for (name, kind) in &kinds {
        let here = spot.join("kinds").join(name);
        for (verb, known) in REQUESTS {
            if let Some(request) = kind.get(*verb) {
                call(at, request, &here.join(*verb), known, findings);
            }
        }
        if let Some(read) = kind.get("fields").filter(|read| read.is_object()) {
            texts(at, &here.join("fields"), read, &["item"], findings);
        }
        answers(at, kind.get("answers"), &here.join("answers"), findings);
    }
    if let Some(request) = settings.and_then(|all| all.get("settle")) {
        call(at, request, &spot.join("settle"), &[], findings);
    }
    let own = settings.and_then(|all| all.get("answers"));
    answers(at, own, &spot.join("answers"), findings);
}

fn call(
    at: &At<'_>,
    request: &Value,
    pointer: &Pointer,
    known: &[&str],
    findings: &mut Vec<Finding>,
) {
    if let Some(path) = request.get("path").and_then(Value::as_str) {
        let wrong = wrong_path(path, known);
        findings.extend(wrong.map(|error| template(at, &pointer.join("path"), &error)));
    }
    if let Some(body) = request.get("body") {
        texts(at, &pointer.join("body"), body, known, findings);
    }
}

fn answers(at: &At<'_>, rules: Option<&Value>, pointer: &Pointer, findings: &mut Vec<Finding>) {
    let rules = rules.and_then(Value::as_array);
    for (number, rule) in rules.into_iter().flatten().enumerate() {
        let Some(source) = rule.get("matches").and_then(Value::as_str) else { continue };
        let built = regex::RegexBuilder::new(source).size_limit(1 << 20).build();
        if let Err(error) = built {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
            let headline = format!("this is no regular expression: {reason}");
            let pointer = pointer.join(number).join("matches");
            findings.push(
                at.finding(&codes::TARGET_INVALID, &pointer, Part::Value, headline)
                    .help("write it as Rust's `regex` reads it; `\\.` is a full stop"),
            );
        }
    }
}

/// What Alertmanager is told may name secrets, and holds none.
fn receivers(at: &At<'_>, spec: &TargetSpec, spot: &Pointer, findings: &mut Vec<Finding>) {
    let Some(settings) = &spec.settings else { return };
    // What has not the form of settings is told by the schema.
    let only: Map<String, Value> = settings
        .iter()
        .filter(|(name, _)| {
            ["receivers", "receiverTemplate", "defaultReceiver"].contains(&name.as_str())
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .chain([("folder".to_owned(), Value::from("."))])
        .collect();
    let Ok(settings) = serde_json::from_value::<Settings>(Value::Object(only)) else { return };
    for (place, receiver) in settings.all_receivers() {
        if let Some((place, why)) = secret_of(receiver, &place) {
            let pointer = Pointer::from_text(format!("{}{}", spot.as_str(), place.as_str()));
            let finding = at.finding(&codes::TARGET_SECRET, &pointer, Part::Value, why);
            findings.push(finding.help(
                "Alertmanager reads it from a file beside it; nobody who reads this repository needs it",
            ));
        }
    }
}
