//! A change request: what people say about one change. Everything else is computed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::change_model::ChangeType;
use super::value::{Duration, Instant, Reference};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to, to_any};
use crate::model::practice::{Practice, column, wide};
use crate::model::{Kind, format};

/// Why something changes, how, and when. Scope, impact, risk and approvals come from the
/// difference between two trees, and its state from the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeRequestSpec {
    /// Why.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// The type that is claimed; it is computed without it.
    pub r#type: Option<ChangeType>,
    /// The team that does it.
    pub owner: Option<Reference>,
    /// Who asks for it.
    pub requested_by: Option<Reference>,
    /// The model that it follows.
    pub model: Option<Reference>,
    /// Entities that it concerns without changing their documents.
    pub concerns: Option<Vec<Reference>>,
    /// How it is done, tested and taken back.
    pub plan: Option<Plan>,
    /// When.
    pub schedule: Option<Schedule>,
    /// How long what it touches is away.
    pub downtime: Option<Duration>,
    /// The incident that it ends, by its id.
    #[schemars(length(min = 1), extend("examples" = ["INC-2026-0042"]))]
    pub incident: Option<String>,
    /// The problem that it removes, by its id.
    #[schemars(length(min = 1), extend("examples" = ["PRB-2026-0007"]))]
    pub problem: Option<String>,
    /// Who is told what, and when.
    pub communications: Option<Vec<Communication>>,
}

/// How a change is done, tested and taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// The runbook that does it.
    pub runbook: Option<Reference>,
    /// How it is done, where no runbook says it.
    #[schemars(length(min = 1))]
    pub implementation: Option<String>,
    /// How it was tested.
    #[schemars(length(min = 1))]
    pub test: Option<String>,
    /// How it is taken back, where the inverse is not enough.
    #[schemars(length(min = 1))]
    pub backout: Option<String>,
}

/// When a change is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schedule {
    /// It begins.
    pub start: Instant,
    /// It is over.
    pub end: Instant,
}

/// A message about a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Communication {
    /// Who gets it.
    pub to: Reference,
    /// When.
    pub at: Instant,
    /// What it says.
    #[schemars(length(min = 1))]
    pub text: String,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "ChangeRequest",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "change",
    plural: "changerequests",
    summary: "What people say about one change; the rest is computed.",
    metadata: of::<Metadata>,
    spec: of::<ChangeRequestSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy"),
        to(&["spec", "requestedBy"], "Person", &["person", "team"], "requestedBy"),
        to(&["spec", "model"], "ChangeModel", &["changemodel"], "instanceOf"),
        to_any(&["spec", "concerns", "*"], "concerns"),
        to(&["spec", "plan", "runbook"], "Runbook", &["runbook"], "operatedBy"),
        to(&["spec", "communications", "*", "to"], "Team", &["team", "person"], "informs"),
    ],
    practice: Practice {
        short: &["change", "changes", "cr"],
        // Its state is a fold over the ledger: nobody writes it down.
        life_cycle: None,
        fields: &[],
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("OWNER", &["spec", "owner"]),
            column("START", &["spec", "schedule", "start"]),
            wide("MODEL", &["spec", "model"]),
            wide("INCIDENT", &["spec", "incident"]),
        ],
        backstage: "no counterpart",
        servicenow: "Change Request (`change_request`)",
    },
};
