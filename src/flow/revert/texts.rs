//! What files are to hold so that a change is taken back: as they were where nobody touched them,
//! merged line by line where that gives the right values, and else edited value by value.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::change::{Document, Removed, Restored, Side, Wanted, rewrite};
use crate::git::{BlobId, ChangedPath, Contents, GitError, Mode, Repository, Version, merge_texts};
use crate::yaml::Pointer;

/// What becomes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Made {
    /// It stays as it is.
    Kept,
    /// It becomes what it was, to the byte.
    Exact(Option<Version>),
    /// It becomes what merging lines gives.
    Merged(Version),
    /// It becomes what editing values gives.
    Edited(Option<Version>),
    /// Nobody can say.
    Stuck(String),
}

/// A document that stays.
#[derive(Debug)]
struct Update {
    number: u32,
    /// The fields that it gets.
    fields: Fields,
    /// Where it stood before the change.
    old: Option<(String, u32)>,
    /// The file that it stood in after it.
    made: Option<String>,
}

/// Edits of the documents of one file.
#[derive(Debug, Default)]
pub(super) struct Task {
    documents: Vec<Update>,
    removed: Vec<Removed>,
    /// Where documents stood that come back.
    restored: Vec<(String, u32)>,
    /// Why its documents are better not edited.
    stuck: Option<String>,
}

impl Task {
    /// Whether documents come or go.
    pub(super) fn moves_documents(&self) -> bool {
        !self.removed.is_empty() || !self.restored.is_empty()
    }
}

type Fields = Vec<(Pointer, Option<crate::change::Located>)>;

/// The contents that files have and had.
pub(super) struct Files<'r> {
    pub(super) repository: &'r Repository,
    /// The commit before the change.
    pub(super) before: &'r str,
    /// The commit that it led to.
    pub(super) after: &'r str,
    /// What files hold now, of those that are not as HEAD has them or were changed since.
    pub(super) now: BTreeMap<String, Option<Version>>,
    pub(super) contents: Contents,
}

