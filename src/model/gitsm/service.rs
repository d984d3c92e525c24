//! A service: what is promised to a consumer (ITIL 4).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GROUP, Metadata};
use crate::model::kind::{of, to, to_any};
use crate::model::{Kind, format};

/// Who answers for a service, how much hangs on it and what it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceSpec {
    /// The team that is accountable for it, such as `team:payments`.
    #[schemars(length(min = 1))]
    pub owner: String,
    /// Whether people outside IT use it by name, or other services do.
    pub service_type: Option<ServiceType>,
    /// Where it is in its life.
    pub lifecycle: Option<Lifecycle>,
    /// How much hangs on it, from `tier1`, the most, to `tier4`.
    pub criticality: Option<Criticality>,
    /// The team to turn to when it does not work, where that is not the owner.
    #[schemars(length(min = 1))]
    pub support_team: Option<String>,
    /// What it is for, in the words of those who pay for it.
    pub outcome: Option<String>,
    /// What it needs to work: `service:…`, `component:…`, `resource:…`.
    #[schemars(inner(length(min = 1)))]
    pub depends_on: Option<Vec<String>>,
}

/// To whom a service is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ServiceType {
    /// To its customers.
    Business,
    /// To other services.
    Technical,
}

/// Where a service is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lifecycle {
    /// Somebody wants it.
    Proposed,
    /// It is being designed.
    Design,
    /// It is being built.
    Build,
    /// It is used.
    Live,
    /// It is used and will go.
    Deprecated,
    /// It is gone.
    Retired,
    /// It never came to be.
    Canceled,
}

/// How much hangs on something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Criticality {
    /// The business stops.
    Tier1,
    /// The business suffers.
    Tier2,
    /// Some people cannot work.
    Tier3,
    /// Hardly anybody notices.
    Tier4,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Service",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "service",
    plural: "services",
    summary: "What is promised to a consumer.",
    metadata: of::<Metadata>,
    spec: of::<ServiceSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy"),
        to(&["spec", "supportTeam"], "Team", &["team"], "ownedBy"),
        to_any(&["spec", "dependsOn", "*"], "dependsOn"),
    ],
};
