//! `plan`: what is to be done so that targets hold what a catalog says.
//!
//! [`plan`] reads a catalog, asks each target what is there, and compares. Nothing is changed.
//! [`Planned`] keeps what carrying it out needs: `apply` and `drift` begin with the same.

mod accepted;
mod because;
mod desired;
mod error;
mod guard;
mod hidden;
mod operator;
mod patient;
mod place;
mod targets;
mod wished;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::ask::{AskError, Asked};
use super::clock;
use super::workspace::Place;
use crate::catalog::query::World;
use crate::catalog::short;
use crate::git::Repository;
use crate::model::EntityRef;
use crate::model::gitsm::target::{Length, TargetSpec};
use crate::plan::document::{ActionPlan, DriftPlan, Plan, TargetPlan, sha256};
use crate::plan::{
    Action, Allowed, Compared, Inputs, Object, ObjectId, Observed, Refusal, Shares, Step, compare,
    observed_digest, order, refusals,
};
use crate::target::web::Hider;
use crate::target::{Driver, Fault, Secret};
use accepted::Accepted;
use desired::{Desired, Meant, desired};
pub use error::PlanError;
pub use operator::Set;
use patient::calmly;
pub(super) use patient::{attempts, patiently, pause};
pub(super) use targets::protected;
use targets::{Chosen, Targets};
pub(super) use wished::Wishes;

/// What is asked.
#[derive(Clone)]
pub struct Request {
    /// Where, and of which revision.
    pub place: Place,
    /// The targets, by name; all if there are none.
    pub targets: Vec<String>,
    /// The file of the operator.
    pub operator: Option<PathBuf>,
    /// Settings that are typed.
    pub set: Vec<Set>,
    /// What the operator lets it do beyond the limits.
    pub allowed: Allowed,
    /// The objects that are taken over.
    pub adopt: BTreeSet<ObjectId>,
    /// The day that `today` is, if it is not today.
    pub today: Option<String>,
    /// Looks a variable of the environment up, where secrets may stand.
    pub variable: fn(&str) -> Option<String>,
    /// `PATH`, in which the operator's programs are found.
    pub path: Option<OsString>,
}

/// A plan, and what carrying it out needs.
pub struct Planned {
    /// As it is shown.
    pub plan: Plan,
    /// The targets that can be spoken to, in the same order.
    pub parts: Vec<Part>,
    /// The commit of the catalog; nothing if it is of files that are not committed.
    pub commit: Option<String>,
    /// The catalog.
    pub asked: Asked,
}

/// One target of a plan.
pub struct Part {
    /// Its canonical reference.
    pub target: String,
    /// How marks name it.
    pub mark: String,
    /// What its document says.
    pub spec: TargetSpec,
    /// How it is spoken to.
    pub driver: Box<dyn Driver>,
    /// What is to be done, in this order.
    pub steps: Vec<Step>,
    /// How many entities its selector takes.
    pub taken: usize,
    /// How many objects there are that gitsm made.
    pub own: usize,
    /// What is written there and does not count yet, or why nobody knows.
    pub unsettled: Result<Option<String>, Fault>,
}

/// Makes a plan. A target that cannot be asked is a fault in it, and hides nothing of the others.
///
/// # Errors
///
/// The catalog cannot be read, or there is no such target.
pub fn plan(request: &Request) -> Result<Planned, PlanError> {
    let asked = Asked::open_files(&request.place)?;
    let commit = match (&asked.workspace.revision, &asked.workspace.repository) {
        (Some(revision), Some(repository)) => Some(repository.commit_info(revision)?.id),
        _ => None,
    };
    let targets = Targets::of(&asked, request)?;
    let (mut plans, mut parts) = (Vec::new(), Vec::new());
    for (name, chosen) in targets.chosen(&asked, request)? {
        let protected = targets.protected(name);
        let made =
            chosen.and_then(|chosen| one(&asked, request, commit.as_deref(), protected, chosen));
        match made {
            Ok((plan, part)) => {
                plans.push(plan);
                parts.push(part);
            }
            Err(error @ (PlanError::Target { .. } | PlanError::Broken { .. })) => {
                let driver = targets.spec(name).map_or("", |spec| spec.driver.name());
                plans.push(TargetPlan::failed(name, driver, error.fault()));
            }
            Err(error) => return Err(error),
        }
    }
    let mut all = Plan::of(env!("CARGO_PKG_VERSION"), commit.as_deref(), plans);
    if let Some(commit) = &commit {
        because::name(&asked, commit, &mut all)?;
    }
    Ok(Planned { plan: all.sealed(), parts, commit, asked })
}

