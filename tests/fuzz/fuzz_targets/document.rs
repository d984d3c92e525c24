//! Any bytes as a catalog file: read, parsed, recognised, judged and printed, without a panic.
//!
//! `cargo fuzz run --fuzz-dir tests/fuzz document` (cargo-fuzz needs a nightly compiler, or
//! `RUSTC_BOOTSTRAP=1`). What it finds goes to `tests/fuzz/corpus/document`, which the ordinary
//! tests replay.

#![no_main]

use gitsm::flow::validate::validate_tree;
use gitsm::tree::Memory;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let tree = Memory::new([("catalog-info.yaml", bytes)]);
    let report = validate_tree(&tree, "2026-11-21").expect("memory does not fail");
    for finding in &report.findings {
        assert!(finding.at.place.end >= finding.at.place.start);
    }
});
