//! The files of one commit, read from the object database.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::lookup::{Standing, standings};
use super::{BlobId, GitError, Handles, Mode, Repository};

/// A file of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotFile {
    /// The path relative to the top level.
    pub path: String,
    /// What it is.
    pub mode: Mode,
    /// Its content.
    pub id: BlobId,
}

/// The largest blob that is read at all, in bytes.
pub(super) const LARGEST: usize = 128 << 20;

/// A commit's tree; readable from several threads at once.
pub struct Snapshot {
    commit: git2::Oid,
    /// Its tree, once somebody asks for more than a blob.
    tree: OnceLock<git2::Oid>,
    handles: Arc<Handles>,
}

impl Snapshot {
    /// The tree of a revision.
    ///
    /// # Errors
    ///
    /// The revision does not exist, is no commit, or its tree is not in this clone.
    pub fn of(repository: &Repository, revision: &str) -> Result<Self, GitError> {
        let inner = repository.inner();
        let refused = |error: git2::Error| GitError::Revision {
            revision: revision.to_owned(),
            reason: match error.code() {
                git2::ErrorCode::UnbornBranch => "there is no commit yet".to_owned(),
                _ => error.message().to_owned(),
            },
        };
        if revision == "HEAD"
            && inner.head().is_err_and(|e| e.code() == git2::ErrorCode::UnbornBranch)
        {
            let reason = "there is no commit yet".to_owned();
            return Err(GitError::Revision { revision: revision.to_owned(), reason });
        }
        let object = inner.revparse_single(revision).map_err(refused)?;
        let commit = object.peel_to_commit().map_err(refused)?;
        Ok(Self {
            commit: commit.id(),
            tree: OnceLock::from(commit.tree_id()),
            handles: Arc::new(Handles::of(repository)),
        })
    }

    /// The id of its tree in hexadecimal.
    ///
    /// # Errors
    ///
    /// The commit is not in this clone.
    pub fn tree(&self) -> Result<String, GitError> {
        Ok(self.with(|repository| self.tree_in(repository))?.to_string())
    }

    fn tree_in(&self, repository: &git2::Repository) -> Result<git2::Oid, GitError> {
        match self.tree.get() {
            Some(tree) => Ok(*tree),
            None => {
                let tree = repository.find_commit(self.commit)?.tree_id();
                Ok(*self.tree.get_or_init(|| tree))
            }
        }
    }

    /// The files of another commit of the same repository, by its id: what it takes to read is
    /// shared, and nothing is read yet.
    ///
    /// # Errors
    ///
    /// That is no id.
    pub fn beside(&self, commit: &str) -> Result<Self, GitError> {
        let commit = git2::Oid::from_str(commit)?;
        Ok(Self { commit, tree: OnceLock::new(), handles: Arc::clone(&self.handles) })
    }

    /// The commit's id in hexadecimal.
    pub fn commit(&self) -> String {
        self.commit.to_string()
    }

    fn with<T>(
        &self,
        read: impl FnOnce(&git2::Repository) -> Result<T, GitError>,
    ) -> Result<T, GitError> {
        self.handles.with(|repository| read(repository.inner()))
    }

