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
        let whole = [String::new()];
        let folders = if folders.is_empty() { &whole } else { folders };
        let mut entries = Vec::new();
        for folder in folders {
            for file in snapshot.files(folder, &is_entry)? {
                entries.push(entry_of(file));
            }
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        Ok(Self { snapshot, entries })
    }

    /// A revision of which nothing is listed: its files are found by their paths.
    ///
    /// # Errors
    ///
    /// The revision does not exist.
    pub fn unlisted(repository: &Repository, revision: &str) -> Result<Self, GitError> {
        let snapshot = Snapshot::of(repository, revision)?;
        Ok(Self { snapshot, entries: Vec::new() })
    }

    /// The id of its Git tree in hexadecimal.
    ///
    /// # Errors
    ///
    /// The commit is not in this clone.
    pub fn tree(&self) -> Result<String, GitError> {
        self.snapshot.tree()
    }

    /// Another commit of the same repository, by its id, of which nothing is listed either: what it
    /// takes to read is shared.
    ///
    /// # Errors
    ///
    /// That is no id.
    pub fn beside(&self, commit: &str) -> Result<Self, GitError> {
        Ok(Self { snapshot: self.snapshot.beside(commit)?, entries: Vec::new() })
    }

    /// The commit's id in hexadecimal.
    pub fn commit(&self) -> String {
        self.snapshot.commit()
    }
}

fn is_entry(path: &str, mode: Mode) -> bool {
    match mode {
        Mode::File => is_yaml(path),
        Mode::Symlink => true,
        Mode::Submodule | Mode::Directory => false,
    }
}

fn entry_of(file: SnapshotFile) -> Entry {
    let kind = match file.mode {
        Mode::Symlink => EntryKind::Symlink,
        _ => EntryKind::File,
    };
    Entry { path: file.path, kind, id: Some(file.id) }
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

    fn find(&self, paths: &[String]) -> Result<Vec<Entry>, GitError> {
        let found = self.snapshot.files_at(paths)?.into_iter();
        Ok(found.filter(|file| is_entry(&file.path, file.mode)).map(entry_of).collect())
    }
}
