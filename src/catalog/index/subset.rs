//! A few files of a tree, as a tree.

use std::collections::BTreeSet;

use crate::git::{GitError, Mode};
use crate::tree::{Content, Entry, EntryKind, ReadError, Tree};

/// A tree of which only some files are entries. What is no entry can still be asked for.
pub(super) struct Subset<'t> {
    tree: &'t dyn Tree,
    entries: Vec<Entry>,
}

impl<'t> Subset<'t> {
    /// Of these paths those that are regular files.
    pub(super) fn new(tree: &'t dyn Tree, paths: &BTreeSet<&str>) -> Self {
        let files = paths.iter().filter(|path| tree.mode(path) == Some(Mode::File));
        let entry = |path: &&str| {
            let path = (*path).to_owned();
            Entry { path, kind: EntryKind::File, id: None }
        };
        Self { tree, entries: files.map(entry).collect() }
    }
}

impl Tree for Subset<'_> {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        self.tree.read(entry, limit)
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        self.tree.mode(path)
    }

    fn files(&self) -> Result<Vec<String>, GitError> {
        self.tree.files()
    }
}
