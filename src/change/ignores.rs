//! Comments that silence findings, where they differ: an approval must not outlive one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Side;
use super::set::IgnoreChange;
use crate::catalog::Suppression;
use crate::source::Place;
use crate::yaml::{Node, Pointer};

/// What a comment says, and of what.
type Said = (String, Pointer, String, String);

/// The comments that do not stand on both sides equally often. `renamed` holds the former names of
/// entities by their new ones.
pub(super) fn compare(
    base: &Side<'_>,
    merged: &Side<'_>,
    touched: &BTreeSet<&str>,
    renamed: &BTreeMap<String, String>,
) -> Vec<IgnoreChange> {
    let today: BTreeMap<&str, &str> =
        renamed.iter().map(|(new, old)| (old.as_str(), new.as_str())).collect();
    let mut before = BTreeMap::new();
    for ((reference, pointer, code, reason), places) in collect(base, touched) {
        let reference =
            today.get(reference.as_str()).map_or(reference.clone(), |new| (*new).into());
        before.insert((reference, pointer, code, reason), places);
    }
    let after = collect(merged, touched);
    let all: BTreeSet<&Said> = before.keys().chain(after.keys()).collect();
    let change = |said: &Said| {
        let (old, new) = (before.get(said), after.get(said));
        let count = |places: Option<&Vec<Place>>| places.map_or(0, |places| places.len() as u32);
        let place = new.or(old)?.first()?.clone();
        let (reference, pointer, code, reason) = said.clone();
        let (before, after) = (count(old), count(new));
        let told = IgnoreChange { reference, pointer, code, reason, before, after, place };
        (before != after).then_some(told)
    };
    all.into_iter().filter_map(change).collect()
}

fn collect(side: &Side<'_>, touched: &BTreeSet<&str>) -> BTreeMap<Said, Vec<Place>> {
    let mut found: BTreeMap<Said, Vec<Place>> = BTreeMap::new();
    let comments = side.suppressions.iter();
    for comment in comments.filter(|one| touched.contains(one.place.file.path.as_str())) {
        let Some((reference, pointer)) = covered(side, comment) else { continue };
        let said = (reference, pointer, comment.code.clone(), comment.reason.clone());
        found.entry(said).or_default().push(comment.place.clone());
    }
    found
}

/// The entity in whose document a comment stands, and what it covers there. A comment in what is no
/// entity counts with its file.
fn covered(side: &Side<'_>, comment: &Suppression) -> Option<(String, Pointer)> {
    let covers = comment.covers.as_ref()?;
    let path = &comment.place.file.path;
    let entities = side.catalog.entities().map(|(_, entity)| entity);
    entities.filter(|entity| entity.file.path == *path).find_map(|entity| {
        let document = side.reader.document(entity)?;
        let root = document.root()?;
        let span = root.span();
        (span.start <= covers.start && covers.start < span.end).then(|| {
            (side.catalog.canonical(entity).to_owned(), pointer_of(root, covers, Pointer::root()))
        })
    })
}

/// The pointer of the field or item that fills these bytes.
fn pointer_of(node: Node<'_>, covers: &Range<u32>, here: Pointer) -> Pointer {
    let inside = |start: u32, end: u32| start <= covers.start && covers.end <= end;
    for (key, value) in node.entries() {
        let (start, end) = (key.span().start, value.span().end.max(key.span().end));
        if inside(start, end) {
            let pointer = here.join(key.text().unwrap_or_default());
            let whole = (start, end) == (covers.start, covers.end);
            return if whole { pointer } else { pointer_of(value, covers, pointer) };
        }
    }
    for (number, item) in node.items().enumerate() {
        let span = item.span();
        if inside(span.start, span.end) {
            let pointer = here.join(number);
            let whole = (span.start, span.end) == (covers.start, covers.end);
            return if whole { pointer } else { pointer_of(item, covers, pointer) };
        }
    }
    here
}
