//! Changes in a list.

use std::fmt::Write;

use anstyle::AnsiColor;
use schemars::JsonSchema;
use serde::Serialize;

use crate::catalog::short;
use crate::output::impact::markdown::escaped as markdown_text;
use crate::output::visible;

/// Changes (`changes/1`).
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeList {
    /// `changes/1`.
    pub format: &'static str,
    /// Those about which something happened last first.
    pub changes: Vec<ChangeRow>,
    /// How many more there are.
    pub more: usize,
}

/// A change in a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRow {
    /// Its canonical reference.
    pub change: String,
    /// What people call it.
    pub title: Option<String>,
    /// Its state; nothing where that cannot be said.
    pub state: Option<&'static str>,
    /// Its type.
    pub change_type: Option<&'static str>,
    /// Its band.
    pub band: Option<&'static str>,
    /// When something was last written about it.
    pub at: Option<String>,
    /// What may happen next, in words; or why its state cannot be said.
    pub next: Option<String>,
}

/// The list as a table.
pub fn list_human(list: &ChangeList, color: bool) -> String {
    if list.changes.is_empty() {
        return "no changes\n".to_owned();
    }
    let cells: Vec<[String; 5]> = list.changes.iter().map(cells).collect();
    let heads = ["NAME", "STATE", "RISK", "LAST", "NEXT"].map(str::to_owned);
    let width = |at: usize| {
        let all = std::iter::once(&heads).chain(&cells);
        all.map(|row| unicode_width::UnicodeWidthStr::width(row[at].as_str())).max().unwrap_or(0)
    };
    let widths = [0, 1, 2, 3].map(width);
    let mut out = String::new();
    for (number, row) in std::iter::once(&heads).chain(&cells).enumerate() {
        let mut line = String::new();
        for (cell, wide) in row.iter().zip(widths) {
            let pad = wide - unicode_width::UnicodeWidthStr::width(cell.as_str()).min(wide);
            let _ = write!(line, "{cell}{}   ", " ".repeat(pad));
        }
        line.push_str(&row[4]);
        let line = line.trim_end();
        let style = AnsiColor::BrightBlack.on_default();
        match color && number == 0 {
            true => out.push_str(&format!("{style}{line}{style:#}\n")),
            false => out.push_str(&format!("{line}\n")),
        }
    }
    if list.more > 0 {
        let _ = writeln!(out, "and {} more (--limit)", list.more);
    }
    out
}

fn cells(row: &ChangeRow) -> [String; 5] {
    let text = |text: Option<&str>| visible(text.unwrap_or("-"));
    let band = row.band.map(|band| band.replace('_', " "));
    let day = row.at.as_deref().map(|at| at.get(..10).unwrap_or(at).to_owned());
    [
        visible(&short(&row.change)),
        text(row.state),
        text(band.as_deref()),
        text(day.as_deref()),
        text(row.next.as_deref()),
    ]
}

/// The list in Markdown.
pub fn list_markdown(list: &ChangeList) -> String {
    let mut out = "| name | state | risk | last | next |\n|---|---|---|---|---|\n".to_owned();
    for row in &list.changes {
        let cells = cells(row).map(|cell| markdown_text(&cell));
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out
}
