//! Annotations of a GitHub workflow
//! (<https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>).

use super::View;
use super::text::visible;
use crate::finding::{Finding, Severity};

pub(super) fn emit(view: &View<'_>) -> String {
    // GitHub shows ten annotations of a level and step: the worst come first.
    let mut findings: Vec<&Finding> = view.report.findings.iter().collect();
    findings.sort_by_key(|finding| finding.severity);
    findings.into_iter().map(line).collect()
}

fn line(finding: &Finding) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place = &finding.at.place;
    let mut properties = vec![
        format!("file={}", property(&place.file.path)),
        format!("line={}", place.start.line),
        format!("endLine={}", place.end.line),
    ];
    // Columns are ignored by GitHub unless the annotation is of one line.
    if place.start.line == place.end.line {
        properties.push(format!("col={}", place.start.column));
        properties.push(format!("endColumn={}", place.end.column.max(place.start.column)));
    }
    properties.push(format!("title={}", property(finding.code.name)));
    let mut message = visible(&finding.headline);
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        message.push_str(&visible(help));
    }
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

pub(super) fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}
