//! Who may say what, at each commit of the protected branch that entries name.
//!
//! A ledger names many commits, and most of them change nothing about that. So a commit is only read
//! if a file differs in which a person, a change policy or a setting could stand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cache::Cache;
use crate::catalog::index::{Indexed, Listed, Scope, Topic};
use crate::catalog::{Inspection, Shelf, load_with};
use crate::config::{Config, FILE_NAME};
use crate::flow::workspace::configuration;
use crate::git::{BlobId, ChangedPath, GitError, Repository};
use crate::ledger::Authority;
use crate::tree::{Chosen, Revision, Tree, is_yaml};

/// Catalogs of fewer YAML files are read in full.
const LEAST: usize = 2_000;

/// The families whose documents say who may say what.
const PEOPLE: &str = "person";
const POLICIES: &str = "changepolicy";

/// How many indexes of a repository are kept; those of changes are among them.
const KEPT: usize = 4;

/// What must stand in a file, in these very letters, for it to say something of people or change
/// policies; or by which letters can be written otherwise.
const TELLTALES: &[&[u8]] = &[
    b"Person",
    b"User",
    b"ChangePolicy",
    b"person:",
    b"user:",
    b"changepolicy:",
    b"\\x",
    b"\\u",
    b"\\U",
    b"\\\n",
    b"\\\r",
    b"\0",
];

/// The longest file that is searched for that; a longer one says it.
const LONGEST: u64 = 16 << 20;

/// What the protected branch says, commit by commit.
pub(super) struct Bases<'r> {
    repository: &'r Repository,
    /// The folder in which the nearest `gitsm.yaml` upwards counts.
    folder: String,
    known: BTreeMap<String, Arc<Authority>>,
    /// The commit that was looked at last.
    last: Option<String>,
    shelf: Shelf,
    telling: BTreeMap<BlobId, bool>,
}

impl<'r> Bases<'r> {
    pub(super) fn new(repository: &'r Repository, folder: &str) -> Self {
        Self {
            repository,
            folder: folder.to_owned(),
            known: BTreeMap::new(),
            last: None,
            shelf: Shelf::default(),
            telling: BTreeMap::new(),
        }
    }

    /// What the branch says at a commit.
    ///
    /// # Errors
    ///
    /// Git cannot deliver it.
    pub(super) fn at(&mut self, commit: &str) -> Result<Arc<Authority>, GitError> {
        if let Some(known) = self.known.get(commit) {
            return Ok(Arc::clone(known));
        }
        let same = match self.last.clone() {
            Some(last) if !self.differs(&last, commit)? => self.known.get(&last).cloned(),
            _ => None,
        };
        let authority = match same {
            Some(same) => same,
            None => Arc::new(self.read(commit, &[PEOPLE, POLICIES])?),
        };
        self.known.insert(commit.to_owned(), Arc::clone(&authority));
        self.last = Some(commit.to_owned());
        Ok(authority)
    }

    /// Whether two commits could say different things.
    fn differs(&mut self, one: &str, other: &str) -> Result<bool, GitError> {
        for path in self.repository.compare(Some(one), other)? {
            if self.tells(&path)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn tells(&mut self, changed: &ChangedPath) -> Result<bool, GitError> {
        let name = changed.path.rsplit('/').next().unwrap_or_default();
        if name == FILE_NAME {
            return Ok(true);
        }
        for version in [changed.before, changed.after].into_iter().flatten() {
            let is_file = matches!(version.bits, 0o100_644 | 0o100_755);
            if !is_file || is_yaml(&changed.path) && self.speaks(version.blob)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a file could say something of people, change policies or their aliases.
    fn speaks(&mut self, blob: BlobId) -> Result<bool, GitError> {
        if let Some(known) = self.telling.get(&blob) {
            return Ok(*known);
        }
        let speaks = match self.repository.short_blob(blob, LONGEST)? {
            Some(bytes) => TELLTALES.iter().any(|one| memchr::memmem::find(&bytes, one).is_some()),
            None => true,
        };
        self.telling.insert(blob, speaks);
        Ok(speaks)
    }

    /// The files of a commit in which people, change policies and settings stand; of a small catalog
    /// all of them.
    pub(super) fn tree(&self, commit: &str) -> Result<(Arc<dyn Tree>, Config), GitError> {
        self.tree_of(commit, &[PEOPLE, POLICIES])
    }

    /// The same with these families alone.
    fn tree_of(
        &self,
        commit: &str,
        families: &[&str],
    ) -> Result<(Arc<dyn Tree>, Config), GitError> {
        let tree: Arc<dyn Tree> = Arc::new(Revision::unlisted(self.repository, commit)?);
        let (config, _) = configuration(tree.as_ref(), &self.folder, false);
        let tree: Arc<dyn Tree> = match self.few(&tree, (commit, &config), families)? {
            Some(files) => Arc::new(Chosen::new(tree, files)?),
            None => Arc::new(Revision::open(self.repository, commit, &[])?),
        };
        Ok((tree, config))
    }

    /// What the branch says at a commit but for people and their keys: all that matters while nobody
    /// has said anything.
    ///
    /// # Errors
    ///
    /// Git cannot deliver it.
    pub(super) fn rules(&self, commit: &str) -> Result<Authority, GitError> {
        self.read(commit, &[POLICIES])
    }

    fn read(&self, commit: &str, families: &[&str]) -> Result<Authority, GitError> {
        let (tree, config) = self.tree_of(commit, families)?;
        let inspect = |_: &crate::catalog::Subject<'_>| Inspection::default();
        let (catalog, _) = load_with(tree.as_ref(), &config, &inspect, &self.shelf)?;
        Ok(Authority::of(&catalog, &config))
    }

    /// The files of a large catalog in which documents of these families stand; nothing if it is
    /// small.
    fn few(
        &self,
        tree: &Arc<dyn Tree>,
        (commit, config): (&str, &Config),
        families: &[&str],
    ) -> Result<Option<BTreeSet<String>>, GitError> {
        let repository = self.repository;
        let (git, named) = (repository.git_dir().to_owned(), commit.to_owned());
        let listed: Listed = Box::new(move || {
            let all = Revision::open(&Repository::discover(&git)?, &named, &[])?;
            Ok(Arc::new(all) as Arc<dyn Tree>)
        });
        let id = Revision::unlisted(repository, commit)?.tree();
        let scope = Scope { tree: id?, config: config.clone(), folders: Vec::new() };
        let cache = Cache::of_repository(repository.common_dir(), "index", KEPT);
        let changes = |before: &str, after: &str| repository.compare_trees(before, after).ok();
        let Some(mut index) = Indexed::open(tree, listed, scope, (Some(cache), LEAST), &changes)?
        else {
            return Ok(None);
        };
        let files = index.ask(|index| {
            let mut files = BTreeSet::new();
            for family in families {
                let found = index.find(Topic::Family, family)?;
                files.extend(found.iter().map(|file| file.path.clone()));
            }
            Ok(files)
        })?;
        Ok(Some(files))
    }
}
