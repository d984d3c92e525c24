//! A change policy: how risky a change is, who must agree, and when it may happen.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::value::{Duration, Reference, RiskBand};
use super::{GROUP, Metadata};
use crate::model::kind::{of, to};
use crate::model::practice::{FieldClass, Practice, column};
use crate::model::{Kind, format};

/// The tables by which a change is judged. What is left out is as the built-in policy has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePolicySpec {
    /// Who answers for these tables.
    pub owner: Reference,
    /// What adds how much to the risk of a change.
    pub risk: Option<RiskTable>,
    /// The least sum of each band; below the first a change is `low`.
    pub bands: Option<Bands>,
    /// Who must agree to a normal change, by its band.
    pub approvals: Option<BTreeMap<String, ApprovalRule>>,
    /// From which band on a person must say what cannot be computed.
    pub statements: Option<Statements>,
    /// What windows and freezes mean.
    pub windows: Option<Windows>,
    /// What holds when it cannot wait.
    pub emergency: Option<Emergency>,
    /// Who may act before anybody agrees, when all else fails.
    pub break_glass: Option<BreakGlass>,
    /// After which time without an answer the owners of what is only affected have agreed.
    pub consent_after: Option<Duration>,
    /// How long an approval counts.
    pub approval_lasts: Option<Duration>,
}

/// The addends of the risk sum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RiskTable {
    /// By the criticality of what changes: `tier1` to `tier4`, and `unknown`.
    pub criticality: Option<BTreeMap<String, u32>>,
    /// By how many entities it reaches.
    pub blast_radius: Option<Vec<BlastRadius>>,
    /// What changes is in production.
    pub production: Option<u32>,
    /// It happens outside its window.
    pub outside_window: Option<u32>,
    /// How it is taken back: an inverse that was tried, a text, nothing.
    pub backout: Option<EvidenceScores>,
    /// How it was tested: a recorded run, a text, nothing.
    pub test: Option<EvidenceScores>,
    /// Multiplied with the share of the last changes like it that failed.
    pub failure_rate: Option<u32>,
    /// It cannot be taken back, or moves data.
    pub irreversible: Option<u32>,
    /// It changes who can reach or do what.
    pub security: Option<u32>,
    /// It collides with another change.
    pub conflict: Option<u32>,
    /// The error budget of what it touches is used up.
    pub error_budget: Option<u32>,
}

/// What reaching so many entities adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BlastRadius {
    /// Up to so many; any number without it.
    pub up_to: Option<u32>,
    /// So much.
    pub score: u32,
}

/// What is added by how well something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvidenceScores {
    /// It was tried, and the record is there.
    pub proved: u32,
    /// Somebody wrote it down.
    pub text: u32,
    /// There is nothing.
    pub none: u32,
}

/// The least sum of each band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bands {
    /// Of `moderate`.
    pub moderate: u32,
    /// Of `high`.
    pub high: u32,
    /// Of `very_high`.
    pub very_high: u32,
}

/// Who must agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApprovalRule {
    /// How many who did not contribute.
    pub peers: Option<u32>,
    /// Whether the owners of what changes must.
    pub owners: Option<bool>,
    /// The teams that must, each by its quorum.
    pub teams: Option<Vec<String>>,
    /// How sure it must be that it was they.
    pub grade: Option<Grade>,
}

/// How sure it is who said something.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Somebody says so.
    Claimed,
    /// The forge says so.
    Forge,
    /// Their key says so.
    Signed,
}

/// From which band on a person must say what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statements {
    /// Why.
    pub reason: Option<RiskBand>,
    /// How it is done.
    pub plan: Option<RiskBand>,
    /// How it was tested.
    pub test: Option<RiskBand>,
    /// How it is taken back.
    pub backout: Option<RiskBand>,
}

/// What windows and freezes mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Windows {
    /// At which moment they bind.
    pub at: WindowAt,
    /// From which band on a change needs a window at all.
    pub required_from: Option<RiskBand>,
}

/// The moment at which a window binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WindowAt {
    /// When it is applied.
    Apply,
    /// When it is merged, because merging deploys.
    Merge,
}

/// What holds for a change that cannot wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Emergency {
    /// The team of which one must agree.
    pub approvers: Reference,
    /// Within which time it is reviewed.
    pub review_within: Duration,
    /// How many a month are no reason to ask what is wrong.
    pub monthly_limit: Option<u32>,
}

/// Who may act before anybody agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BreakGlass {
    /// They may.
    pub people: Vec<Reference>,
    /// Within which time it is reviewed.
    pub review_within: Duration,
}

/// The row of the kind table.
pub static KIND: Kind = Kind {
    name: "ChangePolicy",
    group: &GROUP,
    versions: &["v1alpha1"],
    family: "changepolicy",
    plural: "changepolicies",
    summary: "How risky a change is, who must agree, and when it may happen.",
    metadata: of::<Metadata>,
    spec: of::<ChangePolicySpec>,
    variants: &[],
    formats: format::BACKSTAGE,
    references: &[
        to(&["spec", "owner"], "Team", &["team", "person"], "ownedBy"),
        to(&["spec", "emergency", "approvers"], "Team", &["team"], "approvedBy"),
        to(&["spec", "breakGlass", "people", "*"], "Person", &["person"], "permits"),
        to(&["spec", "approvals", "low", "teams", "*"], "Team", &["team"], "approvedBy"),
        to(&["spec", "approvals", "moderate", "teams", "*"], "Team", &["team"], "approvedBy"),
        to(&["spec", "approvals", "high", "teams", "*"], "Team", &["team"], "approvedBy"),
        to(&["spec", "approvals", "very_high", "teams", "*"], "Team", &["team"], "approvedBy"),
    ],
    practice: Practice {
        short: &[],
        life_cycle: None,
        fields: &[(&["spec"], FieldClass::Governance)],
        columns: &[column("OWNER", &["spec", "owner"])],
        backstage: "no counterpart",
        servicenow: "change approval policies and the change risk calculator",
    },
};
