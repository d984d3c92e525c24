//! A walk through history, oldest first, with an index that follows it: what each landing changes,
//! and which few files must be read to judge it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::sides::besides;
use super::super::slices::{Touched, files, seeds};
use super::super::workspace::configuration;
use super::hands::{authors, hand};
use super::history::Landed;
use crate::catalog::index::{Damaged, Index, Live, Summary, Topic, persons, summaries};
use crate::change::backtest::Hand;
use crate::change::facts::Facts;
use crate::config::{Config, FILE_NAME};
use crate::git::{ChangedPath, GitError, Person, Repository};
use crate::tree::{Chosen, Revision, Tree, is_yaml};

/// A landing, and what must be read to judge it.
pub(super) struct Plan {
    /// What landed.
    pub(super) landed: Landed,
    /// The ids of all commits that it brought.
    pub(super) ids: Vec<String>,
    /// Who wrote it.
    pub(super) authors: Vec<Person>,
    /// Who else had a hand in it.
    pub(super) hand: Hand,
    /// What its commits say.
    pub(super) facts: Facts,
    /// The paths that differ.
    pub(super) changed: Vec<ChangedPath>,
    /// Paths that only one of the catalogs covers, though their files are the same.
    pub(super) besides: BTreeSet<String>,
    /// The files before, and what the settings say.
    pub(super) before: (Arc<dyn Tree>, Config),
    /// The files after, and what the settings say.
    pub(super) after: (Arc<dyn Tree>, Config),
}

/// Walks through history.
pub(super) struct Walker {
    /// Its own, so that it may walk on another thread.
    repository: Repository,
    reader: Revision,
    folder: String,
    config: Config,
    index: Live,
    asked: Vec<String>,
}

impl Walker {
    /// Starts at a commit. `folder` is where the user stands, `asked` names teams that a policy asks
    /// which is not in the catalog.
    ///
    /// # Errors
    ///
    /// The commit's files cannot be read.
    pub(super) fn start(
        repository: &Repository,
        commit: &str,
        folder: &str,
        asked: Vec<String>,
    ) -> Result<Self, GitError> {
        let repository = Repository::discover(repository.git_dir())?;
        let tree = Revision::open(&repository, commit, &[])?;
        let (config, _) = configuration(&tree, folder, false);
        let index = indexed(&tree, &config)?;
        let reader = Revision::unlisted(&repository, commit)?;
        Ok(Self { repository, reader, folder: folder.to_owned(), config, index, asked })
    }

    /// Goes on to the next landing.
    ///
    /// # Errors
    ///
    /// Its files cannot be read.
    pub(super) fn next(&mut self, landed: Landed) -> Result<Plan, GitError> {
        let repository = &self.repository;
        let changed = repository.compare(Some(&landed.before), &landed.tip.id)?;
        let all = landed.all(repository);
        let authors = authors(&all);
        let hand = hand(&landed, &all, &authors);
        let facts = landed.facts(&all);
        let before: Arc<dyn Tree> = Arc::new(self.reader.beside(repository, &landed.before)?);
        let after: Arc<dyn Tree> = Arc::new(self.reader.beside(repository, &landed.tip.id)?);
        let is_settings =
            |one: &ChangedPath| one.path.rsplit('/').next().is_some_and(|name| name == FILE_NAME);
        let mut plan = Plan {
            ids: all.into_iter().map(|commit| commit.id).collect(),
            authors,
            hand,
            facts,
            besides: BTreeSet::new(),
            before: (Arc::clone(&before), self.config.clone()),
            after: (Arc::clone(&after), self.config.clone()),
            changed,
            landed,
        };
        if plan.changed.iter().any(is_settings) {
            let (config, _) = configuration(after.as_ref(), &self.folder, false);
            if config.settings != self.config.settings || config.folder != self.config.folder {
                self.resettle(&mut plan, config)?;
                return Ok(plan);
            }
        }
        let paths = self.files(&plan, &after)?;
        plan.before.0 = Arc::new(Chosen::new(before, paths.iter().cloned())?);
        plan.after.0 = Arc::new(Chosen::new(after, paths)?);
        Ok(plan)
    }

