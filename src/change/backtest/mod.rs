//! What landed on a branch, judged as if gitsm had been there, and what of it is to be counted.
//!
//! A [`Landing`] is one range of first-parent history. [`tally`](tally::tally) counts landings, and
//! every count names its commits.

mod preview;
mod tally;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Side;
use super::assessment::Assessment;
use super::requirement::RequirementKind;
use crate::model::gitsm::Spec;
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::team::TeamType;
use crate::model::gitsm::value::RiskBand;

pub use preview::Preview;
pub use tally::{Approver, Bands, Count, Counts, Failures, Moved, Told, moved, tally, told};

/// What landed on a branch at once.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Landing {
    /// The commit that the branch went to.
    pub commit: String,
    /// The commit that it came from.
    pub before: String,
    /// How many commits of the branch itself it is: several that name one change are one landing.
    pub commits: usize,
    /// The change that it is, by its request or the trailers of its commits.
    pub change: Option<String>,
    /// When it was committed.
    #[schemars(with = "String")]
    pub at: DateTime<Utc>,
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it, by name.
    pub authors: Vec<String>,
    /// Who else had a hand in it, as far as Git can show.
    pub hand: Hand,
    /// The authors and co-authors whose addresses lead to nobody in the catalog; empty where the
    /// catalog has no people.
    pub unattributed: Vec<String>,
    /// The entities that it changes, or whose files it changes, as canonical references.
    pub entities: Vec<String>,
    /// How many files it changes.
    pub files: usize,
    /// How many of them belong to no entity.
    pub unowned: usize,
    /// Whether it steers controls.
    pub governance: bool,
    /// The freezes in which it landed.
    pub freezes: Vec<String>,
    /// Whether it landed outside a window; nothing if what it touches has none.
    pub outside_window: Option<bool>,
    /// What it takes back, as commits or, where only its subject says so, a subject.
    pub reverts: Vec<String>,
    /// Who took it back, or fixed it in a hurry, soon after: a hint that it failed.
    pub failed: Option<Failed>,
    /// What the policy in force says.
    pub in_force: Option<Verdict>,
    /// What the policy that is tried says.
    pub tried: Option<Verdict>,
    /// Why it was not judged, if it was not.
    pub not_judged: Option<String>,
}

impl Landing {
    /// Whether it touches no entity, and no file of one.
    pub fn is_apart(&self) -> bool {
        self.entities.is_empty()
    }
}

/// Who beside its authors had a hand in a landing, as far as Git can show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hand {
    /// What Git shows.
    pub shown: Shown,
    /// Who, by name.
    pub by: Vec<String>,
    /// How it was told: `trailer`, `merge`, `committer`, `forge`.
    pub how: &'static str,
}

/// What Git shows of somebody else's hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Shown {
    /// A trailer says that somebody else looked at it.
    Reviewed,
    /// Somebody else landed it.
    Other,
    /// Nobody but its only author had a hand in it.
    Alone,
    /// A forge landed it, and Git does not say for whom.
    Unknown,
}

/// A hint that a landing failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// The commit of the landing that says so.
    pub by: String,
    /// `reverted` or `hotfix`.
    pub how: &'static str,
    /// After how many hours.
    pub hours: i64,
}

/// What a policy says of a landing.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Of which type it is.
    pub r#type: ChangeType,
    /// The sum of its risk.
    pub score: u32,
    /// The band.
    pub band: RiskBand,
    /// The policy that decided.
    pub policy: String,
    /// Who is asked to agree.
    pub asked: Vec<Asked>,
    /// What a person would still have had to say: `reason`, `plan`, `test`, `backout`.
    pub statements: Vec<&'static str>,
}

/// Who is asked to agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The requirement's name.
    pub id: String,
    /// What sort it is.
    pub kind: RequirementKind,
    /// The teams and people of whom somebody must agree; anybody if there are none.
    pub who: Vec<String>,
    /// How many must.
    pub count: u32,
    /// Whether a change advisory board is asked.
    pub board: bool,
    /// Whether it would have held anything up; else it is only reported.
    pub enforced: bool,
    /// Why nobody could agree, if so.
    pub problem: Option<String>,
}

impl Verdict {
    /// What an assessment says, in short.
    pub fn of(assessment: &Assessment, base: &Side<'_>) -> Self {
        let asked = assessment.approvals.requirements.iter();
        let asked = asked.map(|one| Asked {
            id: one.id.clone(),
            kind: one.kind,
            who: one.who.clone(),
            count: one.count,
            board: one.who.iter().any(|who| is_board(base, who)),
            enforced: one.enforced,
            problem: one.problem.clone(),
        });
        let missing = assessment.statements.iter().filter(|one| one.is_missing());
        Self {
            r#type: assessment.r#type.r#type,
            score: assessment.risk.score,
            band: assessment.risk.band,
            policy: assessment.risk.policy.words(),
            asked: asked.collect(),
            statements: missing.map(|one| one.what).collect(),
        }
    }

    /// Whether a change advisory board is asked.
    pub fn asks_board(&self) -> bool {
        self.asked.iter().any(|one| one.board)
    }
}

/// Whether a team is a change advisory board.
fn is_board(side: &Side<'_>, team: &str) -> bool {
    let Some(id) = side.find(team) else { return false };
    side.specs(id).any(|spec| match spec {
        Spec::Team(spec) => spec.r#type == Some(TeamType::Cab),
        _ => false,
    })
}
