//! Runbooks: parameters that match their use, steps that lead somewhere.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Environment;
use serde_json::Value;

use super::at::{At, Part, list, nearest, quoted};
use super::codes;
use crate::catalog::{DocumentView, FileView};
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::gitsm::runbook::{RunbookSpec, Step};
use crate::yaml::Pointer;
use crate::yaml::schema::Schema;

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(Spec::Runbook(spec)) = document.spec.as_deref() else { return };
    let at = At::new(view, document);
    parameters(&at, spec, findings);
    steps(&at, spec, findings);
}

/// All steps, each with its pointer.
fn all_steps(spec: &RunbookSpec) -> impl Iterator<Item = (Pointer, &Step)> {
    let lists = [
        ("steps", Some(&spec.steps)),
        ("rollback", spec.rollback.as_ref()),
        ("verification", spec.verification.as_ref()),
    ];
    lists.into_iter().flat_map(|(name, steps)| {
        let pointer = Pointer::root().join("spec").join(name);
        let steps = steps.into_iter().flatten().enumerate();
        steps.map(move |(number, step)| (pointer.join(number), step))
    })
}

fn parameters(at: &At<'_>, spec: &RunbookSpec, findings: &mut Vec<Finding>) {
    let code = &codes::RUNBOOK_PARAMETER;
    let declared: BTreeSet<&str> = spec
        .parameters
        .iter()
        .filter_map(|schema| schema.get("properties")?.as_object())
        .flat_map(|fields| fields.keys().map(String::as_str))
        .collect();
    if let Some(parameters) = &spec.parameters {
        let schema = Value::Object(parameters.clone().into_iter().collect());
        if let Err(reason) = Schema::compile(&schema) {
            let pointer = Pointer::from_text("/spec/parameters");
            let headline = "`spec.parameters` is no JSON Schema that can be used";
            findings.push(at.finding(code, &pointer, Part::Key, headline).help(reason));
            return;
        }
    }
    let is_word = |name: &&str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if let Some(wrong) = declared.iter().find(|name| !is_word(name)) {
        let pointer = Pointer::from_text("/spec/parameters/properties").join(*wrong);
        let headline = format!("{} cannot be the name of a parameter", quoted(wrong));
        let help = "write letters, digits and `_`: in braces `-` is a minus";
        findings.push(at.finding(code, &pointer, Part::Key, headline).help(help));
        return;
    }
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (pointer, step) in all_steps(spec) {
        let texts = [
            ("name", Some(&step.name)),
            ("instructions", step.instructions.as_ref()),
            ("run", step.run.as_ref()),
            ("expect", step.expect.as_ref()),
        ];
        for (field, text) in texts.into_iter().filter_map(|(field, text)| Some((field, text?))) {
            let pointer = pointer.join(field);
            match names(text) {
                Ok(names) => {
                    for name in names.difference(&declared.iter().map(|&n| n.to_owned()).collect())
                    {
                        findings.push(undeclared(at, &pointer, name, &declared));
                    }
                    used.extend(names);
                }
                Err(reason) => {
                    let headline = format!("the braces in this text cannot be read: {reason}");
                    findings.push(at.finding(code, &pointer, Part::Value, headline).help(
                        "write a parameter as `{{ name }}`; braces that are meant literally as \
                         `{{ '{{' }}`",
                    ));
                }
            }
        }
    }
    for name in declared.into_iter().filter(|name| !used.contains(*name)) {
        let pointer = Pointer::from_text("/spec/parameters/properties").join(name);
        let headline = format!("the parameter {} is not used", quoted(name));
        findings.push(
            at.finding(code, &pointer, Part::Key, headline)
                .help(format!("use it in a step as `{{{{ {name} }}}}`, or remove it")),
        );
    }
}

fn undeclared(at: &At<'_>, pointer: &Pointer, name: &str, declared: &BTreeSet<&str>) -> Finding {
    let headline = format!("this uses the parameter {}, which is not declared", quoted(name));
    let finding = at.finding(&codes::RUNBOOK_PARAMETER, pointer, Part::Value, headline);
    match nearest(name, declared.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding
            .help(format!("declare it: `parameters: {{type: object, properties: {{{name}: …}}}}`")),
    }
}

/// The most bytes between braces: parameters are words.
const LONGEST_EXPRESSION: usize = 256;

/// The parameters that a text uses.
fn names(text: &str) -> Result<BTreeSet<String>, String> {
    if !text.contains("{{") && !text.contains("{%") {
        return Ok(BTreeSet::new());
    }
    // The template engine follows chains of operators by recursion.
    if longest_expression(text) > LONGEST_EXPRESSION {
        return Err(format!("an expression has more than {LONGEST_EXPRESSION} characters"));
    }
    let environment = Environment::new();
    let template = environment
        .template_from_str(text)
        .map_err(|error| error.detail().map_or_else(|| error.kind().to_string(), str::to_owned))?;
    Ok(template.undeclared_variables(false).into_iter().collect())
}

/// The length of the longest text between braces, in bytes; braces in quotes end nothing.
fn longest_expression(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut longest, mut at) = (0, 0);
    while at + 1 < bytes.len() {
        let end = match &bytes[at..at + 2] {
            b"{{" => b"}}",
            b"{%" => b"%}",
            _ => {
                at += 1;
                continue;
            }
        };
        let start = at + 2;
        let mut quote = None;
        at = start;
        while at < bytes.len() && (quote.is_some() || !bytes[at..].starts_with(end)) {
            match (bytes[at], quote) {
                (b'\\', Some(_)) => at += 1,
                (byte, Some(open)) if byte == open => quote = None,
                (byte @ (b'"' | b'\''), None) => quote = Some(byte),
                _ => {}
            }
            at += 1;
        }
        longest = longest.max(at.min(bytes.len()) - start);
    }
    longest
}

fn steps(at: &At<'_>, spec: &RunbookSpec, findings: &mut Vec<Finding>) {
    let code = &codes::RUNBOOK_STEP;
    let mut ids: BTreeMap<&str, Pointer> = BTreeMap::new();
    for (pointer, step) in all_steps(spec) {
        let id = pointer.join("id");
        if let Some(first) = ids.get(step.id.as_str()) {
            let headline = format!("the id {} stands twice", quoted(&step.id));
            findings.push(
                at.finding(code, &id, Part::Value, headline)
                    .label(at.place(at.span(first, Part::Value)), "first here")
                    .help("give each step an id of its own, in rollback and verification, too"),
            );
            continue;
        }
        ids.insert(&step.id, id);
    }
    for (pointer, step) in all_steps(spec) {
        let Some(jump) = step.on_failure.as_deref() else { continue };
        let pointer = pointer.join("onFailure");
        if jump == "rollback" && spec.rollback.as_ref().is_none_or(Vec::is_empty) {
            let headline = "this rolls back, and the runbook has no rollback";
            findings.push(
                at.finding(code, &pointer, Part::Value, headline)
                    .help("add `rollback:` with its steps, or write `stop`"),
            );
        }
        let Some(wanted) = jump.strip_prefix("goto:") else { continue };
        if ids.contains_key(wanted) {
            continue;
        }
        let headline = format!("there is no step {}", quoted(wanted));
        let finding = at.finding(code, &pointer, Part::Value, headline);
        findings.push(match nearest(wanted, ids.keys().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => {
                let known: Vec<String> = ids.keys().map(|&id| id.to_owned()).collect();
                finding.help(format!("the steps are {}", list(&known, "and")))
            }
        });
    }
}
