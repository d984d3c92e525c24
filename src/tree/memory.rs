//! Files that exist in memory only: for tests, editors and what-if questions.

use std::collections::BTreeMap;

use super::{Content, Entry, EntryKind, ReadError, Tree, is_yaml};
use crate::git::Mode;

/// A tree of texts by path.
#[derive(Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    entries: Vec<Entry>,
}

impl Memory {
    /// A tree of these paths and contents.
    pub fn new<P: Into<String>, C: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, C)>) -> Self {
        let files: BTreeMap<String, Vec<u8>> =
            files.into_iter().map(|(path, content)| (path.into(), content.into())).collect();
        let entries = files
            .keys()
            .filter(|path| is_yaml(path))
            .map(|path| Entry { path: path.clone(), kind: EntryKind::File, id: None })
            .collect();
        Self { files, entries }
    }
}

impl Tree for Memory {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        let Some(bytes) = self.files.get(&entry.path) else {
            return Err(ReadError::Refused("no such file".to_owned()));
        };
        let kept = bytes.len().min(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(Content { bytes: bytes[..kept].to_vec(), size: bytes.len() as u64 })
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        if self.files.contains_key(path) {
            return Some(Mode::File);
        }
        let folder = format!("{path}/");
        let below = self.files.range(folder.clone()..).next()?;
        below.0.starts_with(&folder).then_some(Mode::Directory)
    }
}