    /// Other settings make another catalog: both are read whole.
    fn resettle(&mut self, plan: &mut Plan, config: Config) -> Result<(), GitError> {
        let before = Revision::open(&self.repository, &plan.landed.before, &[])?;
        let after = Revision::open(&self.repository, &plan.landed.tip.id, &[])?;
        plan.besides = besides(&before, &after, &self.config, &config);
        self.index = indexed(&after, &config)?;
        self.config = config.clone();
        plan.before.0 = Arc::new(before);
        plan.after = (Arc::new(after), config);
        Ok(())
    }

    /// The files that judging a landing needs, on both sides; the index then knows the landing.
    fn files(&mut self, plan: &Plan, after: &Arc<dyn Tree>) -> Result<BTreeSet<String>, GitError> {
        let paths: Vec<String> = plan.changed.iter().map(|one| one.path.clone()).collect();
        let covered: Vec<&String> =
            paths.iter().filter(|path| is_yaml(path) && self.config.covers(path)).collect();
        let new = self.read(after, &covered)?;
        let old: Vec<(String, Summary)> = told(self.known(&covered))?;
        let before = told(Touched::of(&self.index, &paths))?;
        self.turn(&covered, &new);
        let later = told(Touched::of(&self.index, &paths))?;
        let from = Some(plan.landed.tip.committed.time);
        let seeds = seeds(&self.config, &before, &later, paths.clone(), (from, &self.asked));
        let mut found: BTreeSet<String> = covered.iter().map(|path| (*path).clone()).collect();
        found.extend(told(files(&self.index, &seeds, &plan.facts.contributors))?);
        if !covered.is_empty() {
            self.turn(&covered, &old);
            found.extend(told(files(&self.index, &seeds, &plan.facts.contributors))?);
            self.turn(&covered, &new);
        }
        Ok(found)
    }

    /// What the index knows of some files.
    fn known(&self, covered: &[&String]) -> Result<Vec<(String, Summary)>, Damaged> {
        let mut known = Vec::new();
        for path in covered {
            let filed = self.index.find(Topic::Path, path)?;
            let same = filed.iter().filter(|one| one.path == **path);
            known.extend(same.map(|one| (one.path.clone(), one.summary.clone())));
        }
        Ok(known)
    }

    /// Puts what files say in the place of what they said.
    fn turn(&mut self, covered: &[&String], summaries: &[(String, Summary)]) {
        covered.iter().for_each(|path| self.index.remove(path));
        summaries.iter().for_each(|(path, summary)| self.index.replace(path, summary.clone()));
    }

    /// What changed files say after the landing.
    fn read(
        &self,
        after: &Arc<dyn Tree>,
        covered: &[&String],
    ) -> Result<Vec<(String, Summary)>, GitError> {
        if covered.is_empty() {
            return Ok(Vec::new());
        }
        let chosen = Chosen::new(Arc::clone(after), covered.iter().map(|path| (*path).clone()))?;
        summaries(&chosen, &self.config, |path, summary| (path.to_owned(), summary))
    }

    /// The persons of an address, or of the account that a forge hides behind one.
    pub(super) fn persons(&self, email: &str) -> Result<Vec<String>, Damaged> {
        let mut found = persons(&self.index, email)?;
        let user = email.split_once('@').filter(|(_, host)| host.contains("noreply"));
        if let Some((user, _)) = user {
            found.extend(persons(&self.index, user)?);
            let parts = user.split_once(['+', '-']);
            found.extend(
                parts.map(|(_, name)| persons(&self.index, name)).transpose()?.unwrap_or_default(),
            );
        }
        Ok(found)
    }

    /// Whether the catalog has people at all.
    pub(super) fn has_people(&self) -> bool {
        let mut any = false;
        // What is in memory is never damaged.
        let _ = self.index.each(&mut |filed| {
            any |= filed.summary.entities.iter().any(|one| one.kind.family == "person");
        });
        any
    }
}

fn indexed(tree: &dyn Tree, config: &Config) -> Result<Live, GitError> {
    let mut index = Live::default();
    for (path, summary) in summaries(tree, config, |path, summary| (path.to_owned(), summary))? {
        index.replace(&path, summary);
    }
    Ok(index)
}

fn told<T>(answer: Result<T, Damaged>) -> Result<T, GitError> {
    answer.map_err(|damaged| GitError::Other(damaged.to_string()))
}
