//! The lives of changes, over real repositories with a remote and real keys: every transition, and
//! one and the same change however it lands.

use gitsm::change::state::{Life, State};
use serde_json::Value;

use crate::keys::has;
use crate::lives_world::{BLOG, World, all_taken};

const PLAN: &str = "  plan: {implementation: Apply it and watch.}\n";

fn history(shown: &Value) -> Vec<String> {
    let all = shown["history"].as_array().unwrap().iter();
    all.map(|one| one["state"].as_str().unwrap().to_owned()).collect()
}

/// A branch with a change of moderate risk, in three commits that name it, and all who must agree.
fn agreed() -> World {
    let world = World::new();
    world.branch("bigger-db");
    for size in [5, 6, 8] {
        world.size(size);
        if size == 5 {
            world.request("bigger-db", PLAN);
        }
        world.commit("jonas", &format!("Size {size}\n\nGitsm-Change: bigger-db"));
    }
    world.fine("jonas", &["change", "propose"]);
    world.fine("ada", &["change", "approve", "bigger-db", "--reason", "Looks right."]);
    world
}

/// What must be the same, however it landed; it is looked back at, at the end.
fn over(world: &World) -> (String, String, Vec<String>) {
    let shown = world.show("bigger-db");
    assert_eq!(shown["state"], "implement", "{shown:#}");
    assert_eq!(shown["landing"]["authorized"], true, "{shown:#}");
    world.fine("kofi", &["change", "complete", "bigger-db"]);
    let refused = world.refused("jonas", &["change", "complete", "bigger-db", "--review"]);
    assert!(refused.contains("person:jonas contributed"), "{refused}");
    world.fine("ada", &["change", "complete", "bigger-db", "--review"]);
    let shown = world.show("bigger-db");
    assert_eq!((&shown["state"], &shown["code"]), (&"closed".into(), &3.into()));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&shown["change"]), text(&shown["computed"]["digest"]), history(&shown))
}

#[test]
fn a_change_is_the_same_whether_it_lands_by_merge_squash_rebase_or_queue() {
    if !has("ssh-keygen") {
        return;
    }
    let merged = agreed();
    let (squashed, rebased, queued) = (merged.copy(), merged.copy(), merged.copy());
    merged.land("bigger-db");

    // A forge presses the button: it commits in the author's name, and no key of theirs signs that.
    squashed.git(&["switch", "--quiet", "main"]);
    squashed.git(&["merge", "--quiet", "--squash", "bigger-db"]);
    squashed.commit_with("jonas", "A larger database (#7)", false);
    squashed.git(&["push", "--quiet"]);
    squashed.fine("ci", &["change", "merged"]);

    rebased.git(&["switch", "--quiet", "main"]);
    rebased.write("README.md", "The shop, and more.\n");
    rebased.commit("kofi", "Say more\n\nGitsm-Change: say-more");
    rebased.git(&["rebase", "--quiet", "main", "bigger-db"]);
    rebased.git(&["switch", "--quiet", "main"]);
    rebased.git(&["merge", "--quiet", "--ff-only", "bigger-db"]);
    rebased.git(&["push", "--quiet"]);
    let run = rebased.fine("ci", &["change", "merged"]);
    assert_eq!(run.stdout.matches("merged by pipeline:ci").count(), 2, "{run:?}");

    queued.branch("blog-tier");
    queued.write("services/blog.yaml", &BLOG.replace("tier4", "tier3"));
    queued.commit("jonas", "The blog matters\n\nIt sells.\n\nGitsm-Change: blog-tier");
    queued.fine("jonas", &["change", "propose"]);
    queued.fine("kofi", &["change", "approve", "blog-tier"]);
    queued.git(&["switch", "--quiet", "main"]);
    for name in ["blog-tier", "bigger-db"] {
        queued.git(&["merge", "--quiet", "--no-ff", "-m", &format!("Merge {name}"), name]);
    }
    queued.git(&["push", "--quiet"]);
    queued.fine("ci", &["change", "merged"]);
    let other = queued.show("blog-tier");
    assert_eq!(other["landing"]["authorized"], true, "{other:#}");

    let told = [&merged, &squashed, &rebased, &queued].map(over);
    let path = ["authorize", "scheduled", "implement", "review", "closed"];
    for one in &told {
        assert_eq!(one, &told[0]);
        assert_eq!(
            (one.0.as_str(), one.2.as_slice()),
            ("change:default/bigger-db", &path.map(str::to_owned)[..])
        );
    }
    // Nothing is left to record, and it may be asked as often as anybody likes.
    let run = queued.fine("ci", &["change", "merged"]);
    assert_eq!(run.stdout, "nothing landed that is not recorded\n");
}

