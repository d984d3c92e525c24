//! Lines of a label and what it says, as a list of descriptions.

use super::{Context, push_said, text};
use crate::output::Line;

/// Lines without labels are a list, with labels a list of descriptions; lines of one label are told
/// together.
pub(super) fn push(html: &mut String, lines: &[Line], context: &Context<'_>) {
    let Some(first) = lines.first() else { return };
    let long = lines.iter().any(|line| line.label.chars().count() > 28 || line.about.is_some());
    html.push_str(if long { "<dl class=\"facts long\">" } else { "<dl class=\"facts\">" });
    let _ = first;
    let mut before: Option<&Line> = None;
    for line in lines {
        let same = before.is_some_and(|before| {
            before.label == line.label && before.about.is_none() && line.about.is_none()
        });
        if !same {
            html.push_str("<dt>");
            match &line.about {
                Some(about) => push_said(html, about, context),
                None => text::push(html, &line.label),
            }
            html.push_str("</dt>");
        }
        html.push_str("<dd>");
        push_said(html, &line.said, context);
        html.push_str("</dd>\n");
        before = Some(line);
    }
    html.push_str("</dl>\n");
}
