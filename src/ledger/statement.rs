//! What an entry states, in the form that is signed: `ledger/1` and `approval/1` (FORMATS.md).
//!
//! No field holds free text or personal data: people are opaque ids, accounts are numbers, texts
//! stand in the records store and only their salted digests stand here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::value::RiskBand;

/// The format of statements.
pub const FORMAT: &str = "ledger/1";

/// The format of approvals.
pub const APPROVAL: &str = "approval/1";

/// What texts in statements look like: there is no field for any other text.
mod pattern {
    pub(super) const COMMIT: &str = "^[0-9a-f]{40}$";
    pub(super) const DIGEST: &str = "^sha256:[0-9a-f]{64}$";
    pub(super) const ULID: &str = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$";
    pub(super) const INSTANT: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";
    pub(super) const REFERENCE: &str = "^[a-z-]+:[a-z0-9._-]+/[a-z0-9._-]+$";
    pub(super) const PERSON: &str = "^person:[a-z0-9._-]+/[a-z0-9._-]+$";
    pub(super) const TEAM: &str = "^team:[a-z0-9._-]+/[a-z0-9._-]+$";
    pub(super) const BRANCH: &str = "^refs/heads/[^ ~^:?*\\[\\\\]{1,200}$";
    pub(super) const FORGE: &str = "^[a-z0-9-]{1,39}$";
    pub(super) const REQUIREMENT: &str = "^[a-z]+(/[a-z0-9:/._+-]{1,2000})?$";
    pub(super) const REPOSITORY: &str = "^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}#sha256:[0-9a-f]{64}$";
}

