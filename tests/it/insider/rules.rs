//! The rules are weakened first, or in the same breath: whoever answers for them must agree, and what
//! a change makes of them does not help that change.

use super::{POLICY, agreed, company, known, model, passes, refuses, small};
use crate::office::{Office, policy, request, shop, team};

/// A change whose only content weakens something: the first of two steps.
fn first_step(attempt: &str, files: &[(&str, String)], words: &str) {
    let Some(office) = company() else { return };
    weaken(&office, "weaker", attempt, files, words);
}

fn weaken(office: &Office, name: &str, attempt: &str, files: &[(&str, String)], words: &str) {
    office.begin(name, "jonas", files);
    refuses(office, attempt, "governance", "still missing: governance");
    refuses(office, attempt, "governance", words);
    // Those who own what changes do not answer for the rules.
    office.fine("jonas", &["propose"]);
    office.says("ada", &["approve"]);
    office.says("lena", &["approve"]);
    refuses(
        office,
        &format!("{attempt}, agreed to by peers"),
        "governance",
        "still missing: governance",
    );
}

#[test]
fn lowering_what_a_policy_asks() {
    let weaker = policy(
        "  approvals: {low: {peers: 0}, moderate: {peers: 0, owners: false}, high: {peers: 0, owners: false}}\n",
    );
    first_step("a weaker ChangePolicy", &[("policy.yaml", weaker)], "changepolicy:changes");
}

#[test]
fn a_second_policy_that_is_weaker() {
    let weaker = policy("  bands: {moderate: 90, high: 91, veryHigh: 92}\n")
        .replace("name: changes", "name: lax");
    first_step("a second ChangePolicy", &[("lax.yaml", weaker)], "changepolicy:lax");
}

#[test]
fn joining_the_approving_team() {
    let more = team("platform", &["kofi", "jonas"], "");
    first_step(
        "joining the team that answers for the rules",
        &[("teams/platform.yaml", more)],
        "team:platform",
    );
}

#[test]
fn joining_a_team_from_ones_own_person() {
    let Some(office) = company() else { return };
    let more = known(
        &office,
        "jonas",
        "github: jonas-gh, github-id: '72'",
        "  memberOf: [team:platform]\n",
    );
    weaken(&office, "weaker", "memberOf", &[("people/jonas.yaml", more)], "person:jonas");
}

#[test]
fn lowering_a_quorum() {
    let Some(office) = company() else { return };
    let two = team("payments", &["ada", "jonas", "lena"], ", approvers: {quorum: 2}");
    office.on_main(&[("teams/payments.yaml", two)]);
    let one = team("payments", &["ada", "jonas", "lena"], "");
    weaken(&office, "weaker", "a lower quorum", &[("teams/payments.yaml", one)], "team:payments");
}

#[test]
fn a_key_of_ones_own_under_another_name() {
    let Some(office) = company() else { return };
    let keys = ["ada", "jonas"].map(|name| crate::office::key(&office.keys.public(name), ""));
    let forged = crate::office::person("ada", &keys, "");
    weaken(&office, "weaker", "a key", &[("people/ada.yaml", forged)], "person:ada");
}

#[test]
fn lowering_a_tier() {
    first_step(
        "a lower tier",
        &[("services/shop.yaml", shop("Shop", "tier4"))],
        "/spec/criticality",
    );
}

#[test]
fn cutting_a_dependency() {
    let web = "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: web}\nspec: {owner: \
               team:front, serviceType: business, lifecycle: live, criticality: tier1}\n";
    first_step("a dependency less", &[("services/web.yaml", web.to_owned())], "/spec/dependsOn");
}

#[test]
fn taking_the_sources_away() {
    let without = shop("Shop", "tier1").replace("  sources:\n    - path: terraform/**\n", "");
    first_step("no sources", &[("services/shop.yaml", without)], "/spec/sources");
}

#[test]
fn taking_the_sources_away_while_editing_them() {
    let Some(office) = company() else { return };
    let without = shop("Shop", "tier1").replace("  sources:\n    - path: terraform/**\n", "");
    let files = [("services/shop.yaml", without), ("terraform/main.tf", "size = 9\n".to_owned())];
    office.begin("unowned", "jonas", &files);
    refuses(&office, "sources and what they were", "approvals", "team:payments");
    refuses(&office, "sources and what they were", "governance", "/spec/sources");
}

