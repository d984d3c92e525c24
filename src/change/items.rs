//! Items of lists by their identity: `/spec/steps/[drain]/timeout`.

use super::fields::named;
use super::set::FieldEdit;
use super::value::{Located, Value};
use crate::yaml::Pointer;

/// The most steps that are spent on items of one list that was edited since.
const MOST_STEPS: usize = 20_000_000;

/// What is left of an edit of a list when its items are taken one by one.
pub(super) struct Items {
    /// The list with everything done that could be.
    pub(super) list: Located,
    /// How many items were edited.
    pub(super) done: usize,
    /// What could not be done.
    pub(super) left: Vec<Left>,
}

/// An item, what it should hold before the edit, what it holds, and what it would get.
type Left = (Pointer, Option<Located>, Option<Located>, Option<Located>);

/// Makes the edits of a list's items in a list that is neither as before nor as after. Nothing, if
/// they cannot be told apart.
pub(super) fn one_by_one(edit: &FieldEdit, found: &Located) -> Option<Items> {
    let goal = edit.after.as_ref()?;
    let depth = edit.pointer.tokens().count();
    let size = found.value.items().len() + goal.value.items().len();
    if edit.items.is_empty() || size.saturating_mul(edit.items.len()) > MOST_STEPS {
        return None;
    }
    named(found.value.items())?;
    let mut made = Items { list: found.clone(), done: 0, left: Vec::new() };
    for item in &edit.items {
        let path: Vec<String> = item.pointer.tokens().skip(depth).collect();
        // The order of a list that others edited since is theirs.
        if path.is_empty() {
            continue;
        }
        let there = at(&made.list, &path).cloned();
        if there == item.after {
            continue;
        }
        if there != item.before {
            made.left.push((item.pointer.clone(), item.before.clone(), there, item.after.clone()));
            continue;
        }
        match &item.after {
            Some(value) => put(&mut made.list, &path, value, Some(goal)),
            None => take(&mut made.list, &path),
        }
        made.done += 1;
    }
    Some(made)
}

/// The value at a path of keys and names of items.
fn at<'v>(whole: &'v Located, path: &[String]) -> Option<&'v Located> {
    path.iter().try_fold(whole, |value, token| step(value, token))
}

fn step<'v>(value: &'v Located, token: &str) -> Option<&'v Located> {
    match &value.value {
        Value::Seq(items) => items.get(number(items, token)?),
        _ => value.value.get(token),
    }
}

fn number(items: &[Located], token: &str) -> Option<usize> {
    named(items)?.iter().position(|(name, _)| name == token)
}

fn take(whole: &mut Located, path: &[String]) {
    let Some((first, rest)) = path.split_first() else { return };
    match &mut whole.value {
        Value::Seq(items) => {
            let Some(number) = number(items, first) else { return };
            match rest.is_empty() {
                true => drop(items.remove(number)),
                false => take(&mut items[number], rest),
            }
        }
        Value::Map(fields) => {
            let Some(place) = fields.iter().position(|(key, _)| key == first) else { return };
            if !rest.is_empty() {
                take(&mut fields[place].1, rest);
            }
            let is_bare = matches!(&fields[place].1.value, Value::Map(all) if all.is_empty());
            if rest.is_empty() || is_bare {
                fields.remove(place);
            }
        }
        _ => {}
    }
}

/// Puts a value at a path; an item that is new comes behind the one that it follows in `goal`.
fn put(whole: &mut Located, path: &[String], value: &Located, goal: Option<&Located>) {
    let Some((first, rest)) = path.split_first() else {
        *whole = value.clone();
        return;
    };
    let inner = goal.and_then(|goal| step(goal, first));
    match &mut whole.value {
        Value::Seq(items) => match number(items, first) {
            Some(number) => put(&mut items[number], rest, value, inner),
            None if rest.is_empty() => {
                let place = place_of(items, first, goal);
                items.insert(place.min(items.len()), value.clone());
            }
            None => {}
        },
        Value::Map(fields) => {
            let place = fields.iter().position(|(key, _)| key == first).unwrap_or_else(|| {
                fields.push((first.clone(), Value::Map(Vec::new()).into()));
                fields.len() - 1
            });
            put(&mut fields[place].1, rest, value, inner);
        }
        _ => {}
    }
}

/// Where an item belongs: behind the nearest one before it in the list that it comes from.
fn place_of(items: &[Located], name: &str, goal: Option<&Located>) -> usize {
    let goal = goal.and_then(|goal| named(goal.value.items())).unwrap_or_default();
    let here = named(items).unwrap_or_default();
    let before = goal.iter().take_while(|(other, _)| other != name);
    let known = |(other, _): &(String, &Located)| here.iter().position(|(name, _)| name == other);
    match before.filter_map(known).last() {
        Some(number) => number + 1,
        None if goal.first().is_some_and(|(first, _)| first == name) => 0,
        None => items.len(),
    }
}
