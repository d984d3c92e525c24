//! Keys that do not count, and what was said of something else.

use std::fs;

use gitsm::ledger::{Decision, Pending, Statement, entry, time_of};

use crate::keys::ready;
use crate::office::{CHANGE, Office, ago, key, person, policy, request};

#[test]
fn a_key_that_nobody_lists_is_not_taken() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.keys.make("mallory", "");
    office.proposed();
    let run = office.says_by("ada", "mallory", &["approve"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("does not count for person:ada"), "{run:?}");
    assert!(run.stderr.contains("list it in the keys of person:ada on the base"), "{run:?}");
    office.forge("ada", Some("mallory"), |_| {});
    office.is_dead("key-unknown");
    // A key of somebody else is no better.
    office.forge("ada", Some("lena"), |_| {});
    assert_eq!(office.refusals(), ["ada: key-unknown", "ada: key-unknown"]);
}

#[test]
fn an_expired_key_is_not_taken() {
    if !ready() {
        return;
    }
    let office = Office::new();
    let expired = key(&office.keys.public("ada"), ", validUntil: 2021-12-31");
    office.on_main(&[("people/ada.yaml", person("ada", &[expired], ""))]);
    office.proposed();
    let told = office.refused("ada", &["approve"]);
    assert!(told.contains("2021-12-31"), "{told}");
    office.forge("ada", Some("ada"), |_| {});
    office.is_dead("key-not-valid");
}

#[test]
fn a_compromised_key_is_not_taken_nor_is_what_it_signed_before() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    let day = ago(48).date_naive();
    let lost = key(&office.keys.public("ada"), &format!(", compromised: {day}"));
    office.on_main(&[("people/ada.yaml", person("ada", &[lost], ""))]);
    office.is_dead("key-not-valid-now");
    let told = office.refused("ada", &["approve"]);
    assert!(told.contains("compromised"), "{told}");
    office.forge("ada", Some("ada"), |_| {});
    assert_eq!(office.refusals(), ["ada: key-not-valid-now", "ada: key-not-valid"]);
}

#[test]
fn a_key_that_is_taken_out_of_the_base_takes_its_approvals_along() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    office.keys.make("ada2", "");
    let other = key(&office.keys.public("ada2"), "");
    office.on_main(&[("people/ada.yaml", person("ada", &[other], ""))]);
    office.is_dead("key-not-valid-now");
    let run = office.says_by("ada", "ada2", &["approve"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(office.voices("owner/team:default/payments"), ["ada"]);
}

#[test]
fn what_is_only_claimed_does_not_count_where_a_signature_is_asked_for() {
    if !ready() {
        return;
    }
    let signed = policy("  approvals: {moderate: {grade: signed}}\n");
    let office = Office::with(&[("policy.yaml", signed)]);
    office.proposed();
    let run = office.gitsm(&["change", "approve", "--as", "person:ada", "--unsigned"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("signed"), "{run:?}");
    office.forge("ada", None, |_| {});
    office.is_dead("grade-below");
    office.fine("ada", &["approve"]);
    assert_eq!(office.voices("owner/team:default/payments"), ["ada"]);
}

#[test]
fn what_is_only_claimed_counts_where_the_policy_lets_it_and_says_so() {
    if !ready() {
        return;
    }
    // Where a ledger is pinned people have keys: a policy that says nothing wants more.
    let office = Office::new();
    office.proposed();
    let run = office.gitsm(&["change", "approve", "--as", "person:ada", "--unsigned"]);
    assert!(run.stderr.contains("it is only claimed"), "{run:?}");
    let content = "  approvals:\n    moderate: {grade: claimed}\n";
    let office = Office::with(&[("policies/changes.yaml", policy(content))]);
    office.proposed();
    let run = office.gitsm(&["change", "approve", "--as", "person:ada", "--unsigned"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("approved by person:ada, claimed"), "{run:?}");
    assert_eq!(office.voices("owner/team:default/payments"), ["ada"]);
    let shown = office.gitsm(&["change", "show"]).stdout;
    assert!(shown.contains("person:ada (claimed)"), "{shown}");
}

#[test]
fn what_was_said_of_another_repository_or_branch_does_not_count() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.proposed();
    let other = format!("acme/shop#sha256:{}", "0".repeat(64));
    office.forge("ada", Some("ada"), |approval| approval.repository = other);
    office.forge("ada", Some("ada"), |approval| {
        approval.repository = approval.repository.replace("acme/shop", "acme/store");
    });
    office.forge("ada", Some("ada"), |approval| {
        approval.base_branch = "refs/heads/release".to_owned();
    });
    let told = ["ada: other-repository", "ada: other-repository", "ada: other-branch"];
    assert_eq!(office.refusals(), told);
    assert_eq!(office.state(), "authorize");
}

#[test]
fn what_was_said_of_another_change_does_not_count() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.told_by_message(false, "It is full on Fridays.");
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    let digest = office.shown()["computed"]["digest"].clone();
    // The very same under another name.
    let message = "A larger database\n\nIt is full on Fridays.\n\nGitsm-Change: other";
    office.git_as(("jonas", "jonas"), &["commit", "--quiet", "--amend", "--message", message]);
    let shown = office.shown();
    assert_eq!(shown["change"], "change:default/other");
    assert_eq!(shown["computed"]["digest"], digest);
    assert!(office.voices("owner/team:default/payments").is_empty());
    office.fine("jonas", &["propose"]);
    assert_eq!(office.state(), "authorize");
    // An entry about this change that decides about that one is no better.
    office.forge("ada", Some("ada"), |approval| approval.change = change(CHANGE));
    office.is_dead("does-not-count");
    let words = shown_words(&office);
    assert!(words.contains("decides about another change"), "{words}");
}

fn change(name: &str) -> String {
    format!("change:default/{name}")
}

fn shown_words(office: &Office) -> String {
    office.shown()["agreement"]["refused"][0]["words"].as_str().unwrap().to_owned()
}

#[test]
fn an_approval_in_the_name_of_somebody_else_does_not_count() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.proposed();
    office.forge("eve", Some("eve"), |approval| {
        approval.person = "person:default/ada".to_owned();
    });
    assert_eq!(office.refusals(), ["eve: does-not-count"]);
    assert!(shown_words(&office).contains("speaks for"), "{}", shown_words(&office));
    assert_eq!(office.state(), "authorize");
}

