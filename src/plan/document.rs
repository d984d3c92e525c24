//! A plan as it is written and read again: `plan/1`.
//!
//! What another reads of it is here and nothing else: no secret, no address, no template. A minor
//! version only adds fields; who does not know one passes over it, and refuses another number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::limits::Refusal;
use super::object::ObjectId;
use super::step::{Action, Copied, Drift, Reason, Step};

/// The format of plans.
pub const FORMAT: &str = "plan/1";

/// What is to be done so that targets follow a catalog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// `plan/1`.
    pub format: String,
    /// The version of gitsm that made it.
    pub version: String,
    /// The commit of the catalog; nothing if it is of files that are not committed.
    pub commit: Option<String>,
    /// One part for each target.
    pub targets: Vec<TargetPlan>,
}

/// What is to be done at one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetPlan {
    /// The target, as a canonical reference.
    pub target: String,
    /// How it is spoken to.
    pub driver: String,
    /// SHA-256 of the plan's format, version and commit and of this part, but for itself and the names of
    /// changes: whoever makes the plan again gets the same, or something has moved.
    pub digest: String,
    /// SHA-256 of the target's document and of the operator's settings for it.
    pub configuration: String,
    /// SHA-256 of what was there.
    pub observed: String,
    /// What an operator let it do beyond the limits: `deletes`, `updates`, `empty`, `drift`.
    pub allowed: Vec<String>,
    /// What is to be done, in this order.
    pub actions: Vec<ActionPlan>,
    /// What somebody else changed there.
    pub drift: Vec<DriftPlan>,
    /// What carries the mark of an object and is not it; it is left alone.
    #[serde(default)]
    pub copies: Vec<Copied>,
    /// How many objects are as they should be.
    pub unchanged: usize,
    /// How many objects are left as they are, because it is not known what the catalog wants of them.
    #[serde(default)]
    pub unknown: usize,
    /// Why it is not carried out; empty if it can be.
    pub refusals: Vec<Refusal>,
    /// What is written there and may not count yet, such as rules that are not loaded: making it count is
    /// to be done, too. Nothing if all counts, or if nobody can tell.
    #[serde(default)]
    pub unsettled: Option<String>,
    /// Why nothing is known of it; then nothing else here says anything. Nothing if all went well.
    #[serde(default)]
    pub fault: Option<FaultPlan>,
}

/// Why nothing is known of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FaultPlan {
    /// What went wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether it is set up wrongly, as against the target not delivering.
    pub is_setup: bool,
}

impl FaultPlan {
    /// In one phrase, with what to do about it.
    pub fn words(&self) -> String {
        let help = self.help.iter().map(|help| format!("; {help}"));
        [self.message.clone()].into_iter().chain(help).collect()
    }
}

/// What is to be done to one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionPlan {
    /// What.
    pub action: Action,
    /// The object.
    pub id: ObjectId,
    /// What it went by before, if it gets another name.
    pub from: Option<ObjectId>,
    /// The entity that it is made of, as a canonical reference.
    pub entity: String,
    /// Why.
    pub reason: Reason,
    /// The commit of which it was made last.
    pub last: Option<String>,
    /// The change because of which, as a canonical reference; nothing if none is known.
    pub change: Option<String>,
    /// The commit by which that landed; nothing if none is known.
    pub landed: Option<String>,
    /// When it is its turn: those of one number do not wait for each other.
    pub wave: u32,
    /// What changes of it.
    pub fields: Vec<FieldPlan>,
}

/// One field, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldPlan {
    /// Its name.
    pub name: String,
    /// Whether its values are left out.
    pub is_sensitive: bool,
    /// What it holds: one value, or nothing if it is not there.
    pub before: Vec<Value>,
    /// What it will hold: one value, or nothing if it goes.
    pub after: Vec<Value>,
}

