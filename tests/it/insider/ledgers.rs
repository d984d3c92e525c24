//! The ledger is dropped, rewound, forked, filled with rubbish.

use super::{agreed, blinds, gate_in, is_blind};
use crate::office::{CHANGE, Office};
use crate::support::git;

const LEDGER: &str = "gitsm/ledger";

/// Puts the ledger somewhere, here and where it is shared.
fn put(office: &Office, commit: &str) {
    for reference in [format!("refs/heads/{LEDGER}"), format!("refs/remotes/origin/{LEDGER}")] {
        office.here.run_git(&["update-ref", &reference, commit]);
    }
}

fn tip(office: &Office) -> String {
    office.here.run_git(&["rev-parse", LEDGER]).trim().to_owned()
}

/// A commit on top of another one, whose tree holds these files and nothing else.
fn commit(office: &Office, parent: Option<&str>, files: &[(&str, &str)]) -> String {
    let index = office.keys.path().join("index");
    let run = |arguments: &[&str]| {
        let output =
            git(office.here.path()).env("GIT_INDEX_FILE", &index).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    match parent {
        Some(parent) => run(&["read-tree", parent]),
        None => run(&["read-tree", "--empty"]),
    };
    for (path, text) in files {
        let file = office.keys.path().join("blob");
        std::fs::write(&file, text).unwrap();
        let blob = run(&["hash-object", "-w", file.to_str().unwrap()]);
        run(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{path}")]);
    }
    let tree = run(&["write-tree"]);
    let mut arguments = vec!["commit-tree", tree.as_str(), "-m", "x"];
    if let Some(parent) = parent {
        arguments.extend(["-p", parent]);
    }
    run(&arguments)
}

/// What this clone remembers of the ledger; a pipeline's clone is new, and remembers nothing.
fn forgotten(office: &Office) {
    let all = office.here.run_git(&["for-each-ref", "--format=%(refname)", "refs/gitsm"]);
    for reference in all.lines() {
        office.here.run_git(&["update-ref", "-d", reference]);
    }
}

fn dropped_here(office: &Office) {
    for reference in [format!("refs/heads/{LEDGER}"), format!("refs/remotes/origin/{LEDGER}")] {
        office.here.run_git(&["update-ref", "-d", &reference]);
    }
}

#[test]
fn dropped() {
    let Some(office) = agreed() else { return };
    dropped_here(&office);
    // This clone has seen it, and goes by what it has seen.
    super::passes(&office, "dropped where it was seen");
    forgotten(&office);
    blinds(&office, "dropped", "approvals", "this clone holds none of it");
}

#[test]
fn rewound_after_it_was_seen() {
    let Some(office) = agreed() else { return };
    let before = tip(&office);
    office.fine("ada", &["revoke", CHANGE]);
    let witness = office.gitsm(&["ledger", "witness"]);
    assert_eq!(witness.code, 0, "{witness:?}");
    let file = office.keys.path().join("witness.json");
    std::fs::write(&file, &witness.stdout).unwrap();
    put(&office, &before);
    let taken_back = "approved by person:ada does not count: they took it back";
    super::refuses(&office, "rewound where it was seen", "approvals", taken_back);
    forgotten(&office);
    let run = gate_in(office.here.path(), &["--witness", file.to_str().unwrap()], &[]);
    is_blind(&run, "rewound", "approvals", "the ledger");
}

#[test]
fn rewound_here_while_the_shared_one_goes_on() {
    let Some(office) = agreed() else { return };
    let before = tip(&office);
    office.fine("ada", &["revoke", CHANGE]);
    office.here.run_git(&["push", "--quiet", "origin", LEDGER]);
    let after = tip(&office);
    office.here.run_git(&["update-ref", &format!("refs/remotes/origin/{LEDGER}"), &after]);
    office.here.run_git(&["update-ref", &format!("refs/heads/{LEDGER}"), &before]);
    super::refuses(&office, "rewound here", "approvals", "approved by person:ada does not count");
}

#[test]
fn an_entry_taken_out() {
    let Some(office) = agreed() else { return };
    office.fine("ada", &["revoke", CHANGE]);
    let last = tip(&office);
    let before = office.here.run_git(&["rev-parse", &format!("{LEDGER}~1")]);
    // A commit on top of the newest, with the tree of the one before.
    let tree = office.here.run_git(&["rev-parse", &format!("{}^{{tree}}", before.trim())]);
    let commit = office.here.run_git(&["commit-tree", tree.trim(), "-m", "x", "-p", &last]);
    put(&office, commit.trim());
    blinds(&office, "an entry taken out", "approvals", "the ledger is broken");
}

#[test]
fn an_entry_edited() {
    let Some(office) = agreed() else { return };
    let files = office.here.run_git(&["ls-tree", "-r", "--name-only", LEDGER]);
    let path = files.lines().last().unwrap();
    let text =
        office.here.run_git(&["show", &format!("{LEDGER}:{path}")]).replace("moderate", "low");
    let edited = commit(&office, Some(&tip(&office)), &[(path, &text)]);
    put(&office, &edited);
    blinds(&office, "an entry edited", "approvals", "the ledger is broken");
}

#[test]
fn rubbish_on_the_branch() {
    let Some(office) = agreed() else { return };
    let last = tip(&office);
    for (attempt, files) in [
        ("a file that is no entry", vec![("notes.txt", "hello\n")]),
        (
            "an entry that cannot be read",
            vec![("2026/01/01/01J00000000000000000000000.json", "{}")],
        ),
        ("no file at all", vec![]),
    ] {
        let rubbish = commit(&office, Some(&last), &files);
        put(&office, &rubbish);
        let run = super::gate(&office);
        assert_ne!(run.code, 0, "{attempt}: {}", super::told(&run));
        is_blind(&run, attempt, "approvals", "the ledger is ");
    }
}

#[test]
fn forked_with_a_beginning_of_ones_own() {
    let Some(office) = agreed() else { return };
    forgotten(&office);
    let orphan = commit(&office, None, &[("2026/01/01/01J00000000000000000000000.json", "{}")]);
    put(&office, &orphan);
    blinds(&office, "a beginning of one's own", "approvals", "the ledger is ");
    // It is begun anew by nobody, as long as the base pins the old one.
    dropped_here(&office);
    forgotten(&office);
    let key = office.keys.path().join("jonas").to_str().unwrap().to_owned();
    let begun = office.gitsm(&["ledger", "init", "--as", "person:jonas", "--key", &key]);
    assert_ne!(begun.code, 0, "{begun:?}");
    assert_ne!(super::gate(&office).code, 0, "a ledger of one's own");
}
