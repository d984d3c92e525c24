//! Backstage's Domain: systems that share a purpose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::model::format;
use crate::model::kind::{of, to};
use crate::model::practice::column;
use crate::model::{Kind, Metadata, Practice};

/// Who owns a Domain and where it belongs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DomainSpec {
    /// The group or user who is accountable for it: `group:payments`, or just `payments`.
    #[schemars(length(min = 1))]
    pub owner: String,
    /// The domain that it is a part of.
    #[schemars(length(min = 1))]
    pub subdomain_of: Option<String>,
    /// What it is: `product-area`.
    #[schemars(length(min = 1))]
    pub r#type: Option<String>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Domain",
    group: &GROUP,
    versions: &["v1alpha1", "v1beta1"],
    family: "domain",
    plural: "domains",
    summary: "Systems that share terms, a purpose or a business process.",
    metadata: of::<Metadata>,
    spec: of::<DomainSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Group", &["team", "person"], "ownedBy"),
        to(&["spec", "subdomainOf"], "Domain", &["domain"], "partOf"),
    ],
    practice: Practice {
        servicenow: "no record: it groups Systems; a Business Capability comes nearest",
        columns: &[column("OWNER", &["spec", "owner"])],
        ..Practice::FOREIGN
    },
};
