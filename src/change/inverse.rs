//! The change set that takes another one back, and what a change set makes of a value.

use super::set::{Action, ChangeSet, EntityChange, FieldEdit, IgnoreChange, ItemEdit};
use super::value::{Located, Value};
use crate::git::ChangedPath;
use crate::yaml::Pointer;

impl ChangeSet {
    /// The change set that takes this one back. The inverse of the inverse is the set itself.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let mut entities: Vec<EntityChange> = self.entities.iter().map(inverse).collect();
        entities.sort_by(|a, b| a.reference.cmp(&b.reference));
        let files = self.files.iter().map(|file| {
            let ChangedPath { path, before, after } = file.changed.clone();
            let changed = ChangedPath { path, before: after, after: before };
            super::FileChange { changed, ..file.clone() }
        });
        let today = |name: &str| {
            let renamed = self.entities.iter().find(|one| one.reference == name);
            renamed.and_then(|one| one.former.clone()).unwrap_or_else(|| name.to_owned())
        };
        let ignores = self.ignores.iter().map(|one| IgnoreChange {
            reference: today(&one.reference),
            before: one.after,
            after: one.before,
            ..one.clone()
        });
        let mut ignores: Vec<IgnoreChange> = ignores.collect();
        ignores.sort_by(|a, b| (&a.reference, &a.pointer).cmp(&(&b.reference, &b.pointer)));
        Self { entities, files: files.collect(), ignores, doubts: self.doubts.clone() }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty() && self.files.is_empty() && self.ignores.is_empty()
    }
}

fn inverse(entity: &EntityChange) -> EntityChange {
    let edits = entity.edits.iter().map(|edit| FieldEdit {
        pointer: edit.pointer.clone(),
        before: edit.after.clone(),
        after: edit.before.clone(),
        class: edit.class,
        items: edit
            .items
            .iter()
            .map(|item| ItemEdit {
                pointer: item.pointer.clone(),
                before: item.after.clone(),
                after: item.before.clone(),
                class: item.class,
            })
            .collect(),
    });
    let mut turned = EntityChange {
        reference: entity.former.clone().unwrap_or_else(|| entity.reference.clone()),
        former: entity.former.as_ref().map(|_| entity.reference.clone()),
        kind: entity.kind,
        action: match entity.action {
            Action::Create => Action::Delete,
            Action::Update => Action::Update,
            Action::Delete => Action::Create,
        },
        before: entity.after.clone(),
        after: entity.before.clone(),
        edits: edits.collect(),
        class: entity.class,
    };
    turned.reclassify();
    turned
}

/// Why a value cannot be edited as a change set says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The field.
    pub pointer: Pointer,
    /// What it should hold; nothing if it should not be there.
    pub expected: Option<Located>,
    /// What it holds.
    pub found: Option<Located>,
}

/// Makes the edits of an entity to its value: `patch(diff(a, b), a) = b`.
///
/// # Errors
///
/// The fields that do not hold what they should hold before: all of them.
pub fn patch(
    value: Option<Located>,
    change: &EntityChange,
) -> Result<Option<Located>, Vec<Obstacle>> {
    let written = |edit: &&FieldEdit| !edit.pointer.as_str().starts_with('#');
    let mut obstacles = Vec::new();
    for edit in change.edits.iter().filter(written) {
        let found = value.as_ref().and_then(|value| leaf(value, &edit.pointer));
        if found != edit.before.as_ref() {
            obstacles.push(Obstacle {
                pointer: edit.pointer.clone(),
                expected: edit.before.clone(),
                found: found.cloned(),
            });
        }
    }
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    let mut whole = value.unwrap_or_else(|| Value::Map(Vec::new()).into());
    // What goes makes room first: a mapping may come where a scalar was.
    for edit in change.edits.iter().filter(written).filter(|edit| edit.after.is_none()) {
        remove(&mut whole, &edit.pointer.tokens().collect::<Vec<_>>());
    }
    for edit in change.edits.iter().filter(written) {
        if let Some(after) = &edit.after {
            set(&mut whole, &edit.pointer.tokens().collect::<Vec<_>>(), after);
        }
    }
    Ok((change.action != Action::Delete).then_some(whole))
}

/// The leaf at a pointer: what a mapping holds is no leaf, unless it is empty.
pub(super) fn leaf<'v>(whole: &'v Located, pointer: &Pointer) -> Option<&'v Located> {
    let found = pointer.tokens().try_fold(whole, |value, token| value.value.get(&token))?;
    found.value.fields().is_empty().then_some(found)
}

/// Takes a field away, and the mappings that it leaves empty.
pub(super) fn remove(whole: &mut Located, path: &[String]) {
    let Value::Map(fields) = &mut whole.value else { return };
    let Some((first, rest)) = path.split_first() else { return };
    let Some(at) = fields.iter().position(|(key, _)| key == first) else { return };
    if !rest.is_empty() {
        remove(&mut fields[at].1, rest);
    }
    let left_empty = matches!(&fields[at].1.value, Value::Map(inner) if inner.is_empty());
    if rest.is_empty() || left_empty {
        fields.remove(at);
    }
}

/// Gives a field a value.
pub(super) fn set(whole: &mut Located, path: &[String], value: &Located) {
    let Some((first, rest)) = path.split_first() else {
        *whole = value.clone();
        return;
    };
    if !matches!(whole.value, Value::Map(_)) {
        whole.value = Value::Map(Vec::new());
    }
    let Value::Map(fields) = &mut whole.value else { return };
    let at = fields.iter().position(|(key, _)| key == first).unwrap_or_else(|| {
        fields.push((first.clone(), Value::Map(Vec::new()).into()));
        fields.len() - 1
    });
    set(&mut fields[at].1, rest, value);
}
