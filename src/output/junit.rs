//! JUnit XML for readers of test reports: a test case a finding, and the case of an error fails.
//!
//! JUnit has no specification. This is what GitLab
//! (<https://docs.gitlab.com/ci/testing/unit_test_reports/>), Jenkins' `junit` step and actions
//! for GitHub read. `file` and `line` of a case are pytest's: some readers link by them, and only
//! schemas that are stricter than these readers have no place for them.

use std::collections::BTreeMap;

use super::View;
use super::text::{count, line_start, visible};
use crate::finding::{Finding, Severity};

/// How many further places the text of a case lists.
const FURTHER: usize = 100;

pub(super) fn emit(view: &View<'_>) -> String {
    let findings = &view.report.findings;
    let mut names = Names::default();
    let mut cases: Vec<String> = findings.iter().map(|one| case(one, &mut names)).collect();
    if cases.is_empty() {
        cases.push(nothing(view));
    }
    let failures = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let totals = format!(
        "name=\"gitsm validate\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" \
         time=\"0\"",
        cases.len()
    );
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {totals}>\n  \
         <testsuite {totals}>\n{}  </testsuite>\n</testsuites>\n",
        cases.concat()
    )
}

/// A report without a case is an error to some readers, so there is one that says what was done.
fn nothing(view: &View<'_>) -> String {
    let summary = &view.report.summary;
    let entities = count(summary.entities, "entity");
    let files = count(summary.files - summary.passed_over, "file");
    let found = if view.report.known.is_some() { "nothing new" } else { "nothing to report" };
    let name = attribute("name", &format!("{entities} in {files}: {found}"));
    format!("    <testcase classname=\"gitsm validate\"{name} time=\"0\"/>\n")
}

fn case(finding: &Finding, names: &mut Names) -> String {
    let place = &finding.at.place;
    let path = visible(&place.file.path);
    let name = names.free(&path, visible(&format!("{}: {}", finding.code.name, finding.headline)));
    let attributes = [
        attribute("classname", &path),
        attribute("name", &name),
        attribute("file", &path),
        attribute("line", &place.start.line.to_string()),
    ];
    let text = escape(&text(finding));
    let outcome = match finding.severity {
        Severity::Error => {
            let code = attribute("type", finding.code.name);
            let message = attribute("message", &finding.headline);
            format!("<failure{code}{message}>{text}</failure>")
        }
        Severity::Warning | Severity::Note => format!("<system-out>{text}</system-out>"),
    };
    let attributes = attributes.concat();
    format!("    <testcase{attributes} time=\"0\">\n      {outcome}\n    </testcase>\n")
}

/// What there is to say, a line each; all of it, as GitLab shows nothing else of a failure.
fn text(finding: &Finding) -> String {
    let (severity, code) = (finding.severity.as_str(), finding.code.name);
    let place = line_start(&finding.at.place.to_string());
    let mut lines = vec![format!("{place}: {severity}[{code}] {}", finding.headline)];
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    lines.extend(finding.labels.iter().map(|label| format!("see {}: {}", label.place, label.text)));
    let more = finding.more.iter().take(FURTHER);
    lines.extend(more.map(|at| format!("also at {}", at.place)));
    let hidden = finding.more.len().saturating_sub(FURTHER);
    if hidden > 0 {
        lines.push(format!("and at {}", count(hidden, "more place")));
    }
    let lines: Vec<String> = lines.iter().map(|line| visible(line)).collect();
    lines.join("\n")
}

/// The names that cases have, by class, and the last number that each was given with.
#[derive(Default)]
struct Names(BTreeMap<(String, String), usize>);

impl Names {
    /// The name, or the name with a number if the class has it: GitLab keeps the first of a name.
    fn free(&mut self, class: &str, plain: String) -> String {
        let key = |name: &str| (class.to_owned(), name.to_owned());
        let mut number = self.0.get(&key(&plain)).copied().unwrap_or(1);
        let mut name = plain.clone();
        while self.0.contains_key(&key(&name)) {
            number += 1;
            name = format!("{plain} ({number})");
        }
        self.0.insert(key(&name), 1);
        self.0.insert(key(&plain), number);
        name
    }
}

fn attribute(name: &str, value: &str) -> String {
    format!(" {name}=\"{}\"", escape(&visible(value)))
}

/// The text in an element or an attribute. What XML 1.0 cannot hold, not even by its number,
/// becomes U+FFFD.
fn escape(text: &str) -> String {
    // GitLab, Jenkins and Azure would attach the file that such a mark names.
    let text = text.replace("[[ATTACHMENT", "[ [ATTACHMENT");
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ if c.is_control() => escaped.push('\u{fffd}'),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_can_be_read_back_or_is_replaced() {
        let all: String = ('\0'..=char::MAX).collect();
        let document = format!("<a b=\"{}\">{}</a>", escape(&visible(&all)), escape(&all));
        let document = roxmltree::Document::parse(&document).unwrap();
        let seen = |c: char| if matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c };
        let shown: String = visible(&all).chars().map(seen).collect();
        assert_eq!(document.root_element().attribute("b"), Some(shown.as_str()));
        let read = document.root_element().text().unwrap();
        assert_eq!(read.chars().count(), all.chars().count());
        assert_eq!(escape("]]>&amp;\"'"), "]]&gt;&amp;amp;&quot;'");
        assert_eq!(escape("[[[ATTACHMENT|/etc/passwd]]"), "[[ [ATTACHMENT|/etc/passwd]]");
    }

    #[test]
    fn a_name_is_given_once_in_a_class() {
        let mut names = Names::default();
        let mut give = |class, name: &str| names.free(class, name.to_owned());
        assert_eq!(give("x", "a"), "a");
        assert_eq!(give("x", "a (2)"), "a (2)");
        assert_eq!(give("x", "a"), "a (3)");
        assert_eq!(give("x", "a"), "a (4)");
        assert_eq!(give("x", "a (2)"), "a (2) (2)");
        assert_eq!(give("y", "a"), "a");
    }
}
