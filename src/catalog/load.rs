//! Reading a whole tree: in parallel, one parse a document, and little kept of each.

use std::sync::Arc;

use rayon::prelude::*;

use super::entity::{Catalog, CompactPlace, Entity, Reference, Rest};
use super::intern::Names;
use super::prose::mentioned;
use super::read::{Read, file_of, read};
use super::recognise::{Recognition, has_expression, is_catalog_info, recognise};
use super::shelf::Shelf;
use super::view::{DocumentView, FileView, Inspection, Subject};
use crate::config::Config;
use crate::git::GitError;
use crate::model::gitsm::Spec;
use crate::model::{EntityRef, Kind, ReferenceField, groups, parse_reference};
use crate::source::{File, Source};
use crate::tree::{Entry, Tree};
use crate::yaml::{Limits, Node, NodeKind, Problem, ProblemKind, Stream, parse};

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// The file.
    pub file: Arc<File>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Documents, so many of each.
    Read {
        /// Entities.
        entities: u32,
        /// Templates of entities.
        templates: u32,
        /// Documents that were meant to be entities and are not, or of a retired version.
        refused: u32,
        /// Documents of other groups.
        passed_over: u32,
    },
    /// Nothing of ours, and why.
    PassedOver(String),
    /// gitsm's own configuration.
    Configuration,
    /// It could not be read; a finding says why.
    Faulty,
}

/// How many files are read before what they contribute is merged: enough to keep all cores busy,
/// few enough that what is waiting stays small.
const BATCH: usize = 1024;

/// Reads every entity of a tree; `inspect` looks at each file while its text is in memory.
///
/// What it returns is in the order of paths, whatever order the files were read in.
///
/// # Errors
///
/// The tree's store fails: nothing can be said about the catalog.
pub fn load(
    tree: &dyn Tree,
    config: &Config,
    limits: &Limits,
    inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
) -> Result<(Catalog, Inspection), GitError> {
    let entries: Vec<&Entry> =
        tree.entries().iter().filter(|entry| config.covers(&entry.path)).collect();
    let mut gathered = Gathered::default();
    // Lists that grow by doubling would stand in memory twice.
    gathered.catalog.files.reserve_exact(entries.len());
    gathered.catalog.entities.reserve_exact(entries.len());
    let configuration = config.path();
    let contribute = |entry: &&Entry| match configuration.as_ref() == Some(&entry.path) {
        true => Ok(Contribution::nothing(file_of(entry), Outcome::Configuration)),
        false => Ok(contribute(tree, entry, limits, inspect)?.0),
    };
    // One batch is merged while the next is read.
    let mut waiting: Vec<Contribution> = Vec::new();
    for batch in entries.chunks(BATCH) {
        let read = || batch.par_iter().map(contribute).collect::<Result<Vec<_>, GitError>>();
        let merge = || waiting.drain(..).for_each(|one| gathered.add(one));
        let (next, ()) = rayon::join(read, merge);
        waiting = next?;
    }
    waiting.into_iter().for_each(|one| gathered.add(one));
    Ok(gathered.finish())
}

/// The same for a few files, where what was read before under the same path and with the same
/// content is not read again: for many trees that are almost the same. Whoever uses a shelf always
/// inspects alike.
///
/// # Errors
///
/// As [`load`].
pub fn load_with(
    tree: &dyn Tree,
    config: &Config,
    inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
    shelf: &Shelf,
) -> Result<(Catalog, Inspection), GitError> {
    let mut gathered = Gathered::default();
    let configuration = config.path();
    for entry in tree.entries().iter().filter(|entry| config.covers(&entry.path)) {
        match configuration.as_ref() == Some(&entry.path) {
            true => {
                gathered.add(Contribution::nothing(file_of(entry), Outcome::Configuration));
            }
            false => {
                let known = shelf.contribution(tree, entry, inspect)?;
                gathered.add_again(&known);
            }
        }
    }
    Ok(gathered.finish())
}

/// The catalog of one file alone.
pub(super) fn alone(contribution: &Contribution) -> Catalog {
    let mut catalog = Catalog::default();
    merge(contribution, &mut catalog);
    catalog.index();
    catalog
}

