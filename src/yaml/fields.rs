//! Edits that add a field or an item, or take one away, as the text around it is written.
//!
//! Each gives an [`Edit`] to [`splice`](super::splice), or nothing where the text is written in a
//! way that is better left to its author. Whoever makes them compares the values afterwards.

use super::arena::{Node, NodeKind};
use super::edit::Edit;
use super::emit;
use crate::source::{Source, Span};

/// A field to add: its key, and its value as YAML on one line; a value that begins with a line break
/// is the fields of a mapping, each on its line.
pub type Field<'a> = (&'a str, String);

/// Adds fields to a mapping, behind the last of those named in `after` that it has.
pub fn add_fields(
    source: &Source,
    mapping: Node<'_>,
    after: &[&str],
    fields: &[Field<'_>],
) -> Option<Edit> {
    let has = |key: &&str| mapping.entry(key).map(|(_, value)| value);
    let end = after.iter().filter_map(has).map(|value| value.span().end).max()? as usize;
    let is_json = written(source, mapping.entries().next()?.0).starts_with('"');
    let is_inline = is_flow(source, mapping);
    let field = |(key, value): &Field<'_>| {
        let key = if is_json { format!("\"{key}\"") } else { emit::scalar(key) };
        match value.strip_prefix('\n') {
            Some(fields) if is_inline => format!("{key}: {{{}}}", fields.trim()),
            Some(_) => format!("{key}:{value}"),
            None => format!("{key}: {value}"),
        }
    };
    let fields: Vec<String> = fields.iter().map(field).collect();
    if is_inline {
        let replacement = fields.iter().map(|field| format!(", {field}")).collect();
        return Some(Edit { span: Span::new(end, end), replacement });
    }
    let start = mapping.entries().next()?.0.span().start as usize;
    let indent = " ".repeat(source.text().get(line_start(source, start)..start)?.chars().count());
    let line = format!("{}{indent}", line_break(source));
    let field = |field: &String| format!("{line}{}", field.replace('\n', &line));
    let replacement = fields.iter().map(field).collect();
    let at = line_end(source, end);
    Some(Edit { span: Span::new(at, at), replacement })
}

/// Adds a field before all others of a mapping that has some.
pub fn add_first(source: &Source, mapping: Node<'_>, (key, value): &Field<'_>) -> Option<Edit> {
    let first = mapping.entries().next()?.0;
    let start = first.span().start as usize;
    let before = source.text().get(line_start(source, start)..start)?;
    let key = match written(source, first).starts_with('"') {
        true => format!("\"{key}\""),
        false => emit::scalar(key),
    };
    let replacement = match is_flow(source, mapping) {
        true => format!("{key}: {value}, "),
        false if before.trim().is_empty() => {
            format!("{key}: {value}{}{before}", line_break(source))
        }
        false => return None,
    };
    Some(Edit { span: Span::new(start, start), replacement })
}

/// Takes a field of a mapping away, with the lines that it fills.
pub fn remove_field(source: &Source, mapping: Node<'_>, key: &str) -> Option<Edit> {
    let entries: Vec<(Node<'_>, Node<'_>)> = mapping.entries().collect();
    let at = entries.iter().position(|(name, _)| name.text() == Some(key))?;
    let (name, value) = entries.get(at)?;
    let start = name.span().start as usize;
    if is_flow(source, mapping) {
        let before = at.checked_sub(1).and_then(|at| entries.get(at));
        let after = entries.get(at + 1).map(|(name, _)| name.span().start as usize);
        let before = before.map(|(_, value)| value.span().end as usize);
        return among(before, start, value.span().end as usize, after);
    }
    let before = source.text().get(line_start(source, start)..start)?;
    before.trim().is_empty().then(|| lines(source, start, end_of(source, *value)))
}

/// Adds an item, as YAML on one line, behind the others of a list.
pub fn push_item(source: &Source, list: Node<'_>, item: &str) -> Option<Edit> {
    if list.kind() != NodeKind::Sequence {
        return None;
    }
    let Some(last) = list.items().last() else {
        let replacement = format!("[{item}]");
        return is_flow(source, list).then(|| Edit { span: list.span(), replacement });
    };
    let (start, end) = (last.span().start as usize, last.span().end as usize);
    if is_flow(source, list) {
        let replacement = format!(", {item}");
        return Some(Edit { span: Span::new(end, end), replacement });
    }
    let before = source.text().get(line_start(source, start)..start)?;
    if before.trim() != "-" {
        return None;
    }
    let replacement = format!("{}{before}{item}", line_break(source));
    let at = line_end(source, end);
    Some(Edit { span: Span::new(at, at), replacement })
}

/// Takes an item of a list away that has others.
pub fn remove_item(source: &Source, list: Node<'_>, number: usize) -> Option<Edit> {
    let item = list.item(number)?.span();
    let (start, end) = (item.start as usize, item.end as usize);
    if is_flow(source, list) {
        let before = number.checked_sub(1).and_then(|at| list.item(at));
        let before = before.map(|item| item.span().end as usize);
        let after = list.item(number + 1).map(|item| item.span().start as usize);
        return among(before, start, end, after);
    }
    let before = source.text().get(line_start(source, start)..start)?;
    (before.trim() == "-").then(|| lines(source, start, end))
}

