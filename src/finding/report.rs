//! All findings of one run, and what they were found in.

use serde::Serialize;

use super::{Finding, Severity};

/// What was looked at, and how much was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Entities that were read.
    pub entities: usize,
    /// Documents that were meant to be entities: read, refused, or of a retired version.
    pub documents: usize,
    /// YAML files that were looked at.
    pub files: usize,
    /// YAML files in which nothing belongs to a known group.
    pub passed_over: usize,
    /// Documents that are templates of entities: counted and not judged.
    pub templates: usize,
    /// Findings that must be put right.
    pub errors: usize,
    /// Findings that should be looked at.
    pub warnings: usize,
    /// Findings that are worth knowing.
    pub notes: usize,
}

/// All findings of one run, sorted.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What was looked at, and how much was found.
    pub summary: Summary,
    /// The findings, by file, place, code and headline.
    pub findings: Vec<Finding>,
    /// How many findings `--since` left out because they are not new.
    pub known: Option<usize>,
    /// Whether the repository has a `gitsm.yaml`: its people know gitsm and want every finding.
    pub configured: bool,
}

impl Report {
    /// Sorts the findings and counts them.
    pub fn settle(&mut self) {
        self.findings.sort_by(|a, b| a.position().cmp(&b.position()));
        let count = |severity| self.findings.iter().filter(|f| f.severity == severity).count();
        self.summary.errors = count(Severity::Error);
        self.summary.warnings = count(Severity::Warning);
        self.summary.notes = count(Severity::Note);
    }
}
