//! `gitsm doctor` on real repositories: each weakness is found, and gone after its remedy.

use std::process::Command;

use serde_json::Value;

use crate::keys::Keys;
use crate::office::{Office, ago, key, person, policy, team};
use crate::support::{Folder, Run, git};

/// Runs gitsm where programs can be found.
fn run(folder: &std::path::Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_gitsm"))
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

fn report(folder: &std::path::Path, more: &[&str]) -> Value {
    let mut all = vec!["doctor", "-o", "json"];
    all.extend(more);
    let run = run(folder, &all);
    let report: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let findings = report["findings"].as_array().unwrap();
    let is_danger = findings.iter().any(|one| one["severity"] == "danger");
    assert_eq!(run.code, i32::from(is_danger), "{run:?}");
    report
}

/// The ids of what is found, each once.
fn ids(folder: &std::path::Path) -> Vec<String> {
    ids_of(&report(folder, &[]))
}

fn ids_of(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut ids: Vec<String> = findings.map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    ids.dedup();
    ids
}

/// Holds that something is found, and gone after its remedy.
fn found(folder: &Folder, id: &str, remedy: impl FnOnce(&Folder)) {
    let before = ids(folder.path());
    assert!(before.iter().any(|one| one == id), "{id} is not found: {before:?}");
    remedy(folder);
    let after = ids(folder.path());
    assert!(!after.iter().any(|one| one == id), "{id} is still found: {after:?}");
}

fn saved(folder: &Folder, path: &str, text: impl AsRef<[u8]>) {
    folder.write(path, text).commit("save");
}

/// A small catalog in a repository that nobody shares.
fn small() -> (Keys, Folder) {
    let (keys, folder) = (Keys::new(), Folder::git());
    for name in ["ada", "bo", "cy"] {
        keys.make(name, "");
        let own = key(&keys.public(name), "");
        folder.write(&format!("people/{name}.yaml"), person(name, &[own], ""));
    }
    folder.write("teams/all.yaml", team("all", &["ada", "bo", "cy"], ""));
    folder.write(
        "services/shop.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: shop}\nspec: {owner: team:all, \
         serviceType: business, lifecycle: build, criticality: tier1}\n",
    );
    folder.write("gitsm.yaml", settings("")).commit("begin");
    (keys, folder)
}

fn settings(more: &str) -> String {
    format!("id: acme/shop\ngate: {{all: enforce}}\ngovernance: {{owners: [team:all]}}\n{more}")
}

#[test]
fn a_repository_without_settings_is_told_what_comes_first() {
    let folder = Folder::git();
    folder.write("a.txt", "a").commit("begin");
    let found = ids(folder.path());
    assert_eq!(found[..2], ["no-settings", "ledger-missing"], "{found:?}");
    saved(&folder, "gitsm.yaml", "edition: 2026\n");
    let found = ids(folder.path());
    for id in ["gate-open", "no-id", "governance-owners-missing", "no-operators", "no-writers"] {
        assert!(found.iter().any(|one| one == id), "{id}: {found:?}");
    }
    assert!(!found.iter().any(|one| one == "no-settings"), "{found:?}");
}

#[test]
fn settings_that_let_something_through_are_found() {
    let (_keys, folder) = small();
    let write = |text: String| saved(&folder, "gitsm.yaml", text);
    let right = || write(settings(""));
    write("id: acme/shop\ngovernance: {owners: [team:all]}\n".to_owned());
    found(&folder, "gate-open", |_| right());
    write(settings("").replace("{all: enforce}", "{all: enforce, schedule: report}"));
    found(&folder, "gate-reports", |_| right());
    write(settings("").replace("{all: enforce}", "{all: enforce, governance: report}"));
    found(&folder, "governance-reports", |_| right());
    write(settings("").replace("id: acme/shop\n", ""));
    found(&folder, "no-id", |_| right());
    write(settings("levels: {yaml-syntax: 'off'}\n"));
    found(&folder, "level-hides", |_| right());
    write(settings("levels: {tag-invalid: 'off'}\n"));
    found(&folder, "level-off", |_| right());
    write(settings("gates: {}\n"));
    found(&folder, "settings-broken", |_| right());
    write(settings("").replace("governance: {owners: [team:all]}\n", ""));
    found(&folder, "governance-owners-missing", |_| right());
    write(settings("").replace("[team:all]", "[team:nobody]"));
    found(&folder, "governance-owners-gone", |_| right());
    write(settings("").replace("[team:all]", "[person:ada]"));
    found(&folder, "governance-owner-alone", |_| right());
    found(&folder, "no-operators", |_| write(settings("ledger: {operators: [person:ada]}\n")));
}

#[test]
fn policies_that_bind_nobody_are_noted() {
    let (_keys, folder) = small();
    let own = policy("").replace("team:platform", "team:all");
    found(&folder, "no-change-policy", |folder| saved(folder, "policy.yaml", &own));
    let glass =
        |people: &str| format!("{own}  breakGlass: {{people: [{people}], reviewWithin: PT8H}}\n");
    found(&folder, "break-glass-empty", |folder| {
        saved(folder, "policy.yaml", glass("person:ada"));
    });
    saved(&folder, "policy.yaml", glass("person:ada, person:bo, person:cy"));
    found(&folder, "break-glass-wide", |folder| saved(folder, "policy.yaml", glass("person:bo")));
    let draft = "apiVersion: gitsm/v1alpha1\nkind: Policy\nmetadata: {name: short}\nspec:\n  owner: \
                 team:all\n  over: entity\n  validations: [{expression: 'true', message: m}]\n  \
                 lifecycle: draft\n";
    saved(&folder, "short.yaml", draft);
    found(&folder, "policy-draft", |folder| {
        saved(folder, "short.yaml", draft.replace("draft", "active"));
    });
}

#[test]
fn people_who_cannot_agree_are_found() {
    let (keys, folder) = small();
    let write = |name: &str, own: &[String], more: &str| {
        saved(&folder, &format!("people/{name}.yaml"), person(name, own, more));
    };
    let good = |name: &str| write(name, &[key(&keys.public(name), "")], "");
    let day = |days: i64| ago(-24 * days).format("%Y-%m-%d").to_string();
    write("ada", &[key(&keys.public("ada"), ", validUntil: 2021-01-01")], "");
    found(&folder, "key-lapsed", |_| good("ada"));
    let soon = format!(", validUntil: {}", day(9));
    write("ada", &[key(&keys.public("ada"), &soon)], "");
    found(&folder, "key-expiring", |_| good("ada"));
    write("ada", &[key(&keys.public("ada"), ", compromised: 2025-01-01")], "");
    found(&folder, "key-compromised", |_| good("ada"));
    write("ada", &[key(&keys.public("bo"), "")], "");
    found(&folder, "key-shared", |_| good("ada"));
    write("ada", &[], "");
    write("bo", &[], "");
    found(&folder, "key-missing", |_| good("bo"));
    write("bo", &[], "");
    write("cy", &[], "");
    found(&folder, "no-keys", |_| good("cy"));
    for name in ["ada", "bo"] {
        good(name);
    }
    let double = person("bo", &[], "").replace("bo@acme.example", "ada@acme.example");
    saved(&folder, "people/bo.yaml", double);
    found(&folder, "account-shared", |_| good("bo"));
    let write = |text: String| saved(&folder, "teams/all.yaml", text);
    write(team("all", &["ada", "bo"], ", approvers: {quorum: 3}"));
    found(&folder, "quorum-impossible", |_| write(team("all", &["ada", "bo"], "")));
    write(team("all", &["ada"], ""));
    found(&folder, "approver-alone", |_| write(team("all", &["ada", "bo"], "")));
}

#[test]
fn somebody_whom_no_person_lists_is_found_with_how_much_they_landed() {
    let (_keys, folder) = small();
    let seen = report(folder.path(), &[]);
    let all = seen["findings"].as_array().unwrap();
    let one = all.iter().find(|one| one["id"] == "unknown-accounts").unwrap();
    assert!(one["seen"].as_str().unwrap().ends_with("Ada <ada@example.com> (1)"), "{one}");
    found(&folder, "unknown-accounts", |folder| {
        let text = folder.read("people/ada.yaml");
        let more = text.replace("ada@acme.example", "'ada@acme.example, ada@example.com'");
        saved(folder, "people/ada.yaml", more);
    });
}

#[test]
fn a_ledger_that_is_not_kept_as_it_should_be_is_found() {
    let office = Office::new();
    let here = office.here.path();
    let is_found = |id: &str| ids(here).iter().any(|one| one == id);
    for id in ["ledger-missing", "ledger-not-pinned", "ledger-other", "ledger-alone", "no-writers"]
    {
        assert!(!is_found(id), "{id}");
    }
    let settings = office.here.read("gitsm.yaml");
    let pin = settings.lines().find(|line| line.contains("genesis")).unwrap().to_owned();
    office.on_main(&[("gitsm.yaml", settings.replace(&format!("{pin}\n"), ""))]);
    assert!(is_found("ledger-not-pinned"));
    let other = format!("  genesis: sha256:{}", "0".repeat(64));
    office.on_main(&[("gitsm.yaml", settings.replace(&pin, &other))]);
    assert!(is_found("ledger-other"));
    office.on_main(&[("gitsm.yaml", settings.clone())]);
    assert!(!is_found("ledger-other") && !is_found("ledger-not-pinned"));
}

#[test]
fn a_ledger_that_the_remote_lost_is_found_when_it_is_asked() {
    let office = Office::new();
    let here = office.here.path();
    let is_found = || ids_of(&report(here, &["--remote"])).iter().any(|id| id == "ledger-remote");
    assert!(!is_found());
    let tip = office.here.run_git(&["rev-parse", "refs/heads/gitsm/ledger"]);
    office.here.run_git(&["push", "--quiet", "origin", ":refs/heads/gitsm/ledger"]);
    assert!(is_found());
    let back = format!("{}:refs/heads/gitsm/ledger", tip.trim());
    office.here.run_git(&["push", "--quiet", "origin", &back]);
    assert!(!is_found());
    office.here.run_git(&["remote", "set-url", "origin", "/nowhere/at/all"]);
    let ids = ids_of(&report(here, &["--remote"]));
    assert!(ids.iter().any(|id| id == "remote-silent"), "{ids:?}");
}

#[test]
fn a_clone_that_lacks_something_is_found() {
    let (_keys, folder) = small();
    folder.commit("more").commit("and more");
    let clone = Folder::new();
    let from = format!("file://{}", folder.path().display());
    clone.run_git(&["clone", "--quiet", "--depth", "1", &from, "."]);
    found(&clone, "clone-shallow", |clone| {
        clone.run_git(&["fetch", "--quiet", "--unshallow"]);
    });
    clone.run_git(&["remote", "set-head", "origin", "--delete"]);
    found(&clone, "default-branch-guessed", |clone| {
        clone.run_git(&["remote", "set-head", "origin", "--auto"]);
    });
}

#[test]
#[cfg(unix)]
fn a_server_that_lets_everything_in_is_found() {
    use std::os::unix::fs::PermissionsExt;
    let (_keys, folder) = small();
    let server = Folder::new();
    let from = folder.path().to_str().unwrap();
    let made = git(server.path()).args(["clone", "--quiet", "--bare", from, "."]).status();
    assert!(made.unwrap().success());
    let switch = |name: &'static str, value: &'static str| {
        move |server: &Folder| drop(server.run_git(&["config", name, value]))
    };
    found(&server, "server-rewind", switch("receive.denyNonFastForwards", "true"));
    found(&server, "server-delete", switch("receive.denyDeletes", "true"));
    found(&server, "push-options-off", switch("receive.advertisePushOptions", "true"));
    found(&server, "push-unattributed", switch("receive.certNonceSeed", "a-seed"));
    found(&server, "server-without-key", switch("gitsm.key", "/etc/gitsm/key"));
    let hook = server.path().join("hooks/pre-receive");
    let mode = |mode| std::fs::set_permissions(&hook, PermissionsExt::from_mode(mode)).unwrap();
    found(&server, "hook-missing", |server| {
        server.write("hooks/pre-receive", "#!/bin/sh\n# gitsm hook pre-receive\nexit 0\n");
    });
    mode(0o644);
    found(&server, "hook-not-executable", |_| mode(0o755));
    found(&server, "hook-foreign", |server| {
        server.write("hooks/pre-receive", "#!/bin/sh\nexec gitsm hook pre-receive\n");
    });
    found(&server, "hook-records-nothing", |server| {
        let file = server.path().join("hooks/post-receive");
        server.write("hooks/post-receive", "#!/bin/sh\nexec gitsm hook post-receive\n");
        std::fs::set_permissions(file, PermissionsExt::from_mode(0o755)).unwrap();
    });
    // What is a clone's business is not told of a server.
    let ids = ids(server.path());
    assert!(!ids.iter().any(|id| id.starts_with("check-") || id == "ledger-alone"), "{ids:?}");
}

#[test]
fn pipelines_that_ask_nobody_are_found() {
    let (_keys, folder) = small();
    let path = ".github/workflows/ci.yml";
    let good = "on: pull_request\njobs:\n  gate:\n    steps:\n      - uses: actions/checkout@v5\n        \
                with: {fetch-depth: 0}\n      - run: gitsm gate\n";
    let ids_now = || ids(folder.path());
    assert!(!ids_now().iter().any(|id| id.starts_with("check-")), "there is no forge");
    saved(&folder, path, good.replace("gitsm gate", "make test"));
    found(&folder, "pipeline-without-gate", |folder| saved(folder, path, good));
    saved(&folder, path, good.replace("fetch-depth: 0", "fetch-depth: 1"));
    found(&folder, "pipeline-shallow", |folder| saved(folder, path, good));
    saved(&folder, path, good.replace("gitsm gate", "gitsm gate || true"));
    found(&folder, "pipeline-tolerant", |folder| saved(folder, path, good));
    let head = "{fetch-depth: 0, ref: '${{ github.event.pull_request.head.sha }}'}";
    let text = good.replace("pull_request\n", "pull_request_target\n");
    saved(&folder, path, text.replace("{fetch-depth: 0}", head));
    found(&folder, "pipeline-privileged", |folder| saved(folder, path, good));
    found(&folder, "codeowners-missing", |folder| {
        saved(folder, ".github/CODEOWNERS", "* @acme/all\n");
    });
    let report = report(folder.path(), &[]);
    let all = report["findings"].as_array().unwrap();
    let by_hand: Vec<&Value> = all.iter().filter(|one| one["byHand"] == true).collect();
    assert_eq!(by_hand.len(), 4, "what only the forge knows is for somebody to look at");
    assert!(by_hand.iter().all(|one| one["severity"] == "note"));
}

#[test]
fn nothing_is_written_and_no_branch_is_made_up() {
    let folder = Folder::git();
    assert_eq!(run(folder.path(), &["doctor"]).code, 3, "there is no commit yet");
    assert_eq!(run(Folder::new().path(), &["doctor"]).code, 2, "there is no repository");
    let (_keys, folder) = small();
    let state = || {
        let refs = folder.run_git(&["for-each-ref"]);
        refs + &folder.run_git(&["status", "--porcelain"])
    };
    let before = state();
    let run = run(folder.path(), &["doctor", "-o", "markdown"]);
    assert!(run.stdout.starts_with("## gitsm doctor: main "), "{run:?}");
    assert_eq!(state(), before);
}

#[test]
fn it_reads_well() {
    let (_keys, folder) = small();
    saved(&folder, ".github/workflows/ci.yml", "on: push\njobs: {a: {steps: [{run: make}]}}\n");
    let run = run(folder.path(), &["doctor"]);
    let commit = folder.run_git(&["rev-parse", "--short=8", "HEAD"]);
    insta::assert_snapshot!("doctor", run.stdout.replace(commit.trim(), "COMMIT"));
}
