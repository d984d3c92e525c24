//! Whether a landing was authorised: by what the ledger held before it, and by nothing later.

use schemars::JsonSchema;
use serde::Serialize;

use crate::change::agreement::{Agreement, Asked, Obstacle, Story, of_story};
use crate::ledger::{Checked, Event};

/// A landing, and what it was allowed by.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Landing {
    /// The ULID of the `merged` entry.
    pub entry: String,
    /// The commit to which the branch went.
    pub commit: String,
    /// Whether all agreed who had to, before it.
    pub authorized: bool,
    /// Who did, at its place in the ledger.
    pub agreement: Agreement,
}

/// Says whether a landing was authorised: the one of an entry (its ULID), or else the first under
/// the name of the change. What is asked must be asked of what landed: the digest of the range, the
/// requirements and the authority of the branch before it, and the request that the entry names (the
/// text of a forge can be edited afterwards, and a squash has another one than its commits).
pub fn landing(asked: &Asked<'_>, entry: Option<&str>) -> Option<Landing> {
    let story = Story::of(asked);
    let found = story.counting().find(|(_, one)| {
        let merged = matches!(one.entry.statement.event, Event::Merged(_));
        merged && entry.is_none_or(|entry| one.entry.id == entry)
    });
    found.and_then(|(index, one)| of(&story, index, one))
}

/// The same of an entry at its place.
pub(super) fn of(story: &Story<'_>, index: usize, one: &Checked) -> Option<Landing> {
    let Event::Merged(merged) = &one.entry.statement.event else { return None };
    let mut agreement = of_story(&story.before(index, one.time));
    let asked = &story.asked;
    let request = merged.request.as_deref();
    let same = merged.digest == asked.digest
        && merged.base_branch == asked.base_branch
        && request.is_none_or(|request| request == asked.request);
    if !same {
        agreement.obstacles.push(Obstacle::LandedOtherwise { entry: one.entry.id.clone() });
    }
    Some(Landing {
        entry: one.entry.id.clone(),
        commit: merged.after.clone(),
        authorized: agreement.is_met(),
        agreement,
    })
}
