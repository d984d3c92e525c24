//! An exception: a rule that does not hold for something, for a time, with a reason.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::{Date, Reference};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to, to_any};
use crate::model::practice::{FieldClass, Practice, column, wide};
use crate::model::{Kind, format};

/// What does not hold for what, why, who allows it, and until when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionSpec {
    /// What kind of rule it is.
    pub of: ExceptionOf,
    /// The rule: a policy's or calendar's name, a code, the id of a control, the field that drifts.
    #[schemars(length(min = 1), extend("examples" = ["tier1-has-continuity"]))]
    pub name: String,
    /// For what it does not hold.
    pub subject: Reference,
    /// Why.
    #[schemars(length(min = 10), extend("examples" = ["The old console has no second factor until it is replaced"]))]
    pub reason: String,
    /// Who has the benefit.
    pub requested_by: Reference,
    /// Who allows it; never whoever has the benefit.
    #[schemars(extend("examples" = ["team:security"]))]
    pub approver: Reference,
    /// The first day.
    pub granted: Option<Date>,
    /// The last day.
    pub expires: Date,
}

/// What kind of rule an exception is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExceptionOf {
    /// A Policy.
    Policy,
    /// A code of a finding.
    Code,
    /// A control of a framework.
    Control,
    /// A difference between the catalog and a target.
    Drift,
    /// A Calendar of type freeze.
    Freeze,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Exception",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "exception",
    plural: "exceptions",
    summary: "A rule that does not hold for something, for a time, with a reason.",
    metadata: of::<Metadata>,
    spec: of::<ExceptionSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to_any(&["spec", "subject"], "exempts"),
        to(&["spec", "requestedBy"], "Person", &["person", "team"], "requestedBy"),
        to(&["spec", "approver"], "Person", &["person", "team"], "approvedBy"),
    ],
    practice: Practice {
        short: &["waiver"],
        life_cycle: None,
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[
            column("OF", &["spec", "of"]),
            column("RULE", &["spec", "name"]),
            column("SUBJECT", &["spec", "subject"]),
            column("EXPIRES", &["spec", "expires"]),
            wide("APPROVER", &["spec", "approver"]),
        ],
        backstage: "no counterpart",
        servicenow: "Policy Exception (`sn_compliance_policy_exception`)",
    },
};