#[test]
fn work_that_nobody_vouches_for_needs_two_also_after_it_landed() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    world.branch("blog-tier");
    world.write("services/blog.yaml", &BLOG.replace("tier4", "tier3"));
    world.commit_with("jonas", "The blog matters\n\nIt sells.\n\nGitsm-Change: blog-tier", false);
    world.fine("jonas", &["change", "propose"]);
    world.fine("kofi", &["change", "approve", "blog-tier"]);
    let other = world.copy();
    world.land("blog-tier");
    let shown = world.show("blog-tier");
    assert_eq!(shown["unauthorized"], true, "{shown:#}");
    let asked = shown["agreement"]["requirements"].as_array().unwrap();
    assert!(asked.iter().any(|one| one["id"] == "unattributed"), "{shown:#}");
    other.fine("ada", &["change", "approve", "blog-tier"]);
    other.land("blog-tier");
    assert_eq!(other.show("blog-tier")["landing"]["authorized"], true);
}

#[test]
fn who_wrote_what_was_squashed_still_wrote_it() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    world.branch("bigger-db");
    world.size(8);
    world.request("bigger-db", PLAN);
    world.commit("jonas", "A larger database\n\nGitsm-Change: bigger-db");
    world.fine("mira", &["change", "propose"]);
    world.fine("ada", &["change", "approve", "bigger-db"]);
    world.git(&["switch", "--quiet", "main"]);
    world.git(&["merge", "--quiet", "--squash", "bigger-db"]);
    world.commit("olga", "A larger database");
    world.git(&["push", "--quiet"]);
    world.fine("ci", &["change", "merged"]);
    let made = world.show("bigger-db")["computed"]["contributors"].clone();
    assert_eq!(made, serde_json::json!(["person:default/jonas", "person:default/olga"]));
    world.fine("kofi", &["change", "complete", "bigger-db"]);
    for who in ["jonas", "olga", "mira"] {
        let told = world.refused(who, &["change", "complete", "bigger-db", "--review"]);
        assert!(told.contains("somebody else looks back"), "{told}");
    }
}

