//! Where targets stand by the ledger: what was applied last, and who holds them now.

use std::time::Duration;

use super::authorize::last;
use super::error::words;
use super::hold::{instant, position};
use super::one::lock_name;
use super::{ApplyError, Request};
use crate::flow::change::desk::Desk;
use crate::flow::clock;
use crate::flow::ledger::{Around, folded};
use crate::flow::workspace::Place;
use crate::git::Repository;
use crate::ledger::{Event, Lock, held, open_intents};

/// Where a target stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The commit that was applied last, wholly.
    pub commit: Option<String>,
    /// When, in seconds since 1970.
    pub at: Option<i64>,
    /// By whom: a person or a pipeline.
    pub by: Option<String>,
    /// Who holds it.
    pub lock: Option<Lock>,
    /// How many runs were cut off, or are under way.
    pub open: usize,
}

/// Where targets stand, in their order. Without a ledger nothing is known.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn standing(
    place: &Place,
    around: &Around,
    targets: &[String],
) -> Result<Vec<Option<Standing>>, ApplyError> {
    let desk = Desk::open(place, around)?;
    let now = position(&desk);
    let one = |target: &String| {
        let entries = desk.entries();
        let last = last(entries, target);
        desk.has_begun().then(|| Standing {
            commit: last.as_ref().map(|last| last.commit.clone()),
            at: last.as_ref().map(|last| last.time),
            by: last.map(|last| last.by),
            lock: held(entries, target).filter(|lock| lock.until > now),
            open: open_intents(entries, target).len(),
        })
    };
    Ok(targets.iter().map(one).collect())
}

/// Which runs of this clone hold targets for which there is no ledger, in their order, in words.
pub fn held_here(place: &Place, targets: &[String]) -> Vec<Option<String>> {
    let repository = Repository::discover(&place.current).ok();
    let one = |target: &String| {
        let repository = repository.as_ref()?;
        let name = lock_name(target);
        let by = repository.locked_by(&name)?;
        match repository.lock(&name, Duration::ZERO) {
            Some(_) => None,
            None => Some(format!("another run in this clone: {}", words(by))),
        }
    };
    targets.iter().map(one).collect()
}

/// Lets a target go that somebody holds: a person saw that its holder is dead. `holder` is the ULID by
/// which the refused run named it, so that nobody lets go what another has taken meanwhile.
///
/// # Errors
///
/// Nobody holds it, or another does by now.
pub fn unlock(request: &Request, target: &str, holder: &str) -> Result<Lock, ApplyError> {
    let mut desk = Desk::open(&request.plan.place, &request.around)?;
    desk.book.sync(&desk.book.branch)?;
    desk.verified = folded(&desk.book)?;
    let lock = held(desk.entries(), target).ok_or_else(|| ApplyError::Free(target.to_owned()))?;
    if lock.holder != holder {
        return Err(ApplyError::held(target, lock));
    }
    let writer = desk.writer(&request.who)?;
    desk.book.now = clock::instant(None);
    let until = instant(position(&desk).min(desk.book.now.timestamp()));
    let event = Event::Lock { holder: holder.to_owned(), until };
    let appended = desk.record(&writer, vec![(target.to_owned(), event)])?;
    match appended.pending {
        Some(why) => Err(ApplyError::NotShared(why.to_string())),
        None => Ok(lock),
    }
}
