//! Block mappings and lists, laid out anew: two spaces a level, keys in their order, each with the
//! comments and the blank line above it.
//!
//! Begin with [`Printer::root`]. Values and tokens are walked side by side; where they do not fit
//! together as expected, the document is [`Odd`] and is left as it is.

use std::sync::Arc;

use super::super::arena::{Arena, Kind, NodeId};
use super::shape::{Shape, order};
use super::tokens::{Header, Token, What};
use super::{Odd, text};

/// Writes one document.
pub(super) struct Printer<'a> {
    pub(super) text: &'a str,
    pub(super) arena: &'a Arena,
    pub(super) tokens: &'a [Token],
    /// The number of the token that comes next, and of the one behind the document's last.
    pub(super) at: usize,
    pub(super) end: usize,
    /// Whether keys are put in order.
    pub(super) reorder: bool,
    /// The shapes of the items of a document that is a list of documents.
    pub(super) items: &'a [Arc<Shape>],
}

/// What a collection stands in.
#[derive(Clone, Copy)]
enum Inside {
    /// Nothing: it is the document.
    Root,
    /// A mapping; the column that its keys had.
    Key(usize),
    /// A list, on the line of the dash.
    DashLine,
    /// A list, below the dash.
    Dash,
}

/// An entry or item, with the comments above it.
struct Chunk {
    rank: usize,
    text: String,
    /// Whether a blank line stands above it.
    blank: bool,
    /// Whether comments stand above it, and whether one stands behind its first line.
    above: bool,
    behind: bool,
    /// Whether it holds an anchor or an alias, whose order must stay.
    bound: bool,
    /// Whether it holds a block scalar to which blank lines below it are added.
    open: bool,
}

/// The lines above an entry.
#[derive(Default)]
struct Above {
    /// Those that stay where they are when the entry moves.
    head: String,
    head_blank: bool,
    own: String,
    blank: bool,
}

