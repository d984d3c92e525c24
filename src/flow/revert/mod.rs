//! `revert`: the change set that takes a change back, as edits of the files on disk.
//!
//! Which change: `named`. What of it can be taken back: [`change::weigh`](crate::change::weigh), by
//! values. How files are to read: `texts`. [`proof`] reads the result as a catalog and compares,
//! before `write` touches anything.

mod later;
mod named;
mod proof;
mod texts;
mod told;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::sides::{Names, OwnedSide, Sides, SidesError, Wanted, folder_in};
use super::validate::ValidateError;
use super::workspace::{Place, Workspace, configuration};
use crate::change::facts::Facts;
use crate::change::{ChangeSet, Side, Weighed, weigh};
use crate::git::{ChangedPath, Contents, GitError, Head, MergeError, Merged, Repository, Version};
use crate::output::revert::RevertReport;
use crate::tree::{Patched, Revision, Tree, is_writable_path};
use named::Landed;
use texts::{Files, Made};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where the user stands.
    pub place: Place,
    /// The change: a commit, a range, `change:NAME`, `pr-N`, or what a trailer says.
    pub change: String,
    /// Whether the files are written.
    pub write: bool,
    /// Whether what can be taken back is, though something else cannot.
    pub partial: bool,
}

/// What was done, or would be.
pub struct Outcome {
    /// What there is to say of it.
    pub report: RevertReport,
    /// What becomes of which file.
    pub(super) files: Vec<FileText>,
    /// The files that were written, and why the rest was not, if the file system failed in between.
    pub failed: Option<(Vec<String>, String)>,
}

/// A file that becomes another one.
#[derive(Debug, Clone)]
pub(super) struct FileText {
    pub(super) path: String,
    pub(super) before: Option<(Version, Arc<[u8]>)>,
    pub(super) after: Option<(Version, Arc<[u8]>)>,
}

impl Outcome {
    /// The edits as a unified diff without secrets; for a screen without anything that a terminal
    /// would obey.
    pub fn diff(&self, for_screen: bool) -> String {
        self.files.iter().map(|file| told::diff_of(file, for_screen)).collect()
    }
}

/// Why nothing was taken back.
#[derive(Debug, thiserror::Error)]
pub enum RevertError {
    /// There is nothing to look at.
    #[error(transparent)]
    Sides(#[from] SidesError),
    /// The catalog cannot be judged.
    #[error(transparent)]
    Validate(#[from] ValidateError),
    /// Nobody knows the change.
    #[error("no commit, change request, pull request or `Gitsm-Change` trailer is called `{name}`")]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The change request is there, and its change is not.
    #[error("{name} stands in {path}, and no commit of this branch has brought it")]
    NotLanded {
        /// The change.
        name: String,
        /// Where its request stands.
        path: String,
    },
    /// There is nothing before it.
    #[error("there is nothing before the first commit, so it cannot be taken back")]
    First,
    /// This clone does not hold what was before.
    #[error("this clone does not hold what was before that commit")]
    Shallow,
    /// The range is none of the branch itself.
    #[error("{from} is not on the way back from there along first parents")]
    NoRange {
        /// Where it should begin.
        from: String,
    },
    /// There is no commit in it.
    #[error("there is no commit in {range}")]
    Empty {
        /// The range.
        range: String,
    },
    /// There are no files on disk.
    #[error("this repository has no files on disk to edit")]
    Bare,
    /// What would be written is not what is meant.
    #[error("{what} would not become what it was; nothing was written")]
    Proof {
        /// What.
        what: String,
    },
    /// The file system would refuse.
    #[error("{reason}; nothing was written")]
    Refused {
        /// What, and why.
        reason: String,
    },
    /// Somebody else is writing.
    #[error("{path} changed in the meantime; nothing was written")]
    Changed {
        /// The file.
        path: String,
    },
}

impl From<GitError> for RevertError {
    fn from(error: GitError) -> Self {
        Self::Sides(error.into())
    }
}

impl From<MergeError> for RevertError {
    fn from(error: MergeError) -> Self {
        Self::Sides(error.into())
    }
}

impl RevertError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Sides(error) => error.is_usage(),
            Self::Validate(_)
            | Self::Shallow
            | Self::Proof { .. }
            | Self::Refused { .. }
            | Self::Changed { .. } => false,
            _ => true,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Sides(error) => return error.hint(),
            Self::Unknown { .. } => {
                "name a commit, A..B, change:NAME, pr-7 or a trailer's value".to_owned()
            }
            Self::NotLanded { .. } => "name the commit instead: git log --first-parent".to_owned(),
            Self::Shallow => "git fetch --unshallow".to_owned(),
            Self::NoRange { .. } => "git log --first-parent shows what can be named".to_owned(),
            Self::Proof { .. } => {
                "it is written in a way that gitsm does not edit: do this part by hand".to_owned()
            }
            Self::Changed { .. } => "run the command again".to_owned(),
            _ => return None,
        })
    }
}

