//! Which files of a large catalog a change has to do with, on both sides: only they are read.
//!
//! Everything that is said of a change must be the same as if both catalogs had been read in full.
//! So whoever asks something new of a [`Side`](crate::change::Side) sees to it that its answer is
//! part of the slice ([`crate::catalog::index::slice()`]); `tests/it/slices.rs` compares the two.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::sides::{OwnedSide, Wanted};
use crate::cache::Cache;
use crate::catalog::Shelf;
use crate::catalog::index::{
    Damaged, Files, Index, Indexed, Laid, Listed, Mention, Quiet, Scope, Seeds, Topic, claims,
    persons, slice,
};
use crate::catalog::query::METHODS;
use crate::change::ChangeSet;
use crate::change::facts::Contributor;
use crate::change::people::accounts_of;
use crate::change::subjects::may_count;
use crate::config::Config;
use crate::git::{ChangedPath, GitError, Repository};
use crate::model::gitsm::Spec;
use crate::model::gitsm::policy::PolicyOver;
use crate::model::{Impact, parse_reference};
use crate::tree::{Chosen, Entry, EntryKind, Revision, Tree};

/// Catalogs of fewer YAML files are read in full: an index would cost more than it saves.
const LEAST: usize = 2_000;

/// Of how many changed files it is told apart what counts: of more nearly everything is read anyway.
const MOST_WEIGHED: usize = 500;

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
    /// What was read already, as the sides are read.
    pub(super) shelf: &'q Arc<Shelf>,
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
        // Both are laid over the index in turn, the base last: what is asked later is asked of it.
        let sides = [index.read(self.merged, &paths)?, index.read(self.base.0, &paths)?];
        let [after, before] = &sides;
        let old = index.ask(|index| Touched::of(index, &paths))?;
        index.lay(after);
        let new = index.ask(|index| Touched::of(index, &paths))?;
        index.lay(before);
        let mut seeds = self.seeds(&old, &new, paths.clone());
        seeds.quiet = match self.wanted.now {
            // Nobody asks what can fail.
            None => Quiet::All,
            Some(_) => self.quiet(&mut index, &sides, [&old, &new], &paths)?,
        };
        let mut files = Files::new();
        for side in &sides {
            index.lay(side);
            files.extend(index.ask(|index| self.files(index, &seeds))?);
        }
        let (base, merged) = self.both(files, &paths)?;
        Ok(Some(Slices { base, merged, index }))
    }

    /// Some files of both sides, and all that change.
    fn both(&self, mut files: Files, paths: &[String]) -> Result<Pair, GitError> {
        // Of what changes the two sides know other contents: it is looked up.
        files.extend(paths.iter().map(|path| (path.clone(), None)));
        let base = chosen(self.base.0, files)?;
        let merged = Arc::new(base.beside(Arc::clone(self.merged), paths)?);
        Ok((Arc::new(base), merged))
    }

    /// The entities of changed files because of which nothing can fail. That is said by the few files
    /// that say what differs; it may spare reading everything that needs them.
    fn quiet(
        &self,
        index: &mut Indexed,
        sides: &[Laid],
        touched: [&Touched; 2],
        paths: &[String],
    ) -> Result<Quiet, GitError> {
        if paths.len() > MOST_WEIGHED || touched.iter().any(|one| one.planned) {
            return Ok(Quiet::Nobody);
        }
        let mut few = Files::new();
        for side in sides {
            index.lay(side);
            few.extend(index.ask(|index| defining(index, touched, paths))?);
        }
        let (base, merged) = self.both(few, paths)?;
        let config = Arc::new(self.config.clone());
        let with = (self.shelf, self.wanted.inspect());
        let base = OwnedSide::open_with(base, Arc::clone(&config), with)?;
        let merged = OwnedSide::open_with(merged, config, with)?;
        let none = BTreeSet::new();
        let set = base.show(|base| {
            merged.show(|merged| ChangeSet::between(base, merged, self.changed, &none))
        });
        Ok(quiet(&set, touched))
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
    fn files(&self, index: &dyn Index, seeds: &Seeds) -> Result<Files, Damaged> {
        files(index, seeds, self.contributors)
    }
}

/// Both sides of a change, as far as they are read.
type Pair = (Arc<dyn Tree>, Arc<dyn Tree>);

