//! Two trees of files side by side. Folders of equal ids are skipped, so that the cost follows what
//! differs and not what there is.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use foldhash::fast::RandomState;

use super::entries::{Item, pairs};
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

    /// Compares many trees that are almost the same.
    pub fn comparer(&self) -> Comparer<'_> {
        Comparer { repository: self.inner(), kept: Kept::up_to(MOST_KEPT) }
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
        // A whole id needs no search.
        let id = git2::Oid::from_str(revision).ok().filter(|id| id.to_string() == revision);
        if let Some(commit) = id.and_then(|id| self.inner().find_commit(id).ok()) {
            return Ok(commit);
        }
        let object = self.inner().revparse_single(revision).map_err(refused)?;
        object.peel_to_commit().map_err(refused)
    }
}

/// How many trees somebody who compares many keeps at hand.
const MOST_KEPT: usize = 512;

/// Trees that were read, as Git stores them.
#[derive(Default)]
struct Kept {
    trees: HashMap<git2::Oid, Rc<[u8]>, RandomState>,
    most: usize,
}

impl Kept {
    fn up_to(most: usize) -> Self {
        Self { trees: HashMap::default(), most }
    }

    /// A tree of the repository; where there is none, what [`tree_of`] says.
    fn tree(
        &mut self,
        repository: &git2::Repository,
        id: git2::Oid,
        path: &[u8],
    ) -> Result<Rc<[u8]>, GitError> {
        if let Some(known) = self.trees.get(&id) {
            return Ok(Rc::clone(known));
        }
        let store = repository.odb()?;
        let read = store.read(id).ok().filter(|read| read.kind() == git2::ObjectType::Tree);
        let Some(read) = read else {
            return Err(refused(repository, id, path));
        };
        let tree: Rc<[u8]> = read.data().into();
        if self.most > 0 {
            if self.trees.len() >= self.most {
                self.trees.clear();
            }
            self.trees.insert(id, Rc::clone(&tree));
        }
        Ok(tree)
    }
}

/// Why a tree cannot be read: because it is not there, or in Git's own words.
fn refused(repository: &git2::Repository, id: git2::Oid, path: &[u8]) -> GitError {
    let odd = |_tree| GitError::Other(format!("the tree {id} is damaged"));
    tree_of(repository, id, path).map_or_else(|why| why, odd)
}

/// Compares trees one after the other. Those of one comparison are often part of the next, as those
/// of a history are, and need not be read again.
pub struct Comparer<'r> {
    repository: &'r git2::Repository,
    kept: Kept,
}

impl Comparer<'_> {
    /// The paths that differ between two trees, named by their ids, as [`Repository::compare_trees`]
    /// says.
    ///
    /// # Errors
    ///
    /// One of them is not in this clone, or they are too large.
    pub fn compare(&mut self, before: &str, after: &str) -> Result<Vec<ChangedPath>, GitError> {
        let (before, after) = (git2::Oid::from_str(before)?, git2::Oid::from_str(after)?);
        let found = walked(self.repository, (Some(before), Some(after)), &mut self.kept)?;
        Ok(changed_paths(&found))
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
    walked(repository, (before, after), &mut Kept::default())
}

fn walked(
    repository: &git2::Repository,
    (before, after): (Option<git2::Oid>, Option<git2::Oid>),
    kept: &mut Kept,
) -> Result<Differences, GitError> {
    let mut walk = Walk { repository, kept, found: Differences::new(), trees: 0 };
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

struct Walk<'r, 'k> {
    repository: &'r git2::Repository,
    kept: &'k mut Kept,
    found: Differences,
    trees: usize,
}

impl Walk<'_, '_> {
    /// The bytes of a tree, or none.
    fn tree(&mut self, tree: Option<git2::Oid>, path: &[u8]) -> Result<Rc<[u8]>, GitError> {
        let Some(id) = tree else { return Ok(Rc::default()) };
        self.trees += 1;
        self.kept.tree(self.repository, id, path)
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
        let (old, new) = (self.tree(before, path)?, self.tree(after, path)?);
        let Ok(pairs) = pairs(&old, &new) else {
            let both = [before, after].into_iter().flatten();
            let broken = both.map(|id| tree_of(self.repository, id, path)).find_map(Result::err);
            let odd = || GitError::Other("a tree is damaged".to_owned());
            return Err(broken.unwrap_or_else(odd));
        };
        pairs.into_iter().try_for_each(|(before, after)| self.pair(before, after, path, depth))
    }

    /// Looks at what goes by one name, or stands on one side only.
    fn pair(
        &mut self,
        before: Option<Item<'_>>,
        after: Option<Item<'_>>,
        folder: &[u8],
        depth: usize,
    ) -> Result<(), GitError> {
        let version = |item: Item<'_>| item.version;
        let difference = Difference { before: before.map(version), after: after.map(version) };
        if difference.before == difference.after {
            return Ok(());
        }
        let Some(item) = before.or(after) else { return Ok(()) };
        let mut path = folder.to_vec();
        path.extend_from_slice(item.name);
        if !item.is_folder() {
            self.found.insert(path, difference);
            return Ok(());
        }
        path.push(b'/');
        let tree = |item: Option<Item<'_>>| {
            item.filter(Item::is_folder).map(|item| item.version.blob.oid())
        };
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
