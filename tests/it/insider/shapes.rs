//! Commits, trees and refs of unusual shapes.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use super::{agreed, blinds, company, gate_in, is_blind, is_refused, refuses, small};
use crate::office::{CHANGE, request, shop};
use crate::support::{Folder, git};

#[test]
fn a_merge_that_smuggles_an_edit() {
    let Some(office) = agreed() else { return };
    office.on_main(&[("docs/a.txt", "b\n".to_owned())]);
    office.git_as(("ada", "ada"), &["merge", "--quiet", "--no-commit", "--no-ff", "main"]);
    office.here.write("terraform/main.tf", "size = 99\n");
    office.commit("ada", "Merge main");
    // Whoever made it had a hand in it.
    office.fine("jonas", &["propose"]);
    office.forge("ada", Some("ada"), |_| {});
    refuses(&office, "an evil merge", "approvals", "by person:ada does not count: they ");
}

#[test]
fn a_merge_that_smuggles_and_says_to_be_somebody_elses() {
    let Some(office) = agreed() else { return };
    office.on_main(&[("docs/a.txt", "b\n".to_owned())]);
    office.git_as(("ada", "ada"), &["merge", "--quiet", "--no-commit", "--no-ff", "main"]);
    office.here.write("docs/a.txt", "c\n");
    office.here.run_git(&["add", "--all"]);
    office.here.run_git(&["-c", "user.name=lena", "commit", "--quiet", "--message", "Merge main"]);
    refuses(&office, "an unsigned evil merge", "attribution", "nobody vouches for");
}

#[test]
fn more_commits_than_the_clone_holds() {
    let Some(office) = agreed() else { return };
    super::also(&office, "jonas", &[("docs/b.txt", "1\n")]);
    super::also(&office, "jonas", &[("docs/b.txt", "2\n")]);
    let clone = Folder::new();
    let from = format!("file://{}", office.here.path().display());
    clone.run_git(&[
        "clone",
        "--quiet",
        "--depth=1",
        "--no-single-branch",
        "--branch",
        CHANGE,
        &from,
        "c",
    ]);
    let there = clone.path().join("c");
    let run = gate_in(&there, &["--base", "origin/main"], &[]);
    is_blind(&run, "a shallow clone", "approvals", "cut off (shallow)");
    is_blind(&run, "a shallow clone", "attribution", "fetch-depth: 0");
}

#[test]
fn more_commits_than_anybody_looks_at() {
    let Some(office) = company() else { return };
    office.begin("flood", "jonas", &[("docs/b.txt", "1\n".to_owned())]);
    let mut stream = String::new();
    let head = office.here.run_git(&["rev-parse", "HEAD"]);
    for number in 0..2_001 {
        let from = if number == 0 { format!("from {}\n", head.trim()) } else { String::new() };
        stream += &format!(
            "commit refs/heads/flood2\ncommitter lena <lena@acme.example> 1767322800 +0000\ndata 2\nx\n{from}M 644 inline docs/b.txt\ndata 5\n{number:04}\n\n"
        );
    }
    let mut import = git(office.here.path())
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    import.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(import.wait().unwrap().success());
    office.here.run_git(&["switch", "--quiet", "flood2"]);
    blinds(&office, "a flood of commits", "approvals", "");
}

#[test]
fn a_huge_number_of_files() {
    let Some(office) = company() else { return };
    office.here.run_git(&["switch", "--quiet", "--create", "huge", "main"]);
    for number in 0..1_500 {
        office.here.write(&format!("docs/{}/{number}.txt", number % 50), "x\n");
    }
    office.here.write("terraform/main.tf", "size = 8\n");
    office.here.write("changes/huge.yaml", request("huge", "Much."));
    office.commit("jonas", "Much");
    let run = super::gate(&office);
    is_refused(&run, "many files", "approvals", "team:payments");
}

#[test]
fn what_is_checked_out_is_not_what_is_judged() {
    let Some(office) = agreed() else { return };
    // The verdict of an innocent branch says which commit it is of.
    office.begin("innocent", "jonas", &[("services/blog.yaml", small("blog", "Our blog"))]);
    let innocent = office.here.run_git(&["rev-parse", "innocent"]);
    office.begin("guilty", "jonas", &[("services/shop.yaml", shop("Mine", "tier4"))]);
    let run = gate_in(office.here.path(), &["--head", "innocent"], &[]);
    assert_eq!(run.code, 0, "{}", super::told(&run));
    assert_eq!(super::verdict(&run)["inputs"]["head"], innocent.trim());
    let run = gate_in(office.here.path(), &["--head", "guilty"], &[]);
    is_refused(&run, "another branch", "governance", "/spec/criticality");
    // What is not committed is not judged, and not hidden by it either.
    office.here.write("services/shop.yaml", shop("Shop", "tier1"));
    refuses(&office, "hidden by the worktree", "governance", "/spec/criticality");
}

