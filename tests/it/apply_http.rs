//! Plans carried out over a REST API that is slow, busy, cut off, or silent; and runs that are killed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Folder, Run, git};
use crate::web::{self, PASSWORD, Server, Trouble};

/// The settings of the store, with pages of so many.
fn settings(server: &Server, page: usize) -> Value {
    let mut settings = web::settings(&server.url());
    for kind in ["host", "note"] {
        settings["kinds"][kind]["list"]["page"]["offset"]["size"]["of"] = page.into();
    }
    settings
}

fn target(settings: &Value, kind: &str, limits: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: monitoring}}\nspec:\n  owner: \
         team:ops\n  driver: http\n  settings: {settings}\n  selector: {{kinds: \
         [ConfigurationItem]}}\n  mapping:\n    {kind}:\n      name: '{{{{ entity.metadata.name }}}}'\n      \
         fields: {{title: '{{{{ entity.metadata.title }}}}', size: 4, labels: {{owner: '{{{{ \
         entity.spec.owner }}}}'}}}}\n  limits: {{{limits}}}\n"
    )
}

fn item(name: &str, more: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\nmetadata: {{name: {name}, title: A \
         machine{more}}}\nspec: {{class: compute.vm, owner: team:ops, environment: production, \
         lifecycle: {{stage: operational}}}}\n"
    )
}

const LIMITS: &str = "timeout: PT0.4S, timeToLive: PT2S, checkpoint: PT0.5S, atOnce: 8";

/// A catalog of so many items for a server, and the operator's file with its password.
fn catalog(server: &Server, items: usize, kind: &str) -> Folder {
    let folder = Folder::git();
    folder.write(".gitignore", "op.yaml\npassword\n*.json\n").write("gitsm.yaml", "id: acme/it\n");
    folder.write(
        "team.yaml",
        "apiVersion: gitsm/v1alpha1\nkind: Team\nmetadata: {name: ops}\nspec: {type: team}\n",
    );
    folder.write("target.yaml", target(&settings(server, 200), kind, LIMITS));
    folder.write("password", format!("{PASSWORD}\n"));
    folder.write("op.yaml", "targets: {monitoring: {credentials: {password: {file: password}}}}\n");
    let all: Vec<String> = (0..items).map(|number| item(&format!("vm-{number:03}"), "")).collect();
    folder.write("cis.yaml", all.join("---\n"));
    folder.commit("the catalog");
    folder
}

pub(crate) fn gitsm(folder: &Folder, arguments: &[&str]) -> Run {
    let mut all = arguments.to_vec();
    all.extend(["--operator", "op.yaml"]);
    folder.gitsm(&all)
}

pub(crate) fn apply(folder: &Folder) -> Run {
    gitsm(folder, &["apply", "--auto-approve"])
}

fn ok(run: Run) -> String {
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout
}

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let run = gitsm(folder, arguments);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// Everything is there that the catalog wants, and nothing else.
fn is_as_planned(folder: &Folder, server: &Server, items: usize) {
    let objects = server.objects("host");
    assert_eq!(objects.len(), items);
    for object in objects.values() {
        let wanted = json!({"title": "A machine", "size": 4, "labels": {"owner": "team:ops"}});
        assert_eq!(object["fields"], wanted);
    }
    assert_eq!(gitsm(folder, &["plan", "--at", "HEAD", "--exit-code"]).code, 0);
}

