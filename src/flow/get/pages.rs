//! Pages of a catalog: of one entity, or of all of them, which share what would else be found out
//! anew for each.
//!
//! [`Pages::of`] is for one or a few. For all: [`all`] opens a catalog and keeps what its documents
//! say, and [`Pages::of_all`] makes the tables. Both give the same pages; what a page costs then is
//! in proportion to what it says.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::last_change::LastChange;
use super::noted::{Documents, Kept};
use super::page::Subject;
use super::reach::{Far, Side};
use super::sections::SECTIONS;
use crate::catalog::query::World;
use crate::catalog::rota::{Occurrence, occurring};
use crate::catalog::{Catalog, Classes, EntityId, Graph, Reader, short};
use crate::finding::Finding;
use crate::flow::ask::{AskError, Asked};
use crate::flow::workspace::Place;
use crate::flow::{clock, validate};
use crate::model::gitsm::calendar::CalendarSpec;
use crate::output::{Page, Section, shortened};
use crate::rules;

/// Says what changed an entity last, if that is known: [`super::last_change`], or a table.
pub type Changes<'a> = dyn Fn(EntityId) -> Option<LastChange> + Sync + 'a;

/// A catalog that was opened for the pages of all its entities.
pub struct All {
    /// The catalog.
    pub asked: Asked,
    /// What is wrong with it, as `validate` says it.
    pub findings: Vec<Finding>,
    /// What its documents say.
    pub kept: Kept,
    /// The instant that is now: noon in UTC, if a day was given.
    pub now: DateTime<Utc>,
}

/// Opens a catalog, reading and judging each of its files once.
///
/// # Errors
///
/// There is nothing to look at, or Git cannot deliver it.
pub fn all(place: &Place, today: Option<&str>) -> Result<All, AskError> {
    let kept = Kept::default();
    let inspect = |subject: &crate::catalog::Subject<'_>| {
        if let crate::catalog::Subject::Text(view) = subject {
            kept.take(view);
        }
        rules::inspect(subject)
    };
    let (asked, inspection) = Asked::open_inspecting(place, &inspect)?;
    let day = today.map_or_else(clock::today, str::to_owned);
    let findings = validate::judge_loaded(&asked.workspace, &asked.catalog, inspection, &day);
    Ok(All { asked, findings, kept, now: clock::instant(today) })
}

/// The longest title by which other pages call an entity.
const LONGEST_TITLE: usize = 160;

/// What other pages call an entity: a title that is a book stands whole on its own page only.
fn called(title: &str) -> String {
    let begin: String = title.chars().take(LONGEST_TITLE + 1).collect();
    shortened(&begin, LONGEST_TITLE)
}

/// What pages are made of. It may be asked from several threads at once.
pub struct Pages<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) graph: &'a Graph,
    pub(super) reader: Reader<'a>,
    /// When it is asked.
    pub(super) now: DateTime<Utc>,
    /// What is wrong with the catalog.
    pub(super) findings: Findings<'a>,
    pub(super) changes: Option<&'a Changes<'a>>,
    documents: Option<Documents>,
    /// How much each entity needs indirectly, and how much needs it.
    far: Option<[Far; 2]>,
    /// Which events of calendars are now: many entities are looked after by few teams.
    rotas: Mutex<HashMap<EntityId, Arc<[Occurrence]>>>,
}

impl<'a> Pages<'a> {
    /// For a few entities: what a page needs of other documents is read when it is needed.
    pub fn of(asked: &'a Asked, findings: &'a [Finding], now: DateTime<Utc>) -> Self {
        Self {
            catalog: &asked.catalog,
            graph: asked.graph(),
            reader: asked.reader(),
            now,
            findings: Findings::All(findings),
            changes: None,
            documents: None,
            far: None,
            rotas: Mutex::default(),
        }
    }

    /// For all entities: nothing is read any more of what was kept.
    pub fn of_all(
        asked: &'a Asked,
        findings: &'a [Finding],
        now: DateTime<Utc>,
        kept: Kept,
    ) -> Self {
        let one = Self::of(asked, findings, now);
        let far = |side| Far::of(one.catalog, one.graph, side);
        let (needs, needed) = rayon::join(|| far(Side::Needs), || far(Side::NeededBy));
        let documents = Some(Documents::of(kept, one.catalog));
        let findings = Findings::grouped(findings);
        Self { documents, findings, far: Some([needs, needed]), ..one }
    }

    /// The same pages, which also say what changed each entity last.
    #[must_use]
    pub fn with_changes(self, changes: &'a Changes<'a>) -> Self {
        Self { changes: Some(changes), ..self }
    }

