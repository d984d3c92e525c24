//! Which fields people write in Markdown: documentation shows them as such, and what they name is
//! looked for.

use super::Kind;

/// The way to a field, from the root; `*` stands for every item of a list.
type Path = &'static [&'static str];

/// The Markdown of every kind.
const COMMON: &[Path] = &[&["metadata", "description"]];

/// The Markdown of kinds, by the group and the name of the kind; no name stands for all of a group.
const PROSE: &[(&str, &str, &[Path])] = &[
    ("openslo", "", &[&["spec", "description"]]),
    ("gitsm", "Service", &[&["spec", "outcome"], &["spec", "offerings", "*", "description"]]),
    ("gitsm", "ServiceLevelAgreement", &[&["spec", "penalties"], &["spec", "reporting"]]),
    (
        "gitsm",
        "Runbook",
        &[
            &["spec", "purpose"],
            &["spec", "steps", "*", "instructions"],
            &["spec", "steps", "*", "expect"],
            &["spec", "rollback", "*", "instructions"],
            &["spec", "rollback", "*", "expect"],
            &["spec", "verification", "*", "instructions"],
            &["spec", "verification", "*", "expect"],
        ],
    ),
    (
        "gitsm",
        "ChangeRequest",
        &[
            &["spec", "reason"],
            &["spec", "plan", "implementation"],
            &["spec", "plan", "test"],
            &["spec", "plan", "backout"],
            &["spec", "communications", "*", "text"],
        ],
    ),
    ("gitsm", "Exception", &[&["spec", "reason"]]),
    ("gitsm", "Note", &[&["spec", "text"]]),
];

/// The fields of a kind that are Markdown.
pub fn prose(kind: &Kind) -> impl Iterator<Item = &'static [&'static str]> + use<> {
    let (group, name) = (kind.group.name, kind.name);
    let own = PROSE
        .iter()
        .filter(move |(of, only, _)| *of == group && (only.is_empty() || *only == name));
    COMMON.iter().copied().chain(own.flat_map(|(_, _, paths)| paths.iter().copied()))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::{KINDS, kind_schema};

    /// Whether a field stands somewhere in a schema; every field of a path must.
    fn has_field(schema: &Value, name: &str) -> bool {
        match schema {
            Value::Object(all) => all.iter().any(|(key, value)| {
                (key == "properties" && value.get(name).is_some()) || has_field(value, name)
            }),
            Value::Array(items) => items.iter().any(|item| has_field(item, name)),
            _ => false,
        }
    }

    #[test]
    fn every_field_that_is_markdown_exists() {
        for (group, name, paths) in PROSE {
            let of = |kind: &&&Kind| {
                kind.group.name == *group && (name.is_empty() || kind.name == *name)
            };
            assert!(KINDS.iter().filter(of).count() > 0, "{group} {name}");
            for kind in KINDS.iter().filter(of) {
                let schema = kind_schema(kind, false);
                for field in paths.iter().copied().flatten().filter(|step| **step != "*") {
                    assert!(has_field(&schema, field), "{} has no {field}", kind.name);
                }
                assert!(prose(kind).count() > paths.len());
            }
        }
    }
}
