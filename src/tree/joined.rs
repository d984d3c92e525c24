//! A tree beside which another one stands, below a name that no branch of a catalog uses: the
//! records, which are kept on a branch of their own and belong to the catalog all the same.

use std::sync::Arc;

use super::{Content, Entry, ReadError, Tree};
use crate::git::{GitError, Mode};

/// What the paths of records begin with, such as `gitsm/records:notes/2026/11/21/x.yaml`: as
/// `git show` takes them.
const RECORDS: &str = "gitsm/records:";

/// Whether a path is one of the records, which are no files of the tree that they stand beside.
pub fn is_record(path: &str) -> bool {
    record_path(path).is_some()
}

/// The path of a record on the branch of its own; nothing for the path of a file.
pub fn record_path(path: &str) -> Option<&str> {
    path.strip_prefix(RECORDS)
}

/// A tree, and the records beside it.
pub struct Joined {
    under: Arc<dyn Tree>,
    records: Arc<dyn Tree>,
    entries: Vec<Entry>,
}

impl Joined {
    /// Puts records beside a tree; nothing if the tree holds files of such names itself.
    pub fn new(under: Arc<dyn Tree>, records: Arc<dyn Tree>) -> Option<Self> {
        if under.entries().iter().any(|entry| is_record(&entry.path)) {
            return None;
        }
        let beside = records
            .entries()
            .iter()
            .map(|entry| Entry { path: format!("{RECORDS}{}", entry.path), ..entry.clone() });
        let mut entries: Vec<Entry> = under.entries().iter().cloned().chain(beside).collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Some(Self { under, records, entries })
    }
}

impl Tree for Joined {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        match record_path(&entry.path) {
            Some(path) => {
                self.records.read(&Entry { path: path.to_owned(), ..entry.clone() }, limit)
            }
            None => self.under.read(entry, limit),
        }
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        match record_path(path) {
            Some(path) => self.records.mode(path),
            None => self.under.mode(path),
        }
    }

    fn files(&self) -> Result<Vec<String>, GitError> {
        let mut files = self.under.files()?;
        files.extend(self.records.files()?.into_iter().map(|path| format!("{RECORDS}{path}")));
        files.sort();
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Memory;

    #[test]
    fn records_stand_beside_the_files_and_are_read_by_their_own_paths() {
        let under = Arc::new(Memory::new([("a.yaml", "a"), ("z.yaml", "z")]));
        let records = Arc::new(Memory::new([("notes/n.yaml", "note")]));
        let tree = Joined::new(under, records).unwrap();
        let paths: Vec<&str> = tree.entries().iter().map(|one| one.path.as_str()).collect();
        assert_eq!(paths, ["a.yaml", "gitsm/records:notes/n.yaml", "z.yaml"]);
        assert_eq!(tree.read(&tree.entries()[1], 99).unwrap().bytes, b"note");
        assert_eq!(tree.read(&tree.entries()[2], 99).unwrap().bytes, b"z");
        assert_eq!(tree.mode("gitsm/records:notes/n.yaml"), Some(Mode::File));
        assert_eq!(tree.mode("notes/n.yaml"), None, "they are no files of the tree");
        assert_eq!(tree.files().unwrap().len(), 3);
    }

    #[test]
    fn files_that_pretend_to_be_records_leave_the_records_out() {
        let under = Arc::new(Memory::new([("gitsm/records:notes/n.yaml", "mine")]));
        assert!(Joined::new(under, Arc::new(Memory::new([("notes/n.yaml", "note")]))).is_none());
    }
}
