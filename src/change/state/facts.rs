//! Which conditions of the table hold for a change, by what is in the ledger up to a place.

use std::collections::BTreeMap;

use super::Inputs;
use super::landing::{self, Landing};
use super::table::{Life, State, When};
use crate::change::agreement::{Agreement, Refusal, Story, of_story, unfit};
use crate::ledger::{Checked, CloseCode, Event, first_outcomes};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;
use crate::model::gitsm::value::RiskBand;

/// What holds of a change.
pub(super) struct Facts<'a> {
    /// In which way it lives.
    pub(super) life: Life,
    /// Who agrees: now, or when it landed.
    pub(super) agreement: Agreement,
    /// Its landing; the first that was not authorized, or else the first.
    pub(super) landing: Option<Landing>,
    /// The newest entry that puts it forward, and whether that is as it is.
    pub(super) proposed: Option<(&'a Checked, bool)>,
    /// Who called it off.
    pub(super) canceled: Option<&'a Checked>,
    /// Whether nobody misses anything that must be said.
    said: bool,
    /// Whether nobody else holds it up.
    free: bool,
    /// Whether it is applied.
    began: bool,
    /// How it went, and by which entry that was complete.
    pub(super) ended: Option<(usize, CloseCode)>,
    /// Whether it may close by itself.
    fine: bool,
    /// Who looked back.
    pub(super) reviewed: Option<(&'a Checked, CloseCode)>,
    /// Reviews and cancellations that do not count.
    pub(super) refused: Vec<(&'a Checked, Refusal)>,
}

impl Facts<'_> {
    /// Whether a condition holds.
    pub(super) fn hold(&self, when: When) -> bool {
        let landed = self.landing.is_some();
        let proposed = landed || self.proposed.is_some_and(|(_, as_it_is)| as_it_is);
        let rejected = !landed && !self.agreement.rejected.is_empty();
        let said = landed || self.said;
        let agreed = landed || (self.free && self.agreement.is_met());
        match when {
            When::Canceled => self.canceled.is_some(),
            When::Again => self.canceled.is_none(),
            When::Edited => !proposed,
            When::Rejected => rejected,
            When::Proposed => proposed && !rejected,
            When::Unsaid => !said,
            When::Said => said,
            When::Lost => !agreed,
            When::Agreed => agreed,
            When::Broken => self.life == Life::BreakGlass,
            When::Found => self.life == Life::Unauthorized,
            When::Began => self.began,
            When::Ended => self.ended.is_some(),
            When::Fine => self.fine,
            When::Reviewed => self.reviewed.is_some(),
        }
    }
}

/// Finds what holds of a change.
pub(super) fn facts<'a>(story: &Story<'a>, inputs: &Inputs<'_>) -> Facts<'a> {
    let landings =
        story.counting().filter(|(_, one)| matches!(one.entry.statement.event, Event::Merged(_)));
    let mut landings = landings.filter_map(|(index, one)| {
        let mut landing = landing::of(story, index, one)?;
        landing.authorized |= inputs.undoes && landing.agreement.is_met_by_undoing();
        Some((index, landing))
    });
    let first = landings.next();
    let mut landed_at = first.as_ref().map(|(index, _)| *index);
    let mut landing = first.map(|(_, landing)| landing);
    if landing.as_ref().is_some_and(|first| first.authorized)
        && let Some((_, other)) = landings.find(|(_, other)| !other.authorized)
    {
        landing = Some(other);
    }
    let agreement = match &landing {
        Some(landing) => landing.agreement.clone(),
        None => of_story(story),
    };
    let free = inputs.blocked_by.is_empty();
    let life = life(story, inputs, &agreement, landing.as_ref());
    if inputs.found {
        landed_at = landed_at.or(Some(0));
    }
    let past = Past { story, life, landed_at, landing: landing.as_ref(), agreement: &agreement };
    let ended = past.ended(inputs.targets);
    let mut refused = Vec::new();
    let canceled = past.canceled(ended, &mut refused);
    let reviewed = past.reviewed(ended, &mut refused);
    let quiet =
        life == Life::Standard || (life == Life::Normal && story.asked.band == RiskBand::Low);
    Facts {
        life,
        proposed: past.proposed(),
        canceled,
        said: inputs.unsaid.is_empty(),
        free,
        began: past.began(inputs.targets) || ended.is_some(),
        fine: quiet && ended.is_some_and(|(_, how)| how == CloseCode::Successful),
        ended,
        reviewed,
        refused,
        agreement,
        landing,
    }
}

fn life(
    story: &Story<'_>,
    inputs: &Inputs<'_>,
    agreement: &Agreement,
    landing: Option<&Landing>,
) -> Life {
    let glass = agreement.break_glass.is_some();
    let blocked = !inputs.blocked_by.is_empty() && !glass;
    if inputs.found || landing.is_some_and(|landing| !landing.authorized || blocked) {
        return Life::Unauthorized;
    }
    if glass {
        return Life::BreakGlass;
    }
    let asks = story.asked.approvals.requirements.iter().any(|one| one.enforced);
    match story.asked.change_type {
        ChangeType::Emergency => Life::Emergency,
        // What still needs somebody's agreement was not agreed to beforehand.
        ChangeType::Standard if !asks => Life::Standard,
        _ => Life::Normal,
    }
}

/// What happened to a change, beside being agreed to.
struct Past<'p, 'a> {
    story: &'p Story<'a>,
    life: Life,
    landed_at: Option<usize>,
    landing: Option<&'p Landing>,
    agreement: &'p Agreement,
}

impl<'a> Past<'_, 'a> {
    /// The newest entry that puts it forward, and whether that is as it is.
    fn proposed(&self) -> Option<(&'a Checked, bool)> {
        let from = self.story.cancels().over.map_or(0, |(index, _)| index);
        let asked = &self.story.asked;
        let proposed = self.story.counting().filter_map(|(index, one)| {
            let Event::Proposed(proposed) = &one.entry.statement.event else { return None };
            let same = proposed.digest == asked.digest && proposed.base_branch == asked.base_branch;
            (index >= from && one.entry.statement.subject == asked.change).then_some((one, same))
        });
        proposed.last()
    }

    /// What happened after the landing.
    fn later(&self) -> impl Iterator<Item = (usize, &'a Checked)> {
        let from = self.landed_at.unwrap_or(usize::MAX);
        self.story.counting().filter(move |(index, _)| *index >= from)
    }

    /// Whether it is applied, or there is nothing to apply it to.
    fn began(&self, targets: &[String]) -> bool {
        // What is applied for other changes says nothing of this one.
        let change = self.story.asked.change;
        let intent = |(_, one): (usize, &Checked)| match &one.entry.statement.event {
            Event::Intent(intent) => intent.changes.iter().any(|one| one == change),
            _ => false,
        };
        self.landed_at.is_some() && (targets.is_empty() || self.later().any(intent))
    }

    /// When it was over for the first time, for every target, and how it went at worst. Later
    /// outcomes do not make that undone: whoever looks back has the last word.
    fn ended(&self, targets: &[String]) -> Option<(usize, CloseCode)> {
        let change = self.story.asked.change;
        let mut known: BTreeMap<&str, CloseCode> = BTreeMap::new();
        let first = first_outcomes(self.story.asked.ledger);
        let is_late = |one: &Checked, intent: &Option<String>| {
            let known = intent.as_ref().and_then(|intent| first.get(intent.as_str()));
            known.is_some_and(|(_, known)| known.entry.id != one.entry.id)
        };
        for (index, one) in self.later() {
            let Event::Outcome { result, changes, intent, .. } = &one.entry.statement.event else {
                continue;
            };
            // How a run ended is said once: what it shares after another ended it is too late.
            if is_late(one, intent) {
                continue;
            }
            let of = one.entry.statement.subject.as_str();
            // A run that was cut off, or was about other changes, carried out nothing of this one.
            if of != change && !changes.iter().any(|one| one == change) {
                continue;
            }
            if of == change || targets.is_empty() {
                return Some((index, *result));
            }
            known.insert(of, *result);
            if targets.iter().all(|target| known.contains_key(target.as_str())) {
                return known.into_values().max().map(|worst| (index, worst));
            }
        }
        None
    }

    /// Who called it off: before it landed, or as long as it is being carried out. What happened
    /// without being allowed to is looked back at, and so is what broke the glass.
    fn canceled(
        &self,
        ended: Option<(usize, CloseCode)>,
        refused: &mut Vec<(&'a Checked, Refusal)>,
    ) -> Option<&'a Checked> {
        let landed = self.landed_at.unwrap_or(usize::MAX);
        let mut canceled = self.story.cancels().standing.map(|(_, one)| one);
        for (index, one) in self.entries(|event| matches!(event, Event::Canceled { .. })) {
            let problem = one.problems.iter().find(|one| one.is_fatal()).map(Refusal::from);
            let why = match (index < landed, ended) {
                _ if problem.is_some() => problem,
                (true, _) => self.story.not_here(one),
                (false, Some((ended, _))) if ended < index => {
                    Some(Refusal::WrongState { state: State::Review.name() })
                }
                (false, _) if matches!(self.life, Life::BreakGlass | Life::Unauthorized) => {
                    Some(Refusal::WrongState { state: State::Implement.name() })
                }
                (false, _) => {
                    canceled = canceled.or(Some(one));
                    None
                }
            };
            refused.extend(why.map(|why| (one, why)));
        }
        // Whoever lands what was called off has not undone that; it is unauthorized.
        canceled.filter(|_| self.life != Life::Unauthorized)
    }

    /// Who looked back first, of those who may.
    fn reviewed(
        &self,
        ended: Option<(usize, CloseCode)>,
        refused: &mut Vec<(&'a Checked, Refusal)>,
    ) -> Option<(&'a Checked, CloseCode)> {
        let roles = self.story.roles();
        let glass = self.agreement.break_glass.as_ref();
        let wants = match self.life {
            Life::BreakGlass => Grade::Signed,
            life if life.owes_review() => self.agreement.grade(),
            _ => Grade::Claimed,
        };
        let mut reviewed = None;
        for (index, one) in self.entries(|event| matches!(event, Event::Reviewed { .. })) {
            let by = &one.entry.statement.by;
            let mut had: Vec<String> = roles.get(by).into_iter().flatten().cloned().collect();
            had.extend(glass.filter(|glass| glass.person == *by).map(|_| "break-glass".to_owned()));
            let early = || {
                let over = ended.is_some_and(|(ended, _)| ended < index);
                let state = match self.landing {
                    Some(_) => State::Implement.name(),
                    None => State::New.name(),
                };
                (!over).then_some(Refusal::WrongState { state })
            };
            match (unfit(one, &had, wants).or_else(early), &one.entry.statement.event) {
                (Some(why), _) => refused.push((one, why)),
                (None, Event::Reviewed { result, .. }) => {
                    reviewed = reviewed.or(Some((one, *result)));
                }
                _ => {}
            }
        }
        reviewed
    }

    /// All entries of the change of a type, whether they count or not.
    fn entries(&self, of: impl Fn(&Event) -> bool) -> impl Iterator<Item = (usize, &'a Checked)> {
        let change = self.story.asked.change;
        let all = self.story.entries.iter().copied().enumerate();
        all.filter(move |(_, one)| {
            one.entry.statement.subject == change && of(&one.entry.statement.event)
        })
    }
}
