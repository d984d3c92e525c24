//! What a change is, as text: one value, [`DiffReport`], that `diff/1` prints as it is and the other
//! formats read.

mod fields;
mod human;
mod markdown;
mod meaning;
mod short;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::catalog::short as short_name;
use crate::change::assessment::Assessment;
use crate::change::change_type::Typed;
use crate::change::impact::ChangeImpact;
use crate::change::informed::Informed;
use crate::change::policies::PolicyViolation;
use crate::change::request::{ChangeName, Statement};
use crate::change::requirement::Approvals;
use crate::change::risk::Risk;
use crate::change::subjects::Subjects;
use crate::change::timing::Timing;
use crate::change::undo::Undo;
use crate::change::{Action, ChangeSet, EntityChange, FieldEdit, FileChange, Located};
use crate::git::Mode;
use crate::source::Place;

pub(super) use fields::dotted;
pub use human::{body as diff_body, emit as diff_human};
pub use markdown::emit as diff_markdown;
pub use short::{names as diff_names, summary as diff_summary};

/// What a change is and what it means.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiffReport {
    /// `diff/1`.
    #[schemars(extend("const" = "diff/1"))]
    pub format: &'static str,
    /// What is compared with what.
    pub compared: Compared,
    /// What an approval is bound to: SHA-256 over the canonical form `changeset/1`. Nothing, if a
    /// part of the change cannot be compared.
    pub digest: Option<String>,
    /// How much there is of what.
    pub summary: DiffSummary,
    /// Entities that differ, by name.
    pub entities: Vec<EntityReport>,
    /// Files that differ and are not only made of entities, by path.
    pub files: Vec<FileReport>,
    /// Comments that silence findings, where they differ.
    pub ignores: Vec<IgnoreReport>,
    /// Why a part cannot be compared.
    pub doubts: Vec<DoubtReport>,
    /// What it can break, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<ImpactPart>,
    /// How risky it is, who must agree, and when it may happen, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judgement: Option<JudgementPart>,
}

/// What a change can break.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImpactPart {
    /// What of it counts, and what does not.
    pub subjects: Subjects,
    /// What is affected, with the way that trouble takes.
    #[serde(flatten)]
    pub impact: ChangeImpact,
}

/// How risky a change is, who must agree, and when it may happen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JudgementPart {
    /// What the change is called.
    pub name: ChangeName,
    /// The ChangeRequest that it adds or edits.
    pub request: Option<String>,
    /// Of which type it is.
    pub r#type: Typed,
    /// Whether a model nearly covers it, so that it is worth telling why not.
    #[serde(skip)]
    pub is_near: bool,
    /// How risky it is.
    pub risk: Risk,
    /// Who must agree.
    pub approvals: Approvals,
    /// Who is told.
    pub informed: Vec<Informed>,
    /// What must be said of it.
    pub statements: Vec<Statement>,
    /// What policies about changes miss.
    pub policies: Vec<PolicyViolation>,
    /// When it may happen.
    pub timing: Timing,
    /// What takes it back.
    pub undo: Undo,
}

/// What is compared with what: the tip of the base, and what becomes of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    /// The base as it was named.
    pub base: String,
    /// Its commit.
    pub base_commit: String,
    /// What is merged into it, as it was named; `worktree` for the files on disk.
    pub head: String,
    /// Its commit; of the files on disk the one that is checked out.
    pub head_commit: Option<String>,
    /// In words, how the two were put together.
    pub how: String,
}

/// How much there is of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiffSummary {
    /// Entities that are new.
    pub created: usize,
    /// Entities that stay and differ.
    pub updated: usize,
    /// Of these, entities that have another name.
    pub renamed: usize,
    /// Entities that are gone.
    pub deleted: usize,
    /// Files that differ, beside those of entities.
    pub files: usize,
    /// Of these, files that no entity claims.
    pub unowned: usize,
    /// Comments that silence findings and differ.
    pub ignores: usize,
}