/// What somebody else changed of one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriftPlan {
    /// The object.
    pub id: ObjectId,
    /// The entity that it is made of, as a canonical reference.
    pub entity: String,
    /// The commit of which it was made last.
    pub commit: String,
    /// Whether it is not there any more.
    pub is_missing: bool,
    /// Whether the catalog has changed the same since it was applied, so that what it says now is not
    /// applied: nobody accepts the difference, and nobody said that it is put right.
    #[serde(default)]
    pub is_conflict: bool,
    /// The fields that hold something else.
    pub fields: Vec<DriftedPlan>,
    /// The Exceptions that accept it, as canonical references.
    pub accepted_by: Vec<String>,
}

/// A field that somebody else changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DriftedPlan {
    /// Its name.
    pub name: String,
    /// Whether its values are left out.
    pub is_sensitive: bool,
    /// What the catalog wants: one value, or nothing if it does not set it any more.
    pub wanted: Vec<Value>,
    /// What is there: one value, or nothing.
    pub found: Vec<Value>,
    /// Whether the catalog has changed it, too, since it was applied.
    pub is_also_changed: bool,
}

impl Plan {
    /// A plan of its parts.
    pub fn of(version: &str, commit: Option<&str>, targets: Vec<TargetPlan>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: version.to_owned(),
            commit: commit.map(str::to_owned),
            targets,
        }
    }

    /// Seals it: each part gets its digest.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        for one in self.targets.iter_mut().filter(|one| one.fault.is_none()) {
            one.digest = one.seal(&self.version, self.commit.as_deref());
        }
        self
    }

    /// The first part that is not as it was sealed.
    pub fn edited(&self) -> Option<&TargetPlan> {
        let seal = |one: &TargetPlan| one.seal(&self.version, self.commit.as_deref());
        self.targets.iter().find(|one| one.fault.is_none() && one.digest != seal(one))
    }

    /// The first target that it names twice.
    pub fn twice(&self) -> Option<&str> {
        let mut names: Vec<&str> = self.targets.iter().map(|one| one.target.as_str()).collect();
        names.sort_unstable();
        names.windows(2).find(|two| two.first() == two.last()).and_then(|two| two.first().copied())
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        let is_empty =
            |target: &TargetPlan| target.actions.is_empty() && target.unsettled.is_none();
        self.targets.iter().all(is_empty)
    }

    /// Why nothing is known of some targets.
    pub fn faults(&self) -> impl Iterator<Item = &FaultPlan> {
        self.targets.iter().filter_map(|target| target.fault.as_ref())
    }
}

