//! From whom an approval is not taken: whoever had a hand in the change, and whoever is not there.

use gitsm::ledger::Decision;

use crate::keys::ready;
use crate::office::{CHANGE, Office, key, person, policy};

/// The answer to somebody who had a hand in it; and to what they write past the command.
fn had_a_hand(office: &Office, who: &str, role: &str) {
    let told = office.refused(who, &["approve"]);
    assert!(told.contains(&format!("person:{who}")), "{told}");
    assert!(told.contains("nobody"), "{told}");
    office.forge(who, Some(who), |_| {});
    assert_eq!(office.refusals(), [format!("{who}: contributed")]);
    let shown = office.shown();
    let roles = shown["agreement"]["refused"][0]["roles"].as_array().unwrap().clone();
    assert!(roles.iter().any(|one| one == role), "{roles:?}");
    assert_eq!(office.state(), "authorize");
}

#[test]
fn the_author_does_not_agree_to_their_own_change() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.change();
    office.fine("kofi", &["propose"]);
    had_a_hand(&office, "jonas", "author");
}

#[test]
fn a_co_author_does_not_agree_to_their_own_change() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.change();
    office.git_as(
        ("jonas", "jonas"),
        &[
            "commit",
            "--quiet",
            "--amend",
            "--message",
            "A larger database\n\nCo-authored-by: Ada <ADA@acme.example>",
        ],
    );
    office.fine("jonas", &["propose"]);
    had_a_hand(&office, "ada", "co-author");
}

#[test]
fn the_committer_does_not_agree_to_what_they_committed() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.change();
    office.git_as(("jonas", "ada"), &["commit", "--quiet", "--amend", "--no-edit"]);
    office.fine("jonas", &["propose"]);
    had_a_hand(&office, "ada", "committer");
}

#[test]
fn who_runs_a_bot_does_not_agree_to_what_it_made() {
    if !ready() {
        return;
    }
    let bots = "  bots: [bumper@acme.example]\n";
    let office = Office::with(&[("people/ada.yaml", person("ada", &[], bots))]);
    office.change();
    let author = "--author=Bumper <Bumper@acme.example>";
    office.git_as(("jonas", "jonas"), &["commit", "--quiet", "--amend", "--no-edit", author]);
    office.fine("jonas", &["propose"]);
    let run = office.gitsm(&["change", "approve", "--as", "person:ada", "--unsigned"]);
    let told = run.stderr;
    assert!(told.contains("person:ada contributed (author)"), "{told}");
}

#[test]
fn whoever_rebases_a_change_after_agreeing_has_had_a_hand_in_it() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    office.on_main(&[("docs/a.txt", "b\n".to_owned())]);
    office.git_as(("ada", "ada"), &["rebase", "--quiet", "main"]);
    office.is_dead("contributed");
}

#[test]
fn whoever_put_a_change_forward_does_not_agree_to_it() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.change();
    office.fine("ada", &["propose"]);
    had_a_hand(&office, "ada", "opener");
}

#[test]
fn whom_a_change_adds_has_no_say_in_it() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.keys.make("zed", "");
    office.change();
    let own = key(&office.keys.public("zed"), "");
    office.here.write("people/zed.yaml", person("zed", &[own], "  memberOf: [team:payments]\n"));
    office.commit("jonas", "And somebody who agrees");
    office.fine("jonas", &["propose"]);
    let told = office.refused("zed", &["approve"]);
    assert!(told.contains("zed"), "{told}");
    office.forge("zed", Some("zed"), |_| {});
    assert_eq!(office.refusals(), ["zed: not-in-base"]);
    let shown = office.shown();
    assert!(!shown["agreement"]["requirements"].to_string().contains("zed"), "{shown:#}");
}

#[test]
fn whoever_left_does_not_agree_and_what_they_agreed_to_counts_no_more() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    let own = key(&office.keys.public("ada"), "");
    office.on_main(&[("people/ada.yaml", person("ada", &[own], "  lifecycle: left\n"))]);
    office.git_as(("jonas", "jonas"), &["rebase", "--quiet", "main"]);
    office.is_dead("left");
    let told = office.refused("ada", &["approve"]);
    assert!(told.contains("left"), "{told}");
}

#[test]
fn whoever_is_asked_nothing_has_nothing_to_agree_to() {
    if !ready() {
        return;
    }
    let only_owners = policy("  approvals: {moderate: {peers: 0}}\n");
    let office = Office::with(&[("policy.yaml", only_owners)]);
    office.proposed();
    let told = office.refused("eve", &["approve"]);
    assert!(told.contains("not among those who are asked: team:payments"), "{told}");
    office.forge("eve", Some("eve"), |_| {});
    assert_eq!(office.refusals(), ["eve: not-eligible"]);
    let told = office.refused("eve", &["reject", "--reason", "I do not like it."]);
    assert!(told.contains("team:payments"), "{told}");
    office.forge("eve", Some("eve"), |approval| approval.decision = Decision::Reject);
    assert_eq!(office.refusals(), ["eve: not-eligible", "eve: not-eligible"]);
    assert_eq!(office.state(), "authorize");
}

#[test]
fn commits_that_nobody_vouches_for_want_two_who_had_no_hand_in_them() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.change();
    office.here.write("docs/c.txt", "new\n");
    office.here.run_git(&["add", "--all"]);
    office.here.run_git(&["commit", "--quiet", "--message", "By somebody who says to be Ada"]);
    office.fine("jonas", &["propose"]);
    office.fine("lena", &["approve"]);
    assert_eq!(office.state(), "authorize");
    assert_eq!(office.voices("unattributed"), ["lena"]);
    office.fine("eve", &["approve"]);
    assert_eq!(office.voices("unattributed"), ["lena", "eve"]);
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn a_no_of_the_author_is_told_to_call_it_off() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.proposed();
    let told = office.refused("jonas", &["reject"]);
    assert!(told.contains("gitsm change cancel"), "{told}");
    office.fine("jonas", &["cancel", CHANGE]);
    assert_eq!(office.state(), "canceled");
}
