//! One located statement about a catalog.
//!
//! Floor 0. A [`Finding`] has a [`Code`], exactly one primary [`Occurrence`], labels in any file,
//! what to write instead, and sometimes a [`Fix`]. A [`Report`] is all findings of one run,
//! sorted, with counts.

mod code;
mod fingerprint;
mod near;
mod repair;
mod report;

use serde::Serialize;

pub use code::{Code, Scope};
pub use fingerprint::Fingerprint;
pub use near::{allowed, nearest};
pub use repair::Repair;
pub use report::{Report, Summary};

use crate::source::Place;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It must be put right.
    Error,
    /// It should be looked at.
    Warning,
    /// It is worth knowing.
    Note,
}

impl Severity {
    /// Its name, as printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One place at which something is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// Where.
    pub place: Place,
    /// The canonical reference of the entity it is in, if it is in one.
    pub entity: Option<String>,
    /// The JSON Pointer (RFC 6901) of the value, from the document's root.
    pub pointer: String,
    /// What makes it the same statement in another revision.
    pub fingerprint: Fingerprint,
}

/// Another place that helps to understand a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is to be seen there.
    pub text: String,
}

/// A change of one file that puts a finding right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// What is replaced.
    pub place: Place,
    /// By what.
    pub replacement: String,
}

/// A statement about a catalog, and where it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of statement it is.
    pub code: &'static Code,
    /// How bad it is here.
    pub severity: Severity,
    /// The statement in one terse phrase.
    pub headline: String,
    /// Where it holds first.
    pub at: Occurrence,
    /// What the primary place shows, in a few words; may be empty.
    pub mark: String,
    /// Other places where the same is so, for the same reason.
    pub more: Vec<Occurrence>,
    /// Places that help to understand it.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// A change that does it.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding with one place and nothing else to say yet.
    pub fn new(
        code: &'static Code,
        severity: Severity,
        at: Occurrence,
        headline: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            headline: headline.into(),
            at,
            mark: String::new(),
            more: Vec::new(),
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Says what the primary place shows.
    #[must_use]
    pub fn mark(mut self, text: impl Into<String>) -> Self {
        self.mark = text.into();
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Makes it no worse than this.
    #[must_use]
    pub fn no_worse_than(mut self, severity: Severity) -> Self {
        self.severity = self.severity.max(severity);
        self
    }

    /// One finding of several that have one cause: the first, with the places of the others.
    pub fn joined(findings: Vec<Self>, what: &str) -> Option<Self> {
        let count = findings.len();
        let mut all = findings.into_iter();
        let mut first = all.next()?;
        first.more.extend(all.flat_map(|other| std::iter::once(other.at).chain(other.more)));
        if count > 1 {
            first.headline = format!("{} ({count} {what})", first.headline);
        }
        Some(first)
    }

    /// Adds a place that helps to understand it.
    #[must_use]
    pub fn label(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { place, text: text.into() });
        self
    }

    /// Adds a change that puts it right.
    #[must_use]
    pub fn fix(
        mut self,
        title: impl Into<String>,
        place: Place,
        replacement: impl Into<String>,
    ) -> Self {
        self.fix = Some(Fix { title: title.into(), place, replacement: replacement.into() });
        self
    }

    /// All places at which it holds, the primary one first.
    pub fn occurrences(&self) -> impl Iterator<Item = &Occurrence> {
        std::iter::once(&self.at).chain(&self.more)
    }

    /// Applies `change` to every text that people read.
    ///
    /// A fix whose replacement is changed is none any more: it would write what is not meant.
    pub fn map_texts(&mut self, change: &dyn Fn(&str) -> String) {
        self.headline = change(&self.headline);
        self.mark = change(&self.mark);
        self.help = self.help.as_deref().map(change);
        for label in &mut self.labels {
            label.text = change(&label.text);
        }
        self.fix = self.fix.take().filter(|fix| change(&fix.replacement) == fix.replacement);
        if let Some(fix) = &mut self.fix {
            fix.title = change(&fix.title);
        }
        for at in std::iter::once(&mut self.at).chain(&mut self.more) {
            at.pointer = change(&at.pointer);
            at.entity = at.entity.as_deref().map(change);
        }
    }

    /// The order in which findings are told: worst first where `by_severity`, else as they stand.
    pub(crate) fn position(&self) -> (&Place, &'static str, &str) {
        (&self.at.place, self.code.name, &self.headline)
    }
}
