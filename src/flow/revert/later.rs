//! Who made the later edit that stands in the way.

use std::collections::HashMap;

use super::named::is_it;
use crate::catalog::roots;
use crate::change::Hindrance;
use crate::git::{BlobId, Commit, Repository};
use crate::source::{File, Source};
use crate::yaml::{Limits, Node, NodeKind, Pointer, parse};

/// Who edited something since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Later {
    /// A commit.
    Commit(Commit),
    /// Nobody has committed it.
    Uncommitted,
}

/// The newest commit that changed what a hindrance is about.
pub(super) fn of(repository: &Repository, kind: &str, hindrance: &Hindrance) -> Option<Later> {
    let standing = hindrance.standing.as_ref()?;
    let pointer = hindrance.pointer.clone().unwrap_or_else(Pointer::root);
    let mut values = Values {
        repository,
        kind,
        reference: &hindrance.reference,
        pointer: &pointer,
        known: HashMap::new(),
    };
    let path = standing.file.path.as_str();
    let there = hindrance.found.as_ref().map(|found| found.value.to_json());
    let committed = values.of(repository.blob_at("HEAD", path));
    if hindrance.pointer.is_some() && committed.json != there && !pointer.as_str().contains("/[") {
        return Some(Later::Uncommitted);
    }
    let mut same = |a: Option<BlobId>, b: Option<BlobId>| values.of(a).text == values.of(b).text;
    let mut history = repository.history("HEAD", path, &mut same).ok()?;
    let touch = history.next_touch().ok()?;
    touch.map(|touch| Later::Commit(touch.commit))
}

/// The newest commit that changed a file.
pub(super) fn of_file(repository: &Repository, path: &str, now: Option<BlobId>) -> Option<Later> {
    if repository.blob_at("HEAD", path) != now {
        return Some(Later::Uncommitted);
    }
    let mut same = |_: Option<BlobId>, _: Option<BlobId>| false;
    let mut history = repository.history("HEAD", path, &mut same).ok()?;
    history.next_touch().ok()?.map(|touch| Later::Commit(touch.commit))
}

#[derive(Debug, Clone, Default)]
struct Held {
    json: Option<serde_json::Value>,
    /// The value as it is written, for what JSON cannot tell apart.
    text: Option<String>,
}

struct Values<'a> {
    repository: &'a Repository,
    kind: &'a str,
    reference: &'a str,
    pointer: &'a Pointer,
    known: HashMap<BlobId, Held>,
}

impl Values<'_> {
    fn of(&mut self, blob: Option<BlobId>) -> Held {
        let Some(blob) = blob else { return Held::default() };
        if let Some(known) = self.known.get(&blob) {
            return known.clone();
        }
        let bytes = self.repository.blob(blob).unwrap_or_default();
        let held = self.held(&bytes).unwrap_or_default();
        self.known.insert(blob, held.clone());
        held
    }

    fn held(&self, bytes: &[u8]) -> Option<Held> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let source = Source::new(File::local("history"), text);
        let stream = parse(&source, &Limits::default());
        let all = roots(&stream);
        let root = all.into_iter().map(|(root, _)| root);
        let root = root.into_iter().find(|root| is_it(*root, self.kind, self.reference))?;
        let node = self.pointer.tokens().try_fold(root, |node, token| step(node, &token))?;
        let json = crate::yaml::schema::value(node);
        Some(Held { text: Some(json.to_string()), json: Some(json) })
    }
}

/// A key of a mapping, or an item of a list by its name.
fn step<'n>(node: Node<'n>, token: &str) -> Option<Node<'n>> {
    if node.kind() != NodeKind::Sequence {
        return node.get(token);
    }
    let name = token.strip_prefix('[')?.strip_suffix(']')?;
    let named = |item: &Node<'_>| match item.kind() {
        NodeKind::Mapping => item.entries().any(|(_, value)| value.text() == Some(name)),
        _ => item.text() == Some(name),
    };
    node.items().find(named)
}
