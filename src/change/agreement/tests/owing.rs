//! Reviews that are owed, and how often it could not wait.

use super::world::*;
use crate::change::agreement::{Debt, DebtKind, Past, Terms, blocked_by, debts, month};
use crate::ledger::{Checked, Merged};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;

fn terms() -> Terms {
    Terms {
        break_glass_within: Some("PT8H".to_owned()),
        emergency_within: Some("PT16H".to_owned()),
        monthly_limit: Some(1),
    }
}

fn owed(world: &World) -> Vec<Debt> {
    let past = |_: &Checked, _: &Merged| Past {
        contributors: vec![person("bo")],
        owners: vec!["team:default/infra".to_owned()],
        grade: Some(Grade::Forge),
    };
    debts(&world.ledger, &terms(), world.now, &past)
}

#[test]
fn broken_glass_blocks_its_owners_until_somebody_else_looks_back() {
    let mut world = World::new();
    world.propose("cy");
    world.shatter("ada");
    assert_eq!(owed(&world), [], "nothing has happened yet");
    let landed = world.merge();
    let debts = owed(&world);
    assert_eq!(debts.len(), 1);
    let debt = &debts[0];
    assert_eq!((debt.kind, &debt.landed), (DebtKind::BreakGlass, &landed));
    assert_eq!(debt.by, Some(person("ada")));
    assert_eq!(debt.due.unwrap().timestamp(), world.now + 24 * HOUR);
    assert!(debt.blocks && !debt.is_overdue);
    let owners = vec!["team:default/infra".to_owned(), "team:default/shop".to_owned()];
    assert_eq!(blocked_by(&debts, "change:default/other", &owners).len(), 1);
    assert_eq!(blocked_by(&debts, "change:default/other", &owners[1..]).len(), 0);
    assert_eq!(blocked_by(&debts, &world.change, &owners).len(), 0, "never itself");
    world.now += 25 * HOUR;
    assert!(owed(&world)[0].is_overdue);
    for own in ["ada", "bo", "cy"] {
        world.review(own);
        assert_eq!(owed(&world).len(), 1, "{own} had a hand in it");
    }
    world.review("dee");
    world.last().grade = Grade::Claimed;
    assert_eq!(owed(&world).len(), 1, "anybody could say so");
    world.review("dee");
    assert_eq!(owed(&world), []);
}

#[test]
fn glass_that_was_not_needed_for_what_landed_owes_nothing() {
    let mut world = World::new();
    let glass = world.shatter("ada");
    world.revoke("ada", &glass);
    world.merge();
    assert_eq!(owed(&world), []);
    let mut world = World::new();
    let glass = world.shatter("ada");
    world.merge();
    world.revoke("ada", &glass);
    assert_eq!(owed(&world).len(), 1, "afterwards it is too late to take it back");
    let mut world = World::new();
    world.shatter("ada");
    world.digest = "sha256:d2".to_owned();
    world.merge();
    assert_eq!(owed(&world), [], "something else landed");
}

#[test]
fn an_emergency_owes_a_review_and_blocks_nobody() {
    let mut world = World::new();
    world.change_type = ChangeType::Emergency;
    world.propose("pipeline:ci");
    world.change_type = ChangeType::Normal;
    world.propose("ada");
    world.merge();
    let debts = owed(&world);
    assert_eq!(debts[0].kind, DebtKind::Emergency, "a pipeline knows better");
    assert!(!debts[0].blocks);
    world.review("dee");
    world.last().grade = Grade::Claimed;
    assert_eq!(owed(&world).len(), 1, "its policy asks for more");
    world.review("dee");
    assert_eq!(owed(&world), []);
}

#[test]
fn too_many_emergencies_a_month_are_a_reason_to_ask() {
    let mut world = World::new();
    world.change_type = ChangeType::Emergency;
    world.propose("ada");
    assert_eq!(month(&world.ledger, &terms(), world.now).changes, [""; 0]);
    world.merge();
    assert_eq!(month(&world.ledger, &terms(), world.now).words(), None);
    world.change = "change:default/other".to_owned();
    let glass = world.shatter("fay");
    let told = month(&world.ledger, &terms(), world.now);
    assert!(told.is_exceeded());
    assert_eq!(
        told.words().unwrap(),
        "2 emergencies in 2026-11, and 1 are the limit: what is wrong?"
    );
    world.revoke("ada", &glass);
    assert_eq!(month(&world.ledger, &terms(), world.now).changes.len(), 2, "not theirs");
    world.revoke("fay", &glass);
    assert_eq!(month(&world.ledger, &terms(), world.now).changes.len(), 1);
    let next = world.now + 31 * 24 * HOUR;
    assert_eq!(month(&world.ledger, &terms(), next).month, "2026-12");
    assert_eq!(month(&world.ledger, &terms(), next).changes.len(), 0);
}
