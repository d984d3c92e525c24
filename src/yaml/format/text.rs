//! Single scalars: quotes that are not needed go, lines of long ones are indented anew.

use super::super::emit::is_plain_everywhere;
use super::Odd;
use super::tokens::{Header, indent_of};

/// Adds so many spaces.
pub(super) fn pad(text: &mut String, column: usize) {
    text.extend(std::iter::repeat_n(' ', column));
}

/// Adds a line at a column.
pub(super) fn line(text: &mut String, column: usize, content: &str) {
    pad(text, column);
    text.push_str(content);
    text.push('\n');
}

/// Whether a text means itself without quotes to every reader, of YAML 1.2 and of YAML 1.1.
///
/// It begins with a letter: numbers, dates and times of whatever version do not. So only words are
/// left that mean something else.
fn means_itself(text: &str, in_flow: bool) -> bool {
    let plain = |c: char| {
        c.is_alphanumeric() || " -_./:#@'()!?;&%+=~".contains(c) || (!in_flow && c == ',')
    };
    // In brackets readers of YAML 1.1 take a colon for the end of a key.
    let ends_early = in_flow && text.contains(':');
    let means_more = text.ends_with([' ', ':']) || text.contains(": ") || text.contains(" #");
    is_plain_everywhere(text) && text.chars().all(plain) && !means_more && !ends_early
}

/// What a scalar in quotes holds, if no escape is in it.
fn unquoted(written: &str) -> Option<&str> {
    let inside = |mark: char| written.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    inside('"').filter(|text| !text.contains('\\')).or_else(|| inside('\''))
}

/// A scalar of one or several lines; without its value it stays in its quotes.
pub(super) fn scalar(written: &str, value: Option<&str>, column: usize, in_flow: bool) -> String {
    if written.contains('\n') {
        return lines(written, column);
    }
    let text = value.filter(|_| unquoted(written).is_some());
    text.filter(|text| means_itself(text, in_flow)).unwrap_or(written).to_owned()
}

/// A key: without quotes only if it is a word.
pub(super) fn key(written: &str, name: Option<&str>) -> String {
    let word = |text: &&str| {
        let of = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        text.chars().all(of) && means_itself(text, true)
    };
    name.filter(|_| unquoted(written).is_some()).filter(word).unwrap_or(written).to_owned()
}

/// The lines of a plain or quoted scalar: how far those after the first are indented means nothing.
fn lines(written: &str, column: usize) -> String {
    let mut text = String::with_capacity(written.len());
    let count = written.split('\n').count();
    for (number, line) in written.split('\n').enumerate() {
        let line = if number == 0 { line } else { line.trim_start_matches([' ', '\t']) };
        let trimmed = line.trim_end_matches([' ', '\t']);
        // A space that is escaped is none that trails.
        let escaped = written.starts_with('"') && trimmed.ends_with('\\');
        let line = if number + 1 == count || escaped { line } else { trimmed };
        if number > 0 {
            text.push('\n');
            pad(&mut text, if line.is_empty() { 0 } else { column });
        }
        text.push_str(line);
    }
    text
}

/// A block scalar of an entry or item that goes from one column to another.
///
/// One that says how far it is indented goes as far as that; others are indented by two spaces.
pub(super) fn block(written: &str, was: usize, column: usize) -> Result<String, Odd> {
    let Some((head, body)) = written.split_once('\n') else { return Ok(written.to_owned()) };
    let header = Header::of(written);
    let first = body.split('\n').find(|line| !line.trim().is_empty());
    let (old, new) = match header.digit {
        Some(digit) => (was + digit, column + digit),
        None => (first.map_or(usize::MAX, indent_of), column + 2),
    };
    let mut text = head.trim_end_matches([' ', '\t']).to_owned();
    for line in body.split('\n') {
        text.push('\n');
        let spaces = indent_of(line);
        if spaces >= old {
            // What is left of it may be spaces that are part of the text.
            let rest = &line[old..];
            if !(rest.is_empty()) {
                pad(&mut text, new);
                text.push_str(rest);
            }
        } else if spaces < line.len() {
            return Err(Odd);
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_where_some_reader_needs_them() {
        for text in ["no", "On", "YES", "y", "0777", "1:30", "2024-01-01", "~", "null", "1e3"] {
            let quoted = format!("\"{text}\"");
            assert_eq!(scalar(&quoted, Some(text), 0, false), quoted);
        }
        for text in ["a: b", "a #b", "- a", "*a", "a:", "{{ a }}", "a ", "", "a\\b", "<<", "="] {
            let quoted = format!("'{text}'");
            assert_eq!(scalar(&quoted, Some(text), 0, false), quoted);
        }
        for text in ["north", "a, b", "it's", "http://a.b/c#d", "größe", "a:b", "Who's on call?"]
        {
            let quoted = format!("\"{text}\"");
            assert_eq!(scalar(&quoted, Some(text), 0, false), text);
        }
        for text in ["a, b", "a:b"] {
            let quoted = format!("'{text}'");
            assert_eq!(scalar(&quoted, Some(text), 0, true), quoted, "in brackets");
        }
        assert_eq!(scalar("\"\\x61\"", Some("a"), 0, false), "\"\\x61\"");
        assert_eq!(key("\"a.b/c\"", Some("a.b/c")), "a.b/c");
        assert_eq!(key("\"on\"", Some("on")), "\"on\"");
        assert_eq!(key("\"a b\"", Some("a b")), "\"a b\"");
    }

    #[test]
    fn a_block_keeps_every_byte_behind_its_indentation() {
        let moved = |text: &str| block(text, 4, 0).ok();
        assert_eq!(moved("|\n      a \n\n        b").as_deref(), Some("|\n  a \n\n    b"));
        assert_eq!(moved("|+\n      a\n\n").as_deref(), Some("|+\n  a\n\n"));
        assert_eq!(moved("|2 # c\n      a\n    \n").as_deref(), Some("|2 # c\n  a\n\n"));
        assert_eq!(moved("|\n      a\n         \n      b").as_deref(), Some("|\n  a\n     \n  b"));
        assert_eq!(moved(">-").as_deref(), Some(">-"));
    }
}
