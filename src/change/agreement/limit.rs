//! How often it could not wait this month: a limit beyond which somebody should ask what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Terms;
use crate::ledger::{Checked, Event};
use crate::model::gitsm::change_model::ChangeType;

/// The emergencies of a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Month {
    /// The month, such as `2026-11` (UTC).
    pub month: String,
    /// The changes that landed as emergencies, or for which somebody broke the glass, by name.
    pub changes: Vec<String>,
    /// How many are no reason to ask.
    pub limit: Option<u32>,
}

impl Month {
    /// Whether there are more than that.
    pub fn is_exceeded(&self) -> bool {
        let count = u32::try_from(self.changes.len()).unwrap_or(u32::MAX);
        self.limit.is_some_and(|limit| count > limit)
    }

    /// What is to be said of it, if something is.
    pub fn words(&self) -> Option<String> {
        let Self { month, changes, limit } = self;
        let limit = limit.filter(|_| self.is_exceeded())?;
        let count = changes.len();
        Some(format!("{count} emergencies in {month}, and {limit} are the limit: what is wrong?"))
    }
}

/// Counts the emergencies of the month of an instant (seconds since 1970). What was taken back before
/// it landed does not count.
pub fn month(ledger: &[Checked], terms: &Terms, now: i64) -> Month {
    let month_of =
        |at: i64| DateTime::<Utc>::from_timestamp(at, 0).map(|at| (at.year(), at.month()));
    let this = month_of(now);
    let mut emergencies: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut changes: BTreeSet<&str> = BTreeSet::new();
    let mut broken: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    let mut landed: BTreeSet<&str> = BTreeSet::new();
    for one in ledger.iter().filter(|one| one.counts()) {
        let statement = &one.entry.statement;
        let subject = statement.subject.as_str();
        match &statement.event {
            Event::Proposed(proposed) => {
                let key = (subject, proposed.digest.as_str());
                match proposed.change_type {
                    ChangeType::Emergency => emergencies.insert(key),
                    _ => emergencies.remove(&key),
                };
            }
            Event::Merged(merged) => {
                landed.insert(subject);
                let key = (subject, merged.digest.as_str());
                if month_of(one.time) == this && emergencies.contains(&key) {
                    changes.insert(subject);
                }
            }
            Event::BreakGlass { .. } if month_of(one.time) == this => {
                broken.insert(one.entry.id.as_str(), (statement.by.as_str(), subject));
            }
            Event::Revoked { entry, .. } => {
                let known = broken.get(entry.as_str());
                let before = |(by, of): &(&str, &str)| *by == statement.by && !landed.contains(of);
                if known.is_some_and(before) {
                    broken.remove(entry.as_str());
                }
            }
            _ => {}
        }
    }
    changes.extend(broken.into_values().map(|(_, subject)| subject));
    let (year, number) = this.unwrap_or_default();
    Month {
        month: format!("{year:04}-{number:02}"),
        changes: changes.into_iter().map(str::to_owned).collect(),
        limit: terms.monthly_limit,
    }
}
