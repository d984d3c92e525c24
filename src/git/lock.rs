//! One at a time in one clone: locks that the system lets go of when their holder dies.
//!
//! Comparing and swapping a reference is what keeps it right; these locks only spare processes of
//! one clone from undoing each other's work.

use std::fs::{File, TryLockError, create_dir_all};
use std::io::{Read as _, Seek as _, Write as _};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Repository;

/// A lock that is held; dropping it, or dying, lets it go.
#[derive(Debug)]
pub struct Held {
    file: Option<File>,
}

/// What holds a lock, as it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldBy {
    /// The number of its process.
    pub process: u32,
    /// Since when, in seconds since 1970.
    pub since: i64,
}

impl Held {
    /// Says who holds it, for whoever finds it held. Where that cannot be written nobody is told.
    pub fn say(&mut self, process: u32, since: i64) {
        let Some(file) = &mut self.file else { return };
        let text = format!("{process} {since}\n");
        let written = file.set_len(0).and_then(|()| file.rewind());
        let _ = written.and_then(|()| file.write_all(text.as_bytes()));
    }
}

const PAUSE: Duration = Duration::from_millis(5);

impl Repository {
    /// Takes the lock of a name, and waits for it at most so long; nothing if somebody else keeps
    /// it. Where no file can be made there is nothing to wait for.
    pub fn lock(&self, name: &str, patience: Duration) -> Option<Held> {
        let folder = self.common_dir().join("gitsm");
        // A disk that takes no file takes no reference either, and that is told.
        let Some(file) = open(&folder, name) else { return Some(Held { file: None }) };
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Some(Held { file: Some(file) }),
                Err(TryLockError::WouldBlock) if start.elapsed() < patience => sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return None,
                // File systems without locks: what is compared and swapped is right all the same.
                Err(TryLockError::Error(_)) => return Some(Held { file: None }),
            }
        }
    }

    /// What the holder of a lock said of itself. It may be dead: only who finds the lock held knows.
    pub fn locked_by(&self, name: &str) -> Option<HeldBy> {
        let path = self.common_dir().join("gitsm").join(format!("{name}.lock"));
        let mut text = String::new();
        let file = File::options().read(true).open(path).ok()?;
        file.take(100).read_to_string(&mut text).ok()?;
        let (process, since) = text.trim_end().split_once(' ')?;
        Some(HeldBy { process: process.parse().ok()?, since: since.parse().ok()? })
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
        assert_eq!(repository.locked_by("ledger"), None);
        let mut first = repository.lock("ledger", Duration::ZERO);
        first.as_mut().unwrap().say(7, 1_700_000_000);
        first.as_mut().unwrap().say(8, 1_700_000_001);
        let by = HeldBy { process: 8, since: 1_700_000_001 };
        assert_eq!(repository.locked_by("ledger"), Some(by));
        assert!(repository.lock("ledger", Duration::from_millis(20)).is_none());
        assert!(repository.lock("records", Duration::ZERO).is_some(), "another name");
        drop(first);
        assert!(repository.lock("ledger", Duration::ZERO).is_some());
    }
}
