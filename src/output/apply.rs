//! What was done at targets: `apply/1`, and in words.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::text::{count, visible};
use crate::catalog::short;
use crate::ledger::CloseCode;
use crate::plan::document::FaultPlan;
use crate::plan::{Action, ObjectId};

/// `apply/1`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplyReport {
    /// `apply/1`.
    #[schemars(extend("const" = "apply/1"))]
    pub format: &'static str,
    /// Whether somebody was asked, and said no: then nothing was done.
    pub declined: bool,
    /// Each target.
    pub targets: Vec<AppliedReport>,
}

/// What was done at one target.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AppliedReport {
    /// The target, as a canonical reference.
    pub target: String,
    /// The commit whose catalog was applied.
    pub commit: String,
    /// The digest of the plan; empty where none was made, because it may not be carried out.
    pub plan: String,
    /// The ULID of the intent in the ledger; nothing where nothing is recorded.
    pub intent: Option<String>,
    /// The changes that were carried out, as canonical references.
    pub changes: Vec<String>,
    /// How it went; nothing if there was nothing to do.
    pub result: Option<CloseCode>,
    /// Why nothing was done.
    pub refused: Vec<String>,
    /// What to do about each of these; empty where nobody knows.
    pub help: Vec<String>,
    /// What went wrong beside the steps.
    pub trouble: Vec<String>,
    /// Why nothing was done there, where it is not refused: it could not be looked at, or not be held.
    pub fault: Option<FaultPlan>,
    /// What the catalog changed and was not applied, because somebody else changed the same there.
    pub left: Vec<ObjectId>,
    /// Whether somebody ended it before it was over.
    pub stopped: bool,
    /// How many runs before it were cut off.
    pub cut_off: usize,
    /// How many objects were as they should be before it.
    pub unchanged: usize,
    /// The steps, in the order of the plan.
    pub steps: Vec<StepReport>,
}

/// How a step went.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// What was to be done.
    pub action: Action,
    /// To which object.
    pub id: ObjectId,
    /// The entity that it is made of, as a canonical reference.
    pub entity: String,
    /// `done`, `failed`, `unknown` or `not-begun`.
    pub result: &'static str,
    /// How often it was tried.
    pub attempts: u32,
    /// What was said, if it is not done.
    pub message: Option<String>,
}

impl AppliedReport {
    fn count(&self, result: &str) -> usize {
        self.steps.iter().filter(|step| step.result == result).count()
    }
}

/// `apply/1`, as text.
pub fn json(report: &ApplyReport) -> String {
    format!("{:#}\n", serde_json::to_value(report).unwrap_or_default())
}

/// The JSON Schema of `apply/1`.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(ApplyReport).to_value();
    schema["title"] = "apply/1".into();
    schema
}

/// In words: what was done, then all that was not.
pub fn human(report: &ApplyReport, color: bool) -> String {
    let mut out = String::new();
    if report.declined {
        out.push_str("Nothing was done.\n");
    }
    for target in &report.targets {
        one(&mut out, target, color);
    }
    out
}

