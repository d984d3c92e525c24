//! One pass over the parser's events: values and their spans into the arena, limits kept on the way.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Marks, Tag};

use super::arena::{Children, Kind, NodeId, Slot};
use super::parse::{Limits, Problem, ProblemKind, Stream};
use super::scalar::Scalar;
use crate::source::Span;

/// Why building stopped before the end.
pub(super) struct Stop {
    pub(super) kind: ProblemKind,
    pub(super) span: Span,
    /// Whether the mistake is a tab between a key and its value, which YAML allows.
    pub(super) tab_separator: bool,
}

/// A collection whose end has not come yet.
struct Frame {
    id: NodeId,
    mapping: bool,
    flow: bool,
    anchor: usize,
    /// How many values it stands for, aliases expanded.
    weight: u64,
    /// Where its children begin among those that are pending.
    first: usize,
}

/// What is known while a text is read.
pub(super) struct Builder<'t, 's> {
    text: &'t str,
    base: usize,
    ascii: bool,
    /// The byte offset of every 64th character, for texts that are not ASCII.
    offsets: Vec<usize>,
    has_tab: bool,
    limits: &'s Limits,
    stream: &'s mut Stream,
    frames: Vec<Frame>,
    /// The children of all open collections, the innermost last.
    pending: Vec<NodeId>,
    root: Option<NodeId>,
    anchors: HashMap<usize, Option<(NodeId, u64)>>,
    expanded: u64,
}

impl<'t, 's> Builder<'t, 's> {
    pub(super) fn new(
        whole: &'t str,
        base: usize,
        limits: &'s Limits,
        stream: &'s mut Stream,
    ) -> Self {
        let text = &whole[base..];
        stream.arena.reserve(text.len());
        let ascii = text.is_ascii();
        let offsets = match ascii {
            true => Vec::new(),
            false => text.char_indices().step_by(64).map(|(at, _)| at).collect(),
        };
        Self {
            text,
            base,
            ascii,
            offsets,
            has_tab: text.contains('\t'),
            limits,
            stream,
            frames: Vec::new(),
            pending: Vec::new(),
            root: None,
            anchors: HashMap::new(),
            expanded: 0,
        }
    }

    pub(super) fn run(&mut self) -> Result<(), Stop> {
        for event in Parser::new_from_str(self.text) {
            let (event, marks) = event.map_err(|error| self.syntax(&error))?;
            self.event(event, marks)?;
        }
        Ok(())
    }

    /// The byte offset, in the whole text, of a character of this part.
    fn byte(&self, character: usize) -> usize {
        if self.ascii {
            return self.base + character.min(self.text.len());
        }
        let Some(start) = self.offsets.get(character / 64) else {
            return self.base + self.text.len();
        };
        let rest = &self.text[*start..];
        let within = rest.char_indices().nth(character % 64).map_or(rest.len(), |(at, _)| at);
        self.base + start + within
    }

    fn span(&self, marks: Marks) -> Span {
        Span::new(self.byte(marks.start.index()), self.byte(marks.end.index()))
    }

    fn stop(kind: ProblemKind, span: Span) -> Stop {
        Stop { kind, span, tab_separator: false }
    }

    fn syntax(&self, error: &ScanError) -> Stop {
        let at = self.byte(error.marker().index());
        let span = Span::new(at, at);
        let info = error.info();
        if info.contains("recursion limit") {
            return Self::stop(ProblemKind::TooDeep, span);
        }
        if info.contains("tabs disallowed") {
            return Self::stop(ProblemKind::TabIndent, span);
        }
        let kind = ProblemKind::Syntax(info.to_owned());
        Stop { kind, span, tab_separator: info.contains("valid YAML whitespace") }
    }

