//! Agreement with Backstage: gitsm refuses exactly what Backstage's own packages refuse.
//!
//! What they say of the examples, and of thousands of seeded mutations of them, is recorded in
//! `tests/fixtures/backstage-verdicts.jsonl`; `tests/backstage/refresh` asks them again. Refused
//! means an error of a code that looks at one document.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use gitsm::finding::{Scope, Severity};
use gitsm::flow::fix::fix_tree;
use gitsm::flow::validate::validate_tree;
use gitsm::source::{File, Source};
use gitsm::tree::Memory;
use gitsm::yaml::{Limits, emit, parse, schema};
use serde_json::{Map, Value, json};

use crate::support::project;

const MUTATIONS: usize = 3000;
const VERDICTS: &str = "tests/fixtures/backstage-verdicts.jsonl";

/// A document to judge: its number is its name.
struct Case {
    text: String,
    origin: String,
}

/// A small generator (splitmix64), the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// The examples' documents, and the files that they name by placeholders.
fn examples() -> (Vec<(String, Value)>, BTreeMap<String, Vec<u8>>) {
    let mut documents = Vec::new();
    let mut others = BTreeMap::new();
    let mut folders = vec![project().join("examples/backstage")];
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<_> =
            fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if !name.ends_with(".yaml") || !text.contains("backstage.io/v1") {
                others.insert(name, bytes);
                continue;
            }
            let source = Source::new(File::local(name.as_str()), text);
            let stream = parse(&source, &Limits::default());
            for (number, id) in stream.documents.iter().enumerate() {
                let value = schema::value(stream.arena.node(*id));
                documents.push((format!("{name}#{number}"), value));
            }
        }
    }
    documents.sort_by(|a, b| (&a.0, a.1.to_string()).cmp(&(&b.0, b.1.to_string())));
    (documents, others)
}

/// The examples as they are, and mutations of them.
fn cases() -> Vec<Case> {
    let (documents, _) = examples();
    assert!(documents.len() >= 60, "{} documents", documents.len());
    let write = |value: &Value| emit::to_string(value).unwrap();
    let mut cases: Vec<Case> = documents
        .iter()
        .map(|(origin, value)| Case { text: write(value), origin: origin.clone() })
        .collect();
    let mut random = Random(20_261_121);
    while cases.len() < documents.len() + MUTATIONS {
        let (origin, value) = random.pick(&documents);
        let mut value = value.clone();
        let what = mutate(&mut value, &mut random);
        if random.below(4) == 0 {
            mutate(&mut value, &mut random);
        }
        cases.push(Case { text: write(&value), origin: format!("{origin} {what}") });
    }
    cases
}

/// Every pointer of a document, those near the root more often: that is where the rules are.
fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, child)| (key.replace('~', "~0").replace('/', "~1"), child))
            .collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(n, child)| (n.to_string(), child)).collect()
        }
        _ => Vec::new(),
    };
    for (key, child) in children {
        let pointer = format!("{at}/{key}");
        let depth = pointer.matches('/').count();
        for _ in 0..4_usize.saturating_sub(depth).max(1) {
            all.push(pointer.clone());
        }
        if depth < 6 {
            pointers(child, pointer, all);
        }
    }
}

fn mutate(value: &mut Value, random: &mut Random) -> String {
    let mut all = Vec::new();
    pointers(value, String::new(), &mut all);
    if all.is_empty() {
        return "nothing".to_owned();
    }
    let pointer = random.pick(&all).clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let operation = *random.pick(&[
        "drop",
        "rename",
        "retype",
        "overlong",
        "character",
        "extra",
        "null",
        "empty",
        "case",
        "swap",
        "duplicate",
        "word",
    ]);
    let texts = [
        "a b",
        "-a",
        "a-",
        "a_b",
        "A.b",
        "ä",
        "a/b",
        "a:b",
        "a--b",
        ".",
        "C++",
        "c#",
        "1.10",
        "",
        "x/y/z",
        "example.com/x",
        "Example.com/x",
        "https://a.example/",
        "/relative",
        "mailto:x",
        "https://a b/",
        " ",
        "\u{feff}",
        "\t",
        "group:default/x",
        "user:x",
        "$text",
        "no",
    ];
    let numbers = [1, 0, -1, 12_345];
    match operation {
        "drop" => remove(value.pointer_mut(parent).unwrap(), &key),
        "rename" => {
            let new = match random.below(4) {
                0 => key.to_uppercase(),
                1 => format!("{key}s"),
                2 => key.chars().rev().collect(),
                _ => (*random.pick(&texts)).to_owned(),
            };
            rename(value.pointer_mut(parent).unwrap(), &key, &new);
        }
        "retype" => {
            let other = match random.below(7) {
                0 => json!(*random.pick(&numbers)),
                1 => json!(1.5),
                2 => json!(true),
                3 => json!([]),
                4 => json!({}),
                5 => json!(["a"]),
                _ => json!("text"),
            };
            *value.pointer_mut(&pointer).unwrap() = other;
        }
        "overlong" => {
            let length = *random.pick(&[63, 64, 253, 254, 501]);
            *value.pointer_mut(&pointer).unwrap() = json!("x".repeat(length));
        }
        "character" => {
            let spot = value.pointer_mut(&pointer).unwrap();
            if let Some(text) = spot.as_str() {
                let odd =
                    *random.pick(&[" ", "_", "ä", "/", ":", "-", ".", "A", "\n", "\u{1}", "#"]);
                let at = random.below(text.chars().count() + 1);
                let before: String = text.chars().take(at).collect();
                let after: String = text.chars().skip(at).collect();
                *spot = json!(format!("{before}{odd}{after}"));
            }
        }
        "extra" => {
            let spot = value.pointer_mut(if random.below(2) == 0 { parent } else { "" }).unwrap();
            if let Value::Object(fields) = spot {
                let name =
                    *random.pick(&["extra", "relations", "status", "uid", "x.y/z", "dependOn"]);
                fields.insert(name.to_owned(), json!("value"));
            }
        }
        "null" => *value.pointer_mut(&pointer).unwrap() = Value::Null,
        "empty" => {
            let spot = value.pointer_mut(&pointer).unwrap();
            *spot = match spot {
                Value::Object(_) => json!({}),
                Value::Array(_) => json!([]),
                _ => json!(""),
            };
        }
        "case" => {
            let spot = value.pointer_mut(&pointer).unwrap();
            if let Some(text) = spot.as_str() {
                *spot = json!(if random.below(2) == 0 {
                    text.to_uppercase()
                } else {
                    text.to_lowercase()
                });
            }
        }
        "swap" => {
            let other = random.pick(&all).clone();
            let taken = value.pointer(&other).unwrap().clone();
            *value.pointer_mut(&pointer).unwrap() = taken;
        }
        "duplicate" => {
            if let Some(Value::Array(items)) = value.pointer_mut(&pointer)
                && let Some(first) = items.first().cloned()
            {
                items.push(first);
            }
        }
        _ => {
            let spot = value.pointer_mut(&pointer).unwrap();
            if spot.is_string() {
                *spot = json!(*random.pick(&texts));
            }
        }
    }
    format!("{operation} {pointer}")
}

