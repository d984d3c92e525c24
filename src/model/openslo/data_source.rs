//! OpenSLO's DataSource: where numbers come from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{GROUP, Metadata};
use crate::model::kind::of;
use crate::model::practice::{column, wide};
use crate::model::{Kind, Practice, format};

/// How to reach a source of metrics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataSourceSpec {
    /// What it is, in at most 1050 characters.
    #[schemars(length(max = 1050))]
    pub description: Option<String>,
    /// What it is: `Prometheus`, `Datadog`.
    #[schemars(length(min = 1))]
    pub r#type: String,
    /// What a connection needs; secrets belong elsewhere.
    pub connection_details: Option<Value>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "DataSource",
    group: &GROUP,
    versions: &["v1"],
    family: "datasource",
    plural: "datasources",
    summary: "Where an indicator reads its numbers.",
    metadata: of::<Metadata>,
    spec: of::<DataSourceSpec>,
    variants: &[],
    formats: format::OPENSLO,
    references: &[],
    practice: Practice {
        columns: &[
            column("TYPE", &["spec", "type"]),
            wide("DESCRIPTION", &["spec", "description"]),
        ],
        ..Practice::FOREIGN
    },
};
