//! Saying where: from a value's pointer to a place, an identity and a fingerprint.

use std::sync::Arc;

use super::Whole;
use crate::catalog::{DocumentView, Entity, FileView, Reopened};
pub(super) use crate::finding::nearest;
use crate::finding::{Code, Finding, Fingerprint, Occurrence, Severity};
use crate::model::EntityRef;
use crate::source::{File, Place, Source, Span};
use crate::tree::Tree;
use crate::yaml::{ITEM_NAMES, Node, NodeKind, Pointer};

/// A document of a file, as the subject of findings.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    /// The tree that its file is in.
    pub(super) tree: &'a dyn Tree,
    /// The text of its file.
    pub(super) source: &'a Source,
    /// Its root.
    pub(super) root: Node<'a>,
    /// The canonical reference of the entity that it is, if that can be read.
    entity: Option<&'a str>,
    /// Whether others make its rules.
    foreign: bool,
}

/// Which part of a field a finding points at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Key,
    Value,
}

impl<'a> At<'a> {
    /// A document that is being read.
    pub(super) fn new(view: &'a FileView<'a>, document: &'a DocumentView<'a>) -> Self {
        Self {
            tree: view.tree,
            source: view.source,
            root: document.root,
            entity: document.reference.as_ref().map(EntityRef::as_str),
            foreign: document.is_foreign(),
        }
    }

    /// The document of an entity, read again.
    pub(super) fn again(
        whole: &'a Whole<'_>,
        document: &'a Reopened,
        entity: &Entity,
    ) -> Option<Self> {
        Some(Self {
            tree: whole.tree,
            source: document.source(),
            root: document.root()?,
            entity: Some(whole.catalog.canonical(entity)),
            foreign: entity.kind.group.foreign,
        })
    }

    /// How bad findings of a code are in this document.
    pub(super) fn severity(&self, code: &Code) -> Severity {
        if self.foreign { code.foreign } else { code.severity }
    }

    /// A finding about what stands at a pointer, or about the nearest thing that does.
    pub(super) fn finding(
        &self,
        code: &'static Code,
        pointer: &Pointer,
        part: Part,
        headline: impl Into<String>,
    ) -> Finding {
        let span = self.span(pointer, part);
        let value = self.root.at(pointer).map(|(_, node)| node);
        let text = value.map(|node| self.source.slice(node.span())).unwrap_or_default();
        self.finding_at(code, pointer, span, text, headline)
    }

    /// A finding about a span of this document.
    pub(super) fn finding_at(
        &self,
        code: &'static Code,
        pointer: &Pointer,
        span: Span,
        value: &str,
        headline: impl Into<String>,
    ) -> Finding {
        let entity = self.entity;
        let subject = entity.unwrap_or(&self.source.file().path);
        let identity = identity(self.root, pointer);
        let occurrence = Occurrence {
            place: self.source.place(span),
            entity: entity.map(clipped),
            pointer: clipped(pointer.as_str()),
            fingerprint: Fingerprint::of(code.name, subject, &identity, value),
        };
        Finding::new(code, self.severity(code), occurrence, headline)
    }

    /// The place of a field or a value; what is missing or empty is pointed at by what holds it.
    pub(super) fn span(&self, pointer: &Pointer, part: Part) -> Span {
        let mut at = Some(pointer.clone());
        let mut part = part;
        while let Some(pointer) = at {
            if let Some((key, value)) = self.root.at(&pointer) {
                let key = key.map(Node::span).filter(|span| !span.is_empty());
                let value = Some(value.span()).filter(|span| !span.is_empty());
                let span = match part {
                    Part::Key => key.or_else(|| self.first_key(&pointer)).or(value),
                    Part::Value => value.or(key),
                };
                if let Some(span) = span {
                    return span;
                }
            }
            at = pointer.parent();
            part = Part::Key;
        }
        self.first_key(&Pointer::root()).unwrap_or_else(|| self.root.span())
    }

