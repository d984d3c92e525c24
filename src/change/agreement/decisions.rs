//! Decisions about a change: those that hold for it as it is now, and why the others do not.
//!
//! The first reason counts, from what is wrong with the entry itself to what it was said of, who
//! said it, and what they could answer. A decision that does not hold never replaces one that does.

use std::collections::BTreeMap;

use super::refusal::Refusal;
use super::story::{Roles, is_pipeline, person, written_at};
use super::voices::Voices;
use super::{Asked, Story};
use crate::change::lengths::seconds;
use crate::change::requirement::Requirement;
use crate::ledger::{APPROVAL, Approval, Checked, Decision, Event};

/// How far a writer's clock may be ahead, in seconds.
const AHEAD: i64 = 15 * 60;

/// A decision that holds.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    /// Its place.
    pub(super) index: usize,
    /// The entry.
    pub(super) entry: &'a Checked,
    /// What was decided.
    pub(super) approval: &'a Approval,
    /// By whom.
    pub(super) person: &'a str,
}

/// The decisions about a change.
pub(super) struct Decisions<'a> {
    /// Those who agree, in the order of the ledger.
    pub(super) approved: Vec<Held<'a>>,
    /// Those who do not.
    pub(super) rejected: Vec<Held<'a>>,
    /// What does not hold.
    pub(super) refused: Vec<(&'a Checked, Refusal)>,
}

/// Sorts what was decided.
pub(super) fn decisions<'a>(
    story: &Story<'a>,
    roles: &Roles,
    voices: &Voices<'_, 'a>,
) -> Decisions<'a> {
    let landed = story.landed().map(|(_, one)| one);
    let bench = Bench { story, roles, voices, landed, over: story.cancels().over };
    let mut refused = Vec::new();
    let mut held: BTreeMap<&str, Vec<(Held<'a>, bool)>> = BTreeMap::new();
    for (index, entry) in story.entries.iter().copied().enumerate() {
        let Some(approval) = entry.entry.statement.event.approval() else { continue };
        let person = person(entry);
        let one = Held { index, entry, approval, person };
        match bench.why_not(&one) {
            Some(refusal) => {
                // A no that was taken back is no yes: what they had said before is over.
                if matches!(refusal, Refusal::Revoked { .. }) && !is_approval(&one) {
                    held.entry(person).or_default().push((one, true));
                }
                refused.push((entry, refusal));
            }
            None => held.entry(person).or_default().push((one, false)),
        }
    }
    let mut standing = Vec::new();
    for said in held.into_values() {
        standing.extend(last(said, &mut refused));
    }
    standing.sort_by_key(|one| one.index);
    let (approved, rejected) = standing.into_iter().partition(is_approval);
    Decisions { approved, rejected, refused }
}

fn is_approval(one: &Held<'_>) -> bool {
    matches!(one.entry.entry.statement.event, Event::Approved { .. })
}

/// What somebody said last, of all that holds or was taken back (`true`). A rejection always
/// replaces; an approval only what is not surer than itself.
fn last<'a>(
    said: Vec<(Held<'a>, bool)>,
    refused: &mut Vec<(&'a Checked, Refusal)>,
) -> Option<Held<'a>> {
    let mut last: Option<Held<'a>> = None;
    for (next, is_gone) in said {
        if let Some(before) = last {
            let (has, wants) = (next.entry.grade, before.entry.grade);
            if is_approval(&next) && has < wants {
                refused.push((next.entry, Refusal::GradeBelow { has, wants }));
                continue;
            }
            let later = next.entry.entry.id.clone();
            refused.push((before.entry, Refusal::Superseded { later }));
        }
        last = (!is_gone).then_some(next);
    }
    last
}

struct Bench<'b, 'a> {
    story: &'b Story<'a>,
    roles: &'b Roles,
    voices: &'b Voices<'b, 'a>,
    landed: Option<&'a Checked>,
    over: Option<(usize, &'a Checked)>,
}

impl<'a> Bench<'_, 'a> {
    fn why_not(&self, one: &Held<'a>) -> Option<Refusal> {
        self.of_itself(one)
            .or_else(|| self.of_what(one))
            .or_else(|| self.of_whom(one))
            .or_else(|| self.of_state(one))
            .or_else(|| self.of_time(one))
            .or_else(|| self.of_answer(one))
    }

