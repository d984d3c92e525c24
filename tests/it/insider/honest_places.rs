//! Where people and pipelines stand: other checkouts, other folders, other settings; and verdicts that
//! are made again.

use std::path::Path;
use std::process::Command;

use super::{agreed, company, gate_in, may, passes, small, told, verdict};
use crate::keys::ready;
use crate::office::CHANGE;
use crate::support::{Folder, Run};

#[test]
fn a_detached_head_and_a_linked_worktree() {
    let Some(office) = agreed() else { return };
    office.here.run_git(&["switch", "--quiet", "--detach", CHANGE]);
    passes(&office, "a detached HEAD");
    let beside = Folder::new();
    let path = beside.path().join("beside");
    office.here.run_git(&["switch", "--quiet", "main"]);
    office.here.run_git(&["worktree", "add", "--quiet", path.to_str().unwrap(), CHANGE]);
    may(&gate_in(&path, &[], &[]), "a linked worktree");
    let deeper = path.join("services");
    may(&gate_in(&deeper, &["--base", "origin/main"], &[]), "a folder of it");
}

#[test]
fn a_bare_repository() {
    let Some(office) = agreed() else { return };
    let bare = Folder::new();
    let from = office.here.path().to_str().unwrap();
    bare.run_git(&["clone", "--quiet", "--bare", from, "bare.git"]);
    let there = bare.path().join("bare.git");
    let run = gate_in(&there, &["--base", "main", "--head", CHANGE], &[]);
    may(&run, "a bare repository");
}

#[test]
fn a_fresh_clone_at_full_depth() {
    let Some(office) = agreed() else { return };
    office.here.run_git(&["push", "--quiet", "origin", CHANGE, "gitsm/ledger"]);
    let clone = Folder::new();
    let from = office.here.run_git(&["remote", "get-url", "origin"]);
    clone.run_git(&["clone", "--quiet", "--branch", CHANGE, from.trim(), "c"]);
    may(&gate_in(&clone.path().join("c"), &[], &[]), "a fresh clone");
}

#[test]
fn a_repository_without_settings() {
    if !ready() {
        return;
    }
    let folder = Folder::git();
    folder.write("services/blog.yaml", small("blog", "Blog"));
    folder.write("teams/payments.yaml", crate::office::team("payments", &[], ""));
    folder.commit("the catalog");
    folder.run_git(&["switch", "--quiet", "--create", "work"]);
    folder.write("services/blog.yaml", small("blog", "Blog").replace("tier4", "tier1"));
    folder.commit("It matters");
    let run = gate_in(folder.path(), &["--base", "main"], &[]);
    may(&run, "no settings");
    let all = verdict(&run)["requirements"].as_array().unwrap().clone();
    let unmet = all.iter().filter(|one| one["standing"] != "met").count();
    assert!(unmet >= 3, "what is unmet is told: {}", told(&run));
    // What is broken holds it up all the same.
    folder
        .write("services/more.yaml", small("more", "More").replace("team:payments", "team:nobody"));
    folder.commit("Broken");
    let run = gate_in(folder.path(), &["--base", "main"], &[]);
    super::is_refused(&run, "broken without settings", "valid", "there is no Team `nobody`");
}

#[test]
fn settings_that_only_report() {
    let Some(office) = company() else { return };
    let settings = office.here.read("gitsm.yaml").replace("all: enforce", "all: report");
    office.on_main(&[("gitsm.yaml", settings)]);
    office.change();
    passes(&office, "settings that only report");
    office.begin(
        "broken",
        "jonas",
        &[("services/blog.yaml", small("blog", "Blog").replace("team:payments", "team:nobody"))],
    );
    passes(&office, "even what is broken, where it is told to");
}

#[test]
fn a_catalog_in_a_folder() {
    if !ready() {
        return;
    }
    let folder = Folder::git();
    folder.write("catalog/gitsm.yaml", "gate: {valid: enforce}\n");
    folder.write("catalog/services/blog.yaml", small("blog", "Blog"));
    folder.write("catalog/teams/payments.yaml", crate::office::team("payments", &[], ""));
    folder.write("other/x.yaml", "a: 1\n");
    folder.commit("the catalog");
    folder.run_git(&["switch", "--quiet", "--create", "work"]);
    folder.write("catalog/services/blog.yaml", small("blog", "Our blog"));
    folder.write("other/x.yaml", "a: [\n");
    folder.commit("Nicer");
    let run = gate_in(&folder.path().join("catalog"), &["--base", "main"], &[]);
    may(&run, "a catalog in a folder");
    assert_eq!(verdict(&run)["inputs"]["folder"], "catalog");
}

fn replay(folder: &Path, text: &str) -> Run {
    let file = Folder::new();
    file.write("verdict.json", text);
    let file = file.path().join("verdict.json");
    let output = Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/nonexistent")
        .args(["gate", "--replay", file.to_str().unwrap()])
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    Run { code: output.status.code().unwrap_or(-1), stdout, stderr }
}

#[test]
fn verdicts_are_made_again_to_the_byte() {
    let Some(office) = agreed() else { return };
    let mut all = vec![("agreed", super::gate(&office))];
    office.begin(
        "broken",
        "jonas",
        &[("services/blog.yaml", small("blog", "Blog").replace("team:payments", "team:nobody"))],
    );
    all.push(("broken", super::gate(&office)));
    office.begin("small", "jonas", &[("services/blog.yaml", small("blog", "Our blog"))]);
    all.push(("small", super::gate(&office)));
    for (name, run) in &all {
        let again = replay(office.here.path(), &run.stdout);
        assert_eq!((again.code, &again.stdout), (0, &run.stdout), "{name}: {}", again.stderr);
    }
    // Everything moves: the branch, the base, the ledger, and what else is open.
    office.here.run_git(&["switch", "--quiet", CHANGE]);
    office.fine("ada", &["revoke", CHANGE]);
    super::also(&office, "jonas", &[("terraform/main.tf", "size = 99\n")]);
    office.here.run_git(&["branch", "--quiet", "-D", "small"]);
    office.on_main(&[("docs/a.txt", "b\n".to_owned())]);
    for (name, run) in &all {
        let again = replay(office.here.path(), &run.stdout);
        assert_eq!(
            (again.code, &again.stdout),
            (0, &run.stdout),
            "{name}, later: {}",
            again.stderr
        );
    }
    // A verdict that somebody touched up is another one.
    let (_, run) = &all[1];
    let touched = run.stdout.replacen("\"fail\"", "\"pass\"", 1);
    assert_ne!(touched, run.stdout);
    assert_eq!(replay(office.here.path(), &touched).code, 1, "a verdict that was touched up");
}
