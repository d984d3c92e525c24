//! A walk through history, oldest first, with an index that follows it: when which file of the
//! catalog said what, so that landings can be judged side by side.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::super::sides::{besides, inspect};
use super::super::workspace::configuration;
use super::step::Step;
use crate::catalog::Shelf;
use crate::catalog::index::{Damaged, Filed, Index, Moment, Tick, Timeline, persons, summary};
use crate::config::Config;
use crate::git::{BlobId, GitError, Mode, Repository};
use crate::tree::{Entry, EntryKind, Revision, Tree};

/// A landing, and where it stands in the walk.
pub(super) struct Plan {
    /// What Git says of it.
    pub(super) step: Step,
    /// The catalogs before and after it.
    pub(super) scene: Scene,
}

/// Two catalogs.
pub(super) enum Scene {
    /// Those of the walk's timeline at this instant and at the next.
    At(Tick),
    /// Other settings make another catalog: both are read whole.
    Whole(Box<Whole>),
}

/// Two whole trees, with what their settings say.
pub(super) struct Whole {
    /// Before.
    pub(super) before: (Arc<dyn Tree>, Arc<Config>),
    /// After.
    pub(super) after: (Arc<dyn Tree>, Arc<Config>),
    /// Paths that only one of the catalogs covers, though their files are the same.
    pub(super) besides: BTreeSet<String>,
}

/// What a file of the catalog says, by its content.
type Said = (Arc<Filed>, BlobId);

/// Walks through history.
pub(super) struct Walker {
    reader: Revision,
    folder: String,
    config: Arc<Config>,
    timeline: Timeline,
    now: Tick,
    shelf: Arc<Shelf>,
}

impl Walker {
    /// Starts at a commit. `folder` is where the user stands.
    ///
    /// # Errors
    ///
    /// The commit's files cannot be read.
    pub(super) fn start(
        repository: &Repository,
        commit: &str,
        folder: &str,
    ) -> Result<Self, GitError> {
        let tree = Revision::open(repository, commit, &[])?;
        let (config, _) = configuration(&tree, folder, false);
        let shelf = Arc::new(Shelf::default());
        let timeline = begun(&tree, &config, &shelf, None)?;
        let reader = tree.beside(commit)?;
        let (folder, config) = (folder.to_owned(), Arc::new(config));
        Ok(Self { reader, folder, config, timeline, now: 0, shelf })
    }

