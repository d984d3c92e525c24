//! `apply`: carries out at targets what a plan says.
//!
//! A target is held ([`hold`]), planned, checked for what was agreed to ([`authorize`]), and changed
//! ([`run`]); the ledger gets an `intent` before the first step, a `checkpoint` now and then, and an
//! `outcome`. A run that is cut off is understood by the next: it looks at the target again.

mod authorize;
mod error;
mod file;
mod hold;
mod journal;
mod report;
mod run;
mod standing;
mod walk;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};

use super::change::desk::Desk;
use super::change::writer::As;
use super::clock;
use super::ledger::{Around, Book, folded};
use super::plan::{self, Part, PlanError, Planned, plan};
use super::workspace::Place;
use crate::catalog::short;
use crate::git::Repository;
use crate::ledger::{CloseCode, Intent, new_id};
use crate::plan::Step;
use crate::plan::document::{Plan, TargetPlan};

use authorize::{Authorized, Last};
pub use error::ApplyError;
use file::{allowed, fits, is_landed, wanted};
use hold::Hold;
use journal::{Entry, Journal};
pub use report::step;
use run::{Happened, Pace, Reins};
pub use run::{Result as StepResult, Went};
pub use standing::{Standing, standing, unlock};

/// What is asked.
#[derive(Clone)]
pub struct Request {
    /// Of which targets, and what their operator says.
    pub plan: plan::Request,
    /// A plan that was made before.
    pub file: Option<Plan>,
    /// Who writes to the ledger.
    pub who: As,
    /// What is around the ledger.
    pub around: Around,
}

/// What is told while a target is changed.
pub enum Progress<'a> {
    /// The plan, before anything is done.
    Planned(&'a TargetPlan),
    /// A step is over: which, of how many, what was done, and how it went.
    Step {
        /// The target, as a canonical reference.
        target: &'a str,
        /// How many are over.
        over: usize,
        /// Of how many.
        of: usize,
        /// What was to be done.
        step: &'a Step,
        /// How it went.
        result: &'a StepResult,
    },
    /// Something worth knowing.
    Note(String),
}

/// Who is asked and told, and what ends it.
pub struct Hooks<'a> {
    /// Shows a plan and asks whether it is to be carried out; it is, without it.
    pub confirm: Option<&'a dyn Fn(&Planned) -> bool>,
    /// Is told what happens.
    pub told: &'a mut dyn FnMut(Progress<'_>),
    /// Set by somebody who wants it to end after what is under way.
    pub stop: &'a AtomicBool,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Report {
    /// Each target.
    pub targets: Vec<Applied>,
    /// Whether somebody was asked, and said no.
    pub declined: bool,
}

/// What was done at one target.
#[derive(Debug)]
pub struct Applied {
    /// As it was planned.
    pub plan: TargetPlan,
    /// The commit.
    pub commit: String,
    /// The ULID of the intent in the ledger.
    pub intent: Option<String>,
    /// The changes that were carried out, as canonical references.
    pub changes: Vec<String>,
    /// Why nothing was done.
    pub refused: Vec<String>,
    /// How each action of the plan went.
    pub results: Vec<StepResult>,
    /// What went wrong behind the last step, or with the ledger.
    pub trouble: Vec<String>,
    /// How it went; nothing if there was nothing to do.
    pub result: Option<CloseCode>,
    /// Whether somebody ended it.
    pub stopped: bool,
    /// How many runs before it were cut off.
    pub cut_off: usize,
}

impl Applied {
    fn of(plan: TargetPlan, commit: &str) -> Self {
        Self {
            plan,
            commit: commit.to_owned(),
            intent: None,
            changes: Vec::new(),
            refused: Vec::new(),
            results: Vec::new(),
            trouble: Vec::new(),
            result: None,
            stopped: false,
            cut_off: 0,
        }
    }

    /// How many actions are done.
    pub fn done(&self) -> usize {
        self.results.iter().filter(|result| result.went == Went::Done).count()
    }

    /// What is said of the steps that a window left undone.
    fn left(&self, at: DateTime<Utc>) -> Option<String> {
        let left = self.results.iter().filter(|one| one.went == Went::NotBegun).count();
        let at = at.format("%Y-%m-%d %H:%M:%S UTC");
        (left > 0).then(|| format!("ended because the window closed at {at}; {left} not begun"))
    }

