//! What cannot wait: emergencies and broken glass, by whom they are not for.

use super::{POLICY, company, passes, refuses};
use crate::office::{Office, policy, request, shop, team};

const GLASS: [&str; 5] =
    ["break-glass", "--incident", "INC-2026-0042", "--reason", "Orders stand still."];

/// An emergency of Jonas, with more in its request.
fn begin(office: &Office, name: &str, more: &str) {
    office.begin(name, "jonas", &[("terraform/main.tf", format!("size = {}\n", name.len() + 8))]);
    let text = format!("{}  type: emergency\n{more}", request(name, "Orders stand still."));
    super::also(office, "jonas", &[(&format!("changes/{name}.yaml"), &text)]);
}

#[test]
fn an_emergency_without_an_incident() {
    let Some(office) = company() else { return };
    begin(&office, "no-incident", "");
    refuses(&office, "no incident", "request", "an emergency names the incident that it ends");
    refuses(&office, "no incident", "approvals", "team:payments");
}

#[test]
fn an_emergency_that_its_author_decides() {
    let Some(office) = company() else { return };
    office.on_main(&[("teams/oncall.yaml", team("oncall", &["dora", "jonas"], ""))]);
    begin(&office, "decided", "  incident: INC-2026-0042\n");
    office.fine("jonas", &["propose"]);
    office.forge("jonas", Some("jonas"), |_| {});
    refuses(&office, "decided by its author", "approvals", "still missing: team:oncall");
    refuses(&office, "decided by its author", "approvals", "nobody decides about their own work");
    // Nor by somebody who is no decider.
    office.forge("ada", Some("ada"), |_| {});
    refuses(&office, "decided by a peer", "approvals", "still missing: team:oncall");
    office.fine("dora", &["approve"]);
    passes(&office, "decided by who decides");
}

#[test]
fn an_emergency_that_brings_its_own_decider() {
    let Some(office) = company() else { return };
    begin(&office, "joined", "  incident: INC-2026-0042\n");
    super::also(&office, "jonas", &[("teams/oncall.yaml", &team("oncall", &["dora", "ada"], ""))]);
    office.fine("jonas", &["propose"]);
    office.forge("ada", Some("ada"), |_| {});
    refuses(&office, "its own decider", "approvals", "still missing: team:oncall");
    refuses(&office, "its own decider", "governance", "team:oncall");
}

#[test]
fn an_emergency_that_changes_the_rules() {
    let Some(office) = company() else { return };
    begin(&office, "rules", "  incident: INC-2026-0042\n");
    super::also(&office, "jonas", &[("services/shop.yaml", &shop("Shop", "tier4"))]);
    office.fine("jonas", &["propose"]);
    office.fine("dora", &["approve"]);
    refuses(&office, "an emergency of the rules", "governance", "still missing: governance");
}

#[test]
fn glass_broken_by_somebody_who_is_not_listed() {
    let Some(office) = company() else { return };
    office.change();
    office.fine("jonas", &["propose"]);
    let told = office.refused("ada", &GLASS);
    assert!(told.contains("the base lists person:eve"), "{told}");
    let run = office.says_by("eve", "ada", &GLASS);
    assert_eq!(run.code, 2, "with a key of somebody else: {run:?}");
    // Written past the command.
    let digest = office.shown()["computed"]["digest"].as_str().unwrap().to_owned();
    for key in ["jonas", "ada"] {
        let event = gitsm::ledger::Event::BreakGlass {
            base_branch: "refs/heads/main".to_owned(),
            digest: digest.clone(),
            incident: Some("INC-2026-0042".to_owned()),
            text: None,
        };
        let change = format!("change:default/{}", crate::office::CHANGE);
        office.write(&office.book(None), key, Some(key), (change, event));
        refuses(&office, "glass broken by who may not", "approvals", "team:payments");
    }
}

#[test]
fn glass_broken_for_somebody_who_lists_themselves() {
    let Some(office) = company() else { return };
    office.change();
    let more = policy(&POLICY.replace("[person:eve]", "[person:eve, person:ada]"));
    super::also(&office, "jonas", &[("policy.yaml", &more)]);
    let told = office.refused("ada", &GLASS);
    assert!(told.contains("the base lists person:eve"), "{told}");
    refuses(&office, "listed by oneself", "governance", "changepolicy:changes");
}

#[test]
fn an_edit_after_the_glass_was_broken() {
    let Some(office) = company() else { return };
    office.change();
    office.fine("jonas", &["propose"]);
    office.fine("eve", &GLASS);
    passes(&office, "broken glass");
    super::also(&office, "jonas", &[("terraform/main.tf", "size = 80\n")]);
    refuses(&office, "an edit after that", "approvals", "team:payments");
}

#[test]
fn a_change_of_those_who_owe_a_review_of_broken_glass() {
    let Some(office) = company() else { return };
    office.change();
    office.fine("jonas", &["propose"]);
    office.fine("eve", &GLASS);
    land(&office, crate::office::CHANGE);
    office.begin("next", "jonas", &[("terraform/main.tf", "size = 16\n".to_owned())]);
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    refuses(
        &office,
        "a review is owed",
        "approvals",
        "change:bigger-db broke the glass and is not reviewed yet",
    );
    // Whoever broke it does not look back at it, nor does its author.
    office.fine("kofi", &["complete", crate::office::CHANGE]);
    for who in ["eve", "jonas"] {
        office.refused(who, &["complete", crate::office::CHANGE, "--review"]);
    }
    refuses(&office, "a review is owed still", "approvals", "is not reviewed yet");
    office.fine("lena", &["complete", crate::office::CHANGE, "--review"]);
    passes(&office, "somebody looked back");
}

/// Lands a branch on the main one, and the pipeline records it.
pub(super) fn land(office: &Office, name: &str) {
    office.here.run_git(&["switch", "--quiet", "main"]);
    office.git_as(("kofi", "kofi"), &["merge", "--quiet", "--no-ff", "--no-edit", name]);
    office.here.run_git(&["push", "--quiet", "origin", "main"]);
    let run = office.says("ci", &["merged"]);
    assert!(run.stdout.contains("merged by pipeline:ci"), "{run:?}");
    assert!(!run.stdout.contains("unauthorized"), "{name} passed the gate: {run:?}");
}
