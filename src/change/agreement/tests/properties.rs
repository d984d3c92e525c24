//! What holds for every ledger.

use proptest::prelude::*;

use super::world::*;
use crate::change::agreement::Standing;
use crate::change::requirement::RequirementKind;
use crate::change::state::{Inputs, TRANSITIONS, state};
use crate::ledger::{CloseCode, Decision, Event};
use crate::model::gitsm::value::RiskBand;

const PEOPLE: [&str; 8] = ["ada", "bo", "cy", "dee", "eve", "fay", "gil", "zoe"];

/// Somebody does something.
#[derive(Debug, Clone)]
enum Act {
    Approve(usize),
    Reject(usize),
    Revoke(usize, usize),
    Lend(usize, usize),
    Propose(bool),
    Break(usize),
    Cancel(usize),
    Merge,
    End,
    Review(usize),
    Wait,
}

fn act() -> impl Strategy<Value = Act> {
    let who = 0..PEOPLE.len();
    prop_oneof![
        4 => who.clone().prop_map(Act::Approve),
        1 => who.clone().prop_map(Act::Reject),
        1 => (who.clone(), 0usize..12).prop_map(|(who, what)| Act::Revoke(who, what)),
        1 => (who.clone(), who.clone()).prop_map(|(from, to)| Act::Lend(from, to)),
        2 => any::<bool>().prop_map(Act::Propose),
        1 => who.clone().prop_map(Act::Break),
        1 => who.clone().prop_map(Act::Cancel),
        1 => Just(Act::Merge),
        1 => Just(Act::End),
        1 => who.prop_map(Act::Review),
        1 => Just(Act::Wait),
    ]
}

/// Decisions only.
fn word() -> impl Strategy<Value = Act> {
    act().prop_filter("a decision", |act| {
        matches!(act, Act::Approve(_) | Act::Reject(_) | Act::Revoke(..) | Act::Lend(..))
    })
}

fn done(acts: &[Act]) -> World {
    let mut world = World::new();
    let board =
        requirement(RequirementKind::Team, "team/team:default/board", 2, &["dee", "eve", "fay"]);
    world.approvals.requirements.push(board);
    for act in acts {
        perform(&mut world, act);
    }
    world
}

fn perform(world: &mut World, act: &Act) {
    match act {
        Act::Approve(who) => drop(world.approve(PEOPLE[*who])),
        Act::Reject(who) => drop(world.reject(PEOPLE[*who])),
        Act::Revoke(who, what) => drop(world.revoke(PEOPLE[*who], &format!("01J{what:023}"))),
        Act::Lend(from, to) => drop(world.lend(PEOPLE[*from], PEOPLE[*to], &[])),
        Act::Propose(true) => drop(world.propose("pipeline:ci")),
        Act::Propose(false) => drop(world.propose("ada")),
        Act::Break(who) => drop(world.shatter(PEOPLE[*who])),
        Act::Cancel(who) => drop(world.cancel(PEOPLE[*who])),
        Act::Merge => drop(world.merge()),
        Act::End => {
            let change = world.change.clone();
            world.end(&change, CloseCode::Successful);
        }
        Act::Review(who) => drop(world.review(PEOPLE[*who])),
        Act::Wait => world.now += 50 * HOUR,
    }
}

fn met(world: &World) -> Vec<bool> {
    world.told().requirements.iter().map(|one| one.standing == Standing::Met).collect()
}

