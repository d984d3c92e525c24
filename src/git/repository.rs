//! Finding and opening a repository, and what its index tracks.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Mode;
use super::surroundings::surround;

/// The id of a blob: what is in a file, whatever its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(git2::Oid);

impl BlobId {
    pub(super) fn new(id: git2::Oid) -> Self {
        Self(id)
    }

    /// The id that Git would give a file of this content.
    ///
    /// # Errors
    ///
    /// libgit2 fails.
    pub fn of(content: &[u8]) -> Result<Self, GitError> {
        Ok(Self(git2::Oid::hash_object(git2::ObjectType::Blob, content)?))
    }

    /// The id that these bytes are, as [`BlobId::bytes`] gives them.
    ///
    /// # Errors
    ///
    /// They are too few or too many.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GitError> {
        Ok(Self(git2::Oid::from_bytes(bytes)?))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    pub(super) fn oid(self) -> git2::Oid {
        self.0
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why Git could not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no repository here: the user's doing, or not a problem at all.
    #[error("{path} is not in a Git repository")]
    NotARepository {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// There is one, of a kind that libgit2 cannot open.
    #[error("cannot read the Git repository at {path}: {reason}")]
    Unsupported {
        /// Where it is.
        path: PathBuf,
        /// Which format or setting stands in the way.
        reason: String,
    },
    /// A revision that does not exist, or exists and is no commit.
    #[error("no commit is called `{revision}`: {reason}")]
    Revision {
        /// What was asked for.
        revision: String,
        /// Git's own words.
        reason: String,
    },
    /// An object that the repository names and does not hold: a shallow or partial clone.
    #[error("object {id} ({path}) is not in this clone")]
    MissingObject {
        /// The object's id.
        id: String,
        /// The file it is the content of.
        path: String,
    },
    /// A reference that cannot be written.
    #[error("cannot write {name}: {reason}")]
    Reference {
        /// Its full name.
        name: String,
        /// Why.
        reason: String,
    },
    /// Anything else that libgit2 reports.
    #[error("Git: {0}")]
    Other(String),
}

impl From<git2::Error> for GitError {
    fn from(error: git2::Error) -> Self {
        Self::Other(error.message().to_owned())
    }
}

impl GitError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotARepository { .. } => {
                Some("run it inside a Git repository, or leave --at out")
            }
            Self::Unsupported { reason, .. } if reason.contains("not owned") => Some(
                "the repository belongs to another user; if you trust it: git config --global \
                 --add safe.directory PATH",
            ),
            Self::Unsupported { reason, .. } if reason.contains("partialclone") => Some(
                "this is a partial clone (--filter), whose missing objects only the network has; \
                 make it whole: `git fetch --refetch --no-filter && git config --unset \
                 extensions.partialClone`, or clone without --filter; the files on disk can be \
                 read all the same",
            ),
            Self::Unsupported { .. } => Some(
                "without --at the files on disk are read, which needs no Git; to read a revision, \
                 use a clone in the default format (SHA-1 objects, ref files, no partial clone)",
            ),
            Self::Revision { reason, .. } if reason.contains("no commit yet") => {
                Some("commit something first: git add --all && git commit")
            }
            Self::Revision { .. } => Some(
                "in a shallow clone (CI's default) older commits are missing: fetch them, for \
                 example with fetch-depth: 0",
            ),
            Self::MissingObject { .. } => Some(
                "fetch what is missing: `git fetch --refetch --no-filter`, or clone \
                 without --filter; gitsm reads Git without the network",
            ),
            Self::Reference { .. } | Self::Other(_) => None,
        }
    }
}

/// A file that the index tracks.
#[derive(Debug, Clone)]
pub struct Tracked {
    /// The path relative to the top level; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// What it is.
    pub mode: Mode,
}

/// An open repository.
pub struct Repository {
    inner: git2::Repository,
}

impl Repository {
    /// Opens the repository that `path` is in, looking upwards.
    ///
    /// # Errors
    ///
    /// [`GitError::NotARepository`], or [`GitError::Unsupported`] for a format that libgit2 does
    /// not know (SHA-256, reftable, a partial clone) or a repository of another user.
    pub fn discover(path: &Path) -> Result<Self, GitError> {
        let ceilings: [&Path; 0] = [];
        match git2::Repository::open_ext(path, git2::RepositoryOpenFlags::empty(), ceilings) {
            Ok(inner) => Ok(Self { inner: surround(inner)? }),
            Err(error) if error.code() == git2::ErrorCode::NotFound => {
                Err(GitError::NotARepository { path: path.to_owned() })
            }
            Err(error) => Err(GitError::Unsupported {
                path: path.to_owned(),
                reason: error.message().to_owned(),
            }),
        }
    }

    /// Takes objects for what their ids say from now on, in all repositories, as Git itself does when
    /// it reads: digesting each again costs a fifth of a diff's time. Fetching digests what comes in,
    /// and damage is noticed all the same; whoever writes into `.git` can do worse than forge an
    /// object.
    pub fn trust_objects() {
        git2::opts::strict_hash_verification(false);
    }

    /// Opens the repository whose own folder this is.
    pub(super) fn open(git_dir: &Path) -> Result<Self, GitError> {
        Ok(Self { inner: surround(git2::Repository::open(git_dir)?)? })
    }

    pub(super) fn inner(&self) -> &git2::Repository {
        &self.inner
    }

    /// The top level of the worktree; `None` for a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// The repository's own folder.
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// The folder that all worktrees of the repository share.
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// Every path that the index tracks, in the index's order.
    ///
    /// # Errors
    ///
    /// The index cannot be read.
    pub fn tracked(&self) -> Result<Vec<Tracked>, GitError> {
        // Opened apart from the repository, which would keep it in memory.
        let path = self.inner.path().join("index");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let index = git2::Index::open(&path)?;
        let entries = index.iter().map(|entry| Tracked {
            path: String::from_utf8_lossy(&entry.path).into_owned(),
            mode: Mode::from_bits(entry.mode),
        });
        Ok(entries.collect())
    }
}