#[test]
fn an_entry_that_is_copied_from_another_ledger_does_not_count() {
    if !ready() {
        return;
    }
    let theirs = Office::new();
    theirs.approved();
    let newest = ["ls-tree", "-r", "--name-only", "gitsm/ledger"];
    let files = theirs.here.run_git(&newest);
    let mut copied = None;
    for path in files.lines() {
        let text = theirs.here.run_git(&["show", &format!("gitsm/ledger:{path}")]);
        let (written, statement, _) = entry::read(text.as_bytes()).unwrap();
        if statement.event.name() == "approved" {
            let id = path.rsplit('/').next().unwrap().trim_end_matches(".json").to_owned();
            copied = Some((id, written, statement));
        }
    }
    let (id, written, statement): (String, entry::Written, Statement) = copied.unwrap();

    // Another repository of the same people, with the same keys and the same name.
    let ada = person("ada", &[key(&theirs.keys.public("ada"), "")], "");
    let ours = Office::with(&[]);
    for name in ["ada", "ada.pub"] {
        fs::copy(theirs.keys.path().join(name), ours.keys.path().join(name)).unwrap();
    }
    ours.on_main(&[("people/ada.yaml", ada)]);
    ours.proposed();
    let book = ours.book(None);
    let time = time_of(&id).unwrap();
    let pending = Pending { id, time, statement, written };
    gitsm::ledger::append(&book.repository, &book.branch, &[pending]).unwrap();
    ours.is_dead("does-not-count");
    // Of the same people, in this ledger, it counts.
    ours.fine("ada", &["approve"]);
    assert_eq!(ours.voices("owner/team:default/payments"), ["ada"]);
}

#[test]
fn an_approval_ends_with_the_time_for_which_the_policy_lets_it_count() {
    if !ready() {
        return;
    }
    let office = Office::with(&[("policy.yaml", policy("  approvalLasts: P5D\n"))]);
    office.change();
    office.propose_at("jonas", ago(24 * 9));
    office.decide_at("ada", Decision::Approve, ago(24 * 8));
    office.is_dead("too-old");
    let shown = office.gitsm(&["change", "show"]).stdout;
    assert!(shown.contains("it is too long ago: it counted for P5D"), "{shown}");
    assert_eq!(office.state(), "authorize");
    office.decide_at("ada", Decision::Approve, ago(24 * 4));
    assert_eq!(office.voices("owner/team:default/payments"), ["ada"]);
    assert!(office.shown()["agreement"]["until"].is_string());
}

#[test]
fn a_name_lands_once_and_its_approvals_with_it() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    office.here.run_git(&["switch", "--quiet", "main"]);
    office.git_as(("kofi", "kofi"), &["merge", "--quiet", "--no-ff", "--no-edit", CHANGE]);
    office.here.run_git(&["push", "--quiet", "origin", "main"]);
    let run = office.says("ci", &["merged"]);
    assert!(run.stdout.contains("change:bigger-db: merged by pipeline:ci"), "{run:?}");
    let told = office.refused("lena", &["approve", CHANGE]);
    assert!(told.contains("has landed"), "{told}");

    // The very same once more, after it was taken back.
    office.git_as(("kofi", "kofi"), &["revert", "--no-edit", "-m", "1", "HEAD"]);
    office.here.run_git(&["push", "--quiet", "origin", "main"]);
    office.here.run_git(&["switch", "--quiet", "--create", "again"]);
    office.git_as(("jonas", "jonas"), &["cherry-pick", CHANGE]);
    assert_eq!(office.here.read("terraform/main.tf"), "size = 8\n");
    let shown = office.shown();
    assert_eq!(shown["change"], "change:default/bigger-db");
    assert_eq!(office.refusals(), ["ada: already-used"]);
    let told = office.refused("jonas", &["propose"]);
    assert!(told.contains("landed"), "{told}");
    let told = office.refused("lena", &["approve"]);
    assert!(told.contains("landed"), "{told}");

    // Something else under the old name is no better.
    office.here.write("terraform/main.tf", "size = 16\n");
    office.here.write(&format!("changes/{CHANGE}.yaml"), request(CHANGE, "It is full again."));
    office.commit("jonas", "Larger still");
    office.forge("lena", Some("lena"), |_| {});
    assert_eq!(office.refusals(), ["ada: already-used", "lena: already-used"]);

    // Whoever lands it all the same has landed something that nobody agreed to.
    office.here.run_git(&["switch", "--quiet", "main"]);
    office.git_as(("kofi", "kofi"), &["merge", "--quiet", "--no-ff", "--no-edit", "again"]);
    office.here.run_git(&["push", "--quiet", "origin", "main"]);
    office.says("ci", &["merged"]);
    let run = office.gitsm(&["change", "show", CHANGE]);
    assert!(run.stdout.contains("authorize, unauthorized"), "{run:?}");
    assert!(run.stdout.contains("a name lands once"), "{run:?}");
    let run = office.gitsm(&["change", "list"]);
    assert!(run.stdout.contains("authorize, unauthorized"), "{run:?}");
}
