//! One target, from taking it to letting it go.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};

use super::alive::while_alive;
use super::authorize::{self, Authorized, Last};
use super::file::fits;
use super::hold::Hold;
use super::journal::{Entry, Journal};
use super::look;
use super::run::{self, Happened, Pace, Reins};
use super::settled::{Record, Settled, settled};
use super::{Applied, ApplyError, Hooks, Progress, Request, Went};
use crate::flow::change::desk::Desk;
use crate::flow::clock;
use crate::flow::ledger::{Book, folded};
use crate::flow::plan::{self, Part, PlanError, Planned, attempts, patiently, plan};
use crate::git::Repository;
use crate::ledger::{CloseCode, Intent, new_id};
use crate::plan::Step;
use crate::plan::document::{Plan, TargetPlan};

/// One target.
pub(super) struct Target<'a> {
    pub(super) request: &'a Request,
    pub(super) asked: &'a plan::Request,
    pub(super) name: &'a str,
    /// For how long a sign of life keeps it.
    pub(super) life: Duration,
    pub(super) commit: &'a str,
}

impl Target<'_> {
    /// What may be applied of what was agreed to. The target is not asked, and no secret is read.
    fn authorized(&self, desk: &Desk, last: Option<&Last>) -> Result<Authorized, ApplyError> {
        let mut wishes = plan::wishes(self.asked, self.name, desk.book.folder())?;
        authorize::authorize(desk, self.name, self.commit, last, &mut wishes)
    }

    /// Why nothing of it may be done, by what the ledger says now; nothing if something may.
    pub(super) fn refused(&self) -> Result<Option<Applied>, ApplyError> {
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

    pub(super) fn apply(
        &self,
        before: Option<&Plan>,
        hooks: &mut Hooks<'_>,
    ) -> Result<Applied, ApplyError> {
        let place = &self.request.plan.place;
        let book = Book::open(place, &self.request.around)?;
        let pinned = book.pinned().is_some();
        let desk = Desk::of(place, book)?;
        if !desk.has_begun() {
            if pinned {
                return Err(ApplyError::NoLedger);
            }
            let repository = Repository::discover(&place.current)?;
            let lock = lock_name(self.name);
            // Whoever lists targets has it for a moment.
            let held = repository.lock(&lock, Duration::from_millis(100));
            let held_here = || ApplyError::held_here(self.name, repository.locked_by(&lock));
            let mut held = held.ok_or_else(held_here)?;
            held.say(std::process::id(), now().timestamp());
            return self.changed(before, None, hooks);
        }
        let writer = desk.writer(&self.request.who)?;
        let told = &mut *hooks.told;
        let mut note = |text| told(Progress::Note(text));
        let mut hold = Hold::take(desk, writer, self.name, (self.life, hooks.stop), &mut note)?;
        let applied = self.changed(before, Some((&mut hold, pinned)), hooks);
        // What went wrong keeps nobody else away.
        if applied.is_err() {
            let _ = hold.end(CloseCode::Unsuccessful, Vec::new());
        }
        applied
    }

    /// Plans; the target stays held meanwhile, however long it takes.
    fn planned(&self, hold: Option<&mut Hold>) -> Result<Planned, ApplyError> {
        let asked = plan::Request { targets: vec![self.name.to_owned()], ..self.asked.clone() };
        let Some(hold) = hold else { return Ok(plan(&asked)?) };
        let mut lost = None;
        let every = (self.life / 4).min(Duration::from_secs(30));
        let mut sign = || {
            // If it cannot be given, others still wait for a while: it is tried again, and whoever intends
            // something needs the ledger anyway.
            if let Err(error @ (ApplyError::Lost(_) | ApplyError::Held(_))) = hold.keep(0, 0) {
                lost = Some(error);
            }
        };
        let planned = while_alive(every, &mut sign, || plan(&asked));
        match lost {
            Some(error) => Err(error),
            None => Ok(planned?),
        }
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
        let mut planned = self.planned(hold.as_mut().map(|(hold, _)| &mut **hold))?;
        if let Some(fault) = planned.plan.targets.iter().find_map(|one| one.fault.clone()) {
            if let Some((hold, _)) = hold {
                hold.end(CloseCode::Unsuccessful, Vec::new())?;
            }
            let target = planned.plan.targets.pop();
            let driver = target.map(|target| target.driver).unwrap_or_default();
            return Ok(Applied::failed(self.name, &driver, self.commit, fault));
        }
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
        if self.asked.adopt.is_empty() {
            applied.left = applied.plan.conflicts().map(|one| one.id.clone()).collect();
        }
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
        let repository = Repository::discover(&self.request.plan.place.current)?;
        let entries = hold.as_ref().map(|(hold, _)| hold.desk.entries());
        let owes = part.driver.traits().settles
            && (applied.plan.unsettled.is_some()
                || settled(&repository, &applied.plan, entries) != Settled::Yes);
        // Where something is left, its changes are not carried out, and nothing says that they were.
        let is_said = applied.changes.is_empty() || !applied.left.is_empty();
        let is_nothing = part.steps.is_empty() && is_said && applied.cut_off == 0 && !owes;
        let known = last.as_ref().is_some_and(|last| last.commit == self.commit) || hold.is_none();
        if !applied.refused.is_empty() || (is_nothing && (known || applied.plan.actions.is_empty()))
        {
            if let Some((hold, _)) = hold {
                hold.end(CloseCode::Unsuccessful, Vec::new())?;
            }
            if !applied.left.is_empty() {
                applied.result = Some(CloseCode::Unsuccessful);
            }
            return Ok(applied);
        }
        if owes && part.steps.is_empty() {
            let told = "there is nothing to write; that all that is written counts is made sure of";
            (hooks.told)(Progress::Note(told.to_owned()));
        }
        let hold = hold.map(|(hold, _)| hold);
        let since = last.map(|last| last.at);
        self.carry_out((&part, &repository), hold, (since, until), applied, hooks)
    }

    /// Does what is planned, and says so in the ledger.
    fn carry_out(
        &self,
        (part, repository): (&Part, &Repository),
        mut hold: Option<&mut Hold>,
        (last, until): (Option<usize>, Option<DateTime<Utc>>),
        mut applied: Applied,
        hooks: &mut Hooks<'_>,
    ) -> Result<Applied, ApplyError> {
        let pace = Pace::of(&part.spec, part.driver.traits());
        // What is taken over stays as it was: that carries out no change, and the next apply still owes
        // all that landed.
        let is_adopting = !self.asked.adopt.is_empty();
        let is_owing = is_adopting && !applied.changes.is_empty();
        if is_adopting {
            applied.changes.clear();
        }
        // From before it is said: others count from when they may have read it.
        let begun = Instant::now();
        if let Some(hold) = &mut hold {
            hold.intend(Intent {
                commit: self.commit.to_owned(),
                plan: applied.plan.digest.clone(),
                changes: applied.changes.clone(),
                holder: None,
            })?;
            applied.intent.clone_from(&hold.intent);
        }
        let run = applied.intent.clone().unwrap_or_else(|| new_id(now().timestamp()));
        let record = Record::of(repository, &applied.plan, &run);
        if part.driver.traits().settles {
            record.say(false)?;
        }
        let mut journal = Journal::begin(repository.common_dir(), &run);
        let lease = hold.is_some().then(|| begun + pace.time_to_live);
        let reins = Reins {
            stop: hooks.stop,
            lease: Mutex::new(lease),
            lost: AtomicBool::new(false),
            until: until.map(|at| Instant::now() + (at - now()).to_std().unwrap_or_default()),
        };
        let of = part.steps.len();
        let mut over = 0;
        let told = &mut *hooks.told;
        let mut life = Life { hold, reins: &reins, of, trouble: Vec::new() };
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
                life.sign(done, told);
            }
        };
        applied.results = run::run(part.driver.as_ref(), &part.steps, pace, &reins, &mut happened);
        journal.sync();
        let done = applied.done();
        if done > 0 || done == of {
            make_count((part, pace), &record, (&mut life, done), &mut *hooks.told);
        }
        applied.stopped = hooks.stop.load(Ordering::Relaxed);
        if let Some(at) = until.filter(|_| reins.is_closed()) {
            life.trouble.extend(applied.undone(at));
        }
        if done == of && life.is_held() && life.trouble.is_empty() && !is_adopting {
            let look = || look::again(self.asked, self.name, &part.steps);
            let sign = &mut || life.sign(done, &mut *hooks.told);
            let left = while_alive(pace.checkpoint, sign, look);
            life.trouble.extend(left);
        }
        let is_held = life.is_held();
        applied.trouble.append(&mut life.trouble);
        ended((applied.is_fine() && is_held, is_owing), life.hold, last, &mut applied);
        Ok(applied)
    }
}

