//! The entries of a tree as Git stores them: read from the bytes, one by one, and only those that two
//! trees do not have in common at the same place.

use std::cmp::Ordering;

use super::{BlobId, Version};

/// The mode of a folder in a tree.
const FOLDER: u32 = 0o040_000;

/// How many bytes an id has.
const ID: usize = 20;

/// What a tree holds under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item<'t> {
    pub(super) name: &'t [u8],
    pub(super) version: Version,
}

impl Item<'_> {
    pub(super) fn is_folder(&self) -> bool {
        self.version.bits == FOLDER
    }

    /// What Git sorts entries by: folders as if their names ended in a slash.
    fn order(&self, other: &Self) -> Ordering {
        let (first, second) = (self.name, other.name);
        let shared = first.len().min(second.len());
        let rest = |item: &Self| {
            let end = item.is_folder().then_some(b'/');
            item.name.get(shared).copied().or(end)
        };
        let both = first.get(..shared).cmp(&second.get(..shared));
        both.then_with(|| rest(self).cmp(&rest(other))).then_with(|| first.len().cmp(&second.len()))
    }
}

/// What goes by one name in two trees, or stands in one of them only.
pub(super) type Pair<'t> = (Option<Item<'t>>, Option<Item<'t>>);

/// The bytes are those of no tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// What may differ between two trees, in their order: all that does, and little that does not.
pub(super) fn pairs<'t>(old: &'t [u8], new: &'t [u8]) -> Result<Vec<Pair<'t>>, Malformed> {
    let start = shared(old, new);
    let [old, new] = [old, new].map(|tree| tree.get(start..).unwrap_or_default());
    match merged(old, new)? {
        Some(pairs) => Ok(pairs),
        // A tree that somebody made by hand need not be sorted.
        None => Ok(joined(&sorted(old)?, &sorted(new)?)),
    }
}

/// How many bytes of whole entries two trees have in common at their beginning.
fn shared(old: &[u8], new: &[u8]) -> usize {
    let mut start = 0;
    while let Some(length) = old.get(start..).and_then(length) {
        let end = start + length;
        let entry = old.get(start..end);
        if entry.is_none() || entry != new.get(start..end) {
            break;
        }
        start = end;
    }
    start
}

/// What differs between sorted trees; nothing if one of them turns out not to be sorted.
fn merged<'t>(mut old: &'t [u8], mut new: &'t [u8]) -> Result<Option<Vec<Pair<'t>>>, Malformed> {
    let mut pairs = Vec::new();
    let mut last: Pair<'t> = (None, None);
    // What is the same up to the end needs no look: a long way is gone once, to where it differs.
    while old != new {
        let (before, after) = (first(old)?, first(new)?);
        if is_unsorted(last.0, before) || is_unsorted(last.1, after) {
            return Ok(None);
        }
        let pair = paired(before.map(|(item, _)| item), after.map(|(item, _)| item));
        if let (Some(item), Some((_, rest))) = (pair.0, before) {
            (old, last.0) = (rest, Some(item));
        }
        if let (Some(item), Some((_, rest))) = (pair.1, after) {
            (new, last.1) = (rest, Some(item));
        }
        pairs.push(pair);
    }
    Ok(Some(pairs))
}

fn is_unsorted(last: Option<Item<'_>>, next: Option<(Item<'_>, &[u8])>) -> bool {
    let next = next.map(|(item, _)| item);
    last.zip(next).is_some_and(|(last, next)| last.order(&next) == Ordering::Greater)
}

/// Of the next items of two trees those that come first.
fn paired<'t>(old: Option<Item<'t>>, new: Option<Item<'t>>) -> Pair<'t> {
    match (old, new) {
        (Some(before), Some(after)) => match before.order(&after) {
            Ordering::Less => (old, None),
            Ordering::Greater => (None, new),
            Ordering::Equal => (old, new),
        },
        one => one,
    }
}

/// The entries of a tree, sorted.
fn sorted(mut tree: &[u8]) -> Result<Vec<Item<'_>>, Malformed> {
    let mut items = Vec::new();
    while let Some((item, rest)) = first(tree)? {
        items.push(item);
        tree = rest;
    }
    items.sort_by(Item::order);
    Ok(items)
}

