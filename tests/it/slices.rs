//! What is said of a change from a slice of both catalogs is what is said of it from all of them,
//! byte for byte, whatever changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use gitsm::change::facts::Facts;
use gitsm::flow::diff::report;
use gitsm::flow::judged::judged;
use gitsm::flow::sides::{Asked, Sides, Wanted};
use gitsm::flow::underway::underway;
use gitsm::flow::workspace::Place;

use crate::support::{Folder, project};

/// New contents of files; nothing for those that go.
pub(crate) type Edits = BTreeMap<String, Option<String>>;

pub(crate) fn files(top: &Path, at: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(top, &path, found);
        } else {
            let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-12-01T09:00:00Z".parse().unwrap()
}

pub(crate) fn place(folder: &Folder) -> Place {
    Place { current: folder.path().to_owned(), ..Place::default() }
}

/// Everything that is said of a change.
fn told(folder: &Folder, asked: &Asked, wanted: &Wanted) -> String {
    let sides = Sides::open(&place(folder), asked, wanted, &|_| None).unwrap();
    if wanted.whole {
        assert!(!sides.is_slice());
    }
    let set = sides.set();
    let open = underway(&sides, now().timestamp(), None).unwrap();
    let facts = Facts { ..sides.facts.clone() };
    let judged = judged(&sides, &set, facts, now(), &open);
    let json = |value: serde_json::Value| serde_json::to_string_pretty(&value).unwrap();
    [
        report(&sides, &set).json(),
        json(serde_json::to_value(&judged.assessment).unwrap()),
        json(serde_json::to_value(&judged.timing).unwrap()),
        json(serde_json::to_value(&judged.undo).unwrap()),
        format!("{open:#?}"),
    ]
    .join("\n")
}

/// How many files of a change are read, and whether that is a slice.
fn read(folder: &Folder, asked: &Asked) -> (usize, bool) {
    let now = Some(now().timestamp());
    let wanted = Wanted { now, sliced: true, ..Wanted::default() };
    let sides = Sides::open(&place(folder), asked, &wanted, &|_| None).unwrap();
    (sides.base.catalog.files.len(), sides.is_slice())
}

/// Compares both ways to look at a change; how many lines were told.
fn compare(name: &str, folder: &Folder, asked: &Asked) -> usize {
    let now = Some(now().timestamp());
    let whole = told(folder, asked, &Wanted { now, whole: true, ..Wanted::default() });
    let part = told(folder, asked, &Wanted { now, sliced: true, ..Wanted::default() });
    let plainly = |wanted: Wanted| {
        let sides = Sides::open(&place(folder), asked, &wanted, &|_| None).unwrap();
        report(&sides, &sides.set()).json()
    };
    let plain = plainly(Wanted { whole: true, ..Wanted::default() });
    assert_eq!(plain, plainly(Wanted { sliced: true, ..Wanted::default() }), "{name}: not judged");
    if whole != part {
        let differing = whole.lines().zip(part.lines()).enumerate().find(|(_, (a, b))| a != b);
        let (at, (a, b)) = differing.unwrap_or((0, ("", "")));
        let around: Vec<&str> = whole.lines().skip(at.saturating_sub(25)).take(30).collect();
        panic!("{name}: line {at}\nwhole: {a}\nslice: {b}\naround:\n{}", around.join("\n"));
    }
    whole.lines().count()
}

/// Commits edits on a branch of their own.
pub(crate) fn commit(folder: &Folder, branch: &str, edits: &Edits) {
    folder.run_git(&["checkout", "--quiet", "-B", branch, "main"]);
    for (path, text) in edits {
        match text {
            Some(text) => folder.write(path, text),
            None => folder.remove(path),
        };
    }
    folder.run_git(&["add", "--all"]);
    let author = "Lena <1+acme-lena@users.noreply.github.com>";
    let date = format!("--date={}", now().to_rfc3339());
    folder.run_git(&["commit", "--quiet", "--allow-empty", "--author", author, &date, "-m", "x"]);
}

/// One mechanical edit of each file, of four sorts in turn.
pub(crate) fn mechanical(files: &BTreeMap<String, String>) -> Vec<(String, Edits)> {
    let yaml = files.iter().filter(|(path, _)| path.ends_with(".yaml"));
    // Every third file, so that a run stays short.
    let each = yaml.enumerate().step_by(3).map(|(at, (path, text))| {
        let edited = match at % 4 {
            0 => Some(text.replacen("description: ", "description: Now. ", 1)),
            1 => None,
            2 => Some(text.replace("owner: team:", "owner: team:x-").replace("x-p", "p")),
            _ => Some(renamed(text)),
        };
        (format!("{path} {}", at % 4), Edits::from([(path.clone(), edited)]))
    });
    each.collect()
}

