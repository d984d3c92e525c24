//! What an entity says of itself: its columns, steps, attributes, labels and links.

use serde_json::Value;

use super::page::{Subject, plain};
use crate::output::{Line, Piece, Said};

/// Columns that other sections tell, in more words.
const ELSEWHERE: &[&str] =
    &["OWNER", "SUPPORT", "SLA", "CHAT", "ON CALL", "MANAGER", "TEAMS", "DESCRIPTION"];

/// Fields that are no columns, and that somebody who knows nothing wants to read.
const MORE: &[(&str, &[&str])] = &[
    ("outcome", &["spec", "outcome"]),
    ("purpose", &["spec", "purpose"]),
    ("reason", &["spec", "reason"]),
    ("status", &["spec", "lifecycle", "status"]),
    ("criticality", &["spec", "criticality"]),
    ("data", &["spec", "dataClassification"]),
    ("quorum", &["spec", "quorum"]),
    ("offerings", &["spec", "offerings", "*", "name"]),
    ("takes", &["spec", "expectedDuration"]),
    ("permissions", &["spec", "permissions"]),
    ("valid from", &["spec", "validFrom"]),
    ("tags", &["metadata", "tags"]),
];

pub(super) fn facts(subject: &Subject<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for column in subject.entity.kind.practice.columns {
        if !ELSEWHERE.contains(&column.title) {
            let label = column.title.to_lowercase();
            tell(subject, &label, column.path, &mut lines);
        }
    }
    for (label, path) in MORE {
        if !lines.iter().any(|line| line.label.text() == *label) {
            tell(subject, label, path, &mut lines);
        }
    }
    if let (Some(amount), Some(currency), Some(per)) = (
        subject.text(&["spec", "cost", "amount"]),
        subject.text(&["spec", "cost", "currency"]),
        subject.text(&["spec", "cost", "per"]),
    ) {
        lines.push(Line::new("cost", format!("{amount} {currency} a {per}")));
    }
    lines
}

fn tell(subject: &Subject<'_>, label: &str, path: &[&str], lines: &mut Vec<Line>) {
    let mut texts = Vec::new();
    collect(&subject.value, path, &mut texts);
    let said = match texts.as_slice() {
        [] => return,
        [text] if is_duration(text) => super::promises::in_words(text).into(),
        [text] => subject.written(subject.id, path, text).into(),
        texts => Said::list(texts.iter().map(|text| subject.written(subject.id, path, text))),
    };
    lines.push(Line::new(label, said));
}

fn is_duration(text: &str) -> bool {
    let rest = text.strip_prefix('P').unwrap_or_default();
    !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || "TYMWDHS".contains(c))
}

fn collect(value: &Value, path: &[&str], texts: &mut Vec<String>) {
    match (path.split_first(), value) {
        (Some((&"*", rest)), Value::Array(items)) => {
            items.iter().for_each(|item| collect(item, rest, texts));
        }
        (Some((step, rest)), _) => {
            if let Some(value) = value.get(step) {
                collect(value, rest, texts);
            }
        }
        (None, Value::Array(items)) => items.iter().for_each(|item| collect(item, &[], texts)),
        (None, value) => texts.extend(plain(value)),
    }
}

/// A step of a runbook in lines: what it is called, then what is done.
fn steps_at(subject: &Subject<'_>, field: &str) -> Vec<Line> {
    let steps = subject.at(&["spec", field]).and_then(Value::as_array);
    let mut lines = Vec::new();
    for (number, step) in steps.into_iter().flatten().enumerate() {
        let text = |key: &str| step.get(key).and_then(plain);
        // Templates of Backstage name what a step does `action`.
        let kind = text("type").or_else(|| text("action")).unwrap_or_default();
        let name = text("name").or_else(|| text("id")).unwrap_or_default();
        let kind = if kind.is_empty() { kind } else { format!(" [{kind}]") };
        lines.push(Line::new(format!("{}.", number + 1), format!("{name}{kind}")));
        for (key, before) in [
            ("instructions", ""),
            ("run", "run: "),
            ("expect", "expect: "),
            ("onFailure", "if it fails: "),
        ] {
            let told = text(key);
            let told =
                told.iter().flat_map(|told| told.lines()).filter(|line| !line.trim().is_empty());
            lines.extend(told.map(|line| Line::new(" ", format!("{before}{line}"))));
        }
    }
    lines
}

pub(super) fn steps(subject: &Subject<'_>) -> Vec<Line> {
    steps_at(subject, "steps")
}

pub(super) fn rollback(subject: &Subject<'_>) -> Vec<Line> {
    steps_at(subject, "rollback")
}

pub(super) fn verification(subject: &Subject<'_>) -> Vec<Line> {
    steps_at(subject, "verification")
}

fn pairs(subject: &Subject<'_>, path: &[&str]) -> Vec<Line> {
    let fields = subject.at(path).and_then(Value::as_object);
    let line = |(key, value): (&String, &Value)| {
        let linked = |text: String| Piece::linked(&text);
        let said = match value {
            Value::Array(items) => Said::list(items.iter().filter_map(plain).map(linked)),
            Value::Object(_) => value.to_string().into(),
            other => linked(plain(other)?).into(),
        };
        Some(Line::new(key.clone(), said))
    };
    fields.into_iter().flatten().filter_map(line).collect()
}

pub(super) fn attributes(subject: &Subject<'_>) -> Vec<Line> {
    pairs(subject, &["spec", "attributes"])
}

pub(super) fn labels(subject: &Subject<'_>) -> Vec<Line> {
    pairs(subject, &["metadata", "labels"])
}

pub(super) fn links(subject: &Subject<'_>) -> Vec<Line> {
    let links = subject.at(&["metadata", "links"]).and_then(Value::as_array);
    let line = |link: &Value| {
        let title = link.get("title").and_then(plain).unwrap_or_else(|| "link".to_owned());
        Some(Line::new(title, Piece::linked(&link.get("url").and_then(plain)?)))
    };
    links.into_iter().flatten().filter_map(line).collect()
}