/// The plan of one target.
fn one(
    asked: &Asked,
    request: &Request,
    commit: Option<&str>,
    protected: Option<&TargetSpec>,
    chosen: Chosen,
) -> Result<(TargetPlan, Part), PlanError> {
    let told = |fault: Fault| PlanError::Target {
        target: short(&chosen.name),
        fault,
        unmerged: chosen.unmerged,
    };
    let (classes, reader) = (asked.classes(), asked.reader());
    let today = request.today.clone().unwrap_or_else(clock::today);
    let world = World::new(&asked.catalog, asked.graph(), &classes, &reader, &today);
    let meant = Meant {
        name: &chosen.name,
        spec: &chosen.spec,
        settings: &chosen.connection.settings,
        protected,
        maker: chosen.row.maker,
    };
    let Desired { objects, phases, refusals: mut wrong, mut unknown, taken } =
        desired(&world, &meant);
    let unread = unread(asked);
    // What cannot be read may be anything.
    unknown.all |= unread.is_some();
    let driver = (chosen.row.open)(&chosen.connection).map_err(told)?;
    let often = attempts(&chosen.spec);
    let observed = calmly(often, &|| observed(driver.as_ref(), &objects)).map_err(told)?;
    let unsettled = calmly(often, &|| driver.unsettled());
    let accepted = Accepted::on(asked, &today);
    let inputs = Inputs {
        target: &chosen.connection.target,
        commit: commit.unwrap_or_default(),
        desired: &objects,
        observed: &observed,
        unknown: &unknown,
        has: &|entity| asked.catalog.find(&EntityRef::from_canonical(entity)).is_some(),
        take_drift: request.allowed.drift,
        accepted: &accepted.fields,
        adopt: &request.adopt,
    };
    let mut compared = compare(&inputs);
    if !request.adopt.is_empty() {
        only_adopt(&mut compared, &inputs, request, &chosen.name)?;
    }
    order(&mut compared.steps, &phases);
    wrong.extend(unread);
    // Of what is not known, nothing may be taken for not wanted.
    let wanted = objects.len() + usize::from(!unknown.is_empty());
    wrong.extend(refusals(&compared, wanted, &shares(&chosen.spec), request.allowed));
    let drift = compared.drifts.iter().map(|drift| {
        let mut drift = DriftPlan::of(drift);
        drift.accepted_by = accepted.all_of(&drift);
        drift
    });
    let plan = TargetPlan {
        target: chosen.name.clone(),
        driver: chosen.spec.driver.name().to_owned(),
        digest: String::new(),
        configuration: configuration(&chosen),
        observed: observed_digest(&inputs),
        allowed: words(request.allowed),
        actions: compared.steps.iter().map(ActionPlan::of).collect(),
        drift: drift.collect(),
        copies: compared.copies,
        unchanged: compared.unchanged,
        unknown: compared.unknown,
        refusals: wrong,
        unsettled: not_counting(&unsettled),
        fault: None,
    };
    let secrets = chosen.connection.secrets.values().map(Secret::reveal);
    let plan = hidden::hidden(plan, &Hider::new(secrets));
    let part = Part {
        target: chosen.name,
        mark: chosen.connection.target,
        spec: chosen.spec,
        driver,
        steps: compared.steps,
        taken,
        own: compared.own,
        unsettled,
    };
    Ok((plan, part))
}

/// The digest of all that says how a target is applied.
fn configuration(chosen: &Chosen) -> String {
    let settings = &chosen.connection.settings;
    sha256(&serde_json::json!({ "spec": chosen.spec, "settings": settings }))
}

/// What is written and does not count yet, in words.
fn not_counting(unsettled: &Result<Option<String>, Fault>) -> Option<String> {
    match unsettled {
        Ok(why) => why.clone(),
        Err(fault) => Some(format!("nobody knows whether all that is written counts: {fault}")),
    }
}

