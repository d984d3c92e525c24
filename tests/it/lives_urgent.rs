//! Changes that could not wait, or were not allowed to happen: their lives, and what they owe.

use gitsm::change::state::{Life, State};

use crate::keys::has;
use crate::lives_world::{BLOG, World, all_taken};

const EMERGENCY: &str =
    "  type: emergency\n  incident: INC-2026-0042\n  plan: {implementation: Apply it.}\n";

#[test]
fn every_transition_of_an_emergency_is_reached() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    let edit = |name: &str, size: u32| {
        world.size(size);
        world.request(name, EMERGENCY);
        world.commit("jonas", "Orders stand still");
    };
    world.branch("one");
    edit("one", 8);
    let mut one = world.watch("one");
    assert_eq!(one.is(State::New)["life"], "emergency");
    one.does("jonas", &["propose"], State::Authorize);
    edit("one", 9);
    one.is(State::New);
    one.does("jonas", &["propose"], State::Authorize);
    one.does("olga", &["reject"], State::New);
    one.does("olga", &["approve"], State::Scheduled);
    edit("one", 11);
    one.is(State::New);
    one.does("jonas", &["propose"], State::Authorize);
    one.does("olga", &["reject"], State::New);
    one.does("olga", &["approve"], State::Scheduled);
    one.does("mira", &["reject"], State::New);
    one.does("mira", &["revoke"], State::Scheduled);
    // Taking back the yes leaves the no that was before it.
    one.does("olga", &["revoke"], State::New);
    one.does("olga", &["revoke"], State::Authorize);
    one.does("olga", &["approve"], State::Scheduled);
    one.does("olga", &["revoke"], State::Authorize);
    edit("one", 10);
    one.is(State::New);
    one.does("jonas", &["cancel"], State::Canceled);
    one.does("jonas", &["propose"], State::Authorize);
    one.does("jonas", &["cancel"], State::Canceled);
    one.does("jonas", &["propose"], State::Authorize);
    one.does("olga", &["approve"], State::Scheduled);
    one.does("jonas", &["cancel"], State::Canceled);
    one.does("jonas", &["propose"], State::Authorize);
    one.does("olga", &["approve"], State::Scheduled);
    world.land("one");
    one.is(State::Implement);
    // However well it went, somebody looks back, in time.
    one.does("kofi", &["complete"], State::Review);
    let said = world.gitsm(&["change", "show", "one"]).stdout;
    assert!(said.contains("its review is due by"), "{said}");
    let refused = world.refused("jonas", &["change", "complete", "one", "--review"]);
    assert!(refused.contains("somebody else looks back"), "{refused}");
    one.does("ada", &["complete", "--review"], State::Closed);

    world.branch("two");
    edit("two", 12);
    let mut two = world.watch("two");
    two.does("jonas", &["propose"], State::Authorize);
    two.does("olga", &["approve"], State::Scheduled);
    world.land("two");
    let shown = two.is(State::Implement);
    assert_eq!(shown["emergencies"]["changes"].as_array().unwrap().len(), 2, "{shown:#}");
    let said = world.gitsm(&["change", "show", "two"]).stdout;
    assert!(said.contains("2 emergencies in") && said.contains("what is wrong?"), "{said}");
    two.does("kofi", &["cancel"], State::Canceled);
    all_taken(Life::Emergency, &[&one, &two]);
}

