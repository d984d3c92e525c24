//! The values of a parsed text, side by side in memory, each with its span.

use std::collections::HashMap;

use super::pointer::Pointer;
use super::scalar::{self, Scalar};
use crate::source::Span;

/// A value of an [`Arena`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// Where a list of children stands in the arena.
#[derive(Debug, Clone, Copy)]
pub(super) struct Children {
    pub(super) first: u32,
    pub(super) count: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Scalar {
        scalar: Scalar,
        text: Span,
        quoted: bool,
    },
    Sequence(Children),
    /// Keys and values in turn.
    Mapping(Children),
    Alias(NodeId),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

/// All values of one text.
#[derive(Debug, Default)]
pub struct Arena {
    pub(super) slots: Vec<Slot>,
    pub(super) children: Vec<NodeId>,
    pub(super) texts: String,
    /// For each large mapping the numbers of its entries, sorted by their keys' texts.
    pub(super) sorted: HashMap<NodeId, Vec<u32>>,
}

/// How many entries a mapping may have and still be searched from the front.
const SMALL: u32 = 64;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// A scalar of the core schema.
    Scalar(Scalar),
    /// A list.
    Sequence,
    /// Keys and values.
    Mapping,
}

/// A value and the arena it lives in; aliases are followed.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    arena: &'a Arena,
    id: NodeId,
    /// Where the value is written: for an alias the alias and not what it stands for.
    span: Span,
}

impl Arena {
    /// Makes room for the values of a text of so many bytes, by what catalogs usually hold.
    pub(super) fn reserve(&mut self, bytes: usize) {
        let values = (bytes / 16).min(4096);
        self.slots.reserve(values);
        self.children.reserve(values);
        self.texts.reserve(bytes.min(1 << 16));
    }

    /// The node of an id that this arena gave out.
    pub fn node(&self, id: NodeId) -> Node<'_> {
        let span = self.slots[id.0 as usize].span;
        let mut id = id;
        while let Kind::Alias(target) = self.slots[id.0 as usize].kind {
            id = target;
        }
        Node { arena: self, id, span }
    }

    /// The spans of all scalars, in the order in which they are written.
    pub fn scalar_spans(&self) -> impl Iterator<Item = Span> + '_ {
        self.slots.iter().filter(|slot| matches!(slot.kind, Kind::Scalar { .. })).map(|s| s.span)
    }

    /// Prepares a finished mapping for being searched, if it is large.
    pub(super) fn sort(&mut self, id: NodeId, children: Children) {
        if children.count / 2 <= SMALL {
            return;
        }
        let mut numbers: Vec<u32> = (0..children.count / 2).collect();
        numbers.sort_by_key(|number| (self.key_text(children, *number), *number));
        self.sorted.insert(id, numbers);
    }

    fn key_text(&self, children: Children, number: u32) -> Option<&str> {
        self.node(self.children[(children.first + 2 * number) as usize]).text()
    }

    /// The first entry of a large mapping with a key.
    fn search(&self, id: NodeId, children: Children, key: &str) -> Option<u32> {
        let numbers = self.sorted.get(&id)?;
        let at = numbers.partition_point(|number| self.key_text(children, *number) < Some(key));
        numbers.get(at).copied().filter(|number| self.key_text(children, *number) == Some(key))
    }

    pub(super) fn list(&self, children: Children) -> &[NodeId] {
        &self.children[children.first as usize..(children.first + children.count) as usize]
    }
}

