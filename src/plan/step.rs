//! What is to be done to one object, and what somebody else did to it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::mark::Mark;
use super::object::{Object, ObjectId, Observed};

/// What is done to an object.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed, or gets another name.
    Update,
    /// It is taken over from somebody else.
    Adopt,
    /// It is taken away.
    Delete,
}

impl Action {
    /// Its name as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Adopt => "adopt",
            Self::Delete => "delete",
        }
    }

    /// The sign in front of it, as Terraform writes it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Create => "+",
            Self::Update => "~",
            Self::Adopt => "=",
            Self::Delete => "-",
        }
    }
}

/// Why something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The catalog has it and the target does not.
    New,
    /// The catalog says otherwise than before.
    Changed,
    /// Its entity has another name, or the mapping gives it one.
    Renamed,
    /// Somebody made it what the catalog wants; only what is known of it is renewed.
    Agreed,
    /// A run that was cut off had begun it.
    Unfinished,
    /// Somebody changed it, and it is put right.
    PutRight,
    /// It was somebody else's, and is taken over.
    Adopted,
    /// The catalog has its entity no more.
    NotWanted,
    /// The catalog has its entity, and the target does not make it of that any more.
    NotSelected,
    /// One of these, and somebody took it away already.
    GoneAlready,
    /// Nothing is done.
    #[serde(skip)]
    Nothing,
}

impl Reason {
    /// What is said of it.
    pub fn words(self) -> &'static str {
        match self {
            Self::New => "new in the catalog",
            Self::Changed => "changed in the catalog",
            Self::Renamed => "has another name",
            Self::Agreed => "is what the catalog wants already; that is noted",
            Self::Unfinished => "a run that was cut off had begun it",
            Self::PutRight => "was changed at the target, and is put right",
            Self::Adopted => "is taken over",
            Self::NotWanted => "no longer in the catalog",
            Self::NotSelected => "not selected any more",
            Self::GoneAlready => "not wanted any more, and gone at the target; that is noted",
            Self::Nothing => "as it should be",
        }
    }
}

/// One field of an object, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// Its name.
    pub name: String,
    /// What it holds; nothing if it is not there.
    pub before: Option<Value>,
    /// What it will hold; nothing if it is taken away.
    pub after: Option<Value>,
    /// Whether the values are not shown.
    pub is_sensitive: bool,
    /// The parts of the values that are not shown, by their paths.
    pub hidden: Vec<String>,
}

/// What is to be done to one object.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What.
    pub action: Action,
    /// What the object goes by, in the catalog's words.
    pub id: ObjectId,
    /// What it went by before, if it gets another name.
    pub from: Option<ObjectId>,
    /// The entity that it is made of, as a canonical reference.
    pub entity: String,
    /// Why.
    pub reason: Reason,
    /// The commit of which it was made last.
    pub last: Option<String>,
    /// What changes of it.
    pub changes: Vec<FieldChange>,
    /// As it should be; nothing if it goes.
    pub object: Option<Object>,
    /// As it was seen; nothing if it is not there.
    pub observed: Option<Observed>,
    /// What is left at it; nothing if it goes.
    pub mark: Option<Mark>,
    /// When it is its turn: all steps of a wave may be done at the same time.
    pub wave: u32,
}

/// What carries the mark of an object that gitsm made, and is not it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Copied {
    /// What it goes by there.
    pub id: ObjectId,
    /// How it is found there.
    pub handle: String,
    /// The object whose mark it carries.
    pub of: ObjectId,
}

/// What somebody else changed of an object that gitsm made.
#[derive(Debug, Clone, PartialEq)]
pub struct Drift {
    /// What it goes by.
    pub id: ObjectId,
    /// The entity that it is made of, as a canonical reference.
    pub entity: String,
    /// The commit of which it was made last.
    pub commit: String,
    /// Whether it is not there any more.
    pub is_missing: bool,
    /// Whether the catalog has changed the same since it was applied, so that what it says now is not
    /// applied: nobody accepts the difference, and nobody said that it is put right.
    pub is_conflict: bool,
    /// The fields that hold something else.
    pub fields: Vec<DriftedField>,
}

/// A field that holds neither what was left in it nor what the catalog wants.
#[derive(Debug, Clone, PartialEq)]
pub struct DriftedField {
    /// Its name.
    pub name: String,
    /// What the catalog wants; nothing if it does not set it any more.
    pub wanted: Option<Value>,
    /// What is there; nothing if it is gone.
    pub found: Option<Value>,
    /// Whether the catalog has changed it, too, since it was applied.
    pub is_also_changed: bool,
    /// Whether the values are not shown.
    pub is_sensitive: bool,
    /// The parts of the values that are not shown, by their paths.
    pub hidden: Vec<String>,
}
