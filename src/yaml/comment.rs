//! Comments, which the parser's events leave out.

use super::parse::Stream;
use crate::source::{Source, Span};

/// One comment, from its `#` to the end of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub span: Span,
    /// Whether nothing else is on its line.
    pub alone: bool,
    /// Its line, from 1.
    pub line: u32,
}

/// The most hits that are looked at: each costs a look at all scalars.
const MOST: usize = 2000;

/// The comments of a source in which `marker` directly follows the `#`, blanks aside.
///
/// Costs a text search; only a hit is looked at more closely.
pub fn comments_with(source: &Source, stream: &Stream, marker: &str) -> Vec<Comment> {
    let text = source.text();
    let mut found = Vec::new();
    for (at, _) in text.match_indices(marker).take(MOST) {
        let before = text[..at].trim_end_matches([' ', '\t']);
        let Some(ahead) = before.strip_suffix('#') else { continue };
        let start = ahead.len();
        let alone = text[..start].trim_end_matches([' ', '\t']).ends_with(['\n', '\r'])
            || text[..start].trim().is_empty();
        // A `#` begins a comment only after white space (YAML 1.2, 6.6).
        if !alone && !ahead.ends_with([' ', '\t']) {
            continue;
        }
        let inside = |span: Span| span.start <= start as u32 && (start as u32) < span.end;
        if stream.arena.scalar_spans().any(inside) {
            continue;
        }
        let line = source.line_column(start as u32).line;
        let end = source.line_span(line).end;
        found.push(Comment { span: Span::new(start, end as usize), alone, line });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::File;
    use crate::yaml::{Limits, parse};

    #[test]
    fn only_real_comments_are_found() {
        let text =
            "# mark one\na: b # mark two\nc: \"# mark no\"\nd: x# mark no\ne: |\n  # mark no\n";
        let source = Source::new(File::local("a.yaml"), text.to_owned());
        let stream = parse(&source, &Limits::default());
        let found: Vec<_> = comments_with(&source, &stream, "mark")
            .into_iter()
            .map(|comment| (source.slice(comment.span).to_owned(), comment.alone))
            .collect();
        assert_eq!(found, [("# mark one".to_owned(), true), ("# mark two".to_owned(), false)]);
    }
}
