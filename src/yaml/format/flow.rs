//! Collections in brackets: one space where one belongs, and lines as they were broken.

use super::super::arena::{Kind, NodeId};
use super::block::Printer;
use super::shape::{Shape, order};
use super::tokens::{Token, What};
use super::{Odd, text};

impl Printer<'_> {
    /// A collection in brackets, from its bracket to its bracket.
    pub(super) fn flow(
        &mut self,
        id: NodeId,
        column: usize,
        shape: Option<&Shape>,
        line: &mut String,
    ) -> Result<(), Odd> {
        let begin = self.at;
        let end = self.closing(begin)?;
        let mut values = Values::default();
        self.values(id, &mut values);
        let mut numbers = Vec::with_capacity(end - begin);
        self.sequence_of(id, begin, end, shape, &mut numbers)?;
        let mut depth = 0;
        let mut before: Option<Token> = None;
        for at in numbers {
            let token = self.tokens[at];
            let closes = token.what == What::Close;
            let opened = depth - usize::from(closes);
            let broken = at > begin && token.line > self.tokens[at - 1].last_line;
            if let Some(before) = before {
                match broken {
                    true => {
                        line.push('\n');
                        // A bracket in the column of the key would be too far out for some readers.
                        text::pad(line, column + 2 * opened.max(1));
                    }
                    false if token.what == What::Comment => line.push_str(self.gap_before(at)),
                    false => line.push_str(space(before, token)),
                }
            }
            match token.what {
                What::Scalar => {
                    let value = values.of(token.start);
                    let value = value.filter(|_| before.is_none_or(|t| t.what != What::Property));
                    let written = self.slice(token);
                    line.push_str(&text::scalar(written, value, column + 2 * depth.max(1), true));
                }
                _ => line.push_str(self.slice(token)),
            }
            depth = opened + usize::from(token.what == What::Open);
            before = Some(token);
        }
        self.at = end;
        Ok(())
    }

    /// The number of the token behind the bracket that closes the one at `begin`.
    fn closing(&self, begin: usize) -> Result<usize, Odd> {
        let mut depth = 0_usize;
        for (at, token) in self.tokens[..self.end].iter().enumerate().skip(begin) {
            match token.what {
                What::Open => depth += 1,
                What::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return Ok(at + 1);
            }
        }
        Err(Odd)
    }

    /// What the quoted scalars of a value hold, by where they start.
    fn values<'s>(&'s self, id: NodeId, values: &mut Values<'s>) {
        let slot = self.arena.slots[id.0 as usize];
        match slot.kind {
            Kind::Scalar { .. } if slot.span.is_empty() => {}
            Kind::Scalar { text, .. } => {
                values.0.push((slot.span.start as usize, &self.arena.texts[text.range()]));
            }
            Kind::Mapping(children) | Kind::Sequence(children) => {
                self.arena.list(children).iter().for_each(|child| self.values(*child, values));
            }
            Kind::Alias(_) => {}
        }
    }

    /// The numbers of the tokens from `begin` to `end`, in the order in which they are to stand.
    fn sequence_of(
        &self,
        id: NodeId,
        begin: usize,
        end: usize,
        shape: Option<&Shape>,
        numbers: &mut Vec<usize>,
    ) -> Result<(), Odd> {
        let (children, step) = match self.kind(id) {
            Kind::Mapping(children) => (self.arena.list(children), 2),
            Kind::Sequence(children) => (self.arena.list(children), 1),
            _ => {
                numbers.extend(begin..end);
                return Ok(());
            }
        };
        let key = |entry: &&[NodeId]| match self.kind(*entry.first()?) {
            Kind::Scalar { text, .. } => Some(&self.arena.texts[text.range()]),
            _ => None,
        };
        let entries: Vec<&[NodeId]> = children.chunks_exact(step).collect();
        let parts = self.parts(begin, end);
        let tokens = &self.tokens[begin..end];
        let odd = |t: &Token| matches!(t.what, What::Alias | What::Property | What::Question);
        let one_line = tokens.first().map(|t| t.line) == tokens.last().map(|t| t.last_line);
        let has_brackets = tokens.first().is_some_and(|token| token.what == What::Open);
        // What is no simple list of entries stays as it is, such as `[a: b]` with its mapping that
        // has no brackets.
        let simple = has_brackets
            && one_line
            && parts.len() == entries.len()
            && !tokens.iter().any(odd)
            && (step == 1 || entries.iter().all(|entry| key(entry).is_some()));
        if !simple {
            numbers.extend(begin..end);
            return Ok(());
        }
        let shape_of_keys = shape.filter(|_| step == 2 && self.reorder);
        let rank = |entry: &&[NodeId]| shape_of_keys.map_or(0, |shape| shape.rank(key(entry)));
        let ranks: Vec<usize> = entries.iter().map(rank).collect();
        let order = order(&ranks).unwrap_or_else(|| (0..parts.len()).collect());
        numbers.push(begin);
        for (place, at) in order.iter().enumerate() {
            let (Some(part), Some(entry)) = (parts.get(*at), entries.get(*at)) else {
                return Err(Odd);
            };
            let below = match step {
                2 => shape.and_then(|shape| shape.field(key(entry))),
                _ => shape.and_then(|shape| shape.items.as_deref()),
            };
            self.part(part, entry, below, numbers)?;
            // A comma behind the last entry is not needed.
            if place + 1 < order.len() {
                numbers.push(parts.get(place).ok_or(Odd)?.end);
            }
        }
        numbers.push(end - 1);
        Ok(())
    }

    /// The tokens of an entry.
    fn part(
        &self,
        part: &std::ops::Range<usize>,
        entry: &[NodeId],
        shape: Option<&Shape>,
        numbers: &mut Vec<usize>,
    ) -> Result<(), Odd> {
        let opens = |at: &usize| self.tokens[*at].what == What::Open;
        let (Some(open), Some(value)) = (part.clone().find(opens), entry.last()) else {
            numbers.extend(part.clone());
            return Ok(());
        };
        let close = self.closing(open)?;
        numbers.extend(part.start..open);
        self.sequence_of(*value, open, close, shape, numbers)?;
        numbers.extend(close..part.end);
        Ok(())
    }

    /// The tokens of each entry between the brackets: what stands between commas.
    fn parts(&self, begin: usize, end: usize) -> Vec<std::ops::Range<usize>> {
        let mut parts = Vec::new();
        let (mut depth, mut start) = (0_usize, begin + 1);
        for at in begin..end {
            match self.tokens[at].what {
                What::Open => depth += 1,
                What::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            let ends = (depth == 1 && self.tokens[at].what == What::Comma) || depth == 0;
            if ends {
                if start < at {
                    parts.push(start..at);
                }
                start = at + 1;
            }
        }
        parts
    }
}

/// What stands between two tokens of a line.
fn space(before: Token, token: Token) -> &'static str {
    match (before.what, token.what) {
        // An anchor and an alias would take the colon for a part of their name.
        (What::Alias | What::Property, What::Colon) => " ",
        (What::Colon, What::Comma | What::Close) => " ",
        (What::Open, _) | (_, What::Close | What::Comma | What::Colon) => "",
        _ => " ",
    }
}

/// The texts of scalars, by where they start.
#[derive(Default)]
struct Values<'a>(Vec<(usize, &'a str)>);

impl<'a> Values<'a> {
    fn of(&self, start: usize) -> Option<&'a str> {
        let at = self.0.binary_search_by_key(&start, |(start, _)| *start).ok()?;
        self.0.get(at).map(|(_, text)| *text)
    }
}
