//! Lines of a text: where values begin and end in them, and lines of one text for another.

use crate::source::Source;
use crate::yaml::Node;

/// Whether a value is written in brackets or braces.
pub(super) fn is_flow(source: &Source, node: Node<'_>) -> bool {
    source.slice(node.span()).starts_with(['{', '['])
}

/// Whether a value is an alias, or carries an anchor or a tag: what others may depend on.
pub(super) fn is_special(source: &Source, node: Node<'_>) -> bool {
    source.slice(node.span()).starts_with(['*', '&', '!'])
}

/// Where a value ends: a mapping or a list in lines ends with its last value, and no value ends with
/// blanks.
pub(super) fn end_of(source: &Source, node: Node<'_>) -> usize {
    let last = node.items().chain(node.entries().map(|(_, value)| value)).last();
    match last.filter(|_| !is_flow(source, node)) {
        Some(last) => end_of(source, last).max(node.span().start as usize),
        None => {
            let text = source.slice(node.span());
            node.span().start as usize + text.trim_end().len()
        }
    }
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |line| line + 1)
}

/// The end of a line, before its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// The end of a line with its line break.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |end| at + end + 1)
}

/// What ends the lines of a text.
pub(super) fn line_break(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The blanks (and the dash of an item) before a place, if nothing else stands there.
pub(super) fn before(text: &str, at: usize) -> Option<&str> {
    let before = text.get(line_start(text, at)..at)?;
    before.chars().all(|c| c == ' ' || c == '-').then_some(before)
}

/// Lines from one text, as lines of another: indented by as much as they are told, and with its
/// line breaks. The first line has no indentation yet.
pub(super) fn moved(lines: &str, from: usize, to: usize, line_break: &str) -> Option<String> {
    let mut moved = Vec::new();
    for (number, line) in lines.lines().enumerate() {
        let line = line.trim_end_matches('\r');
        if number == 0 || line.trim().is_empty() {
            moved.push(line.to_owned());
            continue;
        }
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let kept = match blanks.checked_sub(from) {
            Some(kept) => kept,
            // A comment may stand anywhere.
            None if line.trim_start().starts_with('#') => 0,
            None => return None,
        };
        moved.push(format!("{}{}", " ".repeat(kept + to), line.trim_start_matches(' ')));
    }
    Some(moved.join(line_break))
}

/// The comments that stand in lines of their own right above a place, and nothing else.
pub(super) fn comments_above(text: &str, at: usize) -> usize {
    let mut first = line_start(text, at);
    while first > 0 {
        let above = line_start(text, first - 1);
        let line = text.get(above..first).unwrap_or_default();
        if !line.trim_start().starts_with('#') {
            break;
        }
        first = above;
    }
    first
}