/// Edits of one file that count, among some of which nothing can fail.
fn mixed(files: &BTreeMap<String, String>) -> Vec<(String, Edits)> {
    let yaml: Vec<(&String, &String)> =
        files.iter().filter(|(path, _)| path.ends_with(".yaml")).collect();
    let described = |text: &str| text.replace("description: ", "description: Now. ");
    let labelled = |text: &str| text.replacen("labels: {", "labels: {now: here, ", 1);
    let mixed = yaml.chunks(9).enumerate().map(|(at, chunk)| {
        let loud = |text: &str| match at % 4 {
            0 => text.replace("criticality: tier2", "criticality: tier1"),
            1 => text.replace("owner: team:", "owner: team:x-"),
            2 => text.replacen("dependsOn: [", "dependsOn: [ci:eks-prod, ", 1),
            _ => renamed(text),
        };
        let each = chunk.iter().enumerate().map(|(turn, (path, text))| {
            let text = match turn {
                4 => loud(text),
                1 | 6 => labelled(&described(text)),
                _ => described(text),
            };
            ((*path).clone(), Some(text))
        });
        (format!("mixed {at}"), each.collect())
    });
    mixed.collect()
}

/// The first document under another name that says what it was.
fn renamed(text: &str) -> String {
    let line = |key: &str| {
        let found = text.lines().find(|line| line.trim_start().starts_with(key));
        found.map(|line| line.trim_start()[key.len()..].to_owned()).unwrap_or_default()
    };
    let (kind, name) = (line("kind: "), line("name: "));
    let before = format!("  name: {name}\n");
    let after = format!("  name: {name}-new\n  formerly: ['{kind}:{name}']\n");
    text.replacen(&before, &after, 1)
}

/// Edits by hand: path, what is written there, and what instead; nothing instead of nothing adds.
const BY_HAND: &[(&str, &[(&str, &str, &str)])] = &[
    ("label", &[("services/checkout.yaml", "pci: in-scope}", "pci: in-scope, x: y}")]),
    (
        "environment",
        &[("cis/shop/applications.yaml", "environment: production", "environment: test")],
    ),
    (
        "new dependency",
        &[("services/gift-cards.yaml", "dependsOn: [", "dependsOn: [ci:eks-prod, ")],
    ),
    (
        "new use",
        &[(
            "cis/shop/applications.yaml",
            "uses: [ci:cdn-shop",
            "uses: [ci:kafka-prod, ci:cdn-shop",
        )],
    ),
    ("dependency lost", &[("services/checkout.yaml", "service:payments, ", "")]),
    ("cluster", &[("cis/aws/clusters.yaml", "quorum: ", "quorum: 1")]),
    ("retired", &[("services/payments.yaml", "lifecycle: live", "lifecycle: retired")]),
    ("criticality", &[("services/payments.yaml", "criticality: tier1", "criticality: tier3")]),
    ("terraform", &[("terraform/prod/db/main.tf", "", "# x\n")]),
    (
        "terraform of several",
        &[
            ("terraform/prod/eks/main.tf", "", "# x\n"),
            ("terraform/modules/subnet/main.tf", "", "# x\n"),
            ("terraform/data/warehouse/main.tf", "", "# x\n"),
        ],
    ),
    ("helm", &[("helm/payments/values.yaml", "", "# x\n")]),
    ("helm template", &[("helm/payments/templates/deployment.yaml", "", "# x\n")]),
    ("source beside catalog-info", &[("apps/checkout/src/order.rs", "", "// x\n")]),
    ("source of nobody", &[("scripts/x.sh", "", "true\n")]),
    ("README", &[("README.md", "", "x\n")]),
    ("settings", &[("gitsm.yaml", "entity-case: error", "entity-case: warning")]),
    ("settings that cover less", &[("gitsm.yaml", "exclude:\n", "exclude:\n  - cis/gcp/**\n")]),
    ("workflow", &[(".github/workflows/x.yaml", "", "on: push\n")]),
    ("freeze", &[("calendars/windows.yaml", "type: maintenance-window", "type: freeze")]),
    (
        "window for one",
        &[(
            "calendars/windows.yaml",
            "environments: [production, disaster-recovery]",
            "appliesTo: [service:checkout]",
        )],
    ),
    ("policy", &[("changes/policy.yaml", "moderate: 5, high: 10", "moderate: 2, high: 3")]),
    ("board", &[("teams/boards.yaml", "members: [", "members: [person:lena, ")]),
    (
        "schedule",
        &[("changes/2027-01-checkout-db-17.yaml", "start: 2027-01-12T22", "start: 2027-01-12T21")],
    ),
    (
        "schedule with what it touches",
        &[
            ("changes/2027-01-checkout-db-17.yaml", "start: 2027-01-12T22", "start: 2027-01-12T21"),
            ("services/checkout.yaml", "criticality: tier1", "criticality: tier2"),
            ("cis/aws/databases.yaml", "owner: team:payments", "owner: team:storefront"),
            ("terraform/prod/db/main.tf", "", "# x\n"),
        ],
    ),
    (
        "own account",
        &[("people/shop.yaml", "github: acme-tomasz", "github: 'acme-lena, acme-tomasz'")],
    ),
    (
        "silence",
        &[(
            "services/checkout.yaml",
            "kind: Service\n",
            "kind: Service # gitsm:ignore entity-case because\n",
        )],
    ),
    (
        "second document",
        &[(
            "services/again.yaml",
            "",
            "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: checkout}\nspec: {owner: team:platform, lifecycle: live}\n",
        )],
    ),
    (
        "extension",
        &[(
            "services/more.yaml",
            "",
            "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: checkout, extends: service:checkout, labels: {a: b}}\nspec: {owner: team:platform, lifecycle: live}\n",
        )],
    ),
    (
        "new and used",
        &[
            (
                "cis/new.yaml",
                "",
                "apiVersion: gitsm/v1alpha1\nkind: ConfigurationItem\nmetadata: {name: brand-new}\nspec: {class: compute.server, owner: team:platform, environment: production, lifecycle: {stage: operational}}\n",
            ),
            ("services/payments.yaml", "dependsOn: [", "dependsOn: [ci:brand-new, "),
        ],
    ),
    ("no YAML", &[("services/checkout.yaml", "spec:\n", "spec: [\n")]),
    ("board member leaves", &[("people/management.yaml", "spec:\n", "spec:\n  lifecycle: left\n")]),
    ("class", &[("classes/iot.yaml", "parent: ", "parent: item #")]),
];

