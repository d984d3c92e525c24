//! Voices that are lent, silence that is consent, glass that is broken.

use super::world::*;
use crate::change::agreement::Standing;
use crate::change::requirement::RequirementKind;
use crate::ledger::{Event, Problem};
use crate::model::gitsm::change_policy::Grade;
use crate::model::gitsm::value::RiskBand;

const INFRA: &str = "team:default/infra";

/// Only team:infra is asked.
fn infra(count: u32) -> World {
    let mut world = World::new();
    world.approvals.requirements.pop();
    world.approvals.requirements[0].count = count;
    world
}

#[test]
fn a_lent_voice_is_that_of_its_lender_and_heard_once() {
    let mut world = infra(2);
    world.lend("cy", "eve", &[INFRA]);
    assert_eq!(world.told().requirements[0].could, ["cy", "dee", "eve"].map(person));
    world.approve("eve");
    assert_eq!(standings(&world.told()), ["owner 1 missing eve for cy"]);
    world.approve("cy");
    assert_eq!(standings(&world.told()), ["owner 1 missing eve for cy"], "one voice");
    world.approve("dee");
    assert!(world.told().is_met());
    let mut world = infra(2);
    world.lend("cy", "dee", &[]);
    world.approve("dee");
    assert_eq!(standings(&world.told()), ["owner 1 missing dee"], "one person");
}

#[test]
fn a_voice_that_is_not_lent_rightly_is_none() {
    type Break = fn(&mut World, &str);
    let breaks: [(&str, Break); 8] = [
        ("took it back", |world, lent| {
            world.revoke("cy", lent);
        }),
        ("had a hand in the change", |world, _| {
            world.propose("cy");
        }),
        ("no longer then", |world, _| world.now += 25 * HOUR),
        ("has no voice any more: they left", |world, _| {
            world.authority.left.insert(person("cy"));
        }),
        ("the key is not in the base any more", |world, _| {
            world.gone.insert(person("cy"));
        }),
        ("that entry does not count", |world, _| world.last().problems = vec![Problem::Unsigned]),
        ("it was person:gil who said so", |world, _| {
            world.last().entry.statement.by = person("gil");
        }),
        ("not for the teams that are asked", |world, _| {
            if let Event::Delegated { teams, .. } = &mut world.last().entry.statement.event {
                *teams = vec!["team:default/board".to_owned()];
            }
        }),
    ];
    for (why, spoil) in breaks {
        let mut world = infra(1);
        let lent = world.lend("cy", "eve", &[INFRA]);
        spoil(&mut world, &lent);
        world.approve("eve");
        let told = world.told();
        let refused = told.refused.iter().find(|one| one.person == person("eve")).unwrap();
        assert_eq!(refused.why.code(), "voice-not-lent", "{why}");
        assert!(refused.words.contains(why), "{}", refused.words);
        assert!(!told.is_met());
    }
}

#[test]
fn a_voice_is_lent_before_it_is_used_and_never_passed_on() {
    let mut world = infra(1);
    world.approve("eve");
    world.lend("cy", "eve", &[]);
    assert_eq!(codes(&world.told()), ["eve voice-not-lent"]);
    let mut world = infra(1);
    world.lend("cy", "eve", &[]);
    world.lend("eve", "fay", &[]);
    world.approve("fay");
    assert_eq!(codes(&world.told()), ["fay voice-not-lent"]);
    let mut world = infra(1);
    world.lend("cy", "ada", &[]);
    world.approve("ada");
    assert_eq!(codes(&world.told()), ["ada contributed"], "contributors borrow none");
}

#[test]
fn who_speaks_for_somebody_can_say_no_for_them() {
    let mut world = infra(1);
    world.lend("cy", "eve", &[]);
    world.reject("eve");
    let told = world.told();
    assert_eq!(told.rejected[0].behalf, Some(person("cy")));
}

/// A change of high risk that asks whoever is affected, too.
fn affected() -> World {
    let mut world = World::new();
    let id = "affected/team:default/shop";
    let mut shop = requirement(RequirementKind::Affected, id, 1, &["bo"]);
    shop.consent_after = Some("PT16H".to_owned());
    world.approvals.requirements = vec![shop];
    world
}

