//! Branches that are not merged yet: what else is under way.

use super::{GitError, Repository};

/// A branch with commits that a base does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenBranch {
    /// Its name, such as `feature` or `origin/feature`.
    pub name: String,
    /// Its tip.
    pub commit: String,
    /// Where it left the base.
    pub fork: String,
    /// When its tip was committed, in seconds since 1970.
    pub time: i64,
}

/// How many branches are looked at, the newest first.
const MOST: usize = 200;

impl Repository {
    /// The branches, local and fetched, that have commits which neither `base` nor `head` has, and
    /// whose tip is not from before `since` (seconds since 1970); the newest first, each tip once.
    ///
    /// # Errors
    ///
    /// A revision names no commit, or the references cannot be listed.
    pub fn open_branches(
        &self,
        base: &str,
        head: &str,
        since: i64,
    ) -> Result<Vec<OpenBranch>, GitError> {
        let (base, head) = (self.commit_of(base)?.id(), self.commit_of(head)?.id());
        let inner = self.inner();
        let mut tips: Vec<(i64, String, git2::Oid)> = Vec::new();
        for branch in inner.branches(None)? {
            let Ok((branch, _)) = branch else { continue };
            let Ok(Some(name)) = branch.name() else { continue };
            // `origin/HEAD` names a branch that is there by its own name.
            if branch.get().symbolic_target().ok().flatten().is_some() {
                continue;
            }
            let Ok(commit) = branch.get().peel_to_commit() else { continue };
            tips.push((commit.time().seconds(), name.to_owned(), commit.id()));
        }
        tips.retain(|(time, _, id)| *time >= since && *id != base && *id != head);
        // A branch and its copy at a remote are one; the shorter name is the local one.
        tips.sort_by(|a, b| (-a.0, a.2, a.1.len(), &a.1).cmp(&(-b.0, b.2, b.1.len(), &b.1)));
        tips.dedup_by(|later, first| later.2 == first.2);
        Ok(self.open_among(tips.into_iter().take(MOST), base, head))
    }

    /// The same of branches as they stood once: their names and tips. Those whose tip is gone are left
    /// out.
    ///
    /// # Errors
    ///
    /// A revision names no commit.
    pub fn open_as_told(
        &self,
        base: &str,
        head: &str,
        told: &[(String, String)],
    ) -> Result<Vec<OpenBranch>, GitError> {
        let (base, head) = (self.commit_of(base)?.id(), self.commit_of(head)?.id());
        let tips = told.iter().filter_map(|(name, commit)| {
            let commit = self.commit_of(commit).ok()?;
            Some((commit.time().seconds(), name.clone(), commit.id()))
        });
        Ok(self.open_among(tips, base, head))
    }

    fn open_among(
        &self,
        tips: impl Iterator<Item = (i64, String, git2::Oid)>,
        base: git2::Oid,
        head: git2::Oid,
    ) -> Vec<OpenBranch> {
        let inner = self.inner();
        let mut open = Vec::new();
        for (time, name, id) in tips {
            let merged = inner.graph_descendant_of(base, id).unwrap_or(false);
            let ours = inner.graph_descendant_of(head, id).unwrap_or(false);
            let Ok(fork) = inner.merge_base(base, id) else { continue };
            if !merged && !ours {
                let (commit, fork) = (id.to_string(), fork.to_string());
                open.push(OpenBranch { name, commit, fork, time });
            }
        }
        open
    }

    /// The full name of the reference that a revision is, such as `refs/remotes/origin/main` for
    /// `origin/main`; nothing for what is no reference, or no branch.
    pub fn full_name(&self, revision: &str) -> Option<String> {
        let (_, reference) = self.inner().revparse_ext(revision).ok()?;
        let reference = reference?.resolve().ok()?;
        let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
        let is_branch = name.starts_with("refs/heads/") || name.starts_with("refs/remotes/");
        is_branch.then_some(name)
    }

    /// The name of the branch that HEAD is on, such as `feature/x`; nothing on a detached HEAD.
    pub fn branch(&self) -> Option<String> {
        let head = self.inner().find_reference("HEAD").ok()?;
        let target = head.symbolic_target_bytes()?;
        let target = String::from_utf8_lossy(target);
        target.strip_prefix("refs/heads/").map(str::to_owned)
    }

    /// The name and the e-mail address that the user commits with, if Git knows them.
    pub fn identity(&self) -> Option<super::Person> {
        let signature = self.inner().signature().ok()?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some(super::Person {
            name: text(signature.name_bytes()),
            email: text(signature.email_bytes()),
        })
    }
}
