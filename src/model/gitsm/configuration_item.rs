//! A configuration item: something that runs or is configured (ITIL 4, service configuration).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::value::{Classification, Criticality, Date, Environment, Reference, SourceFiles};
use super::{GROUP, Metadata};
use crate::model::kind::{of, related, to};
use crate::model::practice::{FieldClass, LifeCycle, Practice, column, wide};
use crate::model::{Kind, format};

/// What a configuration item is, where it runs, and how it hangs together with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConfigurationItemSpec {
    /// Its class, such as `database.instance`; a class says which attributes and relations it has.
    pub class: Reference,
    /// The team that is accountable for it.
    pub owner: Reference,
    /// Where it runs.
    pub environment: Environment,
    /// Where it is in its life.
    pub lifecycle: CiLifecycle,
    /// How much hangs on it, where that is not what the services that need it say.
    pub criticality: Option<Criticality>,
    /// Who runs the ground it stands on, such as `aws` or a supplier's name.
    #[schemars(length(min = 1), extend("examples" = ["aws"]))]
    pub provider: Option<String>,
    /// The provider's region.
    #[schemars(length(min = 1), extend("examples" = ["eu-central-1"]))]
    pub region: Option<String>,
    /// The building, room or rack.
    #[schemars(length(min = 1), extend("examples" = ["Frankfurt, rack B07"]))]
    pub location: Option<String>,
    /// The version that runs.
    #[schemars(length(min = 1), extend("examples" = ["16.4"]))]
    pub version: Option<String>,
    /// The maker's serial number.
    #[schemars(length(min = 1), extend("examples" = ["5CG1234XYZ"]))]
    pub serial: Option<String>,
    /// The tag of the asset that it is, in the books.
    #[schemars(length(min = 1), extend("examples" = ["AST-004711"]))]
    pub asset: Option<String>,
    /// Whether it can be reached from the internet.
    pub publicly_exposed: Option<bool>,
    /// Who may read the data that it holds.
    pub data_classification: Option<Classification>,
    /// What is installed on it.
    pub software: Option<Vec<Software>>,
    /// The calendar in which it may be changed.
    pub maintenance: Option<Reference>,
    /// What to do when something about it must be done.
    pub runbooks: Option<Vec<Reference>>,
    /// How it hangs together with others, by the relation's name.
    pub relations: Option<Relations>,
    /// Of a cluster: how many members must work for it to work.
    #[schemars(range(min = 1))]
    pub quorum: Option<u32>,
    /// What its class says about such items.
    pub attributes: Option<BTreeMap<String, Value>>,
    /// How its record is kept true.
    pub discovery: Option<Discovery>,
    /// The files that configure it.
    pub sources: Option<Vec<SourceFiles>>,
}

/// The relations that a configuration item declares; each is written on one side only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Relations {
    /// It does not work without them.
    pub depends_on: Option<Vec<Reference>>,
    /// It uses them, and works without them to some extent.
    pub uses: Option<Vec<Reference>>,
    /// Software: the machine or runtime that it runs on.
    pub runs_on: Option<Vec<Reference>>,
    /// The platform, cluster or account that hosts it.
    pub hosted_on: Option<Vec<Reference>>,
    /// A virtual machine: the hypervisor that it runs on.
    pub virtualized_by: Option<Vec<Reference>>,
    /// What stands or lives inside it, and fails with it.
    pub contains: Option<Vec<Reference>>,
    /// The cluster that it is a member of.
    pub member_of: Option<Vec<Reference>>,
    /// Its neighbours in the network.
    pub connects_to: Option<Vec<Reference>>,
    /// What takes over when it fails, and for which it does.
    pub redundant_with: Option<Vec<Reference>>,
    /// What it controls or configures.
    pub manages: Option<Vec<Reference>>,
    /// What watches it.
    pub monitored_by: Option<Vec<Reference>>,
    /// The interfaces that it offers.
    pub provides_api: Option<Vec<Reference>>,
    /// The interfaces that it calls.
    pub consumes_api: Option<Vec<Reference>>,
}

/// Where a configuration item is in its life (ServiceNow's CSDM life cycle, stage and status).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CiLifecycle {
    /// The stage.
    pub stage: Stage,
    /// How it is used; only while it is operational.
    pub status: Option<Status>,
}

/// The stage of a configuration item's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is being planned.
    Design,
    /// It is being set up.
    Deploy,
    /// It works for somebody.
    Operational,
    /// It is switched off and still there.
    EndOfOperation,
    /// It is gone.
    EndOfLife,
    /// It is broken.
    Defective,
    /// Nobody knows where it is.
    Missing,
}

