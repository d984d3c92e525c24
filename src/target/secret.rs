//! Secrets: texts that nobody sees.

use std::collections::BTreeMap;
use std::fmt;

/// A text that is not shown. Only drivers take it out, where they send it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The secrets of a target, by what its driver calls them.
pub type Secrets = BTreeMap<String, Secret>;

/// What is shown in the place of a secret.
pub const HIDDEN: &str = "***";

impl Secret {
    /// A secret; the line end behind it does not belong to it.
    pub fn new(text: &str) -> Self {
        Self(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// The text itself, to be sent and to nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// A text without this secret, where a target repeats it in its answer.
    pub fn hide(&self, text: &str) -> String {
        match self.0.is_empty() {
            true => text.to_owned(),
            false => text.replace(&self.0, HIDDEN),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}
