//! Commits built straight in the object database, and references moved by comparing and swapping:
//! the worktree, the index and HEAD stay as they are, and no hook runs.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use super::scratch::{Changes, tree_with};
use super::{BlobId, GitError, Moment, Person, Repository, Version};
use crate::signature::{SignError, SigningKey, sign};

/// What a commit on a branch of gitsm's own says and changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its author, who is its committer, too.
    pub by: Person,
    /// When it was made.
    pub at: Moment,
    /// Its whole message.
    pub message: String,
    /// The files that it writes, by path from the top of the tree, and those that it takes away.
    pub files: BTreeMap<String, Option<Vec<u8>>>,
}

/// The mode of the files that are written.
const PLAIN: u32 = 0o100_644;

/// What signatures of commits are for, by Git's own name of it.
const COMMITS: &str = "git";

fn unsigned(error: SignError) -> GitError {
    GitError::Other(format!("your Git signs every commit (commit.gpgSign), and {error}"))
}

/// How often a reference that somebody else holds is tried, and for how long each time.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(10);

/// How old the lock of a reference is that a killed process left: nobody holds one so long.
const ABANDONED: Duration = Duration::from_secs(10);

impl Repository {
    /// Writes a commit on top of another, or the first of a branch. No reference leads to it yet.
    ///
    /// # Errors
    ///
    /// The parent is not in this clone, the object database cannot be written, or the user's Git
    /// signs every commit (`commit.gpgSign`) and this one cannot be.
    pub fn write_commit(&self, parent: Option<&str>, draft: &Draft) -> Result<String, GitError> {
        let git = self.inner();
        let parent = parent.map(|id| self.commit_of(id)).transpose()?;
        let mut changes: Changes<'_> = Vec::with_capacity(draft.files.len());
        for (path, content) in &draft.files {
            let version = |content: &Vec<u8>| -> Result<Version, GitError> {
                Ok(Version { bits: PLAIN, blob: BlobId::new(git.blob(content)?) })
            };
            changes.push((path.as_bytes(), content.as_ref().map(version).transpose()?));
        }
        let old = parent.as_ref().map(git2::Commit::tree_id);
        let tree = match tree_with(git, old, changes)? {
            Some(tree) => tree,
            None => git.treebuilder(None)?.write()?,
        };
        let tree = git.find_tree(tree)?;
        let when = git2::Time::new(draft.at.time, draft.at.offset);
        let by = git2::Signature::new(&draft.by.name, &draft.by.email, &when)?;
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        let Some(key) = self.commit_key()? else {
            return Ok(git.commit(None, &by, &by, &draft.message, &tree, &parents)?.to_string());
        };
        let commit = git.commit_create_buffer(&by, &by, &draft.message, &tree, &parents)?;
        let commit = String::from_utf8_lossy(&commit).into_owned();
        let signature = sign(&key, COMMITS, commit.as_bytes()).map_err(unsigned)?;
        Ok(git.commit_signed(&commit, signature.trim_end(), None)?.to_string())
    }

    /// The key with which the user's Git signs commits; nothing if it signs none.
    fn commit_key(&self) -> Result<Option<SigningKey>, GitError> {
        let setting = |name: &str| self.setting(name);
        let is_wanted = setting("commit.gpgSign").is_some_and(|value| {
            matches!(value.to_lowercase().as_str(), "true" | "yes" | "on" | "1" | "")
        });
        if !is_wanted {
            return Ok(None);
        }
        SigningKey::chosen(None, &setting).map_err(unsigned)
    }

