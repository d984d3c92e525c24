//! Trees of files: what a catalog is read from.
//!
//! Floor 1. A [`Tree`] is the files on disk ([`Worktree`]), those of a commit ([`Revision`]) or
//! those of a test ([`Memory`]); an [`Overlay`] is another tree with the text of some files changed, a
//! [`Patched`] one with files changed, added and taken away, a [`Chosen`] one with fewer entries, a
//! [`Joined`] one with the records beside it.
//! Nothing above this floor opens a file.

mod chosen;
mod joined;
mod memory;
mod overlay;
mod patched;
mod path;
mod revision;
mod worktree;

pub use chosen::Chosen;
pub use joined::{Joined, is_record, record_path};
pub use memory::Memory;
pub use overlay::Overlay;
pub use patched::Patched;
pub use path::{is_writable_path, is_yaml, resolve};
pub use revision::Revision;
pub use worktree::Worktree;

use crate::git::{BlobId, GitError, Mode};

/// A path that a catalog may be interested in: a YAML file, or a link that is or might be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The path relative to the tree's top, with `/` between components.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// Its content's id, where it is known without reading it.
    pub id: Option<BlobId>,
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link; reading it gives its target.
    Symlink,
    /// A pipe, socket or device: never opened.
    Special,
    /// A folder whose content could not be listed.
    Unlisted,
}

/// The content of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// At most as many bytes as were asked for.
    pub bytes: Vec<u8>,
    /// How many there are.
    pub size: u64,
}

/// Why an entry could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is there and the system refuses it: a statement about the tree, so a finding.
    #[error("{0}")]
    Refused(String),
    /// The store behind the tree fails: nothing can be said, so the command cannot go on.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// Files by path.
pub trait Tree: Send + Sync {
    /// All entries, sorted by path.
    fn entries(&self) -> &[Entry];

    /// The first `limit` bytes of an entry; for a symbolic link the path it points to.
    ///
    /// # Errors
    ///
    /// [`ReadError::Refused`] when this one entry cannot be read.
    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError>;

    /// What stands at any path, also at one that is no entry; links are not followed.
    fn mode(&self, path: &str) -> Option<Mode>;

    /// The paths of all files, YAML or not, sorted: listed anew when somebody asks.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    fn files(&self) -> Result<Vec<String>, GitError>;

    /// The entries at some paths, those of them that are there; also of a tree that lists none, or
    /// not all. They come sorted, each once.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    fn find(&self, paths: &[String]) -> Result<Vec<Entry>, GitError> {
        let known = |path: &String| {
            let at = self.entries().binary_search_by(|entry| entry.path.cmp(path)).ok();
            at.and_then(|at| self.entries().get(at)).cloned()
        };
        let seen = |path: &String| {
            let kind = match self.mode(path)? {
                Mode::File if is_yaml(path) => EntryKind::File,
                Mode::Symlink => EntryKind::Symlink,
                Mode::File | Mode::Submodule | Mode::Directory => return None,
            };
            Some(Entry { path: path.clone(), kind, id: None })
        };
        let mut found: Vec<Entry> =
            paths.iter().filter_map(|path| known(path).or_else(|| seen(path))).collect();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found.dedup();
        Ok(found)
    }
}
