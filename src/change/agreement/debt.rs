//! Debts: the reviews that broken glass and emergencies owe, over the whole ledger. Until somebody
//! who had no hand in it has looked back, broken glass blocks later changes of the owners of what it
//! touched.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::review::unfit;
use super::story::is_pipeline;
use crate::change::lengths::over;
use crate::ledger::{Checked, Event, Merged};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;

/// What the base's policies say of reviews that are owed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Within which time broken glass is reviewed (ISO 8601; hours are office hours).
    pub break_glass_within: Option<String>,
    /// Within which time an emergency is reviewed.
    pub emergency_within: Option<String>,
    /// How many emergencies a month are no reason to ask what is wrong.
    pub monthly_limit: Option<u32>,
}

/// What is known of a landing beside the ledger, from the trees before and after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// The persons who had a hand in it.
    pub contributors: Vec<String>,
    /// The owners of what it touched, before or after.
    pub owners: Vec<String>,
    /// How sure it must be who reviews: what its policy asked of those who agree.
    pub grade: Option<Grade>,
}

/// Why a review is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DebtKind {
    /// Somebody broke the glass.
    BreakGlass,
    /// It could not wait.
    Emergency,
}

/// A review that is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Debt {
    /// The change.
    pub change: String,
    /// Why it is owed.
    pub kind: DebtKind,
    /// The ULID of the entry by which it landed.
    pub landed: String,
    /// The commit to which the branch went.
    pub commit: String,
    /// Who broke the glass.
    pub by: Option<String>,
    /// Since when.
    #[schemars(with = "String")]
    pub since: DateTime<Utc>,
    /// Until when.
    #[schemars(with = "Option<String>")]
    pub due: Option<DateTime<Utc>>,
    /// Whether that is over.
    pub is_overdue: bool,
    /// Whether it holds up later changes of the owners.
    pub blocks: bool,
    /// The owners of what it touched.
    pub owners: Vec<String>,
}

/// What of the ledger is of use here, by change.
#[derive(Default)]
struct Seen<'a> {
    proposed: Vec<&'a Checked>,
    glass: Vec<(usize, &'a Checked)>,
    reviewed: Vec<(usize, &'a Checked)>,
}

/// All reviews that are owed at an instant (seconds since 1970), in the order of the landings.
/// `past` tells what is known of a landing; it is only asked about those that may owe something.
pub fn debts(
    ledger: &[Checked],
    terms: &Terms,
    now: i64,
    past: &dyn Fn(&Checked, &Merged) -> Past,
) -> Vec<Debt> {
    let mut seen: BTreeMap<&str, Seen<'_>> = BTreeMap::new();
    let mut taken: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut landings = Vec::new();
    for (index, one) in ledger.iter().enumerate().filter(|(_, one)| one.counts()) {
        let statement = &one.entry.statement;
        let of = seen.entry(&statement.subject).or_default();
        match &statement.event {
            Event::Proposed(_) => of.proposed.push(one),
            Event::BreakGlass { .. } => of.glass.push((index, one)),
            Event::Reviewed { .. } => of.reviewed.push((index, one)),
            Event::Merged(merged) => landings.push((index, one, merged)),
            Event::Revoked { entry, .. } => {
                taken.entry((entry.as_str(), statement.by.as_str())).or_insert(index);
            }
            _ => {}
        }
    }
    let ledger = Ledger { terms, now, taken, past };
    let owed = |(index, one, merged): (usize, &Checked, &Merged)| {
        ledger.debt(seen.get(one.entry.statement.subject.as_str())?, (index, one, merged))
    };
    landings.into_iter().filter_map(owed).collect()
}

struct Ledger<'l> {
    terms: &'l Terms,
    now: i64,
    /// Where what was taken back, by the entry and by whom.
    taken: BTreeMap<(&'l str, &'l str), usize>,
    past: &'l dyn Fn(&Checked, &Merged) -> Past,
}

impl Ledger<'_> {
    fn debt(
        &self,
        seen: &Seen<'_>,
        (index, one, merged): (usize, &Checked, &Merged),
    ) -> Option<Debt> {
        let glass = seen.glass.iter().rfind(|(at, glass)| {
            let Event::BreakGlass { base_branch, digest, .. } = &glass.entry.statement.event else {
                return false;
            };
            let by = glass.entry.statement.by.as_str();
            let taken = self.taken.get(&(glass.entry.id.as_str(), by));
            let same = *digest == merged.digest && *base_branch == merged.base_branch;
            *at < index && same && taken.is_none_or(|taken| *taken > index)
        });
        let kind = match glass {
            Some(_) => DebtKind::BreakGlass,
            None if is_emergency(seen, merged) => DebtKind::Emergency,
            None => return None,
        };
        let past = (self.past)(one, merged);
        let by = glass.map(|(_, glass)| glass.entry.statement.by.clone());
        let wants = match kind {
            DebtKind::BreakGlass => Grade::Signed,
            _ => past.grade.unwrap_or(Grade::Claimed),
        };
        let fit = |review: &Checked| {
            let person = &review.entry.statement.by;
            let had_a_hand = past.contributors.contains(person)
                || by.as_ref() == Some(person)
                || seen.proposed.iter().any(|one| one.entry.statement.by == *person);
            let roles: Vec<String> = had_a_hand.then(String::new).into_iter().collect();
            unfit(review, &roles, wants).is_none()
        };
        if seen.reviewed.iter().any(|(at, review)| *at > index && fit(review)) {
            return None;
        }
        let within = match kind {
            DebtKind::BreakGlass => self.terms.break_glass_within.as_ref(),
            DebtKind::Emergency => self.terms.emergency_within.as_ref(),
        };
        let due = within.map(|within| over(one.time, within));
        Some(Debt {
            change: one.entry.statement.subject.clone(),
            kind,
            landed: one.entry.id.clone(),
            commit: merged.after.clone(),
            by,
            since: DateTime::from_timestamp(one.time, 0).unwrap_or_default(),
            due: due.and_then(|due| DateTime::from_timestamp(due, 0)),
            is_overdue: due.is_some_and(|due| due < self.now),
            blocks: kind == DebtKind::BreakGlass,
            owners: past.owners,
        })
    }
}

/// Whether what landed was put forward as an emergency; a pipeline knows better than a person.
fn is_emergency(seen: &Seen<'_>, merged: &Merged) -> bool {
    let told = |one: &&Checked| match &one.entry.statement.event {
        Event::Proposed(proposed) if proposed.digest == merged.digest => Some(proposed.change_type),
        _ => None,
    };
    let by_pipeline = seen
        .proposed
        .iter()
        .rfind(|one| is_pipeline(&one.entry.statement.by) && told(one).is_some());
    let last = by_pipeline.or(seen.proposed.iter().rfind(|one| told(one).is_some()));
    last.and_then(told) == Some(ChangeType::Emergency)
}

/// The debts that hold up a change: those that block, of owners of what it touches. A change never
/// blocks itself.
pub fn blocked_by<'d>(debts: &'d [Debt], change: &str, owners: &[String]) -> Vec<&'d Debt> {
    let blocks = |debt: &&Debt| {
        debt.blocks && debt.change != change && debt.owners.iter().any(|one| owners.contains(one))
    };
    debts.iter().filter(blocks).collect()
}
