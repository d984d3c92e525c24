//! Backstage's User: a person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use super::group::Profile;
use crate::model::format;
use crate::model::kind::{of, to};
use crate::model::practice::column;
use crate::model::{FieldClass, Kind, Metadata, Practice};

/// Which groups a User belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserSpec {
    /// How to show the person.
    pub profile: Option<Profile>,
    /// The groups that the person belongs to; may be empty and must be there.
    #[schemars(inner(length(min = 1)))]
    pub member_of: Vec<String>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "User",
    group: &GROUP,
    versions: &["v1alpha1", "v1beta1"],
    family: "person",
    plural: "users",
    summary: "A person, such as an employee or a contractor.",
    metadata: of::<Metadata>,
    spec: of::<UserSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[to(&["spec", "memberOf", "*"], "Group", &["team"], "memberOf")],
    practice: Practice {
        servicenow: "User (`sys_user`)",
        columns: &[column("GROUPS", &["spec", "memberOf"])],
        fields: &[(&["spec"], FieldClass::Governance)],
        ..Practice::FOREIGN
    },
};