/// A text for the place of a scalar, in the quotes that the scalar has; nothing for a scalar that
/// is written as a block.
pub fn requoted(old: &str, new: &str) -> Option<String> {
    match old.chars().next()? {
        '"' => Some(serde_json::Value::from(new).to_string()),
        '\'' => Some(format!("'{}'", new.replace('\'', "''"))),
        '|' | '>' | '&' | '!' | '*' => None,
        _ => Some(emit::scalar(new)),
    }
}

/// What is taken away of a list in brackets or braces, with the comma on one of its sides.
fn among(before: Option<usize>, start: usize, end: usize, after: Option<usize>) -> Option<Edit> {
    let span = match (before, after) {
        (Some(before), _) => Span::new(before, end),
        (None, Some(after)) => Span::new(start, after),
        (None, None) => return None,
    };
    Some(Edit { span, replacement: String::new() })
}

/// All of the lines from one place to another, with one line break.
fn lines(source: &Source, start: usize, end: usize) -> Edit {
    let text = source.text();
    let (start, end) = (line_start(source, start), line_end(source, end));
    let span = match text.get(end..).and_then(|rest| rest.find('\n')) {
        Some(more) => Span::new(start, end + more + 1),
        // The last line of a file without a line break takes the one before it along.
        None => {
            let kept = text.get(..start).unwrap_or_default();
            let kept = kept.strip_suffix('\n').unwrap_or(kept);
            Span::new(kept.strip_suffix('\r').unwrap_or(kept).len(), end)
        }
    };
    Edit { span, replacement: String::new() }
}

/// Where a value ends: a list in lines ends with its last item.
fn end_of(source: &Source, value: Node<'_>) -> usize {
    let children = || value.items().chain(value.entries().map(|(_, value)| value)).last();
    match children().filter(|_| !is_flow(source, value)) {
        Some(last) => end_of(source, last),
        None => value.span().end as usize,
    }
}

fn written<'s>(source: &'s Source, node: Node<'_>) -> &'s str {
    source.slice(node.span())
}

fn is_flow(source: &Source, node: Node<'_>) -> bool {
    written(source, node).starts_with(['{', '[', '*'])
}

fn line_start(source: &Source, at: usize) -> usize {
    let before = source.text().get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |line| line + 1)
}

/// The end of a line, before its line break.
fn line_end(source: &Source, at: usize) -> usize {
    let rest = source.text().get(at..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

fn line_break(source: &Source) -> &'static str {
    if source.text().contains("\r\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::File;
    use crate::yaml::{Limits, parse, splice};

    /// Makes an edit of `metadata`, and says what comes out.
    fn edited(text: &str, edit: impl Fn(&Source, Node<'_>) -> Option<Edit>) -> Option<String> {
        let source = Source::new(File::local("a.yaml"), text.to_owned());
        let stream = parse(&source, &Limits::default());
        let root = stream.arena.node(stream.documents[0]);
        let edit = edit(&source, root.get("metadata").unwrap())?;
        let after = splice(text, &[edit]).unwrap();
        let source = Source::new(File::local("a.yaml"), after.clone());
        assert_eq!(parse(&source, &Limits::default()).problems, [], "{after}");
        Some(after)
    }

    #[test]
    fn a_field_comes_and_goes_without_a_trace() {
        let texts = [
            "metadata:\n  name: a # why\n  title: b\n",
            "metadata:\n  name: a",
            "metadata:\r\n    title: b\r\n    name: a\r\nspec: {}\r\n",
            "metadata: {name: a, title: b}\n",
            "{\"metadata\": {\"name\": \"a\"}}\n",
        ];
        for text in texts {
            let field = ("formerly", "[x]".to_owned());
            let added = edited(text, |source, metadata| {
                add_fields(source, metadata, &["name", "namespace"], std::slice::from_ref(&field))
            });
            let added = added.unwrap();
            assert!(added.contains("formerly"), "{added}");
            let back = edited(&added, |source, at| remove_field(source, at, "formerly"));
            assert_eq!(back.as_deref(), Some(text));
            let first = edited(text, |source, metadata| add_first(source, metadata, &field));
            let back = edited(&first.unwrap(), |source, at| remove_field(source, at, "formerly"));
            assert_eq!(back.as_deref(), Some(text));
        }
    }

    #[test]
    fn an_item_comes_and_goes_without_a_trace() {
        let texts = [
            "metadata:\n  formerly: [a] # why\n",
            "metadata:\n  formerly:\n    - a # why\n    - b\nspec: {}\n",
            "metadata:\n  formerly:\n  -   a",
        ];
        for text in texts {
            let added = edited(text, |source, metadata| {
                push_item(source, metadata.get("formerly")?, "x:y")
            });
            let added = added.unwrap();
            let back = edited(&added, |source, metadata| {
                let list = metadata.get("formerly")?;
                remove_item(source, list, list.items().len() - 1)
            });
            assert_eq!(back.as_deref(), Some(text));
        }
        let first = edited("metadata: {formerly: [a, b]}", |source, metadata| {
            remove_item(source, metadata.get("formerly")?, 0)
        });
        assert_eq!(first.as_deref(), Some("metadata: {formerly: [b]}"));
    }

    #[test]
    fn a_field_of_many_lines_goes_as_a_whole() {
        let text = "metadata:\n  formerly:\n    - a\n    - b\n  name: c\n";
        let gone = edited(text, |source, metadata| remove_field(source, metadata, "formerly"));
        assert_eq!(gone.as_deref(), Some("metadata:\n  name: c\n"));
    }
}
