//! From where the user stands and what they name to a tree and its configuration.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::config::{self, Config, ConfigFault};
use crate::git::{GitError, Mode, Repository};
use crate::source::{File, Source};
use crate::tree::{Entry, EntryKind, Joined, Revision, Tree, Worktree};

use super::records::{Records, records};

/// What to look at.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Where the user stands.
    pub current: PathBuf,
    /// What they name: folders are roots, files are filters.
    pub paths: Vec<PathBuf>,
    /// The revision; the files on disk if there is none.
    pub at: Option<String>,
    /// What is to be told beside the answer.
    pub notices: Notices,
}

/// What is to be told beside an answer: a use case says it, whoever called it prints it.
#[derive(Debug, Clone, Default)]
pub struct Notices(Arc<Mutex<Vec<String>>>);

impl Notices {
    /// Says something, once.
    pub(super) fn say(&self, text: String) {
        if let Ok(mut all) = self.0.lock()
            && !all.contains(&text)
        {
            all.push(text);
        }
    }

    /// Takes what was said.
    pub fn take(&self) -> Vec<String> {
        self.0.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default()
    }
}

/// Why there is nothing to look at.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// A path that does not exist: the user's mistake.
    #[error("there is no file or folder {path}")]
    NoSuchPath {
        /// What was named.
        path: PathBuf,
    },
    /// A file that is no part of any catalog.
    #[error("{path} is not read: it is no YAML file, or Git ignores it")]
    NotRead {
        /// The file.
        path: PathBuf,
    },
    /// Paths that have no repository in common.
    #[error("{path} is in another repository than the paths before it")]
    OtherRepository {
        /// The path that does not fit.
        path: PathBuf,
    },
    /// Git cannot answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

impl WorkspaceError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Git(_))
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Git(error) => error.hint(),
            Self::NoSuchPath { .. } => Some("name a folder that holds a catalog, or files of one"),
            Self::NotRead { .. } => Some("name YAML files of the catalog, or folders"),
            Self::OtherRepository { .. } => Some("run gitsm once for each repository"),
        }
    }
}

/// The text of a `gitsm.yaml` and its mistakes, if there is one.
pub type Settings = Option<(Source, Vec<ConfigFault>)>;

/// The first mistake in settings: where, and what. Whoever decides by them must not pass it over: a
/// misspelt setting is one that is not there.
pub(super) fn mistake(settings: &Settings) -> Option<String> {
    let (source, faults) = settings.as_ref()?;
    let fault = faults.first()?;
    let line = source.place(fault.span).start.line;
    Some(format!("{}:{line}: {}", source.file().path, fault.message))
}

/// A tree, its configuration, and which of its files to report on.
pub struct Workspace {
    /// The files.
    pub tree: Arc<dyn Tree>,
    /// What `gitsm.yaml` says.
    pub config: Config,
    /// The text of `gitsm.yaml` and its mistakes.
    pub settings: Settings,
    /// The files to report on; all if it is empty.
    pub only: Vec<String>,
    /// What to call the tree.
    pub name: String,
    /// The repository, where there is one that can be read.
    pub repository: Option<Repository>,
    /// Whether the files are those on disk, which can be written as well.
    pub on_disk: bool,
    /// The revision that the files are of; nothing if they are those on disk.
    pub revision: Option<String>,
    /// The folder on disk that the paths of the files begin in.
    pub top: PathBuf,
    /// The records that are read with the files, if they are.
    pub records: Option<Records>,
    folders: Vec<String>,
}

