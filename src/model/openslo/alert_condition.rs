//! OpenSLO's AlertCondition: when an alert fires.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Duration, GROUP, Metadata};
use crate::model::kind::of;
use crate::model::practice::{column, wide};
use crate::model::{Kind, Practice, format};

/// When an alert fires, and how loud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertConditionSpec {
    /// What it is, in at most 1050 characters.
    #[schemars(length(max = 1050))]
    pub description: Option<String>,
    /// How bad it is: `page`, `ticket`, `sev1`.
    #[schemars(length(min = 1))]
    pub severity: String,
    /// What is compared.
    pub condition: Condition,
}

/// A burn rate that is too high for too long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// What is watched.
    pub kind: ConditionKind,
    /// How the burn rate is compared with the threshold.
    pub op: Option<Operator>,
    /// The burn rate that is too high.
    pub threshold: f64,
    /// How far back to look.
    pub lookback_window: Duration,
    /// How long it must hold.
    pub alert_after: Option<Duration>,
}

/// What an alert condition watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConditionKind {
    /// How fast the error budget is used.
    Burnrate,
}

/// A comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Operator {
    /// Less than or equal.
    Lte,
    /// Greater than or equal.
    Gte,
    /// Less than.
    Lt,
    /// Greater than.
    Gt,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "AlertCondition",
    group: &GROUP,
    versions: &["v1"],
    family: "alertcondition",
    plural: "alertconditions",
    summary: "When an alert fires.",
    metadata: of::<Metadata>,
    spec: of::<AlertConditionSpec>,
    variants: &[],
    formats: format::OPENSLO,
    references: &[],
    practice: Practice {
        columns: &[
            column("SEVERITY", &["spec", "severity"]),
            column("KIND", &["spec", "condition", "kind"]),
            column("OP", &["spec", "condition", "op"]),
            column("THRESHOLD", &["spec", "condition", "threshold"]),
            wide("LOOKBACK", &["spec", "condition", "lookbackWindow"]),
            wide("AFTER", &["spec", "condition", "alertAfter"]),
        ],
        ..Practice::FOREIGN
    },
};
