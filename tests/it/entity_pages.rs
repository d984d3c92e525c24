//! The pages of all entities of a catalog, made in one go.

use gitsm::catalog::EntityId;
use gitsm::flow::Place;
use gitsm::flow::get::{All, Pages, all};
use gitsm::output::{Line, Page, Piece, page};
use rayon::prelude::*;

use crate::support::{Folder, project};

fn opened(example: &str) -> All {
    let current = project().join("examples").join(example);
    all(&Place { current, ..Place::default() }, Some("2026-11-22")).unwrap()
}

/// Every page, made side by side of what was kept.
fn pages(example: &str) -> Vec<(EntityId, Page)> {
    let All { asked, findings, kept, now } = opened(example);
    let ids: Vec<EntityId> = asked.catalog.distinct().collect();
    let pages = Pages::of_all(&asked, &findings, now, kept);
    ids.par_iter().map(|id| (*id, pages.page(*id))).collect()
}

#[test]
fn a_page_says_the_same_alone_and_among_all() {
    for example in ["acme", "backstage", "openslo"] {
        let All { asked, findings, now, .. } = opened(example);
        let alone = Pages::of(&asked, &findings, now);
        let together = pages(example);
        assert!(together.len() > 10, "{example}");
        for (id, together) in together {
            assert_eq!(page(&together, false, None), page(&alone.page(id), false, None));
        }
    }
}

fn pieces(lines: &[Line]) -> Vec<&Piece> {
    let said = lines.iter().flat_map(|line| [&line.label, &line.said]);
    let mut found: Vec<&Piece> = Vec::new();
    for piece in said.flat_map(|said| &said.pieces) {
        match piece {
            Piece::List { items } => found.extend(items.iter().flat_map(|item| &item.pieces)),
            piece => found.push(piece),
        }
    }
    found
}

#[test]
fn wherever_a_page_speaks_of_an_entity_it_can_link_to_it() {
    let pages = pages("acme");
    let names: Vec<&str> = pages.iter().map(|(_, page)| page.reference.as_str()).collect();
    let mut words = Vec::new();
    for (_, page) in &pages {
        for piece in page.sections.iter().flat_map(|section| pieces(&section.lines)) {
            match piece {
                Piece::Entity { reference, .. } => assert!(names.contains(&reference.as_str())),
                Piece::Words { words: said } => words.push((&page.reference, said)),
                _ => {}
            }
        }
    }
    // A text that is the name of an entity and nothing else.
    let lost = |(_, said): &&(&String, &String)| {
        let canonical = said.replacen(':', ":default/", 1);
        names.contains(&said.as_str()) || names.contains(&canonical.as_str())
    };
    let lost: Vec<_> = words.iter().filter(lost).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

#[test]
fn what_holds_only_now_says_so() {
    let pages = pages("acme");
    let of = |name: &str| pages.iter().map(|(_, page)| page).find(|page| page.reference == name);
    let page = of("service:default/checkout").unwrap();
    let reach = page.sections.iter().find(|section| section.title == "Who to reach").unwrap();
    let fleeting = reach.lines.iter().filter(|line| line.fleeting);
    let labels: Vec<String> = fleeting.map(|line| line.label.text()).collect();
    assert!(labels.contains(&"on call".to_owned()), "{labels:?}");
    assert!(!labels.contains(&"owner".to_owned()), "{labels:?}");
}

#[test]
fn what_depends_on_itself_has_a_page() {
    let folder = Folder::git();
    folder.write(
        "a.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: loop}\n\
         spec: {owner: team:a, lifecycle: live, dependsOn: [service:loop]}\n",
    );
    let run = folder.gitsm(&["get", "service/loop"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("dependsOn  service:loop\n"), "{}", run.stdout);
    assert!(!run.stdout.contains("and indirectly"), "{}", run.stdout);
}
