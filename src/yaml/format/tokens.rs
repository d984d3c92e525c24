//! All that is written between and around the values of a text: comments, indicators, markers,
//! anchors and tags, which an [`Arena`] leaves out.
//!
//! Where values stand is known from the arena, so what lies between them can be read without
//! guessing: a `#` in a value is never taken for a comment. Whatever fits nothing is [`Odd`].

use super::super::arena::{Arena, Kind};
use super::Odd;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A plain or quoted scalar.
    Scalar,
    /// A block scalar, with its header and all of its lines.
    Block,
    Alias,
    /// An anchor or a tag.
    Property,
    Comment,
    Dash,
    Question,
    Colon,
    Comma,
    Open,
    Close,
    /// `---`
    Start,
    /// `...`
    End,
    Directive,
}

/// Something that is written, with the lines (from 0) and the column, in bytes, where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) what: What,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) line: usize,
    pub(super) last_line: usize,
    pub(super) column: usize,
}

/// The tokens of a text in which every line ends with `\n` alone.
pub(super) fn tokens(text: &str, arena: &Arena) -> Result<Vec<Token>, Odd> {
    let mut scanner = Scanner { text, at: 0, line: 0, line_start: 0, depth: 0, tokens: Vec::new() };
    for slot in &arena.slots {
        let (start, end) = (slot.span.start as usize, slot.span.end as usize);
        match slot.kind {
            Kind::Scalar { quoted, text, .. } if quoted || start < end => {
                // Nothing may be said to stand on spaces.
                let end = if quoted || !text.is_empty() { end } else { start };
                scanner.scalar(start, end, quoted)?;
            }
            Kind::Alias(_) => {
                scanner.gap(start)?;
                if !text[start..end].starts_with('*') {
                    return Err(Odd);
                }
                scanner.push(What::Alias, end);
            }
            _ => {}
        }
    }
    scanner.gap(text.len())?;
    Ok(scanner.tokens)
}

/// What follows the indicator of a block scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Whether line breaks at its end are part of it (`+`).
    pub(super) keeps: bool,
    /// Whether they are left out altogether (`-`).
    pub(super) strips: bool,
    /// How far it says to be indented.
    pub(super) digit: Option<usize>,
    /// How long it is.
    pub(super) length: usize,
}

impl Header {
    /// The header that a block scalar begins with.
    pub(super) fn of(block: &str) -> Self {
        let marks = &block[1..];
        let length = marks
            .find(|c: char| !c.is_ascii_digit() && c != '+' && c != '-')
            .unwrap_or(marks.len());
        let marks = &marks[..length];
        Self {
            keeps: marks.contains('+'),
            strips: marks.contains('-'),
            digit: marks.chars().find_map(|c| c.to_digit(10)).map(|digit| digit as usize),
            length: 1 + length,
        }
    }
}

/// How many spaces a line begins with.
pub(super) fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    line_start: usize,
    /// How many flow collections are open.
    depth: usize,
    tokens: Vec<Token>,
}

