//! What one file contributes to the index.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::Topic;
use super::claims::folder_of;
use crate::catalog::load::alone;
use crate::catalog::{
    Catalog, DocumentView, Entity, EntityId, FileView, Inspection, Reference, Shelf, Subject,
    from_top, implied, load, placeholder,
};
use crate::config::Config;
use crate::git::{BlobId, GitError};
use crate::model::gitsm::Spec;
use crate::model::gitsm::person::Key;
use crate::model::gitsm::team::TeamType;
use crate::model::{Accepts, EntityRef, Kind, Relation, relation_named};
use crate::tree::{Entry, EntryKind, Tree, resolve};
use crate::yaml::{Limits, Node, NodeKind};

/// The kinds of which all documents are in every slice: judging any change needs them.
const GLOBAL: &[&str] =
    &["ChangePolicy", "ChangeModel", "Policy", "Calendar", "Exception", "CIClass", "Target"];

/// The teams that are asked without being named by anybody.
const BOARDS: &[TeamType] = &[TeamType::Cab, TeamType::Ecab];

/// The annotations that name a person's account.
const ACCOUNTS: &[(&str, &str)] =
    &[("github.com/user-login", "github"), ("gitlab.com/user-login", "gitlab")];

/// What one file contributes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// The content that it was read from, where its id is known: then nobody who wants to read the
    /// file must look for it in Git's trees.
    pub blob: Option<BlobId>,
    /// Its entities, by document.
    pub entities: Vec<Defined>,
}

/// What an entity's document contributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Defined {
    /// The kind of the document.
    pub kind: &'static Kind,
    /// Its canonical reference.
    pub name: String,
    /// The canonical reference that it extends.
    pub extends: Option<String>,
    /// The canonical references that it had before.
    pub formerly: Vec<String>,
    /// What it refers to.
    pub mentions: Vec<Mention>,
    /// The canonical references of what its Markdown names.
    pub spoken: Vec<String>,
    /// The globs of the files that implement it, from the top of the tree on.
    pub sources: Vec<String>,
    /// The files whose content stands in place of its values, from the top of the tree on.
    pub embeds: Vec<String>,
    /// Of a person: accounts (`ada` and `github:ada`), addresses, and fingerprints of keys, in lower
    /// case.
    pub accounts: Vec<String>,
    /// Of a change request: when it ends, in seconds since 1970; nothing if it has no schedule.
    pub ends: Option<i64>,
    /// Whether it stands for the folder that its file is in.
    pub folder: bool,
    /// Whether it is a board that decides about changes of all kinds.
    pub board: bool,
}

/// A reference to another entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// The relation that it makes.
    pub relation: &'static Relation,
    /// The canonical references that it may mean: the first that is there counts.
    pub targets: Vec<String>,
}

impl Defined {
    /// Whether it refers to one of these names by a relation.
    pub(super) fn relates(&self, relation: &str, names: &[String]) -> bool {
        let mut fitting = self.mentions.iter().filter(|one| one.relation.name == relation);
        fitting.any(|mention| mention.targets.iter().any(|target| names.contains(target)))
    }

    /// Its family, and those that it refers to if its rules are made by others.
    fn families(&self, found: &mut dyn FnMut(&str)) {
        found(family(&self.name));
        if self.kind.group.foreign {
            let targets = self.mentions.iter().flat_map(|mention| mention.targets.first());
            let referred: BTreeSet<&str> = targets.map(|target| family(target)).collect();
            referred.iter().for_each(|family| found(&format!(">{family}")));
        }
    }

    /// Whether it refers to one of these names under a topic.
    pub(super) fn says(&self, topic: Topic, names: &[String]) -> bool {
        let fits = |mention: &&Mention| Topic::of(mention.relation) == Some(topic);
        let mut fitting = self.mentions.iter().filter(fits);
        fitting.any(|mention| mention.targets.iter().any(|target| names.contains(target)))
    }
}

fn family(name: &str) -> &str {
    name.split(':').next().unwrap_or_default()
}

