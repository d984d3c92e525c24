//! The words of a catalog: kinds, relations and classes, and a page that explains each kind.

use rayon::prelude::*;

use super::around::page_link;
use super::stage::{Stage, plural};
use super::text;
use crate::model::{KINDS, Kind, RELATIONS, schema_folder};
use crate::output::{Said, count};
use crate::render::Address;
use crate::render::page::{Block, Page, Part, Table};

/// Whose kinds there are, by the folder of their schemas.
const GROUPS: &[(&str, &str)] =
    &[("gitsm", "Kinds"), ("backstage", "Kinds of Backstage"), ("openslo", "Kinds of OpenSLO")];

/// Parts of the overview of the model that stand here as they are.
const AS_THEY_ARE: &[&str] = &["Classes of configuration items", "For those who know ServiceNow"];

/// From so many rows on, a table can be narrowed.
const LONG: usize = 12;

/// The glossary, and a page for each kind.
pub(super) fn pages(stage: &Stage<'_>) -> Vec<Page> {
    let mut page = Page::new(address(), "page.html", "Glossary");
    page.lead = Some(
        "What the words on these pages mean. A *kind* is a sort of thing that is recorded; a \
         *relation* is what one thing has to do with another."
            .to_owned(),
    );
    for (folder, title) in GROUPS {
        let kinds = KINDS.iter().filter(|kind| schema_folder(kind) == *folder);
        let table = table(title, kinds.map(|kind| row(stage, kind)).collect());
        page.body.push(Block::new(*title, Part::Table(table)));
    }
    page.body.push(Block::new("Relations", Part::Table(relations())));
    let overview = text::blocks(&crate::model::overview());
    page.body.extend(
        overview.into_iter().filter(|block| {
            block.title.as_deref().is_some_and(|title| AS_THEY_ARE.contains(&title))
        }),
    );
    let mut pages: Vec<Page> = KINDS.par_iter().map(|kind| explained(stage, kind)).collect();
    pages.insert(0, page);
    pages
}

fn address() -> Address {
    Address::page("glossary")
}

/// Where a kind is explained. Others have kinds of the same name.
fn page_of(kind: &Kind) -> Address {
    let name = kind.name.to_lowercase();
    Address::page(match schema_folder(kind) {
        "gitsm" => format!("kinds/{name}"),
        folder => format!("kinds/{folder}-{name}"),
    })
}

fn table(caption: &str, rows: Vec<Vec<Said>>) -> Table {
    let head = ["Kind", "What it is", "How many there are"];
    Table {
        caption: caption.to_owned(),
        head: head.map(str::to_owned).to_vec(),
        filter: rows.len() >= LONG,
        rows,
        ..Table::default()
    }
}

fn row(stage: &Stage<'_>, kind: &'static Kind) -> Vec<Said> {
    vec![
        page_link(page_of(kind).as_str(), kind.name),
        crate::markdown::plain(kind.summary).into(),
        list(stage, kind).unwrap_or_else(|| "none".into()),
    ]
}

/// How many entities of a kind there are, as a link to their list. Kinds that mean the same share
/// one.
fn list(stage: &Stage<'_>, kind: &'static Kind) -> Option<Said> {
    let own = stage.family(kind.family).filter(|id| stage.entity(*id).kind == kind).count();
    let link = page_link(Address::list(kind.family).as_str(), count(own, "entity"));
    let all = stage.families.iter().find(|(family, _)| *family == kind.family);
    let said = match all {
        Some((family, all)) if *all > own => link.and(format!(", of {all} {}", plural(family))),
        _ => link,
    };
    (own > 0).then_some(said)
}

fn relations() -> Table {
    let row = |relation: &crate::model::Relation| -> Vec<Said> {
        vec![
            relation.name.into(),
            relation.inverse.into(),
            relation.meaning.into(),
            relation.impact.meaning().into(),
        ]
    };
    let head = ["Relation", "From the other side", "What it says", "Trouble travels"];
    Table {
        caption: "Relations: what one thing has to do with another".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: RELATIONS.iter().map(row).collect(),
        filter: true,
        ..Table::default()
    }
}

/// What a kind is.
fn explained(stage: &Stage<'_>, kind: &'static Kind) -> Page {
    let mut page = Page::new(page_of(kind), "page.html", kind.name);
    page.crumbs = vec![("Glossary".to_owned(), address())];
    page.lead = Some(kind.summary.to_owned());
    if let Some(list) = list(stage, kind) {
        let said = Said::from("In this catalog: ").and(list).and(".");
        page.body.push(Block::bare(Part::Words(said)));
    }
    let whole = crate::model::page(kind);
    // The summary stands above.
    page.body.extend(text::blocks(&whole.replacen(&format!("\n{}\n", kind.summary), "\n", 1)));
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_an_address_of_its_own() {
        let mut all: Vec<String> = KINDS.iter().map(|kind| page_of(kind).to_string()).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), KINDS.len());
        let known = |kind: &&Kind| GROUPS.iter().any(|(folder, _)| *folder == schema_folder(kind));
        assert!(KINDS.iter().all(known), "each is in a group");
    }

    #[test]
    fn parts_that_are_taken_over_are_there() {
        let overview = text::blocks(&crate::model::overview());
        let titles: Vec<&str> = overview.iter().filter_map(|one| one.title.as_deref()).collect();
        assert!(AS_THEY_ARE.iter().all(|title| titles.contains(title)), "{titles:?}");
    }
}
