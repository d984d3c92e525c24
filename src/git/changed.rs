//! What differs between two trees of files: paths, modes and blobs.

use super::BlobId;

/// A file on one side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Git's own mode, such as `0o100644`.
    pub bits: u32,
    /// Its content. A content that no commit has yet has an id all the same: the one that Git would
    /// give it.
    pub blob: BlobId,
}

/// A path whose file is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPath {
    /// Relative to the top level.
    pub path: String,
    /// Before; nothing if it was not there.
    pub before: Option<Version>,
    /// After; nothing if it is gone.
    pub after: Option<Version>,
}