impl Workspace {
    /// Opens what a user named.
    ///
    /// # Errors
    ///
    /// A path does not exist, or Git cannot deliver the revision.
    pub fn open(place: &Place) -> Result<Self, WorkspaceError> {
        let start = place.current.clone();
        let first = place.paths.first().map_or_else(|| start.clone(), |path| start.join(path));
        let base = nearest_folder(&first).unwrap_or(start);
        let (top, repository) = find_top(&base, place.at.is_some())?;
        let mut at = place.at.clone();
        if repository.as_ref().is_some_and(|repository| repository.workdir().is_none()) {
            at = at.or_else(|| Some("HEAD".to_owned()));
        }
        let named = named(place, &top, at.is_some())?;
        let tree: Arc<dyn Tree> = match (&at, &repository) {
            (Some(revision), Some(repository)) => {
                Arc::new(Revision::open(repository, revision, &named.folders)?)
            }
            _ => Arc::new(Worktree::open(&top, repository.as_ref(), &named.folders)),
        };
        for (path, written) in named.files.iter().chain(&named.folders_written) {
            if !path.is_empty() && tree.mode(path).is_none() {
                return Err(WorkspaceError::NoSuchPath { path: written.clone() });
            }
        }
        let is_file = |path: &String| tree.mode(path).is_some_and(|mode| mode != Mode::Directory);
        let only = named.files.into_iter().map(|(path, _)| path).filter(is_file).collect();
        let from = match named.folders.as_slice() {
            [folder] => folder.clone(),
            _ => relative(&top, &base).unwrap_or_default(),
        };
        let roots_named = !named.folders.is_empty();
        let (config, settings) = configuration(tree.as_ref(), &from, roots_named);
        let name = match named.folders.as_slice() {
            [folder] if !folder.is_empty() => folder.clone(),
            _ => ".".to_owned(),
        };
        let (folders, on_disk) = (named.folders, at.is_none());
        let revision = at;
        let records = None;
        Ok(Self {
            tree,
            config,
            settings,
            only,
            name,
            repository,
            on_disk,
            revision,
            top,
            records,
            folders,
        })
    }

    /// The same, with the records of the repository as part of the catalog. Of a folder that was
    /// named as a catalog of its own they are none.
    ///
    /// # Errors
    ///
    /// As [`Workspace::open`].
    pub fn with_records(place: &Place) -> Result<Self, WorkspaceError> {
        let mut workspace = Self::open(place)?;
        if !workspace.folders.is_empty() {
            return Ok(workspace);
        }
        let Some(repository) = &workspace.repository else { return Ok(workspace) };
        let folder = relative(&workspace.top, &place.current.canonicalize().unwrap_or_default());
        let folder = folder.unwrap_or_default();
        let at = workspace.revision.as_deref();
        workspace.records = records(repository, &folder, at, &place.notices);
        match workspace.joined(Arc::clone(&workspace.tree)) {
            Some(tree) => workspace.tree = tree,
            None => {
                place.notices.say(
                    "the records are left out: the catalog holds files whose names begin as theirs \
                     do"
                        .to_owned(),
                );
                workspace.records = None;
            }
        }
        Ok(workspace)
    }

    /// A tree with the records beside it; nothing if that cannot be.
    fn joined(&self, tree: Arc<dyn Tree>) -> Option<Arc<dyn Tree>> {
        let Some(records) = &self.records else { return Some(tree) };
        let beside = Arc::clone(&records.tree);
        Some(Arc::new(Joined::new(tree, beside)?))
    }

    /// The same folders at another revision, with the configuration that holds there; records are
    /// those of this one.
    ///
    /// # Errors
    ///
    /// There is no repository, or no such revision.
    pub fn at(&self, revision: &str) -> Result<(Arc<dyn Tree>, Config, Settings), GitError> {
        let tree = match &self.repository {
            Some(repository) => Revision::open(repository, revision, &self.folders)?,
            // Asked again for the reason why there is none.
            None => Revision::open(&Repository::discover(&self.top)?, revision, &self.folders)?,
        };
        let named = !self.folders.is_empty();
        let (config, settings) = configuration(&tree, &self.config.folder, named);
        let tree: Arc<dyn Tree> = Arc::new(tree);
        let tree = self.joined(Arc::clone(&tree)).unwrap_or(tree);
        Ok((tree, config, settings))
    }

