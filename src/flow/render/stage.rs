//! What pages are made of: the catalog, what was found out about it, and who has a page.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::changes::Changes;
use super::history::{History, Landed, Touched};
use crate::catalog::impact::Assessor;
use crate::catalog::{Catalog, Entity, EntityId, Graph};
use crate::finding::Finding;
use crate::flow::ask::Asked;
use crate::flow::get::{Changes as LastChanges, Kept, Pages};
use crate::flow::workspace::Workspace;
use crate::model::{KINDS, parse_reference};
use crate::output::{Piece, Said};
use crate::render::{Address, Context, Links, Site};

/// What pages are made of. It may be asked from several threads at once.
pub(super) struct Stage<'a> {
    /// The name of the catalog.
    pub(super) name: String,
    pub(super) catalog: &'a Catalog,
    pub(super) graph: &'a Graph,
    pub(super) findings: &'a [Finding],
    pub(super) pages: Pages<'a>,
    pub(super) now: DateTime<Utc>,
    /// The entities, each once, by reference.
    pub(super) ids: Vec<EntityId>,
    /// The families that there are, with how many entities, in the order of the navigation.
    pub(super) families: Vec<(&'static str, usize)>,
    /// What fails with what.
    pub(super) failing: Assessor<'a>,
    /// What is known of changes beyond what files say, by reference.
    pub(super) changes: Changes,
    known: HashMap<&'a str, EntityId>,
    owned: HashMap<EntityId, Vec<EntityId>>,
    about: HashMap<&'a str, Vec<&'a Finding>>,
    source: Option<String>,
    /// Whether only a part of the catalog has pages.
    narrow: bool,
    history: Option<&'a History>,
}

/// The families that people look for, in this order; the others follow by name.
const FIRST: &[&str] = &[
    "service",
    "ci",
    "component",
    "system",
    "api",
    "resource",
    "team",
    "person",
    "runbook",
    "change",
    "calendar",
    "sla",
    "slo",
    "policy",
];

/// Those that the navigation shows.
const NAVIGATED: &[&str] = &["service", "ci", "component", "team", "runbook", "change"];

/// The overviews that the navigation shows.
const OVERVIEWS: &[(&str, &str)] = &[("Map", "map.html"), ("Calendar", "calendar.html")];

/// The overviews that stand below each page.
const MORE: &[(&str, &str)] = &[
    ("What ends when", "lifecycle.html"),
    ("Who owns what", "ownership.html"),
    ("Ready for a bad night?", "readiness.html"),
    ("Findings", "findings.html"),
    ("Glossary", "glossary.html"),
    ("Every kind", "index.html#everything"),
    ("About this site", "about.html"),
];

