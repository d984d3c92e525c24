//! What must be seen of two catalogs to judge a landing: first the few files that say what differs,
//! then as much as that has to do with. Where nothing differs that anybody answers for, that is the
//! same for most landings, and read once.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use super::super::sides::{OwnedSide, inspect};
use super::super::slices::{Touched, defining, files, looks_anywhere, seeds};
use super::step::Step;
use super::walk::{Plan, Scene, Walker, Whole};
use crate::catalog::index::{Damaged, Index, Moment, Quiet, Seeds, Tick};
use crate::change::ChangeSet;
use crate::change::subjects::{Weight, weight};
use crate::git::{BlobId, ChangedPath, GitError, Mode, Version};
use crate::tree::{Chosen, Entry, EntryKind, Tree, is_yaml};

/// What differs, and both catalogs as far as that has to do with them.
pub(super) struct Sight {
    /// What differs.
    pub(super) set: ChangeSet,
    /// Paths that only one of the catalogs covers, though their files are the same.
    pub(super) besides: BTreeSet<String>,
    /// Before.
    pub(super) base: Arc<OwnedSide>,
    /// After.
    pub(super) merged: Arc<OwnedSide>,
}

/// How many catalogs are kept that landings may share.
const SHARED: usize = 256;

/// The files of a catalog by path and content.
type Files = Vec<(String, BlobId)>;

/// Where landings are judged: the walk that planned them, and what they share.
pub(super) struct Stage<'w> {
    walker: &'w Walker,
    /// Teams that a policy asks which is not in the catalog.
    asked: &'w [String],
    shared: &'w Shared,
}

/// Catalogs that landings share.
#[derive(Default)]
pub(super) struct Shared {
    sides: Mutex<HashMap<Files, Arc<OwnedSide>>>,
}

/// One side of a landing, as the walk knows it.
struct Half<'w> {
    index: Moment<'w>,
    tree: Arc<dyn Tree>,
    version: fn(&ChangedPath) -> Option<Version>,
}

impl<'w> Stage<'w> {
    /// A stage for what was planned last.
    pub(super) fn new(walker: &'w Walker, asked: &'w [String], shared: &'w Shared) -> Self {
        Self { walker, asked, shared }
    }

    /// Finds what must be seen of a landing.
    ///
    /// # Errors
    ///
    /// Files cannot be read.
    pub(super) fn sight(&self, plan: &Plan) -> Result<Sight, GitError> {
        match &plan.scene {
            Scene::Whole(whole) => self.whole(whole, &plan.step),
            Scene::At(tick) => self.slice(*tick, &plan.step),
        }
    }

    fn whole(&self, whole: &Whole, step: &Step) -> Result<Sight, GitError> {
        let open = |(tree, config): &(Arc<dyn Tree>, _)| {
            let side = OwnedSide::open_with(
                Arc::clone(tree),
                Arc::clone(config),
                (self.walker.shelf(), inspect),
            );
            side.map(Arc::new)
        };
        let (base, merged, besides) =
            (open(&whole.before)?, open(&whole.after)?, whole.besides.clone());
        let set = between(&base, &merged, &step.changed, &besides);
        Ok(Sight { set, besides, base, merged })
    }

    fn slice(&self, tick: Tick, step: &Step) -> Result<Sight, GitError> {
        let besides = BTreeSet::new();
        let halves = [
            Half {
                index: self.walker.at(tick),
                tree: self.walker.tree(&step.landed.before)?,
                version: |one| one.before,
            },
            Half {
                index: self.walker.at(tick + 1),
                tree: self.walker.tree(&step.landed.tip.id)?,
                version: |one| one.after,
            },
        ];
        let paths: Vec<String> = step.changed.iter().map(|one| one.path.clone()).collect();
        let [old, new] = &halves;
        let before = told(Touched::of(&old.index, &paths))?;
        let after = told(Touched::of(&new.index, &paths))?;
        let covered: BTreeSet<String> =
            step.covered(self.walker.config()).map(|one| one.path.clone()).collect();
        let mut few = covered.clone();
        for half in &halves {
            few.extend(told(defining(&half.index, [&before, &after], &paths))?.into_keys());
        }
        let set = match few.is_empty() {
            true => {
                let nothing = self.shared(old, BTreeSet::new())?;
                between(&nothing, &nothing, &step.changed, &besides)
            }
            false => {
                let (base, merged) = (self.open(old, &few, step)?, self.open(new, &few, step)?);
                between(&base, &merged, &step.changed, &besides)
            }
        };
        let weight = weight(&set);
        let from = Some(step.landed.tip.committed.time);
        let mut seeds =
            seeds(self.walker.config(), &before, &after, Vec::new(), (from, self.asked));
        seeds.quiet = if weight == Weight::Some { Quiet::Nobody } else { Quiet::All };
        seeds.names = match weight {
            Weight::Some => after.newly_needed(&before).collect(),
            Weight::Paper | Weight::None => Vec::new(),
        };
        seeds.names.extend(set.entities.iter().filter_map(|one| one.former.clone()));
        seeds.names.extend(set.entities.iter().map(|one| one.reference.clone()));
        seeds.names.extend(set.files.iter().flat_map(|file| file.entities.iter().cloned()));
        let mut needed = self.needed(new, &seeds, step)?;
        if !covered.is_empty() {
            needed.extend(self.needed(old, &seeds, step)?);
        }
        if weight == Weight::None {
            let (base, merged) = (self.shared(old, needed.clone())?, self.shared(new, needed)?);
            return Ok(Sight { set, besides, base, merged });
        }
        needed.extend(few);
        let (mut base, mut merged) =
            (self.open(old, &needed, step)?, self.open(new, &needed, step)?);
        if looks_anywhere(&base) || looks_anywhere(&merged) {
            needed.extend(halves.iter().flat_map(|half| half.index.paths().map(str::to_owned)));
            (base, merged) = (self.open(old, &needed, step)?, self.open(new, &needed, step)?);
        }
        Ok(Sight { set, besides, base: Arc::new(base), merged: Arc::new(merged) })
    }

