//! What is fulfilled: each requirement by the voices that it hears, by silence, or by broken glass.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::answer::{Agreement, Fulfilled, Obstacle, Refused, Standing, Voice};
use super::decisions::{Decisions, Held, decisions, too_old};
use super::matching::heard;
use super::refusal::Refusal;
use super::story::{is_pipeline, person, written_at};
use super::voices::Voices;
use super::{Asked, Story};
use crate::change::lengths::{over, seconds};
use crate::change::requirement::{Requirement, RequirementKind};
use crate::ledger::{Checked, Event};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;

/// Finds which decisions of the ledger count for a change as it is now, and what they fulfil. For a
/// change that has landed nothing counts any more: see [`crate::change::state::landing`].
pub fn agreement(asked: &Asked<'_>) -> Agreement {
    of_story(&Story::of(asked))
}

/// The same, of what was looked for already.
pub(in crate::change) fn of_story(story: &Story<'_>) -> Agreement {
    let asked = &story.asked;
    let roles = story.roles();
    let voices = Voices::of(story, &roles);
    let decisions = decisions(story, &roles, &voices);
    let counting = Counting { story, voices: &voices, decisions: &decisions };
    let all = asked.approvals.requirements.iter();
    let requirements: Vec<Fulfilled> = all.map(|one| counting.fulfilled(one)).collect();
    let mut refused: Vec<(&Checked, Refusal)> = decisions.refused.clone();
    let break_glass = glass(story, &mut refused);
    refused.extend(vain_takebacks(story));
    let until = requirements
        .iter()
        .filter_map(|one| one.consent_at)
        .filter(|at| at.timestamp() > asked.now);
    let until = until.chain(counting.ends()).min();
    let rejected = decisions.rejected.iter().map(|one| counting.voice_of(one));
    // The order of the ledger, which ids of one second do not show.
    let places: BTreeMap<&str, usize> =
        story.entries.iter().enumerate().map(|(at, one)| (one.entry.id.as_str(), at)).collect();
    refused.sort_by_key(|(one, _)| places.get(one.entry.id.as_str()).copied());
    let refused: Vec<Refused> = refused.into_iter().map(|(one, why)| told(one, why)).collect();
    Agreement {
        rejected: rejected.collect(),
        break_glass,
        obstacles: obstacles(story),
        refused,
        until,
        requirements,
    }
}

fn told(one: &Checked, why: Refusal) -> Refused {
    Refused {
        entry: one.entry.id.clone(),
        event: one.entry.statement.event.name(),
        person: person(one).to_owned(),
        words: why.words(),
        why,
    }
}

fn moment(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}

/// What stands in the way beside people.
fn obstacles(story: &Story<'_>) -> Vec<Obstacle> {
    let asked = &story.asked;
    let mut all = Vec::new();
    if asked.change_type == ChangeType::Emergency {
        if asked.incident.is_none_or(str::is_empty) {
            all.push(Obstacle::NoIncident);
        }
        let decides = |one: &Requirement| one.kind == RequirementKind::Emergency && one.enforced;
        if !asked.approvals.requirements.iter().any(decides) {
            all.push(Obstacle::NobodyDecides);
        }
    }
    if let Some((_, canceled)) = story.cancels().standing {
        all.push(Obstacle::Canceled { entry: canceled.entry.id.clone() });
    }
    if let Some((_, merged)) = story.landed() {
        all.push(Obstacle::LandedBefore { entry: merged.entry.id.clone() });
    }
    all
}

/// Who broke the glass for the change as it is now: anybody whom the base lists for it, then and
/// now, contributor or not; by their key, and for no longer than an approval lasts.
fn glass<'a>(story: &Story<'a>, refused: &mut Vec<(&'a Checked, Refusal)>) -> Option<Voice> {
    let mut broken = None;
    let landed = story.landed().map(|(_, one)| one);
    let called_off = story.cancels().over;
    for (index, one) in story.entries.iter().copied().enumerate() {
        let Event::BreakGlass { base_branch, digest, .. } = &one.entry.statement.event else {
            continue;
        };
        let problem = one.problems.iter().find(|one| one.is_fatal()).map(Refusal::from);
        let of_change = || {
            let asked = &story.asked;
            if base_branch != asked.base_branch {
                return Some(Refusal::OtherBranch);
            }
            if let Some(merged) = landed {
                return Some(Refusal::AlreadyUsed { merged: merged.entry.id.clone() });
            }
            if let Some(later) = story.taken_back(index) {
                return Some(Refusal::Revoked { later: later.entry.id.clone() });
            }
            if let Some((_, canceled)) = called_off.filter(|(at, _)| index < *at) {
                return Some(Refusal::Canceled { later: canceled.entry.id.clone() });
            }
            (digest != asked.digest).then_some(Refusal::OtherDigest)
        };
        let listed = || {
            let listed = story.asked.authority.break_glass.contains(&one.entry.statement.by);
            (!listed).then_some(Refusal::NotListed)
        };
        let sure = || {
            let (has, wants) = (one.grade, Grade::Signed);
            (has < wants).then_some(Refusal::GradeBelow { has, wants })
        };
        let why = problem
            .or_else(|| story.not_here(one))
            .or_else(listed)
            .or_else(of_change)
            .or_else(sure)
            .or_else(|| too_old(&story.asked, one));
        match why {
            Some(why) => refused.push((one, why)),
            None => broken = Some(one),
        }
    }
    broken.map(|one| Voice {
        entry: one.entry.id.clone(),
        person: one.entry.statement.by.clone(),
        grade: one.grade,
        behalf: None,
    })
}