#[test]
fn broken_glass_goes_ahead_and_holds_up_its_owners_until_somebody_looks_back() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    world.branch("one");
    world.size(8);
    world.request("one", "");
    world.commit("jonas", "Orders stand still");
    let mut one = world.watch("one");
    let glass = ["break-glass", "--incident", "INC-2026-0042", "--reason", "Orders stand still."];
    let refused = world.refused("ada", &["change", "break-glass", "one", "--reason", "Now."]);
    assert!(refused.contains("the base lists person:olga"), "{refused}");
    one.does("olga", &glass, State::Scheduled);
    one.does("jonas", &["cancel"], State::Canceled);
    one.does("olga", &glass, State::Canceled);
    one.does("jonas", &["propose"], State::Scheduled);
    world.land("one");
    one.is(State::Implement);
    one.does("kofi", &["complete"], State::Review);
    let said = world.gitsm(&["change", "show", "one"]).stdout;
    assert!(said.contains("its review is due by"), "{said}");

    // Another change of the same owners waits for that; one of others does not.
    world.branch("next");
    world.size(9);
    world.request("next", "  plan: {implementation: Apply it.}\n");
    world.commit("jonas", "More");
    let mut next = world.watch("next");
    next.does("jonas", &["propose"], State::Authorize);
    next.does("ada", &["approve"], State::Authorize);
    let shown = next.is(State::Authorize);
    assert_eq!(shown["heldUpBy"][0]["change"], "change:default/one", "{shown:#}");
    let said = world.gitsm(&["change", "show", "next"]).stdout;
    assert!(said.contains("change:one broke the glass, and nobody has reviewed that"), "{said}");
    world.branch("other");
    world.write("services/blog.yaml", &BLOG.replace("tier4", "tier3"));
    world.commit("jonas", "The blog matters\n\nIt sells.\n\nGitsm-Change: other");
    let mut other = world.watch("other");
    other.does("jonas", &["propose"], State::Authorize);
    other.does("kofi", &["approve"], State::Scheduled);

    // Whoever broke it does not look back at it.
    let told = world.refused("olga", &["change", "complete", "one", "--review"]);
    assert!(told.contains("person:olga broke the glass for it"), "{told}");
    one.is(State::Review);
    next.is(State::Authorize);
    one.does("ada", &["complete", "--review", "--result", "successful_issues"], State::Closed);
    next.is(State::Scheduled);

    world.branch("two");
    world.size(30);
    world.request("two", "");
    world.commit("jonas", "Again");
    let mut two = world.watch("two");
    two.does("olga", &glass, State::Scheduled);
    world.size(31);
    world.commit("jonas", "Something else");
    two.is(State::New);
    // Whoever breaks the glass for what was called off puts it forward again first.
    two.does("jonas", &["cancel"], State::Canceled);
    two.does("olga", &glass, State::Canceled);
    two.does("jonas", &["propose"], State::Scheduled);
    all_taken(Life::BreakGlass, &[&one, &two]);
}

#[test]
fn what_lands_without_what_it_needed_is_unauthorized_and_looked_back_at() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    world.branch("one");
    world.size(8);
    world.request("one", "");
    world.commit("jonas", "A larger database");
    let mut one = world.watch("one");
    one.does("jonas", &["propose"], State::Authorize);
    world.git(&["switch", "--quiet", "main"]);
    world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge one", "one"]);
    world.git(&["push", "--quiet"]);
    let run = world.fine("ci", &["change", "merged"]);
    assert!(run.stdout.contains("change:one is unauthorized: it landed without"), "{run:?}");
    let shown = one.is(State::Authorize);
    let path: Vec<&str> = shown["history"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["life"].as_str())
        .collect();
    assert_eq!(path, ["normal", "unauthorized"]);
    assert_eq!((&shown["unauthorized"], &shown["life"]), (&true.into(), &"unauthorized".into()));
    // Agreeing afterwards makes nothing good, and neither does calling it off.
    let refused = world.refused("ada", &["change", "approve", "one"]);
    assert!(refused.contains("has landed"), "{refused}");
    let refused = world.refused("jonas", &["change", "cancel", "one"]);
    assert!(refused.contains("happened, unauthorized"), "{refused}");
    one.is(State::Authorize);
    one.does("kofi", &["complete"], State::Review);
    one.does("ada", &["complete", "--review"], State::Closed);
    assert_eq!(world.show("one")["unauthorized"], true);
    all_taken(Life::Unauthorized, &[&one]);
}
