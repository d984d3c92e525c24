//! What counts for the risk of a change: entities that are updated or deleted, those whose files
//! change, and those that something newly depends on. What is new and used by nobody does not
//! count, and neither does what only changes what people read.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::Side;
use super::set::{Action, ChangeSet, EntityChange, FieldEdit};
use super::side::runs;
use super::value::{Located, Value};
use crate::catalog::impact::needs;
use crate::model::{FieldClass, Kind};

/// Why an entity counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", tag = "how")]
pub enum Touch {
    /// It is updated.
    Updated,
    /// It is deleted.
    Deleted,
    /// It is new, and something that was there needs it.
    #[serde(rename_all = "camelCase")]
    Used {
        /// What needs it.
        by: String,
        /// The relation that says so.
        relation: &'static str,
    },
    /// A file that implements it changes.
    Source {
        /// The file.
        path: String,
    },
    /// Something needs it that did not before.
    #[serde(rename_all = "camelCase")]
    NewlyNeeded {
        /// What needs it.
        by: String,
        /// The relation that says so.
        relation: &'static str,
    },
}

impl Touch {
    /// In words, after the entity's name.
    pub fn words(&self) -> String {
        match self {
            Self::Updated => "is updated".to_owned(),
            Self::Deleted => "is deleted".to_owned(),
            Self::Used { by, .. } => format!("is new, and {} needs it", crate::catalog::short(by)),
            Self::Source { path } => format!("is implemented by {path}"),
            Self::NewlyNeeded { by, .. } => {
                format!("is newly needed by {}", crate::catalog::short(by))
            }
        }
    }
}

/// An entity that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// Its canonical reference after the change, or before it if it is gone.
    pub entity: String,
    /// Its canonical reference before, if it is renamed.
    pub former: Option<String>,
    /// Its kind.
    pub kind: &'static str,
    /// Why it counts.
    pub because: Vec<Touch>,
}

impl Subject {
    /// Its canonical reference before the change.
    pub fn before(&self) -> &str {
        self.former.as_deref().unwrap_or(&self.entity)
    }
}

/// What counts and what does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subjects {
    /// What counts, by name.
    pub all: Vec<Subject>,
    /// What is new and used by nobody, by name.
    pub unused: Vec<String>,
    /// What only changes what people read, by name.
    pub cosmetic: Vec<String>,
    /// What is only labelled or annotated in another way, by name.
    pub marked: Vec<String>,
    /// What changes and does not run: rules, promises, people, requests; by name.
    pub paper: Vec<String>,
}

/// A need: who needs what.
type Need = (String, String);

/// Whether only what people read changes.
pub fn is_cosmetic(change: &EntityChange) -> bool {
    change.action == Action::Update
        && change.former.is_none()
        && change.edits.iter().all(|edit| edit.class == FieldClass::Cosmetic)
}

/// Whether what runs stays as it is: only what people read changes, and words to select by. They
/// may bring other rules to bear, which hold from then on; but nothing fails of a label. The label
/// that names an environment does count.
pub fn runs_as_before(change: &EntityChange) -> bool {
    let marks = |edit: &FieldEdit| {
        let mut tokens = edit.pointer.tokens();
        let marks = tokens.next().as_deref() == Some("metadata")
            && matches!(tokens.next().as_deref(), Some("labels" | "annotations"));
        let names_environment = match tokens.next() {
            Some(label) => label == ENVIRONMENT,
            None => edit.before.iter().chain(&edit.after).any(|value| has(value, ENVIRONMENT)),
        };
        marks && !names_environment && edit.class == FieldClass::Operational
    };
    let stays = |edit: &FieldEdit| edit.class == FieldClass::Cosmetic || marks(edit);
    change.action == Action::Update && change.former.is_none() && change.edits.iter().all(stays)
}

/// How much can hang on a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It changes no entity, and no file of one.
    None,
    /// It changes entities, and nothing of it counts: [`subjects`] finds none.
    Paper,
    /// Something of it may count.
    Some,
}

/// How much can hang on a change, as far as that can be said without the catalogs around it.
pub fn weight(set: &ChangeSet) -> Weight {
    match set.files.iter().all(|file| file.entities.is_empty()) {
        true if set.entities.is_empty() => Weight::None,
        true if !set.entities.iter().any(may_count) => Weight::Paper,
        _ => Weight::Some,
    }
}

/// Whether a changed entity may count, whatever stands around it; one that may not is no subject.
pub fn may_count(change: &EntityChange) -> bool {
    // What a request concerns is touched as well.
    change.kind.family == "change" || runs(change.kind) && !runs_as_before(change)
}

/// The label by which what has no field for it says where it runs.
const ENVIRONMENT: &str = "environment";

fn has(value: &Located, key: &str) -> bool {
    match &value.value {
        Value::Map(fields) => fields.iter().any(|(name, _)| name == key),
        _ => false,
    }
}

