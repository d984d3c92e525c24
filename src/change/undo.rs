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
    let digest = inverse.digest().map(|digest| digest.to_string());
    if goes_back(set) {
        return Undo { proved: digest.is_some(), digest, obstacles: Vec::new() };
    }
    let obstacles = irreversible(set, base, merged);
    let gives_base = digest.is_some() && gives(&inverse, (base, merged), changed, besides);
    Undo { digest, proved: gives_base && obstacles.is_empty(), obstacles }
}

/// Whether a change is proved to go back, as [`undo`] says.
pub fn is_proved(
    set: &ChangeSet,
    base: &Side<'_>,
    merged: &Side<'_>,
    changed: &[ChangedPath],
    besides: &BTreeSet<String>,
) -> bool {
    // What has doubts has no digest.
    if goes_back(set) || !set.doubts.is_empty() {
        return set.doubts.is_empty();
    }
    irreversible(set, base, merged).is_empty()
        && gives(&set.inverse(), (base, merged), changed, besides)
}

/// Where entities and comments are the same on both sides, they are so the other way round, and
/// files go back to what they were.
fn goes_back(set: &ChangeSet) -> bool {
    set.entities.is_empty() && set.ignores.is_empty()
}

/// Whether what leads from the result to the base is this inverse.
fn gives(
    inverse: &ChangeSet,
    (base, merged): (&Side<'_>, &Side<'_>),
    changed: &[ChangedPath],
    besides: &BTreeSet<String>,
) -> bool {
    let back: Vec<ChangedPath> = changed
        .iter()
        .map(|one| ChangedPath { path: one.path.clone(), before: one.after, after: one.before })
        .collect();
    ChangeSet::between(merged, base, &back, besides).canonical() == inverse.canonical()
}
