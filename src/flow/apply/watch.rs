//! For how long a holder of a target was silent, by this machine's own clock.
//!
//! Entries bear the clocks of those who wrote them. Who goes by these alone takes a target from somebody
//! alive, if its own clock is ahead. So a holder is over when nothing new was *seen* of it for as long as it
//! may be silent.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::kept::Kept;
use crate::git::Repository;
use crate::ledger::Lock;

/// How long it is waited at most to see whether a holder is alive. One that may be silent for longer is let
/// go by a person, or is over for a later run in the same clone.
pub(super) const LONGEST: Duration = Duration::from_secs(300);

/// How long to wait between two looks at the ledger.
pub(super) const BETWEEN: Duration = Duration::from_secs(5);

/// Since when the last sign of life of a holder is known here.
pub(super) struct Watch {
    kept: Kept,
    last: Option<(Seen, Duration, Instant)>,
}

/// A sign of life of a holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    holder: String,
    /// Until when it holds the target by it.
    until: i64,
    /// When this clone saw it first, in milliseconds since 1970.
    at: i64,
}

impl Watch {
    pub(super) fn of(repository: &Repository, target: &str) -> Self {
        Self { kept: Kept::of(repository.common_dir(), "seen", target), last: None }
    }

    /// For how long a holder must go on being silent before it is over.
    pub(super) fn left(&mut self, lock: &Lock, now: DateTime<Utc>) -> Duration {
        let length = Duration::from_secs(u64::try_from(lock.length).unwrap_or(0));
        let is_it = |seen: &Seen| seen.holder == lock.holder && seen.until == lock.until;
        let known = self.last.take().filter(|(seen, ..)| is_it(seen));
        let (seen, before, since) = known.unwrap_or_else(|| self.begun(lock, now));
        let left = length.saturating_sub(before + since.elapsed());
        self.last = Some((seen, before, since));
        left
    }

    /// A sign of life that this run has not seen before; an earlier run in this clone may have.
    fn begun(&self, lock: &Lock, now: DateTime<Utc>) -> (Seen, Duration, Instant) {
        let seen =
            Seen { holder: lock.holder.clone(), until: lock.until, at: now.timestamp_millis() };
        let kept = self.kept.read::<Seen>().filter(|kept| {
            // What was seen in the future was seen by another clock.
            kept.holder == seen.holder && kept.until == seen.until && kept.at <= seen.at
        });
        let before = kept.map(|kept| seen.at - kept.at);
        if before.is_none() {
            // Where it cannot be kept, the next run watches anew.
            let _ = self.kept.write(&seen);
        }
        let before = u64::try_from(before.unwrap_or(0)).unwrap_or(0);
        (seen, Duration::from_millis(before), Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(until: i64) -> Lock {
        Lock {
            holder: "01JCZ8Q4M7Z5V0T3N2R1K9W8XY".into(),
            by: "pipeline:ci".into(),
            since: 0,
            until,
            length: 120,
            intent: None,
            changes: Vec::new(),
        }
    }

    #[test]
    fn a_holder_is_over_when_nothing_new_was_seen_of_it_for_its_whole_length() {
        let folder = tempfile::tempdir().unwrap();
        git2::Repository::init_bare(folder.path()).unwrap();
        let repository = Repository::discover(folder.path()).unwrap();
        let at = |seconds: i64| DateTime::from_timestamp(1_000_000 + seconds, 0).unwrap();
        let silent = |until, seconds| {
            let watch = Watch::of(&repository, "target:default/x");
            watch.begun(&lock(until), at(seconds)).1.as_secs()
        };
        // However long ago it ended by the clock of whoever wrote it.
        assert_eq!(silent(5, 0), 0);
        assert_eq!(silent(5, 50), 50);
        assert_eq!(silent(5, 200), 200);
        assert_eq!(silent(6, 200), 0, "it was alive");
        assert_eq!(silent(6, 100), 0, "the clock went back");
        let left = |seconds: i64| Watch::of(&repository, "t").left(&lock(7), at(seconds));
        assert!(left(0) > Duration::ZERO);
        assert!(left(120).is_zero());
    }
}
