//! What a policy asks for, of whom, and who breaks it.

use serde_json::Value;

use super::held;
use super::stage::Stage;
use crate::catalog::EntityId;
use crate::finding::Finding;
use crate::output::{Piece, Said, count};
use crate::render::page::{Block, Page, Part, Table};

/// How many rows a page tells.
const MOST: usize = 60;

/// Adds what it asks for and who breaks it.
pub(super) fn add(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    let Some(value) = stage.pages.value(id) else { return };
    let spec = &value["spec"];
    let mut holds = Block::new("What it holds for", holds_for(spec));
    for part in held::parts(stage, id) {
        holds = holds.and(part);
    }
    let mut blocks = vec![broken(stage, id), holds];
    let row = |one: &Value| -> Vec<Said> {
        let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        vec![text("message").into(), text("help").into()]
    };
    let rules = spec["validations"].as_array();
    let rows: Vec<Vec<Said>> = rules.into_iter().flatten().map(row).collect();
    if !rows.is_empty() {
        let table = Table {
            caption: "What it asks for".to_owned(),
            head: ["What it says when it is broken", "What to do then"].map(str::to_owned).to_vec(),
            rows,
            ..Table::default()
        };
        let mut block = Block::new("What it asks for", Part::Table(table));
        let expressions = rules.into_iter().flatten();
        for expression in expressions.filter_map(|one| one["expression"].as_str()) {
            block = block.and(Part::Code(expression.trim().to_owned()));
        }
        blocks.push(block);
    }
    page.body.splice(0..0, blocks);
}

/// Of which entities it asks that.
fn holds_for(spec: &Value) -> Part {
    let matching = &spec["match"];
    let mut lines = Vec::new();
    for (key, label) in [
        ("kinds", "kinds"),
        ("classes", "classes"),
        ("environments", "environments"),
        ("labels", "labels"),
        ("where", "where"),
    ] {
        let said: Said = match &matching[key] {
            Value::Null => continue,
            Value::Array(items) => {
                Said::list(items.iter().filter_map(Value::as_str).map(str::to_owned))
            }
            Value::String(text) => text.trim().to_owned().into(),
            other => other.to_string().into(),
        };
        lines.push(crate::output::Line::new(label, said));
    }
    match lines.is_empty() {
        true => Part::Words("Everything of which it can be asked.".into()),
        false => Part::Lines(lines),
    }
}

fn broken(stage: &Stage<'_>, id: EntityId) -> Block {
    let entity = stage.entity(id);
    // A finding of a policy points at the policy.
    let own = entity.name_place.in_file(&entity.file);
    let of_policy = |finding: &&Finding| {
        finding.code.name.starts_with("policy-")
            && finding.labels.iter().any(|one| one.place == own)
    };
    let found: Vec<&Finding> = stage.findings.iter().filter(of_policy).collect();
    let title = "Who breaks it";
    if found.is_empty() {
        return Block::new(title, Part::Words("Nobody, at present.".into()));
    }
    let row = |finding: &&Finding| -> Vec<Said> {
        let at = &finding.at;
        let entity = at.entity.as_deref().and_then(|entity| stage.find(entity));
        let place = Piece::Place { file: at.place.file.to_string(), line: at.place.start.line };
        vec![
            entity.map(|entity| stage.said(entity)).unwrap_or_default(),
            finding.headline.clone().into(),
            place.into(),
        ]
    };
    let table = Table {
        caption: format!("{} of this policy", count(found.len(), "finding")),
        head: ["Who", "What", "Where"].map(str::to_owned).to_vec(),
        rows: found.iter().take(MOST).map(row).collect(),
        ..Table::default()
    };
    Block::new(title, Part::Table(table))
}