pub(crate) fn by_hand(files: &BTreeMap<String, String>) -> Vec<(String, Edits)> {
    let each = BY_HAND.iter().map(|(name, all)| {
        let mut edits = Edits::new();
        for (path, from, to) in *all {
            let text = files.get(*path).cloned().unwrap_or_default();
            let text = match from.is_empty() {
                true => text + to,
                false => text.replacen(from, to, 1),
            };
            edits.insert((*path).to_owned(), Some(text));
        }
        ((*name).to_owned(), edits)
    });
    let moved = |from: &str, to: &str| {
        let text = files[from].clone();
        Edits::from([(from.to_owned(), None), (to.to_owned(), Some(text))])
    };
    let moves = [
        (
            "catalog-info moves",
            moved("apps/checkout/catalog-info.yaml", "apps/shop/catalog-info.yaml"),
        ),
        ("services move", moved("services/checkout.yaml", "shop/checkout.yaml")),
        ("settings go", Edits::from([("gitsm.yaml".to_owned(), None)])),
    ];
    each.chain(moves.map(|(name, edits)| (name.to_owned(), edits))).collect()
}

pub(crate) fn acme() -> (Folder, BTreeMap<String, String>) {
    let top: PathBuf = project().join("examples/acme");
    let mut all = BTreeMap::new();
    files(&top, &top, &mut all);
    let folder = Folder::git();
    for (path, text) in &all {
        folder.write(path, text);
    }
    folder.commit("base");
    (folder, all)
}