#[test]
fn a_head_named_on_a_merge_ref() {
    let Some(office) = company() else { return };
    office.begin("guilty", "jonas", &[("services/shop.yaml", shop("Mine", "tier4"))]);
    let guilty = office.here.run_git(&["rev-parse", "HEAD"]);
    office.begin("innocent", "jonas", &[("services/blog.yaml", small("blog", "Our blog"))]);
    let head = office.here.run_git(&["rev-parse", "HEAD"]);
    office.here.run_git(&["switch", "--quiet", "--detach", "main"]);
    office.here.run_git(&["merge", "--quiet", "--no-ff", "--no-edit", "innocent"]);
    let base = office.here.run_git(&["rev-parse", "main"]);
    let event = serde_json::json!({"pull_request": {
        "number": 7, "user": {"login": "jonas-gh", "id": 72}, "body": "",
        "base": {"ref": "main", "sha": base.trim()}, "head": {"ref": "innocent", "sha": head.trim()},
    }});
    let file = office.keys.path().join("event.json");
    std::fs::write(&file, event.to_string()).unwrap();
    let around =
        [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", file.to_str().unwrap())];
    let run = gate_in(office.here.path(), &["--head", guilty.trim()], &around);
    is_refused(&run, "a head beside the merge ref", "governance", "/spec/criticality");
    assert_eq!(super::verdict(&run)["inputs"]["head"], guilty.trim());
}

#[test]
fn a_merge_made_by_hand_in_place_of_the_forges() {
    let Some(office) = company() else { return };
    // HEAD merges a guilty base into an innocent change, or says so: nothing confirms that parent.
    office.begin("guilty", "jonas", &[("services/shop.yaml", shop("Mine", "tier4"))]);
    let guilty = office.here.run_git(&["rev-parse", "HEAD"]);
    office.begin("innocent", "jonas", &[("services/blog.yaml", small("blog", "Our blog"))]);
    let head = office.here.run_git(&["rev-parse", "HEAD"]);
    office.here.run_git(&["switch", "--quiet", "--detach", guilty.trim()]);
    office.git_as(
        ("jonas", "jonas"),
        &["merge", "--quiet", "--no-ff", "--no-edit", "-X", "ours", "innocent"],
    );
    let base = office.here.run_git(&["rev-parse", "main"]);
    let event = serde_json::json!({"pull_request": {
        "number": 7, "user": {"login": "jonas-gh"}, "body": "Gitsm-Change: approved-already",
        "base": {"ref": "main", "sha": base.trim()}, "head": {"ref": "innocent", "sha": head.trim()},
    }});
    let file = office.keys.path().join("event.json");
    std::fs::write(&file, event.to_string()).unwrap();
    let around =
        [("GITHUB_EVENT_NAME", "pull_request"), ("GITHUB_EVENT_PATH", file.to_str().unwrap())];
    let run = gate_in(office.here.path(), &[], &around);
    is_blind(&run, "a merge that nobody confirms", "valid", "the branch main does not confirm it");
}

#[test]
fn settings_behind_a_symlink() {
    let Some(office) = company() else { return };
    office.begin("linked", "jonas", &[("conf/own.yaml", "gate: {all: report}\n".to_owned())]);
    office.here.remove("gitsm.yaml");
    symlink("conf/own.yaml", office.here.path().join("gitsm.yaml")).unwrap();
    office.commit("jonas", "And this");
    refuses(&office, "settings behind a symlink", "governance", "gitsm.yaml");
}

#[test]
fn a_document_behind_a_symlink() {
    let Some(office) = company() else { return };
    office.begin("linked", "jonas", &[("hidden/shop.txt", shop("Shop", "tier4"))]);
    office.here.remove("services/shop.yaml");
    symlink("../hidden/shop.txt", office.here.path().join("services/shop.yaml")).unwrap();
    office.commit("jonas", "And this");
    let run = super::gate(&office);
    assert_ne!(run.code, 0, "{}", super::told(&run));
    is_refused(&run, "a document behind a symlink", "approvals", "team:payments");
}

#[test]
fn a_base_whose_settings_are_broken() {
    let Some(office) = agreed() else { return };
    let settings = office.here.read("gitsm.yaml");
    for (attempt, text) in [
        ("broken YAML", format!("{settings}levels: [\n")),
        ("an unknown field", format!("{settings}gates: {{all: report}}\n")),
        ("an unknown level", settings.replace("all: enforce", "all: maybe")),
    ] {
        office.on_main(&[("gitsm.yaml", text)]);
        blinds(&office, attempt, "valid", "the base's settings cannot be used: gitsm.yaml");
    }
}

#[test]
fn commits_that_do_not_merge() {
    let Some(office) = agreed() else { return };
    office.on_main(&[("terraform/main.tf", "size = 5\n".to_owned())]);
    blinds(&office, "a conflict", "approvals", "");
}

#[test]
fn a_program_in_place_of_git() {
    // A hook and a filter that the change brings along are not run by judging it.
    let Some(office) = company() else { return };
    let mark = office.keys.path().join("ran");
    let script = format!("#!/bin/sh\ntouch {}\ncat\n", mark.display());
    office.begin(
        "filter",
        "jonas",
        &[
            (".gitattributes", "* filter=evil diff=evil merge=evil\n".to_owned()),
            ("evil.sh", script),
        ],
    );
    let program = format!("sh {}", office.here.path().join("evil.sh").display());
    for name in [
        "filter.evil.clean",
        "filter.evil.smudge",
        "diff.evil.command",
        "merge.evil.driver",
        "diff.external",
    ] {
        office.here.run_git(&["config", name, &program]);
    }
    super::gate(&office);
    assert!(!mark.exists(), "judging ran what the change brought along");
}