    /// Whether all is as it was planned.
    pub fn is_fine(&self) -> bool {
        self.refused.is_empty() && self.trouble.is_empty() && self.done() == self.plan.actions.len()
    }
}

/// Applies.
///
/// # Errors
///
/// There is no plan, it does not fit any more, or a target is held by somebody else. What was done at
/// targets before that stays done.
pub fn apply(request: &Request, hooks: &mut Hooks<'_>) -> Result<Report, ApplyError> {
    let place = &request.plan.place;
    let repository = Repository::discover(&place.current)?;
    let (branch, tip) = repository.protected().ok_or(ApplyError::NoBranch)?;
    let commit = wanted(request, &repository, &tip)?;
    is_landed(&repository, &commit, (&branch, &tip))?;
    let mut asked = request.plan.clone();
    asked.place = Place { at: Some(commit.clone()), ..place.clone() };
    if let Some(file) = &request.file {
        asked.targets = file.targets.iter().map(|one| one.target.clone()).collect();
        asked.allowed = allowed(file);
    }
    let mut report = Report::default();
    let mut shown: Option<Planned> = None;
    let mut aims = plan::aims(&asked)?;
    if request.file.is_some() || hooks.confirm.is_some() {
        // For what may not be done no secret is fetched, and nobody is asked.
        let mut left = Vec::new();
        for (name, life) in aims {
            let one = Target { request, asked: &asked, name: &name, life, commit: &commit };
            match one.refused()? {
                Some(applied) => report.targets.push(applied),
                None => left.push((name, life)),
            }
        }
        aims = left;
        if aims.is_empty() {
            return Ok(report);
        }
        asked.targets = aims.iter().map(|(name, _)| name.clone()).collect();
        let planned = plan(&asked)?;
        if let Some(file) = &request.file {
            let mut file = file.clone();
            file.targets.retain(|one| asked.targets.contains(&one.target));
            fits(&file, &planned.plan)?;
        }
        let may = planned.plan.targets.iter().all(|target| target.refusals.is_empty());
        if let (true, false, Some(confirm)) = (may, planned.plan.is_empty(), &hooks.confirm)
            && !confirm(&planned)
        {
            report.declined = true;
            return Ok(report);
        }
        shown = Some(planned);
    }
    for (name, life) in aims {
        let before = shown.as_ref().map(|planned| &planned.plan);
        let one = Target { request, asked: &asked, name: &name, life, commit: &commit };
        report.targets.push(one.apply(before, hooks)?);
        if hooks.stop.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(report)
}

/// One target.
struct Target<'a> {
    request: &'a Request,
    asked: &'a plan::Request,
    name: &'a str,
    /// For how long a sign of life keeps it.
    life: Duration,
    commit: &'a str,
}

