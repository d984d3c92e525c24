//! What landed on a branch: first-parent history in landings.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::super::contributors::{CHANGE, MOST, gathered};
use crate::change::facts::Facts;
use crate::git::{CommitInfo, Gap, GitError, Repository};

/// What there is to say of first-parent history between two instants, beside what landed.
#[derive(Debug, Default)]
pub(super) struct History {
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
    /// Its tree, where it was seen.
    pub(super) tree_before: Option<String>,
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
    pub(super) fn all(&self, repository: &Repository) -> Cow<'_, [CommitInfo]> {
        let is_plain = self.commits.iter().all(|commit| commit.parents.len() < 2);
        if is_plain {
            return Cow::Borrowed(&self.commits);
        }
        let walk = repository.commits(&self.before, &self.tip.id);
        let all = walk.and_then(|walk| walk.take(MOST).collect::<Result<Vec<_>, _>>());
        // What a merge brought may not be in this clone; what landed is.
        all.map_or_else(|_cut| Cow::Borrowed(self.commits.as_slice()), Cow::Owned)
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

/// Reads the history of a commit between two instants, and tells what landed, the newest first; of
/// more landings than `most` the newest.
///
/// # Errors
///
/// The commit or one before it cannot be read.
pub(super) fn history(
    repository: &Repository,
    head: &str,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    most: usize,
    mut tell: impl FnMut(Landed),
) -> Result<History, GitError> {
    let mut walk = repository.first_parents(head, Some(from.timestamp()))?.until(to.timestamp());
    let mut beginning = None;
    let mut told = 0;
    // More commits may belong to it.
    let mut open: Option<Landed> = None;
    while let Some(landing) = walk.next().transpose()? {
        let commit = landing.commit;
        if let Some(last) = open.as_mut().filter(|last| last.before == commit.id) {
            last.tree_before = Some(commit.tree.clone());
        }
        let Some(before) = landing.before else {
            beginning = Some(commit.id);
            break;
        };
        if let Some(last) = open.as_mut().filter(|last| is_one(last, &commit)) {
            (last.before, last.tree_before) = (before, None);
            last.commits.insert(0, commit);
            continue;
        }
        if told + usize::from(open.is_some()) >= most {
            break;
        }
        told += usize::from(open.is_some());
        let (tip, tree_before) = (commit.clone(), None);
        let next = Landed { before, tree_before, commits: vec![commit], tip };
        open.replace(next).into_iter().for_each(&mut tell);
    }
    open.into_iter().for_each(tell);
    Ok(History { beginning, gap: walk.gap })
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