    fn needed(
        &self,
        half: &Half<'_>,
        seeds: &Seeds,
        step: &Step,
    ) -> Result<BTreeSet<String>, GitError> {
        let files = told(files(&half.index as &dyn Index, seeds, &step.facts.contributors))?;
        Ok(files.into_keys().collect())
    }

    /// Some files of one side as a catalog.
    fn open(
        &self,
        half: &Half<'_>,
        files: &BTreeSet<String>,
        step: &Step,
    ) -> Result<OwnedSide, GitError> {
        let changed = |path: &String| {
            let at = step.changed.binary_search_by(|one| one.path.cmp(path)).ok();
            at.and_then(|at| step.changed.get(at))
        };
        let entry = |path: &String| match changed(path) {
            Some(one) => entry(path, (half.version)(one)?),
            None => half.index.blob(path).map(|blob| file(path.clone(), blob)),
        };
        self.load(half, files.iter().filter_map(entry).collect())
    }

    /// The same of files that the landing leaves alone: landings that see the same share it.
    fn shared(&self, half: &Half<'_>, files: BTreeSet<String>) -> Result<Arc<OwnedSide>, GitError> {
        let known = files.into_iter().filter_map(|path| Some((half.index.blob(&path)?, path)));
        let files: Files = known.map(|(blob, path)| (path, blob)).collect();
        let same = self.shared.sides.lock().ok().and_then(|sides| sides.get(&files).cloned());
        if let Some(same) = same {
            return Ok(same);
        }
        let entries = files.iter().map(|(path, blob)| file(path.clone(), *blob)).collect();
        let side = Arc::new(self.load(half, entries)?);
        if let Ok(mut sides) = self.shared.sides.lock() {
            if sides.len() >= SHARED {
                sides.clear();
            }
            sides.insert(files, Arc::clone(&side));
        }
        Ok(side)
    }

    fn load(&self, half: &Half<'_>, entries: Vec<Entry>) -> Result<OwnedSide, GitError> {
        let tree = Arc::new(Chosen::known(Arc::clone(&half.tree), entries));
        OwnedSide::open_with(tree, Arc::clone(self.walker.config()), (self.walker.shelf(), inspect))
    }
}

fn between(
    base: &OwnedSide,
    merged: &OwnedSide,
    changed: &[ChangedPath],
    besides: &BTreeSet<String>,
) -> ChangeSet {
    base.show(|base| merged.show(|merged| ChangeSet::between(base, merged, changed, besides)))
}

fn file(path: String, blob: BlobId) -> Entry {
    Entry { path, kind: EntryKind::File, id: Some(blob) }
}

/// What a catalog may be interested in.
fn entry(path: &str, version: Version) -> Option<Entry> {
    let kind = match Mode::from_bits(version.bits) {
        Mode::File if is_yaml(path) => EntryKind::File,
        Mode::Symlink => EntryKind::Symlink,
        Mode::File | Mode::Submodule | Mode::Directory => return None,
    };
    Some(Entry { path: path.to_owned(), kind, id: Some(version.blob) })
}

fn told<T>(answer: Result<T, Damaged>) -> Result<T, GitError> {
    answer.map_err(|damaged| GitError::Other(damaged.to_string()))
}
