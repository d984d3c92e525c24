//! Policies of the catalog that are about changes, held against this one: those of the base and
//! those of the merge result, and what any of them misses counts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::Side;
use super::assessment::Assessment;
use super::policy::Where;
use super::set::{Action, ChangeSet, EntityChange};
use super::value::{Located, Value};
use crate::catalog::query::{Judge, Judgement, World};
use crate::catalog::short;
use crate::model::EntityRef;
use crate::model::gitsm::Spec;
use crate::model::gitsm::policy::{PolicyLifecycle, PolicyOver, PolicySeverity, PolicySpec};

/// Something that a policy misses about a change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyViolation {
    /// The policy.
    pub policy: String,
    /// The number of the validation, from 0; nothing if the policy cannot be evaluated.
    pub validation: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// On which side the policy says so.
    pub side: Where,
    /// The file of the policy.
    pub file: String,
    /// The line of its name.
    pub line: u32,
}

/// How bad it is when a policy about changes does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It must be put right.
    Error,
    /// It should be looked at.
    Warning,
    /// It is worth knowing; also what policies say that are only tried.
    Note,
}

/// Holds the policies of both sides against a change.
pub fn violations(
    change: &Json,
    set: &ChangeSet,
    base: &Side<'_>,
    merged: &Side<'_>,
    today: &str,
) -> Vec<PolicyViolation> {
    let mut all: BTreeMap<(String, Option<usize>, String), PolicyViolation> = BTreeMap::new();
    for (place, side) in [(Where::Base, base), (Where::Merged, merged)] {
        for found in of_side(change, set, (place, side), today) {
            let key = (found.policy.clone(), found.validation, found.message.clone());
            match all.get_mut(&key) {
                Some(known) => {
                    known.side = Where::Both;
                    known.severity = known.severity.min(found.severity);
                }
                None => {
                    all.insert(key, found);
                }
            }
        }
    }
    let mut all: Vec<PolicyViolation> = all.into_values().collect();
    all.sort_by(|a, b| a.severity.cmp(&b.severity).then_with(|| a.cmp(b)));
    all
}

