//! What type of change it is (ITIL 4): standard if every edit lies inside one model that the base
//! approves, emergency if its request says so and names an incident, else normal.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::Side;
use super::assessment::Depth;
use super::facts::Facts;
use super::governance::steers;
use super::request::OwnRequest;
use super::set::{Action, ChangeSet, EntityChange, FileChange};
use crate::catalog::query::{Matcher, World};
use crate::catalog::{EntityId, short};
use crate::model::EntityRef;
use crate::model::gitsm::Spec;
use crate::model::gitsm::change_model::{ChangeModelSpec, ChangeType, ModelLifecycle};
use crate::model::gitsm::value::RiskBand;
use crate::yaml::Pointer;

/// How many reasons are told why a model does not cover a change.
const TOLD: usize = 5;

/// What type a change is of, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Typed {
    /// The type.
    pub r#type: ChangeType,
    /// Why.
    pub because: String,
    /// Of a standard change: the model. Of another one: the model that its request names.
    pub model: Option<String>,
    /// The model that comes nearest, and what of the change lies outside of it.
    pub nearest: Option<NearMiss>,
    /// The incident that an emergency ends.
    pub incident: Option<String>,
    /// What is wrong with what the request claims, in words.
    pub mistakes: Vec<String>,
}

/// A model that does not cover a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NearMiss {
    /// The model.
    pub model: String,
    /// Why it does not.
    pub why: Vec<String>,
    /// How many reasons there are.
    pub reasons: usize,
}

/// A model of the base.
struct Model<'a> {
    id: EntityId,
    name: String,
    spec: &'a ChangeModelSpec,
}

