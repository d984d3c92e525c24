//! A person: an opaque id and the accounts it has elsewhere.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::{Kind, format};

/// Where a person is known by which account. Phone numbers and home addresses do not belong into Git.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonSpec {
    /// Accounts by where they are, such as `github: ada`.
    pub accounts: Option<BTreeMap<String, String>>,
    /// The teams that the person belongs to.
    #[schemars(inner(length(min = 1)))]
    pub member_of: Option<Vec<String>>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Person",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "person",
    plural: "people",
    summary: "Somebody who owns, approves or is called.",
    metadata: of::<Metadata>,
    spec: of::<PersonSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[to(&["spec", "memberOf", "*"], "Team", &["team"], "memberOf")],
};
