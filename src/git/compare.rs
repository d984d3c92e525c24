//! Two trees of files side by side. Folders of equal ids are skipped, so that the cost follows what
//! differs and not what there is.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

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

/// Trees that were read.
#[derive(Default)]
struct Kept<'r> {
    trees: HashMap<git2::Oid, git2::Tree<'r>>,
    most: usize,
}

impl<'r> Kept<'r> {
    fn up_to(most: usize) -> Self {
        Self { trees: HashMap::new(), most }
    }

    /// A tree of the repository, as [`tree_of`] gives it.
    fn tree(
        &mut self,
        repository: &'r git2::Repository,
        id: git2::Oid,
        path: &[u8],
    ) -> Result<git2::Tree<'r>, GitError> {
        if let Some(known) = self.trees.get(&id) {
            return Ok(known.clone());
        }
        let tree = tree_of(repository, id, path)?;
        if self.most > 0 {
            if self.trees.len() >= self.most {
                self.trees.clear();
            }
            self.trees.insert(id, tree.clone());
        }
        Ok(tree)
    }
}

/// Compares trees one after the other. Those of one comparison are often part of the next, as those
/// of a history are, and need not be read again.
pub struct Comparer<'r> {
    repository: &'r git2::Repository,
    kept: Kept<'r>,
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

fn walked<'r>(
    repository: &'r git2::Repository,
    (before, after): (Option<git2::Oid>, Option<git2::Oid>),
    kept: &mut Kept<'r>,
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

/// What Git sorts an entry by: folders as if their names ended in a slash.
fn order(one: &git2::TreeEntry<'_>, other: &git2::TreeEntry<'_>) -> Ordering {
    let (first, second) = (one.name_bytes(), other.name_bytes());
    let shared = first.len().min(second.len());
    let rest = |name: &[u8], entry: &git2::TreeEntry<'_>| {
        let end = (entry.filemode() == FOLDER).then_some(b'/');
        name.get(shared).copied().or(end)
    };
    let both = first.get(..shared).cmp(&second.get(..shared));
    both.then_with(|| rest(first, one).cmp(&rest(second, other)))
        .then_with(|| first.len().cmp(&second.len()))
}

/// The mode of a folder in a tree.
const FOLDER: i32 = 0o040_000;

/// The entries of a tree, or none.
struct Items<'r> {
    tree: Option<git2::Tree<'r>>,
    /// A tree that somebody made by hand need not be sorted: then, in which order its entries are.
    order: Option<Vec<usize>>,
}

impl Items<'_> {
    fn get(&self, at: usize) -> Option<git2::TreeEntry<'_>> {
        let tree = self.tree.as_ref()?;
        match &self.order {
            Some(order) => tree.get(*order.get(at)?),
            None => tree.get(at),
        }
    }
}

struct Walk<'r, 'k> {
    repository: &'r git2::Repository,
    kept: &'k mut Kept<'r>,
    found: Differences,
    trees: usize,
}

impl<'r> Walk<'r, '_> {
    fn items(&mut self, tree: Option<git2::Oid>, path: &[u8]) -> Result<Items<'r>, GitError> {
        let Some(id) = tree else { return Ok(Items { tree: None, order: None }) };
        self.trees += 1;
        let tree = self.kept.tree(self.repository, id, path)?;
        let in_order = |at: usize| match (tree.get(at), tree.get(at + 1)) {
            (Some(one), Some(next)) => order(&one, &next) != Ordering::Greater,
            _ => true,
        };
        let order = (!(0..tree.len()).all(in_order)).then(|| {
            let mut entries: Vec<(usize, git2::TreeEntry<'_>)> = tree.iter().enumerate().collect();
            entries.sort_by(|a, b| order(&a.1, &b.1));
            entries.into_iter().map(|(at, _)| at).collect()
        });
        Ok(Items { tree: Some(tree), order })
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
        let (old, new) = (self.items(before, path)?, self.items(after, path)?);
        let (mut at_old, mut at_new) = (0, 0);
        loop {
            let (before, after) = (old.get(at_old), new.get(at_new));
            let order = match (&before, &after) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => order(old, new),
            };
            let before = before.filter(|_| order != Ordering::Greater);
            let after = after.filter(|_| order != Ordering::Less);
            at_old += usize::from(before.is_some());
            at_new += usize::from(after.is_some());
            self.pair(before.as_ref(), after.as_ref(), path, depth)?;
        }
    }

    /// Looks at what goes by one name, or stands on one side only.
    fn pair(
        &mut self,
        before: Option<&git2::TreeEntry<'_>>,
        after: Option<&git2::TreeEntry<'_>>,
        folder: &[u8],
        depth: usize,
    ) -> Result<(), GitError> {
        let difference = Difference { before: before.map(version), after: after.map(version) };
        if difference.before == difference.after {
            return Ok(());
        }
        let Some(item) = before.or(after) else { return Ok(()) };
        let mut path = folder.to_vec();
        path.extend_from_slice(item.name_bytes());
        let is_folder = |entry: &git2::TreeEntry<'_>| entry.filemode() == FOLDER;
        if !is_folder(item) {
            self.found.insert(path, difference);
            return Ok(());
        }
        path.push(b'/');
        let tree = |entry: Option<&git2::TreeEntry<'_>>| {
            entry.filter(|entry| is_folder(entry)).map(git2::TreeEntry::id)
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
