//! What a forge says in its pipelines' environment about the change that they run for.

#![allow(clippy::disallowed_methods, reason = "the forge's event is a file outside every tree")]

use std::fs;
use std::io::Read;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::base::Environment;

/// A change that waits to be merged, as a forge tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) forge: &'static str,
    /// The name of the branch that it is for.
    pub(super) branch: String,
    /// The tip of that branch, in hexadecimal, when the pipeline was made.
    pub(super) base: Option<String>,
    /// The change's own newest commit.
    pub(super) head: Option<String>,
    /// Whether it stands in a merge queue: there the forge may also squash it.
    pub(super) is_queue: bool,
}

/// Why a forge's event cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the event of {forge}: {reason}")]
pub struct EventError {
    /// The forge.
    pub forge: &'static str,
    /// What is wrong.
    pub reason: String,
}

/// The largest event that is read, in bytes: GitHub's own limit for one it sends.
const LARGEST: u64 = 25 << 20;

impl Event {
    /// What the environment tells; nothing outside a pipeline for a change.
    pub(super) fn of(environment: &Environment<'_>) -> Result<Option<Self>, EventError> {
        if let Some(event) = gitlab(environment) {
            return Ok(Some(event));
        }
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let Some(name) = set("GITHUB_EVENT_NAME") else { return Ok(None) };
        // Reviews and their comments run on the merge ref, too.
        if !name.starts_with("pull_request") && name != "merge_group" {
            return Ok(None);
        }
        let path = set("GITHUB_EVENT_PATH");
        let event = event(path.clone())?;
        let path = path.unwrap_or_default();
        let failed = || EventError { forge: "GitHub", reason: format!("{path} names no base") };
        github(&event).map(Some).ok_or_else(failed)
    }
}

/// What a forge says of the branch that all others go back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DefaultBranch {
    pub(super) forge: &'static str,
    /// The repository of which it speaks, `OWNER/NAME`, if it says that.
    pub(super) repository: Option<String>,
    /// The branch, if it says that.
    pub(super) branch: Option<String>,
}

impl DefaultBranch {
    /// What the environment tells; nothing outside a forge's pipeline.
    pub(super) fn of(environment: &Environment<'_>) -> Result<Option<Self>, EventError> {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        if set("GITLAB_CI").is_some() {
            let (repository, branch) = (set("CI_PROJECT_PATH"), set("CI_DEFAULT_BRANCH"));
            return Ok(Some(Self { forge: "GitLab", repository, branch }));
        }
        let path = set("GITHUB_EVENT_PATH");
        if path.is_none() && set("GITHUB_ACTIONS").is_none() {
            return Ok(None);
        }
        let event = event(path)?;
        let text = |pointer: &str| event.pointer(pointer)?.as_str().map(str::to_owned);
        let branch = text("/repository/default_branch").or_else(|| {
            // Events of schedules say nothing of the repository; they run on its default branch.
            set("GITHUB_EVENT_NAME").filter(|name| name == "schedule")?;
            Some(set("GITHUB_REF")?.strip_prefix("refs/heads/")?.to_owned())
        });
        let repository = text("/repository/full_name").or_else(|| set("GITHUB_REPOSITORY"));
        Ok(Some(Self { forge: "GitHub", repository, branch }))
    }
}

/// GitHub's event, of the file that it is in.
fn event(path: Option<String>) -> Result<Value, EventError> {
    let failed = |reason: String| EventError { forge: "GitHub", reason };
    let path = path.ok_or_else(|| failed("GITHUB_EVENT_PATH is not set".to_owned()))?;
    let text = read(&path).map_err(|error| failed(format!("{path}: {error}")))?;
    serde_json::from_slice(&text).map_err(|error| failed(format!("{path}: {error}")))
}

/// What a forge says of the pull request that a pipeline runs for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PullRequest {
    /// The forge, as accounts name it: `github`, `gitlab`.
    pub forge: String,
    /// Its number.
    pub number: Option<u64>,
    /// The account of who opened it.
    pub opener: Option<String>,
    /// The number of that account.
    pub opener_id: Option<u64>,
    /// What is written in it, without its title.
    pub text: Option<String>,
}

impl PullRequest {
    /// What the environment tells; nothing outside a pipeline for a pull request, or where its event
    /// cannot be read.
    pub fn of(environment: &Environment<'_>) -> Option<Self> {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        if set("GITLAB_CI").is_some() {
            let number = set("CI_MERGE_REQUEST_IID")?.parse().ok();
            let text = set("CI_MERGE_REQUEST_DESCRIPTION");
            return Some(Self {
                forge: "gitlab".to_owned(),
                number,
                opener: None,
                opener_id: None,
                text,
            });
        }
        set("GITHUB_EVENT_NAME").filter(|name| name.starts_with("pull_request"))?;
        let text = read(&set("GITHUB_EVENT_PATH")?).ok()?;
        let event: Value = serde_json::from_slice(&text).ok()?;
        let text = |pointer: &str| event.pointer(pointer)?.as_str().map(str::to_owned);
        Some(Self {
            forge: "github".to_owned(),
            number: event.pointer("/pull_request/number").and_then(Value::as_u64),
            opener: text("/pull_request/user/login"),
            opener_id: event.pointer("/pull_request/user/id").and_then(Value::as_u64),
            text: text("/pull_request/body"),
        })
    }
}