impl<'a> Stage<'a> {
    pub(super) fn new(
        asked: &'a Asked,
        findings: &'a [Finding],
        kept: Kept,
        now: DateTime<Utc>,
        changes: Changes,
    ) -> Self {
        let catalog = &asked.catalog;
        let pages = Pages::of_all(asked, findings, now, kept);
        let mut ids: Vec<EntityId> = catalog.distinct().collect();
        let canonical = |id: &EntityId| catalog.canonical(catalog.entity(*id));
        ids.sort_by(|a, b| canonical(a).cmp(canonical(b)));
        let known = ids.iter().map(|id| (canonical(id), *id)).collect();
        let mut families: Vec<(&'static str, usize)> = Vec::new();
        for id in &ids {
            let family = catalog.entity(*id).kind.family;
            match families.iter_mut().find(|(known, _)| *known == family) {
                Some((_, count)) => *count += 1,
                None => families.push((family, 1)),
            }
        }
        let place = |family: &str| FIRST.iter().position(|one| *one == family);
        families.sort_by_key(|(family, _)| (place(family).unwrap_or(FIRST.len()), *family));
        let graph = asked.graph();
        let site = asked.workspace.config.settings.site.clone().unwrap_or_default();
        let name = site.title.unwrap_or_else(|| folder_name(&asked.workspace));
        let ended = |source: String| if source.ends_with('/') { source } else { source + "/" };
        let source = site.source.map(ended);
        let failing = Assessor::new(catalog, graph);
        let mut about: HashMap<&str, Vec<&Finding>> = HashMap::new();
        for finding in findings {
            for entity in finding.occurrences().filter_map(|at| at.entity.as_deref()) {
                let all = about.entry(entity).or_default();
                if !all.last().is_some_and(|last| std::ptr::eq(*last, finding)) {
                    all.push(finding);
                }
            }
        }
        let mut owned: HashMap<EntityId, Vec<EntityId>> = HashMap::new();
        for id in &ids {
            if let Some(owner) = owner(catalog, graph, *id) {
                owned.entry(owner).or_default().push(*id);
            }
        }
        Self {
            name,
            catalog,
            graph,
            findings,
            pages,
            now,
            ids,
            families,
            failing,
            changes,
            known,
            owned,
            about,
            source,
            narrow: false,
            history: None,
        }
    }

    /// The same, which knows what changed lately.
    pub(super) fn with_history(self, history: &'a History, changes: &'a LastChanges<'a>) -> Self {
        Self { pages: self.pages.with_changes(changes), history: Some(history), ..self }
    }

    /// Leaves pages only to these entities; lists have none then.
    pub(super) fn narrow(&mut self, shown: HashSet<EntityId>) {
        self.ids.retain(|id| shown.contains(id));
        self.known.retain(|_, id| shown.contains(id));
        self.families.clear();
        self.narrow = true;
    }

    /// The newest commits that touched the catalog, the newest first.
    pub(super) fn lately(&self) -> &'a [Landed] {
        self.history.map(History::lately).unwrap_or_default()
    }

    /// The newest commits that touched the files of an entity, the newest first: at most five.
    pub(super) fn history(&self, id: EntityId) -> Vec<Touched> {
        self.history.map(|history| history.touched(id).to_vec()).unwrap_or_default()
    }

    /// What every page has.
    pub(super) fn site(&self) -> Site {
        let list = |family: &str| {
            let path = Address::list(family).path("html");
            self.families.iter().any(|(known, _)| *known == family).then(|| (plural(family), path))
        };
        let page = |(title, path): &(&str, &str)| ((*title).to_owned(), (*path).to_owned());
        let lists = NAVIGATED.iter().filter_map(|family| list(family));
        // A preview has no overviews.
        let overviews =
            |all: &'static [(&str, &str)]| all.iter().filter(|_| !self.narrow).map(page);
        let recorded = (!self.narrow && !self.changes.is_empty())
            .then(|| ("Changes on record".to_owned(), "changes.html".to_owned()));
        Site {
            title: self.name.clone(),
            nav: lists.chain(overviews(OVERVIEWS)).collect(),
            more: recorded.into_iter().chain(overviews(MORE)).collect(),
            base_url: None,
        }
    }

    /// From where a page links, and to what.
    pub(super) fn context<'s>(&'s self, here: &'s Address) -> Context<'s> {
        Context { here, links: self }
    }

