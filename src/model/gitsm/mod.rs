//! gitsm's own kinds, one file each. Their specs are closed: a field that is not known is an error.

pub mod built_in_policy;
pub mod calendar;
pub mod change_model;
pub mod change_policy;
pub mod change_request;
pub mod ci_class;
pub mod configuration_item;
pub mod exception;
pub mod note;
pub mod person;
pub mod policy;
pub mod runbook;
pub mod service;
pub mod service_level_agreement;
mod spec;
pub mod target;
pub mod team;
pub mod value;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use spec::Spec;

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
    #[schemars(length(min = 1), extend("examples" = ["group:payments"]))]
    pub extends: Option<String>,
    /// References by which it was known before: a rename is declared and never guessed.
    #[schemars(inner(length(min = 1)), extend("examples" = [["service:shop-checkout"]]))]
    pub formerly: Option<Vec<String>>,
}
