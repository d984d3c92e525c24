//! From text to [`Arena`]: one pass over the parser's events, with limits that hold for hostile
//! input too.
//!
//! The parser itself knows no limit for block depth, duplicate keys or alias expansion, and its
//! marks count characters; all of that is added here. After a mistake it goes on at the next
//! `---`, so that one broken document does not hide what is wrong with the others.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Marks, Tag};

use super::arena::{Arena, Children, Kind, NodeId, Slot};
use super::scalar::Scalar;
use crate::source::{Source, Span};

/// How much a text may ask for; going over is a [`Problem`].
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Collections inside collections.
    pub depth: usize,
    /// Values that aliases add to a document when they are expanded.
    pub alias_nodes: u64,
    /// Documents in one file.
    pub documents: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 8 << 20, depth: 128, alias_nodes: 20_000, documents: 20_000 }
    }
}

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// Where.
    pub span: Span,
    /// The number of the document it is in, from 0.
    pub document: usize,
}

/// The ways in which a text can be wrong before anybody asks what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// The text is not YAML; the parser's own words.
    Syntax(String),
    /// A tab stands where only spaces may indent.
    TabIndent,
    /// A character that YAML does not allow (section 5.1).
    Control(char),
    /// A key stands twice in one mapping; where it stood first.
    DuplicateKey {
        /// The key.
        key: String,
        /// Its first place.
        first: Span,
    },
    /// Collections nest deeper than [`Limits::depth`].
    TooDeep,
    /// Aliases expand to more than [`Limits::alias_nodes`] values.
    AliasBudget,
    /// A value contains an alias of itself.
    RecursiveAlias,
    /// More than [`Limits::documents`] documents.
    TooManyDocuments,
}

impl std::fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Syntax(message) => f.write_str(message),
            Self::TabIndent => f.write_str("a tab indents the line"),
            Self::Control(c) => write!(f, "it holds the control character U+{:04X}", u32::from(*c)),
            Self::DuplicateKey { key, .. } => write!(f, "the key `{key}` stands twice"),
            Self::TooDeep => f.write_str("it nests too deep"),
            Self::AliasBudget => f.write_str("its aliases expand to too many values"),
            Self::RecursiveAlias => f.write_str("an alias stands inside the value that it repeats"),
            Self::TooManyDocuments => f.write_str("it holds too many documents"),
        }
    }
}

