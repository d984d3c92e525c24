//! `change`: a change request's life, from the first word to the last.
//!
//! Every command begins at a [`Desk`]: the ledger, checked, and the base as it is now. [`meant`]
//! finds the change that a user names, [`told`] says where it stands, [`act`] writes down what a
//! person says of it, [`landed`] and [`reviews`] what a pipeline saw.

pub mod act;
pub mod archive;
pub mod desk;
pub mod landed;
pub mod list;
pub mod meant;
pub mod new;
pub mod reviews;
pub mod texts;
pub mod told;
mod undoes;
pub mod writer;

use super::ledger::LedgerError;
use super::sides::SidesError;
use crate::catalog::short;
use crate::git::GitError;

/// Why a command about a change does nothing.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// There is nothing to compare.
    #[error(transparent)]
    Sides(#[from] SidesError),
    /// The ledger cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// What is checked out has no name.
    #[error("the change that is checked out has no name")]
    Unnamed,
    /// There is no such change.
    #[error("no change is called `{0}`: neither the ledger nor a branch knows it")]
    Unknown(String),
    /// Its commits are not in this clone.
    #[error("{change} was put forward as commit {commit}, which is not in this clone")]
    NotHere {
        /// The change.
        change: String,
        /// The commit.
        commit: String,
    },
    /// A part of it cannot be compared, so nobody can agree to it.
    #[error("nobody can agree to {change} as it is: {why}")]
    Incomparable {
        /// The change.
        change: String,
        /// Why.
        why: String,
    },
    /// It may not be done, as things are.
    #[error("{0}")]
    Refused(String),
    /// It would make no difference.
    #[error("{0}")]
    Pointless(String),
    /// It is not known who the user is, or which key is theirs.
    #[error("{0}")]
    Who(String, Option<String>),
}

impl From<GitError> for ChangeError {
    fn from(error: GitError) -> Self {
        Self::Sides(error.into())
    }
}

impl ChangeError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Sides(error) => error.is_usage(),
            Self::Ledger(error) => error.is_usage(),
            Self::NotHere { .. } => false,
            _ => true,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sides(error) => error.hint(),
            Self::Ledger(error) => error.hint(),
            Self::Unnamed => Some(
                "give it a request (`gitsm change new NAME`), or end a commit's message with \
                 `Gitsm-Change: NAME`"
                    .into(),
            ),
            Self::Unknown(_) => Some("`gitsm change list` lists the changes".into()),
            Self::NotHere { change, .. } => Some(format!(
                "fetch it: git fetch origin, or check out the branch of {}",
                short(change)
            )),
            Self::Incomparable { .. } => Some("`gitsm diff` says where".into()),
            Self::Who(_, hint) => hint.clone(),
            Self::Refused(_) | Self::Pointless(_) => None,
        }
    }
}
