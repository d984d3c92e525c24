//! A bare repository with gitsm's hooks is a complete gate: real pushes, with their options and their
//! quarantine, are let in or refused with clear words, and what landed is recorded.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::keys::ready;
use crate::office::{CHANGE, Office};
use crate::support::{Run, git};

impl Office {
    /// An office whose remote has the hooks, and the key to record what lands.
    fn guarded() -> Self {
        let office = Self::new();
        let remote = office.remote();
        for hook in ["pre-receive", "post-receive"] {
            let file = remote.join("hooks").join(hook);
            let program = env!("CARGO_BIN_EXE_gitsm");
            fs::write(&file, format!("#!/bin/sh\nexec '{program}' hook {hook}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let key = office.keys.path().join("ci");
        for (name, value) in [
            ("receive.advertisePushOptions", "true"),
            ("receive.certNonceSeed", "a seed for tests"),
            ("gitsm.key", key.to_str().unwrap()),
        ] {
            let set = git(&remote).args(["config", name, value]).status().unwrap();
            assert!(set.success());
        }
        office
    }

    fn remote(&self) -> std::path::PathBuf {
        self.here.run_git(&["remote", "get-url", "origin"]).trim().into()
    }

    /// Pushes, as Git does it.
    fn push(&self, arguments: &[&str]) -> Run {
        let key = self.keys.path().join("jonas");
        let output = git(self.here.path())
            .args(["-c", "gpg.format=ssh", "-c"])
            .arg(format!("user.signingKey={}", key.display()))
            .arg("push")
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    fn enforcing(&self) {
        let settings = fs::read_to_string(self.here.path().join("gitsm.yaml")).unwrap();
        self.on_main(&[("gitsm.yaml", format!("gate: {{all: enforce}}\n{settings}"))]);
    }
}

/// Holds that a push was refused, with words.
#[track_caller]
fn refused(run: &Run, words: &[&str]) {
    assert_ne!(run.code, 0, "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is not said: {}", run.stderr);
    }
}

#[test]
fn what_was_agreed_to_is_let_in_and_recorded_and_what_was_not_is_refused() {
    if !ready() {
        return;
    }
    let office = Office::guarded();
    office.enforcing();
    office.proposed();
    let branch = office.push(&["origin", CHANGE]);
    assert_eq!(branch.code, 0, "branches are everybody's own: {branch:?}");
    let run = office.push(&["origin", &format!("{CHANGE}:main")]);
    refused(&run, &["REFUSED", "approvals", "team:payments", "gitsm change approve bigger-db"]);
    office.fine("ada", &["approve"]);
    // An edit after the approval voids it.
    office.here.write("terraform/main.tf", "size = 64\n");
    office.commit("jonas", "Larger still");
    let run = office.push(&["origin", "HEAD:main"]);
    refused(&run, &["approved by person:ada does not count"]);
    office.fine("ada", &["approve"]);
    let run = office.push(&["origin", "HEAD:main"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("change:bigger-db may be merged"), "{run:?}");
    assert!(run.stderr.contains("change:bigger-db landed, recorded as"), "{run:?}");
    assert!(!run.stderr.contains("without a name"), "{run:?}");
    assert_eq!(office.gitsm(&["ledger", "sync"]).code, 0);
    let log = office.gitsm(&["ledger", "log"]);
    assert!(log.stdout.contains("merged"), "{log:?}");
    assert_eq!(office.gitsm(&["ledger", "verify"]).code, 0);
}

#[test]
fn the_protected_branch_and_the_ledger_only_move_forward() {
    if !ready() {
        return;
    }
    let office = Office::guarded();
    office.enforcing();
    office.proposed();
    let run = office.push(&["--force", "origin", "HEAD~2:main"]);
    refused(&run, &["moves forward only"]);
    refused(&office.push(&["origin", ":main"]), &["refused"]);
    refused(&office.push(&["origin", ":gitsm/ledger"]), &["the ledger is not deleted"]);
    refused(&office.push(&["--force", "origin", "HEAD:gitsm/ledger"]), &["the ledger only grows"]);
    // Something that is no entry, on top of it.
    office.here.run_git(&["fetch", "--quiet", "origin", "gitsm/ledger"]);
    office.here.run_git(&["switch", "--quiet", "--detach", "FETCH_HEAD"]);
    office.here.write("note.txt", "not an entry\n");
    office.here.commit("by hand");
    refused(&office.push(&["origin", "HEAD:gitsm/ledger"]), &["its chain is broken"]);
}

#[test]
fn an_entry_that_does_not_count_is_not_let_into_the_ledger() {
    if !ready() {
        return;
    }
    let office = Office::guarded();
    office.keys.make("mallory", "");
    office.proposed();
    office.forge("ada", Some("mallory"), |_| {});
    let run = office.push(&["origin", "refs/heads/gitsm/ledger"]);
    refused(&run, &["approved by person:ada", "does not count"]);
}

#[test]
fn push_options_name_a_change_and_show_the_whole_verdict() {
    if !ready() {
        return;
    }
    let office = Office::guarded();
    office.enforcing();
    office.here.run_git(&["switch", "--quiet", "--create", "quick", "main"]);
    office.here.write("docs/a.txt", "b\n");
    office.commit("jonas", "A better text");
    refused(&office.push(&["origin", "HEAD:main"]), &["it has no name"]);
    let run = office.push(&["-o", "change=quick", "-o", "skip", "origin", "HEAD:main"]);
    assert!(run.stderr.contains("there is no push option `skip`"), "{run:?}");
    let run = office.push(&["-o", "change=quick", "-o", "verbose", "origin", "HEAD:main"]);
    assert!(run.stderr.contains("change:quick"), "{run:?}");
    assert!(run.stderr.contains("attribution"), "{run:?}");
}

#[test]
fn whoever_pushes_work_that_nobody_vouches_for_has_a_hand_in_it() {
    if !ready() {
        return;
    }
    let office = Office::guarded();
    office.enforcing();
    office.here.run_git(&["switch", "--quiet", "--create", CHANGE, "main"]);
    office.here.write("terraform/main.tf", "size = 8\n");
    office.here.run_git(&["add", "--all"]);
    // Unsigned, in the name of somebody else.
    office.here.run_git(&[
        "-c",
        "user.name=finn",
        "-c",
        "user.email=finn@acme.example",
        "commit",
        "--quiet",
        "--message",
        "A larger database\n\nIt is full.\n\nGitsm-Change: bigger-db",
    ]);
    office.fine("lena", &["approve"]);
    office.fine("jonas", &["approve"]);
    let run = office.push(&["--signed", "origin", "HEAD:main"]);
    refused(&run, &["approved by person:jonas does not count", "pushed it"]);
}

#[test]
fn what_is_broken_is_refused_before_it_is_committed() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.here.write("services/shop.yaml", "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: shop}\nspec: {owner: team:nobody}\n");
    office.here.run_git(&["add", "--all"]);
    // What is on disk and not staged is no matter.
    office.here.write("services/web.yaml", "broken: [\n");
    let run = office.gitsm(&["hook", "pre-commit"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("services/shop.yaml:4"), "{run:?}");
    assert!(!run.stderr.contains("web.yaml"), "{run:?}");
    office.here.run_git(&["restore", "--staged", "--worktree", "."]);
    assert_eq!(office.gitsm(&["hook", "pre-commit"]).code, 0);
}

#[test]
fn the_first_push_to_an_empty_repository_needs_a_valid_catalog() {
    if !ready() {
        return;
    }
    let office = Office::guarded();
    let empty = crate::support::Folder::new();
    empty.run_git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
    let hook = office.remote().join("hooks/pre-receive");
    fs::copy(hook, empty.path().join("hooks/pre-receive")).unwrap();
    let address = empty.path().to_str().unwrap().to_owned();
    office.here.run_git(&["switch", "--quiet", "--create", "bad", "main"]);
    office.here.write("services/shop.yaml", "apiVersion: gitsm/v1alpha1\nkind: Serice\n");
    office.here.commit("broken");
    refused(&office.push(&[&address, "bad:main"]), &["the catalog has"]);
    let run = office.push(&[&address, "main"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("the branch begins"), "{run:?}");
}
