//! The fields in which two values of an entity differ.

use std::collections::{BTreeMap, BTreeSet};

use super::set::{FieldEdit, ItemEdit};
use super::value::{Located, Value};
use crate::model::FieldClass;
use crate::yaml::{ITEM_NAMES, Pointer};

/// Further fields by which items are known that have none of the names that fingerprints use.
const MORE_NAMES: &[&str] = &["path", "key", "metric", "summary", "start", "label"];

/// The leaves of a value, in the order in which they are written: scalars, empty mappings and whole
/// lists (FORMATS.md, `changeset/1`).
pub(super) fn leaves(whole: &Located) -> Vec<(Pointer, &Located)> {
    fn add<'v>(value: &'v Located, pointer: Pointer, found: &mut Vec<(Pointer, &'v Located)>) {
        match &value.value {
            Value::Map(fields) if !fields.is_empty() => {
                for (key, value) in fields {
                    add(value, pointer.join(key), found);
                }
            }
            _ => found.push((pointer, value)),
        }
    }
    let mut found = Vec::new();
    add(whole, Pointer::root(), &mut found);
    found
}

/// What the edit of a field or an item means, by its pointer and its values.
pub(super) type ClassOf<'c> =
    dyn Fn(&Pointer, Option<&Located>, Option<&Located>) -> FieldClass + 'c;

/// The fields that differ, in the order of the text after; what is gone stands where it stood.
pub(super) fn compare(
    before: Option<&Located>,
    after: Option<&Located>,
    class: &ClassOf<'_>,
) -> Vec<FieldEdit> {
    let (before, after) = (before.map(leaves), after.map(leaves));
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    let old: BTreeMap<&Pointer, &Located> = before.iter().map(|(at, one)| (at, *one)).collect();
    let new: BTreeMap<&Pointer, &Located> = after.iter().map(|(at, one)| (at, *one)).collect();
    in_order(&before, &after)
        .into_iter()
        .filter_map(|pointer| {
            let (before, after) = (old.get(pointer).copied(), new.get(pointer).copied());
            (before != after).then(|| edit(pointer, before, after, class))
        })
        .collect()
}

/// All pointers of both sides: those of after in their order, each of before only behind the one
/// that it followed.
fn in_order<'p>(
    before: &'p [(Pointer, &Located)],
    after: &'p [(Pointer, &Located)],
) -> Vec<&'p Pointer> {
    let stays: BTreeSet<&Pointer> = after.iter().map(|(pointer, _)| pointer).collect();
    let mut behind: BTreeMap<Option<&Pointer>, Vec<&Pointer>> = BTreeMap::new();
    let mut last = None;
    for (pointer, _) in before {
        match stays.contains(pointer) {
            true => last = Some(pointer),
            false => behind.entry(last).or_default().push(pointer),
        }
    }
    let mut all = behind.remove(&None).unwrap_or_default();
    for (pointer, _) in after {
        all.push(pointer);
        all.extend(behind.remove(&Some(pointer)).into_iter().flatten());
    }
    all
}

fn edit(
    pointer: &Pointer,
    before: Option<&Located>,
    after: Option<&Located>,
    class: &ClassOf<'_>,
) -> FieldEdit {
    let mut items = Vec::new();
    if let (Some(before), Some(after)) = (before, after) {
        within(pointer, before, after, class, &mut items);
    }
    let own = class(pointer, before, after);
    // Of a list whose items are told apart, it is the items that say how grave it is.
    let gravest = items.iter().map(|item| item.class).max();
    FieldEdit {
        pointer: pointer.clone(),
        before: before.cloned(),
        after: after.cloned(),
        class: gravest.unwrap_or(own),
        items,
    }
}

/// What differs inside of a list, if its items can be told apart.
fn within(
    pointer: &Pointer,
    before: &Located,
    after: &Located,
    class: &ClassOf<'_>,
    found: &mut Vec<ItemEdit>,
) {
    let (Value::Seq(old), Value::Seq(new)) = (&before.value, &after.value) else { return };
    let (Some(old), Some(new)) = (named(old), named(new)) else { return };
    let told = |name: &str, before: Option<&Located>, after: Option<&Located>| {
        let pointer = pointer.join(name);
        let class = class(&pointer, before, after);
        ItemEdit { pointer, before: before.cloned(), after: after.cloned(), class }
    };
    let former: BTreeMap<&str, &Located> = old.iter().map(|(name, one)| (&**name, *one)).collect();
    let later: BTreeSet<&str> = new.iter().map(|(name, _)| &**name).collect();
    let gone = old.iter().filter(|(name, _)| !later.contains(&**name));
    found.extend(gone.map(|(name, item)| told(name, Some(item), None)));
    for (name, item) in &new {
        match former.get(&**name) {
            None => found.push(told(name, None, Some(item))),
            Some(known) if known == item => {}
            Some(known) => {
                let fields = compare(Some(known), Some(item), &|at, before, after| {
                    class(&under(pointer, name, at), before, after)
                });
                found.extend(fields.into_iter().flat_map(|one| below(pointer, name, one)));
            }
        }
    }
    let stay = |all: &[(String, &Located)], other: &dyn Fn(&str) -> bool| -> Vec<String> {
        all.iter().map(|(name, _)| name.clone()).filter(|name| other(name)).collect()
    };
    let (old_order, new_order) =
        (stay(&old, &|name| later.contains(name)), stay(&new, &|name| former.contains_key(name)));
    if old_order != new_order {
        let class = class(pointer, Some(before), Some(after));
        let (before, after) = (Some(before.clone()), Some(after.clone()));
        found.push(ItemEdit { pointer: pointer.clone(), before, after, class });
    }
}

