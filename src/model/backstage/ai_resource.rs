//! Backstage's AiResource: what coding assistants are given to work with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::model::format;
use crate::model::kind::{of, to};
use crate::model::practice::{column, wide};
use crate::model::{Kind, Metadata, Practice, Variant};

/// What every AiResource says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AiResourceSpec {
    /// What it is: `skill`, `rule`, `plugin`, `marketplace`.
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
}

/// What a skill adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SkillSpec {
    /// The fields of work it is for.
    #[schemars(inner(length(min = 1)))]
    pub disciplines: Option<Vec<String>>,
    /// What kind of skill it is.
    #[schemars(inner(length(min = 1)))]
    pub categories: Option<Vec<String>>,
    /// The assistants that can use it.
    #[schemars(inner(length(min = 1)))]
    pub agents: Option<Vec<String>>,
    /// The resources it needs.
    #[schemars(inner(length(min = 1)))]
    pub depends_on: Option<Vec<String>>,
    /// The tools it may use.
    #[schemars(length(min = 1))]
    pub allowed_tools: Option<String>,
    /// Its licence.
    #[schemars(length(min = 1))]
    pub license: Option<String>,
    /// What it works with, in at most 500 characters.
    #[schemars(length(min = 1, max = 500))]
    pub compatibility: Option<String>,
}

/// What a rule adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleSpec {
    /// The fields of work it is for.
    #[schemars(inner(length(min = 1)))]
    pub disciplines: Option<Vec<String>>,
    /// What kind of rule it is.
    #[schemars(length(min = 1))]
    pub category: String,
    /// Why it is a rule.
    #[schemars(length(min = 1))]
    pub rationale: String,
}

/// What a plugin adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PluginSpec {
    /// The skills in it.
    #[schemars(inner(length(min = 1)))]
    pub skills: Vec<String>,
    /// Its version.
    #[schemars(length(min = 1))]
    pub version: Option<String>,
}

/// What a marketplace adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MarketplaceSpec {
    /// The plugins it offers.
    #[schemars(inner(length(min = 1)))]
    pub plugins: Vec<String>,
    /// Its version.
    #[schemars(length(min = 1))]
    pub version: Option<String>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "AiResource",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "airesource",
    plural: "airesources",
    summary: "Context for AI coding tools, such as a skill or a rule.",
    metadata: of::<Metadata>,
    spec: of::<AiResourceSpec>,
    variants: &[
        Variant {
            by: "type",
            value: "skill",
            spec: of::<SkillSpec>,
            replaces: false,
            references: &[to(
                &["spec", "dependsOn", "*"],
                "AiResource",
                &["airesource"],
                "dependsOn",
            )],
        },
        Variant {
            by: "type",
            value: "rule",
            spec: of::<RuleSpec>,
            replaces: false,
            references: &[],
        },
        Variant {
            by: "type",
            value: "plugin",
            spec: of::<PluginSpec>,
            replaces: false,
            references: &[to(&["spec", "skills", "*"], "AiResource", &["airesource"], "hasPart")],
        },
        Variant {
            by: "type",
            value: "marketplace",
            spec: of::<MarketplaceSpec>,
            replaces: false,
            references: &[to(&["spec", "plugins", "*"], "AiResource", &["airesource"], "hasPart")],
        },
    ],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Group", &["team", "person"], "ownedBy"),
        to(&["spec", "system"], "System", &["system"], "partOf"),
    ],
    practice: Practice {
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("LIFECYCLE", &["spec", "lifecycle"]),
            column("OWNER", &["spec", "owner"]),
            wide("SYSTEM", &["spec", "system"]),
        ],
        ..Practice::FOREIGN
    },
};
