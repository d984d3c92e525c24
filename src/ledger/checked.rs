//! An entry, and what can be shown of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::model::gitsm::change_policy::Grade;

/// An entry that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The entry.
    pub entry: Entry,
    /// The instant that its position gives it, in seconds since 1970: its own, or that of an entry
    /// before it if that is later. Whoever dates back gains nothing.
    pub time: i64,
    /// The newest commit of the protected branch that it or an entry before it names: the base
    /// whose keys and lists count for it.
    pub main: String,
    /// How sure it is who wrote it.
    pub grade: Grade,
    /// The key that signed it, by its fingerprint.
    pub key: Option<String>,
    /// What is wrong with it. It only counts if nothing is that says so.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// Whether it counts.
    pub fn counts(&self) -> bool {
        !self.problems.iter().any(Problem::is_fatal)
    }
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "problem", rename_all_fields = "camelCase")]
pub enum Problem {
    /// Its signature does not fit what it says: it was forged, or altered.
    BadSignature {
        /// In words.
        reason: String,
    },
    /// Its signature cannot be checked here, for want of a program or of the key itself.
    Unchecked {
        /// In words.
        reason: String,
    },
    /// Nobody signed it, and its type wants a signature.
    Unsigned,
    /// The key that signed it belongs to nobody who may be its writer.
    UnknownKey {
        /// Its fingerprint.
        fingerprint: String,
    },
    /// The key did not count at that time.
    KeyNotValid {
        /// Its fingerprint.
        fingerprint: String,
        /// In words: not yet, no longer, compromised since, not in the base any more.
        reason: String,
    },
    /// Its writer may not write this type.
    NotAllowed {
        /// In words.
        reason: String,
    },
    /// What it states breaks a rule of its type.
    Malformed {
        /// In words.
        reason: String,
    },
    /// It says to be older than an entry before it.
    BackDated {
        /// By how many seconds.
        seconds: i64,
    },
    /// It names a commit that is not on the protected branch.
    UnknownMain {
        /// The commit.
        commit: String,
    },
    /// It names a commit of the ledger that is not before it: it belongs to another chain.
    UnseenLedger {
        /// The commit.
        commit: String,
    },
    /// It says what another entry has said already, under the same id.
    Double {
        /// The commit of the other one.
        first: String,
    },
    /// Its file does not stand where its id and its time say.
    Misplaced {
        /// Where it should stand.
        path: String,
    },
    /// Its commit does more than adding it, or names somebody else.
    OddCommit {
        /// In words.
        reason: String,
    },
}

impl Problem {
    /// Whether an entry with it does not count.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Self::BackDated { .. })
    }

    /// Whether it is about this clone or this machine as much as about the entry: another one, or
    /// this one later, may find nothing wrong.
    pub fn is_local(&self) -> bool {
        matches!(self, Self::Unchecked { .. } | Self::UnknownMain { .. })
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::BadSignature { .. } => "bad-signature",
            Self::Unchecked { .. } => "unchecked",
            Self::Unsigned => "unsigned",
            Self::UnknownKey { .. } => "unknown-key",
            Self::KeyNotValid { .. } => "key-not-valid",
            Self::NotAllowed { .. } => "not-allowed",
            Self::Malformed { .. } => "malformed",
            Self::BackDated { .. } => "back-dated",
            Self::UnknownMain { .. } => "unknown-main",
            Self::UnseenLedger { .. } => "unseen-ledger",
            Self::Double { .. } => "double",
            Self::Misplaced { .. } => "misplaced",
            Self::OddCommit { .. } => "odd-commit",
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BadSignature { reason } => write!(f, "its signature proves nothing: {reason}"),
            Self::Unchecked { reason } => {
                write!(f, "its signature cannot be checked here: {reason}")
            }
            Self::Unsigned => write!(f, "nobody signed it, and its type wants a signature"),
            Self::UnknownKey { fingerprint } => {
                write!(f, "the key {fingerprint} is not listed for its writer")
            }
            Self::KeyNotValid { fingerprint, reason } => {
                write!(f, "the key {fingerprint}: {reason}")
            }
            Self::NotAllowed { reason } | Self::Malformed { reason } => f.write_str(reason),
            Self::BackDated { seconds } => {
                write!(f, "it says to be {seconds} seconds older than an entry before it")
            }
            Self::UnknownMain { commit } => {
                write!(f, "the commit {commit} that it names is not on the protected branch")
            }
            Self::UnseenLedger { commit } => {
                write!(f, "the commit {commit} of the ledger that it names is not before it")
            }
            Self::Double { first } => write!(f, "its id stands at the commit {first} already"),
            Self::Misplaced { path } => write!(f, "its file should be {path}"),
            Self::OddCommit { reason } => write!(f, "its commit {reason}"),
        }
    }
}
