//! A team: who owns, approves and is called.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::{Date, Reference};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::practice::{FieldClass, LifeCycle, Practice, column, wide};
use crate::model::{Kind, format};

/// Who belongs to a team, who speaks for it, and how to reach it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TeamSpec {
    /// What it is.
    pub r#type: Option<TeamType>,
    /// Whether it still exists.
    pub lifecycle: Option<TeamLifecycle>,
    /// Its people, such as `person:ada`.
    pub members: Option<Vec<Reference>>,
    /// The person who leads it.
    pub manager: Option<Reference>,
    /// The team that it is a unit of.
    pub parent: Option<Reference>,
    /// How many of it must agree, and who may agree in their place.
    pub approvers: Option<Approvers>,
    /// The calendar that says who is called when.
    pub on_call: Option<Reference>,
    /// The teams to turn to, in this order, when it does not answer.
    pub escalation: Option<Vec<Reference>>,
    /// How to reach the team as a team.
    pub contact: Option<Contact>,
    /// How many changes it has under way at most.
    #[schemars(range(min = 1))]
    pub wip_limit: Option<u32>,
    /// What its people know how to do.
    #[schemars(inner(length(min = 1)), extend("examples" = [["postgresql"]]))]
    pub competencies: Option<Vec<String>>,
    /// Of a supplier: the contract.
    pub contract: Option<Contract>,
}

/// What a team is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TeamType {
    /// People who work together.
    Team,
    /// A change advisory board.
    Cab,
    /// The board that decides on emergency changes.
    Ecab,
    /// Another company that supplies something.
    Supplier,
    /// Those for whom a service is.
    Customer,
}

/// Whether a team still exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TeamLifecycle {
    /// It works.
    Active,
    /// It was dissolved.
    Disbanded,
}

/// Who decides for a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Approvers {
    /// How many must agree.
    #[schemars(range(min = 1))]
    pub quorum: u32,
    /// Who may agree in the place of a member.
    pub deputies: Option<Vec<Reference>>,
}

/// Addresses of a team, never of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contact {
    /// The shared mailbox.
    #[schemars(length(min = 3), extend("examples" = ["payments@example.com"]))]
    pub email: Option<String>,
    /// The channel.
    #[schemars(length(min = 1), extend("examples" = ["#payments"]))]
    pub chat: Option<String>,
}

/// What was agreed with a supplier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Contract {
    /// The number in the books.
    #[schemars(length(min = 1), extend("examples" = ["C-2026-017"]))]
    pub number: String,
    /// The first day.
    pub start: Date,
    /// The last day, if it ends.
    pub end: Option<Date>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Team",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "team",
    plural: "teams",
    summary: "Who owns, approves and is called.",
    metadata: of::<Metadata>,
    spec: of::<TeamSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "members", "*"], "Person", &["person"], "hasMember"),
        to(&["spec", "manager"], "Person", &["person"], "ledBy"),
        to(&["spec", "parent"], "Team", &["team"], "childOf"),
        to(&["spec", "approvers", "deputies", "*"], "Person", &["person"], "deputizedBy"),
        to(&["spec", "onCall"], "Calendar", &["calendar"], "follows"),
        to(&["spec", "escalation", "*"], "Team", &["team"], "escalatesTo"),
    ],
    practice: Practice {
        short: &[],
        life_cycle: Some(LifeCycle {
            path: &["spec", "lifecycle"],
            states: &[("active", &["disbanded"]), ("disbanded", &["active"])],
            gone: &["disbanded"],
        }),
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("MANAGER", &["spec", "manager"]),
            column("PARENT", &["spec", "parent"]),
            wide("CHAT", &["spec", "contact", "chat"]),
            wide("ON CALL", &["spec", "onCall"]),
        ],
        backstage: "Group; both share one name space",
        servicenow: "Group (`sys_user_group`); a supplier is a Company (`core_company`), its contract `ast_contract`",
    },
};
