//! The ledger over real repositories: written, shared, raced for, forged, rewound.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use gitsm::flow::Place;
use gitsm::flow::ledger::{Around, Book, append, folded, record as keep};
use gitsm::ledger::{Event, Problem, Standing};
use serde_json::Value;

use crate::support::{Folder, Run, git};

/// Where everything happened that these tests record.
const NOW: &str = "2026-11-21T16:00:00Z";

fn person(name: &str) -> String {
    format!(
        "apiVersion: gitsm/v1alpha1\nkind: Person\nmetadata:\n  name: {name}\nspec:\n  lifecycle: active\n"
    )
}

/// A repository with a catalog of people, whose default branch is `main`.
pub(crate) fn catalog(settings: &str) -> Folder {
    let folder = Folder::git();
    folder.write("gitsm.yaml", format!("id: acme/infrastructure\n{settings}"));
    for name in ["ada", "ben", "cleo"] {
        folder.write(&format!("people/{name}.yaml"), person(name));
    }
    folder.commit("people");
    folder
}

/// An empty repository that others share.
pub(crate) fn remote() -> Folder {
    let folder = Folder::new();
    folder.run_git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
    folder
}

fn path_of(folder: &Folder) -> String {
    folder.path().to_str().unwrap().to_owned()
}

/// A clone of a remote.
pub(crate) fn clone(address: &str) -> Folder {
    let folder = Folder::new();
    folder.run_git(&["clone", "--quiet", address, "."]);
    folder
}

/// Makes a remote with a catalog, and a clone of it in which the ledger has begun.
fn shared() -> (Folder, Folder) {
    let there = remote();
    let first = catalog("");
    first.run_git(&["push", "--quiet", &path_of(&there), "main"]);
    let here = clone(&path_of(&there));
    let run = ledger(here.path(), &["init", "--as", "person:ada"]);
    assert_eq!(run.code, 0, "{run:?}");
    (there, here)
}

/// Runs `gitsm ledger` with the user's `git` at hand.
pub(crate) fn ledger(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("PATH", std::env::var("PATH").unwrap())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .arg("ledger")
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

pub(crate) fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["-o", "json"]);
    let run = ledger(folder, &all);
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

