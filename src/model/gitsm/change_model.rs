//! A change model: a kind of change that is known well enough to be done by rule (ITIL 4).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::value::{Date, Reference, RiskBand, Selector, Share};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::practice::{FieldClass, LifeCycle, Practice, column, wide};
use crate::model::{Kind, format};

/// What such a change may touch, how it is done, and whether it is agreed to beforehand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeModelSpec {
    /// What kind of change it makes.
    pub r#type: ChangeType,
    /// The team that answers for it.
    pub owner: Reference,
    /// Whether it may be used.
    pub lifecycle: ModelLifecycle,
    /// The entities that it may touch.
    pub selector: Selector,
    /// The fields that it may edit, as JSON Pointers; all without it.
    #[schemars(inner(length(min = 1)), extend("examples" = [["/spec/version"]]))]
    pub fields: Option<Vec<String>>,
    /// How it is done.
    pub runbook: Option<Reference>,
    /// The band that it starts from.
    pub risk: Option<RiskBand>,
    /// What must be known before it begins: a JSON Schema of one mapping.
    pub parameters: Option<BTreeMap<String, Value>>,
    /// Who agreed beforehand, and for how long.
    pub preauthorized: Option<Preauthorization>,
}

/// What kind of change something is (ITIL 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChangeType {
    /// Known, of low risk, agreed to beforehand.
    Standard,
    /// Judged and agreed to each time.
    Normal,
    /// It cannot wait.
    Emergency,
}

/// Whether a model may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ModelLifecycle {
    /// Somebody wants it.
    Proposed,
    /// It may.
    Approved,
    /// It may not for now.
    Suspended,
    /// It may no longer.
    Retired,
}

/// An agreement to all changes of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preauthorization {
    /// Who agreed.
    pub by: Reference,
    /// When.
    pub at: Date,
    /// The day until which it counts.
    pub review_by: Date,
    /// The share of failures above which it no longer counts.
    pub max_failure_rate: Option<Share>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "ChangeModel",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "changemodel",
    plural: "changemodels",
    summary: "A kind of change that is known well enough to be done by rule.",
    metadata: of::<Metadata>,
    spec: of::<ChangeModelSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy"),
        to(&["spec", "runbook"], "Runbook", &["runbook"], "operatedBy"),
        to(&["spec", "preauthorized", "by"], "Team", &["team", "person"], "approvedBy"),
    ],
    practice: Practice {
        short: &["model"],
        life_cycle: Some(LifeCycle {
            path: &["spec", "lifecycle"],
            states: &[
                ("proposed", &["approved", "retired"]),
                ("approved", &["suspended", "retired"]),
                ("suspended", &["approved", "retired"]),
                ("retired", &[]),
            ],
            gone: &["retired"],
        }),
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("OWNER", &["spec", "owner"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            column("REVIEW BY", &["spec", "preauthorized", "reviewBy"]),
            wide("RISK", &["spec", "risk"]),
        ],
        backstage: "no counterpart (a Template makes files, and nobody agrees to it)",
        servicenow: "Change Model (`chg_model`); a standard one is a Standard Change Template (`std_change_record_producer`)",
    },
};