impl<'a> Node<'a> {
    fn slot(self) -> &'a Slot {
        &self.arena.slots[self.id.0 as usize]
    }

    /// The value's id, after following aliases.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// The address of its arena: ids are unique together with it.
    pub(super) fn arena_address(self) -> usize {
        std::ptr::from_ref(self.arena).addr()
    }

    /// Where the value is written.
    pub fn span(self) -> Span {
        self.span
    }

    /// What the value is.
    pub fn kind(self) -> NodeKind {
        match self.slot().kind {
            Kind::Scalar { scalar, .. } => NodeKind::Scalar(scalar),
            Kind::Sequence(_) => NodeKind::Sequence,
            Kind::Mapping(_) | Kind::Alias(_) => NodeKind::Mapping,
        }
    }

    /// The name of its type, as a person would say it.
    pub fn type_name(self) -> &'static str {
        match self.kind() {
            NodeKind::Scalar(Scalar::Null) => "null",
            NodeKind::Scalar(Scalar::Bool(_)) => "a boolean",
            NodeKind::Scalar(Scalar::Int) => "an integer",
            NodeKind::Scalar(Scalar::Float) => "a number",
            NodeKind::Scalar(Scalar::Str) => "a string",
            NodeKind::Sequence => "a list",
            NodeKind::Mapping => "a mapping",
        }
    }

    /// The text of a scalar of any type, as written after unquoting.
    pub fn text(self) -> Option<&'a str> {
        match self.slot().kind {
            Kind::Scalar { text, .. } => Some(&self.arena.texts[text.range()]),
            _ => None,
        }
    }

    /// The text of a scalar that is a string.
    pub fn as_str(self) -> Option<&'a str> {
        match self.kind() {
            NodeKind::Scalar(Scalar::Str) => self.text(),
            _ => None,
        }
    }

    /// Whether a scalar is written in quotes or as a block.
    pub fn is_quoted(self) -> bool {
        matches!(self.slot().kind, Kind::Scalar { quoted: true, .. })
    }

    /// Whether it is null.
    pub fn is_null(self) -> bool {
        self.kind() == NodeKind::Scalar(Scalar::Null)
    }

    /// Whether it is a mapping.
    pub fn is_mapping(self) -> bool {
        self.kind() == NodeKind::Mapping
    }

    /// The number of an integer or float.
    pub fn as_f64(self) -> Option<f64> {
        match self.kind() {
            NodeKind::Scalar(Scalar::Int | Scalar::Float) => self.text().map(scalar::float),
            _ => None,
        }
    }

    /// The number of an integer that 128 bits hold.
    pub fn as_i128(self) -> Option<i128> {
        match self.kind() {
            NodeKind::Scalar(Scalar::Int) => self.text().and_then(scalar::integer),
            _ => None,
        }
    }

    /// The items of a list; nothing for anything else.
    pub fn items(self) -> impl ExactSizeIterator<Item = Node<'a>> + 'a {
        let list = match self.slot().kind {
            Kind::Sequence(children) => self.arena.list(children),
            _ => &[],
        };
        list.iter().map(move |id| self.arena.node(*id))
    }

    /// An item of a list, by its number.
    pub fn item(self, number: usize) -> Option<Node<'a>> {
        match self.slot().kind {
            Kind::Sequence(children) => {
                self.arena.list(children).get(number).map(|id| self.arena.node(*id))
            }
            _ => None,
        }
    }

    /// The keys and values of a mapping, as written; nothing for anything else.
    pub fn entries(self) -> impl ExactSizeIterator<Item = (Node<'a>, Node<'a>)> + 'a {
        let list = match self.slot().kind {
            Kind::Mapping(children) => self.arena.list(children),
            _ => &[],
        };
        list.chunks_exact(2).map(move |pair| (self.arena.node(pair[0]), self.arena.node(pair[1])))
    }

    /// The key and value of a field.
    pub fn entry(self, key: &str) -> Option<(Node<'a>, Node<'a>)> {
        if let Kind::Mapping(children) = self.slot().kind
            && children.count / 2 > SMALL
        {
            let number = self.arena.search(self.id, children, key)?;
            let at = (children.first + 2 * number) as usize;
            let pair = &self.arena.children[at..at + 2];
            return Some((self.arena.node(pair[0]), self.arena.node(pair[1])));
        }
        self.entries().find(|(name, _)| name.text() == Some(key))
    }

    /// The value of a field.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// The string in a field.
    pub fn str(self, key: &str) -> Option<&'a str> {
        self.get(key)?.as_str()
    }

    /// What a pointer leads to; with it the key it stands under, if it stands under one.
    pub fn at(self, pointer: &Pointer) -> Option<(Option<Node<'a>>, Node<'a>)> {
        let mut found = (None, self);
        for token in pointer.tokens() {
            found = match found.1.kind() {
                NodeKind::Mapping => {
                    let (key, value) = found.1.entry(&token)?;
                    (Some(key), value)
                }
                NodeKind::Sequence => (None, found.1.item(token.parse().ok()?)?),
                NodeKind::Scalar(_) => return None,
            };
        }
        Some(found)
    }

    /// Calls `visit` for this value and everything below it, parents first.
    ///
    /// The budget for aliases bounds how often that is.
    pub fn walk(self, visit: &mut dyn FnMut(Node<'a>)) {
        visit(self);
        for item in self.items() {
            item.walk(visit);
        }
        for (key, value) in self.entries() {
            key.walk(visit);
            value.walk(visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{File, Source};
    use crate::yaml::{Limits, parse};

    #[test]
    fn a_large_mapping_is_searched_like_a_small_one() {
        let text: String = (0..500).map(|n| format!("k{}: {n}\n", n * 7 % 500)).collect();
        let text = text + "k3: again\n1: one\n";
        let source = Source::new(File::local("a.yaml"), text);
        let stream = parse(&source, &Limits::default());
        let root = stream.arena.node(stream.documents[0]);
        for (key, value) in root.entries().take(500) {
            assert_eq!(root.get(key.text().unwrap()).unwrap().span(), value.span());
        }
        assert_eq!(root.get("1").and_then(|node| node.text()), Some("one"));
        assert!(root.get("k500").is_none());
    }
}
