//! Files that documents name: Backstage's placeholders and the targets of Locations.
//!
//! A file of the tree must be there. A URL is never fetched, so what would stand in its place is
//! judged by nobody.

use globset::GlobBuilder;

use super::at::{At, Part, quoted};
use super::{MOST, codes};
use crate::catalog::{DocumentView, FileView, Gives};
use crate::finding::Finding;
use crate::tree::resolve;
use crate::yaml::schema::{Violation, ViolationKind};
use crate::yaml::{Node, NodeKind, Pointer};

/// A mapping of exactly one placeholder key and a string.
fn placeholder(node: Node<'_>) -> Option<(Gives, Node<'_>)> {
    let mut entries = node.entries();
    if entries.len() != 1 {
        return None;
    }
    let (key, value) = entries.next()?;
    let gives = crate::catalog::placeholder(key.text()?)?;
    value.as_str().map(|_| (gives, value))
}

/// Whether a violation is about what a placeholder stands for, and not about what is written.
pub(super) fn excuses(root: Node<'_>, violation: &Violation) -> bool {
    let mut at = Some(violation.pointer.clone());
    while let Some(pointer) = at {
        if let Some((gives, _)) = root.at(&pointer).and_then(|(_, node)| placeholder(node)) {
            let here = pointer == violation.pointer;
            let text_fits = match &violation.kind {
                ViolationKind::Type(types) => types.iter().any(|one| one == "string"),
                _ => true,
            };
            return gives == Gives::Anything || (here && text_fits);
        }
        at = pointer.parent();
    }
    false
}

/// Whether what is said of a file depends on which others there are.
pub(super) fn looks_around(view: &FileView<'_>) -> bool {
    let dollar = view.source.text().contains('$');
    view.documents.iter().filter_map(DocumentView::kind).any(|kind| {
        kind.group.name.ends_with("backstage.io") && (dollar || kind.name == "Location")
    })
}

pub(super) fn check(view: &FileView<'_>, document: &DocumentView<'_>, findings: &mut Vec<Finding>) {
    let Some(kind) = document.kind().filter(|kind| kind.group.name.ends_with("backstage.io"))
    else {
        return;
    };
    let at = At::new(view, document);
    if view.source.text().contains('$') {
        for name in ["metadata", "spec"] {
            if let Some(node) = document.root.get(name) {
                visit(&at, node, &Pointer::root().join(name), findings);
            }
        }
    }
    if kind.name == "Location" {
        targets(&at, findings);
    }
}

fn visit(at: &At<'_>, node: Node<'_>, pointer: &Pointer, findings: &mut Vec<Finding>) {
    if let Some((_, value)) = placeholder(node) {
        findings.extend(missing(at, value, pointer));
        return;
    }
    let holds = |node: Node<'_>| !matches!(node.kind(), NodeKind::Scalar(_));
    for (key, value) in node.entries().filter(|(_, value)| holds(*value)) {
        visit(at, value, &pointer.join(key.text().unwrap_or_default()), findings);
    }
    for (number, item) in node.items().enumerate().filter(|(_, item)| holds(*item)) {
        visit(at, item, &pointer.join(number), findings);
    }
}

fn missing(at: &At<'_>, value: Node<'_>, pointer: &Pointer) -> Option<Finding> {
    let target = value.as_str()?;
    // A leading `/` is the repository's root to some of Backstage's readers, and unknown to others.
    if is_url(target) || target.starts_with('/') {
        return None;
    }
    let path = resolve(&at.source.file().path, target);
    if path.as_deref().is_some_and(|path| at.tree.mode(path).is_some()) {
        return None;
    }
    let key = value_key(at, pointer);
    let headline = match path {
        Some(_) => format!("there is no file {}", quoted(target)),
        None => format!("{} leads out of the repository", quoted(target)),
    };
    let finding =
        at.finding(&codes::PLACEHOLDER_MISSING, &pointer.join(key), Part::Value, headline);
    Some(finding.help("write a path relative to this file, to a file of this repository"))
}

fn value_key<'a>(at: &At<'a>, pointer: &Pointer) -> &'a str {
    let node = at.root.at(pointer).map(|(_, node)| node);
    node.and_then(|node| node.entries().next()?.0.text()).unwrap_or_default()
}

fn is_url(text: &str) -> bool {
    text.contains("://") || text.starts_with("url:")
}

/// The targets of a Location: files beside it, by name or by glob.
fn targets(at: &At<'_>, findings: &mut Vec<Finding>) {
    let Some(spec) = at.root.get("spec") else { return };
    if spec.str("presence") == Some("optional") {
        return;
    }
    let spec_pointer = Pointer::root().join("spec");
    let one = spec.get("target").map(|node| (spec_pointer.join("target"), node));
    let many = spec.get("targets").into_iter().flat_map(|list| {
        let pointer = spec_pointer.join("targets");
        list.items().enumerate().map(move |(number, item)| (pointer.join(number), item))
    });
    // Each glob is held against every file of the tree.
    for (pointer, node) in one.into_iter().chain(many).take(MOST) {
        let Some(target) = node.as_str().filter(|text| !text.is_empty()) else { continue };
        if is_url(target) || target.starts_with('/') || exists(at, target) {
            continue;
        }
        let headline = format!("there is no file {}", quoted(target));
        findings.push(at.finding(&codes::LOCATION_MISSING, &pointer, Part::Value, headline).help(
            "write a path relative to this file, or `presence: optional` if it may be missing",
        ));
    }
}

fn exists(at: &At<'_>, target: &str) -> bool {
    let Some(path) = resolve(&at.source.file().path, target) else { return false };
    if !path.contains(['*', '?', '{', '[']) {
        return at.tree.mode(&path).is_some();
    }
    let Ok(glob) = GlobBuilder::new(&path).literal_separator(true).build() else { return false };
    let glob = glob.compile_matcher();
    at.tree.entries().iter().any(|entry| glob.is_match(&entry.path))
}
