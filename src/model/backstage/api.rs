//! Backstage's API: an interface between components.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::model::format;
use crate::model::kind::{of, to};
use crate::model::practice::{column, wide};
use crate::model::{Kind, Metadata, Practice, Variant};

/// What an API looks like and who owns it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiSpec {
    /// How it is described: `openapi`, `asyncapi`, `graphql`, `grpc`.
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
    /// The description itself, or `$text: ./openapi.yaml`.
    #[schemars(length(min = 1))]
    pub definition: String,
}

/// An MCP server: it has remotes instead of a definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct McpServerSpec {
    /// `mcp-server`.
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
    /// Where the server can be reached; at least one.
    #[schemars(length(min = 1))]
    pub remotes: Vec<Remote>,
}

/// One way to reach an MCP server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Remote {
    /// The transport: `streamable-http`, `sse`.
    #[schemars(length(min = 1))]
    pub r#type: String,
    /// The address.
    #[schemars(length(min = 1))]
    pub url: String,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "API",
    group: &GROUP,
    versions: &["v1alpha1", "v1beta1"],
    family: "api",
    plural: "apis",
    summary: "An interface that a component exposes to others.",
    metadata: of::<Metadata>,
    spec: of::<ApiSpec>,
    variants: &[Variant {
        by: "type",
        value: "mcp-server",
        spec: of::<McpServerSpec>,
        replaces: true,
        references: &[],
    }],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Group", &["team", "person"], "ownedBy"),
        to(&["spec", "system"], "System", &["system"], "partOf"),
    ],
    practice: Practice {
        servicenow: "counts as a configuration item of class `api` (`cmdb_ci_api`)",
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            column("OWNER", &["spec", "owner"]),
            wide("SYSTEM", &["spec", "system"]),
        ],
        ..Practice::FOREIGN
    },
};
