//! What documents say in Markdown, and whom they name there.

use std::ops::Range;

use crate::markdown::{candidates, mentions, names::kind_of};
use crate::model::{EntityRef, Kind, kind_named, parse_reference, prose};
use crate::yaml::{Node, NodeKind, Pointer};

/// Shows every Markdown text of a document.
pub fn texts<'a>(kind: &Kind, root: Node<'a>, visit: &mut dyn FnMut(Pointer, Node<'a>)) {
    for path in prose(kind) {
        descend(root, path, &Pointer::root(), visit);
    }
}

fn descend<'a>(
    node: Node<'a>,
    path: &[&str],
    pointer: &Pointer,
    visit: &mut dyn FnMut(Pointer, Node<'a>),
) {
    let Some((step, rest)) = path.split_first() else {
        if node.as_str().is_some() {
            visit(pointer.clone(), node);
        }
        return;
    };
    if *step == "*" && node.kind() == NodeKind::Sequence {
        for (number, item) in node.items().enumerate() {
            descend(item, rest, &pointer.join(number), visit);
        }
    } else if let Some(value) = node.get(step) {
        descend(value, rest, &pointer.join(*step), visit);
    }
}

/// The entities that a Markdown text names with their kinds, each with its bytes, whether there are
/// such entities or not.
pub fn named<'t>(text: &'t str, namespace: &str) -> Vec<(Range<usize>, &'t str, EntityRef)> {
    let is_kind = |name: &str| kind_named(kind_of(name)).is_some();
    // Hardly any text names one, and reading Markdown takes longer than seeing that.
    if !candidates(text).any(|(_, name)| is_kind(name)) {
        return Vec::new();
    }
    let found = mentions(text).filter(|(_, name)| is_kind(name));
    let found = found
        .filter_map(|(at, name)| Some((at, name, parse_reference(name, None, namespace).ok()?)));
    found.collect()
}

/// The entities that a document names in its Markdown, each once.
pub(super) fn mentioned(kind: &Kind, root: Node<'_>, namespace: &str) -> Vec<EntityRef> {
    let mut all = Vec::new();
    texts(kind, root, &mut |_, node| {
        let text = node.as_str().unwrap_or_default();
        all.extend(named(text, namespace).into_iter().map(|(_, _, reference)| reference));
    });
    all.sort();
    all.dedup();
    all
}