    /// The text of a file of the tree, for showing lines of it.
    pub fn text(&self, path: &str) -> Option<Source> {
        source(self.tree.as_ref(), path)
    }
}

/// The text of a file of a tree.
pub(super) fn source(tree: &dyn Tree, path: &str) -> Option<Source> {
    let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None };
    let known = tree.entries().binary_search_by(|entry| entry.path.as_str().cmp(path));
    let entry = known.map_or(&entry, |at| &tree.entries()[at]);
    let content = tree.read(entry, 16 << 20).ok()?;
    let text = String::from_utf8_lossy(&content.bytes).into_owned();
    Some(Source::new(File::local(path), text))
}

/// The folder that a path is, or is in, as far as it exists.
fn nearest_folder(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok().or_else(|| path.parent()?.canonicalize().ok())?;
    if path.is_dir() { Some(path) } else { path.parent().map(Path::to_owned) }
}

/// The top of the tree, and the repository it is the top of.
fn find_top(base: &Path, needs_git: bool) -> Result<(PathBuf, Option<Repository>), GitError> {
    match Repository::discover(base) {
        Ok(repository) => {
            let top = repository.workdir().unwrap_or_else(|| repository.git_dir());
            let top = top.canonicalize().unwrap_or_else(|_| top.to_owned());
            Ok((top, Some(repository)))
        }
        Err(error) if needs_git => Err(error),
        // Files on disk can be read without Git's help; its ignore rules are files, too.
        Err(GitError::Unsupported { .. }) => {
            let top = base.ancestors().find(|folder| folder.join(".git").exists());
            Ok((top.unwrap_or(base).to_owned(), None))
        }
        Err(_) => Ok((base.to_owned(), None)),
    }
}

/// What the user named, relative to the top.
#[derive(Default)]
struct Named {
    folders: Vec<String>,
    folders_written: Vec<(String, PathBuf)>,
    files: Vec<(String, PathBuf)>,
}

fn named(place: &Place, top: &Path, at_revision: bool) -> Result<Named, WorkspaceError> {
    let mut named = Named::default();
    for path in &place.paths {
        let absolute = place.current.join(path);
        let real = absolute.canonicalize().ok().or_else(|| {
            let parent = absolute.parent()?.canonicalize().ok()?;
            Some(parent.join(absolute.file_name()?))
        });
        // At a revision a path may name what is no longer on disk.
        let real = match real {
            Some(real) if real.exists() || at_revision => real,
            None if at_revision => absolute.clone(),
            _ => return Err(WorkspaceError::NoSuchPath { path: path.clone() }),
        };
        let Some(inside) = relative(top, &real) else {
            return Err(WorkspaceError::OtherRepository { path: path.clone() });
        };
        let is_folder = real.is_dir() || (!real.exists() && real.extension().is_none());
        if is_folder {
            named.folders.push(inside.clone());
            named.folders_written.push((inside, path.clone()));
        } else {
            named.files.push((inside, path.clone()));
        }
    }
    Ok(named)
}

fn relative(top: &Path, path: &Path) -> Option<String> {
    let inside = path.strip_prefix(top).ok()?;
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
    Some(parts.join("/"))
}

/// The nearest `gitsm.yaml` from a folder upwards; of a folder that was named, only its own.
pub(super) fn configuration(tree: &dyn Tree, from: &str, only_here: bool) -> (Config, Settings) {
    let mut folder = Some(from);
    while let Some(at) = folder {
        let path = match at {
            "" => config::FILE_NAME.to_owned(),
            folder => format!("{folder}/{}", config::FILE_NAME),
        };
        if tree.mode(&path) == Some(Mode::File)
            && let Some(source) = source(tree, &path)
        {
            let (config, faults) = Config::read(&source, at);
            return (config, Some((source, faults)));
        }
        folder = match at {
            "" => None,
            _ if only_here => None,
            folder => Some(folder.rsplit_once('/').map_or("", |(parent, _)| parent)),
        };
    }
    (Config::default(), None)
}
