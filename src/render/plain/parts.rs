//! Lists, tables, cards, pictures and what happened, as Markdown.

use super::{Context, prose, said};
use crate::markdown::written::{begun, block, escaped};
use crate::output::{Line, Outline};
use crate::render::page::{Badge, Card, Figure, Moment, Month, Picture, Shift, Table};

/// A list, an item a line; an empty text if there is none.
fn list(items: impl Iterator<Item = String>) -> String {
    items.map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
}

pub(super) fn lines(lines: &[Line], context: &Context<'_>) -> String {
    list(lines.iter().map(|line| {
        let (label, text) = (said(&line.label, context), said(&line.said, context));
        match (label.trim(), text.trim()) {
            ("", text) => begun(text),
            (label, "") => label.to_owned(),
            (label, text) => format!("**{label}**: {text}"),
        }
    }))
}

/// Points below each other, those below them further in.
pub(super) fn outline(points: &[Outline], context: &Context<'_>) -> String {
    let point = |point: &Outline| {
        let mut text = format!("- **{}**", escaped(&point.label));
        if !point.said.is_empty() {
            text.push_str(&format!(": {}", said(&point.said, context)));
        }
        for line in outline(&point.points, context).lines() {
            text.push_str(&format!("\n    {line}"));
        }
        text
    };
    points.iter().map(point).collect::<Vec<_>>().join("\n")
}

pub(super) fn table(table: &Table, context: &Context<'_>) -> String {
    let columns = table.rows.iter().map(Vec::len).chain([table.head.len()]).max().unwrap_or(0);
    if columns == 0 || table.rows.is_empty() {
        return String::new();
    }
    let row = |cells: Vec<String>| {
        let mut cells = cells;
        cells.resize(columns, String::new());
        format!("| {} |", cells.join(" | "))
    };
    let number = |at: usize| if table.numbers.contains(&at) { "---:" } else { "---" };
    let mut all = vec![
        row(table.head.iter().map(|head| escaped(head)).collect()),
        row((0..columns).map(|at| number(at).to_owned()).collect()),
    ];
    let last = table.rows.len() - 1;
    for (at, cells) in table.rows.iter().enumerate() {
        let strong = table.sum && at == last;
        let cell = |text: String| match strong && !text.is_empty() {
            true => format!("**{text}**"),
            false => text,
        };
        all.push(row(cells.iter().map(|one| cell(said(one, context))).collect()));
    }
    all.join("\n")
}

/// Words that are told at once, behind what they are told of.
fn badges(badges: &[Badge]) -> String {
    match badges.is_empty() {
        true => String::new(),
        false => {
            let all: Vec<String> = badges.iter().map(|badge| escaped(&badge.text)).collect();
            format!(" ({})", all.join(", "))
        }
    }
}

pub(super) fn cards(cards: &[Card], context: &Context<'_>) -> String {
    list(cards.iter().map(|card| {
        let mut text = format!("**{}**{}", said(&card.title, context), badges(&card.badges));
        if !card.text.is_empty() {
            text.push_str(&format!(": {}", escaped(&card.text)));
        }
        if !card.by.is_empty() {
            text.push_str(&format!(" — {}", said(&card.by, context)));
        }
        text
    }))
}

pub(super) fn figures(figures: &[Figure], context: &Context<'_>) -> String {
    list(
        figures
            .iter()
            .map(|one| format!("**{}** {}", escaped(&one.number), said(&one.what, context))),
    )
}

/// What a picture shows in words, and the picture where it can be drawn of words.
pub(super) fn picture(picture: &Picture) -> String {
    let caption = escaped(&picture.caption);
    let drawn = picture.mermaid.as_deref().map(|mermaid| block(mermaid, "mermaid"));
    let parts = drawn.into_iter().chain((!caption.is_empty()).then_some(caption));
    parts.collect::<Vec<_>>().join("\n\n")
}

pub(super) fn shifts(shifts: &[Shift], context: &Context<'_>) -> String {
    list(shifts.iter().map(|one| format!("{}: {}", escaped(&one.when), said(&one.who, context))))
}

/// Of each month the days on which there is something.
pub(super) fn months(months: &[Month]) -> String {
    let one = |month: &Month| {
        let days = month.days.iter().enumerate().filter(|(_, day)| !day.events.is_empty());
        let days = list(days.map(|(number, day)| {
            let events: Vec<String> = day.events.iter().map(|event| escaped(event)).collect();
            format!("**{}**: {}", number + 1, events.join("; "))
        }));
        let days = if days.is_empty() { "Nothing.".to_owned() } else { days };
        format!("### {}\n\n{days}", escaped(&month.name))
    };
    months.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

pub(super) fn timeline(moments: &[Moment], context: &Context<'_>) -> String {
    list(moments.iter().map(|one| {
        let mut text = format!("{}: {}", escaped(&one.when), said(&one.what, context));
        if !one.more.is_empty() {
            text.push_str(&format!(" ({})", said(&one.more, context)));
        }
        text
    }))
}

/// Markdown of the catalog below an item.
pub(super) fn below(text: &str, context: &Context<'_>, indent: usize) -> String {
    shifted(&prose(text, context), indent)
}

/// A text, each of its lines further to the right.
pub(super) fn shifted(text: &str, indent: usize) -> String {
    let indent = " ".repeat(indent);
    let line = |line: &str| match line.is_empty() {
        true => String::new(),
        false => format!("{indent}{line}"),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
