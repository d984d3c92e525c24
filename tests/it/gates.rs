//! What the gate prints, for whom, and with which exit code.

use insta::assert_snapshot;

use crate::keys::ready;
use crate::office::{CHANGE, Office};

/// What differs from run to run, hidden.
fn masked(text: &str) -> String {
    let pairs = [
        (r"sha256:[0-9a-f]{64}", "sha256:…"),
        (r"\b01[0-9A-HJKMNP-TV-Z]{24}\b", "ULID"),
        (r"\b[0-9a-f]{40}\b", "COMMIT"),
        (r"\b[0-9a-f]{9}\b", "COMMIT"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z| UTC)", "INSTANT"),
    ];
    let mut text = text.to_owned();
    for (pattern, mask) in pairs {
        text = regex::Regex::new(pattern).unwrap().replace_all(&text, mask).into_owned();
    }
    text
}

impl Office {
    /// Its gate enforces everything.
    fn enforcing_all() -> Self {
        let office = Self::new();
        let file = office.here.path().join("gitsm.yaml");
        let settings = std::fs::read_to_string(file).unwrap();
        office.on_main(&[("gitsm.yaml", format!("gate: {{all: enforce}}\n{settings}"))]);
        office
    }
}

#[test]
fn a_refusal_says_who_can_do_what_next_in_every_format() {
    if !ready() {
        return;
    }
    let office = Office::enforcing_all();
    office.proposed();
    let run = office.gitsm(&["gate"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert_snapshot!("refused", masked(&run.stdout));
    let run = office.gitsm(&["gate", "-o", "markdown"]);
    assert_snapshot!("refused_markdown", masked(&run.stdout));
    let run = office.gitsm(&["gate", "-o", "github"]);
    assert_eq!(run.code, 1);
    assert_snapshot!("refused_github", masked(&run.stdout));
    let run = office.gitsm(&["gate", "-o", "human=h.txt", "-o", "json"]);
    let verdict: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let schema = gitsm::flow::schemas::named("verdict").unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = schema.iter_errors(&verdict).map(|one| one.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_snapshot!("refused_json", masked(&run.stdout));
    assert!(office.here.path().join("h.txt").is_file());
}

#[test]
fn what_is_agreed_to_passes_and_is_the_same_when_it_is_replayed() {
    if !ready() {
        return;
    }
    let office = Office::enforcing_all();
    office.approved();
    let run = office.gitsm(&["gate"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_snapshot!("passed", masked(&run.stdout));
    let file = office.keys.path().join("verdict.json");
    let kept = office.gitsm(&["gate", "-o", &format!("json={}", file.display())]);
    assert_eq!(kept.code, 0, "{kept:?}");
    // The branch moves, another is begun, and the ledger grows: what was judged stays the same.
    office.on_main(&[("docs/a.txt", "later\n".to_owned())]);
    office.fine("ada", &["revoke", CHANGE]);
    assert_ne!(office.gitsm(&["gate"]).code, 0);
    let again = office.gitsm(&["gate", "--replay", file.to_str().unwrap()]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(again.stdout, text);
    // A verdict that somebody improved is told.
    std::fs::write(&file, text.replace("\"met\"", "\"unmet\"")).unwrap();
    let again = office.gitsm(&["gate", "--replay", file.to_str().unwrap()]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains("another verdict comes out"), "{again:?}");
    let none = office.gitsm(&["gate", "--replay", "gitsm.yaml"]);
    assert_eq!(none.code, 3, "{none:?}");
}

#[test]
fn without_settings_only_what_is_broken_holds_a_merge_up() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.change();
    let run = office.gitsm(&["gate"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("(unmet)  approvals"), "it is told all the same: {run:?}");
    office.here.write("services/web.yaml", "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: web}\nspec: {owner: team:gone, serviceType: business, lifecycle: live, criticality: tier1}\n");
    office.commit("jonas", "A mistake");
    let run = office.gitsm(&["gate"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("UNMET    valid        1 new error"), "{run:?}");
    assert!(run.stdout.contains("services/web.yaml:4: reference-unknown"), "{run:?}");
}

#[test]
fn what_cannot_be_judged_is_told_with_its_verdict_and_exit_code_3() {
    if !ready() {
        return;
    }
    let office = Office::enforcing_all();
    office.approved();
    // The ledger is gone from this clone.
    for name in ["refs/heads/gitsm/ledger", "refs/remotes/origin/gitsm/ledger"] {
        office.here.run_git(&["update-ref", "-d", name]);
    }
    for name in ["refs/gitsm/remote/ledger", "refs/gitsm/witness/ledger"] {
        office.here.run_git(&["update-ref", "-d", name]);
    }
    let run = office.gitsm(&["gate"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stdout.contains("UNKNOWN  approvals"), "{run:?}");
    assert!(run.stdout.contains("git fetch origin gitsm/ledger"), "{run:?}");
    // Mistakes in the base's settings are no permission.
    office.on_main(&[("gitsm.yaml", "gate: {al: enforce}\n".to_owned())]);
    let run = office.gitsm(&["gate", "-o", "json"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stdout.contains("gitsm.yaml:1: there is no setting `al`"), "{run:?}");
    assert_eq!(office.gitsm(&["gate", "--base", "nowhere"]).code, 3);
}

#[test]
fn the_page_of_a_change_under_way_says_what_the_gate_says() {
    if !ready() {
        return;
    }
    let office = Office::enforcing_all();
    office.proposed();
    let run = office.gitsm(&["render", "-o", "markdown"]);
    assert_eq!(run.code, 0, "{run:?}");
    let site = office.here.path().join("site/docs");
    let page = [format!("change/{CHANGE}.md"), format!("changes/{CHANGE}.md")];
    let page = page.iter().find_map(|path| std::fs::read_to_string(site.join(path)).ok()).unwrap();
    for said in ["It may not be merged yet.", "| who must agree agrees | not met |"] {
        assert!(page.contains(said), "{said} in {page}");
    }
}

#[test]
fn it_writes_nothing() {
    if !ready() {
        return;
    }
    let office = Office::enforcing_all();
    office.proposed();
    let state = || {
        let refs = office.here.run_git(&["for-each-ref"]);
        let objects = office.here.run_git(&["count-objects", "-v"]);
        let status = office.here.run_git(&["status", "--porcelain"]);
        (refs, objects, status)
    };
    let before = state();
    office.gitsm(&["gate"]);
    assert_eq!(state(), before);
}
