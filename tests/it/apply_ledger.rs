//! What is applied is what was agreed to, by one at a time, and the ledger tells of each run.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::keys::has;
use crate::lives_world::{World, gitsm_at};
use crate::support::{Run, git};
use crate::web::{self, PASSWORD, Server};

pub(crate) const TARGET: &str = "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {name: notes}\nspec:\n  owner: \
    team:platform\n  driver: files\n  settings: {folder: ../out}\n  selector: {kinds: [Service]}\n  \
    mapping:\n    file:\n      name: '{{ entity.metadata.name }}.txt'\n      fields: {content: \"{{ \
    entity.spec.criticality }}\\n\"}\n  limits: {timeToLive: PT2S, checkpoint: PT0.5S}\n";

/// A company whose services are written to a folder; the target itself was agreed to.
pub(crate) fn world() -> World {
    world_with(&[("targets/notes.yaml", TARGET)])
}

/// A company with more files, which were agreed to.
pub(crate) fn world_with(files: &[(&str, &str)]) -> World {
    let world = World::new();
    world.branch("with-target");
    for (path, text) in files {
        world.write(path, text);
    }
    world.request("with-target", "  plan: {implementation: Watch it., test: Look.}\n");
    world.commit("jonas", "A target\n\nGitsm-Change: with-target");
    world.fine("jonas", &["change", "propose"]);
    for who in ["ada", "kofi", "dora"] {
        world.say(who, &["change", "approve", "with-target"]);
    }
    world.land("with-target");
    world
}

pub(crate) fn apply(world: &World, more: &[&str]) -> Run {
    let mut all = vec!["apply", "--auto-approve"];
    all.extend(more);
    world.say("ci", &all)
}

/// The types of the entries about the target, in order.
pub(crate) fn entries(world: &World) -> Vec<String> {
    let log = world.json(&["ledger", "log", "target:notes"]);
    let all = log["entries"].as_array().unwrap_or_else(|| panic!("{log:#}")).iter();
    all.rev().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_was_agreed_to_is_applied_and_recorded() {
    if !has("ssh-keygen") {
        return;
    }
    let world = world();
    let run = apply(&world, &[]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.stdout.contains("carried out: change:with-target"), "{run:#?}");
    let shown = world.show("with-target");
    assert!(["review", "closed"].contains(&shown["state"].as_str().unwrap()), "{shown:#}");
    assert_eq!(entries(&world), ["lock", "intent", "outcome", "lock"]);
    assert_eq!(world.gitsm(&["ledger", "verify"]).code, 0);
    let drift = world.json(&["drift"]);
    assert_eq!(drift["targets"][0]["appliedBy"], "pipeline:ci", "{drift:#}");
}

/// A change that makes the blog matter more, put forward by Jonas.
pub(crate) fn blog(world: &World, name: &str) {
    world.branch(name);
    world.write("services/blog.yaml", &crate::lives_world::BLOG.replace("tier4", "tier3"));
    world.commit("jonas", &format!("The blog matters\n\nIt sells.\n\nGitsm-Change: {name}"));
    world.fine("jonas", &["change", "propose"]);
}

#[test]
fn what_landed_without_what_it_needed_is_not_applied() {
    if !has("ssh-keygen") {
        return;
    }
    let world = world();
    assert_eq!(apply(&world, &[]).code, 0);
    blog(&world, "blog-tier");
    world.land("blog-tier");
    let run = apply(&world, &[]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stdout.contains("change:blog-tier landed without what it needed"), "{run:#?}");
    let out = world.path().join("../out/blog.txt");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "tier4\n");
    // The target is free again, and nothing says that anything was intended.
    assert_eq!(entries(&world)[4..], ["lock", "lock"]);
}

#[test]
fn a_landing_that_nobody_recorded_is_not_applied() {
    if !has("ssh-keygen") {
        return;
    }
    let world = world();
    assert_eq!(apply(&world, &[]).code, 0);
    world.git(&["switch", "--quiet", "main"]);
    world.write("services/blog.yaml", &crate::lives_world::BLOG.replace("tier4", "tier3"));
    world.commit("jonas", "Straight to main");
    world.git(&["push", "--quiet"]);
    let run = apply(&world, &[]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stdout.contains("no entry says which change it is"), "{run:#?}");
}