/// What somebody says happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// `ledger/1`.
    #[schemars(regex(pattern = "^ledger/1$"))]
    pub format: String,
    /// What it is about, as a canonical reference: a change, a target, or the ledger itself.
    #[schemars(regex(pattern = pattern::REFERENCE))]
    pub subject: String,
    /// When it was made, by its writer's clock: UTC, to the second (RFC 3339).
    #[schemars(regex(pattern = pattern::INSTANT))]
    pub at: String,
    /// The newest commit of the protected branch that its writer had.
    #[schemars(regex(pattern = pattern::COMMIT))]
    pub main: String,
    /// The newest commit of the ledger that its writer had; nothing at its beginning.
    #[schemars(regex(pattern = pattern::COMMIT))]
    pub ledger: Option<String>,
    /// Who says it: a person, or a pipeline by the name that `gitsm.yaml` gives it.
    #[schemars(regex(pattern = "^(person:[a-z0-9-]+/[a-z0-9._-]+|pipeline:[a-z0-9._-]+)$"))]
    pub by: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened: the types of entries. Who may write which is in [`super::types::TYPES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// The ledger begins: its first entry, and no other.
    Opened {
        /// Random, so that no two ledgers have the same first entry.
        #[schemars(regex(pattern = "^[0-9a-f]{32}$"))]
        salt: String,
    },
    /// A change is put forward as it is now; the newest one counts.
    Proposed(Proposed),
    /// Somebody agrees to a change as it was shown to them.
    Approved {
        /// To what.
        approval: Approval,
        /// The review on a forge that this copies, when a pipeline writes it down.
        review: Option<Review>,
        /// The digest of what they said, if they said something.
        #[schemars(regex(pattern = pattern::DIGEST))]
        text: Option<String>,
    },
    /// Somebody does not agree.
    Rejected {
        /// To what.
        approval: Approval,
        /// The review on a forge that this copies, when a pipeline writes it down.
        review: Option<Review>,
        /// The digest of what they said, if they said something.
        #[schemars(regex(pattern = pattern::DIGEST))]
        text: Option<String>,
    },
    /// Somebody takes back what they said: an approval, a rejection, a delegation, a break-glass.
    Revoked {
        /// The ULID of the entry.
        #[schemars(regex(pattern = pattern::ULID))]
        entry: String,
        /// The digest of what they said, if they said something.
        #[schemars(regex(pattern = pattern::DIGEST))]
        text: Option<String>,
    },
    /// Somebody lets another one speak for them, for a while. The subject is who lets.
    Delegated {
        /// The person who may.
        #[schemars(regex(pattern = pattern::PERSON))]
        to: String,
        /// The teams for which; all that they speak for, if there are none.
        #[schemars(inner(regex(pattern = pattern::TEAM)))]
        teams: Vec<String>,
        /// From this instant on.
        #[schemars(regex(pattern = pattern::INSTANT))]
        from: String,
        /// Until this instant.
        #[schemars(regex(pattern = pattern::INSTANT))]
        until: String,
    },
    /// Somebody whom the base lists for it goes ahead before anybody agrees.
    BreakGlass {
        /// The full name of the branch that the change goes to.
        #[schemars(regex(pattern = pattern::BRANCH))]
        base_branch: String,
        /// What changes.
        #[schemars(regex(pattern = pattern::DIGEST))]
        digest: String,
        /// The incident that makes it necessary, by its id.
        #[schemars(regex(pattern = "^[A-Za-z]+-[0-9]+(-[0-9]+)*$"))]
        incident: Option<String>,
        /// The digest of what they said.
        #[schemars(regex(pattern = pattern::DIGEST))]
        text: Option<String>,
    },
    /// A change landed.
    Merged(Merged),
    /// A plan is about to be carried out.
    Intent(Intent),
    /// A part of a plan is carried out.
    Checkpoint {
        /// The ULID of the intent.
        #[schemars(regex(pattern = pattern::ULID))]
        intent: String,
        /// How many steps are done.
        done: u64,
        /// Of how many.
        of: u64,
    },
    /// How a change, or a plan, went.
    Outcome {
        /// How it went.
        result: CloseCode,
        /// When it began.
        #[schemars(regex(pattern = pattern::INSTANT))]
        started: Option<String>,
        /// When it was over.
        #[schemars(regex(pattern = pattern::INSTANT))]
        ended: String,
        /// The ULID of the intent; nothing where nothing was applied by a plan.
        #[schemars(regex(pattern = pattern::ULID))]
        intent: Option<String>,
        /// The changes that it carried out, as canonical references.
        #[schemars(inner(regex(pattern = pattern::REFERENCE)))]
        changes: Vec<String>,
        /// The digest of what was said.
        #[schemars(regex(pattern = pattern::DIGEST))]
        text: Option<String>,
    },
    /// A target is held by one who applies, or let go.
    Lock {
        /// The ULID by which its holder knows it.
        #[schemars(regex(pattern = pattern::ULID))]
        holder: String,
        /// Until when; before that nobody else may take it. At its own instant: let go.
        #[schemars(regex(pattern = pattern::INSTANT))]
        until: String,
    },
    /// Somebody who did not contribute looked back at a change.
    Reviewed {
        /// What they make of it.
        result: CloseCode,
        /// The digest of what they said.
        #[schemars(regex(pattern = pattern::DIGEST))]
        text: Option<String>,
    },
    /// A change is not going to happen.
    Canceled {
        /// The digest of what was said.
        #[schemars(regex(pattern = pattern::DIGEST))]
        text: Option<String>,
    },
}

/// A change, put forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Proposed {
    /// The full name of the branch that it goes to.
    #[schemars(regex(pattern = pattern::BRANCH))]
    pub base_branch: String,
    /// The commit that the base stood at.
    #[schemars(regex(pattern = pattern::COMMIT))]
    pub base: String,
    /// The newest commit of the change.
    #[schemars(regex(pattern = pattern::COMMIT))]
    pub head: String,
    /// What changes.
    #[schemars(regex(pattern = pattern::DIGEST))]
    pub digest: String,
    /// What people say of it.
    #[schemars(regex(pattern = pattern::DIGEST))]
    pub request: String,
    /// Its type.
    pub change_type: ChangeType,
    /// Its band.
    pub band: RiskBand,
    /// What must be fulfilled, by id, sorted.
    #[schemars(inner(regex(pattern = pattern::REQUIREMENT)))]
    pub requirements: Vec<String>,
    /// The number of its pull request.
    pub pull_request: Option<u64>,
    /// Who opened it, where a forge says so.
    pub opener: Option<Account>,
}

/// An account of a forge, by its number: names change hands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// The forge, such as `github`.
    #[schemars(regex(pattern = pattern::FORGE))]
    pub forge: String,
    /// The account's number there.
    pub id: u64,
}

/// A review on a forge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// Who gave it.
    pub account: Account,
    /// The review's number.
    pub id: u64,
    /// The commit that was looked at.
    #[schemars(regex(pattern = pattern::COMMIT))]
    pub commit: String,
    /// When, by the forge.
    #[schemars(regex(pattern = pattern::INSTANT))]
    pub at: String,
    /// SHA-256 of the forge's answer.
    #[schemars(regex(pattern = pattern::DIGEST))]
    pub answer: String,
}

/// What somebody agrees to, or does not: bound to one state of one change (`approval/1`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// `approval/1`.
    #[schemars(regex(pattern = "^approval/1$"))]
    pub format: String,
    /// `id` of the base's `gitsm.yaml`, `#`, and the digest of the ledger's first entry.
    #[schemars(regex(pattern = pattern::REPOSITORY))]
    pub repository: String,
    /// The full name of the branch that the change goes to.
    #[schemars(regex(pattern = pattern::BRANCH))]
    pub base_branch: String,
    /// The change, as a canonical reference.
    #[schemars(regex(pattern = pattern::REFERENCE))]
    pub change: String,
    /// What changes.
    #[schemars(regex(pattern = pattern::DIGEST))]
    pub digest: String,
    /// What people say of it.
    #[schemars(regex(pattern = pattern::DIGEST))]
    pub request: String,
    /// What was decided.
    pub decision: Decision,
    /// Who decided.
    #[schemars(regex(pattern = pattern::PERSON))]
    pub person: String,
    /// The band that was shown.
    pub band: RiskBand,
    /// The requirements that were shown, by id, sorted.
    #[schemars(inner(regex(pattern = pattern::REQUIREMENT)))]
    pub requirements: Vec<String>,
}

