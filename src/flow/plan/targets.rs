//! The targets that are meant, each with the settings that count for it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use super::operator::Operator;
use super::{Listed, PlanError, Request, patience};
use crate::catalog::short;
use crate::config::Config;
use crate::flow::ask::Asked;
use crate::flow::workspace::{Place, configuration};
use crate::git::{ProtectedError, Repository};
use crate::model::EntityRef;
use crate::model::gitsm::Spec;
use crate::model::gitsm::target::TargetSpec;
use crate::target::{Around, Connection, Fault, Row, fetch, row};
use crate::tree::{Entry, EntryKind, Revision};

/// The longest file of an operator, in bytes.
const LONGEST: u64 = 1 << 20;

/// A target that is meant.
pub(super) struct Chosen {
    /// Its canonical reference.
    pub(super) name: String,
    /// What its document says.
    pub(super) spec: TargetSpec,
    /// Its driver.
    pub(super) row: &'static Row,
    /// With what it is opened.
    pub(super) connection: Connection,
    /// Whether its document is not on the protected branch.
    pub(super) unmerged: bool,
}

/// The targets of a catalog, and what counts for them.
pub(super) struct Targets {
    operator: Operator,
    /// The name with which objects are marked.
    id: String,
    /// The targets as the protected branch has them, by canonical reference.
    protected: BTreeMap<String, TargetSpec>,
    /// Those of the catalog.
    own: BTreeMap<String, TargetSpec>,
}

impl Targets {
    /// Reads the targets, the protected branch's settings, and the operator's.
    pub(super) fn of(asked: &Asked, request: &Request) -> Result<Self, PlanError> {
        let own = targets(asked);
        if own.is_empty() {
            return Err(PlanError::NoTargets);
        }
        let protected = protected(asked.workspace.repository.as_ref())?;
        let folder = &asked.workspace.config.folder;
        let config = match (&asked.workspace.repository, &protected) {
            (Some(repository), Some((_, commit))) => {
                let tree = Revision::unlisted(repository, commit)?;
                configuration(&tree, folder, false).0
            }
            _ => Config::default(),
        };
        let known = match &protected {
            Some((_, commit)) if same(asked, commit) => own.clone(),
            Some((_, commit)) => {
                let at = Some(commit.clone());
                let place = Place { at, ..request.place.clone() };
                Asked::open_files(&place).map(|asked| targets(&asked)).unwrap_or_default()
            }
            None => BTreeMap::new(),
        };
        let file = request.operator.as_ref().map(|path| {
            let text = read(&request.place.current.join(path));
            let why = |error: std::io::Error| PlanError::OperatorFile {
                path: path.clone(),
                why: error.to_string(),
            };
            text.map(|text| (path.as_path(), text)).map_err(why)
        });
        let operator = Operator::of(&config, file.transpose()?, &request.set)?;
        let id = config.settings.id.or_else(|| asked.workspace.config.settings.id.clone());
        let id = id.ok_or(PlanError::NoId)?;
        let targets = Self { operator, id, protected: known, own };
        for name in targets.operator.names() {
            targets.find(name)?;
        }
        Ok(targets)
    }

    /// Those that were named, or all.
    pub(super) fn chosen(&self, request: &Request) -> Result<Vec<Chosen>, PlanError> {
        self.named(request)?.into_iter().map(|name| self.choose(name, request)).collect()
    }

    /// Their canonical references.
    pub(super) fn named(&self, request: &Request) -> Result<Vec<&String>, PlanError> {
        if request.targets.is_empty() {
            return Ok(self.own.keys().collect());
        }
        let mut names = Vec::new();
        for name in &request.targets {
            let found = self.find(name)?;
            if !names.contains(&found) {
                names.push(found);
            }
        }
        Ok(names)
    }

    /// A target with where it is.
    pub(super) fn listed(&self, name: &str) -> Option<Listed> {
        let spec = self.own.get(name)?;
        let protected = self.protected.get(name).filter(|known| known.driver == spec.driver);
        let (settings, _) = self.operator.settings(&short_name(name), protected);
        let place = ["url", "folder"].iter().find_map(|key| settings.get(*key)?.as_str());
        Some(Listed {
            target: name.to_owned(),
            driver: spec.driver.name(),
            place: place.map(str::to_owned),
        })
    }

    /// What a target's document says.
    pub(super) fn spec(&self, name: &str) -> Option<&TargetSpec> {
        self.own.get(name)
    }