impl TargetPlan {
    /// Of a target for which no plan was made.
    pub fn unplanned(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            driver: String::new(),
            digest: String::new(),
            configuration: String::new(),
            observed: String::new(),
            allowed: Vec::new(),
            actions: Vec::new(),
            drift: Vec::new(),
            copies: Vec::new(),
            unchanged: 0,
            unknown: 0,
            refusals: Vec::new(),
            unsettled: None,
            fault: None,
        }
    }

    /// Of a target of which nothing is known.
    pub fn failed(target: &str, driver: &str, fault: FaultPlan) -> Self {
        let driver = driver.to_owned();
        Self { driver, fault: Some(fault), ..Self::unplanned(target) }
    }

    /// The digest of everything else but the names of changes, which the ledger may learn meanwhile,
    /// and of what does not count yet, which another run may make up for; in a plan of this version and
    /// commit.
    fn seal(&self, version: &str, commit: Option<&str>) -> String {
        let mut plain = self.clone();
        plain.digest = String::new();
        (plain.unsettled, plain.fault) = (None, None);
        for action in &mut plain.actions {
            (action.change, action.landed) = (None, None);
        }
        sha256(&serde_json::json!({
            "format": FORMAT,
            "version": version,
            "commit": commit,
            "target": plain,
        }))
    }

    /// How many actions of a kind there are.
    pub fn count(&self, action: Action) -> usize {
        self.actions.iter().filter(|one| one.action == action).count()
    }

    /// The changes that it carries out, each once, by name.
    pub fn changes(&self) -> Vec<String> {
        let mut all: Vec<String> =
            self.actions.iter().filter_map(|one| one.change.clone()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// What the catalog changed and is not applied, because somebody else changed the same.
    pub fn conflicts(&self) -> impl Iterator<Item = &DriftPlan> {
        self.drift.iter().filter(|one| one.is_conflict)
    }

    /// The drift that no Exception accepts.
    pub fn open_drift(&self) -> impl Iterator<Item = &DriftPlan> {
        self.drift.iter().filter(|one| one.accepted_by.is_empty())
    }
}

impl ActionPlan {
    /// A step as it is written.
    pub fn of(step: &Step) -> Self {
        let field = |one: &super::step::FieldChange| {
            let hidden = Hidden { all: one.is_sensitive, parts: &one.hidden };
            let (is_sensitive, before, after) =
                hidden.both(one.before.as_ref(), one.after.as_ref());
            FieldPlan { name: one.name.clone(), is_sensitive, before, after }
        };
        Self {
            action: step.action,
            id: step.id.clone(),
            from: step.from.clone(),
            entity: step.entity.clone(),
            reason: step.reason,
            last: step.last.clone(),
            change: None,
            landed: None,
            wave: step.wave,
            fields: step.changes.iter().map(field).collect(),
        }
    }
}

impl DriftPlan {
    /// A drift as it is written.
    pub fn of(drift: &Drift) -> Self {
        let field = |one: &super::step::DriftedField| {
            let hidden = Hidden { all: one.is_sensitive, parts: &one.hidden };
            let (is_sensitive, wanted, found) =
                hidden.both(one.wanted.as_ref(), one.found.as_ref());
            let (name, is_also_changed) = (one.name.clone(), one.is_also_changed);
            DriftedPlan { name, is_sensitive, wanted, found, is_also_changed }
        };
        Self {
            id: drift.id.clone(),
            entity: drift.entity.clone(),
            commit: drift.commit.clone(),
            is_missing: drift.is_missing,
            is_conflict: drift.is_conflict,
            fields: drift.fields.iter().map(field).collect(),
            accepted_by: Vec::new(),
        }
    }
}

/// What is not shown of the values of a field.
struct Hidden<'a> {
    all: bool,
    /// Parts, by their paths.
    parts: &'a [String],
}

impl Hidden<'_> {
    /// Two values as they are shown, and whether nothing of them is.
    fn both(&self, one: Option<&Value>, other: Option<&Value>) -> (bool, Vec<Value>, Vec<Value>) {
        let (first, second) = (self.shown(one), self.shown(other));
        // Where only what is hidden differs, that it differs is all that is shown.
        let is_sensitive = self.all || (one != other && first == second);
        (is_sensitive, first, second)
    }

    fn shown(&self, value: Option<&Value>) -> Vec<Value> {
        let masked = |value: &Value| match self.all {
            true => mask(value),
            false => {
                let mut value = value.clone();
                self.parts.iter().for_each(|path| mask_at(&mut value, path));
                value
            }
        };
        value.map(masked).into_iter().collect()
    }
}

/// Hides what stands at a path of names, in every item of a list.
fn mask_at(value: &mut Value, path: &str) {
    if path.is_empty() {
        *value = mask(value);
        return;
    }
    match value {
        Value::Object(fields) => {
            // A name may hold a full stop itself.
            for (name, value) in fields {
                match path.strip_prefix(name.as_str()) {
                    Some("") => mask_at(value, ""),
                    Some(rest) if rest.starts_with('.') => {
                        mask_at(value, rest.trim_start_matches('.'));
                    }
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask_at(item, path)),
        // What is of another form than the mapping says may hold anything.
        Value::Null => {}
        value => *value = mask(value),
    }
}

fn mask(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.clone(), mask(value))).collect()
        }
        Value::Array(items) => items.iter().map(mask).collect(),
        _ => Value::String("***".to_owned()),
    }
}

/// SHA-256 of the JCS bytes (RFC 8785) of a value, as digests are written.
pub fn sha256(value: &Value) -> String {
    let bytes = serde_json_canonicalizer::to_vec(value).unwrap_or_default();
    let digest = Sha256::digest(bytes);
    let text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{text}")
}
