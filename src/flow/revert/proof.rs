//! Whether what would be written is what is meant: the result is read as a catalog, and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::texts::{Files, Made, Order, tasks};
use super::{NameSet, Present, RevertError, Task, show_both};
use crate::change::{Action, ChangeSet, IgnoreChange, Wanted, value_of};
use crate::finding::{Finding, Severity};
use crate::flow::sides::{OwnedSide, besides};
use crate::flow::validate::{Examiner, Request};
use crate::flow::workspace::{Place, Workspace, configuration};
use crate::git::{ChangedPath, Mode, Version};
use crate::source::Place as Where;
use crate::tree::{Patched, Tree};

/// A result that holds what it is to hold.
pub(super) struct Proved {
    /// What becomes of each file.
    pub(super) made: BTreeMap<String, Made>,
    /// The result's files.
    pub(super) tree: Arc<dyn Tree>,
    /// The result as a catalog.
    pub(super) side: OwnedSide,
    /// What is changed, from now to the result.
    pub(super) set: ChangeSet,
    /// Files beside those of entities that could not be taken back, and why.
    pub(super) stuck: Vec<(String, String)>,
}

/// How a file is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By its lines.
    Lines,
    /// By its values.
    Values,
    /// Not at all.
    Kept,
}

/// How often files are made another way before the whole is given up.
const MOST_ROUNDS: usize = 4;

/// Makes the result, file by file, and proves it.
///
/// # Errors
///
/// A value would not become what it is to become, whatever is done.
pub(super) fn prove(task: &Task<'_>, files: &mut Files<'_>) -> Result<Proved, RevertError> {
    let Task { sides, weighed, present, .. } = *task;
    let tasks = present.side.show(|now| tasks(now, &weighed.wanted));
    let order = Order::of(&sides.base.catalog, &present.side.catalog);
    let changed: BTreeMap<&str, &ChangedPath> =
        sides.changed.iter().map(|one| (one.path.as_str(), one)).collect();
    let mut ways: BTreeMap<String, Way> =
        changed.keys().map(|path| ((*path).to_owned(), Way::Lines)).collect();
    for path in tasks.keys() {
        ways.entry(path.clone()).or_insert(Way::Values);
    }
    for (path, _) in tasks.iter().filter(|(_, task)| task.moves_documents()) {
        let touched = changed.get(path.as_str()).is_some_and(|one| files.at(path) != one.after);
        let is_loose = task.inverse.files.iter().any(|file| file.changed.path == *path);
        if let Some(way) = ways.get_mut(path).filter(|_| touched && !is_loose) {
            *way = Way::Values;
        }
    }
    let mut misfit = None;
    for _ in 0..MOST_ROUNDS {
        let mut made = BTreeMap::new();
        let mut stuck = BTreeMap::new();
        for (path, way) in &mut ways {
            let mut one = match (*way, changed.get(path.as_str())) {
                (Way::Lines, Some(changed)) => files.by_lines(changed)?,
                _ => Made::Kept,
            };
            if let Made::Stuck(reason) = &one {
                stuck.insert(path.clone(), reason.clone());
                *way = Way::Values;
            }
            if let (Way::Values, Some(task)) = (*way, tasks.get(path)) {
                one = files.by_values(path, task, &order)?;
            }
            // Documents that come back by their values keep the comments of their neighbours apart;
            // where that cannot be, lines are as good.
            if let (Made::Stuck(_), Some(changed)) = (&one, changed.get(path.as_str()))
                && misfit.is_none()
            {
                one = files.by_lines(changed)?;
            }
            if let Made::Stuck(reason) = &one
                && tasks.contains_key(path)
            {
                misfit = Some(format!("{path}: {reason}, and it"));
            }
            made.insert(path.clone(), one);
        }
        let result = read(present, files, &made)?;
        let mut wrong = misfits(task, &result.1, &result.2);
        wrong.extend(strange_comments(task, &result.2));
        if wrong.is_empty() {
            let loose = task.inverse.files.iter().map(|file| &file.changed.path);
            let stuck = loose.filter_map(|path| Some((path.clone(), stuck.remove(path)?)));
            let (tree, side, set) = result;
            if let Some(what) = strange_file(task, files, &made, &set) {
                return Err(RevertError::Proof { what });
            }
            return Ok(Proved { stuck: stuck.collect(), made, tree, side, set });
        }
        let moved = other_way(task, &wrong, &result.2, &mut ways);
        misfit = misfit.or_else(|| wrong.iter().next().cloned());
        if !moved {
            break;
        }
    }
    Err(RevertError::Proof { what: misfit.unwrap_or_default() })
}

