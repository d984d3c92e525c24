//! Which base a change is compared with when nobody names one, and why.
//!
//! On a forge's merge ref HEAD is the merge result already, and its first parent the base's tip; but
//! only the forge's event or the fetched branch can say so, since anybody can make a merge commit.

use std::fmt;

use super::forge::{Event, EventError};
use super::{GitError, Repository};

/// Looks a variable of the environment up.
pub type Environment<'e> = dyn Fn(&str) -> Option<String> + 'e;

/// The base of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// A revision that names it.
    pub revision: String,
    /// Why it is this one; as a text, a sentence without its period.
    pub why: Why,
}

/// Why a base was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// HEAD is the forge's merge, and its first parent what it merges into: nothing is to be merged.
    MergeRef {
        /// The forge.
        forge: &'static str,
        /// The branch that it merges into.
        branch: String,
    },
    /// HEAD is the change's own commit, and the forge says where it is to be merged.
    Target {
        /// The forge.
        forge: &'static str,
        /// The branch that it is to be merged into.
        branch: String,
    },
    /// The branch that the others start from and go back to.
    DefaultBranch {
        /// Its name.
        branch: String,
    },
    /// HEAD is on the default branch and has no commits of its own: what is not committed is new.
    Uncommitted {
        /// The default branch.
        branch: String,
    },
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MergeRef { forge, branch } => {
                write!(f, "HEAD is {forge}'s merge into {branch}")
            }
            Self::Target { forge, branch } => write!(f, "{forge} merges this into {branch}"),
            Self::DefaultBranch { branch } => write!(f, "{branch} is the default branch"),
            Self::Uncommitted { branch } => {
                write!(f, "HEAD has no commits that are not in {branch}")
            }
        }
    }
}

/// Why no base can be chosen.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// Git fails, or there is no commit yet.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The forge's event cannot be read.
    #[error(transparent)]
    Event(#[from] EventError),
    /// HEAD is a merge, and nothing that can be trusted says that it merges into the base.
    #[error(
        "HEAD merges into {parent}, but {forge} names {named} as the base, and the branch {branch} \
         does not confirm it here"
    )]
    Unconfirmed {
        /// The forge.
        forge: &'static str,
        /// The branch that the change is for.
        branch: String,
        /// The commit that the forge names, shortened.
        named: String,
        /// HEAD's first parent, shortened.
        parent: String,
    },
    /// The clone ends at HEAD.
    #[error("this clone ends at HEAD, which is {forge}'s merge; the base before it is missing")]
    TooShallow {
        /// The forge.
        forge: &'static str,
    },
    /// The base is checked out in place of the change.
    #[error("{branch} itself is checked out, not the change that {forge} tells of")]
    BaseCheckedOut {
        /// The forge.
        forge: &'static str,
        /// The branch that the change is for.
        branch: String,
    },
    /// The branch that the change is for is not in this clone.
    #[error("{forge} merges this into {branch}, which is not in this clone")]
    NotFetched {
        /// The forge.
        forge: &'static str,
        /// The branch that the change is for.
        branch: String,
    },
    /// There is no branch that could be the default one.
    #[error("no default branch is known here: neither origin/HEAD nor a branch main or master")]
    NoDefault,
}

impl BaseError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Git(error) => error.hint(),
            Self::Event(_) => Some("name the base, such as `origin/main`"),
            Self::Unconfirmed { .. } => Some(
                "the base has moved since; fetch it (`git fetch origin BRANCH`, or `fetch-depth: \
                 0`), run the job again, or name the base",
            ),
            Self::TooShallow { .. } => {
                Some("fetch two commits: `fetch-depth: 2` (GitHub) or `GIT_DEPTH: 2` (GitLab)")
            }
            Self::BaseCheckedOut { .. } => Some(
                "check out the change, without running what is in it: `ref: \
                 refs/pull/NUMBER/merge`",
            ),
            Self::NotFetched { .. } => Some(
                "fetch it: `git fetch origin +BRANCH:refs/remotes/origin/BRANCH`, or \
                 `fetch-depth: 0`",
            ),
            Self::NoDefault => Some(
                "name the base, or let Git ask the remote: `git remote set-head origin --auto`",
            ),
        }
    }
}