#[test]
fn a_rest_api_follows_the_catalog() {
    let server = Server::start();
    let folder = catalog(&server, 7, "host");
    ok(apply(&folder));
    is_as_planned(&folder, &server, 7);
    // By hand.
    let mut object = server.take("host", "vm-003").unwrap();
    object["fields"]["title"] = "mine".into();
    server.put("host", "vm-003", object);
    server.put("host", "other", json!({"fields": {"title": "theirs"}, "mark": null}));
    let drift = json(&folder, &["drift", "-o", "json"]);
    let all = drift["targets"][0]["drift"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{drift}");
    assert_eq!(
        (&all[0]["id"]["name"], &all[0]["fields"][0]["name"]),
        (&"vm-003".into(), &"title".into())
    );
    ok(gitsm(&folder, &["apply", "--auto-approve", "--allow", "drift"]));
    assert_eq!(server.objects("host")["vm-003"]["fields"]["title"], "A machine");
    // One goes, one gets another name.
    let kept = (0..5).map(|number| item(&format!("vm-{number:03}"), ""));
    let named = item("web", ", formerly: [ci:vm-005]");
    folder.write("cis.yaml", kept.chain([named]).collect::<Vec<_>>().join("---\n")).commit("edit");
    let before = server.counts();
    ok(apply(&folder));
    let after = server.counts();
    assert_eq!(after.done("PUT") - before.done("PUT"), 0, "a rename creates nothing");
    assert_eq!(after.done("DELETE") - before.done("DELETE"), 1);
    let left: Vec<String> = server.objects("host").into_keys().collect();
    assert_eq!(left, ["other", "vm-000", "vm-001", "vm-002", "vm-003", "vm-004", "vm-005"]);
    assert_eq!(gitsm(&folder, &["plan", "--exit-code"]).code, 0);
}

#[test]
fn whatever_a_server_answers_nothing_is_lost_and_nothing_is_done_twice() {
    let done = || Trouble::Done(500, "{\"error\": \"it broke\"}".to_owned());
    let broken = || Trouble::Answer(500, &[], "{\"error\": \"it broke\"}".to_owned());
    let all = [
        ("429", Trouble::busy("1")),
        ("500, not done", broken()),
        ("500, done", done()),
        ("cut before", Trouble::CutBefore),
        ("cut after", Trouble::CutAfter),
        ("cut within", Trouble::CutWithin),
        ("silent before", Trouble::SilentBefore),
        ("silent after", Trouble::SilentAfter),
        ("garbage", Trouble::Garbage),
        ("endless", Trouble::Endless),
    ];
    for (name, trouble) in all {
        let server = Server::start();
        let folder = catalog(&server, 6, "host");
        server.trouble("PUT /host/vm-002", 2, trouble);
        let run = apply(&folder);
        assert_eq!(run.code, 0, "{name}: {run:?}");
        is_as_planned(&folder, &server, 6);
        let counts = server.counts();
        assert_eq!(counts.most_done(), 1, "{name}: {counts:?}");
    }
}

#[test]
fn what_a_server_refuses_is_told_and_the_next_run_goes_on() {
    let server = Server::start();
    let folder = catalog(&server, 6, "host");
    let no = Trouble::Answer(422, &[], "{\"error\": \"no such template\"}".to_owned());
    server.trouble("PUT /host/vm-002", 1, no);
    let report = json(&folder, &["apply", "--auto-approve", "-o", "json"]);
    let steps = report["targets"][0]["steps"].as_array().unwrap();
    assert_eq!(steps[2]["result"], "failed", "{report}");
    assert!(steps[2]["message"].as_str().unwrap().contains("no such template"), "{report}");
    assert_eq!(report["targets"][0]["result"], "unsuccessful");
    assert_eq!(server.objects("host").len(), 5);
    ok(apply(&folder));
    is_as_planned(&folder, &server, 6);
    assert_eq!(server.counts().most_done(), 1);
}

#[test]
fn what_has_no_name_there_is_never_made_twice() {
    let server = Server::start();
    let folder = catalog(&server, 3, "note");
    server.trouble("POST /note", 1, Trouble::CutBefore);
    let run = apply(&folder);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stdout.contains("nobody knows whether"), "{run:?}");
    // A person, or the next run, looks.
    ok(apply(&folder));
    assert_eq!(server.objects("note").len(), 3);
    let other = Server::start();
    let folder = catalog(&other, 3, "note");
    other.trouble("POST /note", 1, Trouble::CutAfter);
    apply(&folder);
    ok(apply(&folder));
    assert_eq!(other.objects("note").len(), 3);
}

#[test]
fn no_byte_that_is_written_holds_a_secret() {
    let server = Server::start();
    let folder = catalog(&server, 4, "host");
    let echo = format!("{{\"error\": \"wrong password {PASSWORD}\"}}").replace("x\\", "x");
    server.trouble("PUT /host/vm-001", 1, Trouble::Answer(422, &[], echo.clone()));
    server.trouble("PUT /host/vm-002", 9, Trouble::Answer(500, &[], echo));
    let mut written = Vec::new();
    for arguments in [
        &["plan", "--at", "HEAD", "--out", "plan.json"][..],
        &["apply", "--auto-approve"],
        &["apply", "--auto-approve", "-o", "json"],
        &["drift"],
        &["target", "check"],
    ] {
        let run = gitsm(&folder, arguments);
        written.extend(run.stdout.into_bytes());
        written.extend(run.stderr.into_bytes());
    }
    collect(folder.path(), &mut written);
    let text = String::from_utf8_lossy(&written);
    let basic = "Z2l0c206cGw0bnRlZC9zM2NyZXQr";
    for canary in [PASSWORD, "pl4nted/s3cret", basic] {
        assert!(!text.contains(canary), "{canary} is written somewhere");
    }
    assert!(text.contains("***"), "the server did repeat it");
}