#[test]
fn every_transition_of_a_normal_change_is_reached() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    let silent = "A larger database\n\nGitsm-Change: one";
    let said = "A larger database\n\nIt is full.\n\nGitsm-Change: one";
    world.branch("one");
    world.size(8);
    world.commit("jonas", silent);
    let mut one = world.watch("one");
    one.is(State::New);
    one.does("jonas", &["propose"], State::Assess);
    let shown = one.is(State::Assess);
    assert_eq!(shown["said"]["missing"], serde_json::json!(["reason"]));
    one.does("ada", &["reject", "--reason", "Not this week."], State::New);
    one.does("ada", &["revoke"], State::Assess);
    let edit = |size: u32, message: &str| {
        world.size(size);
        world.git(&["add", "--all"]);
        world.amend("jonas", message);
    };
    edit(9, silent);
    one.is(State::New);
    one.does("jonas", &["propose"], State::Assess);
    world.amend("jonas", said);
    one.is(State::Authorize);
    edit(10, said);
    one.is(State::New);
    one.does("jonas", &["propose"], State::Authorize);
    one.does("ada", &["reject"], State::New);
    one.does("ada", &["revoke"], State::Authorize);
    world.amend("jonas", silent);
    one.is(State::Assess);
    world.amend("jonas", said);
    one.is(State::Authorize);
    one.does("ada", &["approve"], State::Scheduled);
    one.does("ada", &["revoke"], State::Authorize);
    let told = world.refused("ada", &["change", "revoke", "one"]);
    assert!(told.contains("person:ada has said nothing of one"), "{told}");
    one.does("ada", &["approve"], State::Scheduled);
    world.amend("jonas", silent);
    one.is(State::Assess);
    world.amend("jonas", said);
    one.is(State::Scheduled);
    edit(11, said);
    one.is(State::New);
    one.does("jonas", &["propose"], State::Authorize);
    one.does("ada", &["approve"], State::Scheduled);
    one.does("mira", &["reject"], State::New);
    one.does("mira", &["revoke"], State::Scheduled);
    one.does("jonas", &["cancel", "--reason", "Not needed."], State::Canceled);
    one.does("jonas", &["propose"], State::Authorize);
    one.does("ada", &["approve"], State::Scheduled);
    world.land("one");
    one.is(State::Implement);
    one.does("kofi", &["complete"], State::Review);
    let refused = world.refused("jonas", &["change", "complete", "one"]);
    assert!(refused.contains("somebody else looks back"), "{refused}");
    let refused = world.refused("jonas", &["change", "cancel", "one"]);
    assert!(refused.contains("is in review: it cannot be called off"), "{refused}");
    one.does("ada", &["complete", "--review"], State::Closed);

    world.branch("two");
    world.size(20);
    world.commit("jonas", "A larger database\n\nGitsm-Change: two");
    let mut two = world.watch("two");
    two.does("jonas", &["cancel"], State::Canceled);
    two.does("jonas", &["propose"], State::Assess);
    two.does("jonas", &["cancel"], State::Canceled);
    two.does("jonas", &["propose"], State::Assess);
    world.amend("jonas", "A larger database\n\nIt is full.\n\nGitsm-Change: two");
    two.is(State::Authorize);
    two.does("jonas", &["cancel"], State::Canceled);
    two.does("jonas", &["propose"], State::Authorize);
    two.does("ada", &["approve"], State::Scheduled);
    world.land("two");
    two.is(State::Implement);
    two.does("kofi", &["cancel"], State::Canceled);

    world.branch("three");
    world.write("README.md", "The shop, and more.\n");
    world.commit("jonas", "Say more\n\nGitsm-Change: three");
    let mut three = world.watch("three");
    three.does("jonas", &["propose"], State::Authorize);
    three.does("kofi", &["approve"], State::Scheduled);
    world.land("three");
    three.is(State::Implement);
    three.does("kofi", &["complete"], State::Closed);
    all_taken(Life::Normal, &[&one, &two, &three]);
}

#[test]
fn every_transition_of_a_standard_change_is_reached() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    let title = |name: &str, title: &str| {
        world.write("services/blog.yaml", &BLOG.replace("title: Blog", &format!("title: {title}")));
        world.commit("jonas", &format!("Call it {title}\n\nGitsm-Change: {name}"));
    };
    world.branch("four");
    title("four", "News");
    let mut four = world.watch("four");
    // Nobody put it forward: its life is known all the same.
    assert_eq!(four.is(State::New)["life"], "standard");
    four.does("jonas", &["propose"], State::Scheduled);
    title("four", "Stories");
    four.is(State::New);
    four.does("jonas", &["cancel"], State::Canceled);
    four.does("jonas", &["propose"], State::Scheduled);
    four.does("jonas", &["cancel"], State::Canceled);
    // It is what it was, and is put forward again.
    four.does("jonas", &["propose"], State::Scheduled);
    let refused = world.refused("ada", &["change", "approve", "four"]);
    assert!(refused.contains("asks nobody to agree"), "{refused}");
    world.land("four");
    four.is(State::Implement);
    four.does("ci", &["complete"], State::Closed);

    world.branch("five");
    title("five", "Tales");
    let mut five = world.watch("five");
    five.does("jonas", &["propose"], State::Scheduled);
    world.land("five");
    five.is(State::Implement);
    five.does("kofi", &["complete", "--result", "unsuccessful"], State::Review);
    five.does("ada", &["complete", "--review", "--result", "unsuccessful"], State::Closed);

    world.branch("six");
    title("six", "Notes");
    let mut six = world.watch("six");
    six.does("jonas", &["propose"], State::Scheduled);
    world.land("six");
    six.is(State::Implement);
    six.does("kofi", &["cancel"], State::Canceled);
    all_taken(Life::Standard, &[&four, &five, &six]);
}

