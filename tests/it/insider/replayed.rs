//! Approvals of something else, of another time, or by voices that were not lent.

use gitsm::ledger::{Decision, Event};

use super::urgent::land;
use super::{POLICY, agreed, company, gate_in, is_refused, passes, refuses};
use crate::office::{CHANGE, Office, ago, policy};

fn forged(attempt: &str, words: &str, alter: impl FnOnce(&mut gitsm::ledger::Approval)) {
    let Some(office) = company() else { return };
    office.proposed();
    office.forge("ada", Some("ada"), alter);
    refuses(
        &office,
        attempt,
        "approvals",
        &format!("approved by person:ada does not count: {words}"),
    );
}

#[test]
fn of_another_repository() {
    forged("of another repository", "", |one| {
        one.repository = one.repository.replace("acme/shop", "acme/store")
    });
    let other = format!("acme/shop#sha256:{}", "0".repeat(64));
    forged("of another ledger", "", |one| one.repository = other);
}

#[test]
fn of_another_branch() {
    forged("of another branch", "", |one| one.base_branch = "refs/heads/release".to_owned());
}

#[test]
fn of_another_change() {
    forged("of another change", "", |one| one.change = "change:default/other".to_owned());
    forged("of another digest", "", |one| one.digest = format!("sha256:{}", "0".repeat(64)));
    forged("of another request", "", |one| one.request = format!("sha256:{}", "0".repeat(64)));
}

#[test]
fn shown_less_than_what_is_asked() {
    forged("shown less", "", |one| one.requirements.clear());
    forged("of a lower band", "", |one| one.band = gitsm::model::gitsm::value::RiskBand::Low);
}

#[test]
fn for_a_release_branch_with_the_approval_of_main() {
    let Some(office) = agreed() else { return };
    office.here.run_git(&["push", "--quiet", "origin", "main:release"]);
    office.here.run_git(&["fetch", "--quiet", "origin"]);
    let run = gate_in(office.here.path(), &["--base", "origin/release"], &[]);
    is_refused(&run, "another branch", "approvals", "still missing: team:payments");
}

#[test]
fn the_same_under_a_new_name() {
    let Some(office) = company() else { return };
    office.told_by_message(false, "It is full on Fridays.");
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    passes(&office, "under its name");
    let message = "A larger database\n\nIt is full on Fridays.\n\nGitsm-Change: other";
    office.git_as(("jonas", "jonas"), &["commit", "--quiet", "--amend", "--message", message]);
    refuses(&office, "under a new name", "approvals", "still missing: team:payments");
}

/// What landed and was taken back lands again, under a name.
fn again(office: &Office, name: &str, trailer: &str) {
    land(office, CHANGE);
    office.git_as(("kofi", "kofi"), &["revert", "--no-edit", "-m", "1", "HEAD"]);
    office.here.run_git(&["push", "--quiet", "origin", "main"]);
    office.here.run_git(&["switch", "--quiet", "--create", name]);
    office.git_as(("jonas", "jonas"), &["cherry-pick", "--no-commit", CHANGE]);
    if trailer != CHANGE {
        office.here.run_git(&["rm", "--quiet", "-f", &format!("changes/{CHANGE}.yaml")]);
    }
    let message = format!("Again\n\nIt is full.\n\nGitsm-Change: {trailer}");
    office.commit("jonas", &message);
}

#[test]
fn the_same_name_once_more() {
    let Some(office) = agreed() else { return };
    again(&office, "again", CHANGE);
    refuses(&office, "the same name", "request", "a name lands once");
    refuses(&office, "the same name", "approvals", "approved by person:ada does not count: ");
    // Letters do not make another name of it.
    let message = format!("Again\n\nGitsm-Change: {}", CHANGE.to_uppercase());
    office.here.run_git(&["rm", "--quiet", "-f", &format!("changes/{CHANGE}.yaml")]);
    office.git_as(("jonas", "jonas"), &["commit", "--quiet", "--amend", "--message", &message]);
    refuses(&office, "the same name in capitals", "request", "a name lands once");
}

#[test]
fn the_same_digest_under_a_new_name_after_it_was_taken_back() {
    let Some(office) = agreed() else { return };
    again(&office, "again", "again");
    refuses(&office, "the same once more", "approvals", "still missing: team:payments");
}

