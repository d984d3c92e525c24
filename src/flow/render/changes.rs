//! What is known of changes beyond what their files say: where they stand, what was computed of
//! them, who agreed. It comes from the ledger; where there is none, nothing is known.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::change::impact::Reached;
use crate::change::risk::Risk;
use crate::change::verdict::Verdict;
use crate::flow::change::desk::Desk;
use crate::flow::change::meant::Meant;
use crate::flow::gate;
use crate::flow::ledger::{Around, Book, folded};
use crate::flow::workspace::Place;
use crate::output::change::ChangeRecord;

/// So many changes are looked at, those about which something was written last first.
const MOST: usize = 100;

/// So many of those that are under way are held against the gate.
const JUDGED: usize = 20;

/// What is known of a change.
pub(super) struct Known {
    /// The joined record.
    pub(super) record: ChangeRecord,
    /// Its risk, with every addend.
    pub(super) risk: Risk,
    /// What it changes, as canonical references.
    pub(super) touches: Vec<String>,
    /// What it can break, the nearest first.
    pub(super) reaches: Vec<Reached>,
    /// Whether it may be merged, as long as it is under way.
    pub(super) verdict: Option<Verdict>,
}

/// What is known of changes, by reference.
pub(super) type Changes = BTreeMap<String, Known>;

/// Asks the ledger. What cannot be read is left out: `gitsm change list` says why.
pub(super) fn changes(place: &Place, now: DateTime<Utc>) -> Changes {
    // The ledger is as it is now, and so is no part of how things were.
    if place.at.is_some() {
        return Changes::new();
    }
    let around = Around { now: Some(now), ..Around::default() };
    let Ok(book) = Book::open(place, &around) else { return Changes::new() };
    match folded(&book) {
        Ok(verified) if !verified.entries.is_empty() => {}
        _ => return Changes::new(),
    }
    let Ok(desk) = Desk::of(place, book) else { return Changes::new() };
    let mut known = Changes::new();
    for name in desk.changes().into_iter().take(MOST) {
        let Ok(meant) = desk.meant(Some(&name), None, &|_: &str| None) else { continue };
        let Ok(record) = desk.record_of(&meant) else { continue };
        known.insert(name, of(record, &meant));
    }
    let open = known.values_mut().filter(|one| !one.record.told.state.is_over());
    for one in open.take(JUDGED) {
        let around = Around { now: Some(now), ..Around::default() };
        let head = Some(one.record.computed.head.clone());
        let request =
            gate::Request { place: place.clone(), head, around, ..gate::Request::default() };
        one.verdict = gate::gate(&request, &|_: &str| None).ok().map(|gated| gated.verdict);
    }
    known
}

fn of(record: ChangeRecord, meant: &Meant) -> Known {
    let assessment = &meant.judged.assessment;
    let affected = assessment.impact.affected.iter();
    Known {
        record,
        risk: assessment.risk.clone(),
        touches: assessment.subjects.all.iter().map(|one| one.entity.clone()).collect(),
        reaches: affected.cloned().collect(),
        verdict: None,
    }
}
