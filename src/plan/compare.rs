//! What is to be done: what the catalog wants, what was left there last, and what is there now, field
//! by field.
//!
//! A field that the target holds as gitsm left it is changed as the catalog says. One that holds
//! something else was changed by somebody: that is [`Drift`], told, and left alone unless an operator
//! says otherwise. What gitsm did not make is never touched.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::mark::{Mark, digest};
use super::object::{Fields, Object, ObjectId, Observed, same};
use super::step::{Action, Copied, Drift, DriftedField, FieldChange, Reason, Step};
use super::there::There;

/// What nobody knows whether the catalog wants it, because a part of it could not be said.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Anything.
    pub all: bool,
    /// The objects of these kinds.
    pub kinds: BTreeSet<String>,
    /// What is made of these entities, by all names that they had.
    pub entities: BTreeSet<String>,
}

impl Unknown {
    /// Whether an object that is made of an entity is a part of it.
    pub fn covers(&self, id: &ObjectId, entity: &str) -> bool {
        self.all || self.kinds.contains(&id.kind) || self.entities.contains(entity)
    }

    /// Whether all is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is compared.
pub struct Inputs<'a> {
    /// The target as marks name it.
    pub target: &'a str,
    /// The commit of the catalog.
    pub commit: &'a str,
    /// What the catalog wants.
    pub desired: &'a [Object],
    /// What is there.
    pub observed: &'a [Observed],
    /// What is not known to be wanted or not: what is there of it stays.
    pub unknown: &'a Unknown,
    /// Whether an entity is in the catalog, by its canonical reference.
    pub has: &'a dyn Fn(&str) -> bool,
    /// Whether what somebody else changed is put right.
    pub take_drift: bool,
    /// What somebody else may have changed and stays as it is: entities, each with the name of a field in
    /// lower case, or [`MISSING`] for the object itself.
    pub accepted: &'a BTreeSet<(String, String)>,
    /// The objects that are taken over although gitsm did not make them.
    pub adopt: &'a BTreeSet<ObjectId>,
}

/// What stands for the whole object where the name of a field is expected.
pub const MISSING: &str = "missing";

impl Inputs<'_> {
    /// Whether a difference that somebody else made is put right.
    fn takes(&self, object: &Object, field: &str) -> bool {
        self.take_drift && !self.accepts(object, field)
    }

    /// Whether one that nobody accepts is left as it is.
    fn leaves(&self, object: &Object, field: &str) -> bool {
        !self.take_drift && !self.accepts(object, field)
    }

    fn accepts(&self, object: &Object, field: &str) -> bool {
        self.accepted.contains(&(object.entity.clone(), field.to_ascii_lowercase()))
    }
}

/// What is to be done, and what is not.
#[derive(Debug, Default)]
pub struct Compared {
    /// What is to be done, by action, kind and name.
    pub steps: Vec<Step>,
    /// What somebody else changed.
    pub drifts: Vec<Drift>,
    /// What the catalog wants under a name that somebody else's object has, with whose it is: a target
    /// as marks name it, or nobody's.
    pub foreign: Vec<(ObjectId, Option<String>)>,
    /// What carries the mark of another object, and is left alone.
    pub copies: Vec<Copied>,
    /// What of several that carry one mark is the object that gitsm made, nobody can say: what the mark
    /// calls it, and their handles.
    pub alike: Vec<(ObjectId, Vec<String>)>,
    /// How many objects there are as they should be.
    pub unchanged: usize,
    /// How many objects there are of which it is not known what the catalog wants.
    pub unknown: usize,
    /// How many objects there are that gitsm made.
    pub own: usize,
}

/// Compares.
pub fn compare(inputs: &Inputs<'_>) -> Compared {
    let mut there = There::of(inputs);
    let mut compared = Compared {
        own: there.own.len() + there.alike.len(),
        copies: std::mem::take(&mut there.copies),
        alike: std::mem::take(&mut there.alike),
        ..Compared::default()
    };
    let mut desired: Vec<&Object> = inputs.desired.iter().collect();
    desired.sort_by(|a, b| a.id.cmp(&b.id));
    let wanted: BTreeSet<&ObjectId> = desired.iter().map(|object| &object.id).collect();
    let mut pairs = Vec::new();
    let mut rest = Vec::new();
    for object in desired {
        match there.own.remove(&object.id) {
            Some(own) => pairs.push((object, own)),
            None if compared.alike.iter().any(|(id, _)| *id == object.id) => {}
            None => rest.push(object),
        }
    }
    let mut absent = Vec::new();
    for object in rest {
        match there.renamed(object, &wanted) {
            Some(own) => pairs.push((object, own)),
            None => absent.push(object),
        }
    }
    for (object, own) in pairs {
        meet(inputs, object, own, &mut compared);
    }
    for object in absent {
        match there.others.get(&object.id) {
            Some(other) if inputs.adopt.contains(&object.id) => {
                take_over(inputs, object, other, &mut compared);
            }
            Some(other) => {
                // What has a copy of this target's mark is nobody's.
                let mark = other.mark.as_ref().filter(|mark| mark.target != inputs.target);
                let whose = mark.map(|mark| mark.target.clone());
                compared.foreign.push((object.id.clone(), whose));
            }
            None => compared.steps.push(create(inputs, object, None, Reason::New)),
        }
    }
    for own in there.own.into_values() {
        let Some(mark) = &own.mark else { continue };
        if inputs.unknown.covers(&mark.id, &mark.entity) {
            compared.unknown += 1;
            continue;
        }
        compared.steps.push(delete(inputs, own, mark));
    }
    compared.steps.sort_by(|a, b| (a.action, &a.id).cmp(&(b.action, &b.id)));
    compared
}