impl Scanner<'_> {
    /// Adds what stands from here to `end`.
    fn push(&mut self, what: What, end: usize) {
        let (start, line, column) = (self.at, self.line, self.at - self.line_start);
        self.advance(end);
        self.tokens.push(Token { what, start, end, line, last_line: self.line, column });
    }

    /// Goes to `end`, counting lines.
    fn advance(&mut self, end: usize) {
        for at in memchr::memchr_iter(b'\n', &self.text.as_bytes()[self.at..end]) {
            self.line += 1;
            self.line_start = self.at + at + 1;
        }
        self.at = end;
    }

    /// A scalar, with its anchor and tag; if a header comes first it is a block. Nothing says where
    /// a block stands that is empty.
    fn scalar(&mut self, start: usize, end: usize, quoted: bool) -> Result<(), Odd> {
        let nowhere = quoted && start == end;
        let mut header = self.gap_or_header(if nowhere { self.text.len() } else { start })?;
        while !header && self.text[self.at..].starts_with(['&', '!']) {
            self.push(What::Property, self.at + self.property(&self.text.as_bytes()[self.at..])?);
            let says = |c: char| !matches!(c, ' ' | '\t' | '\n');
            let next = self.text[self.at..].find(says).map_or(self.text.len(), |at| self.at + at);
            // Whatever else stands there is read as what it is behind a property.
            header = next < self.text.len() && self.gap_or_header(next)?;
            header |= quoted && self.text[self.at..].starts_with(['|', '>']);
        }
        if header && quoted {
            let end = self.block_end(self.at, if nowhere { self.at + 1 } else { end })?;
            self.push(What::Block, end);
        } else if header || (quoted && !self.text[self.at..].starts_with(['"', '\''])) {
            return Err(Odd);
        } else if self.at < end {
            self.push(What::Scalar, end);
        }
        Ok(())
    }

    /// Where a block scalar ends with what belongs to it behind its last text: blank lines that it
    /// keeps, and those of more spaces than it is indented by.
    fn block_end(&self, start: usize, end: usize) -> Result<usize, Odd> {
        let line_end = |at: usize| {
            memchr::memchr(b'\n', &self.text.as_bytes()[at..]).map_or(self.text.len(), |n| at + n)
        };
        let header = Header::of(&self.text[start..line_end(start)]);
        let mut stop = line_end(end);
        let body = self.text[start..stop].split_once('\n').map(|(_, body)| body);
        let first = body.and_then(|body| body.lines().find(|line| !line.trim().is_empty()));
        // Readers differ on where an empty one ends.
        if first.is_none() {
            return Err(Odd);
        }
        let indent = match header.digit {
            Some(digit) => self.parent_column().ok_or(Odd)? + digit,
            None => first.map_or(usize::MAX, indent_of),
        };
        let mut next = stop;
        while next + 1 < self.text.len() {
            let line = &self.text[next + 1..line_end(next + 1)];
            if line.contains(|c: char| c != ' ') {
                break;
            }
            next += 1 + line.len();
            if header.keeps || line.len() > indent {
                stop = next;
            }
        }
        // A last line that does not end would mean something else if it did.
        let ends = next < self.text.len() || header.strips;
        if ends { Ok(stop) } else { Err(Odd) }
    }

    /// The column of the key or dash that the next value belongs to.
    fn parent_column(&self) -> Option<usize> {
        let beside = |token: &&Token| !matches!(token.what, What::Property | What::Comment);
        let mut before = self.tokens.iter().rev().skip_while(|token| !beside(token));
        let first = before.next()?;
        if first.what == What::Dash {
            return Some(first.column);
        }
        let key = before.next().filter(|_| first.what == What::Colon)?;
        let own = before.take_while(|token| token.what == What::Property && token.line == key.line);
        Some(own.last().unwrap_or(key).column)
    }

    /// Reads what is no value, up to `end`.
    fn gap(&mut self, end: usize) -> Result<(), Odd> {
        if self.gap_or_header(end)? { Err(Odd) } else { Ok(()) }
    }

    /// The same, but it ends before the header of a block scalar; says whether there is one.
    fn gap_or_header(&mut self, end: usize) -> Result<bool, Odd> {
        while self.at < end {
            let bytes = &self.text.as_bytes()[self.at..end];
            let first = bytes.first().copied().unwrap_or_default();
            if matches!(first, b' ' | b'\t' | b'\n') {
                self.advance(self.at + 1);
                continue;
            }
            if matches!(first, b'|' | b'>') {
                return Ok(true);
            }
            let (what, length) = self.token(first, bytes)?;
            match what {
                What::Open => self.depth += 1,
                What::Close => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            self.push(what, self.at + length);
        }
        if self.at == end { Ok(false) } else { Err(Odd) }
    }

    fn token(&self, first: u8, bytes: &[u8]) -> Result<(What, usize), Odd> {
        let to_line_end = || {
            let line = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
            self.text[self.at..self.at + line].trim_end_matches([' ', '\t']).len()
        };
        let blank_at = |at: usize| bytes.get(at).is_none_or(|b| matches!(b, b' ' | b'\t' | b'\n'));
        let at_line_start = self.at == self.line_start;
        let before = self.text[..self.at].bytes().next_back();
        Ok(match first {
            b'#' if at_line_start || matches!(before, Some(b' ' | b'\t' | b'\n')) => {
                (What::Comment, to_line_end())
            }
            b'%' if at_line_start => (What::Directive, to_line_end()),
            b'-' if at_line_start && bytes.starts_with(b"---") && blank_at(3) => (What::Start, 3),
            b'.' if at_line_start && bytes.starts_with(b"...") && blank_at(3) => (What::End, 3),
            b'-' if blank_at(1) || self.at + 1 == self.text.len() => (What::Dash, 1),
            b'?' if blank_at(1) => (What::Question, 1),
            b':' => (What::Colon, 1),
            b',' if self.depth > 0 => (What::Comma, 1),
            b'[' | b'{' => (What::Open, 1),
            b']' | b'}' => (What::Close, 1),
            b'&' | b'!' => (What::Property, self.property(bytes)?),
            _ => return Err(Odd),
        })
    }

    fn property(&self, bytes: &[u8]) -> Result<usize, Odd> {
        if bytes.starts_with(b"!<") {
            return memchr::memchr(b'>', bytes).map(|at| at + 1).ok_or(Odd);
        }
        let ends = |byte: &u8| {
            matches!(byte, b' ' | b'\t' | b'\n') || (self.depth > 0 && b",[]{}".contains(byte))
        };
        Ok(bytes.iter().position(ends).unwrap_or(bytes.len()))
    }
}
