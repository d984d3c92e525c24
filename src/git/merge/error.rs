//! Why there is no merge result, and what to do about it.

use crate::git::GitError;

/// Why a head cannot be merged into a base.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Git fails, or a revision does not exist.
    #[error(transparent)]
    Git(#[from] GitError),
    /// There is no commit yet.
    #[error("there is no commit yet, so there is nothing to compare with")]
    Unborn,
    /// The worktree or the index of a repository that has none.
    #[error("a bare repository has no files that could differ")]
    Bare,
    /// The index holds conflicts of an unfinished merge.
    #[error("a merge is not finished here: {paths} in conflict")]
    Unmerged {
        /// Where.
        paths: Paths,
    },
    /// Two histories without a common commit.
    #[error("{base} and {head} have no commit in common")]
    Unrelated {
        /// The base's commit, shortened.
        base: String,
        /// The head's commit, shortened.
        head: String,
    },
    /// A clone that does not hold the common commit.
    #[error(
        "this clone's history is cut off (shallow), before the commit that {base} and {head} have \
         in common"
    )]
    Shallow {
        /// The base's commit, shortened.
        base: String,
        /// The head's commit, shortened.
        head: String,
    },
    /// Both sides changed the same.
    #[error("merging {head} into {base} conflicts in {paths}")]
    Conflict {
        /// The base's commit, shortened.
        base: String,
        /// The head's commit, shortened.
        head: String,
        /// Where.
        paths: Paths,
    },
    /// A file on disk that cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
    },
}

impl MergeError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Git(error) => error.hint(),
            Self::Unborn => Some("commit something first: git add --all && git commit"),
            Self::Bare => Some("name the two commits to compare, such as `main feature`"),
            Self::Unmerged { .. } => Some("resolve the conflicts and `git add` the files"),
            Self::Unrelated { .. } => Some(
                "name a BASE that the head comes from; `git merge-base BASE HEAD` finds where two \
                 branches part",
            ),
            Self::Shallow { .. } => Some(
                "fetch the whole history: `git fetch --unshallow`, or in CI `fetch-depth: 0` \
                 (GitHub) or `GIT_DEPTH: 0` (GitLab)",
            ),
            Self::Conflict { .. } => Some(
                "merge the base into this branch or rebase it; or name the commit where they part \
                 as BASE (`git merge-base BASE HEAD`)",
            ),
            Self::Unreadable { .. } => Some("make it readable, or tell Git to ignore it"),
        }
    }

    /// The error of two commits without a common one.
    pub(super) fn cut_off(is_shallow: bool, base: git2::Oid, head: git2::Oid) -> Self {
        let (base, head) = (short(base), short(head));
        match is_shallow {
            true => Self::Shallow { base, head },
            false => Self::Unrelated { base, head },
        }
    }
}

/// The beginning of an id, as people name commits.
pub(super) fn short(id: git2::Oid) -> String {
    id.to_string().chars().take(10).collect()
}

/// The most paths that an error names.
const NAMED: usize = 10;

/// Paths, of which the first are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The first ten, sorted.
    pub first: Vec<String>,
    /// How many there are.
    pub count: usize,
}

impl Paths {
    /// The paths at which an index holds conflicts.
    pub(in crate::git) fn in_conflict(index: &git2::Index) -> Result<Self, git2::Error> {
        let mut all = Vec::new();
        for conflict in index.conflicts()? {
            let conflict = conflict?;
            let entry = conflict.our.or(conflict.their).or(conflict.ancestor);
            all.extend(entry.map(|entry| String::from_utf8_lossy(&entry.path).into_owned()));
        }
        all.sort();
        all.dedup();
        let count = all.len();
        all.truncate(NAMED);
        Ok(Self { first: all, count })
    }
}

impl std::fmt::Display for Paths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.first.join(", "))?;
        match self.count.saturating_sub(self.first.len()) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
