//! The answer: what is fulfilled by whom, what stands in the way, and what does not count.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Refusal;
use crate::change::requirement::RequirementKind;
use crate::model::gitsm::change_policy::Grade;

/// What the decisions of the ledger come to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    /// Each requirement, in the order in which they are asked.
    pub requirements: Vec<Fulfilled>,
    /// Who does not agree. As long as one of them stands, nothing goes ahead.
    pub rejected: Vec<Voice>,
    /// Who went ahead before anybody agreed: it fulfils everything, and owes a review.
    pub break_glass: Option<Voice>,
    /// What else stands in the way.
    pub obstacles: Vec<Obstacle>,
    /// Decisions about this change that do not count.
    pub refused: Vec<Refused>,
    /// The next instant at which an approval ends or silence becomes consent, all else being equal.
    #[schemars(with = "Option<String>")]
    pub until: Option<DateTime<Utc>>,
}

/// A requirement, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fulfilled {
    /// Its name.
    pub id: String,
    /// What sort it is.
    pub kind: RequirementKind,
    /// What became of it.
    pub standing: Standing,
    /// Whether it holds anything up; else it is only reported.
    pub enforced: bool,
    /// How sure it must be who agrees.
    pub grade: Grade,
    /// How many must agree.
    pub count: u32,
    /// How many are still missing.
    pub missing: u32,
    /// Who did.
    pub by: Vec<Voice>,
    /// Whether anybody may whom the base knows and who did not contribute.
    pub anyone: bool,
    /// Who else could, without those who may not any more; nobody by name where anybody may.
    pub could: Vec<String>,
    /// When silence is or was consent; nothing where it never is, or where nobody was told yet.
    #[schemars(with = "Option<String>")]
    pub consent_at: Option<DateTime<Utc>>,
    /// Why it cannot be fulfilled as things are, in words.
    pub problem: Option<String>,
}

/// What became of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Enough have agreed.
    Met,
    /// Nobody has said anything for so long that it is consent.
    Lapsed,
    /// Somebody is still missing.
    Unmet,
}

/// What somebody said that counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Voice {
    /// The ULID of the entry.
    pub entry: String,
    /// Who said it.
    pub person: String,
    /// How sure that is.
    pub grade: Grade,
    /// In whose place, if somebody lent them their voice.
    pub behalf: Option<String>,
}

/// What stands in the way beside requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "obstacle", rename_all_fields = "camelCase")]
pub enum Obstacle {
    /// An emergency names the incident that it ends, and this one does not.
    NoIncident,
    /// An emergency needs somebody who decides, and the base names nobody.
    NobodyDecides,
    /// Somebody called it off.
    Canceled {
        /// The ULID of the entry.
        entry: String,
    },
    /// What landed under its name is something else.
    LandedOtherwise {
        /// The ULID of the entry.
        entry: String,
    },
    /// A change of its name landed before.
    LandedBefore {
        /// The ULID of the entry.
        entry: String,
    },
}

impl Obstacle {
    /// In words.
    pub fn words(&self) -> String {
        match self {
            Self::NoIncident => "an emergency names the incident that it ends".to_owned(),
            Self::NobodyDecides => "the base names nobody who decides on emergencies".to_owned(),
            Self::Canceled { entry } => format!("it was canceled ({entry})"),
            Self::LandedOtherwise { entry } => {
                format!("what landed is not what the ledger says ({entry})")
            }
            Self::LandedBefore { entry } => {
                format!("a change of this name has landed before ({entry}): a name lands once")
            }
        }
    }
}

/// An entry about the change that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Refused {
    /// The ULID of the entry.
    pub entry: String,
    /// Its type.
    pub event: &'static str,
    /// Who says it.
    pub person: String,
    /// Why it does not count.
    #[serde(flatten)]
    pub why: Refusal,
    /// Why, in words.
    pub words: String,
}

impl Agreement {
    /// Whether the change may go ahead, as far as people are asked.
    pub fn is_met(&self) -> bool {
        // Broken glass stands for whoever is asked, not for a change that is none any more.
        let remains =
            |one: &Obstacle| !matches!(one, Obstacle::NoIncident | Obstacle::NobodyDecides);
        if self.break_glass.is_some() {
            return !self.obstacles.iter().any(remains);
        }
        self.rejected.is_empty() && self.obstacles.is_empty() && self.unmet().next().is_none()
    }

    /// Whether it may go ahead where it takes back what was agreed to: then owners and peers need
    /// not say so again, but nobody may be against it.
    pub fn is_met_by_undoing(&self) -> bool {
        let needs = |one: &Fulfilled| {
            matches!(one.kind, RequirementKind::Governance | RequirementKind::Unattributed)
        };
        let stops = !self.rejected.is_empty() || !self.obstacles.is_empty();
        !stops && !self.unmet().any(needs)
    }

    /// What is asked, enforced and not there.
    pub fn unmet(&self) -> impl Iterator<Item = &Fulfilled> {
        let unmet = |one: &&Fulfilled| one.enforced && one.standing == Standing::Unmet;
        self.requirements.iter().filter(unmet)
    }

    /// The highest grade that anything asks for.
    pub fn grade(&self) -> Grade {
        let grades = self.requirements.iter().filter(|one| one.enforced).map(|one| one.grade);
        grades.max().unwrap_or(Grade::Claimed)
    }
}