impl Summary {
    /// Whether it says nothing: such files are in no index.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
    }

    /// When the last of its change requests ends.
    pub(super) fn ends(&self) -> Option<i64> {
        self.entities.iter().filter_map(|one| one.ends).max()
    }

    /// Under which topics and keys it is found; one may come twice.
    pub(super) fn topics(&self, path: &str, found: &mut dyn FnMut(Topic, &str)) {
        found(Topic::Path, path);
        for one in &self.entities {
            found(Topic::Defines, &one.name);
            one.families(&mut |family| found(Topic::Family, family));
            if one.board || GLOBAL.contains(&one.kind.name) {
                found(Topic::Global, "");
            }
            one.formerly.iter().for_each(|name| found(Topic::Former, name));
            one.extends.iter().for_each(|name| found(Topic::Mentions, name));
            one.spoken.iter().for_each(|name| found(Topic::Mentions, name));
            for mention in &one.mentions {
                let topic = Topic::of(mention.relation);
                for target in &mention.targets {
                    found(Topic::Mentions, target);
                    topic.iter().for_each(|topic| found(*topic, target));
                }
            }
            for glob in &one.sources {
                match folder_of(glob) {
                    Some(folder) => found(Topic::Folder, folder),
                    None => found(Topic::Claims, glob),
                }
            }
            one.embeds.iter().for_each(|path| found(Topic::Claims, path));
            one.accounts.iter().for_each(|account| found(Topic::Account, account));
        }
    }
}

/// What of a document a catalog does not keep.
#[derive(Default)]
struct Extra {
    embeds: Vec<String>,
    accounts: Vec<String>,
}

/// By file and number of the document.
type Extras = HashMap<String, Vec<(u32, Extra)>>;

/// Reads a tree once and tells each file that has entities, by path.
///
/// # Errors
///
/// The tree's store fails.
pub fn summaries<T: Send>(
    tree: &dyn Tree,
    config: &Config,
    tell: impl Fn(&str, Summary) -> T + Sync,
) -> Result<Vec<T>, GitError> {
    let extras: Mutex<Extras> = Mutex::default();
    let note = |subject: &Subject<'_>| {
        if let Subject::Text(view) = subject {
            let found = extras_of(view);
            if !found.is_empty()
                && let Ok(mut all) = extras.lock()
            {
                all.insert(view.source.file().path.clone(), found);
            }
        }
        Inspection::default()
    };
    let (catalog, _) = load(tree, config, &Limits::default(), &note)?;
    let extras = extras.into_inner().unwrap_or_default();
    let entities: Vec<(EntityId, &Entity)> = catalog.entities().collect();
    let files: Vec<&[(EntityId, &Entity)]> =
        entities.chunk_by(|a, b| Arc::ptr_eq(&a.1.file, &b.1.file)).collect();
    let told = files.par_iter().filter_map(|entities| {
        let path = &entities.first()?.1.file.path;
        let extras = extras.get(path).map(Vec::as_slice).unwrap_or_default();
        let defined = |one: &(EntityId, &Entity)| defined(&catalog, config, *one, extras);
        let blob = blob_at(tree, path);
        Some(tell(path, Summary { blob, entities: entities.iter().map(defined).collect() }))
    });
    Ok(told.collect())
}

/// The content of a file that a tree lists.
fn blob_at(tree: &dyn Tree, path: &str) -> Option<BlobId> {
    let entries = tree.entries();
    let at = entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
    entries.get(at).filter(|entry| entry.kind == EntryKind::File)?.id
}

/// What one file of a tree contributes. What it adds to catalogs is put on a shelf, and for a while it
/// stands open there.
///
/// # Errors
///
/// The tree's store fails.
pub fn summary(
    (tree, entry): (&dyn Tree, &Entry),
    config: &Config,
    inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
    shelf: &Shelf,
) -> Result<Summary, GitError> {
    if config.path().as_ref() == Some(&entry.path) {
        return Ok(Summary::default());
    }
    let extras: Mutex<Vec<(u32, Extra)>> = Mutex::default();
    let note = |subject: &Subject<'_>| {
        if let (Subject::Text(view), Ok(mut extras)) = (subject, extras.lock()) {
            *extras = extras_of(view);
        }
        inspect(subject)
    };
    let contribution = shelf.read(tree, entry, &note)?;
    let catalog = alone(&contribution);
    let extras = extras.into_inner().unwrap_or_default();
    let entities = catalog.entities().map(|one| defined(&catalog, config, one, &extras));
    Ok(Summary { blob: entry.id, entities: entities.collect() })
}

