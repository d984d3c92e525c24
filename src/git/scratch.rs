//! A second handle on a repository, whose writes stay in memory.
//!
//! libgit2 merges and filters by writing objects. Here they go to a store in memory that stands
//! before the one on disk, so that the repository stays as it is. (As with any write of an object
//! that is there already, libgit2 may set the time stamp of its file.)

use std::collections::BTreeMap;

use super::surroundings::surround;
use super::{ChangedPath, GitError, Repository, Version};

/// A repository to try things in.
pub(super) struct Scratch {
    inner: git2::Repository,
}

/// The store in memory is asked first.
const FIRST: i32 = 1000;

impl Scratch {
    pub(super) fn of(repository: &Repository) -> Result<Self, GitError> {
        let inner = surround(git2::Repository::open(repository.git_dir())?)?;
        inner.odb()?.add_new_mempack_backend(FIRST)?;
        Ok(Self { inner })
    }

    pub(super) fn inner(&self) -> &git2::Repository {
        &self.inner
    }

    /// A commit on top of another, with some of its files changed.
    pub(super) fn commit(
        &self,
        parent: git2::Oid,
        changes: &BTreeMap<&[u8], Option<Version>>,
    ) -> Result<git2::Oid, GitError> {
        let parent = self.inner.find_commit(parent)?;
        let changes: Changes<'_> = changes.iter().map(|(path, new)| (*path, *new)).collect();
        let tree = match tree_with(&self.inner, Some(parent.tree_id()), changes)? {
            Some(tree) => tree,
            None => self.inner.treebuilder(None)?.write()?,
        };
        let tree = self.inner.find_tree(tree)?;
        let nobody = git2::Signature::new("gitsm", "gitsm", &git2::Time::new(0, 0))?;
        Ok(self.inner.commit(None, &nobody, &nobody, "uncommitted", &tree, &[&parent])?)
    }
}

impl Repository {
    /// The id of the tree that a commit's becomes with some of its files changed, in hexadecimal.
    /// `read` gives contents that are in no object database. Nothing is written.
    ///
    /// # Errors
    ///
    /// There is no such commit, or an object is missing.
    pub fn tree_after(
        &self,
        commit: &str,
        changed: &[ChangedPath],
        read: &dyn Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<String, GitError> {
        let old = self.commit_of(commit)?.tree_id();
        if changed.is_empty() {
            return Ok(old.to_string());
        }
        let scratch = Scratch::of(self)?;
        let store = scratch.inner.odb()?;
        for one in changed {
            let Some(after) = one.after else { continue };
            let is_blob = after.bits != 0o160_000;
            if is_blob
                && !store.exists(after.blob.oid())
                && let Some(bytes) = read(&one.path)
            {
                store.write(git2::ObjectType::Blob, &bytes)?;
            }
        }
        let changes = changed.iter().map(|one| (one.path.as_bytes(), one.after)).collect();
        let tree = tree_with(&scratch.inner, Some(old), changes)?;
        let tree = match tree {
            Some(tree) => tree,
            None => scratch.inner.treebuilder(None)?.write()?,
        };
        Ok(tree.to_string())
    }
}

/// A tree with some of its files changed; nothing if none are left.
pub(super) fn tree_with(
    repository: &git2::Repository,
    old: Option<git2::Oid>,
    changes: Changes<'_>,
) -> Result<Option<git2::Oid>, GitError> {
    let old = old.map(|id| repository.find_tree(id)).transpose()?;
    let mut builder = repository.treebuilder(old.as_ref())?;
    let mut names: BTreeMap<&[u8], Named<'_>> = BTreeMap::new();
    for (path, new) in changes {
        match path.iter().position(|byte| *byte == b'/') {
            None => names.entry(path).or_default().itself = Some(new),
            Some(at) => {
                let (name, rest) = path.split_at(at);
                let rest = rest.get(1..).unwrap_or_default();
                names.entry(name).or_default().below.push((rest, new));
            }
        }
    }
    for (name, Named { itself, below }) in names {
        let entry = old.as_ref().and_then(|tree| tree.get_name_bytes(name));
        let folder = entry.filter(|entry| entry.kind() == Some(git2::ObjectType::Tree));
        let tree = match below.is_empty() {
            true => None,
            false => tree_with(repository, folder.map(|folder| folder.id()), below)?,
        };
        if let Some(tree) = tree {
            builder.insert(name, tree, 0o040_000)?;
        } else if let Some(new) = itself.flatten() {
            let bits = i32::try_from(new.bits).unwrap_or(0o100_644);
            builder.insert(name, new.blob.oid(), bits)?;
        } else if builder.get(name)?.is_some() {
            builder.remove(name)?;
        }
    }
    Ok(if builder.is_empty() { None } else { Some(builder.write()?) })
}

/// What is to stand at each path, or that nothing is.
pub(super) type Changes<'p> = Vec<(&'p [u8], Option<Version>)>;

/// What changes of one name in a folder.
#[derive(Default)]
struct Named<'p> {
    itself: Option<Option<Version>>,
    below: Changes<'p>,
}
