//! Both sides of a change, opened: from revisions that a user names to a base and what it becomes.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::compared::compared;
use super::contributors;
use super::slices::{Question, looks_anywhere};
use super::vouching;
use super::workspace::{Place, WorkspaceError, configuration};
use crate::catalog::index::Indexed;
use crate::catalog::{
    Catalog, Classes, Graph, Inspection, Reader, Shelf, Subject, load, load_with,
};
use crate::change::facts::{Contributor, Facts};
use crate::change::{ChangeSet, Side};
use crate::config::Config;
use crate::git::{BaseError, ChangedPath, Contents, GitError, MergeError, PullRequest, Repository};
use crate::rules;
use crate::tree::{Patched, Revision, Tree};
use crate::yaml::Limits;

/// Which change is meant.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The base; what a forge or the default branch says, without one.
    pub base: Option<String>,
    /// What is merged into it; the files on disk without one.
    pub head: Option<String>,
    /// Whether what is staged is meant, and not what is on disk.
    pub staged: bool,
}

/// What is to be said of a change, which decides what of a large catalog is read.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Whether it is judged, and at which instant in seconds since 1970: then people count, and
    /// changes that are planned.
    pub now: Option<i64>,
    /// Canonical references of people and teams that no document of the base names, such as those
    /// of a policy that is given from outside.
    pub people: Vec<String>,
    /// Who had a hand in it by what neither commits nor the surroundings say: a ledger, or whoever
    /// took a push.
    pub contributors: Vec<Contributor>,
    /// What the forge said, where that is known from elsewhere; else the surroundings are asked.
    pub request: Option<PullRequest>,
    /// What whoever pushes calls the change.
    pub name: Option<String>,
    /// Whether both catalogs are read in full, however large they are.
    pub whole: bool,
    /// Whether slices are read, however small the catalogs are. For tests.
    pub sliced: bool,
    /// Whether it is asked what is wrong with it (see [`super::newly`]): then files are judged as
    /// they are read.
    pub validated: bool,
}

impl Wanted {
    /// What each file is looked at by.
    pub(super) fn inspect(&self) -> Inspect {
        if self.validated { rules::inspect } else { inspect }
    }
}

/// Why there is no change to look at.
#[derive(Debug, thiserror::Error)]
pub enum SidesError {
    /// There is nothing to look at.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// No base can be chosen.
    #[error(transparent)]
    Base(#[from] BaseError),
    /// They cannot be merged.
    #[error(transparent)]
    Merge(#[from] MergeError),
}

impl From<GitError> for SidesError {
    fn from(error: GitError) -> Self {
        Self::Workspace(error.into())
    }
}

impl SidesError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Workspace(error) => error.is_usage(),
            Self::Base(_) | Self::Merge(_) => false,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Workspace(error) => error.hint().map(str::to_owned),
            Self::Base(error) => error.hint().map(str::to_owned),
            Self::Merge(error) => error.hint().map(|hint| hint.to_string()),
        }
    }
}

/// What is compared, by the names that people use.
#[derive(Debug, Clone)]
pub struct Names {
    /// The base as it was named, or chosen.
    pub base: String,
    /// Its commit.
    pub base_commit: String,
    /// The head as it was named; nothing for the files on disk.
    pub head: Option<String>,
    /// The commit of the head, or the one that the files on disk stand on.
    pub head_commit: String,
    /// Why the base was chosen, or how the two were put together: a sentence without its period.
    pub how: String,
    /// Whether only what is staged counts.
    pub staged: bool,
}

/// One side with everything that it is made of.
pub struct OwnedSide {
    /// The files.
    pub tree: Arc<dyn Tree>,
    /// What `gitsm.yaml` says.
    pub config: Arc<Config>,
    /// The entities.
    pub catalog: Catalog,
    graph: Graph,
    /// What was made of its files: comments, and what is wrong with each, if that was asked for.
    pub(super) inspection: Inspection,
    pub(super) shelf: Option<Arc<Shelf>>,
}

