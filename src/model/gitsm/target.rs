//! A target: a system that the catalog is applied to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::value::{Duration, Reference, Selector, Share};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::practice::{FieldClass, Practice, column, wide};
use crate::model::{Kind, format};

/// Which entities become which objects of which system, and how far one run may go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TargetSpec {
    /// Who answers for what is applied.
    pub owner: Reference,
    /// How the system is spoken to.
    pub driver: Driver,
    /// What the driver needs to know, such as an address or a folder; never a secret.
    pub settings: Option<BTreeMap<String, Value>>,
    /// The environment variables that hold its secrets, by what the driver calls them.
    #[schemars(extend("examples" = [{ "token": "ICINGA_TOKEN" }]))]
    pub credentials: Option<BTreeMap<String, String>>,
    /// Which entities it takes.
    pub selector: Option<Selector>,
    /// The templates that make objects of an entity, by the kind of object.
    pub mapping: Option<BTreeMap<String, Value>>,
    /// How far one run may go.
    pub limits: Option<Limits>,
    /// How long a run may be silent before another may take over.
    pub lock_timeout: Option<Duration>,
}

/// How a system is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Driver {
    /// A folder that templates fill.
    Files,
    /// Prometheus and Alertmanager.
    Prometheus,
    /// Any REST API.
    Http,
}

/// How far one run may go: beyond it a person must say so.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Which share of what is there may be deleted.
    pub deletes: Option<Share>,
    /// Which share of what is there may be changed.
    pub updates: Option<Share>,
    /// From how many objects on the shares count.
    pub from: Option<u32>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Target",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "target",
    plural: "targets",
    summary: "A system that the catalog is applied to.",
    metadata: of::<Metadata>,
    spec: of::<TargetSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy")],
    practice: Practice {
        short: &[],
        life_cycle: None,
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[
            column("DRIVER", &["spec", "driver"]),
            column("OWNER", &["spec", "owner"]),
            wide("DELETES", &["spec", "limits", "deletes"]),
        ],
        backstage: "no counterpart",
        servicenow: "an Integration Hub spoke or import set, the other way round",
    },
};
