//! What changed lately: one walk over the newest commits tells it for all pages.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, FixedOffset, Utc};

use crate::catalog::{Catalog, EntityId};
use crate::flow::ask::Asked;
use crate::flow::get::LastChange;
use crate::git::{CommitInfo, GitError, Repository};
use crate::tree::{is_record, is_yaml};

/// How many commits are looked at.
const WALKED: usize = 200;

/// How many of those that touched the catalog are told.
const TOLD: usize = 30;

/// How many commits are told of one entity.
const OF_ONE: usize = 5;

/// A commit that touched something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Touched {
    /// Its id in hexadecimal.
    pub(super) commit: String,
    /// The name of its author.
    pub(super) author: String,
    /// When it was written.
    pub(super) time: DateTime<FixedOffset>,
    /// The first line of its message.
    pub(super) subject: String,
}

/// A commit of the branch, and what it touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Landed {
    /// The commit.
    pub(super) touched: Touched,
    /// The entities whose files it touched, by reference: none, if they are gone.
    pub(super) entities: Vec<EntityId>,
}

/// The newest commits, and what they touched.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    landed: Vec<Landed>,
    of: HashMap<EntityId, Vec<Touched>>,
    /// The parents of each commit that is told of an entity: whether it is a merge.
    parents: HashMap<String, usize>,
}

/// The entities of each file.
type ByFile<'a> = HashMap<&'a str, Vec<EntityId>>;

impl History {
    /// Walks along the branch that is rendered. Where there is no repository, or no commit, or the
    /// clone holds too little, there is less to tell.
    pub(super) fn of(asked: &Asked) -> Self {
        let workspace = &asked.workspace;
        let Some(repository) = &workspace.repository else { return Self::default() };
        let head = workspace.revision.as_deref().unwrap_or("HEAD");
        let mut history = Self::default();
        let files = entities_by_file(&asked.catalog);
        let covers = |path: &str| is_yaml(path) && workspace.config.covers(path);
        for (commit, paths) in steps(repository, head) {
            history.add(&asked.catalog, commit, &paths, (&files, &covers));
        }
        history
    }

    fn add(
        &mut self,
        catalog: &Catalog,
        commit: CommitInfo,
        paths: &[String],
        (files, covers): (&ByFile<'_>, &dyn Fn(&str) -> bool),
    ) {
        let known = paths.iter().filter_map(|path| files.get(path.as_str())).flatten();
        let mut entities: Vec<EntityId> = known.copied().collect();
        let canonical = |id: &EntityId| catalog.canonical(catalog.entity(*id));
        entities.sort_by(|a, b| canonical(a).cmp(canonical(b)));
        entities.dedup();
        if entities.is_empty() && !paths.iter().any(|path| covers(path)) {
            return;
        }
        let touched = touched(&commit);
        self.parents.insert(commit.id.clone(), commit.parents.len());
        for id in &entities {
            let told = self.of.entry(*id).or_default();
            if told.len() < OF_ONE {
                told.push(touched.clone());
            }
        }
        if self.landed.len() < TOLD {
            self.landed.push(Landed { touched, entities });
        }
    }

    /// The newest commits that touched the catalog, the newest first.
    pub(super) fn lately(&self) -> &[Landed] {
        &self.landed
    }

    /// The newest commits that touched the files of an entity, the newest first.
    pub(super) fn touched(&self, id: EntityId) -> &[Touched] {
        self.of.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The last change of an entity, as its page tells it; nothing if it is longer ago than was
    /// looked.
    pub(super) fn last_change(&self, id: EntityId) -> Option<LastChange> {
        let newest = self.touched(id).first()?;
        let commit = crate::git::Commit {
            id: newest.commit.clone(),
            author: newest.author.clone(),
            time: newest.time.timestamp(),
            offset: newest.time.offset().local_minus_utc() / 60,
            subject: newest.subject.clone(),
            parents: self.parents.get(&newest.commit).copied().unwrap_or_default(),
        };
        Some(LastChange { on_disk: false, commit: Some(Ok(commit)) })
    }
}

fn touched(commit: &CommitInfo) -> Touched {
    let zone = FixedOffset::east_opt(commit.authored.offset.saturating_mul(60));
    let time: DateTime<Utc> = DateTime::from_timestamp(commit.authored.time, 0).unwrap_or_default();
    Touched {
        commit: commit.id.clone(),
        author: commit.author.name.clone(),
        time: zone.map_or_else(|| time.fixed_offset(), |zone| time.with_timezone(&zone)),
        subject: commit.subject.clone(),
    }
}

/// The entities that each file says something of, each entity by the one that has a page.
fn entities_by_file(catalog: &Catalog) -> HashMap<&str, Vec<EntityId>> {
    let mut files: HashMap<&str, Vec<EntityId>> = HashMap::new();
    let shown: HashSet<EntityId> = catalog.distinct().collect();
    for (_, entity) in catalog.entities() {
        // Records have a branch of their own.
        if is_record(&entity.file.path) {
            continue;
        }
        let Some(id) = catalog.principal(entity.reference) else { continue };
        let of_file = files.entry(entity.file.path.as_str()).or_default();
        if shown.contains(&id) && of_file.last() != Some(&id) {
            of_file.push(id);
        }
    }
    files
}

/// The newest commits of a branch, each with the paths that differ from the one before it. What
/// cannot be read ends it.
fn steps(repository: &Repository, head: &str) -> Vec<(CommitInfo, Vec<String>)> {
    let Ok(walk) = repository.first_parents(head, None) else { return Vec::new() };
    // The tree that a commit is compared with is that of the next one.
    let mut landings: Vec<_> = walk.take(WALKED).map_while(Result::ok).collect();
    let mut comparer = repository.comparer();
    let mut steps = Vec::with_capacity(landings.len());
    let trees: Vec<String> = landings.iter().map(|one| one.commit.tree.clone()).collect();
    for (number, landing) in landings.drain(..).enumerate() {
        let mut differ = || -> Result<Vec<String>, GitError> {
            let changed = match (&landing.before, trees.get(number + 1)) {
                (None, _) => repository.compare(None, &landing.commit.id)?,
                (Some(_), Some(tree)) => comparer.compare(tree, &landing.commit.tree)?,
                (Some(before), None) => {
                    let tree = repository.commit_info(before)?.tree;
                    comparer.compare(&tree, &landing.commit.tree)?
                }
            };
            Ok(changed.into_iter().map(|one| one.path).collect())
        };
        let Ok(paths) = differ() else { break };
        steps.push((landing.commit, paths));
    }
    steps
}
