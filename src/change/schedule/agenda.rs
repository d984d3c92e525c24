//! What is when: windows, freezes and changes that are planned, in the order of time.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Serialize;

use super::conflict::{Conflict, OpenChange, OpenChanges, conflicts};
use super::holds::{Calendars, Hold, Timed};
use super::relatives::wholes;
use super::verdict::{Verdict, When, judge};
use crate::catalog::rota::{Span, joined, within};
use crate::catalog::{Catalog, EntityId, Graph, Name};
use crate::model::gitsm::Spec;

/// Windows, freezes and planned changes.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agenda {
    /// `change-calendar/1`.
    #[schemars(extend("const" = "change-calendar/1"))]
    pub format: &'static str,
    /// The span of time that is told of.
    pub span: Span,
    /// The instant at which it is asked.
    #[schemars(with = "String")]
    pub now: DateTime<Utc>,
    /// The time zone in which it is told to people.
    #[serde(serialize_with = "zone_name")]
    #[schemars(with = "String")]
    pub timezone: Tz,
    /// The entities and calendars that were asked for; all, if none.
    pub asked: Vec<String>,
    /// Whether the entities that were asked for may change now.
    pub verdict: Option<Verdict>,
    /// What is when, by start.
    pub entries: Vec<AgendaEntry>,
    /// Calendars that hold more than was looked at.
    pub cut: Vec<String>,
}

/// Something that is at a time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgendaEntry {
    /// From when until when.
    pub span: Span,
    /// What it is.
    pub kind: EntryKind,
    /// The calendar or change, by canonical reference.
    pub name: String,
    /// What the event says it is, or why the change is made.
    pub summary: Option<String>,
    /// What it holds for, or what the change touches, by canonical reference; everything, if nothing
    /// is named.
    pub subjects: Vec<String>,
    /// Where one entity was asked for: what it belongs to and through which this has to do with it.
    pub through: Option<String>,
    /// Of a window: the freezes that overlap it, by canonical reference.
    pub frozen_by: Vec<String>,
    /// Of a window: whether a freeze leaves none of it to anybody who was asked for.
    pub frozen: bool,
    /// Of a freeze: the exceptions that lift it for the entity that was asked for.
    pub lifted_by: Vec<String>,
    /// Of a change: what stands in its way.
    pub conflicts: Vec<Conflict>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Changes may not happen.
    Freeze,
    /// Changes may happen.
    Window,
    /// A change is planned.
    Change,
}

impl EntryKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Window => "window",
            Self::Change => "change",
        }
    }
}

fn zone_name<S: serde::Serializer>(zone: &Tz, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.name())
}

/// The changes of a catalog that say when they are done, in file order.
pub fn planned(catalog: &Catalog) -> Vec<OpenChange> {
    let mut all = Vec::new();
    for (_, entity) in catalog.entities() {
        let Some(Spec::ChangeRequest(spec)) = entity.spec() else { continue };
        let instant = |text: &str| text.parse::<DateTime<Utc>>().ok();
        let schedule = spec.schedule.as_ref().and_then(|one| {
            let (start, end) = (instant(&one.start.0)?, instant(&one.end.0)?);
            (start < end).then_some(Span { start, end })
        });
        let of = |relation: &str| {
            let all = entity.references.iter().filter(move |one| one.field.relation == relation);
            let found = all.map(|one| {
                catalog.leads_to(one).map_or(one.target, |id| catalog.entity(id).reference)
            });
            found.map(|name| catalog.names.text(name).to_owned()).collect::<BTreeSet<String>>()
        };
        // A team may do several changes at once, a person may not.
        let people = of("ownedBy").into_iter().filter(|name| name.starts_with("person:"));
        all.push(OpenChange {
            commit: None,
            name: catalog.canonical(entity).to_owned(),
            branch: None,
            touches: of("concerns"),
            schedule,
            assignees: people.collect(),
        });
    }
    all
}

/// Gathers what is within the horizon of some calendars: for the entities and calendars that are
/// asked for, or all.
pub fn agenda(
    calendars: &Calendars<'_>,
    (catalog, graph): (&Catalog, &Graph),
    asked: &[EntityId],
    (span, now, timezone): (Span, DateTime<Utc>, Tz),
) -> Agenda {
    let is_calendar = |id: &&EntityId| catalog.entity(**id).kind.family == "calendar";
    let (named, subjects): (Vec<&EntityId>, Vec<&EntityId>) = asked.iter().partition(is_calendar);
    let holds: Vec<Hold> = subjects.iter().map(|id| calendars.hold(**id)).collect();
    let mut making = Making { catalog, span, entries: Vec::new(), cut: BTreeSet::new() };
    for (id, kind) in calendars.active() {
        if asked.is_empty() || named.contains(&&id) {
            let (spans, cut) = calendars.spans(id);
            making.calendar(id, kind, &spans, cut, None);
        }
    }
    for hold in &holds {
        let windows = hold.windows.iter().map(|one| (EntryKind::Window, one));
        let freezes = hold.freezes.iter().map(|one| (EntryKind::Freeze, one));
        for (kind, one) in windows.chain(freezes) {
            let Some(id) =
                catalog.names.find(&one.calendar).and_then(|name| catalog.principal(name))
            else {
                continue;
            };
            making.calendar(id, kind, &one.spans, hold.cut, Some(one));
        }
    }
    let near: BTreeSet<Name> = subjects
        .iter()
        .flat_map(|id| {
            let own = catalog.entity(**id).reference;
            wholes(catalog, graph, **id).into_iter().chain([own])
        })
        .collect();
    if named.is_empty() || !subjects.is_empty() {
        making.changes(calendars, graph, (!asked.is_empty()).then_some(&near));
    }
    let verdict = (!holds.is_empty()).then(|| judge(&holds, When::At(now), now));
    let entries = making.finish(!holds.is_empty());
    let asked = asked.iter().map(|id| catalog.canonical(catalog.entity(*id)).to_owned()).collect();
    let cut = making.cut.into_iter().collect();
    Agenda { format: "change-calendar/1", span, now, timezone, asked, verdict, entries, cut }
}

