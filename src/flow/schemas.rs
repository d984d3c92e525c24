//! `schema`: the JSON Schemas of everything that people and machines write and read, and the pages
//! of the kinds.

use serde_json::Value;

use crate::catalog::query;
use crate::change::state;
use crate::config::settings_schema;
use crate::ledger;
use crate::model::{
    KINDS, Kind, combined_schema, kind_named, kind_schema, overview, page, schema_folder,
};
use crate::output;

/// A schema or a page, and the path below `schemas/` that it is published under.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The path.
    pub path: String,
    /// The file's text.
    pub text: String,
}

/// Makes a schema.
type MakeSchema = fn() -> Value;

/// What gitsm prints for programs, by the name of the format without its version.
pub const FORMATS: &[(&str, MakeSchema)] = &[
    ("apply", output::apply::schema),
    ("backtest", output::backtest::schema),
    ("catalog", output::site::catalog_schema),
    ("change", output::change::schema),
    ("change-calendar", output::calendar_schema),
    ("changes", output::change::list_schema),
    ("diff", output::diff::schema),
    ("doctor", output::doctor::schema),
    ("drift", output::drift::schema),
    ("entity", output::site::entity_schema),
    ("findings", output::findings_schema),
    ("graph", output::graph::schema),
    ("impact", output::impact_schema),
    ("impact-path", output::impact_path_schema),
    ("ledger-entry", output::ledger::show_schema),
    ("ledger-log", output::ledger::log_schema),
    ("ledger-verify", output::ledger::verify_schema),
    ("plan", output::plan::schema),
    ("revert", output::revert::schema),
    ("verdict", output::gate::schema),
    ("witness", output::ledger::witness_schema),
];

fn path_of(kind: &Kind, ending: &str) -> String {
    format!("{}/{}.{ending}", schema_folder(kind), kind.name.to_lowercase())
}

fn printed(schema: &Value) -> String {
    format!("{schema:#}\n")
}

/// Every schema and every page.
pub fn all() -> Vec<Published> {
    let mut all: Vec<Published> = Vec::new();
    for kind in KINDS {
        let text = printed(&kind_schema(kind, true));
        all.push(Published { path: path_of(kind, "schema.json"), text });
        all.push(Published { path: path_of(kind, "md"), text: page(kind) });
    }
    all.push(Published { path: "README.md".to_owned(), text: overview() });
    all.push(Published { path: "cel.md".to_owned(), text: query::page() });
    all.push(Published {
        path: "change-states.md".to_owned(),
        text: format!("# The states of a change\n\n{}", state::page()),
    });
    let mut add = |path: &str, schema: Value| {
        all.push(Published { path: path.to_owned(), text: printed(&schema) });
    };
    add("gitsm.schema.json", combined_schema());
    add("config.schema.json", settings_schema());
    for (word, schema) in FORMATS {
        add(&format!("{word}-1.schema.json"), schema());
    }
    add("ledger/entry.schema.json", ledger::schema::entry_schema());
    for one in ledger::types::TYPES {
        let schema = ledger::schema::statement_schema(one.name).unwrap_or_default();
        add(&format!("ledger/{}.schema.json", one.name), schema);
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

/// The schema of a kind, by any word for it, or of `config` or one of [`FORMATS`].
pub fn named(word: &str) -> Option<Value> {
    match word {
        "config" | "gitsm.yaml" => Some(settings_schema()),
        _ => {
            let printed = FORMATS.iter().find(|(name, _)| *name == word);
            let printed = printed.map(|(_, schema)| schema());
            printed.or_else(|| kind_named(word).map(|kind| kind_schema(kind, true)))
        }
    }
}
