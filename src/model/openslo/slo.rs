//! OpenSLO's SLO: how good is good enough.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::alert_condition::Operator;
use super::alert_policy::AlertPolicySpec;
use super::sli::SliSpec;
use super::{Duration, GROUP, Metadata};
use crate::model::kind::{by_name, of};
use crate::model::practice::{column, wide};
use crate::model::{Kind, Practice, format};

/// Which indicator is held against which targets, over which time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SloSpec {
    /// What it is, in at most 1050 characters.
    #[schemars(length(max = 1050))]
    pub description: Option<String>,
    /// The service that it is promised for.
    #[schemars(length(min = 1))]
    pub service: String,
    /// The indicator, in place.
    pub indicator: Option<Indicator>,
    /// The name of an SLI.
    #[schemars(length(min = 1))]
    pub indicator_ref: Option<String>,
    /// The time it is kept over; exactly one.
    #[schemars(length(min = 1, max = 1))]
    pub time_window: Option<Vec<TimeWindow>>,
    /// How the error budget is counted.
    pub budgeting_method: BudgetingMethod,
    /// The targets.
    #[schemars(length(min = 1))]
    pub objectives: Vec<Objective>,
    /// The alerts that it raises.
    pub alert_policies: Option<Vec<AlertPolicyRef>>,
}

/// An SLI in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Indicator {
    /// Its metadata.
    pub metadata: Option<Metadata>,
    /// Its spec.
    pub spec: SliSpec,
}

/// How an error budget is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum BudgetingMethod {
    /// By events.
    Occurrences,
    /// By slices of time that were good enough.
    Timeslices,
    /// By the average over slices of time.
    RatioTimeslices,
}

/// A rolling window, or one that follows the calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeWindow {
    /// Its length.
    pub duration: Duration,
    /// Whether it rolls.
    pub is_rolling: Option<bool>,
    /// Where it starts, if it does not roll.
    pub calendar: Option<CalendarWindow>,
}

/// The start of a window that follows the calendar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarWindow {
    /// Date and time, `2024-01-31 12:30:00`, without a zone.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"))]
    pub start_time: String,
    /// A name of the IANA time zone database.
    #[schemars(regex(pattern = r"^[A-Za-z][-A-Za-z0-9_+/]*$"))]
    pub time_zone: String,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Objective {
    /// A name for people.
    pub display_name: Option<String>,
    /// How a threshold metric is compared with `value`.
    pub op: Option<Operator>,
    /// What a threshold metric is compared with.
    pub value: Option<f64>,
    /// The share that must be good, from 0 up to but not including 1.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub target: Option<f64>,
    /// The same in percent, from 0 up to but not including 100.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 100.0))]
    pub target_percent: Option<f64>,
    /// The share of a slice of time that must be good, above 0 and up to 1.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub time_slice_target: Option<f64>,
    /// The length of a slice of time: a duration, or minutes as a number.
    pub time_slice_window: Option<SliceWindow>,
    /// The indicator of this objective, in place.
    pub indicator: Option<Indicator>,
    /// The name of the SLI of this objective.
    pub indicator_ref: Option<String>,
    /// How much this objective counts among several.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub composite_weight: Option<f64>,
}

/// A duration in shorthand, or a number of minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SliceWindow {
    /// Minutes.
    Minutes(f64),
    /// Shorthand.
    Duration(Duration),
}

impl JsonSchema for SliceWindow {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SliceWindow".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": ["number", "string"],
            "exclusiveMinimum": 0,
            "pattern": "^[1-9][0-9]*[mhdwMQY]$",
        })
    }
}

/// An alert policy by name, or in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertPolicyRef {
    /// The name of an AlertPolicy.
    pub alert_policy_ref: Option<String>,
    /// `AlertPolicy`, in place.
    #[schemars(extend("enum" = ["AlertPolicy"]))]
    pub kind: Option<String>,
    /// Its metadata, in place.
    pub metadata: Option<Metadata>,
    /// Its spec, in place.
    pub spec: Option<AlertPolicySpec>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "SLO",
    group: &GROUP,
    versions: &["v1"],
    family: "slo",
    plural: "slos",
    summary: "How good a service must be, over which time.",
    metadata: of::<Metadata>,
    spec: of::<SloSpec>,
    variants: &[],
    formats: format::OPENSLO,
    references: &[
        by_name(
            &["spec", "service"],
            "openslo-service",
            &["openslo-service", "service"],
            "measures",
        ),
        by_name(&["spec", "indicatorRef"], "SLI", &["sli"], "measuredWith"),
        by_name(&["spec", "objectives", "*", "indicatorRef"], "SLI", &["sli"], "measuredWith"),
        by_name(
            &["spec", "alertPolicies", "*", "alertPolicyRef"],
            "AlertPolicy",
            &["alertpolicy"],
            "alertsBy",
        ),
    ],
    practice: Practice {
        columns: &[
            column("SERVICE", &["spec", "service"]),
            column("INDICATOR", &["spec", "indicatorRef"]),
            column("TARGET", &["spec", "objectives", "*", "target"]),
            column("WINDOW", &["spec", "timeWindow", "*", "duration"]),
            wide("TARGET %", &["spec", "objectives", "*", "targetPercent"]),
            wide("BUDGETING", &["spec", "budgetingMethod"]),
            wide("ALERTS", &["spec", "alertPolicies", "*", "alertPolicyRef"]),
        ],
        ..Practice::FOREIGN
    },
};
