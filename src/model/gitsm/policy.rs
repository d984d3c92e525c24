//! A policy: a rule of the organisation, as an expression over entities, a change set or a plan.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::value::{Date, Reference, Selector};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::practice::{FieldClass, LifeCycle, Practice, column, wide};
use crate::model::{Kind, format};

/// What must be true of what, and what to say when it is not (after Kubernetes'
/// ValidatingAdmissionPolicy).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicySpec {
    /// Who answers for the rule.
    pub owner: Reference,
    /// What it looks at.
    pub over: PolicyOver,
    /// Which entities it holds for; for all without it.
    pub r#match: Option<Selector>,
    /// Values that expressions use as `parameters.NAME`.
    pub parameters: Option<BTreeMap<String, Value>>,
    /// Expressions that others can use as `variables.NAME`, in this order.
    pub variables: Option<Vec<Variable>>,
    /// What must be true, each with what to say when it is not.
    #[schemars(length(min = 1))]
    pub validations: Vec<Validation>,
    /// Whether it holds.
    pub lifecycle: PolicyLifecycle,
    /// Examples of what it is to say, for `gitsm policy test`.
    pub tests: Option<Vec<PolicyTest>>,
}

/// A name for an expression (after Kubernetes' ValidatingAdmissionPolicy).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Variable {
    /// The name.
    #[schemars(regex(pattern = "^[a-zA-Z_][a-zA-Z0-9_]*$"), extend("examples" = ["onCall"]))]
    pub name: String,
    /// A CEL expression.
    #[schemars(length(min = 1, max = 4096), extend("examples" = ["entity.owners()"]))]
    pub expression: String,
}

/// Something that must be true (after Kubernetes' ValidatingAdmissionPolicy).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Validation {
    /// A CEL expression that must be true, of at most 4096 characters.
    #[schemars(length(min = 1, max = 4096), extend("examples" = ["has(entity.spec.continuity)"]))]
    pub expression: String,
    /// What is wrong when it is not, for whoever must mend it.
    #[schemars(length(min = 1), extend("examples" = ["a tier-1 service says how long it may be away"]))]
    pub message: String,
    /// A CEL expression that gives that message, where it depends on what is there.
    #[schemars(length(min = 1, max = 4096), extend("examples" = ["'verified last on ' + entity.spec.discovery.lastVerified"]))]
    pub message_expression: Option<String>,
    /// What to write instead.
    #[schemars(length(min = 1))]
    pub help: Option<String>,
    /// How bad it is; an error without it.
    pub severity: Option<PolicySeverity>,
    /// The field that the finding stands at; the entity's name without it.
    #[schemars(length(min = 1), extend("examples" = ["spec.continuity"]))]
    pub at: Option<String>,
}

/// An example of what a policy is to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyTest {
    /// What the example shows.
    #[schemars(length(min = 1), extend("examples" = ["a service without continuity"]))]
    pub name: Option<String>,
    /// The day on which it is judged; the day of the test without it.
    pub today: Option<Date>,
    /// Documents: the first is judged, and it sees the others.
    #[schemars(length(min = 1))]
    pub given: Vec<BTreeMap<String, Value>>,
    /// What is expected.
    pub expect: Expectation,
    /// A part of the message that is expected.
    #[schemars(length(min = 1))]
    pub message: Option<String>,
}

/// What a policy is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Expectation {
    /// That everything is as it must be.
    Pass,
    /// That something is not.
    Fail,
    /// Nothing: the policy is about other things.
    Skip,
}

/// What a policy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PolicyOver {
    /// Each entity: `entity`.
    Entity,
    /// What a change changes: `change`.
    Change,
    /// What a target would do: `plan`.
    Plan,
}

/// How bad it is when a policy does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PolicySeverity {
    /// It must not be so.
    Error,
    /// It should not be so.
    Warning,
    /// It is worth knowing.
    Note,
}

/// Whether a policy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PolicyLifecycle {
    /// It is tried, and only notes.
    Draft,
    /// It holds.
    Active,
    /// It no longer does.
    Retired,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Policy",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "policy",
    plural: "policies",
    summary: "A rule of the organisation, as an expression over entities, changes or plans.",
    metadata: of::<Metadata>,
    spec: of::<PolicySpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy")],
    practice: Practice {
        short: &["pol"],
        life_cycle: Some(LifeCycle {
            path: &["spec", "lifecycle"],
            states: &[
                ("draft", &["active", "retired"]),
                ("active", &["retired"]),
                ("retired", &[]),
            ],
            gone: &["retired"],
        }),
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[
            column("OVER", &["spec", "over"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            wide("OWNER", &["spec", "owner"]),
        ],
        backstage: "no counterpart (Tech Insights checks are code)",
        servicenow: "Policy (`sn_compliance_policy`); as data policy `sys_data_policy2`",
    },
};
