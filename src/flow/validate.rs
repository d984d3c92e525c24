//! `validate`: read a catalog and say what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::clock;
use super::workspace::{Place, Settings, Workspace, WorkspaceError, configuration};
use crate::catalog::{Catalog, FileRecord, Suppression, load};
use crate::config::Config;
use crate::finding::{Code, Finding, Fingerprint, Report, Severity, Summary};
use crate::git::GitError;
use crate::rules;
use crate::tree::Tree;
use crate::yaml::Limits;

/// What to validate, and what to report of it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What to look at.
    pub place: Place,
    /// Report only what is not so at this revision.
    pub since: Option<String>,
    /// Report only these codes; all if it is empty.
    pub only: Vec<String>,
    /// Do not report these codes.
    pub ignore: Vec<String>,
    /// The day on which dates are judged, such as `2026-12-31`; today if there is none.
    pub today: Option<String>,
    /// Whether this is the scheduled run, in which what time alone brings is an error.
    pub scheduled: bool,
}

/// What was found.
pub struct Validated {
    /// The findings.
    pub report: Report,
    /// What became of each file.
    pub files: Vec<FileRecord>,
    /// The tree, to show lines of.
    pub workspace: Workspace,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ValidateError {
    /// There is nothing to look at.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// A code that does not exist.
    #[error("there is no code `{0}`")]
    NoSuchCode(String),
}

impl From<GitError> for ValidateError {
    fn from(error: GitError) -> Self {
        Self::Workspace(error.into())
    }
}

/// What a tree is judged by, beside its own configuration.
#[derive(Clone, Copy)]
struct Terms<'a> {
    /// What to call the tree when it holds nothing.
    name: &'a str,
    /// The day.
    today: &'a str,
    /// Whether what time alone brings is an error.
    scheduled: bool,
    /// Families of which the base of a change defines something, if there is a base.
    base_families: Option<&'a BTreeSet<String>>,
}

/// A catalog and what its rules say.
struct Judged {
    catalog: Catalog,
    findings: Vec<Finding>,
}

/// Validates a catalog.
///
/// # Errors
///
/// There is nothing to look at, or a code does not exist.
pub fn validate(request: &Request) -> Result<Validated, ValidateError> {
    for name in request.only.iter().chain(&request.ignore) {
        if rules::code_named(name).is_none() {
            return Err(ValidateError::NoSuchCode(name.clone()));
        }
    }
    let workspace = Workspace::open(&request.place)?;
    let (tree, config) = (workspace.tree.as_ref(), &workspace.config);
    let today = request.today.clone().unwrap_or_else(clock::today);
    let (name, scheduled) = (workspace.name.as_str(), request.scheduled);
    let terms = Terms { name, today: &today, scheduled, base_families: None };
    let mut judged = judge(tree, config, &workspace.settings, terms)?;
    for path in workspace.only.iter().filter(|path| config.covers(path)) {
        if !judged.catalog.files.iter().any(|file| file.file.path == **path) {
            return Err(WorkspaceError::NotRead { path: path.into() }.into());
        }
    }
    let mut known = None;
    if let Some(revision) = &request.since {
        known = Some(leave_new(&workspace, revision, terms, &mut judged)?);
    }
    let mut report = Report {
        summary: summary(&judged.catalog),
        findings: judged.findings,
        known,
        configured: config.exists,
    };
    report.findings.retain(|finding| wanted(finding.code, request));
    report.findings = focus(report.findings, &workspace.only);
    for finding in &mut report.findings {
        put_first(finding);
    }
    report.settle();
    let mut catalog = judged.catalog;
    let files = std::mem::take(&mut catalog.files);
    // Giving the memory of a large catalog back takes a while, and nobody needs to wait for it.
    rayon::spawn(move || drop(catalog));
    Ok(Validated { report, files, workspace })
}

/// Validates a tree by itself, with the configuration at its top, as of a day.
///
/// # Errors
///
/// The tree's store fails.
pub fn validate_tree(tree: &dyn Tree, today: &str) -> Result<Report, GitError> {
    let (config, settings) = configuration(tree, "", false);
    let terms = Terms { name: ".", today, scheduled: false, base_families: None };
    let judged = judge(tree, &config, &settings, terms)?;
    let mut report = Report {
        summary: summary(&judged.catalog),
        findings: judged.findings,
        configured: config.exists,
        known: None,
    };
    report.settle();
    Ok(report)
}

