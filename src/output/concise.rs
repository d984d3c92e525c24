//! A line a finding: `path:line:column: severity[code] headline`.

use super::View;
use super::text::{line_start, visible};

pub(super) fn emit(view: &View<'_>) -> String {
    let mut text = String::new();
    for finding in &view.report.findings {
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
