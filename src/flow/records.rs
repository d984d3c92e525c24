//! The records beside a catalog: what is kept on a branch of its own (`gitsm/records`) and is read
//! with the files as one catalog.

use std::sync::Arc;

use super::workspace::{Notices, configuration};
use crate::git::{ProtectedError, Repository};
use crate::ledger::Branch;
use crate::tree::Revision;

/// The records as they were while a commit was the newest of the protected branch; as they are now
/// without one, for a commit that has no successor there, and for one of another branch. Nothing if
/// nobody keeps records. What cannot be read is said and left out: the files can be read all the same.
///
/// Where records are kept is what the protected branch's `gitsm.yaml` says, whatever is looked at.
pub(super) fn records(
    repository: &Repository,
    folder: &str,
    at: Option<&str>,
    notices: &Notices,
) -> Option<Records> {
    let left_out = |why: &dyn std::fmt::Display| {
        notices.say(format!("the records are left out: {why}"));
    };
    let main = match repository.protected() {
        Ok((_, main)) => main,
        Err(ProtectedError::Nothing) => return None,
        Err(error) => {
            left_out(&error);
            return None;
        }
    };
    let settings = Revision::unlisted(repository, &main).ok()?;
    let (config, _) = configuration(&settings, folder, false);
    let branch = Branch::records(repository, config.settings.records.as_ref());
    let newest = match branch.tip(repository) {
        Ok(tip) => tip?,
        Err(error) => {
            left_out(&error);
            return None;
        }
    };
    let commit = match at.and_then(|at| succeeded(repository, &main, at)) {
        Some(time) => as_of(repository, &newest, time)?,
        None => newest,
    };
    match Revision::open(repository, &commit, &[]) {
        Ok(tree) => Some(Records { commit, tree: Arc::new(tree) }),
        Err(error) => {
            left_out(&error);
            None
        }
    }
}

/// The records at one of their commits.
pub struct Records {
    /// The commit.
    pub commit: String,
    /// Its files.
    pub tree: Arc<Revision>,
}

/// When a commit was no longer the newest of the protected branch; nothing if it is, or never was.
fn succeeded(repository: &Repository, main: &str, at: &str) -> Option<i64> {
    let commit = repository.commit_info(at).ok()?.id;
    let mut next = None;
    let mut walk = repository.first_parents(main, None).ok()?;
    for place in walk.places() {
        let place = place.ok()?;
        if place.commit == commit {
            return next;
        }
        next = Some(place.time);
    }
    None
}

/// The newest commit of a branch that is not younger than an instant.
fn as_of(repository: &Repository, tip: &str, time: i64) -> Option<String> {
    let mut walk = repository.first_parents(tip, None).ok()?;
    walk.places().find_map(|place| {
        let place = place.ok()?;
        (place.time <= time).then_some(place.commit)
    })
}
