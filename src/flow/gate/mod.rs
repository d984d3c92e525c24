//! `gate`: whether a change may be merged, by everything that is known of it. It writes nothing.
//!
//! [`gate`] gathers what the verdict is made of, [`replay`] makes a verdict again from the inputs
//! that it names. What counts as met is said in [`crate::change::verdict`].

mod gather;
mod inputs;
mod replay;

use chrono::{DateTime, Utc};

use super::ledger::Around;
use super::newly::Newly;
use super::sides::SidesError;
use super::workspace::Place;
use crate::change::facts::Contributor;
use crate::change::verdict::Verdict;
use crate::git::{Environment, GitError, PullRequest, Repository};
use crate::ledger::witness::Witness;

pub(in crate::flow) use gather::binding;
pub use replay::{Replayed, replay};

/// Which change, and what is around it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where the user stands.
    pub place: Place,
    /// The base; what a forge or the default branch says, without one.
    pub base: Option<String>,
    /// The newest commit of the change; HEAD without it.
    pub head: Option<String>,
    /// The full name of the branch that it goes to, where the base does not say it.
    pub base_branch: Option<String>,
    /// What the forge said, where that is known from elsewhere; else the surroundings are asked.
    pub forge: Option<PullRequest>,
    /// Who pushed it, where a server says so.
    pub pushers: Vec<Contributor>,
    /// Tips of the ledger that somebody kept outside: one that lacks them is none.
    pub witnesses: Vec<Witness>,
    /// What is around a use of the ledger; the instant, too.
    pub around: Around,
    /// As of which commit the ledger is read; all of it without one.
    pub ledger: Option<String>,
    /// The branches beside it, by name and tip, where others than those that there are count.
    pub open: Option<Vec<(String, String)>>,
    /// What the pusher calls the change.
    pub name: Option<String>,
    /// Whether the ledger that others share is kept in this very repository.
    pub kept_here: bool,
    /// The folder whose `gitsm.yaml` counts, where the user does not stand in it.
    pub folder: Option<String>,
}

/// A verdict, and what it takes to show it.
pub struct Gated {
    /// The verdict.
    pub verdict: Verdict,
    /// What is new in the merge result.
    pub newly: Option<Newly>,
}

/// Why there is not even a verdict.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// There is no repository, or the user named what does not exist.
    #[error(transparent)]
    Sides(#[from] SidesError),
    /// A verdict that cannot be made again.
    #[error("{0}")]
    Replay(String),
}

impl From<GitError> for GateError {
    fn from(error: GitError) -> Self {
        Self::Sides(error.into())
    }
}

impl GateError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Sides(error) => error.is_usage(),
            Self::Replay(_) => false,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sides(error) => error.hint(),
            Self::Replay(_) => None,
        }
    }
}

/// Judges a change.
///
/// # Errors
///
/// There is no repository. All else that stands in the way is part of the verdict.
pub fn gate(request: &Request, environment: &Environment<'_>) -> Result<Gated, GateError> {
    Repository::trust_objects();
    let repository = Repository::discover(&request.place.current)?;
    Ok(gather::gathered(repository, request, environment))
}

/// The instant at which a request is judged.
fn instant(request: &Request) -> DateTime<Utc> {
    request.around.now.unwrap_or_else(|| super::clock::instant(None))
}
