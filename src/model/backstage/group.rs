//! Backstage's Group: a team or a unit of an organisation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GROUP;
use crate::model::format;
use crate::model::kind::{of, to};
use crate::model::practice::column;
use crate::model::{FieldClass, Kind, Metadata, Practice};

/// What a Group is and who belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupSpec {
    /// What it is: `team`, `business-unit`, `root`.
    #[schemars(length(min = 1))]
    pub r#type: String,
    /// How to show it.
    pub profile: Option<Profile>,
    /// The group that it is a unit of.
    #[schemars(length(min = 1))]
    pub parent: Option<String>,
    /// Its units; may be empty and must be there.
    #[schemars(inner(length(min = 1)))]
    pub children: Vec<String>,
    /// Its users.
    #[schemars(inner(length(min = 1)))]
    pub members: Option<Vec<String>>,
}

/// How to show a group or a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// A name for people.
    #[schemars(length(min = 1))]
    pub display_name: Option<String>,
    /// An address that reaches it.
    #[schemars(length(min = 1))]
    pub email: Option<String>,
    /// The address of a picture.
    #[schemars(length(min = 1))]
    pub picture: Option<String>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "Group",
    group: &GROUP,
    versions: &["v1alpha1", "v1beta1"],
    family: "team",
    plural: "groups",
    summary: "A team, a business unit or another group of people.",
    metadata: of::<Metadata>,
    spec: of::<GroupSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "parent"], "Group", &["team"], "childOf"),
        to(&["spec", "children", "*"], "Group", &["team"], "parentOf"),
        to(&["spec", "members", "*"], "User", &["person"], "hasMember"),
    ],
    practice: Practice {
        servicenow: "Group (`sys_user_group`)",
        columns: &[column("TYPE", &["spec", "type"]), column("PARENT", &["spec", "parent"])],
        fields: &[(&["spec"], FieldClass::Governance)],
        ..Practice::FOREIGN
    },
};
