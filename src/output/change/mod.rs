//! Changes, for people and programs: what is said of one, what is computed, what happened.

mod human;
mod list;
mod markdown;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::change::agreement::{Debt, Month};
use crate::change::state::Told;
use crate::ledger::{Checked, Problem, Standing};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;
use crate::model::gitsm::change_request::ChangeRequestSpec;
use crate::model::gitsm::value::RiskBand;

pub use human::human;
pub use list::{ChangeList, ChangeRow, list_human, list_markdown};
pub use markdown::markdown;

/// All that is known of a change (`change/1`).
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRecord {
    /// `change/1`.
    pub format: &'static str,
    /// Its canonical reference.
    pub change: String,
    /// What people call it.
    pub title: Option<String>,
    /// Where it was found, in words.
    pub found: String,
    /// What people say of it.
    pub said: Said,
    /// What is computed of it.
    pub computed: Computed,
    /// Where it stands.
    #[serde(flatten)]
    pub told: Told,
    /// Reviews that others owe, which hold it up.
    pub held_up_by: Vec<Debt>,
    /// Emergencies of this month.
    pub emergencies: Month,
    /// What happened, in the order of the ledger; also what does not count.
    pub happened: Vec<Happened>,
    /// How the ledger stands.
    pub ledger: LedgerStanding,
}

/// What people say of a change.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// The ChangeRequest, where there is one.
    pub request: Option<ChangeRequestSpec>,
    /// Else the text of the pull request, or of the commits.
    pub message: Option<String>,
    /// What its band wants a person to say and nobody said.
    pub missing: Vec<&'static str>,
}

/// What is computed of a change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Computed {
    /// The commit of the base.
    pub base: String,
    /// The newest commit of the change.
    pub head: String,
    /// What changes; nothing where a part cannot be compared.
    pub digest: Option<String>,
    /// What people say.
    pub request: String,
    /// Its type.
    pub change_type: ChangeType,
    /// Its risk, as a sum.
    pub score: u32,
    /// Its band.
    pub band: RiskBand,
    /// The entities that change, as canonical references.
    pub entities: Vec<String>,
    /// How many files change that are no part of the catalog.
    pub files: usize,
    /// How many entities it can break.
    pub reaches: usize,
    /// Who contributed, as persons of the base where they are known.
    pub contributors: Vec<String>,
    /// Whether it may happen now, or when it is planned.
    pub may_happen: bool,
    /// The targets to which it is applied.
    pub targets: Vec<String>,
}

/// An entry of the ledger about a change.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Happened {
    /// The ULID of the entry.
    pub entry: String,
    /// The commit of the ledger that holds it.
    pub commit: String,
    /// Its type.
    pub event: &'static str,
    /// When, by its writer's clock.
    pub at: String,
    /// Who says it.
    pub by: String,
    /// Who decided, where a pipeline wrote it down.
    pub person: Option<String>,
    /// How sure that is.
    pub grade: Grade,
    /// The key that signed it.
    pub key: Option<String>,
    /// Whether the entry counts.
    pub counts: bool,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// What was said, if the records store still holds it.
    pub text: Option<String>,
}

/// How the ledger stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LedgerStanding {
    /// Whether it has begun.
    pub begun: bool,
    /// Whether its chain is whole.
    pub standing: Standing,
    /// Its newest commit.
    pub tip: Option<String>,
}

impl Happened {
    /// An entry, with the text that belongs to it.
    pub fn of(checked: &Checked, text: Option<String>) -> Self {
        let statement = &checked.entry.statement;
        let person = statement.event.approval().map(|approval| approval.person.clone());
        Self {
            entry: checked.entry.id.clone(),
            commit: checked.entry.commit.clone(),
            event: statement.event.name(),
            at: statement.at.clone(),
            by: statement.by.clone(),
            person: person.filter(|person| *person != statement.by),
            grade: checked.grade,
            key: checked.key.clone(),
            counts: checked.counts(),
            problems: checked.problems.clone(),
            text,
        }
    }
}

/// A record as JSON.
pub fn json(record: &ChangeRecord) -> String {
    let text = serde_json::to_string_pretty(record).unwrap_or_default();
    format!("{text}\n")
}

/// A record as YAML.
pub fn yaml(record: &ChangeRecord) -> String {
    serde_yaml::to_string(record).unwrap_or_default()
}

/// The JSON Schema of `change/1`.
pub fn schema() -> Value {
    super::json::schema_of::<ChangeRecord>("change/1", "change-1")
}

/// The JSON Schema of `changes/1`.
pub fn list_schema() -> Value {
    super::json::schema_of::<ChangeList>("changes/1", "changes-1")
}

/// The name of a grade.
fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Claimed => "claimed",
        Grade::Forge => "forge",
        Grade::Signed => "signed",
    }
}

/// A band as people say it.
fn band(band: RiskBand) -> String {
    band.name().replace('_', " ")
}

/// A type as people say it.
fn type_of(r#type: ChangeType) -> &'static str {
    match r#type {
        ChangeType::Standard => "standard",
        ChangeType::Normal => "normal",
        ChangeType::Emergency => "emergency",
    }
}
