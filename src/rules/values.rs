//! Values that YAML allows and a catalog cannot mean: merge keys, keys that are no strings, and
//! numbers that are none.

use super::at::{At, Part, quoted};
use super::{MOST, codes};
use crate::catalog::{DocumentView, FileView};
use crate::finding::Finding;
use crate::yaml::{Node, NodeKind, Pointer, Scalar};

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    if document.kind().is_none() {
        return;
    }
    if is_plain(document.root) {
        return;
    }
    let at = At::new(view, document);
    visit(&at, document.root, &Pointer::root(), findings);
}

/// Whether there is nothing to tell: nearly always, and then no pointer is built.
fn is_plain(node: Node<'_>) -> bool {
    let is_field = |key: Node<'_>| key.as_str().is_some_and(|text| text != "<<");
    match node.kind() {
        NodeKind::Mapping => node.entries().all(|(key, value)| is_field(key) && is_plain(value)),
        NodeKind::Sequence => node.items().all(is_plain),
        NodeKind::Scalar(_) => is_leaf(node),
    }
}

fn visit(at: &At<'_>, node: Node<'_>, pointer: &Pointer, findings: &mut Vec<Finding>) {
    if findings.len() >= MOST {
        return;
    }
    match node.kind() {
        NodeKind::Mapping => {
            for (key, value) in node.entries() {
                if findings.len() >= MOST {
                    return;
                }
                match key.kind() {
                    NodeKind::Scalar(Scalar::Str) if key.text() == Some("<<") => {
                        findings.push(merge_key(at, key, &pointer.join("<<")));
                    }
                    NodeKind::Scalar(Scalar::Str) => {}
                    _ => findings.push(key_type(at, key, pointer)),
                }
                if !is_leaf(value) {
                    visit(at, value, &pointer.join(key.text().unwrap_or_default()), findings);
                }
            }
        }
        NodeKind::Sequence => {
            for (number, item) in node.items().enumerate() {
                if !is_leaf(item) {
                    visit(at, item, &pointer.join(number), findings);
                }
            }
        }
        NodeKind::Scalar(_) => {
            let headline = format!("{} is no number that can be kept", quoted(text(node)));
            findings.push(
                at.finding(&codes::YAML_NUMBER, pointer, Part::Value, headline)
                    .help("write a finite number, or a string in quotes"),
            );
        }
    }
}

/// Whether there is nothing to see below a node.
fn is_leaf(node: Node<'_>) -> bool {
    match node.kind() {
        NodeKind::Scalar(Scalar::Float) => node.as_f64().is_some_and(f64::is_finite),
        NodeKind::Scalar(_) => true,
        NodeKind::Mapping | NodeKind::Sequence => false,
    }
}

fn text(node: Node<'_>) -> &str {
    node.text().unwrap_or_default()
}

fn merge_key(at: &At<'_>, key: Node<'_>, pointer: &Pointer) -> Finding {
    at.finding_at(
        &codes::YAML_MERGE_KEY,
        pointer,
        key.span(),
        "<<",
        "`<<` merges nothing: YAML 1.2 has no merge keys",
    )
    .help("write the fields out")
}

fn key_type(at: &At<'_>, key: Node<'_>, pointer: &Pointer) -> Finding {
    let shown = key.text().map_or_else(|| "this key".to_owned(), quoted);
    let headline = format!("{shown} is {} and a key must be a string", key.type_name());
    let value = at.source.slice(key.span());
    let finding = at.finding_at(&codes::YAML_KEY_TYPE, pointer, key.span(), value, headline);
    match key.text().filter(|text| !text.is_empty()) {
        Some(text) => {
            let place = at.place(key.span());
            finding.help(format!("write it in quotes: `\"{text}\"`")).fix(
                "quote the key",
                place,
                format!("\"{text}\""),
            )
        }
        None => finding.help("give the key a name"),
    }
}