type Read = (Arc<dyn Tree>, OwnedSide, ChangeSet);

/// The result as a catalog, and what differs from now.
fn read(
    present: &Present,
    files: &Files<'_>,
    made: &BTreeMap<String, Made>,
) -> Result<Read, RevertError> {
    let differ = made.iter().filter_map(|(path, made)| {
        let (before, after) = (files.at(path), made.version()?);
        (before != after).then(|| ChangedPath { path: path.clone(), before, after })
    });
    let differ: Vec<ChangedPath> = differ.collect();
    let mut changes: BTreeMap<&str, ChangedPath> =
        present.merged.changes.iter().map(|one| (one.path.as_str(), one.clone())).collect();
    for one in &differ {
        changes.insert(&one.path, one.clone());
    }
    let changes: Vec<ChangedPath> = changes.into_values().collect();
    let head = Arc::clone(&present.head);
    let tree: Arc<dyn Tree> = Arc::new(Patched::new(head, &changes, files.contents.clone()));
    let (config, _) = configuration(tree.as_ref(), &present.folder, false);
    let now = &present.side;
    let besides = match now.config.settings == config.settings {
        true => BTreeSet::new(),
        false => besides(now.tree.as_ref(), tree.as_ref(), &now.config, &config),
    };
    let side = OwnedSide::open(Arc::clone(&tree), config)?;
    let set = show_both(now, &side, |a, b| ChangeSet::between(a, b, &differ, &besides));
    Ok((tree, side, set))
}

/// The entities that do not become what they are to become.
fn misfits(task: &Task<'_>, side: &OwnedSide, set: &ChangeSet) -> NameSet {
    let mut goals: BTreeMap<&str, Option<&Wanted>> = BTreeMap::new();
    for one in &task.weighed.wanted {
        for gone in one.name.iter().filter(|name| one.back.as_ref() != Some(*name)) {
            goals.insert(gone, None);
        }
        if let Some(back) = &one.back {
            goals.insert(back, Some(one));
        }
    }
    let mut wrong = NameSet::new();
    side.show(|side| {
        for (name, goal) in &goals {
            let found = value_of(side, name);
            if found.as_ref() != goal.and_then(|goal| goal.value.as_ref()) {
                wrong.insert((*name).to_owned());
            }
        }
    });
    for change in &set.entities {
        let names = std::iter::once(&change.reference).chain(&change.former);
        let derived = change.edits.iter().all(|edit| edit.pointer.as_str().starts_with('#'));
        let is_meant = |name: &String| {
            goals.contains_key(name.as_str())
                || (derived && task.inverse.entities.iter().any(|one| one.reference == *name))
        };
        wrong.extend(names.filter(|name| !is_meant(name)).cloned());
    }
    wrong
}

/// The entities in which comments that silence findings come or go though the inverse says nothing
/// of it. Lists shift, so what a comment covers does not count; what is gone as a whole takes its
/// comments along.
fn strange_comments(task: &Task<'_>, set: &ChangeSet) -> NameSet {
    type Sums<'s> = BTreeMap<(&'s str, &'s str, &'s str), i64>;
    fn sums(all: &[IgnoreChange]) -> Sums<'_> {
        let mut sums = Sums::new();
        for one in all {
            let key = (one.reference.as_str(), one.code.as_str(), one.reason.as_str());
            *sums.entry(key).or_default() += i64::from(one.after) - i64::from(one.before);
        }
        sums
    }
    let meant = sums(&task.inverse.ignores);
    let is_gone = |name: &str| {
        let mut gone = set.entities.iter().filter(|one| one.action == Action::Delete);
        gone.any(|one| one.reference == name)
    };
    let found = sums(&set.ignores);
    let strange = found.into_iter().filter(|(key, sum)| {
        let meant = meant.get(key).copied().unwrap_or_default();
        let fits = if meant < 0 { (meant..=0).contains(sum) } else { (0..=meant).contains(sum) };
        !fits && !is_gone(key.0)
    });
    strange.map(|((name, _, _), _)| name.to_owned()).collect()
}

