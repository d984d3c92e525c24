//! GitLab's Code Quality report
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).
//!
//! GitLab tells what a merge request adds by fingerprints and keeps one entry of each. So a place
//! is an entry, and no two have the same.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::View;
use super::text::visible;
use crate::finding::{Finding, Fingerprint, Occurrence, Scope, Severity};

pub(super) fn emit(view: &View<'_>) -> String {
    let mut seen: BTreeMap<Fingerprint, usize> = BTreeMap::new();
    let mut entries: Vec<Value> = Vec::new();
    for finding in &view.report.findings {
        for at in finding.occurrences() {
            // Two documents of one name can be wrong in the same way.
            let times = seen.entry(at.fingerprint).or_default();
            entries.push(entry(finding, at, at.fingerprint.nth(*times)));
            *times += 1;
        }
    }
    format!("{:#}\n", Value::from(entries))
}

fn entry(finding: &Finding, at: &Occurrence, fingerprint: Fingerprint) -> Value {
    let mut description = visible(&finding.headline);
    if let Some(help) = &finding.help {
        description.push_str("; help: ");
        description.push_str(&visible(help));
    }
    json!({
        "description": description,
        "check_name": finding.code.name,
        "fingerprint": fingerprint.to_string(),
        "severity": severity(finding),
        "location": {
            "path": visible(&at.place.file.path),
            "lines": { "begin": at.place.start.line },
        },
    })
}

/// One of `info`, `minor`, `major`, `critical` and `blocker`.
fn severity(finding: &Finding) -> &'static str {
    // Errors about settings and comments cannot be silenced either, but harm nobody else.
    let protects = !finding.code.suppressible && finding.code.scope != Scope::Configuration;
    match finding.severity {
        Severity::Error if protects => "critical",
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Note => "info",
    }
}
