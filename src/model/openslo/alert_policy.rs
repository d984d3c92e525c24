//! OpenSLO's AlertPolicy: which alerts an SLO raises, and to whom.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::alert_condition::AlertConditionSpec;
use super::alert_notification_target::AlertNotificationTargetSpec;
use super::{GROUP, Metadata};
use crate::model::kind::{by_name, of};
use crate::model::practice::{column, wide};
use crate::model::{Kind, Practice, format};

/// Which alerts an SLO raises, and to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertPolicySpec {
    /// What it is, in at most 1050 characters.
    #[schemars(length(max = 1050))]
    pub description: Option<String>,
    /// Whether to alert when there are no numbers.
    pub alert_when_no_data: Option<bool>,
    /// Whether to tell that it is over.
    pub alert_when_resolved: Option<bool>,
    /// Whether to alert when the condition holds.
    pub alert_when_breaching: Option<bool>,
    /// When to alert; exactly one.
    #[schemars(length(min = 1, max = 1))]
    pub conditions: Vec<ConditionRef>,
    /// Whom to tell.
    #[schemars(length(min = 1))]
    pub notification_targets: Vec<NotificationTargetRef>,
}

/// A condition by name, or in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConditionRef {
    /// The name of an AlertCondition.
    pub condition_ref: Option<String>,
    /// `AlertCondition`, in place.
    #[schemars(extend("enum" = ["AlertCondition"]))]
    pub kind: Option<String>,
    /// Its metadata, in place.
    pub metadata: Option<Metadata>,
    /// Its spec, in place.
    pub spec: Option<AlertConditionSpec>,
}

/// A notification target by name, or in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationTargetRef {
    /// The name of an AlertNotificationTarget.
    pub target_ref: Option<String>,
    /// `AlertNotificationTarget`, in place.
    #[schemars(extend("enum" = ["AlertNotificationTarget"]))]
    pub kind: Option<String>,
    /// Its metadata, in place.
    pub metadata: Option<Metadata>,
    /// Its spec, in place.
    pub spec: Option<AlertNotificationTargetSpec>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "AlertPolicy",
    group: &GROUP,
    versions: &["v1"],
    family: "alertpolicy",
    plural: "alertpolicies",
    summary: "Which alerts an SLO raises, and to whom.",
    metadata: of::<Metadata>,
    spec: of::<AlertPolicySpec>,
    variants: &[],
    formats: format::OPENSLO,
    references: &[
        by_name(
            &["spec", "conditions", "*", "conditionRef"],
            "AlertCondition",
            &["alertcondition"],
            "triggersOn",
        ),
        by_name(
            &["spec", "notificationTargets", "*", "targetRef"],
            "AlertNotificationTarget",
            &["alertnotificationtarget"],
            "notifies",
        ),
    ],
    practice: Practice {
        columns: &[
            column("CONDITIONS", &["spec", "conditions", "*", "conditionRef"]),
            column("NOTIFIES", &["spec", "notificationTargets", "*", "targetRef"]),
            wide("BREACHING", &["spec", "alertWhenBreaching"]),
            wide("NO DATA", &["spec", "alertWhenNoData"]),
        ],
        ..Practice::FOREIGN
    },
};