    /// The commit that a reference names, by its full name; nothing if there is no such reference.
    ///
    /// # Errors
    ///
    /// It exists and names no commit.
    pub fn reference(&self, name: &str) -> Result<Option<String>, GitError> {
        match self.inner().find_reference(name) {
            Ok(reference) => Ok(Some(reference.peel_to_commit()?.id().to_string())),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Moves a reference to a commit if it still names `old`, or makes it if there is no `old` and
    /// none of that name. Whether it did: `false` says that somebody else was quicker.
    ///
    /// # Errors
    ///
    /// The reference cannot be written.
    pub fn swap(
        &self,
        name: &str,
        new: &str,
        old: Option<&str>,
        why: &str,
    ) -> Result<bool, GitError> {
        let new = git2::Oid::from_str(new)?;
        let old = old.map(git2::Oid::from_str).transpose()?;
        for _ in 0..TRIES {
            let done = match old {
                Some(old) => self.inner().reference_matching(name, new, true, old, why),
                None => self.inner().reference(name, new, false, why),
            };
            let error = match done {
                Ok(_) => return Ok(true),
                Err(error) => error,
            };
            match error.code() {
                git2::ErrorCode::Modified => return Ok(false),
                git2::ErrorCode::Exists if old.is_none() => return Ok(false),
                git2::ErrorCode::NotFound if old.is_some() => return Ok(false),
                git2::ErrorCode::Locked => self.wait_for_lock(name),
                _ => return Err(self.refused(name, &error)),
            }
        }
        let file = self.lock_of(name);
        let reason = format!("another process holds it; if none does, remove {}", file.display());
        Err(GitError::Reference { name: name.to_owned(), reason })
    }

    /// Takes a reference away; one that is not there is none.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn forget(&self, name: &str) -> Result<(), GitError> {
        match self.inner().find_reference(name) {
            Ok(mut reference) => Ok(reference.delete()?),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a commit is another one, or among its ancestors. One that is not in this clone is
    /// not.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn contains(&self, tip: &str, older: &str) -> Result<bool, GitError> {
        let (tip, older) = (git2::Oid::from_str(tip)?, git2::Oid::from_str(older)?);
        if tip == older || self.inner().find_commit(older).is_err() {
            return Ok(tip == older);
        }
        Ok(self.inner().graph_descendant_of(tip, older)?)
    }

    /// The newest commit that two have in common; nothing if they have none.
    ///
    /// # Errors
    ///
    /// One of them is not in this clone.
    pub fn fork(&self, one: &str, other: &str) -> Result<Option<String>, GitError> {
        let (one, other) = (git2::Oid::from_str(one)?, git2::Oid::from_str(other)?);
        match self.inner().merge_base(one, other) {
            Ok(base) => Ok(Some(base.to_string())),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether there is a remote of a name.
    pub fn has_remote(&self, name: &str) -> bool {
        self.inner().find_remote(name).is_ok()
    }

    fn lock_of(&self, name: &str) -> std::path::PathBuf {
        self.common_dir().join(format!("{name}.lock"))
    }

    /// Waits a little for whoever holds a reference. A lock that a killed process left is removed.
    fn wait_for_lock(&self, name: &str) {
        let file = self.lock_of(name);
        let made = file.metadata().and_then(|meta| meta.modified()).ok();
        #[allow(clippy::disallowed_methods, reason = "the age of a file on this machine's disk")]
        let age = made.and_then(|made| SystemTime::now().duration_since(made).ok());
        match age.is_some_and(|age| age > ABANDONED) {
            true => drop(std::fs::remove_file(file)),
            false => sleep(PAUSE),
        }
    }

    /// Why a reference cannot be written: a branch whose name is the folder of another is in the way.
    fn refused(&self, name: &str, error: &git2::Error) -> GitError {
        let slashes = name.match_indices('/').map(|(at, _)| name.get(..at).unwrap_or_default());
        let mut above = slashes.filter(|above| self.inner().find_reference(above).is_ok());
        let reason = match above.next() {
            Some(other) => format!(
                "{other} is in the way, since Git keeps branches as files and folders: rename that \
                 branch, or set another `ref`"
            ),
            None => error.message().to_owned(),
        };
        GitError::Reference { name: name.to_owned(), reason }
    }
}
