//! OpenSLO's SLI: how good is measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{GROUP, Metadata};
use crate::model::kind::{by_name, of};
use crate::model::practice::{column, wide};
use crate::model::{Kind, Practice, ReferenceField, format};

/// A metric to compare, or a ratio of good to all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SliSpec {
    /// What it is, in at most 1050 characters.
    #[schemars(length(max = 1050))]
    pub description: Option<String>,
    /// A metric that is compared with an objective's value.
    pub threshold_metric: Option<Metric>,
    /// The share of good events.
    pub ratio_metric: Option<RatioMetric>,
}

/// The share of good events: good or bad with total, or a ratio that is stored as such.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RatioMetric {
    /// Whether the metrics only ever grow.
    pub counter: Option<bool>,
    /// The good events.
    pub good: Option<Metric>,
    /// The bad events.
    pub bad: Option<Metric>,
    /// All events.
    pub total: Option<Metric>,
    /// Whether `raw` counts successes or failures.
    pub raw_type: Option<RawType>,
    /// The ratio itself, as stored.
    pub raw: Option<Metric>,
}

/// What a stored ratio counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RawType {
    /// Good events.
    Success,
    /// Bad events.
    Failure,
}

/// A metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Metric {
    /// Where it comes from.
    pub metric_source: MetricSource,
}

/// A query, and where to ask it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricSource {
    /// The name of a DataSource.
    #[schemars(length(min = 1))]
    pub metric_source_ref: Option<String>,
    /// What is asked: `Prometheus`, `Datadog`.
    #[schemars(length(min = 1))]
    pub r#type: Option<String>,
    /// The query, in the source's own terms.
    #[schemars(extend("minProperties" = 1))]
    pub spec: Map<String, Value>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "SLI",
    group: &GROUP,
    versions: &["v1"],
    family: "sli",
    plural: "slis",
    summary: "How good a service is, as a number.",
    metadata: of::<Metadata>,
    spec: of::<SliSpec>,
    variants: &[],
    formats: format::OPENSLO,
    references: &[
        source(&["spec", "thresholdMetric", "metricSource", "metricSourceRef"]),
        source(&["spec", "ratioMetric", "good", "metricSource", "metricSourceRef"]),
        source(&["spec", "ratioMetric", "bad", "metricSource", "metricSourceRef"]),
        source(&["spec", "ratioMetric", "total", "metricSource", "metricSourceRef"]),
        source(&["spec", "ratioMetric", "raw", "metricSource", "metricSourceRef"]),
    ],
    practice: Practice {
        columns: &[
            column("TOTAL", &["spec", "ratioMetric", "total", "metricSource", "metricSourceRef"]),
            column("THRESHOLD", &["spec", "thresholdMetric", "metricSource", "metricSourceRef"]),
            wide("DESCRIPTION", &["spec", "description"]),
        ],
        ..Practice::FOREIGN
    },
};

const fn source(path: &'static [&'static str]) -> ReferenceField {
    by_name(path, "DataSource", &["datasource"], "readsFrom")
}
