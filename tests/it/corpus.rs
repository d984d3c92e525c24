//! What the fuzzer has found or been given, replayed.

use std::fs;

use gitsm::flow::validate::validate_tree;
use gitsm::tree::Memory;

use crate::support::project;

#[test]
fn the_fuzzers_corpus_is_judged_without_a_panic() {
    let mut count = 0;
    for entry in fs::read_dir(project().join("tests/fuzz/corpus/document")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        assert!(validate_tree(&Memory::new([("catalog-info.yaml", bytes)]), "2026-11-21").is_ok());
        count += 1;
    }
    assert!(count >= 10, "{count}");
}
