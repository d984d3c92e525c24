//! What was decided: what counts, and why the rest does not.

use super::world::*;
use crate::change::agreement::Obstacle;
use crate::change::facts::Contributor;
use crate::change::people::Known;
use crate::change::requirement::RequirementKind;
use crate::ledger::{Account, Approval, Decision, Event, Problem, Review};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;
use crate::model::gitsm::value::RiskBand;

#[test]
fn one_person_may_fulfil_several_requirements() {
    let mut world = World::new();
    assert_eq!(standings(&world.told()), ["owner 1 missing", "peers 1 missing"]);
    let could = &world.told().requirements[0].could;
    assert_eq!(*could, [person("cy"), person("dee")]);
    world.approve("cy");
    assert_eq!(standings(&world.told()), ["owner met cy", "peers met cy"]);
    assert!(world.told().is_met());
    world.approve("eve");
    assert_eq!(standings(&world.told()), ["owner met cy", "peers met cy+eve"]);
}

#[test]
fn a_quorum_wants_as_many_persons() {
    let mut world = World::new();
    let board = requirement(RequirementKind::Team, "team/team:default/board", 2, &["dee", "eve"]);
    world.approvals.requirements = vec![board];
    world.approve("dee");
    world.approve("dee");
    assert_eq!(standings(&world.told()), ["team 1 missing dee"]);
    assert_eq!(codes(&world.told()), ["dee superseded"]);
    world.approve("eve");
    assert!(world.told().is_met());
    let unattributed = requirement(RequirementKind::Unattributed, "unattributed", 2, &[]);
    world.approvals.requirements = vec![unattributed];
    assert_eq!(codes(&world.told()), ["dee not-shown", "dee not-shown", "eve not-shown"]);
}

