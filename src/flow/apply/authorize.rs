//! Whether what is about to be applied was agreed to: every landing since the target was applied last.
//!
//! It holds where the protected branch pins a ledger. Only its own first-parent line is applied, and
//! each step of it that touches the target must be recorded, be authorised, and be allowed to happen
//! now.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::ApplyError;
use crate::catalog::short;
use crate::change::state::State;
use crate::change::targets::targets;
use crate::change::verdict::may_apply;
use crate::flow::change::desk::Desk;
use crate::flow::change::meant::Meant;
use crate::flow::change::told::Stands;
use crate::flow::gate::binding;
use crate::flow::landing::landed;
use crate::flow::sides::Wanted;
use crate::ledger::{Checked, CloseCode, Event, Merged};

/// How many landings are looked at since the last apply.
const WALKED: usize = 2_000;

/// What was applied last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Last {
    /// The commit.
    pub(super) commit: String,
    /// Where its outcome stands in the ledger.
    pub(super) at: usize,
    /// When, in seconds since 1970.
    pub(super) time: i64,
    /// By whom.
    pub(super) by: String,
}

/// What was applied to a target last, wholly.
pub(super) fn last(entries: &[Checked], target: &str) -> Option<Last> {
    let of_target =
        |one: &&(usize, &Checked)| one.1.counts() && one.1.entry.statement.subject == target;
    let all: Vec<(usize, &Checked)> = entries.iter().enumerate().collect();
    let mut newest = all.iter().rev().filter(of_target);
    newest.find_map(|(at, one)| {
        let Event::Outcome { result, intent: Some(intent), .. } = &one.entry.statement.event else {
            return None;
        };
        if *result == CloseCode::Unsuccessful {
            return None;
        }
        let mut intents = entries.iter().filter(|one| one.entry.id == *intent);
        intents.find_map(|one| match &one.entry.statement.event {
            Event::Intent(intent) => Some(Last {
                commit: intent.commit.clone(),
                at: *at,
                time: one.time,
                by: one.entry.statement.by.clone(),
            }),
            _ => None,
        })
    })
}

/// What may be applied, and what not.
#[derive(Debug, Default)]
pub(super) struct Authorized {
    /// The changes that touch the target since it was applied last, as canonical references.
    pub(super) changes: Vec<String>,
    /// Why it may not be applied: every reason, in words.
    pub(super) refused: Vec<String>,
}

/// Says whether a commit may be applied to a target.
pub(super) fn authorize(
    desk: &Desk,
    target: &str,
    commit: &str,
    last: Option<&Last>,
) -> Result<Authorized, ApplyError> {
    let repository = &desk.book.repository;
    let mut authorized = Authorized::default();
    let recorded = recorded(desk);
    let mut inside: Option<String> = None;
    let mut reached = last.is_none();
    for landing in repository.first_parents(commit, None)?.take(WALKED) {
        let landing = landing?;
        let id = landing.commit.id.as_str();
        if last.is_some_and(|last| last.commit == id) {
            reached = true;
            break;
        }
        if inside.as_deref() == Some(id) {
            inside = None;
        }
        let Some(before) = &landing.before else { break };
        // Before the branch named its ledger, nobody was asked.
        if last.is_none() && !desk.pins(before)? {
            break;
        }
        if inside.is_some() {
            continue;
        }
        match recorded.get(id) {
            Some((entry, merged)) => {
                inside = Some(merged.before.clone());
                of_change(desk, target, (entry, merged), &mut authorized)?;
            }
            None if touches(desk, target, (before, id))? => {
                let short_id: String = id.chars().take(12).collect();
                authorized.refused.push(format!(
                    "{short_id} ({}) changes what this target holds, and no entry says which change it \
                     is: `gitsm change merged` records it",
                    landing.commit.subject
                ));
            }
            None => {}
        }
    }
    if !reached {
        authorized.refused.push(
            "what was applied last is not behind this commit on the protected branch: take a change \
             back by `gitsm revert`, and apply that"
                .to_owned(),
        );
    }
    authorized.changes.reverse();
    Ok(authorized)
}

/// The landings that the ledger tells of, by their last commits.
fn recorded(desk: &Desk) -> BTreeMap<&str, (&Checked, &Merged)> {
    let of = |one: &'_ Checked| one.counts();
    let entries = desk.entries().iter().filter(|one| of(one));
    entries
        .filter_map(|one| match &one.entry.statement.event {
            Event::Merged(merged) => Some((merged.after.as_str(), (one, merged))),
            _ => None,
        })
        .collect()
}

fn of_change(
    desk: &Desk,
    target: &str,
    (entry, merged): (&Checked, &Merged),
    authorized: &mut Authorized,
) -> Result<(), ApplyError> {
    let change = entry.entry.statement.subject.as_str();
    if !touches(desk, target, (&merged.before, &merged.after))? {
        return Ok(());
    }
    authorized.changes.push(change.to_owned());
    let meant = desk.landed(change, entry, merged)?;
    let stands = desk.stands(&meant);
    let name = short(change);
    if stands.told.state == State::Canceled {
        authorized.refused.push(format!("{name} was called off"));
    } else if stands.told.unauthorized {
        let why = stands.told.why.first().map(|why| format!(": {why}")).unwrap_or_default();
        authorized.refused.push(format!(
            "{name} landed without what it needed{why}; `gitsm change show {}` says what",
            name.trim_start_matches("change:")
        ));
    } else if let Some(why) = not_now(&meant, &stands, desk.book.now) {
        authorized.refused.push(format!("{name}: {why}"));
    }
    Ok(())
}

/// Why a change may not happen now.
fn not_now(meant: &Meant, stands: &Stands, now: DateTime<Utc>) -> Option<String> {
    let timing = &meant.judged.timing;
    if let Some(span) = timing.planned.filter(|span| now < span.start) {
        return Some(format!("it is planned from {} on", span.start.format("%Y-%m-%d %H:%M UTC")));
    }
    let (_, window_from) = binding(meant, stands);
    let assessment = &meant.judged.assessment;
    let against = may_apply(timing, assessment, window_from, &stands.told.agreement)?;
    let first = against.first().cloned().unwrap_or_default();
    let next = timing
        .verdict
        .next
        .map(|span| format!("; it may from {} on", span.start.format("%Y-%m-%d %H:%M UTC")));
    Some(format!("it may not happen now: {first}{}", next.unwrap_or_default()))
}

/// Whether a landing touches what a target holds, or the target itself.
fn touches(desk: &Desk, target: &str, range: (&str, &str)) -> Result<bool, ApplyError> {
    let sides = landed(&desk.place, range, &Wanted::default(), &[])
        .map_err(crate::flow::change::ChangeError::from)?;
    let set = sides.set();
    let mut touched: BTreeSet<String> = BTreeSet::new();
    for one in &set.entities {
        touched.insert(one.reference.clone());
        touched.extend(one.former.clone());
    }
    if touched.contains(target) {
        return Ok(true);
    }
    touched.extend(set.files.iter().flat_map(|file| file.entities.iter().cloned()));
    let touched: Vec<String> = touched.into_iter().collect();
    let today = desk.book.now.date_naive().to_string();
    let takes = |side: &crate::change::Side<'_>| targets(side, &touched, &today).contains(target);
    Ok(sides.base.show(takes) || sides.merged.show(takes))
}
