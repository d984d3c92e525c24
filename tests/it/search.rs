//! The search index as files, for the tests in the browser: see `tests/browser`.

use std::fs;
use std::path::Path;

use gitsm::render::search::{Document, index};
use serde_json::Value;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Reads documents from `GITSM_SEARCH_DOCUMENTS`, a JSON list of objects with the fields of
/// [`Document`], and writes their index below `GITSM_SEARCH_OUT`.
#[test]
#[ignore = "writes an index for tests/browser"]
fn writes_an_index() {
    let documents = fs::read_to_string(std::env::var("GITSM_SEARCH_DOCUMENTS").unwrap()).unwrap();
    let documents: Vec<Value> = serde_json::from_str(&documents).unwrap();
    let documents: Vec<Document> = documents
        .iter()
        .map(|of| Document {
            path: text(&of["path"]),
            kind: text(&of["kind"]),
            name: text(&of["name"]),
            title: of["title"].as_str().map(str::to_owned),
            words: text(&of["words"]),
            weight: of["weight"].as_u64().and_then(|weight| weight.try_into().ok()).unwrap_or(0),
        })
        .collect();
    let out = std::env::var("GITSM_SEARCH_OUT").unwrap();
    let started = std::time::Instant::now();
    let files = index(&documents);
    println!("{} documents, {} files, {:?}", documents.len(), files.len(), started.elapsed());
    for (path, bytes) in files {
        let path = Path::new(&out).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