impl Printer<'_> {
    /// The document's value and all that is written around it.
    pub(super) fn root(&mut self, id: NodeId, shape: Option<&Shape>) -> Result<String, Odd> {
        if !matches!(self.kind(id), Kind::Mapping(_) | Kind::Sequence(_)) || !self.is_block(id)? {
            return Err(Odd);
        }
        if self.tokens.get(self.at).is_some_and(|token| token.what == What::Property) {
            return Err(Odd);
        }
        let text = self.block(id, 0, Inside::Root, shape)?;
        if self.at == self.end { Ok(text) } else { Err(Odd) }
    }

    pub(super) fn kind(&self, id: NodeId) -> Kind {
        self.arena.slots[id.0 as usize].kind
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.tokens[..self.end].get(self.at).copied()
    }

    /// The next token if it is of a sort.
    pub(super) fn peek_is(&self, what: What) -> Option<Token> {
        self.peek().filter(|token| token.what == what)
    }

    pub(super) fn take(&mut self, what: What) -> Result<Token, Odd> {
        let token = self.peek_is(what).ok_or(Odd)?;
        self.at += 1;
        Ok(token)
    }

    pub(super) fn slice(&self, token: Token) -> &str {
        &self.text[token.start..token.end]
    }

    /// The line on which the token before the next one ends.
    pub(super) fn line(&self) -> Option<usize> {
        Some(self.tokens.get(self.at.checked_sub(1)?)?.last_line)
    }

    /// Whether the next token is a comment behind something.
    fn comment_behind(&self) -> Option<Token> {
        self.peek_is(What::Comment).filter(|token| Some(token.line) == self.line())
    }

    fn blank_before(&self) -> bool {
        let here = self.peek().map(|token| token.line);
        here.zip(self.line()).is_some_and(|(here, before)| here > before + 1)
    }

    /// Whether a collection is written as lines, not in brackets.
    fn is_block(&self, id: NodeId) -> Result<bool, Odd> {
        let rest = &self.tokens[self.at..self.end];
        let first = rest.iter().find(|t| !matches!(t.what, What::Comment | What::Property));
        let open = first.is_some_and(|token| token.what == What::Open);
        let children = match self.kind(id) {
            Kind::Mapping(children) | Kind::Sequence(children) => self.arena.list(children),
            _ => return Ok(false),
        };
        // A key may be in brackets as well.
        let key = children.first().filter(|_| matches!(self.kind(id), Kind::Mapping(_)));
        let complex =
            key.is_some_and(|key| !matches!(self.kind(*key), Kind::Scalar { .. } | Kind::Alias(_)));
        if complex { Err(Odd) } else { Ok(!open) }
    }

    /// A block collection in lines of its own, from a column on.
    fn block(
        &mut self,
        id: NodeId,
        column: usize,
        inside: Inside,
        shape: Option<&Shape>,
    ) -> Result<String, Odd> {
        let was = self.column_of_first().ok_or(Odd)?;
        let (children, step) = match self.kind(id) {
            Kind::Mapping(children) => (self.arena.list(children), 2),
            Kind::Sequence(children) => (self.arena.list(children), 1),
            _ => return Err(Odd),
        };
        let mut chunks = Vec::with_capacity(children.len() / step);
        let mut first = Above::default();
        for (number, entry) in children.chunks_exact(step).enumerate() {
            let above = self.above(column, (number == 0).then_some(inside));
            let begin = self.at;
            let blank = above.blank && number > 0;
            let mut chunk = Chunk {
                rank: 0,
                above: !above.own.is_empty(),
                blank,
                text: above.own.clone(),
                behind: false,
                bound: false,
                open: false,
            };
            match *entry {
                [key, value] => self.entry(key, value, column, was, shape, &mut chunk)?,
                [item] => {
                    let of_root = self.items.get(number).filter(|_| matches!(inside, Inside::Root));
                    let of_list = shape.and_then(|shape| shape.items.as_deref());
                    let below = of_root.map(Arc::as_ref).or(of_list);
                    self.item(item, column, was, below, &mut chunk)?;
                }
                _ => return Err(Odd),
            }
            self.mark(begin, &mut chunk);
            if number == 0 {
                first = above;
            }
            chunks.push(chunk);
        }
        // A list may stand in the column of the key that holds it; a comment there is no part of it.
        let least = if matches!(inside, Inside::Key(key) if key == was) { was + 1 } else { was };
        let tail = self.below(least, column);
        Ok(self.arranged(chunks, &first, inside) + &tail)
    }

    /// The column of the next token that is no comment.
    fn column_of_first(&self) -> Option<usize> {
        let rest = &self.tokens[self.at..self.end];
        rest.iter().find(|token| token.what != What::Comment).map(|token| token.column)
    }

    /// Says of a chunk what its tokens are.
    fn mark(&self, begin: usize, chunk: &mut Chunk) {
        let tokens = &self.tokens[begin..self.at];
        let line = tokens.first().map(|token| token.line);
        chunk.behind =
            tokens.iter().any(|token| token.what == What::Comment && Some(token.line) == line);
        chunk.bound = tokens.iter().any(|t| matches!(t.what, What::Alias | What::Property));
        let keeps = |token: &Token| Header::of(self.slice(*token)).keeps;
        chunk.open = tokens.iter().any(|token| token.what == What::Block && keeps(token));
    }

    /// The comments above what comes next; of the first entry of a collection those at the top of it
    /// stay there.
    fn above(&mut self, column: usize, first: Option<Inside>) -> Above {
        let mut above = Above::default();
        while let Some(token) = self.peek_is(What::Comment) {
            let blank = self.blank_before();
            if first.is_some() && blank && !above.own.is_empty() {
                let own = std::mem::take(&mut above.own);
                above.head.push_str(if above.head.is_empty() { "" } else { "\n" });
                above.head.push_str(&own);
            } else if first.is_none() {
                // The first blank line is the chunk's own.
                above.blank |= blank && above.own.is_empty();
                above.own.push_str(if blank && !above.own.is_empty() { "\n" } else { "" });
            }
            text::line(&mut above.own, column, self.slice(token));
            self.at += 1;
        }
        let blank = self.blank_before();
        match first {
            None if above.own.is_empty() => above.blank = blank,
            None => above.own.push_str(if blank { "\n" } else { "" }),
            Some(inside) => {
                let stays = blank || matches!(inside, Inside::Root);
                if stays && !above.own.is_empty() {
                    let own = std::mem::take(&mut above.own);
                    above.head.push_str(if above.head.is_empty() { "" } else { "\n" });
                    above.head.push_str(&own);
                    above.head_blank = blank;
                } else {
                    above.head_blank = !above.head.is_empty();
                }
            }
        }
        above
    }

    /// The comments that follow, as long as they stand at a column or behind it.
    fn below(&mut self, least: usize, column: usize) -> String {
        let mut lines = String::new();
        while let Some(token) = self.peek_is(What::Comment).filter(|token| token.column >= least) {
            lines.push_str(if self.blank_before() { "\n" } else { "" });
            text::line(&mut lines, column, self.slice(token));
            self.at += 1;
        }
        lines
    }

    /// The chunks in their order, if they may be put into it.
    fn arranged(&self, chunks: Vec<Chunk>, first: &Above, inside: Inside) -> String {
        let ranks: Vec<usize> = chunks.iter().map(|chunk| chunk.rank).collect();
        let order = order(&ranks).filter(|order| self.reorder && may_be(order, &chunks, inside));
        let order = order.unwrap_or_else(|| (0..chunks.len()).collect());
        let mut text = first.head.clone();
        for (place, at) in order.iter().enumerate() {
            let Some(chunk) = chunks.get(*at) else { continue };
            let blank = if place == 0 { first.head_blank } else { chunk.blank };
            text.push_str(if blank { "\n" } else { "" });
            text.push_str(&chunk.text);
        }
        text
    }

    fn entry(
        &mut self,
        key: NodeId,
        value: NodeId,
        column: usize,
        was: usize,
        shape: Option<&Shape>,
        chunk: &mut Chunk,
    ) -> Result<(), Odd> {
        // Below a comment, an anchor of the whole mapping.
        if self.peek_is(What::Property).is_some() && self.is_own_property(true) {
            return Err(Odd);
        }
        let mut line = String::new();
        while let Some(token) = self.peek_is(What::Property) {
            line.push_str(self.slice(token));
            line.push(' ');
            self.at += 1;
        }
        let name = match self.kind(key) {
            Kind::Scalar { text, .. } => Some(&self.arena.texts[text.range()]),
            _ => None,
        };
        chunk.rank = shape.map_or(0, |shape| shape.rank(name));
        let token = self.peek().ok_or(Odd)?;
        match token.what {
            What::Scalar if line.is_empty() => line.push_str(&text::key(self.slice(token), name)),
            What::Scalar => line.push_str(self.slice(token)),
            What::Alias => line.push_str(&format!("{} ", self.slice(token))),
            _ => return Err(Odd),
        }
        self.at += 1;
        let colon = self.take(What::Colon)?;
        if colon.line != token.line {
            return Err(Odd);
        }
        let below = shape.and_then(|shape| shape.field(name));
        let value = self.value(value, column, was, Inside::Key(was), below)?;
        text::pad(&mut chunk.text, column);
        chunk.text.push_str(&format!("{line}:{value}"));
        Ok(())
    }

    fn item(
        &mut self,
        item: NodeId,
        column: usize,
        was: usize,
        shape: Option<&Shape>,
        chunk: &mut Chunk,
    ) -> Result<(), Odd> {
        self.take(What::Dash)?;
        let value = self.value(item, column, was, Inside::Dash, shape)?;
        text::pad(&mut chunk.text, column);
        chunk.text.push_str(&format!("-{value}"));
        Ok(())
    }

    /// What stands behind a `:` or `-`, to the end of its last line.
    fn value(
        &mut self,
        id: NodeId,
        column: usize,
        was: usize,
        inside: Inside,
        shape: Option<&Shape>,
    ) -> Result<String, Odd> {
        let block = self.is_block(id)?;
        // What stands behind nothing on a further line is the next key's.
        let bare_nothing = self.is_nothing(id) && self.arena.slots[id.0 as usize].span.is_empty();
        let mut line = if bare_nothing { String::new() } else { self.properties(block)? };
        let bare = line.is_empty();
        let commented = self.push_comment_behind(&mut line);
        let property = self.peek_is(What::Property).filter(|_| !bare_nothing);
        if property.is_some() && self.is_own_property(block) {
            let more = self.properties(block)?;
            if commented || more.is_empty() {
                return Err(Odd);
            }
            line.push_str(&more);
            self.push_comment_behind(&mut line);
        }
        let mut ends_block = false;
        if block {
            let dash = matches!(inside, Inside::Dash);
            let compact = dash && bare && !commented && self.peek_is(What::Comment).is_none();
            let inside = if compact { Inside::DashLine } else { inside };
            let body = self.block(id, column + 2, inside, shape)?;
            match compact {
                true => line.push_str(&format!(" {}", body.trim_start_matches(' '))),
                false => line.push_str(&format!("\n{body}")),
            }
        } else if self.is_nothing(id) {
            line.push('\n');
        } else {
            ends_block = self.peek_is(What::Block).is_some();
            self.scalar_or_flow(id, column, was, shape, &mut line)?;
        }
        // Behind a block scalar a comment that far in would become a part of it.
        if !ends_block {
            line.push_str(&self.below(was + 1, column + 2));
        }
        Ok(line)
    }

    fn is_nothing(&self, id: NodeId) -> bool {
        matches!(self.kind(id), Kind::Scalar { text, quoted: false, .. } if text.is_empty())
    }

    /// A value that is no block collection.
    fn scalar_or_flow(
        &mut self,
        id: NodeId,
        column: usize,
        was: usize,
        shape: Option<&Shape>,
        line: &mut String,
    ) -> Result<(), Odd> {
        let mut below = false;
        while let Some(token) = self.peek_is(What::Comment) {
            line.push('\n');
            text::pad(line, column + 2);
            line.push_str(self.slice(token));
            self.at += 1;
            below = true;
        }
        let token = self.peek().ok_or(Odd)?;
        let tagged =
            self.tokens.get(self.at.wrapping_sub(1)).is_some_and(|t| t.what == What::Property);
        below |= token.what != What::Block && self.line() != Some(token.line);
        match below {
            true => {
                line.push('\n');
                text::pad(line, column + 2);
            }
            false => line.push(' '),
        }
        match (token.what, self.kind(id)) {
            (What::Scalar, Kind::Scalar { text, .. }) => {
                let value = (!tagged).then(|| &self.arena.texts[text.range()]);
                line.push_str(&text::scalar(self.slice(token), value, column + 2, false));
                self.at += 1;
            }
            (What::Block, Kind::Scalar { .. }) => {
                line.push_str(&text::block(self.slice(token), was, column)?);
                self.at += 1;
            }
            (What::Alias, Kind::Alias(_)) => {
                line.push_str(self.slice(token));
                self.at += 1;
            }
            (What::Open, _) => self.flow(id, column, shape, line)?,
            _ => return Err(Odd),
        }
        self.push_comment_behind(line);
        line.push('\n');
        Ok(())
    }

    /// The comment behind what was written last, as far from it as it was.
    pub(super) fn push_comment_behind(&mut self, line: &mut String) -> bool {
        let Some(token) = self.comment_behind() else { return false };
        line.push_str(self.gap_before(self.at));
        line.push_str(self.slice(token));
        self.at += 1;
        true
    }

    /// The spaces before a comment behind something.
    pub(super) fn gap_before(&self, at: usize) -> &str {
        let end = |at: usize| Some(self.tokens.get(at)?.end);
        let start = self.tokens.get(at).map_or(0, |token| token.start);
        let gap = at.checked_sub(1).and_then(end).and_then(|end| self.text.get(end..start));
        gap.filter(|gap| !gap.is_empty() && gap.bytes().all(|b| b == b' ')).unwrap_or("  ")
    }

    /// The anchor and the tag of a value.
    fn properties(&mut self, block: bool) -> Result<String, Odd> {
        let mut all = String::new();
        while let Some(token) = self.peek_is(What::Property).filter(|_| self.is_own_property(block))
        {
            all.push_str(&format!(" {}", self.slice(token)));
            self.at += 1;
        }
        Ok(all)
    }

    /// Whether the next token, an anchor or tag, is the collection's own and not its first key's:
    /// then nothing of the collection stands on its line.
    fn is_own_property(&self, block: bool) -> bool {
        let rest = self.tokens[self.at..self.end].iter();
        let mut pairs =
            rest.clone().zip(rest.skip(1)).take_while(|(a, _)| a.what == What::Property);
        !block || pairs.any(|(a, b)| b.what == What::Comment || b.line > a.line)
    }
}

/// Whether chunks may stand in an order, for what they hold and where they stand.
fn may_be(order: &[usize], chunks: &[Chunk], inside: Inside) -> bool {
    let bound = |at: &&usize| chunks.get(**at).is_some_and(|chunk| chunk.bound);
    if !order.iter().filter(bound).is_sorted() || chunks.iter().any(|chunk| chunk.open) {
        return false;
    }
    // On the line of a dash there is no room above, and a comment there is about the whole item.
    let first = order.first().and_then(|at| chunks.get(*at));
    let (Some(first), Some(now)) = (first, chunks.first()) else { return false };
    let moves = order.first() != Some(&0);
    match inside {
        Inside::DashLine => !moves || !(first.above || first.behind || now.behind),
        // The comment is why it stands below the dash.
        Inside::Dash => !moves || !now.above,
        Inside::Root | Inside::Key(_) => true,
    }
}