/// What was meant to take something back and does not.
fn vain_takebacks<'a>(story: &Story<'a>) -> Vec<(&'a Checked, Refusal)> {
    let mut refused = Vec::new();
    let mut known: BTreeMap<&str, &Checked> = BTreeMap::new();
    for one in story.entries.iter().copied() {
        known.insert(&one.entry.id, one);
        let Event::Revoked { entry, .. } = &one.entry.statement.event else { continue };
        let target = known.get(entry.as_str());
        let why = target.and_then(|target| story.why_not_back(one, target));
        refused.extend(why.map(|why| (one, why)));
    }
    refused
}

struct Counting<'c, 'a> {
    story: &'c Story<'a>,
    voices: &'c Voices<'c, 'a>,
    decisions: &'c Decisions<'a>,
}

impl<'a> Counting<'_, 'a> {
    /// What became of a requirement.
    fn fulfilled(&self, requirement: &Requirement) -> Fulfilled {
        let by = self.heard(requirement);
        let missing = requirement.count.saturating_sub(u32::try_from(by.len()).unwrap_or(u32::MAX));
        let consent_at = self.consent_at(requirement);
        let lapsed = consent_at.is_some_and(|at| at <= self.story.asked.now);
        let standing = match missing {
            0 => Standing::Met,
            _ if lapsed => Standing::Lapsed,
            _ => Standing::Unmet,
        };
        Fulfilled {
            id: requirement.id.clone(),
            kind: requirement.kind,
            standing,
            enforced: requirement.enforced,
            grade: requirement.grade,
            count: requirement.count,
            missing: if standing == Standing::Lapsed { 0 } else { missing },
            anyone: requirement.anyone,
            could: self.voices.could(requirement, &by),
            by,
            consent_at: consent_at.and_then(moment),
            problem: requirement.problem.clone(),
        }
    }

    /// The voices that a requirement hears.
    fn heard(&self, requirement: &Requirement) -> Vec<Voice> {
        let speak = |one: &&Held<'a>| {
            one.approval.requirements.contains(&requirement.id)
                && one.entry.grade >= requirement.grade
        };
        let speakers: Vec<&Held<'a>> = self.decisions.approved.iter().filter(speak).collect();
        let held =
            |one: &&Held<'a>| self.voices.held(requirement, one.person, (one.index, one.entry));
        let held: Vec<Vec<&str>> = speakers.iter().map(held).collect();
        let given = heard(&held);
        let voices = speakers.iter().zip(given).filter_map(|(one, voice)| {
            let behalf = voice.filter(|voice| *voice != one.person).map(str::to_owned);
            voice.map(|_| Voice { behalf, ..voice_of(one) })
        });
        voices.collect()
    }

    /// When silence is consent: a while after a pipeline last told those who are asked what changes,
    /// what is said of it, and how risky it is. Where nobody is there who could speak, none is heard.
    fn consent_at(&self, requirement: &Requirement) -> Option<i64> {
        let after = requirement.consent_after.as_ref()?;
        let there = !requirement.eligible.is_empty() || !requirement.excluded.is_empty();
        let asks = requirement.kind == RequirementKind::Affected && there;
        if !asks || !self.decisions.rejected.is_empty() {
            return None;
        }
        let asked = &self.story.asked;
        let from = self.story.cancels().over.map_or(0, |(index, _)| index);
        let told = self.story.counting().filter(|(index, one)| {
            let Event::Proposed(proposed) = &one.entry.statement.event else { return false };
            *index >= from
                && is_pipeline(&one.entry.statement.by)
                && one.entry.statement.subject == asked.change
                && proposed.base_branch == asked.base_branch
                && proposed.digest == asked.digest
                && proposed.request == asked.request
                && proposed.band >= asked.band
                && proposed.requirements.contains(&requirement.id)
        });
        told.last().map(|(_, one)| over(one.time, after))
    }

    /// When the approvals end that hold now.
    fn ends(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let lasts = self.story.asked.approvals.lasts.as_ref().map(|lasts| seconds(lasts));
        let all = self.decisions.approved.iter();
        all.filter_map(move |one| moment(written_at(one.entry).saturating_add(lasts?)))
    }

    /// Somebody who does not agree, and in whose place they say so.
    fn voice_of(&self, one: &Held<'a>) -> Voice {
        let asked = self.story.asked.approvals.requirements.iter();
        let held =
            asked.flat_map(|asked| self.voices.held(asked, one.person, (one.index, one.entry)));
        let held: Vec<&str> = held.collect();
        let own = held.contains(&one.person);
        let behalf = held.first().filter(|_| !own).map(|one| (*one).to_owned());
        Voice { behalf, ..voice_of(one) }
    }
}

fn voice_of(one: &Held<'_>) -> Voice {
    Voice {
        entry: one.entry.entry.id.clone(),
        person: one.person.to_owned(),
        grade: one.entry.grade,
        behalf: None,
    }
}
