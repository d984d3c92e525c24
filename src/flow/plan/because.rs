//! Because of which change something is done: the newest landing since it was done last that touches
//! the entity, or the target.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::short;
use crate::change::ChangeSet;
use crate::flow::ask::Asked;
use crate::flow::landing::landed;
use crate::flow::ledger::{Around, Book, folded};
use crate::flow::sides::{Wanted, folder_in};
use crate::flow::workspace::Place;
use crate::git::{ChangedPath, CommitInfo, Repository};
use crate::ledger::Event;
use crate::model::EntityRef;
use crate::plan::document::{ActionPlan, Plan};
use crate::tree::is_yaml;

use super::PlanError;

/// How many landings are looked through.
const WALKED: usize = 200;

/// Names the change of each action of a plan of a commit.
pub(super) fn name(asked: &Asked, commit: &str, plan: &mut Plan) -> Result<(), PlanError> {
    let Some(repository) = &asked.workspace.repository else { return Ok(()) };
    let mut open = Open::of(asked, plan);
    if open.waiting.is_empty() {
        return Ok(());
    }
    let recorded = recorded(asked);
    let mut change: Option<(String, String)> = None;
    for landing in repository.first_parents(commit, None)?.take(WALKED) {
        let Ok(landing) = landing else { break };
        let id = landing.commit.id.as_str();
        open.close(id);
        if open.waiting.is_empty() {
            break;
        }
        if let Some((name, before)) = recorded.get(id) {
            change = Some((name.clone(), before.clone()));
        }
        let is_inside = change.as_ref().is_some_and(|(_, before)| before != id);
        let name = change.as_ref().filter(|_| is_inside).map(|(name, _)| name.clone());
        let name = name.or_else(|| trailer(&landing.commit));
        let before = landing.before.as_deref();
        let paths = repository.compare(before, id)?;
        let touched = open.touched(asked, &paths, || {
            let range = (before?, id);
            set(asked, repository, range)
        });
        for at in touched {
            open.waiting.remove(&at);
            if let Some(action) = action(plan, at) {
                action.change.clone_from(&name);
                action.landed = Some(id.to_owned());
            }
        }
    }
    Ok(())
}

/// Where an action stands in a plan.
type At = (usize, usize);

fn action(plan: &mut Plan, (target, action): At) -> Option<&mut ActionPlan> {
    plan.targets.get_mut(target)?.actions.get_mut(action)
}

/// The actions of which no landing is known yet.
struct Open {
    /// Each with the entity, the file of its document if there is one, the file of its target, and the
    /// commit of which it was done last.
    waiting: BTreeMap<At, Waiting>,
}

struct Waiting {
    entity: String,
    file: Option<String>,
    target: Option<String>,
    last: Option<String>,
}

impl Open {
    fn of(asked: &Asked, plan: &Plan) -> Self {
        let file = |name: &str| {
            let id = asked.catalog.find(&EntityRef::from_canonical(name))?;
            Some(asked.catalog.entity(id).file.path.to_string())
        };
        let mut waiting = BTreeMap::new();
        for (number, target) in plan.targets.iter().enumerate() {
            let own = file(&target.target);
            for (at, action) in target.actions.iter().enumerate() {
                let one = Waiting {
                    entity: action.entity.clone(),
                    file: file(&action.entity),
                    target: own.clone(),
                    last: action.last.clone(),
                };
                waiting.insert((number, at), one);
            }
        }
        Self { waiting }
    }

    /// Before the commit of which something was done last, nothing is the reason of what is done now.
    fn close(&mut self, commit: &str) {
        self.waiting.retain(|_, one| one.last.as_deref() != Some(commit));
    }

    /// The actions because of which a landing counts. What files do not say, the change set does.
    fn touched(
        &self,
        asked: &Asked,
        paths: &[ChangedPath],
        set: impl FnOnce() -> Option<ChangeSet>,
    ) -> Vec<At> {
        let changed: BTreeSet<&str> = paths.iter().map(|path| path.path.as_str()).collect();
        let has =
            |file: &Option<String>| file.as_deref().is_some_and(|file| changed.contains(file));
        let (mut touched, mut gone) = (Vec::new(), Vec::new());
        for (at, one) in &self.waiting {
            match &one.file {
                _ if has(&one.file) || has(&one.target) => touched.push(*at),
                None => gone.push((*at, one.entity.as_str())),
                Some(_) => {}
            }
        }
        let is_read = |path: &&str| is_yaml(path) && asked.workspace.config.covers(path);
        if gone.is_empty() || !changed.iter().any(is_read) {
            return touched;
        }
        let Some(set) = set() else { return touched };
        let names = set
            .entities
            .iter()
            .flat_map(|one| std::iter::once(one.reference.as_str()).chain(one.former.as_deref()));
        let names: BTreeSet<&str> = names.collect();
        touched.extend(gone.into_iter().filter(|(_, name)| names.contains(name)).map(|(at, _)| at));
        touched
    }
}

fn set(asked: &Asked, repository: &Repository, range: (&str, &str)) -> Option<ChangeSet> {
    let current = repository.workdir().unwrap_or_else(|| repository.git_dir());
    let place = Place { current: current.join(&asked.workspace.config.folder), ..Place::default() };
    landed(&place, range, &Wanted::default(), &[]).ok().map(|sides| sides.set())
}

/// What the ledger says landed: the last commit of each landing, with the change and the commit before.
fn recorded(asked: &Asked) -> BTreeMap<String, (String, String)> {
    let open = || {
        let top = asked.workspace.top.clone();
        let repository = Repository::discover(&top).ok()?;
        let folder = folder_in(&repository, &top.join(&asked.workspace.config.folder));
        let book = Book::of(repository, &folder, &Around::default()).ok()?;
        folded(&book).ok()
    };
    let entries = open().map(|verified| verified.entries).unwrap_or_default();
    let of = |one: &crate::ledger::Checked| match &one.entry.statement.event {
        Event::Merged(merged) => {
            let name = one.entry.statement.subject.clone();
            Some((merged.after.clone(), (name, merged.before.clone())))
        }
        _ => None,
    };
    entries.iter().filter(|one| one.counts()).filter_map(of).collect()
}

/// What a commit calls its change.
fn trailer(commit: &CommitInfo) -> Option<String> {
    let name = commit.trailers("Gitsm-Change").next()?;
    let canonical = crate::flow::change::meant::canonical(name);
    (!short(&canonical).is_empty()).then_some(canonical)
}
