//! `validate`: read a catalog and say what is wrong with it.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::clock;
use super::judging::{Loaded, Terms, families, fingerprints, leave_new, lines, put_first};
use super::workspace::{Place, Settings, Workspace, WorkspaceError, configuration};
use crate::catalog::{Catalog, FileRecord, Inspection, load};
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

/// A catalog and what its rules say.
pub(super) struct Judged {
    catalog: Catalog,
    /// Every finding, asked for or not.
    pub(super) findings: Vec<Finding>,
}

/// Validates a catalog.
///
/// # Errors
///
/// There is nothing to look at, or a code does not exist.
pub fn validate(request: &Request) -> Result<Validated, ValidateError> {
    check_codes(request)?;
    let workspace = Workspace::with_records(&request.place)?;
    let examiner = Examiner::new(request, &workspace)?;
    let (report, files) = examiner.report(examiner.judge(workspace.tree.as_ref())?)?;
    Ok(Validated { report, files, workspace })
}

/// Refuses codes that do not exist.
pub(super) fn check_codes(request: &Request) -> Result<(), ValidateError> {
    let mut names = request.only.iter().chain(&request.ignore);
    match names.find(|name| rules::code_named(name).is_none()) {
        Some(name) => Err(ValidateError::NoSuchCode(name.clone())),
        None => Ok(()),
    }
}

/// A request, ready to be answered for the tree of its workspace, or for one that is nearly it.
pub(super) struct Examiner<'a> {
    request: &'a Request,
    workspace: &'a Workspace,
    base: Option<Base>,
    /// The day on which dates are judged.
    today: String,
}

/// The revision that findings are compared with; it is judged when there is something to compare.
struct Base {
    tree: Arc<dyn Tree>,
    config: Config,
    settings: Settings,
    known: OnceCell<Known>,
}

/// What is so at the base.
struct Known {
    fingerprints: BTreeSet<Fingerprint>,
    families: BTreeSet<String>,
}

impl<'a> Examiner<'a> {
    /// Prepares for a request.
    pub(super) fn new(
        request: &'a Request,
        workspace: &'a Workspace,
    ) -> Result<Self, ValidateError> {
        let base = match &request.since {
            Some(revision) => {
                let (tree, config, settings) = workspace.at(revision)?;
                Some(Base { tree, config, settings, known: OnceCell::new() })
            }
            None => None,
        };
        let today = request.today.clone().unwrap_or_else(clock::today);
        Ok(Self { request, workspace, base, today })
    }

    fn terms(&self) -> Terms<'_> {
        let (name, scheduled) = (self.workspace.name.as_str(), self.request.scheduled);
        Terms { name, today: &self.today, scheduled, base_families: None }
    }

    /// Everything that is wrong with a tree.
    ///
    /// A family that the base defines and this tree does not is no longer "kept elsewhere", so what
    /// looks at the whole catalog is asked again with the base in mind.
    pub(super) fn judge(&self, tree: &dyn Tree) -> Result<Judged, ValidateError> {
        let Workspace { config, settings, .. } = self.workspace;
        let judged = judge(tree, config, settings, self.terms())?;
        let elsewhere = judged.findings.iter().any(|one| one.code.name == "kind-elsewhere");
        Ok(match &self.base {
            Some(base) if elsewhere => {
                let base_families = Some(&self.known(base)?.families);
                judge(tree, config, settings, Terms { base_families, ..self.terms() })?
            }
            _ => judged,
        })
    }

    fn known<'b>(&self, base: &'b Base) -> Result<&'b Known, ValidateError> {
        if let Some(known) = base.known.get() {
            return Ok(known);
        }
        let before = judge(base.tree.as_ref(), &base.config, &base.settings, self.terms())?;
        let families = families(&before.catalog);
        let fingerprints = fingerprints(&before.findings);
        Ok(base.known.get_or_init(|| Known { fingerprints, families }))
    }

    /// What is asked for of what was found, and what became of each file.
    pub(super) fn report(
        &self,
        mut judged: Judged,
    ) -> Result<(Report, Vec<FileRecord>), ValidateError> {
        let Workspace { config, only, .. } = self.workspace;
        for path in only.iter().filter(|path| config.covers(path)) {
            if !judged.catalog.files.iter().any(|file| file.file.path == **path) {
                return Err(WorkspaceError::NotRead { path: path.into() }.into());
            }
        }
        let known = match &self.base {
            Some(_) if judged.findings.is_empty() => Some(0),
            Some(base) => {
                let known = &self.known(base)?.fingerprints;
                Some(leave_new(&mut judged.findings, known))
            }
            None => None,
        };
        let mut report = Report {
            summary: summary(&judged.catalog),
            findings: judged.findings,
            known,
            configured: config.exists,
        };
        report.findings.retain(|finding| wanted(finding.code, self.request));
        // Only what is told holds anything back.
        rules::wait(&mut report.findings);
        report.findings = focus(report.findings, only);
        for finding in &mut report.findings {
            put_first(finding);
        }
        report.settle();
        let mut catalog = judged.catalog;
        let files = std::mem::take(&mut catalog.files);
        // Giving the memory of a large catalog back takes a while, and nobody needs to wait for it.
        rayon::spawn(move || drop(catalog));
        Ok((report, files))
    }
}

/// Validates a tree by itself, with the configuration at its top, as of a day.
///
/// # Errors
///
/// The tree's store fails.
pub fn validate_tree(tree: &dyn Tree, today: &str) -> Result<Report, GitError> {
    let (config, settings) = configuration(tree, "", false);
    let terms = Terms { name: ".", today, scheduled: false, base_families: None };
    let mut judged = judge(tree, &config, &settings, terms)?;
    rules::wait(&mut judged.findings);
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
    let loaded = Loaded { tree, catalog: &catalog, config, settings, stricter: None, shelf: None };
    let findings = loaded.judge(inspection, terms).findings;
    Ok(Judged { catalog, findings })
}

/// What is wrong with the catalog of a workspace that was loaded with [`rules::inspect`], sorted.
pub(super) fn judge_loaded(
    workspace: &Workspace,
    catalog: &Catalog,
    inspection: Inspection,
    today: &str,
) -> Vec<Finding> {
    let Workspace { tree, config, settings, name, .. } = workspace;
    let terms = Terms { name, today, scheduled: false, base_families: None };
    let tree = tree.as_ref();
    let loaded = Loaded { tree, catalog, config, settings, stricter: None, shelf: None };
    let mut findings = loaded.judge(inspection, terms).findings;
    rules::wait(&mut findings);
    let mut report = Report { findings, ..Report::default() };
    report.settle();
    report.findings
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

impl Validated {
    /// Whether there is a finding at least this bad.
    pub fn fails(&self, least: Severity) -> bool {
        self.report.findings.iter().any(|finding| finding.severity <= least)
    }

    /// The lines of a file, without what must not be shown.
    pub fn lines(&self, path: &str) -> Option<Arc<Vec<String>>> {
        let source = self.workspace.text(path)?;
        Some(lines(&source, &self.report.findings))
    }
}