/// An entity that differs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntityReport {
    /// Its canonical reference.
    pub entity: String,
    /// Its canonical reference before, if it has another one now.
    pub former: Option<String>,
    /// Its kind.
    pub kind: &'static str,
    /// `create`, `update` or `delete`.
    pub action: &'static str,
    /// The gravest of what its edits mean: `cosmetic`, `operational`, `destructive`, `governance`.
    pub class: &'static str,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// Who owns it: after, or before if it is gone; as canonical references.
    pub owners: Vec<String>,
    /// How much hangs on it, if it says so.
    pub criticality: Option<String>,
    /// Where it stands before.
    pub before: Option<Position>,
    /// Where it stands after.
    pub after: Option<Position>,
    /// The fields that differ.
    pub fields: Vec<FieldReport>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// The file, from the repository's top.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: u32,
    /// The column, from 1, in Unicode characters.
    pub column: u32,
}

/// A field that differs: a scalar, an empty mapping or a whole list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldReport {
    /// Its JSON Pointer (RFC 6901); of an item inside of a list, items go by their identity:
    /// `/spec/steps/[drain]/timeout`. What follows from where a document stands begins with `#`.
    pub pointer: String,
    /// Its value before; left out if it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Its value after; left out if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// What the edit means.
    pub class: &'static str,
    /// Where the value stands before.
    pub before_at: Option<Position>,
    /// Where the value stands after.
    pub after_at: Option<Position>,
    /// Of a list whose items can be told apart: what differs inside of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<FieldReport>,
}

/// A file that differs.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileReport {
    /// Its path.
    pub path: String,
    /// `added`, `modified`, `deleted`, or `mode` where only its mode differs.
    pub status: &'static str,
    /// Git's mode before, such as `100644`.
    pub old_mode: Option<String>,
    /// Git's mode after.
    pub new_mode: Option<String>,
    /// Git's id of the content before.
    pub old_blob: Option<String>,
    /// Git's id of the content after.
    pub new_blob: Option<String>,
    /// The entities that it implements, as canonical references; nobody's, if there is none.
    pub entities: Vec<String>,
    /// Whether it steers controls.
    pub governance: bool,
}

/// A comment that silences a finding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IgnoreReport {
    /// The entity in whose document it stands.
    pub entity: String,
    /// What it covers.
    pub pointer: String,
    /// The code that it silences.
    pub code: String,
    /// Why.
    pub reason: String,
    /// How often it stands there before.
    pub before: u32,
    /// How often it stands there after.
    pub after: u32,
    /// Where.
    pub at: Position,
}

/// Why a part of a change cannot be compared.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DoubtReport {
    /// Where.
    pub at: Position,
    /// What is wrong.
    pub message: String,
}

/// What is known of an entity beside its change.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Its title.
    pub title: Option<String>,
    /// Who owns it.
    pub owners: Vec<String>,
    /// Its criticality.
    pub criticality: Option<String>,
}

impl DiffReport {
    /// Puts a change set down. `known` tells of an entity; `star` hides secrets in a text.
    pub fn new(
        compared: Compared,
        set: &ChangeSet,
        known: &dyn Fn(&EntityChange) -> Known,
        star: &dyn Fn(&str) -> String,
    ) -> Self {
        let entities = set.entities.iter().map(|one| entity(one, known(one), star)).collect();
        let with = |action| set.entities.iter().filter(|one| one.action == action).count();
        Self {
            format: "diff/1",
            compared,
            digest: set.digest().map(|digest| digest.to_string()),
            summary: DiffSummary {
                created: with(Action::Create),
                updated: with(Action::Update),
                deleted: with(Action::Delete),
                renamed: set.entities.iter().filter(|one| one.former.is_some()).count(),
                files: set.files.len(),
                unowned: set.files.iter().filter(|one| one.entities.is_empty()).count(),
                ignores: set.ignores.len(),
            },
            entities,
            files: set.files.iter().map(file).collect(),
            ignores: set.ignores.iter().map(|one| ignore(one, star)).collect(),
            doubts: set.doubts.iter().map(doubt).collect(),
            impact: None,
            judgement: None,
        }
    }

    /// Adds what the change means: what it can break, and how it is judged.
    #[must_use]
    pub fn with(
        mut self,
        assessment: Assessment,
        timing: Timing,
        undo: Undo,
        (impact, judgement): (bool, bool),
    ) -> Self {
        let Assessment { subjects, impact: affected, .. } = assessment;
        // What touches the entities of a model is near it; anything else is just another change.
        let near = assessment.r#type.nearest.as_ref();
        let is_near = near.is_some_and(|near| near.reasons == 1) && subjects.all.len() == 1;
        self.impact = impact.then_some(ImpactPart { subjects, impact: affected });
        self.judgement = judgement.then_some(JudgementPart {
            name: assessment.name,
            request: assessment.request,
            r#type: assessment.r#type,
            is_near,
            risk: assessment.risk,
            approvals: assessment.approvals,
            informed: assessment.informed,
            statements: assessment.statements,
            policies: assessment.policies,
            timing,
            undo,
        });
        self
    }

