//! A service: what is promised to a consumer (ITIL 4).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::{Classification, Criticality, Date, Duration, Reference, SourceFiles};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to, to_any};
use crate::model::practice::{FieldClass, LifeCycle, Practice, column, wide};
use crate::model::{Kind, format};

/// Who answers for a service, how much hangs on it, what is promised and what it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceSpec {
    /// The team that is accountable for it, such as `team:payments`.
    pub owner: Reference,
    /// Whether people outside IT use it by name, or other services do.
    pub service_type: Option<ServiceType>,
    /// Where it is in its life.
    pub lifecycle: Option<Lifecycle>,
    /// How much hangs on it, from `tier1`, the most, to `tier4`.
    pub criticality: Option<Criticality>,
    /// The team to turn to when it does not work, where that is not the owner.
    pub support_team: Option<Reference>,
    /// The calendar of the hours in which that team answers.
    pub support_hours: Option<Reference>,
    /// The agreement that says what its consumers can expect.
    pub sla: Option<Reference>,
    /// The OpenSLO objectives that measure it.
    pub slos: Option<Vec<Reference>>,
    /// What it is for, in the words of those who pay for it.
    #[schemars(length(min = 1), extend("examples" = ["Customers can pay for what they ordered"]))]
    pub outcome: Option<String>,
    /// The teams and people for whom it is.
    pub customers: Option<Vec<Reference>>,
    /// The teams and people who want to know what happens to it.
    pub stakeholders: Option<Vec<Reference>>,
    /// In which forms consumers can have it.
    pub offerings: Option<Vec<Offering>>,
    /// What it needs to work: `service:…`, `ci:…`, `component:…`, `resource:…`.
    pub depends_on: Option<Vec<Reference>>,
    /// The configuration items that make it up.
    pub supported_by: Option<Vec<Reference>>,
    /// The suppliers that it needs.
    pub suppliers: Option<Vec<Reference>>,
    /// What to do when something about it must be done.
    pub runbooks: Option<Vec<Reference>>,
    /// How long it may be away, and how much data may be lost, when the worst happens.
    pub continuity: Option<Continuity>,
    /// Who may read its data; the strictest that it holds.
    pub data_classification: Option<Classification>,
    /// What it costs to run.
    pub cost: Option<Cost>,
    /// The files that implement it.
    pub sources: Option<Vec<SourceFiles>>,
}

/// To whom a service is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ServiceType {
    /// To its customers.
    Business,
    /// To other services.
    Technical,
}

/// Where a service is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl Lifecycle {
    /// Whether people use it.
    pub fn is_used(self) -> bool {
        matches!(self, Self::Live | Self::Deprecated)
    }
}

/// A form in which a service can be had (a service offering of ITIL 4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Offering {
    /// Its name.
    #[schemars(length(min = 1), extend("examples" = ["gold"]))]
    pub name: String,
    /// What is in it.
    #[schemars(length(min = 1))]
    pub description: String,
    /// The agreement that holds for it, where it is not the service's.
    pub sla: Option<Reference>,
}

/// What must be reached after a disaster (ISO 22301).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Continuity {
    /// Recovery time objective: how long it may be away.
    pub rto: Duration,
    /// Recovery point objective: how far back its data may be.
    pub rpo: Duration,
    /// When a restore was last tried and worked.
    pub last_tested: Option<Date>,
}

/// Money for a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cost {
    /// How much.
    #[schemars(range(min = 0))]
    pub amount: f64,
    /// Of which currency (ISO 4217).
    #[schemars(regex(pattern = "^[A-Z]{3}$"), extend("examples" = ["EUR"]))]
    pub currency: String,
    /// For how long.
    pub per: CostPeriod,
}

/// The span of time that a cost is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CostPeriod {
    /// Each month.
    Month,
    /// Each year.
    Year,
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
        to(&["spec", "supportTeam"], "Team", &["team"], "hasSupportTeam"),
        to(&["spec", "supportHours"], "Calendar", &["calendar"], "follows"),
        to(&["spec", "sla"], "ServiceLevelAgreement", &["sla"], "agreedIn"),
        to(&["spec", "offerings", "*", "sla"], "ServiceLevelAgreement", &["sla"], "agreedIn"),
        to(&["spec", "slos", "*"], "SLO", &["slo"], "measuredBy"),
        to(&["spec", "customers", "*"], "Team", &["team", "person"], "serves"),
        to(&["spec", "stakeholders", "*"], "Team", &["team", "person"], "informs"),
        to_any(&["spec", "dependsOn", "*"], "dependsOn"),
        to(
            &["spec", "supportedBy", "*"],
            "ConfigurationItem",
            &["ci", "component", "resource"],
            "dependsOn",
        ),
        to(&["spec", "suppliers", "*"], "Team", &["team"], "suppliedBy"),
        to(&["spec", "runbooks", "*"], "Runbook", &["runbook"], "operatedBy"),
    ],
    practice: Practice {
        short: &["svc"],
        life_cycle: Some(LifeCycle {
            path: &["spec", "lifecycle"],
            states: &[
                ("proposed", &["design", "canceled"]),
                ("design", &["build", "canceled"]),
                ("build", &["live", "canceled"]),
                ("live", &["deprecated"]),
                ("deprecated", &["retired", "live"]),
                ("retired", &[]),
                ("canceled", &[]),
            ],
            gone: &["retired", "canceled"],
        }),
        fields: &[
            (&["spec", "outcome"], FieldClass::Cosmetic),
            (&["spec", "cost"], FieldClass::Cosmetic),
            (&["spec", "stakeholders"], FieldClass::Cosmetic),
            (&["spec", "owner"], FieldClass::Governance),
            (&["spec", "criticality"], FieldClass::Governance),
            (&["spec", "dataClassification"], FieldClass::Governance),
            (&["spec", "sources"], FieldClass::Governance),
            (&["spec", "lifecycle"], FieldClass::Destructive),
        ],
        columns: &[
            column("OWNER", &["spec", "owner"]),
            column("CRITICALITY", &["spec", "criticality"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            column("SLA", &["spec", "sla"]),
            wide("TYPE", &["spec", "serviceType"]),
            wide("SUPPORT", &["spec", "supportTeam"]),
            wide("DATA", &["spec", "dataClassification"]),
        ],
        backstage: "no counterpart: a System groups what implements it, a Component of type `service` is a configuration item here",
        servicenow: "Business Service (`cmdb_ci_service_business`) and Technology Management Service (`cmdb_ci_service_technical`); an offering is a Service Offering (`service_offering`)",
    },
};