#[test]
fn who_may_not_record_it_may_not_apply_it() {
    if !has("ssh-keygen") {
        return;
    }
    let world = world();
    let run = world.say("jonas", &["apply", "--auto-approve"]);
    assert_eq!(run.code, 2, "{run:#?}");
    assert!(run.stderr.contains("may not write `lock` entries"), "{run:#?}");
    assert!(!world.path().join("../out").exists());
}

/// Writes that somebody holds the target, for so many seconds.
fn hold(world: &World, seconds: i64) -> String {
    use gitsm::flow::Place;
    use gitsm::flow::change::desk::Desk;
    use gitsm::flow::change::writer::As;
    use gitsm::flow::ledger::Around;
    use gitsm::ledger::{Event, new_id};

    let place = Place { current: world.path(), ..Place::default() };
    let around = Around { path: std::env::var("PATH").ok(), ..Around::default() };
    let desk = Desk::open(&place, &around).unwrap();
    let who = As { who: Some("pipeline:ci".into()), key: Some(world.key("ci")), unsigned: false };
    let writer = desk.writer(&who).unwrap();
    let now = desk.book.now;
    let until = now + chrono::TimeDelta::seconds(seconds);
    let holder = new_id(now.timestamp());
    let until = until.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let event = Event::Lock { holder: holder.clone(), until };
    desk.record(&writer, vec![("target:default/notes".into(), event)]).unwrap();
    holder
}

#[test]
fn a_target_that_somebody_holds_is_left_alone_until_that_is_over() {
    if !has("ssh-keygen") {
        return;
    }
    let world = world();
    let holder = hold(&world, 600);
    let run = apply(&world, &[]);
    assert_eq!(run.code, 3, "{run:#?}");
    let said = "target:notes is held by pipeline:ci since";
    assert!(run.stderr.contains(said) && run.stderr.contains(&holder), "{run:#?}");
    let wrong = world.say("kofi", &["target", "unlock", "notes", "01JCZ8Q4M7Z5V0T3N2R1K9W8XY"]);
    assert_eq!(wrong.code, 3, "{wrong:#?}");
    world.fine("kofi", &["target", "unlock", "notes", &holder]);
    assert_eq!(apply(&world, &[]).code, 0);
    // A dead holder is over by itself.
    hold(&world, 5);
    assert_eq!(apply(&world, &[]).code, 3);
    std::thread::sleep(Duration::from_millis(6_100));
    let run = apply(&world, &[]);
    assert_eq!(run.code, 0, "{run:#?}");
}

/// The same with so many objects at a server that is slow and with more files, and the operator's file
/// beside it.
pub(crate) fn world_at(server: &Server, items: usize, more: &[(&str, &str)]) -> World {
    let mut settings = web::settings(&server.url());
    settings["kinds"]["host"]["list"]["page"]["offset"]["size"]["of"] = 200.into();
    let target = format!(
        "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {{name: notes}}\nspec:\n  owner: \
         team:platform\n  driver: http\n  settings: {settings}\n  selector: {{kinds: \
         [ConfigurationItem]}}\n  mapping:\n    host:\n      name: '{{{{ entity.metadata.name }}}}'\n      \
         fields: {{size: 4}}\n  limits: {{timeToLive: PT2S, checkpoint: PT0.5S, atOnce: 4}}\n"
    );
    let item = |number: usize| {
        format!(
            "apiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\nmetadata: {{name: vm-{number:03}, \
             title: A machine}}\nspec: {{class: compute.vm, owner: team:platform, environment: test, \
             lifecycle: {{stage: operational}}}}\n"
        )
    };
    let items: Vec<String> = (0..items).map(item).collect();
    let ignored = "op.yaml\npassword\n";
    let items = items.join("---\n");
    let own: [(&str, &str); 3] =
        [("targets/notes.yaml", &target), ("cis.yaml", &items), (".gitignore", ignored)];
    let world = world_with(&[&own, more].concat());
    operator(&world.path());
    world
}

fn operator(folder: &Path) {
    std::fs::write(folder.join("password"), PASSWORD).unwrap();
    let text = "targets: {notes: {credentials: {password: {file: password}}}}\n";
    std::fs::write(folder.join("op.yaml"), text).unwrap();
}

