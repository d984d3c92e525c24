//! Properties of the index, by a small reader of its format.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::Value;

use super::{Document, index};

/// An index read back.
struct Read {
    files: BTreeMap<String, Vec<u8>>,
    kinds: Value,
    terms: BTreeMap<String, Vec<BTreeSet<u32>>>,
    words: Vec<String>,
    records: Vec<Value>,
}

fn call(name: &str, bytes: &[u8]) -> (String, Value) {
    let text = std::str::from_utf8(bytes).unwrap();
    let inner = text.strip_prefix("gitsmSearch(").unwrap().strip_suffix(");\n").unwrap();
    let parts: Vec<Value> = serde_json::from_str(&format!("[{inner}]")).unwrap();
    let [of, sum, value] = <[Value; 3]>::try_from(parts).unwrap();
    assert_eq!(of, *name);
    (sum.as_str().unwrap().to_owned(), value)
}

fn digit(c: char) -> u32 {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    u32::try_from(digits.find(c).unwrap()).unwrap()
}

fn entries(text: &str) -> Vec<(String, Vec<BTreeSet<u32>>)> {
    let mut found = Vec::new();
    let mut last = String::new();
    for entry in text.split(';').filter(|entry| !entry.is_empty()) {
        let shared = digit(entry.chars().next().unwrap()) as usize;
        let (rest, lists) = entry[1..].split_once(' ').unwrap_or((&entry[1..], ""));
        let mut units: Vec<u16> = last.encode_utf16().take(shared).collect();
        units.extend(rest.encode_utf16());
        last = String::from_utf16(&units).unwrap();
        found.push((last.clone(), lists.split(',').map(numbers).collect()));
    }
    found
}

fn numbers(text: &str) -> BTreeSet<u32> {
    let (mut found, mut next, mut value, mut shift) = (BTreeSet::new(), 0, 0, 0);
    for c in text.chars() {
        value += (digit(c) % 32) << shift;
        shift += 5;
        if digit(c) < 32 {
            found.insert(next + value);
            next += value + 1;
            (value, shift) = (0, 0);
        }
    }
    found
}

fn read(documents: &[Document]) -> Read {
    let list = index(documents);
    assert!(list.is_sorted());
    let files: BTreeMap<String, Vec<u8>> = list.iter().cloned().collect();
    assert_eq!(files.len(), list.len(), "two files of one path");
    let (_, manifest) = call("manifest", &files["search/manifest.js"]);
    let shards = |sort: &str| -> Vec<(Value, Value)> {
        let rows = manifest[sort].as_array().unwrap();
        rows.iter()
            .map(|row| {
                let name = row[1].as_str().unwrap();
                let bytes = &files[&format!("search/{name}.js")];
                assert!(bytes.len() <= 50_000, "{name} has {} bytes", bytes.len());
                let (sum, value) = call(name, bytes);
                assert_eq!(row[2], *sum);
                (row[0].clone(), value)
            })
            .collect()
    };
    let mut terms: BTreeMap<String, Vec<BTreeSet<u32>>> = BTreeMap::new();
    for (first, value) in shards("terms") {
        let found = entries(value.as_str().unwrap());
        assert_eq!(found[0].0, *first.as_str().unwrap());
        for (term, lists) in found {
            let held = terms.entry(term).or_default();
            held.resize(5, BTreeSet::new());
            for (place, list) in lists.into_iter().enumerate() {
                held[place].extend(list);
            }
        }
    }
    let words = shards("words")
        .iter()
        .flat_map(|(_, value)| entries(value.as_str().unwrap()))
        .map(|(word, _)| word)
        .collect();
    let mut records = Vec::new();
    for (count, value) in shards("records") {
        assert_eq!(value.as_array().unwrap().len() as u64, count.as_u64().unwrap());
        records.extend(value.as_array().unwrap().clone());
    }
    assert_eq!(manifest["documents"], records.len());
    Read { files, kinds: manifest["kinds"].clone(), terms, words, records }
}

fn document(kind: &str, name: &str, words: &str, weight: u8) -> Document {
    Document {
        path: format!("{}/{name}.html", kind.to_lowercase()),
        kind: kind.to_owned(),
        name: name.to_owned(),
        title: None,
        words: words.to_owned(),
        weight,
    }
}

const AREAS: [&str; 20] = [
    "checkout",
    "billing",
    "catalog",
    "shipping",
    "identity",
    "search",
    "pricing",
    "inventory",
    "payments",
    "reporting",
    "messaging",
    "fraud",
    "loyalty",
    "returns",
    "media",
    "ledger",
    "invoice",
    "customer",
    "tax",
    "voucher",
];
const ROLES: [&str; 10] =
    ["api", "worker", "db", "frontend", "gateway", "cache", "queue", "exporter", "batch", "proxy"];

/// Documents as a catalog has them.
fn many(count: usize) -> Vec<Document> {
    (0..count)
        .map(|at| {
            let area = AREAS[at % 20];
            let role = ROLES[at / 20 % 10];
            let other = AREAS[(at / 7 + 3) % 20];
            let words = format!("team-{other} tier {} The {role} of {area} for {other}.", at % 4);
            document(
                "Service",
                &format!("{area}-{role}-{:03}", at / 200),
                &words,
                4 - (at % 5) as u8,
            )
        })
        .collect()
}

fn changed(before: &Read, after: &Read) -> Vec<String> {
    let paths: BTreeSet<&String> = before.files.keys().chain(after.files.keys()).collect();
    paths
        .into_iter()
        .filter(|path| before.files.get(*path) != after.files.get(*path))
        .cloned()
        .collect()
}