/// Why an object is not taken over.
fn why_not(id: &ObjectId, inputs: &Inputs<'_>) -> &'static str {
    let is_wanted = inputs.desired.iter().any(|object| object.id == *id);
    match (is_wanted, inputs.observed.iter().any(|one| one.id == *id)) {
        (false, _) if !inputs.unknown.is_empty() => {
            "not all that the catalog wants is known: `gitsm plan` says why"
        }
        (false, _) => "the catalog makes no object of that name",
        (true, false) => "it is not there; the next apply makes it",
        (true, true) => "gitsm has it already",
    }
}

/// Leaves of what is to be done what is to be taken over: that is a thing of its own, and what is otherwise
/// there is shown by the plan after it.
fn only_adopt(
    compared: &mut Compared,
    inputs: &Inputs<'_>,
    request: &Request,
    target: &str,
) -> Result<(), PlanError> {
    compared.steps.retain(|step| step.action == Action::Adopt);
    compared.foreign.clear();
    let adopted = |id: &&ObjectId| compared.steps.iter().any(|step| step.id == **id);
    match request.adopt.iter().find(|id| !adopted(id)) {
        Some(id) => {
            let (target, why) = (short(target), why_not(id, inputs));
            Err(PlanError::NotAdoptable { target, id: id.clone(), why })
        }
        None => Ok(()),
    }
}

/// Why a catalog of which a part cannot be read is not applied: what it makes would be taken for not
/// wanted.
fn unread(asked: &Asked) -> Option<Refusal> {
    let count = asked.unread();
    (count > 0).then(|| Refusal::Unread { count, files: asked.unread_files() })
}

/// How often a list is read until it says nothing new.
const READ: usize = 4;

/// Everything that is there. What is to be made is looked for once more: where a target does not tell of
/// all there is, by its name, and where things have no names, in all of them again. A page can pass over
/// what moves to another while it is read, and what is made twice there stays twice.
fn observed(driver: &dyn Driver, objects: &[Object]) -> Result<Vec<Observed>, Fault> {
    let mut observed = driver.observe()?;
    let traits = driver.traits();
    let unseen = |observed: &[Observed]| -> Vec<ObjectId> {
        let known: BTreeSet<&ObjectId> = observed.iter().map(|one| &one.id).collect();
        let ids = objects.iter().map(|object| &object.id);
        ids.filter(|id| !known.contains(id)).cloned().collect()
    };
    if !traits.sees_all {
        for id in unseen(&observed) {
            observed.extend(driver.look(&id, None)?);
        }
    }
    if traits.has_names {
        return Ok(observed);
    }
    for _ in 1..READ {
        if unseen(&observed).is_empty() {
            return Ok(observed);
        }
        let key = |one: &Observed| (one.id.kind.clone(), one.handle.clone());
        let known: BTreeSet<_> = observed.iter().map(key).collect();
        let mut again = driver.observe()?;
        again.retain(|one| !known.contains(&key(one)));
        if again.is_empty() {
            return Ok(observed);
        }
        observed.extend(again);
    }
    Err(Fault::unknown(
        "what is there changes while it is read: nothing can be made without a name",
    ))
}

/// What an operator lets a plan do, in words.
fn words(allowed: Allowed) -> Vec<String> {
    let all = [
        ("deletes", allowed.deletes),
        ("updates", allowed.updates),
        ("empty", allowed.empty),
        ("drift", allowed.drift),
    ];
    all.into_iter().filter(|(_, yes)| *yes).map(|(word, _)| word.to_owned()).collect()
}

/// What a target's limits say of shares.
fn shares(spec: &TargetSpec) -> Shares {
    let own = Shares::default();
    let Some(limits) = &spec.limits else { return own };
    Shares {
        deletes: limits.deletes.map_or(own.deletes, |share| share.0),
        updates: limits.updates.map_or(own.updates, |share| share.0),
        from: limits.from.map_or(own.from, |from| from as usize),
    }
}

/// A length of time that a target's limits may give.
pub(super) fn length(given: Option<&Length>, own: Duration) -> Duration {
    given.and_then(Length::time).unwrap_or(own)
}

/// For how long a sign of life keeps a target that does not say, in seconds (FORMATS).
const LIFE: u64 = 120;

/// For how long a sign of life keeps a target.
fn life(spec: &TargetSpec) -> Duration {
    let limits = spec.limits.as_ref();
    length(limits.and_then(|one| one.time_to_live.as_ref()), Duration::from_secs(LIFE))
}

/// How long one answer of a target may take: what was begun is over before another may take over.
pub(super) fn patience(spec: &TargetSpec) -> Duration {
    let limits = spec.limits.as_ref();
    let own = length(limits.and_then(|one| one.timeout.as_ref()), Duration::from_secs(30));
    own.min(life(spec) * 3 / 8)
}

/// The targets that are meant, as canonical references, and for how long a sign of life keeps each.
///
/// # Errors
///
/// The catalog cannot be read, or there is no such target.
pub(super) fn aims(request: &Request) -> Result<Vec<(String, Duration)>, PlanError> {
    let asked = Asked::open_files(&request.place)?;
    let targets = Targets::of(&asked, request)?;
    let named = targets.named(request)?.into_iter();
    let own = Duration::from_secs(LIFE);
    let aim = |name: &String| (name.clone(), targets.spec(name).map_or(own, life));
    Ok(named.map(aim).collect())
}

/// What commits want of a target, with the settings that count for it now. Nothing is asked there, and
/// no secret is read. `name` is its canonical reference, and `folder` the one that counts for settings.
///
/// # Errors
///
/// The catalog cannot be read, or there is no such target.
pub(super) fn wishes(request: &Request, name: &str, folder: &str) -> Result<Wishes, PlanError> {
    let asked = Asked::open_files(&request.place)?;
    let targets = Targets::of(&asked, request)?;
    let repository = Repository::discover(&request.place.current)?;
    let today = request.today.clone().unwrap_or_else(clock::today);
    Ok(Wishes::new(repository, folder, name, (targets.settings(name), today)))
}

/// A target, as it is listed.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its canonical reference.
    pub target: String,
    /// How it is spoken to.
    pub driver: &'static str,
    /// Where it is: its address or folder, if that counts already.
    pub place: Option<String>,
    /// Where its document stands, if that is not as a Target's should be.
    pub broken: Option<String>,
}

/// The targets of a catalog, with where they are. Nothing is asked there, and no secret is read.
///
/// # Errors
///
/// The catalog cannot be read, or there is no such target.
pub fn list(request: &Request) -> Result<Vec<Listed>, PlanError> {
    let asked = Asked::open_files(&request.place)?;
    let targets = Targets::of(&asked, request)?;
    let named = targets.named(request)?.into_iter();
    Ok(named.filter_map(|name| targets.listed(name)).collect())
}
