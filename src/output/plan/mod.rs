//! Plans for people, pull requests and programs.

mod human;
mod lines;
mod markdown;

use serde_json::Value;

pub use human::{drift_human, human};
pub use markdown::markdown;

use crate::catalog::short;
use crate::plan::document::{ActionPlan, Plan, TargetPlan};

/// `plan/1`.
pub fn json(plan: &Plan) -> String {
    format!("{:#}\n", serde_json::to_value(plan).unwrap_or_default())
}

/// The JSON Schema of `plan/1`.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Plan).to_value();
    schema["title"] = "plan/1".into();
    schema["properties"]["format"] = serde_json::json!({ "const": "plan/1" });
    schema
}

/// What a plan of a target does, with its name.
pub fn heading(target: &TargetPlan) -> String {
    format!("{}: {}", short(&target.target), summary(target))
}

/// What a plan of a target does, in a sentence.
pub fn summary(target: &TargetPlan) -> String {
    if target.fault.is_some() {
        return "not known".to_owned();
    }
    let mut parts = human::numbers(target);
    if target.unsettled.is_some() {
        parts.push("what is written is to be made to count".to_owned());
    }
    if parts.is_empty() {
        parts.push("nothing to do".to_owned());
    }
    let open = target.open_drift().count();
    if open > 0 {
        parts.push(format!("{open} changed there by somebody else"));
    }
    let refused = match target.refusals.is_empty() {
        true => "",
        false => "; refused as it is",
    };
    format!("{}; {}{refused}", parts.join(", "), human::unchanged(target))
}

/// Why something is done, with the change and the commit.
fn because(action: &ActionPlan) -> String {
    let landed = action.landed.as_deref().map(|id| id.chars().take(12).collect::<String>());
    let by = match (&action.change, landed) {
        (Some(change), Some(commit)) => format!(" ({}, {commit})", short(change)),
        (None, Some(commit)) => format!(" ({commit})"),
        _ => String::new(),
    };
    format!("{}{by}", action.reason.words())
}
