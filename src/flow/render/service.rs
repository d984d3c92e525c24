//! What a service's page adds: who is on call, what it runs on, what changes it.

use super::change::{badges, instant};
use super::duty;
use super::item;
use super::landed;
use super::stage::Stage;
use crate::catalog::EntityId;
use crate::output::Said;
use crate::render::page::{Block, Page, Part, Table};

/// Adds it.
pub(super) fn add(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    item::by_environment(stage, id, page);
    page.body.extend(changes(stage, id));
}

/// Adds who is on call for what somebody owns.
pub(super) fn on_call(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    let team = match stage.entity(id).kind.family {
        "team" => Some(id),
        _ => stage.owner(id),
    };
    let Some(block) = team.and_then(|team| duty::on_call(stage, team)) else { return };
    let after = page.first.iter().position(|one| one.title.as_deref() == Some("Who to reach"));
    page.first.insert(after.map_or(0, |at| at + 1), block);
}

/// The changes that concern an entity, planned ones and what became of others.
pub(super) fn changes(stage: &Stage<'_>, id: EntityId) -> Option<Block> {
    let canonical = stage.canonical(id);
    let mut all: Vec<EntityId> = stage.having(id, "concernedBy");
    let touching =
        stage.changes.iter().filter(|(_, known)| known.touches.iter().any(|one| one == canonical));
    all.extend(touching.filter_map(|(name, _)| stage.find(name)));
    all.sort_by_key(|one| stage.canonical(*one));
    all.dedup();
    let row = |change: &EntityId| -> Vec<Said> {
        let known = stage.changes.get(stage.canonical(*change));
        let stands = known.map(|known| {
            badges(known).iter().map(|badge| badge.text.clone()).collect::<Vec<_>>().join(", ")
        });
        let start = stage.text(*change, &["spec", "schedule", "start"]);
        vec![
            stage.said(*change),
            stage.text(*change, &["spec", "type"]).unwrap_or_default().into(),
            start.map(|start| instant(&start)).unwrap_or_default().into(),
            stands.unwrap_or_else(|| "planned".to_owned()).into(),
        ]
    };
    let mut rows: Vec<Vec<Said>> = all.iter().map(row).collect();
    let alone = stage.changes.iter().filter(|(name, known)| {
        stage.find(name).is_none() && known.touches.iter().any(|one| one == canonical)
    });
    rows.extend(alone.map(|(name, known)| {
        let words: Vec<String> = badges(known).iter().map(|badge| badge.text.clone()).collect();
        let kind = known.record.told.life.name();
        let link = landed::link(stage, name, known);
        vec![link, kind.into(), Said::default(), words.join(", ").into()]
    }));
    let table = Table {
        caption: "Changes that concern it".to_owned(),
        head: ["Change", "Type", "Planned for", "Stands"].map(str::to_owned).to_vec(),
        rows,
        ..Table::default()
    };
    (!table.rows.is_empty()).then(|| Block::new("Changes", Part::Table(table)))
}
