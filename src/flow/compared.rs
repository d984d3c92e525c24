//! From what a user names, or a forge says, to two commits and the paths that differ.

use super::sides::{Asked, Names, SidesError};
use crate::git::{ChangedPath, Contents, Environment, Head, How, Repository, Why};

/// What is compared, and the paths that differ.
pub(super) fn compared(
    repository: &Repository,
    asked: &Asked,
    environment: &Environment<'_>,
) -> Result<(Names, Vec<ChangedPath>, Contents), SidesError> {
    let (base, why) = match &asked.base {
        Some(base) => (base.clone(), None),
        None => {
            let base = repository.base(environment)?;
            (base.revision, Some(base.why))
        }
    };
    if let Some(why @ Why::MergeRef { .. }) = &why {
        let before = repository.commit_info(&base)?.id;
        let head = repository.commit_info("HEAD")?.id;
        let changed = repository.compare(Some(&base), "HEAD")?;
        let names = Names {
            base: base_name(&base, why),
            base_commit: before,
            head: Some("HEAD".to_owned()),
            head_commit: head,
            how: why.to_string(),
            staged: false,
        };
        return Ok((names, changed, Contents::new()));
    }
    let head = match (&asked.head, asked.staged) {
        (Some(head), _) => Head::Commit(head.clone()),
        (None, true) => Head::Index,
        (None, false) if repository.workdir().is_none() => Head::Commit("HEAD".to_owned()),
        (None, false) => Head::Worktree,
    };
    let merged = repository.merged(&base, &head)?;
    let how = match (&why, merged.how) {
        (_, How::Paths | How::Whole) => "merged".to_owned(),
        (Some(why), _) => why.to_string(),
        (None, How::Behind) => "it has all of these commits already".to_owned(),
        (None, How::Same | How::FastForward) => String::new(),
    };
    let names = Names {
        base: why.as_ref().map_or(base.clone(), |why| base_name(&base, why)),
        base_commit: merged.base,
        head: match head {
            Head::Commit(head) => Some(head),
            Head::Worktree | Head::Index => None,
        },
        head_commit: merged.head,
        how,
        staged: asked.staged,
    };
    Ok((names, merged.changes, merged.contents))
}

/// The base by the name of its branch.
fn base_name(revision: &str, why: &Why) -> String {
    match why {
        Why::MergeRef { branch, .. }
        | Why::Target { branch, .. }
        | Why::DefaultBranch { branch }
        | Why::Uncommitted { branch } => branch.clone(),
    }
    .trim_start_matches("refs/heads/")
    .to_owned()
    .replacen("HEAD", revision, 0)
}
