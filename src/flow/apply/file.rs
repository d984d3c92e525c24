//! A plan that was made before: whether it is whole, of what, and whether it still fits.

use super::{ApplyError, Request};
use crate::catalog::short;
use crate::git::Repository;
use crate::plan::Allowed;
use crate::plan::document::{FORMAT, Plan};

/// The commit that is to be applied.
pub(super) fn wanted(
    request: &Request,
    repository: &Repository,
    tip: &str,
) -> Result<String, ApplyError> {
    let file = request.file.as_ref();
    if let Some(file) = file.filter(|file| file.format != FORMAT) {
        let told = format!("this is `{}`, and this version of gitsm reads `{FORMAT}`", file.format);
        return Err(ApplyError::File(told));
    }
    if let Some(file) = file {
        is_whole(file)?;
    }
    let uncommitted = || {
        ApplyError::File(
            "this plan is of files that were not committed: plan a commit, with --at".to_owned(),
        )
    };
    let planned = file.map(|file| file.commit.clone().ok_or_else(uncommitted)).transpose()?;
    match planned.or_else(|| request.plan.place.at.clone()) {
        Some(revision) => Ok(repository.commit_info(&revision)?.id),
        None => Ok(tip.to_owned()),
    }
}

/// Whether a file is as a plan was written, by this version.
fn is_whole(file: &Plan) -> Result<(), ApplyError> {
    let wrong = |told: String| Err(ApplyError::File(told));
    let own = env!("CARGO_PKG_VERSION");
    if file.targets.is_empty() {
        return wrong("this plan is of no target, so it says nothing to do".to_owned());
    }
    if let Some(target) = file.twice() {
        return wrong(format!("this plan names {} twice", short(target)));
    }
    if let Some(edited) = file.edited() {
        let target = short(&edited.target);
        return wrong(format!(
            "what this plan says of {target} does not fit its digest: it was edited, and was not made so"
        ));
    }
    if file.version != own {
        let made = &file.version;
        return wrong(format!("gitsm {made} made this plan, and this is {own}: plan again"));
    }
    Ok(())
}

/// Whether a commit is one that the protected branch itself had.
pub(super) fn is_landed(
    repository: &Repository,
    commit: &str,
    (branch, tip): (&str, &str),
) -> Result<(), ApplyError> {
    for landing in repository.first_parents(tip, None)? {
        if landing?.commit.id == commit {
            return Ok(());
        }
    }
    let branch = branch.trim_start_matches("refs/heads/").trim_start_matches("refs/remotes/");
    Err(ApplyError::NotLanded { commit: commit.to_owned(), branch: branch.to_owned() })
}

/// What a plan lets be done beyond the limits.
pub(super) fn allowed(plan: &Plan) -> Allowed {
    let has = |word: &str| plan.targets.iter().any(|one| one.allowed.iter().any(|it| it == word));
    Allowed {
        deletes: has("deletes"),
        updates: has("updates"),
        empty: has("empty"),
        drift: has("drift"),
    }
}

/// Whether a plan that was made before is still the one that is made now.
pub(super) fn fits(before: &Plan, now: &Plan) -> Result<(), ApplyError> {
    for old in &before.targets {
        let found = now.targets.iter().find(|one| one.target == old.target);
        let told = |what| ApplyError::Moved { target: short(&old.target), what };
        let new = found.ok_or_else(|| told("it is gone"))?;
        if old.configuration != new.configuration {
            return Err(told("its document, or what its operator says, has changed"));
        }
        if old.observed != new.observed {
            return Err(told("what is there has changed"));
        }
        if old.digest != new.digest {
            return Err(told("the plan itself, or the version of gitsm, has changed"));
        }
    }
    Ok(())
}
