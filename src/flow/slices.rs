//! Which files of a large catalog a change has to do with, on both sides: only they are read.
//!
//! Everything that is said of a change must be the same as if both catalogs had been read in full.
//! So whoever asks something new of a [`Side`](crate::change::Side) sees to it that its answer is
//! part of the slice ([`crate::catalog::index::slice()`]); `tests/it/slices.rs` compares the two.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::sides::{OwnedSide, Wanted};
use crate::cache::Cache;
use crate::catalog::index::{
    Damaged, Index, Indexed, Listed, Mention, Scope, Seeds, Topic, claims, persons, slice,
};
use crate::catalog::query::METHODS;
use crate::change::facts::Contributor;
use crate::change::people::accounts_of;
use crate::config::Config;
use crate::git::{ChangedPath, GitError, Repository};
use crate::model::gitsm::Spec;
use crate::model::{Impact, parse_reference};
use crate::tree::{Chosen, Revision, Tree};

/// Catalogs of fewer YAML files are read in full: an index would cost more than it saves.
const LEAST: usize = 2_000;

/// How many indexes of a repository are kept: a few branches that changes go to, and their past.
const KEPT: usize = 4;

/// The files of both sides that a change has to do with.
pub(super) struct Slices {
    pub(super) base: Arc<dyn Tree>,
    pub(super) merged: Arc<dyn Tree>,
    /// The index of the base.
    pub(super) index: Indexed,
}

/// What a slice is made of.
pub(super) struct Question<'q> {
    pub(super) repository: &'q Repository,
    /// The base, of which nothing is listed; and its commit.
    pub(super) base: (&'q Arc<dyn Tree>, &'q str),
    /// What it becomes.
    pub(super) merged: &'q Arc<dyn Tree>,
    /// What the base's `gitsm.yaml` says; that of the result covers the same files.
    pub(super) config: &'q Config,
    pub(super) changed: &'q [ChangedPath],
    pub(super) contributors: &'q [Contributor],
    pub(super) wanted: &'q Wanted,
}

impl Question<'_> {
    /// Finds the slices; nothing if the catalog is so small that it is read in full.
    ///
    /// # Errors
    ///
    /// Git cannot deliver what the index is made of.
    pub(super) fn answer(&self) -> Result<Option<Slices>, GitError> {
        let Some(mut index) = self.index()? else { return Ok(None) };
        let paths: Vec<String> = self.changed.iter().map(|one| one.path.clone()).collect();
        let old = index.ask(|index| Touched::of(index, &paths))?;
        // Read ahead in memory, and taken back: what is asked later is asked of the base.
        index.change(self.merged, &paths)?;
        let new = index.ask(|index| Touched::of(index, &paths))?;
        let seeds = self.seeds(&old, &new, paths.clone());
        let mut files = index.ask(|index| self.files(index, &seeds))?;
        index.change(self.base.0, &paths)?;
        files.extend(index.ask(|index| self.files(index, &seeds))?);
        files.extend(paths.iter().cloned());
        let base = Chosen::new(Arc::clone(self.base.0), files)?;
        let merged = Arc::new(base.beside(Arc::clone(self.merged), &paths)?);
        Ok(Some(Slices { base: Arc::new(base), merged, index }))
    }

    fn index(&self) -> Result<Option<Indexed>, GitError> {
        let repository = self.repository;
        let tree = Revision::unlisted(repository, self.base.1)?.tree()?;
        let (folder, commit) = (repository.git_dir().to_owned(), self.base.1.to_owned());
        let listed: Listed = Box::new(move || {
            let all = Revision::open(&Repository::discover(&folder)?, &commit, &[])?;
            Ok(Arc::new(all) as Arc<dyn Tree>)
        });
        let scope = Scope { tree, config: self.config.clone(), folders: Vec::new() };
        let cache = Cache::of_repository(repository.common_dir(), "index", KEPT);
        let changes = |before: &str, after: &str| repository.compare_trees(before, after).ok();
        let least = if self.wanted.sliced { 0 } else { LEAST };
        Indexed::open(self.base.0, listed, scope, (Some(cache), least), &changes)
    }

    fn seeds(&self, old: &Touched, new: &Touched, paths: Vec<String>) -> Seeds {
        let asked = (self.wanted.now, self.wanted.people.as_slice());
        seeds(self.config, old, new, paths, asked)
    }

    /// The files of a slice of one side, and those of the people who had a hand in it.
    fn files(&self, index: &dyn Index, seeds: &Seeds) -> Result<BTreeSet<String>, Damaged> {
        files(index, seeds, self.contributors)
    }
}

