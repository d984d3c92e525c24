//! Comments that suppress findings: `# gitsm: ignore[code] reason`.
//!
//! A comment at a line's end covers what starts on that line and everything in it; a comment alone
//! on its line covers what starts on the next. It needs a reason, and one that matches nothing is a
//! finding itself.

use super::MOST;
use super::at::{nearest, quoted};
use super::codes::{self, CODES, code_named};
use crate::catalog::{FileView, Suppression};
use crate::finding::{Code, Finding, Fingerprint, Occurrence, Severity};
use crate::source::Place;
use crate::yaml::{Comment, Node, comments_with};

const MARKER: &str = "gitsm:";

/// The suppression comments of a file.
pub fn comments(view: &FileView<'_>) -> Vec<Suppression> {
    if !view.source.text().contains(MARKER) {
        return Vec::new();
    }
    let comments = comments_with(view.source, view.stream, MARKER);
    comments.iter().take(MOST).filter_map(|comment| read(view, comment)).collect()
}

fn read(view: &FileView<'_>, comment: &Comment) -> Option<Suppression> {
    let text = view.source.slice(comment.span);
    let (_, rest) = text.split_once(MARKER)?;
    let rest = rest.trim_start().strip_prefix("ignore")?.trim_start();
    let (code, reason) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((code, reason)) => (code.trim(), reason.trim()),
        None => ("", rest.trim()),
    };
    let line = match comment.alone {
        false => comment.line,
        true => next_line(view, comment.line),
    };
    let covers = view.documents.iter().find_map(|document| entry_on(view, document.root, line));
    Some(Suppression {
        code: code.to_owned(),
        reason: reason.to_owned(),
        place: view.source.place(comment.span),
        covers,
    })
}

/// The next line that holds more than a comment.
fn next_line(view: &FileView<'_>, line: u32) -> u32 {
    let says_something = |line: &u32| {
        let text = view.source.slice(view.source.line_span(*line)).trim_start();
        !text.is_empty() && !text.starts_with('#')
    };
    (line + 1..=view.source.line_count()).find(says_something).unwrap_or(line)
}

/// The bytes of the outermost field or item that starts on a line.
fn entry_on(view: &FileView<'_>, node: Node<'_>, line: u32) -> Option<std::ops::Range<u32>> {
    let starts = |node: Node<'_>| view.source.line_column(node.span().start).line == line;
    for (key, value) in node.entries() {
        if starts(key) {
            return Some(key.span().start..value.span().end.max(key.span().end));
        }
        if let Some(found) = entry_on(view, value, line) {
            return Some(found);
        }
    }
    for item in node.items() {
        if starts(item) {
            return Some(item.span().start..item.span().end);
        }
        if let Some(found) = entry_on(view, item, line) {
            return Some(found);
        }
    }
    None
}

/// Findings that are left, and those about the comments themselves.
pub struct Suppressed {
    /// What no comment covers.
    pub findings: Vec<Finding>,
    /// What comments cover.
    pub silenced: Vec<Silenced>,
}

/// An occurrence that a comment hides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silenced {
    /// What it is.
    pub code: &'static Code,
    /// How bad it would be.
    pub severity: Severity,
    /// Where it is.
    pub at: Occurrence,
    /// Where the comment stands.
    pub comment: Place,
    /// The reason that the comment gives; may be empty.
    pub reason: String,
}

/// Leaves out what comments suppress, and reports comments that are wrong or do nothing.
pub fn apply(findings: Vec<Finding>, suppressions: &[Suppression]) -> Suppressed {
    let mut used = vec![false; suppressions.len()];
    let mut silenced = Vec::new();
    let mut left = Vec::with_capacity(findings.len());
    for mut finding in findings {
        if suppressions.is_empty() || !finding.code.suppressible {
            mark_refused(&finding, suppressions, &mut used);
            left.push(finding);
            continue;
        }
        let mut kept = Vec::new();
        for occurrence in finding.occurrences() {
            match covering(occurrence, finding.code, suppressions) {
                Some(number) => {
                    used[number] = true;
                    let Suppression { reason, place, .. } = &suppressions[number];
                    silenced.push(Silenced {
                        code: finding.code,
                        severity: finding.severity,
                        at: occurrence.clone(),
                        comment: place.clone(),
                        reason: reason.clone(),
                    });
                }
                None => kept.push(occurrence.clone()),
            }
        }
        let mut kept = kept.into_iter();
        if let Some(first) = kept.next() {
            finding.at = first;
            finding.more = kept.collect();
            left.push(finding);
        }
    }
    for (suppression, used) in suppressions.iter().zip(used) {
        left.extend(about(suppression, used));
    }
    Suppressed { findings: left, silenced }
}

/// A comment that names a code it cannot silence is refused, and not called unused as well.
fn mark_refused(finding: &Finding, suppressions: &[Suppression], used: &mut [bool]) {
    for occurrence in finding.occurrences() {
        if let Some(number) = covering(occurrence, finding.code, suppressions) {
            used[number] = true;
        }
    }
}

fn covering(occurrence: &Occurrence, code: &Code, suppressions: &[Suppression]) -> Option<usize> {
    suppressions.iter().position(|suppression| {
        let start = occurrence.place.span.start;
        suppression.code == code.name
            && suppression.place.file == occurrence.place.file
            && suppression.covers.as_ref().is_some_and(|covers| covers.contains(&start))
    })
}

fn about(suppression: &Suppression, used: bool) -> Vec<Finding> {
    let tell = |code: &'static Code, headline: String, help: String| {
        let subject = &suppression.place.file.path;
        let occurrence = Occurrence {
            place: suppression.place.clone(),
            entity: None,
            pointer: String::new(),
            fingerprint: Fingerprint::of(
                code.name,
                subject,
                &suppression.code,
                &suppression.reason,
            ),
        };
        Finding::new(code, code.severity, occurrence, headline).help(help)
    };
    let mut findings = Vec::new();
    let shown = quoted(&suppression.code);
    let known = code_named(&suppression.code);
    let refused = known.is_some_and(|code| !code.suppressible);
    if refused {
        findings.push(tell(
            &codes::IGNORE_REFUSED,
            format!("no comment can silence {shown}"),
            "put right what it finds: this code protects others, so it takes more than a comment"
                .to_owned(),
        ));
    } else if !used {
        let names = CODES.iter().map(|code| code.name);
        let help = match (known, nearest(&suppression.code, names)) {
            (Some(_), _) => "remove the comment: what it silenced is gone".to_owned(),
            (None, Some(near)) => format!("did you mean `ignore[{near}]`?"),
            (None, None) => "write `# gitsm: ignore[code] reason`; the codes are listed by \
                             `gitsm explain --list`"
                .to_owned(),
        };
        let headline = match known {
            Some(_) => format!("there is no finding {shown} here to ignore"),
            None => format!("there is no code {shown}"),
        };
        findings.push(tell(&codes::IGNORE_UNUSED, headline, help));
    }
    if suppression.reason.is_empty() {
        findings.push(tell(
            &codes::IGNORE_REASON,
            "this comment gives no reason".to_owned(),
            "say after the code why it is right here: `# gitsm: ignore[code] reason`".to_owned(),
        ));
    }
    findings
}
