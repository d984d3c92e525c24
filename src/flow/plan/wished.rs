//! What commits want of a target: read without asking the target, and without a secret.
//!
//! Two commits want the same of it if `gitsm.yaml`, the target's document and all of its objects are
//! the same. Objects are made as a plan makes them, so whatever a template, a selector or a driver
//! looks at counts, and nothing else does.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::json;

use super::desired::{Meant, desired};
use crate::catalog::query::World;
use crate::catalog::{Inspection, Shelf, Subject};
use crate::change::Side;
use crate::config::FILE_NAME;
use crate::flow::ask::unread;
use crate::flow::sides::OwnedSide;
use crate::flow::workspace::configuration;
use crate::git::{GitError, Repository};
use crate::model::gitsm::Spec;
use crate::plan::Fields;
use crate::plan::document::sha256;
use crate::target::row;
use crate::tree::{Revision, Tree, is_yaml};

/// How many files of a tree are kept as they were read, at most.
const FEW: usize = 20_000;

/// What one commit wants of a target.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::flow) struct Wish {
    /// The digests of its parts by name: the settings, the target's document, each object.
    parts: BTreeMap<String, String>,
    /// Why that is not all, if a part cannot be made.
    pub(in crate::flow) unsure: Option<String>,
}

impl Wish {
    /// The names of the parts that two wishes do not have in common.
    pub(in crate::flow) fn differs(&self, other: &Self) -> BTreeSet<String> {
        let names = self.parts.keys().chain(other.parts.keys());
        names.filter(|name| self.parts.get(*name) != other.parts.get(*name)).cloned().collect()
    }

    /// Whether both have the same part, or both do not have it.
    pub(in crate::flow) fn has_as(&self, other: &Self, name: &str) -> bool {
        self.parts.get(name) == other.parts.get(name)
    }
}

/// What the commits of a repository want of a target.
pub(in crate::flow) struct Wishes {
    repository: Repository,
    /// The folder from which `gitsm.yaml` is looked for, from the repository's top.
    folder: String,
    /// The target, as a canonical reference.
    target: String,
    /// The settings that count.
    settings: Fields,
    today: String,
    shelf: Arc<Shelf>,
    /// The newest that were asked for, by commit.
    known: Vec<(String, Rc<Wish>)>,
}

impl Wishes {
    pub(super) fn new(
        repository: Repository,
        folder: &str,
        target: &str,
        (settings, today): (Fields, String),
    ) -> Self {
        Self {
            repository,
            folder: folder.to_owned(),
            target: target.to_owned(),
            settings,
            today,
            shelf: Arc::default(),
            known: Vec::new(),
        }
    }

    /// Whether files differ between two commits that may make a difference: YAML files that a catalog
    /// covers, and its settings.
    ///
    /// # Errors
    ///
    /// Git cannot read one of them.
    pub(in crate::flow) fn may_differ(&self, before: &str, after: &str) -> Result<bool, GitError> {
        let changed = self.repository.compare(Some(before), after)?;
        let mut paths = changed.iter().map(|one| one.path.as_str()).filter(|path| is_yaml(path));
        let Some(first) = paths.next() else { return Ok(false) };
        let covers = |commit: &str| -> Result<_, GitError> {
            let tree = Revision::unlisted(&self.repository, commit)?;
            Ok(configuration(&tree, &self.folder, false).0)
        };
        let (old, new) = (covers(before)?, covers(after)?);
        let counts = |path: &str| self.is_settings(path) || old.covers(path) || new.covers(path);
        Ok(counts(first) || paths.any(counts))
    }

    /// Whether a path is that of a `gitsm.yaml` that holds for the folder, or might.
    fn is_settings(&self, path: &str) -> bool {
        let Some(folder) = path.strip_suffix(FILE_NAME) else { return false };
        folder.is_empty() || format!("{}/", self.folder).starts_with(folder)
    }

    /// What a commit wants.
    ///
    /// # Errors
    ///
    /// Git cannot read it.
    pub(in crate::flow) fn at(&mut self, commit: &str) -> Result<Rc<Wish>, GitError> {
        if let Some((_, known)) = self.known.iter().find(|(id, _)| id == commit) {
            return Ok(Rc::clone(known));
        }
        let wish = Rc::new(self.made(commit)?);
        // Whoever goes through history needs the newest, and the one before.
        if self.known.len() > 3 {
            self.known.remove(1);
        }
        self.known.push((commit.to_owned(), Rc::clone(&wish)));
        Ok(wish)
    }

    fn made(&self, commit: &str) -> Result<Wish, GitError> {
        let tree = Revision::open(&self.repository, commit, &[])?;
        let tree: Arc<dyn Tree> = Arc::new(tree);
        let (config, _) = configuration(tree.as_ref(), &self.folder, false);
        let config = Arc::new(config);
        let none = |_: &Subject<'_>| Inspection::default();
        let side = match tree.entries().len() > FEW {
            true => OwnedSide::open_inspecting(tree, config, none)?,
            false => {
                self.shelf.fill(tree.as_ref(), &config, &none)?;
                OwnedSide::open_with(tree, config, (&self.shelf, none))?
            }
        };
        let mut wish = side.show(|side| self.of(side));
        let mut folder = Some(self.folder.as_str());
        while let Some(at) = folder {
            let path = match at {
                "" => FILE_NAME.to_owned(),
                at => format!("{at}/{FILE_NAME}"),
            };
            if let Some(id) = self.repository.blob_at(commit, &path) {
                wish.parts.insert(path, format!("{id:?}"));
            }
            folder = match at {
                "" => None,
                at => Some(at.rsplit_once('/').map_or("", |(parent, _)| parent)),
            };
        }
        Ok(wish)
    }

    fn of(&self, side: &Side<'_>) -> Wish {
        let mut wish = Wish::default();
        let catalog = side.catalog;
        let mut targets = catalog.entities().filter_map(|(id, entity)| match entity.spec() {
            Some(Spec::Target(spec)) if catalog.canonical(entity) == self.target => {
                Some((id, spec))
            }
            _ => None,
        });
        let lost: usize = unread(catalog).values().sum();
        if lost > 0 {
            wish.unsure =
                Some(format!("{} cannot be read", crate::output::count(lost, "document")));
        }
        let Some((id, spec)) = targets.next() else { return wish };
        let document = catalog.value(side.reader, id);
        wish.parts.insert(self.target.clone(), sha256(&json!([document, spec])));
        let world = World::new(catalog, side.graph, side.classes, side.reader, &self.today);
        let meant = Meant {
            name: &self.target,
            spec,
            settings: &self.settings,
            protected: None,
            maker: row(spec.driver).and_then(|row| row.maker),
        };
        let made = desired(&world, &meant);
        if let Some(wrong) = made.refusals.first() {
            wish.unsure = Some(wrong.words());
        }
        for object in made.objects {
            let value = json!([
                object.entity,
                object.formerly,
                object.fields,
                object.sensitive,
                object.after
            ]);
            wish.parts.insert(object.id.to_string(), sha256(&value));
        }
        wish
    }
}
