//! What is known of a change beside the two trees: the day, who contributed, when it is to happen,
//! how it was tried. All of it comes from outside, so that an assessment is a pure function.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::gitsm::change_policy::ChangePolicySpec;

/// What is known of a change beside the two trees.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The day, such as `2026-12-31`.
    pub today: String,
    /// Everybody who had a hand in it: opener, pushers, authors, committers, co-authors, signers.
    pub contributors: Vec<Contributor>,
    /// Whether commits of it are missing here, so that not all of them are known.
    pub cut: bool,
    /// The `Gitsm-Change:` trailers of its commits, each once.
    pub trailers: Vec<String>,
    /// The number of its pull request, where a forge gives one.
    pub pull_request: Option<u64>,
    /// What the pull request, or the body of the commit's message, says.
    pub message: Option<String>,
    /// When it is to happen, and what stands against that.
    pub schedule: ScheduleFacts,
    /// How it is taken back, as far as that was tried; what the request says is looked up.
    pub backout: Option<Shown>,
    /// How it was tested, as far as that is on record; what the request says is looked up.
    pub test: Option<Shown>,
    /// How often changes of models and entities failed lately.
    pub failures: Vec<FailureRecord>,
    /// A policy to judge by instead of those of the catalog, by its name.
    pub policy: Option<(String, ChangePolicySpec)>,
}

impl Facts {
    /// Adds the name that somebody gives the change beside its commits.
    pub fn named(&mut self, name: Option<&str>) {
        if let Some(name) = name.filter(|name| !self.trailers.iter().any(|one| one == name)) {
            self.trailers.push(name.to_owned());
        }
    }
}

/// Somebody who had a hand in a change.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub struct Contributor {
    /// The name that Git knows.
    pub name: String,
    /// The e-mail address that Git knows.
    pub email: String,
    /// What they did: `author`, `committer`, `co-author`, `opener`, `pusher`, `signer`, `operator`.
    pub role: String,
    /// The account that the forge vouches for: where it is and its name, such as `github` and `ada`.
    pub account: Option<(String, String)>,
    /// Whether a signature or a forge account vouches for it; nothing if nobody looked.
    pub vouched: Option<bool>,
}

/// When a change is to happen, and what stands against that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScheduleFacts {
    /// Whether it happens outside its window; nothing if nobody said when, or needs a window.
    pub outside_window: Option<bool>,
    /// Why that is so, in words.
    pub window: Option<String>,
    /// The freezes that it would happen in, in words.
    pub freezes: Vec<String>,
    /// What it collides with, in words; nothing if nobody looked.
    pub conflicts: Option<Vec<String>>,
}

/// How well something is shown.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Grade {
    /// There is nothing.
    None,
    /// Somebody wrote it down.
    Text,
    /// It was tried, and the record is there; or it was proved.
    Proved,
}

/// How well something is shown, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// How well.
    pub grade: Grade,
    /// By what, in words.
    pub by: String,
}

/// How often changes of a model or an entity failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureRecord {
    /// The canonical reference of the model or the entity.
    pub of: String,
    /// How many failed.
    pub failed: u32,
    /// Of how many, the last 20 at most.
    pub changes: u32,
}

impl FailureRecord {
    /// The share that failed.
    pub fn rate(&self) -> f64 {
        match self.changes {
            0 => 0.0,
            changes => f64::from(self.failed.min(changes)) / f64::from(changes),
        }
    }
}