fn meet(inputs: &Inputs<'_>, object: &Object, own: &Observed, compared: &mut Compared) {
    let Some(mark) = &own.mark else { return };
    let Some(fields) = &own.fields else {
        if mark.pending {
            compared.steps.push(create(inputs, object, Some(own), Reason::Unfinished));
            return;
        }
        let wanted =
            Mark::of(inputs.target, &object.id, &object.entity, inputs.commit, &object.fields);
        compared.drifts.push(Drift {
            id: object.id.clone(),
            entity: object.entity.clone(),
            commit: mark.commit.clone(),
            is_missing: true,
            is_conflict: wanted.fields != mark.fields && inputs.leaves(object, MISSING),
            fields: Vec::new(),
        });
        if inputs.takes(object, MISSING) {
            compared.steps.push(create(inputs, object, Some(own), Reason::PutRight));
        }
        return;
    };
    let drifted = drifted(object, mark, fields);
    let is_drifted = |name: &str| drifted.iter().any(|one| one.name == name);
    let changes: Vec<FieldChange> = differing(object, mark, fields)
        .into_iter()
        .filter(|one| !is_drifted(&one.name) || inputs.takes(object, &one.name))
        .collect();
    let is_put_right = changes.iter().any(|one| is_drifted(&one.name));
    let mut left =
        Mark::of(inputs.target, &object.id, &object.entity, inputs.commit, &object.fields);
    // What somebody else changed and is left so stays known as changed.
    for one in drifted.iter().filter(|one| !inputs.takes(object, &one.name)) {
        match mark.fields.get(&one.name) {
            Some(digest) => left.fields.insert(one.name.clone(), digest.clone()),
            None => left.fields.remove(&one.name),
        };
    }
    let is_renamed = mark.id != object.id;
    let reason = match () {
        () if is_renamed => Reason::Renamed,
        () if mark.pending => Reason::Unfinished,
        () if is_put_right => Reason::PutRight,
        () if !changes.is_empty() => Reason::Changed,
        () if left.fields != mark.fields || left.entity != mark.entity => Reason::Agreed,
        () => Reason::Nothing,
    };
    let is_whole = drifted.is_empty();
    if !is_whole {
        compared.drifts.push(Drift {
            id: object.id.clone(),
            entity: object.entity.clone(),
            commit: mark.commit.clone(),
            is_missing: false,
            is_conflict: drifted
                .iter()
                .any(|one| one.is_also_changed && inputs.leaves(object, &one.name)),
            fields: drifted,
        });
    }
    if reason == Reason::Nothing {
        compared.unchanged += usize::from(is_whole);
        return;
    }
    compared.steps.push(Step {
        action: Action::Update,
        id: object.id.clone(),
        from: is_renamed.then(|| mark.id.clone()),
        entity: object.entity.clone(),
        reason,
        last: Some(mark.commit.clone()),
        changes,
        object: Some(object.clone()),
        observed: Some(own.clone()),
        mark: Some(left),
        wave: 0,
    });
}

/// The fields that are otherwise than the catalog wants them; those that it does not set any more
/// become `null`.
fn differing(object: &Object, mark: &Mark, fields: &Fields) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for (name, after) in &object.fields {
        let before = fields.get(name);
        if before.is_some_and(|before| same(before, after)) {
            continue;
        }
        changes.push(FieldChange {
            name: name.clone(),
            before: before.cloned(),
            after: Some(after.clone()),
            is_sensitive: object.hides(name),
            hidden: object.hides_within(name),
        });
    }
    let gone = mark.fields.keys().filter(|name| !object.fields.contains_key(*name));
    for name in gone {
        let Some(before) = fields.get(name).filter(|value| !value.is_null()) else { continue };
        changes.push(FieldChange {
            name: name.clone(),
            before: Some(before.clone()),
            after: None,
            is_sensitive: object.hides(name),
            hidden: object.hides_within(name),
        });
    }
    changes
}