impl Target<'_> {
    /// What may be applied of what was agreed to. The target is not asked, and no secret is read.
    fn authorized(&self, desk: &Desk, last: Option<&Last>) -> Result<Authorized, ApplyError> {
        let mut wishes = plan::wishes(self.asked, self.name, desk.book.folder())?;
        authorize::authorize(desk, self.name, self.commit, last, &mut wishes)
    }

    /// Why nothing of it may be done, by what the ledger says now; nothing if something may.
    fn refused(&self) -> Result<Option<Applied>, ApplyError> {
        let place = &self.request.plan.place;
        let book = Book::open(place, &self.request.around)?;
        if book.pinned().is_none() {
            return Ok(None);
        }
        let mut desk = Desk::of(place, book)?;
        if !desk.has_begun() {
            return Err(ApplyError::NoLedger);
        }
        desk.book.sync(&desk.book.branch)?;
        desk.verified = folded(&desk.book)?;
        let last = authorize::last(desk.entries(), self.name);
        let found = self.authorized(&desk, last.as_ref())?;
        Ok((!found.refused.is_empty()).then(|| self.unplanned(found)))
    }

    fn unplanned(&self, found: Authorized) -> Applied {
        let mut applied = Applied::of(TargetPlan::unplanned(self.name), self.commit);
        (applied.changes, applied.refused) = (found.changes, found.refused);
        applied
    }

    fn apply(&self, before: Option<&Plan>, hooks: &mut Hooks<'_>) -> Result<Applied, ApplyError> {
        let place = &self.request.plan.place;
        let book = Book::open(place, &self.request.around)?;
        let pinned = book.pinned().is_some();
        let desk = Desk::of(place, book)?;
        if !desk.has_begun() {
            if pinned {
                return Err(ApplyError::NoLedger);
            }
            let repository = Repository::discover(&place.current)?;
            let lock = format!("apply-{}", self.name.replace([':', '/'], "-"));
            let held = repository.lock(&lock, Duration::ZERO);
            let _held = held.ok_or_else(|| ApplyError::HeldHere(short(self.name)))?;
            return self.changed(before, None, hooks);
        }
        let writer = desk.writer(&self.request.who)?;
        let mut hold = Hold::take(desk, writer, self.name, self.life)?;
        let applied = self.changed(before, Some((&mut hold, pinned)), hooks);
        // What went wrong keeps nobody else away.
        if applied.is_err() {
            let _ = hold.end(CloseCode::Unsuccessful, Vec::new());
        }
        applied
    }

    /// Plans and changes a target that is held.
    fn changed(
        &self,
        before: Option<&Plan>,
        mut hold: Option<(&mut Hold, bool)>,
        hooks: &mut Hooks<'_>,
    ) -> Result<Applied, ApplyError> {
        let (mut last, mut found) = (None, None);
        if let Some((hold, pinned)) = &mut hold {
            last = authorize::last(hold.desk.entries(), self.name);
            if *pinned {
                found = Some(self.authorized(&hold.desk, last.as_ref())?);
            }
        }
        // Of what may not be done, no secret is fetched, and the target is not asked.
        if let Some(refused) = found.take_if(|found| !found.refused.is_empty()) {
            if let Some((hold, _)) = hold {
                hold.end(CloseCode::Unsuccessful, Vec::new())?;
            }
            return Ok(self.unplanned(refused));
        }
        let asked = plan::Request { targets: vec![self.name.to_owned()], ..self.asked.clone() };
        let mut planned = plan(&asked)?;
        if let Some(before) = before {
            let target = before.targets.iter().find(|one| one.target == self.name);
            let one = Plan { targets: target.cloned().into_iter().collect(), ..before.clone() };
            fits(&one, &planned.plan)?;
        }
        let (Some(plan), Some(part)) = (planned.plan.targets.pop(), planned.parts.pop()) else {
            return Err(PlanError::NoTargets.into());
        };
        (hooks.told)(Progress::Planned(&plan));
        let mut applied = Applied::of(plan, self.commit);
        applied.refused = applied.plan.refusals.iter().map(|one| one.words()).collect();
        let until = found.as_ref().and_then(|found| found.until);
        if let Some((hold, _)) = &mut hold {
            applied.cut_off = hold.cut_off();
            applied.changes = match found {
                Some(found) => found.changes,
                None => applied.plan.changes(),
            };
        }
        if applied.cut_off > 0 {
            let told = match applied.cut_off {
                1 => "a run before this one was cut off; what it had done is taken into account"
                    .to_owned(),
                n => format!(
                    "{n} runs before this one were cut off; what they had done is taken into account"
                ),
            };
            (hooks.told)(Progress::Note(told));
        }
        let is_nothing =
            part.steps.is_empty() && applied.changes.is_empty() && applied.cut_off == 0;
        let known = last.as_ref().is_some_and(|last| last.commit == self.commit) || hold.is_none();
        if !applied.refused.is_empty() || (is_nothing && (known || applied.plan.actions.is_empty()))
        {
            if let Some((hold, _)) = hold {
                hold.end(CloseCode::Unsuccessful, Vec::new())?;
            }
            return Ok(applied);
        }
        let hold = hold.map(|(hold, _)| hold);
        self.carry_out(&part, hold, (last.map(|last| last.at), until), applied, hooks)
    }

    /// Does what is planned, and says so in the ledger.
    fn carry_out(
        &self,
        part: &Part,
        mut hold: Option<&mut Hold>,
        (last, until): (Option<usize>, Option<DateTime<Utc>>),
        mut applied: Applied,
        hooks: &mut Hooks<'_>,
    ) -> Result<Applied, ApplyError> {
        let pace = Pace::of(&part.spec, part.driver.traits());
        if let Some(hold) = &mut hold {
            hold.intend(Intent {
                commit: self.commit.to_owned(),
                plan: applied.plan.digest.clone(),
                changes: applied.changes.clone(),
            })?;
            applied.intent.clone_from(&hold.intent);
        }
        let run = applied.intent.clone().unwrap_or_else(|| new_id(now().timestamp()));
        let repository = Repository::discover(&self.request.plan.place.current)?;
        let mut journal = Journal::begin(repository.common_dir(), &run);
        let lease = hold.is_some().then(|| Instant::now() + pace.time_to_live);
        let reins = Reins {
            stop: hooks.stop,
            lease: Mutex::new(lease),
            lost: AtomicBool::new(false),
            until: until.map(|at| Instant::now() + (at - now()).to_std().unwrap_or_default()),
        };
        let of = part.steps.len();
        let mut over = 0;
        let mut trouble: Vec<String> = Vec::new();
        let told = &mut *hooks.told;
        let mut happened = |what: Happened<'_>| match what {
            Happened::Begun(step) => journal.add(&line("begin", step, None)),
            Happened::Over(step, result) => {
                over += 1;
                let (word, message) = said(&result.went);
                journal.add(&line(word, step, message));
                told(Progress::Step { target: self.name, over, of, step, result });
            }
            Happened::Alive(done) => {
                journal.sync();
                let Some(hold) = &mut hold else { return };
                let begun = Instant::now();
                match hold.keep(done, of) {
                    Ok(length) => {
                        if let Ok(mut lease) = reins.lease.lock() {
                            *lease = Some(begun + length);
                        }
                    }
                    Err(error @ ApplyError::Lost(_)) => {
                        reins.lost.store(true, Ordering::Relaxed);
                        trouble.push(error.to_string());
                    }
                    // Others still wait for a while: it is tried again.
                    Err(error) => {
                        told(Progress::Note(format!("no sign of life was given: {error}")))
                    }
                }
            }
        };
        applied.results = run::run(part.driver.as_ref(), &part.steps, pace, &reins, &mut happened);
        applied.stopped = hooks.stop.load(Ordering::Relaxed);
        applied.trouble.append(&mut trouble);
        journal.sync();
        let left = until.filter(|_| reins.is_closed()).and_then(|at| applied.left(at));
        applied.trouble.extend(left);
        let is_done = applied.done() == of && !reins.lost.load(Ordering::Relaxed);
        if (applied.done() > 0 || is_done)
            && let Err(fault) = part.driver.settle()
        {
            applied.trouble.push(format!("what was written does not count yet: {fault}"));
        }
        if is_done && applied.trouble.is_empty() && self.asked.adopt.is_empty() {
            self.look_again(&mut applied);
        }
        let fine = applied.is_fine();
        let result = match (&hold, fine) {
            (_, false) => CloseCode::Unsuccessful,
            (Some(hold), true) => hold.result(last),
            (None, true) => CloseCode::Successful,
        };
        applied.result = Some(result);
        if let Some(hold) = hold {
            let changes = if fine { applied.changes.clone() } else { Vec::new() };
            if let Err(error) = hold.end(result, changes) {
                applied.trouble.push(format!("how it went is not in the ledger: {error}"));
            }
        }
        Ok(applied)
    }

    /// What is there now must be what was planned.
    fn look_again(&self, applied: &mut Applied) {
        let asked = plan::Request { targets: vec![self.name.to_owned()], ..self.asked.clone() };
        match plan(&asked) {
            Ok(planned) => {
                let left = planned.plan.targets.iter().flat_map(|target| &target.actions);
                let left: Vec<String> =
                    left.map(|one| format!("{} {}", one.action.name(), one.id)).collect();
                if let Some(first) = left.first() {
                    let more = match left.len() {
                        1 => String::new(),
                        n => format!(" and {} more", n - 1),
                    };
                    applied.trouble.push(format!(
                        "looked at again, it is not as planned: {first}{more}; did somebody change it \
                         meanwhile?"
                    ));
                }
            }
            Err(error) => applied.trouble.push(format!("it cannot be looked at again: {error}")),
        }
    }
}

fn line<'a>(what: &'a str, step: &Step, message: Option<&'a str>) -> Entry<'a> {
    Entry {
        at: now().to_rfc3339_opts(SecondsFormat::Secs, true),
        what,
        action: Some(step.action.name()),
        object: Some(step.id.to_string()),
        message,
    }
}

fn said(went: &Went) -> (&'static str, Option<&str>) {
    match went {
        Went::Done => ("done", None),
        Went::Failed(why) => ("failed", Some(why)),
        Went::Unknown(why) => ("unknown", Some(why)),
        Went::NotBegun => ("not-begun", None),
    }
}

fn now() -> chrono::DateTime<chrono::Utc> {
    clock::instant(None)
}
