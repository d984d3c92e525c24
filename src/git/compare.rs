//! Two trees of files side by side. Folders of equal ids are skipped, so that the cost follows what
//! differs and not what there is.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::snapshot::{DEEPEST, MOST_TREES, too_large};
use super::{BlobId, ChangedPath, GitError, Repository, Version};

/// What differs, by path as Git has it: bytes, of any encoding.
pub(super) type Differences = BTreeMap<Vec<u8>, Difference>;

/// A file on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) before: Option<Version>,
    pub(super) after: Option<Version>,
}

impl Repository {
    /// The paths that differ between two revisions (from nothing at all, if there is no `before`),
    /// sorted: all files, links and submodules, YAML or not. Nothing is taken for a rename.
    ///
    /// # Errors
    ///
    /// A revision names no commit, or one of the trees is not in this clone.
    pub fn compare(&self, before: Option<&str>, after: &str) -> Result<Vec<ChangedPath>, GitError> {
        let before = before.map(|revision| self.commit_of(revision)).transpose()?;
        let before = before.map(|commit| commit.tree_id());
        let after = self.commit_of(after)?.tree_id();
        Ok(changed_paths(&compare(self.inner(), before, Some(after))?))
    }

    /// The paths that differ between two trees, named by their ids.
    ///
    /// # Errors
    ///
    /// One of them is not in this clone, or they are too large.
    pub fn compare_trees(&self, before: &str, after: &str) -> Result<Vec<ChangedPath>, GitError> {
        let (before, after) = (git2::Oid::from_str(before)?, git2::Oid::from_str(after)?);
        Ok(changed_paths(&compare(self.inner(), Some(before), Some(after))?))
    }

    /// The commit that a revision names.
    pub(super) fn commit_of(&self, revision: &str) -> Result<git2::Commit<'_>, GitError> {
        let refused = |error: git2::Error| GitError::Revision {
            revision: revision.to_owned(),
            reason: match error.code() {
                git2::ErrorCode::UnbornBranch => "there is no commit yet".to_owned(),
                _ => error.message().to_owned(),
            },
        };
        let object = self.inner().revparse_single(revision).map_err(refused)?;
        object.peel_to_commit().map_err(refused)
    }
}

/// The same for everybody outside: paths that are not UTF-8 are replaced.
pub(super) fn changed_paths(differences: &Differences) -> Vec<ChangedPath> {
    let mut changed: Vec<ChangedPath> = differences
        .iter()
        .map(|(path, difference)| ChangedPath {
            path: String::from_utf8_lossy(path).into_owned(),
            before: difference.before,
            after: difference.after,
        })
        .collect();
    changed.sort_by(|a, b| a.path.cmp(&b.path));
    changed
}

/// What differs between two trees; one that is not given is empty.
pub(super) fn compare(
    repository: &git2::Repository,
    before: Option<git2::Oid>,
    after: Option<git2::Oid>,
) -> Result<Differences, GitError> {
    let mut walk = Walk { repository, found: Differences::new(), trees: 0 };
    if before != after {
        walk.enter(before, after, b"", 0)?;
    }
    Ok(walk.found)
}

/// A tree of the repository.
///
/// # Errors
///
/// [`GitError::MissingObject`] if this clone does not hold it.
pub(super) fn tree_of<'r>(
    repository: &'r git2::Repository,
    id: git2::Oid,
    path: &[u8],
) -> Result<git2::Tree<'r>, GitError> {
    repository.find_tree(id).map_err(|error| match error.code() {
        git2::ErrorCode::NotFound => GitError::MissingObject {
            id: id.to_string(),
            path: match path {
                b"" => "the files of a commit".to_owned(),
                path => String::from_utf8_lossy(path).into_owned(),
            },
        },
        _ => error.into(),
    })
}

/// An entry of a tree, apart from it.
struct Item {
    name: Vec<u8>,
    version: Version,
}

impl Item {
    fn is_folder(&self) -> bool {
        self.version.bits == 0o040_000
    }

    /// The folder that this is.
    fn folder(&self) -> Option<git2::Oid> {
        self.is_folder().then(|| self.version.blob.oid())
    }

    /// Git sorts folders as if their names ended in a slash.
    fn order(&self, other: &Self) -> Ordering {
        let bytes = |item: &Self| {
            let end = item.is_folder().then_some(b'/');
            item.name.iter().copied().chain(end).collect::<Vec<u8>>()
        };
        bytes(self).cmp(&bytes(other))
    }
}

struct Walk<'r> {
    repository: &'r git2::Repository,
    found: Differences,
    trees: usize,
}

impl Walk<'_> {
    fn items(&mut self, tree: Option<git2::Oid>, path: &[u8]) -> Result<Vec<Item>, GitError> {
        let Some(id) = tree else { return Ok(Vec::new()) };
        self.trees += 1;
        let tree = tree_of(self.repository, id, path)?;
        let mut items: Vec<Item> = tree
            .iter()
            .map(|entry| Item { name: entry.name_bytes().to_vec(), version: version(&entry) })
            .collect();
        // A tree that somebody made by hand need not be sorted.
        if !items.is_sorted_by(|a, b| a.order(b) != Ordering::Greater) {
            items.sort_by(Item::order);
        }
        Ok(items)
    }

    fn enter(
        &mut self,
        before: Option<git2::Oid>,
        after: Option<git2::Oid>,
        path: &[u8],
        depth: usize,
    ) -> Result<(), GitError> {
        if depth > DEEPEST || self.trees > MOST_TREES || self.found.len() > 4 * MOST_TREES {
            return Err(too_large());
        }
        let mut old = self.items(before, path)?.into_iter().peekable();
        let mut new = self.items(after, path)?.into_iter().peekable();
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.order(new),
            };
            let before = if order == Ordering::Greater { None } else { old.next() };
            let after = if order == Ordering::Less { None } else { new.next() };
            self.pair(before.as_ref(), after.as_ref(), path, depth)?;
        }
    }

    /// Looks at what goes by one name, or stands on one side only.
    fn pair(
        &mut self,
        before: Option<&Item>,
        after: Option<&Item>,
        folder: &[u8],
        depth: usize,
    ) -> Result<(), GitError> {
        let difference = Difference {
            before: before.map(|item| item.version),
            after: after.map(|item| item.version),
        };
        if difference.before == difference.after {
            return Ok(());
        }
        let Some(item) = before.or(after) else { return Ok(()) };
        let mut path = folder.to_vec();
        path.extend_from_slice(&item.name);
        if !item.is_folder() {
            self.found.insert(path, difference);
            return Ok(());
        }
        path.push(b'/');
        let tree = |item: Option<&Item>| item.and_then(Item::folder);
        self.enter(tree(before), tree(after), &path, depth + 1)
    }
}

/// What an entry of a tree is.
pub(super) fn version(entry: &git2::TreeEntry<'_>) -> Version {
    Version {
        bits: u32::try_from(entry.filemode()).unwrap_or_default(),
        blob: BlobId::new(entry.id()),
    }
}
