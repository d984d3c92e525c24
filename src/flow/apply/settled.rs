//! Whether what a run wrote was made to count, where that takes a step of its own (a reload).
//!
//! It is owed from before the first step until it succeeded, so that a run which is killed or whose
//! reload fails is made up for by the next, also if that finds nothing else to do. The ledger tells of it:
//! a run that is not over, or was not successful, may owe it. Without a ledger a file of this clone does.
//! Where neither knows the target, as in a pipeline with a new clone each time and no ledger, nobody can
//! say that nothing is owed, and it is done once more: that is harmless by what a driver promises.

use serde::{Deserialize, Serialize};

use super::ApplyError;
use super::kept::Kept;
use crate::flow::change::desk::Desk;
use crate::flow::ledger::Around;
use crate::flow::plan::Planned;
use crate::flow::workspace::Place;
use crate::git::Repository;
use crate::ledger::{Checked, CloseCode, Event};
use crate::plan::document::TargetPlan;

/// What is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// All that was written counts.
    Yes,
    /// It may not.
    No,
    /// Nothing tells.
    Unknown,
}

/// What a clone keeps of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct State {
    is_settled: bool,
    /// The run that said so last.
    run: String,
    /// Where the target was: another place has a state of its own.
    configuration: String,
}

/// What a clone keeps of one target.
pub(super) struct Record {
    kept: Kept,
    configuration: String,
    run: String,
}

impl Record {
    pub(super) fn of(repository: &Repository, plan: &TargetPlan, run: &str) -> Self {
        Self {
            kept: Kept::of(repository.common_dir(), "settled", &plan.target),
            configuration: plan.configuration.clone(),
            run: run.to_owned(),
        }
    }

    /// Says that it is owed, or is not any more.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn say(&self, is_settled: bool) -> Result<(), ApplyError> {
        let (run, configuration) = (self.run.clone(), self.configuration.clone());
        let state = State { is_settled, run, configuration };
        self.kept.write(&state).map_err(ApplyError::NotKept)
    }
}

/// What is known of a target. `entries` are those of the ledger, if there is one.
pub(super) fn settled(
    repository: &Repository,
    plan: &TargetPlan,
    entries: Option<&[Checked]>,
) -> Settled {
    let kept: Option<State> = Kept::of(repository.common_dir(), "settled", &plan.target).read();
    let told = |is_settled| if is_settled { Settled::Yes } else { Settled::No };
    let Some(entries) = entries else {
        return match kept {
            Some(kept) if kept.configuration == plan.configuration => told(kept.is_settled),
            _ => Settled::Unknown,
        };
    };
    let Some((run, is_fine)) = last(entries, &plan.target) else { return Settled::Unknown };
    // A run may have failed at a step, and what it did was made to count.
    let own = kept.filter(|kept| kept.run == run && kept.configuration == plan.configuration);
    told(is_fine || own.is_some_and(|kept| kept.is_settled))
}

/// The last run of a target by the ledger, and whether all went well.
fn last(entries: &[Checked], target: &str) -> Option<(String, bool)> {
    let of_target = |one: &&Checked| one.counts() && one.entry.statement.subject == target;
    let mut last: Option<(String, bool)> = None;
    for one in entries.iter().filter(of_target) {
        match &one.entry.statement.event {
            Event::Intent(_) => last = Some((one.entry.id.clone(), false)),
            Event::Outcome { intent: Some(intent), result, .. } => {
                if let Some((_, is_fine)) = last.as_mut().filter(|(run, _)| run == intent) {
                    *is_fine = *result != CloseCode::Unsuccessful;
                }
            }
            _ => {}
        }
    }
    last
}

/// What is said where a run owes it.
const OWED: &str = "the last run ended before all that it wrote was made to count";

/// Says in a plan of which targets the last run owes it, where the target does not tell itself.
pub fn note_unsettled(planned: &mut Planned, place: &Place, around: &Around) {
    let Some(repository) = planned.asked.workspace.repository.as_ref() else { return };
    let names: Vec<String> = planned.parts.iter().map(|part| part.target.clone()).collect();
    let settling: Vec<bool> =
        planned.parts.iter().map(|part| part.driver.traits().settles).collect();
    if !settling.contains(&true) {
        return;
    }
    let desk = Desk::open(place, around).ok().filter(Desk::has_begun);
    let entries = desk.as_ref().map(Desk::entries);
    for (name, settles) in names.iter().zip(settling) {
        let mut plans = planned.plan.targets.iter_mut();
        let Some(plan) = plans.find(|plan| plan.target == *name).filter(|_| settles) else {
            continue;
        };
        if plan.unsettled.is_none() && settled(repository, plan, entries) == Settled::No {
            plan.unsettled = Some(OWED.to_owned());
        }
    }
}
