//! A branch of gitsm's own, such as `gitsm/ledger`: where it is in this clone, where others keep it,
//! and the newest of it that was ever seen. The ledger and the records stand on one each.

use super::settle::settle;
use crate::config::{LedgerSettings, Store};
use crate::git::{GitError, Held, RemoteError, Repository};

/// A branch that is kept beside the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// What it holds: `ledger` or `records`.
    pub name: &'static str,
    /// Its full name, here and on the remote.
    pub reference: String,
    /// The remote that others keep it on, by its name or its URL; nothing if nobody shares it.
    pub remote: Option<String>,
    /// What was fetched of it last.
    pub tracking: String,
    /// What Git fetches by itself.
    also: Option<String>,
    /// The newest commit of it that was seen and is shared.
    pub witness: String,
    /// Whether its commits are entries, each of which names the one before it.
    pub is_chain: bool,
}

/// Where a branch stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tips {
    /// The newest commit in this clone.
    pub local: Option<String>,
    /// The newest commit that others have, too, as far as this clone knows; without a remote the
    /// same as `local`.
    pub shared: Option<String>,
}

/// Why a branch cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Git fails.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The remote cannot be asked, or refuses.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// Commits that were there are gone.
    #[error("the {name} was rewound: {known} was its newest commit, and {found}{missing}")]
    Rewound {
        /// What the branch holds.
        name: &'static str,
        /// The commit that was seen.
        known: String,
        /// What is there now, in words.
        found: String,
        /// The entries that are gone, in words.
        missing: String,
    },
    /// Two clones began a ledger each.
    #[error("this clone began another {name} than the one that is shared")]
    Other {
        /// What the branch holds.
        name: &'static str,
    },
    /// The branch in this clone holds something that gitsm did not put there.
    #[error(
        "the branch {reference} of this clone cannot be put on top of the shared one: commit {commit} {reason}"
    )]
    Odd {
        /// The branch.
        reference: String,
        /// The commit.
        commit: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The clone does not hold all of it.
    #[error("this clone holds the {name} from commit {commit} on only: it is shallow")]
    Shallow {
        /// What the branch holds.
        name: &'static str,
        /// The oldest commit that is there.
        commit: String,
    },
    /// Others were quicker, again and again.
    #[error("the {name} is busy: others were quicker for {seconds} seconds")]
    Busy {
        /// What the branch holds.
        name: &'static str,
        /// How long it was tried.
        seconds: u64,
    },
    /// There is nothing yet.
    #[error("there is no ledger yet")]
    NotBegun,
    /// There is one already.
    #[error("there is a ledger already: {tip} is its newest commit")]
    Begun {
        /// Its newest commit.
        tip: String,
    },
    /// What is to be written is no statement of its type.
    #[error("this cannot be an entry: {reason}")]
    Misfit {
        /// Why.
        reason: String,
    },
}

impl StoreError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Git(error) => return error.hint().map(str::to_owned),
            Self::Remote(error) => return error.hint().map(str::to_owned),
            Self::Rewound { name, .. } => format!(
                "somebody removed commits; the ones that are missing are still in this clone: \
                 look at `git log refs/gitsm/witness/{name}` and have whoever runs the remote put \
                 them back. Nothing was overwritten"
            ),
            Self::Other { .. } => "keep the shared one: delete the branch of this clone".to_owned(),
            Self::Odd { reference, .. } => format!(
                "look at it with `git log {reference}`; if nothing of it is needed, delete the \
                 branch: `git update-ref -d {reference}`"
            ),
            Self::Shallow { .. } => "fetch the rest: `git fetch --unshallow`".to_owned(),
            Self::Busy { .. } => "what you recorded is kept here: `gitsm ledger sync`".to_owned(),
            Self::NotBegun => "an operator begins it: `gitsm ledger init`".to_owned(),
            Self::Begun { .. } => "`gitsm ledger log` shows it".to_owned(),
            Self::Misfit { .. } => return None,
        })
    }
}