/// The documents of one text.
#[derive(Debug, Default)]
pub struct Stream {
    /// All values.
    pub arena: Arena,
    /// The root of each document that parsed, in order; empty documents are left out.
    pub documents: Vec<NodeId>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Stream {
    /// Whether the text could be read to its end.
    pub fn is_complete(&self) -> bool {
        self.problems.iter().all(|problem| matches!(problem.kind, ProblemKind::DuplicateKey { .. }))
    }
}

/// How often parsing starts again after a mistake: enough for people, too few for an attack.
const RESTARTS: usize = 20;

/// Parses all documents of a source.
pub fn parse(source: &Source, limits: &Limits) -> Stream {
    let text = source.text();
    let mut stream = Stream::default();
    if let Some((at, control)) = first_forbidden(text) {
        let span = Span::new(at, at + control.len_utf8());
        stream.problems.push(Problem { kind: ProblemKind::Control(control), span, document: 0 });
        return stream;
    }
    let mut patched: Option<String> = None;
    let mut base = 0;
    for _ in 0..RESTARTS {
        let whole = patched.as_deref().unwrap_or(text);
        let kept = (stream.arena.slots.len(), stream.documents.len(), stream.problems.len());
        let mut builder = Builder::new(whole, base, limits, &mut stream);
        let Err(stop) = builder.run() else { break };
        let at = stop.span.start as usize;
        if stop.tab_separator && whole[..at].ends_with('\t') {
            // YAML allows a tab after `:`, the parser does not: give it a space of the same width.
            let run = whole[..at].trim_end_matches('\t').len();
            let fixed = [&whole[..run], &" ".repeat(at - run), &whole[at..]].concat();
            stream.arena.slots.truncate(kept.0);
            stream.documents.truncate(kept.1);
            stream.problems.truncate(kept.2);
            patched = Some(fixed);
            continue;
        }
        let fatal = matches!(stop.kind, ProblemKind::TooManyDocuments);
        let (kind, span, document) = (stop.kind, stop.span, stream.documents.len());
        stream.problems.push(Problem { kind, span, document });
        let next = next_document(whole, at.saturating_sub(1)).filter(|next| *next > base && !fatal);
        let Some(next) = next else { break };
        base = next;
    }
    stream
}

/// The offset of the next `---` at the start of a line, from the line break at `at` on.
fn next_document(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let rest = bytes.get(at..)?;
    rest.windows(4).position(|window| window == b"\n---").map(|found| at + found + 1)
}

/// The first character that YAML does not allow; most texts are plain, and told so quickly.
fn first_forbidden(text: &str) -> Option<(usize, char)> {
    let plain = |byte: &u8| (b' '..0x7f).contains(byte) || matches!(byte, b'\n' | b'\r' | b'\t');
    if text.as_bytes().iter().all(plain) {
        return None;
    }
    text.char_indices().find(|(_, c)| is_forbidden(*c))
}

fn is_forbidden(c: char) -> bool {
    let allowed = matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    (c.is_control() && !allowed) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Why building stopped before the end.
struct Stop {
    kind: ProblemKind,
    span: Span,
    tab_separator: bool,
}

/// A collection whose end has not come yet.
struct Frame {
    id: NodeId,
    mapping: bool,
    flow: bool,
    anchor: usize,
    /// How many values it stands for, aliases expanded.
    weight: u64,
    children: Vec<NodeId>,
}

struct Builder<'t, 's> {
    text: &'t str,
    base: usize,
    ascii: bool,
    /// The byte offset of every 64th character, for texts that are not ASCII.
    offsets: Vec<usize>,
    has_tab: bool,
    limits: &'s Limits,
    stream: &'s mut Stream,
    frames: Vec<Frame>,
    root: Option<NodeId>,
    anchors: HashMap<usize, Option<(NodeId, u64)>>,
    expanded: u64,
}

impl<'t, 's> Builder<'t, 's> {
    fn new(whole: &'t str, base: usize, limits: &'s Limits, stream: &'s mut Stream) -> Self {
        let text = &whole[base..];
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
            root: None,
            anchors: HashMap::new(),
            expanded: 0,
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
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
            Event::DocumentEnd => self.end_document(marks)?,
            Event::Scalar(text, style, anchor, tag) => {
                let span = self.scalar_span(marks, style);
                let scalar = resolve(&text, style, tag.as_deref());
                let start = self.stream.arena.texts.len();
                self.stream.arena.texts.push_str(&text);
                let text = Span::new(start, self.stream.arena.texts.len());
                let quoted = style != ScalarStyle::Plain;
                let id = self.slot(span, Kind::Scalar { scalar, text, quoted });
                if anchor > 0 {
                    self.anchors.insert(anchor, Some((id, 1)));
                }
                self.place(id, 1)?;
            }
            Event::Alias(anchor) => self.alias(anchor, marks)?,
            Event::SequenceStart(anchor, _) => self.open(false, anchor, marks)?,
            Event::MappingStart(anchor, _) => self.open(true, anchor, marks)?,
            Event::SequenceEnd | Event::MappingEnd => self.close(marks)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
        Ok(())
    }

    fn end_document(&mut self, marks: Marks) -> Result<(), Stop> {
        let Some(root) = self.root.take() else { return Ok(()) };
        // A document of nothing (a `---` at the end of a file) is no document.
        let slot = self.stream.arena.slots[root.0 as usize];
        if matches!(slot.kind, Kind::Scalar { scalar: Scalar::Null, text, .. } if text.is_empty()) {
            return Ok(());
        }
        if self.stream.documents.len() >= self.limits.documents {
            return Err(Self::stop(ProblemKind::TooManyDocuments, self.span(marks)));
        }
        self.stream.documents.push(root);
        Ok(())
    }

    /// Scalars end where their text ends: blocks give away the blank lines that follow them.
    fn scalar_span(&self, marks: Marks, style: ScalarStyle) -> Span {
        let span = self.span(marks);
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return span;
        }
        let slice = self.text.get(span.start as usize - self.base..span.end as usize - self.base);
        let kept = slice.unwrap_or_default().trim_end().len();
        Span::new(span.start as usize, span.start as usize + kept)
    }

    fn slot(&mut self, span: Span, kind: Kind) -> NodeId {
        let id = NodeId(self.stream.arena.slots.len() as u32);
        self.stream.arena.slots.push(Slot { span, kind });
        id
    }

    fn open(&mut self, mapping: bool, anchor: usize, marks: Marks) -> Result<(), Stop> {
        let span = self.span(marks);
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
        self.frames.push(Frame { id, mapping, flow, anchor, weight: 1, children: Vec::new() });
        Ok(())
    }

    fn close(&mut self, marks: Marks) -> Result<(), Stop> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let arena = &mut self.stream.arena;
        let first = arena.children.len() as u32;
        arena.children.extend_from_slice(&frame.children);
        let children = Children { first, count: frame.children.len() as u32 };
        let end = if marks.start.index() == marks.end.index() {
            // A block collection ends where its last child ends, not where the next line begins.
            frame.children.last().map(|last| arena.slots[last.0 as usize].span.end)
        } else {
            None
        };
        let end = end.unwrap_or_else(|| self.span(marks).end);
        let slot = &mut self.stream.arena.slots[frame.id.0 as usize];
        slot.kind = if frame.mapping { Kind::Mapping(children) } else { Kind::Sequence(children) };
        slot.span.end = end.max(slot.span.start);
        if frame.anchor > 0 {
            self.anchors.insert(frame.anchor, Some((frame.id, frame.weight)));
        }
        if frame.mapping {
            self.find_duplicate_keys(&frame.children);
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
        self.check_indent(span)?;
        match self.frames.last_mut() {
            Some(frame) => {
                frame.weight += weight;
                frame.children.push(id);
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

    fn find_duplicate_keys(&mut self, children: &[NodeId]) {
        let arena = &self.stream.arena;
        let key = |id: NodeId| match arena.slots[id.0 as usize].kind {
            Kind::Scalar { scalar, text, .. } => {
                Some((&arena.texts[text.range()], std::mem::discriminant(&scalar)))
            }
            _ => None,
        };
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

/// Whether no two keys are the same; most mappings are small, and need no hashing.
fn are_distinct<K: PartialEq + Eq + std::hash::Hash>(keys: &[(NodeId, K)]) -> bool {
    if keys.len() <= 12 {
        let later = |at: usize| keys[at + 1..].iter().map(|(_, key)| key);
        return keys.iter().enumerate().all(|(at, (_, key))| later(at).all(|other| other != key));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::File;
    use crate::yaml::Pointer;

    fn source(text: &str) -> Source {
        Source::new(File::local("a.yaml"), text.to_owned())
    }

    fn problems(text: &str) -> Vec<ProblemKind> {
        let limits = Limits { depth: 20, alias_nodes: 100, documents: 5, ..Limits::default() };
        parse(&source(text), &limits).problems.into_iter().map(|problem| problem.kind).collect()
    }

    #[test]
    fn every_value_knows_where_it_is_written() {
        let source = source("größe: \"a b\"\nlist:\n  - x\n  - k: |\n      text\n\nend: ~\n");
        let stream = parse(&source, &Limits::default());
        let root = stream.arena.node(stream.documents[0]);
        let slice = |pointer: &str| {
            let (_, node) = root.at(&Pointer::from_text(pointer)).unwrap();
            source.slice(node.span())
        };
        assert_eq!(slice("/größe"), "\"a b\"");
        assert_eq!(slice("/list/0"), "x");
        assert_eq!(slice("/list/1/k"), "text");
        assert_eq!(slice("/end"), "~");
        assert_eq!(slice("/list"), "- x\n  - k: |\n      text");
    }

    #[test]
    fn one_broken_document_does_not_hide_the_others() {
        let text = "a: 1\n---\nb: [\n---\nc: 3\n---\nd: \"x\n---\ne: 5\n";
        let stream = parse(&source(text), &Limits::default());
        let keys: Vec<_> = stream
            .documents
            .iter()
            .map(|id| stream.arena.node(*id).entries().next().unwrap().0.text().unwrap())
            .collect();
        assert_eq!(keys, ["a", "c", "e"]);
        assert_eq!(stream.problems.len(), 2);
    }

    #[test]
    fn a_key_that_stands_twice_is_reported_at_both_places() {
        let found = problems("a: 1\nb: 2\na: 3\n");
        let first = Span::new(0, 1);
        assert_eq!(found, [ProblemKind::DuplicateKey { key: "a".into(), first }]);
        assert!(problems("1: a\n\"1\": b\n").is_empty(), "an integer and a string are two keys");
    }

    #[test]
    fn aliases_share_values_and_have_a_budget() {
        let stream = parse(&source("a: &x {k: v}\nb: *x\n"), &Limits::default());
        let root = stream.arena.node(stream.documents[0]);
        assert_eq!(root.get("b").unwrap().str("k"), Some("v"));
        let bomb = "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n";
        assert_eq!(problems(bomb), [ProblemKind::AliasBudget]);
        assert_eq!(problems("a: &a [*a]\n"), [ProblemKind::RecursiveAlias]);
        assert_eq!(problems("a: &x 1\n---\nb: *x\n").len(), 1, "anchors end with their document");
    }

    #[test]
    fn depth_documents_tabs_and_control_characters_are_limited() {
        assert_eq!(problems(&"[".repeat(5000)), [ProblemKind::TooDeep]);
        let block: String = (0..50).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
        assert_eq!(problems(&block), [ProblemKind::TooDeep]);
        assert_eq!(problems(&"---\na: 1\n".repeat(9)), [ProblemKind::TooManyDocuments]);
        assert_eq!(problems("a:\n\tb: 1\n"), [ProblemKind::TabIndent]);
        assert_eq!(problems("a: \u{0}b"), [ProblemKind::Control('\u{0}')]);
    }

    #[test]
    fn a_tab_may_separate_a_key_from_its_value() {
        let stream = parse(&source("a:\tb\nc:\t\td\n"), &Limits::default());
        assert_eq!(stream.problems, []);
        let root = stream.arena.node(stream.documents[0]);
        assert_eq!((root.str("a"), root.str("c")), (Some("b"), Some("d")));
    }
}
