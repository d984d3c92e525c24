//! `gitsm render`, as it is used: a site of real catalogs, and of one in which every text attacks.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Folder, project};

/// The files of a folder, by path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The catalog of acme in a repository of its own.
fn acme() -> Folder {
    let folder = Folder::git();
    for (path, bytes) in files(&project().join("examples/acme")) {
        folder.write(&path, bytes);
    }
    folder.run_git(&["add", "."]);
    folder.run_git(&["commit", "--quiet", "-m", "Acme"]);
    folder
}

fn render(folder: &Folder, arguments: &[&str]) -> String {
    let mut all = vec!["render", "--today", "2026-11-16"];
    all.extend(arguments);
    let run = folder.gitsm(&all);
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

fn page(folder: &Folder, path: &str) -> String {
    folder.read(&format!("site/{path}"))
}

#[test]
fn a_second_run_writes_nothing_and_an_edit_only_what_it_touches() {
    let folder = acme();
    render(&folder, &[]);
    let first = files(&folder.path().join("site"));
    assert!(first.len() > 350, "{}", first.len());
    let again = render(&folder, &[]);
    assert!(again.contains(" 0 files written"), "{again}");
    assert_eq!(files(&folder.path().join("site")), first, "the same to the byte");

    let path = "services/hr-portal.yaml";
    let text = folder.read(path).replace("pay slips", "payslips");
    assert_ne!(text, folder.read(path));
    folder.write(path, text);
    render(&folder, &[]);
    let second = files(&folder.path().join("site"));
    let changed: Vec<&String> = second
        .iter()
        .filter(|(path, bytes)| first.get(*path) != Some(bytes))
        .map(|one| one.0)
        .collect();
    assert!(changed.iter().any(|path| *path == "service/hr/portal.html"), "{changed:?}");
    let pages = changed.iter().filter(|path| path.ends_with(".html")).count();
    assert!(pages < 12 && changed.len() < 60, "{changed:?}");
}

#[test]
fn the_page_of_a_service_answers_who_what_and_how_to_reach_them() {
    let folder = acme();
    render(&folder, &[]);
    let page = page(&folder, "service/checkout.html");
    for said in [
        "<h1>Checkout</h1>",
        ">Payments</a>",
        "data-from=",
        "Fail over the checkout database</a>",
        "available 99.75 % of the time",
        "What it runs on",
        ">PostgreSQL 17 under the checkout</a>",
        "<svg ",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("style=") && !page.contains("<script>"), "nothing is inline");
}

#[test]
fn promises_tell_their_hours_in_words_and_rules_for_whom_they_hold() {
    let folder = acme();
    render(&folder, &["-o", "markdown"]);
    let docs = |path: &str| folder.read(&format!("site/docs/{path}"));
    let service = docs("service/storefront.md");
    assert!(service.contains("(every day, all day, Europe/Berlin time)"), "{service}");
    let policy = docs("policy/production-is-verified.md");
    assert!(policy.contains("At present that is 160 entities:"), "{policy}");
    assert!(policy.contains("[Checkout database](../ci/checkout-db.md)"), "{policy}");
    let rules = docs("changepolicy/acme.md");
    for said in
        ["- **approvals**\n    - **low**\n        - **peers**: 1", "**review within**: 16 h"]
    {
        assert!(rules.contains(said), "{said} in {rules}");
    }
}

#[test]
fn every_link_of_a_site_leads_somewhere() {
    let folder = acme();
    render(&folder, &[]);
    let site = folder.path().join("site");
    let all = files(&site);
    let mut broken = Vec::new();
    for (path, bytes) in all.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8(bytes.clone()).unwrap();
        for quoted in text.split("href=\"").skip(1).chain(text.split("src=\"").skip(1)) {
            let link = quoted.split('"').next().unwrap();
            let (link, _) = link.split_once('#').unwrap_or((link, ""));
            if link.is_empty() || link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
            for part in link.split('/') {
                match part {
                    ".." => drop(parts.pop()),
                    part => parts.push(part),
                }
            }
            if !all.contains_key(&parts.join("/")) {
                broken.push(format!("{path}: {link}"));
            }
        }
    }
    assert!(
        broken.is_empty(),
        "{} broken, such as {:?}",
        broken.len(),
        &broken[..broken.len().min(5)]
    );
}

#[test]
fn a_site_is_made_of_any_revision() {
    let folder = acme();
    folder.write("services/checkout.yaml", "broken: [");
    render(&folder, &["--at", "HEAD"]);
    assert!(page(&folder, "service/checkout.html").contains("<h1>Checkout</h1>"));
}