impl Branch {
    /// The branch of the ledger.
    pub fn ledger(repository: &Repository, settings: Option<&LedgerSettings>) -> Self {
        let remote = settings.and_then(|one| one.remote.clone());
        let reference = settings.and_then(|one| one.r#ref.clone());
        Self::of(repository, "ledger", (remote, reference), true)
    }

    /// The branch of the records.
    pub fn records(repository: &Repository, settings: Option<&Store>) -> Self {
        let remote = settings.and_then(|one| one.remote.clone());
        let reference = settings.and_then(|one| one.r#ref.clone());
        Self::of(repository, "records", (remote, reference), false)
    }

    fn of(
        repository: &Repository,
        name: &'static str,
        (remote, reference): (Option<String>, Option<String>),
        is_chain: bool,
    ) -> Self {
        let origin = || repository.has_remote("origin").then(|| "origin".to_owned());
        let remote = remote.or_else(origin);
        let reference = reference.unwrap_or_else(|| format!("refs/heads/gitsm/{name}"));
        let short = reference.strip_prefix("refs/heads/").unwrap_or(&reference);
        let named = remote.as_ref().filter(|remote| repository.has_remote(remote));
        let also = named.map(|remote| format!("refs/remotes/{remote}/{short}"));
        Self {
            name,
            remote,
            tracking: format!("refs/gitsm/remote/{name}"),
            also,
            witness: format!("refs/gitsm/witness/{name}"),
            reference,
            is_chain,
        }
    }

    /// Where it stands, offline.
    ///
    /// # Errors
    ///
    /// What is there lacks commits that were there before.
    pub fn tips(&self, repository: &Repository) -> Result<Tips, StoreError> {
        let local = repository.reference(&self.reference)?;
        if self.remote.is_none() {
            let shared = local.clone();
            self.check(repository, shared.as_deref())?;
            return Ok(Tips { local, shared });
        }
        let tracked = repository.reference(&self.tracking)?;
        if tracked.is_some() {
            self.check(repository, tracked.as_deref())?;
        }
        let also = self.also.as_deref().map(|name| repository.reference(name)).transpose()?;
        let shared = match (tracked, also.flatten()) {
            (Some(one), Some(other)) if repository.contains(&other, &one)? => Some(other),
            (None, other) => other,
            (one, _) => one,
        };
        // What was seen before is still here, even if what was fetched since is deleted.
        let seen = repository.reference(&self.witness)?;
        let shared = shared.or(seen);
        self.check(repository, shared.as_deref())?;
        Ok(Tips { local, shared })
    }

    /// The newest commit with all that this clone has recorded, offline; nothing if nobody has
    /// recorded anything. What is not shared yet is put on top of what is.
    ///
    /// # Errors
    ///
    /// Commits are gone, or the branch of this clone holds something odd.
    pub fn tip(&self, repository: &Repository) -> Result<Option<String>, StoreError> {
        let Tips { local, shared } = self.tips(repository)?;
        match (local, shared) {
            (None, shared) => Ok(shared),
            (local, None) => Ok(local),
            (Some(local), Some(shared)) if repository.contains(&shared, &local)? => {
                Ok(Some(shared))
            }
            (Some(local), Some(shared)) if repository.contains(&local, &shared)? => Ok(Some(local)),
            (_, Some(shared)) => {
                let _held = self.hold(repository)?;
                settle(repository, self, Some(&shared))
            }
        }
    }

    /// How many commits of this clone others do not have yet.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn pending(&self, repository: &Repository) -> Result<usize, StoreError> {
        let Tips { shared, .. } = self.tips(repository)?;
        match (self.tip(repository)?, shared) {
            (Some(tip), shared) if self.remote.is_some() => {
                Ok(repository.line(&tip, shared.as_deref())?.commits.len())
            }
            _ => Ok(0),
        }
    }

    /// Keeps other processes of this clone off for a moment.
    pub(super) fn hold(&self, repository: &Repository) -> Result<Held, StoreError> {
        let seconds = 60;
        let held = repository.lock(self.name, std::time::Duration::from_secs(seconds));
        held.ok_or(StoreError::Busy { name: self.name, seconds })
    }

    /// Whether everything that was seen is there.
    pub(super) fn check(
        &self,
        repository: &Repository,
        found: Option<&str>,
    ) -> Result<(), StoreError> {
        let Some(known) = repository.reference(&self.witness)? else { return Ok(()) };
        let is_there = match found {
            Some(found) => repository.contains(found, &known)?,
            None => false,
        };
        if is_there {
            return Ok(());
        }
        let missing = self.missing(repository, &known, found)?;
        let words = match missing.as_slice() {
            [] => String::new(),
            [one] => format!("; the entry {one} is missing"),
            many => {
                let named: Vec<&str> = many.iter().take(20).map(String::as_str).collect();
                let more = many.len().saturating_sub(named.len());
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("; the entries {}{more} are missing", named.join(", "))
            }
        };
        Err(StoreError::Rewound {
            name: self.name,
            known,
            found: match found {
                Some(found) => format!("{found} does not contain it"),
                None => "the branch is gone".to_owned(),
            },
            missing: words,
        })
    }

    /// The entries of one commit's history that another's lacks, by the names of their files.
    pub(super) fn missing(
        &self,
        repository: &Repository,
        known: &str,
        found: Option<&str>,
    ) -> Result<Vec<String>, StoreError> {
        let fork = match found {
            Some(found) => repository.fork(known, found)?,
            None => None,
        };
        let mut missing = Vec::new();
        for commit in repository.line(known, fork.as_deref())?.commits {
            for file in repository.step(&commit)?.files {
                let name = file.path.rsplit('/').next().unwrap_or_default();
                missing.push(name.trim_end_matches(".json").to_owned());
            }
        }
        Ok(missing)
    }

    /// Remembers the newest commit that is shared; one that lacks what was seen is refused.
    pub(super) fn saw(&self, repository: &Repository, tip: &str) -> Result<(), StoreError> {
        let old = repository.reference(&self.witness)?;
        if old.as_deref() == Some(tip) {
            return Ok(());
        }
        let newer = match &old {
            Some(old) => repository.contains(tip, old)?,
            None => true,
        };
        if newer {
            // Somebody else who was quicker has seen more.
            repository.swap(&self.witness, tip, old.as_deref(), "gitsm: seen")?;
        }
        Ok(())
    }
}