struct Making<'a> {
    catalog: &'a Catalog,
    span: Span,
    entries: Vec<AgendaEntry>,
    cut: BTreeSet<String>,
}

impl Making<'_> {
    fn calendar(
        &mut self,
        id: EntityId,
        kind: EntryKind,
        spans: &[Span],
        cut: bool,
        timed: Option<&Timed>,
    ) {
        let Some(Spec::Calendar(spec)) = self.catalog.entity(id).spec() else { return };
        let name = self.catalog.canonical(self.catalog.entity(id)).to_owned();
        if cut {
            self.cut.insert(name.clone());
        }
        let events = within(spec, self.span, spans.len().max(1)).occurrences;
        let entity = self.catalog.entity(id);
        let named = entity.references.iter().filter(|one| one.field.relation == "appliesTo");
        let subjects: Vec<String> =
            named.map(|one| self.catalog.names.text(one.target).to_owned()).collect();
        for span in spans.iter().filter(|span| span.meets(&self.span)) {
            // The event that begins it; of what is cut out of another, the one before.
            let after = events.partition_point(|one| one.start <= span.start);
            let event = after.checked_sub(1).and_then(|last| events.get(last));
            let event = event.and_then(|one| spec.events.get(one.event));
            let lift = timed.and_then(|one| one.lift.as_ref());
            let lift = lift.filter(|lift| lift.span.covers(span));
            self.entries.push(AgendaEntry {
                span: *span,
                kind,
                name: name.clone(),
                summary: event.and_then(|event| event.summary.clone()),
                subjects: subjects.clone(),
                through: timed.and_then(|one| one.through.clone()),
                frozen_by: Vec::new(),
                frozen: false,
                lifted_by: lift.map_or_else(Vec::new, |lift| lift.by.clone()),
                conflicts: Vec::new(),
            });
        }
    }

    fn changes(&mut self, calendars: &Calendars<'_>, graph: &Graph, near: Option<&BTreeSet<Name>>) {
        let all = planned(self.catalog);
        let open = OpenChanges::of(&all);
        for change in &all {
            let Some(span) = change.schedule.filter(|span| span.meets(&self.span)) else {
                continue;
            };
            let names = change.touches.iter().filter_map(|name| self.catalog.names.find(name));
            let names: Vec<Name> = names.collect();
            let hit = near.and_then(|near| names.iter().find(|name| near.contains(name)));
            if near.is_some() && hit.is_none() {
                continue;
            }
            let ids: Vec<EntityId> =
                names.iter().filter_map(|name| self.catalog.defined(*name).next()).collect();
            let catalog = (self.catalog, graph);
            let told = conflicts(
                calendars,
                catalog,
                &ids,
                Some(span),
                &change.assignees,
                (&open, Some(&change.name)),
            );
            self.entries.push(AgendaEntry {
                span,
                kind: EntryKind::Change,
                name: change.name.clone(),
                summary: self.reason(&change.name),
                subjects: change.touches.iter().cloned().collect(),
                through: hit.map(|name| self.catalog.names.text(*name).to_owned()),
                frozen_by: Vec::new(),
                frozen: false,
                lifted_by: Vec::new(),
                conflicts: told.conflicts,
            });
        }
    }

    fn reason(&self, change: &str) -> Option<String> {
        let id = self.catalog.defined(self.catalog.names.find(change)?).next()?;
        match self.catalog.entity(id).spec() {
            Some(Spec::ChangeRequest(spec)) => Some(spec.reason.clone()),
            _ => None,
        }
    }

    /// The entries in order, each once, with what freezes do to windows.
    fn finish(&mut self, of_entities: bool) -> Vec<AgendaEntry> {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by(|a, b| {
            (a.span.start, a.kind, &a.name, a.span.end).cmp(&(
                b.span.start,
                b.kind,
                &b.name,
                b.span.end,
            ))
        });
        entries.dedup_by(|a, b| a.span == b.span && a.kind == b.kind && a.name == b.name);
        let freezes: Vec<AgendaEntry> = entries
            .iter()
            .filter(|one| one.kind == EntryKind::Freeze && one.lifted_by.is_empty())
            .cloned()
            .collect();
        for window in entries.iter_mut().filter(|one| one.kind == EntryKind::Window) {
            // Freezes are in order of their starts, and few.
            let met = freezes
                .iter()
                .take_while(|freeze| freeze.span.start < window.span.end)
                .filter(|freeze| freeze.span.meets(&window.span));
            let met: Vec<&AgendaEntry> = met.collect();
            let spans = {
                // Where no entity was asked for, a freeze of some leaves the window to others.
                let whole = met.iter().filter(|one| of_entities || one.subjects.is_empty());
                joined(whole.map(|freeze| freeze.span).collect())
            };
            window.frozen = spans.iter().any(|span| span.covers(&window.span));
            window.frozen_by = met.iter().map(|freeze| freeze.name.clone()).collect();
            window.frozen_by.dedup();
        }
        entries
    }
}
