//! OpenSLO's AlertNotificationTarget: where alerts go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GROUP, Metadata};
use crate::model::kind::of;
use crate::model::practice::{column, wide};
use crate::model::{Kind, Practice, format};

/// Where alerts go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertNotificationTargetSpec {
    /// What it is, in at most 1050 characters.
    #[schemars(length(max = 1050))]
    pub description: Option<String>,
    /// What it is: `email`, `slack`, `pagerduty`.
    #[schemars(length(min = 1))]
    pub target: String,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "AlertNotificationTarget",
    group: &GROUP,
    versions: &["v1"],
    family: "alertnotificationtarget",
    plural: "alertnotificationtargets",
    summary: "Where alerts are sent.",
    metadata: of::<Metadata>,
    spec: of::<AlertNotificationTargetSpec>,
    variants: &[],
    formats: format::OPENSLO,
    references: &[],
    practice: Practice {
        columns: &[
            column("TARGET", &["spec", "target"]),
            wide("DESCRIPTION", &["spec", "description"]),
        ],
        ..Practice::FOREIGN
    },
};
