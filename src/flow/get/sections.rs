//! The sections of a page, in their order.

use super::page::Subject;
use super::{facts, people, promises, relations, traces};
use crate::output::Line;

/// A section, and what makes its lines; it is left out where there are none.
pub(super) struct Row {
    pub(super) title: &'static str,
    pub(super) lines: fn(&Subject<'_>) -> Vec<Line>,
}

const fn row(title: &'static str, lines: fn(&Subject<'_>) -> Vec<Line>) -> Row {
    Row { title, lines }
}

/// What somebody who is woken up needs comes first.
pub(super) const SECTIONS: &[Row] = &[
    row("What it is", facts::facts),
    row("Who to reach", people::reach),
    row("Accounts", people::accounts),
    row("When", promises::events),
    row("Steps", facts::steps),
    row("Rollback", facts::rollback),
    row("Verification", facts::verification),
    row("Runbooks", promises::runbooks),
    row("What is promised", promises::agreements),
    row("Objectives", promises::objectives),
    row("Continuity", promises::continuity),
    row("Members", people::members),
    row("Teams", people::teams),
    row("What it owns", relations::owned),
    row("What it needs", relations::needs),
    row("What needs it", relations::needed_by),
    row("Also related to", relations::others),
    row("Exceptions", promises::exceptions),
    row("Attributes", facts::attributes),
    row("Labels", facts::labels),
    row("Links", facts::links),
    row("Findings", traces::findings),
    row("Where it comes from", traces::origin),
];