/// The entities of changed files because of which nothing can fail. Those of a file belong together:
/// one that may count makes all of them count.
fn quiet(set: &ChangeSet, touched: [&Touched; 2]) -> Quiet {
    let counting = set.entities.iter().filter(|one| may_count(one));
    let counting: BTreeSet<&String> =
        counting.flat_map(|one| one.former.iter().chain([&one.reference])).collect();
    let [old, new] = touched;
    let known = |name: &&&String| old.names.contains(**name) || new.names.contains(**name);
    if !set.doubts.is_empty() || !counting.iter().all(|name| known(&name)) {
        return Quiet::Nobody;
    }
    let of_files: BTreeSet<&String> = set.files.iter().flat_map(|file| &file.entities).collect();
    let mut loud: BTreeSet<String> = new.newly_needed(old).collect();
    let mut quiet = BTreeSet::new();
    for path in old.by_path.keys().chain(new.by_path.keys()) {
        let sides = [old, new].into_iter().filter_map(|side| side.by_path.get(path));
        let names: BTreeSet<&String> = sides.flatten().collect();
        let counts = |name: &&String| counting.contains(name) || of_files.contains(name);
        let list = if names.iter().any(counts) { &mut loud } else { &mut quiet };
        list.extend(names.into_iter().cloned());
    }
    quiet.retain(|name| !loud.contains(name));
    Quiet::These(quiet)
}

/// A tree of which only some files are shown. Where the index knows the content of one, which is
/// most of them, it is not looked for in Git's trees.
fn chosen(tree: &Arc<dyn Tree>, files: Files) -> Result<Chosen, GitError> {
    let (mut known, mut others) = (Vec::new(), Vec::new());
    for (path, blob) in files {
        match blob {
            Some(_) => known.push(Entry { path, kind: EntryKind::File, id: blob }),
            None => others.push(path),
        }
    }
    Chosen::partly_known(Arc::clone(tree), known, &others)
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
        quiet: Quiet::Nobody,
    }
}

/// The files of one side that say what differs at some paths, and whose they are: where both sides
/// define what their changed files speak of, and the documents that claim the paths.
pub(super) fn defining(
    index: &dyn Index,
    touched: [&Touched; 2],
    paths: &[String],
) -> Result<Files, Damaged> {
    let mut files = Files::new();
    for name in touched.iter().flat_map(|one| &one.names) {
        let found = index.find(Topic::Defines, name)?;
        files.extend(found.iter().map(|filed| (filed.path.clone(), filed.summary.blob)));
    }
    for path in paths {
        for claim in claims(index, path)? {
            files.entry(claim.file).or_insert(None);
        }
    }
    Ok(files)
}

/// The files of a slice of one side, and those of the people who had a hand in it.
pub(super) fn files(
    index: &dyn Index,
    seeds: &Seeds,
    contributors: &[Contributor],
) -> Result<Files, Damaged> {
    let mut seeds = seeds.clone();
    for contributor in contributors {
        for (_, account) in accounts_of(contributor) {
            seeds.people.extend(persons(index, &account)?);
        }
    }
    slice(index, &seeds)
}

/// What the changed files of one side say.
#[derive(Default)]
pub(super) struct Touched {
    /// The entities that they define, extend, or say to have been.
    names: BTreeSet<String>,
    /// The same by file.
    by_path: BTreeMap<String, BTreeSet<String>>,
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
                    let own: Vec<&String> = names.iter().chain(&one.extends).collect();
                    touched.names.extend(own.iter().copied().cloned());
                    let of_path = touched.by_path.entry(path.clone()).or_default();
                    of_path.extend(own.into_iter().cloned());
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

/// Whether a side has rules about changes that may look at any entity: models and policies whose
/// selectors walk from one to the next. Then nothing but all of it will do.
pub(super) fn looks_anywhere(side: &OwnedSide) -> bool {
    side.catalog.entities().any(|(_, entity)| match entity.spec() {
        Some(Spec::ChangeModel(spec)) => spec.selector.r#where.as_deref().is_some_and(walks),
        Some(Spec::Policy(spec)) if spec.over == PolicyOver::Change => {
            let selector = spec.r#match.as_ref().and_then(|selector| selector.r#where.as_deref());
            selector.is_some_and(walks)
        }
        _ => false,
    })
}

/// Whether an expression may go from an entity to others.
pub(super) fn walks(expression: &str) -> bool {
    let mut methods = METHODS.iter().filter(|method| method.gives_entities);
    methods.any(|method| expression.contains(method.name))
}