fn joined<'t>(mut old: &[Item<'t>], mut new: &[Item<'t>]) -> Vec<Pair<'t>> {
    let mut pairs = Vec::new();
    while !(old.is_empty() && new.is_empty()) {
        let pair = paired(old.first().copied(), new.first().copied());
        old = old.get(usize::from(pair.0.is_some())..).unwrap_or_default();
        new = new.get(usize::from(pair.1.is_some())..).unwrap_or_default();
        pairs.push(pair);
    }
    pairs
}

/// How long the first entry of a tree is, if it has one.
fn length(tree: &[u8]) -> Option<usize> {
    Some(memchr::memchr(0, tree)? + 1 + ID)
}

/// The first entry of a tree, and what comes after it; nothing at the end.
fn first(tree: &[u8]) -> Result<Option<(Item<'_>, &[u8])>, Malformed> {
    if tree.is_empty() {
        return Ok(None);
    }
    let (entry, rest) = length(tree).and_then(|end| tree.split_at_checked(end)).ok_or(Malformed)?;
    let (named, id) = entry.split_at_checked(entry.len() - ID).ok_or(Malformed)?;
    let space = named.iter().position(|byte| *byte == b' ').ok_or(Malformed)?;
    let bits = mode(named.get(..space).unwrap_or_default()).ok_or(Malformed)?;
    let name = named.get(space + 1..named.len() - 1).filter(|name| !name.is_empty());
    let blob = BlobId::from_bytes(id).map_err(|_never| Malformed)?;
    let version = Version { bits, blob };
    Ok(Some((Item { name: name.ok_or(Malformed)?, version }, rest)))
}

/// A mode as it is written in octal, and as Git takes it: one of the few that there are.
fn mode(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 6 {
        return None;
    }
    let digit = |digit: &u8| (b'0'..=b'7').contains(digit).then(|| u32::from(digit - b'0'));
    let bits = digits.iter().try_fold(0, |bits, one| Some(bits * 8 + digit(one)?))?;
    Some(match bits & 0o170_000 {
        FOLDER => FOLDER,
        _ if bits & 0o100 != 0 => 0o100_755,
        kind @ (0o160_000 | 0o120_000) => kind,
        _ => 0o100_644,
    })
    .filter(|_| bits <= 0o177_777)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tree(items: &[(&str, &str, u8)]) -> Vec<u8> {
        let item = |(mode, name, id): &(&str, &str, u8)| {
            [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &[*id; ID]].concat()
        };
        items.iter().flat_map(item).collect()
    }

    /// What differs, by name.
    fn differing(old: &[u8], new: &[u8]) -> Vec<(String, [Option<u8>; 2])> {
        let id = |item: Option<Item<'_>>| Some(item?.version.blob.bytes()[0]);
        let pairs = pairs(old, new).unwrap().into_iter().filter(|(old, new)| old != new);
        let name = |pair: &Pair<'_>| pair.0.or(pair.1).unwrap().name.to_vec();
        pairs
            .map(|pair| (String::from_utf8(name(&pair)).unwrap(), [id(pair.0), id(pair.1)]))
            .collect()
    }

    #[test]
    fn folders_are_sorted_as_if_their_names_ended_in_a_slash() {
        let old = tree(&[("100644", "a.b", 1), ("40000", "a", 2), ("100644", "a0", 3)]);
        let new = tree(&[("100644", "a.b", 1), ("40000", "a", 9), ("100644", "a0", 3)]);
        assert_eq!(differing(&old, &new), [("a".to_owned(), [Some(2), Some(9)])]);
        let file = tree(&[("100644", "a", 2), ("100644", "a.b", 1), ("100644", "a0", 3)]);
        let (gone, come) = ("a".to_owned(), "a".to_owned());
        assert_eq!(differing(&old, &file), [(come, [None, Some(2)]), (gone, [Some(2), None])]);
    }

    #[test]
    fn modes_are_those_that_git_knows() {
        for (written, meant) in [
            ("40000", Some(0o040_000)),
            ("040000", Some(0o040_000)),
            ("100664", Some(0o100_644)),
            ("100775", Some(0o100_755)),
            ("120000", Some(0o120_000)),
            ("160000", Some(0o160_000)),
            ("644", Some(0o100_644)),
            ("777777", None),
            ("8", None),
            ("", None),
        ] {
            assert_eq!(mode(written.as_bytes()), meant, "{written}");
        }
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let whole = tree(&[("100644", "a", 1)]);
        for end in 1..whole.len() {
            assert_eq!(pairs(&whole[..end], b""), Err(Malformed), "{end}");
            assert_eq!(pairs(b"", &whole[..end]), Err(Malformed), "{end}");
        }
        assert_eq!(pairs(&tree(&[("100644", "", 1)]), b""), Err(Malformed));
    }

    proptest! {
        #[test]
        fn what_differs_is_found_in_any_order(
            old in proptest::collection::btree_map("[a-c]{1,2}", 0_u8..3, 0..6),
            new in proptest::collection::btree_map("[a-c]{1,2}", 0_u8..3, 0..6),
            is_reversed in proptest::array::uniform2(any::<bool>()),
        ) {
            let written = |items: &std::collections::BTreeMap<String, u8>, is_reversed: bool| {
                let mut items: Vec<(&str, &str, u8)> =
                    items.iter().map(|(name, id)| ("100644", name.as_str(), *id)).collect();
                if is_reversed {
                    items.reverse();
                }
                tree(&items)
            };
            let [first, second] = [(&old, is_reversed[0]), (&new, is_reversed[1])]
                .map(|(items, is_reversed)| written(items, is_reversed));
            let mut found = differing(&first, &second);
            found.sort();
            let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
            names.sort();
            names.dedup();
            let pairs = names.into_iter().map(|name| {
                (name.clone(), [old.get(name).copied(), new.get(name).copied()])
            });
            let wanted: Vec<_> = pairs.filter(|(_, [old, new])| old != new).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
