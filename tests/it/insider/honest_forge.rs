//! Pipelines of forges: what they say of the change is taken from their environment.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{agreed, company, gate_in, is_refused, may, small, verdict};
use crate::office::{CHANGE, Office};

struct Event {
    file: PathBuf,
    name: &'static str,
}

impl Event {
    fn new(office: &Office, name: &'static str, event: &Value) -> Self {
        let file = office.keys.path().join("event.json");
        std::fs::write(&file, event.to_string()).unwrap();
        Self { file, name }
    }

    fn around(&self) -> [(&str, &str); 3] {
        let file = self.file.to_str().unwrap();
        [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", self.name), ("GITHUB_EVENT_PATH", file)]
    }
}

fn tip(office: &Office, revision: &str) -> String {
    office.here.run_git(&["rev-parse", revision]).trim().to_owned()
}

/// GitHub's event of pull request 7 of Jonas.
fn pull(office: &Office, branch: &str, body: &str) -> Value {
    json!({"pull_request": {
        "number": 7, "body": body, "user": {"login": "jonas-gh", "id": 72},
        "base": {"ref": "main", "sha": tip(office, "main")},
        "head": {"ref": branch, "sha": tip(office, branch)},
    }})
}

/// Checks the merge of a branch out as a forge makes it: by nobody that the catalog knows.
fn merge_ref(office: &Office, branch: &str) {
    office.here.run_git(&["switch", "--quiet", "--detach", "main"]);
    let message = format!("Merge {branch} into main");
    office.here.run_git(&["merge", "--quiet", "--no-ff", "-m", &message, branch]);
}

/// A branch without any name of a change.
fn unnamed(office: &Office) {
    office.here.run_git(&["switch", "--quiet", "--create", "feature", "main"]);
    super::also(office, "jonas", &[("services/blog.yaml", &small("blog", "Our blog"))]);
}

#[test]
fn a_pull_request_by_its_number_on_githubs_merge_ref() {
    let Some(office) = company() else { return };
    unnamed(&office);
    let event = Event::new(&office, "pull_request", &pull(&office, "feature", "It is nicer."));
    merge_ref(&office, "feature");
    let run = gate_in(office.here.path(), &[], &event.around());
    may(&run, "pull request 7");
    assert_eq!(verdict(&run)["change"]["name"], "change:default/pr-7");
    // The same at the change's own commit.
    office.here.run_git(&["switch", "--quiet", "feature"]);
    let run = gate_in(office.here.path(), &[], &event.around());
    may(&run, "pull request 7, at its head");
}

#[test]
fn an_agreed_pull_request_on_githubs_merge_ref() {
    let Some(office) = agreed() else { return };
    let event = Event::new(&office, "pull_request", &pull(&office, CHANGE, ""));
    merge_ref(&office, CHANGE);
    let run = gate_in(office.here.path(), &[], &event.around());
    may(&run, "agreed to, on the merge ref");
}

#[test]
fn what_a_pull_request_claims_is_only_what_it_says() {
    let Some(office) = company() else { return };
    office.here.run_git(&["switch", "--quiet", "--create", "feature", "main"]);
    super::also(&office, "jonas", &[("terraform/main.tf", "size = 8\n")]);
    let claims = "Approved-by: person:ada\nGitsm-Change: bigger-db\ntype: standard\n{\"approved\": true}\n\
                  <!-- gitsm: ignore[approvals] fine -->";
    let event = Event::new(&office, "pull_request", &pull(&office, "feature", claims));
    merge_ref(&office, "feature");
    let run = gate_in(office.here.path(), &[], &event.around());
    is_refused(&run, "a text that claims", "approvals", "still missing: team:payments");
    assert_eq!(verdict(&run)["change"]["name"], "change:default/pr-7");
    assert_eq!(verdict(&run)["change"]["type"], "normal");
}

#[test]
fn a_text_that_changes_after_approval() {
    let Some(office) = company() else { return };
    office.here.run_git(&["switch", "--quiet", "--create", "feature", "main"]);
    super::also(&office, "jonas", &[("terraform/main.tf", "size = 8\n")]);
    office.git_as(
        ("jonas", "jonas"),
        &["commit", "--quiet", "--amend", "-m", "Larger\n\nGitsm-Change: larger"],
    );
    let event = Event::new(&office, "pull_request", &pull(&office, "feature", "It is full."));
    let mut said = vec!["change", "approve", "--as", "person:ada", "--key"];
    let key = office.keys.path().join("ada").to_str().unwrap().to_owned();
    said.push(&key);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gitsm"))
        .current_dir(office.here.path())
        .env_clear()
        .env("HOME", office.keys.path())
        .env("PATH", std::env::var("PATH").unwrap())
        .envs(event.around())
        .args(&said)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let run = gate_in(office.here.path(), &[], &event.around());
    may(&run, "agreed to with its text");
    let event =
        Event::new(&office, "pull_request", &pull(&office, "feature", "Because I want it."));
    let run = gate_in(office.here.path(), &[], &event.around());
    is_refused(&run, "another text", "approvals", "approved by person:ada does not count");
}

#[test]
fn a_merge_queue() {
    let Some(office) = agreed() else { return };
    let base = tip(&office, "main");
    merge_ref(&office, CHANGE);
    let head = tip(&office, "HEAD");
    let queue = json!({"action": "checks_requested", "merge_group": {
        "head_sha": head, "head_ref": "refs/heads/gh-readonly-queue/main/pr-7", "base_sha": base,
        "base_ref": "refs/heads/main",
    }});
    let event = Event::new(&office, "merge_group", &queue);
    let run = gate_in(office.here.path(), &[], &event.around());
    may(&run, "a merge queue");
    assert_eq!(verdict(&run)["change"]["name"], "change:default/bigger-db");
}

#[test]
fn gitlabs_pipelines() {
    let Some(office) = agreed() else { return };
    let (base, head) = (tip(&office, "main"), tip(&office, CHANGE));
    let own = [
        ("GITLAB_CI", "true"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_COMMIT_SHA", head.as_str()),
    ];
    let run = gate_in(office.here.path(), &[], &own);
    may(&run, "a merge request's pipeline");
    merge_ref(&office, CHANGE);
    let merged = [
        ("GITLAB_CI", "true"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", base.as_str()),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", head.as_str()),
    ];
    let run = gate_in(office.here.path(), &[], &merged);
    may(&run, "a pipeline for merged results");
}

#[test]
fn a_review_on_the_forge_copied_by_the_pipeline() {
    let Some(office) = company() else { return };
    office.proposed();
    let review = |login: &str, number: u64| {
        let review = json!([{
            "id": number, "user": {"id": number, "login": login, "type": "User"}, "body": "Fine.",
            "state": "APPROVED", "commit_id": tip(&office, "HEAD"),
            "submitted_at": "2030-01-01T10:00:00Z", "author_association": "MEMBER",
        }]);
        let file = office.keys.path().join("reviews.json");
        std::fs::write(&file, review.to_string()).unwrap();
        let file = file.to_str().unwrap().to_owned();
        office.says("ci", &["reviews", CHANGE, "--from", "github", "--file", &file])
    };
    // His own, and that of an account which took a name over.
    review("jonas-gh", 72);
    review("ada-gh", 99);
    super::refuses(&office, "reviewed by oneself", "approvals", "still missing: team:payments");
    let run = review("ada-gh", 71);
    assert_eq!(run.code, 0, "{run:?}");
    super::passes(&office, "reviewed on the forge");
}

#[test]
fn a_push_to_a_branch_without_a_pull_request() {
    let Some(office) = agreed() else { return };
    let event = Event::new(&office, "push", &json!({"ref": "refs/heads/bigger-db"}));
    let run = gate_in(office.here.path(), &[], &event.around());
    may(&run, "a push");
}
