//! A tree of which only some paths are shown as entries: a slice of a catalog.

use std::sync::Arc;

use super::{Content, Entry, ReadError, Tree};
use crate::git::{GitError, Mode};

/// Another tree, with fewer entries; everything else is as it is there.
pub struct Chosen {
    under: Arc<dyn Tree>,
    entries: Vec<Entry>,
}

impl Chosen {
    /// Shows those of the paths at which a YAML file or a link stands.
    ///
    /// # Errors
    ///
    /// The other tree's store fails.
    pub fn new(
        under: Arc<dyn Tree>,
        paths: impl IntoIterator<Item = String>,
    ) -> Result<Self, GitError> {
        let mut paths: Vec<String> = paths.into_iter().collect();
        paths.sort();
        paths.dedup();
        let entries = under.find(&paths)?;
        Ok(Self { under, entries })
    }

    /// The same paths of a tree that differs from this one's at some of them only.
    ///
    /// # Errors
    ///
    /// The other tree's store fails.
    pub fn beside(&self, under: Arc<dyn Tree>, changed: &[String]) -> Result<Self, GitError> {
        let mut paths = changed.to_vec();
        paths.sort();
        paths.dedup();
        let differs = |entry: &&Entry| paths.binary_search(&entry.path).is_ok();
        let same = self.entries.iter().filter(|entry| !differs(entry)).cloned();
        let mut entries: Vec<Entry> = same.chain(under.find(&paths)?).collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { under, entries })
    }

    /// Shows these entries, which somebody knows to be there, and what stands at some paths more.
    ///
    /// # Errors
    ///
    /// The other tree's store fails.
    pub fn partly_known(
        under: Arc<dyn Tree>,
        known: Vec<Entry>,
        others: &[String],
    ) -> Result<Self, GitError> {
        let mut entries = under.find(others)?;
        entries.extend(known);
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        Ok(Self { under, entries })
    }

    /// Shows these entries, which somebody knows to be there. They come in any order, each once.
    pub fn known(under: Arc<dyn Tree>, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Self { under, entries }
    }
}

impl Tree for Chosen {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        self.under.read(entry, limit)
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        self.under.mode(path)
    }

    fn files(&self) -> Result<Vec<String>, GitError> {
        self.under.files()
    }

    fn find(&self, paths: &[String]) -> Result<Vec<Entry>, GitError> {
        self.under.find(paths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{EntryKind, Memory};

    #[test]
    fn only_what_is_chosen_and_there_is_shown() {
        let under = Memory::new([("a.yaml", "a"), ("b.yaml", "b"), ("c.txt", "c")]);
        let under = Arc::new(under.link("l", "a.yaml"));
        let paths = ["b.yaml", "c.txt", "l", "gone.yaml", "b.yaml"].map(str::to_owned);
        let tree = Chosen::new(under, paths).unwrap();
        let shown: Vec<(&str, EntryKind)> =
            tree.entries().iter().map(|entry| (entry.path.as_str(), entry.kind)).collect();
        assert_eq!(shown, [("b.yaml", EntryKind::File), ("l", EntryKind::Symlink)]);
        assert_eq!(tree.mode("a.yaml"), Some(Mode::File), "the rest is there all the same");
        let other = Memory::new([("b.yaml", "b"), ("gone.yaml", "g"), ("z.yaml", "z")]);
        let changed = ["l", "gone.yaml"].map(str::to_owned);
        let beside = tree.beside(Arc::new(other), &changed).unwrap();
        let shown: Vec<&str> = beside.entries().iter().map(|one| one.path.as_str()).collect();
        assert_eq!(shown, ["b.yaml", "gone.yaml"], "what was chosen, as the other tree has it");
    }
}
