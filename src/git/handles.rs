//! Open repositories, lent to whoever reads: libgit2's are not shared between threads.

use std::path::PathBuf;
use std::sync::Mutex;

use super::{GitError, Repository};

/// A repository, readable from several threads at once.
pub struct Handles {
    git_dir: PathBuf,
    free: Mutex<Vec<Repository>>,
}

impl Handles {
    /// Those of a repository; each is opened when it is needed.
    pub fn of(repository: &Repository) -> Self {
        Self { git_dir: repository.git_dir().to_owned(), free: Mutex::default() }
    }

    /// Lends one. What it read stays at hand for the next who borrows it.
    ///
    /// # Errors
    ///
    /// The repository cannot be opened any more, or what `read` says.
    pub fn with<T>(
        &self,
        read: impl FnOnce(&Repository) -> Result<T, GitError>,
    ) -> Result<T, GitError> {
        let free = self.free.lock().ok().and_then(|mut free| free.pop());
        let handle = match free {
            Some(handle) => handle,
            None => Repository::open(&self.git_dir)?,
        };
        let result = read(&handle);
        if let Ok(mut free) = self.free.lock() {
            free.push(handle);
        }
        result
    }
}