    /// `diff/1`.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty() && self.files.is_empty() && self.ignores.is_empty()
    }
}

fn position(place: &Place) -> Position {
    let Place { file, start, .. } = place;
    Position { file: file.path.clone(), line: start.line, column: start.column }
}

fn entity(change: &EntityChange, known: Known, star: &dyn Fn(&str) -> String) -> EntityReport {
    let standing = |one: &Option<crate::change::Standing>| {
        one.as_ref().map(|standing| position(&standing.name))
    };
    EntityReport {
        entity: change.reference.clone(),
        former: change.former.clone(),
        kind: change.kind.name,
        action: change.action.name(),
        class: change.class.name(),
        title: known.title,
        owners: known.owners,
        criticality: known.criticality,
        before: standing(&change.before),
        after: standing(&change.after),
        fields: change.edits.iter().map(|edit| field(edit, star)).collect(),
    }
}

fn field(edit: &FieldEdit, star: &dyn Fn(&str) -> String) -> FieldReport {
    let told = |pointer: &crate::yaml::Pointer,
                before: &Option<Located>,
                after: &Option<Located>,
                class: crate::model::FieldClass| {
        let value =
            |one: &Option<Located>| one.as_ref().map(|one| starred(&one.value.to_json(), star));
        let at = |one: &Option<Located>| one.as_ref()?.place.as_ref().map(position);
        FieldReport {
            pointer: star(pointer.as_str()),
            before: value(before),
            after: value(after),
            class: class.name(),
            before_at: at(before),
            after_at: at(after),
            items: Vec::new(),
        }
    };
    let items = edit.items.iter();
    let items = items.map(|one| told(&one.pointer, &one.before, &one.after, one.class)).collect();
    FieldReport { items, ..told(&edit.pointer, &edit.before, &edit.after, edit.class) }
}

/// A value with its secrets hidden.
pub fn starred(value: &Value, star: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => star(text).into(),
        Value::Array(items) => items.iter().map(|item| starred(item, star)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| (star(key), starred(value, star)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

fn file(change: &FileChange) -> FileReport {
    let (before, after) = (change.changed.before, change.changed.after);
    let status = match (before, after) {
        (None, _) => "added",
        (_, None) => "deleted",
        (Some(old), Some(new)) if old.blob == new.blob => "mode",
        _ => "modified",
    };
    let mode = |one: Option<crate::git::Version>| one.map(|one| format!("{:06o}", one.bits));
    let blob = |one: Option<crate::git::Version>| one.map(|one| one.blob.to_string());
    FileReport {
        path: change.changed.path.clone(),
        status,
        old_mode: mode(before),
        new_mode: mode(after),
        old_blob: blob(before),
        new_blob: blob(after),
        entities: change.entities.clone(),
        governance: change.governance,
    }
}

impl FileReport {
    /// Whether it is a link or a submodule, as text.
    fn sort(&self) -> &'static str {
        let bits = self.new_mode.as_ref().or(self.old_mode.as_ref());
        let bits = bits.and_then(|mode| u32::from_str_radix(mode, 8).ok()).unwrap_or_default();
        match Mode::from_bits(bits) {
            Mode::Symlink => " (link)",
            Mode::Submodule => " (submodule)",
            _ => "",
        }
    }
}

fn ignore(one: &crate::change::IgnoreChange, star: &dyn Fn(&str) -> String) -> IgnoreReport {
    IgnoreReport {
        entity: one.reference.clone(),
        pointer: one.pointer.as_str().to_owned(),
        code: star(&one.code),
        reason: star(&one.reason),
        before: one.before,
        after: one.after,
        at: position(&one.place),
    }
}

fn doubt(one: &crate::change::Doubt) -> DoubtReport {
    DoubtReport { at: position(&one.place), message: one.message.clone() }
}

/// The JSON Schema of `diff/1`.
pub fn schema() -> Value {
    super::json::schema_of::<DiffReport>("diff/1", "diff-1")
}

/// A name as people write it, safe to print.
fn name(reference: &str) -> String {
    super::text::visible(&short_name(reference))
}
