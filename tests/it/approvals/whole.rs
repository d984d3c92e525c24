//! Silence as consent, broken glass, and what a person reads along the way.

use super::stricter;
use crate::keys::ready;
use crate::office::{CHANGE, Office, ago, policy};

const AFFECTED: &str = "affected/team:default/front";

fn standing(office: &Office, id: &str) -> String {
    let shown = office.shown();
    let all = shown["agreement"]["requirements"].as_array().unwrap();
    let one = all.iter().find(|one| one["id"] == id);
    one.unwrap_or_else(|| panic!("{all:#?}"))["standing"].as_str().unwrap().to_owned()
}

#[test]
fn silence_of_those_who_are_affected_is_consent_once_a_pipeline_told_them() {
    if !ready() {
        return;
    }
    let office = Office::with(&[("policy.yaml", stricter())]);
    office.change();
    office.propose_at("jonas", ago(24 * 20));
    assert_eq!(standing(&office, AFFECTED), "unmet", "its author told them, which is no telling");
    office.propose_at("ci", ago(24 * 10));
    assert_eq!(standing(&office, AFFECTED), "lapsed");
    let shown = office.gitsm(&["change", "show"]).stdout;
    assert!(shown.contains("silence affected/team:front"), "{shown}");
    // Whoever owns what changes never agrees by silence.
    assert_eq!(standing(&office, "owner/team:default/payments"), "unmet");
    office.here.write("terraform/main.tf", "size = 9\n");
    office.commit("jonas", "Larger still");
    assert_eq!(standing(&office, AFFECTED), "unmet", "of this nobody told them");
    office.fine("ci", &["propose"]);
    assert_eq!(standing(&office, AFFECTED), "unmet");
    assert!(office.shown()["agreement"]["until"].is_string());
}

#[test]
fn whoever_is_affected_may_say_no_and_then_silence_is_none() {
    if !ready() {
        return;
    }
    let office = Office::with(&[("policy.yaml", stricter())]);
    office.change();
    office.propose_at("ci", ago(24 * 10));
    assert_eq!(standing(&office, AFFECTED), "lapsed");
    office.fine("finn", &["reject"]);
    assert_eq!(standing(&office, AFFECTED), "unmet");
    assert_eq!(office.state(), "new");
}

#[test]
fn only_those_whom_the_base_lists_break_the_glass() {
    if !ready() {
        return;
    }
    let listed = policy("  breakGlass: {people: [person:jonas], reviewWithin: P2D}\n");
    let office = Office::with(&[("policy.yaml", listed)]);
    office.proposed();
    let why = ["break-glass", "--reason", "It burns."];
    let told = office.refused("ada", &why);
    assert!(told.contains("the base lists person:jonas"), "{told}");
    office.fine("jonas", &why);
    let shown = office.shown();
    assert_eq!(shown["life"], "break-glass", "{shown:#}");
    assert_eq!(shown["state"], "scheduled");
    office.here.write("terraform/main.tf", "size = 9\n");
    office.commit("jonas", "Larger still");
    assert_eq!(office.refusals(), ["jonas: other-digest"]);
}

#[test]
fn a_change_that_was_called_off_wants_to_be_agreed_to_again() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    office.fine("jonas", &["cancel"]);
    assert_eq!(office.state(), "canceled");
    office.fine("jonas", &["propose"]);
    office.is_dead("canceled");
    office.fine("ada", &["approve", CHANGE]);
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn another_clone_sees_what_was_agreed_to() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    let address = office.here.run_git(&["remote", "get-url", "origin"]);
    office.here.run_git(&["push", "--quiet", "origin", CHANGE]);
    let there = crate::ledger::clone(address.trim());
    let sync = crate::ledger::ledger(there.path(), &["sync"]);
    assert_eq!(sync.code, 0, "{sync:?}");
    let run = there.gitsm(&["change", "show", CHANGE, "-o", "json"]);
    let shown: serde_json::Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    assert_eq!(shown["state"], "scheduled");
}