fn under(list: &Pointer, name: &str, inside: &Pointer) -> Pointer {
    Pointer::from_text(format!("{}{inside}", list.join(name)))
}

/// The edit of an item's field, or of what differs inside of a list in it, as edits of the list.
fn below(list: &Pointer, name: &str, edit: FieldEdit) -> Vec<ItemEdit> {
    if edit.items.is_empty() {
        let pointer = under(list, name, &edit.pointer);
        let FieldEdit { before, after, class, .. } = edit;
        return vec![ItemEdit { pointer, before, after, class }];
    }
    let inner = edit.items.into_iter();
    inner.map(|item| ItemEdit { pointer: under(list, name, &item.pointer), ..item }).collect()
}

/// The items of a list with their names, in brackets; the second of a name has its number. Nothing
/// if an item has no name.
pub(super) fn named(items: &[Located]) -> Option<Vec<(String, &Located)>> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let name = |item| {
        let name = name_of(item)?;
        let count = seen.entry(name).or_default();
        *count += 1;
        let text = match *count {
            1 => format!("[{name}]"),
            count => format!("[{name}#{}]", count - 1),
        };
        Some((text, item))
    };
    items.iter().map(name).collect()
}

fn name_of(item: &Located) -> Option<&str> {
    match &item.value {
        Value::Str(text) | Value::Int(text) | Value::Float(text) => Some(text),
        Value::Map(_) => {
            let mut names = ITEM_NAMES.iter().chain(MORE_NAMES);
            names.find_map(|key| item.value.get(key)?.value.as_str())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::value::Reading;
    use crate::source::{File, Source};
    use crate::yaml::{Limits, parse};

    fn read(text: &str) -> Located {
        let source = Source::new(File::local("a.yaml"), text.to_owned());
        let stream = parse(&source, &Limits::default());
        let mut reading = Reading { source: &source, doubts: &mut Vec::new() };
        reading.value(stream.arena.node(stream.documents[0]))
    }

    fn edits(before: &str, after: &str) -> Vec<String> {
        let (before, after) = (read(before), read(after));
        let shown = |value: &Option<Located>| {
            value.as_ref().map_or("-".to_owned(), |one| one.value.to_json().to_string())
        };
        let edits = compare(Some(&before), Some(&after), &|_, _, _| FieldClass::Operational);
        let tell = |edit: &FieldEdit| match edit.items.is_empty() {
            true => {
                vec![format!("{} {} {}", edit.pointer, shown(&edit.before), shown(&edit.after))]
            }
            false => edit
                .items
                .iter()
                .map(|one| format!("{} {} {}", one.pointer, shown(&one.before), shown(&one.after)))
                .collect(),
        };
        edits.iter().flat_map(tell).collect()
    }

    #[test]
    fn fields_differ_down_to_their_leaves() {
        assert_eq!(
            edits("{a: 1, b: {c: 2, d: 3}}", "{b: {d: 3, c: '2'}, a: 0x1}"),
            ["/b/c 2 \"2\""]
        );
        assert_eq!(edits("{a: {b: 1}}", "{a: {}}"), ["/a/b 1 -", "/a - {}"]);
        assert_eq!(edits("{a: 1}", "{a: {b: 1}}"), ["/a 1 -", "/a/b - 1"]);
    }

    #[test]
    fn items_go_by_their_identity() {
        assert_eq!(
            edits("{steps: [{id: a, run: x}, {id: b, run: y}]}", "{steps: [{id: b, run: z}]}"),
            ["/steps/[a] {\"id\":\"a\",\"run\":\"x\"} -", "/steps/[b]/run \"y\" \"z\""]
        );
        assert_eq!(edits("{l: [a, b]}", "{l: [c, a, b]}"), ["/l/[c] - \"c\""]);
        assert_eq!(edits("{l: [a, b]}", "{l: [b, a]}"), [r#"/l ["a","b"] ["b","a"]"#]);
        assert_eq!(edits("{l: [a, a]}", "{l: [a]}"), ["/l/[a#1] \"a\" -"]);
    }

    #[test]
    fn a_list_whose_items_have_no_names_differs_as_a_whole() {
        assert_eq!(edits("{l: [[1], [2]]}", "{l: [[1]]}"), ["/l [[1],[2]] [[1]]"]);
    }

    #[test]
    fn what_is_gone_stands_where_it_stood() {
        assert_eq!(edits("{a: 1, b: 2, c: 3}", "{c: 4, a: 5}"), ["/c 3 4", "/a 1 5", "/b 2 -"]);
    }
}
