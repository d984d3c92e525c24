//! A class of configuration items: which attributes and relations they have.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::value::Reference;
use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::practice::{FieldClass, Practice, column};
use crate::model::{Kind, format};

/// What all items of a class have in common. A class has what its parent has, and what it adds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CiClassSpec {
    /// The class that it is a special case of.
    pub parent: Option<Reference>,
    /// Whether it only groups other classes, and no item is of it itself.
    pub r#abstract: Option<bool>,
    /// The JSON Schema (draft 7) of `spec.attributes`. `$ref` leads nowhere outside of it.
    pub attributes: Option<BTreeMap<String, Value>>,
    /// The relations that its items may declare, each with the classes that it may lead to; an
    /// empty list means any. A Component counts as `application.component`, an API as `api`.
    #[schemars(extend("examples" = [{ "runsOn": ["compute"] }]))]
    pub relations: Option<BTreeMap<String, Vec<String>>>,
    /// The fields that tell two items of the class apart, such as `serial` or `attributes.arn`.
    #[schemars(length(min = 1), inner(length(min = 1)), extend("examples" = [["serial"]]))]
    pub identified_by: Option<Vec<String>>,
    /// The table of such items in ServiceNow.
    #[schemars(length(min = 1), extend("examples" = ["cmdb_ci_db_instance"]))]
    pub servicenow: Option<String>,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "CIClass",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "ciclass",
    plural: "ciclasses",
    summary: "A class of configuration items: which attributes and relations they have.",
    metadata: of::<Metadata>,
    spec: of::<CiClassSpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[to(&["spec", "parent"], "CIClass", &["ciclass"], "specializes")],
    practice: Practice {
        short: &["class", "classes"],
        life_cycle: None,
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[
            column("PARENT", &["spec", "parent"]),
            column("SERVICENOW", &["spec", "servicenow"]),
        ],
        backstage: "`spec.type` of a Resource or Component, which has no schema",
        servicenow: "a class of the CMDB (a table below `cmdb_ci`), its identification rule and its suggested relationships",
    },
};
