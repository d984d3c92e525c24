//! What somebody else changed at targets: `drift/1`, and in words.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::plan::{drift_human, short_name};
use super::text::visible;
use crate::catalog::short;
use crate::plan::document::{DriftPlan, FaultPlan, TargetPlan};

/// `drift/1`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriftReport {
    /// `drift/1`.
    #[schemars(extend("const" = "drift/1"))]
    pub format: &'static str,
    /// The commit whose catalog counts; nothing if it is of files that are not committed.
    pub commit: Option<String>,
    /// Each target.
    pub targets: Vec<TargetDrift>,
}

/// What somebody else changed at one target.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetDrift {
    /// The target, as a canonical reference.
    pub target: String,
    /// How it is spoken to.
    pub driver: String,
    /// Who applied it last, by the ledger: a person or a pipeline.
    pub applied_by: Option<String>,
    /// When, as RFC 3339 writes it.
    pub applied_at: Option<String>,
    /// The commit that was applied last, wholly.
    pub applied: Option<String>,
    /// How many objects are as they should be.
    pub unchanged: usize,
    /// What was changed.
    pub drift: Vec<DriftPlan>,
    /// What is written there and does not count, such as rules that are not loaded; nothing if all does,
    /// or if nobody can tell.
    pub unsettled: Option<String>,
    /// Why not all is known of it; nothing if all went well.
    pub fault: Option<FaultPlan>,
}

impl DriftReport {
    /// Whether there is a difference that no Exception accepts, or something that does not count.
    pub fn is_open(&self) -> bool {
        self.has_drift() || self.targets.iter().any(|target| target.unsettled.is_some())
    }

    /// Why not all is known of some targets.
    pub fn faults(&self) -> impl Iterator<Item = &FaultPlan> {
        self.targets.iter().filter_map(|target| target.fault.as_ref())
    }

    fn has_drift(&self) -> bool {
        let mut all = self.targets.iter().flat_map(|target| &target.drift);
        all.any(|one| one.accepted_by.is_empty())
    }
}

/// `drift/1`, as text.
pub fn json(report: &DriftReport) -> String {
    format!("{:#}\n", serde_json::to_value(report).unwrap_or_default())
}

/// The JSON Schema of `drift/1`.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(DriftReport).to_value();
    schema["title"] = "drift/1".into();
    schema
}

/// In words.
pub fn human(report: &DriftReport, color: bool) -> String {
    let mut out = String::new();
    for target in &report.targets {
        out.push_str(&drift_human(target, color));
        if let (Some(by), Some(at)) = (&target.applied_by, &target.applied_at) {
            let _ = writeln!(out, "  applied last by {} at {}", visible(&short(by)), visible(at));
        }
    }
    let is_open = |target: &&TargetDrift| target.drift.iter().any(|one| one.accepted_by.is_empty());
    let open = report.targets.iter().filter(is_open);
    let names: Vec<String> = open.map(|target| visible(&short_name(&target.target))).collect();
    if !names.is_empty() {
        let _ = writeln!(
            out,
            "\nTo put it right: gitsm apply {} --allow drift; to let it stay: an Exception of drift",
            names.join(" ")
        );
    }
    out
}

impl TargetDrift {
    /// The drift of a plan, of which nobody knows who applied it.
    pub fn of(plan: TargetPlan) -> Self {
        Self {
            target: plan.target,
            driver: plan.driver,
            applied_by: None,
            applied_at: None,
            applied: None,
            unchanged: plan.unchanged,
            drift: plan.drift,
            unsettled: plan.unsettled,
            fault: plan.fault,
        }
    }
}
