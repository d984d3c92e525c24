//! What decides over `plan` and `apply` is what the protected branch says, all of it, and nothing that a
//! pull request can write.

use std::process::Command;

use crate::support::{Folder, Run, git};

fn target(settings: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: inventory}}\nspec:\n  owner: \
         team:ops\n  driver: files\n  settings: {settings}\n  selector: {{kinds: [Team]}}\n  mapping: \
         {{file: {{name: '{{{{ entity.metadata.name }}}}', fields: {{content: x}}}}}}\n"
    )
}

/// A repository without a remote, whose `main` says this.
fn catalog(settings: &str) -> Folder {
    let folder = Folder::git();
    folder.write(".gitignore", "out/\nown/\n").write("gitsm.yaml", settings);
    folder.write(
        "team.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: ops}\nspec: {type: team}\n",
    );
    folder.write("target.yaml", target("{folder: out}")).commit("the catalog");
    folder
}

fn refused(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{run:?}");
    let told = format!("{}{}", run.stdout, run.stderr);
    for word in words {
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[test]
fn a_misspelt_pin_lets_nothing_be_applied() {
    let pin = "0".repeat(64);
    let folder = catalog(&format!("id: acme/it\nledger:\n  genisis: sha256:{pin}\n"));
    let words = ["gitsm.yaml:3: there is no setting `genisis`"];
    refused(&folder.gitsm(&["apply", "--auto-approve"]), 3, &words);
    refused(&folder.gitsm(&["plan"]), 3, &words);
    refused(&folder.gitsm(&["drift"]), 3, &words);
    refused(&folder.gitsm(&["ledger", "log"]), 3, &words);
    assert!(!folder.path().join("out").exists());
    // Files that are not committed put nothing right.
    folder.write("gitsm.yaml", "id: acme/it\n");
    refused(&folder.gitsm(&["plan"]), 3, &words);
    // Whoever looks for mistakes finds it.
    let run = folder.gitsm(&["doctor"]);
    assert!(run.stdout.contains("genisis"), "{run:?}");
}

#[test]
fn a_misspelt_setting_of_a_target_does_not_fall_back_to_its_own() {
    let folder = catalog("id: acme/it\ntargets:\n  inventory: {setings: {folder: own}}\n");
    refused(&folder.gitsm(&["apply", "--auto-approve"]), 3, &["gitsm.yaml:3", "setings"]);
    assert!(!folder.path().join("out").exists());
    for name in ["inv", "target:other/inventory"] {
        let folder =
            catalog(&format!("id: acme/it\ntargets:\n  '{name}': {{settings: {{folder: own}}}}\n"));
        let run = folder.gitsm(&["apply", "--auto-approve"]);
        refused(&run, 2, &[name, "there are inventory"]);
        assert!(!folder.path().join("out").exists());
        let run = folder.gitsm(&["validate"]);
        refused(&run, 1, &["config-invalid", &format!("there is no Target called `{name}`")]);
    }
    // Each way to name it is one.
    for name in ["inventory", "target:inventory", "target:default/Inventory"] {
        let folder =
            catalog(&format!("id: acme/it\ntargets:\n  '{name}': {{settings: {{folder: own}}}}\n"));
        assert_eq!(folder.gitsm(&["validate"]).code, 0, "{name}");
        let run = folder.gitsm(&["apply", "--auto-approve"]);
        assert_eq!(run.code, 0, "{name}: {run:?}");
        assert!(folder.path().join("own/ops").exists(), "{name}");
    }
}

#[test]
fn a_target_that_the_protected_branch_does_not_read_has_no_settings_there() {
    for settings in ["roots: [catalog]", "exclude: [drafts/**]"] {
        let folder = catalog(&format!("id: acme/it\n{settings}\n"));
        let own = target("{folder: out}").replace("name: inventory", "name: draft");
        folder.write("catalog/target.yaml", target("{folder: out}")).remove("target.yaml");
        folder.write("drafts/target.yaml", &own).commit("a draft that nobody applies");
        folder.write("gitsm.yaml", "id: acme/it\n");
        let run = folder.gitsm(&["plan", "draft"]);
        refused(&run, 2, &["not on the protected branch yet"]);
    }
}

#[test]
fn the_name_that_marks_bear_is_that_of_the_protected_branch() {
    let folder = catalog("edition: 2026\n");
    folder.write("gitsm.yaml", "id: acme/it\n");
    refused(&folder.gitsm(&["plan"]), 2, &["main has no `id` yet", "commit the line"]);
    folder.commit("an id");
    assert_eq!(folder.gitsm(&["apply", "--auto-approve"]).code, 0);
    folder.write("gitsm.yaml", "id: evil/it\n");
    let run = folder.gitsm(&["plan", "--exit-code"]);
    assert_eq!(run.code, 0, "what is there is still ours: {run:?}");
    folder.write("gitsm.yaml", "id: [acme/it\n");
    refused(&folder.gitsm(&["plan"]), 3, &["gitsm.yaml:", "this is not YAML"]);
}

/// The same with the user's programs.
fn plan(folder: &Folder, more: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .arg("plan")
        .args(more)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

#[test]
fn no_secret_comes_from_a_file_of_the_repository() {
    for (said, words) in [
        ("{x: {file: secrets/token}}", "secrets/token is a file of this repository"),
        ("{x: {file: own/../secrets/token}}", "secrets/token is a file of this repository"),
        ("{x: {command: [cat, secrets/token]}}", "secrets/token is a file of this repository"),
        ("{x: {command: [env, --file=secrets/token]}}", "secrets/token is a file"),
        ("{x: {command: [sh, -c, 'cat <./secrets/token']}}", "secrets/token is a file"),
    ] {
        let folder =
            catalog(&format!("id: acme/it\ntargets: {{inventory: {{credentials: {said}}}}}\n"));
        folder.write("own/token", "t").write("secrets/token", "t");
        // It is enough that the pull request has it.
        folder.run_git(&["checkout", "--quiet", "-b", "pull"]);
        folder.commit("mine");
        refused(&plan(&folder, &[]), 2, &[words, "keep it outside"]);
        folder.run_git(&["rm", "--quiet", "--cached", "secrets/token"]);
        refused(&plan(&folder, &[]), 2, &[words]);
        folder.write(".gitignore", "out/\nown/\nsecrets/\n").commit("not mine");
        let run = plan(&folder, &[]);
        assert!(run.code == 0 || run.stderr.contains("`env` failed"), "{said}: {run:?}");
    }
}

#[test]
fn the_file_of_the_operator_is_none_of_the_repository() {
    let folder = catalog("id: acme/it\n");
    folder.write("op.yaml", "targets: {inventory: {settings: {folder: own}}}\n");
    assert_eq!(folder.gitsm(&["plan", "--operator", "op.yaml"]).code, 0);
    folder.commit("mine");
    let run = folder.gitsm(&["plan", "--operator", "op.yaml"]);
    refused(&run, 2, &["op.yaml is a file of this repository"]);
}

#[test]
#[cfg(unix)]
fn no_link_of_the_repository_leads_to_what_is_trusted() {
    let outside = Folder::new();
    outside.write("ca.pem", "x").write("folder/x", "x");
    let at = |name: &str| outside.path().join(name);
    let link = |folder: &Folder, to: &str, name: &str| {
        std::os::unix::fs::symlink(at(to), folder.path().join(name)).unwrap();
    };
    let folder = catalog("id: acme/it\ntargets: {inventory: {credentials: {x: {file: own/ca}}}}\n");
    // A link that Git ignores leads to one that it tracks, and that out of the repository again.
    folder.write("own/x", "");
    link(&folder, "ca.pem", "tracked");
    std::os::unix::fs::symlink("../tracked", folder.path().join("own/ca")).unwrap();
    folder.commit("a link");
    refused(&folder.gitsm(&["plan"]), 2, &["own/ca, and tracked is a file of this repository"]);
    folder.write("gitsm.yaml", "id: acme/it\n").commit("no secret");
    link(&folder, "folder", "away");
    folder.commit("another");
    for path in ["away", "away/below"] {
        let set = format!("inventory.folder={path}");
        let run = folder.gitsm(&["plan", "--set", &set]);
        refused(&run, 2, &["away is a file of this repository"]);
    }
}

#[test]
fn marks_that_git_tracks_are_nobodys_word() {
    let folder = catalog("id: acme/it\n");
    assert_eq!(folder.gitsm(&["apply", "--auto-approve"]).code, 0);
    assert_eq!(folder.gitsm(&["plan", "--exit-code"]).code, 0);
    let output = git(folder.path()).args(["add", "--force", "out"]).output().unwrap();
    assert!(output.status.success());
    let words = ["marks (out/.gitsm-", "git rm --cached"];
    refused(&folder.gitsm(&["plan"]), 2, &words);
    folder.run_git(&["commit", "--quiet", "--message", "marks"]);
    folder.run_git(&["rm", "--quiet", "-r", "--cached", "out"]);
    refused(&folder.gitsm(&["plan"]), 2, &words);
    folder.run_git(&["commit", "--quiet", "--message", "no marks"]);
    assert_eq!(folder.gitsm(&["plan", "--exit-code"]).code, 0);
}
