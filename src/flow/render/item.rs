//! What fails with an item, and what a service runs on.

use std::collections::{BTreeMap, BTreeSet};

use super::stage::Stage;
use crate::catalog::EntityId;
use crate::catalog::impact::State;
use crate::flow::get::neighbours;
use crate::output::{Said, count};
use crate::render::page::{Block, Page, Part, Table};
use crate::render::spoken;

/// Families that can fail.
pub(super) const WORKING: &[&str] =
    &["service", "ci", "component", "resource", "api", "system", "domain"];

/// How many rows a page tells.
const MOST: usize = 25;

/// Beyond so many that are affected, a page says only that there are more.
const FOLLOWED: usize = 200;

/// How far what a service runs on is followed.
const DEEP: usize = 4;

/// Adds what fails with an item.
pub(super) fn impact(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    let impact = stage.failing.nearest(&[id], State::Down, FOLLOWED);
    let title = "If it fails";
    if impact.affected.is_empty() {
        let words = "Nothing else is affected, as far as this catalog knows.";
        page.body.push(Block::new(title, Part::Words(words.into())));
        return;
    }
    let services =
        impact.affected.iter().filter(|one| stage.entity(one.id).kind.family == "service").count();
    let (down, degraded) = (impact.count(State::Down), impact.count(State::Degraded));
    let words = match impact.affected.len() > FOLLOWED {
        true => format!("More than {FOLLOWED} entities are affected, these first."),
        false => format!(
            "{} would be down and {} degraded, {} among them.",
            count(down, "entity"),
            degraded,
            count(services, "service")
        ),
    };
    let row = |one: &crate::catalog::impact::Affected| -> Vec<Said> {
        let via =
            Said::from(spoken(one.carrier.word())).and(" ").and(stage.piece(one.carrier.from));
        vec![stage.said(one.id), one.state.name().into(), via]
    };
    let mut block = Block::new(title, Part::Words(words.into())).and(Part::Table(Table {
        caption: "What is affected, the nearest first".to_owned(),
        head: ["What", "How", "Because it"].map(str::to_owned).to_vec(),
        rows: impact.affected.iter().take(MOST).map(row).collect(),
        ..Table::default()
    }));
    let more = impact.affected.len().saturating_sub(MOST);
    if more > 0 {
        let name = crate::catalog::short(stage.canonical(id));
        let words = match impact.affected.len() > FOLLOWED {
            true => format!("`gitsm impact {name}` tells all."),
            false => format!("And {more} more: `gitsm impact {name}` tells all."),
        };
        block = block.and(Part::Prose(words));
    }
    page.body.push(block);
}

/// Adds what a service runs on, by environment.
pub(super) fn by_environment(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    let mut groups: BTreeMap<String, Vec<EntityId>> = BTreeMap::new();
    let mut seen: BTreeSet<EntityId> = BTreeSet::from([id]);
    let mut level = vec![id];
    for _ in 0..DEEP {
        let mut next = Vec::new();
        for one in level {
            for (_, other) in neighbours(stage.catalog, stage.graph, one).1 {
                // What another service runs on stands on its own page.
                let is_item = stage.entity(other).kind.family == "ci";
                if is_item && seen.insert(other) {
                    next.push(other);
                }
            }
        }
        level = next;
        for item in &level {
            let environment = stage.text(*item, &["spec", "environment"]);
            groups
                .entry(environment.unwrap_or_else(|| "not said".to_owned()))
                .or_default()
                .push(*item);
        }
        if seen.len() > MOST * 4 {
            break;
        }
    }
    if groups.is_empty() {
        return;
    }
    let mut rows = Vec::new();
    for (environment, mut items) in groups {
        items.sort_by_key(|item| stage.canonical(*item));
        for item in items {
            let text = |path: &[&str]| stage.text(item, path).unwrap_or_default();
            rows.push(vec![
                stage.said(item),
                environment.replace('-', " ").into(),
                text(&["spec", "class"]).into(),
                text(&["spec", "lifecycle", "status"]).replace(['-', '_'], " ").into(),
            ]);
        }
    }
    let table = Table {
        caption: "Items by environment".to_owned(),
        head: ["Item", "Environment", "Class", "Status"].map(str::to_owned).to_vec(),
        rows,
        ..Table::default()
    };
    page.body.push(Block::new("What it runs on", Part::Table(table)));
}