    /// Goes on over the first of some landings: to the next that changes the settings, or over that
    /// one alone. What was planned before can be judged no more.
    ///
    /// # Errors
    ///
    /// Their files cannot be read.
    pub(super) fn plan(
        &mut self,
        repository: &Repository,
        steps: &mut Vec<Step>,
    ) -> Result<Vec<Plan>, GitError> {
        self.timeline.forget(self.now);
        let mut ready = steps.len();
        for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.has_settings()) {
            if let Some(config) = self.resettled(step)? {
                if at == 0 {
                    return Ok(vec![self.resettle(repository, steps.remove(0), config)?]);
                }
                ready = at;
                break;
            }
        }
        let later = steps.split_off(ready);
        let steps = std::mem::replace(steps, later);
        let read = |step: &Step| self.said(step);
        let said = steps.par_iter().map(read).collect::<Result<Vec<_>, GitError>>()?;
        let mut plans = Vec::with_capacity(steps.len());
        for (step, said) in steps.into_iter().zip(said) {
            for (path, said) in said {
                self.timeline.set(self.now + 1, &path, said);
            }
            plans.push(Plan { step, scene: Scene::At(self.now) });
            self.now += 1;
        }
        Ok(plans)
    }

    /// What the settings say after a landing, if it is not what they say now.
    fn resettled(&self, step: &Step) -> Result<Option<Config>, GitError> {
        let after = self.reader.beside(&step.landed.tip.id)?;
        let (config, _) = configuration(&after, &self.folder, false);
        let same = config.settings == self.config.settings && config.folder == self.config.folder;
        Ok((!same).then_some(config))
    }

    fn resettle(
        &mut self,
        repository: &Repository,
        step: Step,
        config: Config,
    ) -> Result<Plan, GitError> {
        let before = Revision::open(repository, &step.landed.before, &[])?;
        let after = Revision::open(repository, &step.landed.tip.id, &[])?;
        let besides = besides(&before, &after, &self.config, &config);
        // What a file says depends on the folder in which the settings stand, and on no setting.
        let same_folder =
            config.folder == self.config.folder && config.exists == self.config.exists;
        let known = same_folder.then(|| self.at(self.now));
        self.timeline = begun(&after, &config, &self.shelf, known)?;
        self.now = 0;
        let old = std::mem::replace(&mut self.config, Arc::new(config));
        let after = (Arc::new(after) as Arc<dyn Tree>, Arc::clone(&self.config));
        let scene = Whole { before: (Arc::new(before), old), after, besides };
        Ok(Plan { step, scene: Scene::Whole(Box::new(scene)) })
    }

    /// What the files that a landing changes say after it.
    fn said(&self, step: &Step) -> Result<Vec<(String, Option<Said>)>, GitError> {
        let said = step.covered(&self.config).map(|one| {
            let after = one.after.filter(|after| Mode::from_bits(after.bits) == Mode::File);
            let read = |id| said(&self.reader, (&one.path, id), &self.config, &self.shelf);
            Ok((one.path.clone(), after.map(|after| read(after.blob)).transpose()?))
        });
        said.collect()
    }

    /// The index at an instant of what was planned last.
    pub(super) fn at(&self, tick: Tick) -> Moment<'_> {
        self.timeline.at(tick)
    }

    /// What the settings say.
    pub(super) fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// What was read.
    pub(super) fn shelf(&self) -> &Arc<Shelf> {
        &self.shelf
    }

    /// The files of a commit, of which none is listed.
    ///
    /// # Errors
    ///
    /// That is no commit's id.
    pub(super) fn tree(&self, commit: &str) -> Result<Arc<dyn Tree>, GitError> {
        Ok(Arc::new(self.reader.beside(commit)?))
    }

    /// The persons of an address, or of the account that a forge hides behind one; at the end.
    pub(super) fn persons(&self, email: &str) -> Result<Vec<String>, Damaged> {
        let index = self.at(self.now);
        let mut found = persons(&index, email)?;
        let user = email.split_once('@').filter(|(_, host)| host.contains("noreply"));
        if let Some((user, _)) = user {
            found.extend(persons(&index, user)?);
            let parts = user.split_once(['+', '-']);
            found.extend(
                parts.map(|(_, name)| persons(&index, name)).transpose()?.unwrap_or_default(),
            );
        }
        Ok(found)
    }

    /// Whether the catalog has people at all; at the end.
    pub(super) fn has_people(&self) -> bool {
        let mut any = false;
        // What is in memory is never damaged.
        let _ = self.at(self.now).each(&mut |filed| {
            any |= filed.summary.entities.iter().any(|one| one.kind.family == "person");
        });
        any
    }
}

/// A timeline that begins with all files of a tree. What an index knows already is not read again.
fn begun(
    tree: &Revision,
    config: &Config,
    shelf: &Shelf,
    known: Option<Moment<'_>>,
) -> Result<Timeline, GitError> {
    let files = tree.entries().par_iter().filter(|entry| entry.kind == EntryKind::File);
    let read = files.filter(|entry| config.covers(&entry.path)).map(|entry| {
        let id = entry.id?;
        let same = known.and_then(|known| known.file(&entry.path)).filter(|(_, blob)| *blob == id);
        if let Some((filed, id)) = same {
            return Some(Ok((Arc::clone(filed), id)));
        }
        Some(said(tree, (&entry.path, id), config, shelf))
    });
    let said = read.flatten().collect::<Result<Vec<Said>, GitError>>()?;
    let mut timeline = Timeline::default();
    for (filed, blob) in said {
        timeline.set(0, &Arc::clone(&filed).path, Some((filed, blob)));
    }
    Ok(timeline)
}

/// What a file says that stands at a path.
fn said(
    tree: &dyn Tree,
    (path, id): (&str, BlobId),
    config: &Config,
    shelf: &Shelf,
) -> Result<Said, GitError> {
    let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: Some(id) };
    let summary = summary((tree, &entry), config, &inspect, shelf)?;
    Ok((Arc::new(Filed { path: entry.path, summary }), id))
}