    fn event(&mut self, event: Event<'_>, marks: Marks) -> Result<(), Stop> {
        match event {
            Event::DocumentStart(_) => {
                // Anchors live inside their document (YAML 1.2, 3.2.2.2).
                self.anchors.clear();
                self.root = None;
                self.expanded = 0;
            }
            Event::DocumentEnd => self.end_document(self.span(marks))?,
            Event::Scalar(text, style, anchor, tag) => {
                let span = self.scalar_span(marks, style);
                let scalar = resolve(&text, style, tag.as_deref());
                let id = self.scalar(span, &text, scalar, style != ScalarStyle::Plain)?;
                if anchor > 0 {
                    self.anchors.insert(anchor, Some((id, 1)));
                }
            }
            Event::Alias(anchor) => self.alias(anchor, marks)?,
            Event::SequenceStart(anchor, _) => self.open(false, anchor, self.span(marks))?,
            Event::MappingStart(anchor, _) => self.open(true, anchor, self.span(marks))?,
            Event::SequenceEnd | Event::MappingEnd => {
                // A block collection ends where its last child ends, not where the next line
                // begins; a flow collection ends with its bracket.
                let is_flow = marks.start.index() < marks.end.index();
                self.close(is_flow.then(|| self.span(marks).start + 1))?;
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
        Ok(())
    }

    /// Ends a document; one of nothing (a `---` at the end of a file) is no document.
    pub(super) fn end_document(&mut self, at: Span) -> Result<(), Stop> {
        let Some(root) = self.root.take() else { return Ok(()) };
        let slot = self.stream.arena.slots[root.0 as usize];
        if matches!(slot.kind, Kind::Scalar { scalar: Scalar::Null, text, .. } if text.is_empty()) {
            return Ok(());
        }
        if self.stream.documents.len() >= self.limits.documents {
            return Err(Self::stop(ProblemKind::TooManyDocuments, at));
        }
        self.stream.documents.push(root);
        Ok(())
    }

    /// Scalars end where their text ends: blocks give away the blank lines that follow them, quoted
    /// scalars the spaces.
    fn scalar_span(&self, marks: Marks, style: ScalarStyle) -> Span {
        let span = self.span(marks);
        if style == ScalarStyle::Plain {
            return span;
        }
        let slice = self.text.get(span.start as usize - self.base..span.end as usize - self.base);
        let kept = written_length(slice.unwrap_or_default(), style);
        Span::new(span.start as usize, span.start as usize + kept)
    }

    fn slot(&mut self, span: Span, kind: Kind) -> NodeId {
        let id = NodeId(self.stream.arena.slots.len() as u32);
        self.stream.arena.slots.push(Slot { span, kind });
        id
    }

    /// Adds a scalar.
    pub(super) fn scalar(
        &mut self,
        span: Span,
        text: &str,
        scalar: Scalar,
        quoted: bool,
    ) -> Result<NodeId, Stop> {
        let start = self.stream.arena.texts.len();
        self.stream.arena.texts.push_str(text);
        let text = Span::new(start, self.stream.arena.texts.len());
        let id = self.slot(span, Kind::Scalar { scalar, text, quoted });
        self.place(id, 1)?;
        Ok(id)
    }

    /// Begins a collection: a block at its first entry, a flow with its bracket.
    pub(super) fn open(&mut self, mapping: bool, anchor: usize, span: Span) -> Result<(), Stop> {
        if self.frames.len() >= self.limits.depth {
            return Err(Self::stop(ProblemKind::TooDeep, span));
        }
        let empty = Children { first: 0, count: 0 };
        let kind = if mapping { Kind::Mapping(empty) } else { Kind::Sequence(empty) };
        let id = self.slot(span, kind);
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        let flow = !span.is_empty() || self.frames.last().is_some_and(|frame| frame.flow);
        self.check_indent(span)?;
        let first = self.pending.len();
        self.frames.push(Frame { id, mapping, flow, anchor, weight: 1, first });
        Ok(())
    }

    /// Ends the innermost collection; a flow collection says where.
    pub(super) fn close(&mut self, flow_end: Option<u32>) -> Result<(), Stop> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let arena = &mut self.stream.arena;
        let first = arena.children.len() as u32;
        arena.children.extend_from_slice(&self.pending[frame.first..]);
        let children = Children { first, count: (self.pending.len() - frame.first) as u32 };
        let last = self.pending[frame.first..].last().copied();
        self.pending.truncate(frame.first);
        let end = flow_end.or_else(|| last.map(|last| arena.slots[last.0 as usize].span.end));
        let end = end.unwrap_or_default();
        let slot = &mut self.stream.arena.slots[frame.id.0 as usize];
        slot.kind = if frame.mapping { Kind::Mapping(children) } else { Kind::Sequence(children) };
        slot.span.end = end.max(slot.span.start);
        if frame.anchor > 0 {
            self.anchors.insert(frame.anchor, Some((frame.id, frame.weight)));
        }
        if frame.mapping {
            self.stream.arena.sort(frame.id, children);
            self.find_duplicate_keys(children);
        }
        self.place(frame.id, frame.weight)
    }

    fn alias(&mut self, anchor: usize, marks: Marks) -> Result<(), Stop> {
        let span = self.span(marks);
        let (target, weight) = match self.anchors.get(&anchor) {
            Some(Some(known)) => *known,
            Some(None) => return Err(Self::stop(ProblemKind::RecursiveAlias, span)),
            None => {
                let message = "this anchor is not defined in this document".to_owned();
                return Err(Self::stop(ProblemKind::Syntax(message), span));
            }
        };
        self.expanded += weight;
        if self.expanded > self.limits.alias_nodes {
            return Err(Self::stop(ProblemKind::AliasBudget, span));
        }
        let id = self.slot(span, Kind::Alias(target));
        self.place(id, weight)
    }

    /// Gives a finished value to the collection it stands in, or makes it the document's root.
    fn place(&mut self, id: NodeId, weight: u64) -> Result<(), Stop> {
        let span = self.stream.arena.slots[id.0 as usize].span;
        if self.stream.arena.slots.len() > self.limits.nodes {
            return Err(Self::stop(ProblemKind::TooManyValues, span));
        }
        self.check_indent(span)?;
        match self.frames.last_mut() {
            Some(frame) => {
                frame.weight += weight;
                self.pending.push(id);
            }
            None => self.root = Some(id),
        }
        Ok(())
    }

    /// Refuses a tab before the first value of a line, outside flow collections.
    fn check_indent(&self, span: Span) -> Result<(), Stop> {
        if !self.has_tab || self.frames.last().is_some_and(|frame| frame.flow) {
            return Ok(());
        }
        let before = &self.text[..span.start as usize - self.base];
        let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let indent = &before[line..];
        let only_indent = indent.chars().all(|c| matches!(c, ' ' | '\t' | '-'));
        let Some(tab) = indent.find('\t').filter(|_| only_indent && !span.is_empty()) else {
            return Ok(());
        };
        let at = self.base + line + tab;
        Err(Self::stop(ProblemKind::TabIndent, Span::new(at, at + 1)))
    }

    fn find_duplicate_keys(&mut self, children: Children) {
        let arena = &self.stream.arena;
        let children = arena.list(children);
        let key = |id: NodeId| match arena.slots[id.0 as usize].kind {
            Kind::Scalar { scalar, text, .. } => {
                Some((&arena.texts[text.range()], std::mem::discriminant(&scalar)))
            }
            _ => None,
        };
        let later = |at: usize| children[at..].iter().step_by(2).map(|id| key(*id));
        let is_new = |at: usize| later(at + 2).all(|other| other != key(children[at]));
        // Most mappings are small: comparing each key with each costs less than a set of them.
        if children.len() <= 24 && (0..children.len()).step_by(2).all(is_new) {
            return;
        }
        let keys: Vec<(NodeId, _)> =
            children.iter().step_by(2).filter_map(|id| key(*id).map(|key| (*id, key))).collect();
        if are_distinct(&keys) {
            return;
        }
        let mut first = HashMap::new();
        let mut problems = Vec::new();
        for (id, key) in keys {
            let span = arena.slots[id.0 as usize].span;
            let Some(earlier) = first.get(&key) else {
                first.insert(key, span);
                continue;
            };
            let kind = ProblemKind::DuplicateKey { key: key.0.to_owned(), first: *earlier };
            problems.push(Problem { kind, span, document: self.stream.documents.len() });
        }
        self.stream.problems.extend(problems);
    }
}

/// The length of a scalar that is not plain: to its closing quote, or to the end of a block's text.
fn written_length(slice: &str, style: ScalarStyle) -> usize {
    let bytes = slice.as_bytes();
    let mut at = 1;
    match (style, bytes.first()) {
        (ScalarStyle::DoubleQuoted, Some(b'"')) => {
            while at < bytes.len() && bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
        }
        (ScalarStyle::SingleQuoted, Some(b'\'')) => {
            // A quote is doubled where it is meant itself.
            while at < bytes.len() && (bytes[at] != b'\'' || bytes.get(at + 1) == Some(&b'\'')) {
                at += if bytes[at] == b'\'' { 2 } else { 1 };
            }
        }
        _ => return slice.trim_end().len(),
    }
    (at + 1).min(bytes.len())
}

/// Whether no two keys are the same; most mappings are small, and need no hashing.
fn are_distinct<K: PartialEq + Eq + std::hash::Hash>(keys: &[(NodeId, K)]) -> bool {
    let mut seen = HashSet::with_capacity(keys.len());
    keys.iter().all(|(_, key)| seen.insert(key))
}

fn resolve(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Scalar {
    let by_style = match style {
        ScalarStyle::Plain => Scalar::of_plain(text),
        _ => Scalar::Str,
    };
    match tag {
        Some(tag) if tag.is_yaml_core_schema() => {
            Scalar::of_tag(&tag.suffix, text).unwrap_or(by_style)
        }
        // `!` alone means "not a plain scalar" (YAML 1.2, 6.9.1), other tags are an application's.
        Some(_) => Scalar::Str,
        None => by_style,
    }
}
