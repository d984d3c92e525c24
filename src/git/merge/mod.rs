//! What a branch becomes when another is merged into it: *base tip → merge result*.
//!
//! Nothing is written. First each path that the head changed is settled by itself, at a cost that
//! follows the change ([`settle`]). What that cannot settle, a rename against an edit for example,
//! is left to libgit2's own merge of the whole trees ([`whole`]), in memory.
//!
//! Where the result is not that of `git merge` (its strategy `ort`): a file that is new in a folder
//! which the other side renamed stays where it is, while `git merge` calls that a conflict; and
//! lines are matched by Myers' algorithm, not by histograms.

mod error;
mod settle;
mod whole;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use error::{MergeError, Paths};

use super::compare::{Differences, changed_paths, compare};
use super::scratch::Scratch;
use super::uncommitted::uncommitted;
use super::{BlobId, ChangedPath, GitError, Repository};

/// What is merged into the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    /// A commit, by a revision.
    Commit(String),
    /// The files on disk, on top of HEAD: what `git add --all` and a commit would make of them.
    Worktree,
    /// What is staged, on top of HEAD.
    Index,
}

/// How a merge result came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Base and head are one commit: only what is not committed differs.
    Same,
    /// The base has nothing that the head has not.
    FastForward,
    /// The head's commits are all in the base: only what is not committed is merged.
    Behind,
    /// Each path was merged by itself.
    Paths,
    /// The whole trees were merged, with renames looked for.
    Whole,
}

/// Contents that no object database holds yet, by the id that Git would give them.
pub type Contents = BTreeMap<BlobId, Arc<[u8]>>;

/// The change from the tip of a base to what merging a head into it gives.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The base's commit, in hexadecimal as all ids.
    pub base: String,
    /// The head's commit; of the worktree or the index, the one that they stand on.
    pub head: String,
    /// Where both come from: several commits if they were merged crosswise.
    pub merge_bases: Vec<String>,
    /// How the result came about.
    pub how: How,
    /// The files that differ between the base's tip and the result, by path.
    pub changes: Vec<ChangedPath>,
    /// Contents of the result that are in no object database: files on disk, merged contents. A
    /// file of more than 128 MiB on disk is left out.
    pub contents: Contents,
}

/// The two commits and where they come from.
struct Sides {
    base: git2::Oid,
    base_tree: git2::Oid,
    head: git2::Oid,
    head_tree: git2::Oid,
    bases: Vec<git2::Oid>,
}

/// What a merge gives.
struct Outcome {
    /// From the base's tip to the result.
    differences: Differences,
    /// Merged contents.
    contents: Contents,
}

impl Repository {
    /// Merges a head into a base, in memory.
    ///
    /// # Errors
    ///
    /// They conflict, have no common history (or this clone does not hold it), a revision does not
    /// exist, or an object is missing.
    pub fn merged(&self, base: &str, head: &Head) -> Result<Merged, MergeError> {
        let committed = match head {
            Head::Commit(revision) => revision.as_str(),
            Head::Worktree | Head::Index => "HEAD",
        };
        let is_committed = matches!(head, Head::Commit(_));
        if !is_committed && self.workdir().is_none() {
            return Err(MergeError::Bare);
        }
        let sides = self.sides(base, committed)?;
        let scratch = if is_committed { None } else { Some(Scratch::of(self)?) };
        let pending = match &scratch {
            Some(scratch) => uncommitted(scratch, sides.head_tree, matches!(head, Head::Worktree))?,
            None => Differences::new(),
        };
        let (how, outcome) = self.merge(&sides, scratch.as_ref(), &pending)?;
        let Outcome { differences, mut contents } = outcome;
        if let Some(scratch) = &scratch {
            self.add_contents(scratch, &differences, &mut contents)?;
        }
        Ok(Merged {
            base: sides.base.to_string(),
            head: sides.head.to_string(),
            merge_bases: sides.bases.iter().map(ToString::to_string).collect(),
            how,
            changes: changed_paths(&differences),
            contents,
        })
    }

