//! Which branch is protected: whose settings count, whose commits are applied, whose keys are trusted.
//!
//! Whoever may push any branch may push one called `main`. So where there is a remote, a name is no
//! evidence: `origin/HEAD` is, or what the forge says in its pipelines (a clone that a pipeline makes
//! has no `origin/HEAD`), and nothing is chosen of two that could be meant.

use std::sync::OnceLock;

use super::Repository;
use super::base::Environment;
use super::forge::{DefaultBranch, EventError};

/// Where the remote keeps its branches in this clone.
const REMOTE: &str = "refs/remotes/origin/";

/// The names that a default branch usually has.
const USUAL: [&str; 2] = ["main", "master"];

/// Why it is not known which branch is protected.
#[derive(Debug, thiserror::Error)]
pub enum ProtectedError {
    /// There is none that could be.
    #[error("no default branch is known here: neither origin/HEAD nor a branch main or master")]
    Nothing,
    /// Two could be, and anybody may have made one of them.
    #[error(
        "which branch is protected is not known: there are {one} and {other}, anybody may have made \
         one of them, and there is no origin/HEAD"
    )]
    Several {
        /// One.
        one: String,
        /// The other.
        other: String,
    },
    /// The branch that is said to be it is not in this clone.
    #[error("{who} says that {branch} is the default branch, and that is not in this clone")]
    NotFetched {
        /// Who says so.
        who: &'static str,
        /// The branch.
        branch: String,
    },
    /// The forge speaks of another repository than the one that this is a clone of.
    #[error(
        "which branch is protected is not known: {forge} speaks of {name}, origin is another \
         repository, and there is no origin/HEAD"
    )]
    Elsewhere {
        /// The forge.
        forge: &'static str,
        /// The repository that it speaks of.
        name: String,
    },
    /// What the forge says cannot be read.
    #[error("which branch is protected is not known: {0}")]
    Event(#[from] EventError),
}

impl ProtectedError {
    /// What the reader can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Nothing => "let Git ask the remote: `git remote set-head origin --auto`",
            Self::NotFetched { .. } => {
                "fetch it (`git fetch origin +BRANCH:refs/remotes/origin/BRANCH`, or `fetch-depth: \
                 0`); if the remote has another default branch: `git remote set-head origin --auto`"
            }
            Self::Several { .. } | Self::Elsewhere { .. } | Self::Event(_) => {
                "say which: `git remote set-head origin --auto` asks the remote, and `git remote \
                 set-head origin BRANCH` asks nobody"
            }
        }
    }
}

/// How a process looks its environment up.
type Variable = fn(&str) -> Option<String>;

static ENVIRONMENT: OnceLock<Variable> = OnceLock::new();

/// Says how the environment of this process is looked up, so that no repository is opened anywhere
/// without hearing what its forge says. What was said first holds.
pub fn hear(variable: Variable) {
    let _ = ENVIRONMENT.set(variable);
}

impl Repository {
    /// The protected branch, as far as this clone knows it: the default branch of the remote, or
    /// else of this repository. Its full name and its tip.
    ///
    /// # Errors
    ///
    /// There is none, or it is not known which it is.
    pub fn protected(&self) -> Result<(String, String), ProtectedError> {
        let nothing = |_: &str| None;
        match ENVIRONMENT.get() {
            Some(variable) => self.protected_by(variable),
            None => self.protected_by(&nothing),
        }
    }

    /// The same, in an environment.
    ///
    /// # Errors
    ///
    /// As [`Repository::protected`].
    pub fn protected_by(
        &self,
        environment: &Environment<'_>,
    ) -> Result<(String, String), ProtectedError> {
        let reference = match self.said(environment)? {
            Some(reference) => reference,
            None => self.only_one()?,
        };
        let tip = self.tip(&reference).ok_or(ProtectedError::Nothing)?;
        Ok((reference, tip.to_string()))
    }

    /// The default branch, for whoever only wants to look: its full name, and the one that people use.
    /// What nobody says is guessed.
    pub(super) fn default_branch(&self, environment: &Environment<'_>) -> Option<(String, String)> {
        let said = self.said(environment).ok().flatten();
        let usual =
            [REMOTE, "refs/heads/"].iter().flat_map(|at| USUAL.map(|it| format!("{at}{it}")));
        // The only branch of a repository that nobody shares.
        let found = said.into_iter().chain(usual).chain(self.only_branch());
        let reference = found.into_iter().find(|name| self.tip(name).is_some())?;
        let short = shown(&reference).to_owned();
        Some((reference, short))
    }

