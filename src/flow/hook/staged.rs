//! `hook pre-commit`: what is wrong with what is staged and was not wrong before, quickly.

use super::{HookError, repository};
use crate::finding::{Finding, Severity};
use crate::flow::newly::newly;
use crate::flow::sides::{Asked, Sides, SidesError, Wanted, folder_in};
use crate::flow::workspace::Place;
use crate::git::{Environment, MergeError};

/// What is wrong with what is staged.
#[derive(Debug, Default)]
pub struct Staged {
    /// The new findings.
    pub findings: Vec<Finding>,
    /// Whether there is nothing to compare with yet.
    pub first: bool,
}

impl Staged {
    /// Whether it may be committed.
    pub fn is_fine(&self) -> bool {
        self.findings.iter().all(|one| one.severity != Severity::Error)
    }
}

/// Judges what is staged.
///
/// # Errors
///
/// The repository cannot be read.
pub fn pre_commit(place: &Place, environment: &Environment<'_>) -> Result<Staged, HookError> {
    let repository = repository(&place.current, environment)?;
    let folder = folder_in(&repository, &place.current);
    let asked = Asked { base: Some("HEAD".to_owned()), head: None, staged: true };
    let wanted = Wanted { validated: true, ..Wanted::default() };
    match Sides::open(place, &asked, &wanted, environment) {
        Ok(sides) if sides.changed.is_empty() => Ok(Staged::default()),
        Ok(sides) => {
            let findings = newly(&sides, &folder, &crate::flow::clock::today())?.findings;
            Ok(Staged { findings, first: false })
        }
        Err(SidesError::Merge(MergeError::Unborn)) => {
            Ok(Staged { first: true, ..Staged::default() })
        }
        Err(error) => Err(error.into()),
    }
}
