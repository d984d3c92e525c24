//! Gathering what a verdict is made of: the base and its settings, the ledger, the change, and what
//! is wrong with the merge result. What cannot be had is said, and the verdict says what follows.

use chrono::SecondsFormat;

use super::inputs::{merged_tree, open_branches, policy_digest};
use super::{Gated, Request, instant};
use crate::change::approvals::steering;
use crate::change::policy::Policies;
use crate::change::verdict::{Binding, Evidence, Inputs, Question, Recorded, unjudged, verdict};
use crate::config::Config;
use crate::flow::change::ChangeError;
use crate::flow::change::desk::Desk;
use crate::flow::change::meant::{Found, Meant, UNNAMED};
use crate::flow::change::told::Stands;
use crate::flow::ledger::{Book, branch_at_home, folded};
use crate::flow::newly::{Newly, newly};
use crate::flow::sides::{Asked, Wanted, folder_in};
use crate::flow::vouching::is_asked;
use crate::flow::workspace::{configuration, mistake};
use crate::git::{Environment, PullRequest, Repository, Why};
use crate::ledger::Standing;
use crate::model::gitsm::change_policy::WindowAt;
use crate::model::gitsm::value::RiskBand;
use crate::tree::Revision;

/// The base that counts.
struct Base {
    revision: String,
    commit: String,
    branch: String,
    /// Whether the base was found, so that HEAD may be the forge's merge already.
    found: bool,
}

pub(super) fn gathered(
    repository: Repository,
    request: &Request,
    environment: &Environment<'_>,
) -> Gated {
    let now = instant(request);
    let folder = request.folder.clone();
    let folder = folder.unwrap_or_else(|| folder_in(&repository, &request.place.current));
    let forge = request.forge.clone().or_else(|| PullRequest::of(environment));
    let mut inputs = Inputs {
        now: now.to_rfc3339_opts(SecondsFormat::Secs, true),
        folder: folder.clone(),
        forge: forge.clone().filter(|forge| *forge != PullRequest::default()),
        pushers: request.pushers.clone(),
        name: request.name.clone(),
        ..Inputs::default()
    };
    let base = match base(&repository, request, environment) {
        Ok(base) => base,
        Err(why) => return alone(unjudged(inputs, None, &why)),
    };
    inputs.base_branch.clone_from(&base.branch);
    inputs.base = Some(base.commit.clone());
    let head = request.head.clone().unwrap_or_else(|| "HEAD".to_owned());
    inputs.head = repository.commit_info(&head).ok().map(|commit| commit.id);
    let config = match settings(&repository, &base, &folder) {
        Ok(config) => config,
        Err(why) => return alone(unjudged(inputs, None, &why)),
    };
    let gate = config.settings.gate.clone();
    let around = crate::flow::ledger::Around { now: Some(now), ..request.around.clone() };
    let place = (base.branch.clone(), base.commit.clone());
    let book = match Book::on(repository, &folder, &around, place) {
        Ok(mut book) => {
            book.tip.clone_from(&request.ledger);
            if request.kept_here {
                book.branch.remote = None;
            }
            book
        }
        Err(error) => return alone(unjudged(inputs, gate.as_ref(), &error.to_string())),
    };
    let (desk, unreadable) = match desk(request, book) {
        Ok(found) => found,
        Err(error) => return alone(unjudged(inputs, gate.as_ref(), &error.to_string())),
    };
    inputs.ledger = Some(desk.verified.tip.clone()).filter(|tip| !tip.is_empty());
    let named = desk.repository_name();
    inputs.repository = Some(named).filter(|name| name != "#");
    let asked = Asked {
        base: (!base.found).then(|| base.revision.clone()),
        head: Some(head),
        staged: false,
    };
    let wanted = Wanted {
        now: Some(now.timestamp()),
        contributors: request.pushers.clone(),
        request: Some(forge.unwrap_or_default()),
        name: request.name.clone(),
        validated: true,
        ..Wanted::default()
    };
    let told = request.open.as_deref();
    let meant = match desk.compared((&asked, wanted), told, Found::Here, environment) {
        Ok(meant) => meant,
        Err(error) => {
            let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
            let why = format!("the change cannot be looked at: {error}{hint}");
            return alone(unjudged(inputs, gate.as_ref(), &why));
        }
    };
    inputs.merged = merged_tree(&meant.sides).ok();
    inputs.open = open_branches(&meant);
    inputs.policy = Some(policy_digest(&meant.sides));
    Weighed { desk, meant, unreadable }.judged(inputs, (&config, &folder))
}

