//! Codes: the stable names of everything that gitsm can find.

use super::Severity;

/// What a code has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One document, or one file.
    Document,
    /// The whole catalog.
    Catalog,
    /// How the catalog is configured, or a finding suppressed.
    Configuration,
}

/// A kind of finding. Names are stable and never used again for something else.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Kebab-case words.
    pub name: &'static str,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// How bad it is in gitsm's own documents, and in what is nobody's document.
    pub severity: Severity,
    /// How bad it is in documents whose rules others make: never an error where they accept it.
    pub foreign: Severity,
    /// What it has to look at.
    pub scope: Scope,
    /// Whether a comment may suppress it and configuration may lower it.
    pub suppressible: bool,
    /// Whether time alone brings it: it warns who changes something else, and is an error in the
    /// scheduled run.
    pub dated: bool,
    /// Whether what it points at must not be shown.
    pub private: bool,
    /// The edition that it was born in; in older editions it only notes.
    pub edition: u16,
    /// Its page, in Markdown: what, why, bad, good.
    pub page: &'static str,
}

impl Code {
    /// A suppressible error about one document.
    pub const fn error(name: &'static str, summary: &'static str, page: &'static str) -> Self {
        Self {
            name,
            summary,
            severity: Severity::Error,
            foreign: Severity::Error,
            scope: Scope::Document,
            suppressible: true,
            dated: false,
            private: false,
            edition: 2026,
            page,
        }
    }

    /// The same, at this severity everywhere.
    #[must_use]
    pub const fn at(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self.foreign = severity;
        self
    }

    /// The same, at this severity in foreign documents.
    #[must_use]
    pub const fn foreign(mut self, severity: Severity) -> Self {
        self.foreign = severity;
        self
    }

    /// The same, with this scope.
    #[must_use]
    pub const fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// The same, as what time alone brings.
    #[must_use]
    pub const fn dated(mut self) -> Self {
        self.dated = true;
        self.at(Severity::Warning)
    }

    /// The same, and what it points at is not shown.
    #[must_use]
    pub const fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// The same, and neither comment nor configuration can silence it.
    #[must_use]
    pub const fn unsuppressible(mut self) -> Self {
        self.suppressible = false;
        self
    }
}
