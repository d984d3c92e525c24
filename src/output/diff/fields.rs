//! Fields that differ, as lines: short values side by side, long texts line by line.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::FieldReport;
use crate::output::text::visible;

/// How wide a line is before two values stand below each other.
const WIDTH: usize = 96;

/// How many lines of a long value are shown.
const MOST_LINES: usize = 12;

/// What happens on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Something comes.
    Added,
    /// Something goes.
    Removed,
    /// Something becomes something else.
    Changed,
    /// Something stays, and is shown for what stands around it.
    Kept,
}

/// A line of an edit, with what is to be done to its colour.
pub(super) type Line = (Mark, String);

/// The lines of a field; items of a list have a line each.
pub(super) fn lines(field: &FieldReport) -> Vec<Line> {
    match field.items.is_empty() {
        true => one(field),
        false => field.items.iter().flat_map(one).collect(),
    }
}

fn one(field: &FieldReport) -> Vec<Line> {
    let name = visible(&dotted(&field.pointer));
    match (&field.before, &field.after) {
        (None, Some(after)) => single(Mark::Added, &name, after),
        (Some(before), None) => single(Mark::Removed, &name, before),
        (Some(Value::Array(before)), Some(Value::Array(after))) if same_items(before, after) => {
            vec![(Mark::Changed, format!("{name}: same items in another order"))]
        }
        (Some(before), Some(after)) => both(&name, before, after),
        (None, None) => Vec::new(),
    }
}

fn same_items(before: &[Value], after: &[Value]) -> bool {
    before.len() == after.len() && before.iter().all(|item| after.contains(item))
}

fn single(mark: Mark, name: &str, value: &Value) -> Vec<Line> {
    // An item of a list of names says all there is to say by its name.
    if value.as_str().is_some_and(|text| name.ends_with(&format!("[{}]", visible(text)))) {
        return vec![(mark, name.to_owned())];
    }
    let text = value.as_str().filter(|text| text.trim_end().contains('\n'));
    if let Some(text) = text {
        let lines = text.lines().map(|line| (mark, format!("  {}", visible(line))));
        let head = std::iter::once((mark, format!("{name}:")));
        return shortened(head.chain(lines).collect());
    }
    vec![(mark, format!("{name}: {}", cut(&inline(value))))]
}

fn both(name: &str, before: &Value, after: &Value) -> Vec<Line> {
    let (old, new) = (inline(before), inline(after));
    let texts = (before.as_str(), after.as_str());
    if let (Some(old), Some(new)) = texts
        && (old.trim_end().contains('\n') || new.trim_end().contains('\n'))
    {
        let mut lines = vec![(Mark::Changed, format!("{name}:"))];
        lines.extend(line_by_line(old, new));
        return shortened(lines);
    }
    if name.chars().count() + old.chars().count() + new.chars().count() + 6 <= WIDTH {
        return vec![(Mark::Changed, format!("{name}: {old} → {new}"))];
    }
    vec![
        (Mark::Changed, format!("{name}:")),
        (Mark::Removed, format!("  {}", cut(&old))),
        (Mark::Added, format!("  {}", cut(&new))),
    ]
}

fn line_by_line(old: &str, new: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(1);
    let changes = groups.iter().flatten().flat_map(|one| diff.iter_changes(one));
    let line = |change: similar::Change<&str>| {
        let text = visible(change.value().trim_end());
        match change.tag() {
            ChangeTag::Insert => (Mark::Added, format!("  {text}")),
            ChangeTag::Delete => (Mark::Removed, format!("  {text}")),
            ChangeTag::Equal => (Mark::Kept, format!("  {text}")),
        }
    };
    changes.map(line).collect()
}

fn shortened(mut lines: Vec<Line>) -> Vec<Line> {
    if let Some(more) = lines.len().checked_sub(MOST_LINES).filter(|more| *more > 1) {
        lines.truncate(MOST_LINES);
        lines.push((
            Mark::Kept,
            format!("  … and {} (-o json)", crate::output::count(more, "line")),
        ));
    }
    lines
}

fn cut(text: &str) -> String {
    const LONGEST: usize = 160;
    match text.chars().count() > LONGEST {
        true => text.chars().take(LONGEST - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

/// A value on one line, as it would be written in a document.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let line = visible(text.trim_end());
            match crate::yaml::emit::is_plain_everywhere(text) || is_date_or_time(text) {
                true => line,
                false => visible(&crate::yaml::emit::scalar(text)),
            }
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) => {
            let field =
                |(key, value): (&String, &Value)| format!("{}: {}", visible(key), inline(value));
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Digits with something between them: nobody takes a date or a version like `16.4.1` for a number.
fn is_date_or_time(text: &str) -> bool {
    let marks = text.chars().filter(|c| matches!(c, '-' | ':' | '.')).count();
    marks > 1 && text.chars().all(|c| c.is_ascii_alphanumeric() || "-:.+".contains(c))
}

/// A pointer as people write it: `spec.dependsOn[ci:db]`.
pub(in crate::output) fn dotted(pointer: &str) -> String {
    let (derived, pointer) = match pointer.strip_prefix('#') {
        Some("sources") => return "folder".to_owned(),
        Some(rest) => (true, rest),
        None => (false, pointer),
    };
    let text = crate::yaml::Pointer::from_text(pointer).dotted();
    if derived { format!("file of {text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(pointer: &str, before: Value, after: Value) -> Vec<String> {
        let some = |value: Value| (!value.is_null()).then_some(value);
        let field = FieldReport {
            pointer: pointer.to_owned(),
            before: some(before),
            after: some(after),
            class: "operational",
            before_at: None,
            after_at: None,
            items: Vec::new(),
        };
        lines(&field).into_iter().map(|(mark, line)| format!("{mark:?} {line}")).collect()
    }

    #[test]
    fn short_values_stand_side_by_side() {
        assert_eq!(told("/spec/size", json!(3), json!("3")), [r#"Changed spec.size: 3 → "3""#]);
        assert_eq!(
            told("/spec/dependsOn/[ci:db]", Value::Null, json!("ci:db")),
            ["Added spec.dependsOn[ci:db]"]
        );
        assert_eq!(told("/a", json!("16.4"), json!("16.4.1")), [r#"Changed a: "16.4" → 16.4.1"#]);
    }

    #[test]
    fn long_texts_are_told_line_by_line() {
        assert_eq!(
            told("/d", json!("one\ntwo\nthree\nfour\n"), json!("one\ntwo\n3\nfour\n")),
            ["Changed d:", "Kept   two", "Removed   three", "Added   3", "Kept   four"]
        );
        let long = |word: &str| json!(format!("{word} ").repeat(20).trim());
        assert_eq!(told("/d", long("old"), long("new")).len(), 3);
    }

    #[test]
    fn an_escape_never_reaches_the_terminal() {
        let lines = told("/a\u{1b}[2J", json!("\u{1b}[31mx"), json!("y\u{202e}"));
        assert!(lines.iter().all(|line| !line.contains(['\u{1b}', '\u{202e}'])), "{lines:?}");
    }
}
