//! Lines of a label and what it says, as a list of descriptions.

use std::borrow::Cow;

use super::{Context, push_said, text};
use crate::output::{Line, Outline, Piece, Said};

/// The longest label that stands beside what it says.
const BESIDE: usize = 24;

/// Lines of one label in a row are told together; where labels are long, or entities, they stand
/// above what they say.
pub(super) fn push(html: &mut String, lines: &[Line], context: &Context<'_>) {
    let entity =
        |line: &Line| line.label.pieces.iter().any(|one| matches!(one, Piece::Entity { .. }));
    let long = |line: &Line| entity(line) || line.label.text().chars().count() > BESIDE;
    html.push_str(match lines.iter().any(long) {
        true => "<dl class=\"facts long\">",
        false => "<dl class=\"facts\">",
    });
    let mut before: Option<&Line> = None;
    for line in lines {
        if before.is_none_or(|before| before.label != line.label) {
            html.push_str("<dt>");
            push_said(html, &line.label, context);
            html.push_str("</dt>");
        }
        html.push_str("<dd>");
        push_said(html, &without_title(line), context);
        html.push_str("</dd>\n");
        before = Some(line);
    }
    html.push_str("</dl>\n");
}

/// What a line says, without the title of the entity that its label links to.
fn without_title(line: &Line) -> Cow<'_, Said> {
    let title = match line.label.pieces.as_slice() {
        [Piece::Entity { title: Some(title), .. }] => title,
        _ => return Cow::Borrowed(&line.said),
    };
    let Some(Piece::Words { words }) = line.said.pieces.first() else {
        return Cow::Borrowed(&line.said);
    };
    let Some(rest) = words.strip_prefix(title.as_str()) else { return Cow::Borrowed(&line.said) };
    let mut said = line.said.clone();
    said.pieces[0] = Piece::words(rest.trim_start_matches(", "));
    Cow::Owned(said)
}

/// Points as lists in lists.
pub(super) fn outline(html: &mut String, points: &[Outline], context: &Context<'_>) {
    html.push_str("<ul class=\"outline\">\n");
    for point in points {
        html.push_str("<li><span class=\"soft\">");
        text::push(html, &point.label);
        html.push_str("</span> ");
        push_said(html, &point.said, context);
        if !point.points.is_empty() {
            outline(html, &point.points, context);
        }
        html.push_str("</li>\n");
    }
    html.push_str("</ul>\n");
}
