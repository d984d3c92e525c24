//! A runbook: how something is done, step by step, by a person or a machine.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::value::{Date, Duration, Reference, RiskBand, Selector};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::practice::{FieldClass, LifeCycle, Practice, column, wide};
use crate::model::{Kind, format};

/// What is done, when, by whom, and how it is taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunbookSpec {
    /// The team that keeps it right.
    pub owner: Reference,
    /// What it is for.
    #[schemars(length(min = 1))]
    pub purpose: String,
    /// When it is used.
    #[schemars(length(min = 1))]
    pub trigger: Vec<Trigger>,
    /// Whether it may be used.
    pub lifecycle: RunbookLifecycle,
    /// What it can break.
    pub risk: RiskBand,
    /// What must be known before it begins: a JSON Schema of one mapping. Texts of steps use a
    /// parameter as `{{ name }}`.
    pub parameters: Option<BTreeMap<String, Value>>,
    /// The entities that it is for.
    pub selector: Option<Selector>,
    /// What is done, in this order.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
    /// How it is taken back, in this order.
    pub rollback: Option<Vec<Step>>,
    /// How one sees that it worked.
    pub verification: Option<Vec<Step>>,
    /// How many at once, and how many may fail.
    pub batch: Option<Batch>,
    /// Whether doing it twice is the same as doing it once.
    pub idempotent: Option<bool>,
    /// Whether it only looks.
    pub diagnostic: Option<bool>,
    /// How long it usually takes.
    pub expected_duration: Option<Duration>,
    /// What whoever follows it must be allowed to do.
    #[schemars(inner(length(min = 1)), extend("examples" = [["ssh:db-admin"]]))]
    pub permissions: Option<Vec<String>>,
    /// The names of the secrets that it needs, never the secrets.
    #[schemars(inner(length(min = 1)), extend("examples" = [["vault:payments/db-admin"]]))]
    pub secrets: Option<Vec<String>>,
    /// When it was last tried and worked.
    pub last_tested: Option<Date>,
    /// How often it is tried.
    pub test_interval: Option<Duration>,
}

/// When a runbook is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// Somebody decides to.
    Manual,
    /// An alert says so.
    Event,
    /// It is time.
    Schedule,
    /// A change needs it.
    Change,
    /// Somebody asked for something.
    Request,
}

/// Whether a runbook may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RunbookLifecycle {
    /// It is being written.
    Draft,
    /// It is right.
    Approved,
    /// There is a better one.
    Deprecated,
    /// It must not be used.
    Retired,
}

/// Something that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Step {
    /// What other steps call it; unique within the runbook.
    #[schemars(regex(pattern = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"), extend("examples" = ["stop-writes"]))]
    pub id: String,
    /// What it is called.
    #[schemars(length(min = 1), extend("examples" = ["Stop writes"]))]
    pub name: String,
    /// Who or what does it.
    pub r#type: StepType,
    /// What a person does, or needs to know, in Markdown.
    #[schemars(length(min = 1))]
    pub instructions: Option<String>,
    /// The command, the playbook's path, the plan's folder, or the method and address.
    #[schemars(length(min = 1), extend("examples" = ["pg_ctl promote -D {{ data_dir }}"]))]
    pub run: Option<String>,
    /// What is seen when it worked.
    #[schemars(length(min = 1))]
    pub expect: Option<String>,
    /// After which time it has failed.
    pub timeout: Option<Duration>,
    /// What happens when it fails: `stop` (also if it is left out), `continue`, `rollback`, or
    /// `goto:ID` of another step.
    #[schemars(regex(pattern = "^(stop|continue|rollback|goto:.+)$"), extend("examples" = ["rollback"]))]
    pub on_failure: Option<String>,
}

/// Who or what does a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepType {
    /// A person, by the instructions.
    Manual,
    /// A person or a machine looks whether something is so.
    Check,
    /// A command of a shell.
    Command,
    /// A playbook.
    Ansible,
    /// A plan of Terraform or OpenTofu.
    Terraform,
    /// A request.
    Http,
    /// Somebody else says yes.
    Approval,
}

/// How many are done at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Batch {
    /// How many at once.
    #[schemars(range(min = 1))]
    pub size: u32,
    /// How many may fail before it stops.
    pub max_fail: Option<u32>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Runbook",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "runbook",
    plural: "runbooks",
    summary: "How something is done, step by step, and how it is taken back.",
    metadata: of::<Metadata>,
    spec: of::<RunbookSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy")],
    practice: Practice {
        short: &["rb"],
        life_cycle: Some(LifeCycle {
            path: &["spec", "lifecycle"],
            states: &[
                ("draft", &["approved", "retired"]),
                ("approved", &["deprecated", "draft"]),
                ("deprecated", &["retired", "approved"]),
                ("retired", &[]),
            ],
            gone: &["retired"],
        }),
        fields: &[
            (&["spec", "purpose"], FieldClass::Cosmetic),
            (&["spec", "lastTested"], FieldClass::Cosmetic),
            (&["spec", "permissions"], FieldClass::Governance),
            (&["spec", "risk"], FieldClass::Governance),
            (&["spec", "rollback"], FieldClass::Destructive),
        ],
        columns: &[
            column("OWNER", &["spec", "owner"]),
            column("RISK", &["spec", "risk"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            column("TESTED", &["spec", "lastTested"]),
            wide("TRIGGER", &["spec", "trigger"]),
        ],
        backstage: "a page of TechDocs, which nobody can run",
        servicenow: "Knowledge article or playbook (`sys_pd_process_definition`)",
    },
};