/// What is printed, without what is another each time.
fn steady(text: &str) -> String {
    let mut text = text.to_owned();
    for (pattern, instead) in [
        (r"sha256:[0-9a-f]{64}", "sha256:DIGEST"),
        (r"\b01[0-9A-HJKMNP-TV-Z]{24}\b", "ENTRY"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "TIME"),
        (r"\d{4}-\d\d-\d\d", "DAY"),
        (r"\b[0-9a-f]{9}\b", "COMMIT"),
    ] {
        text = regex::Regex::new(pattern).unwrap().replace_all(&text, instead).into_owned();
    }
    text
}

#[test]
fn what_people_read_of_a_change() {
    if !has("ssh-keygen") {
        return;
    }
    let world = World::new();
    world.branch("bigger-db");
    world.size(8);
    world.request("bigger-db", PLAN);
    world.commit("jonas", "A larger database");
    let run = world.fine("jonas", &["change", "propose"]);
    let mut told = format!("$ gitsm change propose\n{}", run.stdout);
    let mut note = |command: &str, run: &crate::support::Run| {
        told.push_str(&format!("\n$ gitsm change {command}\n{}{}", run.stdout, run.stderr));
    };
    note("approve", &world.say("jonas", &["change", "approve", "bigger-db"]));
    insta::assert_snapshot!(
        "change_in_authorize",
        steady(&world.gitsm(&["change", "show"]).stdout)
    );
    note(
        "approve",
        &world.say("ada", &["change", "approve", "bigger-db", "--reason", "Looks right."]),
    );
    note(
        "cancel --unsigned",
        &world.gitsm(&["change", "cancel", "bigger-db", "--as", "jonas", "--unsigned"]),
    );
    note("propose", &world.say("jonas", &["change", "propose", "bigger-db"]));
    note("reject", &world.say("mira", &["change", "reject", "bigger-db", "--reason", "Why now?"]));
    note("revoke", &world.say("mira", &["change", "revoke", "bigger-db"]));
    note("approve", &world.say("ada", &["change", "approve", "bigger-db"]));
    world.git(&["switch", "--quiet", "main"]);
    world.git(&["merge", "--quiet", "--no-ff", "-m", "Merge", "bigger-db"]);
    world.git(&["push", "--quiet"]);
    note("merged", &world.say("ci", &["change", "merged"]));
    note("approve", &world.say("ada", &["change", "approve", "bigger-db"]));
    note("complete", &world.say("kofi", &["change", "complete", "bigger-db"]));
    note(
        "complete",
        &world.say("ada", &["change", "complete", "bigger-db", "--reason", "As planned."]),
    );
    note("complete", &world.say("ada", &["change", "complete", "bigger-db"]));
    note("cancel", &world.say("jonas", &["change", "cancel", "bigger-db"]));
    note("list", &world.gitsm(&["change", "list"]));
    note("show nothing", &world.gitsm(&["change", "show", "nothing"]));
    insta::assert_snapshot!("change_commands", steady(&told));
    insta::assert_snapshot!(
        "change_closed",
        steady(&world.gitsm(&["change", "show", "bigger-db"]).stdout)
    );
}
