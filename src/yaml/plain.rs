//! The YAML that people write, read line by line.
//!
//! Nearly all of a catalog is block mappings, block lists and scalars on one line. That much is
//! read here at a fraction of the cost of the general parser. Whatever is not certain (anchors,
//! tags, escapes, tabs, scalars of several lines, anything odd, and every mistake) is left to the
//! general parser: [`read`] then gives nothing. Tests hold the two against each other.

use super::builder::Builder;
use super::parse::{Limits, Stream};
use super::scalar::Scalar;
use crate::source::Span;

/// Something that is left to the general parser.
struct Unsure;

type Sure<T = ()> = Result<T, Unsure>;

/// Reads a text, if all of it is plain.
pub(super) fn read(text: &str, limits: &Limits) -> Option<Stream> {
    if memchr::memchr2(b'\t', b'\r', text.as_bytes()).is_some() {
        return None;
    }
    let mut stream = Stream::default();
    let builder = Builder::new(text, 0, limits, &mut stream);
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, builder };
    reader.documents().ok()?;
    Some(stream)
}

/// A line that says something.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    /// How many spaces it begins with.
    indent: usize,
    /// Where it ends, before spaces and the line break.
    end: usize,
    /// Where the next line starts.
    next: usize,
}

struct Reader<'t, 's> {
    text: &'t str,
    bytes: &'t [u8],
    /// Where the next line starts that was not read yet.
    at: usize,
    builder: Builder<'t, 's>,
}

