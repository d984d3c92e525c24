//! OpenSLO v1, one file a kind, as the specification says (<https://github.com/OpenSLO/OpenSLO>).
//!
//! What JSON Schema cannot say (this or that, but not both) is in the rules for OpenSLO.

pub mod alert_condition;
pub mod alert_notification_target;
pub mod alert_policy;
pub mod data_source;
pub mod service;
pub mod sli;
pub mod slo;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Group;

/// OpenSLO documents.
pub static GROUP: Group = Group {
    name: "openslo",
    title: "OpenSLO",
    foreign: true,
    retired: &["v0.1.0-beta", "v1alpha", "v2alpha", "v2alpha1"],
};

/// `metadata` of an OpenSLO object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The name, unique within its kind: an RFC 1123 label.
    #[schemars(length(min = 1), extend("examples" = ["checkout-availability"]))]
    pub name: String,
    /// A name for people.
    #[schemars(length(max = 63))]
    pub display_name: Option<String>,
    /// Key and value pairs to select by; a value may be a list.
    pub labels: Option<BTreeMap<String, Label>>,
    /// Key and value pairs for tools.
    pub annotations: Option<BTreeMap<String, String>>,
}

/// A label's value: one text or several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Label {
    /// One text.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl JsonSchema for Label {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Label".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "array"], "items": { "type": "string" } })
    }
}

/// A duration in shorthand: a positive whole number and `m`, `h`, `d`, `w`, `M`, `Q` or `Y`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duration(pub String);

impl JsonSchema for Duration {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Duration".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^[1-9][0-9]*[mhdwMQY]$",
            "description": "A duration in shorthand, such as 5m, 28d or 1Q.",
        })
    }
}
