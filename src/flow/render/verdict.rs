//! Whether a change that is under way may be merged, as the gate says it.

use super::stage::Stage;
use crate::change::state::Next;
use crate::change::verdict::{Outcome, Standing, Verdict};
use crate::output::Said;
use crate::render::page::{Block, Part, Table};

/// How many people a step names.
const MOST: usize = 8;

/// What can be done next, and who can.
fn to_do(stage: &Stage<'_>, next: &Next) -> Said {
    let mut said = Said::from(next.words.clone());
    for (number, who) in next.who.iter().take(MOST).enumerate() {
        said = said.and(if number == 0 { ": " } else { ", " }).and(stage.mentioned(who));
    }
    match next.who.len().saturating_sub(MOST) {
        0 => said,
        more => said.and(format!(" and {more} more")),
    }
}

/// What the gate says.
pub(super) fn block(stage: &Stage<'_>, verdict: &Verdict) -> Block {
    let row = |one: &crate::change::verdict::Requirement| -> Vec<Said> {
        let stands = match (one.standing, one.enforced) {
            (Standing::Met, _) => "met",
            (Standing::Unmet, true) => "not met",
            (Standing::Unmet, false) => "not met, which is only told",
            (Standing::NotEvaluable, _) => "cannot be said",
        };
        let open = one.next.iter().filter(|_| one.standing != Standing::Met);
        let next = open.fold(Said::default(), |said, next| {
            let gap = if said.is_empty() { "" } else { "; " };
            said.and(gap).and(to_do(stage, next))
        });
        vec![one.asks.into(), stands.into(), one.because.clone().into(), next]
    };
    let said = match verdict.outcome {
        Outcome::Pass => "It may be merged.",
        Outcome::Fail => "It may not be merged yet.",
        Outcome::NotEvaluable => "It may not be merged, because something cannot be said.",
    };
    let table = Table {
        caption: "What the gate asks".to_owned(),
        head: ["What is asked", "Stands", "Why", "What next"].map(str::to_owned).to_vec(),
        rows: verdict.requirements.iter().map(row).collect(),
        ..Table::default()
    };
    Block::new("May it be merged?", Part::Words(said.into())).and(Part::Table(table))
}