impl<'t> Reader<'t, '_> {
    fn line(&self, start: usize) -> Option<Line> {
        if start >= self.bytes.len() {
            return None;
        }
        let found = memchr::memchr(b'\n', &self.bytes[start..]);
        let stop = found.map_or(self.bytes.len(), |length| start + length);
        let mut end = stop;
        while end > start && self.bytes[end - 1] == b' ' {
            end -= 1;
        }
        let indent = self.bytes[start..end].iter().take_while(|byte| **byte == b' ').count();
        Some(Line { start, indent, end, next: stop + 1 })
    }

    /// The next line that is neither blank nor a comment, without reading it.
    fn peek(&self) -> Option<Line> {
        let mut at = self.at;
        loop {
            let line = self.line(at)?;
            let first = self.bytes.get(line.start + line.indent);
            if line.start + line.indent < line.end && first != Some(&b'#') {
                return Some(line);
            }
            at = line.next;
        }
    }

    /// The next line of the same document.
    fn peek_inside(&self) -> Option<Line> {
        self.peek().filter(|line| !self.is_marker(*line))
    }

    fn is_marker(&self, line: Line) -> bool {
        let text = &self.bytes[line.start..line.end];
        line.indent == 0 && (text.starts_with(b"---") || text.starts_with(b"..."))
    }

    fn documents(&mut self) -> Sure {
        while let Some(mut line) = self.peek() {
            if self.is_marker(line) {
                if &self.bytes[line.start..line.end] != b"---" {
                    return Err(Unsure);
                }
                self.at = line.next;
                match self.peek_inside() {
                    Some(first) => line = first,
                    // A document of nothing.
                    None => continue,
                }
            }
            if line.indent != 0 {
                return Err(Unsure);
            }
            self.node(line, 0)?;
            if self.peek_inside().is_some() {
                return Err(Unsure);
            }
            let end = Span::new(self.at, self.at);
            self.builder.end_document(end).or(Err(Unsure))?;
        }
        Ok(())
    }

    /// A collection whose first entry stands at a column of a line.
    fn node(&mut self, line: Line, column: usize) -> Sure {
        let at = line.start + column;
        if self.is_dash(at, line.end) {
            self.sequence(line, column, at)
        } else if self.key(at, line.end).is_some() {
            self.mapping(line, column)
        } else {
            Err(Unsure)
        }
    }

    fn is_dash(&self, at: usize, end: usize) -> bool {
        self.bytes[at] == b'-' && (at + 1 == end || self.bytes[at + 1] == b' ')
    }

    /// Where a key ends that begins here: before a colon that a space or the line's end follows.
    fn key(&self, at: usize, end: usize) -> Option<usize> {
        let of = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./$-".contains(byte);
        let length = self.bytes[at..end].iter().take_while(|byte| of(byte)).count();
        let colon = at + length;
        let is_key = length > 0
            && self.bytes[at] != b'-'
            && colon < end
            && self.bytes[colon] == b':'
            && (colon + 1 == end || self.bytes[colon + 1] == b' ');
        is_key.then_some(colon)
    }

    fn mapping(&mut self, first: Line, column: usize) -> Sure {
        let mut line = first;
        let start = line.start + column;
        self.builder.open(true, 0, Span::new(start, start)).or(Err(Unsure))?;
        loop {
            let at = line.start + column;
            let colon = self.key(at, line.end).ok_or(Unsure)?;
            self.plain(at, colon)?;
            match self.after(line, colon + 1) {
                Some(value) => self.inline(line, value, column)?,
                None => {
                    self.at = line.next;
                    self.below(column, Some(colon))?;
                }
            }
            match self.peek_inside() {
                Some(next) if next.indent > column => return Err(Unsure),
                Some(next) if next.indent == column => {
                    if self.is_dash(next.start + column, next.end) {
                        return Err(Unsure);
                    }
                    line = next;
                }
                _ => break,
            }
        }
        self.builder.close(None).or(Err(Unsure))
    }

    fn sequence(&mut self, first: Line, column: usize, start: usize) -> Sure {
        let mut line = first;
        self.builder.open(false, 0, Span::new(start, start)).or(Err(Unsure))?;
        loop {
            let dash = line.start + column;
            match self.after(line, dash + 1) {
                Some(value) if self.is_dash(value, line.end) => return Err(Unsure),
                Some(value) if self.key(value, line.end).is_some() => {
                    self.mapping(line, value - line.start)?;
                }
                Some(value) => self.inline(line, value, column)?,
                None => {
                    self.at = line.next;
                    self.below(column, None)?;
                }
            }
            match self.peek_inside() {
                Some(next) if next.indent > column => return Err(Unsure),
                Some(next)
                    if next.indent == column && self.is_dash(next.start + column, next.end) =>
                {
                    line = next;
                }
                _ => break,
            }
        }
        self.builder.close(None).or(Err(Unsure))
    }

    /// The first character of what follows a colon or a dash on its line, comments aside.
    fn after(&self, line: Line, from: usize) -> Option<usize> {
        let spaces = self.bytes[from..line.end].iter().take_while(|byte| **byte == b' ').count();
        let at = from + spaces;
        (at < line.end && self.bytes[at] != b'#').then_some(at)
    }

    /// What stands on the lines below a key or a dash; a key may have nothing there.
    fn below(&mut self, column: usize, colon: Option<usize>) -> Sure {
        match (self.peek_inside(), colon) {
            (Some(next), _) if next.indent > column => self.node(next, next.indent),
            // A list may stand as far left as the key that holds it.
            (Some(next), Some(_))
                if next.indent == column && self.is_dash(next.start + column, next.end) =>
            {
                // The parser lets such a list begin with its first item and not with its dash.
                let start = self.after(next, next.start + column + 1).ok_or(Unsure)?;
                self.sequence(next, column, start)
            }
            (_, Some(colon)) => {
                let span = Span::new(colon, colon);
                self.builder.scalar(span, "", Scalar::Null, false).map(|_| ()).or(Err(Unsure))
            }
            (_, None) => Err(Unsure),
        }
    }

    fn plain(&mut self, start: usize, end: usize) -> Sure {
        let text = &self.text[start..end];
        let scalar = Scalar::of_plain(text);
        self.builder.scalar(Span::new(start, end), text, scalar, false).map(|_| ()).or(Err(Unsure))
    }

    fn quoted(&mut self, span: Span, text: &str) -> Sure {
        self.builder.scalar(span, text, Scalar::Str, true).map(|_| ()).or(Err(Unsure))
    }

    /// A value that begins on its key's line. `column` is that of the collection that holds it.
    fn inline(&mut self, line: Line, at: usize, column: usize) -> Sure {
        match self.bytes[at] {
            b'|' | b'>' => return self.block(line, at, column),
            quote @ (b'"' | b'\'') => {
                let end = self.quote(at, line.end, quote)?;
                self.nothing_after(end, line.end)?;
                let text = self.text;
                self.quoted(Span::new(at, end), &text[at + 1..end - 1])?;
            }
            b'[' => self.flow(line, at)?,
            b'{' => {
                if self.bytes.get(at + 1) != Some(&b'}') {
                    return Err(Unsure);
                }
                self.nothing_after(at + 2, line.end)?;
                self.builder.open(true, 0, Span::new(at, at + 1)).or(Err(Unsure))?;
                self.builder.close(Some(at as u32 + 2)).or(Err(Unsure))?;
            }
            _ => {
                let end = self.plain_end(at, line.end)?;
                self.plain(at, end)?;
            }
        }
        self.at = line.next;
        // A scalar may go on below.
        match self.peek_inside() {
            Some(next) if next.indent > column => Err(Unsure),
            _ => Ok(()),
        }
    }

    /// One past the quote that closes; no escapes, and all on one line.
    fn quote(&self, at: usize, end: usize, quote: u8) -> Sure<usize> {
        let inside = &self.bytes[at + 1..end];
        let length = memchr::memchr(quote, inside).ok_or(Unsure)?;
        let close = at + 1 + length;
        let escapes = quote == b'"' && memchr::memchr(b'\\', &inside[..length]).is_some();
        let doubled = quote == b'\'' && self.bytes.get(close + 1) == Some(&b'\'');
        if escapes || doubled { Err(Unsure) } else { Ok(close + 1) }
    }

    /// Whether only a comment follows on the line.
    fn nothing_after(&self, at: usize, end: usize) -> Sure {
        let rest = &self.bytes[at..end];
        let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
        match rest.get(spaces) {
            None => Ok(()),
            Some(b'#') if spaces > 0 => Ok(()),
            Some(_) => Err(Unsure),
        }
    }

    /// Where a plain scalar ends that begins here.
    fn plain_end(&self, at: usize, end: usize) -> Sure<usize> {
        let first = self.bytes[at];
        let second = self.bytes.get(at + 1).filter(|_| at + 1 < end);
        let indicator = b",[]{}#&*!|>'\"%@`".contains(&first);
        let needs_more = b"-?:".contains(&first) && second.is_none_or(|byte| *byte == b' ');
        if indicator || needs_more {
            return Err(Unsure);
        }
        let mut stop = end;
        for found in memchr::memchr2_iter(b':', b'#', &self.bytes[at..end]) {
            let here = at + found;
            if self.bytes[here] == b'#' && self.bytes[here - 1] == b' ' {
                stop = here;
                break;
            }
            let last = here + 1 == end || self.bytes[here + 1] == b' ';
            if self.bytes[here] == b':' && last {
                return Err(Unsure);
            }
        }
        while self.bytes[stop - 1] == b' ' {
            stop -= 1;
        }
        Ok(stop)
    }

    /// A flow list of plain or quoted scalars, on one line.
    fn flow(&mut self, line: Line, open: usize) -> Sure {
        self.builder.open(false, 0, Span::new(open, open + 1)).or(Err(Unsure))?;
        let mut at = open + 1;
        loop {
            at += self.bytes[at..line.end].iter().take_while(|byte| **byte == b' ').count();
            match self.bytes.get(at).filter(|_| at < line.end).ok_or(Unsure)? {
                b']' => break,
                quote @ (b'"' | b'\'') => {
                    let end = self.quote(at, line.end, *quote)?;
                    let text = self.text;
                    self.quoted(Span::new(at, end), &text[at + 1..end - 1])?;
                    at = end;
                }
                _ => {
                    let of = |byte: &u8| {
                        byte.is_ascii_alphanumeric()
                            || b"_./$-+:".contains(byte)
                            || !byte.is_ascii()
                    };
                    let length =
                        self.bytes[at..line.end].iter().take_while(|byte| of(byte)).count();
                    let odd = |byte: u8| b"-:".contains(&byte);
                    if length == 0 || odd(self.bytes[at]) || odd(self.bytes[at + length - 1]) {
                        return Err(Unsure);
                    }
                    self.plain(at, at + length)?;
                    at += length;
                }
            }
            at += self.bytes[at..line.end].iter().take_while(|byte| **byte == b' ').count();
            match self.bytes.get(at).filter(|_| at < line.end).ok_or(Unsure)? {
                b',' => at += 1,
                b']' => break,
                _ => return Err(Unsure),
            }
        }
        self.nothing_after(at + 1, line.end)?;
        self.builder.close(Some(at as u32 + 1)).or(Err(Unsure))
    }

    /// A literal block, or a folded one without blank or deeper lines.
    fn block(&mut self, line: Line, at: usize, column: usize) -> Sure {
        let folded = self.bytes[at] == b'>';
        let strip = match &self.bytes[at + 1..line.end] {
            b"" => false,
            b"-" => true,
            _ => return Err(Unsure),
        };
        let first = self.line(line.next).ok_or(Unsure)?;
        let indent = first.indent;
        if indent <= column || first.start + indent >= first.end {
            return Err(Unsure);
        }
        let mut text = String::new();
        let mut next = first.start;
        let mut end = first.start;
        while let Some(line) = self.line(next) {
            let stop = line.next - 1;
            if line.start == stop {
                // Blank lines at the end do not count; between lines they do.
                next = line.next;
                continue;
            }
            if line.indent < indent {
                if line.start + line.indent >= line.end || line.indent > column {
                    return Err(Unsure);
                }
                break;
            }
            let blank = line.start + line.indent >= line.end;
            let between = self.bytes[end..line.start].iter().filter(|byte| **byte == b'\n').count();
            let deeper = self.bytes.get(line.start + indent) == Some(&b' ');
            let unterminated = stop >= self.bytes.len();
            if blank || unterminated || (folded && (between > 1 || deeper)) {
                return Err(Unsure);
            }
            if !text.is_empty() {
                match folded {
                    true => text.push(' '),
                    false => text.extend(std::iter::repeat_n('\n', between)),
                }
            }
            if folded && line.end != stop {
                return Err(Unsure);
            }
            text.push_str(&self.text[line.start + indent..stop]);
            end = line.end;
            next = line.next;
        }
        if !strip {
            text.push('\n');
        }
        self.at = next.min(self.bytes.len());
        self.quoted(Span::new(first.start + indent, end), &text)
    }
}
