//! `gitsm demo`, whole: what it makes, what the walk shows, and that it can be gone on with.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::support::{Folder, Run};

/// Runs a program with nothing of the user's around it but where programs are.
fn run(program: &str, folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(program)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", std::env::var("PATH").unwrap())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
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

fn gitsm(folder: &Path, arguments: &[&str]) -> Run {
    run(env!("CARGO_BIN_EXE_gitsm"), folder, arguments)
}

/// A demo, made once: its folder and what was printed.
fn demo() -> &'static (PathBuf, String) {
    static DEMO: OnceLock<(Folder, (PathBuf, String))> = OnceLock::new();
    let (_, demo) = DEMO.get_or_init(|| {
        let folder = Folder::new();
        let run = gitsm(folder.path(), &["demo"]);
        assert_eq!(run.code, 0, "{}\n{}", run.stdout, run.stderr);
        let made = folder.path().join("gitsm-demo");
        (folder, (made, run.stdout))
    });
    demo
}

/// What follows after each command that is shown, up to the next.
fn shown<'t>(text: &'t str, line: &str) -> Vec<&'t str> {
    let begins = format!(" $ {line}\n");
    let after = text.split(&begins).skip(1);
    after.map(|rest| rest.split(" $ ").next().unwrap_or_default()).collect()
}

#[test]
fn the_walk_is_refused_twice_and_ends_where_it_began() {
    let (folder, text) = demo();
    let pushes = shown(text, "git push origin bigger-db:main");
    let [first, second] = pushes.as_slice() else { panic!("{text}") };
    for push in [first, second] {
        assert!(push.contains("REFUSED") && push.contains("[exit code 1]"), "{push}");
    }
    assert!(first.contains("reason, plan and test") && first.contains("gitsm change approve"));
    let voided = "person:ada does not count: what changes is not what they saw";
    assert!(second.contains(voided), "{second}");
    let landed = shown(text, "git push origin main");
    let names = ["shop-2026-47", "bigger-db", "bigger-db-back"];
    assert_eq!(landed.len(), names.len(), "{text}");
    for (push, name) in landed.iter().zip(names) {
        assert!(push.contains(&format!("change:{name} landed, recorded as ")), "{push}");
        assert!(!push.contains("[exit code"), "{push}");
    }
    assert_eq!(text.matches("[exit code").count(), 3, "{text}");
    assert!(text.contains("the chain is unbroken."), "{text}");
    assert!(text.contains("the board would see "), "{text}");
    // What was there before the change is there after it was taken back.
    let main = |path: &str| {
        let shown = run("git", &folder.join("acme.git"), &["show", &format!("main:{path}")]);
        (shown.code, shown.stdout)
    };
    assert!(main("terraform/prod/db/main.tf").1.contains("\"db.r8g.2xlarge\"\n"));
    assert_ne!(main("changes/bigger-db.yaml").0, 0);
}

#[test]
fn a_target_follows_what_landed_and_drift_is_put_right() {
    let (folder, text) = demo();
    let aim = "ansible-inventory --set ansible-inventory.folder=../inventory";
    let drift = shown(text, &format!("gitsm drift {aim}"));
    let [found, after] = drift.as_slice() else { panic!("{text}") };
    assert!(found.contains("file/vm-mail1.yaml") && found.contains("[exit code 1]"), "{found}");
    assert!(found.contains("applied last by person:ines"), "{found}");
    assert!(!after.contains("[exit code"), "{after}");
    let file = std::fs::read_to_string(folder.join("inventory/vm-mail1.yaml")).unwrap();
    assert!(file.contains("owner: team:workplace\n"), "{file}");
    let log = gitsm(&folder.join("ines"), &["target", "list"]);
    assert!(
        log.stdout.contains("ansible-inventory") && log.stdout.contains("person:ines"),
        "{log:?}"
    );
}

#[test]
fn nothing_of_the_walk_is_cut_by_a_terminals_width_or_coloured_in_a_pipe() {
    let (_, text) = demo();
    assert!(!text.contains('\u{1b}'), "{text}");
    assert!(text.contains("What to try next") && text.contains("rm -rf gitsm-demo"), "{text}");
}

#[test]
fn what_the_demo_leaves_can_be_gone_on_with() {
    let (folder, _) = demo();
    for who in ["jonas", "ada", "ines"] {
        let status = run("git", &folder.join(who), &["status", "--porcelain"]);
        assert_eq!((status.code, status.stdout.as_str()), (0, ""), "{who}");
    }
    let server = gitsm(&folder.join("acme.git"), &["doctor", "-o", "json"]);
    assert_eq!(server.code, 0, "{server:?}");
    let report: serde_json::Value = serde_json::from_str(&server.stdout).unwrap();
    let ids: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect();
    assert_eq!(ids, ["gate-reports", "key-missing", "policy-draft"]);
    let show = gitsm(&folder.join("ines"), &["change", "show", "bigger-db"]);
    assert_eq!(show.code, 0, "{show:?}");
}

#[test]
fn each_commit_of_the_year_is_a_catalog_without_mistakes() {
    let clone = demo().0.join("jonas");
    let line = ["log", "--first-parent", "--format=%h", "origin/main"];
    let commits = run("git", &clone, &line).stdout;
    let commits: Vec<&str> = commits.lines().collect();
    assert!(commits.len() > 60, "{commits:?}");
    // Each of them takes a while; the oldest and the newest are always among them.
    let oldest = commits.last().into_iter();
    for commit in commits.iter().step_by(7).chain(oldest) {
        let run = gitsm(&clone, &["validate", "--at", commit]);
        assert_eq!(run.code, 0, "{commit}: {run:?}");
    }
}

#[test]
fn the_year_holds_what_a_year_holds() {
    let clone = demo().0.join("ada");
    let run = gitsm(&clone, &["change", "backtest", "--at", "origin/main", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let landings = report["landings"].as_array().unwrap();
    assert!((60..=150).contains(&landings.len()), "{}", landings.len());
    assert!(report["inForce"].is_object() && report["people"] == true);
    let text = gitsm(&clone, &["change", "backtest", "--at", "origin/main"]).stdout;
    for words in ["in a freeze", "taken back soon after", "landed by somebody else", "standard"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("by authors nobody knows"), "{text}");
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let folder = Folder::new();
    folder.write("gitsm-demo/mine.txt", "mine");
    let run = gitsm(folder.path(), &["demo"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("--dir DIR"), "{run:?}");
    assert_eq!(std::fs::read_dir(folder.path().join("gitsm-demo")).unwrap().count(), 1);
}

#[test]
fn without_git_nothing_is_made() {
    let folder = Folder::new();
    let output = Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", "/nonexistent")
        .arg("demo")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no `git` in PATH"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_the_ledger_knows_has_pages_on_the_site() {
    let site = demo().0.join("site");
    let read = |path: &str| std::fs::read_to_string(site.join(path)).unwrap();
    assert!(read("changes.html").contains("changes/bigger-db.html"));
    let page = read("changes/bigger-db.html");
    for said in ["What the risk is made of", "Sum", "Who must agree", "merged, by", "Why"] {
        assert!(page.contains(said), "{said}");
    }
    assert!(read("ci/checkout-db.html").contains("../changes/bigger-db.html"));
}
