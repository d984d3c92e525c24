//! gitsm's own kinds, one file each. Their specs are closed: a field that is not known is an error.

pub mod person;
pub mod service;
pub mod team;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Group, Link};

/// gitsm's own documents.
pub static GROUP: Group = Group { name: "gitsm", title: "gitsm", foreign: false, retired: &[] };

/// `metadata` of gitsm's own kinds: Backstage's fields, and what only gitsm has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// The name, unique within its family and namespace without regard to case.
    #[schemars(length(min = 1), extend("examples" = ["checkout"]))]
    pub name: String,
    /// The namespace; `default` if it is left out.
    #[schemars(length(min = 1), extend("default" = "default"))]
    pub namespace: Option<String>,
    /// A name for people.
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
    /// The entity of the same family that this document adds fields to, such as `group:payments`.
    #[schemars(length(min = 1))]
    pub extends: Option<String>,
}
