//! What takes a change back, and what it cannot bring back.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::risk::irreversible;
use super::{ChangeSet, Side};
use crate::git::ChangedPath;

/// What takes a change back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Undo {
    /// The digest of the change that takes it back; a revert of this digest is the proved one.
    pub digest: Option<String>,
    /// Whether it was tried: merged after the change, it gives the base again, value by value.
    pub proved: bool,
    /// What it cannot bring back, in words.
    pub obstacles: Vec<String>,
}

/// Makes the change that takes a change back, and tries it: `changed` are the paths that differ, and
/// `besides` those that only one of the catalogs covers.
pub fn undo(
    set: &ChangeSet,
    base: &Side<'_>,
    merged: &Side<'_>,
    changed: &[ChangedPath],
    besides: &BTreeSet<String>,
) -> Undo {
    let inverse = set.inverse();
    // Where entities and comments are the same on both sides, they are so the other way round, and
    // files go back to what they were.
    if set.entities.is_empty() && set.ignores.is_empty() {
        let digest = inverse.digest();
        let proved = digest.is_some();
        let digest = digest.map(|digest| digest.to_string());
        return Undo { digest, proved, obstacles: Vec::new() };
    }
    let back: Vec<ChangedPath> = changed
        .iter()
        .map(|one| ChangedPath { path: one.path.clone(), before: one.after, after: one.before })
        .collect();
    let tried = ChangeSet::between(merged, base, &back, besides);
    let obstacles = irreversible(set, base, merged);
    let digest = inverse.digest();
    let is_same = digest.is_some() && tried.canonical() == inverse.canonical();
    let proved = is_same && obstacles.is_empty();
    Undo { digest: digest.map(|digest| digest.to_string()), proved, obstacles }
}