fn remove(parent: &mut Value, key: &str) {
    match parent {
        Value::Object(fields) => {
            fields.shift_remove(key);
        }
        Value::Array(items) => {
            items.remove(key.parse().unwrap());
        }
        _ => {}
    }
}

fn rename(parent: &mut Value, key: &str, new: &str) {
    if let Value::Object(fields) = parent {
        let renamed: Map<String, Value> = std::mem::take(fields)
            .into_iter()
            .map(|(name, value)| (if name == key { new.to_owned() } else { name }, value))
            .collect();
        *fields = renamed;
    }
}

/// A document and the files that it may name.
fn tree(text: &str, others: &BTreeMap<String, Vec<u8>>) -> Memory {
    let tree = Memory::new([("catalog-info.yaml", text)]);
    let others = others.iter();
    others.fold(tree, |tree, (name, content)| tree.file(name.as_str(), content.as_slice()))
}

/// Why gitsm refuses a document; nothing if it does not.
fn refusals(text: &str, others: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let tree = tree(text, others);
    let report = validate_tree(&tree, "2026-11-21").unwrap();
    let refused = report.findings.iter().filter(|finding| {
        finding.severity == Severity::Error && finding.code.scope == Scope::Document
    });
    refused.map(|finding| format!("{}: {}", finding.code.name, finding.headline)).collect()
}

fn digest(text: &str) -> String {
    gitsm::finding::Fingerprint::of(text, "", "", "").to_string()[..16].to_owned()
}

#[test]
fn gitsm_refuses_exactly_what_backstage_refuses() {
    let cases = cases();
    let (_, others) = examples();
    // `tests/backstage/refresh` asks for the documents, to have them judged.
    if let Ok(folder) = std::env::var("GITSM_WRITE_CASES") {
        for (number, case) in cases.iter().enumerate() {
            let folder = std::path::Path::new(&folder).join(format!("{number:05}"));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("catalog-info.yaml"), &case.text).unwrap();
            fs::write(folder.join("digest"), digest(&case.text)).unwrap();
            for (name, content) in others.iter().filter(|(name, _)| case.text.contains(*name)) {
                fs::write(folder.join(name), content).unwrap();
            }
        }
        return;
    }
    let recorded = fs::read_to_string(project().join(VERDICTS)).unwrap();
    let recorded: Vec<Value> =
        recorded.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(recorded.len(), cases.len(), "run tests/backstage/refresh");
    let mut disagreements = Vec::new();
    let mut counts = BTreeMap::new();
    for (number, (case, recorded)) in cases.iter().zip(&recorded).enumerate() {
        assert_eq!(recorded["digest"], digest(&case.text), "run tests/backstage/refresh");
        let verdict = recorded["verdict"].as_str().unwrap();
        *counts.entry(verdict.to_owned()).or_insert(0) += 1;
        let refusals = refusals(&case.text, &others);
        let agree = match verdict {
            "valid" => refusals.is_empty(),
            "invalid" => !refusals.is_empty(),
            _ => true,
        };
        if !agree {
            let (origin, error) = (&case.origin, &recorded["error"]);
            disagreements.push(format!("{number} ({origin}): {verdict} {error}, but {refusals:?}"));
        }
    }
    assert!(counts["valid"] > 500 && counts["invalid"] > 500, "one-sided: {counts:?}");
    let shown = disagreements.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(disagreements.is_empty(), "{} of {}:\n{shown}", disagreements.len(), cases.len());
}

#[test]
fn no_fix_makes_backstage_refuse_what_it_accepted() {
    let (_, others) = examples();
    let (mut made, mut healed) = (0, 0);
    for case in cases() {
        let (changes, repairs) =
            fix_tree(Arc::new(tree(&case.text, &others)), "2026-11-21").unwrap();
        made += repairs.iter().filter(|one| one.left.is_none()).count();
        let Some(change) = changes.first() else { continue };
        assert_eq!(change.before, case.text);
        let (before, after) = (refusals(&change.before, &others), refusals(&change.after, &others));
        assert!(after.is_empty() || !before.is_empty(), "{}: {after:?}", case.origin);
        healed += usize::from(after.is_empty() && !before.is_empty());
    }
    assert!(made > 300 && healed > 100, "{made} fixes made, {healed} documents healed by them");
}