#[test]
fn back_dated_and_too_old() {
    let Some(office) = company() else { return };
    office.on_main(&[("policy.yaml", policy(&format!("{POLICY}  approvalLasts: P5D\n")))]);
    office.change();
    office.propose_at("jonas", ago(24 * 9));
    office.decide_at("ada", Decision::Approve, ago(24 * 8));
    refuses(&office, "too old", "approvals", "it is too long ago");
    // A clock that is ahead makes nothing last longer.
    office.decide_at("lena", Decision::Approve, ago(-24 * 30));
    refuses(&office, "dated ahead", "approvals", "approved by person:lena does not count");
}

#[test]
fn back_dated_to_when_a_key_counted() {
    let Some(office) = company() else { return };
    office.change();
    office.propose_at("jonas", ago(48));
    office.decide_at("ada", Decision::Approve, ago(47));
    passes(&office, "two days old");
    // Back-dated to a day on which a key counted that is over now.
    let until = format!(", validUntil: {}", ago(24).date_naive());
    let key = crate::office::key(&office.keys.public("ada"), &until);
    office.on_main(&[("people/ada.yaml", crate::office::person("ada", &[key], ""))]);
    refuses(&office, "by a key that is over", "approvals", "approved by person:ada does not count");
}

#[test]
fn a_voice_lent_to_oneself() {
    let Some(office) = company() else { return };
    office.change();
    office.fine("jonas", &["propose"]);
    let day = ago(-48).date_naive().to_string();
    let told = office.says("jonas", &["delegate", "jonas", "--until", &day]);
    assert_eq!(told.code, 2, "{told:?}");
    let lent = |from: &str, key: &str, (start, end): (i64, i64)| {
        let at = |hours: i64| ago(hours).format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let event = Event::Delegated {
            to: "person:default/eve".to_owned(),
            teams: Vec::new(),
            from: at(start),
            until: at(end),
        };
        office.write(
            &office.book(None),
            from,
            Some(key),
            (format!("person:default/{from}"), event),
        );
    };
    let owners =
        policy(&POLICY.replace("low: {peers: 0}", "low: {peers: 0}, moderate: {peers: 0}"));
    office.on_main(&[("policy.yaml", owners)]);
    // Eve says that Ada lent her voice.
    lent("ada", "eve", (48, -48));
    office.forge("eve", Some("eve"), |_| {});
    refuses(
        &office,
        "a voice that was not lent",
        "approvals",
        "approved by person:eve does not count",
    );
    // Ada did, until yesterday.
    lent("ada", "ada", (72, 24));
    office.forge("eve", Some("eve"), |_| {});
    refuses(&office, "a voice that is back", "approvals", "approved by person:eve does not count");
    // Jonas did, of what he made himself.
    lent("jonas", "jonas", (48, -48));
    office.forge("eve", Some("eve"), |_| {});
    refuses(&office, "a contributor's voice", "approvals", "approved by person:eve does not count");
    office.fine("ada", &["delegate", "eve", "--until", &day]);
    office.fine("eve", &["approve"]);
    passes(&office, "a voice that was lent");
}

#[test]
fn a_voice_that_was_lent_without_a_key_where_a_signature_is_asked() {
    let Some(office) = company() else { return };
    let signed = POLICY.replace(
        "low: {peers: 0}",
        "low: {peers: 0}, moderate: {peers: 0, grade: signed}, high: {grade: signed}",
    );
    office.on_main(&[("policy.yaml", policy(&signed))]);
    office.change();
    office.fine("jonas", &["propose"]);
    let day = ago(-48).date_naive().to_string();
    let lend = ["change", "delegate", "eve", "--until", &day, "--as", "person:ada", "--unsigned"];
    let _ = office.gitsm(&lend);
    office.forge("eve", Some("eve"), |_| {});
    refuses(&office, "lent without a key", "approvals", "approved by person:eve does not count");
}

#[test]
fn a_voice_that_was_taken_back() {
    let Some(office) = agreed() else { return };
    office.fine("ada", &["revoke", CHANGE]);
    refuses(&office, "revoked", "approvals", "approved by person:ada does not count");
    office.fine("ada", &["approve"]);
    office.fine("jonas", &["cancel", CHANGE]);
    assert_ne!(super::gate(&office).code, 0, "called off");
}
