//! What is applied is what was agreed to, by one at a time, and the ledger tells of each run.

use crate::keys::has;
use crate::lives_world::World;
use crate::support::Run;

const TARGET: &str = "apiVersion: gitsm/v1alpha1\nkind: Target\nmetadata: {name: notes}\nspec:\n  owner: \
    team:platform\n  driver: files\n  settings: {folder: ../out}\n  selector: {kinds: [Service]}\n  \
    mapping:\n    file:\n      name: '{{ entity.metadata.name }}.txt'\n      fields: {content: \"{{ \
    entity.spec.criticality }}\\n\"}\n  limits: {timeToLive: PT2S, checkpoint: PT0.5S}\n";

/// A company whose services are written to a folder; the target itself was agreed to.
fn world() -> World {
    let world = World::new();
    world.branch("with-target");
    world.write("targets/notes.yaml", TARGET);
    world.request("with-target", "  plan: {implementation: Watch it., test: Look.}\n");
    world.commit("jonas", "A target\n\nGitsm-Change: with-target");
    world.fine("jonas", &["change", "propose"]);
    for who in ["ada", "kofi", "dora"] {
        world.say(who, &["change", "approve", "with-target"]);
    }
    world.land("with-target");
    world
}

fn apply(world: &World, more: &[&str]) -> Run {
    let mut all = vec!["apply", "--auto-approve"];
    all.extend(more);
    world.say("ci", &all)
}

/// The types of the entries about the target, in order.
fn entries(world: &World) -> Vec<String> {
    let log = world.json(&["ledger", "log", "target:notes"]);
    let all = log["entries"].as_array().unwrap_or_else(|| panic!("{log:#}")).iter();
    all.rev().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_was_agreed_to_is_applied_and_recorded() {
    if !has("ssh-keygen") {
        return;
    }
    let world = world();
    let run = apply(&world, &[]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.stdout.contains("carried out: change:with-target"), "{run:#?}");
    let shown = world.show("with-target");
    assert!(["review", "closed"].contains(&shown["state"].as_str().unwrap()), "{shown:#}");
    assert_eq!(entries(&world), ["lock", "intent", "outcome", "lock"]);
    assert_eq!(world.gitsm(&["ledger", "verify"]).code, 0);
    let drift = world.json(&["drift"]);
    assert_eq!(drift["targets"][0]["appliedBy"], "pipeline:ci", "{drift:#}");
}