#[test]
fn a_folder_of_something_else_is_refused() {
    let folder = acme();
    let run = folder.gitsm(&["render", "--out", "services"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("is no site that gitsm made"), "{}", run.stderr);
}

/// What every text says in a catalog that attacks whoever shows it.
const ATTACKS: &[&str] = &[
    "<script>canary()</script>",
    "<img src=x onerror=canary()>",
    "<svg onload=canary()><a xlink:href=\"javascript:canary()\">x</a></svg>",
    "[click](javascript:canary()) ![p](http://evil.example/p.png)",
    "{{ 7*7 }} {% for x in range(9) %}{{ x }}{% endfor %}",
    "\"><b onmouseover=\"canary()\">' onclick='canary()",
    "</code></pre><iframe src=\"//evil.example\"></iframe> `` ``` ~~~",
    "]]> --> <!-- <style>*{display:none}</style>",
];

/// Which fields hold a megabyte: one of all, or each of each kind once, and few of a file.
#[derive(Default)]
struct Huge {
    everywhere: bool,
    kind: String,
    taken: std::collections::HashSet<(String, String)>,
    here: usize,
}

impl Huge {
    fn takes(&mut self, key: &str) -> bool {
        let may = self.everywhere || (self.taken.is_empty() && self.kind == "Service");
        let takes = may && self.here < 6 && self.taken.insert((self.kind.clone(), key.to_owned()));
        self.here += usize::from(takes);
        takes
    }
}

/// Puts an attack into every text that people write; names, references and words of the model stay,
/// since the schema refuses others.
fn attacked(value: &mut serde_yaml::Value, key: &str, number: &mut usize, huge: &mut Huge) {
    use serde_yaml::Value;
    match value {
        Value::Mapping(fields) => {
            for (key, value) in fields.iter_mut() {
                let key = key.as_str().unwrap_or_default().to_owned();
                attacked(value, &key, number, huge);
            }
        }
        Value::Sequence(items) => {
            items.iter_mut().for_each(|item| attacked(item, key, number, huge));
        }
        Value::String(text) => {
            let free =
                ["title", "description", "displayName", "summary", "message", "help", "reason"];
            let expressions = ["expression", "where", "messageExpression", "rrule"];
            if expressions.contains(&key) || !(free.contains(&key) || text.contains(' ')) {
                return;
            }
            let attack = ATTACKS[*number % ATTACKS.len()];
            *number += 1;
            *text = format!("{attack} {text}");
            if huge.takes(key) {
                text.push_str(&" <script>canary()</script>".repeat((1 << 20) / 26));
            }
        }
        _ => {}
    }
}

/// The catalog of acme in which every text attacks.
fn attacking(folder: &Path, everywhere: bool) {
    let mut number = 0;
    let mut huge = Huge { everywhere, ..Huge::default() };
    for (path, bytes) in files(&project().join("examples/acme")) {
        let to = folder.join(&path);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        let is_catalog = path.ends_with(".yaml") && !path.contains("helm/") && path != "gitsm.yaml";
        if !is_catalog {
            fs::write(to, bytes).unwrap();
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        let mut out = String::new();
        huge.here = 0;
        for document in serde_yaml::Deserializer::from_str(&text) {
            let mut value: serde_yaml::Value = serde::Deserialize::deserialize(document).unwrap();
            huge.kind = value["kind"].as_str().unwrap_or_default().to_owned();
            attacked(&mut value, "", &mut number, &mut huge);
            out.push_str("---\n");
            out.push_str(&serde_yaml::to_string(&value).unwrap());
        }
        fs::write(to, out).unwrap();
    }
    assert!(number > 300, "{number}");
    assert_eq!(huge.taken.len() > 40, everywhere, "{:?}", huge.taken);
    assert!(!huge.taken.is_empty());
}

#[test]
fn a_catalog_that_attacks_is_shown_as_text() {
    let folder = Folder::git();
    attacking(folder.path(), true);
    render(&folder, &[]);
    let mut shown = 0;
    for (path, bytes) in files(&folder.path().join("site")) {
        let text = String::from_utf8(bytes).unwrap();
        if path.ends_with(".html") {
            let lower = text.to_lowercase();
            // A browser looks at the same site in tests/browser; this says where it would begin.
            for bad in ["<script>", "<img", "<iframe", "<style", "href=\"javascript:", "<!--"] {
                let found = lower
                    .find(bad)
                    .map(|at| lower[at.saturating_sub(90)..].chars().take(200).collect::<String>());
                assert_eq!(found, None, "{path}: {bad}");
            }
            assert!(!text.contains("evil.example\"") || !text.contains("src=\"http"), "{path}");
            shown += usize::from(text.contains("&lt;script&gt;canary()"));
        }
    }
    assert!(shown > 100, "{shown}");
}

/// Writes the attacking catalog to `GITSM_CANARY_OUT`, for the browser.
#[test]
#[ignore = "writes a catalog for tests/browser"]
fn writes_a_catalog_that_attacks() {
    let out = std::env::var("GITSM_CANARY_OUT").unwrap();
    attacking(Path::new(&out), false);
}