/// Finds what counts in a change.
pub fn subjects(set: &ChangeSet, base: &Side<'_>, merged: &Side<'_>) -> Subjects {
    let created: BTreeSet<&str> = set
        .entities
        .iter()
        .filter(|one| one.action == Action::Create)
        .map(|one| one.reference.as_str())
        .collect();
    let renamed: BTreeMap<&str, &str> = set
        .entities
        .iter()
        .filter_map(|one| Some((one.former.as_deref()?, one.reference.as_str())))
        .collect();
    let new = new_needs(set, base, merged, &renamed);
    let used = used(&new, &created);
    let mut found = Found { all: BTreeMap::new(), rest: Subjects::default() };
    for change in &set.entities {
        found.change(change, used.get(change.reference.as_str()));
    }
    let counts = |name: &str| !created.contains(name) || used.contains_key(name);
    for file in &set.files {
        for name in file.entities.iter().filter(|name| counts(name)) {
            let name = renamed.get(name.as_str()).copied().unwrap_or(name);
            let kind = kind_of(merged, name).or_else(|| kind_of(base, name));
            let Some(kind) = kind.filter(|kind| runs(kind)) else { continue };
            found.touch(name, None, kind, Touch::Source { path: file.changed.path.clone() });
        }
    }
    for ((needer, needed), relation) in &new {
        if created.contains(needed.as_str()) || !counts(needer) {
            continue;
        }
        let Some(kind) = kind_of(merged, needed).filter(|kind| runs(kind)) else { continue };
        let touch = Touch::NewlyNeeded { by: needer.clone(), relation };
        found.touch(needed, None, kind, touch);
    }
    found.finish()
}

struct Found {
    all: BTreeMap<String, Subject>,
    rest: Subjects,
}

impl Found {
    fn change(&mut self, change: &EntityChange, used_by: Option<&(String, &'static str)>) {
        let name = change.reference.clone();
        let touch = match (change.action, used_by) {
            _ if !runs(change.kind) => return self.rest.paper.push(name),
            _ if is_cosmetic(change) => return self.rest.cosmetic.push(name),
            _ if runs_as_before(change) => return self.rest.marked.push(name),
            (Action::Create, None) => return self.rest.unused.push(name),
            (Action::Create, Some((by, relation))) => Touch::Used { by: by.clone(), relation },
            (Action::Update, _) => Touch::Updated,
            (Action::Delete, _) => Touch::Deleted,
        };
        self.touch(&name, change.former.clone(), change.kind, touch);
    }

    fn touch(&mut self, name: &str, former: Option<String>, kind: &Kind, touch: Touch) {
        let subject = self.all.entry(name.to_owned()).or_insert_with(|| Subject {
            entity: name.to_owned(),
            former: None,
            kind: kind.name,
            because: Vec::new(),
        });
        subject.former = subject.former.take().or(former);
        subject.because.push(touch);
    }

    fn finish(self) -> Subjects {
        let mut result = self.rest;
        for list in
            [&mut result.unused, &mut result.cosmetic, &mut result.marked, &mut result.paper]
        {
            list.sort();
            list.dedup();
        }
        result.all = self.all.into_values().collect();
        for subject in &mut result.all {
            subject.because.sort();
            subject.because.dedup();
        }
        result
    }
}

fn kind_of(side: &Side<'_>, name: &str) -> Option<&'static Kind> {
    Some(side.catalog.entity(side.find(name)?).kind)
}

/// Needs between entities that run, which are there after the change and were not before, each with
/// the relation that says so.
fn new_needs(
    set: &ChangeSet,
    base: &Side<'_>,
    merged: &Side<'_>,
    renamed: &BTreeMap<&str, &str>,
) -> BTreeMap<Need, &'static str> {
    let mut new = BTreeMap::new();
    for change in set.entities.iter().filter(|one| one.action != Action::Delete) {
        if !runs(change.kind) || is_cosmetic(change) {
            continue;
        }
        let before = change.former.as_deref().unwrap_or(&change.reference);
        let known = all_needs(base, before);
        let today =
            |name: &String| (*renamed.get(name.as_str()).unwrap_or(&name.as_str())).to_owned();
        let known: BTreeSet<Need> =
            known.into_keys().map(|(needer, needed)| (today(&needer), today(&needed))).collect();
        let after = all_needs(merged, &change.reference);
        new.extend(after.into_iter().filter(|(need, _)| !known.contains(need)));
    }
    new
}

/// What an entity needs and what needs it.
fn all_needs(side: &Side<'_>, name: &str) -> BTreeMap<Need, &'static str> {
    let Some(id) = side.find(name) else { return BTreeMap::new() };
    let mut all = BTreeMap::new();
    for forward in [true, false] {
        for (other, relation) in needs(side.catalog, side.graph, id, forward) {
            // To join a cluster adds to what it can lose, and makes it need nothing more.
            let joins = relation.impact == crate::model::Impact::BelowQuorum;
            if joins || !runs(side.catalog.entity(other).kind) {
                continue;
            }
            let (own, other) = (name.to_owned(), side.name(other).to_owned());
            let need = if forward { (own, other) } else { (other, own) };
            all.entry(need).or_insert(relation.name);
        }
    }
    all
}

/// What is new and used, directly or through others that are new, by something that was there; each
/// with what needs it.
fn used(
    new: &BTreeMap<Need, &'static str>,
    created: &BTreeSet<&str>,
) -> BTreeMap<String, (String, &'static str)> {
    let mut needs_of: BTreeMap<&str, Vec<(&str, &'static str)>> = BTreeMap::new();
    let mut open: Vec<&str> = Vec::new();
    for ((needer, needed), relation) in new {
        if created.contains(needed.as_str()) {
            needs_of.entry(needer).or_default().push((needed, relation));
        }
        if !created.contains(needer.as_str()) {
            open.push(needer);
        }
    }
    open.dedup();
    let mut used: BTreeMap<String, (String, &'static str)> = BTreeMap::new();
    let mut at = 0;
    while let Some(needer) = open.get(at).copied() {
        at += 1;
        for (needed, relation) in needs_of.remove(needer).unwrap_or_default() {
            if !used.contains_key(needed) {
                used.insert(needed.to_owned(), (needer.to_owned(), relation));
                open.push(needed);
            }
        }
    }
    used
}
