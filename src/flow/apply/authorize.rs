//! Whether what is about to be applied was agreed to: every landing since the target was applied last.
//!
//! It holds where the protected branch pins a ledger. Only its own first-parent line is applied, and
//! each step of it that touches the target must be recorded, be authorised, and be allowed to happen
//! now. What a landing touches is said by what the commits before and after it want of the target
//! ([`Wishes`]); what was taken back since is not asked for.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::ApplyError;
use super::walk::{Landed, Walked, walked};
use crate::catalog::short;
use crate::change::state::State;
use crate::change::targets::targets;
use crate::change::verdict::{may_apply, may_apply_until};
use crate::flow::change::desk::Desk;
use crate::flow::change::meant::Meant;
use crate::flow::change::told::Stands;
use crate::flow::gate::binding;
use crate::flow::landing::landed;
use crate::flow::plan::Wishes;
use crate::flow::sides::Wanted;
use crate::ledger::{Checked, CloseCode, Event, Merged, first_outcomes};

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

/// What was applied to a target last, wholly: the newest intent that ended well at first. What is said
/// of an older one later does not make that the last.
pub(super) fn last(entries: &[Checked], target: &str) -> Option<Last> {
    let of_target = |one: &&Checked| one.counts() && one.entry.statement.subject == target;
    let ended = first_outcomes(entries);
    entries.iter().rev().filter(of_target).find_map(|one| {
        let Event::Intent(intent) = &one.entry.statement.event else { return None };
        let (at, outcome) = ended.get(one.entry.id.as_str())?;
        let Event::Outcome { result, .. } = &outcome.entry.statement.event else { return None };
        (*result != CloseCode::Unsuccessful).then(|| Last {
            commit: intent.commit.clone(),
            at: *at,
            time: outcome.time,
            by: outcome.entry.statement.by.clone(),
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
    /// When the first of the changes may no longer happen.
    pub(super) until: Option<DateTime<Utc>>,
}

/// Says whether a commit may be applied to a target.
pub(super) fn authorize(
    desk: &Desk,
    target: &str,
    commit: &str,
    last: Option<&Last>,
    wishes: &mut Wishes,
) -> Result<Authorized, ApplyError> {
    let mut authorized = Authorized::default();
    let walked = walked(desk, commit, last, wishes)?;
    authorized.refused.extend(walked.broken.clone());
    let touches = touches(&walked, commit, wishes)?;
    let mut asked_for = false;
    for (landing, touch) in walked.landings.iter().zip(&touches) {
        match landing.recorded {
            Some(_) if touch.is_left() => {
                asked_for = true;
                of_change(desk, landing, &mut authorized)?;
            }
            Some((entry, merged)) => {
                // It waits for an outcome here, though there is nothing to do for it.
                let change = entry.entry.statement.subject.as_str();
                if (touch.any || concerns(desk, target, merged)?)
                    && state(desk, (entry, merged))? != State::Canceled
                {
                    authorized.changes.push(change.to_owned());
                }
            }
            None if touch.is_left() => authorized.refused.push(landing.unrecorded()),
            None => {}
        }
    }
    if authorized.refused.is_empty() && !asked_for {
        authorized.refused.extend(unasked(&walked, commit, wishes)?);
    }
    authorized.changes.reverse();
    Ok(authorized)
}

/// Why a commit of which no change asks for anything is not applied: all the same it wants something
/// else than what was applied last.
fn unasked(
    walked: &Walked<'_>,
    commit: &str,
    wishes: &mut Wishes,
) -> Result<Option<String>, ApplyError> {
    let Some(since) = walked.since.as_deref().filter(|since| *since != commit) else {
        return Ok(None);
    };
    if !wishes.may_differ(since, commit)? {
        return Ok(None);
    }
    let (before, after) = (wishes.at(since)?, wishes.at(commit)?);
    let short_id: String = since.chars().take(12).collect();
    if let Some(why) = after.unsure.as_ref().or(before.unsure.as_ref()) {
        return Ok(Some(format!(
            "it is not known what is different from {short_id}, and no change asks for it: {why}"
        )));
    }
    let differs = before.differs(&after);
    Ok(differs.first().map(|first| {
        format!("{first} is to be otherwise than at {short_id}, and no change asks for that")
    }))
}

/// What a landing touches of a target.
#[derive(Debug, Clone, Default)]
struct Touch {
    /// Whether anything.
    any: bool,
    /// Whether what it touches is not known.
    is_unknown: bool,
    /// The parts that it makes otherwise and that were not taken back since.
    left: BTreeSet<String>,
}

impl Touch {
    fn is_left(&self) -> bool {
        self.is_unknown || !self.left.is_empty()
    }
}

/// What each landing touches. Of landings between which the catalog cannot be read, each touches what
/// all do together.
fn touches(
    walked: &Walked<'_>,
    commit: &str,
    wishes: &mut Wishes,
) -> Result<Vec<Touch>, ApplyError> {
    let mut all = vec![Touch::default(); walked.landings.len()];
    let mut group: Vec<usize> = Vec::new();
    let mut after = None;
    for (at, landing) in walked.landings.iter().enumerate().filter(|(_, one)| one.may_touch) {
        let end = wishes.at(commit)?;
        let newer = match &after {
            Some(newer) => std::rc::Rc::clone(newer),
            None => std::rc::Rc::clone(&end),
        };
        group.push(at);
        let before = wishes.at(&landing.before)?;
        if before.unsure.is_some() {
            continue;
        }
        let is_unknown = newer.unsure.is_some();
        let parts = before.differs(&newer);
        let any = is_unknown || !parts.is_empty();
        for one in group.drain(..) {
            if let Some(touch) = all.get_mut(one) {
                *touch = Touch { any, is_unknown, left: parts.clone() };
            }
        }
        // What is in the end as it was before this landing was taken back, by whatever came later.
        if end.unsure.is_none() {
            for one in all.iter_mut().take(at + 1) {
                one.left.retain(|part| !before.has_as(&end, part));
            }
        }
        after = Some(before);
    }
    for one in group {
        if let Some(touch) = all.get_mut(one) {
            *touch = Touch { any: true, is_unknown: true, left: BTreeSet::new() };
        }
    }
    Ok(all)
}

fn state(desk: &Desk, (entry, merged): (&Checked, &Merged)) -> Result<State, ApplyError> {
    let meant = desk.landed(&entry.entry.statement.subject, entry, merged)?;
    Ok(desk.stands(&meant).told.state)
}

fn of_change(
    desk: &Desk,
    landing: &Landed<'_>,
    authorized: &mut Authorized,
) -> Result<(), ApplyError> {
    let Some((entry, merged)) = landing.recorded else { return Ok(()) };
    let change = entry.entry.statement.subject.as_str();
    authorized.changes.push(change.to_owned());
    let meant = desk.landed(change, entry, merged)?;
    let stands = desk.stands(&meant);
    let name = short(change);
    if stands.told.state == State::Canceled {
        authorized.refused.push(format!("{name} was called off"));
    } else if stands.told.unauthorized {
        let said = "it landed without what it needed";
        let whys = stands.told.why.iter().filter(|why| !why.starts_with(said));
        let why = whys.map(|why| format!(": {why}")).next().unwrap_or_default();
        let (own, back) = (name.trim_start_matches("change:"), &landing.back);
        authorized.refused.push(format!(
            "{name} landed without what it needed{why}; `gitsm change show {own}` says what. `gitsm \
             revert {back}` takes it back; land that as a change, and what is wanted of it as another"
        ));
    } else if let Some(why) = not_now(&meant, &stands, desk.book.now) {
        authorized.refused.push(format!("{name}: {why}"));
    } else {
        let (_, window_from) = binding(&meant, &stands);
        let (timing, assessment) = (&meant.judged.timing, &meant.judged.assessment);
        let until = may_apply_until(timing, assessment, window_from, &stands.told.agreement);
        authorized.until = authorized.until.into_iter().chain(until).min();
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

/// Whether a landing edits what a target takes, or the target itself: then it waits for an outcome
/// there, also where nothing comes of the edit.
fn concerns(desk: &Desk, target: &str, merged: &Merged) -> Result<bool, ApplyError> {
    let range = (merged.before.as_str(), merged.after.as_str());
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
