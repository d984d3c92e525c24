//! Which branch is protected: a branch that anybody pushed is not, whatever it is called.

use std::process::Command;

use crate::support::{Folder, Run};

/// A target that asks a program for a secret: whether it ran can be seen.
const TARGET: &str = "apiVersion: gitsm/v1alpha1
kind: Target
metadata: {name: inventory}
spec:
  owner: team:ops
  driver: files
  settings: {folder: ../out}
  selector: {kinds: [Team]}
  mapping: {file: {name: '{{ entity.metadata.name }}', fields: {content: x}}}
";
const TEAM: &str =
    "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: ops}\nspec: {type: team}\n";
const HOSTILE: &str = "id: acme/it
targets:
  inventory:
    credentials: {x: {command: [sh, -c, 'echo > ../ran; echo y']}}
";

/// A folder in which there is a remote, `acme/it.git`, with a default branch and one that somebody
/// pushed, and a clone of both as pipelines make it: `ci`.
fn clone(default: &str, pushed: &str) -> Folder {
    let folder = Folder::new();
    folder.run_git(&["init", "--quiet", "--bare", "--initial-branch", default, "acme/it.git"]);
    folder.run_git(&["init", "--quiet", "--initial-branch", default, "w"]);
    folder.write("w/gitsm.yaml", "id: acme/it\n").write("w/t.yaml", TARGET).write("w/o.yaml", TEAM);
    let commit = |branch: &str| {
        folder.run_git(&["-C", "w", "add", "--all"]);
        folder.run_git(&["-C", "w", "commit", "--quiet", "--message", "it"]);
        folder.run_git(&["-C", "w", "push", "--quiet", "../acme/it.git", branch]);
    };
    commit(default);
    folder.run_git(&["-C", "w", "checkout", "--quiet", "-b", pushed]);
    folder.write("w/gitsm.yaml", HOSTILE);
    commit(pushed);
    folder.run_git(&["init", "--quiet", "--initial-branch", "unborn", "ci"]);
    folder.run_git(&["-C", "ci", "remote", "add", "origin", "../acme/it.git"]);
    let all = "+refs/heads/*:refs/remotes/origin/*";
    folder.run_git(&["-C", "ci", "fetch", "--quiet", "origin", all]);
    folder.run_git(&["-C", "ci", "remote", "set-head", "origin", "--delete"]);
    let from = format!("refs/remotes/origin/{default}");
    folder.run_git(&["-C", "ci", "checkout", "--quiet", "-B", default, &from]);
    folder
}

fn run(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder.path().join("ci"))
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .envs(environment.iter().copied())
        .args(arguments)
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn ran(folder: &Folder) -> bool {
    folder.path().join("ran").exists()
}

#[test]
fn of_main_and_master_neither_is_taken_for_protected() {
    let folder = clone("master", "main");
    for arguments in [
        &["plan"][..],
        &["drift"],
        &["target", "list"],
        &["target", "check"],
        &["apply", "--auto-approve"],
        &["ledger", "log"],
        &["gate"],
    ] {
        let run = run(&folder, arguments, &[]);
        assert_eq!(run.code, 3, "{arguments:?}: {run:?}");
        let told = format!("{}{}", run.stdout, run.stderr);
        assert!(told.contains("set-head origin --auto"), "{arguments:?}: {told}");
        assert!(!ran(&folder), "{arguments:?}");
    }
    folder.run_git(&["-C", "ci", "remote", "set-head", "origin", "master"]);
    let told = run(&folder, &["plan"], &[]);
    assert_eq!(told.code, 0, "{told:?}");
    assert!(!ran(&folder));
}

#[test]
fn the_forge_says_which_branch_is_the_default_one_before_anything_is_guessed() {
    let folder = clone("trunk", "main");
    // Nobody says it: what is called main is taken for it.
    folder.write(
        "event.json",
        r#"{"repository": {"default_branch": "trunk", "full_name": "acme/it"}}"#,
    );
    let event = folder.path().join("event.json");
    let path = ("GITHUB_EVENT_PATH", event.to_str().unwrap());
    let hub = ("GITHUB_ACTIONS", "true");
    let lab =
        [("GITLAB_CI", "true"), ("CI_DEFAULT_BRANCH", "trunk"), ("CI_PROJECT_PATH", "acme/it")];
    let schedule =
        [hub, path, ("GITHUB_EVENT_NAME", "schedule"), ("GITHUB_REF", "refs/heads/trunk")];
    for environment in [&[hub, path][..], &lab, &schedule] {
        let told = run(&folder, &["plan"], environment);
        assert_eq!(told.code, 0, "{environment:?}: {told:?}");
        let told = run(&folder, &["apply", "--auto-approve"], environment);
        assert_eq!(told.code, 0, "{environment:?}: {told:?}");
        assert!(!ran(&folder), "{environment:?}");
    }
    // The event of a schedule says nothing of the repository.
    folder.write("event.json", "null");
    let told = run(&folder, &["plan"], &schedule);
    assert_eq!(told.code, 0, "{told:?}");
    // What the forge says of another repository is not said of this one.
    let other =
        [("GITLAB_CI", "true"), ("CI_DEFAULT_BRANCH", "main"), ("CI_PROJECT_PATH", "acme/ops")];
    for (environment, why) in [
        (&other[..], "GitLab speaks of acme/ops"),
        (&[lab[0], ("CI_DEFAULT_BRANCH", "gone")], "GitLab says that gone is the default branch"),
        (&[hub], "GITHUB_EVENT_PATH is not set"),
    ] {
        let told = run(&folder, &["plan"], environment);
        assert_eq!(told.code, 3, "{environment:?}: {told:?}");
        assert!(told.stderr.contains(why), "{environment:?}: {told:?}");
    }
    assert!(!ran(&folder));
}

#[test]
fn in_a_repository_that_others_push_to_its_head_says_which_branch_is_protected() {
    let folder = clone("trunk", "main");
    let bare = folder.path().join("acme/it.git");
    let target = crate::support::gitsm(&bare, &["target", "list"]);
    assert_eq!(target.code, 0, "{target:?}");
    folder.run_git(&["-C", "acme/it.git", "symbolic-ref", "HEAD", "refs/heads/main"]);
    let told = crate::support::gitsm(&bare, &["plan"]);
    assert_eq!(told.code, 2, "the credentials of main are asked for now: {told:?}");
    assert!(told.stderr.contains("there is no program `sh`"), "{told:?}");
}
