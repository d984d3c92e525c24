//! Sharing a branch: what others recorded is fetched, what this clone recorded is put on top and
//! pushed, again and again until it is there. What others have is never overwritten.

use std::time::{Duration, Instant};

use ulid::Ulid;

use super::branch::{Branch, StoreError};
use super::settle::settle;
use crate::git::{Git, Pushed, RemoteError, Repository};

/// How long others may be quicker before it is given up. What is recorded stays in this clone.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The first pause, which doubles, and the longest one.
const FIRST: u64 = 40;
const LAST: u64 = 1500;

/// What a synchronisation did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// The newest commit, here and there; nothing if there is none.
    pub tip: Option<String>,
    /// How many commits came from others.
    pub received: usize,
    /// How many of this clone's went there.
    pub sent: usize,
}

/// Fetches, and pushes what others do not have. Nothing if nobody shares the branch.
///
/// # Errors
///
/// The remote cannot be asked or refuses; commits that were seen are gone; others were quicker for
/// too long. What this clone recorded is still there.
pub fn sync(
    repository: &Repository,
    branch: &Branch,
    git: &Git,
    patience: Duration,
) -> Result<Synced, StoreError> {
    let Some(remote) = branch.remote.as_deref() else {
        return Ok(Synced { tip: branch.tip(repository)?, ..Synced::default() });
    };
    Sharing { repository, branch, git, remote, start: Instant::now(), patience }.sync(true)
}

/// Pushes what others do not have; fetches only if that fails. Processes of one clone that do so at
/// the same time push for each other.
///
/// # Errors
///
/// As [`sync`].
pub fn share(
    repository: &Repository,
    branch: &Branch,
    git: &Git,
    patience: Duration,
) -> Result<Synced, StoreError> {
    let Some(remote) = branch.remote.as_deref() else {
        return Ok(Synced { tip: branch.tip(repository)?, ..Synced::default() });
    };
    Sharing { repository, branch, git, remote, start: Instant::now(), patience }.sync(false)
}

struct Sharing<'s> {
    repository: &'s Repository,
    branch: &'s Branch,
    git: &'s Git,
    remote: &'s str,
    start: Instant,
    patience: Duration,
}

impl Sharing<'_> {
    fn sync(&self, fetch_first: bool) -> Result<Synced, StoreError> {
        let name = format!("{}-remote", self.branch.name);
        let held = self.repository.lock(&name, self.patience);
        let _held = held.ok_or_else(|| self.busy())?;
        let before = self.repository.reference(&self.branch.tracking)?;
        let mut must_fetch = fetch_first || before.is_none();
        for attempt in 0_u32.. {
            if must_fetch {
                self.fetch()?;
            }
            let there = self.repository.reference(&self.branch.tracking)?;
            self.branch.check(self.repository, there.as_deref())?;
            let tip = {
                let _own = self.branch.hold(self.repository)?;
                settle(self.repository, self.branch, there.as_deref())?
            };
            if let Some(there) = &there {
                self.branch.saw(self.repository, there)?;
            }
            let done = match &tip {
                Some(tip) if there.as_ref() != Some(tip) => self.push(tip, there.as_deref())?,
                _ => true,
            };
            if done {
                let sent = self.between(tip.as_deref(), there.as_deref())?;
                let received = self.between(there.as_deref(), before.as_deref())?;
                return Ok(Synced { tip, received, sent });
            }
            must_fetch = true;
            self.pause(attempt)?;
        }
        Err(self.busy())
    }

    /// Brings the tracking reference to where the remote is.
    fn fetch(&self) -> Result<(), StoreError> {
        let Branch { reference, tracking, .. } = self.branch;
        let tried = (0..3).find_map(|_| {
            match self.git.fetch(self.repository, self.remote, reference, tracking) {
                // Git itself, at work in this clone, holds the tracking reference.
                Err(RemoteError::Unreachable { text, .. }) if text.contains("cannot lock ref") => {
                    None
                }
                answer => Some(answer),
            }
        });
        match tried {
            Some(Ok(true)) => Ok(()),
            // The remote has no such branch, so nothing of it is tracked.
            Some(Ok(false)) => Ok(self.repository.forget(tracking)?),
            Some(Err(error)) => Err(error.into()),
            None => Err(self.busy()),
        }
    }

    /// Whether the remote took it.
    fn push(&self, new: &str, old: Option<&str>) -> Result<bool, StoreError> {
        let Branch { reference, tracking, .. } = self.branch;
        match self.git.push(self.repository, self.remote, reference, new, old)? {
            Pushed::Rejected => Ok(false),
            Pushed::Done => {
                // If somebody else moved it meanwhile, they have fetched something newer.
                self.repository.swap(tracking, new, old, "gitsm: pushed")?;
                self.branch.saw(self.repository, new)?;
                Ok(true)
            }
        }
    }

    fn between(&self, tip: Option<&str>, older: Option<&str>) -> Result<usize, StoreError> {
        match tip {
            Some(tip) if Some(tip) != older => Ok(self.repository.line(tip, older)?.commits.len()),
            _ => Ok(0),
        }
    }

    /// Waits at random, longer each time, so that many who lost do not meet again.
    fn pause(&self, attempt: u32) -> Result<(), StoreError> {
        if self.start.elapsed() >= self.patience {
            return Err(self.busy());
        }
        let most = (FIRST << attempt.min(6)).min(LAST);
        let random = Ulid::generate().random() as u64;
        std::thread::sleep(Duration::from_millis(random % most));
        Ok(())
    }

    fn busy(&self) -> StoreError {
        StoreError::Busy { name: self.branch.name, seconds: self.start.elapsed().as_secs() }
    }
}