    /// The catalog as expressions ask it.
    pub fn world<'w>(&'w self, classes: &'w Classes<'w>, today: &'w str) -> World<'w> {
        World::new(self.catalog, self.graph, classes, &self.reader, today)
    }

    /// All that is worth knowing of an entity.
    pub fn page(&self, id: EntityId) -> Page {
        let entity = self.catalog.entity(id);
        let value = self.value(id).unwrap_or_default();
        let subject = Subject { pages: self, id, entity, value };
        let section = |row: &super::sections::Row| {
            let lines = (row.lines)(&subject);
            (!lines.is_empty()).then_some(Section { title: row.title, lines })
        };
        let canonical = self.canonical(id);
        let written = self.catalog.names.text(entity.written);
        let short = short(canonical);
        let name = match short.split_once(':').and_then(|(_, rest)| rest.split_once('/')) {
            Some((namespace, _)) => format!("{namespace}/{written}"),
            None => written.to_owned(),
        };
        Page {
            reference: canonical.to_owned(),
            kind: entity.kind.name.to_owned(),
            name,
            title: subject.title(),
            description: subject
                .text(&["metadata", "description"])
                .or_else(|| subject.text(&["spec", "description"])),
            notes: subject.gone().into_iter().collect(),
            sections: SECTIONS.iter().filter_map(section).collect(),
        }
    }

    /// The whole value of an entity, with what documents that extend it add; nothing if its file
    /// cannot be read again.
    pub fn value(&self, id: EntityId) -> Option<Cow<'_, Value>> {
        let kept = self.documents.as_ref().and_then(|documents| documents.value(id));
        let read = || self.catalog.value(&self.reader, id).map(Cow::Owned);
        kept.map(Cow::Borrowed).or_else(read)
    }

    /// What is wrong with an entity, in the order of findings.
    pub fn findings(&self, id: EntityId) -> Vec<&'a Finding> {
        self.findings.of(self.canonical(id))
    }

    /// The name of an entity for people.
    pub fn title(&self, id: EntityId) -> Option<String> {
        if let Some(kept) = self.documents.as_ref().and_then(|documents| documents.title(id)) {
            return kept.map(called);
        }
        let document = self.reader.document(self.catalog.entity(id))?;
        super::rows::title(document.root()?).map(called)
    }

    /// The same, if nothing need be read for it.
    pub(super) fn known_title(&self, id: EntityId) -> Option<String> {
        self.documents.as_ref()?.title(id)?.map(called)
    }

    /// The canonical reference of an entity.
    pub(super) fn canonical(&self, id: EntityId) -> &'a str {
        self.catalog.canonical(self.catalog.entity(id))
    }

    /// How many entities an entity has on a side beyond those beside it, if that was counted for
    /// all.
    pub(super) fn far(&self, side: Side, id: EntityId) -> Option<usize> {
        let [needs, needed] = self.far.as_ref()?;
        let far = match side {
            Side::Needs => needs,
            Side::NeededBy => needed,
        };
        Some(far.count(id))
    }

    /// Which events of a calendar are now.
    pub(super) fn occurring(&self, id: EntityId, spec: &CalendarSpec) -> Arc<[Occurrence]> {
        let known = self.rotas.lock().ok().and_then(|known| known.get(&id).map(Arc::clone));
        if let Some(known) = known {
            return known;
        }
        let found: Arc<[Occurrence]> = occurring(spec, self.now).into();
        if let Ok(mut known) = self.rotas.lock() {
            known.insert(id, Arc::clone(&found));
        }
        found
    }
}

/// What is wrong with a catalog.
pub(super) enum Findings<'a> {
    /// In one list, which is searched.
    All(&'a [Finding]),
    /// By the entity that it is about.
    Grouped(HashMap<&'a str, Vec<&'a Finding>>),
}

impl<'a> Findings<'a> {
    fn grouped(all: &'a [Finding]) -> Self {
        let mut groups: HashMap<&str, Vec<&Finding>> = HashMap::new();
        for finding in all {
            for entity in finding.occurrences().filter_map(|at| at.entity.as_deref()) {
                let group = groups.entry(entity).or_default();
                // It may be so in several places of one entity.
                if !group.last().is_some_and(|last| std::ptr::eq(*last, finding)) {
                    group.push(finding);
                }
            }
        }
        Self::Grouped(groups)
    }

    /// Those about an entity, in their order.
    pub(super) fn of(&self, canonical: &str) -> Vec<&'a Finding> {
        let about = |finding: &&Finding| {
            finding.occurrences().any(|at| at.entity.as_deref() == Some(canonical))
        };
        match self {
            Self::All(all) => all.iter().filter(about).collect(),
            Self::Grouped(groups) => groups.get(canonical).cloned().unwrap_or_default(),
        }
    }
}
