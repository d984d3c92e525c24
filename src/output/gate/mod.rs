//! Verdicts: for people, for programs (`verdict/1`), for a pull request, as annotations.

mod github;
mod human;
mod markdown;

use serde_json::Value;

use crate::catalog::short;
use crate::change::verdict::{Outcome, Requirement, Standing, Verdict};
use crate::model::gitsm::change_model::ChangeType;

pub use github::github;
pub use human::human;
pub use markdown::markdown;

/// Writes it for programs.
pub fn json(verdict: &Verdict) -> String {
    let text = serde_json::to_string_pretty(verdict).unwrap_or_default();
    format!("{text}\n")
}

/// The JSON Schema of `verdict/1`.
pub fn schema() -> Value {
    super::json::schema_of::<Verdict>("verdict/1", "verdict-1")
}

/// The name of a requirement.
fn name(one: &Requirement) -> String {
    serde_json::to_value(one.id)
        .ok()
        .and_then(|id| Some(id.as_str()?.to_owned()))
        .unwrap_or_default()
}

/// What is not met, and holds nothing up: each with its reason.
pub fn only_told(verdict: &Verdict) -> String {
    let told = verdict.requirements.iter();
    let told = told.filter(|one| !one.enforced && one.standing != Standing::Met);
    let told: Vec<String> = told.map(|one| format!("{}, {}", name(one), one.because)).collect();
    told.join("; ")
}

/// What it comes to, in one sentence.
fn sentence(verdict: &Verdict) -> String {
    let of = |standing: Standing| -> Vec<String> {
        let all = verdict.requirements.iter();
        all.filter(|one| one.enforced && one.standing == standing).map(name).collect()
    };
    let (unmet, unknown) = (of(Standing::Unmet), of(Standing::NotEvaluable));
    let told = verdict.requirements.iter().filter(|one| !one.enforced);
    let told = told.filter(|one| one.standing != Standing::Met).count();
    match verdict.outcome {
        Outcome::Pass if told > 0 => {
            format!("It may be merged. {} would hold it up if it were enforced.", some(told))
        }
        Outcome::Pass => "It may be merged.".to_owned(),
        Outcome::Fail => format!("It may not be merged: {}.", listed(&unmet)),
        Outcome::NotEvaluable => {
            format!("It may not be merged, because this cannot be said: {}.", listed(&unknown))
        }
    }
}

fn some(count: usize) -> String {
    match count {
        1 => "1 requirement".to_owned(),
        n => format!("{n} requirements"),
    }
}

fn listed(words: &[String]) -> String {
    match words {
        [] => "nothing that is enforced".to_owned(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// What was judged, in one line; nothing if there was nothing to look at.
fn what(verdict: &Verdict) -> Option<String> {
    let change = verdict.change.as_ref()?;
    let band = change.band.name().replace('_', " ");
    let kind = match change.r#type {
        ChangeType::Standard => "a standard",
        ChangeType::Normal => "a normal",
        ChangeType::Emergency => "an emergency",
    };
    let mut touches: Vec<String> = change.entities.iter().take(3).map(|one| short(one)).collect();
    let more = change.entities.len().saturating_sub(touches.len());
    if more > 0 {
        touches.push(format!("{more} more"));
    }
    let files = match change.files.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        all => format!("{} files", all.len()),
    };
    match (touches.is_empty(), files.is_empty()) {
        (_, true) => {}
        (true, false) => touches.push(files),
        (false, false) => {
            if let Some(last) = touches.last_mut() {
                last.push_str(&format!(" ({files})"));
            }
        }
    }
    let reaches = match change.reaches {
        0 => "nothing else".to_owned(),
        n => super::count(n, "entity"),
    };
    let touches = if touches.is_empty() { "nothing".to_owned() } else { listed(&touches) };
    let score = change.score;
    Some(format!(
        "{kind} change of {band} risk ({score} points) of {touches}; it can break {reaches}"
    ))
}

/// By what it was judged, in one line.
fn by(verdict: &Verdict) -> String {
    let inputs = &verdict.inputs;
    let short = |id: &Option<String>| {
        id.as_deref().and_then(|id| id.get(..9)).unwrap_or("nothing").to_owned()
    };
    let branch = inputs.base_branch.trim_start_matches("refs/heads/");
    let ledger = match &inputs.ledger {
        Some(_) => format!("the ledger at {}", short(&inputs.ledger)),
        None => "no ledger".to_owned(),
    };
    let until =
        verdict.valid_until.map(|at| at.format("; holds until %Y-%m-%d %H:%M UTC").to_string());
    format!(
        "judged {} by {branch} at {} and {ledger}{}",
        inputs.now,
        short(&inputs.base),
        until.unwrap_or_default()
    )
}
