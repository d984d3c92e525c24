//! `change backtest`: what landed, judged as if gitsm had been there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::DateTime;
use gitsm::change::assessment::Assessment;
use gitsm::change::backtest::Verdict;
use gitsm::change::facts::Facts;
use gitsm::flow::Place;
use gitsm::flow::backtest::{Request, Since, backtest};
use gitsm::flow::contributors;
use gitsm::flow::judged::judged;
use gitsm::flow::sides::{Names, Sides, Wanted};
use gitsm::flow::underway::underway;
use gitsm::git::{Contents, Repository};
use serde_json::Value;

use crate::support::{Folder, component, git, group, project};

const ADA: (&str, &str) = ("Ada", "ada@example.com");
const BEN: (&str, &str) = ("Ben", "ben@example.com");
const GITHUB: (&str, &str) = ("GitHub", "noreply@github.com");

/// Who commits, and when.
struct By<'a> {
    author: (&'a str, &'a str),
    committer: (&'a str, &'a str),
    at: &'a str,
}

fn run(folder: &Folder, by: &By<'_>, arguments: &[&str]) {
    let mut command = git(folder.path());
    command.env("GIT_AUTHOR_NAME", by.author.0).env("GIT_AUTHOR_EMAIL", by.author.1);
    command.env("GIT_COMMITTER_NAME", by.committer.0).env("GIT_COMMITTER_EMAIL", by.committer.1);
    command.env("GIT_AUTHOR_DATE", by.at).env("GIT_COMMITTER_DATE", by.at);
    let output = command.args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {arguments:?}: {said}");
}

fn commit(folder: &Folder, by: &By<'_>, message: &str) {
    folder.run_git(&["add", "--all"]);
    run(folder, by, &["commit", "--quiet", "--allow-empty", "--message", message]);
}

/// Commits as one person.
fn alone<'a>(who: (&'a str, &'a str), at: &'a str) -> By<'a> {
    By { author: who, committer: who, at }
}

fn report(folder: &Folder, arguments: &[&str]) -> Value {
    let mut all = vec!["change", "backtest", "-o", "json"];
    all.extend(arguments);
    let run = folder.gitsm(&all);
    assert_eq!(run.code, 0, "{run:?}");
    serde_json::from_str(&run.stdout).unwrap()
}

/// The landing of a subject.
fn landing<'v>(report: &'v Value, subject: &str) -> &'v Value {
    let mut all = report["landings"].as_array().unwrap().iter();
    all.find(|one| one["subject"] == subject).unwrap_or_else(|| panic!("{subject}: {report:#}"))
}

fn copy(from: &Path, to: &Folder, inside: &str) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{inside}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => copy(&path, to, &format!("{name}/")),
            false => drop(to.write(&name, fs::read(&path).unwrap())),
        }
    }
}

fn acme() -> Folder {
    let folder = Folder::git();
    copy(&project().join("examples/acme"), &folder, "");
    commit(&folder, &alone(ADA, "2026-10-01T10:00:00Z"), "Import");
    folder
}

fn append(folder: &Folder, path: &str, text: &str) {
    let old = folder.read(path);
    folder.write(path, old + text);
}

/// A history of a Backstage catalog without any configuration.
fn backstage() -> Folder {
    let folder = Folder::git();
    let user = "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: ada\nspec:\n  \
                profile:\n    email: ada@example.com\n  memberOf: [payments]\n";
    folder.write("groups.yaml", group("payments")).write("users.yaml", user);
    folder.write("shop/catalog-info.yaml", component("shop"));
    commit(&folder, &alone(ADA, "2026-03-01T10:00:00Z"), "Import");
    folder
}

