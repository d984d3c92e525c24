//! Whether the catalog is as good under the new name as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::RenameError;
use crate::finding::{Finding, Severity};
use crate::flow::ask::Asked;
use crate::flow::fix::Change;
use crate::flow::validate::{Examiner, Request};
use crate::flow::workspace::Place;
use crate::source::Place as Where;
use crate::tree::Overlay;

/// What the checks say of the changed catalog.
pub(super) struct Judged {
    /// All that they say.
    pub(super) findings: Vec<Finding>,
    /// Warnings that they did not give before.
    pub(super) warnings: Vec<(Where, String)>,
}

/// Judges a catalog with some files changed, in memory; and as it is, if there is something to
/// compare with.
///
/// # Errors
///
/// A file would get an error that it does not have.
pub(super) fn judge(
    asked: &Asked,
    place: &Place,
    changes: &[Change],
) -> Result<Judged, RenameError> {
    let request = Request { place: place.clone(), ..Request::default() };
    let examiner = Examiner::new(&request, &asked.workspace)?;
    let changed = changes.iter().map(|change| (change.path.clone(), change.after.clone()));
    let tree = Arc::clone(&asked.workspace.tree);
    let overlay = Overlay::new(tree, changed.collect());
    let findings = examiner.judge(&overlay)?.findings;
    let counts = |finding: &Finding| finding.severity != Severity::Note;
    if !findings.iter().any(counts) {
        return Ok(Judged { findings, warnings: Vec::new() });
    }
    let before = examiner.judge(asked.workspace.tree.as_ref())?.findings;
    let mut known = numbers(&before);
    let mut warnings = Vec::new();
    for finding in findings.iter().filter(|finding| counts(finding)) {
        for at in finding.occurrences() {
            let path = at.place.file.path.as_str();
            let left = known.get_mut(&(finding.code.name, path)).filter(|left| **left > 0);
            if let Some(left) = left {
                *left -= 1;
                continue;
            }
            let headline = format!(
                "{}[{}]: {}",
                finding.severity.as_str(),
                finding.code.name,
                finding.headline
            );
            if finding.severity == Severity::Error {
                return Err(RenameError::Harm { place: at.place.to_string(), headline });
            }
            warnings.push((at.place.clone(), headline));
        }
    }
    let mut seen = BTreeSet::new();
    warnings.retain(|(place, headline)| seen.insert((place.to_string(), headline.clone())));
    Ok(Judged { findings, warnings })
}

/// How often each code was found in each file. Fingerprints do not help here: those of an entity
/// change with its name.
fn numbers(findings: &[Finding]) -> BTreeMap<(&'static str, &str), usize> {
    let mut numbers = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity != Severity::Note) {
        for at in finding.occurrences() {
            let key = (finding.code.name, at.place.file.path.as_str());
            *numbers.entry(key).or_default() += 1;
        }
    }
    numbers
}
