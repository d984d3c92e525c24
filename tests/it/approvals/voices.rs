//! Who speaks for whom: quorums, deputies, voices that are lent, and what is taken back.

use gitsm::ledger::Event;

use crate::keys::ready;
use crate::office::{CHANGE, Office, ago, policy, team};

const OWNERS: &str = "owner/team:default/payments";

/// An office in which only the owners of what changes are asked.
fn owners_only(more: &[(&str, String)]) -> Office {
    let only = policy("  approvals: {moderate: {peers: 0}}\n");
    let mut files = vec![("policy.yaml", only)];
    files.extend(more.iter().cloned());
    Office::with(&files)
}

/// The last day from today on, so many days ahead or back.
fn day(ahead: i64) -> String {
    ago(-24 * ahead).date_naive().to_string()
}

/// In words, why what somebody said last does not count.
fn last_words(office: &Office) -> String {
    let shown = office.shown();
    let all = shown["agreement"]["refused"].as_array().unwrap().clone();
    all.last().unwrap()["words"].as_str().unwrap().to_owned()
}

#[test]
fn what_somebody_takes_back_does_not_count() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    assert_eq!(office.state(), "scheduled");
    let run = office.fine("ada", &["revoke", CHANGE, "--reason", "I looked at the wrong one."]);
    assert!(run.stdout.contains("state: authorize"), "{run:?}");
    office.is_dead("revoked");
    let told = office.refused("ada", &["revoke", CHANGE]);
    assert!(told.contains("person:ada"), "{told}");
    office.fine("ada", &["approve"]);
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn nobody_takes_back_what_somebody_else_said() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    let shown = office.shown();
    let entry =
        shown["agreement"]["requirements"][0]["by"][0]["entry"].as_str().unwrap().to_owned();
    let told = office.refused("jonas", &["revoke", &entry]);
    assert!(told.contains("is what person:ada said"), "{told}");
    let told = office.refused("jonas", &["revoke", CHANGE]);
    assert!(told.contains("person:jonas has said nothing"), "{told}");
    let event =
        (shown["change"].as_str().unwrap().to_owned(), Event::Revoked { entry, text: None });
    office.write(&office.book(None), "jonas", Some("jonas"), event);
    assert_eq!(office.voices(OWNERS), ["ada"]);
    assert_eq!(office.refusals(), ["jonas: not-theirs"]);
}

#[test]
fn one_no_holds_a_change_up_until_it_is_taken_back() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.approved();
    let run = office.fine("lena", &["reject", "--reason", "Not before the sale."]);
    assert!(run.stdout.contains("state: new"), "{run:?}");
    assert_eq!(office.voices(OWNERS), ["ada"]);
    let shown = office.gitsm(&["change", "show"]).stdout;
    assert!(shown.contains("person:lena does not agree"), "{shown}");
    assert!(shown.contains("Not before the sale."), "{shown}");
    office.fine("lena", &["revoke", CHANGE]);
    assert_eq!(office.state(), "scheduled");
    assert_eq!(office.refusals(), ["lena: revoked"]);
}

#[test]
fn a_no_outlives_another_reason_and_ends_with_what_changes() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.told_by_message(false, "It is full on Fridays.");
    office.fine("jonas", &["propose"]);
    office.fine("lena", &["reject"]);
    office.told_by_message(true, "It is full on Mondays.");
    office.fine("jonas", &["propose"]);
    assert_eq!(office.state(), "new");
    assert_eq!(office.shown()["agreement"]["rejected"][0]["person"], "person:default/lena");
    office.here.write("terraform/main.tf", "size = 6\n");
    office.here.run_git(&["add", "--all"]);
    office.told_by_message(true, "It is full on Mondays.");
    office.fine("jonas", &["propose"]);
    assert_eq!(office.refusals(), ["lena: other-digest"]);
    assert_eq!(office.state(), "authorize");
}

