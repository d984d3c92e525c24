//! The other faces of a rendered site: Markdown, JSON, the feed, previews, and what a repository adds.

use gitsm::flow::schemas;
use serde_json::Value;

use crate::support::Folder;

const SERVICE: &str = "\
apiVersion: gitsm/v1alpha1
kind: Service
metadata:
  name: pay
  title: 'Pay <b>'
  description: Takes money. See team:shop.
spec: {owner: team:shop, criticality: tier1}
---
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: shop}
spec: {}
";

fn world() -> Folder {
    let folder = Folder::git();
    folder.write("catalog.yaml", SERVICE);
    folder.write("gitsm.yaml", "site: {title: Acme, source: 'https://git.example/main'}\n");
    folder.commit("First & <foremost>");
    folder
}

fn render(folder: &Folder, more: &[&str]) {
    let run = folder.gitsm(&[&["render", "--today", "2026-11-21"], more].concat());
    assert_eq!(run.code, 0, "{run:?}");
}

fn fits(schema: &str, value: &Value) {
    let schema = schemas::named(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(value), "{value:#}");
}

#[test]
fn each_entity_is_there_as_markdown_and_json() {
    let folder = world();
    render(&folder, &[]);
    let plain = folder.read("site/service/pay.md");
    assert!(plain.starts_with("# Pay &lt;b&gt;\n"), "{plain}");
    assert!(plain.contains("[team:shop](../team/shop.md)"), "{plain}");
    let entity: Value = serde_json::from_str(&folder.read("site/service/pay.json")).unwrap();
    fits("entity", &entity);
    assert_eq!(entity["relations"]["ownedBy"][0], "team:default/shop");
    assert_eq!(entity["url"], "service/pay.html");
    let catalog: Value = serde_json::from_str(&folder.read("site/catalog.json")).unwrap();
    fits("catalog", &catalog);
    assert_eq!((&catalog["counts"]["Service"], &catalog["commit"]), (&1.into(), &Value::Null));
    render(&folder, &["--at", "HEAD"]);
    let catalog: Value = serde_json::from_str(&folder.read("site/catalog.json")).unwrap();
    assert_eq!(catalog["commit"].as_str().map(str::len), Some(40));
}

#[test]
fn the_feed_tells_what_changed_lately() {
    let folder = world();
    folder.write("catalog.yaml", SERVICE.replace("tier1", "tier2")).commit("Second");
    folder.write("notes.txt", "no part of the catalog").commit("Third");
    render(&folder, &["--base-url", "https://docs.example/it"]);
    let feed = folder.read("site/feed.atom");
    let parsed = roxmltree::Document::parse(&feed).unwrap();
    let titles = parsed.descendants().filter(|node| {
        node.has_tag_name("title") && node.parent().is_some_and(|one| one.has_tag_name("entry"))
    });
    let titles: Vec<_> = titles.filter_map(|node| node.text()).collect();
    assert_eq!(titles, ["Second", "First & <foremost>"]);
    assert!(feed.contains("https://docs.example/it/service/pay.html"), "{feed}");
    let page = folder.read("site/service/pay.html");
    assert!(page.contains("href=\"https://docs.example/it/service/pay.html\""), "{page}");
    assert!(page.contains("Second"), "the page tells its last change");
    assert!(
        folder.read("site/sitemap.xml").contains("<loc>https://docs.example/it/index.html</loc>")
    );
    let before = folder.read("site/feed.atom");
    render(&folder, &["--base-url", "https://docs.example/it"]);
    assert_eq!(before, folder.read("site/feed.atom"));
}

#[test]
fn without_a_repository_there_is_nothing_to_tell() {
    let folder = Folder::new();
    folder.write("catalog.yaml", SERVICE);
    render(&folder, &[]);
    assert!(!folder.read("site/feed.atom").contains("<entry>"));
}

#[test]
fn a_tree_of_markdown_is_one_that_mkdocs_reads() {
    let folder = world();
    render(&folder, &["-o", "markdown", "--out", "wiki"]);
    let settings = folder.read("wiki/mkdocs.yml");
    assert!(
        settings.contains("techdocs-core") && settings.contains("service/pay.md"),
        "{settings}"
    );
    assert!(folder.read("wiki/docs/index.md").starts_with("# Acme\n"));
}

#[test]
fn a_preview_shows_what_changes_and_what_stands_beside_it() {
    let folder = world();
    let more = "---\napiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: far}\nspec: {}\n";
    folder.write("catalog.yaml", format!("{SERVICE}{more}")).commit("More");
    folder.write("catalog.yaml", format!("{}{more}", SERVICE.replace("tier1", "tier2")));
    render(&folder, &["--changed", "HEAD", "--out", "preview"]);
    render(&folder, &["--changed", "HEAD", "--out", "preview"]);
    let index = folder.read("preview/index.html");
    assert!(index.contains("spec.criticality") && !index.contains("preview/"), "{index}");
    assert!(folder.path().join("preview/service/pay.html").exists());
    assert!(folder.path().join("preview/team/shop.html").exists());
    assert!(!folder.path().join("preview/team/far.html").exists());
}

#[test]
fn a_repository_has_pages_and_templates_of_its_own() {
    let folder = world();
    folder.write(".gitsm/site/pages/how/to.md", "# How <we> work\n\nAsk team:shop.\n");
    let template =
        "{% extends \"base.html\" %}\n{% block content %}<p>OWN</p>{{ page.body }}{% endblock %}\n";
    folder.write(".gitsm/site/templates/page.html", template);
    render(&folder, &[]);
    let page = folder.read("site/how/to.html");
    assert!(page.contains("<p>OWN</p>") && page.contains("../team/shop.html"), "{page}");
    assert!(folder.read("site/index.html").contains("how/to.html"));
    folder.write(".gitsm/site/templates/page.html", "\n{{ page.title|safe }}");
    let run = folder.gitsm(&["render"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains(".gitsm/site/templates/page.html:2:"), "{run:?}");
    folder.remove(".gitsm/site/templates/page.html");
    folder.write(".gitsm/site/pages/index.md", "# Mine\n");
    let run = folder.gitsm(&["render"]);
    assert_eq!(run.code, 2, "{run:?}");
}
