//! One target, from taking it to letting it go.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::SecondsFormat;

use super::alive::while_alive;
use super::hold::Hold;
use super::journal::{Entry, Journal};
use super::run::{self, Happened, Pace, Reins};
use super::settled::{Record, Settled, settled};
use super::{Applied, ApplyError, Hooks, Progress, Request, Went, authorize, fits};
use crate::flow::change::desk::Desk;
use crate::flow::clock;
use crate::flow::ledger::Book;
use crate::flow::plan::{self, Part, PlanError, Planned, attempts, patiently, plan};
use crate::git::Repository;
use crate::ledger::{CloseCode, Intent, new_id};
use crate::plan::Step;
use crate::plan::document::Plan;

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
        let mut last = None;
        if let Some((hold, pinned)) = &mut hold {
            applied.cut_off = hold.cut_off();
            last = authorize::last(hold.desk.entries(), self.name);
            if *pinned {
                let desk = &hold.desk;
                let found = authorize::authorize(desk, self.name, self.commit, last.as_ref())?;
                applied.refused.extend(found.refused);
                applied.changes = found.changes;
            } else {
                applied.changes = applied.plan.changes();
            }
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
        let is_nothing =
            part.steps.is_empty() && applied.changes.is_empty() && applied.cut_off == 0 && !owes;
        let known = last.as_ref().is_some_and(|last| last.commit == self.commit) || hold.is_none();
        if !applied.refused.is_empty() || (is_nothing && (known || applied.plan.actions.is_empty()))
        {
            if let Some((hold, _)) = hold {
                hold.end(CloseCode::Unsuccessful, Vec::new())?;
            }
            return Ok(applied);
        }
        if owes && part.steps.is_empty() {
            let told = "there is nothing to write; that all that is written counts is made sure of";
            (hooks.told)(Progress::Note(told.to_owned()));
        }
        let hold = hold.map(|(hold, _)| hold);
        self.carry_out((&part, &repository), hold, last.map(|last| last.at), applied, hooks)
    }

    /// Does what is planned, and says so in the ledger.
    fn carry_out(
        &self,
        (part, repository): (&Part, &Repository),
        mut hold: Option<&mut Hold>,
        last: Option<usize>,
        mut applied: Applied,
        hooks: &mut Hooks<'_>,
    ) -> Result<Applied, ApplyError> {
        let pace = Pace::of(&part.spec, part.driver.traits());
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
        let reins =
            Reins { stop: hooks.stop, lease: Mutex::new(lease), lost: AtomicBool::new(false) };
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
        if done == of && life.is_held() && life.trouble.is_empty() && self.asked.adopt.is_empty() {
            let sign = &mut || life.sign(done, &mut *hooks.told);
            let left = while_alive(pace.checkpoint, sign, || self.look_again());
            life.trouble.extend(left);
        }
        let is_held = life.is_held();
        applied.trouble.append(&mut life.trouble);
        ended(applied.is_fine() && is_held, life.hold, last, &mut applied);
        Ok(applied)
    }

    /// What is there now must be what was planned; else, how it is not.
    fn look_again(&self) -> Option<String> {
        let asked = plan::Request { targets: vec![self.name.to_owned()], ..self.asked.clone() };
        let planned = match plan(&asked) {
            Ok(planned) => planned,
            Err(error) => return Some(format!("it cannot be looked at again: {error}")),
        };
        if let Some(fault) = planned.plan.faults().next() {
            return Some(format!("it cannot be looked at again: {}", fault.words()));
        }
        let left = planned.plan.targets.iter().flat_map(|target| &target.actions);
        let left: Vec<String> =
            left.map(|one| format!("{} {}", one.action.name(), one.id)).collect();
        let first = left.first()?;
        let more = match left.len() {
            1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        Some(format!(
            "looked at again, it is not as planned: {first}{more}; did somebody change it meanwhile?"
        ))
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

/// Says how a run went, where that is recorded, and lets the target go.
fn ended(fine: bool, hold: Option<&mut Hold>, last: Option<usize>, applied: &mut Applied) {
    let result = match (&hold, fine) {
        (_, false) => CloseCode::Unsuccessful,
        (Some(hold), true) => hold.result(last),
        (None, true) => CloseCode::Successful,
    };
    applied.result = Some(result);
    let Some(hold) = hold else { return };
    let changes = if fine { applied.changes.clone() } else { Vec::new() };
    match hold.end(result, changes) {
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
