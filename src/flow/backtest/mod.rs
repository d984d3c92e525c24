//! `change backtest`: what landed on a branch, judged as if gitsm had been there.
//!
//! [`ahead`] finds what landed, the newest first, and reads what Git says of it meanwhile. [`walk`]
//! goes through that, oldest first, and notes when which file of the catalog said what.
//! [`sight`] finds by that the few files that judging a landing needs, and [`judge`] judges it: of a
//! batch of landings all side by side.

mod ahead;
mod failures;
mod hands;
mod history;
mod judge;
mod policy;
mod preview;
mod sight;
mod span;
mod step;
mod walk;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use rayon::prelude::*;

use super::clock;
use super::sides::folder_in;
use super::workspace::Place;
use crate::change::backtest::{Landing, moved, tally, told};
use crate::git::{Gap, GitError, Handles, Repository};
use crate::output::backtest::{BacktestReport, Span};
use crate::tree::Revision;
use ahead::{Found, found_ahead, read};
use judge::{Policies, Seen, judge};
pub use policy::PolicyError;
pub use preview::preview;
use sight::{Shared, Stage};
pub use span::Since;
use walk::{Plan, Scene, Walker};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where the user stands.
    pub place: Place,
    /// From when on.
    pub since: Since,
    /// The last day; now without it.
    pub until: Option<NaiveDate>,
    /// A policy to try beside the one in force.
    pub policy: Option<PathBuf>,
    /// The revision whose history it is.
    pub head: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// Git cannot deliver.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The policy cannot be used.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The span ends before it begins.
    #[error("the last day, {until}, is before the first, {from}")]
    Backwards {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        until: NaiveDate,
    },
}

impl BacktestError {
    /// Whether the user asked for what cannot be.
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Git(_))
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Git(error) => error.hint(),
            Self::Policy(error) => error.hint(),
            Self::Backwards { .. } => Some("--since counts back from --until; leave one out"),
        }
    }
}

/// Is told how many landings of how many are judged.
pub type Progress<'p> = dyn FnMut(usize, usize) + 'p;

/// How many landings are read before they are judged: enough to keep all cores busy, few enough that
/// what their files say stays small.
const BATCH: usize = 512;

/// Judges what landed.
///
/// # Errors
///
/// There is no repository or no such revision, or the policy cannot be used.
pub fn backtest(
    request: &Request,
    progress: &mut Progress<'_>,
) -> Result<BacktestReport, BacktestError> {
    let named = request.policy.as_ref();
    let tried = named.map(|file| policy::read(&request.place.current, file)).transpose()?;
    let span = span(request)?;
    let repository = Repository::discover(&request.place.current)?;
    let head = Revision::unlisted(&repository, &request.head)?.commit();
    Repository::trust_objects();
    let handles = Handles::of(&repository);
    let (found, landed) = found_ahead((&repository, &handles), &head, span)?;
    let policies = Policies { in_force: None, tried };
    let (beginning, gap) = (found.beginning.is_some(), found.gap);
    let folder = folder_in(&repository, &request.place.current);
    let judged = all((&repository, &handles), &folder, landed, &policies, progress)?;
    let_go((repository, handles));
    let landings = judged.landings;
    let with = policies.tried.as_ref();
    let mut in_force: Vec<String> = landings
        .iter()
        .filter_map(|landing| Some(landing.in_force.as_ref()?.policy.clone()))
        .collect();
    in_force.sort();
    in_force.dedup();
    Ok(BacktestReport {
        format: "backtest/1",
        span: Span { from: span.0, to: span.1 },
        head: request.head.clone(),
        head_commit: head,
        begins: beginning,
        cut: matches!(gap, Some(Gap::Shallow)),
        people: judged.people,
        policies_in_force: in_force,
        policy_tried: with.map(|(name, _)| crate::catalog::short(name)),
        counts: tally(&landings, failures::DAYS),
        in_force: told(&landings, |landing| landing.in_force.as_ref()),
        tried: with.map(|_| told(&landings, |landing| landing.tried.as_ref())),
        moved: moved(&landings),
        landings,
    })
}

/// From when until when.
fn span(request: &Request) -> Result<(DateTime<Utc>, DateTime<Utc>), BacktestError> {
    let last = request.until.and_then(|day| day.and_hms_opt(23, 59, 59));
    let to = last.map_or_else(|| clock::instant(None), |last| last.and_utc());
    let from = request.since.begins(to);
    match from <= to {
        true => Ok((from, to)),
        false => {
            let (from, until) = (from.date_naive(), to.date_naive());
            Err(BacktestError::Backwards { from, until })
        }
    }
}

/// Landings, judged, the newest first; and whether the newest catalog has people.
struct Judged {
    landings: Vec<Landing>,
    people: bool,
}

/// Judges landings, which come oldest first.
fn all(
    (repository, handles): (&Repository, &Handles),
    folder: &str,
    landed: Vec<Found>,
    policies: &Policies,
    progress: &mut Progress<'_>,
) -> Result<Judged, GitError> {
    let total = landed.len();
    let Some(first) = landed.first() else {
        return Ok(Judged { landings: Vec::new(), people: false });
    };
    let asked = policies.tried.iter().chain(&policies.in_force);
    let asked: Vec<String> = asked.flat_map(|(name, spec)| policy::asked(name, spec)).collect();
    let mut walker = Walker::start(repository, &first.landed().before, folder)?;
    let mut shared = Shared::default();
    let mut seen: Vec<Seen> = Vec::with_capacity(total);
    let mut landed = landed.into_iter();
    loop {
        let batch: Vec<Found> = landed.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let mut steps = read(batch, handles)?;
        while !steps.is_empty() {
            let plans = walker.plan(repository, &mut steps)?;
            if plans.iter().any(|plan| matches!(plan.scene, Scene::Whole(_))) {
                // What was shared was read by other settings.
                shared = Shared::default();
            }
            let stage = Stage::new(&walker, &asked, &shared);
            let judge = |plan: Plan| judge(plan, policies, &stage);
            let judged = plans.into_par_iter().map(judge).collect::<Result<Vec<_>, GitError>>()?;
            seen.extend(judged);
            progress(seen.len(), total);
        }
    }
    failures::find(&mut seen);
    let people = walker.has_people();
    for one in seen.iter_mut().filter(|_| people) {
        let known = |email: &str| walker.persons(email).is_ok_and(|found| !found.is_empty());
        let strangers = one.strangers.iter().filter(|(email, _)| !known(email));
        one.landing.unattributed =
            strangers.map(|(email, name)| format!("{name} <{email}>")).collect();
        one.landing.unattributed.dedup();
    }
    let landings = seen.into_iter().rev().map(|one| one.landing).collect();
    let_go((walker, shared));
    Ok(Judged { landings, people })
}

/// Gives back what was read, which takes a tenth of the time: whoever waits for the answer need not
/// wait for that as well.
fn let_go<T: Send + 'static>(read: T) {
    rayon::spawn(move || drop(read));
}
