//! Requests that are begun and archived, lists, and the texts that people say: where they stand, and
//! where nothing of them may be found.

use std::fs;
use std::process::Command;

use crate::keys::{has, run};
use crate::lives_world::{BLOG, World, gitsm_at};
use crate::support::{Folder, git};

const SECRET: &str = "Because Fridays hurt, says Zebulon.";

fn blog(world: &World, name: &str) {
    world.branch(name);
    world.write("README.md", &format!("The shop, {name}.\n"));
    world.commit("jonas", &format!("Say more\n\nGitsm-Change: {name}"));
}

#[test]
fn a_request_is_begun_with_what_is_known() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    let new = |arguments: &[&str]| {
        let mut all = vec!["change", "new"];
        all.extend(arguments);
        world.gitsm(&all)
    };
    let run = new(&[]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("nothing changes against"), "{run:?}");
    world.branch("feature/Bigger_DB");
    world.size(8);
    world.commit("jonas", "A larger database\n\nIt is full on Fridays.");
    for name in ["-x", "pr-12", "a b", "../x", "x.", ""] {
        let run = new(&["--no-edit", "--", name]);
        assert_eq!(run.code, 2, "{name}: {run:?}");
        assert!(run.stderr.contains("cannot be the name of a change"), "{name}: {run:?}");
    }
    world.git(&["switch", "--quiet", "--detach"]);
    let run = new(&["--no-edit"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("gitsm change new NAME"), "{run:?}");
    world.git(&["switch", "--quiet", "feature/Bigger_DB"]);
    // No terminal, no editor: what is known is enough.
    let run = new(&[]);
    assert_eq!(run.code, 0, "{run:?}");
    let text = fs::read_to_string(world.path().join("changes/bigger-db.yaml")).unwrap();
    for part in ["name: bigger-db", "A larger database", "It is full on Fridays.", "team:payments"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(world.gitsm(&["validate"]).code, 0, "{text}");
    let run = new(&["--no-edit"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("has a request already: change:bigger-db"), "{run:?}");

    world.git(&["stash", "--quiet", "--include-untracked"]);
    world.branch("silent");
    world.size(9);
    world.commit("jonas", "A larger database");
    let run = new(&[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    assert!(run.stderr.contains("nobody says why"), "{run:?}");
    let run = new(&["twice", "--reason", "It is full.", "--title", "More: room", "--no-edit"]);
    assert_eq!(run.code, 0, "{run:?}");
    let text = fs::read_to_string(world.path().join("changes/twice.yaml")).unwrap();
    assert!(text.contains("More: room") && text.contains("It is full."), "{text}");
    assert_eq!(world.gitsm(&["validate"]).code, 0, "{text}");

    // A standard change is begun with its model.
    fs::remove_file(world.path().join("changes/twice.yaml")).unwrap();
    world.branch("title");
    world.write("services/blog.yaml", &BLOG.replace("title: Blog", "title: News"));
    world.commit("jonas", "Call it News\n\nPeople look for it.");
    let run = new(&[]);
    assert_eq!(run.code, 0, "{run:?}");
    let text = fs::read_to_string(world.path().join("changes/title.yaml")).unwrap();
    assert!(text.contains("changemodel:blog-title"), "{text}");
}

#[test]
fn texts_stand_in_records_and_nothing_of_them_in_the_ledger() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    blog(&world, "more");
    // Files that nobody committed stay as well.
    world.write("README.md", "In the middle of something.\n");
    world.write("new.txt", "new\n");
    world.git(&["add", "new.txt"]);
    world.fine("jonas", &["change", "propose"]);
    world.fine("ada", &["change", "approve", "more", "--reason", SECRET]);
    world.fine("mira", &["change", "reject", "more", "--reason", SECRET]);
    world.fine("mira", &["change", "revoke", "more", "--reason", SECRET]);
    world.fine("olga", &["change", "break-glass", "more", "--reason", SECRET]);
    world.fine("jonas", &["change", "cancel", "more", "--reason", SECRET]);
    world.fine("ada", &["change", "delegate", "person:mira", "--until", "2099-12-31"]);
    for arguments in [&["show", "more"][..], &["show"], &["list"], &["list", "--state", "new"]] {
        let mut all = vec!["change"];
        all.extend(arguments);
        assert_eq!(world.gitsm(&all).code, 0);
    }
    world.git(&["checkout", "--quiet", "-f"]);
    world.git(&["rm", "--quiet", "--cached", "-f", "--ignore-unmatch", "new.txt"]);
    fs::remove_file(world.path().join("new.txt")).unwrap_or_default();
    let texts = |world: &World| -> Vec<String> {
        let shown = world.show("more");
        let all = shown["happened"].as_array().unwrap().iter();
        assert!(all.clone().all(|one| one["counts"] == true), "{shown:#}");
        all.filter_map(|one| one["text"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(texts(&world), vec![SECRET; 5]);
    // Neither blobs, nor commits, nor file names of the ledger know people's words or addresses.
    let objects = world.git(&["rev-list", "--objects", "gitsm/ledger"]);
    assert!(objects.lines().count() > 20, "{objects}");
    for line in objects.lines() {
        let id = line.split(' ').next().unwrap();
        let bytes = world.git_bytes(&["cat-file", "-p", id]);
        let text = format!("{line}\n{}", String::from_utf8_lossy(&bytes));
        for word in ["acme.example", "example.com", "Zebulon", "Fridays"] {
            assert!(!text.contains(word), "{word} in {id}: {text}");
        }
    }
    let there = world.there();
    let mut command = git(&there);
    let shared = run(command.args(["grep", "-c", "Zebulon", "gitsm/records"]));
    assert_eq!(shared.lines().count(), 5, "{shared}");

    // Whoever alters a text has not said it; whoever erases it leaves the entry as it was.
    let copy = world.copy();
    let with = |change: &dyn Fn(&str)| {
        copy.git(&["switch", "--quiet", "gitsm/records"]);
        let files = copy.git(&["grep", "-l", "Zebulon"]);
        change(files.lines().next().unwrap());
        copy.commit("kofi", "By hand");
        copy.git(&["push", "--quiet", "origin", "gitsm/records"]);
        copy.git(&["switch", "--quiet", "more"]);
    };
    with(&|file| {
        let text = fs::read_to_string(copy.path().join(file)).unwrap();
        copy.write(file, &text.replace("Zebulon", "Ada"));
    });
    assert_eq!(texts(&copy), vec![SECRET; 4]);
    assert!(!copy.gitsm(&["change", "show", "more"]).stdout.contains("says Ada"));
    with(&|file| fs::remove_file(copy.path().join(file)).unwrap());
    assert_eq!(texts(&copy), vec![SECRET; 3]);
    assert_eq!(copy.gitsm(&["ledger", "verify"]).code, 0);
}

#[test]
fn changes_are_listed_by_state_and_archived_when_they_are_over() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    world.branch("done");
    world.write("README.md", "The shop, done.\n");
    world.request("done", "");
    world.commit("jonas", "Say more");
    world.fine("jonas", &["change", "propose"]);
    world.fine("kofi", &["change", "approve", "done"]);
    world.land("done");
    world.fine("kofi", &["change", "complete", "done"]);
    blog(&world, "open");
    world.fine("jonas", &["change", "propose"]);
    blog(&world, "not-said");
    let list = |states: &[&str]| -> Vec<String> {
        let mut all = vec!["change", "list"];
        all.extend(states.iter().flat_map(|state| ["--state", state]));
        let listed = world.json(&all);
        let rows = listed["changes"].as_array().unwrap().iter();
        let told = |row: &serde_json::Value| {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            format!("{} {}", text("change"), text("state"))
        };
        rows.map(told).collect()
    };
    let here = "change:default/not-said new".to_owned();
    let open = "change:default/open authorize".to_owned();
    let done = "change:default/done closed".to_owned();
    let all = list(&[]);
    assert_eq!(all, [here.clone(), open.clone(), done.clone()], "the ledger's own landing is none");
    assert_eq!(list(&["closed"]), [done]);
    assert_eq!(list(&["authorize", "new"]), [here, open]);
    assert_eq!(world.gitsm(&["change", "list", "--state", "old"]).code, 2);

    world.git(&["switch", "--quiet", "main"]);
    let run = world.gitsm(&["change", "archive"]);
    assert_eq!(run.stdout, "no request has been over for so long\n");
    let run = world.gitsm(&["change", "archive", "--older-than", "0", "--dry-run"]);
    assert_eq!(run.stdout, "change:done  changes/done.yaml\n", "{run:?}");
    let kept = fs::read(world.path().join("changes/done.yaml")).unwrap();
    let run = world.gitsm(&["change", "archive", "--older-than", "0"]);
    assert!(run.stdout.contains("removed 1 file;"), "{run:?}");
    assert_eq!(world.git(&["status", "--porcelain"]), " D changes/done.yaml\n");
    let files = world.git(&["ls-tree", "-r", "--name-only", "gitsm/records"]);
    let file = files.lines().find(|file| file.starts_with("archive/")).unwrap();
    assert_eq!(world.git_bytes(&["show", &format!("gitsm/records:{file}")]), kept);
    assert_eq!(world.show("done")["state"], "closed");
}

#[test]
fn changes_are_shown_without_a_ledger_and_without_settings() {
    let folder = Folder::git();
    folder.write("services/blog.yaml", BLOG);
    folder.commit("The catalog");
    folder.run_git(&["switch", "--quiet", "-c", "smaller"]);
    folder.write("services/blog.yaml", BLOG.replace("title: Blog", "title: News"));
    folder.commit("Call it News\n\nGitsm-Change: smaller");
    for settings in [false, true] {
        if settings {
            folder.write("gitsm.yaml", "id: acme/it\n");
            folder.commit("Settings");
        }
        let shown = gitsm_at(folder.path(), &["change", "show"]);
        assert_eq!(shown.code, 0, "{shown:?}");
        assert!(shown.stdout.contains("There is no ledger"), "{shown:?}");
        let named = gitsm_at(folder.path(), &["change", "show", "smaller"]);
        assert_eq!(named.stdout, shown.stdout);
        let listed = gitsm_at(folder.path(), &["change", "list"]);
        assert_eq!(listed.code, 0, "{listed:?}");
        assert!(listed.stdout.contains("change:smaller"), "{listed:?}");
        assert!(listed.stderr.contains("there is no ledger"), "{listed:?}");
    }
    let run = gitsm_at(folder.path(), &["change", "propose"]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn a_bare_clone_shows_changes_as_well() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    blog(&world, "more");
    world.git(&["push", "--quiet", "origin", "more"]);
    world.fine("jonas", &["change", "propose"]);
    world.fine("ada", &["change", "approve", "more", "--reason", SECRET]);
    let bare = Folder::new();
    let there = world.there();
    run(Command::new("git")
        .args(["clone", "--quiet", "--bare"])
        .arg(&there)
        .arg(bare.path().join("x.git")));
    for place in [&there, &bare.path().join("x.git")] {
        let shown = gitsm_at(place, &["change", "show", "more"]);
        assert_eq!(shown.code, 0, "{shown:?}");
        let here = world.gitsm(&["change", "show", "more"]).stdout;
        let lines = |text: &str| -> Vec<String> {
            let all = text.lines().filter(|line| !line.starts_with("  found"));
            all.map(str::to_owned).collect()
        };
        assert_eq!(lines(&shown.stdout), lines(&here));
        assert!(here.contains(SECRET), "{here}");
    }
}
