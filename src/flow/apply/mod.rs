//! `apply`: carries out at targets what a plan says.
//!
//! A target is held ([`hold`]), planned, checked for what was agreed to ([`authorize`]), and changed
//! ([`run`]); the ledger gets an `intent` before the first step, a `checkpoint` now and then, and an
//! `outcome`. A run that is cut off is understood by the next: it looks at the target again.

mod alive;
mod authorize;
mod error;
mod file;
mod hold;
mod journal;
mod kept;
mod look;
mod one;
mod report;
mod run;
#[cfg(test)]
mod run_tests;
mod settled;
mod standing;
mod walk;
mod watch;

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};

use super::change::writer::As;
use super::ledger::Around;
use super::plan::{self, Planned, plan};
use super::workspace::Place;
use crate::git::Repository;
use crate::ledger::CloseCode;
use crate::plan::document::{FaultPlan, Plan, TargetPlan};
use crate::plan::{ObjectId, Step};

pub use error::ApplyError;
use file::{allowed, fits, is_landed, wanted};
use one::Target;
pub use report::step;
pub use run::{Result as StepResult, Went};
pub use settled::note_unsettled;
pub use standing::{Standing, held_here, standing, unlock};

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
    /// Nothing was done at a target, and why: others go on.
    Failed(&'a FaultPlan),
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
    /// What the catalog changed and was not applied, because somebody else changed the same.
    pub left: Vec<ObjectId>,
    /// How it went; nothing if there was nothing to do.
    pub result: Option<CloseCode>,
    /// Whether somebody ended it.
    pub stopped: bool,
    /// How many runs before it were cut off.
    pub cut_off: usize,
}

impl Applied {
    /// Nothing was done, and why.
    fn failed(target: &str, driver: &str, commit: &str, fault: FaultPlan) -> Self {
        let plan = TargetPlan::failed(target, driver, fault);
        Self { result: Some(CloseCode::Unsuccessful), ..Self::of(plan, commit) }
    }

    fn of(plan: TargetPlan, commit: &str) -> Self {
        Self {
            plan,
            commit: commit.to_owned(),
            intent: None,
            changes: Vec::new(),
            refused: Vec::new(),
            results: Vec::new(),
            trouble: Vec::new(),
            left: Vec::new(),
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
    fn undone(&self, at: DateTime<Utc>) -> Option<String> {
        let left = self.results.iter().filter(|one| one.went == Went::NotBegun).count();
        let at = at.format("%Y-%m-%d %H:%M:%S UTC");
        (left > 0).then(|| format!("ended because the window closed at {at}; {left} not begun"))
    }

    /// Whether all is as it was planned.
    pub fn is_as_planned(&self) -> bool {
        self.refused.is_empty()
            && self.trouble.is_empty()
            && self.plan.fault.is_none()
            && self.done() == self.plan.actions.len()
    }

    /// Whether all is as it was planned, and the target holds what the catalog says.
    pub fn is_fine(&self) -> bool {
        self.is_as_planned() && self.left.is_empty()
    }
}

/// Applies. A target that cannot be looked at, or is held by somebody else, keeps nothing from the others.
///
/// # Errors
///
/// There is no plan, or it does not fit any more; then nothing was done.
pub fn apply(request: &Request, hooks: &mut Hooks<'_>) -> Result<Report, ApplyError> {
    let place = &request.plan.place;
    let repository = Repository::discover(&place.current)?;
    let (branch, tip) = repository.protected().map_err(ApplyError::NoBranch)?;
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
        let mut planned = plan(&asked)?;
        note_unsettled(&mut planned, place, &request.around);
        if let Some(file) = &request.file {
            let mut file = known(file, &planned.plan);
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
        let applied = one.apply(before, hooks).unwrap_or_else(|error| {
            let (message, help) = (error.to_string(), error.hint());
            let fault = FaultPlan { message, help, is_setup: error.is_usage() };
            Applied::failed(&name, "", &commit, fault)
        });
        if let Some(fault) = &applied.plan.fault {
            (hooks.told)(Progress::Failed(fault));
        }
        report.targets.push(applied);
        if hooks.stop.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(report)
}

/// A plan that was made before without the targets of which nothing is known now: each tells that itself.
fn known(before: &Plan, now: &Plan) -> Plan {
    let failed =
        |name: &str| now.targets.iter().any(|one| one.target == name && one.fault.is_some());
    let targets = before.targets.iter().filter(|one| !failed(&one.target));
    Plan { targets: targets.cloned().collect(), ..before.clone() }
}
