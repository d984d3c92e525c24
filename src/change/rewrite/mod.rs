//! Edits of a text so that its documents say something else: as few bytes as possible, in the words
//! and with the comments that an older text has.
//!
//! Values decide when it is done: a text is edited, parsed and compared until its documents hold what
//! they are to hold ([`rewrite`]), so nothing depends on how well an edit fits.

mod documents;
mod lines;
mod values;

use super::value::{Located, Reading};
use crate::source::{File, Source};
use crate::yaml::{Edit, Limits, Node, Pointer, Stream, parse, splice};

pub use documents::{Removed, Restored};

/// A document that is to say something else.
pub struct Document<'o> {
    /// Its number in the file, from 0.
    pub number: u32,
    /// The fields that are to hold something else, or nothing.
    pub fields: &'o [(Pointer, Option<Located>)],
    /// The text that it had, and its number in there.
    pub old: Option<(&'o str, u32)>,
    /// The text that is taken back: comments behind values that it has and the document still has
    /// give way to those of the old text.
    pub made: Option<&'o str>,
}

/// Why a text is better left to its author.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// It is no YAML.
    #[error("it does not parse")]
    Unread,
    /// It cannot be edited with so little.
    #[error("it is written in a way that cannot be edited safely")]
    Unclear,
    /// There is no such document.
    #[error("its documents are not told apart by `---`")]
    NotApart,
}

/// The most passes over a file: fields whose edits are in each other's way wait for the next one.
const MOST_PASSES: usize = 24;

/// A text with its documents.
pub(super) struct Text {
    pub(super) source: Source,
    pub(super) stream: Stream,
}

impl Text {
    pub(super) fn of(text: &str) -> Result<Self, Stuck> {
        let source = Source::new(File::local("text"), text.to_owned());
        let stream = parse(&source, &Limits::default());
        match stream.is_complete() && stream.problems.is_empty() {
            true => Ok(Self { source, stream }),
            false => Err(Stuck::Unread),
        }
    }

    /// The documents; of a root that is a list each item, as a catalog takes them.
    pub(super) fn roots(&self) -> Vec<Node<'_>> {
        crate::catalog::roots(&self.stream).into_iter().map(|(root, _)| root).collect()
    }

    pub(super) fn value(&self, node: Node<'_>) -> Located {
        Reading { source: &self.source, doubts: &mut Vec::new() }.value(node)
    }
}

/// A text in which some documents say something else, some are gone and some are back.
///
/// # Errors
///
/// The text is better left to its author.
pub fn rewrite(
    text: &str,
    documents: &[Document<'_>],
    removed: &[Removed],
    restored: &[Restored<'_>],
) -> Result<String, Stuck> {
    let mut text = text.to_owned();
    if !documents.is_empty() {
        text = with_values(text, documents)?;
    }
    if removed.is_empty() && restored.is_empty() {
        return Ok(text);
    }
    documents::with_documents(&text, removed, restored)
}

fn with_values(mut text: String, documents: &[Document<'_>]) -> Result<String, Stuck> {
    let goals = goals(&text, documents)?;
    let olds: Vec<Option<(Text, u32)>> = documents
        .iter()
        .map(|one| one.old.and_then(|(old, number)| Some((Text::of(old).ok()?, number))))
        .collect();
    for _ in 0..MOST_PASSES {
        let now = Text::of(&text)?;
        let roots = now.roots();
        let mut edits: Vec<Edit> = Vec::new();
        for ((document, goal), old) in documents.iter().zip(&goals).zip(&olds) {
            let root = *roots.get(document.number as usize).ok_or(Stuck::NotApart)?;
            let old = old
                .as_ref()
                .and_then(|(old, number)| Some((old, *old.roots().get(*number as usize)?)));
            edits.extend(values::edits(&now, root, goal, old, document.made)?);
        }
        if edits.is_empty() {
            return Ok(text);
        }
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let mut chosen: Vec<Edit> = Vec::new();
        for edit in edits {
            // What comes at one place comes one behind the other.
            if let Some(last) = chosen.last_mut()
                && last.span.is_empty()
                && last.span == edit.span
            {
                last.replacement.push_str(&edit.replacement);
                continue;
            }
            if chosen
                .last()
                .is_none_or(|last| !last.collides(&edit) && last.span.end <= edit.span.start)
            {
                chosen.push(edit);
            }
        }
        let after = splice(&text, &chosen).ok_or(Stuck::Unclear)?;
        if after == text {
            return Err(Stuck::Unclear);
        }
        text = after;
    }
    Err(Stuck::Unclear)
}

/// What documents are to hold.
fn goals(text: &str, documents: &[Document<'_>]) -> Result<Vec<Located>, Stuck> {
    let now = Text::of(text)?;
    let roots = now.roots();
    let goal = |document: &Document<'_>| {
        let root = *roots.get(document.number as usize).ok_or(Stuck::NotApart)?;
        let mut value = now.value(root);
        super::weigh::apply(&mut value, document.fields);
        Ok(value)
    };
    documents.iter().map(goal).collect()
}
