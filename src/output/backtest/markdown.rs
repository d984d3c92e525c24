//! A backtest for a wiki or a pull request: tables, with nothing in them that Markdown would obey.

use super::super::impact::markdown::escaped;
use super::{BacktestReport, brief, risk, who};
use crate::catalog::short;

/// How many rows a table has at most.
const ROWS: usize = 30;

/// How many landings are named beside a count.
const EXAMPLES: usize = 3;

/// Writes the report.
pub fn emit(report: &BacktestReport) -> String {
    let mut text = format!("### {}\n\n", escaped(&report.title()));
    if report.counts.landings == 0 {
        text.push_str("Nothing landed in this time.\n\n");
        return text + &notes(report);
    }
    if let Some(verdict) = report.verdict() {
        text.push_str(&format!("**{}**\n\n", escaped(&verdict)));
    }
    let mut heads = vec![report.in_force_name()];
    heads.extend(report.policy_tried.clone());
    let mut head = vec![String::new(), String::new()];
    head.extend_from_slice(&heads);
    text.push_str(&row(&head));
    text.push_str(&format!("| --- | --- |{}\n", " ---: |".repeat(head.len() - 2)));
    for (group, name, numbers) in report.rows() {
        let mut cells = vec![group.to_owned(), name];
        cells.extend(numbers.iter().map(ToString::to_string));
        text.push_str(&row(&cells));
    }
    text.push_str("\n| Landings | | Examples |\n| ---: | --- | --- |\n");
    for (words, count, note) in report.findings() {
        if count.count == 0 {
            continue;
        }
        let words = if note.is_empty() { words.to_owned() } else { format!("{words} ({note})") };
        let examples = report.examples(count, EXAMPLES).into_iter().map(|one| {
            format!(
                "{} {} ({}, {})",
                brief(&one.commit),
                one.subject,
                who(one),
                risk(one.in_force.as_ref())
            )
        });
        let examples: Vec<String> = examples.collect();
        text.push_str(&row(&[count.count.to_string(), words, examples.join("; ")]));
    }
    text.push_str(&approvers(report, &heads));
    text.push_str(&moves(report));
    text.push('\n');
    text + &notes(report)
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| escaped(cell).replace('\n', " ")).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn approvers(report: &BacktestReport, heads: &[String]) -> String {
    let all = report.asked();
    if all.is_empty() {
        return String::new();
    }
    let mut head = vec!["Would be asked".to_owned()];
    match heads {
        [_] => head.push("Landings".to_owned()),
        both => head.extend_from_slice(both),
    }
    let mut text = format!("\n{}| --- |{}\n", row(&head), " ---: |".repeat(head.len() - 1));
    for (one, number, tried) in all.iter().take(ROWS) {
        let mut cells = vec![short(&one.who), number.to_string()];
        cells.extend(tried.map(|tried| tried.to_string()));
        text.push_str(&row(&cells));
    }
    match all.len().saturating_sub(ROWS) {
        0 => text,
        more => text + &format!("\nAnd {more} more.\n"),
    }
}

fn moves(report: &BacktestReport) -> String {
    if report.moved.is_empty() {
        return String::new();
    }
    let mut text = "\n| Judged otherwise | From | To |\n| --- | --- | --- |\n".to_owned();
    for moved in report.moved.iter().take(ROWS) {
        let subject = report.landing(&moved.commit).map(|one| one.subject.clone());
        let band = |name: &str, board: bool| {
            format!("{}{}", name.replace('_', " "), if board { ", board" } else { "" })
        };
        text.push_str(&row(&[
            format!("{} {}", brief(&moved.commit), subject.unwrap_or_default()),
            band(moved.from.name(), moved.board_before),
            band(moved.to.name(), moved.board_after),
        ]));
    }
    match report.moved.len().saturating_sub(ROWS) {
        0 => text,
        more => text + &format!("\nAnd {more} more.\n"),
    }
}

fn notes(report: &BacktestReport) -> String {
    report.notes().iter().map(|note| format!("- {}\n", escaped(note))).collect()
}