#[test]
fn silence_is_consent_two_working_days_after_a_pipeline_told_them() {
    let mut world = affected();
    world.propose("ada");
    assert_eq!(world.told().requirements[0].consent_at, None, "a person's word tells nobody");
    world.propose("pipeline:ci");
    let told_at = world.now;
    let at = world.told().requirements[0].consent_at.unwrap().timestamp();
    assert_eq!(at, told_at + 48 * HOUR);
    assert_eq!(world.told().until.unwrap().timestamp(), at);
    world.now = at - 1;
    assert_eq!(world.told().requirements[0].standing, Standing::Unmet);
    world.now = at;
    let told = world.told();
    assert_eq!(standings(&told), ["affected lapsed"]);
    assert!(told.is_met());
    world.now = told_at;
    world.propose("pipeline:ci");
    world.now = at;
    assert!(!world.told().is_met(), "it runs from the newest");
}

#[test]
fn silence_about_something_else_is_no_consent() {
    type Differ = fn(&mut World);
    let differences: [Differ; 6] = [
        |world| world.digest = "sha256:d2".to_owned(),
        |world| world.request = "sha256:r2".to_owned(),
        |world| world.band = RiskBand::VeryHigh,
        |world| world.base_branch = "refs/heads/next".to_owned(),
        |world| world.approvals.requirements[0].id = "affected/team:default/data".to_owned(),
        |world| world.approvals.requirements[0].eligible.clear(),
    ];
    for (number, differ) in differences.into_iter().enumerate() {
        let mut world = affected();
        world.propose("pipeline:ci");
        differ(&mut world);
        world.now += 30 * 24 * HOUR;
        assert_eq!(world.told().requirements[0].standing, Standing::Unmet, "{number}");
    }
    let mut world = affected();
    world.propose("pipeline:ci");
    world.reject("bo");
    world.now += 30 * 24 * HOUR;
    assert_eq!(world.told().requirements[0].standing, Standing::Unmet, "they said no");
}

#[test]
fn only_owners_of_what_is_affected_agree_by_silence() {
    let mut world = infra(1);
    world.approvals.requirements[0].consent_after = Some("PT1H".to_owned());
    world.propose("pipeline:ci");
    world.now += 30 * 24 * HOUR;
    assert_eq!(world.told().requirements[0].standing, Standing::Unmet);
}

#[test]
fn broken_glass_goes_ahead_and_is_bound_like_an_approval() {
    let mut world = World::new();
    world.reject("cy");
    world.shatter("ada");
    let told = world.told();
    assert_eq!(told.break_glass.as_ref().unwrap().person, person("ada"), "whoever made it may");
    assert!(told.is_met());
    assert_eq!(standings(&told), ["owner 1 missing", "peers 1 missing"], "nobody is said to agree");
    type Spoil = fn(&mut World);
    let spoils: [(&str, Spoil); 8] = [
        ("other-digest", |world| world.digest = "sha256:d2".to_owned()),
        ("other-branch", |world| world.base_branch = "refs/heads/next".to_owned()),
        ("not-listed", |world| world.authority.break_glass.clear()),
        ("grade-below", |world| world.last().grade = Grade::Claimed),
        ("too-old", |world| world.now += 120 * HOUR),
        ("left", |world| {
            world.authority.left.insert(person("ada"));
        }),
        ("key-not-valid-now", |world| {
            world.gone.insert(person("ada"));
        }),
        ("already-used", |world| {
            world.merge();
        }),
    ];
    for (code, spoil) in spoils {
        let mut world = World::new();
        world.shatter("ada");
        spoil(&mut world);
        let told = world.told();
        assert_eq!(codes(&told), [format!("ada {code}")]);
        assert!(!told.is_met());
    }
    let mut world = World::new();
    let glass = world.shatter("ada");
    world.revoke("ada", &glass);
    assert!(!world.told().is_met());
    let mut world = World::new();
    world.shatter("ada");
    world.cancel("ada");
    assert!(!world.told().is_met(), "what was called off does not go ahead");
}