#[test]
fn whatever_changes_in_acme_a_slice_says_the_same_as_all_of_it() {
    let (folder, files) = acme();
    // Two changes that are under way meanwhile.
    let other = |path: &str, from: &str, to: &str| {
        Edits::from([(path.to_owned(), Some(files[path].replacen(from, to, 1)))])
    };
    commit(&folder, "under-way", &other("terraform/prod/db/main.tf", "\n", "\n# y\n"));
    commit(&folder, "also", &other("apps/checkout/Dockerfile", "\n", "\n# y\n"));
    let mut lines = 0;
    let all = mechanical(&files).into_iter().chain(by_hand(&files)).chain(mixed(&files));
    let mut wrong = Vec::new();
    for (name, edits) in all {
        commit(&folder, "change", &edits);
        let asked =
            Asked { base: Some("main".to_owned()), head: Some("change".to_owned()), staged: false };
        match std::panic::catch_unwind(|| compare(&name, &folder, &asked)) {
            Ok(told) => lines += told,
            Err(_) => wrong.push(name),
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(lines > 10_000, "{lines} lines are no test");
}

#[test]
fn a_slice_is_a_part() {
    let (folder, files) = acme();
    let text =
        files["services/hr-portal.yaml"].replacen("criticality: ", "criticality: tier1 #", 1);
    commit(&folder, "change", &Edits::from([("services/hr-portal.yaml".to_owned(), Some(text))]));
    let asked = |base: &str| Asked {
        base: Some(base.to_owned()),
        head: Some("change".to_owned()),
        staged: false,
    };
    let (count, part) = read(&folder, &asked("main"));
    assert!(part && count * 2 < files.len(), "{count} of {} files", files.len());
    // Settings that cover other files are no matter for a slice.
    let less = files["gitsm.yaml"].replacen("exclude:\n", "exclude:\n  - cis/**\n", 1);
    commit(&folder, "change", &Edits::from([("gitsm.yaml".to_owned(), Some(less))]));
    assert!(!read(&folder, &asked("main")).1);
    // Neither are selectors that walk from an entity to any other.
    let walks = "!has(entity.metadata.labels) || entity.related('ownedBy').size() > 9 || ";
    let models = &files["changes/models.yaml"];
    let models = models.replacen("!has(entity.metadata.labels) || ", walks, 1);
    commit(&folder, "change", &Edits::from([("changes/models.yaml".to_owned(), Some(models))]));
    assert!(!read(&folder, &asked("main")).1);
}

/// A change in acme, committed.
fn changed() -> (Folder, Asked) {
    let (folder, files) = acme();
    let text = files["services/payments.yaml"].replacen("tier1", "tier2", 1);
    commit(&folder, "change", &Edits::from([("services/payments.yaml".to_owned(), Some(text))]));
    let asked =
        Asked { base: Some("main".to_owned()), head: Some("change".to_owned()), staged: false };
    (folder, asked)
}

/// What is kept of the index, by path.
fn kept(folder: &Folder) -> Vec<PathBuf> {
    let all = fs::read_dir(folder.path().join(".git/gitsm/cache/index"));
    let mut all: Vec<PathBuf> = all.into_iter().flatten().map(|one| one.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn what_is_kept_is_never_trusted() {
    let (folder, asked) = changed();
    compare("cold", &folder, &asked);
    let [path] = kept(&folder).try_into().unwrap();
    let right = fs::read(&path).unwrap();
    let flipped: Vec<u8> = right.iter().map(|byte| byte ^ 1).collect();
    let late: Vec<u8> =
        right.iter().enumerate().map(|(at, b)| if at > 5000 { b ^ 1 } else { *b }).collect();
    for bytes in [&b""[..], &b"gitsmix\x01"[..], &right[..right.len() / 2], &flipped, &late] {
        fs::write(&path, bytes).unwrap();
        compare("damaged", &folder, &asked);
        assert!(fs::read(&path).unwrap() == right, "it is made anew");
    }
    // A folder in its place cannot be replaced.
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    compare("a folder", &folder, &asked);
}

#[test]
fn where_nothing_can_be_kept_nothing_fails() {
    let (folder, asked) = changed();
    fs::write(folder.path().join(".git/gitsm"), "not a folder").unwrap();
    compare("not a folder", &folder, &asked);
    assert_eq!(folder.read(".git/gitsm"), "not a folder");
}

#[test]
fn worktrees_share_what_is_kept_and_bare_repositories_keep_it_too() {
    let (folder, asked) = changed();
    let beside = Folder::new();
    let to = beside.path().join("w");
    folder.run_git(&["worktree", "add", "--quiet", "--detach", to.to_str().unwrap(), "change"]);
    let now = Some(now().timestamp());
    let wanted = Wanted { now, sliced: true, ..Wanted::default() };
    let at = |path: PathBuf| Place { current: path, ..Place::default() };
    let open = |place: Place| {
        let sides = Sides::open(&place, &asked, &wanted, &|_| None).unwrap();
        assert!(sides.is_slice());
        report(&sides, &sides.set()).json()
    };
    let told = open(at(to));
    assert_eq!(kept(&folder).len(), 1);
    let bare = beside.path().join("b.git");
    folder.run_git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    assert_eq!(open(at(bare.clone())), told);
    assert!(bare.join("gitsm/cache/index").is_dir());
}

#[test]
fn several_at_once_do_not_disturb_each_other() {
    let (folder, asked) = changed();
    let now = Some(now().timestamp());
    let wanted = Wanted { now, sliced: true, ..Wanted::default() };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| told(&folder, &asked, &wanted))).collect();
        let mut all: Vec<String> = all.into_iter().map(|one| one.join().unwrap()).collect();
        all.dedup();
        assert_eq!(all.len(), 1);
    });
    assert_eq!(kept(&folder).len(), 1);
}

#[test]
fn small_catalogs_are_read_in_full_and_keep_nothing() {
    let (folder, asked) = changed();
    let sides = Sides::open(&place(&folder), &asked, &Wanted::default(), &|_| None).unwrap();
    assert!(!sides.is_slice() && kept(&folder).is_empty());
}
