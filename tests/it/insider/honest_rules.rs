//! Rules that change with the agreement of whoever answers for them; what cannot wait, by whom it is
//! for; what is taken back.

use super::urgent::land;
use super::{agreed, company, known, passes, refuses, small, verdict};
use crate::office::{CHANGE, Office, ago, policy, request, shop, team};

const SAID: &str = "  plan: {implementation: Merge it., test: I tried it., backout: Revert it.}\n";

/// A change of the rules, with all that is asked to be said.
fn rules(office: &Office, name: &str, who: &str, files: &[(&str, String)]) {
    office.begin(name, who, files);
    let text = format!("{}{SAID}", request(name, "We need it.").replace("payments", "platform"));
    super::also(office, who, &[(&format!("changes/{name}.yaml"), &text)]);
    office.fine(who, &["propose"]);
}

#[test]
fn a_new_member_of_a_team() {
    let Some(office) = company() else { return };
    let more = team("payments", &["ada", "jonas", "lena", "finn"], "");
    rules(&office, "welcome", "jonas", &[("teams/payments.yaml", more)]);
    office.says("ada", &["approve"]);
    refuses(&office, "without those who answer for the rules", "governance", "governance");
    office.fine("kofi", &["approve"]);
    passes(&office, "a new member");
}

#[test]
fn a_new_person() {
    let Some(office) = company() else { return };
    office.keys.make("zed", "");
    let zed = known(&office, "zed", "github: zed-gh", "");
    rules(&office, "new-person", "jonas", &[("people/zed.yaml", zed)]);
    office.says("ada", &["approve"]);
    office.fine("kofi", &["approve"]);
    passes(&office, "a new person");
}

#[test]
fn another_policy_workflow_and_settings() {
    let Some(office) = company() else { return };
    let settings = office.here.read("gitsm.yaml");
    let stricter = policy(&super::POLICY.replace("low: {peers: 0}", "low: {peers: 1}"));
    let ways = [
        ("stricter", "policy.yaml", stricter),
        ("workflow", ".github/workflows/check.yml", "on: pull_request\n".to_owned()),
        (
            "settings",
            "gitsm.yaml",
            settings.replace("all: enforce", "all: enforce, conflicts: report"),
        ),
        ("tier", "services/blog.yaml", small("blog", "Blog").replace("tier4", "tier3")),
    ];
    for (name, path, text) in ways {
        rules(&office, name, "jonas", &[(path, text)]);
        for one in ["ada", "kofi"] {
            let run = office.says(one, &["approve"]);
            assert_eq!(run.code, 0, "{name}, {one}: {run:?}");
        }
        passes(&office, name);
    }
}

#[test]
fn an_emergency_with_an_incident_and_who_decides() {
    let Some(office) = company() else { return };
    let urgent = |name: &str, more: &str| {
        office.begin(name, "jonas", &[("terraform/main.tf", "size = 8\n".to_owned())]);
        let said = request(name, "Orders stand still.");
        let text = format!("{said}  type: emergency\n  incident: INC-2026-0042\n{more}");
        super::also(&office, "jonas", &[(&format!("changes/{name}.yaml"), &text)]);
        office.fine("jonas", &["propose"]);
        office.fine("dora", &["approve"]);
    };
    urgent("down", "");
    passes(&office, "an emergency");
    // It does not wait for a freeze to end.
    let start = ago(24).format("%Y-%m-%dT%H:%M:%S");
    let sale = format!(
        "apiVersion: gitsm/v1alpha1\nkind: Calendar\nmetadata: {{name: sale}}\nspec: {{type: freeze, \
         timezone: Etc/UTC, events: [{{start: '{start}', duration: P3D}}]}}\n"
    );
    office.on_main(&[("calendars/sale.yaml", sale)]);
    urgent("frozen", SAID);
    passes(&office, "an emergency in a freeze");
}

#[test]
fn glass_broken_by_who_is_listed() {
    let Some(office) = company() else { return };
    office.change();
    office.fine("jonas", &["propose"]);
    office.fine(
        "eve",
        &["break-glass", "--incident", "INC-2026-0042", "--reason", "Orders stand still."],
    );
    passes(&office, "broken glass");
}