/// The fields that hold neither what was left in them nor what the catalog wants.
fn drifted(object: &Object, mark: &Mark, fields: &Fields) -> Vec<DriftedField> {
    let mut drifted = Vec::new();
    for (name, left) in &mark.fields {
        let (observed, desired) = (fields.get(name), object.fields.get(name));
        let is_left = observed.is_some_and(|value| {
            let now = digest(value);
            now == *left || mark.before.get(name) == Some(&now)
        });
        let is_wanted = match (observed, desired) {
            (Some(observed), Some(desired)) => same(observed, desired),
            (None | Some(Value::Null), None) => true,
            _ => false,
        };
        let was_absent = observed.is_none() && mark.pending && !mark.before.contains_key(name);
        if is_left || is_wanted || was_absent {
            continue;
        }
        drifted.push(DriftedField {
            name: name.clone(),
            wanted: desired.cloned(),
            found: observed.cloned(),
            is_also_changed: desired.is_none_or(|desired| digest(desired) != *left),
            is_sensitive: object.hides(name),
            hidden: object.hides_within(name),
        });
    }
    drifted
}

fn create(inputs: &Inputs<'_>, object: &Object, own: Option<&Observed>, reason: Reason) -> Step {
    let set = |(name, value): (&String, &Value)| FieldChange {
        name: name.clone(),
        before: None,
        after: Some(value.clone()),
        is_sensitive: object.hides(name),
        hidden: object.hides_within(name),
    };
    Step {
        action: Action::Create,
        id: object.id.clone(),
        from: None,
        entity: object.entity.clone(),
        reason,
        last: own.and_then(|own| own.mark.as_ref()).map(|mark| mark.commit.clone()),
        changes: object.fields.iter().map(set).collect(),
        object: Some(object.clone()),
        observed: own.cloned(),
        mark: Some(Mark::of(
            inputs.target,
            &object.id,
            &object.entity,
            inputs.commit,
            &object.fields,
        )),
        wave: 0,
    }
}

/// Takes an object over as it is: what the catalog wants otherwise is a difference from then on, which
/// the next plan shows.
fn take_over(inputs: &Inputs<'_>, object: &Object, other: &Observed, compared: &mut Compared) {
    let there = other.fields.iter().flatten();
    let there = there.filter(|(name, _)| object.fields.contains_key(*name));
    let there: Fields = there.map(|(name, value)| (name.clone(), value.clone())).collect();
    compared.steps.push(Step {
        action: Action::Adopt,
        id: object.id.clone(),
        from: None,
        entity: object.entity.clone(),
        reason: Reason::Adopted,
        last: None,
        changes: Vec::new(),
        object: Some(object.clone()),
        observed: Some(other.clone()),
        mark: Some(Mark::of(inputs.target, &object.id, &object.entity, inputs.commit, &there)),
        wave: 0,
    });
}

fn delete(inputs: &Inputs<'_>, own: &Observed, mark: &Mark) -> Step {
    let reason = match (&own.fields, (inputs.has)(&mark.entity)) {
        (None, _) => Reason::GoneAlready,
        (Some(_), true) => Reason::NotSelected,
        (Some(_), false) => Reason::NotWanted,
    };
    Step {
        action: Action::Delete,
        id: mark.id.clone(),
        from: None,
        entity: mark.entity.clone(),
        reason,
        last: Some(mark.commit.clone()),
        changes: Vec::new(),
        object: None,
        observed: Some(own.clone()),
        mark: None,
        wave: 0,
    }
}

/// SHA-256 of what was there, as far as it matters: whoever looks again and gets the same may do what was
/// planned.
pub fn observed_digest(inputs: &Inputs<'_>) -> String {
    let desired: BTreeMap<&ObjectId, &Object> =
        inputs.desired.iter().map(|object| (&object.id, object)).collect();
    let mut all: Vec<Value> = Vec::new();
    for one in inputs.observed {
        let own = one.mark.as_ref().filter(|mark| mark.target == inputs.target);
        let object = desired.get(own.map_or(&one.id, |mark| &mark.id));
        if own.is_none() && object.is_none() {
            continue;
        }
        let names = own.into_iter().flat_map(|mark| mark.fields.keys());
        let names = names.chain(object.into_iter().flat_map(|object| object.fields.keys()));
        let names: BTreeSet<&String> = names.collect();
        let fields = one.fields.as_ref();
        let values = names.into_iter().map(|name| {
            let value = fields.and_then(|fields| fields.get(name)).map(digest);
            serde_json::json!([name, value])
        });
        let values: Vec<Value> = values.collect();
        let mark = one.mark.as_ref().map(Mark::text);
        let is_there = one.fields.is_some();
        all.push(serde_json::json!([one.id, one.handle, mark, is_there, values]));
    }
    all.sort_by_cached_key(Value::to_string);
    super::document::sha256(&Value::Array(all))
}
