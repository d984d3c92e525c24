//! Whether a change may be merged: each requirement met, unmet, or not to be said, with its evidence
//! and what to do next (`verdict/1`). Values in, values out; begin with [`verdict`].
//!
//! [`TOPICS`] is the table of requirements that settings, schemas and pages read. One file a group:
//! `catalog` (what is broken), `said` (what people must say), `agreed` (who must agree), `time` (when).

mod agreed;
mod catalog;
mod judge;
mod said;
mod time;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use judge::{Question, Recorded, unjudged, verdict};
pub use time::{Binding, may_apply, may_apply_until};

use super::facts::Contributor;
use super::state::{Next, State};
use crate::config::{Gate, Hold};
use crate::git::PullRequest;
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::value::RiskBand;

/// The name and version of the format.
pub const FORMAT: &str = "verdict/1";

/// What is asked of a change before it is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Nothing is broken by it.
    Valid,
    /// The policies about changes hold.
    Policies,
    /// It has a name, and what must be said of it is said.
    Request,
    /// Who must agree did.
    Approvals,
    /// Who answers for the rules agreed to a change of them.
    Governance,
    /// It may happen now, or when it is planned.
    Schedule,
    /// No other change is in its way.
    Conflicts,
    /// It is known who made it.
    Attribution,
}

/// A row of the table of requirements.
pub struct Row {
    /// Which one.
    pub topic: Topic,
    /// Its name, as settings and verdicts have it.
    pub name: &'static str,
    /// What it asks, in a few words.
    pub asks: &'static str,
    /// What the settings say of it.
    pub hold: fn(&Gate) -> Option<Hold>,
}

/// Every requirement, in the order in which they are told.
pub const TOPICS: &[Row] = &[
    row(Topic::Valid, "valid", "the merge result has no new mistakes", |gate| gate.valid),
    row(Topic::Policies, "policies", "the policies about changes hold", |gate| gate.policies),
    row(Topic::Request, "request", "it has a name, and says what it must", |gate| gate.request),
    row(Topic::Approvals, "approvals", "who must agree agrees", |gate| gate.approvals),
    row(Topic::Governance, "governance", "who answers for the rules agrees", |gate| {
        gate.governance
    }),
    row(Topic::Schedule, "schedule", "it may happen at its time", |gate| gate.schedule),
    row(Topic::Conflicts, "conflicts", "no other change is in its way", |gate| gate.conflicts),
    row(Topic::Attribution, "attribution", "it is known who made it", |gate| gate.attribution),
];

const fn row(
    topic: Topic,
    name: &'static str,
    asks: &'static str,
    hold: fn(&Gate) -> Option<Hold>,
) -> Row {
    Row { topic, name, asks, hold }
}

/// Whether a requirement holds a merge up, by the settings of the base: without any, only what is
/// broken does.
pub fn is_enforced(row: &Row, gate: Option<&Gate>) -> bool {
    let said = gate.and_then(|gate| (row.hold)(gate).or(gate.all));
    said.map_or(row.topic == Topic::Valid, |hold| hold == Hold::Enforce)
}

/// Whether a change may be merged.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// `verdict/1`.
    pub format: &'static str,
    /// The version of gitsm that judged.
    pub gitsm: String,
    /// Whether it may.
    pub outcome: Outcome,
    /// Everything that it was judged by.
    pub inputs: Inputs,
    /// The change; nothing if there is none to look at.
    pub change: Option<Judged>,
    /// What is asked of it.
    pub requirements: Vec<Requirement>,
    /// The next instant at which one of the answers may be another, all else being equal; until then
    /// this holds.
    #[schemars(with = "Option<String>")]
    pub valid_until: Option<DateTime<Utc>>,
}

/// Whether a change may be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It may: exit code 0.
    Pass,
    /// It may not, because something that is enforced is unmet: exit code 1.
    Fail,
    /// Something that is enforced cannot be said, so it may not: exit code 3.
    NotEvaluable,
}