fn models<'a>(side: &Side<'a>) -> Vec<Model<'a>> {
    let mut all: Vec<Model<'a>> = Vec::new();
    for (id, entity) in side.catalog.entities() {
        if let Some(Spec::ChangeModel(spec)) = entity.spec() {
            all.push(Model { id, name: side.catalog.canonical(entity).to_owned(), spec });
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.dedup_by(|a, b| a.name == b.name);
    all
}

/// The band that a model of the base starts from, if its changes are at least so risky.
pub fn starts_from(base: &Side<'_>, model: &str) -> Option<RiskBand> {
    models(base).into_iter().find(|one| one.name == model).and_then(|one| one.spec.risk)
}

/// The runbook of a model of the base.
pub fn runbook_of(base: &Side<'_>, model: &str) -> Option<String> {
    let model = models(base).into_iter().find(|one| one.name == model)?;
    base.referred(model.id, "operatedBy").into_iter().next()
}

/// Finds the type of a change.
pub fn type_of(
    set: &ChangeSet,
    (base, merged): (&Side<'_>, &Side<'_>),
    facts: &Facts,
    request: Option<&OwnRequest<'_>>,
    depth: Depth,
) -> Typed {
    let claimed = request.and_then(|request| request.spec).and_then(|spec| spec.r#type);
    let incident = request.and_then(|request| request.spec).and_then(|spec| spec.incident.clone());
    let named = request.and_then(|request| {
        merged.referred(merged.find(&request.reference)?, "instanceOf").into_iter().next()
    });
    let typed = |r#type, because: String| Typed {
        r#type,
        because,
        model: named.clone(),
        nearest: None,
        incident: incident.clone(),
        mistakes: Vec::new(),
    };
    if claimed == Some(ChangeType::Emergency) {
        if let Some(incident) = &incident {
            let because = format!("its request says that it ends {incident}");
            return typed(ChangeType::Emergency, because);
        }
        let mut typed = typed(ChangeType::Normal, "it names no incident".to_owned());
        typed.mistakes.push("an emergency names the incident that it ends".to_owned());
        return typed;
    }
    if claimed == Some(ChangeType::Normal) {
        return typed(ChangeType::Normal, "its request says so".to_owned());
    }
    let own = request.map(|request| request.reference.as_str());
    let mut tried = tried(set, (base, merged), facts, own, depth);
    tried.sort_by(|a, b| a.reasons.cmp(&b.reasons).then_with(|| a.model.cmp(&b.model)));
    let nearest = tried.into_iter().next();
    match nearest {
        Some(model) if model.reasons == 0 => {
            let because = format!("every edit lies inside {}", short(&model.model));
            Typed { model: Some(model.model), ..typed(ChangeType::Standard, because) }
        }
        nearest => {
            let because = match &nearest {
                Some(_) => "no model that is agreed to covers all of it",
                None => "the base has no model of standard changes",
            };
            let mut typed = Typed { nearest, ..typed(ChangeType::Normal, because.to_owned()) };
            if claimed == Some(ChangeType::Standard) {
                typed.mistakes.push("its request claims a standard change, and it is none".into());
            }
            typed
        }
    }
}

/// What lies outside of each model of standard changes.
fn tried(
    set: &ChangeSet,
    (base, merged): (&Side<'_>, &Side<'_>),
    facts: &Facts,
    own: Option<&str>,
    depth: Depth,
) -> Vec<NearMiss> {
    let standard =
        models(base).into_iter().filter(|model| model.spec.r#type == ChangeType::Standard);
    let standard: Vec<Model<'_>> = standard.collect();
    if standard.is_empty() {
        return Vec::new();
    }
    let outside = outside_of_all(set, own);
    let before = World::new(base.catalog, base.graph, base.classes, base.reader, &facts.today);
    let after =
        World::new(merged.catalog, merged.graph, merged.classes, merged.reader, &facts.today);
    let mut all = Vec::new();
    for model in standard {
        let mut why = unusable(model.spec, &model.name, facts);
        why.extend(outside.iter().cloned());
        if depth == Depth::Verdict && !why.is_empty() {
            all.push(NearMiss { reasons: why.len(), model: model.name, why });
            continue;
        }
        let namespace = EntityRef::from_canonical(&model.name).namespace().to_owned();
        match Matcher::new(&model.spec.selector, base.classes, &namespace) {
            Err(_) => why.push("its selector cannot be read".to_owned()),
            Ok(matcher) => {
                let covers = Covers { model: &model, matcher, before: &before, after: &after };
                why.extend(covers.not(set, base, merged, own));
            }
        }
        let reasons = why.len();
        why.truncate(TOLD);
        all.push(NearMiss { model: model.name, why, reasons });
    }
    all
}

/// Why a model may not be used, whatever the change is.
fn unusable(spec: &ChangeModelSpec, name: &str, facts: &Facts) -> Vec<String> {
    let mut why = Vec::new();
    if spec.lifecycle != ModelLifecycle::Approved {
        why.push("it is not approved".to_owned());
    }
    match &spec.preauthorized {
        None => why.push("nobody agreed to it beforehand".to_owned()),
        Some(agreed) if agreed.review_by.0 < facts.today => {
            why.push(format!("it had to be reviewed by {}", agreed.review_by.0));
        }
        Some(agreed) => {
            let record = facts.failures.iter().find(|one| one.of == name && one.changes > 0);
            if let (Some(record), Some(most)) = (record, agreed.max_failure_rate)
                && record.rate() > most.0
            {
                let (failed, of) = (record.failed, record.changes);
                why.push(format!("{failed} of its last {of} changes failed"));
            }
        }
    }
    why
}

/// What no model covers.
fn outside_of_all(set: &ChangeSet, own: Option<&str>) -> Vec<String> {
    let mut why = Vec::new();
    let mut touched = false;
    for change in set.entities.iter().filter(|one| Some(one.reference.as_str()) != own) {
        touched = true;
        let name = short(&change.reference);
        match change.action {
            Action::Create => why.push(format!("{name} is new")),
            Action::Delete => why.push(format!("{name} is deleted")),
            Action::Update if change.former.is_some() => why.push(format!("{name} is renamed")),
            Action::Update => {}
        }
        let edit = change.edits.iter().find(|edit| steers(edit));
        why.extend(edit.map(|edit| format!("{name} {} steers who agrees to what", edit.pointer)));
    }
    for file in &set.files {
        touched = true;
        let path = &file.changed.path;
        if file.governance {
            why.push(format!("{path} steers who agrees to what"));
        } else if file.entities.is_empty() {
            why.push(format!("{path} belongs to no entity"));
        }
    }
    let ignored = set.ignores.first();
    why.extend(ignored.map(|one| format!("{} hides {}", short(&one.reference), one.code)));
    let doubt = set.doubts.first();
    why.extend(doubt.map(|one| format!("something cannot be compared: {}", one.message)));
    if !touched {
        why.push("nothing changes".to_owned());
    }
    why
}

struct Covers<'m, 'w, 'a> {
    model: &'m Model<'a>,
    matcher: Matcher<'m>,
    before: &'m World<'w>,
    after: &'m World<'w>,
}

impl Covers<'_, '_, '_> {
    /// What of a change the model does not cover.
    fn not(
        &self,
        set: &ChangeSet,
        base: &Side<'_>,
        merged: &Side<'_>,
        own: Option<&str>,
    ) -> Vec<String> {
        let mut why = Vec::new();
        for change in set.entities.iter().filter(|one| Some(one.reference.as_str()) != own) {
            if change.action == Action::Update {
                let before = change.former.as_deref().unwrap_or(&change.reference);
                why.extend(self.not_entity(base, merged, (before, &change.reference)));
                why.extend(self.not_fields(change));
            }
        }
        for file in set.files.iter().filter(|file| !file.governance) {
            why.extend(self.not_file(base, merged, file));
        }
        why
    }

    fn not_entity(
        &self,
        base: &Side<'_>,
        merged: &Side<'_>,
        (before, after): (&str, &str),
    ) -> Option<String> {
        let sides = [(self.before, base, before), (self.after, merged, after)];
        for (world, side, name) in sides {
            let value = side.find(name).and_then(|id| Some((id, side.value(name)?)));
            let meant = value.is_some_and(|(id, value): (EntityId, Value)| {
                self.matcher.matches(world, id, &value).0.unwrap_or(false)
            });
            if !meant {
                return Some(format!("{} is not among what it may touch", short(name)));
            }
        }
        None
    }

    fn not_fields(&self, change: &EntityChange) -> Vec<String> {
        let Some(fields) = &self.model.spec.fields else { return Vec::new() };
        let fields: Vec<Pointer> = fields.iter().map(Pointer::from_text).collect();
        let outside = change
            .edits
            .iter()
            .filter(|edit| !fields.iter().any(|field| field.covers(&edit.pointer)));
        let name = short(&change.reference);
        outside.map(|edit| format!("{name} {} is not among its fields", edit.pointer)).collect()
    }

    /// A model that names fields says nothing of what a file may hold.
    fn not_file(&self, base: &Side<'_>, merged: &Side<'_>, file: &FileChange) -> Vec<String> {
        let path = &file.changed.path;
        if self.model.spec.fields.is_some() && !file.entities.is_empty() {
            return vec![format!("{path} is a file, and it names fields only")];
        }
        let not = |name: &String| self.not_entity(base, merged, (name, name));
        file.entities.iter().filter_map(not).map(|why| format!("{path}: {why}")).collect()
    }
}
