//! What was done, as it is shown.

use super::{Applied, Report, StepResult, Went};
use crate::output::apply::{AppliedReport, ApplyReport, StepReport};
use crate::output::plan::short_name;
use crate::plan::document::ActionPlan;
use crate::plan::{Action, ObjectId};

impl Report {
    /// What was done, as it is shown.
    pub fn shown(&self) -> ApplyReport {
        ApplyReport {
            format: "apply/1",
            declined: self.declined,
            targets: self.targets.iter().map(one).collect(),
        }
    }
}

fn one(applied: &Applied) -> AppliedReport {
    let nothing = StepResult { went: Went::NotBegun, attempts: 0 };
    let steps = applied.plan.actions.iter().enumerate().map(|(at, action)| {
        let ActionPlan { action, id, entity, .. } = action;
        step(*action, id, entity, applied.results.get(at).unwrap_or(&nothing))
    });
    let name = short_name(&applied.plan.target);
    // Those of the plan come first.
    let mut help: Vec<String> = applied.plan.refusals.iter().map(|one| one.help(&name)).collect();
    help.resize(applied.refused.len(), String::new());
    AppliedReport {
        target: applied.plan.target.clone(),
        commit: applied.commit.clone(),
        plan: applied.plan.digest.clone(),
        intent: applied.intent.clone(),
        changes: if applied.is_fine() { applied.changes.clone() } else { Vec::new() },
        result: applied.result,
        refused: applied.refused.clone(),
        help,
        trouble: applied.trouble.clone(),
        fault: applied.plan.fault.clone(),
        left: applied.left.clone(),
        stopped: applied.stopped,
        cut_off: applied.cut_off,
        unchanged: applied.plan.unchanged,
        steps: steps.collect(),
    }
}

/// How a step went, as it is shown.
pub fn step(action: Action, id: &ObjectId, entity: &str, result: &StepResult) -> StepReport {
    let (result, attempts, message) = match &result.went {
        Went::Done => ("done", result.attempts, None),
        Went::Failed(why) => ("failed", result.attempts, Some(why.clone())),
        Went::Unknown(why) => ("unknown", result.attempts, Some(why.clone())),
        Went::NotBegun => ("not-begun", result.attempts, None),
    };
    StepReport { action, id: id.clone(), entity: entity.to_owned(), result, attempts, message }
}