fn alone(verdict: crate::change::verdict::Verdict) -> Gated {
    Gated { verdict, newly: None }
}

/// The base, and the branch that the change goes to.
fn base(
    repository: &Repository,
    request: &Request,
    environment: &Environment<'_>,
) -> Result<Base, String> {
    let told = |error: &dyn std::fmt::Display, hint: Option<&str>| {
        let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        format!("it is not known what this is to be merged into: {error}{hint}")
    };
    let protected = || {
        let found = repository.protected_by(environment);
        found.map_err(|error| told(&error, Some(error.hint())))
    };
    let (revision, branch, found) = match &request.base {
        Some(revision) => {
            let branch = repository.full_name(revision).map(|name| branch_at_home(&name));
            (revision.clone(), branch, false)
        }
        None => {
            let base = repository.base(environment).map_err(|error| told(&error, error.hint()))?;
            let branch = match &base.why {
                Why::MergeRef { branch, .. } | Why::Target { branch, .. } => {
                    Some(format!("refs/heads/{branch}"))
                }
                // Whose settings judge is no guess.
                Why::DefaultBranch { .. } | Why::Uncommitted { .. } => {
                    Some(branch_at_home(&protected()?.0))
                }
            };
            // A forge's merge is of what is checked out, and of no other head.
            (base.revision, branch, request.head.is_none())
        }
    };
    let branch = match request.base_branch.clone().or(branch) {
        Some(branch) => branch,
        None => branch_at_home(&protected()?.0),
    };
    let commit = repository.commit_info(&revision);
    let commit = commit.map_err(|error| told(&error, error.hint()))?.id;
    Ok(Base { revision, commit, branch, found })
}

/// The settings of the base: mistakes in them are no permission.
fn settings(repository: &Repository, base: &Base, folder: &str) -> Result<Config, String> {
    let tree = Revision::unlisted(repository, &base.commit);
    let tree = tree.map_err(|error| format!("the base cannot be read: {error}"))?;
    let (config, text) = configuration(&tree, folder, false);
    match mistake(&text) {
        Some(why) => Err(format!("the base's settings cannot be used: {why}")),
        None => Ok(config),
    }
}

/// The ledger, and why it says nothing, if it does not.
fn desk(request: &Request, book: Book) -> Result<(Desk, Option<String>), ChangeError> {
    let verified = folded(&book);
    let mut unreadable = None;
    let verified = match verified {
        Ok(verified) => verified,
        Err(error) => {
            let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
            unreadable = Some(format!("the ledger cannot be read: {error}{hint}"));
            crate::flow::ledger::Verified::default()
        }
    };
    if unreadable.is_none() && verified.standing() != Standing::Unbroken {
        let (standing, first) = (verified.standing().name(), verified.faults.first());
        let why = first.map(|fault| format!(" ({})", fault.message)).unwrap_or_default();
        unreadable = Some(format!("the ledger is {standing}{why}"));
    }
    if unreadable.is_none() && verified.entries.is_empty() && book.pinned().is_some() {
        let branch = book.branch.reference.trim_start_matches("refs/heads/");
        unreadable = Some(format!(
            "the base pins a ledger, and this clone holds none of it: git fetch origin \
             {branch}:refs/remotes/origin/{branch}"
        ));
    }
    for witness in &request.witnesses {
        let fault = witness.check(&book.repository, &book.branch, &verified);
        match fault {
            Ok(None) => {}
            Ok(Some(fault)) => unreadable = Some(format!("the ledger: {}", fault.message)),
            Err(error) => unreadable = Some(format!("the ledger cannot be read: {error}")),
        }
    }
    Ok((Desk::reading(&request.place, book, verified)?, unreadable))
}