/// A file beside those of entities whose bytes or mode are not what the inverse wants of it, or that
/// differs though the inverse and the entities say nothing of it.
fn strange_file(
    task: &Task<'_>,
    files: &Files<'_>,
    made: &BTreeMap<String, Made>,
    set: &ChangeSet,
) -> Option<String> {
    let differ: BTreeMap<&str, &ChangedPath> =
        set.files.iter().map(|file| (file.changed.path.as_str(), &file.changed)).collect();
    let is_made = |path: &str| made.get(path).is_some_and(|made| made.version().is_some());
    if let Some(path) = differ.keys().find(|path| !is_made(path)) {
        return Some((*path).to_owned());
    }
    let wanted = task.inverse.files.iter().map(|file| &file.changed);
    let strange = |one: &&ChangedPath| {
        let now = files.at(&one.path);
        let then = differ.get(one.path.as_str()).map_or(now, |differs| differs.after);
        match made.get(&one.path).and_then(Made::version) {
            // It is said to stay.
            None => then != now,
            Some(_) if now == one.before => then != one.after,
            Some(_) if now == one.after => then != now,
            // Others edited it: its lines are merged, and its mode is that of before unless they
            // changed that.
            Some(_) => {
                let bits = |version: Option<Version>| version.map(|version| version.bits);
                let is_theirs = bits(now) != bits(one.before);
                bits(then) != if is_theirs { bits(now) } else { bits(one.after) }
            }
        }
    };
    wanted.into_iter().find(strange).map(|one| one.path.clone())
}

/// Makes the files of some entities in another way; false if there is none.
fn other_way(
    task: &Task<'_>,
    wrong: &NameSet,
    set: &ChangeSet,
    ways: &mut BTreeMap<String, Way>,
) -> bool {
    let mut paths: BTreeSet<String> = BTreeSet::new();
    let actual = set.entities.iter().chain(&task.inverse.entities).filter(|one| {
        wrong.contains(&one.reference)
            || one.former.as_ref().is_some_and(|name| wrong.contains(name))
    });
    for change in actual {
        let both = change.before.iter().chain(&change.after);
        paths.extend(both.map(|standing| standing.file.path.clone()));
    }
    let catalog = &task.present.side.catalog;
    for name in wrong {
        let ids = catalog.names.find(name).into_iter().flat_map(|name| catalog.defined(name));
        paths.extend(ids.map(|id| catalog.entity(id).file.path.clone()));
    }
    let mut moved = false;
    for path in paths {
        if let Some(way) = ways.get_mut(&path) {
            let next = match way {
                Way::Lines => Way::Values,
                Way::Values | Way::Kept => Way::Kept,
            };
            moved |= *way != next && *way == Way::Lines;
            if *way == Way::Lines {
                *way = next;
            }
        }
    }
    moved
}

/// What the checks say of the result that they did not say before: errors first.
pub(super) fn findings(
    workspace: &Workspace,
    place: &Place,
    present: &Present,
    proved: &Proved,
) -> Result<Vec<(Where, String, bool)>, RevertError> {
    let request = Request { place: place.clone(), ..Request::default() };
    let examiner = Examiner::new(&request, workspace)?;
    let after = examiner.judge(proved.tree.as_ref())?.findings;
    let counts = |finding: &&Finding| finding.severity != Severity::Note;
    if !after.iter().any(|one| counts(&one)) {
        return Ok(Vec::new());
    }
    let before = examiner.judge(present.side.tree.as_ref())?.findings;
    let known: BTreeSet<_> =
        before.iter().flat_map(Finding::occurrences).map(|at| at.fingerprint).collect();
    let mut new = Vec::new();
    for finding in after.iter().filter(counts) {
        for at in finding.occurrences().filter(|at| !known.contains(&at.fingerprint)) {
            let severity = finding.severity.as_str();
            let text = format!("{severity}[{}]: {}", finding.code.name, finding.headline);
            new.push((at.place.clone(), text, finding.severity == Severity::Error));
        }
    }
    new.sort_by_key(|(place, text, is_error)| (!is_error, place.to_string(), text.clone()));
    new.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1);
    Ok(new)
}

/// Whether a version is a plain file.
pub(super) fn is_plain(bits: u32) -> bool {
    Mode::from_bits(bits) == Mode::File
}
