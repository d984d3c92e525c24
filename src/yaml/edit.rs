//! Edits of a text: replacing spans and nothing else.
//!
//! Spans are those of a [`Source`](crate::source::Source): bytes after a byte order mark. Begin
//! with [`splice`], which works on what a file really holds, the mark included.

use crate::source::Span;

/// A replacement of one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; where it is empty, something is inserted.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

impl Edit {
    /// Whether this edit and `other` cannot be made together: they share bytes or a beginning.
    pub fn collides(&self, other: &Self) -> bool {
        self.span.start == other.span.start || self.touches(other.span)
    }

    /// Whether a byte of `span` is replaced, or something inserted inside of it.
    pub fn touches(&self, span: Span) -> bool {
        self.span.start < span.end && span.start < self.span.end
    }

    /// Whether all of `span` is replaced.
    pub fn covers(&self, span: Span) -> bool {
        !span.is_empty() && self.span.start <= span.start && span.end <= self.span.end
    }

    /// By how many bytes it moves what stands behind it.
    fn shift(&self) -> i64 {
        self.replacement.len() as i64 - i64::from(self.span.end - self.span.start)
    }
}

/// What a file holds after the edits; every byte outside of their spans is as it was.
///
/// The edits are in order. `None` if two of them collide, or if a span is none of the text.
pub fn splice(content: &str, edits: &[Edit]) -> Option<String> {
    if edits.windows(2).any(|pair| pair[0].collides(&pair[1]) || pair[1].span < pair[0].span) {
        return None;
    }
    let text = content.strip_prefix('\u{feff}').unwrap_or(content);
    let mark = content.len() - text.len();
    let added: usize = edits.iter().map(|edit| edit.replacement.len()).sum();
    let mut edited = String::with_capacity(content.len() + added);
    edited.push_str(&content[..mark]);
    let mut at = 0;
    for edit in edits {
        // A span that is none of the text is none between characters, either.
        text.get(edit.span.range())?;
        edited.push_str(text.get(at..edit.span.start as usize)?);
        edited.push_str(&edit.replacement);
        at = edit.span.end as usize;
    }
    edited.push_str(text.get(at..)?);
    Some(edited)
}

/// Where a span stands after the edits; one that is replaced is where its replacement stands.
pub fn moved(span: Span, edits: &[Edit]) -> Span {
    let shifted = |offset: u32, counts: &dyn Fn(&&Edit) -> bool| {
        let by: i64 = edits.iter().filter(counts).map(Edit::shift).sum();
        usize::try_from(i64::from(offset) + by).unwrap_or_default()
    };
    // What is inserted moves the value that begins there, and is no part of one that ends there.
    let is_start = |edit: &Edit| span.is_empty() && edit.span == span;
    let is_behind = |edit: &Edit| edit.span.start == span.end && edit.span != span;
    let start = shifted(span.start, &|edit| edit.span.end <= span.start && !is_start(edit));
    Span::new(start, shifted(span.end, &|edit| edit.span.end <= span.end && !is_behind(edit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edit(start: usize, end: usize, replacement: &str) -> Edit {
        Edit { span: Span::new(start, end), replacement: replacement.to_owned() }
    }

    #[test]
    fn a_byte_order_mark_stays_and_counts_for_nothing() {
        let content = "\u{feff}a: 1\r\nb: 2";
        let edited = splice(content, &[edit(3, 4, "one"), edit(9, 10, "\"2\"")]).unwrap();
        assert_eq!(edited, "\u{feff}a: one\r\nb: \"2\"");
    }

    #[test]
    fn edits_that_collide_or_fit_no_text_are_refused() {
        let text = "größe: 1";
        assert_eq!(splice(text, &[edit(0, 4, "a"), edit(3, 5, "b")]), None);
        assert_eq!(splice(text, &[edit(5, 6, "a"), edit(0, 1, "b")]), None);
        assert_eq!(splice(text, &[edit(1, 1, "a"), edit(1, 1, "b")]), None);
        assert_eq!(splice(text, &[edit(3, 5, "a")]), None, "inside a character");
        assert_eq!(splice(text, &[edit(9, 99, "a")]), None, "behind the end");
        assert_eq!(splice("ab", &[edit(0, 1, "x"), edit(1, 2, "y")]).as_deref(), Some("xy"));
    }

    /// A text, and edits of it at places between characters, in order and apart.
    fn texts_and_edits() -> impl Strategy<Value = (String, Vec<Edit>)> {
        let pieces = prop::collection::vec(
            ("(\\PC|\r\n|\n|\t|#){0,12}", "(\\PC|\r\n){0,8}", "(\\PC|\n){0,8}"),
            0..6,
        );
        (any::<bool>(), pieces, "(\\PC|\r\n){0,8}").prop_map(|(mark, pieces, end)| {
            let mut text = String::new();
            let mut edits: Vec<Edit> = Vec::new();
            for (kept, replaced, replacement) in pieces {
                text.push_str(&kept);
                let start = text.len();
                text.push_str(&replaced);
                let edit = edit(start, text.len(), &replacement);
                if edits.last().is_none_or(|last| !last.collides(&edit)) {
                    edits.push(edit);
                }
            }
            text.push_str(&end);
            (format!("{}{text}", if mark { "\u{feff}" } else { "" }), edits)
        })
    }

    proptest! {
        #[test]
        fn an_edit_touches_nothing_but_its_span((content, edits) in texts_and_edits()) {
            let Some(edited) = splice(&content, &edits) else { return Ok(()) };
            let (old, new) = (content.trim_start_matches('\u{feff}'), edited.trim_start_matches('\u{feff}'));
            prop_assert_eq!(content.len() - old.len(), edited.len() - new.len());
            let (mut at, mut moved_at) = (0, 0);
            for edit in &edits {
                let place = moved(edit.span, &edits).range();
                prop_assert_eq!(&new[place.clone()], &edit.replacement);
                prop_assert_eq!(&new[moved_at..place.start], &old[at..edit.span.range().start]);
                (at, moved_at) = (edit.span.range().end, place.end);
            }
            prop_assert_eq!(&new[moved_at..], &old[at..]);
        }
    }
}
