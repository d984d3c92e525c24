//! What was read before, by path and content: for many trees that are almost the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::load::{Contribution, contribute};
use super::reader::ReopenedFile;
use super::view::{Inspection, Subject};
use crate::config::Config;
use crate::git::{BlobId, GitError};
use crate::tree::{Entry, EntryKind, Tree};
use crate::yaml::Limits;

/// How many files a shelf knows before it forgets them: what they add to catalogs is small.
const MOST: usize = 50_000;

/// How many bytes of text stand open before they are closed.
const MOST_OPEN: usize = 8 << 20;

/// What files add to catalogs, and some of them as they were read, by content. One content may stand
/// at several paths.
#[derive(Default)]
pub struct Shelf {
    known: Mutex<Known>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Known {
    by_content: HashMap<BlobId, Vec<Arc<Contribution>>>,
    count: usize,
}

#[derive(Default)]
struct Open {
    by_content: HashMap<BlobId, Vec<Arc<ReopenedFile>>>,
    bytes: usize,
}

impl Shelf {
    /// What a file adds to a catalog.
    pub(super) fn contribution(
        &self,
        tree: &dyn Tree,
        entry: &Entry,
        inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
    ) -> Result<Arc<Contribution>, GitError> {
        match self.known(entry) {
            Some(known) => Ok(known),
            None => self.read(tree, entry, inspect),
        }
    }

    /// Reads files side by side, for catalogs that are made of them afterwards.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub fn fill(
        &self,
        tree: &dyn Tree,
        config: &Config,
        inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
    ) -> Result<(), GitError> {
        let own = config.path();
        let is_read =
            |entry: &&Entry| config.covers(&entry.path) && own.as_ref() != Some(&entry.path);
        let entries: Vec<&Entry> = tree.entries().iter().filter(is_read).collect();
        entries.par_iter().try_for_each(|entry| self.contribution(tree, entry, inspect).map(drop))
    }

    /// The same, read again whatever is known.
    pub(super) fn read(
        &self,
        tree: &dyn Tree,
        entry: &Entry,
        inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
    ) -> Result<Arc<Contribution>, GitError> {
        let (read, text) = contribute(tree, entry, &Limits::default(), inspect)?;
        if let (Some(id), Some((source, stream))) = (id_of(entry), text) {
            self.keep(id, Arc::new(ReopenedFile::of(source, stream)));
        }
        Ok(self.put(entry, read))
    }

    fn known(&self, entry: &Entry) -> Option<Arc<Contribution>> {
        let id = id_of(entry)?;
        let known = self.known.lock().ok()?;
        let same = known.by_content.get(&id)?;
        same.iter().find(|one| one.file.path == entry.path).cloned()
    }

    fn put(&self, entry: &Entry, read: Contribution) -> Arc<Contribution> {
        let read = Arc::new(read);
        if read.is_tied() {
            return read;
        }
        if let (Some(id), Ok(mut known)) = (id_of(entry), self.known.lock()) {
            if known.count >= MOST {
                *known = Known::default();
            }
            let same = known.by_content.entry(id).or_default();
            same.retain(|one| one.file.path != entry.path);
            same.push(Arc::clone(&read));
            known.count += 1;
        }
        read
    }

    /// A file as it was read; nothing if it must be read again.
    pub(super) fn open(&self, id: BlobId, path: &str) -> Option<Arc<ReopenedFile>> {
        let open = self.open.lock().ok()?;
        let same = open.by_content.get(&id)?;
        same.iter().find(|one| one.source.file().path == path).cloned()
    }

    /// Keeps a file as it was read, for a while.
    pub(super) fn keep(&self, id: BlobId, file: Arc<ReopenedFile>) {
        let Ok(mut open) = self.open.lock() else { return };
        if open.bytes >= MOST_OPEN {
            *open = Open::default();
        }
        open.bytes += file.source.text().len();
        open.by_content.entry(id).or_default().push(file);
    }
}

/// Only regular files are known by their content: what a link means depends on the tree.
pub(super) fn id_of(entry: &Entry) -> Option<BlobId> {
    entry.id.filter(|_| entry.kind == EntryKind::File)
}