/// Starts an apply in a clone.
pub(crate) fn start(world: &World, folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", std::env::var("PATH").unwrap())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args(["apply", "--auto-approve", "--operator", "op.yaml", "--as", "pipeline:ci", "--key"])
        .arg(world.key("ci"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Another clone of the same repository.
fn clone(world: &World) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let there = world.there();
    let arguments = ["clone", "--quiet", there.to_str().unwrap(), "."];
    let output = git(dir.path()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    operator(dir.path());
    dir
}

pub(crate) fn ended(run: Child) -> (i32, String) {
    let output = run.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn of_two_that_apply_at_once_one_wins_and_the_other_says_who() {
    if !has("ssh-keygen") {
        return;
    }
    let server = Server::start();
    let world = world_at(&server, 40, &[]);
    let other = clone(&world);
    server.set_latency(Duration::from_millis(300));
    let mut runs = [start(&world, &world.path()), start(&world, other.path())];
    while server.objects("host").is_empty() {
        let over = runs.iter_mut().all(|run| run.try_wait().unwrap().is_some());
        assert!(!over, "both ended before either did anything");
        std::thread::sleep(Duration::from_millis(10));
    }
    // Who comes later learns for which change as well.
    let (code, late) = ended(start(&world, other.path()));
    assert_eq!(code, 3, "{late}");
    assert!(late.contains("UTC for change:with-target: until"), "{late}");
    let [first, second] = runs.map(ended);
    let (winner, loser) = if first.0 == 0 { (first, second) } else { (second, first) };
    assert_eq!((winner.0, loser.0), (0, 3), "{winner:#?} {loser:#?}");
    assert!(loser.1.contains("target:notes is held by pipeline:ci since"), "{loser:#?}");
    assert_eq!(server.objects("host").len(), 40);
    assert_eq!(server.counts().most_done(), 1);
}

#[test]
fn a_target_stays_held_however_long_it_takes_to_plan() {
    if !has("ssh-keygen") {
        return;
    }
    let server = Server::start();
    let world = world_at(&server, 8, &[]);
    for number in 0..20 {
        let theirs = serde_json::json!({"fields": {"size": 1}, "mark": null});
        server.put("host", &format!("theirs-{number}"), theirs);
    }
    // Twenty pages, each within the time that an answer may take, and all of them three times as long as
    // a sign of life keeps the target.
    server.set_largest_page(1);
    server.set_latency(Duration::from_millis(300));
    let other = clone(&world);
    let mut first = start(&world, &world.path());
    while server.counts().asked("GET /host") < 14 {
        assert_eq!(first.try_wait().unwrap(), None, "it ended before it had read all");
        std::thread::sleep(Duration::from_millis(10));
    }
    let (code, late) = ended(start(&world, other.path()));
    assert_eq!(code, 3, "{late}");
    assert!(late.contains("target:notes is held by pipeline:ci since"), "{late}");
    let (code, said) = ended(first);
    assert_eq!(code, 0, "{said}");
    assert_eq!(server.counts().most_done(), 1);
    world.gitsm(&["ledger", "sync"]);
    let intents = entries(&world).iter().filter(|one| *one == "intent").count();
    assert_eq!(intents, 1);
}

#[test]
fn the_ledger_tells_the_truth_of_runs_that_are_killed() {
    if !has("ssh-keygen") {
        return;
    }
    let server = Server::start();
    let world = world_at(&server, 60, &[]);
    server.set_latency(Duration::from_millis(150));
    for done in [1, 20, 40] {
        let mut run = start(&world, &world.path());
        while server.objects("host").len() < done {
            assert_eq!(run.try_wait().unwrap(), None, "it ended before it was killed");
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = run.kill();
        run.wait().unwrap();
        // Whoever was killed is over after its time to live.
        std::thread::sleep(Duration::from_millis(3_100));
    }
    server.set_latency(Duration::ZERO);
    // The disk of the runner is gone as well.
    let other = clone(&world);
    let (code, said) = ended(start(&world, other.path()));
    assert_eq!(code, 0, "{said}");
    assert_eq!(server.objects("host").len(), 60);
    assert_eq!(server.counts().most_done(), 1);
    let run = gitsm_at(other.path(), &["ledger", "log", "target:notes", "-o", "json"]);
    let log: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:#?}"));
    let of = |kind: &str| -> Vec<Value> {
        let all = log["entries"].as_array().unwrap().iter();
        all.rev().filter(|one| one["type"] == kind).cloned().collect()
    };
    let (intents, outcomes) = (of("intent"), of("outcome"));
    assert_eq!(intents.len(), outcomes.len(), "each run has an end: {log:#}");
    assert_eq!(intents.len(), 4, "{log:#}");
    let results: Vec<&str> =
        outcomes.iter().map(|one| one["statement"]["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["unsuccessful", "unsuccessful", "unsuccessful", "successful_issues"]);
    let run = gitsm_at(other.path(), &["ledger", "verify"]);
    assert_eq!(run.code, 0, "{run:#?}");
}

#[test]
fn drift_that_is_recorded_is_an_unauthorised_change_until_somebody_looks_back() {
    if !has("ssh-keygen") {
        return;
    }
    let world = world();
    assert_eq!(apply(&world, &[]).code, 0);
    std::fs::write(world.path().join("../out/blog.txt"), "mine\n").unwrap();
    let run = world.say("ci", &["drift", "--record"]);
    assert_eq!(run.code, 1, "{run:#?}");
    let name = run.stderr.lines().find_map(|line| line.strip_prefix("change:")).unwrap();
    let name = name.split(',').next().unwrap().to_owned();
    assert!(name.starts_with("drift-notes-"), "{run:#?}");
    let shown = world.show(&name);
    assert_eq!(
        (&shown["state"], &shown["life"]),
        (&"authorize".into(), &"unauthorized".into()),
        "{shown:#}"
    );
    // Once is enough.
    let again = world.say("ci", &["drift", "--record"]);
    assert!(again.stderr.contains("recorded before"), "{again:#?}");
    assert_eq!(world.say("ci", &["apply", "--auto-approve", "--allow", "drift"]).code, 0);
    world.fine("kofi", &["change", "complete", &name]);
    world.fine("ada", &["change", "complete", &name, "--review"]);
    assert_eq!(world.show(&name)["state"], "closed");
    let notes = world.git(&["grep", "-h", "differs in content", "gitsm/records"]);
    assert!(!notes.contains("mine"), "{notes}");
}

/// Kills applies of 500 objects at random moments, and lets the next run take each up; half of the times
/// on a machine of which nothing is left. Gives how many were killed after they had said what they intend.
fn killed_and_taken_up(rounds: u64, seed: u64) -> usize {
    const OBJECTS: usize = 500;
    let server = Server::start();
    let world = world_at(&server, OBJECTS, &[]);
    let mut random = seed;
    let log = || -> Vec<Value> {
        let log = world.json(&["ledger", "log", "target:notes"]);
        log["entries"].as_array().unwrap().iter().rev().cloned().collect()
    };
    let of = |log: &[Value], kind: &str| log.iter().filter(|one| one["type"] == kind).count();
    let mut cut = 0;
    for round in 0..rounds {
        for name in server.objects("host").into_keys() {
            server.take("host", &name);
        }
        world.git(&["fetch", "--quiet"]);
        world.gitsm(&["ledger", "sync"]);
        let (before, done) = (of(&log(), "intent"), server.counts().done("PUT"));
        server.set_latency(Duration::from_millis(5));
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let mut run = start(&world, &world.path());
        std::thread::sleep(Duration::from_millis((random >> 33) % 3_000));
        let _ = run.kill();
        run.wait().unwrap();
        world.gitsm(&["ledger", "sync"]);
        cut += of(&log(), "intent") - before;
        std::thread::sleep(Duration::from_millis(3_100));
        server.set_latency(Duration::ZERO);
        let gone = clone(&world);
        let folder = if round % 2 == 0 { gone.path().to_owned() } else { world.path() };
        // On a busy machine a run may be silent for longer than the two seconds that keep the target.
        let is_late =
            |said: &str| said.contains("silent for too long") || said.contains("not begun");
        let (mut code, mut said) = ended(start(&world, &folder));
        for _ in 0..2 {
            if code == 3 && is_late(&said) {
                (code, said) = ended(start(&world, &folder));
            }
        }
        assert_eq!(code, 0, "round {round}: {said}");
        assert_eq!(server.objects("host").len(), OBJECTS);
        assert_eq!(
            server.counts().done("PUT") - done,
            OBJECTS,
            "round {round}: one was made twice"
        );
    }
    world.gitsm(&["ledger", "sync"]);
    let log = log();
    assert_eq!(of(&log, "intent"), of(&log, "outcome"), "each run has an end");
    assert_eq!(world.gitsm(&["ledger", "verify"]).code, 0);
    cut
}

#[test]
fn a_killed_run_of_many_objects_is_taken_up_and_told() {
    if has("ssh-keygen") {
        killed_and_taken_up(3, 0x9e37_79b9_7f4a_7c15);
    }
}

#[test]
#[ignore = "a hundred kills take some minutes; those without a ledger are always tried"]
fn a_hundred_killed_runs_are_taken_up_and_told() {
    let threads = [1_u64, 2, 3, 4].map(|seed| {
        std::thread::spawn(move || {
            killed_and_taken_up(25, seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        })
    });
    let cut: usize = threads.into_iter().map(|one| one.join().unwrap()).sum();
    assert!(cut > 20, "only {cut} were killed after they had begun");
}

#[test]
fn what_is_frozen_is_not_applied() {
    if !has("ssh-keygen") {
        return;
    }
    let freeze = "apiVersion: gitsm/v1alpha1\nkind: Calendar\nmetadata: {name: quiet}\nspec:\n  owner: \
        team:platform\n  type: freeze\n  timezone: UTC\n  events:\n    - \
        {summary: Quiet, start: \"2026-01-01T00:00:00\", duration: P9000D}\n";
    let world = world_with(&[("targets/notes.yaml", TARGET), ("calendars/quiet.yaml", freeze)]);
    world.branch("blog-tier");
    world.write("services/blog.yaml", &crate::lives_world::BLOG.replace("tier4", "tier3"));
    world.commit("jonas", "The blog matters\n\nIt sells.\n\nGitsm-Change: blog-tier");
    world.fine("jonas", &["change", "propose"]);
    world.fine("kofi", &["change", "approve", "blog-tier"]);
    world.land("blog-tier");
    let run = apply(&world, &[]);
    assert_eq!(run.code, 1, "{run:#?}");
    assert!(run.stdout.contains("it may not happen now"), "{run:#?}");
    assert!(run.stdout.contains("frozen by calendar:quiet"), "{run:#?}");
    assert!(!world.path().join("../out").exists());
}

#[test]
fn a_change_that_meets_somebody_elses_is_carried_out_only_when_it_is() {
    if !has("ssh-keygen") {
        return;
    }
    let world = world();
    assert_eq!(apply(&world, &[]).code, 0);
    std::fs::write(world.path().join("../out/blog.txt"), "by hand\n").unwrap();
    world.branch("blog-tier");
    world.write("services/blog.yaml", &crate::lives_world::BLOG.replace("tier4", "tier3"));
    world.request("blog-tier", "  plan: {implementation: Watch it., test: Look.}\n");
    world.commit("jonas", "The blog matters\n\nIt sells.\n\nGitsm-Change: blog-tier");
    world.fine("jonas", &["change", "propose"]);
    for who in ["kofi", "ada", "mira", "dora"] {
        world.say(who, &["change", "approve", "blog-tier"]);
    }
    world.land("blog-tier");
    for _ in 0..2 {
        let run = apply(&world, &[]);
        assert_eq!(run.code, 1, "{run:#?}");
        assert!(run.stdout.contains("1 left: changed there by somebody else"), "{run:#?}");
        assert!(!run.stdout.contains("carried out"), "{run:#?}");
        let state = world.show("blog-tier")["state"].as_str().unwrap().to_owned();
        assert!(!["review", "closed"].contains(&state.as_str()), "{state}");
    }
    let run = apply(&world, &["--allow", "drift"]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.stdout.contains("carried out: change:blog-tier"), "{run:#?}");
    let state = world.show("blog-tier")["state"].as_str().unwrap().to_owned();
    assert!(["review", "closed"].contains(&state.as_str()), "{state}");
}