/// Every byte of every file below a folder but for the secret itself.
fn collect(folder: &Path, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.file_name().is_some_and(|name| name != "password") {
            into.extend(std::fs::read(&path).unwrap());
        }
    }
}

/// Starts an apply that does not end by itself.
fn start(folder: &Folder) -> Child {
    Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", folder.path())
        .env("PATH", "/nonexistent")
        .args(["apply", "--auto-approve", "--operator", "op.yaml"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The same repository on a machine of which nothing is left.
fn elsewhere(folder: &Folder) -> Folder {
    let other = Folder::new();
    let from = folder.path().to_str().unwrap();
    let output = git(other.path()).args(["clone", "--quiet", from, "."]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    for file in ["op.yaml", "password"] {
        other.write(file, folder.read(file));
    }
    other
}

#[test]
fn a_run_that_is_killed_at_any_moment_is_taken_up_by_the_next() {
    const OBJECTS: usize = 500;
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    for round in 0..100 {
        let server = Server::start();
        let folder = catalog(&server, OBJECTS, "host");
        server.set_latency(Duration::from_millis(2));
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let mut run = start(&folder);
        std::thread::sleep(Duration::from_millis((random >> 33) % 900));
        let _ = run.kill();
        run.wait().unwrap();
        let before = server.objects("host").len();
        server.set_latency(Duration::ZERO);
        // Half of the times the disk of the runner is gone as well.
        let next = if round % 2 == 0 { folder } else { elsewhere(&folder) };
        let run = apply(&next);
        assert_eq!(run.code, 0, "round {round}, {before} there: {run:?}");
        assert_eq!(server.objects("host").len(), OBJECTS);
        assert_eq!(server.counts().most_done(), 1, "round {round}: something was done twice");
        if round % 10 == 0 {
            is_as_planned(&next, &server, OBJECTS);
        }
    }
}

#[test]
fn two_runs_in_one_clone_do_not_both_change_it() {
    let server = Server::start();
    let folder = catalog(&server, 60, "host");
    server.set_latency(Duration::from_millis(100));
    let mut first = start(&folder);
    while server.objects("host").is_empty() {
        assert_eq!(first.try_wait().unwrap(), None, "it ended before it did anything");
        std::thread::sleep(Duration::from_millis(10));
    }
    let run = apply(&folder);
    assert_eq!(run.code, 3, "{run:?}");
    let by = format!("is held by another run in this clone: process {} since 2", first.id());
    assert!(run.stderr.contains(&by), "{run:?}");
    let listed = ok(gitsm(&folder, &["target", "list"]));
    assert!(listed.contains(&format!("process {} since", first.id())), "{listed}");
    assert!(first.wait().unwrap().success());
    assert!(!ok(gitsm(&folder, &["target", "list"])).contains("process"));
    assert_eq!(server.counts().most_done(), 1);
}

#[cfg(unix)]
#[test]
fn whoever_interrupts_it_gets_the_steps_under_way_and_no_more() {
    let server = Server::start();
    let folder = catalog(&server, 200, "host");
    server.set_latency(Duration::from_millis(100));
    let mut run = start(&folder);
    while server.objects("host").is_empty() {
        assert_eq!(run.try_wait().unwrap(), None, "it ended before it did anything");
        std::thread::sleep(Duration::from_millis(10));
    }
    let id = run.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let status = run.wait().unwrap();
    assert_eq!(status.code(), Some(3));
    let there = server.objects("host").len();
    assert!(there < 200, "it went on to the end");
    assert_eq!(server.counts().asked("PUT"), there, "what was begun was ended");
    server.set_latency(Duration::ZERO);
    ok(apply(&folder));
    is_as_planned(&folder, &server, 200);
    assert_eq!(server.counts().most_done(), 1);
}
