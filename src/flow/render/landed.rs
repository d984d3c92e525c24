//! Changes that the ledger knows: all of them in a list, and a page for each that has no document in
//! the catalog.

use super::change::{badges, computed, instant, said};
use super::changes::Known;
use super::stage::Stage;
use crate::catalog::short;
use crate::output::{Piece, Said};
use crate::render::Address;
use crate::render::page::{Block, Page, Part, Table};

/// How many entities of a change a row names.
const NAMED: usize = 4;

/// The list, and the pages; nothing where no ledger tells of any.
pub(super) fn pages(stage: &Stage<'_>) -> Vec<Page> {
    if stage.changes.is_empty() {
        return Vec::new();
    }
    let mut pages = vec![list(stage)];
    let alone = stage.changes.iter().filter(|(name, _)| stage.find(name).is_none());
    pages.extend(alone.map(|(name, known)| page(stage, name, known)));
    pages
}

/// Where the page of a change stands that has no document.
fn address(name: &str) -> Address {
    let own = Address::of(name);
    let rest = own.as_str().split_once('/').map_or(own.as_str(), |(_, rest)| rest);
    Address::page(format!("changes/{rest}"))
}

/// A change as a link.
pub(super) fn link(stage: &Stage<'_>, name: &str, known: &Known) -> Said {
    match stage.find(name) {
        Some(id) => stage.said(id),
        // A preview has no pages of changes.
        None if stage.families.is_empty() => short(name).into(),
        None => {
            let words = known.record.title.clone().unwrap_or_else(|| short(name));
            Piece::Page { address: address(name).to_string(), words }.into()
        }
    }
}

fn list(stage: &Stage<'_>) -> Page {
    let mut page = Page::new(Address::page("changes"), "page.html", "Changes on record");
    page.lead = Some(
        "What the ledger knows, the newest first: where each change stands, how risky it \
                      was, and what it touched."
            .to_owned(),
    );
    let mut all: Vec<(&String, &Known)> = stage.changes.iter().collect();
    let newest = |known: &Known| known.record.happened.iter().map(|one| one.at.clone()).max();
    all.sort_by_cached_key(|(name, known)| (std::cmp::Reverse(newest(known)), (*name).clone()));
    let row = |(name, known): &(&String, &Known)| -> Vec<Said> {
        let words: Vec<String> = badges(known).iter().map(|one| one.text.clone()).collect();
        let touched = known.touches.iter().take(NAMED).map(|one| stage.mentioned(one));
        let more = known.touches.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        vec![
            link(stage, name, known),
            words.join(", ").into(),
            newest(known).map(|at| instant(&at)).unwrap_or_default().into(),
            Said::list(touched).and(more),
        ]
    };
    let rows: Vec<Vec<Said>> = all.iter().map(row).collect();
    page.body.push(Block::bare(Part::Table(Table {
        caption: "Changes on record".to_owned(),
        head: ["Change", "Stands", "Last word", "Touches"].map(str::to_owned).to_vec(),
        filter: rows.len() > 12,
        rows,
        ..Table::default()
    })));
    page
}

fn page(stage: &Stage<'_>, name: &str, known: &Known) -> Page {
    let title = known.record.title.clone().unwrap_or_else(|| short(name));
    let mut page = Page::new(address(name), "page.html", title);
    page.kind = Some("Change".to_owned());
    page.crumbs = vec![("Changes on record".to_owned(), Address::page("changes"))];
    page.badges = badges(known);
    page.lead = known.record.said.message.clone();
    let request = known.record.said.request.as_ref();
    page.notes = vec![match request {
        Some(_) => "Its request is not in the catalog any more; this is what it said.".to_owned(),
        None => format!("{} has no request: what is told here was computed.", short(name)),
    }];
    let spec = request.and_then(|request| serde_json::to_value(request).ok());
    page.body = spec.map(|spec| said(stage, &spec)).unwrap_or_default();
    page.body.extend(computed(stage, known, &page.address));
    page
}
