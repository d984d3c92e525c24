//! Who holds a target: a fold over the entries about it, in the order of commits.
//!
//! Two who write at the same time both append; the ledger puts one before the other, and everybody who
//! reads it sees the same one win. A `lock` entry takes the target if nobody holds it, or if whoever held
//! it was silent for too long; a `checkpoint` of its holder keeps it for as long again, and so does one
//! more `lock` entry of the same holder while there is no intent yet.

use std::collections::BTreeMap;

use super::{Checked, Event, instant};

/// A target that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The ULID by which its holder knows it.
    pub holder: String,
    /// Who: a person or a pipeline.
    pub by: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// Until when, in seconds since 1970; then another may take it.
    pub until: i64,
    /// For how long a sign of life keeps it, in seconds.
    pub length: i64,
    /// The ULID of the intent that it was taken for, once that is written.
    pub intent: Option<String>,
    /// The changes that are carried out, as canonical references.
    pub changes: Vec<String>,
}

/// Who holds a target after these entries; it may be over by now.
pub fn held(entries: &[Checked], target: &str) -> Option<Lock> {
    let mut held: Option<Lock> = None;
    let of_target = |one: &&Checked| one.counts() && one.entry.statement.subject == target;
    for one in entries.iter().filter(of_target) {
        let (statement, time) = (&one.entry.statement, one.time);
        match &statement.event {
            Event::Lock { holder, until } => {
                let until = instant(until).unwrap_or(time);
                let is_own = held.as_ref().is_some_and(|held| held.holder == *holder);
                let is_free = held.as_ref().is_none_or(|held| held.until <= time);
                if until <= time {
                    held = held.filter(|_| !is_own);
                } else if is_own || is_free {
                    let before = held.take().filter(|_| is_own);
                    held = Some(Lock {
                        holder: holder.clone(),
                        by: statement.by.clone(),
                        since: before.as_ref().map_or(time, |held| held.since),
                        until,
                        length: until - time,
                        intent: before.as_ref().and_then(|held| held.intent.clone()),
                        changes: before.map(|held| held.changes).unwrap_or_default(),
                    });
                }
            }
            Event::Intent(intent) => {
                // All runs of a pipeline are one writer, so the name alone says nothing; entries of before
                // have no more than that.
                let is_own = |held: &Lock| match &intent.holder {
                    Some(holder) => held.holder == *holder,
                    None => held.by == statement.by,
                };
                if let Some(held) = held.as_mut().filter(|held| is_own(held)) {
                    held.intent = Some(one.entry.id.clone());
                    held.changes.clone_from(&intent.changes);
                    held.until = held.until.max(time + held.length);
                }
            }
            Event::Checkpoint { intent, .. } => {
                let own = held.as_mut().filter(|held| held.intent.as_ref() == Some(intent));
                // Once it is over, nothing of its holder brings it back.
                if let Some(held) = own.filter(|held| time <= held.until) {
                    held.until = held.until.max(time + held.length);
                }
            }
            _ => {}
        }
    }
    held
}

/// How each intent ended: where its first outcome stands, and that. What is said of it later, such as by
/// a run that was cut off and shares what it kept, changes nothing.
pub fn first_outcomes(entries: &[Checked]) -> BTreeMap<&str, (usize, &Checked)> {
    let mut subjects: BTreeMap<&str, &str> = BTreeMap::new();
    let mut first: BTreeMap<&str, (usize, &Checked)> = BTreeMap::new();
    for (at, one) in entries.iter().enumerate().filter(|(_, one)| one.counts()) {
        let subject = one.entry.statement.subject.as_str();
        match &one.entry.statement.event {
            Event::Intent(_) => {
                subjects.insert(&one.entry.id, subject);
            }
            Event::Outcome { intent: Some(intent), .. }
                if subjects.get(intent.as_str()) == Some(&subject) =>
            {
                first.entry(intent).or_insert((at, one));
            }
            _ => {}
        }
    }
    first
}

/// The intents of a target that nothing was said of since: runs that were cut off, or are under way.
pub fn open_intents<'a>(entries: &'a [Checked], target: &str) -> Vec<&'a Checked> {
    let mut open: Vec<&Checked> = Vec::new();
    let of_target = |one: &&Checked| one.counts() && one.entry.statement.subject == target;
    for one in entries.iter().filter(of_target) {
        match &one.entry.statement.event {
            Event::Intent(_) => open.push(one),
            Event::Outcome { intent: Some(intent), .. } => {
                open.retain(|known| known.entry.id != *intent);
            }
            _ => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Entry, FORMAT, Intent, Statement, Written};
    use crate::model::gitsm::change_policy::Grade;

    const TARGET: &str = "target:default/x";

    fn entry(time: i64, event: Event) -> Checked {
        let statement = Statement {
            format: FORMAT.to_owned(),
            subject: TARGET.to_owned(),
            at: at(time),
            main: "a".repeat(40),
            ledger: None,
            by: "pipeline:ci".to_owned(),
            event,
        };
        let entry = Entry {
            id: format!("01J{time:023}"),
            commit: String::new(),
            path: String::new(),
            hash: String::new(),
            prev: None,
            written: Written { statement: serde_json::Value::Null, signature: None },
            statement,
        };
        let (main, grade) = ("a".repeat(40), Grade::Signed);
        Checked { entry, time, main, grade, key: None, problems: Vec::new() }
    }

    fn at(time: i64) -> String {
        let at = chrono::DateTime::from_timestamp(time, 0).unwrap();
        at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    fn lock(time: i64, holder: &str) -> Checked {
        entry(time, Event::Lock { holder: holder.to_owned(), until: at(time + 120) })
    }

    fn intent(time: i64, holder: Option<&str>) -> Checked {
        let (commit, plan) = ("d".repeat(40), "sha256:p".to_owned());
        let holder = holder.map(str::to_owned);
        entry(time, Event::Intent(Intent { commit, plan, changes: Vec::new(), holder }))
    }

    #[test]
    fn an_intent_keeps_the_lock_of_the_run_that_wrote_it_and_of_no_other_run_of_its_pipeline() {
        let all = [lock(1_000, "A"), lock(1_200, "B"), intent(1_210, Some("A"))];
        let one = held(&all, TARGET).unwrap();
        assert_eq!((one.holder.as_str(), one.intent, one.until), ("B", None, 1_320));
        let all = [lock(1_000, "A"), intent(1_100, Some("A"))];
        assert_eq!(held(&all, TARGET).unwrap().until, 1_220);
        // Entries of before say no more than who wrote them.
        let all = [lock(1_000, "A"), intent(1_100, None)];
        assert_eq!(held(&all, TARGET).unwrap().until, 1_220);
    }

    #[test]
    fn a_holder_that_says_once_more_that_it_is_there_keeps_the_target() {
        let all = [lock(1_000, "A"), lock(1_100, "A"), lock(1_150, "B")];
        let one = held(&all, TARGET).unwrap();
        assert_eq!((one.holder.as_str(), one.since, one.until), ("A", 1_000, 1_220));
    }
}