impl Stage {
    /// Whether nothing can rest on it any more.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::EndOfOperation | Self::EndOfLife | Self::Missing)
    }

    /// Its name as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Design => "design",
            Self::Deploy => "deploy",
            Self::Operational => "operational",
            Self::EndOfOperation => "end_of_operation",
            Self::EndOfLife => "end_of_life",
            Self::Defective => "defective",
            Self::Missing => "missing",
        }
    }
}

/// How an operational configuration item is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It works.
    InUse,
    /// Somebody works on it.
    InMaintenance,
    /// Its maker no longer mends it.
    EndOfSupport,
    /// It will be switched off.
    PendingRetirement,
}

/// A piece of software on a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Software {
    /// Its name.
    #[schemars(length(min = 1), extend("examples" = ["openssl"]))]
    pub name: String,
    /// Its version.
    #[schemars(length(min = 1), extend("examples" = ["3.0.15"]))]
    pub version: String,
}

/// How a record is compared with what is really there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Discovery {
    /// Who or what looks.
    #[schemars(length(min = 1), extend("examples" = ["terraform"]))]
    pub source: String,
    /// When it last found this item as the record says.
    pub last_verified: Date,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "ConfigurationItem",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "ci",
    plural: "configurationitems",
    summary: "Something that runs or is configured.",
    metadata: of::<Metadata>,
    spec: of::<ConfigurationItemSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "class"], "CIClass", &["ciclass"], "instanceOf"),
        to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy"),
        to(&["spec", "maintenance"], "Calendar", &["calendar"], "follows"),
        to(&["spec", "runbooks", "*"], "Runbook", &["runbook"], "operatedBy"),
        related(&["spec", "relations", "dependsOn", "*"], "dependsOn"),
        related(&["spec", "relations", "uses", "*"], "uses"),
        related(&["spec", "relations", "runsOn", "*"], "runsOn"),
        related(&["spec", "relations", "hostedOn", "*"], "hostedOn"),
        related(&["spec", "relations", "virtualizedBy", "*"], "virtualizedBy"),
        related(&["spec", "relations", "contains", "*"], "contains"),
        related(&["spec", "relations", "memberOf", "*"], "memberOf"),
        related(&["spec", "relations", "connectsTo", "*"], "connectsTo"),
        related(&["spec", "relations", "redundantWith", "*"], "redundantWith"),
        related(&["spec", "relations", "manages", "*"], "manages"),
        related(&["spec", "relations", "monitoredBy", "*"], "monitoredBy"),
        to(&["spec", "relations", "providesApi", "*"], "API", &["api", "ci"], "providesApi"),
        to(&["spec", "relations", "consumesApi", "*"], "API", &["api", "ci"], "consumesApi"),
    ],
    practice: Practice {
        short: &["ci", "cis"],
        life_cycle: Some(LifeCycle {
            path: &["spec", "lifecycle", "stage"],
            states: &[
                ("design", &["deploy", "end_of_life"]),
                ("deploy", &["operational", "end_of_life", "defective"]),
                ("operational", &["end_of_operation", "defective", "missing"]),
                ("end_of_operation", &["end_of_life", "operational"]),
                ("end_of_life", &[]),
                ("defective", &["operational", "end_of_operation"]),
                ("missing", &["operational", "end_of_life"]),
            ],
            gone: &["end_of_operation", "end_of_life", "missing"],
        }),
        fields: &[
            (&["spec", "discovery"], FieldClass::Cosmetic),
            (&["spec", "asset"], FieldClass::Cosmetic),
            (&["spec", "owner"], FieldClass::Governance),
            (&["spec", "criticality"], FieldClass::Governance),
            (&["spec", "environment"], FieldClass::Governance),
            (&["spec", "dataClassification"], FieldClass::Governance),
            (&["spec", "sources"], FieldClass::Governance),
            (&["spec", "class"], FieldClass::Destructive),
            (&["spec", "lifecycle"], FieldClass::Destructive),
        ],
        columns: &[
            column("CLASS", &["spec", "class"]),
            column("ENVIRONMENT", &["spec", "environment"]),
            column("OWNER", &["spec", "owner"]),
            column("STAGE", &["spec", "lifecycle", "stage"]),
            wide("PROVIDER", &["spec", "provider"]),
            wide("REGION", &["spec", "region"]),
            wide("VERSION", &["spec", "version"]),
            wide("VERIFIED", &["spec", "discovery", "lastVerified"]),
            wide("CRITICALITY", &["spec", "criticality"]),
        ],
        backstage: "Resource, and Component for software",
        servicenow: "Configuration Item (`cmdb_ci`), in the table that its class names",
    },
};