#[test]
fn a_backstage_catalog_without_configuration_is_judged() {
    let folder = backstage();
    folder.write("shop/main.go", "package main");
    commit(&folder, &alone(ADA, "2026-03-02T10:00:00Z"), "Begin the shop");
    folder.write("README.md", "hello");
    let forge = By { author: BEN, committer: GITHUB, at: "2026-03-03T10:00:00Z" };
    commit(&folder, &forge, "Say hello (#2)");
    folder.write("shop/main.go", "package main // more");
    let other = By { author: BEN, committer: ADA, at: "2026-03-04T10:00:00Z" };
    commit(&folder, &other, "More shop");
    folder.write("shop/main.go", "package main");
    let message = "Revert \"More shop\"\n\nReviewed-by: Cyd <cyd@example.com>";
    commit(&folder, &alone(ADA, "2026-03-05T10:00:00Z"), message);
    let report = report(&folder, &["--until", "2026-12-31"]);
    assert_eq!(report["counts"]["landings"], 4);
    assert_eq!(report["begins"], true);
    let begin = landing(&report, "Begin the shop");
    assert_eq!(begin["entities"], serde_json::json!(["component:default/shop"]));
    assert_eq!(begin["hand"]["shown"], "alone");
    let hello = landing(&report, "Say hello (#2)");
    assert_eq!(hello["hand"]["shown"], "unknown");
    assert_eq!(hello["hand"]["by"][0], "GitHub");
    assert_eq!(hello["unowned"], 1);
    assert_eq!(hello["unattributed"], serde_json::json!(["Ben <ben@example.com>"]));
    let more = landing(&report, "More shop");
    assert_eq!(more["hand"]["shown"], "other");
    assert_eq!(more["hand"]["by"][0], "Ada");
    assert_eq!(more["failed"]["how"], "reverted");
    assert_eq!(more["failed"]["hours"], 24);
    let back = landing(&report, "Revert \"More shop\"");
    assert_eq!(back["hand"]["shown"], "reviewed");
    assert_eq!(back["hand"]["by"][0], "Cyd");
    let run = folder.gitsm(&["change", "backtest", "--until", "2026-12-31"]);
    assert!(run.stdout.contains("taken back soon after  (25.0 % failed, estimated)"), "{run:?}");
}

#[test]
fn a_merge_is_one_landing_and_so_are_commits_with_one_trailer() {
    let folder = backstage();
    run(&folder, &alone(BEN, "2026-03-02T09:00:00Z"), &["checkout", "--quiet", "-b", "topic"]);
    for number in 1..=3 {
        folder.write("shop/a.go", format!("{number}"));
        commit(&folder, &alone(BEN, "2026-03-02T10:00:00Z"), &format!("Part {number}"));
    }
    run(&folder, &alone(ADA, "2026-03-03T10:00:00Z"), &["checkout", "--quiet", "main"]);
    let merge = ["merge", "--quiet", "--no-ff", "--message", "Merge topic", "topic"];
    run(&folder, &alone(ADA, "2026-03-03T10:00:00Z"), &merge);
    for (number, change) in [(1, "CHG-1"), (2, "CHG-1"), (3, "CHG-2")] {
        folder.write("shop/b.go", format!("{number}"));
        let message = format!("Step {number}\n\nGitsm-Change: {change}");
        commit(&folder, &alone(BEN, "2026-03-04T10:00:00Z"), &message);
    }
    let report = report(&folder, &["--until", "2026-12-31"]);
    let landings = report["landings"].as_array().unwrap().iter();
    let told: Vec<String> = landings
        .map(|one| format!("{} {} {}", one["subject"], one["commits"], one["change"]))
        .collect();
    let expected = ["\"Step 3\" 1 \"CHG-2\"", "\"Step 2\" 2 \"CHG-1\"", "\"Merge topic\" 1 null"];
    assert_eq!(told, expected);
    let merge = landing(&report, "Merge topic");
    assert_eq!(merge["authors"], serde_json::json!(["Ben"]));
    assert_eq!(merge["hand"]["by"], serde_json::json!(["Ada"]));
}

