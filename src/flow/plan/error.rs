//! Why there is no plan, and what to do about it.

use std::path::PathBuf;

use super::AskError;
use crate::git::{GitError, ProtectedError};
use crate::plan::ObjectId;
use crate::plan::document::FaultPlan;
use crate::target::{Fault, FaultKind};

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The catalog cannot be read.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The file of the operator cannot be used.
    #[error("{path}: {why}", path = .path.display())]
    OperatorFile {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// There is no such target.
    #[error("there is no Target called `{name}`{}", near(.known))]
    NoTarget {
        /// What was named.
        name: String,
        /// The targets that there are.
        known: Vec<String>,
    },
    /// There are none at all.
    #[error("there is no Target in this catalog: nothing is to be applied")]
    NoTargets,
    /// It is not known which branch is protected.
    #[error(transparent)]
    NotKnown(#[from] ProtectedError),
    /// The repository has no name with which its objects could be marked.
    #[error("this catalog has no `id`, and what gitsm makes is marked with it")]
    NoId,
    /// The name stands in files that nobody agreed to yet.
    #[error(
        "{branch} has no `id` yet, and what gitsm makes is marked with that of the protected branch"
    )]
    IdNotMerged {
        /// The protected branch.
        branch: String,
    },
    /// A mistake in `gitsm.yaml`, here or on the protected branch.
    #[error("the settings cannot be used: {0}")]
    Settings(String),
    /// The protected branch says something of a target that there is not.
    #[error("{path} of the protected branch: `targets` names `{name}`, and there is no such Target{}",
        near(.known))]
    StrayTarget {
        /// The file.
        path: String,
        /// The name.
        name: String,
        /// The targets that there are.
        known: Vec<String>,
    },
    /// What is to be taken over is not there, is gitsm's already, or is nothing that the catalog wants.
    #[error("{id} at {target} cannot be taken over: {why}")]
    NotAdoptable {
        /// The target, as people write it.
        target: String,
        /// The object.
        id: ObjectId,
        /// Why.
        why: &'static str,
    },
    /// The document of a target is not as it should be.
    #[error("{target}: its document is not as a Target's should be: {at}")]
    Broken {
        /// The target, as people write it.
        target: String,
        /// Its file and line.
        at: String,
    },
    /// Something between gitsm and a target.
    #[error("{target}: {fault}")]
    Target {
        /// The target, as people write it.
        target: String,
        /// What.
        fault: Fault,
        /// Whether its document is not on the protected branch yet, so that its settings do not count.
        unmerged: bool,
    },
}

fn near(known: &[String]) -> String {
    match known.is_empty() {
        true => String::new(),
        false => format!("; there are {}", known.join(", ")),
    }
}

impl From<GitError> for PlanError {
    fn from(error: GitError) -> Self {
        Self::Ask(error.into())
    }
}

impl PlanError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Ask(error) => error.is_usage(),
            Self::NotKnown(_) | Self::Settings(_) => false,
            Self::Target { fault, .. } => fault.kind == FaultKind::Settings,
            _ => true,
        }
    }

    /// The same as what a plan says of one target.
    pub(super) fn fault(&self) -> FaultPlan {
        let (message, help) = (self.to_string(), self.hint());
        FaultPlan { message, help, is_setup: self.is_usage() }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Ask(error) => error.hint().map(|hint| hint.to_string()),
            Self::NoId => Some("add a line to gitsm.yaml: `id: acme/it`".to_owned()),
            Self::Broken { .. } => Some("`gitsm validate` says what is wrong with it".to_owned()),
            Self::NotKnown(error) => Some(error.hint().to_owned()),
            Self::IdNotMerged { branch } => {
                Some(format!("commit the line of gitsm.yaml, and merge it into {branch}"))
            }
            Self::Settings(_) => Some(
                "put it right; on the protected branch, if it is wrong there: `gitsm validate` tells \
                 all mistakes"
                    .to_owned(),
            ),
            Self::NoTarget { name, .. } if name.ends_with(".json") => Some(
                "a plan that was written to a file stands alone: `gitsm apply plan.json`"
                    .to_owned(),
            ),
            Self::NoTargets => Some("`gitsm explain target` shows how one is written".to_owned()),
            Self::Target { target, unmerged: true, .. } => Some(format!(
                "{target} is not on the protected branch yet, so where it says it is does not count; \
                 say it with --set {}.NAME=VALUE or --operator FILE",
                target.rsplit([':', '/']).next().unwrap_or(target)
            )),
            _ => None,
        }
    }
}