/// Everything that a verdict depends on: from these `gate --replay` makes the same again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Inputs {
    /// The instant at which it was judged.
    pub now: String,
    /// The repository as approvals name it: its `id`, `#`, and the digest of its ledger's first entry.
    pub repository: Option<String>,
    /// The full name of the branch that it goes to.
    pub base_branch: String,
    /// That branch's tip.
    pub base: Option<String>,
    /// The newest commit of the change.
    pub head: Option<String>,
    /// The id of the Git tree that the merge gives.
    pub merged: Option<String>,
    /// The folder whose `gitsm.yaml` counts; empty for the top.
    pub folder: String,
    /// The ledger's newest commit; nothing if there is no ledger here.
    pub ledger: Option<String>,
    /// Branches that were looked at for what else is under way.
    pub open: Vec<OpenBranch>,
    /// SHA-256 of the settings and the change policies that hold, before and after (`sha256:…`).
    pub policy: Option<String>,
    /// What the forge said of the pull request.
    pub forge: Option<PullRequest>,
    /// What the pusher called it.
    pub name: Option<String>,
    /// Who pushed it, where a server says so.
    pub pushers: Vec<Contributor>,
}

/// A branch with commits that the base does not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenBranch {
    /// Its name.
    pub name: String,
    /// Its tip.
    pub commit: String,
}

/// The change that was judged.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Judged {
    /// Its canonical reference; nothing if it has no name.
    pub name: Option<String>,
    /// What changes: `sha256:…`; nothing where a part cannot be compared.
    pub digest: Option<String>,
    /// What people say of it: `sha256:…`.
    pub request: String,
    /// Its type.
    pub r#type: ChangeType,
    /// Its band.
    pub band: RiskBand,
    /// The sum of its risk.
    pub score: u32,
    /// Where it stands; nothing where the ledger cannot be read.
    pub state: Option<State>,
    /// The entities that it is a change of, by canonical reference: of their documents, or of files
    /// that implement them.
    pub entities: Vec<String>,
    /// The files that change beside them.
    pub files: Vec<String>,
    /// How many entities it can break.
    pub reaches: usize,
}

/// Something that is asked of a change.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Requirement {
    /// Which.
    pub id: Topic,
    /// What it asks.
    pub asks: &'static str,
    /// What became of it.
    pub standing: Standing,
    /// Whether it holds the merge up; else it is only told.
    pub enforced: bool,
    /// Why, in a sentence.
    pub because: String,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// Who can do what next.
    pub next: Vec<Next>,
}

/// What became of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is fulfilled.
    Met,
    /// It is not.
    Unmet,
    /// It cannot be said.
    NotEvaluable,
}

/// What shows that something is so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// In words.
    pub words: String,
    /// The code of a finding.
    pub code: Option<String>,
    /// The entity, as a canonical reference.
    pub entity: Option<String>,
    /// The file.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
    /// The entry of the ledger.
    pub entry: Option<String>,
}

impl Evidence {
    /// In words alone.
    pub fn words(words: impl Into<String>) -> Self {
        Self { words: words.into(), ..Self::default() }
    }

    /// About an entry of the ledger.
    pub fn entry(words: impl Into<String>, entry: &str) -> Self {
        Self { entry: Some(entry.to_owned()), ..Self::words(words) }
    }
}

/// An answer to one requirement, before it is known whether it is enforced.
pub(super) struct Answer {
    standing: Standing,
    because: String,
    evidence: Vec<Evidence>,
    next: Vec<Next>,
    /// Whether what is unmet holds anything up by itself: what nobody can answer for is only told.
    binding: bool,
}

impl Answer {
    fn new(standing: Standing, because: impl Into<String>) -> Self {
        let because = because.into();
        Self { standing, because, evidence: Vec::new(), next: Vec::new(), binding: true }
    }

    fn met(because: impl Into<String>) -> Self {
        Self::new(Standing::Met, because)
    }

    fn unmet(because: impl Into<String>) -> Self {
        Self::new(Standing::Unmet, because)
    }

    fn unknown(because: impl Into<String>) -> Self {
        Self::new(Standing::NotEvaluable, because)
    }

    fn with(mut self, evidence: Vec<Evidence>) -> Self {
        self.evidence = evidence;
        self
    }

    fn then(mut self, next: Vec<Next>) -> Self {
        self.next = next;
        self
    }
}

/// Something to do, without a command of gitsm's.
fn step(what: &'static str, words: impl Into<String>, command: Option<String>) -> Next {
    Next { what, words: words.into(), who: Vec::new(), command }
}
