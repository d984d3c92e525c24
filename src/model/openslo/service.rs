//! OpenSLO's Service: what several SLOs belong to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GROUP, Metadata};
use crate::model::kind::of;
use crate::model::practice::column;
use crate::model::{Kind, Practice, format};

/// What a Service is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceSpec {
    /// What it is, in at most 1050 characters.
    #[schemars(length(max = 1050))]
    pub description: Option<String>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Service",
    group: &GROUP,
    versions: &["v1"],
    family: "openslo-service",
    plural: "openslo-services",
    summary: "A high-level grouping of SLOs.",
    metadata: of::<Metadata>,
    spec: of::<ServiceSpec>,
    variants: &[],
    formats: format::OPENSLO,
    references: &[],
    practice: Practice {
        columns: &[column("DESCRIPTION", &["spec", "description"])],
        ..Practice::FOREIGN
    },
};