fn read(path: &str) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    fs::File::open(path)?.take(LARGEST).read_to_end(&mut text)?;
    Ok(text)
}

/// GitHub's event of a pull request or a merge queue, and that of whoever speaks its language.
fn github(event: &Value) -> Option<Event> {
    let text = |pointer: &str| event.pointer(pointer)?.as_str().map(str::to_owned);
    if let Some(branch) = text("/merge_group/base_ref") {
        return Some(Event {
            forge: "GitHub",
            branch: branch.strip_prefix("refs/heads/").unwrap_or(&branch).to_owned(),
            base: text("/merge_group/base_sha"),
            head: None,
            is_queue: true,
        });
    }
    Some(Event {
        forge: "GitHub",
        branch: text("/pull_request/base/ref")?,
        base: text("/pull_request/base/sha"),
        head: text("/pull_request/head/sha"),
        is_queue: false,
    })
}

/// GitLab's merge request pipelines. The tips are set only where HEAD is a merge: in pipelines for
/// merged results and in merge trains; else HEAD is the source branch's tip.
fn gitlab(environment: &Environment<'_>) -> Option<Event> {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    set("GITLAB_CI")?;
    let branch = set("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")?;
    let base = set("CI_MERGE_REQUEST_TARGET_BRANCH_SHA");
    let head = match base.is_some() {
        true => set("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"),
        false => set("CI_COMMIT_SHA"),
    };
    Some(Event { forge: "GitLab", branch, base, head, is_queue: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<Option<Event>, EventError> {
        Event::of(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn outside_of_a_change_no_forge_says_anything() {
        assert_eq!(of(&[]).unwrap(), None);
        assert_eq!(of(&[("GITHUB_EVENT_NAME", "push")]).unwrap(), None);
        assert_eq!(of(&[("GITLAB_CI", "true"), ("CI_COMMIT_SHA", "1")]).unwrap(), None);
    }

    #[test]
    fn an_event_that_cannot_be_read_is_an_error() {
        let pull = ("GITHUB_EVENT_NAME", "pull_request");
        assert!(of(&[pull]).is_err());
        assert!(of(&[pull, ("GITHUB_EVENT_PATH", "/nonexistent")]).is_err());
    }

    #[test]
    fn the_default_branch_is_what_the_event_says_and_of_a_schedule_where_it_runs() {
        let folder = tempfile::tempdir().unwrap();
        let branch = |event: &str, more: &[(&str, &str)]| {
            let path = folder.path().join("event.json");
            fs::write(&path, event).unwrap();
            let mut all = vec![("GITHUB_EVENT_PATH", path.to_str().unwrap())];
            all.extend(more);
            let told = DefaultBranch::of(&|name| {
                let found = all.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            told.unwrap().unwrap().branch
        };
        let event = r#"{"repository": {"default_branch": "trunk"}, "ref": "refs/heads/main"}"#;
        assert_eq!(branch(event, &[]).as_deref(), Some("trunk"));
        let schedule = [("GITHUB_EVENT_NAME", "schedule"), ("GITHUB_REF", "refs/heads/trunk")];
        assert_eq!(branch("null", &schedule).as_deref(), Some("trunk"));
        let push = [("GITHUB_EVENT_NAME", "push"), ("GITHUB_REF", "refs/heads/main")];
        assert_eq!(branch("{}", &push), None);
        assert!(
            DefaultBranch::of(&|name| (name == "GITHUB_ACTIONS").then(|| "true".into())).is_err()
        );
    }

    #[test]
    fn a_pipeline_for_merged_results_names_both_tips() {
        let event = of(&[
            ("GITLAB_CI", "true"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "aa"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "bb"),
            ("CI_COMMIT_SHA", "cc"),
        ]);
        let event = event.unwrap().unwrap();
        assert_eq!((event.base.as_deref(), event.head.as_deref()), (Some("aa"), Some("bb")));
    }

    #[test]
    fn a_merge_queue_names_a_full_reference() {
        let group =
            serde_json::json!({"merge_group": {"base_ref": "refs/heads/a", "base_sha": "b"}});
        let event = github(&group).unwrap();
        assert_eq!((event.branch.as_str(), event.is_queue), ("a", true));
    }
}
