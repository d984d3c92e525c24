//! Tables, cards, numbers, pictures and what happened.

use super::{Context, push_said, text, unique};
use crate::markdown::Columns;
use crate::render::page::{Badge, Card, Figure, Moment, Picture, Shift, Table};

pub(super) fn table(
    html: &mut String,
    table: &Table,
    context: &Context<'_>,
    taken: &mut Vec<String>,
) {
    let id = unique("table".to_owned(), taken);
    if table.filter {
        html.push_str(&format!(
            "<label class=\"filter script\"><span class=\"soft\">Show only rows with <span \
             id=\"{id}-count\" role=\"status\">{0} of {0}</span></span><input type=\"search\" \
             data-filters=\"{id}\"></label>\n",
            table.rows.len()
        ));
    }
    let mut columns = Columns::new(table.rows.iter().map(Vec::len).max().unwrap_or_default());
    for (at, head) in table.head.iter().enumerate() {
        columns.hold(at, head);
    }
    for (at, cell) in table.rows.iter().flat_map(|row| row.iter().enumerate()) {
        columns.hold(at, &cell.text());
    }
    let mut label = String::new();
    text::push(&mut label, &table.caption);
    html.push_str(&columns.opening(&label, &format!(" id=\"{id}\"")));
    if table.head.iter().any(|head| !head.is_empty()) {
        html.push_str("<thead><tr>");
        for (at, head) in table.head.iter().enumerate() {
            html.push_str(match table.numbers.contains(&at) {
                true => "<th scope=\"col\" class=\"number\">",
                false => "<th scope=\"col\">",
            });
            text::push(html, head);
            html.push_str("</th>");
        }
        html.push_str("</tr></thead>\n");
    }
    html.push_str("<tbody>\n");
    let last = table.rows.len().saturating_sub(1);
    for (number, row) in table.rows.iter().enumerate() {
        html.push_str(if table.sum && number == last { "<tr class=\"sum\">" } else { "<tr>" });
        for (at, cell) in row.iter().enumerate() {
            let number = table.numbers.contains(&at);
            let (open, close) = match (at, number) {
                (0, _) => ("<th scope=\"row\">", "</th>"),
                (_, true) => ("<td class=\"number\">", "</td>"),
                (_, false) => ("<td>", "</td>"),
            };
            html.push_str(open);
            push_said(html, cell, context);
            html.push_str(close);
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table></div>\n");
}

pub(super) fn badges(html: &mut String, badges: &[Badge]) {
    for badge in badges {
        html.push_str(&format!("<span class=\"badge {}\">", badge.tone.class()));
        text::push(html, &badge.text);
        html.push_str("</span> ");
    }
}

pub(super) fn cards(html: &mut String, cards: &[Card], context: &Context<'_>) {
    html.push_str("<ul class=\"cards\">\n");
    for card in cards {
        html.push_str("<li><strong>");
        push_said(html, &card.title, context);
        html.push_str("</strong> ");
        badges(html, &card.badges);
        if !card.text.is_empty() {
            html.push_str("<p>");
            text::push(html, &card.text);
            html.push_str("</p>");
        }
        if !card.by.is_empty() {
            html.push_str("<p class=\"soft\">");
            push_said(html, &card.by, context);
            html.push_str("</p>");
        }
        html.push_str("</li>\n");
    }
    html.push_str("</ul>\n");
}

pub(super) fn figures(html: &mut String, figures: &[Figure], context: &Context<'_>) {
    html.push_str("<ul class=\"figures\">\n");
    for figure in figures {
        html.push_str("<li><strong>");
        text::push(html, &figure.number);
        html.push_str("</strong> ");
        push_said(html, &figure.what, context);
        html.push_str("</li>\n");
    }
    html.push_str("</ul>\n");
}

pub(super) fn picture(html: &mut String, picture: &Picture) {
    html.push_str("<figure class=\"picture\" tabindex=\"0\">");
    // Drawn by ourselves, every text in it escaped.
    html.push_str(&picture.svg);
    if !picture.caption.is_empty() {
        html.push_str("<figcaption>");
        text::push(html, &picture.caption);
        html.push_str("</figcaption>");
    }
    html.push_str("</figure>\n");
}

pub(super) fn timeline(html: &mut String, moments: &[Moment], context: &Context<'_>) {
    html.push_str("<ol class=\"timeline\">\n");
    for moment in moments {
        html.push_str("<li><time datetime=\"");
        text::push(html, &moment.at);
        html.push_str("\">");
        text::push(html, &moment.when);
        html.push_str("</time>");
        push_said(html, &moment.what, context);
        if !moment.more.is_empty() {
            html.push_str("<div class=\"soft\">");
            push_said(html, &moment.more, context);
            html.push_str("</div>");
        }
        html.push_str("</li>\n");
    }
    html.push_str("</ol>\n");
}

pub(super) fn shifts(html: &mut String, shifts: &[Shift], context: &Context<'_>) {
    html.push_str("<ul class=\"quiet\">\n");
    for shift in shifts {
        html.push_str("<li data-from=\"");
        text::push(html, &shift.from);
        html.push_str("\" data-until=\"");
        text::push(html, &shift.until);
        html.push_str("\">");
        push_said(html, &shift.who, context);
        html.push_str(" <span class=\"soft\">");
        text::push(html, &shift.when);
        html.push_str("</span> <span class=\"mark\">now</span></li>\n");
    }
    html.push_str("</ul>\n");
}