fn one(out: &mut String, target: &AppliedReport, color: bool) {
    let styled = |style: Style, text: &str| match color {
        true => format!("{style}{text}{style:#}"),
        false => text.to_owned(),
    };
    let (red, green) = (AnsiColor::Red.on_default().bold(), AnsiColor::Green.on_default().bold());
    let name = visible(&short(&target.target));
    let commit: String = target.commit.chars().take(12).collect();
    let done = target.count("done");
    let word = match (target.refused.is_empty(), target.result) {
        _ if target.fault.is_some() => styled(red, "FAILED"),
        (true, _) if !target.left.is_empty() => styled(red, "NOT COMPLETE"),
        (false, _) => styled(red, "REFUSED"),
        (true, None) => styled(green, "nothing to do"),
        (true, Some(CloseCode::Unsuccessful)) => styled(red, "NOT COMPLETE"),
        (true, Some(_)) => styled(green, "done"),
    };
    let _ = writeln!(out, "{word}  {name} at {commit}");
    for (number, why) in target.refused.iter().enumerate() {
        let _ = writeln!(out, "  {}", visible(why));
        if let Some(help) = target.help.get(number).filter(|help| !help.is_empty()) {
            let _ = writeln!(out, "    help: {}", visible(help));
        }
    }
    if let Some(fault) = &target.fault {
        let _ = writeln!(out, "  {}", visible(&fault.words()));
    }
    if !target.refused.is_empty() || target.fault.is_some() {
        return;
    }
    if !target.steps.is_empty() {
        let parts: Vec<String> = [
            (done, "done"),
            (target.count("failed"), "failed"),
            (target.count("unknown"), "of which nobody knows whether they are done"),
            (target.count("not-begun"), "not begun"),
        ]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, words)| format!("{number} {words}"))
        .collect();
        let _ = writeln!(out, "  {}: {}", count(target.steps.len(), "step"), parts.join(", "));
    }
    for step in target.steps.iter().filter(|step| !["done", "not-begun"].contains(&step.result)) {
        let message = step.message.as_deref().unwrap_or_default();
        let line = format!("{} {} {}: {message}", step.result, step.action.name(), step.id);
        let _ = writeln!(out, "  {}", visible(&line));
    }
    for trouble in &target.trouble {
        let _ = writeln!(out, "  {}", visible(trouble));
    }
    if let [first, more @ ..] = target.left.as_slice() {
        let more = match more.len() {
            0 => String::new(),
            number => format!(" and {number} more"),
        };
        let line = format!(
            "{} left: changed there by somebody else and in the catalog ({first}{more}): `--allow \
             drift` overwrites",
            target.left.len()
        );
        let _ = writeln!(out, "  {}", visible(&line));
    }
    if target.stopped {
        let _ = writeln!(out, "  it was ended before it was over; the next apply takes it up");
    }
    if !target.changes.is_empty() {
        // Whoever reads a log looks for what is over.
        let word = match target.result {
            Some(CloseCode::Unsuccessful) => "not carried out wholly",
            _ => "carried out",
        };
        let names: Vec<String> = target.changes.iter().map(|one| short(one)).collect();
        let _ = writeln!(out, "  {word}: {}", visible(&names.join(", ")));
    }
    if let Some(intent) = &target.intent {
        let _ = writeln!(out, "  in the ledger: {}", visible(intent));
    }
}

/// How far a run is, as a bar.
pub fn progress(over: usize, of: usize) -> String {
    const WIDTH: usize = 30;
    let full = (over * WIDTH).checked_div(of).unwrap_or(WIDTH).min(WIDTH);
    let bar: String = "█".repeat(full) + &"░".repeat(WIDTH - full);
    format!("{bar} {over}/{of}")
}

/// A step that is over, in a line of a pipeline's log.
pub fn step_line(over: usize, of: usize, step: &StepReport) -> String {
    let again = match step.attempts {
        0 | 1 => String::new(),
        // What went wrong may say it already.
        _ if step.message.as_deref().is_some_and(|one| one.contains("(tried ")) => String::new(),
        n => format!(" (tried {n} times)"),
    };
    let message = step.message.as_deref().map(|one| format!(": {one}")).unwrap_or_default();
    let line =
        format!("[{over}/{of}] {} {} {}{again}{message}", step.result, step.action.name(), step.id);
    visible(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_run_that_is_complete_has_carried_a_change_out() {
        let mut target = AppliedReport {
            target: "target:default/x".into(),
            commit: "c0ffee".into(),
            plan: String::new(),
            intent: None,
            changes: vec!["change:default/bigger".into()],
            result: Some(CloseCode::Successful),
            refused: Vec::new(),
            help: Vec::new(),
            trouble: Vec::new(),
            fault: None,
            left: Vec::new(),
            stopped: false,
            cut_off: 0,
            unchanged: 0,
            steps: Vec::new(),
        };
        let shown = |target: &AppliedReport| {
            let targets = vec![target.clone()];
            human(&ApplyReport { format: "apply/1", declined: false, targets }, false)
        };
        assert!(shown(&target).contains("  carried out: change:bigger"), "{}", shown(&target));
        target.result = Some(CloseCode::Unsuccessful);
        assert!(!shown(&target).contains("  carried out:"), "{}", shown(&target));
    }
}