/// What somebody decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

/// A change that landed: the first-parent range (before, after].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Merged {
    /// The full name of the branch that it went to.
    #[schemars(regex(pattern = pattern::BRANCH))]
    pub base_branch: String,
    /// The commit that the branch came from.
    #[schemars(regex(pattern = pattern::COMMIT))]
    pub before: String,
    /// The commit that the branch went to.
    #[schemars(regex(pattern = pattern::COMMIT))]
    pub after: String,
    /// What changed.
    #[schemars(regex(pattern = pattern::DIGEST))]
    pub digest: String,
    /// What people said of it.
    #[schemars(regex(pattern = pattern::DIGEST))]
    pub request: Option<String>,
    /// The number of its pull request.
    pub pull_request: Option<u64>,
}

/// A plan that is about to be carried out. The subject is the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    /// The commit whose catalog is applied.
    #[schemars(regex(pattern = pattern::COMMIT))]
    pub commit: String,
    /// The digest of the plan.
    #[schemars(regex(pattern = pattern::DIGEST))]
    pub plan: String,
    /// The changes that it carries out, as canonical references.
    #[schemars(inner(regex(pattern = pattern::REFERENCE)))]
    pub changes: Vec<String>,
    /// The ULID by which its writer holds the target; entries of before have none.
    #[serde(default)]
    #[schemars(regex(pattern = pattern::ULID))]
    pub holder: Option<String>,
}

/// How a change went (ServiceNow's close codes).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CloseCode {
    /// As planned.
    Successful,
    /// It was done, and something went wrong on the way.
    SuccessfulIssues,
    /// It was not done, or taken back.
    Unsuccessful,
}

impl CloseCode {
    /// Its name as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Successful => "successful",
            Self::SuccessfulIssues => "successful_issues",
            Self::Unsuccessful => "unsuccessful",
        }
    }
}

impl Event {
    /// The name of its type.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Proposed(_) => "proposed",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Revoked { .. } => "revoked",
            Self::Delegated { .. } => "delegated",
            Self::BreakGlass { .. } => "break-glass",
            Self::Merged(_) => "merged",
            Self::Intent(_) => "intent",
            Self::Checkpoint { .. } => "checkpoint",
            Self::Outcome { .. } => "outcome",
            Self::Lock { .. } => "lock",
            Self::Reviewed { .. } => "reviewed",
            Self::Canceled { .. } => "canceled",
        }
    }

    /// What was decided, of what decides.
    pub fn approval(&self) -> Option<&Approval> {
        match self {
            Self::Approved { approval, .. } | Self::Rejected { approval, .. } => Some(approval),
            _ => None,
        }
    }

    /// The review on a forge that it copies.
    pub fn review(&self) -> Option<&Review> {
        match self {
            Self::Approved { review, .. } | Self::Rejected { review, .. } => review.as_ref(),
            _ => None,
        }
    }

    /// The digest of the text that belongs to it, in the records store.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Approved { text, .. }
            | Self::Rejected { text, .. }
            | Self::Revoked { text, .. }
            | Self::BreakGlass { text, .. }
            | Self::Outcome { text, .. }
            | Self::Reviewed { text, .. }
            | Self::Canceled { text } => text.as_deref(),
            _ => None,
        }
    }
}

/// An instant as statements write it, in seconds since 1970.
pub fn instant(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp())
}
