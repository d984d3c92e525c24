//! SARIF 2.1.0, with what GitHub's code scanning asks for
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::View;
use super::text::visible;
use crate::finding::{Code, Finding, Severity};
use crate::source::Place;

const PAGE: &str = "https://github.com/gitsm/gitsm/blob/main/src/rules/pages";

pub(super) fn emit(view: &View<'_>) -> String {
    let mut codes: BTreeMap<&str, &Code> = BTreeMap::new();
    for finding in &view.report.findings {
        codes.insert(finding.code.name, finding.code);
    }
    let rules: Vec<Value> = codes.values().map(|code| rule(code)).collect();
    let numbers: BTreeMap<&str, usize> =
        codes.keys().enumerate().map(|(number, name)| (*name, number)).collect();
    let results: Vec<Value> = view
        .report
        .findings
        .iter()
        .map(|finding| result(finding, numbers.get(finding.code.name).copied()))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gitsm",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": "https://github.com/gitsm/gitsm",
                "rules": rules,
            }},
            "automationDetails": { "id": "gitsm/validate/" },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// `reference-unknown` as `ReferenceUnknown`.
fn pascal(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect()
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.name,
        "name": pascal(code.name),
        "shortDescription": { "text": sentence(code.summary) },
        "fullDescription": { "text": sentence(code.summary) },
        "help": { "text": code.page, "markdown": code.page },
        "helpUri": format!("{PAGE}/{}.md", code.name),
        "defaultConfiguration": { "level": level(code.severity) },
        "properties": { "tags": ["catalog"], "precision": "very-high" },
    })
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

fn result(finding: &Finding, number: Option<usize>) -> Value {
    let mut text = sentence(&visible(&finding.headline));
    if let Some(help) = &finding.help {
        text.push(' ');
        text.push_str(&sentence(&visible(help)));
    }
    let mut result = json!({
        "ruleId": finding.code.name,
        "ruleIndex": number,
        "level": level(finding.severity),
        "message": { "text": text },
        "locations": [location(&finding.at.place)],
        "partialFingerprints": { "gitsm/v1": finding.at.fingerprint.to_string() },
    });
    let labels = finding.labels.iter().map(|label| (&label.place, label.text.as_str()));
    let more = finding.more.iter().map(|at| (&at.place, "also here"));
    let related: Vec<Value> = labels
        .chain(more)
        .take(100)
        .enumerate()
        .map(|(id, (place, text))| {
            let mut location = location(place);
            location["id"] = id.into();
            location["message"] = json!({ "text": visible(text) });
            location
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([{
            "description": { "text": visible(&fix.title) },
            "artifactChanges": [{
                "artifactLocation": artifact(&fix.place),
                "replacements": [{
                    "deletedRegion": region(&fix.place),
                    "insertedContent": { "text": fix.replacement },
                }],
            }],
        }]);
    }
    result
}

fn location(place: &Place) -> Value {
    json!({
        "physicalLocation": { "artifactLocation": artifact(place), "region": region(place) },
    })
}

fn artifact(place: &Place) -> Value {
    json!({ "uri": uri(&place.file.path) })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

/// A path as a relative URI (RFC 3986): what is not plain is escaped.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris_and_names_become_names() {
        assert_eq!(uri("a b/ä#.yaml"), "a%20b/%C3%A4%23.yaml");
        assert_eq!(pascal("reference-unknown"), "ReferenceUnknown");
    }
}
