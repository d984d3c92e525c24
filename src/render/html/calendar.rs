//! Months as tables of weeks.

use super::text;
use crate::render::page::{Day, Month};

/// The days of a week, short and in full.
const WEEKDAYS: [(&str, &str); 7] = [
    ("Mo", "Monday"),
    ("Tu", "Tuesday"),
    ("We", "Wednesday"),
    ("Th", "Thursday"),
    ("Fr", "Friday"),
    ("Sa", "Saturday"),
    ("Su", "Sunday"),
];

/// What the colours of days mean; each day also says it in words.
const LEGEND: [(&str, &str); 4] = [
    ("freeze", "Freeze: no changes to what it is for"),
    ("change", "A change is planned"),
    ("window", "Window: a time for changes"),
    ("duty", "Somebody is on duty"),
];

pub(super) fn months(html: &mut String, months: &[Month]) {
    legend(html, months);
    html.push_str("<div class=\"months\">\n");
    months.iter().for_each(|month| one(html, month));
    html.push_str("</div>\n");
}

/// The colours that occur.
fn legend(html: &mut String, months: &[Month]) {
    let occurs =
        |class: &str| months.iter().flat_map(|one| &one.days).any(|day| day.class == class);
    html.push_str("<ul class=\"legend\">\n");
    for (class, words) in LEGEND.iter().filter(|(class, _)| occurs(class)) {
        html.push_str(&format!("<li><i class=\"{class}\"></i>{words}</li>\n"));
    }
    html.push_str("</ul>\n");
}

fn one(html: &mut String, month: &Month) {
    html.push_str("<div class=\"month\"><h3>");
    text::push(html, &month.name);
    html.push_str("</h3><table aria-label=\"");
    text::push(html, &month.name);
    html.push_str("\"><thead><tr>");
    for (short, full) in WEEKDAYS {
        html.push_str(&format!("<th scope=\"col\"><abbr title=\"{full}\">{short}</abbr></th>"));
    }
    html.push_str("</tr></thead><tbody><tr>");
    for _ in 0..month.first {
        html.push_str("<td class=\"off\"></td>");
    }
    for (number, day) in month.days.iter().enumerate() {
        if number > 0 && (month.first + number).is_multiple_of(7) {
            html.push_str("</tr><tr>");
        }
        cell(html, number + 1, day);
    }
    let filled = (month.first + month.days.len()) % 7;
    if filled > 0 {
        for _ in filled..7 {
            html.push_str("<td class=\"off\"></td>");
        }
    }
    html.push_str("</tr></tbody></table></div>\n");
}

fn cell(html: &mut String, number: usize, day: &Day) {
    html.push_str(&format!("<td class=\"{}\"", day.class));
    if !day.events.is_empty() {
        html.push_str(" title=\"");
        text::push(html, &day.events.join("; "));
        html.push('"');
    }
    html.push_str(&format!("><b>{number}</b>"));
    for event in day.events.iter().take(2) {
        html.push_str("<span class=\"what\">");
        text::push(html, event);
        html.push_str("</span>");
    }
    if day.events.len() > 2 {
        html.push_str(&format!("<span class=\"what\">and {} more</span>", day.events.len() - 2));
    }
    html.push_str("</td>");
}
