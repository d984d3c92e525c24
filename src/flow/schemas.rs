//! `schema`: the JSON Schemas of everything that people and machines write and read.

use serde_json::Value;

use crate::config::settings_schema;
use crate::model::{KINDS, Kind, combined_schema, kind_named, kind_schema};
use crate::output;

/// A schema, and the path below `schemas/` that it is published under.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The path.
    pub path: String,
    /// The schema.
    pub schema: Value,
}

impl Published {
    /// The file's text.
    pub fn text(&self) -> String {
        format!("{:#}\n", self.schema)
    }
}

fn path_of(kind: &Kind) -> String {
    let folder = match kind.group.name {
        "backstage.io" | "scaffolder.backstage.io" => "backstage",
        other => other,
    };
    format!("{folder}/{}.schema.json", kind.name.to_lowercase())
}

/// Every schema.
pub fn all() -> Vec<Published> {
    let mut all: Vec<Published> = KINDS
        .iter()
        .map(|kind| Published { path: path_of(kind), schema: kind_schema(kind, true) })
        .collect();
    let mut add = |path: &str, schema| all.push(Published { path: path.to_owned(), schema });
    add("gitsm.schema.json", combined_schema());
    add("config.schema.json", settings_schema());
    add("findings-1.schema.json", output::findings_schema());
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

/// The schema of a kind, by any word for it, or `config` or `findings`.
pub fn named(word: &str) -> Option<Value> {
    match word {
        "config" | "gitsm.yaml" => Some(settings_schema()),
        "findings" => Some(output::findings_schema()),
        _ => kind_named(word).map(|kind| kind_schema(kind, true)),
    }
}
