//! What people said on a forge, copied by a pipeline: it counts as theirs, for the commit that they
//! looked at, and no further than the forge vouches for it.

use serde_json::{Value, json};

use crate::keys::ready;
use crate::office::{CHANGE, Office, key, person};

const OWNERS: &str = "owner/team:default/payments";

/// A review as GitHub tells it.
fn review(id: u64, (number, login): (u64, &str), state: &str, commit: &str) -> Value {
    json!({
        "id": id,
        "user": {"id": number, "login": login, "type": "User"},
        "body": "I looked at the plan.",
        "state": state,
        "commit_id": commit,
        "submitted_at": "2030-01-01T10:00:00Z",
        "author_association": "MEMBER",
    })
}

/// An office whose people have accounts, with the usual change put forward by its author.
fn office() -> Office {
    let office = Office::new();
    let with = |name: &str, accounts: &str| {
        let text = person(name, &[key(&office.keys.public(name), "")], "");
        text.replace("accounts: {", &format!("accounts: {{{accounts}, "))
    };
    office.on_main(&[
        ("people/ada.yaml", with("ada", "github: ada-l, github-id: '71'")),
        ("people/jonas.yaml", with("jonas", "github: jonas")),
        ("people/lena.yaml", with("lena", "github: lena-k")),
    ]);
    office.proposed();
    office
}

impl Office {
    fn copied(&self, reviews: &[Value]) -> crate::support::Run {
        let text = Value::from(reviews.to_vec()).to_string();
        let file = self.keys.path().join("reviews.json");
        std::fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap().to_owned();
        self.says("ci", &["reviews", CHANGE, "--from", "github", "--file", &file])
    }

    fn head(&self) -> String {
        self.here.run_git(&["rev-parse", "HEAD"]).trim().to_owned()
    }
}

#[test]
fn an_approval_on_a_forge_counts_as_theirs() {
    if !ready() {
        return;
    }
    let office = office();
    let approved = review(1, (71, "renamed-since"), "APPROVED", &office.head());
    let run = office.copied(std::slice::from_ref(&approved));
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert!(run.stdout.contains("approved by pipeline:ci"), "{run:?}");
    assert_eq!(office.voices(OWNERS), ["ada"], "by the number, whatever the account is called now");
    let shown = office.shown();
    let asked = shown["agreement"]["requirements"].as_array().unwrap();
    let grade = asked.iter().find(|one| one["id"] == OWNERS).unwrap()["by"][0]["grade"].clone();
    assert_eq!(grade, "forge");
    // Its text is where it can be erased, under her name.
    let notes = office.gitsm(&["get", "notes", "-o", "json"]).stdout;
    assert!(notes.contains("I looked at the plan.") && notes.contains("person:default/ada"));
    // Copying again changes nothing.
    let run = office.copied(&[approved]);
    assert_eq!(run.stdout, "no review that is not copied already\n");
    assert_eq!(office.gitsm(&["ledger", "verify"]).code, 0);
}

#[test]
fn changes_that_are_requested_hold_it_up_until_the_review_is_dismissed() {
    if !ready() {
        return;
    }
    let office = office();
    let head = office.head();
    office.copied(&[review(1, (5, "lena-k"), "CHANGES_REQUESTED", &head)]);
    assert_eq!(office.state(), "new", "{:#}", office.shown());
    let run = office.copied(&[review(1, (5, "lena-k"), "DISMISSED", &head)]);
    assert!(run.stdout.contains("revoked by pipeline:ci"), "{run:?}");
    assert_eq!(office.state(), "authorize");
    office.copied(&[review(2, (71, "ada-l"), "APPROVED", &head)]);
    assert_eq!(office.voices(OWNERS), ["ada"]);
    office.copied(&[review(2, (71, "ada-l"), "DISMISSED", &head)]);
    assert!(office.voices(OWNERS).is_empty(), "a dismissed approval is none");
}

#[test]
fn a_review_of_another_commit_does_not_count_for_this_one() {
    if !ready() {
        return;
    }
    let office = office();
    let old = office.head();
    office.here.write("terraform/main.tf", "size = 16\n");
    office.commit("jonas", "Larger still");
    office.fine("jonas", &["propose"]);
    office.copied(&[review(1, (71, "ada-l"), "APPROVED", &old)]);
    office.is_dead("other-digest");
    let nowhere = "1".repeat(40);
    let run = office.copied(&[review(2, (5, "lena-k"), "APPROVED", &nowhere)]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("commit 111111111, which nobody put forward"), "{run:?}");
}

#[test]
fn accounts_that_changed_hands_or_belong_to_nobody_say_nothing() {
    if !ready() {
        return;
    }
    let office = office();
    let head = office.head();
    let run = office.copied(&[
        review(1, (72, "ada-l"), "APPROVED", &head),
        review(2, (99, "mallory"), "APPROVED", &head),
    ]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("the name changed hands"), "{run:?}");
    assert!(run.stdout.contains("nobody of the base has this account"), "{run:?}");
    assert!(office.voices(OWNERS).is_empty());
}

#[test]
fn nobody_approves_their_own_change_on_a_forge_either() {
    if !ready() {
        return;
    }
    let office = office();
    office.copied(&[review(1, (9, "jonas"), "APPROVED", &office.head())]);
    assert_eq!(office.refusals(), ["jonas: contributed"]);
}

#[test]
fn only_a_pipeline_that_the_base_lists_copies_reviews() {
    if !ready() {
        return;
    }
    let office = office();
    let text = json!([review(1, (71, "ada-l"), "APPROVED", &office.head())]).to_string();
    let file = office.keys.path().join("reviews.json");
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let arguments = ["reviews", CHANGE, "--from", "github", "--file", file];
    let told = office.refused("jonas", &arguments);
    assert!(told.contains("only a pipeline copies what others said"), "{told}");
    let run = office.says_by("ci", "jonas", &arguments);
    assert_ne!(run.code, 0, "a pipeline's name with somebody else's key: {run:?}");
    assert!(office.voices(OWNERS).is_empty());
}
