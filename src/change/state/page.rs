//! The table of transitions as Markdown.

use std::fmt::Write as _;

use super::table::{Life, State, TRANSITIONS};

/// All states with ServiceNow's numbers, and for each life its transitions, as Markdown.
pub fn page() -> String {
    let mut page = "| state | ServiceNow |\n|---|---|\n".to_owned();
    for state in State::ALL {
        let _ = writeln!(page, "| {} | {} |", state.name(), state.code());
    }
    for life in Life::ALL {
        let _ = write!(page, "\n{}:\n\n| from | to | when |\n|---|---|---|\n", life.name());
        for row in TRANSITIONS.iter().filter(|row| row.life == life) {
            let (from, to) = (row.from.name(), row.to.name());
            let _ = writeln!(page, "| {from} | {to} | {} |", row.when.words());
        }
    }
    page
}
