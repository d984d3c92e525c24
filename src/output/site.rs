//! What programs read of a rendered site: `entity/1` beside the page of each entity, and
//! `catalog/1`, which lists them. Minor changes only add fields.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// An entity, as its page tells it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SiteEntity<'a> {
    /// `entity/1`.
    #[schemars(extend("const" = "entity/1"))]
    pub format: &'static str,
    /// Its canonical reference, such as `service:default/checkout`.
    pub reference: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// What people call it.
    pub title: String,
    /// Its page, from the top of the site.
    pub url: String,
    /// Where it is written.
    pub origin: SiteOrigin<'a>,
    /// Its document with what others add to it, as `gitsm get -o json` gives it.
    pub value: &'a Value,
    /// By the name of a relation the canonical references of the entities that it has it to. What
    /// others say of it goes by the inverse name: `dependsOn`, `dependencyOf`.
    pub relations: BTreeMap<&'static str, BTreeSet<&'a str>>,
    /// What is wrong with it.
    pub findings: Vec<SiteFinding<'a>>,
}

/// Where an entity is written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SiteOrigin<'a> {
    /// The file, relative to the repository.
    pub file: &'a str,
    /// The line on which its name stands, from 1.
    pub line: u32,
}

/// Something that is wrong.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SiteFinding<'a> {
    /// The stable name of what was found; `gitsm explain CODE` tells more.
    pub code: &'static str,
    /// How bad it is.
    #[schemars(extend("enum" = ["error", "warning", "note"]))]
    pub severity: &'static str,
    /// What is wrong, in one phrase.
    pub headline: &'a str,
}

/// All entities of a site.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SiteCatalog<'a> {
    /// `catalog/1`.
    #[schemars(extend("const" = "catalog/1"))]
    pub format: &'static str,
    /// The commit that was rendered; nothing if it was the files on disk.
    pub commit: Option<String>,
    /// The instant for which it was rendered, as RFC 3339.
    pub instant: String,
    /// How many entities of each kind there are.
    pub counts: BTreeMap<&'a str, usize>,
    /// The entities, by reference.
    pub entities: Vec<SiteEntry<'a>>,
}

/// An entity in the list of all.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SiteEntry<'a> {
    /// Its canonical reference.
    pub reference: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// What people call it.
    pub title: String,
    /// The canonical reference of who owns it.
    pub owner: Option<&'a str>,
    /// How it is with its life, such as `live`.
    pub lifecycle: Option<String>,
    /// How critical it is, such as `tier1`.
    pub criticality: Option<String>,
    /// Its page without an ending, from the top of the site: `.html`, `.md` and `.json` stand there.
    pub path: String,
}

/// Either of them as a text.
pub fn json(value: &impl Serialize) -> String {
    // Texts, numbers and values that were read always serialise.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let mut out: String = String::with_capacity(text.len() + 1);
    for line in text.lines() {
        out.push_str(&super::listing::escaped(line));
        out.push('\n');
    }
    out
}

/// The JSON Schema of `entity/1`.
pub fn entity_schema() -> Value {
    super::json::schema_of::<SiteEntity<'_>>("entity/1", "entity-1")
}

/// The JSON Schema of `catalog/1`.
pub fn catalog_schema() -> Value {
    super::json::schema_of::<SiteCatalog<'_>>("catalog/1", "catalog-1")
}