#[test]
fn inside_of_a_window_and_as_planned() {
    let Some(office) = company() else { return };
    let start = ago(3).format("%Y-%m-%dT%H:%M:%S");
    let nights = format!(
        "apiVersion: gitsm/v1alpha1\nkind: Calendar\nmetadata: {{name: nights}}\nspec: {{type: \
         maintenance-window, timezone: Etc/UTC, events: [{{start: '{start}', duration: PT8H}}]}}\n"
    );
    office.on_main(&[("calendars/nights.yaml", nights)]);
    office.proposed();
    office.fine("ada", &["approve"]);
    passes(&office, "inside of a window");
    let at = |hours: i64| ago(hours).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (from, until) = (at(1), at(-1));
    let text = format!(
        "{}  schedule: {{start: '{from}', end: '{until}'}}\n",
        request(CHANGE, "It is full on Fridays.")
    );
    super::also(&office, "jonas", &[(&format!("changes/{CHANGE}.yaml"), &text)]);
    office.fine("jonas", &["propose"]);
    office.fine("ada", &["approve"]);
    passes(&office, "as planned");
}

#[test]
fn taking_back_what_landed_today() {
    let Some(office) = agreed() else { return };
    land(&office, CHANGE);
    office.here.run_git(&["switch", "--quiet", "--create", "back", "main"]);
    office.git_as(("jonas", "jonas"), &["revert", "--no-commit", "-m", "1", "HEAD"]);
    office.commit("jonas", "Take it back\n\nIt made it worse.\n\nGitsm-Change: back");
    passes(&office, "a revert to the digit");
    let because = verdict(&super::gate(&office))["requirements"].to_string();
    assert!(because.contains("it takes change:bigger-db back, to the digit"), "{because}");
    let late = ago(-25).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let run = super::gate_in(office.here.path(), &["--now", &late], &[]);
    super::is_refused(&run, "a day later", "approvals", "team:payments");
    super::also(&office, "jonas", &[("terraform/main.tf", "size = 2\n")]);
    refuses(&office, "a revert and something else", "approvals", "team:payments");
}

#[test]
fn taking_back_what_was_taken_back_is_a_new_change() {
    let Some(office) = agreed() else { return };
    land(&office, CHANGE);
    office.here.run_git(&["switch", "--quiet", "--create", "back", "main"]);
    office.git_as(("jonas", "jonas"), &["revert", "--no-commit", "-m", "1", "HEAD"]);
    office.commit("jonas", "Take it back\n\nIt made it worse.\n\nGitsm-Change: back");
    passes(&office, "a revert to the digit");
    land(&office, "back");
    // What made it worse does not come back by itself.
    office.here.run_git(&["switch", "--quiet", "--create", "forth", "main"]);
    office.git_as(("jonas", "jonas"), &["revert", "--no-commit", "-m", "1", "HEAD"]);
    office.here.run_git(&[
        "rm",
        "--quiet",
        "--cached",
        "-f",
        "--ignore-unmatch",
        &format!("changes/{CHANGE}.yaml"),
    ]);
    let _ = std::fs::remove_file(office.here.path().join(format!("changes/{CHANGE}.yaml")));
    office.commit("jonas", "After all\n\nIt was not that.\n\nGitsm-Change: forth");
    refuses(&office, "the revert of a revert", "approvals", "team:payments");
}

#[test]
fn a_rule_is_not_taken_back_without_asking() {
    let Some(office) = company() else { return };
    let lower = shop("Shop", "tier2");
    rules(&office, "lower", "jonas", &[("services/shop.yaml", lower)]);
    for one in ["ada", "kofi", "finn"] {
        office.fine(one, &["approve"]);
    }
    passes(&office, "a lower tier");
    land(&office, "lower");
    office.here.run_git(&["switch", "--quiet", "--create", "back", "main"]);
    office.git_as(("jonas", "jonas"), &["revert", "--no-commit", "-m", "1", "HEAD"]);
    office.commit("jonas", "Take it back\n\nNo.\n\nGitsm-Change: back");
    refuses(&office, "a rule taken back", "governance", "/spec/criticality");
}
