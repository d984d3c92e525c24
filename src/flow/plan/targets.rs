//! The targets that are meant, each with the settings that count for it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use super::guard::Guard;
use super::operator::Operator;
use super::{Listed, PlanError, Request, patience};
use crate::catalog::short;
use crate::config::Config;
use crate::flow::ask::Asked;
use crate::flow::sides::folder_in;
use crate::flow::workspace::{Place, Settings, configuration, mistake};
use crate::git::{ProtectedError, Repository};
use crate::model::EntityRef;
use crate::model::gitsm::Spec;
use crate::model::gitsm::target::{TargetSpec, names_target};
use crate::plan::Fields;
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

/// A target by its canonical reference, or why it cannot be spoken to.
pub(super) type Choice<'t> = (&'t String, Result<Chosen, PlanError>);

/// The targets of a catalog, and what counts for them.
pub(super) struct Targets {
    operator: Operator,
    /// The name with which objects are marked.
    id: String,
    /// The targets as the protected branch has them, by canonical reference.
    protected: BTreeMap<String, TargetSpec>,
    /// Those of the catalog.
    own: BTreeMap<String, TargetSpec>,
    /// Those of the catalog whose documents cannot be read as such, with where they stand.
    broken: BTreeMap<String, String>,
}

impl Targets {
    /// Reads the targets, the protected branch's settings, and the operator's.
    pub(super) fn of(asked: &Asked, request: &Request) -> Result<Self, PlanError> {
        let own = targets(asked);
        let broken = broken(asked, &own);
        if own.is_empty() && broken.is_empty() {
            return Err(PlanError::NoTargets);
        }
        sound(&asked.workspace.settings)?;
        let base = Base::of(asked, request)?;
        let known = match &base {
            Some(base) if base.is_same(asked) => own.clone(),
            Some(base) => {
                let at = Some(base.commit.clone());
                let place = Place { at, ..request.place.clone() };
                targets(&Asked::open_files(&place)?)
            }
            None => BTreeMap::new(),
        };
        let config = base.as_ref().map_or(&asked.workspace.config, |base| &base.config);
        let file = request.operator.as_ref().map(|path| typed(asked, request, path));
        // Without a protected branch nobody has agreed to where a target is.
        let agreed = base.as_ref().map(|base| &base.config).cloned().unwrap_or_default();
        let operator = Operator::of(&agreed, file.transpose()?, &request.set)?;
        let id = config.settings.id.clone().ok_or_else(|| {
            match (&base, &asked.workspace.config.settings.id) {
                (Some(base), Some(_)) => PlanError::IdNotMerged { branch: base.branch.clone() },
                _ => PlanError::NoId,
            }
        })?;
        let targets = Self { operator, id, protected: known, own, broken };
        if let Some(base) = &base {
            targets.knows_all(base)?;
        }
        for name in targets.operator.names() {
            targets.find(name)?;
        }
        Ok(targets)
    }

    /// A name that no target has would be a setting that is passed over.
    fn knows_all(&self, base: &Base) -> Result<(), PlanError> {
        let known = || self.all().chain(self.protected.keys());
        let mut named = base.config.settings.targets.iter().flatten().map(|(name, _)| name);
        match named.find(|name| !known().any(|target| names_target(name, target))) {
            Some(name) => Err(PlanError::StrayTarget {
                path: base.config.path().unwrap_or_default(),
                name: name.clone(),
                known: self.all().map(|name| short_name(name)).collect(),
            }),
            None => Ok(()),
        }
    }

