//! The index of a tree: found, made from an older one, or made anew, and kept for the next time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::stored::{Part, Salted, written};
use super::{Damaged, Files, Index, Layered, Seeds, Stored, Summary, slice, summaries};
use crate::cache::{Cache, Kept};
use crate::config::Config;
use crate::git::{ChangedPath, GitError};
use crate::model::{KINDS, RELATIONS};
use crate::tree::{Chosen, Tree, is_yaml};

/// The version of what summaries hold and how they are made. Whoever changes either counts it up.
const VERSION: u32 = 6;

/// An index is written anew once so many of its files have changed: a part of all, and at least a
/// number that is quickly read again.
const CHANGED_PART: usize = 20;
const CHANGED_LEAST: usize = 200;

/// Which catalog of a Git tree is meant.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The id of the Git tree, in hexadecimal.
    pub tree: String,
    /// What decides which files belong to the catalog.
    pub config: Config,
    /// The folders that the tree was opened for.
    pub folders: Vec<String>,
}

/// Gives the tree with all of its files listed: only whoever must read all of them asks for it.
pub type Listed = Box<dyn Fn() -> Result<Arc<dyn Tree>, GitError>>;

/// The paths that differ between two Git trees, named by their ids; nothing if that cannot be said,
/// because this clone does not hold one of them, or because they are too many.
pub type Changes<'c> = dyn Fn(&str, &str) -> Option<Vec<ChangedPath>> + 'c;

impl Scope {
    /// What all trees of this scope have in common in the names of their files.
    fn family(&self) -> String {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        };
        add(&VERSION.to_string());
        add(env!("CARGO_PKG_VERSION"));
        add(&self.config.exists.to_string());
        add(&self.config.folder);
        // What the other settings say is not in the index.
        let settings = &self.config.settings;
        add(&format!("{:?} {:?}", settings.roots, settings.exclude));
        self.folders.iter().for_each(|folder| add(folder));
        // The tables decide what is read out of a document.
        for kind in KINDS {
            add(kind.name);
            let variants = kind.variants.iter().flat_map(|variant| variant.references);
            for field in kind.references.iter().chain(variants) {
                add(&format!("{:?} {:?} {}", field.path, field.accepts, field.relation));
            }
        }
        RELATIONS.iter().for_each(|one| add(&format!("{} {:?}", one.name, one.impact)));
        digest.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
    }

    fn covers(&self, path: &str) -> bool {
        let inside = |folder: &String| {
            let rest = path.strip_prefix(folder.as_str());
            folder.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let named = self.folders.is_empty() || self.folders.iter().any(inside);
        named && is_yaml(path) && self.config.covers(path)
    }
}

/// What some paths say.
pub type Laid = BTreeMap<String, Summary>;

/// The index of a tree, which may be changed in memory.
pub struct Indexed {
    listed: Listed,
    scope: Scope,
    cache: Option<Cache>,
    layers: Layered,
}

