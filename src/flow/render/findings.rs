//! What is wrong with the catalog, as `validate` says it, and what each kind of finding means.

use std::collections::BTreeMap;

use super::around::page_link;
use super::stage::Stage;
use super::text;
use crate::finding::{Code, Finding, Severity};
use crate::output::{Piece, Said, count};
use crate::render::Address;
use crate::render::page::{Badge, Block, Figure, Page, Part, Table, Tone};

/// The most places that a finding names.
const MOST: usize = 20;

/// The most findings of a kind that are told one by one.
const MOST_OF_A_KIND: usize = 500;

/// From so many rows on, a table can be narrowed.
const LONG: usize = 12;

/// How bad findings are: their name, what it means, how it looks.
const SEVERITIES: &[(Severity, &str, Tone)] = &[
    (Severity::Error, "must be put right", Tone::Bad),
    (Severity::Warning, "should be looked at", Tone::Fair),
    (Severity::Note, "worth knowing", Tone::Plain),
];

/// The overview, and a page for each code that occurs.
pub(super) fn pages(stage: &Stage<'_>) -> Vec<Page> {
    let mut page = Page::new(address(), "page.html", "Findings");
    page.lead = Some(
        "What the checks have to say about the files behind these pages. Each kind of finding has \
         a page that explains it and shows how to put it right."
            .to_owned(),
    );
    let mut codes: BTreeMap<(Severity, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in stage.findings {
        codes.entry((finding.severity, finding.code.name)).or_default().push(finding);
    }
    if codes.is_empty() {
        let fine = "Nothing is wrong: every check is content.";
        page.body.push(Block::bare(Part::Words(fine.into())));
        return vec![page];
    }
    let figure = |(severity, words, _): &(Severity, &str, Tone)| Figure {
        number: stage.findings.iter().filter(|one| one.severity == *severity).count().to_string(),
        what: (*words).into(),
    };
    page.body.push(Block::bare(Part::Figures(SEVERITIES.iter().map(figure).collect())));
    page.body.push(Block::new("By kind", Part::Table(overview(&codes))));
    for ((severity, name), findings) in &codes {
        let words = SEVERITIES.iter().find(|(one, ..)| one == severity).map_or("", |one| one.1);
        let title = format!("{name}: {words}");
        page.body.push(Block::new(title, Part::Table(table(stage, findings))));
    }
    let mut named: Vec<&'static Code> = stage.findings.iter().map(|one| one.code).collect();
    named.sort_by_key(|code| code.name);
    named.dedup_by_key(|code| code.name);
    let mut pages = vec![page];
    pages.extend(named.into_iter().map(|code| explained(stage, code)));
    pages
}

fn address() -> Address {
    Address::page("findings")
}

fn page_of(code: &str) -> Address {
    Address::page(format!("findings/{code}"))
}

/// The kinds of findings that occur.
fn overview(codes: &BTreeMap<(Severity, &str), Vec<&Finding>>) -> Table {
    let row = |((severity, name), findings): (&(Severity, &str), &Vec<&Finding>)| -> Vec<Said> {
        let summary = findings.first().map_or("", |finding| finding.code.summary);
        vec![
            page_link(page_of(name).as_str(), *name),
            crate::markdown::plain(summary).into(),
            severity.as_str().into(),
            findings.len().to_string().into(),
        ]
    };
    let head = ["Finding", "What it says", "How bad", "How many"];
    Table {
        caption: "The kinds of findings that occur, the worst first".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: codes.iter().map(row).collect(),
        numbers: vec![3],
        ..Table::default()
    }
}

fn table(stage: &Stage<'_>, findings: &[&Finding]) -> Table {
    let starred = |text: &str| crate::rules::starred(text, &[]);
    let row = |finding: &&Finding| -> Vec<Said> {
        let mut entities: Vec<Said> = Vec::new();
        let mut places: Vec<Said> = Vec::new();
        for at in finding.occurrences().take(MOST) {
            let entity = at.entity.as_deref().map(|entity| match stage.find(entity) {
                Some(id) => stage.said(id),
                None => crate::catalog::short(entity).into(),
            });
            entities.extend(entity.filter(|one| !entities.contains(one)));
            let file = at.place.file.to_string();
            places.push(Piece::Place { file, line: at.place.start.line }.into());
        }
        let more = finding.more.len().saturating_sub(MOST - 1);
        if more > 0 {
            places.push(format!("and {} besides", count(more, "place")).into());
        }
        let entities = match entities.is_empty() {
            true => "a file".into(),
            false => Said::list(entities),
        };
        let help = finding.help.as_deref().map(starred).unwrap_or_default();
        vec![entities, starred(&finding.headline).into(), Said::list(places), help.into()]
    };
    let mut rows: Vec<Vec<Said>> = findings.iter().take(MOST_OF_A_KIND).map(row).collect();
    let more = findings.len().saturating_sub(MOST_OF_A_KIND);
    if more > 0 {
        let words = format!("and {} besides", count(more, "finding"));
        rows.push(vec![words.into(), Said::default(), Said::default(), Said::default()]);
    }
    let head = ["Where", "What is wrong", "Place", "What to do"];
    Table {
        caption: "Findings of this kind".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        filter: findings.len() >= LONG,
        rows,
        ..Table::default()
    }
}

/// What a code means.
fn explained(stage: &Stage<'_>, code: &'static Code) -> Page {
    let mut page = Page::new(page_of(code.name), "page.html", code.name);
    page.crumbs = vec![("Findings".to_owned(), address())];
    let own = stage.findings.iter().filter(|one| one.code == code);
    let worst = own.map(|one| one.severity).min();
    let told = SEVERITIES.iter().find(|(severity, ..)| Some(*severity) == worst);
    page.badges.extend(
        told.map(|(severity, _, tone)| Badge { text: severity.as_str().to_owned(), tone: *tone }),
    );
    let mut blocks = text::blocks(code.page);
    if blocks.first().is_some_and(|block| block.title.is_none())
        && let Part::Prose(lead) = blocks.remove(0).parts.remove(0)
    {
        page.lead = Some(lead);
    }
    page.body.extend(blocks);
    page
}
