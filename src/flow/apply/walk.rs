//! What landed on the protected branch since a target was applied last.

use std::collections::BTreeMap;

use super::ApplyError;
use super::authorize::Last;
use crate::catalog::short;
use crate::flow::change::desk::Desk;
use crate::flow::plan::Wishes;
use crate::ledger::{Checked, Event, Merged};

/// What landed at once.
pub(super) struct Landed<'a> {
    /// The commit before it.
    pub(super) before: String,
    /// The entry that says which change it is.
    pub(super) recorded: Option<(&'a Checked, &'a Merged)>,
    /// Whether it changes files by which a target may be touched.
    pub(super) may_touch: bool,
    /// What `gitsm revert` takes it back by.
    pub(super) back: String,
    commit: String,
    subject: String,
    is_named: bool,
}

impl Landed<'_> {
    /// Why a landing is not applied of which no entry says what it is.
    pub(super) fn unrecorded(&self) -> String {
        let id: String = self.commit.chars().take(12).collect();
        let told = format!(
            "{id} ({}) changes what this target holds, and no entry says which change it is",
            self.subject
        );
        match self.is_named {
            true => format!("{told}: `gitsm change merged` records it"),
            false => format!(
                "{told}: it has no name. `gitsm revert {id}` takes it back; land that as a change, and \
                 what is wanted of it as another"
            ),
        }
    }
}

/// What landed, newest first.
pub(super) struct Walked<'a> {
    /// Each landing that is recorded, and of the others those that may touch a target.
    pub(super) landings: Vec<Landed<'a>>,
    /// The commit behind which they are: what was applied last, or the one by which the branch named
    /// its ledger.
    pub(super) since: Option<String>,
    /// Why that is not all of them.
    pub(super) broken: Vec<String>,
}

/// Goes back to what was applied last; without that to where the branch named its ledger, before which
/// nobody was asked.
pub(super) fn walked<'a>(
    desk: &'a Desk,
    commit: &str,
    last: Option<&Last>,
    wishes: &Wishes,
) -> Result<Walked<'a>, ApplyError> {
    let recorded = recorded(desk);
    let (mut landings, mut since) = (Vec::new(), None);
    let mut inside: Option<(&Checked, &Merged)> = None;
    let mut all = desk.book.repository.first_parents(commit, None)?;
    for landing in &mut all {
        let landing = landing?;
        let id = landing.commit.id.as_str();
        if last.is_some_and(|last| last.commit == id) {
            since = Some(id.to_owned());
            break;
        }
        let Some(before) = landing.before else {
            since = last.is_none().then(|| id.to_owned());
            break;
        };
        if last.is_none() && !desk.pins(&before)? {
            since = Some(id.to_owned());
            break;
        }
        if inside.is_some_and(|(_, merged)| merged.before == id) {
            inside = None;
        }
        if inside.is_some() {
            continue;
        }
        let found = recorded.get(id).copied();
        inside = found;
        let mut back: String = id.chars().take(12).collect();
        let before = match found.map(|(_, merged)| merged.before.clone()) {
            Some(first) if first != before => {
                back = format!("{}..{back}", first.chars().take(12).collect::<String>());
                first
            }
            _ => before,
        };
        let may_touch = wishes.may_differ(&before, id)?;
        if found.is_none() && !may_touch {
            continue;
        }
        let is_named = landing.commit.trailers("Gitsm-Change").next().is_some();
        landings.push(Landed {
            before,
            recorded: found,
            may_touch,
            back,
            is_named,
            commit: landing.commit.id,
            subject: landing.commit.subject,
        });
    }
    let mut broken = Vec::new();
    if since.is_none() && all.gap.is_some() {
        broken.push(
            "this clone holds only a part of the branch, so what landed before that cannot be judged: \
             `git fetch --unshallow`"
                .to_owned(),
        );
    } else if since.is_none() {
        broken.push(
            "what was applied last is not behind this commit on the protected branch: take a change \
             back by `gitsm revert`, and apply that"
                .to_owned(),
        );
    }
    // Whatever a landing is said to begin with was left out of the walk up to there.
    if let (Some((entry, merged)), Some(since)) = (inside, &since)
        && !desk.book.repository.contains(since, &merged.before).unwrap_or(false)
    {
        let id: String = merged.before.chars().take(12).collect();
        broken.push(format!(
            "the ledger says that {} landed behind {id}, which is not on the branch",
            short(&entry.entry.statement.subject)
        ));
    }
    Ok(Walked { landings, since, broken })
}

/// The landings that the ledger tells of, by their last commits.
fn recorded(desk: &Desk) -> BTreeMap<&str, (&Checked, &Merged)> {
    let entries = desk.entries().iter().filter(|one| one.counts());
    entries
        .filter_map(|one| match &one.entry.statement.event {
            Event::Merged(merged) => Some((merged.after.as_str(), (one, merged))),
            _ => None,
        })
        .collect()
}
