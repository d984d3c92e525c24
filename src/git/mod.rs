//! Git in-process: no hooks, no filters, no network. Only [`Git`] runs the user's own `git`, to fetch
//! and to push, so that credentials, proxies and SSH work as they are used to; and `gpg` is asked
//! about signatures in OpenPGP.
//!
//! Floor 1. [`Repository`] finds and opens a repository, [`snapshot`] lists the files of a commit,
//! [`history`] finds the commits that touch a file. [`compare`] says what differs between two
//! commits, [`merge`] what a branch becomes when another is merged into it, [`base`] which branch
//! that is, [`protected`] whose word counts, [`commits`] what the commits in between say of themselves, and [`signed`] by whose key.
//! [`Draft`] becomes a commit on a branch of gitsm's own, and [`Line`] reads such a branch.

mod base;
mod branches;
mod changed;
mod commits;
mod compare;
mod entries;
mod forge;
mod handles;
mod history;
mod line;
mod lock;
mod lookup;
mod merge;
mod protected;
mod remote;
mod repository;
mod scratch;
mod signed;
mod snapshot;
mod surroundings;
mod uncommitted;
mod within;
mod write;

pub use base::{Base, BaseError, Environment, Why};
pub use branches::OpenBranch;
pub use changed::{ChangedPath, Version};
pub use commits::{CommitInfo, Commits, FirstParents, Landing, Moment, Person, Place, Trailer};
pub use compare::Comparer;
pub use forge::{EventError, PullRequest};
pub use handles::Handles;
pub use history::{Commit, Gap, History, Same, Touch};
pub use line::{Line, Mainline, Step};
pub use lock::{Held, HeldBy};
pub use merge::{Contents, Head, How, MergeError, Merged, Paths, merge_texts};
pub use protected::{ProtectedError, hear};
pub use remote::{Git, Pushed, RemoteError, is_address, masked};
pub use repository::{BlobId, GitError, Repository, Tracked};
pub use signed::CommitSignature;
pub use snapshot::{Snapshot, SnapshotFile};
pub use surroundings::Surroundings;
pub use write::Draft;

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