impl Files<'_> {
    /// What stands at a path now.
    pub(super) fn at(&self, path: &str) -> Option<Version> {
        match self.now.get(path) {
            Some(known) => *known,
            None => {
                let blob = self.repository.blob_at("HEAD", path)?;
                Some(Version { bits: 0o100_644, blob })
            }
        }
    }

    pub(super) fn bytes(&self, blob: BlobId) -> Result<Arc<[u8]>, GitError> {
        match self.contents.get(&blob) {
            Some(known) => Ok(Arc::clone(known)),
            None => Ok(self.repository.blob(blob)?.into()),
        }
    }

    fn text(&self, version: Option<Version>) -> Option<String> {
        let version = version.filter(|one| Mode::from_bits(one.bits) == Mode::File)?;
        String::from_utf8(self.bytes(version.blob).ok()?.to_vec()).ok()
    }

    fn text_at(&self, commit: &str, path: &str) -> Option<String> {
        let blob = self.repository.blob_at(commit, path)?;
        String::from_utf8(self.repository.blob(blob).ok()?).ok()
    }

    fn keep(&mut self, bits: u32, bytes: Vec<u8>) -> Result<Version, GitError> {
        let blob = BlobId::of(&bytes)?;
        self.contents.insert(blob, bytes.into());
        Ok(Version { bits, blob })
    }

    /// What a file becomes by its lines.
    pub(super) fn by_lines(&mut self, changed: &ChangedPath) -> Result<Made, GitError> {
        let now = self.at(&changed.path);
        if now == changed.before {
            return Ok(Made::Kept);
        }
        if now == changed.after {
            return Ok(match links(&[now, changed.before]) {
                Some(reason) => Made::Stuck(reason.to_owned()),
                None => Made::Exact(changed.before),
            });
        }
        let stuck = |reason: &str| Ok(Made::Stuck(reason.to_owned()));
        let (Some(was), Some(made), Some(now)) = (changed.before, changed.after, now) else {
            return stuck(match now {
                None => "it is gone",
                Some(_) if changed.after.is_none() => "something else stands there now",
                Some(_) => "it was edited since",
            });
        };
        if let Some(reason) = links(&[Some(made), Some(now), Some(was)]) {
            return stuck(reason);
        }
        let bits = if now.bits == made.bits { was.bits } else { now.bits };
        let [made, ours, was] =
            [self.bytes(made.blob)?, self.bytes(now.blob)?, self.bytes(was.blob)?];
        match merge_texts(&made, &ours, &was)? {
            Some(merged) => Ok(Made::Merged(self.keep(bits, merged)?)),
            None => stuck("the same lines were edited since"),
        }
    }

    /// What a file becomes by its values.
    ///
    /// # Errors
    ///
    /// Git cannot deliver what it held.
    pub(super) fn by_values<'t>(
        &mut self,
        path: &str,
        task: &'t Task,
        order: &Order,
    ) -> Result<Made, GitError> {
        if let Some(reason) = &task.stuck {
            return Ok(Made::Stuck(reason.clone()));
        }
        let now = self.at(path);
        let text = match (self.text(now), now) {
            (Some(text), _) => text,
            (None, None) => String::new(),
            (None, Some(_)) => {
                return Ok(Made::Stuck("something else stands there now".to_owned()));
            }
        };
        let old_paths = task.documents.iter().filter_map(|one| one.old.as_ref());
        let old_paths = old_paths.chain(&task.restored).map(|(path, _)| path.as_str());
        let texts = |commit: &str, paths: &mut dyn Iterator<Item = &'t str>| {
            let text = |path: &'t str| Some((path, self.text_at(commit, path)?));
            paths.filter_map(text).collect::<BTreeMap<&str, String>>()
        };
        let olds = texts(self.before, &mut { old_paths });
        let made_paths = task.documents.iter().filter_map(|one| one.made.as_deref());
        let mades = texts(self.after, &mut { made_paths });
        let documents: Vec<Document<'_>> = task
            .documents
            .iter()
            .map(|one| Document {
                number: one.number,
                fields: &one.fields,
                old: one
                    .old
                    .as_ref()
                    .and_then(|(path, at)| Some((olds.get(path.as_str())?.as_str(), *at))),
                made: one.made.as_deref().and_then(|path| mades.get(path)).map(String::as_str),
            })
            .collect();
        let mut restored: Vec<(&String, u32)> =
            task.restored.iter().map(|(path, number)| (path, *number)).collect();
        restored.sort_unstable();
        let restored: Vec<Restored<'_>> = restored
            .into_iter()
            .filter_map(|(old, number)| {
                let text = olds.get(old.as_str())?;
                Some(Restored { old: text, number, behind: order.behind(old, number, path) })
            })
            .collect();
        if restored.len() != task.restored.len() {
            return Ok(Made::Stuck("its former text is not in this clone".to_owned()));
        }
        let made = match rewrite(&text, &documents, &task.removed, &restored) {
            Ok(made) => made,
            Err(stuck) => return Ok(Made::Stuck(stuck.to_string())),
        };
        if made.is_empty() {
            return Ok(Made::Edited(None));
        }
        let bits = now.map_or(0o100_644, |now| now.bits);
        Ok(Made::Edited(Some(self.keep(bits, made.into_bytes())?)))
    }
}

/// Why what stands at a path is left alone: gitsm makes and takes away files, and nothing else.
fn links(versions: &[Option<Version>]) -> Option<&'static str> {
    let mut modes = versions.iter().flatten().map(|one| Mode::from_bits(one.bits));
    modes.find_map(|mode| match mode {
        Mode::File => None,
        Mode::Symlink => Some("it is or was a symbolic link, and gitsm makes none"),
        Mode::Submodule => Some("it is or was a submodule, and gitsm moves none"),
        Mode::Directory => Some("it is no file, or was none"),
    })
}

/// Which documents stood before others before the change, and where those are today.
pub(super) struct Order(BTreeMap<(String, u32), (String, u32)>);

impl Order {
    pub(super) fn of(base: &Catalog, now: &Catalog) -> Self {
        let mut today: BTreeMap<(&str, &str), (String, u32)> = BTreeMap::new();
        for (_, entity) in now.entities() {
            let at = (entity.file.path.clone(), entity.document);
            today.entry((entity.file.path.as_str(), now.canonical(entity))).or_insert(at);
        }
        let known = base.entities().filter_map(|(_, entity)| {
            let name = base.canonical(entity);
            let at = today.get(&(entity.file.path.as_str(), name))?.clone();
            Some(((entity.file.path.clone(), entity.document), at))
        });
        Self(known.collect())
    }

