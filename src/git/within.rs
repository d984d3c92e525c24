//! Whether a path on disk leads to what the repository itself holds: whoever writes a branch writes that.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use super::{GitError, Repository};

/// How many links are followed, as Linux does.
const LINKS: usize = 40;

impl Repository {
    /// The file, link or submodule of this repository that a path is, or leads through: every link is
    /// followed, and what is in the index or at HEAD counts. Nothing of what only lies in the worktree.
    ///
    /// # Errors
    ///
    /// The index or HEAD cannot be read.
    pub fn leads_into(&self, path: &Path) -> Result<Option<String>, GitError> {
        let Some(held) = Held::of(self)? else { return Ok(None) };
        let mut rest: Vec<OsString> = parts(path);
        let (mut current, mut links) = (PathBuf::new(), 0);
        while let Some(part) = rest.pop() {
            match Path::new(&part).components().next() {
                Some(Component::ParentDir) => drop(current.pop()),
                Some(Component::Normal(name)) => {
                    let inside = held.inside(&current, Path::new(name));
                    if let Some(inside) = inside.filter(|inside| held.holds(inside)) {
                        return Ok(Some(inside.display().to_string()));
                    }
                    let next = current.join(name);
                    match next.read_link() {
                        Ok(target) if links < LINKS => {
                            links += 1;
                            rest.extend(parts(&target));
                        }
                        _ => current = next,
                    }
                }
                Some(root) => current.push(root),
                None => {}
            }
        }
        Ok(None)
    }

    /// A file of this repository right in a folder on disk, whose name is asked for.
    ///
    /// # Errors
    ///
    /// The index or HEAD cannot be read.
    pub fn holds_in(
        &self,
        folder: &Path,
        is_meant: &dyn Fn(&str) -> bool,
    ) -> Result<Option<String>, GitError> {
        let Some(held) = Held::of(self)? else { return Ok(None) };
        let Some(inside) = held.inside(folder, Path::new("")) else { return Ok(None) };
        let name = |path: &[u8]| {
            let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
            String::from_utf8_lossy(name).into_owned()
        };
        let mut indexed = held.index.iter().map(|entry| entry.path);
        let here = |path: &Vec<u8>| {
            let path = PathBuf::from(String::from_utf8_lossy(path).into_owned());
            path.parent() == Some(inside.as_path()) && path.file_name().is_some()
        };
        if let Some(found) = indexed.find(|path| here(path) && is_meant(&name(path))) {
            return Ok(Some(String::from_utf8_lossy(&found).into_owned()));
        }
        let Some(head) = &held.head else { return Ok(None) };
        let tree = match inside.as_os_str().is_empty() {
            true => Some(head.clone()),
            false => {
                let entry = head.get_path(&inside).ok();
                entry.and_then(|entry| self.inner().find_tree(entry.id()).ok())
            }
        };
        let names = tree.iter().flat_map(|tree| tree.iter().map(|entry| name(entry.name_bytes())));
        let found = names.collect::<Vec<_>>().into_iter().find(|name| is_meant(name));
        Ok(found.map(|found| inside.join(found).display().to_string()))
    }
}

/// What the repository holds.
struct Held<'r> {
    /// The top of the worktree, without links.
    top: PathBuf,
    index: git2::Index,
    head: Option<git2::Tree<'r>>,
}

impl<'r> Held<'r> {
    /// Nothing of a repository without a worktree: none of its files is on disk.
    fn of(repository: &'r Repository) -> Result<Option<Self>, GitError> {
        let Some(top) = repository.workdir() else { return Ok(None) };
        let top = top.canonicalize().unwrap_or_else(|_| top.to_owned());
        let head = repository.inner().head().ok();
        let head = head.map(|head| head.peel_to_tree()).transpose()?;
        Ok(Some(Self { top, index: repository.inner().index()?, head }))
    }

    /// A name in a folder, from the top of the worktree; nothing of what is not below it.
    fn inside(&self, folder: &Path, name: &Path) -> Option<PathBuf> {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        Some(real.strip_prefix(&self.top).ok()?.join(name))
    }

    /// Whether a path is in the index or at HEAD, and no folder.
    fn holds(&self, path: &Path) -> bool {
        if (0..=3).any(|stage| self.index.get_path(path, stage).is_some()) {
            return true;
        }
        let entry = self.head.as_ref().and_then(|head| head.get_path(path).ok());
        entry.is_some_and(|entry| entry.kind() != Some(git2::ObjectType::Tree))
    }
}

/// The parts of a path, the last first.
fn parts(path: &Path) -> Vec<OsString> {
    path.components().rev().map(|part| part.as_os_str().to_owned()).collect()
}