/// What a slice is made for: what both sides of a change touch, and who has a say. `asked` are the
/// instant from which on planned changes count, and people whom only the question names.
pub(super) fn seeds(
    config: &Config,
    old: &Touched,
    new: &Touched,
    paths: Vec<String>,
    asked: (Option<i64>, &[String]),
) -> Seeds {
    let names = old.names.union(&new.names).cloned().chain(new.newly_needed(old));
    let owners = config.governance_owners().iter();
    let owners = owners.filter_map(|text| parse_reference(text, Some("team"), "default").ok());
    let owners = owners.map(|owner| owner.as_str().to_owned());
    Seeds {
        names: names.collect(),
        paths,
        requests_from: asked.0,
        people: owners.chain(asked.1.iter().cloned()).collect(),
        planned: old.planned || new.planned,
        quiet: false,
    }
}

/// The files of one side that say what differs at some paths, and whose they are: where both sides
/// define what their changed files speak of, and the documents that claim the paths.
pub(super) fn defining(
    index: &dyn Index,
    touched: [&Touched; 2],
    paths: &[String],
) -> Result<BTreeSet<String>, Damaged> {
    let mut files = BTreeSet::new();
    for name in touched.iter().flat_map(|one| &one.names) {
        files.extend(index.find(Topic::Defines, name)?.iter().map(|filed| filed.path.clone()));
    }
    for path in paths {
        files.extend(claims(index, path)?.into_iter().map(|claim| claim.file));
    }
    Ok(files)
}

/// The files of a slice of one side, and those of the people who had a hand in it.
pub(super) fn files(
    index: &dyn Index,
    seeds: &Seeds,
    contributors: &[Contributor],
) -> Result<BTreeSet<String>, Damaged> {
    let mut seeds = seeds.clone();
    for contributor in contributors {
        for (_, account) in accounts_of(contributor) {
            seeds.people.extend(persons(index, &account)?);
        }
    }
    Ok(slice(index, &seeds)?.into_iter().collect())
}

/// What the changed files of one side say.
#[derive(Default)]
pub(super) struct Touched {
    /// The entities that they define, extend, or say to have been.
    names: BTreeSet<String>,
    /// What these need: by which names they go and went, and what they may mean.
    needs: Vec<(Vec<String>, Vec<String>)>,
    /// Whether one of them is a change that says when it happens.
    planned: bool,
}

impl Touched {
    pub(super) fn of(index: &dyn Index, paths: &[String]) -> Result<Self, Damaged> {
        let mut touched = Self::default();
        for path in paths {
            for filed in index.find(Topic::Path, path)?.iter().filter(|one| one.path == *path) {
                for one in &filed.summary.entities {
                    let mut names = vec![one.name.clone()];
                    names.extend(one.formerly.iter().cloned());
                    touched.names.extend(names.iter().chain(&one.extends).cloned());
                    touched.planned |= one.ends.is_some();
                    let needs = one.mentions.iter().filter(|mention| is_need(mention));
                    let needs = needs.flat_map(|mention| mention.targets.iter().cloned());
                    touched.needs.push((names, needs.collect()));
                }
            }
        }
        Ok(touched)
    }

    /// What is needed now by what did not need it: it counts as if it changed itself.
    pub(super) fn newly_needed(&self, old: &Self) -> impl Iterator<Item = String> {
        let pairs = |(names, needs): &(Vec<String>, Vec<String>)| {
            let pair = |name: &String| -> Vec<(String, String)> {
                needs.iter().map(|to| (name.clone(), to.clone())).collect()
            };
            names.iter().flat_map(pair).collect::<Vec<(String, String)>>()
        };
        let known: BTreeSet<(String, String)> = old.needs.iter().flat_map(pairs).collect();
        let mut new = BTreeSet::new();
        for (names, needs) in &self.needs {
            let is_known = |to: &&String| {
                names.iter().any(|name| known.contains(&(name.clone(), (*to).clone())))
            };
            new.extend(needs.iter().filter(|to| !is_known(to)).cloned());
        }
        new.into_iter()
    }
}

fn is_need(mention: &Mention) -> bool {
    matches!(mention.relation.impact, Impact::TargetToSource | Impact::Degrades)
}

/// Whether a side has rules about changes that may look at any entity: models whose selectors walk
/// from one to the next. Then nothing but all of it will do.
pub(super) fn looks_anywhere(side: &OwnedSide) -> bool {
    side.catalog.entities().any(|(_, entity)| match entity.spec() {
        Some(Spec::ChangeModel(spec)) => spec.selector.r#where.as_deref().is_some_and(walks),
        _ => false,
    })
}

/// Whether an expression may go from an entity to others.
pub(super) fn walks(expression: &str) -> bool {
    let mut methods = METHODS.iter().filter(|method| method.gives_entities);
    methods.any(|method| expression.contains(method.name))
}
