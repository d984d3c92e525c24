//! Writing a text anew as it should look, and nothing else: no value, type, comment, anchor or tag
//! changes.
//!
//! Begin with [`format`]. It parses the text, lays out the documents that it is told to (`block`,
//! `flow`, `text`), and reads the result again (`verify`): a text that does not say the same is
//! never given out. A document that is written in a way that this does not know (complex keys,
//! values on the line of a `---`) is left byte for byte, as are those nobody asks for.

mod block;
mod flow;
#[cfg(test)]
mod properties;
mod shape;
#[cfg(test)]
mod tests;
mod text;
mod tokens;
mod verify;

use std::sync::Arc;

use super::arena::NodeId;
use super::parse::{Limits, parse};
use crate::source::{File, Source};
use block::Printer;
pub use shape::Shape;
use tokens::{Token, What, tokens};
pub use verify::Difference;
use verify::{Reading, same};

/// Written in a way that is not known here, and so left alone.
#[derive(Debug)]
struct Odd;

/// What becomes of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Treatment {
    /// It stays byte for byte.
    Left,
    /// It is laid out, its keys in this order.
    Laid(Arc<Shape>),
    /// It is a list of which each item is a document of its own.
    List(Vec<Arc<Shape>>),
}

/// A text as it should look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The text.
    pub text: String,
    /// How many documents stay as they are although they were to be laid out.
    pub left: usize,
}

/// Formats a text; `treatments` says what becomes of each of its documents, in their order, and
/// `reorder` whether keys are put in order.
///
/// A byte order mark stays, and lines end as the first one does.
///
/// # Errors
///
/// What was made of the text does not say the same: a mistake of the formatter. The text is to be
/// left as it is.
pub fn format(
    content: &str,
    treatments: &[Treatment],
    reorder: bool,
) -> Result<Formatted, Difference> {
    let unchanged = |left| Formatted { text: content.to_owned(), left };
    let text = content.strip_prefix('\u{feff}').unwrap_or(content);
    let mark = &content[..content.len() - text.len()];
    let wanted = treatments.iter().filter(|one| **one != Treatment::Left).count();
    let Some(ending) = Ending::of(text) else { return Ok(unchanged(wanted)) };
    // Where some documents stay byte for byte, two kinds of line breaks would not fit together.
    if wanted == 0 || (ending == Ending::Mixed && wanted < treatments.len()) {
        return Ok(unchanged(wanted));
    }
    let source = Source::new(File::local(""), text.replace("\r\n", "\n"));
    let stream = parse(&source, &Limits::default());
    if !stream.is_complete() || stream.documents.len() != treatments.len() {
        return Ok(unchanged(wanted));
    }
    let Ok(tokens) = tokens(source.text(), &stream.arena) else { return Ok(unchanged(wanted)) };
    let old = Reading { text: source.text(), stream: &stream, tokens: &tokens };
    let (laid_out, left) = lay_out(&old, treatments, reorder);
    if laid_out == source.text() && ending != Ending::Mixed {
        return Ok(unchanged(left));
    }
    check(&old, &laid_out)?;
    let laid_out = match text.find('\n').is_some_and(|at| text[..at].ends_with('\r')) {
        true => laid_out.replace('\n', "\r\n"),
        false => laid_out,
    };
    Ok(Formatted { text: format!("{mark}{laid_out}"), left })
}

/// Reads what was made of a text, and compares.
fn check(old: &Reading<'_>, text: &str) -> Result<(), Difference> {
    let source = Source::new(File::local(""), text.to_owned());
    let stream = parse(&source, &Limits::default());
    if !stream.is_complete() || source.text() != text {
        return Err(Difference::Broken);
    }
    let tokens = tokens(text, &stream.arena).map_err(|Odd| Difference::Broken)?;
    same(old, &Reading { text, stream: &stream, tokens: &tokens })
}

/// How the lines of a text end.
#[derive(PartialEq, Eq)]
enum Ending {
    Same,
    Mixed,
}

impl Ending {
    /// Nothing if a `\r` stands alone somewhere.
    fn of(text: &str) -> Option<Self> {
        let count = |what: u8| memchr::memchr_iter(what, text.as_bytes()).count();
        let returns = count(b'\r');
        let both = if returns > 0 { text.matches("\r\n").count() } else { 0 };
        match () {
            () if returns != both => None,
            () if both > 0 && both != count(b'\n') => Some(Self::Mixed),
            () => Some(Self::Same),
        }
    }
}

/// The text laid out, and how many documents were to be and are not.
fn lay_out(old: &Reading<'_>, treatments: &[Treatment], reorder: bool) -> (String, usize) {
    let mut text = String::with_capacity(old.text.len() + 64);
    let mut left = 0;
    for segment in segments(old) {
        let kept = &old.text[segment.start..segment.end];
        let root = old.stream.documents.iter().zip(treatments).find(|(id, _)| {
            let start = old.stream.arena.slots[id.0 as usize].span.start as usize;
            (segment.start..segment.end).contains(&start)
        });
        let laid = match root {
            Some((id, treatment)) if *treatment != Treatment::Left => {
                document(old, &segment, *id, treatment, reorder)
            }
            _ => {
                text.push_str(kept);
                continue;
            }
        };
        left += usize::from(laid.is_err());
        match laid {
            Ok(laid) => text.push_str(&laid),
            Err(Odd) => text.push_str(kept),
        }
    }
    (text, left)
}

/// What stands from a marker, or the beginning, to the next marker.
struct Segment {
    start: usize,
    end: usize,
    tokens: std::ops::Range<usize>,
}

fn segments(old: &Reading<'_>) -> Vec<Segment> {
    let is_marker = |token: &Token| matches!(token.what, What::Start | What::End);
    let mut all = Vec::new();
    let (mut start, mut first) = (0, 0);
    for (at, token) in old.tokens.iter().enumerate().filter(|(_, token)| is_marker(token)) {
        all.push(Segment { start, end: token.start, tokens: first..at });
        (start, first) = (token.start, at);
    }
    all.push(Segment { start, end: old.text.len(), tokens: first..old.tokens.len() });
    all
}

/// One document with its marker.
fn document(
    old: &Reading<'_>,
    segment: &Segment,
    root: NodeId,
    treatment: &Treatment,
    reorder: bool,
) -> Result<String, Odd> {
    let (shape, items) = match treatment {
        Treatment::Left => return Err(Odd),
        Treatment::Laid(shape) => (Some(shape.as_ref()), [].as_slice()),
        Treatment::List(items) => (None, items.as_slice()),
    };
    let mut printer = Printer {
        text: old.text,
        arena: &old.stream.arena,
        tokens: old.tokens,
        at: segment.tokens.start,
        end: segment.tokens.end,
        reorder,
        items,
    };
    let mut text = String::new();
    if let Some(marker) = printer.peek().filter(|t| matches!(t.what, What::Start | What::End)) {
        text.push_str(printer.slice(marker));
        printer.at += 1;
        printer.push_comment_behind(&mut text);
        text.push('\n');
        if printer.peek().is_some_and(|token| token.line == marker.line) {
            return Err(Odd);
        }
    }
    text.push_str(&printer.root(root, shape)?);
    Ok(text)
}
