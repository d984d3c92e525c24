//! Looking at a target again after a run: what is there now must be what was planned.

use super::plan::{self, plan};
use crate::plan::document::DriftPlan;
use crate::plan::{Action, Step};

/// What is not as these steps left it, in words.
pub(super) fn again(asked: &plan::Request, target: &str, steps: &[Step]) -> Vec<String> {
    let asked = plan::Request { targets: vec![target.to_owned()], ..asked.clone() };
    let planned = match plan(&asked) {
        Ok(planned) => planned.plan,
        Err(error) => return vec![format!("it cannot be looked at again: {error}")],
    };
    if let Some(fault) = planned.faults().next() {
        return vec![format!("it cannot be looked at again: {}", fault.words())];
    }
    let mut trouble = Vec::new();
    let left = planned.targets.iter().flat_map(|target| &target.actions);
    let left: Vec<String> = left.map(|one| format!("{} {}", one.action.name(), one.id)).collect();
    if let Some(first) = left.first() {
        trouble.push(format!(
            "looked at again, it is not as planned: {first}{}; did somebody change it meanwhile?",
            and_more(left.len())
        ));
    }
    let drift = planned.targets.iter().flat_map(|target| &target.drift);
    let other: Vec<String> = drift.filter_map(|one| otherwise(one, steps)).collect();
    if let Some(first) = other.first() {
        trouble.push(format!(
            "looked at again, {first}{}: the target took something else, or somebody changed it \
             meanwhile",
            and_more(other.len())
        ));
    }
    trouble
}

/// What holds something else than this run has just written into it.
fn otherwise(drift: &DriftPlan, steps: &[Step]) -> Option<String> {
    let step = steps.iter().find(|step| step.id == drift.id && step.action != Action::Delete)?;
    if drift.is_missing {
        return Some(format!("{} is not there", drift.id));
    }
    let is_written = |name: &str| {
        step.action == Action::Create || step.changes.iter().any(|one| one.name == name)
    };
    let names = drift.fields.iter().map(|field| field.name.as_str());
    let names: Vec<&str> = names.filter(|name| is_written(name)).collect();
    (!names.is_empty()).then(|| format!("{} has another {}", drift.id, names.join(", ")))
}

fn and_more(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        n => format!(" and {} more", n - 1),
    }
}
