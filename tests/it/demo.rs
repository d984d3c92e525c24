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
        assert_eq!(run.code, 0, "{run:?}");
        let made = folder.path().join("gitsm-demo");
        (folder, (made, run.stdout))
    });
    demo
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
