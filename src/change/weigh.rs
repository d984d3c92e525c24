//! What taking a change back would do to a catalog as it is now, and what stands in the way.
//!
//! Values decide: a field that still holds what the change made of it gets its former value; one
//! that holds that already is left alone; anything else is a later edit, and a hindrance.

use std::collections::{BTreeMap, BTreeSet};

use super::Side;
use super::between::Whole;
use super::fields::{compare, leaves};
use super::inverse::{leaf, remove, set};
use super::items::one_by_one;
use super::set::{Action, ChangeSet, EntityChange, FieldEdit, Standing};
use super::value::{Located, Value};
use crate::model::FieldClass;
use crate::yaml::Pointer;

/// Something that stands in the way of taking a change back.
#[derive(Debug, Clone, PartialEq)]
pub struct Hindrance {
    /// The entity, by the name that it has now, or had.
    pub reference: String,
    /// The field, or the item of a list; all of the entity without it.
    pub pointer: Option<Pointer>,
    /// What is wrong.
    pub why: Why,
    /// What the change made of it.
    pub expected: Option<Located>,
    /// What is there.
    pub found: Option<Located>,
    /// What it would get back.
    pub back: Option<Located>,
    /// Where the entity's document stands now.
    pub standing: Option<Standing>,
}

/// Why something cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It was edited since.
    Later,
    /// It is gone.
    Gone,
    /// It has yet another name now.
    Renamed(String),
    /// Its former name, or its place, is that of something else now.
    Taken,
    /// It cannot be compared.
    Unclear(String),
}

/// An entity that is to be as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Its canonical reference now; nothing if it comes back.
    pub name: Option<String>,
    /// Its canonical reference then; nothing if it goes.
    pub back: Option<String>,
    /// What it is to be; nothing if it goes.
    pub value: Option<Located>,
    /// The fields that differ from now, and what they are to hold.
    pub fields: Vec<(Pointer, Option<Located>)>,
    /// Where it stood before the change.
    pub was: Option<Standing>,
    /// Where it stood after it.
    pub became: Option<Standing>,
}

/// What can be taken back of a change, and what cannot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weighed {
    /// What is to be as it was.
    pub wanted: Vec<Wanted>,
    /// What is as it was: entities, and fields of them.
    pub already: Vec<(String, Option<Pointer>)>,
    /// What stands in the way.
    pub hindrances: Vec<Hindrance>,
}

/// What stands in the way of an inverse in a catalog as it is now.
pub fn hindrances(inverse: &ChangeSet, present: &Side<'_>) -> Vec<Hindrance> {
    weigh(inverse, present).hindrances
}

/// All that a catalog says of an entity.
pub fn value_of(side: &Side<'_>, name: &str) -> Option<Located> {
    Some(Whole::of(side, name, &mut Vec::new())?.value)
}

/// Holds an inverse against a catalog as it is now.
pub fn weigh(inverse: &ChangeSet, present: &Side<'_>) -> Weighed {
    let mut weighed = Weighed::default();
    let former = Former::of(present);
    for change in &inverse.entities {
        let mut one = One { change, present, former: &former, weighed: &mut weighed };
        match change.action {
            Action::Update => one.update(),
            Action::Create => one.come_back(),
            Action::Delete => one.go(),
        }
    }
    let doubts = inverse.doubts.iter().map(|doubt| Hindrance {
        reference: doubt.place.to_string(),
        pointer: None,
        why: Why::Unclear(doubt.message.clone()),
        expected: None,
        found: None,
        back: None,
        standing: None,
    });
    weighed.hindrances.extend(doubts);
    weighed
}

/// Who was called what, today.
struct Former(BTreeMap<String, String>);

impl Former {
    fn of(side: &Side<'_>) -> Self {
        let catalog = side.catalog;
        let names = catalog.entities().flat_map(|(_, entity)| {
            let today = catalog.canonical(entity);
            let names = entity.formerly().iter();
            names.map(move |name| (catalog.names.text(*name).to_owned(), today.to_owned()))
        });
        Self(names.collect())
    }
}

struct One<'w> {
    change: &'w EntityChange,
    present: &'w Side<'w>,
    former: &'w Former,
    weighed: &'w mut Weighed,
}

