//! The rules held against a catalog that was read, comments, levels and groups included: what every
//! use case that judges a whole catalog has in common, and how findings of two revisions compare.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::workspace::Settings;
use crate::catalog::{Catalog, Inspection, Reader, Shelf};
use crate::config::Config;
use crate::finding::{Finding, Fingerprint, Occurrence, Severity};
use crate::rules::{self, Silenced};
use crate::source::{Source, Span};
use crate::tree::Tree;

/// What a catalog is judged by, beside its own configuration.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// What to call the tree when it holds nothing.
    pub(super) name: &'a str,
    /// The day.
    pub(super) today: &'a str,
    /// Whether what time alone brings is an error.
    pub(super) scheduled: bool,
    /// Families of which the base of a change defines something, if there is a base.
    pub(super) base_families: Option<&'a BTreeSet<String>>,
}

/// A catalog that was loaded with [`rules::inspect`], and what it was loaded from.
#[derive(Clone, Copy)]
pub(super) struct Loaded<'a> {
    pub(super) tree: &'a dyn Tree,
    pub(super) catalog: &'a Catalog,
    /// What `gitsm.yaml` says.
    pub(super) config: &'a Config,
    /// The text of `gitsm.yaml` and its mistakes.
    pub(super) settings: &'a Settings,
    /// Other settings whose levels hold as well: of the two the worse counts.
    pub(super) stricter: Option<&'a Config>,
    /// Files that stand open already.
    pub(super) shelf: Option<&'a Shelf>,
}

/// What the rules say of a catalog.
#[derive(Default)]
pub(super) struct Said {
    /// Every finding, at the level that it is told at, grouped by cause.
    pub(super) findings: Vec<Finding>,
    /// What comments hide.
    pub(super) silenced: Vec<Silenced>,
}

impl Loaded<'_> {
    /// Applies every rule for the catalog; `inspection` is what those for files made of its files.
    pub(super) fn judge(&self, inspection: Inspection, terms: Terms<'_>) -> Said {
        let Self { tree, catalog, config, .. } = *self;
        let whole = rules::Whole {
            tree,
            catalog,
            relations: OnceLock::new(),
            base_families: terms.base_families,
            place: terms.name,
            today: terms.today,
            folder: &config.folder,
            reader: Reader::over(tree, self.shelf),
            classes: OnceLock::new(),
        };
        let found = rules::check(&whole);
        let mut findings: Vec<Finding> = inspection.findings.into_iter().chain(found).collect();
        rules::except(&whole, &mut findings);
        for finding in findings.iter_mut().filter(|finding| terms.scheduled && finding.code.dated) {
            finding.severity = Severity::Error;
        }
        let suppressed = rules::suppress(findings, &inspection.suppressions);
        let mut findings = group(suppressed.findings);
        findings.retain_mut(|finding| self.settle(finding));
        if let Some((source, faults)) = self.settings {
            findings.extend(rules::check_settings(source, config, faults, catalog));
        }
        rules::hide(&inspection.secrets, &mut findings);
        Said { findings, silenced: suppressed.silenced }
    }

    /// Gives a finding its level; whether it is told at all.
    fn settle(&self, finding: &mut Finding) -> bool {
        let of = |config| rules::level(finding.code, finding.severity, config);
        let levels = [of(self.config), self.stricter.and_then(of)];
        match levels.into_iter().flatten().min() {
            Some(severity) => finding.severity = severity,
            None => return false,
        }
        true
    }
}

impl Said {
    /// Leaves only what is said of places that are asked for.
    pub(super) fn retain(&mut self, is_asked: impl Fn(&Occurrence) -> bool) {
        self.silenced.retain(|one| is_asked(&one.at));
        self.findings.retain_mut(|finding| {
            let mut all = finding.occurrences().filter(|at| is_asked(at)).cloned();
            let Some(first) = all.next() else { return false };
            (finding.more, finding.at) = (all.collect(), first);
            true
        });
    }

    /// Adds what else is said.
    pub(super) fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.silenced.extend(other.silenced);
    }
}

/// The families of which a catalog defines something.
pub(super) fn families(catalog: &Catalog) -> BTreeSet<String> {
    catalog.entities().map(|(_, entity)| entity.kind.family.to_owned()).collect()
}

/// One root cause, one finding: documents of a retired version are one note a version, and a
/// missing target says how many references it is missed by.
fn group(findings: Vec<Finding>) -> Vec<Finding> {
    let mut retired: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    let mut grouped = Vec::with_capacity(findings.len());
    for mut finding in findings {
        match finding.code.name {
            "reference-unknown" if !finding.more.is_empty() => {
                let count = finding.more.len() + 1;
                finding.headline = format!("{} ({count} references)", finding.headline);
                grouped.push(finding);
            }
            "version-retired" => retired.entry(finding.headline.clone()).or_default().push(finding),
            _ => grouped.push(finding),
        }
    }
    for (headline, mut all) in retired {
        let mut first = all.remove(0);
        first.more = all.into_iter().map(|finding| finding.at).collect();
        let count = first.more.len() + 1;
        if count > 1 {
            first.headline = format!("{headline} ({count} documents)");
        }
        grouped.push(first);
    }
    grouped
}

/// The fingerprints of everything that is so.
pub(super) fn fingerprints(findings: &[Finding]) -> BTreeSet<Fingerprint> {
    findings.iter().flat_map(Finding::occurrences).map(|at| at.fingerprint).collect()
}

/// Leaves only what is not known; returns how many findings were left out.
pub(super) fn leave_new(findings: &mut Vec<Finding>, known: &BTreeSet<Fingerprint>) -> usize {
    let total = findings.len();
    findings.retain_mut(|finding| {
        let (new, old): (Vec<_>, Vec<_>) =
            finding.occurrences().cloned().partition(|at| !known.contains(&at.fingerprint));
        let is_new = !new.is_empty();
        let mut all = new.into_iter().chain(old);
        if let (true, Some(first)) = (is_new, all.next()) {
            finding.at = first;
            finding.more = all.collect();
        }
        is_new
    });
    total - findings.len()
}

/// Orders the further places of a finding.
pub(super) fn put_first(finding: &mut Finding) {
    finding.more.sort_by(|a, b| a.place.cmp(&b.place));
}

/// The lines of a text, without what its findings say must not be shown.
pub(super) fn lines(source: &Source, findings: &[Finding]) -> Arc<Vec<String>> {
    let path = &source.file().path;
    let private: Vec<Span> = findings
        .iter()
        .filter(|finding| finding.code.private)
        .flat_map(Finding::occurrences)
        .filter(|at| at.place.file.path == *path)
        .map(|at| at.place.span)
        .collect();
    let starred = rules::starred(source.text(), &private);
    let masked = Source::new(Arc::clone(source.file()), starred);
    let line = |number| masked.slice(masked.line_span(number)).to_owned();
    Arc::new((1..=masked.line_count()).map(line).collect())
}
