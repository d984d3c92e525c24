//! `plan`: what is to be done so that targets hold what a catalog says.
//!
//! [`plan`] reads a catalog, asks each target what is there, and compares. Nothing is changed.
//! [`Planned`] keeps what carrying it out needs: `apply` and `drift` begin with the same.

mod accepted;
mod because;
mod desired;
mod guard;
mod operator;
mod targets;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use super::ask::{AskError, Asked};
use super::clock;
use super::workspace::Place;
use crate::catalog::query::World;
use crate::catalog::short;
use crate::git::{GitError, ProtectedError};
use crate::model::gitsm::target::{Length, TargetSpec};
use crate::output::count;
use crate::plan::document::{ActionPlan, DriftPlan, Plan, TargetPlan, sha256};
use crate::plan::{
    Action, Allowed, Inputs, Object, ObjectId, Observed, Refusal, Shares, Step, compare,
    observed_digest, order, refusals,
};
use crate::target::{Driver, Fault, FaultKind};
use accepted::Accepted;
use desired::{Desired, Meant, desired};
pub use operator::Set;
pub(super) use targets::protected;
use targets::{Chosen, Targets};

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
    /// The targets, in the same order.
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
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The catalog cannot be read.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The file of the operator cannot be used.
    #[error("{path}: {why}", path = .path.display())]
    OperatorFile {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// There is no such target.
    #[error("there is no Target called `{name}`{}", near(.known))]
    NoTarget {
        /// What was named.
        name: String,
        /// The targets that there are.
        known: Vec<String>,
    },
    /// There are none at all.
    #[error("there is no Target in this catalog: nothing is to be applied")]
    NoTargets,
    /// It is not known which branch is protected.
    #[error(transparent)]
    NotKnown(#[from] ProtectedError),
    /// The repository has no name with which its objects could be marked.
    #[error("this catalog has no `id`, and what gitsm makes is marked with it")]
    NoId,
    /// The name stands in files that nobody agreed to yet.
    #[error(
        "{branch} has no `id` yet, and what gitsm makes is marked with that of the protected branch"
    )]
    IdNotMerged {
        /// The protected branch.
        branch: String,
    },
    /// A mistake in `gitsm.yaml`, here or on the protected branch.
    #[error("the settings cannot be used: {0}")]
    Settings(String),
    /// The protected branch says something of a target that there is not.
    #[error("{path} of the protected branch: `targets` names `{name}`, and there is no such Target{}",
        near(.known))]
    StrayTarget {
        /// The file.
        path: String,
        /// The name.
        name: String,
        /// The targets that there are.
        known: Vec<String>,
    },
    /// What is to be taken over is not there, is gitsm's already, or is nothing that the catalog wants.
    #[error(
        "{id} at {target} cannot be taken over: the catalog does not want it, it is not there, or \
             gitsm has it already"
    )]
    NotAdoptable {
        /// The target, as people write it.
        target: String,
        /// The object.
        id: ObjectId,
    },
    /// Something between gitsm and a target.
    #[error("{target}: {fault}")]
    Target {
        /// The target, as people write it.
        target: String,
        /// What.
        fault: Fault,
        /// Whether its document is not on the protected branch yet, so that its settings do not count.
        unmerged: bool,
    },
}

fn near(known: &[String]) -> String {
    match known.is_empty() {
        true => String::new(),
        false => format!("; there are {}", known.join(", ")),
    }
}

impl From<GitError> for PlanError {
    fn from(error: GitError) -> Self {
        Self::Ask(error.into())
    }
}

impl PlanError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Ask(error) => error.is_usage(),
            Self::NotKnown(_) | Self::Settings(_) => false,
            Self::Target { fault, .. } => fault.kind == FaultKind::Settings,
            _ => true,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Ask(error) => error.hint().map(|hint| hint.to_string()),
            Self::NoId => Some("add a line to gitsm.yaml: `id: acme/it`".to_owned()),
            Self::NotKnown(error) => Some(error.hint().to_owned()),
            Self::IdNotMerged { branch } => {
                Some(format!("commit the line of gitsm.yaml, and merge it into {branch}"))
            }
            Self::Settings(_) => Some(
                "put it right; on the protected branch, if it is wrong there: `gitsm validate` tells \
                 all mistakes"
                    .to_owned(),
            ),
            Self::NoTargets => Some("`gitsm explain target` shows how one is written".to_owned()),
            Self::Target { target, unmerged: true, .. } => Some(format!(
                "{target} is not on the protected branch yet, so where it says it is does not count; \
                 say it with --set {}.NAME=VALUE or --operator FILE",
                target.rsplit([':', '/']).next().unwrap_or(target)
            )),
            _ => None,
        }
    }
}

