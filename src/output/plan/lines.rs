//! Values before and after, as lines that are added and taken away.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::output::visible;
use crate::plan::document::DriftedPlan;

/// How many lines of one field are shown.
const MOST: usize = 60;

/// The longest value that is shown on one line with the one that it takes the place of.
const SHORT: usize = 60;

/// A line of what happens to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// `+`, `-`, `~`, or a blank where nothing changes.
    pub(super) sign: char,
    /// What is said.
    pub(super) text: String,
}

fn line(sign: char, text: impl Into<String>) -> Line {
    Line { sign, text: text.into() }
}

/// What happens to a field. What is not shown says so.
pub(super) fn lines(
    name: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    is_sensitive: bool,
) -> Vec<Line> {
    let name = visible(name);
    if is_sensitive {
        let sign = sign(before, after);
        return vec![line(sign, format!("{name}: (not shown)"))];
    }
    let mut all = match (before, after) {
        (Some(Value::String(old)), Some(Value::String(new))) if many(old) || many(new) => {
            text(&name, old, new)
        }
        (None, Some(Value::String(new))) if many(new) => text(&name, "", new),
        (Some(Value::String(old)), None) if many(old) => text(&name, old, ""),
        _ => leaves(&name, before, after),
    };
    let more = all.len().saturating_sub(MOST);
    if more > 0 {
        all.truncate(MOST);
        all.push(line(' ', format!("… {}", crate::output::count(more, "more line"))));
    }
    all
}

/// What somebody else did to a field. Where the catalog changed it, too, the difference is not theirs
/// alone: then it is told as what is there and what the catalog says.
pub(super) fn drifted(field: &DriftedPlan) -> Vec<Line> {
    let (wanted, found) = (field.wanted.first(), field.found.first());
    if !field.is_also_changed {
        // As the target sees it: what it should be is taken away.
        return lines(&field.name, wanted, found, field.is_sensitive);
    }
    let name = visible(&field.name);
    let mut all = vec![line(
        ' ',
        format!(
            "{name}: changed there by somebody else, and in the catalog; what was applied is neither"
        ),
    )];
    let is_short = |value: Option<&Value>| {
        value.is_none_or(|value| !(value.is_object() || value.as_str().is_some_and(many)))
    };
    match (is_short(wanted) && is_short(found), field.is_sensitive) {
        (_, true) => all.push(line('~', "  (not shown)")),
        (true, false) => {
            let shown = |value: Option<&Value>| {
                value.map_or_else(|| "nothing".to_owned(), |value| visible(&value.to_string()))
            };
            all.push(line(' ', format!("  there: {}", shown(found))));
            all.push(line(' ', format!("  the catalog: {}", shown(wanted))));
        }
        (false, false) => {
            all.push(line(' ', "  from what is there to what the catalog says:"));
            all.extend(lines(&field.name, found, wanted, false));
        }
    }
    all
}

fn sign(before: Option<&Value>, after: Option<&Value>) -> char {
    match (before, after) {
        (None, _) => '+',
        (_, None) => '-',
        _ => '~',
    }
}

fn many(text: &str) -> bool {
    text.contains('\n')
}

/// A text of several lines, as its lines differ.
fn text(name: &str, before: &str, after: &str) -> Vec<Line> {
    let mut all = vec![line(' ', format!("{name}:"))];
    let diff = TextDiff::from_lines(before, after);
    for (number, group) in diff.grouped_ops(2).iter().enumerate() {
        if number > 0 {
            all.push(line(' ', "  …"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Insert => '+',
                ChangeTag::Delete => '-',
                ChangeTag::Equal => ' ',
            };
            let value: &str = change.value();
            let value = visible(value.trim_end_matches(['\n', '\r']));
            all.push(line(sign, format!("  {value}")));
        }
    }
    if before.ends_with('\n') != after.ends_with('\n') && !before.is_empty() && !after.is_empty() {
        let ends = if after.ends_with('\n') { "gets" } else { "loses" };
        all.push(line(' ', format!("  (its last line {ends} its end)")));
    }
    all
}

/// Values of mappings one by one, all others as they are.
fn leaves(name: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<Line> {
    let is_mapping = |value: Option<&Value>| value.is_none_or(Value::is_object);
    if !(is_mapping(before) && is_mapping(after)) || (before.is_none() && after.is_none()) {
        return plain(name, before, after);
    }
    let empty = serde_json::Map::new();
    let of = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
    let (old, new) = (of(before).unwrap_or_else(|| empty.clone()), of(after).unwrap_or(empty));
    if old.is_empty() && new.is_empty() {
        return plain(name, before, after);
    }
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    let differing = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    differing
        .flat_map(|key| leaves(&format!("{name}.{}", visible(key)), old.get(key), new.get(key)))
        .collect()
}

fn plain(name: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<Line> {
    let shown = |value: &Value| visible(&value.to_string());
    match (before.map(shown), after.map(shown)) {
        (Some(old), Some(new)) if old.chars().count() + new.chars().count() <= 2 * SHORT => {
            vec![line('~', format!("{name}: {old} → {new}"))]
        }
        (Some(old), Some(new)) => {
            vec![line('-', format!("{name}: {old}")), line('+', format!("{name}: {new}"))]
        }
        (None, Some(new)) => vec![line('+', format!("{name}: {new}"))],
        (Some(old), None) => vec![line('-', format!("{name}: {old}"))],
        (None, None) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(before: Option<Value>, after: Option<Value>) -> Vec<String> {
        let all = lines("f", before.as_ref(), after.as_ref(), false);
        all.into_iter().map(|line| format!("{}{}", line.sign, line.text)).collect()
    }

    #[test]
    fn values_of_mappings_are_shown_one_by_one() {
        let before = json!({"a": 1, "b": {"c": "x"}, "same": true});
        let after = json!({"a": 2, "b": {"d": []}, "same": true});
        assert_eq!(
            shown(Some(before), Some(after)),
            ["~f.a: 1 → 2", "-f.b.c: \"x\"", "+f.b.d: []"]
        );
        assert_eq!(shown(None, Some(json!({}))), ["+f: {}"]);
    }

    #[test]
    fn a_text_of_lines_is_shown_as_its_lines_differ() {
        assert_eq!(
            shown(Some(json!("a\nb\n")), Some(json!("a\nc\n"))),
            [" f:", "   a", "-  b", "+  c"]
        );
    }

    #[test]
    fn nothing_of_a_sensitive_value_or_of_a_terminals_commands_is_shown() {
        let all = lines("f", Some(&json!("secret")), Some(&json!("other")), true);
        assert_eq!(all, [line('~', "f: (not shown)")]);
        let all = shown(None, Some(json!("a\u{1b}[2J\nb")));
        assert!(all.iter().all(|line| !line.contains('\u{1b}')), "{all:?}");
    }
}
