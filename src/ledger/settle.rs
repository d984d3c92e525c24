//! Putting what this clone recorded on top of what others recorded meanwhile. A statement and its
//! signature stay to the byte: only what it names as the one before it, and the commit, change.

use std::collections::BTreeMap;

use super::branch::{Branch, StoreError};
use super::entry::{self, LONGEST};
use crate::git::{ChangedPath, Draft, Repository, Step, Version};

/// How often the branch is moved before somebody else keeps moving it.
const TRIES: usize = 100;

/// The mode of an entry's file.
pub(super) const PLAIN: u32 = 0o100_644;

/// Brings the branch of this clone on top of what is shared, and gives its newest commit. The caller
/// holds the branch.
pub(super) fn settle(
    repository: &Repository,
    branch: &Branch,
    shared: Option<&str>,
) -> Result<Option<String>, StoreError> {
    for _ in 0..TRIES {
        let local = repository.reference(&branch.reference)?;
        let Some(shared) = shared else { return Ok(local) };
        let new = match &local {
            None => shared.to_owned(),
            Some(local) if repository.contains(local, shared)? => return Ok(Some(local.clone())),
            Some(local) if repository.contains(shared, local)? => shared.to_owned(),
            Some(local) => replayed(repository, branch, local, shared)?,
        };
        let why = "gitsm: on top of what is shared";
        if repository.swap(&branch.reference, &new, local.as_deref(), why)? {
            return Ok(Some(new));
        }
    }
    Err(StoreError::Busy { name: branch.name, seconds: 0 })
}

/// Writes the commits that only `local` has on top of `shared`.
fn replayed(
    repository: &Repository,
    branch: &Branch,
    local: &str,
    shared: &str,
) -> Result<String, StoreError> {
    let fork = repository.fork(local, shared)?;
    if fork.is_none() && branch.is_chain {
        return Err(StoreError::Other { name: branch.name });
    }
    let own = repository.line(local, fork.as_deref())?;
    let theirs = repository.line(shared, fork.as_deref())?;
    if let Some(commit) = own.cut.or(theirs.cut) {
        return Err(StoreError::Shallow { name: branch.name, commit });
    }
    let mut replay = Replay { repository, branch, tip: shared.to_owned(), known: BTreeMap::new() };
    for commit in theirs.commits {
        for file in repository.step(&commit)?.files {
            replay.known.insert(key(branch, &file.path), file.after);
        }
    }
    for commit in own.commits {
        let step = repository.step(&commit)?;
        let draft = match branch.is_chain {
            true => replay.entry(&step)?,
            false => replay.records(&step)?,
        };
        if let Some(draft) = draft {
            replay.tip = repository.write_commit(Some(&replay.tip), &draft)?;
        }
    }
    Ok(replay.tip)
}

/// An entry is known by its ULID, wherever its file stands; a record by its path.
fn key(branch: &Branch, path: &str) -> String {
    match branch.is_chain {
        true => path.rsplit('/').next().unwrap_or(path).to_owned(),
        false => path.to_owned(),
    }
}

struct Replay<'r> {
    repository: &'r Repository,
    branch: &'r Branch,
    /// Where it is.
    tip: String,
    /// What others have written, by key.
    known: BTreeMap<String, Option<Version>>,
}

impl Replay<'_> {
    fn odd(&self, step: &Step, reason: &str) -> StoreError {
        StoreError::Odd {
            reference: self.branch.reference.clone(),
            commit: step.id.clone(),
            reason: reason.to_owned(),
        }
    }

    /// The bytes of the one file that a commit of the ledger adds.
    fn added(&self, step: &Step) -> Result<(String, Vec<u8>), StoreError> {
        let Some((path, version)) = only_addition(&step.files).filter(|_| step.parents == 1) else {
            return Err(self.odd(step, "does not add one entry, and nothing else"));
        };
        let bytes = self.repository.short_blob(version.blob, LONGEST)?;
        let bytes = bytes.ok_or_else(|| self.odd(step, "adds a file that is too long"))?;
        Ok((path.to_owned(), bytes))
    }

    /// The commit of an entry after another one; nothing if it is there already.
    fn entry(&self, step: &Step) -> Result<Option<Draft>, StoreError> {
        let (path, bytes) = self.added(step)?;
        let Ok((written, _, _)) = entry::read(&bytes) else {
            return Err(self.odd(step, "adds a file that is no entry"));
        };
        if let Some(theirs) = self.known.get(&key(self.branch, &path)) {
            let theirs = theirs.map(|version| self.repository.short_blob(version.blob, LONGEST));
            let theirs = theirs.transpose()?.flatten().and_then(|bytes| entry::read(&bytes).ok());
            return match theirs {
                Some((theirs, _, _)) if theirs == written => Ok(None),
                _ => Err(self.odd(step, "says something else under the id of a shared entry")),
            };
        }
        let last = self.repository.step(&self.tip)?;
        let last = only_addition(&last.files).map(|(_, version)| version.blob);
        let last = last.map(|blob| self.repository.short_blob(blob, LONGEST)).transpose()?;
        let Some(last) = last.flatten() else {
            return Err(self.odd(step, "would follow a shared commit that adds no entry"));
        };
        let content = written.file(Some(&entry::sha256(&last)));
        Ok(Some(draft(step, BTreeMap::from([(path, Some(content))]))))
    }

    /// The commit of records after another one; nothing if all of them are there already.
    fn records(&self, step: &Step) -> Result<Option<Draft>, StoreError> {
        let mut files = BTreeMap::new();
        for file in &step.files {
            match self.known.get(&key(self.branch, &file.path)) {
                Some(theirs) if *theirs == file.after => continue,
                Some(_) => {
                    let reason = format!("and a shared one both change {}", file.path);
                    return Err(self.odd(step, &reason));
                }
                None => {}
            }
            let content = file.after.map(|one| self.repository.short_blob(one.blob, u64::MAX));
            files.insert(file.path.clone(), content.transpose()?.flatten());
        }
        Ok((!files.is_empty()).then(|| draft(step, files)))
    }
}

/// The path that a commit adds, if that is all that it does.
pub(super) fn only_addition(files: &[ChangedPath]) -> Option<(&str, Version)> {
    let [ChangedPath { path, before: None, after: Some(version) }] = files else { return None };
    (version.bits == PLAIN).then_some((path, *version))
}

fn draft(step: &Step, files: BTreeMap<String, Option<Vec<u8>>>) -> Draft {
    let (by, at) = step.author.clone();
    Draft { by, at, message: step.message.clone(), files }
}
