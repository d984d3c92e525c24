//! A backtest for a terminal: policies side by side, then what history shows, with examples.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use super::super::table::shortened;
use super::super::text::visible;
use super::{BacktestReport, brief, risk, who};
use crate::catalog::short;
use crate::change::backtest::Landing;

/// How many landings stand below a count.
const EXAMPLES: usize = 3;

/// How many approvers and moved landings are told.
const MOST: usize = 10;

/// The columns of the text: names and subjects are cut to fit.
const WIDTH: usize = 96;

/// Writes the report.
pub fn emit(report: &BacktestReport, color: bool) -> String {
    let bold = |text: &str| match color {
        true => format!("{0}{text}{0:#}", Style::new().bold()),
        false => text.to_owned(),
    };
    let mut text = format!("{}\n", bold(&visible(&report.title())));
    if report.counts.landings == 0 {
        text.push_str("Nothing landed in this time.\n");
        text.push_str(&notes(report));
        return text;
    }
    if let Some(verdict) = report.verdict() {
        text.push_str(&format!("{}\n", visible(&verdict)));
    }
    text.push('\n');
    text.push_str(&policies(report, &bold));
    text.push_str(&approvers(report, &bold));
    text.push_str(&shows(report, &bold));
    text.push_str(&moves(report, &bold));
    text.push_str(&notes(report));
    text
}

fn policies(report: &BacktestReport, bold: &dyn Fn(&str) -> String) -> String {
    let mut heads = vec![report.in_force_name()];
    heads.extend(report.policy_tried.clone().map(|name| format!("{name} (tried)")));
    let heads: Vec<String> = heads.iter().map(|head| visible(&shortened(head, 30))).collect();
    let mut line = format!("{:<36}", "LANDINGS BY POLICY");
    for head in &heads {
        line.push_str(&format!("  {:>width$}", head, width = head.width().max(8)));
    }
    let mut text = format!("{}\n", bold(line.trim_end()));
    let mut last = "";
    for (group, name, numbers) in report.rows() {
        let shown = if group == last { "" } else { group };
        last = group;
        let mut line = format!("  {shown:<10}  {name:<22}");
        for (number, head) in numbers.iter().zip(&heads) {
            line.push_str(&format!("  {number:>width$}", width = head.width().max(8)));
        }
        text.push_str(&format!("{}\n", line.trim_end()));
    }
    text
}

/// Who would have been asked how often.
fn approvers(report: &BacktestReport, bold: &dyn Fn(&str) -> String) -> String {
    let all = report.asked();
    if all.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", bold("WOULD BE ASKED"));
    if report.tried.is_some() {
        text.push_str("  in force   tried\n");
    }
    for (one, number, tried) in all.iter().take(MOST) {
        let board = if one.board { "  (board)" } else { "" };
        let name = visible(&shortened(&short(&one.who), 40));
        let numbers = match tried {
            Some(tried) => format!("{number:>8}  {tried:>6}"),
            None => format!("{number:>6}"),
        };
        text.push_str(&format!("  {numbers}  {name}{board}\n"));
    }
    match all.len().saturating_sub(MOST) {
        0 => {}
        more => text.push_str(&format!("          and {more} more: -o json\n")),
    }
    text
}

/// What history shows.
fn shows(report: &BacktestReport, bold: &dyn Fn(&str) -> String) -> String {
    let mut text = format!("\n{}\n", bold("WHAT HISTORY SHOWS"));
    for (words, count, note) in report.findings() {
        if count.count == 0 {
            continue;
        }
        let note = if note.is_empty() { String::new() } else { format!("  ({note})") };
        let line = format!("  {:>6}  {words}{note}", count.count);
        text.push_str(&format!("{}\n", visible(&shortened(&line, WIDTH))));
        for landing in report.examples(count, EXAMPLES) {
            text.push_str(&example(landing, &risk(landing.in_force.as_ref())));
        }
    }
    text
}

/// `1a2b3c4d  2026-01-02  very high 17  Ada: Raise the pool`.
fn example(landing: &Landing, risk: &str) -> String {
    let line = format!(
        "          {}  {}  {risk:<12}  {}: {}",
        brief(&landing.commit),
        landing.at.date_naive(),
        who(landing),
        landing.subject,
    );
    format!("{}\n", visible(&shortened(&line, WIDTH)))
}

/// Landings that the policy that is tried judges otherwise.
fn moves(report: &BacktestReport, bold: &dyn Fn(&str) -> String) -> String {
    if report.moved.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", bold("JUDGED OTHERWISE BY THE POLICY THAT IS TRIED"));
    for moved in report.moved.iter().take(MOST) {
        let Some(landing) = report.landing(&moved.commit) else { continue };
        let band = |name: &str| name.replace('_', " ");
        let mut how = match moved.from == moved.to {
            true => band(moved.to.name()),
            false => format!("{} -> {}", band(moved.from.name()), band(moved.to.name())),
        };
        match (moved.board_before, moved.board_after) {
            (true, false) => how.push_str(", no board"),
            (false, true) => how.push_str(", board"),
            _ => {}
        }
        text.push_str(&example(landing, &how));
    }
    match report.moved.len().saturating_sub(MOST) {
        0 => {}
        more => text.push_str(&format!("          and {more} more: -o json\n")),
    }
    text
}

fn notes(report: &BacktestReport) -> String {
    let mut notes = report.notes();
    if report.counts.landings > 0 {
        notes.push("`-o json` names the commits of every number".to_owned());
    }
    let mut text = if notes.is_empty() { String::new() } else { "\n".to_owned() };
    for note in notes {
        text.push_str(&format!("note: {}\n", visible(&note)));
    }
    text
}
