//! Holding a target while it is changed, so that nobody else changes it.
//!
//! With a ledger its entries say who holds what: everybody sees the same winner, and a holder that dies
//! is over after some time. Without one a lock of this clone keeps runs on this machine apart.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use super::ApplyError;
use super::watch::{BETWEEN, LONGEST, Watch};
use crate::catalog::short;
use crate::flow::change::desk::Desk;
use crate::flow::change::writer::Writer;
use crate::flow::clock;
use crate::flow::ledger::folded;
use crate::ledger::{CloseCode, Event, Intent, held, new_id, open_intents};

/// A target that is held, by entries of the ledger.
pub(super) struct Hold {
    pub(super) desk: Desk,
    writer: Writer,
    target: String,
    id: String,
    time_to_live: Duration,
    /// The ULID of the intent, once it is written.
    pub(super) intent: Option<String>,
    started: DateTime<Utc>,
}

impl Hold {
    /// Takes a target. One that is over by its times alone is watched first: clocks differ, and whoever is
    /// alive says something meanwhile.
    ///
    /// # Errors
    ///
    /// Somebody else holds it, the ledger cannot be written, or who writes may not.
    pub(super) fn take(
        mut desk: Desk,
        writer: Writer,
        target: &str,
        (time_to_live, stop): (Duration, &AtomicBool),
        told: &mut dyn FnMut(String),
    ) -> Result<Self, ApplyError> {
        let mut watch = Watch::of(&desk.book.repository, target);
        let mut seen: Option<(String, i64)> = None;
        loop {
            desk.book.sync(&desk.book.branch)?;
            desk.book.now = clock::instant(None);
            desk.verified = folded(&desk.book)?;
            let Some(lock) = held(desk.entries(), target) else { break };
            let left = watch.left(&lock, desk.book.now);
            let sign = (lock.holder.clone(), lock.until);
            let is_new = seen.as_ref().is_some_and(|seen| *seen != sign);
            let is_alive = is_new || lock.until > position(&desk);
            if is_alive || left > LONGEST || stop.load(Ordering::Relaxed) {
                return Err(ApplyError::held(target, lock));
            }
            if left.is_zero() {
                break;
            }
            if seen.is_none() {
                told(format!(
                    "{} holds {}, and is over by its times: for {} s it is watched whether it is alive",
                    short(&lock.by),
                    short(target),
                    left.as_secs() + 1
                ));
            }
            seen = Some(sign);
            sleep(left.min(BETWEEN));
        }
        let id = new_id(position(&desk));
        let started = desk.book.now;
        let mut hold = Self {
            desk,
            writer,
            target: target.to_owned(),
            id,
            time_to_live,
            intent: None,
            started,
        };
        hold.lock()?;
        hold.still()?;
        Ok(hold)
    }

    /// Writes that the target is held from now on.
    fn lock(&mut self) -> Result<(), ApplyError> {
        let length = self.time_to_live.as_millis().div_ceil(1000);
        let length = i64::try_from(length).unwrap_or(i64::MAX);
        let until = instant(position(&self.desk).saturating_add(length));
        self.write(vec![Event::Lock { holder: self.id.clone(), until }]).map(drop)
    }

    /// Whether the target is still held by this run and nobody else, by the entries that are known.
    ///
    /// # Errors
    ///
    /// Another has taken it, or somebody let it go.
    fn still(&self) -> Result<(), ApplyError> {
        match held(self.desk.entries(), &self.target) {
            Some(lock) if lock.holder == self.id => Ok(()),
            // Who was never the holder is told who is.
            Some(lock) if self.intent.is_none() => Err(ApplyError::held(&self.target, lock)),
            _ => Err(ApplyError::Lost(self.target.clone())),
        }
    }

    /// Writes entries about the target, shares them, and reads what is there then.
    fn write(&mut self, events: Vec<Event>) -> Result<Vec<String>, ApplyError> {
        self.desk.book.now = clock::instant(None);
        let events = events.into_iter().map(|event| (self.target.clone(), event)).collect();
        let appended = self.desk.record(&self.writer, events)?;
        self.desk.verified = folded(&self.desk.book)?;
        match appended.pending {
            Some(why) => Err(ApplyError::NotShared(why.to_string())),
            None => Ok(appended.entries.into_iter().map(|one| one.id).collect()),
        }
    }

