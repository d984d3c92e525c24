//! The commits that touch a path, newest first, as `git log -- PATH` gives them.

use std::collections::{BinaryHeap, HashSet};
use std::path::Path;

use super::{BlobId, GitError, Repository};

/// What a commit says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id in hexadecimal.
    pub id: String,
    /// The name of its author.
    pub author: String,
    /// When it was written, in seconds since 1970.
    pub time: i64,
    /// The author's offset from UTC in minutes.
    pub offset: i32,
    /// The first line of its message.
    pub subject: String,
    /// How many parents it has: none for the first, several for a merge.
    pub parents: usize,
}

/// A commit that changed what stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The commit.
    pub commit: Commit,
    /// What stands at the path in it; nothing if it takes the file away.
    pub after: Option<BlobId>,
    /// What stood there in each of its parents.
    pub before: Vec<Option<BlobId>>,
}

/// Where a history ends before its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The clone holds no older commits.
    Shallow,
    /// More commits than anybody waits for.
    TooLong,
}

/// Says whether two contents of a path are the same to whoever asks.
pub type Same<'s> = dyn FnMut(Option<BlobId>, Option<BlobId>) -> bool + 's;

/// The most commits that one walk visits.
const MOST_COMMITS: usize = 100_000;

/// A walk from a revision backwards. Like Git's, it follows only one parent of a merge that left
/// the path as that parent had it.
pub struct History<'r, 's> {
    repository: &'r Repository,
    path: String,
    same: &'s mut Same<'s>,
    /// Commits to look at, the newest first.
    waiting: BinaryHeap<(i64, git2::Oid)>,
    seen: HashSet<git2::Oid>,
    /// Why the walk ended early, if it did.
    pub gap: Option<Gap>,
}

impl Repository {
    /// The commits that touch a path, from a revision (such as `HEAD`) backwards. `same` says which
    /// contents are alike: those of equal ids always are.
    ///
    /// # Errors
    ///
    /// The revision names no commit.
    pub fn history<'r, 's>(
        &'r self,
        revision: &str,
        path: &str,
        same: &'s mut Same<'s>,
    ) -> Result<History<'r, 's>, GitError> {
        let refused = |error: git2::Error| GitError::Revision {
            revision: revision.to_owned(),
            reason: error.message().to_owned(),
        };
        let object = self.inner().revparse_single(revision).map_err(refused)?;
        let first = object.peel_to_commit().map_err(refused)?;
        let waiting = BinaryHeap::from([(first.time().seconds(), first.id())]);
        let seen = HashSet::from([first.id()]);
        Ok(History { repository: self, path: path.to_owned(), same, waiting, seen, gap: None })
    }

    /// The content of a blob.
    ///
    /// # Errors
    ///
    /// This clone does not hold it.
    pub fn blob(&self, id: BlobId) -> Result<Vec<u8>, GitError> {
        Ok(self.inner().find_blob(id.oid())?.content().to_vec())
    }

    /// What stands at a path in a revision; nothing if there is no file, or no such revision.
    pub fn blob_at(&self, revision: &str, path: &str) -> Option<BlobId> {
        let commit = self.inner().revparse_single(revision).ok()?.peel_to_commit().ok()?;
        blob_of(&commit, path)
    }
}

fn blob_of(commit: &git2::Commit<'_>, path: &str) -> Option<BlobId> {
    let entry = commit.tree().ok()?.get_path(Path::new(path)).ok()?;
    (entry.kind() == Some(git2::ObjectType::Blob)).then(|| BlobId::new(entry.id()))
}

impl History<'_, '_> {
    /// The next commit that touches the path, going back in time.
    ///
    /// # Errors
    ///
    /// An object is missing from this clone.
    pub fn next_touch(&mut self) -> Result<Option<Touch>, GitError> {
        while let Some((_, id)) = self.waiting.pop() {
            if self.seen.len() > MOST_COMMITS {
                self.gap = Some(Gap::TooLong);
                return Ok(None);
            }
            let repository = self.repository.inner();
            let commit = repository.find_commit(id)?;
            let after = blob_of(&commit, &self.path);
            if self.is_cut(&commit) {
                // What stood here before is not known, so neither is what this commit did.
                self.gap = Some(Gap::Shallow);
                continue;
            }
            let parents: Vec<git2::Commit<'_>> = commit.parents().collect();
            let before: Vec<Option<BlobId>> =
                parents.iter().map(|parent| blob_of(parent, &self.path)).collect();
            let kept = before.iter().position(|old| *old == after || (self.same)(*old, after));
            if let Some(parent) = kept.and_then(|at| parents.get(at)) {
                self.wait_for(parent);
                continue;
            }
            parents.iter().for_each(|parent| self.wait_for(parent));
            if after.is_some() || !before.is_empty() {
                return Ok(Some(Touch { commit: described(&commit), after, before }));
            }
        }
        Ok(None)
    }

    fn wait_for(&mut self, commit: &git2::Commit<'_>) {
        if self.seen.insert(commit.id()) {
            self.waiting.push((commit.time().seconds(), commit.id()));
        }
    }

    /// Whether a commit has parents that this clone does not hold.
    fn is_cut(&self, commit: &git2::Commit<'_>) -> bool {
        let said = commit.raw_header().unwrap_or_default();
        let said = said.lines().filter(|line| line.starts_with("parent ")).count();
        said > commit.parents().count()
    }
}

fn described(commit: &git2::Commit<'_>) -> Commit {
    let author = commit.author();
    let subject = commit.summary_bytes().unwrap_or_default();
    Commit {
        id: commit.id().to_string(),
        author: String::from_utf8_lossy(author.name_bytes()).into_owned(),
        time: author.when().seconds(),
        offset: author.when().offset_minutes(),
        subject: String::from_utf8_lossy(subject).into_owned(),
        parents: commit.parent_count(),
    }
}
