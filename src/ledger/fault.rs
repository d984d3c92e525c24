//! What is wrong with a chain, as against with one entry of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a chain stands as a whole.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Each entry follows the one before it, from the first on.
    Unbroken,
    /// Entries that were seen are gone.
    Rewound,
    /// There are two of it: it is not the one that the base names.
    Forked,
    /// Entries were altered, taken away, put in another order, or something else was put among them.
    Broken,
}

impl Standing {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unbroken => "unbroken",
            Self::Rewound => "rewound",
            Self::Forked => "forked",
            Self::Broken => "broken",
        }
    }
}

/// What is wrong with a chain at a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// The commit.
    pub commit: String,
    /// The entry that it concerns, by its ULID, if one can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// What sort it is: `altered`, `removed`, `renamed`, `extra-file`, `odd-mode`, `too-long`,
    /// `not-an-entry`, `merge`, `reordered`, `missing`, `genesis`, `no-beginning`, `unknown-format`.
    pub fault: String,
    /// In words.
    pub message: String,
}

impl Fault {
    pub(super) fn new(commit: &str, entry: Option<&str>, fault: &str, message: String) -> Self {
        Self {
            commit: commit.to_owned(),
            entry: entry.map(str::to_owned),
            fault: fault.to_owned(),
            message,
        }
    }

    /// How the whole chain stands because of it.
    pub fn standing(&self) -> Standing {
        match self.fault.as_str() {
            "genesis" => Standing::Forked,
            "rewound" => Standing::Rewound,
            _ => Standing::Broken,
        }
    }
}
