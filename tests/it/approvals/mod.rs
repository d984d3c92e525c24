//! What people agree to, by the program over real repositories with real keys: what an approval
//! survives, what ends it, from whom it is not taken, and who may speak for whom.

mod keys;
mod people;
mod voices;
mod whole;

use crate::keys::ready;
use crate::office::{CHANGE, Office, policy, request, shop};

/// A policy in whose light the usual change is of high risk.
fn stricter() -> String {
    policy("  bands: {moderate: 1, high: 2, veryHigh: 40}\n")
}

#[test]
fn an_approval_survives_a_rebase_onto_a_main_that_moved() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    let before = office.shown()["computed"]["head"].clone();
    office.on_main(&[("docs/a.txt", "b\n".to_owned()), ("docs/b.txt", "b\n".to_owned())]);
    office.git_as(("jonas", "jonas"), &["rebase", "--quiet", "main"]);
    assert_ne!(office.shown()["computed"]["head"], before);
    office.counts();
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn an_approval_survives_a_merge_of_main_into_the_branch() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    office.on_main(&[("docs/a.txt", "b\n".to_owned())]);
    office.git_as(("kofi", "kofi"), &["merge", "--quiet", "--no-edit", "main"]);
    office.counts();
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn an_approval_survives_fmt() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.change();
    let ugly = shop("The shop", "tier1")
        .replace("  owner: team:payments\n", "  owner:   'team:payments'\n\n");
    office.here.write("services/shop.yaml", ugly);
    office.commit("jonas", "Written by hand");
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    let before = office.here.read("services/shop.yaml");
    let run = office.gitsm(&["fmt"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_ne!(office.here.read("services/shop.yaml"), before);
    office.commit("jonas", "gitsm fmt");
    office.counts();
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn an_approval_survives_a_move_of_the_entitys_file() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    std::fs::create_dir_all(office.here.path().join("catalog/business")).unwrap();
    office.here.run_git(&["mv", "services/shop.yaml", "catalog/business/shop.yaml"]);
    office.commit("jonas", "Where it belongs");
    office.counts();
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn an_approval_survives_another_commit_message_where_a_request_says_why() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    office.git_as(
        ("jonas", "jonas"),
        &[
            "commit",
            "--quiet",
            "--amend",
            "--message",
            "A larger database\n\nIt was full on Mondays, too.",
        ],
    );
    office.counts();
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn an_approval_dies_with_any_value_that_is_edited_and_lives_again_without_the_edit() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.change();
    office.here.write("docs/c.txt", "new\n");
    office.commit("jonas", "And a text");
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    office.counts();
    let shop = shop("The shop", "tier1");
    let edits = [
        ("services/shop.yaml", shop.replace("The shop", "The store")),
        ("services/shop.yaml", shop.replace("criticality: tier1", "criticality: tier2")),
        ("services/shop.yaml", shop.replace("serviceType: business", "serviceType: technical")),
        ("services/shop.yaml", shop.replace("terraform/**", "terraform/*")),
        ("services/shop.yaml", shop.replace("name: shop\n", "name: shop\n  description: Sells.\n")),
        ("services/web.yaml", office.here.read("services/web.yaml").replace("tier1", "tier2")),
        ("services/new.yaml", shop.replace("name: shop", "name: other")),
        ("terraform/main.tf", "size = 9\n".to_owned()),
        ("docs/c.txt", "newer\n".to_owned()),
        ("docs/a.txt", "not a\n".to_owned()),
    ];
    for (path, content) in edits {
        office.here.write(path, content);
        office.commit("jonas", "One more thing");
        let refused = office.refusals();
        assert_eq!(refused, ["ada: other-digest"], "{path}");
        assert_eq!(office.state(), "new", "{path}: it is not what was put forward");
        office.here.run_git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    }
    office.counts();
    office.here.remove("docs/c.txt");
    office.commit("jonas", "Without the text");
    office.is_dead("other-digest");
}

#[test]
fn an_approval_dies_with_a_new_file_that_an_entity_claims() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    office.here.write("terraform/deep/more.tf", "size = 1\n");
    office.commit("jonas", "One file more");
    office.is_dead("other-digest");
    let words = office.gitsm(&["change", "show"]).stdout;
    assert!(words.contains("person:ada"), "{words}");
    assert!(words.contains("something was edited since"), "{words}");
}

#[test]
fn an_approval_dies_with_a_comment_that_silences_a_finding() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    let silent = "  lifecycle: live # gitsm: ignore[service-incomplete] we know\n";
    let shop = shop("The shop", "tier1").replace("  lifecycle: live\n", silent);
    office.here.write("services/shop.yaml", shop);
    office.commit("jonas", "Silence");
    office.is_dead("other-digest");
    office.here.write(
        "services/shop.yaml",
        office
            .here
            .read("services/shop.yaml")
            .replace(" # gitsm: ignore[service-incomplete] we know", " # of course"),
    );
    office.commit("jonas", "A comment like any other");
    office.counts();
}

#[test]
fn an_approval_dies_when_the_request_gives_another_reason() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    let reason = office.shown()["computed"]["request"].clone();
    office.here.write(&format!("changes/{CHANGE}.yaml"), request(CHANGE, "It is full on Mondays."));
    office.commit("jonas", "Another reason");
    assert_ne!(office.shown()["computed"]["request"], reason);
    // The request is a part of the catalog, so what changes is not what it was either.
    office.is_dead("other-digest");
    assert_eq!(office.state(), "new");
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    assert_eq!(office.voices("owner/team:default/payments"), ["ada"]);
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn an_approval_dies_when_the_message_gives_another_reason_and_there_is_no_request() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.told_by_message(false, "It is full on Fridays.");
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    office.counts();
    let digest = office.shown()["computed"]["digest"].clone();
    office.told_by_message(true, "It is full on Mondays.");
    assert_eq!(office.shown()["computed"]["digest"], digest);
    office.is_dead("other-request");
    // What changes was put forward as it is: agreeing once more is enough.
    assert_eq!(office.state(), "authorize");
    office.told_by_message(true, "It is full on Fridays.  \n");
    office.counts();
}

#[test]
fn an_approval_dies_when_a_stricter_policy_of_the_base_raises_the_band() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    assert_eq!(office.shown()["computed"]["band"], "moderate");
    office.on_main(&[("policy.yaml", stricter())]);
    office.is_dead("band-risen");
    office.git_as(("jonas", "jonas"), &["rebase", "--quiet", "main"]);
    assert_eq!(office.shown()["computed"]["band"], "high");
    office.is_dead("band-risen");
}

#[test]
fn an_approval_dies_when_what_changes_becomes_more_critical() {
    if !ready() {
        return;
    }
    let office = Office::with(&[("services/shop.yaml", shop("Shop", "tier4"))]);
    office.on_main(&[("policy.yaml", policy("  bands: {moderate: 2, high: 5, veryHigh: 40}\n"))]);
    office.begin(CHANGE, "jonas", &[("terraform/main.tf", "size = 8\n".to_owned())]);
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    let before = office.shown();
    assert_eq!(before["computed"]["band"], "moderate", "{before:#}");
    office.on_main(&[("services/shop.yaml", shop("Shop", "tier1"))]);
    office.git_as(("jonas", "jonas"), &["rebase", "--quiet", "main"]);
    let after = office.shown();
    assert_eq!(after["computed"]["digest"], before["computed"]["digest"]);
    assert_eq!(after["computed"]["band"], "high", "{after:#}");
    office.is_dead("band-risen");
}
