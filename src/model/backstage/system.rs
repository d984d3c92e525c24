//! Backstage's System: components and resources that work as one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::model::format;
use crate::model::kind::{of, to};
use crate::model::practice::column;
use crate::model::{Kind, Metadata, Practice};

/// Who owns a System and where it belongs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SystemSpec {
    /// The group or user who is accountable for it: `group:payments`, or just `payments`.
    #[schemars(length(min = 1))]
    pub owner: String,
    /// The domain that it is part of.
    #[schemars(length(min = 1))]
    pub domain: Option<String>,
    /// What it is: `product`, `service`, `feature-set`.
    #[schemars(length(min = 1))]
    pub r#type: Option<String>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "System",
    group: &GROUP,
    versions: &["v1alpha1", "v1beta1"],
    family: "system",
    plural: "systems",
    summary: "Components and resources that together offer something.",
    metadata: of::<Metadata>,
    spec: of::<SystemSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Group", &["team", "person"], "ownedBy"),
        to(&["spec", "domain"], "Domain", &["domain"], "partOf"),
    ],
    practice: Practice {
        servicenow: "no record: it groups configuration items; a Service Instance (`cmdb_ci_service_auto`) comes nearest",
        columns: &[column("OWNER", &["spec", "owner"]), column("DOMAIN", &["spec", "domain"])],
        ..Practice::FOREIGN
    },
};