#[test]
fn each_word_leads_to_its_document_by_its_best_place() {
    let mut api = document("Service", "checkoutApi", "team-payments Checkout for 東京", 0);
    api.title = Some("The Checkout API".to_owned());
    let read = read(&[api, document("Runbook", "checkout", "", 0)]);
    let of = |term: &str| -> Vec<(usize, u32)> {
        let lists = read.terms.get(term).unwrap_or_else(|| panic!("no {term}"));
        lists
            .iter()
            .enumerate()
            .flat_map(|(place, list)| list.iter().map(move |number| (place, *number)))
            .collect()
    };
    assert_eq!(of("checkout"), [(0, 0), (2, 1)]);
    assert_eq!(of("checkoutapi"), [(0, 1)]);
    assert_eq!(of("thecheckoutapi"), [(1, 1)]);
    assert_eq!(of("the"), [(3, 1)]);
    assert_eq!(of("東京"), [(4, 1)]);
    assert_eq!(of("runbook"), [(4, 0)]);
    assert_eq!(of(":runbook"), [(4, 0)]);
    assert_eq!(read.records[1][2], "checkoutApi");
    assert_eq!(read.records[1][3], "The Checkout API");
    assert_eq!(
        read.words,
        ["api", "checkout", "checkoutapi", "for", "payments", "runbook", "service", "team", "the"]
    );
}

#[test]
fn a_kind_has_the_keys_that_its_pages_are_addressed_by() {
    let mut item = document("Configuration item", "host", "", 0);
    item.path = "ci/host.html".to_owned();
    let read = read(&[item, document("Service", "a", "", 0)]);
    assert_eq!(
        read.kinds.to_string(),
        r#"[["Configuration item",["ci","configurationitem"]],["Service",["service"]]]"#
    );
}

#[test]
fn the_largest_weight_comes_first_then_the_name() {
    let read = read(&[
        document("Service", "b", "", 1),
        document("Service", "c", "", 9),
        document("Service", "a", "", 1),
    ]);
    let names: Vec<&str> = read.records.iter().map(|of| of[2].as_str().unwrap()).collect();
    assert_eq!(names, ["c", "a", "b"]);
}

#[test]
fn the_order_of_documents_does_not_matter() {
    let mut documents = many(700);
    let before = index(&documents);
    documents.reverse();
    documents.swap(3, 400);
    assert!(before == index(&documents));
}

#[test]
fn one_edited_description_among_ten_thousand_changes_a_handful_of_files() {
    let mut documents = many(10_000);
    let before = read(&documents);
    documents[5000].words.push_str(" Rewritten");
    let after = read(&documents);
    let files = changed(&before, &after);
    assert!((2..=4).contains(&files.len()), "{files:?}");
    documents[5000].words = "somebody else: a completely different text".to_owned();
    let files = changed(&after, &read(&documents));
    assert!(files.len() <= 16, "{files:?}");
}

#[test]
fn a_new_document_leaves_the_records_of_others_alone() {
    let mut documents = many(10_000);
    let before = read(&documents);
    documents.push(document("Runbook", "failover", "how to", 2));
    let files = changed(&before, &read(&documents));
    let records = files.iter().filter(|path| path.starts_with("search/r")).count();
    assert!(records <= 2, "{files:?}");
}

#[test]
fn a_term_in_very_many_documents_is_in_shards_of_bearable_size() {
    let documents: Vec<Document> = (0..40_000)
        .map(|at| {
            document("Service", &format!("n{at}"), if at % 3 == 0 { "common" } else { "" }, 0)
        })
        .collect();
    let read = read(&documents);
    assert_eq!(read.terms["common"][4].len(), 13_334);
    assert_eq!(read.terms[":service"][4].len(), 40_000);
}

#[test]
fn a_document_of_a_megabyte_has_an_end() {
    let long: String = (0..200_000).map(|at| format!("w{at} ")).collect();
    let mut huge = document("Service", "huge", &long, 0);
    huge.title = Some("<script>\u{2028}".repeat(100_000));
    let read = read(&[huge]);
    assert!(read.files.values().map(Vec::len).sum::<usize>() < 80_000);
    for (path, bytes) in &read.files {
        assert!(path.ends_with("engine.js") || !bytes.contains(&b'<'), "{path}");
    }
}

#[test]
fn nothing_is_an_index_too() {
    assert_eq!(read(&[]).files.len(), 2);
}

proptest! {
    #[test]
    fn whatever_is_written_can_be_read(
        names in proptest::collection::vec(("\\PC{1,20}", "\\PC{0,60}", any::<u8>()), 1..30),
    ) {
        let documents: Vec<Document> = names
            .iter()
            .enumerate()
            .map(|(at, (name, words, weight))| Document {
                path: format!("service/{at}.html"),
                kind: "Service".to_owned(),
                name: name.clone(),
                title: None,
                words: words.clone(),
                weight: *weight,
            })
            .collect();
        let read = read(&documents);
        prop_assert_eq!(read.records.len(), documents.len());
        for document in &documents {
            let mut found = Vec::new();
            super::words::each(&document.words, &mut |word| found.push(word));
            let number = read.records.iter().position(|of| of[1] == *document.path).unwrap();
            for word in found {
                let held = read.terms[&word].iter().any(|list| list.contains(&(number as u32)));
                prop_assert!(held, "{} is lost", word);
            }
        }
    }
}