#[test]
fn nothing_landed_is_said_and_no_history_is_an_error() {
    let folder = backstage();
    let run = folder.gitsm(&["change", "backtest", "--since", "7d", "--until", "2025-01-31"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("Nothing landed in this time."), "{run:?}");
    let empty = Folder::git();
    let run = empty.gitsm(&["change", "backtest"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("there is no commit yet"), "{run:?}");
    let run = folder.gitsm(&["change", "backtest", "--since", "soon"]);
    assert_eq!(run.code, 2, "{run:?}");
    let run =
        folder.gitsm(&["change", "backtest", "--since", "2026-05-01", "--until", "2026-04-01"]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn a_shallow_clone_says_where_its_history_ends() {
    let folder = backstage();
    for number in 1..=4 {
        folder.write("shop/a.go", format!("{number}"));
        commit(&folder, &alone(ADA, "2026-03-02T10:00:00Z"), &format!("Step {number}"));
    }
    let clone = Folder::new();
    let from = format!("file://{}", folder.path().display());
    clone.run_git(&["clone", "--quiet", "--depth", "3", &from, "."]);
    let report = report(&clone, &["--until", "2026-12-31"]);
    assert_eq!(report["cut"], true);
    assert_eq!(report["counts"]["landings"], 2);
    let run = clone.gitsm(&["change", "backtest", "--until", "2026-12-31"]);
    assert!(run.stdout.contains("this clone is shallow"), "{run:?}");
}

/// Edits of acme, one of each kind that matters.
fn edit(folder: &Folder, number: usize) -> String {
    let database = "terraform/prod/db/main.tf";
    match number % 8 {
        0 => append(folder, database, &format!("# {number}\n")),
        1 => append(folder, "README.md", &format!("{number}\n")),
        2 => {
            let path = "calendars/windows.yaml";
            let text = folder.read(path);
            folder.write(path, format!("# {number}\n{text}"));
        }
        3 => {
            let path = "changes/policy.yaml";
            append(folder, path, &format!("# {number}\n"));
        }
        4 => {
            let path = "people/shop.yaml";
            append(folder, path, &format!("# {number}\n"));
        }
        5 => {
            let person = format!(
                "apiVersion: gitsm/v1alpha1\nkind: Person\nmetadata:\n  name: new-{number}\nspec:\n  \
                 accounts: {{git: new-{number}@example.com}}\n"
            );
            folder.write(&format!("people/new-{number}.yaml"), person);
        }
        6 => {
            let path = first_with(folder, "services", "criticality: tier1");
            let text = folder.read(&path);
            folder.write(&path, text.replacen("criticality: tier1", "criticality: tier2", 1));
        }
        _ => {
            let path = first_with(folder, "services", "criticality: tier2");
            let text = folder.read(&path);
            folder.write(&path, text.replacen("criticality: tier2", "criticality: tier1", 1));
        }
    }
    format!("Edit {number}")
}

/// The first file below a folder that holds some words.
fn first_with(folder: &Folder, inside: &str, words: &str) -> String {
    let mut paths: Vec<String> = fs::read_dir(folder.path().join(inside))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && fs::read_to_string(path).unwrap().contains(words))
        .map(|path| format!("{inside}/{}", path.file_name().unwrap().to_str().unwrap()))
        .collect();
    paths.sort();
    paths.remove(0)
}

/// What is compared of a judgement.
fn essence(verdict: &Verdict) -> String {
    let asked: Vec<String> = verdict
        .asked
        .iter()
        .map(|one| format!("{} {} {} {:?}", one.id, one.count, one.board, one.problem))
        .collect();
    format!(
        "{:?} {} {:?} {} {asked:?} {:?}",
        verdict.r#type, verdict.score, verdict.band, verdict.policy, verdict.statements
    )
}

#[test]
fn each_landing_is_judged_as_by_whole_catalogs() {
    let folder = acme();
    let mut seed: usize = 7;
    for number in 0..16 {
        seed = (seed * 1_103_515_245 + 12_345) % (1 << 31);
        let subject = edit(&folder, if number < 8 { number } else { seed >> 8 });
        let at = format!("2026-{:02}-{:02}T10:00:00Z", 10 + number / 8, 2 + number);
        let who = if number % 2 == 0 { ADA } else { BEN };
        commit(&folder, &alone(who, &at), &subject);
    }
    let place = Place { current: folder.path().to_owned(), ..Place::default() };
    let request = Request {
        place,
        since: Since::parse("1y").unwrap(),
        until: "2026-12-31".parse().ok(),
        policy: None,
        head: "HEAD".to_owned(),
    };
    let report = backtest(&request, &mut |_, _| {}).unwrap();
    assert_eq!(report.landings.len(), 16);
    for landing in &report.landings {
        let repository = Repository::discover(folder.path()).unwrap();
        let changed = repository.compare(Some(&landing.before), &landing.commit).unwrap();
        let names = Names {
            base: "base".to_owned(),
            base_commit: landing.before.clone(),
            head: Some("head".to_owned()),
            head_commit: landing.commit.clone(),
            how: String::new(),
            staged: false,
        };
        let facts = contributors::facts(&repository, &names, &|_| None).unwrap();
        let whole = Wanted { whole: true, ..Wanted::default() };
        let changes = (changed, Contents::new());
        let sides = Sides::of(repository, names, changes, "", (&whole, Facts::default())).unwrap();
        let set = sides.set();
        // What landed later is a branch of its own to whoever stands before it.
        let mut open = underway(&sides, landing.at.timestamp(), None).unwrap();
        open.retain(|one| one.branch.is_none());
        let whole = judged(&sides, &set, facts, landing.at, &open);
        let told = |assessment: &Assessment| sides.base.show(|base| Verdict::of(assessment, base));
        let by_slice = landing.in_force.as_ref().unwrap();
        assert_eq!(essence(by_slice), essence(&told(&whole.assessment)), "{}", landing.subject);
        assert_eq!(landing.freezes, whole.timing.facts().freezes, "{}", landing.subject);
    }
}

#[test]
fn another_policy_is_set_beside_the_one_in_force() {
    let folder = acme();
    for number in 0..8 {
        let subject = edit(&folder, number);
        let at = format!("2026-12-{:02}T22:30:00Z", 10 + 2 * number);
        DateTime::parse_from_rfc3339(&at).unwrap();
        commit(&folder, &alone(ADA, &at), &subject);
    }
    let lenient = "apiVersion: gitsm/v1alpha1\nkind: ChangePolicy\nmetadata:\n  name: lenient\nspec:\n  \
                   owner: team:platform\n  bands: {moderate: 50, high: 60, veryHigh: 70}\n  \
                   approvals:\n    high: {teams: []}\n    very_high: {teams: []}\n";
    let file = Folder::new();
    file.write("lenient.yaml", lenient);
    let path = file.path().join("lenient.yaml");
    let path = path.to_str().unwrap();
    let arguments = ["--until", "2026-12-31", "--policy", path];
    let json = report(&folder, &arguments);
    assert_eq!(json["policyTried"], "changepolicy:lenient");
    assert_eq!(json["tried"]["board"]["count"], 0);
    let mut all = vec!["change", "backtest"];
    all.extend(arguments);
    let run = folder.gitsm(&all);
    insta::assert_snapshot!("backtest_acme", run.stdout);
    all.extend(["-o", "markdown"]);
    insta::assert_snapshot!("backtest_acme_markdown", folder.gitsm(&all).stdout);
    // Every number names its commits, and each of them is a landing.
    let commits: BTreeMap<&str, ()> = json["landings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["commit"].as_str().unwrap(), ()))
        .collect();
    for (name, count) in json["counts"].as_object().unwrap() {
        let Some(named) = count["commits"].as_array() else { continue };
        assert_eq!(count["count"], named.len(), "{name}");
        assert!(named.iter().all(|one| commits.contains_key(one.as_str().unwrap())), "{name}");
    }
    file.write("wrong.yaml", lenient.replace("moderate: 50", "moderate: many"));
    let wrong = file.path().join("wrong.yaml");
    let run = folder.gitsm(&["change", "backtest", "--policy", wrong.to_str().unwrap()]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("wrong.yaml:7:"), "{run:?}");
}
