//! Findings as text: one file a format.
//!
//! Floor 7, pure. [`FORMATS`] lists them; an emitter takes a [`View`] and gives the whole text.

pub mod apply;
pub mod backtest;
mod branches;
mod calendar;
pub mod change;
mod concise;
mod create;
pub mod diff;
pub mod doctor;
pub mod drift;
mod fixes;
pub mod gate;
mod github;
mod gitlab;
pub mod graph;
mod human;
mod impact;
mod json;
mod jsonpath;
mod junit;
pub mod ledger;
pub mod listing;
mod mermaid;
pub mod owners;
mod page;
pub mod patch;
pub mod plan;
pub mod refs;
mod renamed;
pub mod revert;
mod said;
mod sarif;
pub mod site;
mod table;
pub mod target;
mod tested;
mod text;
mod write;

use std::sync::Arc;

pub use calendar::{
    emit_table as calendar_table, ics as calendar_ics, json as calendar_json,
    markdown as calendar_markdown, schema as calendar_schema,
};
pub use concise::finding_lines;
pub use create::{CreateError, Standing, create, standing};
pub use fixes::{repairs, unified};
pub use impact::{
    ImpactReport, PathReport, impact_human, impact_markdown, impact_mermaid, impact_path_schema,
    path_human, path_json, schema as impact_schema,
};
pub use json::schema as findings_schema;
pub use jsonpath::{Template, TemplateError};
pub use listing::{Heading, Item, Listing, Row, Shown};
pub use mermaid::label as mermaid_label;
pub use page::{Line, Page, Section, page};
pub use renamed::{Renamed, renamed};
pub use said::{Outline, Piece, Said};
pub use table::{Look, shortened, table};
pub use tested::{TestedPolicy, tested};
pub use text::{count, line_start, visible, wrapped};
pub use write::{WriteError, check_writable, remove, replace, rewrite, set_executable};

use crate::catalog::FileRecord;
use crate::finding::Report;

/// What an emitter may look at.
pub struct View<'a> {
    /// The findings.
    pub report: &'a Report,
    /// What became of each file.
    pub files: &'a [FileRecord],
    /// The lines of a file, without secrets.
    pub lines: &'a dyn Fn(&str) -> Option<Arc<Vec<String>>>,
    /// Whether to colour.
    pub color: bool,
    /// The width of the terminal in columns.
    pub width: usize,
    /// Whether to show every finding where fewer would do.
    pub all: bool,
    /// The command that shows all, as the user would type it.
    pub command: &'a str,
}

/// A format that findings can be written in.
pub struct Format {
    /// Its name after `-o`.
    pub name: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// Writes the whole text.
    pub emit: fn(&View<'_>) -> String,
}

/// Every format.
pub static FORMATS: &[Format] = &[
    Format {
        name: "human",
        summary: "for people: source lines and what to write",
        emit: human::emit,
    },
    Format {
        name: "concise",
        summary: "a line a finding, for editors and grep",
        emit: concise::emit,
    },
    Format { name: "json", summary: "findings/1, for programs", emit: json::emit },
    Format { name: "sarif", summary: "SARIF 2.1.0, for code scanning", emit: sarif::emit },
    Format { name: "github", summary: "annotations of a GitHub workflow", emit: github::emit },
    Format {
        name: "gitlab",
        summary: "a Code Quality report, for merge requests in GitLab",
        emit: gitlab::emit,
    },
    Format { name: "junit", summary: "JUnit XML, for test reports in CI", emit: junit::emit },
];

/// The format of a name.
pub fn format_named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
