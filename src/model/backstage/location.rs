//! Backstage's Location: where to find more entities.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::model::format;
use crate::model::kind::of;
use crate::model::practice::{column, wide};
use crate::model::{Kind, Metadata, Practice};

/// Other files to read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocationSpec {
    /// How the targets are found: `file`, `url`.
    #[schemars(length(min = 1))]
    pub r#type: Option<String>,
    /// One file, relative to this one, or a URL.
    #[schemars(length(min = 1))]
    pub target: Option<String>,
    /// More of them.
    #[schemars(inner(length(min = 1)))]
    pub targets: Option<Vec<String>>,
    /// Whether the targets must exist.
    pub presence: Option<Presence>,
}

/// Whether a Location's targets must exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// They must; this is what holds when nothing is said.
    Required,
    /// They may be missing.
    Optional,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Location",
    group: &GROUP,
    versions: &["v1alpha1", "v1beta1"],
    family: "location",
    plural: "locations",
    summary: "A pointer to other files that hold entities.",
    metadata: of::<Metadata>,
    spec: of::<LocationSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[],
    practice: Practice {
        columns: &[
            column("TYPE", &["spec", "type"]),
            column("TARGET", &["spec", "target"]),
            column("TARGETS", &["spec", "targets"]),
            wide("PRESENCE", &["spec", "presence"]),
        ],
        ..Practice::FOREIGN
    },
};