/// What is different about an approval, and the code of the refusal.
type Difference = (&'static str, fn(&mut Approval));

#[test]
fn an_approval_is_bound_to_everything_that_it_was_said_of() {
    let differences: [Difference; 9] = [
        ("other-repository", |one| one.repository = "acme/other#sha256:g".to_owned()),
        ("other-repository", |one| one.repository = "acme/infra#sha256:h".to_owned()),
        ("other-branch", |one| one.base_branch = "refs/heads/next".to_owned()),
        ("other-change", |one| one.change = "change:default/pg18".to_owned()),
        ("other-digest", |one| one.digest = "sha256:d0".to_owned()),
        ("other-request", |one| one.request = "sha256:r0".to_owned()),
        ("not-theirs", |one| one.person = person("dee")),
        ("band-risen", |one| one.band = RiskBand::Low),
        ("not-shown", |one| one.requirements = vec!["team/team:default/board".to_owned()]),
    ];
    for (code, differ) in differences {
        let mut world = World::new();
        let mut approval = world.approval("cy", Decision::Approve);
        differ(&mut approval);
        world.say("cy", Event::Approved { approval, review: None, text: None });
        let told = world.told();
        assert_eq!(codes(&told), [format!("cy {code}")]);
        assert!(!told.is_met(), "{code}");
        assert!(told.refused[0].words.len() > 10);
    }
    let mut world = World::new();
    let approval = world.approval("cy", Decision::Approve);
    world.write(
        "cy",
        "change:default/pg18",
        Event::Approved { approval, review: None, text: None },
    );
    assert_eq!(codes(&world.told()), ["cy other-change"]);
    let mut world = World::new();
    let approval = world.approval("cy", Decision::Reject);
    world.say("cy", Event::Approved { approval, review: None, text: None });
    assert_eq!(codes(&world.told()), ["cy not-theirs"]);
    let mut world = World::new();
    world.approve("cy");
    world.band = RiskBand::Low;
    assert!(world.told().is_met(), "less risk than was shown is fine");
}

#[test]
fn nobody_decides_about_their_own_work() {
    for role in ["author", "co-author", "committer", "opener", "pusher", "signer", "operator"] {
        let mut world = World::new();
        let contributor = Contributor { role: role.to_owned(), ..Contributor::default() };
        world.approvals.contributors = vec![Known { contributor, persons: vec![person("cy")] }];
        world.approve("cy");
        let told = world.told();
        assert_eq!(codes(&told), ["cy contributed"]);
        assert!(told.refused[0].words.ends_with("nobody decides about their own work"), "{role}");
        assert!(!told.refused[0].words.contains(&format!("they {role}:")), "{role} has no words");
    }
    let mut world = World::new();
    world.propose("cy");
    world.approve("cy");
    world.propose("pipeline:ci");
    let told = world.told();
    assert_eq!(codes(&told), ["cy contributed"], "whoever puts it forward is its opener");
    assert_eq!(told.requirements[0].could, [person("dee")]);
}

#[test]
fn who_decides_must_be_known_and_there() {
    let mut world = World::new();
    world.approve("zoe");
    assert_eq!(codes(&world.told()), ["zoe not-in-base"], "added in the same change");
    world.last().problems = vec![Problem::UnknownKey { fingerprint: "SHA256:x".to_owned() }];
    assert_eq!(codes(&world.told()), ["zoe not-in-base"]);
    let mut world = World::new();
    world.approvals.requirements.pop();
    world.approve("eve");
    assert_eq!(codes(&world.told()), ["eve not-eligible"]);
    let mut world = World::new();
    world.approve("cy");
    world.authority.left.insert(person("cy"));
    assert_eq!(codes(&world.told()), ["cy left"]);
    let mut world = World::new();
    world.approve("cy");
    world.gone.insert(person("cy"));
    let told = world.told();
    assert_eq!(codes(&told), ["cy key-not-valid-now"]);
    assert_eq!(told.refused[0].words, "the key is not in the base any more");
}

#[test]
fn an_entry_that_does_not_count_says_why() {
    let problems = [
        (Problem::UnknownKey { fingerprint: "f".to_owned() }, "key-unknown"),
        (
            Problem::KeyNotValid { fingerprint: "f".to_owned(), reason: "it is over".to_owned() },
            "key-not-valid",
        ),
        (Problem::Unsigned, "does-not-count"),
        (Problem::UnseenLedger { commit: "c".to_owned() }, "does-not-count"),
    ];
    for (problem, code) in problems {
        let mut world = World::new();
        world.approve("cy");
        world.last().problems = vec![problem];
        let told = world.told();
        assert_eq!(codes(&told), [format!("cy {code}")]);
        let json = serde_json::to_value(&told.refused[0]).unwrap();
        assert_eq!((&json["code"], &json["event"]), (&code.into(), &"approved".into()));
    }
    let mut world = World::new();
    world.approve("cy");
    world.last().problems = vec![Problem::BackDated { seconds: 1000 }];
    assert!(world.told().is_met(), "this alone is not fatal");
}

#[test]
fn an_approval_ends() {
    let mut world = World::new();
    world.approve("cy");
    let ends = world.told().until.unwrap().timestamp();
    assert_eq!(ends, world.now + 120 * HOUR);
    world.now = ends - 1;
    assert!(world.told().is_met());
    world.now = ends;
    assert_eq!(codes(&world.told()), ["cy too-old"]);
    assert_eq!(world.told().refused[0].words, "it is too long ago: it counted for PT120H");
    world.now = MONDAY - HOUR;
    assert_eq!(codes(&world.told()), ["cy dated-ahead"]);
}

#[test]
fn a_back_dated_approval_gains_nothing() {
    let mut world = World::new();
    world.approve("cy");
    let at = world.now;
    world.last().entry.statement.at = "2026-11-12T12:00:00Z".to_owned();
    world.now = at + 25 * HOUR;
    assert_eq!(codes(&world.told()), ["cy too-old"], "it is as old as it says");
}

#[test]
fn what_somebody_says_last_counts() {
    let mut world = World::new();
    world.approve("cy");
    world.reject("cy");
    let told = world.told();
    assert_eq!(codes(&told), ["cy superseded"]);
    assert_eq!(told.rejected.len(), 1);
    assert!(!told.is_met());
    world.approve("cy");
    assert!(world.told().is_met());
    let last = world.ledger.last().unwrap().entry.id.clone();
    world.revoke("cy", &last);
    // What was said last is gone, and what stood before it stands again.
    assert_eq!(codes(&world.told()), ["cy superseded", "cy revoked"]);
    assert_eq!(world.told().rejected.len(), 1);
}

#[test]
fn a_rejection_stands_until_it_is_taken_back_or_something_changes() {
    let mut world = World::new();
    world.approve("cy");
    let no = world.reject("dee");
    assert!(!world.told().is_met());
    world.revoke("cy", &no);
    let told = world.told();
    assert_eq!(codes(&told), ["cy not-theirs"]);
    assert!(!told.is_met());
    world.revoke("dee", &no);
    assert!(world.told().is_met());
    assert_eq!(codes(&world.told()), ["dee revoked", "cy not-theirs"]);
    world.reject("dee");
    world.request = "sha256:r2".to_owned();
    world.band = RiskBand::High;
    assert_eq!(world.told().rejected.len(), 1, "other words change nothing about it");
    world.digest = "sha256:d2".to_owned();
    let told = world.told();
    assert!(told.rejected.is_empty());
    assert!(codes(&told).contains(&"dee other-digest".to_owned()));
}

#[test]
fn whoever_has_no_voice_cannot_hold_it_up_either() {
    let mut world = World::new();
    world.approvals.requirements.pop();
    world.approve("cy");
    world.reject("eve");
    world.reject("ada");
    let told = world.told();
    assert_eq!(codes(&told), ["eve not-eligible", "ada contributed"]);
    assert!(told.is_met());
}

#[test]
fn what_is_less_sure_replaces_nothing() {
    let mut world = World::new();
    world.reject("cy");
    world.approve("cy");
    world.last().grade = Grade::Claimed;
    let no = world.ledger[0].entry.id.clone();
    world.revoke("cy", &no);
    world.last().grade = Grade::Claimed;
    let told = world.told();
    assert_eq!(codes(&told), ["cy grade-below", "cy grade-below"]);
    assert_eq!(told.rejected.len(), 1, "an unsigned word clears no signed one");
    assert_eq!(
        told.refused[0].words,
        "it is only claimed, and signed is asked for: sign it with a key that the base lists (`--key FILE`)"
    );
}

#[test]
fn the_grade_that_is_asked_for_is_needed() {
    let mut world = World::new();
    world.approvals.requirements[0].grade = Grade::Signed;
    world.approve("cy");
    world.last().grade = Grade::Claimed;
    let told = world.told();
    assert_eq!(standings(&told), ["owner 1 missing", "peers met cy"]);
    world.approvals.requirements.pop();
    assert_eq!(codes(&world.told()), ["cy grade-below"]);
}

#[test]
fn a_review_that_a_pipeline_copies_is_its_givers() {
    let mut world = World::new();
    let approval = world.approval("cy", Decision::Approve);
    let review = Review {
        account: Account { forge: "github".to_owned(), id: 7 },
        id: 9,
        commit: "c".repeat(40),
        at: "2026-11-16T12:00:00Z".to_owned(),
        answer: "sha256:a".to_owned(),
    };
    let id =
        world.say("pipeline:ci", Event::Approved { approval, review: Some(review), text: None });
    let told = world.told();
    assert_eq!(standings(&told), ["owner met cy", "peers met cy"]);
    assert_eq!(told.requirements[0].by[0].grade, Grade::Forge);
    world.revoke("cy", &id);
    assert_eq!(codes(&world.told()), ["cy revoked"]);
}

#[test]
fn no_pipeline_agrees_to_anything() {
    let mut world = World::new();
    world.authority.writers.insert("pipeline:ci".to_owned(), Vec::new());
    let mut approval = world.approval("cy", Decision::Approve);
    world.say(
        "pipeline:ci",
        Event::Approved { approval: approval.clone(), review: None, text: None },
    );
    approval.person = "pipeline:ci".to_owned();
    world.say("pipeline:ci", Event::Approved { approval, review: None, text: None });
    let told = world.told();
    assert!(told.refused.iter().all(|one| one.why.code() == "not-theirs"));
    assert_eq!(standings(&told), ["owner 1 missing", "peers 1 missing"]);
}

#[test]
fn an_approval_serves_one_landing() {
    let mut world = World::new();
    world.approve("cy");
    let merged = world.merge();
    world.approve("dee");
    let told = world.told();
    assert_eq!(codes(&told), ["cy already-used", "dee already-used"]);
    assert_eq!(told.obstacles, [Obstacle::LandedBefore { entry: merged }]);
}

#[test]
fn what_was_said_before_it_was_called_off_is_over() {
    let mut world = World::new();
    world.approve("cy");
    let canceled = world.cancel("ada");
    let told = world.told();
    assert_eq!(told.obstacles, [Obstacle::Canceled { entry: canceled }]);
    assert!(!told.is_met());
    world.propose("ada");
    let told = world.told();
    assert_eq!(codes(&told), ["cy canceled"]);
    assert_eq!(told.obstacles, []);
    world.approve("cy");
    assert!(world.told().is_met());
}

#[test]
fn an_emergency_names_an_incident_and_somebody_decides() {
    let mut world = World::new();
    world.change_type = ChangeType::Emergency;
    world.approvals.requirements.clear();
    let told = world.told();
    assert_eq!(told.obstacles, [Obstacle::NoIncident, Obstacle::NobodyDecides]);
    assert!(!told.is_met(), "that nobody is asked is no agreement");
    world.incident = Some("INC-2026-0042".to_owned());
    let ecab = requirement(RequirementKind::Emergency, "emergency/team:default/ecab", 1, &["fay"]);
    world.approvals.requirements = vec![ecab];
    assert!(!world.told().is_met());
    world.approve("ada");
    assert!(!world.told().is_met());
    world.approve("fay");
    assert!(world.told().is_met());
}