#[test]
fn what_was_signed_is_taken_back_with_a_signature() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.proposed();
    office.fine("lena", &["reject"]);
    let unsigned = ["change", "revoke", CHANGE, "--as", "person:lena", "--unsigned"];
    let run = office.gitsm(&unsigned);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("taken back with a signature"), "{run:?}");
    let entry = office.shown()["agreement"]["rejected"][0]["entry"].as_str().unwrap().to_owned();
    let event = (format!("change:default/{CHANGE}"), Event::Revoked { entry, text: None });
    office.write(&office.book(None), "lena", None, event);
    assert_eq!(office.refusals(), ["lena: grade-below"]);
    assert_eq!(office.state(), "new");
    office.fine("lena", &["revoke", CHANGE]);
    assert_eq!(office.state(), "authorize");
}

#[test]
fn whoever_said_no_may_agree_after_all() {
    if !ready() {
        return;
    }
    let office = Office::new();
    office.proposed();
    office.fine("lena", &["reject"]);
    office.fine("lena", &["approve"]);
    assert_eq!(office.voices(OWNERS), ["lena"]);
    assert_eq!(office.refusals(), ["lena: superseded"]);
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn a_quorum_of_two_wants_two() {
    if !ready() {
        return;
    }
    let two = team("payments", &["ada", "jonas", "lena"], ", approvers: {quorum: 2}");
    let office = Office::with(&[("teams/payments.yaml", two)]);
    office.proposed();
    let run = office.fine("ada", &["approve"]);
    assert!(run.stdout.contains("state: authorize"), "{run:?}");
    assert!(run.stdout.contains("1 of 2 have agreed"), "{run:?}");
    office.fine("ada", &["approve"]);
    assert_eq!(office.state(), "authorize", "nobody speaks twice");
    office.fine("lena", &["approve"]);
    assert_eq!(office.voices(OWNERS), ["ada", "lena"]);
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn a_deputy_speaks_for_the_team() {
    if !ready() {
        return;
    }
    let deputy = ", approvers: {quorum: 1, deputies: [person:dora]}";
    let office = owners_only(&[("teams/payments.yaml", team("payments", &["jonas"], deputy))]);
    office.proposed();
    office.fine("dora", &["approve"]);
    assert_eq!(office.voices(OWNERS), ["dora"]);
    assert_eq!(office.state(), "scheduled");
}

#[test]
fn a_voice_that_is_lent_speaks_for_its_owner_until_it_is_taken_back() {
    if !ready() {
        return;
    }
    let office = owners_only(&[]);
    office.proposed();
    let run = office.fine("ada", &["delegate", "eve", "--until", &day(3), "--team", "payments"]);
    assert!(run.stdout.contains("eve"), "{run:?}");
    office.fine("eve", &["approve"]);
    assert_eq!(office.voices(OWNERS), ["eve for ada"]);
    assert_eq!(office.state(), "scheduled");
    let log = office.gitsm(&["ledger", "log", "--type", "delegated", "-o", "json"]);
    let log: serde_json::Value = serde_json::from_str(&log.stdout).unwrap();
    let entry = log["entries"][0]["id"].as_str().unwrap();
    office.fine("ada", &["revoke", entry]);
    assert_eq!(office.refusals(), ["eve: voice-not-lent"]);
    assert!(last_words(&office).contains("took it back"), "{}", last_words(&office));
}

#[test]
fn one_voice_is_heard_once_however_often_it_is_lent() {
    if !ready() {
        return;
    }
    let two = team("payments", &["ada", "jonas", "lena"], ", approvers: {quorum: 2}");
    let office = owners_only(&[("teams/payments.yaml", two)]);
    office.proposed();
    office.fine("ada", &["delegate", "eve", "--until", &day(3)]);
    office.fine("ada", &["approve"]);
    office.fine("eve", &["approve"]);
    assert_eq!(office.voices(OWNERS).len(), 1);
    assert_eq!(office.state(), "authorize");
}

#[test]
fn a_voice_is_lent_for_teams_and_for_a_time() {
    if !ready() {
        return;
    }
    let office = owners_only(&[]);
    office.proposed();
    office.fine("ada", &["delegate", "eve", "--until", &day(3), "--team", "platform"]);
    office.forge("eve", Some("eve"), |_| {});
    assert_eq!(office.refusals(), ["eve: voice-not-lent"]);
    assert!(last_words(&office).contains("not for the teams that are asked"));
    office.fine("ada", &["delegate", "finn", "--from", &day(2), "--until", &day(3)]);
    office.forge("finn", Some("finn"), |_| {});
    assert!(last_words(&office).contains("not yet then"), "{}", last_words(&office));
    let desk = office.desk(Some(ago(24 * 20)));
    let event = Event::Delegated {
        to: "person:default/kofi".to_owned(),
        teams: Vec::new(),
        from: format!("{}T00:00:00Z", day(-19)),
        until: format!("{}T00:00:00Z", day(-9)),
    };
    let subject = "person:default/lena".to_owned();
    office.write(&desk.book, "lena", Some("lena"), (subject, event));
    office.forge("kofi", Some("kofi"), |_| {});
    assert!(last_words(&office).contains("no longer then"), "{}", last_words(&office));
    for who in ["eve", "finn", "kofi"] {
        let told = office.refused(who, &["approve"]);
        assert!(told.contains("person:"), "{told}");
    }
    let told = office.refused("ada", &["delegate", "eve", "--until", &day(-2)]);
    assert!(told.contains("over before it begins"), "{told}");
}

#[test]
fn a_voice_that_was_lent_is_not_lent_on() {
    if !ready() {
        return;
    }
    let office = owners_only(&[]);
    office.proposed();
    office.fine("ada", &["delegate", "eve", "--until", &day(3)]);
    office.fine("eve", &["delegate", "finn", "--until", &day(3)]);
    office.forge("finn", Some("finn"), |_| {});
    assert_eq!(office.refusals(), ["finn: voice-not-lent"]);
    assert_eq!(office.state(), "authorize");
}

#[test]
fn whoever_contributed_lends_no_voice_and_is_lent_none() {
    if !ready() {
        return;
    }
    let office = owners_only(&[]);
    office.proposed();
    office.fine("jonas", &["delegate", "eve", "--until", &day(3)]);
    office.forge("eve", Some("eve"), |_| {});
    assert_eq!(office.refusals(), ["eve: voice-not-lent"]);
    assert!(last_words(&office).contains("had a hand in the change"), "{}", last_words(&office));
    office.fine("ada", &["delegate", "jonas", "--until", &day(3)]);
    office.refused("jonas", &["approve"]);
    office.forge("jonas", Some("jonas"), |_| {});
    assert_eq!(office.refusals(), ["eve: voice-not-lent", "jonas: contributed"]);
}

#[test]
fn nobody_lends_the_voice_of_somebody_else() {
    if !ready() {
        return;
    }
    let office = owners_only(&[]);
    office.proposed();
    let told = office.refused("ada", &["delegate", "nobody", "--until", &day(3)]);
    assert!(told.contains("the base knows no person nobody"), "{told}");
    let told = office.refused("ada", &["delegate", "ada", "--until", &day(3)]);
    assert!(told.contains("themselves"), "{told}");
    let event = Event::Delegated {
        to: "person:default/eve".to_owned(),
        teams: Vec::new(),
        from: format!("{}T00:00:00Z", day(-1)),
        until: format!("{}T00:00:00Z", day(3)),
    };
    let subject = "person:default/ada".to_owned();
    office.write(&office.book(None), "eve", Some("eve"), (subject, event));
    office.forge("eve", Some("eve"), |_| {});
    assert_eq!(office.refusals(), ["eve: voice-not-lent"]);
}