/// What keeps a target held while it is changed.
struct Life<'a> {
    hold: Option<&'a mut Hold>,
    reins: &'a Reins<'a>,
    /// How many steps there are.
    of: usize,
    trouble: Vec<String>,
}

impl Life<'_> {
    fn is_held(&self) -> bool {
        !self.reins.lost.load(Ordering::Relaxed)
    }

    /// Gives a sign of life.
    fn sign(&mut self, done: usize, told: &mut dyn FnMut(Progress<'_>)) {
        if !self.is_held() {
            return;
        }
        let Some(hold) = &mut self.hold else { return };
        let begun = Instant::now();
        match hold.keep(done, self.of) {
            Ok(length) => {
                if let Ok(mut lease) = self.reins.lease.lock() {
                    *lease = Some(begun + length);
                }
            }
            Err(error @ ApplyError::Lost(_)) => {
                self.reins.lost.store(true, Ordering::Relaxed);
                self.trouble.push(error.to_string());
            }
            // Others still wait for a while: it is tried again.
            Err(error) => told(Progress::Note(format!("no sign of life was given: {error}"))),
        }
    }
}

/// Makes what was written count. What was lost is made to count by whoever has it now.
fn make_count(
    (part, pace): (&Part, Pace),
    record: &Record,
    (life, done): (&mut Life<'_>, usize),
    told: &mut dyn FnMut(Progress<'_>),
) {
    if !life.is_held() {
        return;
    }
    let (often, reins) = (attempts(&part.spec), life.reins);
    let wait = |time| reins.wait(time);
    let settle = || patiently(often, &wait, &|| part.driver.settle());
    let trouble = match while_alive(pace.checkpoint, &mut || life.sign(done, told), settle) {
        Ok(()) if part.driver.traits().settles => {
            record.say(true).err().map(|error| error.to_string())
        }
        Ok(()) => None,
        Err(fault) => Some(format!("what was written does not count yet: {fault}")),
    };
    life.trouble.extend(trouble);
}

/// Says how a run went, where that is recorded, and lets the target go. One that owes more than it was to
/// do is never recorded as all that was wanted.
fn ended(
    (fine, is_owing): (bool, bool),
    hold: Option<&mut Hold>,
    last: Option<usize>,
    applied: &mut Applied,
) {
    let result = match (&hold, fine) {
        (_, false) => CloseCode::Unsuccessful,
        (Some(hold), true) => hold.result(last),
        (None, true) => CloseCode::Successful,
    };
    applied.result = Some(result);
    let Some(hold) = hold else { return };
    let changes = if fine { applied.changes.clone() } else { Vec::new() };
    let recorded = if is_owing { CloseCode::Unsuccessful } else { result };
    match hold.end(recorded, changes) {
        Ok(()) => {}
        Err(error @ ApplyError::Lost(_)) => {
            applied.result = Some(CloseCode::Unsuccessful);
            applied.trouble.push(error.to_string());
        }
        Err(error) => {
            applied.trouble.push(format!("how it went is not in the ledger: {error}"));
        }
    }
}

/// What a lock of this clone is called that keeps runs of a target apart.
pub(super) fn lock_name(target: &str) -> String {
    format!("apply-{}", target.replace([':', '/'], "-"))
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
