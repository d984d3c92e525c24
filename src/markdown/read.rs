//! Reading Markdown within limits, and finding what its prose names.

use std::ops::Range;

use comrak::arena_tree::NodeEdge;
use comrak::nodes::{NodeValue, Sourcepos};
use comrak::{Arena, Node, Options, parse_document};

use super::names::candidates;

/// The longest text that is read as Markdown, in bytes: a few hundred pages.
pub(super) const LONGEST: usize = 256 << 10;

/// The part of a text that is read as Markdown, and the rest, which begins at a line where possible.
pub(super) fn split(text: &str) -> (&str, &str) {
    if text.len() <= LONGEST {
        return (text, "");
    }
    let head = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
    let at = head.rfind('\n').map_or(head.len(), |at| at + 1);
    text.split_at(at)
}

/// Reads a text; extensions that would make something else of words than they say are off.
pub(super) fn parse<'a>(arena: &'a Arena<'a>, text: &str) -> Node<'a> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    parse_document(arena, text, &options)
}

/// The names of entities with their kinds in the prose of a text, by their bytes: not in code, not
/// in links, not in HTML.
pub fn mentions(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let all: Vec<Range<usize>> = candidates(text).map(|(range, _)| range).collect();
    let prose = match all.is_empty() {
        true => Vec::new(),
        false => prose(text),
    };
    let mut open = prose.into_iter().peekable();
    all.into_iter().filter_map(move |range| {
        while open.next_if(|run| run.end < range.end).is_some() {}
        let is_prose = open.peek().is_some_and(|run| run.start <= range.start);
        is_prose.then(|| (range.clone(), text.get(range).unwrap_or_default()))
    })
}

/// The bytes of a text that are prose, in order.
fn prose(text: &str) -> Vec<Range<usize>> {
    let (text, _) = split(text);
    let lines = lines(text);
    let arena = Arena::new();
    let mut runs = Vec::new();
    let mut linked = 0_usize;
    for edge in parse(&arena, text).traverse() {
        let (NodeEdge::Start(node) | NodeEdge::End(node)) = edge;
        let data = node.data();
        match (&data.value, edge) {
            (NodeValue::Link(_) | NodeValue::Image(_), NodeEdge::Start(_)) => linked += 1,
            (NodeValue::Link(_) | NodeValue::Image(_), NodeEdge::End(_)) => linked -= 1,
            (NodeValue::Text(_), NodeEdge::Start(_)) if linked == 0 => {
                runs.extend(bytes(&lines, data.sourcepos));
            }
            _ => {}
        }
    }
    runs.sort_by_key(|run: &Range<usize>| run.start);
    runs
}

/// Where the lines of a text begin.
fn lines(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
    let ends =
        ends.filter(|at| bytes.get(*at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n'));
    std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
}

/// The bytes of a place that is given by lines and columns, both from 1, the end included.
fn bytes(lines: &[usize], at: Sourcepos) -> Option<Range<usize>> {
    let byte = |line: usize, column: usize| {
        lines.get(line.checked_sub(1)?).map(|start| start + column.saturating_sub(1))
    };
    Some(byte(at.start.line, at.start.column)?..byte(at.end.line, at.end.column)? + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        mentions(text)
            .inspect(|(range, name)| assert_eq!(&text[range.clone()], *name))
            .map(|(_, name)| name)
            .collect()
    }

    #[test]
    fn prose_names_entities_and_code_and_links_do_not() {
        let parts = [
            "# About service:a\r\n\n",
            "See *team:b* and **[ci:no](https://x/)**, `ci:no`, <https://x/ci:no>, ![ci:no](x),\n",
            "https://x.example/ci:no. Also service:c/d.\n\n",
            "    ci:no\n\n```\nci:no\n```\n\n",
            "| a | b |\n|---|---|\n| ci:e | `ci:no` |\n\n",
            "- [ ] ci:f, ü ci:g\n  - > ci:h\n\n",
            "<div>ci:no</div>\n\n[x]: https://x/ci:no\n",
        ];
        let text = parts.concat();
        let all = ["service:a", "team:b", "service:c/d", "ci:e", "ci:f", "ci:g", "ci:h"];
        assert_eq!(found(&text), all);
    }

    #[test]
    fn texts_without_names_are_not_read() {
        assert_eq!(found("no: name, 10:30 https://x"), [] as [&str; 0]);
        assert_eq!(found(""), [] as [&str; 0]);
    }

    #[test]
    fn what_is_beyond_the_limit_is_not_read() {
        let text = format!("{}\nservice:a", "service:b ".repeat(40_000));
        assert!(!found(&text).contains(&"service:a"));
        assert!(found(&text).len() > 20_000);
    }

    #[test]
    fn lines_end_as_markdown_says() {
        assert_eq!(lines("a\nb\r\nc\rd"), [0, 2, 5, 7]);
    }
}