    /// The document of today behind which one comes back.
    fn behind(&self, old: &str, number: u32, path: &str) -> Option<u32> {
        let start = (old.to_owned(), 0);
        let end = (old.to_owned(), number);
        let earlier = self.0.range(start..end).rev().map(|(_, today)| today);
        earlier.into_iter().find(|(today, _)| today == path).map(|(_, number)| *number)
    }
}

/// The edits of documents by the file that they stand in.
pub(super) fn tasks(present: &Side<'_>, wanted: &[Wanted]) -> BTreeMap<String, Task> {
    let mut tasks: BTreeMap<String, Task> = BTreeMap::new();
    for one in wanted {
        let old = one.was.as_ref().map(|was| (was.file.path.clone(), was.document));
        match (&one.name, &one.value) {
            (None, _) => {
                if let Some((path, number)) = old {
                    tasks.entry(path.clone()).or_default().restored.push((path, number));
                }
            }
            (Some(name), None) => {
                for (path, number) in documents(present, name) {
                    tasks.entry(path).or_default().removed.push(Removed(number));
                }
            }
            (Some(name), Some(_)) => {
                let made = one.became.as_ref().map(|became| became.file.path.as_str());
                update(present, name, &one.fields, (old, made), &mut tasks);
            }
        }
    }
    tasks
}

/// The documents of an entity: its own first.
fn documents(present: &Side<'_>, name: &str) -> Vec<(String, u32)> {
    let catalog = present.catalog;
    let Some(reference) = catalog.names.find(name) else { return Vec::new() };
    let Some(own) = catalog.principal(reference) else { return Vec::new() };
    let all = std::iter::once(own).chain(catalog.extensions(own));
    let place = |id| {
        let entity = catalog.entity(id);
        (entity.file.path.clone(), entity.document)
    };
    all.map(place).collect()
}

fn update(
    present: &Side<'_>,
    name: &str,
    fields: &Fields,
    (old, made): (Option<(String, u32)>, Option<&str>),
    tasks: &mut BTreeMap<String, Task>,
) {
    let catalog = present.catalog;
    let Some(reference) = catalog.names.find(name) else { return };
    let Some(own) = catalog.principal(reference) else { return };
    let ids: Vec<_> = std::iter::once(own).chain(catalog.extensions(own)).collect();
    let mut by_document: BTreeMap<usize, Fields> = BTreeMap::new();
    for (pointer, value) in fields {
        let holds = |id: &&crate::catalog::EntityId| {
            let document = present.reader.document(catalog.entity(**id));
            document.is_some_and(|one| one.root().is_some_and(|root| root.at(pointer).is_some()))
        };
        let holders: Vec<usize> = match ids.len() {
            1 => vec![0],
            _ => ids.iter().enumerate().filter(|(_, id)| holds(id)).map(|(at, _)| at).collect(),
        };
        let at = match holders.as_slice() {
            [] => ids.iter().position(|id| {
                old.as_ref().is_some_and(|(path, _)| *path == catalog.entity(*id).file.path)
            }),
            [one] => Some(*one),
            _ => None,
        };
        match at.or(holders.is_empty().then_some(0)) {
            Some(at) => by_document.entry(at).or_default().push((pointer.clone(), value.clone())),
            None => {
                let path = catalog.entity(own).file.path.clone();
                let reason = format!("{pointer} is put together from several documents");
                tasks.entry(path).or_default().stuck = Some(reason);
            }
        }
    }
    for (at, fields) in by_document {
        let Some(entity) = ids.get(at).map(|id| catalog.entity(*id)) else { continue };
        let task = tasks.entry(entity.file.path.clone()).or_default();
        let old = if at == 0 || ids.len() == 1 { old.clone() } else { None };
        let made = old.as_ref().and(made).map(str::to_owned);
        task.documents.push(Update { number: entity.document, fields, old, made });
    }
}