    fn sides(&self, base: &str, head: &str) -> Result<Sides, MergeError> {
        let unborn = |name: &str| name == "HEAD" && self.is_unborn();
        if unborn(base) || unborn(head) {
            return Err(MergeError::Unborn);
        }
        let (base, head) = (self.commit_of(base)?, self.commit_of(head)?);
        let cut_off = || MergeError::cut_off(self.inner().is_shallow(), base.id(), head.id());
        let bases: Vec<git2::Oid> = match self.inner().merge_bases(base.id(), head.id()) {
            Ok(bases) => bases.iter().copied().collect(),
            Err(error) if error.code() == git2::ErrorCode::NotFound => return Err(cut_off()),
            Err(error) => return Err(GitError::from(error).into()),
        };
        Ok(Sides {
            base: base.id(),
            base_tree: base.tree_id(),
            head: head.id(),
            head_tree: head.tree_id(),
            bases,
        })
    }

    fn is_unborn(&self) -> bool {
        self.inner().head().is_err_and(|e| e.code() == git2::ErrorCode::UnbornBranch)
    }

    fn merge(
        &self,
        sides: &Sides,
        scratch: Option<&Scratch>,
        pending: &Differences,
    ) -> Result<(How, Outcome), MergeError> {
        let inner = scratch.map_or(self.inner(), Scratch::inner);
        if let [base] = sides.bases.as_slice() {
            let ancestor = inner.find_commit(*base).map_err(GitError::from)?.tree_id();
            let mut theirs = compare(inner, Some(ancestor), Some(sides.head_tree))?;
            lay_over(&mut theirs, pending);
            let how = match *base {
                base if base == sides.base && base == sides.head => How::Same,
                base if base == sides.base => How::FastForward,
                base if base == sides.head => How::Behind,
                _ => How::Paths,
            };
            let settled = if ancestor == sides.base_tree {
                Some(Outcome { differences: theirs, contents: Contents::new() })
            } else {
                settle::settle(inner, sides.base_tree, theirs)?
            };
            if let Some(outcome) = settled {
                return Ok((how, outcome));
            }
        }
        let outcome = match scratch {
            Some(scratch) => self.merge_whole(scratch, sides, pending)?,
            None => self.merge_whole(&Scratch::of(self)?, sides, pending)?,
        };
        Ok((How::Whole, outcome))
    }

    /// Takes those contents of a result out of the scratch repository that are nowhere else.
    fn add_contents(
        &self,
        scratch: &Scratch,
        differences: &Differences,
        contents: &mut Contents,
    ) -> Result<(), GitError> {
        let stored = self.inner().odb()?;
        for new in differences.values().filter_map(|difference| difference.after) {
            let id = new.blob.oid();
            let known = new.bits == 0o160_000
                || contents.contains_key(&new.blob)
                || stored.exists_ext(id, git2::OdbLookupFlags::NO_REFRESH);
            if known {
                continue;
            }
            if let Ok(blob) = scratch.inner().find_blob(id) {
                contents.insert(new.blob, blob.content().into());
            }
        }
        Ok(())
    }
}

/// Adds what is not committed to what the head's commits change.
fn lay_over(theirs: &mut Differences, pending: &Differences) {
    for (path, difference) in pending {
        theirs.entry(path.clone()).or_insert(*difference).after = difference.after;
    }
    theirs.retain(|_, difference| difference.before != difference.after);
}

/// Merges two texts that were made of a third, line by line; nothing if they conflict, or if one of
/// them is no text.
///
/// # Errors
///
/// libgit2 fails.
pub fn merge_texts(
    ancestor: &[u8],
    ours: &[u8],
    theirs: &[u8],
) -> Result<Option<Vec<u8>>, GitError> {
    let is_binary = |text: &[u8]| text.iter().take(8000).any(|byte| *byte == 0);
    if [ancestor, ours, theirs].into_iter().any(is_binary) {
        return Ok(None);
    }
    let [ancestor, ours, theirs] = [ancestor, ours, theirs].map(|text| {
        let mut input = git2::MergeFileInput::new();
        input.content(text);
        input
    });
    let merged = git2::merge_file(&ancestor, &ours, &theirs, None)?;
    Ok(merged.is_automergeable().then(|| merged.content().to_vec()))
}
