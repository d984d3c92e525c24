//! Plans for people, pull requests and programs.

mod human;
mod lines;
mod markdown;

use serde_json::Value;

pub use human::{drift_human, human, short_name};
pub use markdown::markdown;

use crate::catalog::short;
use crate::plan::ObjectId;
use crate::plan::document::{ActionPlan, DriftPlan, Plan, TargetPlan};

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

/// What a plan of a target does, in a sentence: each object is counted once.
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
    let acted = |id: &ObjectId| target.actions.iter().any(|action| action.id == *id);
    let (open, accepted): (Vec<&DriftPlan>, Vec<&DriftPlan>) =
        target.drift.iter().partition(|one| one.accepted_by.is_empty());
    let (both, open): (Vec<&DriftPlan>, Vec<&DriftPlan>) =
        open.into_iter().partition(|one| acted(&one.id));
    let accepted = accepted.iter().filter(|one| !acted(&one.id)).count();
    if let (number @ 1.., Some(last)) = (both.len(), parts.last_mut()) {
        last.push_str(&format!(" ({number} of these changed there by somebody else, too)"));
    }
    let more = [
        (open.len(), "changed there by somebody else"),
        (accepted, "changed there by somebody else, and accepted"),
        (target.unknown, "left as it is, for it is not known what is wanted of it"),
        (target.copies.len(), "copied with its mark, and left alone"),
    ];
    let more = more.into_iter().filter(|(number, _)| *number > 0);
    parts.extend(more.map(|(number, words)| format!("{number} {words}")));
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
