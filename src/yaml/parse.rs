//! From text to [`Arena`]: one pass over the parser's events, with limits that hold for hostile
//! input too.
//!
//! The parser itself knows no limit for block depth, duplicate keys or alias expansion, and its
//! marks count characters; all of that is added here. After a mistake it goes on at the next
//! `---`, so that one broken document does not hide what is wrong with the others.

use super::arena::{Arena, NodeId};
use super::builder::Builder;
use super::plain;
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
    /// Values in one file.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 8 << 20,
            depth: 128,
            alias_nodes: 20_000,
            documents: 20_000,
            nodes: 500_000,
        }
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
    /// More than [`Limits::nodes`] values.
    TooManyValues,
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
            Self::TooManyValues => f.write_str("it holds too many values"),
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

/// How many bytes are read again for tabs that separate: enough for hundreds of them in a file of
/// ordinary size. After that a tab is a mistake.
const MOST_REREAD: usize = 32 << 20;

/// Parses all documents of a source.
pub fn parse(source: &Source, limits: &Limits) -> Stream {
    let text = source.text();
    if let Some((at, control)) = first_forbidden(text) {
        let span = Span::new(at, at + control.len_utf8());
        let mut stream = Stream::default();
        stream.problems.push(Problem { kind: ProblemKind::Control(control), span, document: 0 });
        return stream;
    }
    if let Some(stream) = plain::read(text, limits) {
        return stream;
    }
    by_events(text, limits)
}

/// Parses all documents of a text by the parser's events.
pub(super) fn by_events(text: &str, limits: &Limits) -> Stream {
    let mut stream = Stream::default();
    let mut patched: Option<String> = None;
    let mut base = 0;
    let (mut restarts, mut reread) = (0, 0);
    while restarts < RESTARTS {
        let whole = patched.as_deref().unwrap_or(text);
        let kept = (stream.arena.slots.len(), stream.documents.len(), stream.problems.len());
        let mut builder = Builder::new(whole, base, limits, &mut stream);
        let Err(stop) = builder.run() else { break };
        let at = stop.span.start as usize;
        if stop.tab_separator && whole[..at].ends_with('\t') && reread < MOST_REREAD {
            reread += whole.len();
            // YAML allows a tab after `:`, the parser does not: give it a space of the same width.
            let run = whole[..at].trim_end_matches('\t').len();
            let fixed = [&whole[..run], &" ".repeat(at - run), &whole[at..]].concat();
            stream.arena.slots.truncate(kept.0);
            stream.documents.truncate(kept.1);
            stream.problems.truncate(kept.2);
            patched = Some(fixed);
            continue;
        }
        restarts += 1;
        let fatal = matches!(stop.kind, ProblemKind::TooManyDocuments | ProblemKind::TooManyValues);
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
    // Without an early end in the loop the compiler looks at many bytes at once.
    if text.as_bytes().iter().fold(true, |all, byte| all & plain(byte)) {
        return None;
    }
    text.char_indices().find(|(_, c)| is_forbidden(*c))
}

fn is_forbidden(c: char) -> bool {
    let allowed = matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    (c.is_control() && !allowed) || matches!(c, '\u{fffe}' | '\u{ffff}')
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
