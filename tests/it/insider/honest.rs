//! Everyday work that passes: small edits, and what was agreed to, however it travels.

use super::{POLICY, agreed, company, gate, passes, small, verdict};
use crate::office::{CHANGE, Office, ago, policy, shop, team};

/// Jonas edits files in a commit whose message names the change.
fn told(office: &Office, name: &str, files: &[(&str, String)]) {
    office.here.run_git(&["switch", "--quiet", "--create", name, "main"]);
    for (path, text) in files {
        office.here.write(path, text);
    }
    office.commit("jonas", &format!("Say it better\n\nGitsm-Change: {name}"));
}

fn blog(more: &str) -> String {
    small("blog", "Blog").replace("  title: Blog\n", more)
}

#[test]
fn small_edits_that_nobody_must_agree_to() {
    let Some(office) = company() else { return };
    let ways: &[(&str, &str, String)] = &[
        ("a-title", "services/blog.yaml", small("blog", "Our blog")),
        ("a-label", "services/blog.yaml", blog("  title: Blog\n  labels: {sells: much}\n")),
        ("a-typo", "services/blog.yaml", blog("  title: Blog\n  description: What we write.\n")),
        (
            "a-link",
            "services/blog.yaml",
            blog("  title: Blog\n  links: [{url: 'https://acme.example'}]\n"),
        ),
        ("a-layout", "services/blog.yaml", small("blog", "  'Blog'\n")),
        ("a-comment", "services/blog.yaml", format!("# What we write.\n{}", small("blog", "Blog"))),
        ("support", "services/blog.yaml", small("blog", "Blog") + "  supportTeam: team:payments\n"),
        ("a-title-of-what-matters", "services/shop.yaml", shop("Our shop", "tier1")),
        ("new-and-unused", "services/fresh.yaml", small("fresh", "Fresh")),
        ("docs-only", "docs/a.txt", "b\n".to_owned()),
        ("a-file-of-nobody", "scripts/run.sh", "echo\n".to_owned()),
        ("standard", "services/news.yaml", small("news", "Our news")),
    ];
    for (name, path, text) in ways {
        told(&office, name, &[(path, text.clone())]);
        passes(&office, name);
    }
}

#[test]
fn moving_and_deleting_what_nobody_needs() {
    let Some(office) = company() else { return };
    office.here.run_git(&["switch", "--quiet", "--create", "moved", "main"]);
    std::fs::create_dir_all(office.here.path().join("catalog")).unwrap();
    office.here.run_git(&["mv", "services/shop.yaml", "catalog/shop.yaml"]);
    office.commit("jonas", "Where it belongs\n\nGitsm-Change: moved");
    passes(&office, "a file that moves");
    office.here.run_git(&["switch", "--quiet", "--create", "formatted", "main"]);
    let ugly =
        shop("Shop", "tier1").replace("  owner: team:payments\n", "  owner:   'team:payments'\n\n");
    office.on_main(&[("services/shop.yaml", ugly)]);
    office.here.run_git(&["reset", "--quiet", "--hard", "main"]);
    assert_eq!(office.gitsm(&["fmt"]).code, 0);
    office.commit("jonas", "gitsm fmt\n\nGitsm-Change: formatted");
    passes(&office, "a reformat");
    office.here.run_git(&["switch", "--quiet", "--create", "gone", "main"]);
    office.here.remove("services/blog.yaml");
    office.commit("jonas", "Nobody reads it\n\nIt had its time.\n\nGitsm-Change: gone");
    agree(&office, "gone", &["ada"]);
    passes(&office, "deleting what nobody needs");
}

/// What is checked out is put forward, and these agree, as far as they are asked.
fn agree(office: &Office, way: &str, who: &[&str]) {
    if gate(office).code == 0 {
        return;
    }
    office.fine("jonas", &["propose"]);
    for one in who {
        let run = office.says(one, &["approve"]);
        assert_eq!(run.code, 0, "{way}, {one}: {run:?}");
    }
}