    /// The target that a text names: `inventory`, `target:inventory`, `target:default/inventory`.
    fn find(&self, text: &str) -> Result<&String, PlanError> {
        let wanted = text.to_lowercase();
        let wanted = wanted.strip_prefix("target:").or(wanted.strip_prefix("target/"));
        let wanted = wanted.map_or_else(|| text.to_lowercase(), str::to_owned);
        let is_meant = |name: &&String| {
            let reference = EntityRef::from_canonical(name.as_str());
            let long = format!("{}/{}", reference.namespace(), reference.name());
            long == wanted || (reference.namespace() == "default" && reference.name() == wanted)
        };
        self.own.keys().find(is_meant).ok_or_else(|| PlanError::NoTarget {
            name: text.to_owned(),
            known: self.own.keys().map(|name| short_name(name)).collect(),
        })
    }

    fn choose(&self, name: &str, request: &Request) -> Result<Chosen, PlanError> {
        let Some(spec) = self.own.get(name).cloned() else {
            return Err(PlanError::NoTargets);
        };
        let protected = self.protected.get(name);
        let unmerged = protected.is_none();
        let told = |fault: Fault| PlanError::Target { target: short(name), fault, unmerged };
        // Another driver is another system: what was agreed to of one says nothing of the other.
        let protected = protected.filter(|known| known.driver == spec.driver);
        let (settings, credentials) = self.operator.settings(&short_name(name), protected);
        let around = Around {
            variable: &request.variable,
            path: request.path.as_deref(),
            folder: &request.place.current,
        };
        let mut secrets = BTreeMap::new();
        for (name, from) in &credentials {
            secrets.insert(name.clone(), fetch(name, from, around).map_err(told)?);
        }
        let reference = EntityRef::from_canonical(name);
        let connection = Connection {
            target: format!("{}/{}/{}", self.id, reference.namespace(), reference.name()),
            settings,
            secrets,
            kinds: spec.mapping.iter().flatten().map(|(kind, _)| kind.clone()).collect(),
            folder: request.place.current.clone(),
            timeout: patience(&spec),
        };
        let row = row(spec.driver).ok_or_else(|| {
            told(Fault::settings(format!("there is no driver `{}`", spec.driver.name())))
        })?;
        Ok(Chosen { name: name.to_owned(), spec, row, connection, unmerged })
    }
}

/// The protected branch and its tip; nothing where there is none.
///
/// # Errors
///
/// It is not known which it is: then nobody's word counts.
pub(in crate::flow) fn protected(
    repository: Option<&Repository>,
) -> Result<Option<(String, String)>, PlanError> {
    match repository.map(Repository::protected) {
        None | Some(Err(ProtectedError::Nothing)) => Ok(None),
        Some(found) => Ok(Some(found?)),
    }
}

/// The name of a target as an operator writes it: without the namespace that all have.
pub(super) fn short_name(canonical: &str) -> String {
    let reference = EntityRef::from_canonical(canonical);
    match reference.namespace() {
        "default" => reference.name().to_owned(),
        namespace => format!("{namespace}/{}", reference.name()),
    }
}

/// The text of the operator's file.
#[allow(clippy::disallowed_methods, reason = "it is the operator's, and stands in no tree")]
fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

fn targets(asked: &Asked) -> BTreeMap<String, TargetSpec> {
    let mut all = BTreeMap::new();
    for (_, entity) in asked.catalog.entities() {
        if let Some(Spec::Target(spec)) = entity.spec() {
            let name = asked.catalog.canonical(entity).to_owned();
            all.entry(name).or_insert_with(|| (**spec).clone());
        }
    }
    all
}

/// Whether the documents of all targets are as the protected branch has them.
fn same(asked: &Asked, commit: &str) -> bool {
    let Some(repository) = &asked.workspace.repository else { return false };
    let of_target = asked.catalog.entities().filter(|(_, one)| one.kind.name == "Target");
    let mut paths = of_target.map(|(_, entity)| entity.file.path.as_str());
    paths.all(|path| {
        let entries = asked.workspace.tree.entries();
        let known = entries.binary_search_by(|entry| entry.path.as_str().cmp(path));
        let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None };
        let entry = known.map_or(&entry, |at| &entries[at]);
        let there = repository.blob_at(commit, path).and_then(|id| repository.blob(id).ok());
        let here = asked.workspace.tree.read(entry, 16 << 20).ok();
        here.zip(there).is_some_and(|(here, there)| here.bytes == there)
    })
}
