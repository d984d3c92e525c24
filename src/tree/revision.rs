//! The files of a commit.

use super::{Content, Entry, EntryKind, ReadError, Tree, is_yaml};
use crate::git::{GitError, Mode, Repository, Snapshot, SnapshotFile};

/// A tree that a revision names.
pub struct Revision {
    snapshot: Snapshot,
    entries: Vec<Entry>,
}

impl Revision {
    /// Lists what a revision holds below `folders` (all of it if there are none).
    ///
    /// # Errors
    ///
    /// The revision does not exist, or its trees are not in this clone.
    pub fn open(
        repository: &Repository,
        revision: &str,
        folders: &[String],
    ) -> Result<Self, GitError> {
        let snapshot = Snapshot::of(repository, revision)?;
        let wanted = |path: &str, mode: Mode| match mode {
            Mode::File => is_yaml(path),
            Mode::Symlink => true,
            Mode::Submodule | Mode::Directory => false,
        };
        let whole = [String::new()];
        let folders = if folders.is_empty() { &whole } else { folders };
        let mut entries = Vec::new();
        for folder in folders {
            for file in snapshot.files(folder, &wanted)? {
                let kind = match file.mode {
                    Mode::Symlink => EntryKind::Symlink,
                    _ => EntryKind::File,
                };
                entries.push(Entry { path: file.path, kind, id: Some(file.id) });
            }
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        Ok(Self { snapshot, entries })
    }

    /// The commit's id in hexadecimal.
    pub fn commit(&self) -> String {
        self.snapshot.commit()
    }
}

impl Tree for Revision {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        let file = match entry.id {
            Some(id) => Some(SnapshotFile { path: entry.path.clone(), mode: Mode::File, id }),
            // What is no entry, such as a page beside the catalog.
            None => self.snapshot.file(&entry.path),
        };
        let Some(file) = file else {
            return Err(ReadError::Refused("not a file of this commit".to_owned()));
        };
        let (bytes, size) = self.snapshot.read(&file, limit)?;
        Ok(Content { bytes, size })
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        self.snapshot.mode(path)
    }

    fn files(&self) -> Result<Vec<String>, GitError> {
        let all = self.snapshot.files("", &|_, mode| matches!(mode, Mode::File | Mode::Symlink))?;
        Ok(all.into_iter().map(|file| file.path).collect())
    }
}
