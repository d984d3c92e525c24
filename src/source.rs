//! Where text comes from, and where in it something stands.
//!
//! Floor 0: everything that points at a place points with a [`Place`]. Start with [`Source`],
//! the text of one file; it turns byte [`Span`]s into places with lines and columns.

use std::fmt;
use std::sync::Arc;

/// The catalog that a file belongs to: nothing may assume that there is only one repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Origin {
    /// The repository, or the folder, that is being examined.
    #[default]
    Repository,
    /// Another catalog's index, by the name it was imported under and the commit it was pinned to.
    Import {
        /// The name in the importing catalog's configuration.
        name: String,
        /// The commit id, in hexadecimal.
        commit: String,
    },
}

/// One file of an origin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct File {
    /// The catalog it belongs to.
    pub origin: Origin,
    /// The path relative to the repository, with `/` between components.
    pub path: String,
}

impl File {
    /// A file of the examined repository itself.
    pub fn local(path: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { origin: Origin::Repository, path: path.into() })
    }
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Origin::Repository => f.write_str(&self.path),
            Origin::Import { name, .. } => write!(f, "{name}!{}", self.path),
        }
    }
}

/// A half-open range of bytes in a source's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range from `start` to `end`; an end before the start is moved to it.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// Whether no byte is inside.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `offset` lies inside.
    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The range as indices.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A line and a column, both from 1; columns count Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// A span of a file, with its lines and columns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: Arc<File>,
    /// Where it begins.
    pub start: LineColumn,
    /// One past its last character.
    pub end: LineColumn,
    /// The same as bytes of the text (after a byte order mark).
    pub span: Span,
}

impl Place {
    /// The whole file, pointed at by its first character: for what has no text.
    pub fn of_file(file: Arc<File>) -> Self {
        let origin = LineColumn { line: 1, column: 1 };
        Self { file, start: origin, end: origin, span: Span::default() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.start.line, self.start.column)
    }
}

/// The text of one file, without a byte order mark, and its line starts.
#[derive(Debug, Clone)]
pub struct Source {
    file: Arc<File>,
    text: String,
    lines: Vec<u32>,
    /// How many characters stand before every 1024th byte; empty for a text of ASCII alone.
    characters: Vec<u32>,
}

impl Source {
    /// Takes a file's text; a leading byte order mark is dropped.
    pub fn new(file: Arc<File>, mut text: String) -> Self {
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let lines = line_starts(&text);
        let characters = character_counts(&text);
        Self { file, text, lines, characters }
    }

    /// The file.
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text inside a span; empty when the span is not one of this source.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The place of a span.
    pub fn place(&self, span: Span) -> Place {
        let (start, end) = (self.line_column(span.start), self.line_column(span.end));
        Place { file: Arc::clone(&self.file), start, end, span }
    }

    /// The line and column of a byte offset; an offset past the end is the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = self.lines[line - 1] as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = self.characters_before(end) - self.characters_before(start.min(end));
        LineColumn { line: line as u32, column: column as u32 + 1 }
    }

    /// How many characters stand before a byte offset, which lies between two characters.
    fn characters_before(&self, offset: usize) -> usize {
        let Some(counted) = self.characters.get(offset / BLOCK) else { return offset };
        let rest = &self.text.as_bytes()[offset / BLOCK * BLOCK..offset];
        *counted as usize + rest.iter().filter(|byte| is_first_byte(**byte)).count()
    }

    /// The span of a line (from 1), without its line break.
    pub fn line_span(&self, line: u32) -> Span {
        let index = (line.max(1) as usize - 1).min(self.lines.len() - 1);
        let start = self.lines[index] as usize;
        let end = self.lines.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        let trimmed = self.text[start..end].trim_end_matches(['\n', '\r']).len();
        Span::new(start, start + trimmed)
    }

    /// How many lines there are; a text without a line break has one.
    pub fn line_count(&self) -> u32 {
        self.lines.len() as u32
    }
}

const BLOCK: usize = 1024;

/// Whether a byte of UTF-8 is the first of a character.
fn is_first_byte(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

fn character_counts(text: &str) -> Vec<u32> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut counts = vec![0];
    for block in text.as_bytes().chunks(BLOCK) {
        let characters = block.iter().filter(|byte| is_first_byte(**byte)).count() as u32;
        counts.push(counts[counts.len() - 1] + characters);
    }
    counts
}

/// Byte offsets at which lines start; `\n`, `\r\n` and a lone `\r` end a line (YAML 1.2, 5.4).
fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = Vec::with_capacity(bytes.len() / 24 + 1);
    starts.push(0);
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
            starts.push(at as u32 + 1);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new(File::local("a.yaml"), text.to_owned())
    }

    #[test]
    fn columns_count_characters_and_not_bytes() {
        let source = source("größe: 1\nb: 2\n");
        let at = source.text().find('1').unwrap();
        assert_eq!(source.line_column(at as u32), LineColumn { line: 1, column: 8 });
    }

    #[test]
    fn every_kind_of_line_break_starts_a_line() {
        let source = source("a\r\nb\rc\nd");
        assert_eq!(source.line_count(), 4);
        assert_eq!(source.line_column(3), LineColumn { line: 2, column: 1 });
        assert_eq!(source.slice(source.line_span(1)), "a");
        assert_eq!(source.slice(source.line_span(3)), "c");
    }

    #[test]
    fn a_byte_order_mark_moves_nothing() {
        let source = source("\u{feff}a: 1");
        assert_eq!(source.text(), "a: 1");
        assert_eq!(source.line_column(0), LineColumn { line: 1, column: 1 });
    }
}