fn instant(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn book_at(folder: &Path, now: Option<DateTime<Utc>>) -> Book {
    let place = Place { current: folder.to_owned(), ..Place::default() };
    let path = std::env::var("PATH").ok();
    Book::open(&place, &Around { path, terminal: false, now }).unwrap()
}

fn book(folder: &Path) -> Book {
    book_at(folder, None)
}

fn canceled(number: usize) -> (String, Event) {
    (format!("change:default/chg-{number}"), Event::Canceled { text: None })
}

/// Records that a change is canceled; the id of the entry.
pub(crate) fn record(folder: &Path, by: &str, number: usize) -> String {
    let appended = append(&book(folder), by, vec![canceled(number)], None).unwrap();
    assert!(appended.pending.is_none(), "{:?}", appended.pending);
    appended.entries[0].id.clone()
}

pub(crate) fn subjects(folder: &Path) -> Vec<String> {
    let verified = folded(&book(folder)).unwrap();
    assert_eq!(verified.standing(), Standing::Unbroken, "{:?}", verified.faults);
    let all = verified.entries.iter().map(|one| one.entry.statement.subject.clone());
    all.collect()
}

/// Everything that must stay as it is: HEAD, the index to the byte, and what Git says of the files.
fn untouched(folder: &Folder) -> (String, Vec<u8>, String, String) {
    let index = fs::read(folder.path().join(".git/index")).unwrap_or_default();
    let status = folder.run_git(&[
        "--no-optional-locks",
        "status",
        "--porcelain=v2",
        "--branch",
        "--untracked-files=all",
    ]);
    (folder.read(".git/HEAD"), index, status, folder.run_git(&["rev-parse", "HEAD"]))
}

#[test]
fn a_ledger_begins_is_written_and_read_in_one_repository_alone() {
    let folder = catalog("");
    let nothing = ledger(folder.path(), &["log"]);
    assert!(nothing.stdout.contains("There is no ledger yet"), "{nothing:?}");
    assert_eq!(ledger(folder.path(), &["verify"]).code, 3);
    let before = untouched(&folder);
    let unnamed = ledger(folder.path(), &["init"]);
    assert_eq!(unnamed.code, 2);
    assert!(unnamed.stderr.contains("--as person:NAME"), "{unnamed:?}");
    assert_eq!(ledger(folder.path(), &["init", "--as", "person:mallory"]).code, 2);
    let begun = ledger(folder.path(), &["init", "--as", "ada"]);
    assert_eq!(begun.code, 0, "{begun:?}");
    assert!(begun.stdout.contains("genesis: sha256:"), "{begun:?}");
    let again = ledger(folder.path(), &["init", "--as", "ada"]);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("there is a ledger already"), "{again:?}");
    record(folder.path(), "person:default/ben", 1);
    record(folder.path(), "person:default/cleo", 2);
    assert_eq!(before, untouched(&folder), "only references and objects are written");

    let log = json(folder.path(), &["log"]);
    assert_eq!(log["format"], "ledger-log/1");
    assert_eq!(log["standing"], "unbroken");
    let types: Vec<&str> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["canceled", "canceled", "opened"]);
    let one = json(folder.path(), &["log", "chg-1"]);
    assert_eq!(one["entries"][0]["by"], "person:default/ben");
    assert_eq!(one["entries"].as_array().unwrap().len(), 1);
    let id = one["entries"][0]["id"].as_str().unwrap();
    let shown = json(folder.path(), &["show", &id[18..]]);
    assert_eq!(shown["number"], 2);
    assert_eq!(shown["entry"]["statement"]["type"], "canceled");
    assert_eq!(ledger(folder.path(), &["show", "zzzzzzzz"]).code, 2);
    assert_eq!(ledger(folder.path(), &["log", "--type", "gossip"]).code, 2);

    // What nobody pins and nobody signed is only somebody's word.
    assert_eq!(ledger(folder.path(), &["verify"]).code, 1);
    let genesis = json(folder.path(), &["verify"])["genesis"].as_str().unwrap().to_owned();
    let pinned = format!("id: acme/infrastructure\nledger:\n  genesis: {genesis}\n");
    folder.write("gitsm.yaml", pinned).commit("pin the ledger");
    let verified = ledger(folder.path(), &["verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
}

#[test]
fn commits_of_the_ledger_say_who_and_when_and_nothing_else() {
    let folder = catalog("");
    ledger(folder.path(), &["init", "--as", "ada"]);
    append(
        &book_at(folder.path(), Some(instant("2027-01-02T03:04:05Z"))),
        "person:default/ben",
        vec![canceled(7)],
        None,
    )
    .unwrap();
    let format = "--format=%an|%ae|%aI|%cn|%ce|%cI|%B|%P";
    let line = folder.run_git(&["log", "-1", format, "gitsm/ledger"]);
    let ben = "person:default/ben|person:default/ben|2027-01-02T03:04:05Z";
    let parent = folder.run_git(&["rev-parse", "gitsm/ledger~1"]);
    assert_eq!(
        line.replace("+00:00", "Z").trim(),
        format!("{ben}|{ben}|canceled change:default/chg-7\n|{}", parent.trim())
    );
    let files = folder.run_git(&["show", "--format=", "--name-status", "gitsm/ledger"]);
    assert!(files.starts_with("A\t2027/01/02/"), "{files}");
    assert!(folder.run_git(&["fsck", "--strict", "--no-dangling"]).is_empty());
}

#[test]
fn two_clones_share_a_ledger_and_neither_loses_what_it_recorded() {
    let (there, here) = shared();
    let other = clone(&path_of(&there));
    // Read offline from what Git fetched by itself.
    assert_eq!(subjects(other.path()).len(), 1);
    record(here.path(), "person:default/ada", 1);
    record(other.path(), "person:default/ben", 2);
    record(here.path(), "person:default/ada", 3);
    let run = ledger(other.path(), &["sync"]);
    assert_eq!(run.code, 0, "{run:?}");
    let all = [
        "ledger:default/ledger",
        "change:default/chg-1",
        "change:default/chg-2",
        "change:default/chg-3",
    ];
    assert_eq!(subjects(here.path()), all);
    assert_eq!(subjects(other.path()), all);
    assert!(there.run_git(&["fsck", "--strict", "--no-dangling"]).is_empty());
}

#[test]
fn what_is_recorded_offline_is_put_on_top_and_stays_what_was_said() {
    let (there, here) = shared();
    let other = clone(&path_of(&there));
    let away = format!("{}-away", path_of(&there));
    fs::rename(there.path(), &away).unwrap();
    let appended =
        append(&book(here.path()), "person:default/ada", vec![canceled(1), canceled(2)], None)
            .unwrap();
    let why = appended.pending.unwrap().to_string();
    assert!(why.contains("cannot reach origin"), "{why}");
    let statement =
        |folder: &Path, id: &str| json(folder, &["show", id])["entry"]["statement"].clone();
    let id = appended.entries[0].id.clone();
    let before = statement(here.path(), &id);
    let told = ledger(here.path(), &["log"]).stdout;
    assert!(told.contains("2 commits not shared yet"), "{told}");
    fs::rename(&away, there.path()).unwrap();
    record(other.path(), "person:default/ben", 3);
    let run = ledger(here.path(), &["sync"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("1 commit from origin, 2 commits sent"), "{run:?}");
    assert_eq!(statement(here.path(), &id), before);
    let run = ledger(here.path(), &["sync"]);
    assert!(run.stdout.contains("as on origin"), "{run:?}");
    assert_eq!(subjects(here.path()).len(), 4);
    assert!(ledger(here.path(), &["log"]).stdout.contains("chg-3"));
}

#[test]
fn two_who_begin_a_ledger_at_once_do_not_mix_theirs() {
    let there = remote();
    catalog("").run_git(&["push", "--quiet", &path_of(&there), "main"]);
    let (here, other) = (clone(&path_of(&there)), clone(&path_of(&there)));
    assert_eq!(ledger(here.path(), &["init", "--as", "ada", "--local"]).code, 0);
    assert_eq!(ledger(other.path(), &["init", "--as", "ben"]).code, 0);
    let run = ledger(here.path(), &["sync"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("this clone began another ledger"), "{run:?}");
    here.run_git(&["update-ref", "-d", "refs/heads/gitsm/ledger"]);
    assert_eq!(ledger(here.path(), &["sync"]).code, 0);
    assert_eq!(subjects(here.path()), subjects(other.path()));
}

#[test]
fn a_rewound_ledger_is_named_and_never_overwritten() {
    let (there, here) = shared();
    let first = record(here.path(), "person:default/ada", 1);
    let witness = here.path().join("witness.json");
    let kept = format!("json={}", witness.display());
    assert_eq!(ledger(here.path(), &["witness", "-o", &kept]).code, 0);
    let other = clone(&path_of(&there));
    there.run_git(&["update-ref", "refs/heads/gitsm/ledger", "gitsm/ledger~1"]);
    let run = ledger(here.path(), &["sync"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("was rewound") && run.stderr.contains(&first), "{run:?}");
    assert_eq!(there.run_git(&["rev-list", "--count", "gitsm/ledger"]).trim(), "1");
    // Nothing is appended to it either, and nothing is read from it.
    assert!(append(&book(here.path()), "person:default/ada", vec![canceled(2)], None).is_err());
    assert_eq!(ledger(here.path(), &["log"]).code, 3);
    // Who has not seen it cannot know, but for the witness.
    other.run_git(&["fetch", "--quiet", "--prune", "origin"]);
    let fresh = clone(&path_of(&there));
    fs::copy(&witness, fresh.path().join("w.json")).unwrap();
    let run = ledger(fresh.path(), &["verify", "--witness", "w.json"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("The chain is rewound"), "{run:?}");
    // Deleting the whole branch is no better.
    there.run_git(&["update-ref", "-d", "refs/heads/gitsm/ledger"]);
    let run = ledger(here.path(), &["sync"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("the branch is gone"), "{run:?}");
}

/// Writes a file into a ledger's newest tree as a commit of its own, as somebody who forges would.
fn forge(folder: &Folder, change: &dyn Fn(&Folder), by: &str, at: &str, message: &str) {
    let scratch = Folder::new();
    scratch.run_git(&["clone", "--quiet", "--branch", "gitsm/ledger", &path_of(folder), "."]);
    change(&scratch);
    scratch.run_git(&["add", "--all"]);
    let date = at.to_owned();
    let status = git(scratch.path())
        .args(["commit", "--quiet", "--allow-empty", "--message", message])
        .env("GIT_AUTHOR_NAME", by)
        .env("GIT_AUTHOR_EMAIL", by)
        .env("GIT_COMMITTER_NAME", by)
        .env("GIT_COMMITTER_EMAIL", by)
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .status()
        .unwrap();
    assert!(status.success());
    scratch.run_git(&["push", "--quiet", "--force", "origin", "HEAD:refs/heads/gitsm/ledger"]);
}

/// A ledger of four entries in one repository.
fn four() -> Folder {
    let folder = catalog("");
    ledger(folder.path(), &["init", "--as", "ada"]);
    (1..=3).for_each(|number| drop(record(folder.path(), "person:default/ben", number)));
    folder.run_git(&["update-ref", "-d", "refs/gitsm/witness/ledger"]);
    folder
}

fn files(folder: &Folder) -> Vec<PathBuf> {
    let list = folder.run_git(&["ls-files"]);
    let mut paths: Vec<PathBuf> = list.lines().map(PathBuf::from).collect();
    paths.sort();
    paths
}

fn faults(folder: &Folder) -> Vec<String> {
    let verified = folded(&book(folder.path())).unwrap();
    let problems = verified.entries.iter().flat_map(|one| &one.problems);
    let problems =
        problems.filter(|one| **one != Problem::Unsigned).map(|one| one.name().to_owned());
    verified.faults.iter().map(|one| one.fault.clone()).chain(problems).collect()
}

#[test]
fn what_somebody_does_to_the_branch_by_hand_is_named() {
    let by_hand: &[(&str, &dyn Fn(&Folder))] = &[
        ("altered", &|folder| {
            let path = files(folder)[1].to_str().unwrap().to_owned();
            let text = folder.read(&path).replace("person:default/", "person:another/");
            folder.write(&path, text);
        }),
        ("removed", &|folder| {
            folder.remove(files(folder)[1].to_str().unwrap());
        }),
        ("renamed", &|folder| {
            let path = files(folder)[1].to_str().unwrap().to_owned();
            folder.run_git(&["mv", &path, "elsewhere.json"]);
        }),
        ("not-an-entry", &|_| {}),
        ("not-an-entry", &|folder| {
            folder.write("2026/11/21/x.json", "{}");
        }),
        ("not-an-entry", &|folder| {
            let path = files(folder)[1].to_str().unwrap().to_owned();
            let text = format!(" {}", folder.read(&path));
            folder.write("2026/11/21/y.json", text);
        }),
        ("too-long", &|folder| {
            folder.write("2026/11/21/z.json", "x".repeat(300 << 10));
        }),
        ("extra-file", &|folder| {
            folder.write("a.json", "{}").write("b.json", "{}");
        }),
        ("unknown-format", &|folder| {
            let path = files(folder)[1].to_str().unwrap().to_owned();
            let text = folder.read(&path).replace("ledger/1", "ledger/2");
            folder.write("2026/11/21/w.json", text);
        }),
    ];
    for (name, change) in by_hand {
        let folder = four();
        forge(&folder, change, "Eve", "2026-11-21T17:00:00Z", "canceled change:default/chg-9");
        let found = faults(&folder);
        assert_eq!(found, [*name], "{name}");
        assert_eq!(ledger(folder.path(), &["verify"]).code, 1);
    }
    #[cfg(unix)]
    {
        let folder = four();
        let link = |folder: &Folder| {
            std::os::unix::fs::symlink("/etc/passwd", folder.path().join("2026/link.json"))
                .unwrap();
        };
        fs::create_dir_all(folder.path()).unwrap();
        forge(
            &folder,
            &|one| {
                fs::create_dir_all(one.path().join("2026")).unwrap();
                link(one)
            },
            "Eve",
            NOW,
            "x",
        );
        assert_eq!(faults(&folder), ["odd-mode"]);
    }
}

#[test]
fn a_merge_a_dropped_and_a_reordered_entry_are_named() {
    let folder = four();
    let merge = |folder: &Folder| {
        folder.run_git(&["checkout", "--quiet", "-b", "side", "HEAD~1"]);
        folder.run_git(&["commit", "--quiet", "--allow-empty", "-m", "side"]);
        folder.run_git(&["checkout", "--quiet", "gitsm/ledger"]);
        folder.run_git(&["merge", "--quiet", "--no-ff", "--no-edit", "side"]);
    };
    forge(&folder, &merge, "Eve", NOW, "x");
    assert!(faults(&folder).contains(&"merge".to_owned()));

    // The third entry without the second, and then the second after the third.
    let folder = four();
    let ids: Vec<String> = folder
        .run_git(&["rev-list", "--reverse", "gitsm/ledger"])
        .lines()
        .map(str::to_owned)
        .collect();
    let pick = |order: &[usize]| {
        let scratch = clone(&path_of(&folder));
        scratch.run_git(&["checkout", "--quiet", "--detach", &ids[0]]);
        for number in order {
            let mut command = git(scratch.path());
            for variable in ["GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"] {
                command.env(variable, "person:default/ben");
            }
            let date = scratch.run_git(&["log", "-1", "--format=%cI", &ids[*number]]);
            command.env("GIT_COMMITTER_DATE", date.trim());
            for variable in ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE"] {
                command.env_remove(variable);
            }
            let picked = command.args(["cherry-pick", &ids[*number]]).output().unwrap();
            assert!(picked.status.success(), "{picked:?}");
        }
        scratch.run_git(&["push", "--quiet", "--force", "origin", "HEAD:refs/heads/gitsm/ledger"]);
        faults(&folder)
    };
    let dropped = pick(&[1, 3]);
    assert!(dropped.contains(&"missing".to_owned()), "{dropped:?}");
    let reordered = pick(&[2, 1, 3]);
    assert!(reordered.contains(&"reordered".to_owned()), "{reordered:?}");
    let beginning = pick(&[]);
    assert!(beginning.is_empty(), "only the first entry is left: {beginning:?}");
}

#[test]
fn who_dates_back_gains_nothing_and_is_named() {
    let folder = catalog("");
    ledger(folder.path(), &["init", "--as", "ada"]);
    let now = Utc::now();
    append(
        &book_at(folder.path(), Some(now + Duration::from_secs(10))),
        "person:default/ben",
        vec![canceled(1)],
        None,
    )
    .unwrap();
    append(
        &book_at(folder.path(), Some(now - Duration::from_secs(7200))),
        "person:default/ben",
        vec![canceled(2)],
        None,
    )
    .unwrap();
    let verified = folded(&book(folder.path())).unwrap();
    let last = verified.entries.last().unwrap();
    assert!(matches!(last.problems[..], [Problem::BackDated { seconds: 7200..=7220 }]), "{last:?}");
    assert!(last.counts());
    assert_eq!(last.time, now.timestamp() - 7200, "only what is signed says how late it is");
}

#[test]
fn who_is_not_known_or_may_not_write_does_not_count() {
    let folder = catalog("");
    ledger(folder.path(), &["init", "--as", "ada"]);
    let write = |by: &str, event: Event| {
        append(&book(folder.path()), by, vec![("change:default/chg-1".to_owned(), event)], None)
            .unwrap();
        let verified = folded(&book(folder.path())).unwrap();
        let problems = verified.entries.last().unwrap().problems.clone();
        problems.iter().map(|one| one.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(write("person:default/mallory", Event::Canceled { text: None }), ["not-allowed"]);
    assert_eq!(write("pipeline:ci", Event::Canceled { text: None }), ["not-allowed"]);
    let opened = Event::Opened { salt: "0".repeat(32) };
    assert!(
        append(
            &book(folder.path()),
            "person:default/ada",
            vec![("ledger:default/ledger".to_owned(), opened)],
            None
        )
        .is_err()
    );
    let glass = Event::BreakGlass {
        base_branch: "refs/heads/main".to_owned(),
        digest: format!("sha256:{}", "0".repeat(64)),
        incident: Some("INC-1".to_owned()),
        text: None,
    };
    assert_eq!(write("person:default/ada", glass), ["unsigned", "not-allowed"]);
    let text = Event::Canceled { text: Some("Ada was ill".to_owned()) };
    let refused = append(
        &book(folder.path()),
        "person:default/ada",
        vec![("change:default/chg-1".to_owned(), text)],
        None,
    );
    assert!(refused.unwrap_err().to_string().contains("/text does not fit its type"));
}

#[test]
fn a_branch_in_the_way_and_a_missing_git_are_told() {
    let folder = catalog("");
    folder.run_git(&["branch", "gitsm"]);
    let run = ledger(folder.path(), &["init", "--as", "ada"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("refs/heads/gitsm is in the way"), "{run:?}");
    let (_there, here) = shared();
    let run = here.gitsm(&["ledger", "sync"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("there is no `git` in PATH"), "{run:?}");
}

#[test]
fn a_shallow_ledger_is_not_judged() {
    let (there, here) = shared();
    (1..=3).for_each(|number| drop(record(here.path(), "person:default/ada", number)));
    let shallow = Folder::new();
    let address = format!("file://{}", path_of(&there));
    shallow.run_git(&["clone", "--quiet", "--depth=1", "--no-single-branch", &address, "."]);
    let run = ledger(shallow.path(), &["verify"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("shallow") && run.stderr.contains("--unshallow"), "{run:?}");
    shallow.run_git(&["fetch", "--quiet", "--unshallow"]);
    assert_eq!(subjects(shallow.path()).len(), 4);
}

#[test]
fn worktrees_and_bare_repositories_share_what_is_recorded() {
    let (there, here) = shared();
    let beside = Folder::new();
    let tree = beside.path().join("tree");
    here.run_git(&["worktree", "add", "--quiet", tree.to_str().unwrap(), "-b", "topic"]);
    record(&tree, "person:default/ben", 1);
    assert_eq!(subjects(here.path()).len(), 2);
    // The remote itself has no remote.
    record(there.path(), "person:default/cleo", 2);
    assert_eq!(ledger(&tree, &["sync"]).code, 0);
    assert_eq!(subjects(&tree).len(), 3);
    assert_eq!(ledger(there.path(), &["log"]).code, 0);
}

#[test]
fn a_ledger_in_another_repository_goes_there_and_nowhere_else() {
    let (there, elsewhere) = (remote(), remote());
    let settings =
        format!("ledger:\n  remote: {}\n  ref: refs/heads/audit/ledger\n", path_of(&elsewhere));
    catalog(&settings).run_git(&["push", "--quiet", &path_of(&there), "main"]);
    let here = clone(&path_of(&there));
    let run = ledger(here.path(), &["init", "--as", "ada"]);
    assert_eq!(run.code, 0, "{run:?}");
    record(here.path(), "person:default/ada", 1);
    assert_eq!(elsewhere.run_git(&["rev-list", "--count", "refs/heads/audit/ledger"]).trim(), "2");
    assert_eq!(there.run_git(&["for-each-ref", "--format=%(refname)"]).trim(), "refs/heads/main");
    let other = clone(&path_of(&there));
    assert!(ledger(other.path(), &["log"]).stdout.contains("There is no ledger yet"));
    assert_eq!(ledger(other.path(), &["sync"]).code, 0);
    assert_eq!(subjects(other.path()).len(), 2);
}

#[test]
fn a_hook_that_refuses_is_told_and_credentials_are_not() {
    let (there, here) = shared();
    there.write("hooks/pre-receive", "#!/bin/sh\necho 'the ledger is closed today'\nexit 1\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let hook = there.path().join("hooks/pre-receive");
        fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
        let appended =
            append(&book(here.path()), "person:default/ada", vec![canceled(1)], None).unwrap();
        let why = appended.pending.unwrap().to_string();
        assert!(why.contains("origin refuses it") && why.contains("closed today"), "{why}");
    }
    here.run_git(&["remote", "set-url", "origin", "http://ada:s3cret@127.0.0.1:9/x.git"]);
    let run = ledger(here.path(), &["sync"]);
    assert_eq!(run.code, 3);
    assert!(!format!("{run:?}").contains("s3cret"), "{run:?}");
    assert!(run.stderr.contains("cannot reach origin"), "{run:?}");
    for bad in ["ext::sh -c id", "--upload-pack=id"] {
        here.run_git(&["config", "remote.origin.url", bad]);
        let run = ledger(here.path(), &["sync"]);
        assert_eq!(run.code, 3, "{run:?}");
    }
}

/// A process of the test below: it records until it is told to end, and says what is shared.
#[test]
#[ignore = "a process that another test starts"]
fn a_writer() {
    let Ok(folder) = std::env::var("GITSM_TEST_CLONE") else { return };
    let number: usize = std::env::var("GITSM_TEST_NUMBER").unwrap().parse().unwrap();
    let said = PathBuf::from(std::env::var("GITSM_TEST_SAID").unwrap());
    for round in 0..2 {
        let subject = number * 10 + round;
        // On a busy machine the patience of one attempt may end before its turn comes.
        let attempt = |_| {
            let events = vec![canceled(subject)];
            append(&book(Path::new(&folder)), "person:default/ben", events, None).ok()
        };
        let appended = (0..20).find_map(attempt);
        // What others do not have yet is kept, and goes with whoever shares next.
        if let Some(appended) = appended {
            fs::write(said.join(format!("{subject}")), &appended.entries[0].id).unwrap();
        }
    }
}

fn writer(clone: &Path, number: usize, said: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["ledger::a_writer", "--exact", "--ignored", "--test-threads=1"])
        .env("GITSM_TEST_CLONE", clone)
        .env("GITSM_TEST_NUMBER", number.to_string())
        .env("GITSM_TEST_SAID", said)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn fifty_processes_record_at_once_some_are_killed_and_nothing_is_lost_or_double() {
    let (there, here) = shared();
    let clones: Vec<Folder> = (0..5).map(|_| clone(&path_of(&there))).collect();
    let said = Folder::new();
    let start = Instant::now();
    let mut writers: Vec<Child> =
        (0..50).map(|number| writer(clones[number % 5].path(), number, said.path())).collect();
    // Every fourth is killed, at another moment each.
    for (number, child) in writers.iter_mut().enumerate().filter(|(number, _)| number % 4 == 0) {
        std::thread::sleep(Duration::from_millis(37 * (number as u64 % 7)));
        let _ = child.kill();
    }
    writers.iter_mut().for_each(|child| drop(child.wait()));
    let took = start.elapsed();
    for folder in &clones {
        let run = ledger(folder.path(), &["sync"]);
        assert_eq!(run.code, 0, "{run:?}");
    }
    let run = ledger(here.path(), &["sync"]);
    assert_eq!(run.code, 0, "{run:?}");
    let verified = folded(&book(here.path())).unwrap();
    assert_eq!(verified.standing(), Standing::Unbroken, "{:?}", verified.faults);
    let ids: Vec<&str> = verified.entries.iter().map(|one| one.entry.id.as_str()).collect();
    let apart: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), apart.len(), "an entry is there twice");
    let mut acknowledged = 0;
    for file in fs::read_dir(said.path()).unwrap() {
        let id = fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(apart.contains(id.as_str()), "{id} was acknowledged and is gone");
        acknowledged += 1;
    }
    assert!(acknowledged >= 2 * (50 - 13), "{acknowledged} were acknowledged");
    println!("{} entries, {acknowledged} acknowledged, {took:?}", ids.len());
    assert!(there.run_git(&["fsck", "--strict", "--no-dangling"]).is_empty());
}

#[test]
fn records_of_two_clones_come_together_and_can_be_taken_away() {
    let (there, here) = shared();
    let other = clone(&path_of(&there));
    let write = |folder: &Folder, path: &str, text: Option<&str>| {
        let files = [(path.to_owned(), text.map(|text| text.as_bytes().to_vec()))].into();
        keep(&book(folder.path()), "person:default/ada", "texts", files).map(|(_, pending)| {
            assert!(pending.is_none(), "{pending:?}");
        })
    };
    write(&here, "texts/a.yaml", Some("text: Ada was ill\n")).unwrap();
    write(&other, "texts/b.yaml", Some("text: it worked\n")).unwrap();
    write(&here, "texts/b.yaml", Some("text: it worked\n")).unwrap();
    write(&here, "texts/a.yaml", None).unwrap();
    let listed = there.run_git(&["ls-tree", "-r", "--name-only", "gitsm/records"]);
    assert_eq!(listed.trim(), "texts/b.yaml");
    // What two say differently about one record is nobody's to choose.
    write(&other, "texts/c.yaml", Some("one\n")).unwrap();
    let clash = write(&here, "texts/c.yaml", Some("two\n")).unwrap_err().to_string();
    assert!(clash.contains("both change texts/c.yaml"), "{clash}");
    assert_eq!(there.run_git(&["show", "gitsm/records:texts/c.yaml"]), "one\n");
}

/// `cargo test --test it ledger::ten_thousand -- --ignored --nocapture` prints what it costs.
#[test]
#[ignore = "a measurement"]
fn ten_thousand_entries_are_verified_and_then_known() {
    let folder = catalog("");
    ledger(folder.path(), &["init", "--as", "ada"]);
    let start = Instant::now();
    let now = Utc::now();
    let most = std::env::var("GITSM_TEST_ENTRIES").map_or(10_000, |text| text.parse().unwrap());
    for hour in 0..most / 50 {
        let at = now + Duration::from_secs(3600 * hour as u64);
        let events = (0..50).map(|number| canceled(hour * 50 + number)).collect();
        append(&book_at(folder.path(), Some(at)), "person:default/ben", events, None).unwrap();
    }
    println!("append {most} in batches of 50: {:?}", start.elapsed());
    for what in ["cold", "warm", "warm"] {
        let start = Instant::now();
        let verified = folded(&book(folder.path())).unwrap();
        assert_eq!(verified.entries.len(), most + 1);
        println!("{what}: {:?}", start.elapsed());
    }
    let start = Instant::now();
    record(folder.path(), "person:default/ada", 1);
    println!("append one: {:?}", start.elapsed());
    let start = Instant::now();
    assert_eq!(folded(&book(folder.path())).unwrap().entries.len(), most + 2);
    println!("after one more: {:?}", start.elapsed());
}

#[test]
fn a_damaged_cache_is_made_anew_and_an_old_verdict_never_hides_a_new_fault() {
    let folder = four();
    let before = folded(&book(folder.path())).unwrap();
    let cache = folder.path().join(".git/gitsm/cache/ledger");
    let files = || fs::read_dir(&cache).unwrap().map(|one| one.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(files().len(), 1);
    assert_eq!(folded(&book(folder.path())).unwrap(), before);
    for damage in [b"".to_vec(), b"nonsense".to_vec(), vec![0; 5000]] {
        for file in files() {
            fs::write(file, &damage).unwrap();
        }
        assert_eq!(folded(&book(folder.path())).unwrap(), before);
    }
    forge(&folder, &|_| {}, "Eve", NOW, "x");
    assert_eq!(faults(&folder), ["not-an-entry"]);
}

#[test]
#[cfg(unix)]
fn commits_of_the_ledger_are_signed_where_git_signs_every_commit() {
    if !crate::keys::has("ssh-keygen") {
        return;
    }
    let folder = catalog("");
    let keys = tempfile::tempdir().unwrap();
    let key = keys.path().join("ada");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status()
        .unwrap();
    assert!(made.success());
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let allowed = keys.path().join("allowed");
    std::fs::write(&allowed, format!("ada {public}")).unwrap();
    for (name, value) in [
        ("gpg.format", "ssh"),
        ("user.signingKey", key.to_str().unwrap()),
        ("commit.gpgSign", "true"),
        ("gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()),
    ] {
        folder.run_git(&["config", name, value]);
    }
    let run = ledger(folder.path(), &["init", "--as", "ada", "--unsigned"]);
    assert_eq!(run.code, 0, "{run:?}");
    folder.run_git(&["verify-commit", "gitsm/ledger"]);
    let run = ledger(folder.path(), &["verify"]);
    assert!(run.stdout.contains("the chain is unbroken"), "{run:?}");
    folder.run_git(&["config", "user.signingKey", "/nowhere/key"]);
    let run = ledger(folder.path(), &["sync"]);
    assert_eq!(run.code, 0, "nothing is written, so nothing is signed: {run:?}");
}
