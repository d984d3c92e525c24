//! The architecture, tested: floors, file lengths, codes and their pages, paths in the guides.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use gitsm::rules::CODES;

use crate::support::project;

/// Every module at the top of `src`, and its floor.
const FLOORS: &[(&str, u8)] = &[
    ("finding", 0),
    ("source", 0),
    ("expr", 1),
    ("markdown", 1),
    ("template", 1),
    ("yaml", 1),
    ("git", 1),
    ("signature", 1),
    ("tree", 1),
    ("model", 2),
    ("catalog", 3),
    ("config", 3),
    ("cache", 3),
    ("ledger", 3),
    ("change", 4),
    ("plan", 4),
    ("rules", 5),
    ("forge", 6),
    ("target", 6),
    ("output", 7),
    ("render", 7),
    ("flow", 8),
    ("cli", 9),
];

/// Modules of one floor that may use each other, in this direction.
const BESIDE: &[(&str, &str)] = &[
    ("finding", "source"),
    ("git", "signature"),
    ("tree", "git"),
    ("catalog", "config"),
    ("catalog", "cache"),
    ("ledger", "catalog"),
    ("ledger", "config"),
    ("ledger", "cache"),
    ("render", "output"),
];

const LONGEST: usize = 500;

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![project().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(project().join("src")).unwrap();
                let name = name.to_string_lossy().replace('\\', "/");
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The modules at the top of `src` that a file uses, outside its unit tests.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let mut found = BTreeSet::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            let name: String =
                rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.insert(name);
        }
    }
    found
}

#[test]
fn modules_import_downwards_only() {
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let mut climbs = Vec::new();
    for (path, text) in sources() {
        let module = path.split('/').next().unwrap().trim_end_matches(".rs");
        if matches!(module, "main" | "lib") {
            continue;
        }
        let floor = *floors.get(module).unwrap_or_else(|| panic!("{module} has no floor"));
        for other in used(&text) {
            let Some(below) = floors.get(other.as_str()) else { continue };
            let beside = BESIDE.contains(&(module, other.as_str()));
            if other != module && *below >= floor && !beside {
                climbs.push(format!("{path} uses {other}"));
            }
        }
    }
    assert!(climbs.is_empty(), "{climbs:#?}");
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "{path} has {lines} lines: split it by idea");
        assert!(text.starts_with("//! "), "{path} does not begin with what it is for");
    }
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let codes: BTreeSet<String> = CODES.iter().map(|code| format!("{}.md", code.name)).collect();
    assert_eq!(codes.len(), CODES.len(), "a code is listed twice");
    let pages: BTreeSet<String> = fs::read_dir(project().join("src/rules/pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(codes, pages);
    for code in CODES {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(code.name.chars().all(kebab), "{}", code.name);
    }
}

#[test]
fn paths_that_the_guides_name_exist() {
    for guide in ["CONTRIBUTING.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(project().join(guide)).unwrap();
        let mut named = 0;
        for path in text.split('`').skip(1).step_by(2) {
            let is_path = path.contains('/')
                && path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
                && ["src/", "tests/", "schemas/", "examples/", "catalog/", ".github/", ".ci/"]
                    .iter()
                    .any(|top| path.starts_with(top));
            if is_path {
                named += 1;
                assert!(project().join(path).exists(), "{guide} names {path}");
            }
        }
        assert!(named > 10, "{guide} names {named} paths");
    }
}

#[test]
fn unfinished_places_are_not_left_behind() {
    for (path, text) in sources() {
        for word in ["todo!", "unimplemented!", "FIXME", "XXX"] {
            assert!(!text.contains(word), "{path} holds {word}");
        }
    }
}