/// Takes a change back; without `write` only in memory.
///
/// # Errors
///
/// There is no such change, or what would be written is not what is meant. That something stands in
/// the way is no error: the report says it.
pub fn revert(request: &Request) -> Result<Outcome, RevertError> {
    let repository = Repository::discover(&request.place.current)?;
    if repository.workdir().is_none() {
        return Err(RevertError::Bare);
    }
    let folder = folder_in(&repository, &request.place.current);
    let present = Present::open(&repository, &folder)?;
    let landed = named::find(&repository, &request.change, &|name| present.request_file(name))?;
    let changed = repository.compare(Some(&landed.before), &landed.after.id)?;
    if let Some(one) = changed.iter().find(|one| !is_writable_path(&one.path)) {
        let reason = format!("`{}` is no name that a file of a project has", one.path);
        return Err(RevertError::Refused { reason });
    }
    let names = Names {
        base: landed.before.clone(),
        base_commit: landed.before.clone(),
        head: Some(landed.after.id.clone()),
        head_commit: landed.after.id.clone(),
        how: String::new(),
        staged: false,
    };
    let own = Repository::discover(&request.place.current)?;
    // What stands in the way may be anywhere, so nothing is left out.
    let whole = Wanted { whole: true, ..Wanted::default() };
    let changes = (changed, Contents::new());
    let sides = Sides::of(own, names, changes, &folder, (&whole, Facts::default()))?;
    let set = sides.set();
    let inverse = set.inverse();
    let weighed = present.side.show(|now| weigh(&inverse, now));
    let mut files = present.files(&repository, &landed, &sides.changed)?;
    let task = Task { sides: &sides, inverse: &inverse, weighed: &weighed, present: &present };
    let proved = proof::prove(&task, &mut files)?;
    let workspace = Workspace::open(&request.place).map_err(SidesError::from)?;
    let findings = proof::findings(&workspace, &request.place, &present, &proved)?;
    let texts = texts_of(&files, &proved.made)?;
    let mut report = told::report(&told::Told {
        task: &task,
        repository: &repository,
        landed: &landed,
        set: &set,
        proved: &proved,
        findings: &findings,
        files: &files,
    });
    report.partial = request.partial;
    if !request.write {
        report.warnings.extend(texts.iter().filter_map(told::unsaid));
    }
    let blocked = !report.obstacles.is_empty() && !request.partial;
    let mut failed = None;
    if request.write && !blocked && !texts.is_empty() {
        failed = write::write(&workspace, &texts)?;
        report.written = failed.is_none();
    }
    Ok(Outcome { report, files: texts, failed })
}

/// What is taken back, from what.
pub(super) struct Task<'t> {
    pub(super) sides: &'t Sides,
    pub(super) inverse: &'t ChangeSet,
    pub(super) weighed: &'t Weighed,
    pub(super) present: &'t Present,
}

/// The files on disk as a catalog.
pub(super) struct Present {
    pub(super) side: OwnedSide,
    pub(super) head: Arc<dyn Tree>,
    pub(super) merged: Merged,
    pub(super) folder: String,
}

impl Present {
    fn open(repository: &Repository, folder: &str) -> Result<Self, RevertError> {
        let merged = repository.merged("HEAD", &Head::Worktree)?;
        let head: Arc<dyn Tree> = Arc::new(Revision::open(repository, "HEAD", &[])?);
        let tree = Patched::new(Arc::clone(&head), &merged.changes, merged.contents.clone());
        let tree: Arc<dyn Tree> = Arc::new(tree);
        let (config, _) = configuration(tree.as_ref(), folder, false);
        let side = OwnedSide::open(tree, config)?;
        Ok(Self { side, head, merged, folder: folder.to_owned() })
    }

    /// Where a change request stands, and its canonical reference.
    fn request_file(&self, name: &str) -> Option<(String, String)> {
        let catalog = &self.side.catalog;
        let reference = crate::model::EntityRef::new("change", "default", name);
        let entity = catalog.entity(catalog.find(&reference)?);
        Some((entity.file.path.clone(), catalog.canonical(entity).to_owned()))
    }

    /// What the files of a change hold now.
    fn files<'r>(
        &self,
        repository: &'r Repository,
        landed: &'r Landed,
        changed: &[ChangedPath],
    ) -> Result<Files<'r>, RevertError> {
        let mut now: BTreeMap<String, Option<Version>> =
            changed.iter().map(|one| (one.path.clone(), one.after)).collect();
        for since in repository.compare(Some(&landed.after.id), "HEAD")? {
            now.insert(since.path, since.after);
        }
        for pending in &self.merged.changes {
            now.insert(pending.path.clone(), pending.after);
        }
        let contents = self.merged.contents.clone();
        let (before, after) = (landed.before.as_str(), landed.after.id.as_str());
        Ok(Files { repository, before, after, now, contents })
    }
}

/// The files that become others, with their bytes.
fn texts_of(
    files: &Files<'_>,
    made: &BTreeMap<String, Made>,
) -> Result<Vec<FileText>, RevertError> {
    let mut all = Vec::new();
    for (path, made) in made {
        let Some(after) = made.version() else { continue };
        let before = files.at(path);
        if before == after {
            continue;
        }
        let bytes = |version: Option<Version>| {
            version.map(|one| Ok::<_, GitError>((one, files.bytes(one.blob)?))).transpose()
        };
        all.push(FileText { path: path.clone(), before: bytes(before)?, after: bytes(after)? });
    }
    Ok(all)
}

impl Made {
    /// What stands there afterwards; nothing if it stays.
    pub(super) fn version(&self) -> Option<Option<Version>> {
        match self {
            Self::Kept | Self::Stuck(_) => None,
            Self::Exact(version) | Self::Edited(version) => Some(*version),
            Self::Merged(version) => Some(Some(*version)),
        }
    }
}

/// Names of entities.
type NameSet = BTreeSet<String>;

/// Shows two sides.
fn show_both<T>(a: &OwnedSide, b: &OwnedSide, tell: impl FnOnce(&Side<'_>, &Side<'_>) -> T) -> T {
    a.show(|a| b.show(|b| tell(a, b)))
}
