//! Which commit changed an entity last: the newest that changed its values, not merely its file.

use std::collections::HashMap;

use serde_json::Value;

use crate::catalog::{EntityId, Reader};
use crate::flow::ask::Asked;
use crate::git::{BlobId, Commit, Gap, Repository};
use crate::source::{File, Source};
use crate::tree::record_path;
use crate::yaml::de::from_node;
use crate::yaml::{Limits, Node, NodeKind, parse};

/// The last change of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    /// Whether it stands on disk otherwise than in the newest commit.
    pub on_disk: bool,
    /// The newest commit that changed it, or why that is not known; nothing if none did.
    pub commit: Option<Result<Commit, &'static str>>,
}

/// Asks Git for the last change of an entity; nothing where there is no repository. It walks through
/// the history, so it is for one entity, not for all.
pub fn last_change(asked: &Asked, reader: &Reader<'_>, id: EntityId) -> Option<LastChange> {
    let (workspace, catalog) = (&asked.workspace, &asked.catalog);
    let repository = workspace.repository.as_ref()?;
    let entity = catalog.entity(id);
    let path = entity.file.path.as_str();
    let (revision, path) = match (record_path(path), &workspace.records) {
        (Some(path), Some(records)) => (records.commit.as_str(), path),
        _ => (workspace.revision.as_deref().unwrap_or("HEAD"), path),
    };
    let name = catalog.names.text(entity.written);
    let mut values = Values { repository, kind: entity.kind.name, name, known: HashMap::new() };
    let own = reader.document(entity);
    let own = own.and_then(|document| from_node::<Value>(document.root()?).ok());
    let committed = values.of(repository.blob_at(revision, path));
    let on_disk = committed != own;
    if on_disk && committed.is_none() {
        return Some(LastChange { on_disk, commit: None });
    }
    let commit = newest(repository, revision, path, &mut values).transpose();
    Some(LastChange { on_disk, commit })
}

/// The newest commit that changed the entity's values; or why it is not known.
fn newest(
    repository: &Repository,
    revision: &str,
    path: &str,
    values: &mut Values<'_>,
) -> Result<Option<Commit>, &'static str> {
    let unknown = "unknown: this clone does not hold the history";
    let mut same =
        |before: Option<BlobId>, after: Option<BlobId>| values.of(before) == values.of(after);
    // A repository without a commit has nothing to tell.
    let Ok(mut history) = repository.history(revision, path, &mut same) else { return Ok(None) };
    let touch = history.next_touch();
    match (history.gap, touch) {
        (Some(Gap::Shallow), _) => Err("unknown: this is a shallow clone"),
        (Some(Gap::TooLong), _) => Err("unknown: not within the last 100 000 commits"),
        (None, Ok(touch)) => Ok(touch.map(|touch| touch.commit)),
        (None, Err(_)) => Err(unknown),
    }
}

/// The entity's value in versions of its file.
struct Values<'a> {
    repository: &'a Repository,
    kind: &'static str,
    name: &'a str,
    known: HashMap<BlobId, Option<Value>>,
}

impl Values<'_> {
    fn of(&mut self, blob: Option<BlobId>) -> Option<Value> {
        let blob = blob?;
        if let Some(known) = self.known.get(&blob) {
            return known.clone();
        }
        let value = self.repository.blob(blob).ok().and_then(|bytes| self.value_in(&bytes));
        self.known.insert(blob, value.clone());
        value
    }

    /// The document of the entity in a text: the one of its kind and name.
    fn value_in(&self, bytes: &[u8]) -> Option<Value> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let source = Source::new(File::local("history"), text);
        let stream = parse(&source, &Limits::default());
        for id in &stream.documents {
            let root = stream.arena.node(*id);
            let found = match root.kind() {
                NodeKind::Sequence => root.items().find(|item| self.is_it(*item)),
                _ => Some(root).filter(|root| self.is_it(*root)),
            };
            if let Some(found) = found {
                return from_node(found).ok();
            }
        }
        None
    }

    fn is_it(&self, root: Node<'_>) -> bool {
        let name = root.get("metadata").and_then(|metadata| metadata.get("name"));
        root.str("kind") == Some(self.kind)
            && name.and_then(Node::text).is_some_and(|name| name.eq_ignore_ascii_case(self.name))
    }
}