/// Whether everything that is fulfilled in one is in the other.
fn at_most(less: &[bool], more: &[bool]) -> bool {
    less.iter().zip(more).all(|(less, more)| !less || *more)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_approval_dies_with_any_difference(words in prop::collection::vec(word(), 0..10), what in 0..5) {
        let mut world = done(&words);
        match what {
            0 => world.digest.push('0'),
            1 => world.request.push('0'),
            2 => world.repository.push('0'),
            3 => world.base_branch.push('0'),
            _ => world.band = RiskBand::VeryHigh,
        }
        let told = world.told();
        prop_assert!(told.requirements.iter().all(|one| one.by.is_empty()));
        prop_assert!(!told.is_met());
    }

    #[test]
    fn strangers_change_nothing(words in prop::collection::vec(word(), 0..10), strange in prop::collection::vec(word(), 1..6)) {
        let mut world = done(&words);
        let before = (met(&world), world.told().is_met());
        for act in &strange {
            let act = match act {
                Act::Approve(_) => Act::Approve(7),
                Act::Reject(_) => Act::Reject(7),
                Act::Revoke(_, what) => Act::Revoke(7, *what),
                Act::Lend(_, to) => Act::Lend(7, *to),
                other => other.clone(),
            };
            perform(&mut world, &act);
        }
        prop_assert_eq!(before, (met(&world), world.told().is_met()));
    }

    #[test]
    fn contributors_never_count(words in prop::collection::vec(word(), 0..12)) {
        let told = done(&words).told();
        let all = told.requirements.iter().flat_map(|one| &one.by).chain(&told.rejected);
        for voice in all {
            prop_assert!(voice.person != person("ada") && voice.behalf != Some(person("ada")));
        }
    }

    #[test]
    fn each_person_and_each_voice_counts_once(words in prop::collection::vec(word(), 0..14)) {
        for one in done(&words).told().requirements {
            let people: std::collections::BTreeSet<_> = one.by.iter().map(|one| &one.person).collect();
            let voices: std::collections::BTreeSet<_> =
                one.by.iter().map(|one| one.behalf.as_ref().unwrap_or(&one.person)).collect();
            prop_assert_eq!(people.len(), one.by.len());
            prop_assert_eq!(voices.len(), one.by.len());
        }
    }

    #[test]
    fn more_risk_never_fulfils_more(words in prop::collection::vec(word(), 0..12)) {
        let mut world = done(&words);
        let mut before = met(&world);
        for band in RiskBand::ALL.into_iter().filter(|band| *band > RiskBand::Moderate) {
            world.band = band;
            let now = met(&world);
            prop_assert!(at_most(&now, &before));
            before = now;
        }
    }

    #[test]
    fn what_is_about_something_else_does_not_matter(words in prop::collection::vec(word(), 0..8), places in prop::collection::vec(0usize..9, 0..6)) {
        let world = done(&words);
        let alone = world.told();
        let mut other = done(&words);
        let stranger = {
            let mut stranger = World::new();
            stranger.change = "change:default/other".to_owned();
            stranger.approve("cy");
            stranger.merge();
            stranger.cancel("dee");
            stranger.shatter("fay");
            let approval = stranger.approval("dee", Decision::Reject);
            stranger.say("dee", Event::Rejected { approval, review: None, text: None });
            stranger.ledger
        };
        for (number, place) in places.iter().enumerate() {
            let mut one = stranger[number % stranger.len()].clone();
            one.entry.id = format!("01K{number:023}");
            one.time = world.now;
            let place = (*place).min(other.ledger.len());
            other.ledger.insert(place, one);
        }
        prop_assert_eq!(alone, other.told());
    }

    #[test]
    fn where_a_change_stands_follows_from_what_holds(acts in prop::collection::vec(act(), 0..12)) {
        let world = done(&acts);
        world.with(|asked| {
            let inputs = Inputs {
                asked,
                unsaid: &[],
                targets: &[],
                blocked_by: &[],
                found: false,
                undoes: false,
            };
            let told = state(&inputs);
            let straight = crate::change::state::straight(&inputs);
            prop_assert_eq!(told.state, straight, "{:?}", told.history);
            for pair in told.history.windows(2) {
                let told = |at: usize| (pair[at].state, pair[at].life);
                prop_assert!(told(0) != told(1));
            }
            let known = |life, to| TRANSITIONS.iter().any(|row| row.life == life && row.to == to);
            for one in told.history.iter().filter(|one| one.when.is_some()) {
                prop_assert!(known(one.life, one.state));
            }
            Ok(())
        })?;
    }
}
