//! Where Git says that objects and the index are, while it runs a hook.
//!
//! What is pushed stands in a quarantine until the hook lets it in (git-receive-pack(1), "Quarantine
//! Environment"), and a commit of some files only has an index of its own. Repositories are opened in
//! many places, so this is said once for the process, by whoever is the hook.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::{GitError, Repository};

static SAID: OnceLock<Surroundings> = OnceLock::new();

/// Where else things are.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Folders that hold objects beside the repository's own.
    pub objects: Vec<PathBuf>,
    /// The index, if it is another than the repository's.
    pub index: Option<PathBuf>,
}

impl Surroundings {
    /// Those of a hook, by the variables that Git sets for it. Paths are taken from `current`.
    pub fn of_hook(current: &std::path::Path, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let folders = ["GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"];
        let mut objects: Vec<PathBuf> =
            folders.iter().filter_map(|name| set(name)).map(|path| current.join(path)).collect();
        let more = set("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
        objects.extend(std::env::split_paths(&more).map(|path| current.join(path)));
        objects.retain(|path| path.is_dir());
        objects.dedup();
        let index = set("GIT_INDEX_FILE").map(|path| current.join(path));
        Self { objects, index: index.filter(|path| path.is_file()) }
    }

    /// Says so, for all repositories that are opened from now on. What was said first holds.
    pub fn say(self) {
        let _ = SAID.set(self);
    }
}

/// Makes a repository see what was said.
pub(super) fn surround(inner: git2::Repository) -> Result<git2::Repository, GitError> {
    let Some(said) = SAID.get() else { return Ok(inner) };
    for folder in &said.objects {
        inner.odb()?.add_disk_alternate(&folder.to_string_lossy())?;
    }
    if let Some(index) = &said.index {
        inner.set_index(&mut git2::Index::open(index)?)?;
    }
    Ok(inner)
}

impl Repository {
    /// The content of an object by its id in hexadecimal, if it is no longer than `most` bytes.
    ///
    /// # Errors
    ///
    /// It is no id.
    pub fn object(&self, id: &str, most: usize) -> Result<Option<Vec<u8>>, GitError> {
        let id = git2::Oid::from_str(id)?;
        let store = self.inner().odb()?;
        let Ok((length, _)) = store.read_header(id) else { return Ok(None) };
        if length > most {
            return Ok(None);
        }
        Ok(Some(store.read(id)?.data().to_vec()))
    }
}