    /// What is wrong with the entry.
    fn of_itself(&self, one: &Held<'a>) -> Option<Refusal> {
        let here = self.story.asked.authority.writers.contains_key(one.person);
        match one.entry.problems.iter().find(|one| one.is_fatal()) {
            // Whoever is in the base neither then nor now is a stranger, whatever else is wrong.
            Some(_) if !here => return Some(Refusal::NotInBase),
            Some(problem) => return Some(problem.into()),
            None => {}
        }
        let decision = match is_approval(one) {
            true => Decision::Approve,
            false => Decision::Reject,
        };
        let is_theirs = one.approval.person == one.person && one.approval.decision == decision;
        let is_decision = one.approval.format == APPROVAL && !is_pipeline(one.person);
        (!is_theirs || !is_decision).then_some(Refusal::NotTheirs)
    }

    /// What it was said of.
    fn of_what(&self, one: &Held<'a>) -> Option<Refusal> {
        let Asked { repository, base_branch, change, .. } = self.story.asked;
        let Held { approval, entry, .. } = one;
        if approval.repository != repository {
            return Some(Refusal::OtherRepository);
        }
        if approval.base_branch != base_branch {
            return Some(Refusal::OtherBranch);
        }
        let same = approval.change == change && entry.entry.statement.subject == change;
        (!same).then_some(Refusal::OtherChange)
    }

    /// Who said it.
    fn of_whom(&self, one: &Held<'a>) -> Option<Refusal> {
        if let Some(roles) = self.roles.get(one.person) {
            let roles = roles.iter().cloned().collect();
            return Some(Refusal::Contributed { roles });
        }
        self.story.not_here(one.entry)
    }

    /// What became of it, and of what it was said of.
    fn of_state(&self, one: &Held<'a>) -> Option<Refusal> {
        let asked = &self.story.asked;
        if let Some(merged) = self.landed {
            return Some(Refusal::AlreadyUsed { merged: merged.entry.id.clone() });
        }
        if let Some(later) = self.story.taken_back(one.index) {
            return Some(Refusal::Revoked { later: later.entry.id.clone() });
        }
        if let Some((index, canceled)) = self.over
            && one.index < index
        {
            return Some(Refusal::Canceled { later: canceled.entry.id.clone() });
        }
        if one.approval.digest != asked.digest {
            return Some(Refusal::OtherDigest);
        }
        // Whoever says no says it of what changes, whatever is said of it, and however risky it is.
        if !is_approval(one) {
            return None;
        }
        if one.approval.request != asked.request {
            return Some(Refusal::OtherRequest);
        }
        let (shown, now) = (one.approval.band, asked.band);
        (shown < now).then_some(Refusal::BandRisen { shown, now })
    }

    /// When it was said.
    fn of_time(&self, one: &Held<'a>) -> Option<Refusal> {
        is_approval(one).then(|| too_old(&self.story.asked, one.entry)).flatten()
    }

    /// What they could answer.
    fn of_answer(&self, one: &Held<'a>) -> Option<Refusal> {
        let at = (one.index, one.entry);
        let theirs = |asked: &&Requirement| !self.voices.held(asked, one.person, at).is_empty();
        let asked = &self.story.asked.approvals.requirements;
        let theirs: Vec<&Requirement> = asked.iter().filter(theirs).collect();
        if theirs.is_empty() {
            let in_vain = self.voices.in_vain(one.person, at);
            let lent = in_vain.map(|(from, reason)| Refusal::VoiceNotLent { from, reason });
            return Some(lent.unwrap_or(Refusal::NotEligible));
        }
        let shown = |asked: &&&Requirement| {
            !is_approval(one) || one.approval.requirements.contains(&asked.id)
        };
        let shown: Vec<&&Requirement> = theirs.iter().filter(shown).collect();
        if shown.is_empty() {
            let requirements = theirs.iter().map(|one| one.id.clone()).collect();
            return Some(Refusal::NotShown { requirements });
        }
        let wants = shown.iter().map(|one| one.grade).min()?;
        let has = one.entry.grade;
        (has < wants).then_some(Refusal::GradeBelow { has, wants })
    }
}

/// Why something that was said is of no time that counts: too long ago, or yet to come.
pub(super) fn too_old(asked: &Asked<'_>, entry: &Checked) -> Option<Refusal> {
    let at = written_at(entry);
    if at > asked.now.saturating_add(AHEAD) {
        return Some(Refusal::DatedAhead);
    }
    let lasts = asked.approvals.lasts.as_ref()?;
    let is_over = asked.now >= at.saturating_add(seconds(lasts));
    is_over.then(|| Refusal::TooOld { lasts: lasts.clone() })
}