#[test]
fn what_was_agreed_to_travels() {
    let Some(office) = agreed() else { return };
    office.on_main(&[("docs/a.txt", "b\n".to_owned())]);
    passes(&office, "main moved");
    office.here.run_git(&["switch", "--quiet", "--create", "merged", CHANGE]);
    office.git_as(("jonas", "jonas"), &["merge", "--quiet", "--no-edit", "main"]);
    passes(&office, "main merged into it");
    office.here.run_git(&["switch", "--quiet", "--create", "rebased", CHANGE]);
    office.git_as(("jonas", "jonas"), &["rebase", "--quiet", "main"]);
    passes(&office, "rebased");
    office.here.run_git(&["switch", "--quiet", "--create", "squashed", "main"]);
    office.here.run_git(&["merge", "--quiet", "--squash", CHANGE]);
    office.commit("jonas", "A larger database (squashed)");
    passes(&office, "squashed");
    office.here.run_git(&["switch", "--quiet", "--create", "landing", "main"]);
    office.git_as(("kofi", "kofi"), &["merge", "--quiet", "--no-ff", "--no-edit", CHANGE]);
    passes(&office, "as a merge commit");
    office.here.run_git(&["switch", "--quiet", CHANGE]);
    let ugly = shop("The shop", "tier1")
        .replace("  owner: team:payments\n", "  owner:   'team:payments'\n\n");
    super::also(&office, "jonas", &[("services/shop.yaml", &ugly)]);
    passes(&office, "formatted");
}

#[test]
fn approval_before_or_after_it_is_put_forward() {
    let Some(office) = company() else { return };
    office.change();
    office.fine("ada", &["approve"]);
    passes(&office, "agreed to before it is put forward");
    office.fine("jonas", &["propose"]);
    passes(&office, "put forward afterwards");
}

#[test]
fn a_terraform_file_with_its_owners_approval_and_a_trailer() {
    let Some(office) = company() else { return };
    office.told_by_message(false, "It is full on Fridays.");
    office.fine("jonas", &["propose"]);
    office.fine("lena", &["approve"]);
    passes(&office, "Terraform, by trailer");
    let change = verdict(&gate(&office))["change"].clone();
    assert_eq!(change["files"], serde_json::json!(["terraform/main.tf"]));
}

#[test]
fn a_quorum_of_two_a_deputy_and_a_delegate() {
    let Some(office) = company() else { return };
    let two = team(
        "payments",
        &["ada", "jonas", "lena"],
        ", approvers: {quorum: 2, deputies: [person:finn]}",
    );
    office.on_main(&[("teams/payments.yaml", two)]);
    office.proposed();
    office.fine("ada", &["approve"]);
    super::refuses(&office, "one of two", "approvals", "team:payments");
    office.fine("finn", &["approve"]);
    passes(&office, "a member and a deputy");
    office.fine("finn", &["revoke", CHANGE]);
    let day = ago(-48).date_naive().to_string();
    office.fine("lena", &["delegate", "kofi", "--until", &day]);
    office.fine("kofi", &["approve"]);
    passes(&office, "a member and a delegate");
}

#[test]
fn old_findings_hold_up_nobody() {
    let Some(office) = company() else { return };
    office.on_main(&[(
        "services/old.yaml",
        small("old", "Old").replace("team:payments", "team:gone"),
    )]);
    assert_eq!(office.gitsm(&["validate"]).code, 1);
    told(&office, "clean", &[("services/blog.yaml", small("blog", "Our blog"))]);
    passes(&office, "a clean change of a catalog with mistakes");
    told(
        &office,
        "near",
        &[("services/old.yaml", small("old", "Older").replace("team:payments", "team:gone"))],
    );
    passes(&office, "an edit beside an old mistake");
}

#[test]
fn a_bots_commit_with_two_who_agree() {
    let Some(office) = company() else { return };
    office.begin("bumped", "jonas", &[("services/blog.yaml", small("blog", "Our blog"))]);
    let author = "--author=renovate <bot@renovate.example>";
    office.here.run_git(&[
        "-c",
        "user.name=renovate",
        "commit",
        "--quiet",
        "--amend",
        "--no-edit",
        author,
    ]);
    for one in ["ada", "lena"] {
        office.fine(one, &["approve"]);
    }
    passes(&office, "a bot's commit");
}

#[test]
fn two_changes_of_one_service_at_once() {
    let Some(office) = agreed() else { return };
    told(&office, "beside", &[("services/shop.yaml", shop("Our shop", "tier1"))]);
    passes(&office, "beside another change");
    office.here.run_git(&["switch", "--quiet", CHANGE]);
    passes(&office, "the other one");
}

#[test]
fn policy_may_ask_more_and_is_met() {
    let Some(office) = company() else { return };
    let signed = POLICY.replace(
        "low: {peers: 0}",
        "low: {peers: 0}, moderate: {grade: signed, teams: [team:front]}",
    );
    office.on_main(&[("policy.yaml", policy(&signed))]);
    office.proposed();
    for one in ["ada", "finn"] {
        office.fine(one, &["approve"]);
    }
    passes(&office, "signed, and by a team more");
}
