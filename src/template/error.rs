//! What is wrong with a template, and where.

use std::error::Error as _;

use minijinja::{Error, ErrorKind};

use crate::source::Span;

/// What is said when too much was written.
pub(super) const TOO_LARGE: &str =
    "it writes too much: a page has 32 MiB at most, any other text 1 MiB";

/// A mistake in a template, or in what it was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{template}:{line}:{column}: {message}")]
pub struct TemplateError {
    /// The name of the template.
    pub template: String,
    /// The bytes of the mistake in its source.
    pub span: Span,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// What is wrong, in one phrase.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl TemplateError {
    /// A mistake at some bytes of a source.
    pub(super) fn at(template: &str, source: &str, span: Span, message: impl Into<String>) -> Self {
        let before = source.get(..span.start as usize).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            template: template.to_owned(),
            span,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            message: message.into(),
            help: None,
        }
    }

    /// The same, with what to write instead.
    pub(super) fn help(mut self, text: &str) -> Self {
        self.help = Some(text.to_owned());
        self
    }

    /// What the engine says of a template, told where it began: in the template that was included
    /// last. `source` gives the text of a template.
    pub(super) fn of(
        error: &Error,
        asked: &str,
        limited: bool,
        source: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let mut inner = error;
        let mut next = error.source();
        while let Some(cause) = next {
            if let Some(cause) = cause.downcast_ref::<Error>() {
                inner = cause;
            }
            next = cause.source();
        }
        let place = if inner.name().is_some() { inner } else { error };
        let name = place.name().unwrap_or(asked);
        let text = source(name).unwrap_or_default();
        let span = place.range().map_or_else(
            || line_of(&text, place.line()),
            |range| Span::new(range.start.min(text.len()), range.end.min(text.len())),
        );
        Self::at(name, &text, span, message(inner, limited))
    }
}

fn message(error: &Error, limited: bool) -> String {
    match error.kind() {
        ErrorKind::OutOfFuel => "it takes too many steps".to_owned(),
        ErrorKind::WriteFailure if limited => TOO_LARGE.to_owned(),
        ErrorKind::UndefinedError => "there is no such value".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    }
}

/// The bytes of a line, from 1.
fn line_of(text: &str, line: Option<usize>) -> Span {
    let mut start = 0;
    for (number, part) in text.split_inclusive('\n').enumerate() {
        if Some(number + 1) == line {
            return Span::new(start, start + part.trim_end().len());
        }
        start += part.len();
    }
    Span::new(0, 0)
}
