//! libgit2's own merge of whole trees: renames are looked for, and several merge bases are merged
//! first. Its cost follows the size of the trees.

use std::collections::BTreeMap;

use super::error::short;
use super::{Contents, MergeError, Outcome, Paths, Sides};
use crate::git::compare::{Differences, compare};
use crate::git::scratch::Scratch;
use crate::git::{GitError, Repository, Version};

/// The most files that are looked at as targets of a rename.
const RENAMES: u32 = 1000;

impl Repository {
    /// Merges the head, with what is not committed, into the base.
    pub(super) fn merge_whole(
        &self,
        scratch: &Scratch,
        sides: &Sides,
        pending: &Differences,
    ) -> Result<Outcome, MergeError> {
        let mut index = index_of(scratch, sides, pending)?;
        if index.has_conflicts() {
            return Err(MergeError::Conflict {
                base: short(sides.base),
                head: short(sides.head),
                paths: Paths::in_conflict(&index).map_err(GitError::from)?,
            });
        }
        let tree = index.write_tree_to(scratch.inner()).map_err(GitError::from)?;
        let differences = compare(scratch.inner(), Some(sides.base_tree), Some(tree))?;
        let mut contents = Contents::new();
        self.add_contents(scratch, &differences, &mut contents)?;
        Ok(Outcome { differences, contents })
    }
}

fn index_of(
    scratch: &Scratch,
    sides: &Sides,
    pending: &Differences,
) -> Result<git2::Index, GitError> {
    let repository = scratch.inner();
    let head = if pending.is_empty() {
        sides.head
    } else {
        let changes: BTreeMap<&[u8], Option<Version>> =
            pending.iter().map(|(path, change)| (path.as_slice(), change.after)).collect();
        scratch.commit(sides.head, &changes)?
    };
    let mut options = git2::MergeOptions::new();
    options.find_renames(true).target_limit(RENAMES).skip_reuc(true);
    let base = repository.find_commit(sides.base)?;
    let head = repository.find_commit(head)?;
    Ok(repository.merge_commits(&base, &head, Some(&options))?)
}
