//! `metadata` as every kind of Backstage and gitsm has it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What identifies and describes an entity, whatever its kind
/// (<https://backstage.io/docs/features/software-catalog/descriptor-format>).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The name, unique within its kind and namespace without regard to case.
    #[schemars(length(min = 1), extend("examples" = ["checkout"]))]
    pub name: String,
    /// The namespace; `default` if it is left out.
    #[schemars(length(min = 1), extend("default" = "default"))]
    pub namespace: Option<String>,
    /// A name for people, shown in place of `name`.
    #[schemars(length(min = 1), extend("examples" = ["Online checkout"]))]
    pub title: Option<String>,
    /// One line on what it is.
    pub description: Option<String>,
    /// Short key and value pairs to select by.
    pub labels: Option<BTreeMap<String, String>>,
    /// Key and value pairs for tools.
    pub annotations: Option<BTreeMap<String, String>>,
    /// Words to find it by.
    #[schemars(inner(length(min = 1)))]
    pub tags: Option<Vec<String>>,
    /// Pages about it.
    pub links: Option<Vec<Link>>,
    /// An id that a running Backstage assigned; not written by hand.
    #[schemars(length(min = 1))]
    pub uid: Option<String>,
    /// A revision that a running Backstage assigned; not written by hand.
    #[schemars(length(min = 1))]
    pub etag: Option<String>,
}

/// A page about an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// Its address, absolute.
    #[schemars(length(min = 1), extend("examples" = ["https://wiki.example.com/checkout"]))]
    pub url: String,
    /// What the page is.
    #[schemars(length(min = 1))]
    pub title: Option<String>,
    /// The key of a picture.
    #[schemars(length(min = 1), extend("examples" = ["dashboard"]))]
    pub icon: Option<String>,
    /// A word to group links by.
    #[schemars(length(min = 1), extend("examples" = ["runbook"]))]
    pub r#type: Option<String>,
}
