//! Tests of pages as Markdown.

use super::*;
use crate::output::Line;
use crate::render::html::Links;
use crate::render::page::{Badge, Step, Table, Tone};

struct Known;

impl Links for Known {
    fn has(&self, reference: &str) -> bool {
        reference == "team:default/pay"
    }

    fn meant(&self, mention: &str) -> Option<String> {
        (mention == "team:pay").then(|| "team:default/pay".to_owned())
    }

    fn source(&self) -> Option<&str> {
        Some("https://git.example/blob/main/")
    }
}

fn shown(page: &Page) -> String {
    markdown(page, &Context { here: &page.address, links: &Known })
}

fn team() -> Piece {
    let title = Some("Pay [x](javascript:y)".to_owned());
    Piece::Entity { reference: "team:default/pay".to_owned(), title, words: None }
}

fn example() -> Page {
    let mut page = Page::new(Address::page("service/checkout"), "page.html", "Check # out <b>");
    page.kind = Some("Service".to_owned());
    page.reference = Some("service:checkout".to_owned());
    page.crumbs = vec![("Services".to_owned(), Address::list("service"))];
    page.badges = vec![Badge { text: "tier1".to_owned(), tone: Tone::Plain }];
    page.lead = Some("Led by team:pay, *always*. <script>alert(1)</script>".to_owned());
    page.notes = vec!["`service:cart` is its former name".to_owned()];
    let place = Piece::Place { file: "a b/c.yaml".to_owned(), line: 3 };
    let lines = vec![Line::new("owner", team()), Line::new("file", place)];
    page.first.push(Block::new("Who to reach", Part::Lines(lines)));
    let table = Table {
        head: vec!["Name".to_owned(), "Count".to_owned()],
        rows: vec![vec!["a|b".into(), "1".into()], vec!["all".into()]],
        numbers: vec![1],
        sum: true,
        ..Table::default()
    };
    let steps = vec![Step {
        name: "Drain".to_owned(),
        kind: "command".to_owned(),
        instructions: "First:\n\n- one\n- two".to_owned(),
        run: Some(filled("ls -l\n\necho")),
        expect: Some(filled("a < b")),
        ..Step::default()
    }];
    page.body.push(Block::new("More", Part::Table(table)).and(Part::Steps(steps)));
    page
}

fn filled(text: &str) -> crate::render::page::Filled {
    crate::render::page::Filled { template: text.to_owned(), shown: text.to_owned() }
}

#[test]
fn a_page_reads_well_and_does_nothing() {
    let text = shown(&example());
    let lines: Vec<&str> = text.lines().collect();
    for line in [
        "Service · `service:checkout` · tier1",
        "Led by [team:pay](../team/pay.md), *always*. &lt;script&gt;alert(1)&lt;/script&gt;",
        "- **owner**: [Pay \\[x\\](javascript:y)](../team/pay.md)",
        "- **file**: [a b/c.yaml:3](https://git.example/blob/main/a%20b/c.yaml#L3)",
        "| Name | Count |",
        "| --- | ---: |",
        "| a&#124;b | 1 |",
        "| **all** |  |",
        "1. [ ] **Drain** (command)",
        "   - one",
        "   ```sh",
        "   ls -l",
        "   Expect: <code>a &lt; b</code>",
        "Up: [Services](index.md)",
    ] {
        assert!(lines.contains(&line), "{line}\n{text}");
    }
    assert_eq!(lines.first(), Some(&"# Check \\# out &lt;b&gt;"));
}

#[test]
fn an_empty_page_has_its_title() {
    assert_eq!(shown(&Page::new(Address::page("index"), "page.html", "acme")), "# acme\n");
}