/// Makes a plan.
///
/// # Errors
///
/// The catalog cannot be read, there is no such target, or a target cannot be asked.
pub fn plan(request: &Request) -> Result<Planned, PlanError> {
    let asked = Asked::open_files(&request.place)?;
    let commit = match (&asked.workspace.revision, &asked.workspace.repository) {
        (Some(revision), Some(repository)) => Some(repository.commit_info(revision)?.id),
        _ => None,
    };
    let targets = Targets::of(&asked, request)?;
    let (mut plans, mut parts) = (Vec::new(), Vec::new());
    for chosen in targets.chosen(&asked, request)? {
        let (plan, part) = one(&asked, request, commit.as_deref(), chosen)?;
        plans.push(plan);
        parts.push(part);
    }
    let mut all = Plan::of(env!("CARGO_PKG_VERSION"), commit.as_deref(), plans);
    if let Some(commit) = &commit {
        because::name(&asked, commit, &mut all)?;
    }
    all.targets = all.targets.into_iter().map(TargetPlan::sealed).collect();
    Ok(Planned { plan: all, parts, commit, asked })
}

/// The plan of one target.
fn one(
    asked: &Asked,
    request: &Request,
    commit: Option<&str>,
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
        maker: chosen.row.maker,
    };
    let Desired { objects, phases, refusals: mut wrong, unmade, taken } = desired(&world, &meant);
    let driver = (chosen.row.open)(&chosen.connection).map_err(told)?;
    let mut observed = driver.observe().map_err(told)?;
    if !driver.traits().sees_all {
        unseen(driver.as_ref(), &objects, &mut observed).map_err(told)?;
    }
    let accepted = Accepted::on(asked, &today);
    let inputs = Inputs {
        target: &chosen.connection.target,
        commit: commit.unwrap_or_default(),
        desired: &objects,
        observed: &observed,
        unmade: &unmade,
        take_drift: request.allowed.drift,
        accepted: &accepted.fields,
        adopt: &request.adopt,
    };
    let mut compared = compare(&inputs);
    if !request.adopt.is_empty() {
        // Taking over is a thing of its own: what is otherwise there is shown by the plan after it.
        compared.steps.retain(|step| step.action == Action::Adopt);
        compared.foreign.clear();
        let adopted = |id: &&ObjectId| compared.steps.iter().any(|step| step.id == **id);
        if let Some(id) = request.adopt.iter().find(|id| !adopted(id)) {
            let target = short(&chosen.name);
            return Err(PlanError::NotAdoptable { target, id: id.clone() });
        }
    }
    order(&mut compared.steps, &phases);
    wrong.extend(unread(asked, &chosen.name));
    // Of what is not known, nothing may be taken for not wanted.
    let wanted = objects.len() + unmade.len();
    wrong.extend(refusals(&compared, wanted, &shares(&chosen.spec), request.allowed));
    let settings = serde_json::json!({
        "spec": chosen.spec,
        "settings": chosen.connection.settings,
    });
    let drift = compared.drifts.iter().map(|drift| {
        let mut drift = DriftPlan::of(drift);
        drift.accepted_by = accepted.all_of(&drift);
        drift
    });
    let plan = TargetPlan {
        target: chosen.name.clone(),
        driver: chosen.spec.driver.name().to_owned(),
        digest: String::new(),
        configuration: sha256(&settings),
        observed: observed_digest(&inputs),
        allowed: words(request.allowed),
        actions: compared.steps.iter().map(ActionPlan::of).collect(),
        drift: drift.collect(),
        unchanged: compared.unchanged,
        refusals: wrong,
    };
    let part = Part {
        target: chosen.name,
        mark: chosen.connection.target,
        spec: chosen.spec,
        driver,
        steps: compared.steps,
        taken,
        own: compared.own,
    };
    Ok((plan, part))
}

/// Why a catalog of which a part cannot be read is not applied.
fn unread(asked: &Asked, target: &str) -> Option<Refusal> {
    let message = format!(
        "{} of the catalog cannot be read, and what it makes would be taken for not wanted: `gitsm \
         validate` says where",
        count(asked.unread(), "document")
    );
    let (entity, pointer) = (target.to_owned(), String::new());
    (asked.unread() > 0).then_some(Refusal::Unmade { entity, pointer, message })
}

/// Looks for what is to be made where it might be there already.
fn unseen(
    driver: &dyn Driver,
    objects: &[Object],
    observed: &mut Vec<Observed>,
) -> Result<(), Fault> {
    let known: BTreeSet<ObjectId> = observed.iter().map(|one| one.id.clone()).collect();
    for object in objects.iter().filter(|object| !known.contains(&object.id)) {
        observed.extend(driver.look(&object.id, None)?);
    }
    Ok(())
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

/// For how long a sign of life keeps a target (FORMATS: 120 s, if it does not say).
fn life(spec: &TargetSpec) -> Duration {
    let limits = spec.limits.as_ref();
    length(limits.and_then(|one| one.time_to_live.as_ref()), Duration::from_secs(120))
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
    let aim = |name: &String| targets.spec(name).map(|spec| (name.clone(), life(spec)));
    Ok(named.filter_map(aim).collect())
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
