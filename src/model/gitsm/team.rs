//! A team: who owns, approves and is called.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::{Kind, format};

/// Who belongs to a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TeamSpec {
    /// What it is.
    pub r#type: Option<TeamType>,
    /// Its people, such as `person:ada`.
    #[schemars(inner(length(min = 1)))]
    pub members: Option<Vec<String>>,
    /// The person who leads it.
    #[schemars(length(min = 1))]
    pub manager: Option<String>,
    /// The team that it is a unit of.
    #[schemars(length(min = 1))]
    pub parent: Option<String>,
}

/// What a team is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
        to(&["spec", "manager"], "Person", &["person"], "hasMember"),
        to(&["spec", "parent"], "Team", &["team"], "childOf"),
    ],
};
