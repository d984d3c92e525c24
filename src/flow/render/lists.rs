//! The list of each kind.

use super::stage::{Stage, plural};
use crate::catalog::EntityId;
use crate::flow::ask::Asked;
use crate::flow::get::rows;
use crate::output::{Said, Shown};
use crate::render::Address;
use crate::render::page::{Block, Page, Part, Table};

/// From so many rows on, a list can be narrowed.
const LONG: usize = 12;

/// A list for every family.
pub(super) fn pages(asked: &Asked, stage: &Stage<'_>) -> Vec<Page> {
    stage.families.iter().map(|(family, _)| page(asked, stage, family)).collect()
}

fn page(asked: &Asked, stage: &Stage<'_>, family: &str) -> Page {
    let title = plural(family);
    let mut page = Page::new(Address::list(family), "page.html", title.clone());
    let ids: Vec<EntityId> = stage.family(family).collect();
    let kind = ids.first().map(|id| stage.entity(*id).kind);
    page.lead = kind.map(|kind| kind.summary.to_owned());
    let listing = rows(asked, &ids);
    // A namespace says something only where there are several, and less than what follows it.
    let said = |at: usize| listing.rows.iter().filter_map(move |row| row.cells.get(at));
    let differs = |at: usize| said(at).any(|cell| Some(cell) != said(at).next());
    let mut shown: Vec<usize> = listing
        .columns
        .iter()
        .enumerate()
        .filter(|(_, one)| {
            one.shown == Shown::Always && !matches!(one.title.as_str(), "KIND" | "NAME")
        })
        .filter(|(at, one)| one.title != "NAMESPACE" || differs(*at))
        .map(|(at, _)| at)
        .collect();
    shown.sort_by_key(|at| listing.columns[*at].title == "NAMESPACE");
    let mut head = vec!["Name".to_owned()];
    head.extend(shown.iter().map(|at| sentence(&listing.columns[*at].title)));
    let row = |(id, row): (&EntityId, &crate::output::Row)| -> Vec<Said> {
        let cells = shown.iter().map(|at| cell(stage, row.cells.get(*at)));
        std::iter::once(stage.said(*id)).chain(cells).collect()
    };
    let rows: Vec<Vec<Said>> = ids.iter().zip(&listing.rows).map(row).collect();
    let filter = rows.len() >= LONG;
    let table = Table { caption: title, head, rows, filter, ..Table::default() };
    page.body.push(Block::bare(Part::Table(table)));
    page
}

/// A heading of a terminal as one of a page.
fn sentence(title: &str) -> String {
    let lower = title.to_lowercase();
    match title {
        "SLA" | "RTO" | "RPO" => title.to_owned(),
        _ => {
            let mut letters = lower.chars();
            letters.next().map_or(String::new(), |first| {
                first.to_uppercase().collect::<String>() + letters.as_str()
            })
        }
    }
}

/// What a cell says; names of entities are links.
fn cell(stage: &Stage<'_>, text: Option<&String>) -> Said {
    let Some(text) = text else { return Said::default() };
    let one = |text: &str| -> Said {
        match text.contains(':') {
            true => stage.mentioned(text),
            false => text.into(),
        }
    };
    match text.contains(", ") {
        true => Said::list(text.split(", ").map(one)),
        false => one(text),
    }
}