impl Repository {
    /// The base that HEAD is compared with when nobody names one.
    ///
    /// # Errors
    ///
    /// There is no commit, no default branch, or what the forge says does not fit this clone.
    pub fn base(&self, environment: &Environment<'_>) -> Result<Base, BaseError> {
        let head = self.commit_of("HEAD")?;
        match Event::of(environment)? {
            Some(event) => self.base_of_event(&head, &event),
            None => self.default_base(&head, environment),
        }
    }

    fn base_of_event(&self, head: &git2::Commit<'_>, event: &Event) -> Result<Base, BaseError> {
        let (forge, branch) = (event.forge, event.branch.clone());
        let fetched = self.tip(&format!("refs/remotes/origin/{branch}"));
        let named = event.base.as_deref().and_then(|id| git2::Oid::from_str(id).ok());
        let is_base = |id: git2::Oid| Some(id) == fetched || Some(id) == named;
        let is_head = event.head.as_deref() == Some(head.id().to_string().as_str());
        if !is_head && is_base(head.id()) {
            return Err(BaseError::BaseCheckedOut { forge, branch });
        }
        let parents = parents_said(head);
        let (Some(parent), true) = (parents.first().copied(), is_merge(event, &parents, is_head))
        else {
            return self.target(event, fetched, named);
        };
        if !is_base(parent) {
            let named = event.base.as_deref().unwrap_or("no commit");
            return Err(BaseError::Unconfirmed {
                forge,
                branch,
                named: named.chars().take(10).collect(),
                parent: parent.to_string().chars().take(10).collect(),
            });
        }
        if head.parent_id(0).is_err() || self.inner().find_commit(parent).is_err() {
            return Err(BaseError::TooShallow { forge });
        }
        Ok(Base { revision: parent.to_string(), why: Why::MergeRef { forge, branch } })
    }

    /// The tip of the branch that a change is for, when HEAD is the change's own commit.
    fn target(
        &self,
        event: &Event,
        fetched: Option<git2::Oid>,
        named: Option<git2::Oid>,
    ) -> Result<Base, BaseError> {
        let (forge, branch) = (event.forge, event.branch.clone());
        let held = |id: &git2::Oid| self.inner().find_commit(*id).is_ok();
        match fetched.or(named).filter(held) {
            Some(id) => Ok(Base { revision: id.to_string(), why: Why::Target { forge, branch } }),
            None => Err(BaseError::NotFetched { forge, branch }),
        }
    }

    fn default_base(
        &self,
        head: &git2::Commit<'_>,
        environment: &Environment<'_>,
    ) -> Result<Base, BaseError> {
        let Some((reference, branch)) = self.default_branch(environment) else {
            return Err(BaseError::NoDefault);
        };
        let Some(tip) = self.tip(&reference) else { return Err(BaseError::NoDefault) };
        let name = branch.strip_prefix("origin/").unwrap_or(&branch);
        let on_it = self
            .inner()
            .head()
            .is_ok_and(|head| head.is_branch() && head.shorthand_bytes() == name.as_bytes());
        let in_it = tip == head.id()
            || self.inner().graph_descendant_of(tip, head.id()).map_err(GitError::from)?;
        if on_it && in_it {
            return Ok(Base { revision: "HEAD".to_owned(), why: Why::Uncommitted { branch } });
        }
        Ok(Base { revision: reference, why: Why::DefaultBranch { branch } })
    }

    /// The commit that a reference names.
    pub(super) fn tip(&self, reference: &str) -> Option<git2::Oid> {
        let reference = self.inner().find_reference(reference).ok()?;
        Some(reference.peel_to_commit().ok()?.id())
    }
}

/// Whether HEAD is what the forge made of the change and its base, and not the change's own tip.
fn is_merge(event: &Event, parents: &[git2::Oid], is_head: bool) -> bool {
    !is_head && (parents.len() == 2 || event.is_queue && parents.len() == 1)
}

/// The parents that a commit names, whether this clone holds them or not.
pub(super) fn parents_said(commit: &git2::Commit<'_>) -> Vec<git2::Oid> {
    let header = commit.raw_header_bytes().split(|byte| *byte == b'\n');
    let ids = header.filter_map(|line| line.strip_prefix(b"parent "));
    ids.filter_map(|id| git2::Oid::from_str(std::str::from_utf8(id).ok()?).ok()).collect()
}
