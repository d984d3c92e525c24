//! The page of each code: its examples run.

use gitsm::finding::{Code, Severity};
use gitsm::flow::validate::validate_tree;
use gitsm::rules::CODES;
use gitsm::tree::Memory;

/// The files that the fenced blocks of a section make.
fn files(code: &Code, heading: &str) -> Memory {
    let mut lines = code.page.lines().skip_while(|line| *line != format!("## {heading}")).skip(1);
    let mut tree = Memory::default();
    let mut blocks = 0;
    while let Some(line) = lines.next() {
        if line.starts_with("## ") {
            break;
        }
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let body = body.join("\n") + "\n";
        let (form, path) = info.split_once(' ').unwrap_or_else(|| panic!("{}: {info}", code.name));
        blocks += 1;
        tree = match form {
            "yaml" | "text" => tree.file(path, body),
            "link" => tree.link(path, body.trim()),
            "unreadable" => tree.refused(path, body.trim()),
            "bytes" => {
                let byte = |text: &str| u8::from_str_radix(text, 16).unwrap();
                tree.file(path, body.split_whitespace().map(byte).collect::<Vec<u8>>())
            }
            "huge" => {
                let megabytes: usize = body.trim().parse().unwrap();
                let text = "apiVersion: backstage.io/v1alpha1\n".to_owned();
                tree.file(path, text + &"#\n".repeat(megabytes << 19))
            }
            other => panic!("{}: what is a block of `{other}`?", code.name),
        };
    }
    assert!(blocks > 0, "{}: `{heading}` has no example", code.name);
    tree
}

#[test]
fn bad_examples_show_what_the_code_finds() {
    for code in CODES {
        let report = validate_tree(&files(code, "Bad"), "2026-11-21").unwrap();
        let found: Vec<&str> = report.findings.iter().map(|finding| finding.code.name).collect();
        assert!(found.contains(&code.name), "{}: Bad finds {found:?}", code.name);
    }
}

#[test]
fn good_examples_are_good() {
    for code in CODES {
        let report = validate_tree(&files(code, "Good"), "2026-11-21").unwrap();
        let found: Vec<String> = report
            .findings
            .iter()
            .filter(|finding| finding.severity < Severity::Note)
            .map(|finding| format!("{}: {}", finding.at.place, finding.headline))
            .collect();
        assert!(found.is_empty(), "{}: Good finds {found:#?}", code.name);
    }
}

#[test]
fn pages_have_the_same_headings_in_the_same_order() {
    let wanted = ["What it means", "Why it matters", "Bad", "Good"];
    for code in CODES {
        assert!(code.page.starts_with(&format!("# {}\n", code.name)), "{}", code.name);
        let headings: Vec<&str> =
            code.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings[..4], wanted, "{}", code.name);
        assert!(headings[4..].iter().all(|heading| *heading == "See also"), "{}", code.name);
    }
}

#[test]
fn codes_are_listed_once_and_never_change_their_names() {
    let list: Vec<String> =
        CODES.iter().map(|code| format!("{} {}", code.name, code.severity.as_str())).collect();
    insta::assert_snapshot!(list.join("\n"));
}
