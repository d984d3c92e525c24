//! Backstage's Resource: infrastructure that software needs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::model::format;
use crate::model::kind::{of, to, to_any};
use crate::model::practice::column;
use crate::model::{Kind, Metadata, Practice};

/// What a Resource is and who owns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceSpec {
    /// What it is: `database`, `s3-bucket`, `topic`.
    #[schemars(length(min = 1))]
    pub r#type: String,
    /// The group or user who is accountable for it: `group:payments`, or just `payments`.
    #[schemars(length(min = 1))]
    pub owner: String,
    /// What it needs to work: `component:…`, `resource:…`.
    #[schemars(inner(length(min = 1)))]
    pub depends_on: Option<Vec<String>>,
    /// The system that it is part of.
    #[schemars(length(min = 1))]
    pub system: Option<String>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Resource",
    group: &GROUP,
    versions: &["v1alpha1", "v1beta1"],
    family: "resource",
    plural: "resources",
    summary: "Infrastructure that software needs to run, such as a database or a topic.",
    metadata: of::<Metadata>,
    spec: of::<ResourceSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Group", &["team", "person"], "ownedBy"),
        to(&["spec", "system"], "System", &["system"], "partOf"),
        to_any(&["spec", "dependsOn", "*"], "dependsOn"),
        to_any(&["spec", "dependencyOf", "*"], "dependencyOf"),
    ],
    practice: Practice {
        servicenow: "counts as a configuration item (`cmdb_ci`) of any class",
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("OWNER", &["spec", "owner"]),
            column("SYSTEM", &["spec", "system"]),
        ],
        ..Practice::FOREIGN
    },
};
