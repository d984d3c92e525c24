//! Why nothing is applied.

use crate::catalog::short;
use crate::flow::change::ChangeError;
use crate::flow::ledger::LedgerError;
use crate::flow::plan::PlanError;
use crate::git::{GitError, HeldBy, ProtectedError};
use crate::ledger::Lock;

/// Who holds a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{target} is held by {by} since {since}{changes}: until {until}, unless it gives a sign of life"
)]
pub struct Holder {
    /// The target, as people write it.
    pub target: String,
    /// Who.
    pub by: String,
    /// Since when.
    pub since: String,
    /// Until when.
    pub until: String,
    /// For which changes, in words.
    pub changes: String,
    /// The ULID by which its holder knows it.
    pub holder: String,
}

/// Why nothing is applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// There is no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The ledger cannot be read or written.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// There is no branch that changes go to, or it is not known which it is.
    #[error("what is applied is a commit of the protected branch: {0}")]
    NoBranch(ProtectedError),
    /// A commit that did not go through the gate.
    #[error(
        "{commit} is not on the first-parent line of {branch}: only what landed there is applied"
    )]
    NotLanded {
        /// The commit.
        commit: String,
        /// The branch.
        branch: String,
    },
    /// The file is no plan.
    #[error("{0}")]
    File(String),
    /// Something is otherwise than when the plan was made.
    #[error("{target}: {what} since the plan was made")]
    Moved {
        /// The target, as people write it.
        target: String,
        /// What.
        what: &'static str,
    },
    /// Somebody else holds the target.
    #[error("{0}")]
    Held(Box<Holder>),
    /// Another run on this machine holds it.
    #[error("{target} is held by another run in this clone{by}")]
    HeldHere {
        /// The target, as people write it.
        target: String,
        /// Which process, and since when, in words.
        by: String,
    },
    /// What must be known after a run that is killed cannot be kept.
    #[error("what is owed to the target cannot be kept in this clone: {0}")]
    NotKept(String),
    /// Nobody holds it.
    #[error("nobody holds {0}")]
    Free(String),
    /// It was lost.
    #[error("{0} was lost to another run: this one was silent for too long")]
    Lost(String),
    /// The ledger cannot be shared, so nobody else would know.
    #[error("the ledger cannot be shared, so nobody else would know what is held: {0}")]
    NotShared(String),
    /// The base pins a ledger that is not in this clone.
    #[error("the protected branch pins a ledger, and this clone holds none of it")]
    NoLedger,
}

impl From<LedgerError> for ApplyError {
    fn from(error: LedgerError) -> Self {
        Self::Change(error.into())
    }
}

impl From<GitError> for ApplyError {
    fn from(error: GitError) -> Self {
        Self::Change(error.into())
    }
}

impl ApplyError {
    /// Somebody else holds a target.
    pub(super) fn held(target: &str, lock: Lock) -> Self {
        let at = |seconds: i64| {
            let at = chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
            at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
        };
        let names: Vec<String> = lock.changes.iter().map(|one| short(one)).collect();
        let changes = match (lock.intent.is_some(), names.is_empty()) {
            (_, false) => format!(" for {}", names.join(", ")),
            (true, true) => " for no change that has a name".to_owned(),
            (false, true) => ", which has not said for which change yet".to_owned(),
        };
        Self::Held(Box::new(Holder {
            target: short(target),
            by: short(&lock.by),
            since: at(lock.since),
            until: at(lock.until),
            changes,
            holder: lock.holder,
        }))
    }

    /// Another run on this machine holds a target.
    pub(super) fn held_here(target: &str, by: Option<HeldBy>) -> Self {
        let by = by.map(|by| format!(": {}", words(by))).unwrap_or_default();
        Self::HeldHere { target: short(target), by }
    }

    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Plan(error) => error.is_usage(),
            Self::Change(error) => error.is_usage(),
            Self::File(_) | Self::NotLanded { .. } | Self::Free(_) => true,
            _ => false,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Plan(error) => error.hint(),
            Self::Change(error) => error.hint(),
            Self::NoBranch(error) => Some(error.hint().to_owned()),
            Self::NotLanded { .. } => Some("merge it first".to_owned()),
            Self::Moved { .. } => Some("plan again, and look at what is different".to_owned()),
            Self::Held(held) => {
                let Holder { target, holder, .. } = held.as_ref();
                let name = target.trim_start_matches("target:");
                Some(format!(
                    "wait; or, if you know that it is dead: gitsm target unlock {name} {holder}"
                ))
            }
            Self::NoLedger => Some("fetch it: `gitsm ledger sync`".to_owned()),
            _ => None,
        }
    }
}

/// Which process holds a lock of this clone, in words.
pub(super) fn words(by: HeldBy) -> String {
    let at = chrono::DateTime::from_timestamp(by.since, 0).unwrap_or_default();
    format!("process {} since {}", by.process, at.format("%Y-%m-%d %H:%M:%S UTC"))
}
