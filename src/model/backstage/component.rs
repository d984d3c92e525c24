//! Backstage's Component: a piece of software.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::model::format;
use crate::model::kind::{of, to, to_any};
use crate::model::practice::{column, wide};
use crate::model::{Kind, Metadata, Practice};

/// What a Component is, who owns it and what it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComponentSpec {
    /// What it is: `service`, `website`, `library`.
    #[schemars(length(min = 1))]
    pub r#type: String,
    /// How far it is: `experimental`, `production`, `deprecated`.
    #[schemars(length(min = 1))]
    pub lifecycle: String,
    /// The group or user who is accountable for it: `group:payments`, or just `payments`.
    #[schemars(length(min = 1))]
    pub owner: String,
    /// The system that it is part of.
    #[schemars(length(min = 1))]
    pub system: Option<String>,
    /// The component that it is a part of.
    #[schemars(length(min = 1))]
    pub subcomponent_of: Option<String>,
    /// The interfaces that it exposes.
    #[schemars(inner(length(min = 1)))]
    pub provides_apis: Option<Vec<String>>,
    /// The interfaces that it calls.
    #[schemars(inner(length(min = 1)))]
    pub consumes_apis: Option<Vec<String>>,
    /// What it needs to work: `component:…`, `resource:…`.
    #[schemars(inner(length(min = 1)))]
    pub depends_on: Option<Vec<String>>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Component",
    group: &GROUP,
    versions: &["v1alpha1", "v1beta1"],
    family: "component",
    plural: "components",
    summary: "A piece of software, such as a service, a website or a library.",
    metadata: of::<Metadata>,
    spec: of::<ComponentSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Group", &["team", "person"], "ownedBy"),
        to(&["spec", "system"], "System", &["system"], "partOf"),
        to(&["spec", "subcomponentOf"], "Component", &["component"], "partOf"),
        to(&["spec", "providesApis", "*"], "API", &["api"], "providesApi"),
        to(&["spec", "consumesApis", "*"], "API", &["api"], "consumesApi"),
        to_any(&["spec", "dependsOn", "*"], "dependsOn"),
        to_any(&["spec", "dependencyOf", "*"], "dependencyOf"),
    ],
    practice: Practice {
        servicenow: "counts as a configuration item of class `application.component` (`cmdb_ci_appl`)",
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            column("OWNER", &["spec", "owner"]),
            column("SYSTEM", &["spec", "system"]),
            wide("PART OF", &["spec", "subcomponentOf"]),
        ],
        ..Practice::FOREIGN
    },
};