impl One<'_> {
    fn whole(&self, name: &str) -> Option<Whole> {
        Whole::of(self.present, name, &mut Vec::new())
    }

    fn hinder(&mut self, name: &str, why: Why, now: Option<&Whole>) {
        self.weighed.hindrances.push(Hindrance {
            reference: name.to_owned(),
            pointer: None,
            why,
            expected: None,
            found: None,
            back: None,
            standing: now.map(|now| now.standing.clone()),
        });
    }

    /// It is gone, or called something else.
    fn missing(&mut self, name: &str) {
        let today = self.former.0.get(name).filter(|today| *today != name).cloned();
        let why = today.map_or(Why::Gone, Why::Renamed);
        self.hinder(name, why, None);
    }

    fn update(&mut self) {
        let change = self.change;
        let then = &change.reference;
        let name = change.former.as_ref().unwrap_or(then);
        let renames = name != then;
        let back = if renames { self.whole(then) } else { None };
        let (name, now) = match (self.whole(name), &back) {
            (Some(now), None) => (name, now),
            (Some(now), Some(other)) => {
                self.hinder(then, Why::Taken, Some(other));
                (name, now)
            }
            (None, Some(_)) => match back {
                Some(now) => (then, now),
                None => return,
            },
            (None, None) => return self.missing(name),
        };
        let is_taken = renames && name != then && self.whole(then).is_some();
        let mut made = now.value.clone();
        let edits = change.edits.iter().filter(|edit| is_written(edit));
        let names = |edit: &FieldEdit| {
            let names = ["/metadata/name", "/metadata/namespace", "/metadata/formerly"];
            names.contains(&edit.pointer.as_str())
        };
        let edits: Vec<&FieldEdit> = edits.filter(|edit| !(is_taken && names(edit))).collect();
        let mut doable = Vec::new();
        for edit in edits {
            if let Some(value) = self.field(name, edit, &now) {
                doable.push((edit.pointer.clone(), value));
            }
        }
        apply(&mut made, &doable);
        self.keep_the_rest(name, &now, &mut made, &mut doable);
        let fields = differing(&now.value, &made);
        if fields.is_empty() {
            return;
        }
        let is_renamed = fields.iter().any(|(pointer, _)| {
            matches!(pointer.as_str(), "/metadata/name" | "/metadata/namespace")
        });
        self.weighed.wanted.push(Wanted {
            name: Some(name.clone()),
            back: Some(if is_renamed { then.clone() } else { name.clone() }),
            value: Some(made),
            fields,
            was: change.after.clone(),
            became: change.before.clone(),
        });
    }

    /// What a field is to hold, if it is to hold something else than now.
    fn field(&mut self, name: &str, edit: &FieldEdit, now: &Whole) -> Option<Option<Located>> {
        let found = leaf(&now.value, &edit.pointer);
        if found == edit.before.as_ref() {
            return Some(edit.after.clone());
        }
        if found == edit.after.as_ref() {
            self.weighed.already.push((name.to_owned(), Some(edit.pointer.clone())));
            return None;
        }
        if let Some(items) = found.and_then(|found| one_by_one(edit, found)) {
            let nothing = items.done == 0 && items.left.is_empty();
            if nothing {
                self.weighed.already.push((name.to_owned(), Some(edit.pointer.clone())));
            }
            for (pointer, expected, found, back) in items.left {
                self.later(name, &pointer, [expected, found, back], now);
            }
            return (items.done > 0).then_some(Some(items.list));
        }
        let values = [edit.before.clone(), found.cloned(), edit.after.clone()];
        self.later(name, &edit.pointer, values, now);
        None
    }

    fn later(&mut self, name: &str, at: &Pointer, values: [Option<Located>; 3], now: &Whole) {
        let [expected, found, back] = values;
        self.weighed.hindrances.push(Hindrance {
            reference: name.to_owned(),
            pointer: Some(at.clone()),
            why: Why::Later,
            expected,
            found,
            back,
            standing: Some(now.standing.clone()),
        });
    }

    /// A value that takes the place of a mapping must not take along what others put there.
    fn keep_the_rest(
        &mut self,
        name: &str,
        now: &Whole,
        made: &mut Located,
        doable: &mut Vec<(Pointer, Option<Located>)>,
    ) {
        let meant: BTreeSet<Pointer> = doable.iter().map(|(pointer, _)| pointer.clone()).collect();
        let lost: Vec<(Pointer, Located)> = leaves(&now.value)
            .into_iter()
            .filter(|(pointer, value)| {
                !meant.contains(pointer) && leaf(made, pointer) != Some(*value) && !is_bare(value)
            })
            .map(|(pointer, value)| (pointer, value.clone()))
            .collect();
        if lost.is_empty() {
            return;
        }
        for (pointer, value) in lost {
            doable.retain(|(other, _)| !other.covers(&pointer));
            self.later(name, &pointer, [None, Some(value), None], now);
        }
        *made = now.value.clone();
        apply(made, doable);
    }

    fn come_back(&mut self) {
        let change = self.change;
        let name = &change.reference;
        let mut value: Located = Value::Map(Vec::new()).into();
        for edit in change.edits.iter().filter(|edit| is_written(edit)) {
            if let Some(after) = &edit.after {
                set(&mut value, &edit.pointer.tokens().collect::<Vec<_>>(), after);
            }
        }
        match self.whole(name) {
            None => self.weighed.wanted.push(Wanted {
                name: None,
                back: Some(name.clone()),
                value: Some(value),
                fields: Vec::new(),
                was: change.after.clone(),
                became: None,
            }),
            Some(now) if now.value == value => self.weighed.already.push((name.clone(), None)),
            Some(now) => self.hinder(name, Why::Taken, Some(&now)),
        }
    }

    fn go(&mut self) {
        let change = self.change;
        let name = &change.reference;
        let Some(now) = self.whole(name) else {
            match self.former.0.get(name) {
                Some(_) => self.missing(name),
                None => self.weighed.already.push((name.clone(), None)),
            }
            return;
        };
        let made: BTreeMap<&Pointer, Option<&Located>> = change
            .edits
            .iter()
            .filter(|edit| is_written(edit))
            .map(|edit| (&edit.pointer, edit.before.as_ref()))
            .collect();
        let present = leaves(&now.value);
        let mut later = Vec::new();
        for (pointer, value) in &present {
            let expected = made.get(pointer).copied().flatten();
            if expected != Some(*value) {
                later.push((pointer.clone(), expected.cloned(), Some((*value).clone())));
            }
        }
        let there: BTreeSet<&Pointer> = present.iter().map(|(pointer, _)| pointer).collect();
        for (pointer, expected) in made.iter().filter(|(pointer, _)| !there.contains(*pointer)) {
            later.push(((*pointer).clone(), expected.cloned(), None));
        }
        if later.is_empty() {
            self.weighed.wanted.push(Wanted {
                name: Some(name.clone()),
                back: None,
                value: None,
                fields: Vec::new(),
                was: None,
                became: change.before.clone(),
            });
        }
        for (pointer, expected, found) in later {
            self.later(name, &pointer, [expected, found, None], &now);
        }
    }
}

fn is_written(edit: &FieldEdit) -> bool {
    !edit.pointer.as_str().starts_with('#')
}

fn is_bare(value: &Located) -> bool {
    matches!(&value.value, Value::Map(fields) if fields.is_empty())
}

/// Gives fields their values: what goes makes room first.
pub(super) fn apply(whole: &mut Located, fields: &[(Pointer, Option<Located>)]) {
    for (pointer, _) in fields.iter().filter(|(_, value)| value.is_none()) {
        remove(whole, &pointer.tokens().collect::<Vec<_>>());
    }
    for (pointer, value) in fields {
        if let Some(value) = value {
            set(whole, &pointer.tokens().collect::<Vec<_>>(), value);
        }
    }
}

/// The fields in which two values differ, and what they hold in the second.
fn differing(now: &Located, then: &Located) -> Vec<(Pointer, Option<Located>)> {
    let edits = compare(Some(now), Some(then), &|_, _, _| FieldClass::Operational);
    edits.into_iter().map(|edit| (edit.pointer, edit.after)).collect()
}