/// Everything that is known.
struct Weighed {
    desk: Desk,
    meant: Meant,
    unreadable: Option<String>,
}

impl Weighed {
    fn judged(self, inputs: Inputs, (config, folder): (&Config, &str)) -> Gated {
        let Self { desk, meant, unreadable } = self;
        let now = desk.book.now;
        let today = now.date_naive().to_string();
        let new = newly(&meant.sides, folder, &today)
            .map_err(|error| format!("the merge result cannot be read: {error}"));
        let silenced = new.as_ref().map(silenced).unwrap_or_default();
        let stands = desk.stands(&meant);
        let recorded = match unreadable {
            Some(why) => Err(why),
            None => Ok(Recorded {
                told: &stands.told,
                debts: &stands.debts,
                month: &stands.month,
                undoes: desk.undoes(&meant, None),
            }),
        };
        let assessment = &meant.judged.assessment;
        let (binding, window_from) = binding(&meant, &stands);
        let question = Question {
            inputs,
            gate: config.settings.gate.as_ref(),
            now,
            name: Some(meant.change.as_str()).filter(|name| *name != UNNAMED),
            digest: meant.digest.as_deref(),
            doubts: &meant.set.doubts,
            request: &meant.request,
            assessment,
            timing: &meant.judged.timing,
            binding,
            window_from,
            files: meant.set.files.iter().map(|file| file.changed.path.clone()).collect(),
            entities: touched(&meant),
            steers: steering(&meant.set).into_iter().map(|(_, words)| words).collect(),
            new: new.as_ref().map(|new| new.findings.as_slice()).map_err(Clone::clone),
            silenced: &silenced,
            cut: meant.sides.facts.cut,
            attributed: is_asked(config),
            recorded,
        };
        let verdict = verdict(&question);
        Gated { verdict, newly: new.ok() }
    }
}

/// What the change is a change of: entities that it edits, and those that its files implement.
fn touched(meant: &Meant) -> Vec<String> {
    let edited = meant.set.entities.iter().map(|one| one.reference.clone());
    let implemented = meant.set.files.iter().flat_map(|file| file.entities.iter().cloned());
    let mut all: Vec<String> = edited.chain(implemented).collect();
    all.sort();
    all.dedup();
    all
}

/// Findings that comments hide which the change adds.
fn silenced(new: &Newly) -> Vec<Evidence> {
    let told = new.silenced.iter().map(|one| Evidence {
        code: Some(one.code.name.to_owned()),
        file: Some(one.at.place.file.path.clone()),
        line: Some(one.at.place.start.line),
        ..Evidence::words(format!("a new comment hides {}: {}", one.code.name, one.reason))
    });
    told.collect()
}

/// When windows bind: when it is merged, if a policy says so or nothing applies it later.
/// And from which band on one is needed: of several policies the strictest counts.
pub(in crate::flow) fn binding(meant: &Meant, stands: &Stands) -> (Binding, RiskBand) {
    let sides = &meant.sides;
    let (at_merge, from) = sides.base.show(|base| {
        sides.merged.show(|merged| {
            let policies = Policies::of(base, merged, &sides.facts);
            let windows: Vec<_> = policies.iter().map(|rules| rules.windows()).collect();
            let at_merge = windows.iter().flatten().any(|one| one.at == WindowAt::Merge);
            let from = windows.iter().map(|one| one.and_then(|one| one.required_from));
            (at_merge, from.map(|from| from.unwrap_or(RiskBand::Low)).min())
        })
    });
    let binding = match at_merge || stands.targets.is_empty() {
        true => Binding::Merge,
        false => Binding::Apply,
    };
    (binding, from.unwrap_or(RiskBand::Low))
}
