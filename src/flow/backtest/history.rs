//! What landed on a branch: first-parent history in landings, oldest first.

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::super::contributors::{CHANGE, MOST, gathered};
use crate::change::facts::Facts;
use crate::git::{CommitInfo, Gap, GitError, Handles, Place, Repository};

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

/// How many commits are read at once, and how many in a row by one.
const BLOCK: usize = 1024;
const ROW: usize = 64;

/// Reads the history of a commit between two instants; of more landings than `most` the newest.
///
/// # Errors
///
/// The commit or one before it cannot be read.
pub(super) fn history(
    (repository, handles): (&Repository, &Handles),
    head: &str,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    most: usize,
) -> Result<History, GitError> {
    let mut walk = repository.first_parents(head, Some(from.timestamp()))?;
    let mut newest: Vec<Landed> = Vec::new();
    let mut beginning = None;
    loop {
        let wanted = walk
            .places()
            .filter(|place| place.as_ref().map_or(true, |place| place.time <= to.timestamp()));
        let block = wanted.take(BLOCK).collect::<Result<Vec<Place>, GitError>>()?;
        let is_full = join(described(&block, handles)?, most, &mut newest, &mut beginning);
        if is_full || block.len() < BLOCK {
            break;
        }
    }
    newest.reverse();
    Ok(History { landed: newest, beginning, gap: walk.gap })
}

/// What commits say, with those before them, read side by side.
fn described(
    block: &[Place],
    handles: &Handles,
) -> Result<Vec<(CommitInfo, Option<String>)>, GitError> {
    let row = |row: &[Place]| {
        handles.with(|repository| {
            let read = row
                .iter()
                .map(|place| Ok((repository.commit_info(&place.commit)?, place.before.clone())));
            read.collect::<Result<Vec<_>, GitError>>()
        })
    };
    let rows = block.par_chunks(ROW).map(row).collect::<Result<Vec<_>, GitError>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// Adds commits, the newest first, to landings; whether that is the end of it.
fn join(
    commits: Vec<(CommitInfo, Option<String>)>,
    most: usize,
    newest: &mut Vec<Landed>,
    beginning: &mut Option<String>,
) -> bool {
    for (commit, before) in commits {
        let Some(before) = before else {
            *beginning = Some(commit.id);
            return true;
        };
        let is_full = newest.len() >= most;
        match newest.last_mut() {
            Some(last) if is_one(last, &commit) => {
                last.before = before;
                last.commits.insert(0, commit);
            }
            _ if is_full => return true,
            _ => newest.push(Landed { before, commits: vec![commit.clone()], tip: commit }),
        }
    }
    false
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
