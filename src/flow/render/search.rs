//! What can be found: every page, by its names and by what is said of it.

use serde_json::Value;

use super::stage::Stage;
use crate::catalog::EntityId;
use crate::render::search::{Document, index};
use crate::render::{File, Page};

/// How much a family weighs among results that fit equally well.
const WEIGHTS: &[(&str, u8)] = &[
    ("service", 60),
    ("team", 50),
    ("runbook", 45),
    ("system", 40),
    ("component", 35),
    ("ci", 30),
    ("person", 25),
    ("change", 20),
];

/// How much the most critical weigh more.
const TIERS: &[(&str, u8)] = &[("tier1", 30), ("tier2", 20), ("tier3", 10)];

/// How many characters of a description are searched.
const LONGEST: usize = 400;

/// The index of all pages.
pub(super) fn files(stage: &Stage<'_>, overviews: &[Page]) -> Vec<File> {
    let mut documents: Vec<Document> = overviews.iter().map(overview).collect();
    documents.extend(stage.ids.iter().map(|id| document(stage, *id)));
    index(&documents).into_iter().map(|(path, bytes)| File { path, bytes }).collect()
}

fn overview(page: &Page) -> Document {
    Document {
        path: page.address.path("html"),
        kind: "Overview".to_owned(),
        name: page.title.clone(),
        title: None,
        words: String::new(),
        weight: 55,
    }
}

fn document(stage: &Stage<'_>, id: EntityId) -> Document {
    let entity = stage.entity(id);
    let weight = |table: &[(&str, u8)], word: &str| {
        table.iter().find(|(one, _)| *one == word).map_or(0, |(_, weight)| *weight)
    };
    let tier = stage.text(id, &["spec", "criticality"]).unwrap_or_default();
    let mut words = String::new();
    let mut add = |text: &str| {
        words.push_str(text);
        words.push(' ');
    };
    if let Some(owner) = stage.owner(id) {
        add(stage.catalog.names.text(stage.entity(owner).written));
        add(&stage.pages.title(owner).unwrap_or_default());
    }
    for name in entity.formerly() {
        add(stage.catalog.names.text(*name).split(['/', ':']).next_back().unwrap_or_default());
    }
    if let Some(value) = stage.pages.value(id) {
        let tags = value["metadata"]["tags"].as_array();
        tags.into_iter().flatten().filter_map(Value::as_str).for_each(&mut add);
        if let Some(text) = value["metadata"]["description"].as_str() {
            let plain = crate::markdown::plain(text);
            let end = plain.char_indices().nth(LONGEST).map_or(plain.len(), |(at, _)| at);
            add(plain.get(..end).unwrap_or_default());
        }
    }
    Document {
        path: crate::render::Address::of(stage.canonical(id)).path("html"),
        kind: entity.kind.name.to_owned(),
        name: stage.catalog.names.text(entity.written).to_owned(),
        title: stage.pages.title(id),
        words: words.trim_end().to_owned(),
        weight: weight(WEIGHTS, entity.kind.family) + weight(TIERS, &tier),
    }
}