fn of_side(
    change: &Json,
    set: &ChangeSet,
    (place, side): (Where, &Side<'_>),
    today: &str,
) -> Vec<PolicyViolation> {
    let mut found = Vec::new();
    for (_, entity) in side.catalog.entities() {
        let Some(Spec::Policy(spec)) = entity.spec() else { continue };
        if spec.over != PolicyOver::Change || spec.lifecycle == PolicyLifecycle::Retired {
            continue;
        }
        let name = side.catalog.canonical(entity);
        let told = |validation: Option<usize>, message: String| {
            let of = validation.and_then(|number| spec.validations.get(number));
            PolicyViolation {
                policy: name.to_owned(),
                validation,
                message,
                help: of.and_then(|one| one.help.clone()),
                severity: severity(spec, validation),
                side: place,
                file: entity.file.path.clone(),
                line: entity.name_place.start.line,
            }
        };
        let namespace = EntityRef::from_canonical(name).namespace().to_owned();
        // What is wrong with its expressions is a finding of the catalog, and told there.
        let Ok(judge) = Judge::new(spec, side.classes, &namespace) else {
            found.push(told(None, "it cannot be read, so it cannot be held against this".into()));
            continue;
        };
        if judge.is_narrow() && !concerns(&judge, set, side, today) {
            continue;
        }
        match judge.judge_change(change, today) {
            Judgement::Skipped => {}
            Judgement::Judged(broken) => {
                found.extend(
                    broken.into_iter().map(|(number, message)| told(Some(number), message)),
                );
            }
            Judgement::Failed(fault) => {
                found.push(told(None, format!("it cannot be said: {}", fault.error)));
            }
        }
    }
    found
}

/// Whether a policy that names entities is about one that changes. What cannot be said is a yes.
fn concerns(judge: &Judge<'_>, set: &ChangeSet, side: &Side<'_>, today: &str) -> bool {
    let world = World::new(side.catalog, side.graph, side.classes, side.reader, today);
    let of = |name: &str| {
        let found = side.find(name).and_then(|id| Some((id, side.value(name)?)));
        found.is_some_and(|(id, value)| judge.concerns(&world, id, &value).unwrap_or(true))
    };
    let changed = set.entities.iter().flat_map(|one| one.former.iter().chain([&one.reference]));
    let of_files = set.files.iter().flat_map(|file| file.entities.iter());
    changed.chain(of_files).any(|name| of(name))
}

fn severity(spec: &PolicySpec, validation: Option<usize>) -> Severity {
    if spec.lifecycle == PolicyLifecycle::Draft {
        return Severity::Note;
    }
    let said = validation.and_then(|number| spec.validations.get(number)?.severity);
    match said {
        None | Some(PolicySeverity::Error) => Severity::Error,
        Some(PolicySeverity::Warning) => Severity::Warning,
        Some(PolicySeverity::Note) => Severity::Note,
    }
}

/// The change as policies see it.
pub fn change_value(
    set: &ChangeSet,
    assessment: &Assessment,
    base: &Side<'_>,
    merged: &Side<'_>,
) -> Json {
    let entities = set.entities.iter().map(|one| entity_value(one, base, merged));
    let files = set.files.iter().map(|file| {
        let action = match (&file.changed.before, &file.changed.after) {
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
            _ => Action::Update,
        };
        json!({
            "path": file.changed.path,
            "action": action.name(),
            "entities": file.entities.iter().map(|one| short(one)).collect::<Vec<_>>(),
            "governance": file.governance,
        })
    });
    let affected = assessment.impact.affected.iter().map(|one| {
        json!({
            "ref": short(&one.entity),
            "kind": one.kind,
            "distance": one.distance,
            "criticality": one.criticality.word(),
            "owners": one.owners.iter().map(|one| short(one)).collect::<Vec<_>>(),
        })
    });
    let contributors = assessment.approvals.contributors.iter().map(|one| {
        json!({
            "name": one.contributor.name,
            "email": one.contributor.email,
            "role": one.contributor.role,
            "persons": one.persons.iter().map(|one| short(one)).collect::<Vec<_>>(),
        })
    });
    json!({
        "name": assessment.name.name,
        "type": assessment.r#type.r#type,
        "model": assessment.r#type.model.as_deref().map(short),
        "incident": assessment.r#type.incident,
        "risk": {"score": assessment.risk.score, "band": assessment.risk.band.name()},
        "blastRadius": assessment.impact.blast_radius,
        "governance": !super::approvals::steering(set).is_empty(),
        "entities": entities.collect::<Vec<_>>(),
        "files": files.collect::<Vec<_>>(),
        "affected": affected.collect::<Vec<_>>(),
        "contributors": contributors.collect::<Vec<_>>(),
    })
}

fn entity_value(change: &EntityChange, base: &Side<'_>, merged: &Side<'_>) -> Json {
    let before = change.former.as_deref().unwrap_or(&change.reference);
    let was = (change.action != Action::Create).then(|| base.value(before)).flatten();
    let is = (change.action != Action::Delete).then(|| merged.value(&change.reference)).flatten();
    let now = is.as_ref().or(was.as_ref());
    // What it is now counts, or else what it was.
    let (side, name) = match change.action {
        Action::Delete => (base, before),
        _ => (merged, change.reference.as_str()),
    };
    let class = side.find(name).and_then(|id| side.classes_of(id).into_iter().next());
    let owners: Vec<String> = side.owners(name).iter().map(|one| short(one)).collect();
    let edits = change.edits.iter().map(|edit| {
        json!({
            "pointer": edit.pointer.as_str(),
            "before": edit.before.as_ref().map(plain),
            "after": edit.after.as_ref().map(plain),
            "class": edit.class.name(),
        })
    });
    json!({
        "ref": short(&change.reference),
        "former": change.former.as_deref().map(short),
        "kind": change.kind.name,
        "action": change.action.name(),
        "class": class,
        "environment": now.and_then(|value| value.pointer("/spec/environment").cloned()),
        "owner": owners.first(),
        "owners": owners,
        "edits": edits.collect::<Vec<_>>(),
        "before": was,
        "after": is,
    })
}

/// A value as JSON: what expressions see of it.
fn plain(located: &Located) -> Json {
    match &located.value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Int(digits) | Value::Float(digits) => {
            serde_json::from_str(digits).unwrap_or_else(|_| Json::String(digits.clone()))
        }
        Value::Str(text) => Json::String(text.clone()),
        Value::Seq(items) => items.iter().map(plain).collect(),
        Value::Map(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
        }
    }
}