    /// All files below a folder (`""` for the top level) that `wanted` names, sorted by path.
    ///
    /// # Errors
    ///
    /// A tree object is missing from this clone.
    pub fn files(
        &self,
        folder: &str,
        wanted: &dyn Fn(&str, Mode) -> bool,
    ) -> Result<Vec<SnapshotFile>, GitError> {
        let mut files = Vec::new();
        self.with(|repository| {
            let mut root = repository.find_tree(self.tree_in(repository)?)?;
            if !folder.is_empty() {
                let Ok(entry) = root.get_path(Path::new(folder)) else { return Ok(()) };
                let Ok(tree) = repository.find_tree(entry.id()) else { return Ok(()) };
                root = tree;
            }
            let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            let mut walk = Walk { repository, wanted, files: &mut files, trees: 0 };
            walk.enter(&root, &prefix, 0)
        })?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// What stands at a path, if anything does.
    pub fn mode(&self, path: &str) -> Option<Mode> {
        let found = self.with(|repository| {
            let tree = repository.find_tree(self.tree_in(repository)?)?;
            let entry = tree.get_path(Path::new(path))?;
            Ok(Mode::from_bits(u32::try_from(entry.filemode()).unwrap_or_default()))
        });
        found.ok()
    }

    /// The file at a path, if a file stands there.
    pub fn file(&self, path: &str) -> Option<SnapshotFile> {
        let found = self.with(|repository| {
            let tree = repository.find_tree(self.tree_in(repository)?)?;
            let entry = tree.get_path(Path::new(path))?;
            let mode = Mode::from_bits(u32::try_from(entry.filemode()).unwrap_or_default());
            Ok(SnapshotFile { path: path.to_owned(), mode, id: BlobId::new(entry.id()) })
        });
        found.ok().filter(|file| file.mode == Mode::File)
    }

    /// The files and links at some paths; what stands nowhere, or is a folder, is left out. Each
    /// folder is opened once, however many of the paths lie in it.
    ///
    /// # Errors
    ///
    /// A tree object is missing from this clone.
    pub fn files_at(&self, paths: &[String]) -> Result<Vec<SnapshotFile>, GitError> {
        self.with(|repository| {
            let wanted: BTreeSet<&[u8]> = paths.iter().map(|path| path.as_bytes()).collect();
            let wanted: Vec<&[u8]> = wanted.into_iter().collect();
            let found = standings(repository, Some(self.tree_in(repository)?), &wanted)?;
            let files = wanted.iter().zip(found).filter_map(|(path, found)| {
                let Standing::File(version) = found else { return None };
                let mode = Mode::from_bits(version.bits);
                let path = String::from_utf8_lossy(path).into_owned();
                (mode != Mode::Submodule).then_some(SnapshotFile { path, mode, id: version.blob })
            });
            Ok(files.collect())
        })
    }

    /// The first `limit` bytes of a blob, and its whole size.
    ///
    /// # Errors
    ///
    /// [`GitError::MissingObject`] in a partial clone that never fetched it.
    pub fn read(&self, file: &SnapshotFile, limit: u64) -> Result<(Vec<u8>, u64), GitError> {
        self.with(|repository| {
            let missing = |_: git2::Error| GitError::MissingObject {
                id: file.id.to_string(),
                path: file.path.clone(),
            };
            let database = repository.odb()?;
            let (size, _) = database.read_header(file.id.oid()).map_err(missing)?;
            // Git gives objects whole: one of this size is not looked into.
            if size > LARGEST {
                return Ok((Vec::new(), size as u64));
            }
            let object = database.read(file.id.oid()).map_err(missing)?;
            let kept = object.data().len().min(usize::try_from(limit).unwrap_or(usize::MAX));
            Ok((object.data()[..kept].to_vec(), size as u64))
        })
    }
}

/// The most folders inside folders, and folders in all, that a commit may have: one tree
/// object can stand in many places at no cost.
pub(super) const DEEPEST: usize = 500;
pub(super) const MOST_TREES: usize = 1_000_000;

pub(super) fn too_large() -> GitError {
    GitError::Other("this commit has more folders than any project".to_owned())
}

struct Walk<'a> {
    repository: &'a git2::Repository,
    wanted: &'a dyn Fn(&str, Mode) -> bool,
    files: &'a mut Vec<SnapshotFile>,
    trees: usize,
}

impl Walk<'_> {
    fn enter(&mut self, tree: &git2::Tree<'_>, prefix: &str, depth: usize) -> Result<(), GitError> {
        self.trees += 1;
        if depth > DEEPEST || self.trees > MOST_TREES || self.files.len() > 4 * MOST_TREES {
            return Err(too_large());
        }
        for entry in tree {
            let mode = Mode::from_bits(u32::try_from(entry.filemode()).unwrap_or_default());
            let path = format!("{prefix}{}", String::from_utf8_lossy(entry.name_bytes()));
            if mode == Mode::Directory {
                let below = self.repository.find_tree(entry.id())?;
                self.enter(&below, &format!("{path}/"), depth + 1)?;
            } else if (self.wanted)(&path, mode) {
                self.files.push(SnapshotFile { path, mode, id: BlobId::new(entry.id()) });
            }
        }
        Ok(())
    }
}