    /// Those that were named, or all: each by its canonical reference, with why it cannot be spoken to if
    /// that is so.
    pub(super) fn chosen(
        &self,
        asked: &Asked,
        request: &Request,
    ) -> Result<Vec<Choice<'_>>, PlanError> {
        let named = self.named(request)?.into_iter();
        Ok(named.map(|name| (name, self.choose(name, guard(asked, request), request))).collect())
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        self.own.keys().chain(self.broken.keys())
    }

    /// Their canonical references.
    pub(super) fn named(&self, request: &Request) -> Result<Vec<&String>, PlanError> {
        if request.targets.is_empty() {
            return Ok(self.all().collect());
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

    /// The settings that count for a target.
    pub(super) fn settings(&self, name: &str) -> Fields {
        let driver = self.own.get(name).map(|spec| spec.driver);
        let protected = self.protected.get(name).filter(|known| Some(known.driver) == driver);
        self.operator.settings(name, protected).0
    }

    /// A target with where it is.
    pub(super) fn listed(&self, name: &str) -> Option<Listed> {
        if let Some(at) = self.broken.get(name) {
            let target = name.to_owned();
            return Some(Listed { target, driver: "", place: None, broken: Some(at.clone()) });
        }
        let spec = self.own.get(name)?;
        let settings = self.settings(name);
        let place = ["url", "folder"].iter().find_map(|key| settings.get(*key)?.as_str());
        Some(Listed {
            target: name.to_owned(),
            driver: spec.driver.name(),
            place: place.map(str::to_owned),
            broken: None,
        })
    }

    /// What a target's document says.
    pub(super) fn spec(&self, name: &str) -> Option<&TargetSpec> {
        self.own.get(name)
    }

    /// What a target's document says on the protected branch.
    pub(super) fn protected(&self, name: &str) -> Option<&TargetSpec> {
        self.protected.get(name)
    }

    /// The target that a text names: `inventory`, `target:inventory`, `target:default/inventory`.
    fn find(&self, text: &str) -> Result<&String, PlanError> {
        let mut names = self.all();
        names.find(|name| names_target(text, name)).ok_or_else(|| PlanError::NoTarget {
            name: text.to_owned(),
            known: self.all().map(|name| short_name(name)).collect(),
        })
    }

    fn choose(&self, name: &str, guard: Guard<'_>, request: &Request) -> Result<Chosen, PlanError> {
        if let Some(at) = self.broken.get(name) {
            let (target, at) = (short(name), at.clone());
            return Err(PlanError::Broken { target, at });
        }
        let Some(spec) = self.own.get(name).cloned() else {
            return Err(PlanError::NoTargets);
        };
        let protected = self.protected.get(name);
        let unmerged = protected.is_none();
        let told = |fault: Fault| PlanError::Target { target: short(name), fault, unmerged };
        // Another driver is another system: what was agreed to of one says nothing of the other.
        let protected = protected.filter(|known| known.driver == spec.driver);
        let (settings, credentials) = self.operator.settings(name, protected);
        if let Some(why) = guard.objection(&settings, &credentials)? {
            return Err(told(Fault::settings(why)));
        }
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

/// What tells files of the repository from those of the operator.
fn guard<'a>(asked: &'a Asked, request: &'a Request) -> Guard<'a> {
    let repository = asked.workspace.repository.as_ref();
    Guard { repository, folder: &request.place.current }
}

/// The operator's file, and its text.
fn typed<'r>(
    asked: &Asked,
    request: &Request,
    path: &'r Path,
) -> Result<(&'r Path, String), PlanError> {
    let wrong = |why: String| PlanError::OperatorFile { path: path.to_owned(), why };
    if let Some(why) =
        guard(asked, request).file("the file of the operator", &path.to_string_lossy())?
    {
        return Err(wrong(why));
    }
    let text = read(&request.place.current.join(path));
    text.map(|text| (path, text)).map_err(|error| wrong(error.to_string()))
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

/// The targets whose documents are not as a Target's should be, with where each stands.
fn broken(asked: &Asked, own: &BTreeMap<String, TargetSpec>) -> BTreeMap<String, String> {
    let all = asked.catalog.entities().map(|(_, entity)| entity);
    let broken = all.filter(|one| one.kind.name == "Target" && one.spec().is_none());
    let named = broken.map(|entity| {
        let at = format!("{}:{}", entity.file.path, entity.name_place.start.line);
        (asked.catalog.canonical(entity).to_owned(), at)
    });
    named.filter(|(name, _)| !own.contains_key(name)).collect()
}

/// What the protected branch says.
struct Base {
    /// Its name, as people use it.
    branch: String,
    /// Its newest commit.
    commit: String,
    /// Its `gitsm.yaml`.
    config: Config,
    /// The text of that.
    settings: Settings,
}

impl Base {
    /// Reads it; nothing where there is none.
    ///
    /// # Errors
    ///
    /// It is not known which branch it is, or its settings have a mistake.
    fn of(asked: &Asked, request: &Request) -> Result<Option<Self>, PlanError> {
        let Some(repository) = &asked.workspace.repository else { return Ok(None) };
        let Some((branch, commit)) = protected(Some(repository))? else { return Ok(None) };
        let tree = Revision::unlisted(repository, &commit)?;
        // Where the user stands, and not where the files that are looked at have their settings.
        let folder = folder_in(repository, &request.place.current);
        let (config, settings) = configuration(&tree, &folder, false);
        sound(&settings)?;
        let branch = branch.trim_start_matches("refs/remotes/").trim_start_matches("refs/heads/");
        Ok(Some(Self { branch: branch.to_owned(), commit, config, settings }))
    }

    /// Whether it reads the same targets: its settings are those of what is looked at, and so are the
    /// files in which targets stand.
    fn is_same(&self, asked: &Asked) -> bool {
        let Some(repository) = &asked.workspace.repository else { return false };
        let text = |settings: &Settings| {
            settings
                .as_ref()
                .map(|(source, _)| (source.file().path.clone(), source.text().to_owned()))
        };
        if text(&self.settings) != text(&asked.workspace.settings) {
            return false;
        }
        let of_target = asked.catalog.entities().filter(|(_, one)| one.kind.name == "Target");
        let mut paths = of_target.map(|(_, entity)| entity.file.path.as_str());
        paths.all(|path| {
            let entries = asked.workspace.tree.entries();
            let known = entries.binary_search_by(|entry| entry.path.as_str().cmp(path));
            let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None };
            let entry = known.map_or(&entry, |at| &entries[at]);
            let there = repository.blob_at(&self.commit, path);
            let there = there.and_then(|id| repository.blob(id).ok());
            let here = asked.workspace.tree.read(entry, 16 << 20).ok();
            here.zip(there).is_some_and(|(here, there)| here.bytes == there)
        })
    }
}

/// Settings without a mistake: one that is misspelt would be passed over.
fn sound(settings: &Settings) -> Result<(), PlanError> {
    mistake(settings).map_or(Ok(()), |why| Err(PlanError::Settings(why)))
}
