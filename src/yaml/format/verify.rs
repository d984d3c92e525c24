//! Whether two texts say the same: the same values apart from the order of keys, the same comments,
//! the same anchors and tags on the same values.

use saphyr_parser::{Event, Parser};

use super::super::arena::{Node, NodeKind};
use super::super::parse::Stream;
use super::tokens::{Header, Token, What};

/// What is not as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// The text would no longer parse.
    #[error("it would no longer parse")]
    Broken,
    /// A value would change.
    #[error("a value would change")]
    Value,
    /// A comment would be lost or change.
    #[error("a comment would be lost")]
    Comment,
    /// An anchor, an alias or a tag would be lost or stand elsewhere.
    #[error("an anchor, an alias or a tag would change")]
    Property,
}

/// A text, its values, and what is written between them.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    pub(super) stream: &'a Stream,
    pub(super) tokens: &'a [Token],
}

/// Compares what a text said with what it says now.
pub(super) fn same(old: &Reading<'_>, new: &Reading<'_>) -> Result<(), Difference> {
    let count = |one: &Reading<'_>| (one.stream.problems.len(), one.stream.documents.len());
    if count(old) != count(new) {
        return Err(Difference::Broken);
    }
    let mut pairs = old.stream.documents.iter().zip(&new.stream.documents);
    if !pairs.all(|(a, b)| same_value(old.stream.arena.node(*a), new.stream.arena.node(*b))) {
        return Err(Difference::Value);
    }
    if sorted(old, comment) != sorted(new, comment) {
        return Err(Difference::Comment);
    }
    let mark = |token: &Token, text: &str| {
        let marks = [What::Alias, What::Property, What::Directive, What::Start, What::End];
        marks.contains(&token.what).then(|| text[token.start..token.end].to_owned())
    };
    if sorted(old, mark) != sorted(new, mark) {
        return Err(Difference::Property);
    }
    let has_marks = |t: &Token| matches!(t.what, What::Alias | What::Property);
    if old.tokens.iter().any(has_marks) && trees(old.text) != trees(new.text) {
        return Err(Difference::Property);
    }
    Ok(())
}

/// The text of a comment; also of one behind the header of a block scalar.
fn comment(token: &Token, text: &str) -> Option<String> {
    let written = &text[token.start..token.end];
    match token.what {
        What::Comment => Some(written.to_owned()),
        What::Block => {
            let line = written.lines().next().unwrap_or_default();
            let rest = line.get(Header::of(line).length..).unwrap_or_default().trim();
            (!rest.is_empty()).then(|| rest.to_owned())
        }
        _ => None,
    }
}

/// What the tokens of a text are, sorted.
fn sorted(one: &Reading<'_>, what: impl Fn(&Token, &str) -> Option<String>) -> Vec<String> {
    let mut all: Vec<String> =
        one.tokens.iter().filter_map(|token| what(token, one.text)).collect();
    all.sort_unstable();
    all
}

/// Whether two values are equal in type and text, whatever the order of their keys.
fn same_value(old: Node<'_>, new: Node<'_>) -> bool {
    if old.kind() != new.kind() || old.text() != new.text() {
        return false;
    }
    match old.kind() {
        NodeKind::Scalar(_) => true,
        NodeKind::Sequence => {
            old.items().len() == new.items().len()
                && old.items().zip(new.items()).all(|(old, new)| same_value(old, new))
        }
        NodeKind::Mapping => {
            let (old, new) = (entries(old), entries(new));
            let same = |((a, b), (c, d)): ((Node<'_>, Node<'_>), (Node<'_>, Node<'_>))| {
                same_value(a, c) && same_value(b, d)
            };
            old.len() == new.len() && old.into_iter().zip(new).all(same)
        }
    }
}

/// The entries of a mapping by their keys; those of one key in their order.
fn entries(node: Node<'_>) -> Vec<(Node<'_>, Node<'_>)> {
    let mut entries: Vec<_> = node.entries().collect();
    entries.sort_by(|(a, _), (b, _)| a.text().cmp(&b.text()));
    entries
}

/// A value with its anchor and tag, as the parser's events tell it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Tree {
    anchor: usize,
    tag: Option<String>,
    text: Option<String>,
    children: Vec<Tree>,
}

/// The values of a text, keys in alphabetical order; nothing where it does not parse.
fn trees(text: &str) -> Option<Vec<Tree>> {
    let top = || Tree { anchor: 0, tag: None, text: None, children: Vec::new() };
    let mut open = vec![(top(), false)];
    for event in Parser::new_from_str(text) {
        let (event, _) = event.ok()?;
        let tag = |tag: Option<std::borrow::Cow<'_, saphyr_parser::Tag>>| {
            tag.map(|tag| format!("{} {}", tag.handle, tag.suffix))
        };
        let leaf = match event {
            Event::Scalar(text, _, anchor, own) => {
                Tree { anchor, tag: tag(own), text: Some(text.into_owned()), children: Vec::new() }
            }
            Event::Alias(anchor) => Tree { anchor, tag: Some("*".to_owned()), ..top() },
            Event::SequenceStart(anchor, own) => {
                open.push((Tree { anchor, tag: tag(own), ..top() }, false));
                continue;
            }
            Event::MappingStart(anchor, own) => {
                open.push((Tree { anchor, tag: tag(own), ..top() }, true));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => closed(open.pop()?),
            _ => continue,
        };
        open.last_mut()?.0.children.push(leaf);
    }
    Some(open.pop()?.0.children)
}

/// A finished collection; the entries of a mapping become pairs, sorted.
fn closed((mut tree, mapping): (Tree, bool)) -> Tree {
    if mapping {
        let mut pairs = Vec::new();
        let mut children = std::mem::take(&mut tree.children).into_iter();
        while let (Some(key), Some(value)) = (children.next(), children.next()) {
            pairs.push(Tree { anchor: 0, tag: None, text: None, children: vec![key, value] });
        }
        pairs.sort();
        tree.children = pairs;
    }
    tree
}
