//! A tree with some of its paths changed, added or taken away: what a merge would give.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, OnceLock};

use super::{Content, Entry, EntryKind, ReadError, Tree, is_yaml};
use crate::git::{ChangedPath, Contents, GitError, Mode, Version};

/// Another tree, with other files at some paths.
///
/// Contents that are not given are asked of the other tree by their id; so that should be the tree
/// of a commit, unless all are given.
pub struct Patched {
    under: Arc<dyn Tree>,
    /// What stands at each changed path now.
    changed: BTreeMap<String, Option<Version>>,
    contents: Contents,
    entries: Vec<Entry>,
    /// The other tree's files, listed if somebody must know whether a folder is empty now.
    files_under: OnceLock<Vec<String>>,
}

impl Patched {
    /// A tree with these paths as they are after the change. Its entries are those of the other
    /// tree, as far as that is listed, and the changed ones.
    pub fn new(under: Arc<dyn Tree>, changes: &[ChangedPath], contents: Contents) -> Self {
        let changed: BTreeMap<String, Option<Version>> =
            changes.iter().map(|change| (change.path.clone(), change.after)).collect();
        let kept = under.entries().iter().filter(|entry| !changed.contains_key(&entry.path));
        let new = changed.iter().filter_map(|(path, new)| entry_of(path, (*new)?));
        let mut entries: Vec<Entry> = kept.cloned().chain(new).collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Self { under, changed, contents, entries, files_under: OnceLock::new() }
    }

    /// The changed paths below a folder, and what stands there.
    fn below<'t>(&'t self, folder: &'t str) -> impl Iterator<Item = (&'t String, Option<Version>)> {
        let start = Bound::Excluded(folder.to_owned());
        let range = self.changed.range((start, Bound::Unbounded));
        // Others, such as `folder-a`, may stand before those with a slash.
        let near = range.take_while(move |(path, _)| path.starts_with(folder));
        let is_below = move |path: &str| path.as_bytes().get(folder.len()) == Some(&b'/');
        near.filter(move |(path, _)| is_below(path)).map(|(path, new)| (path, *new))
    }

    /// Whether a folder of the other tree still holds a file that the change leaves alone.
    fn keeps_files(&self, folder: &str) -> bool {
        let files = self.files_under.get_or_init(|| self.under.files().unwrap_or_default());
        let prefix = format!("{folder}/");
        let start = files.partition_point(|path| *path < prefix);
        let below = files.iter().skip(start).take_while(|path| path.starts_with(&prefix));
        below.into_iter().any(|path| !self.changed.contains_key(path))
    }
}

fn entry_of(path: &str, version: Version) -> Option<Entry> {
    let kind = match Mode::from_bits(version.bits) {
        Mode::File if is_yaml(path) => EntryKind::File,
        Mode::Symlink => EntryKind::Symlink,
        Mode::File | Mode::Submodule | Mode::Directory => return None,
    };
    Some(Entry { path: path.to_owned(), kind, id: Some(version.blob) })
}

impl Tree for Patched {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        let Some(new) = self.changed.get(&entry.path) else {
            return self.under.read(entry, limit);
        };
        let Some(new) = new.filter(|new| Mode::from_bits(new.bits) != Mode::Submodule) else {
            return Err(ReadError::Refused("not a file after the change".to_owned()));
        };
        if let Some(bytes) = self.contents.get(&new.blob) {
            let kept = bytes.len().min(usize::try_from(limit).unwrap_or(usize::MAX));
            let kept = bytes.get(..kept).unwrap_or_default().to_vec();
            return Ok(Content { bytes: kept, size: bytes.len() as u64 });
        }
        let entry = Entry { id: Some(new.blob), ..entry.clone() };
        self.under.read(&entry, limit)
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        if let Some(Some(new)) = self.changed.get(path) {
            return Some(Mode::from_bits(new.bits));
        }
        if self.below(path).any(|(_, new)| new.is_some()) {
            return Some(Mode::Directory);
        }
        if self.changed.contains_key(path) {
            return None;
        }
        let under = self.under.mode(path)?;
        let is_emptied = under == Mode::Directory
            && self.below(path).next().is_some()
            && !self.keeps_files(path);
        (!is_emptied).then_some(under)
    }

    fn files(&self) -> Result<Vec<String>, GitError> {
        let is_file = |new: &Option<Version>| {
            let mode = new.map(|new| Mode::from_bits(new.bits));
            matches!(mode, Some(Mode::File | Mode::Symlink))
        };
        let mut files = self.under.files()?;
        files.retain(|path| !self.changed.contains_key(path));
        files.extend(
            self.changed.iter().filter(|(_, new)| is_file(new)).map(|(path, _)| path.clone()),
        );
        files.sort();
        Ok(files)
    }

    fn find(&self, paths: &[String]) -> Result<Vec<Entry>, GitError> {
        let (changed, same): (Vec<&String>, Vec<&String>) =
            paths.iter().partition(|path| self.changed.contains_key(*path));
        let same: Vec<String> = same.into_iter().cloned().collect();
        let mut found = self.under.find(&same)?;
        let new = |path: &String| entry_of(path, (*self.changed.get(path)?)?);
        found.extend(changed.into_iter().filter_map(new));
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found.dedup();
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::BlobId;
    use crate::tree::Memory;

    fn patched() -> Patched {
        let under =
            Memory::new([("a/x.yaml", "x"), ("b/y.yaml", "y"), ("b/z.txt", "z"), ("c", "c")]);
        let mut contents = Contents::new();
        let mut changes = Vec::new();
        let mut change = |path: &str, text: Option<&str>| {
            let after = text.map(|text| {
                let blob = BlobId::of(text.as_bytes()).unwrap();
                contents.insert(blob, text.as_bytes().into());
                Version { bits: 0o100_644, blob }
            });
            changes.push(ChangedPath { path: path.to_owned(), before: None, after });
        };
        change("a/x.yaml", None);
        change("b/y.yaml", Some("new"));
        change("c", None);
        change("c/d.yaml", Some("d"));
        Patched::new(Arc::new(under), &changes, contents)
    }

    #[test]
    fn paths_are_changed_added_and_taken_away() {
        let tree = patched();
        let paths: Vec<&str> = tree.entries().iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(paths, ["b/y.yaml", "c/d.yaml"]);
        let content = tree.read(&tree.entries()[0], 2).unwrap();
        assert_eq!((content.bytes.as_slice(), content.size), (b"ne".as_slice(), 3));
        assert_eq!(tree.files().unwrap(), ["b/y.yaml", "b/z.txt", "c/d.yaml"]);
    }

    #[test]
    fn folders_come_and_go_with_their_files() {
        let tree = patched();
        assert_eq!(tree.mode("a"), None, "its only file is gone");
        assert_eq!(tree.mode("a/x.yaml"), None);
        assert_eq!(tree.mode("b"), Some(Mode::Directory));
        assert_eq!(tree.mode("c"), Some(Mode::Directory), "it was a file");
        assert_eq!(tree.mode("c/d.yaml"), Some(Mode::File));
    }
}