fn defined(
    catalog: &Catalog,
    config: &Config,
    (id, entity): (EntityId, &Entity),
    extras: &[(u32, Extra)],
) -> Defined {
    let text = |name| catalog.names.text(name).to_owned();
    let extra = extras.iter().find(|(document, _)| *document == entity.document);
    let (embeds, accounts) =
        extra.map(|(_, extra)| (extra.embeds.clone(), extra.accounts.clone())).unwrap_or_default();
    let mentions = entity.references.iter().filter_map(|reference| {
        let relation = relation_named(reference.field.relation)?;
        Some(Mention { relation, targets: targets(catalog, reference) })
    });
    let mut mentions: Vec<Mention> = mentions.collect();
    let mut seen = std::collections::HashSet::new();
    mentions.retain(|one| seen.insert((one.relation.name, one.targets.clone())));
    Defined {
        kind: entity.kind,
        name: text(entity.reference),
        extends: entity.extends().map(|(name, _)| text(name)),
        formerly: entity.formerly().iter().copied().map(text).collect(),
        mentions,
        spoken: entity.mentions().iter().copied().map(text).collect(),
        sources: entity.sources().iter().map(|glob| from_top(&config.folder, glob)).collect(),
        embeds,
        accounts,
        ends: match entity.spec() {
            Some(Spec::ChangeRequest(spec)) => {
                spec.schedule.as_ref().map(|one| instant(&one.end.0))
            }
            _ => None,
        },
        folder: implied(catalog, id).is_some(),
        board: match entity.spec() {
            Some(Spec::Team(spec)) => spec.r#type.is_some_and(|one| BOARDS.contains(&one)),
            _ => false,
        },
    }
}

/// An instant in seconds; one that cannot be read is never over.
fn instant(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).map_or(i64::MAX, |at| at.timestamp())
}

/// The canonical references that a reference may mean, as [`Catalog::target`] tries them.
fn targets(catalog: &Catalog, reference: &Reference) -> Vec<String> {
    let mut targets = vec![catalog.names.text(reference.target).to_owned()];
    if let (true, Accepts::Families([_, others @ ..])) =
        (reference.field.bare, &reference.field.accepts)
    {
        let name = catalog.names.text(reference.written);
        let other = |family: &&str| EntityRef::new(family, "default", name).as_str().to_owned();
        targets.extend(others.iter().map(other));
    }
    targets
}

fn extras_of(view: &FileView<'_>) -> Vec<(u32, Extra)> {
    let embeds = view.source.text().contains('$');
    let of_document = |document: &DocumentView<'_>| {
        let kind = document.kind()?;
        let mut extra = Extra::default();
        if embeds && kind.group.name.ends_with("backstage.io") {
            let parts = ["metadata", "spec"].into_iter();
            let parts = parts.filter_map(|name| document.root.get(name));
            parts.for_each(|part| embedded(part, &view.source.file().path, &mut extra.embeds));
        }
        if kind.family == "person" {
            extra.accounts = accounts(document);
        }
        let says = !extra.embeds.is_empty() || !extra.accounts.is_empty();
        says.then_some((document.number as u32, extra))
    };
    view.documents.iter().filter_map(of_document).collect()
}

/// The files that placeholders below a value name.
fn embedded(node: Node<'_>, from: &str, found: &mut Vec<String>) {
    let holds = |node: &Node<'_>| !matches!(node.kind(), NodeKind::Scalar(_));
    for (key, value) in node.entries() {
        let names_file = key.text().is_some_and(|key| placeholder(key).is_some());
        if let Some(target) = value.as_str().filter(|text| names_file && !text.contains("://")) {
            found.extend(resolve(from, target));
        }
    }
    let values = node.entries().map(|(_, value)| value);
    values.chain(node.items()).filter(holds).for_each(|value| embedded(value, from, found));
}

/// How a person is known elsewhere.
fn accounts(document: &DocumentView<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |system: &str, account: &str| {
        let account = account.trim().to_lowercase();
        if !account.is_empty() {
            found.push(format!("{}:{account}", system.to_lowercase()));
            found.push(account);
        }
    };
    if let Some(Spec::Person(spec)) = document.spec.as_deref() {
        for (system, accounts) in spec.accounts.iter().flatten() {
            accounts.split(',').for_each(|account| add(system, account));
        }
        spec.bots.iter().flatten().for_each(|address| add("git", address));
        let keys = spec.keys.iter().flatten().filter_map(Key::fingerprint);
        keys.for_each(|fingerprint| add("key", &fingerprint));
    }
    let annotations = document.root.get("metadata").and_then(|node| node.get("annotations"));
    for (key, system) in ACCOUNTS {
        let account = annotations.and_then(|annotations| annotations.str(key));
        add(system, account.unwrap_or_default());
    }
    let spec = document.root.get("spec");
    for part in ["profile", "contact"] {
        let part = spec.and_then(|spec| spec.get(part));
        add("email", part.and_then(|part| part.str("email")).unwrap_or_default());
    }
    found.sort();
    found.dedup();
    found
}