    /// The key that speaks for a mapping that has no key of its own: `kind`, `name`, or the first.
    fn first_key(&self, pointer: &Pointer) -> Option<Span> {
        let (_, node) = self.root.at(pointer)?;
        let named = ["kind", "name", "id"].iter().find_map(|name| node.entry(name));
        let (key, _) = named.or_else(|| node.entries().next())?;
        Some(key.span())
    }

    /// The place of a span.
    pub(super) fn place(&self, span: Span) -> Place {
        self.source.place(span)
    }
}

/// A text that is kept with a finding; names and keys may be as long as a file.
fn clipped(text: &str) -> String {
    const LONGEST: usize = 1000;
    text.chars().take(LONGEST).collect()
}

/// A finding about a file as a whole.
pub(super) fn of_file(
    code: &'static Code,
    file: &Arc<File>,
    value: &str,
    headline: impl Into<String>,
) -> Finding {
    let occurrence = Occurrence {
        place: Place::of_file(Arc::clone(file)),
        entity: None,
        pointer: String::new(),
        fingerprint: Fingerprint::of(code.name, &file.path, "", value),
    };
    Finding::new(code, code.severity, occurrence, headline)
}

/// A pointer in which items are named by what identifies them and not by their number, so that
/// adding an item to a list does not make the findings below it new.
pub(super) fn identity(root: Node<'_>, pointer: &Pointer) -> String {
    let mut text = String::new();
    let mut node = Some(root);
    for token in pointer.tokens() {
        text.push('/');
        let Some(current) = node else {
            text.push_str(&token);
            continue;
        };
        if current.kind() != NodeKind::Sequence {
            text.push_str(&token);
            node = current.get(&token);
            continue;
        }
        let at: usize = token.parse().unwrap_or(usize::MAX);
        node = current.item(at);
        let name = node.and_then(item_name);
        let earlier = current.items().take(at).filter(|item| item_name(*item) == name).count();
        match name {
            Some(name) if earlier == 0 => text.push_str(&format!("[{name}]")),
            Some(name) => text.push_str(&format!("[{name}#{earlier}]")),
            None => text.push_str(&token),
        }
    }
    text
}

fn item_name(item: Node<'_>) -> Option<&str> {
    item.text().or_else(|| ITEM_NAMES.iter().find_map(|key| item.str(key)))
}

/// A value as it is quoted in messages: short, on one line, in backticks.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= LONGEST {
        return format!("`{line}`");
    }
    let start: String = line.chars().take(LONGEST - 1).collect();
    format!("`{start}…`")
}

/// A pointer as people write it: `spec.owner`, `metadata.links[0].url`.
pub(super) fn dotted(pointer: &Pointer) -> String {
    pointer.dotted()
}

/// A finding about a misspelt word, with the word that was meant and a fix that writes it; or else
/// with other help.
pub(super) fn corrected(
    finding: Finding,
    near: Option<&str>,
    title: &str,
    otherwise: impl FnOnce() -> String,
) -> Finding {
    let Some(near) = near else { return finding.help(otherwise()) };
    let place = finding.at.place.clone();
    finding.help(format!("did you mean `{near}`?")).fix(format!("{title} `{near}`"), place, near)
}

/// `one, two and three`, in backticks.
pub(super) fn list(words: &[String], last: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, start)) => format!("{} {last} {end}", start.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_read_like_the_file() {
        let pointer = Pointer::from_text("/metadata/links/0/url");
        assert_eq!(dotted(&pointer), "metadata.links[0].url");
        let pointer = Pointer::from_text("/metadata/annotations/backstage.io~1x");
        assert_eq!(dotted(&pointer), "metadata.annotations[\"backstage.io/x\"]");
    }

    #[test]
    fn long_values_are_shortened_and_stay_on_one_line() {
        assert_eq!(quoted("a\nb"), "`a b`");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 62);
    }
}