/// Makes something of a file that is read.
pub(super) type Inspect = fn(&Subject<'_>) -> Inspection;

/// What a side makes of each of its files.
pub(super) fn inspect(subject: &Subject<'_>) -> Inspection {
    match subject {
        Subject::Text(view) => {
            Inspection { suppressions: rules::silences(view), ..Inspection::default() }
        }
        Subject::Fault(..) => Inspection::default(),
    }
}

impl OwnedSide {
    /// Reads a tree's catalog.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub fn open(tree: Arc<dyn Tree>, config: impl Into<Arc<Config>>) -> Result<Self, GitError> {
        Self::open_inspecting(tree, config.into(), inspect)
    }

    /// The same, with something else made of its files.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub(super) fn open_inspecting(
        tree: Arc<dyn Tree>,
        config: Arc<Config>,
        inspect: Inspect,
    ) -> Result<Self, GitError> {
        let (catalog, inspection) = load(tree.as_ref(), &config, &Limits::default(), &inspect)?;
        let graph = Graph::of(&catalog);
        Ok(Self { tree, config, catalog, graph, inspection, shelf: None })
    }

    /// The same of a few files, where those that were read before are not read again. What is on the
    /// shelf was made by `inspect`.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub(super) fn open_with(
        tree: Arc<dyn Tree>,
        config: Arc<Config>,
        (shelf, inspect): (&Arc<Shelf>, Inspect),
    ) -> Result<Self, GitError> {
        let (catalog, inspection) = load_with(tree.as_ref(), &config, &inspect, shelf)?;
        let graph = Graph::of(&catalog);
        let shelf = Some(Arc::clone(shelf));
        Ok(Self { tree, config, catalog, graph, inspection, shelf })
    }

    /// Another part of the same side, where files are looked at as they were here; `shelf` is this
    /// side's.
    ///
    /// # Errors
    ///
    /// The tree's store fails.
    pub(super) fn beside(&self, tree: Arc<dyn Tree>, shelf: &Arc<Shelf>) -> Result<Self, GitError> {
        shelf.fill(tree.as_ref(), &self.config, &rules::inspect)?;
        Self::open_with(tree, Arc::clone(&self.config), (shelf, rules::inspect))
    }

    /// Shows it to `tell`.
    pub fn show<T>(&self, tell: impl FnOnce(&Side<'_>) -> T) -> T {
        let classes = Classes::of(&self.catalog);
        let reader = Reader::over(self.tree.as_ref(), self.shelf.as_deref());
        tell(&Side {
            tree: self.tree.as_ref(),
            config: &self.config,
            catalog: &self.catalog,
            graph: &self.graph,
            classes: &classes,
            suppressions: &self.inspection.suppressions,
            reader: &reader,
        })
    }
}

/// A base and what it becomes.
pub struct Sides {
    /// The repository.
    pub repository: Repository,
    /// What is compared.
    pub names: Names,
    /// The base.
    pub base: OwnedSide,
    /// What it becomes.
    pub merged: OwnedSide,
    /// The paths that differ.
    pub changed: Vec<ChangedPath>,
    /// Paths that only one of the catalogs covers, though their files are the same.
    pub besides: BTreeSet<String>,
    /// What commits and the forge say of it, if it is judged.
    pub facts: Facts,
    /// The index of the base, if not all of it was read.
    pub(super) index: Option<RefCell<Indexed>>,
    /// Texts that no commit holds.
    pub(super) contents: Contents,
    /// Whether both sides know what is wrong with each of their files.
    pub(super) validated: bool,
}

impl Sides {
    /// Opens the change that is meant.
    ///
    /// # Errors
    ///
    /// There is no repository, no base, or no merge.
    pub fn open(
        place: &Place,
        asked: &Asked,
        wanted: &Wanted,
        environment: &crate::git::Environment<'_>,
    ) -> Result<Self, SidesError> {
        let repository = Repository::discover(&place.current)?;
        let (names, changed, contents) = compared(&repository, asked, environment)?;
        let folder = folder_in(&repository, &place.current);
        let (mut facts, evidence) = match wanted.now {
            Some(_) => {
                let base = Revision::unlisted(&repository, &names.base_commit)?;
                let is_asked = vouching::is_asked(&configuration(&base, &folder, false).0);
                {
                    let request = wanted.request.clone();
                    let request = request.or_else(|| PullRequest::of(environment));
                    let request = request.unwrap_or_default();
                    contributors::with_evidence(&repository, &names, request, is_asked)?
                }
            }
            None => (Facts::default(), None),
        };
        facts.contributors.extend(wanted.contributors.iter().cloned());
        facts.named(wanted.name.as_deref());
        let mut sides = Self::of(repository, names, (changed, contents), &folder, (wanted, facts))?;
        if let (Some(evidence), Some(now)) = (evidence, wanted.now) {
            let Self { facts, base, merged, .. } = &mut sides;
            base.show(|base| merged.show(|merged| evidence.judge(facts, (base, merged), now)));
        }
        Ok(sides)
    }