    /// The branch that the remote, the forge, or a repository that others push to says it is.
    fn said(&self, environment: &Environment<'_>) -> Result<Option<String>, ProtectedError> {
        let target = |name: &str| {
            let reference = self.inner().find_reference(name).ok()?;
            let target = reference.symbolic_target_bytes()?;
            Some(String::from_utf8_lossy(target).into_owned())
        };
        // A branch that somebody called HEAD is no symbolic reference, and says nothing.
        if let Some(reference) = target(&format!("{REMOTE}HEAD")) {
            let branch = shown(&reference).to_owned();
            return match self.tip(&reference) {
                Some(_) => Ok(Some(reference)),
                None => Err(ProtectedError::NotFetched { who: "origin/HEAD", branch }),
            };
        }
        if self.inner().is_bare() {
            return Ok(target("HEAD").filter(|reference| self.tip(reference).is_some()));
        }
        let Some(address) = self.setting("remote.origin.url") else { return Ok(None) };
        let Some(told) = DefaultBranch::of(environment)? else { return Ok(None) };
        let forge = told.forge;
        if let Some(name) = told.repository.filter(|name| !leads_to(&address, name)) {
            return Err(ProtectedError::Elsewhere { forge, name });
        }
        let Some(branch) = told.branch else { return Ok(None) };
        let reference = format!("{REMOTE}{branch}");
        match self.tip(&reference) {
            Some(_) => Ok(Some(reference)),
            None => Err(ProtectedError::NotFetched { who: forge, branch }),
        }
    }

    /// The branch that it must be, since nobody says which it is.
    fn only_one(&self) -> Result<String, ProtectedError> {
        let held = |at: &str| {
            let all = USUAL.iter().map(|name| format!("{at}{name}"));
            all.filter(|name| self.tip(name).is_some()).collect::<Vec<_>>()
        };
        let one = |found: Vec<String>| match <[String; 2]>::try_from(found) {
            Ok([one, other]) => {
                let [one, other] = [&one, &other].map(|name| shown(name).to_owned());
                Err(ProtectedError::Several { one, other })
            }
            Err(found) => found.into_iter().next().ok_or(ProtectedError::Nothing),
        };
        let fetched = held(REMOTE);
        // Where the remote's branches are here, a local one is nobody's word.
        if !fetched.is_empty() || self.has_fetched() {
            return one(fetched);
        }
        match self.inner().remotes().is_ok_and(|remotes| remotes.is_empty()) {
            // Nobody else pushes to it.
            true => {
                let found = held("refs/heads/").into_iter().next();
                found.or_else(|| self.only_branch()).ok_or(ProtectedError::Nothing)
            }
            false => one(held("refs/heads/")),
        }
    }

    /// Whether branches of the remote are here, beside those of gitsm.
    fn has_fetched(&self) -> bool {
        let Ok(names) = self.inner().references_glob(&format!("{REMOTE}*")) else { return false };
        names.flatten().any(|reference| {
            let name = String::from_utf8_lossy(reference.name_bytes()).into_owned();
            !name.trim_start_matches(REMOTE).starts_with("gitsm/")
        })
    }

    fn only_branch(&self) -> Option<String> {
        if !self.inner().remotes().ok()?.is_empty() {
            return None;
        }
        let mut branches = self.inner().branches(Some(git2::BranchType::Local)).ok()?;
        let (branch, _) = branches.next()?.ok()?;
        let name = String::from_utf8_lossy(branch.get().name_bytes()).into_owned();
        branches.next().is_none().then_some(name)
    }
}

/// The name of a branch as people use it.
fn shown(reference: &str) -> &str {
    let short = reference.strip_prefix("refs/remotes/");
    short.or_else(|| reference.strip_prefix("refs/heads/")).unwrap_or(reference)
}

/// Whether an address is that of a repository of a forge: `https://HOST/OWNER/NAME.git`,
/// `git@HOST:OWNER/NAME`.
fn leads_to(address: &str, name: &str) -> bool {
    let address = address.trim_end_matches('/').to_lowercase();
    let address = address.strip_suffix(".git").unwrap_or(&address);
    let before = address.strip_suffix(&name.to_lowercase());
    before.is_some_and(|before| before.ends_with(['/', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_repository_however_it_is_written() {
        for address in [
            "https://github.com/acme/it",
            "https://x:y@forge.example/git/Acme/IT.git/",
            "git@github.com:acme/it.git",
        ] {
            assert!(leads_to(address, "acme/it"), "{address}");
        }
        for address in ["https://github.com/evil-acme/it", "https://github.com/acme/it2", "../it"] {
            assert!(!leads_to(address, "acme/it"), "{address}");
        }
    }
}
