//! An impact as a Mermaid flowchart, for Markdown that draws it.

use std::collections::HashMap;

use super::super::mermaid::label;
use super::{ImpactReport, State};
use crate::catalog::short;

/// More than this nobody can read, and forges refuse to draw it.
const MOST: usize = 150;

/// Writes the tree: an arrow from what carried trouble to what it reached.
pub fn emit(report: &ImpactReport) -> String {
    let mut text = String::from("flowchart LR\n");
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (number, cause) in report.causes.iter().enumerate() {
        numbers.insert(cause, number);
        let class = report.state.name();
        let shown = label(&format!("{}: {class}", short(cause)));
        text.push_str(&format!("  n{number}([{shown}]):::{class}\n"));
    }
    let first = report.causes.len();
    let room = MOST.saturating_sub(first);
    for (number, one) in report.affected.iter().take(room).enumerate() {
        let number = first + number;
        numbers.insert(&one.entity, number);
        let class = one.state.name();
        let shown = label(&format!("{}: {class}", short(&one.entity)));
        text.push_str(&format!("  n{number}[{shown}]:::{class}\n"));
        let Some(from) = numbers.get(one.from.as_str()) else { continue };
        let arrow = match one.state {
            State::Down => "-->",
            State::Degraded => "-.->",
        };
        text.push_str(&format!("  n{from} {arrow}|{}| n{number}\n", label(one.relation)));
    }
    let left_out = report.summary.affected.saturating_sub(report.affected.len().min(room));
    if left_out > 0 {
        let shown = label(&format!("… and {left_out} more"));
        text.push_str(&format!("  more[{shown}]\n"));
    }
    text.push_str("  classDef down fill:#fbd5d5,stroke:#b3261e,stroke-width:2px,color:#5f1410\n");
    text.push_str("  classDef degraded fill:#fdf0c8,stroke:#8a6100,color:#4d3800\n");
    text
}