    pub(super) fn entity(&self, id: EntityId) -> &'a Entity {
        self.catalog.entity(id)
    }

    /// The canonical reference of an entity.
    pub(super) fn canonical(&self, id: EntityId) -> &'a str {
        self.catalog.canonical(self.catalog.entity(id))
    }

    /// The entity of a canonical reference.
    pub(super) fn find(&self, reference: &str) -> Option<EntityId> {
        self.known.get(reference).copied()
    }

    /// The entities of a family, by reference.
    pub(super) fn family(&self, family: &str) -> impl Iterator<Item = EntityId> + '_ {
        let family = family.to_owned();
        self.ids.iter().copied().filter(move |id| self.entity(*id).kind.family == family)
    }

    /// What people call an entity.
    pub(super) fn title(&self, id: EntityId) -> String {
        let written = || self.catalog.names.text(self.entity(id).written).to_owned();
        self.pages.title(id).unwrap_or_else(written)
    }

    /// An entity as a link.
    pub(super) fn piece(&self, id: EntityId) -> Piece {
        let reference = self.canonical(id).to_owned();
        Piece::Entity { reference, title: self.pages.title(id), words: None }
    }

    /// An entity as a link, alone.
    pub(super) fn said(&self, id: EntityId) -> Said {
        self.piece(id).into()
    }

    /// A reference as a link, if it leads to an entity.
    pub(super) fn mentioned(&self, reference: &str) -> Said {
        match self.meant(reference).and_then(|canonical| self.find(&canonical)) {
            Some(id) => self.said(id),
            None => crate::catalog::short(reference).into(),
        }
    }

    /// The text at a path of an entity's value.
    pub(super) fn text(&self, id: EntityId, path: &[&str]) -> Option<String> {
        let value = self.pages.value(id)?;
        let found = path.iter().try_fold(value.as_ref(), |value, step| value.get(step))?;
        found.as_str().map(str::to_owned)
    }

    /// Who owns an entity.
    pub(super) fn owner(&self, id: EntityId) -> Option<EntityId> {
        owner(self.catalog, self.graph, id)
    }

    /// What a team or a person owns, by reference.
    pub(super) fn owned(&self, id: EntityId) -> &[EntityId] {
        self.owned.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// What is wrong with an entity; by its canonical reference.
    pub(super) fn findings_of(&self, canonical: &str) -> &[&'a Finding] {
        self.about.get(canonical).map(Vec::as_slice).unwrap_or_default()
    }
}

fn owner(catalog: &Catalog, graph: &Graph, id: EntityId) -> Option<EntityId> {
    let documents = catalog.defined(catalog.entity(id).reference);
    let mut edges = documents.flat_map(|document| graph.outgoing(document));
    let to = edges.find(|edge| edge.relation.name == "ownedBy").map(|edge| edge.to)?;
    catalog.principal(catalog.entity(to).reference)
}

impl Links for Stage<'_> {
    fn has(&self, reference: &str) -> bool {
        self.known.contains_key(reference)
    }

    fn meant(&self, mention: &str) -> Option<String> {
        let reference = parse_reference(mention, None, "default").ok()?;
        let name = self.catalog.names.find(reference.as_str())?;
        let id = self.catalog.known_as(name)?;
        Some(self.canonical(id).to_owned())
    }

    fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }
}

/// The name of the folder of a catalog.
fn folder_name(workspace: &Workspace) -> String {
    let inside = match workspace.name.as_str() {
        "." => workspace.config.folder.as_str(),
        name => name,
    };
    let top = || workspace.top.file_name().map(|name| name.to_string_lossy().into_owned());
    let last = inside.rsplit('/').next().filter(|name| !name.is_empty());
    last.map(str::to_owned).or_else(top).unwrap_or_else(|| "Catalog".to_owned())
}

/// What people call the entities of a family, where the name of the kind is not what they say.
const CALLED: &[(&str, &str)] = &[
    ("team", "Teams"),
    ("openslo-service", "OpenSLO services"),
    ("ci", "Items"),
    ("person", "People"),
    ("change", "Changes"),
    ("sla", "Agreements"),
    ("slo", "Objectives"),
    ("sli", "Indicators"),
    ("ciclass", "Classes"),
    ("api", "APIs"),
];

/// What people call the entities of a family.
pub(super) fn plural(family: &str) -> String {
    if let Some((_, called)) = CALLED.iter().find(|(one, _)| *one == family) {
        return (*called).to_owned();
    }
    let name = KINDS.iter().find(|kind| kind.family == family).map_or(family, |kind| kind.name);
    let mut words = String::new();
    for (at, c) in name.char_indices() {
        match c.is_ascii_uppercase() && at > 0 && !words.ends_with(|c: char| c.is_uppercase()) {
            true => words.extend([' ', c.to_ascii_lowercase()]),
            false => words.push(c),
        }
    }
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{words}s"),
    }
}