    /// Says what is about to be done. Runs that were cut off are ended first: nobody else will.
    ///
    /// # Errors
    ///
    /// It cannot be written, or another has taken the target.
    pub(super) fn intend(&mut self, mut intent: Intent) -> Result<(), ApplyError> {
        intent.holder = Some(self.id.clone());
        let at = instant(clock::instant(None).timestamp());
        let open = open_intents(self.desk.entries(), &self.target);
        let ends = open.into_iter().map(|one| Event::Outcome {
            result: CloseCode::Unsuccessful,
            started: Some(one.entry.statement.at.clone()),
            ended: at.clone(),
            intent: Some(one.entry.id.clone()),
            changes: Vec::new(),
            text: None,
        });
        let mut events: Vec<Event> = ends.collect();
        events.push(Event::Intent(intent));
        self.started = clock::instant(None);
        self.intent = self.write(events)?.pop();
        self.still()
    }

    /// How many runs before this one were cut off.
    pub(super) fn cut_off(&self) -> usize {
        open_intents(self.desk.entries(), &self.target).len()
    }

    /// Gives a sign of life, which keeps the target; for how long from now on.
    ///
    /// # Errors
    ///
    /// It could not be given, or another has taken the target.
    pub(super) fn keep(&mut self, done: usize, of: usize) -> Result<Duration, ApplyError> {
        let Some(intent) = self.intent.clone() else {
            self.lock()?;
            self.still()?;
            return Ok(self.time_to_live);
        };
        self.write(vec![Event::Checkpoint { intent, done: done as u64, of: of as u64 }])?;
        match held(self.desk.entries(), &self.target) {
            Some(lock) if lock.holder == self.id && lock.until > position(&self.desk) => {
                Ok(self.time_to_live)
            }
            _ => Err(ApplyError::Lost(self.target.clone())),
        }
    }

    /// Says how it went, and lets the target go. What was done while another held it was not successful.
    ///
    /// # Errors
    ///
    /// It cannot be written, or another has taken the target meanwhile.
    pub(super) fn end(
        &mut self,
        result: CloseCode,
        changes: Vec<String>,
    ) -> Result<(), ApplyError> {
        // Without the others' entries nobody knows; then writing this one tells.
        let _ = self.desk.book.sync(&self.desk.book.branch);
        self.desk.verified = folded(&self.desk.book)?;
        let is_lost = self.intent.is_some() && self.still().is_err();
        let (result, changes) = match is_lost {
            true => (CloseCode::Unsuccessful, Vec::new()),
            false => (result, changes),
        };
        let now = clock::instant(None).timestamp();
        let mut events = Vec::new();
        if let Some(intent) = self.intent.take() {
            events.push(Event::Outcome {
                result,
                started: Some(instant(self.started.timestamp())),
                ended: instant(now),
                intent: Some(intent),
                changes,
                text: None,
            });
        }
        events.push(Event::Lock { holder: self.id.clone(), until: instant(now) });
        self.write(events)?;
        match is_lost {
            true => Err(ApplyError::Lost(self.target.clone())),
            false => Ok(()),
        }
    }

    /// The result of a run that did everything: with issues, if runs of the same changes before it did
    /// not.
    pub(super) fn result(&self, last: Option<usize>) -> CloseCode {
        let of_target = |one: &crate::ledger::Checked| {
            one.counts() && one.entry.statement.subject == self.target
        };
        let since = last.map_or(0, |last| last + 1);
        let mut later = self.desk.entries().iter().skip(since).filter(|one| of_target(one));
        let failed = later.any(|one| {
            matches!(
                one.entry.statement.event,
                Event::Outcome { result: CloseCode::Unsuccessful, .. }
            )
        });
        if failed { CloseCode::SuccessfulIssues } else { CloseCode::Successful }
    }
}

/// The instant that counts: this machine's, or the ledger's if that is later.
pub(super) fn position(desk: &Desk) -> i64 {
    let last = desk.entries().last().map_or(i64::MIN, |one| one.time);
    clock::instant(None).timestamp().max(last)
}

pub(super) fn instant(seconds: i64) -> String {
    let at = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