/// A catalog that is put together, and what inspections made of its files.
#[derive(Default)]
struct Gathered {
    catalog: Catalog,
    whole: Inspection,
}

impl Gathered {
    fn add(&mut self, mut contribution: Contribution) {
        let inspection = std::mem::take(&mut contribution.inspection);
        merge(&contribution, &mut self.catalog);
        self.whole.findings.extend(inspection.findings);
        self.whole.suppressions.extend(inspection.suppressions);
        self.whole.secrets.extend(inspection.secrets);
    }

    /// The same of a file that may be part of other catalogs, too.
    fn add_again(&mut self, contribution: &Contribution) {
        merge(contribution, &mut self.catalog);
        let Inspection { findings, suppressions, secrets, .. } = &contribution.inspection;
        self.whole.findings.extend_from_slice(findings);
        self.whole.suppressions.extend_from_slice(suppressions);
        self.whole.secrets.extend_from_slice(secrets);
    }

    fn finish(mut self) -> (Catalog, Inspection) {
        self.catalog.index();
        (self.catalog, self.whole)
    }
}

/// What one file adds to the catalog.
pub(super) struct Contribution {
    pub(super) file: Arc<File>,
    outcome: Outcome,
    entities: Vec<Draft>,
    inspection: Inspection,
}

impl Contribution {
    /// Whether it holds for its own tree only.
    pub(super) fn is_tied(&self) -> bool {
        self.inspection.tied
    }

    fn nothing(file: Arc<File>, outcome: Outcome) -> Self {
        Self { file, outcome, entities: Vec::new(), inspection: Inspection::default() }
    }
}

/// An entity before its texts are shared with others.
struct Draft {
    kind: &'static Kind,
    reference: EntityRef,
    written: String,
    document: u32,
    name_place: CompactPlace,
    references: Vec<DraftReference>,
    /// What few have: what it extends, its typed spec, its former names, its sources.
    rest: Option<Box<DraftRest>>,
}

struct DraftRest {
    extends: Option<(EntityRef, CompactPlace)>,
    spec: Option<Arc<Spec>>,
    formerly: Vec<EntityRef>,
    sources: Vec<String>,
    mentions: Vec<EntityRef>,
}

struct DraftReference {
    field: &'static ReferenceField,
    target: EntityRef,
    written: String,
    item: Option<u32>,
    place: CompactPlace,
}

/// What a file adds to the catalog, and its text, if it is text.
pub(super) fn contribute(
    tree: &dyn Tree,
    entry: &Entry,
    limits: &Limits,
    inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
) -> Result<(Contribution, Option<(Source, Stream)>), GitError> {
    let file = file_of(entry);
    Ok(match read(tree, entry, &file, limits)? {
        Read::PassedOver(reason) => {
            (Contribution::nothing(file, Outcome::PassedOver(reason)), None)
        }
        Read::Fault(fault) => {
            let inspection = inspect(&Subject::Fault(&file, &fault));
            (Contribution { inspection, ..Contribution::nothing(file, Outcome::Faulty) }, None)
        }
        Read::Text(source) => {
            let stream = parse(&source, limits);
            let contribution = text(tree, &file, &source, &stream, inspect);
            (contribution, Some((source, stream)))
        }
    })
}

