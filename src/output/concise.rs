//! A line a finding: `path:line:column: severity[code] headline`.

use super::View;
use super::text::{line_start, visible};
use crate::finding::Finding;

pub(super) fn emit(view: &View<'_>) -> String {
    finding_lines(&view.report.findings)
}

/// A line for each place of each finding.
pub fn finding_lines(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        for place in finding.occurrences().map(|at| &at.place) {
            let (severity, code) = (finding.severity.as_str(), finding.code.name);
            let line = format!(
                "{}: {severity}[{code}] {}",
                line_start(&place.to_string()),
                finding.headline
            );
            text.push_str(&visible(&line));
            text.push('\n');
        }
    }
    text
}
