//! Lines of a label and what it says, as a list of descriptions.

use super::{Context, push_said};
use crate::output::{Line, Piece};

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
        push_said(html, &line.said, context);
        html.push_str("</dd>\n");
        before = Some(line);
    }
    html.push_str("</dl>\n");
}
