//! Documents that go from a file or come back to it, with the comments around them.

use super::lines::{line_break, next_line};
use super::{Stuck, Text};

/// A document that goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed(
    /// Its number in the file, from 0.
    pub u32,
);

/// A document that comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored<'o> {
    /// The text of its old file.
    pub old: &'o str,
    /// Its number in there.
    pub number: u32,
    /// The number of the document of today that it comes behind; before all others without one.
    pub behind: Option<u32>,
}

/// A text without some of its documents, and with others back. It is empty if none is left.
pub(super) fn with_documents(
    text: &str,
    removed: &[Removed],
    restored: &[Restored<'_>],
) -> Result<String, Stuck> {
    let mark = if text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let line_break = line_break(text);
    let parts = parts(text)?;
    let mut kept: Vec<String> = Vec::new();
    let back = |behind: Option<u32>, kept: &mut Vec<String>| -> Result<(), Stuck> {
        for one in restored.iter().filter(|one| one.behind == behind) {
            let old = self::parts(one.old)?;
            let part = old.get(one.number as usize).ok_or(Stuck::NotApart)?;
            let lines: Vec<&str> = part.lines().collect();
            kept.push(lines.join(line_break) + line_break);
        }
        Ok(())
    };
    back(None, &mut kept)?;
    for (number, part) in (0..).zip(&parts) {
        if !removed.contains(&Removed(number)) {
            kept.push((*part).to_owned());
        }
        back(Some(number), &mut kept)?;
    }
    let mut made = mark.to_owned();
    for (number, part) in kept.iter().enumerate() {
        if number > 0 && !made.ends_with('\n') {
            made.push_str(line_break);
        }
        if number > 0 && !begins_document(part) {
            made.push_str("---");
            made.push_str(line_break);
        }
        made.push_str(part);
    }
    if kept.is_empty() {
        return Ok(String::new());
    }
    Ok(made)
}

/// The parts of a text, one a document: from its `---` to the next.
fn parts(text: &str) -> Result<Vec<String>, Stuck> {
    let parsed = Text::of(text)?;
    let roots = parsed.roots();
    if roots.len() != parsed.stream.documents.len() {
        return Err(Stuck::NotApart);
    }
    let text = parsed.source.text();
    let mut starts = Vec::new();
    let mut from = 0;
    for (number, root) in roots.iter().enumerate() {
        let until = root.span().start as usize;
        let start = match number {
            0 => 0,
            _ => marker(text, from, until).ok_or(Stuck::NotApart)?,
        };
        starts.push(start);
        from = super::lines::end_of(&parsed.source, *root);
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let part = |(start, end): (&usize, usize)| {
        text.get(*start..end).map(str::to_owned).ok_or(Stuck::NotApart)
    };
    starts.iter().zip(ends).map(part).collect()
}

/// The last line between two places that begins a document.
fn marker(text: &str, from: usize, until: usize) -> Option<usize> {
    let mut found = None;
    let mut at = next_line(text, from);
    while at <= until && at < text.len() {
        if is_marker(text.get(at..)?) {
            found = found.or(Some(at));
        }
        at = next_line(text, at);
    }
    found
}

fn is_marker(line: &str) -> bool {
    line.strip_prefix("---")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn begins_document(part: &str) -> bool {
    part.lines()
        .find(|line| !line.trim().is_empty() && !line.starts_with(['#', '%']))
        .is_some_and(is_marker)
}