#[test]
fn changing_the_owner_in_the_same_change() {
    let Some(office) = company() else { return };
    let other = shop("The shop", "tier1").replace("team:payments", "team:front");
    office.begin("taken", "finn", &[("services/shop.yaml", other)]);
    refuses(&office, "a new owner", "governance", "/spec/owner");
    office.fine("finn", &["propose"]);
    refuses(&office, "a new owner", "approvals", "team:payments");
    // The old owners must agree, whoever owns it then.
    refuses(&office, "a new owner", "approvals", "nobody is left to speak for team:front");
}

#[test]
fn a_workflow_a_pipeline_owners_of_files_hooks_and_templates() {
    let Some(office) = company() else { return };
    let paths = [
        ".github/workflows/deploy.yml",
        ".GitHub/Workflows/deploy.yml",
        ".github/actions/run/action.yml",
        ".gitea/workflows/deploy.yml",
        ".forgejo/workflows/deploy.yml",
        ".gitlab-ci.yml",
        "Jenkinsfile",
        ".circleci/config.yml",
        ".woodpecker/deploy.yml",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "CODEOWNERS",
        "docs/CODEOWNERS",
        ".gitea/CODEOWNERS",
        ".githooks/pre-push",
        ".husky/pre-commit",
        ".pre-commit-config.yaml",
        ".github/pull_request_template.md",
        ".gitsm/templates/x.md",
        "catalog/gitsm.yaml",
    ];
    for (number, path) in paths.iter().enumerate() {
        office.begin(&format!("steers-{number}"), "jonas", &[(path, "x: 1\n".to_owned())]);
        refuses(&office, path, "governance", "still missing: governance");
    }
}

#[test]
fn what_the_settings_of_the_base_call_a_rule() {
    let Some(office) = company() else { return };
    let settings = office
        .here
        .read("gitsm.yaml")
        .replace("governance: {", "governance: {paths: ['deploy/**'], ");
    office.on_main(&[("gitsm.yaml", settings)]);
    office.begin("steers", "jonas", &[("deploy/run.sh", "echo\n".to_owned())]);
    refuses(&office, "a path of the base", "governance", "deploy/run.sh");
}

#[test]
fn the_settings_themselves() {
    let Some(office) = company() else { return };
    let settings = office.here.read("gitsm.yaml");
    let attempts = [
        ("report", settings.replace("all: enforce", "all: report")),
        ("no gate", settings.replace("gate: {all: enforce}\n", "")),
        ("governance by oneself", settings.replace("team:platform", "person:jonas")),
        ("an operator", settings.replace("person:kofi", "person:jonas")),
        (
            "another ledger",
            settings.replace("genesis: sha256:", "genesis: sha256:0").replace("0\n", "\n"),
        ),
    ];
    for (number, (attempt, text)) in attempts.into_iter().enumerate() {
        office.begin(&format!("settings-{number}"), "jonas", &[("gitsm.yaml", text)]);
        refuses(&office, attempt, "governance", "gitsm.yaml");
    }
    // Without settings the base's still count.
    office.here.run_git(&["switch", "--quiet", "--create", "none", "main"]);
    office.here.remove("gitsm.yaml");
    office.commit("jonas", "No settings\n\nGitsm-Change: none");
    refuses(&office, "no settings", "governance", "gitsm.yaml");
}

#[test]
fn a_weaker_policy_and_what_it_would_allow() {
    let Some(office) = agreed() else { return };
    office.fine("ada", &["revoke", crate::office::CHANGE]);
    let weaker = policy(
        "  approvals: {low: {peers: 0}, moderate: {peers: 0, owners: false}, high: {peers: 0, owners: false}, very_high: {peers: 0, owners: false}}\n",
    );
    super::also(&office, "jonas", &[("policy.yaml", &weaker)]);
    refuses(&office, "weaker in the same change", "approvals", "team:payments");
    refuses(&office, "weaker in the same change", "governance", "changepolicy:changes");
}

#[test]
fn joining_the_team_and_agreeing_in_the_same_change() {
    let Some(office) = company() else { return };
    office.change();
    let more = team("payments", &["ada", "jonas", "lena", "finn"], "");
    super::also(&office, "jonas", &[("teams/payments.yaml", &more)]);
    office.fine("jonas", &["propose"]);
    office.forge("finn", Some("finn"), |_| {});
    refuses(&office, "joined in the same change", "approvals", "still missing: team:payments");
}

