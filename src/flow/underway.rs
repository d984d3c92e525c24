//! What else is under way: changes on branches that are not merged, and requests with a schedule.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::sides::{OwnedSide, Sides};
use crate::catalog::Catalog;
use crate::catalog::index::claims;
use crate::change::ChangeSet;
use crate::change::schedule::{OpenChange, planned};
use crate::git::{ChangedPath, Contents, GitError, OpenBranch};
use crate::tree::{Chosen, Patched, Revision, Tree};

/// For how long a branch without a commit counts as under way, in seconds: a quarter.
const FRESH: i64 = 92 * 86_400;

/// How many changed files of a branch are looked at: what changes more is no change of somebody's
/// service, and would be told of everything.
const MOST_FILES: usize = 1_000;

/// The changes that are under way beside one, at an instant in seconds since 1970: requests of its
/// base that say when, and branches that are not merged: those that there are, or those that are told,
/// by their names and tips.
///
/// # Errors
///
/// The branches cannot be listed.
pub fn underway(
    sides: &Sides,
    now: i64,
    told: Option<&[(String, String)]>,
) -> Result<Vec<OpenChange>, GitError> {
    let mut open = requested(&sides.base.catalog, &sides.changed, now);
    let names = &sides.names;
    let (base, head) = (&names.base_commit, &names.head_commit);
    let branches = match told {
        Some(told) => sides.repository.open_as_told(base, head, told)?,
        None => sides.repository.open_branches(base, head, now - FRESH)?,
    };
    // A branch that cannot be read, in a shallow clone for example, is nobody's fault here.
    open.extend(branches.iter().filter_map(|branch| of_branch(sides, branch).ok()).flatten());
    Ok(open)
}

/// The requests of a base that say when and are not over; without those that the change edits.
pub(super) fn requested(catalog: &Catalog, changed: &[ChangedPath], now: i64) -> Vec<OpenChange> {
    let own: BTreeSet<&str> = changed.iter().map(|changed| changed.path.as_str()).collect();
    let is_own = |change: &OpenChange| {
        let found = catalog.names.find(&change.name).and_then(|name| catalog.principal(name));
        found.is_some_and(|id| own.contains(catalog.entity(id).file.path.as_str()))
    };
    let mut open = planned(catalog);
    open.retain(|change| change.schedule.is_some_and(|span| span.end.timestamp() > now));
    open.retain(|change| !is_own(change));
    open
}

/// The entities that some paths belong to, by the base.
fn owners<'p>(
    sides: &Sides,
    paths: impl Iterator<Item = &'p str>,
) -> Result<BTreeSet<String>, GitError> {
    let mut owners = BTreeSet::new();
    let catalog = &sides.base.catalog;
    match &sides.index {
        Some(index) => {
            let mut index = index.borrow_mut();
            for path in paths {
                let claims = index.ask(|index| claims(index, path))?;
                owners.extend(claims.into_iter().filter(|one| !one.embeds).map(|one| one.name));
            }
        }
        None => {
            let claims = crate::catalog::Claims::of(catalog, &sides.base.config.folder);
            let found = paths.flat_map(|path| claims.owners(path));
            owners.extend(found.map(|id| catalog.canonical(catalog.entity(id)).to_owned()));
        }
    }
    Ok(owners)
}

/// The change that a branch is: what it touches, and what its request says.
fn of_branch(sides: &Sides, branch: &OpenBranch) -> Result<Vec<OpenChange>, GitError> {
    let repository = &sides.repository;
    let changed = repository.compare(Some(&branch.fork), &branch.commit)?;
    if changed.is_empty() || changed.len() > MOST_FILES {
        return Ok(Vec::new());
    }
    let paths = || changed.iter().map(|one| one.path.clone());
    let fork: Arc<dyn Tree> = Arc::new(Revision::unlisted(repository, &branch.fork)?);
    let tip: Arc<dyn Tree> =
        Arc::new(Patched::new(Arc::clone(&fork), &changed, Contents::default()));
    let side = |tree: Arc<dyn Tree>| -> Result<OwnedSide, GitError> {
        let chosen: Arc<dyn Tree> = Arc::new(Chosen::new(tree, paths())?);
        OwnedSide::open(chosen, sides.base.config.clone())
    };
    let (before, after) = (side(fork)?, side(tip)?);
    let none = BTreeSet::new();
    let set = before
        .show(|before| after.show(|after| ChangeSet::between(before, after, &changed, &none)));
    let mut touches: BTreeSet<String> = BTreeSet::new();
    for entity in &set.entities {
        touches.insert(entity.reference.clone());
        touches.extend(entity.former.clone());
    }
    touches.extend(owners(sides, set.files.iter().map(|file| file.changed.path.as_str()))?);
    let mut requests: Vec<OpenChange> = planned(&after.catalog);
    requests.retain(|request| touches.contains(&request.name));
    let request = requests.into_iter().next();
    touches.retain(|name| !name.starts_with("change:"));
    let named = request.as_ref().map(|request| request.name.clone());
    Ok(vec![OpenChange {
        name: named.unwrap_or_else(|| branch.name.clone()),
        branch: Some(branch.name.clone()),
        commit: Some(branch.commit.clone()),
        touches,
        schedule: request.as_ref().and_then(|request| request.schedule),
        assignees: request.map(|request| request.assignees).unwrap_or_default(),
    }])
}
