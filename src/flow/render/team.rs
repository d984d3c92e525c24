//! What of a team's things needs its attention.

use super::stage::Stage;
use crate::catalog::EntityId;
use crate::finding::{Finding, Severity};
use crate::output::{Piece, Said};
use crate::render::page::{Block, Page, Part, Table};

/// How many rows a page tells.
const MOST: usize = 25;

/// Adds what needs the team's attention, and its services.
pub(super) fn add(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    let own = stage.owned(id);
    let mut blocks = vec![attention(stage, own)];
    let services = own.iter().filter(|one| stage.entity(**one).kind.family == "service");
    let cards: Vec<_> = services.map(|one| super::home::card(stage, *one)).collect();
    if !cards.is_empty() {
        blocks.push(Block::new("Services", Part::Cards(cards)));
    }
    page.body.splice(0..0, blocks);
}

fn attention(stage: &Stage<'_>, own: &[EntityId]) -> Block {
    let mut found: Vec<(&Finding, EntityId)> = Vec::new();
    for id in own {
        let canonical = stage.canonical(*id);
        found.extend(stage.findings_of(canonical).iter().map(|finding| (*finding, *id)));
    }
    found.retain(|(finding, _)| finding.severity <= Severity::Warning);
    found.sort_by_key(|(finding, id)| (finding.severity, stage.canonical(*id)));
    let title = "What needs attention";
    if found.is_empty() {
        let words = "Nothing: no finding is open on what this team owns.";
        return Block::new(title, Part::Words(words.into()));
    }
    let row = |(finding, id): &(&Finding, EntityId)| -> Vec<Said> {
        let place = &finding.at.place;
        vec![
            stage.said(*id),
            finding.headline.clone().into(),
            Piece::Place { file: place.file.to_string(), line: place.start.line }.into(),
        ]
    };
    let more = found.len().saturating_sub(MOST);
    let table = Table {
        caption: "Open findings on what this team owns".to_owned(),
        head: ["Of", "What", "Where"].map(str::to_owned).to_vec(),
        rows: found.iter().take(MOST).map(row).collect(),
        ..Table::default()
    };
    let block = Block::new(title, Part::Table(table));
    match more {
        0 => block,
        more => block.and(Part::Words(format!("And {more} more.").into())),
    }
}