fn text(
    tree: &dyn Tree,
    file: &Arc<File>,
    source: &Source,
    stream: &Stream,
    inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
) -> Contribution {
    let roots = roots(stream);
    let recognitions = recognise(source, &roots);
    let count = |wanted: &dyn Fn(&Recognition) -> bool| {
        recognitions.iter().filter(|one| wanted(one)).count() as u32
    };
    let entities = count(&|one| matches!(one, Recognition::Entity(_) | Recognition::InList(_)));
    let mut templates = count(&|one| *one == Recognition::Template);
    let passed_over = count(&|one| *one == Recognition::Foreign);
    let mut refused = recognitions.len() as u32 - entities - templates - passed_over;
    let documents: Vec<DocumentView<'_>> = roots
        .iter()
        .zip(&recognitions)
        .enumerate()
        .map(|(number, ((root, _), recognition))| DocumentView::of(number, *root, *recognition))
        .collect();
    let mut problems = Vec::new();
    for problem in &stream.problems {
        match concern(problem, source, &recognitions, stream) {
            Concern::Ours => {
                refused += u32::from(!matches!(problem.kind, ProblemKind::DuplicateKey { .. }));
                problems.push(problem.clone());
            }
            Concern::Template => templates += 1,
            Concern::Nobodys => {}
        }
    }
    let outcome = if entities + templates + refused > 0 {
        Outcome::Read { entities, templates, refused, passed_over }
    } else if !stream.problems.is_empty() {
        Outcome::PassedOver("it does not parse, and names no known group".to_owned())
    } else {
        Outcome::PassedOver("no document of a known group".to_owned())
    };
    let drafts = documents.iter().filter_map(|document| draft(source, document)).collect();
    let view = FileView { tree, source, stream, documents, problems };
    let inspection = inspect(&Subject::Text(&view));
    Contribution { file: Arc::clone(file), outcome, entities: drafts, inspection }
}

/// The documents of a file; a root that is a list of envelopes is that many documents.
pub(crate) fn roots(stream: &Stream) -> Vec<(Node<'_>, bool)> {
    let mut roots = Vec::with_capacity(stream.documents.len());
    for id in &stream.documents {
        let root = stream.arena.node(*id);
        let is_list = root.kind() == NodeKind::Sequence
            && root.items().any(|item| {
                let api_version = item.str("apiVersion").unwrap_or_default();
                super::recognise::group_of(api_version).is_some()
            });
        if is_list {
            roots.extend(root.items().map(|item| (item, true)));
        } else {
            roots.push((root, false));
        }
    }
    roots
}

/// Whose problem a mistake in a text is.
enum Concern {
    /// Somebody who keeps a catalog wants to know.
    Ours,
    /// The document is a template of an entity: text that becomes YAML later.
    Template,
    /// The document is none of ours.
    Nobodys,
}

fn concern(
    problem: &Problem,
    source: &Source,
    recognitions: &[Recognition],
    stream: &Stream,
) -> Concern {
    if matches!(problem.kind, ProblemKind::DuplicateKey { .. }) {
        // The number of a document is its index, unless one before it was a list of several.
        let judged = match stream.documents.len() == recognitions.len() {
            true => recognitions.get(problem.document).is_some_and(|one| one.is_judged()),
            false => recognitions.iter().any(|one| one.is_judged()),
        };
        return if judged { Concern::Ours } else { Concern::Nobodys };
    }
    let region = document_around(source.text(), problem.span.start as usize);
    let said = region.lines().filter(|line| !line.trim_start().starts_with('#'));
    if said.into_iter().any(|line| has_expression(line) || line.contains("{%")) {
        return Concern::Template;
    }
    let names_group = || {
        region.contains("apiVersion")
            && groups().iter().any(|group| region.contains(&format!("{}/", group.name)))
    };
    let ours = is_catalog_info(&source.file().path)
        || names_group()
        || recognitions.iter().any(|one| one.is_judged());
    if ours { Concern::Ours } else { Concern::Nobodys }
}

/// The text between the `---` before and the `---` after a place.
fn document_around(text: &str, at: usize) -> &str {
    let bytes = text.as_bytes();
    let at = at.min(bytes.len());
    let start = memchr::memmem::rfind(&bytes[..at], b"\n---").unwrap_or(0);
    let end = memchr::memmem::find(&bytes[at..], b"\n---").map_or(bytes.len(), |end| at + end);
    text.get(start..end).unwrap_or(text)
}

