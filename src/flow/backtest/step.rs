//! What Git says of a landing: who made it, what its commits say, which paths differ.

use super::hands::{authors, hand};
use super::history::Landed;
use crate::change::backtest::Hand;
use crate::change::facts::Facts;
use crate::config::{Config, FILE_NAME};
use crate::git::{ChangedPath, Comparer, GitError, Person, Repository};
use crate::tree::is_yaml;

/// A landing, as far as Git knows it.
pub(super) struct Step {
    /// What landed.
    pub(super) landed: Landed,
    /// The ids of all commits that it brought.
    pub(super) ids: Vec<String>,
    /// Who wrote it.
    pub(super) authors: Vec<Person>,
    /// Who else had a hand in it.
    pub(super) hand: Hand,
    /// What its commits say.
    pub(super) facts: Facts,
    /// The paths that differ.
    pub(super) changed: Vec<ChangedPath>,
}

impl Step {
    /// Reads a landing.
    ///
    /// # Errors
    ///
    /// One of its two trees cannot be read.
    pub(super) fn read(
        landed: Landed,
        (repository, comparer): (&Repository, &mut Comparer<'_>),
    ) -> Result<Self, GitError> {
        let changed = match &landed.tree_before {
            Some(before) => comparer.compare(before, &landed.tip.tree)?,
            None => repository.compare(Some(&landed.before), &landed.tip.id)?,
        };
        let all = landed.all(repository);
        let authors = authors(&all);
        let (hand, facts) = (hand(&landed, &all, &authors), landed.facts(&all));
        let ids = all.iter().map(|commit| commit.id.clone()).collect();
        drop(all);
        Ok(Self { landed, ids, authors, hand, facts, changed })
    }

    /// Whether a `gitsm.yaml` is among what differs.
    pub(super) fn has_settings(&self) -> bool {
        let name = |one: &ChangedPath| one.path.rsplit('/').next() == Some(FILE_NAME);
        self.changed.iter().any(name)
    }

    /// The changed paths at which files of a catalog may stand.
    pub(super) fn covered<'s>(
        &'s self,
        config: &'s Config,
    ) -> impl Iterator<Item = &'s ChangedPath> {
        self.changed.iter().filter(|one| is_yaml(&one.path) && config.covers(&one.path))
    }
}
