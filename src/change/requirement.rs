//! What must be fulfilled before a change may happen: who must agree, and which rule asks.

use schemars::JsonSchema;
use serde::Serialize;

use super::people::Known;
use super::policy::PolicyName;
use crate::model::gitsm::change_policy::Grade;

/// Who must agree, and what is to be known about that.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Approvals {
    /// What must be fulfilled, by id.
    pub requirements: Vec<Requirement>,
    /// Who contributed, and which persons that are.
    pub contributors: Vec<Known>,
    /// What nobody knows, or what could not be asked for, in words.
    pub notes: Vec<String>,
    /// For how long an approval counts (ISO 8601).
    pub lasts: Option<String>,
    /// Of an emergency: within which time it is reviewed (ISO 8601).
    pub review_within: Option<String>,
}

/// What sort of requirement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RequirementKind {
    /// Anybody who did not contribute.
    Peers,
    /// Who is accountable for what changes.
    Owner,
    /// A team that the band asks.
    Team,
    /// Who answers for the rules.
    Governance,
    /// Who is accountable for what is affected; consent by silence.
    Affected,
    /// Who decides when it cannot wait.
    Emergency,
    /// Two, because nobody vouches for who made it.
    Unattributed,
}

/// A requirement.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Requirement {
    /// Its name, the same whenever the same is asked: `peers`, `owner/team:default/payments`.
    pub id: String,
    /// What sort it is.
    pub kind: RequirementKind,
    /// The teams and people of whom somebody must agree; anybody if there are none.
    pub who: Vec<String>,
    /// How many must agree.
    pub count: u32,
    /// How sure it must be that it was they.
    pub grade: Grade,
    /// Who asks, and why.
    pub because: Vec<Because>,
    /// What it is for, as canonical references.
    pub r#for: Vec<String>,
    /// Whether anybody may who did not contribute.
    pub anyone: bool,
    /// The persons who may, by the base.
    pub eligible: Vec<String>,
    /// Persons who could and may not, because they contributed.
    pub excluded: Vec<String>,
    /// After which time without an answer they have agreed (ISO 8601).
    pub consent_after: Option<String>,
    /// Whether it holds anything up; else it is only reported.
    pub enforced: bool,
    /// Why it cannot be fulfilled as things are, in words.
    pub problem: Option<String>,
}

/// Who asks for something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Because {
    /// The policy; nothing for what always holds.
    pub policy: Option<PolicyName>,
    /// The field of the policy that says so.
    pub pointer: Option<String>,
    /// In words.
    pub reason: String,
}
