//! Where in a file the parts of a scalar's text stand: quotes, escapes, line breaks and indentation lie
//! between the characters of a file and the text that they mean.

use std::ops::Range;

use crate::source::{Source, Span};
use crate::yaml::Node;

/// Shows each character of the text that a scalar means: where it begins in the text, and its bytes in
/// `raw`, which is what stands in the file. False if the two part ways, as they do at an escape.
pub fn follow(raw: &str, text: &str, mut visit: impl FnMut(usize, Range<usize>)) -> bool {
    let begin = match raw.chars().next() {
        Some('|' | '>') => raw.find('\n').map_or(raw.len(), |at| at + 1),
        Some('\'' | '"') => 1,
        _ => 0,
    };
    let mut rest = raw.char_indices().filter(|(offset, _)| *offset >= begin).peekable();
    for (offset, c) in text.char_indices() {
        let wanted =
            |other: char| if c.is_whitespace() { other.is_whitespace() } else { other == c };
        while rest.next_if(|(_, other)| !wanted(*other)).is_some() {}
        let Some((here, found)) = rest.next() else { return false };
        visit(offset, here..here + found.len_utf8());
    }
    true
}

/// Where the parts of a scalar's text stand in its file; nothing for one that is not written there as
/// it reads. The parts are in order and do not overlap.
pub fn within(source: &Source, node: Node<'_>, parts: &[Range<usize>]) -> Vec<Option<Span>> {
    let raw = source.slice(node.span());
    let text = node.text().unwrap_or_default();
    let base = node.span().start as usize;
    let mut found: Vec<Range<usize>> = vec![0..0; parts.len()];
    let mut at = 0;
    follow(raw, text, |offset, here| {
        while parts.get(at).is_some_and(|part| part.end <= offset) {
            at += 1;
        }
        let (Some(part), Some(span)) = (parts.get(at), found.get_mut(at)) else { return };
        if part.start == offset {
            *span = here.clone();
        } else if part.contains(&offset) {
            span.end = here.end;
        }
    });
    let same = |part: &Range<usize>, span: &Range<usize>| {
        let is_so = !span.is_empty() && raw.get(span.clone()) == text.get(part.clone());
        is_so.then(|| Span::new(base + span.start, base + span.end))
    };
    parts.iter().zip(&found).map(|(part, span)| same(part, span)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::File;
    use crate::yaml::{Limits, parse};

    #[test]
    fn parts_are_found_in_every_way_to_write_a_text() {
        for value in [
            "a plain ci:x and ci:y",
            "'it''s ci:x and ci:y'",
            "\"quoted \\\"as\\\" ci:x and ci:y\"",
            "|\n  a block with\n  ci:x\n   and ci:y\n",
            ">-\n  a folded\n  one ci:x\n\n  and ci:y\n",
            "a plain\n  one ci:x\n  and ci:y\n",
        ] {
            let source = Source::new(File::local("a.yaml"), format!("k: {value}\n"));
            let stream = parse(&source, &Limits::default());
            let node = stream.arena.node(stream.documents[0]).get("k").unwrap();
            let text = node.text().unwrap();
            let part = |name: &str| text.find(name).map(|at| at..at + name.len()).unwrap();
            let spans = within(&source, node, &[part("ci:x"), part("ci:y")]);
            let found: Vec<&str> = spans.iter().map(|span| source.slice(span.unwrap())).collect();
            assert_eq!(found, ["ci:x", "ci:y"], "{value}");
        }
    }

    #[test]
    fn what_an_escape_hides_is_not_found() {
        let source = Source::new(File::local("a.yaml"), "k: \"c\\u0069:x\"\n".to_owned());
        let stream = parse(&source, &Limits::default());
        let node = stream.arena.node(stream.documents[0]).get("k").unwrap();
        assert_eq!(node.text(), Some("ci:x"));
        assert_eq!(within(&source, node, std::slice::from_ref(&(0..4))), [None]);
    }
}