impl Indexed {
    /// The index of a Git tree, of which `tree` need list nothing. If it is not kept, and that of
    /// another tree is, only files that differ are read; else all are, unless they are fewer than
    /// `least`: then there is no index. What costs much is kept in the cache, if there is one.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub fn open(
        tree: &Arc<dyn Tree>,
        listed: Listed,
        scope: Scope,
        (cache, least): (Option<Cache>, usize),
        changes: &Changes<'_>,
    ) -> Result<Option<Self>, GitError> {
        let family = scope.family();
        let name = format!("{family}-{}", scope.tree);
        let known = cache.as_ref().and_then(|cache| Stored::open(cache.open(&name)?).ok());
        if let Some(known) = known {
            return Ok(Some(Self { listed, scope, cache, layers: Layered::new(known) }));
        }
        if let Some((older, changed)) = older(&scope, &family, cache.as_ref(), changes) {
            let mut indexed = Self { listed, scope, cache, layers: Layered::new(older) };
            indexed.change(tree, &changed)?;
            indexed.settle(&name);
            return Ok(Some(indexed));
        }
        let all = listed()?;
        if all.entries().iter().filter(|entry| scope.covers(&entry.path)).count() < least {
            return Ok(None);
        }
        let layers = Layered::new(anew(all.as_ref(), &scope, cache.as_ref())?);
        Ok(Some(Self { listed, scope, cache, layers }))
    }

    /// The index, to be asked. An answer of what was kept may be [`Damaged`]: [`Indexed::ask`]
    /// repairs that.
    pub fn index(&self) -> &dyn Index {
        &self.layers
    }

    /// Reads paths again from a tree, which may be another one than the index was made of: a file
    /// that is there takes the place of what it was, one that is not is forgotten. Only in memory.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub fn change(&mut self, tree: &Arc<dyn Tree>, paths: &[String]) -> Result<(), GitError> {
        let read = self.read(tree, paths)?;
        self.lay(&read);
        Ok(())
    }

    /// What paths say in a tree, to be laid over the index: an empty summary where no file with
    /// entities stands.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub fn read(&self, tree: &Arc<dyn Tree>, paths: &[String]) -> Result<Laid, GitError> {
        let covered = paths.iter().map(String::as_str).filter(|path| self.scope.covers(path));
        let covered: BTreeSet<&str> = covered.collect();
        if covered.is_empty() {
            return Ok(Laid::new());
        }
        let named = covered.iter().map(|path| (*path).to_owned());
        let chosen = Chosen::new(Arc::clone(tree), named)?;
        let read =
            summaries(&chosen, &self.scope.config, |path, summary| (path.to_owned(), summary))?;
        let nothing = covered.into_iter().map(|path| (path.to_owned(), Summary::default()));
        let mut laid: Laid = nothing.collect();
        laid.extend(read);
        Ok(laid)
    }

    /// Puts what was read of paths in the place of what they were.
    pub fn lay(&mut self, laid: &Laid) {
        for (path, summary) in laid {
            self.layers.replace(path, summary.clone());
        }
    }

    /// Asks the index. If what was kept of it turns out to be damaged, it is made anew and asked
    /// again.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub fn ask<T>(
        &mut self,
        question: impl Fn(&dyn Index) -> Result<T, Damaged>,
    ) -> Result<T, GitError> {
        if let Ok(answer) = question(&self.layers) {
            return Ok(answer);
        }
        let all = (self.listed)()?;
        self.layers.rebase(anew(all.as_ref(), &self.scope, self.cache.as_ref())?);
        question(&self.layers).map_err(|damaged| GitError::Other(damaged.to_string()))
    }

    /// The files of a slice (see [`slice()`]).
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub fn slice(&mut self, seeds: &Seeds) -> Result<Files, GitError> {
        self.ask(|index| slice(index, seeds))
    }

    /// Keeps the index under its own name, if too much of the older one no longer holds.
    fn settle(&mut self, name: &str) {
        let most = CHANGED_LEAST.max(self.layers.stored() / CHANGED_PART);
        let Some(cache) = self.cache.as_ref().filter(|_| self.layers.changed() > most) else {
            return;
        };
        let salted = Salted::new(name);
        let mut parts: Vec<Part> = Vec::new();
        let each = self.layers.each(&mut |filed| {
            parts.push(salted.part(&filed.path, &filed.summary));
        });
        // What is damaged is noticed when it is asked for.
        if each.is_ok() {
            cache.put(name, &written(&salted, &parts));
        }
    }
}

/// The newest index of the same scope whose tree can be compared, and what differs.
fn older(
    scope: &Scope,
    family: &str,
    cache: Option<&Cache>,
    changes: &Changes<'_>,
) -> Option<(Stored, Vec<String>)> {
    let cache = cache?;
    for name in cache.names() {
        let tree = name.strip_prefix(family).and_then(|rest| rest.strip_prefix('-'));
        let Some(changed) = tree.and_then(|tree| changes(tree, &scope.tree)) else { continue };
        let Some(older) = cache.open(&name).and_then(|kept| Stored::open(kept).ok()) else {
            continue;
        };
        let paths = changed.into_iter().map(|one| one.path).filter(|path| scope.covers(path));
        let paths: Vec<String> = paths.collect();
        // Reading half of all files one by one is no faster than reading all.
        if paths.len() <= CHANGED_LEAST.max(older.len() / 2) {
            return Some((older, paths));
        }
    }
    None
}

/// Reads all files of a tree.
fn anew(tree: &dyn Tree, scope: &Scope, cache: Option<&Cache>) -> Result<Stored, GitError> {
    let name = format!("{}-{}", scope.family(), scope.tree);
    let salted = Salted::new(&name);
    let parts = summaries(tree, &scope.config, |path, summary| salted.part(path, &summary))?;
    let bytes = written(&salted, &parts);
    if let Some(cache) = cache {
        cache.put(&name, &bytes);
    }
    // In memory it is whole, whatever became of the file.
    let stored = Stored::open(Kept::in_memory(bytes));
    stored.map_err(|damaged| GitError::Other(damaged.to_string()))
}
