//! What landed on a branch: first-parent history in landings, oldest first.

use chrono::{DateTime, Utc};

use super::super::contributors::{CHANGE, MOST, gathered};
use crate::change::facts::Facts;
use crate::git::{CommitInfo, Gap, GitError, Repository};

/// First-parent history between two instants.
#[derive(Debug, Default)]
pub(super) struct History {
    /// What landed, oldest first.
    pub(super) landed: Vec<Landed>,
    /// The first commit of all, if it is among them: there is nothing before it to compare with.
    pub(super) beginning: Option<String>,
    /// Why the history ends early, if it does.
    pub(super) gap: Option<Gap>,
}

/// Something that landed.
#[derive(Debug, Clone)]
pub(super) struct Landed {
    /// The commit that the branch came from.
    pub(super) before: String,
    /// The commits of the branch itself, oldest first; at least one.
    pub(super) commits: Vec<CommitInfo>,
    /// The commit that the branch went to.
    pub(super) tip: CommitInfo,
}

impl Landed {
    /// When it landed.
    pub(super) fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.tip.committed.time, 0).unwrap_or_default()
    }

    /// Everything that it brought: its own commits, and those that its merges brought.
    pub(super) fn all(&self, repository: &Repository) -> Vec<CommitInfo> {
        let is_plain = self.commits.iter().all(|commit| commit.parents.len() < 2);
        if is_plain {
            return self.commits.clone();
        }
        let walk = repository.commits(&self.before, &self.tip.id);
        let all = walk.and_then(|walk| walk.take(MOST).collect::<Result<Vec<_>, _>>());
        // What a merge brought may not be in this clone; what landed is.
        all.unwrap_or_else(|_cut| self.commits.clone())
    }

    /// What its commits say beside its files.
    pub(super) fn facts(&self, all: &[CommitInfo]) -> Facts {
        let gathered = gathered(all);
        let said = gathered.said;
        Facts {
            today: self.at().date_naive().to_string(),
            contributors: gathered.all.into_iter().collect(),
            trailers: gathered.trailers.into_iter().collect(),
            message: (!said.is_empty()).then(|| said.join("\n\n")),
            ..Facts::default()
        }
    }
}

/// Reads the history of a commit between two instants; of more landings than `most` the newest.
///
/// # Errors
///
/// The commit or one before it cannot be read.
pub(super) fn history(
    repository: &Repository,
    head: &str,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    most: usize,
) -> Result<History, GitError> {
    let mut walk = repository.first_parents(head, Some(from.timestamp()))?;
    let mut history = History::default();
    let mut newest: Vec<Landed> = Vec::new();
    for landing in &mut walk {
        let landing = landing?;
        if landing.commit.committed.time > to.timestamp() {
            continue;
        }
        let Some(before) = landing.before else {
            history.beginning = Some(landing.commit.id);
            break;
        };
        let is_full = newest.len() >= most;
        match newest.last_mut() {
            Some(last) if is_one(last, &landing.commit) => {
                last.before = before;
                last.commits.insert(0, landing.commit);
            }
            _ if is_full => break,
            _ => newest.push(Landed {
                before,
                commits: vec![landing.commit.clone()],
                tip: landing.commit,
            }),
        }
    }
    history.gap = walk.gap;
    newest.reverse();
    history.landed = newest;
    Ok(history)
}

/// Whether a commit and the landing after it are one: both name one and the same change.
fn is_one(after: &Landed, commit: &CommitInfo) -> bool {
    let named = |commit: &CommitInfo| -> Option<String> {
        let mut names: Vec<&str> = commit.trailers(CHANGE).collect();
        names.dedup();
        match names.as_slice() {
            [one] => Some((*one).to_owned()),
            _ => None,
        }
    };
    let next = after.commits.first().unwrap_or(&after.tip);
    after.before == commit.id && named(commit).is_some() && named(commit) == named(next)
}