fn draft(source: &Source, document: &DocumentView<'_>) -> Option<Draft> {
    let kind = document.kind()?;
    let reference = document.reference.clone()?;
    let metadata = document.root.get("metadata")?;
    let name = metadata.get("name")?;
    let place = |node: Node<'_>| CompactPlace::of(&source.place(node.span()));
    let references = document
        .references
        .iter()
        .filter_map(|found| {
            Some(DraftReference {
                field: found.field,
                target: found.target.clone().ok()?,
                written: found.node.text()?.to_owned(),
                item: found.item,
                place: place(found.node),
            })
        })
        .collect();
    let extends = metadata.get("extends").filter(|_| !kind.group.foreign).and_then(|node| {
        let target = parse_reference(node.as_str()?, Some(kind.name), reference.namespace());
        Some((target.ok()?, place(node)))
    });
    let rest = DraftRest {
        extends,
        spec: document.spec.clone(),
        formerly: formerly(kind, metadata, &reference),
        sources: sources(kind, document),
        mentions: mentioned(kind, document.root, reference.namespace()),
    };
    let is_empty = rest.extends.is_none()
        && rest.spec.is_none()
        && rest.formerly.is_empty()
        && rest.sources.is_empty()
        && rest.mentions.is_empty();
    Some(Draft {
        kind,
        written: name.text()?.to_owned(),
        document: document.number as u32,
        name_place: place(name),
        reference,
        references,
        rest: (!is_empty).then(|| Box::new(rest)),
    })
}

/// The references by which an entity was known before: a field of gitsm's own documents, an
/// annotation of others, separated by commas.
fn formerly(kind: &Kind, metadata: Node<'_>, own: &EntityRef) -> Vec<EntityRef> {
    let read = |text: &str| parse_reference(text.trim(), Some(kind.name), own.namespace()).ok();
    if kind.group.foreign {
        let annotations = metadata.get("annotations");
        let text = annotations.and_then(|annotations| annotations.str("gitsm/formerly"));
        return text.unwrap_or_default().split(',').filter_map(read).collect();
    }
    let items = metadata.get("formerly").into_iter().flat_map(Node::items);
    items.filter_map(|item| read(item.as_str()?)).collect()
}

/// The globs of the files that implement an entity: a field of gitsm's own documents, an annotation
/// of others, separated by commas.
fn sources(kind: &Kind, document: &DocumentView<'_>) -> Vec<String> {
    if kind.group.foreign {
        let annotations = document.root.get("metadata").and_then(|node| node.get("annotations"));
        let text = annotations.and_then(|annotations| annotations.str("gitsm/sources"));
        let globs = text.unwrap_or_default().split(',').map(str::trim);
        return globs.filter(|glob| !glob.is_empty()).map(str::to_owned).collect();
    }
    let list = document.root.get("spec").and_then(|spec| spec.get("sources"));
    let items = list.into_iter().flat_map(Node::items);
    items.map(|item| item.str("path").unwrap_or_default().to_owned()).collect()
}

fn merge(contribution: &Contribution, catalog: &mut Catalog) {
    let Contribution { file, outcome, entities, .. } = contribution;
    if let Outcome::Read { entities, templates, refused, .. } = outcome {
        catalog.documents += (entities + refused) as usize;
        catalog.templates += *templates as usize;
    }
    catalog.files.push(FileRecord { file: Arc::clone(file), outcome: outcome.clone() });
    for draft in entities {
        let entity = settle(draft, file, &mut catalog.names);
        catalog.own += usize::from(entity.spec().is_some());
        catalog.entities.push(entity);
    }
}

fn settle(draft: &Draft, file: &Arc<File>, names: &mut Names) -> Entity {
    let references = draft.references.iter().map(|reference| Reference {
        field: reference.field,
        target: names.intern(reference.target.as_str()),
        written: names.intern(&reference.written),
        item: reference.item,
        place: reference.place,
    });
    Entity {
        kind: draft.kind,
        references: references.collect(),
        reference: names.intern(draft.reference.as_str()),
        written: names.intern(&draft.written),
        file: Arc::clone(file),
        document: draft.document,
        name_place: draft.name_place,
        rest: draft.rest.as_ref().map(|rest| {
            Box::new(Rest {
                extends: rest.extends.as_ref().map(|(to, at)| (names.intern(to.as_str()), *at)),
                spec: rest.spec.clone(),
                formerly: rest.formerly.iter().map(|old| names.intern(old.as_str())).collect(),
                sources: rest.sources.clone().into(),
                mentions: rest.mentions.iter().map(|one| names.intern(one.as_str())).collect(),
            })
        }),
    }
}
