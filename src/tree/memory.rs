//! Files that exist in memory only: for tests, editors and what-if questions.

use std::collections::BTreeMap;

use super::{Content, Entry, EntryKind, ReadError, Tree, is_yaml};
use crate::git::{GitError, Mode};

/// A tree of texts by path.
#[derive(Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Item>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
enum Item {
    File(Vec<u8>),
    Link(String),
    Refused(String),
}

impl Memory {
    /// A tree of these paths and contents.
    pub fn new<P: Into<String>, C: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, C)>) -> Self {
        let mut tree = Self::default();
        for (path, content) in files {
            tree = tree.file(path, content);
        }
        tree
    }

    /// The same with one file more.
    #[must_use]
    pub fn file(self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.item(path.into(), Item::File(content.into()))
    }

    /// The same with a symbolic link more.
    #[must_use]
    pub fn link(self, path: impl Into<String>, target: impl Into<String>) -> Self {
        self.item(path.into(), Item::Link(target.into()))
    }

    /// The same with a file more that cannot be read.
    #[must_use]
    pub fn refused(self, path: impl Into<String>, reason: impl Into<String>) -> Self {
        self.item(path.into(), Item::Refused(reason.into()))
    }

    fn item(mut self, path: String, item: Item) -> Self {
        self.files.insert(path, item);
        let kind = |item: &Item| match item {
            Item::Link(_) => EntryKind::Symlink,
            Item::File(_) | Item::Refused(_) => EntryKind::File,
        };
        let entries = self.files.iter().filter(|(path, _)| is_yaml(path));
        self.entries = entries
            .map(|(path, item)| Entry { path: path.clone(), kind: kind(item), id: None })
            .collect();
        self
    }
}

impl Tree for Memory {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        let bytes = match self.files.get(&entry.path) {
            Some(Item::File(bytes)) => bytes.as_slice(),
            Some(Item::Link(target)) => target.as_bytes(),
            Some(Item::Refused(reason)) => return Err(ReadError::Refused(reason.clone())),
            None => return Err(ReadError::Refused("no such file".to_owned())),
        };
        let kept = bytes.len().min(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(Content { bytes: bytes[..kept].to_vec(), size: bytes.len() as u64 })
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        match self.files.get(path) {
            Some(Item::Link(_)) => return Some(Mode::Symlink),
            Some(_) => return Some(Mode::File),
            None => {}
        }
        let folder = format!("{path}/");
        let below = self.files.range(folder.clone()..).next()?;
        below.0.starts_with(&folder).then_some(Mode::Directory)
    }

    fn files(&self) -> Result<Vec<String>, GitError> {
        Ok(self.files.keys().cloned().collect())
    }
}
