//! What landed, and what Git says of it, which is read while history is still being walked.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use rayon::prelude::*;

use super::history::{History, Landed, history};
use super::step::Step;
use crate::git::{GitError, Handles, Repository};

/// Something that landed, and what Git says of it if that was read already.
pub(super) enum Found {
    /// It was not.
    Landed(Box<Landed>),
    /// It was.
    Read(Box<Step>),
}

impl Found {
    /// Something of which nothing was read.
    pub(super) fn of(landed: Landed) -> Self {
        Self::Landed(Box::new(landed))
    }

    /// What landed.
    pub(super) fn landed(&self) -> &Landed {
        match self {
            Self::Landed(landed) => landed,
            Self::Read(step) => &step.landed,
        }
    }
}

/// How many landings in a row are read by one: they have most folders in common.
const ROW: usize = 32;

/// How many paths that differ are kept in memory before landings are left to be read when
/// they are judged.
const MOST_AHEAD: usize = 200_000;

/// Reads the history of a commit between two instants; what landed comes oldest first.
///
/// # Errors
///
/// The commit or one before it cannot be read, or the files of one.
pub(super) fn found_ahead(
    (repository, handles): (&Repository, &Handles),
    head: &str,
    span: (DateTime<Utc>, DateTime<Utc>),
) -> Result<(History, Vec<Found>), GitError> {
    let ahead = Ahead { handles, paths: AtomicUsize::new(0), rows: Mutex::default() };
    let said = rayon::in_place_scope(|scope| {
        let (mut row, mut number) = (Vec::with_capacity(ROW), 0);
        let ahead = &ahead;
        let mut send = |row: Vec<Landed>| {
            let at = number;
            scope.spawn(move |_| ahead.read(at, row));
            number += 1;
        };
        let said = history(repository, head, span, usize::MAX, |landed| {
            row.push(landed);
            if row.len() >= ROW {
                send(std::mem::replace(&mut row, Vec::with_capacity(ROW)));
            }
        });
        send(row);
        said
    })?;
    let rows = ahead.rows.into_inner().unwrap_or_default();
    let rows = rows.into_values().rev().collect::<Result<Vec<_>, GitError>>()?;
    let found = rows.into_iter().flat_map(|row| row.into_iter().rev());
    Ok((said, found.collect()))
}

/// Rows of landings, by their numbers.
struct Ahead<'h> {
    handles: &'h Handles,
    /// How many paths were read.
    paths: AtomicUsize,
    rows: Mutex<BTreeMap<usize, Result<Vec<Found>, GitError>>>,
}

impl Ahead<'_> {
    fn read(&self, number: usize, row: Vec<Landed>) {
        let row: Vec<Found> = row.into_iter().map(Found::of).collect();
        let read = match self.paths.load(Ordering::Relaxed) < MOST_AHEAD {
            true => row_read(row, self.handles),
            false => Ok(row),
        };
        let steps = read.iter().flatten().map(|found| match found {
            Found::Read(step) => step.changed.len(),
            Found::Landed(_) => 0,
        });
        self.paths.fetch_add(steps.sum(), Ordering::Relaxed);
        // Nobody panics while they hold it.
        if let Ok(mut rows) = self.rows.lock() {
            rows.insert(number, read);
        }
    }
}

/// Reads what was not read of a few landings.
fn row_read(row: Vec<Found>, handles: &Handles) -> Result<Vec<Found>, GitError> {
    handles.with(|repository| {
        let mut comparer = repository.comparer();
        let read = row.into_iter().map(|found| match found {
            Found::Landed(landed) => {
                Ok(Found::Read(Box::new(Step::read(*landed, (repository, &mut comparer))?)))
            }
            read @ Found::Read(_) => Ok(read),
        });
        read.collect()
    })
}

/// What Git says of landings: what was not read yet is read now, many side by side.
///
/// # Errors
///
/// Their files cannot be read.
pub(super) fn read(batch: Vec<Found>, handles: &Handles) -> Result<Vec<Step>, GitError> {
    let mut rows: Vec<Vec<Found>> = Vec::new();
    let mut batch = batch.into_iter().peekable();
    while batch.peek().is_some() {
        rows.push(batch.by_ref().take(ROW).collect());
    }
    let read = rows.into_par_iter().map(|row| row_read(row, handles));
    let rows = read.collect::<Result<Vec<_>, GitError>>()?;
    let steps = rows.into_iter().flatten().filter_map(|found| match found {
        Found::Read(step) => Some(*step),
        Found::Landed(_) => None,
    });
    Ok(steps.collect())
}