    /// The sides of a comparison; `folder` is where the user stands. Of large catalogs only what
    /// the change has to do with is read.
    ///
    /// # Errors
    ///
    /// Git cannot deliver what is compared.
    pub fn of(
        repository: Repository,
        names: Names,
        (changed, contents): (Vec<ChangedPath>, Contents),
        folder: &str,
        (wanted, facts): (&Wanted, Facts),
    ) -> Result<Self, GitError> {
        let none = BTreeSet::new();
        if !wanted.whole
            && let Some((base, merged, index)) =
                slices(&repository, &names, (&changed, &contents), folder, (wanted, &facts))?
        {
            return Ok(Self {
                repository,
                names,
                base,
                merged,
                changed,
                besides: none,
                facts,
                index: Some(RefCell::new(index)),
                contents,
                validated: wanted.validated,
            });
        }
        let tree: Arc<dyn Tree> = Arc::new(Revision::open(&repository, &names.base_commit, &[])?);
        let patched = Patched::new(Arc::clone(&tree), &changed, contents.clone());
        let result: Arc<dyn Tree> = Arc::new(patched);
        let (old, _) = configuration(tree.as_ref(), folder, false);
        let (new, _) = configuration(result.as_ref(), folder, false);
        let besides = match old.covers_as(&new) {
            true => none,
            false => besides(tree.as_ref(), result.as_ref(), &old, &new),
        };
        let (base, merged) = both((tree, old), (result, new), (&Arc::default(), wanted.inspect()))?;
        Ok(Self {
            repository,
            names,
            base,
            merged,
            changed,
            besides,
            facts,
            index: None,
            contents,
            validated: wanted.validated,
        })
    }

    /// Whether only parts of the catalogs were read.
    pub fn is_slice(&self) -> bool {
        self.index.is_some()
    }

    /// What differs.
    pub fn set(&self) -> ChangeSet {
        self.base.show(|base| {
            self.merged
                .show(|merged| ChangeSet::between(base, merged, &self.changed, &self.besides))
        })
    }
}

/// How many files are kept in memory as they were read, at most.
const FEW: usize = 20_000;

/// Opens two trees that are almost the same.
///
/// # Errors
///
/// The store of one fails.
pub(super) fn both(
    (tree, old): (Arc<dyn Tree>, Config),
    (result, new): (Arc<dyn Tree>, Config),
    (shelf, inspect): (&Arc<Shelf>, Inspect),
) -> Result<(OwnedSide, OwnedSide), GitError> {
    let (old, new) = (Arc::new(old), Arc::new(new));
    if tree.entries().len() > FEW {
        let (base, merged) = rayon::join(
            || OwnedSide::open_inspecting(tree, old, inspect),
            || OwnedSide::open_inspecting(result, new, inspect),
        );
        return Ok((base?, merged?));
    }
    // What is the same in both is read once.
    shelf.fill(tree.as_ref(), &old, &inspect)?;
    shelf.fill(result.as_ref(), &new, &inspect)?;
    let base = OwnedSide::open_with(tree, old, (shelf, inspect))?;
    Ok((base, OwnedSide::open_with(result, new, (shelf, inspect))?))
}

/// Both sides as far as a change has to do with them, and the index of the base; nothing if all of
/// them must be read, or they are small.
fn slices(
    repository: &Repository,
    names: &Names,
    (changed, contents): (&[ChangedPath], &Contents),
    folder: &str,
    (wanted, facts): (&Wanted, &Facts),
) -> Result<Option<(OwnedSide, OwnedSide, Indexed)>, GitError> {
    let tree: Arc<dyn Tree> = Arc::new(Revision::unlisted(repository, &names.base_commit)?);
    let result: Arc<dyn Tree> =
        Arc::new(Patched::new(Arc::clone(&tree), changed, contents.clone()));
    let (old, _) = configuration(tree.as_ref(), folder, false);
    let (new, _) = configuration(result.as_ref(), folder, false);
    if !old.covers_as(&new) {
        return Ok(None);
    }
    let shelf = Arc::new(Shelf::default());
    let question = Question {
        repository,
        base: (&tree, &names.base_commit),
        merged: &result,
        config: &old,
        changed,
        contributors: &facts.contributors,
        wanted,
        shelf: &shelf,
    };
    let Some(slices) = question.answer()? else { return Ok(None) };
    let with = (&shelf, wanted.inspect());
    let (base, merged) = both((slices.base, old), (slices.merged, new), with)?;
    let anywhere = wanted.now.is_some() && (looks_anywhere(&base) || looks_anywhere(&merged));
    Ok((!anywhere).then_some((base, merged, slices.index)))
}

/// The files that are in both trees, and in one of the catalogs only.
pub(super) fn besides(
    before: &dyn Tree,
    after: &dyn Tree,
    old: &Config,
    new: &Config,
) -> BTreeSet<String> {
    let paths = before.entries().iter().chain(after.entries()).map(|entry| &entry.path);
    paths.filter(|path| old.covers(path) != new.covers(path)).cloned().collect()
}

/// The folder in which somebody stands, from the repository's top.
pub(super) fn folder_in(repository: &Repository, current: &Path) -> String {
    let inside = || {
        let top = repository.workdir()?.canonicalize().ok()?;
        let inside = current.canonicalize().ok()?;
        let inside = inside.strip_prefix(top).ok()?.to_owned();
        let parts: Vec<String> =
            inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        Some(parts.join("/"))
    };
    inside().unwrap_or_default()
}