/// Reads a tree and applies every rule, comments and levels included.
fn judge(
    tree: &dyn Tree,
    config: &Config,
    settings: &Settings,
    terms: Terms<'_>,
) -> Result<Judged, GitError> {
    let (catalog, inspection) = load(tree, config, &Limits::default(), &rules::inspect)?;
    let findings = rules::check(&rules::Whole {
        tree,
        catalog: &catalog,
        relations: OnceLock::new(),
        base_families: terms.base_families,
        place: terms.name,
        today: terms.today,
        folder: &config.folder,
        classes: OnceLock::new(),
    });
    let mut findings: Vec<Finding> = inspection.findings.into_iter().chain(findings).collect();
    for finding in findings.iter_mut().filter(|finding| terms.scheduled && finding.code.dated) {
        finding.severity = Severity::Error;
    }
    let mut findings = settle(findings, &inspection.suppressions, config);
    if let Some((source, faults)) = settings {
        findings.extend(rules::check_settings(source, config, faults));
    }
    rules::hide(&inspection.secrets, &mut findings);
    Ok(Judged { catalog, findings })
}

fn settle(findings: Vec<Finding>, suppressions: &[Suppression], config: &Config) -> Vec<Finding> {
    let mut findings = group(rules::suppress(findings, suppressions).findings);
    findings.retain_mut(|finding| match rules::level(finding.code, finding.severity, config) {
        Some(severity) => {
            finding.severity = severity;
            true
        }
        None => false,
    });
    findings
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

/// Leaves only what is not so at a revision; returns how many findings were left out.
///
/// A family that the base defines and this tree does not is no longer "kept elsewhere", so what
/// looks at the whole catalog is asked again with the base in mind.
fn leave_new(
    workspace: &Workspace,
    revision: &str,
    terms: Terms<'_>,
    judged: &mut Judged,
) -> Result<usize, ValidateError> {
    let (base, base_config, base_settings) = workspace.at(revision)?;
    if judged.findings.is_empty() {
        return Ok(0);
    }
    let before = judge(&base, &base_config, &base_settings, terms)?;
    let families: BTreeSet<String> =
        before.catalog.entities().map(|(_, entity)| entity.kind.family.to_owned()).collect();
    let elsewhere = judged.findings.iter().any(|finding| finding.code.name == "kind-elsewhere");
    if elsewhere {
        let (tree, config) = (workspace.tree.as_ref(), &workspace.config);
        let settings = &workspace.settings;
        let terms = Terms { base_families: Some(&families), ..terms };
        *judged = judge(tree, config, settings, terms)?;
    }
    let known: BTreeSet<Fingerprint> =
        before.findings.iter().flat_map(Finding::occurrences).map(|at| at.fingerprint).collect();
    let total = judged.findings.len();
    judged.findings.retain_mut(|finding| {
        let (new, old): (Vec<_>, Vec<_>) =
            finding.occurrences().cloned().partition(|at| !known.contains(&at.fingerprint));
        let mut all = new.into_iter().chain(old);
        let is_new = finding.occurrences().any(|at| !known.contains(&at.fingerprint));
        if let (true, Some(first)) = (is_new, all.next()) {
            finding.at = first;
            finding.more = all.collect();
        }
        is_new
    });
    Ok(total - judged.findings.len())
}

fn summary(catalog: &Catalog) -> Summary {
    use crate::catalog::Outcome;
    let passed_over =
        catalog.files.iter().filter(|file| matches!(file.outcome, Outcome::PassedOver(_)));
    Summary {
        entities: catalog.entities().len(),
        documents: catalog.documents,
        files: catalog.files.len(),
        passed_over: passed_over.count(),
        templates: catalog.templates,
        ..Summary::default()
    }
}

fn wanted(code: &Code, request: &Request) -> bool {
    let named = |names: &[String]| names.iter().any(|name| name == code.name);
    (request.only.is_empty() || named(&request.only)) && !named(&request.ignore)
}

/// Keeps what concerns the named files, and shows it where it concerns them.
fn focus(findings: Vec<Finding>, only: &[String]) -> Vec<Finding> {
    if only.is_empty() {
        return findings;
    }
    let inside = |path: &str| only.iter().any(|one| one == path);
    findings
        .into_iter()
        .filter_map(|mut finding| {
            let at = finding.occurrences().position(|at| inside(&at.place.file.path))?;
            if at > 0 {
                std::mem::swap(&mut finding.at, &mut finding.more[at - 1]);
            }
            Some(finding)
        })
        .collect()
}

/// Orders the further places of a finding.
fn put_first(finding: &mut Finding) {
    finding.more.sort_by(|a, b| a.place.cmp(&b.place));
}

impl Validated {
    /// Whether there is a finding at least this bad.
    pub fn fails(&self, least: Severity) -> bool {
        self.report.findings.iter().any(|finding| finding.severity <= least)
    }

    /// The lines of a file, without what must not be shown.
    pub fn lines(&self, path: &str) -> Option<Arc<Vec<String>>> {
        let source = self.workspace.text(path)?;
        let starred = rules::starred(source.text());
        let masked = crate::source::Source::new(Arc::clone(source.file()), starred);
        let line = |number| masked.slice(masked.line_span(number)).to_owned();
        Some(Arc::new((1..=masked.line_count()).map(line).collect()))
    }
}
