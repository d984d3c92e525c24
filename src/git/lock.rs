//! One at a time in one clone: locks that the system lets go of when their holder dies.
//!
//! Comparing and swapping a reference is what keeps it right; these locks only spare processes of
//! one clone from undoing each other's work.

use std::fs::{File, TryLockError, create_dir_all};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Repository;

/// A lock that is held; dropping it, or dying, lets it go.
#[derive(Debug)]
pub struct Held {
    _file: Option<File>,
}

const PAUSE: Duration = Duration::from_millis(5);

impl Repository {
    /// Takes the lock of a name, and waits for it at most so long; nothing if somebody else keeps
    /// it. Where no file can be made there is nothing to wait for.
    pub fn lock(&self, name: &str, patience: Duration) -> Option<Held> {
        let folder = self.common_dir().join("gitsm");
        // A disk that takes no file takes no reference either, and that is told.
        let Some(file) = open(&folder, name) else { return Some(Held { _file: None }) };
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Some(Held { _file: Some(file) }),
                Err(TryLockError::WouldBlock) if start.elapsed() < patience => sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return None,
                // File systems without locks: what is compared and swapped is right all the same.
                Err(TryLockError::Error(_)) => return Some(Held { _file: None }),
            }
        }
    }
}

fn open(folder: &std::path::Path, name: &str) -> Option<File> {
    create_dir_all(folder).ok()?;
    let path = folder.join(format!("{name}.lock"));
    File::options().create(true).truncate(false).write(true).open(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_held_by_one_and_let_go_of() {
        let folder = tempfile::tempdir().unwrap();
        git2::Repository::init_bare(folder.path()).unwrap();
        let repository = Repository::discover(folder.path()).unwrap();
        let first = repository.lock("ledger", Duration::ZERO);
        assert!(first.is_some());
        assert!(repository.lock("ledger", Duration::from_millis(20)).is_none());
        assert!(repository.lock("records", Duration::ZERO).is_some(), "another name");
        drop(first);
        assert!(repository.lock("ledger", Duration::ZERO).is_some());
    }
}
