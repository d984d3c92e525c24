//! Reading Git in-process: no hooks, no filters, no network, and never the user's `git`.
//!
//! Floor 1. [`Repository`] finds and opens a repository, [`snapshot`] lists the files of a commit,
//! [`history`] finds the commits that touch a file.

mod changed;
mod history;
mod repository;
mod snapshot;

pub use changed::{ChangedPath, Version};
pub use history::{Commit, Gap, History, Same, Touch};
pub use repository::{BlobId, GitError, Repository, Tracked};
pub use snapshot::{Snapshot, SnapshotFile};

/// What a path is, by Git's file mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A regular file, executable or not.
    File,
    /// A symbolic link; its blob holds the target.
    Symlink,
    /// A commit of another repository.
    Submodule,
    /// A directory.
    Directory,
}

impl Mode {
    /// Reads the numeric mode of an index or tree entry.
    pub fn from_bits(bits: u32) -> Self {
        match bits & 0o170_000 {
            0o120_000 => Self::Symlink,
            0o160_000 => Self::Submodule,
            0o040_000 => Self::Directory,
            _ => Self::File,
        }
    }
}
