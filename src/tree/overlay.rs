//! A tree with some of its files changed, as it would be if they were written.
//!
//! It remembers what it was read as, so that whoever wants to change a file can tell whether the
//! file is still the one that was looked at.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

use super::{Content, Entry, EntryKind, ReadError, Tree};
use crate::git::{GitError, Mode};

/// Another tree, with other content for some of its files.
pub struct Overlay {
    under: Arc<dyn Tree>,
    changed: BTreeMap<String, String>,
    /// The digest of each file that was read from the other tree; nothing for one that was not
    /// the same each time.
    seen: Mutex<HashMap<String, Option<[u8; 32]>>>,
}

impl Overlay {
    /// A tree in which the files at some paths hold something else.
    pub fn new(under: Arc<dyn Tree>, changed: BTreeMap<String, String>) -> Self {
        Self { under, changed, seen: Mutex::default() }
    }

    /// The files that hold something else, and what.
    pub fn changed(&self) -> &BTreeMap<String, String> {
        &self.changed
    }

    /// The same with one more file changed, and nothing read yet.
    #[must_use]
    pub fn with(&self, files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut changed = self.changed.clone();
        changed.extend(files);
        Self::new(Arc::clone(&self.under), changed)
    }

    /// What a file holds, if it is text and what it was each time that it was read.
    pub fn unchanged_text(&self, entry: &Entry, limit: u64) -> Option<String> {
        if let Some(text) = self.changed.get(&entry.path) {
            return Some(text.clone());
        }
        let content = self.under.read(entry, limit).ok()?;
        let known = self.seen.lock().ok()?.get(&entry.path).copied().flatten();
        let same = content.is_whole() && known == Some(digest(&content));
        String::from_utf8(content.bytes).ok().filter(|_| same)
    }

    fn remember(&self, entry: &Entry, content: &Content) {
        // What was read in part was not judged.
        if entry.kind != EntryKind::File || !content.is_whole() {
            return;
        }
        let new = Some(digest(content));
        if let Ok(mut seen) = self.seen.lock() {
            let known = seen.entry(entry.path.clone()).or_insert(new);
            *known = new.filter(|_| *known == new);
        }
    }
}

impl Content {
    fn is_whole(&self) -> bool {
        self.bytes.len() as u64 == self.size
    }
}

fn digest(content: &Content) -> [u8; 32] {
    Sha256::digest(&content.bytes).into()
}

impl Tree for Overlay {
    fn entries(&self) -> &[Entry] {
        self.under.entries()
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        if let Some(text) = self.changed.get(&entry.path) {
            let kept = text.len().min(usize::try_from(limit).unwrap_or(usize::MAX));
            let bytes = text.as_bytes()[..kept].to_vec();
            return Ok(Content { bytes, size: text.len() as u64 });
        }
        let content = self.under.read(entry, limit)?;
        self.remember(entry, &content);
        Ok(content)
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        self.under.mode(path)
    }

    fn files(&self) -> Result<Vec<String>, GitError> {
        self.under.files()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::tree::Memory;

    #[test]
    fn a_changed_file_is_read_as_changed_and_others_as_they_are() {
        let under = Arc::new(Memory::new([("a.yaml", "a: 1"), ("b.yaml", "b: 1")]));
        let tree = Overlay::new(under, BTreeMap::new());
        let tree = tree.with([("a.yaml".to_owned(), "a: 23".to_owned())]);
        let read = |number: usize, limit| tree.read(&tree.entries()[number], limit).unwrap();
        assert_eq!(read(0, 99), Content { bytes: b"a: 23".to_vec(), size: 5 });
        assert_eq!(read(0, 2), Content { bytes: b"a:".to_vec(), size: 5 });
        assert_eq!(read(1, 99).bytes, b"b: 1");
        assert_eq!(tree.mode("a.yaml"), Some(Mode::File));
    }

    /// A tree whose file is another one each time it is read, from the second time on.
    struct Restless(Memory, AtomicUsize);

    impl Tree for Restless {
        fn entries(&self) -> &[Entry] {
            self.0.entries()
        }
        fn read(&self, _: &Entry, _: u64) -> Result<Content, ReadError> {
            let number = self.1.fetch_add(1, Ordering::SeqCst).saturating_sub(1);
            let bytes = format!("a: {number}").into_bytes();
            Ok(Content { size: bytes.len() as u64, bytes })
        }
        fn mode(&self, path: &str) -> Option<Mode> {
            self.0.mode(path)
        }
        fn files(&self) -> Result<Vec<String>, GitError> {
            self.0.files()
        }
    }

    #[test]
    fn a_file_that_is_not_what_was_read_is_not_given() {
        let restless = || Restless(Memory::new([("a.yaml", "")]), AtomicUsize::new(0));
        let tree = Overlay::new(Arc::new(restless()), BTreeMap::new());
        let entry = tree.entries()[0].clone();
        tree.read(&entry, 99).unwrap();
        assert_eq!(tree.unchanged_text(&entry, 99).as_deref(), Some("a: 0"));
        assert_eq!(tree.unchanged_text(&entry, 99), None, "it is another one now");
        let tree = Overlay::new(Arc::new(restless()), BTreeMap::new());
        for _ in 0..3 {
            tree.read(&entry, 99).unwrap();
        }
        assert_eq!(tree.unchanged_text(&entry, 99), None, "it was judged while it changed");
        let tree = Overlay::new(Arc::new(restless()), BTreeMap::new());
        assert_eq!(tree.unchanged_text(&entry, 99), None, "nobody has judged it");
    }
}
