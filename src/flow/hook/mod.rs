//! `hook`: Git's own hooks. A bare repository with `pre-receive` is a complete gate, without a forge;
//! `post-receive` records what landed; `pre-commit` says what is wrong with what is staged.
//!
//! Everything that Git tells a hook comes in as a value ([`Told`]): what is to be updated on standard
//! input, the rest in the environment.

mod landed;
mod pusher;
mod receive;
mod staged;

use std::path::Path;

use super::change::ChangeError;
use super::gate::GateError;
use super::ledger::LedgerError;
use super::sides::SidesError;
use crate::git::{GitError, Repository, Surroundings};

pub use landed::{Landed, post_receive};
pub use receive::{Received, Update, pre_receive};
pub use staged::{Staged, pre_commit};

/// What a push option may be (`git push -o …`).
pub const OPTIONS: &[(&str, &str)] = &[
    ("change=NAME", "what the change is called, where neither a request nor a trailer says it"),
    ("verbose", "the whole verdict, also if it may be merged"),
];

/// What Git tells a hook.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// What is to be updated, or was.
    pub updates: Vec<Updated>,
    /// The push options, in order.
    pub options: Vec<String>,
    /// The id of the push certificate's blob, where Git could verify its nonce.
    pub certificate: Option<String>,
}

/// A reference, and from where to where it moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Updated {
    /// Its full name.
    pub reference: String,
    /// Its commit before; nothing if it is new.
    pub old: Option<String>,
    /// Its commit afterwards; nothing if it is deleted.
    pub new: Option<String>,
}

impl Told {
    /// Reads what Git says: a line `OLD NEW REF` for each reference (githooks(5)), and variables.
    ///
    /// # Errors
    ///
    /// In words, the line that cannot be read.
    pub fn read(input: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let updates = input.lines().filter(|line| !line.is_empty()).map(update);
        let updates = updates.collect::<Result<Vec<_>, _>>()?;
        let count = variable("GIT_PUSH_OPTION_COUNT").and_then(|count| count.parse().ok());
        let count: usize = count.unwrap_or(0).min(100);
        let option = |at: usize| variable(&format!("GIT_PUSH_OPTION_{at}"));
        let options = (0..count).filter_map(option).collect();
        let proved = variable("GIT_PUSH_CERT_NONCE_STATUS").as_deref() == Some("OK");
        let certificate = variable("GIT_PUSH_CERT").filter(|id| proved && !id.is_empty());
        Ok(Self { updates, options, certificate })
    }

    /// The name that the pusher gives the change.
    pub fn name(&self) -> Option<&str> {
        self.options.iter().find_map(|one| one.strip_prefix("change="))
    }

    /// Whether the pusher wants to read everything.
    pub fn verbose(&self) -> bool {
        self.options.iter().any(|one| one == "verbose")
    }

    /// Push options that mean nothing here.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        let known = |one: &&String| one.starts_with("change=") || *one == "verbose";
        self.options.iter().filter(move |one| !known(one)).map(String::as_str)
    }
}

fn update(line: &str) -> Result<Updated, String> {
    let wrong = || format!("this is no line that Git gives a hook: `{line}`");
    let mut parts = line.splitn(3, ' ');
    let (Some(old), Some(new), Some(reference)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(wrong());
    };
    let commit = |text: &str| -> Result<Option<String>, String> {
        match text {
            "" => Err(wrong()),
            text if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) => Err(wrong()),
            text if text.bytes().all(|byte| byte == b'0') => Ok(None),
            text => Ok(Some(text.to_owned())),
        }
    };
    Ok(Updated { reference: reference.to_owned(), old: commit(old)?, new: commit(new)? })
}

/// Why a hook cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// Git fails.
    #[error(transparent)]
    Sides(#[from] SidesError),
    /// The gate.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// The ledger.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// What Git said.
    #[error("{0}")]
    Input(String),
    /// Nobody set this server up.
    #[error("{0}")]
    Settings(String, Option<String>),
}

impl From<GitError> for HookError {
    fn from(error: GitError) -> Self {
        Self::Sides(error.into())
    }
}

impl From<LedgerError> for HookError {
    fn from(error: LedgerError) -> Self {
        Self::Change(error.into())
    }
}

impl HookError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Sides(error) => error.is_usage(),
            Self::Gate(error) => error.is_usage(),
            Self::Change(error) => error.is_usage(),
            Self::Input(_) => true,
            Self::Settings(..) => false,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sides(error) => error.hint(),
            Self::Gate(error) => error.hint(),
            Self::Change(error) => error.hint(),
            Self::Settings(_, hint) => hint.clone(),
            Self::Input(_) => None,
        }
    }
}

/// The repository that a hook runs in, with what Git says of where its objects are.
fn repository(
    current: &Path,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Repository, GitError> {
    Surroundings::of_hook(current, variable).say();
    Repository::discover(current)
}

/// The branch that is protected: the one that HEAD names in a repository that others push to.
fn protected(repository: &Repository) -> Option<String> {
    repository.branch().map(|name| format!("refs/heads/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_is_read() {
        let zero = "0".repeat(40);
        let one = "1".repeat(40);
        let input = format!("{zero} {one} refs/heads/a b\n{one} {zero} refs/heads/c\n");
        let variable = |name: &str| match name {
            "GIT_PUSH_OPTION_COUNT" => Some("3".to_owned()),
            "GIT_PUSH_OPTION_0" => Some("change=bigger-db".to_owned()),
            "GIT_PUSH_OPTION_1" => Some("verbose".to_owned()),
            "GIT_PUSH_OPTION_2" => Some("skip-gate".to_owned()),
            "GIT_PUSH_CERT" => Some(one.clone()),
            _ => None,
        };
        let told = Told::read(&input, &variable).unwrap();
        assert_eq!(told.updates[0].reference, "refs/heads/a b");
        assert_eq!((told.updates[0].old.as_ref(), told.updates[1].new.as_ref()), (None, None));
        assert_eq!(told.name(), Some("bigger-db"));
        assert!(told.verbose());
        assert_eq!(told.unknown().collect::<Vec<_>>(), ["skip-gate"]);
        assert_eq!(told.certificate, None, "a certificate that may be an old one proves nothing");
        assert!(Told::read("x\n", &variable).is_err());
        assert!(Told::read("$(id) 11 refs/heads/a\n", &variable).is_err());
    }
}