#[test]
fn a_model_of_ones_own() {
    let wider = model("2099-12-31")
        .replace("name: titles", "name: all")
        .replace(", where: entity.metadata.name == 'news'", "")
        .replace("  fields: [/metadata/title]\n", "");
    first_step("a model", &[("all.yaml", wider)], "changemodel:all");
}

#[test]
fn renaming_to_escape_the_owner() {
    let Some(office) = company() else { return };
    let renamed = shop("The shop", "tier1")
        .replace("name: shop\n", "name: store\n  formerly: [service:shop]\n")
        .replace("team:payments", "team:front");
    office.begin("renamed", "finn", &[("services/shop.yaml", renamed)]);
    refuses(&office, "renamed", "approvals", "team:payments");
    refuses(&office, "renamed", "governance", "owner");
    // As a new one beside the old one, which goes.
    let other = shop("The shop", "tier4")
        .replace("name: shop\n", "name: store\n")
        .replace("team:payments", "team:front");
    office.begin("replaced", "finn", &[("services/shop.yaml", other)]);
    refuses(&office, "replaced", "approvals", "team:payments");
    refuses(&office, "replaced", "valid", "there is no Service `shop`");
}

#[test]
fn two_names_in_one_change() {
    let Some(office) = company() else { return };
    office.begin("one", "jonas", &[("changes/two.yaml", request("two", "Another reason."))]);
    refuses(&office, "two requests", "request", "it has two requests, change:one and change:two");
    office.begin("pr-7", "jonas", &[("docs/a.txt", "b\n".to_owned())]);
    refuses(&office, "a reserved name", "request", "pr-7 is the name of another pull request");
    office.begin("mine", "jonas", &[("docs/a.txt", "b\n".to_owned())]);
    office.git_as(
        ("jonas", "jonas"),
        &["commit", "--quiet", "--amend", "--message", "A\n\nGitsm-Change: pr-8"],
    );
    refuses(
        &office,
        "a reserved name in a trailer",
        "request",
        "pr-8 is the name of another pull request",
    );
    office.here.run_git(&["switch", "--quiet", "--create", "unnamed", "main"]);
    super::also(&office, "jonas", &[("docs/a.txt", "c\n")]);
    refuses(&office, "no name", "request", "it has no name");
}

#[test]
fn claiming_to_be_a_standard_change() {
    let Some(office) = company() else { return };
    office.begin("claimed", "jonas", &[("terraform/main.tf", "size = 8\n".to_owned())]);
    let text = format!(
        "{}  type: standard\n  model: changemodel:titles\n",
        request("claimed", "It is full.")
    );
    super::also(&office, "jonas", &[("changes/claimed.yaml", &text)]);
    refuses(
        &office,
        "claimed standard",
        "request",
        "its request claims a standard change, and it is none",
    );
    refuses(&office, "claimed standard", "approvals", "team:payments");
}

#[test]
fn one_edit_outside_of_a_model_and_an_expired_model() {
    let Some(office) = company() else { return };
    let strict = policy(&POLICY.replace("peers: 0", "peers: 1"));
    office.on_main(&[("policy.yaml", strict)]);
    office.begin("title", "jonas", &[("services/news.yaml", small("news", "Our news"))]);
    passes(&office, "inside of a model");
    super::also(&office, "jonas", &[("docs/a.txt", "b\n")]);
    refuses(&office, "one edit outside", "approvals", "peers");
    let text = small("news", "Our news").replace("tier4", "tier3");
    office.begin("tier", "jonas", &[("services/news.yaml", text)]);
    refuses(&office, "a field outside", "approvals", "peers");
    office.on_main(&[("models.yaml", model("2021-12-31"))]);
    office.begin("late", "jonas", &[("services/news.yaml", small("news", "Our news"))]);
    refuses(&office, "an expired model", "approvals", "peers");
}

#[test]
fn a_model_that_the_change_itself_prolongs() {
    let Some(office) = company() else { return };
    office.on_main(&[
        ("models.yaml", model("2021-12-31")),
        ("policy.yaml", policy(&POLICY.replace("peers: 0", "peers: 1"))),
    ]);
    let files =
        [("services/news.yaml", small("news", "Our news")), ("models.yaml", model("2099-12-31"))];
    office.begin("late", "jonas", &files);
    refuses(&office, "prolonged by itself", "governance", "changemodel:titles");
    refuses(&office, "prolonged by itself", "approvals", "peers");
}
