//! Which windows and freezes hold for an entity, and when they are.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;

use super::agenda::EntryKind;
use super::relatives::wholes;
use crate::catalog::exemptions::{Exemption, exemptions};
use crate::catalog::rota::{Span, common, joined, within, without};
use crate::catalog::{Catalog, EntityId, Graph, Name};
use crate::model::gitsm::Spec;
use crate::model::gitsm::calendar::{CalendarLifecycle, CalendarSpec, CalendarType};
use crate::model::gitsm::exception::ExceptionOf;
use crate::model::gitsm::value::Environment;

/// How many occurrences of one event are looked at.
const MOST: usize = 10_000;

/// How deep calendars leave out the hours of others.
const DEEP: usize = 8;

/// The windows and freezes of a catalog, within a span of time.
pub struct Calendars<'a> {
    catalog: &'a Catalog,
    graph: &'a Graph,
    horizon: Span,
    all: Vec<Calendar<'a>>,
    exceptions: Vec<Exemption>,
    /// When calendars are; each is worked out once.
    known: RefCell<BTreeMap<EntityId, (Vec<Span>, bool)>>,
}

struct Calendar<'a> {
    id: EntityId,
    spec: &'a CalendarSpec,
    applies: Vec<Name>,
}

/// A calendar that holds for an entity, and when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timed {
    /// Its canonical reference.
    pub calendar: String,
    /// Its zone.
    pub zone: Tz,
    /// The entity for which it holds, where that is not the subject but what it belongs to.
    pub through: Option<String>,
    /// When it is, in order.
    pub spans: Vec<Span>,
    /// Of a freeze: when it does not hold for the subject, and by which exceptions.
    pub lift: Option<Lift>,
}

/// When an exception lifts a freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lift {
    /// From when until when.
    pub span: Span,
    /// The exceptions, by canonical reference.
    pub by: Vec<String>,
}

/// What holds for an entity, within a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The entity, by canonical reference.
    pub subject: String,
    /// The span of time that is known.
    pub horizon: Span,
    /// The windows that count for it.
    pub windows: Vec<Timed>,
    /// When it is in a window; nothing if none is defined for it.
    pub open: Option<Vec<Span>>,
    /// The freezes.
    pub freezes: Vec<Timed>,
    /// Whether a calendar holds more than was looked at: then nothing is sure.
    pub cut: bool,
}

impl Timed {
    /// When a freeze holds for the subject: without what exceptions lift.
    pub fn binding(&self) -> Vec<Span> {
        match &self.lift {
            Some(lift) => without(&self.spans, &[lift.span]),
            None => self.spans.clone(),
        }
    }
}

impl Hold {
    /// When the entity may change, in order.
    pub fn free(&self) -> Vec<Span> {
        let frozen = joined(self.freezes.iter().flat_map(Timed::binding).collect());
        match &self.open {
            Some(open) => without(open, &frozen),
            None => without(&[self.horizon], &frozen),
        }
    }
}

impl<'a> Calendars<'a> {
    /// The active windows and freezes of a catalog. What is said of them is said of a horizon.
    pub fn of(catalog: &'a Catalog, graph: &'a Graph, horizon: Span) -> Self {
        let mut all = Vec::new();
        for (id, entity) in catalog.entities() {
            let Some(Spec::Calendar(spec)) = entity.spec() else { continue };
            let counts =
                matches!(spec.r#type, CalendarType::MaintenanceWindow | CalendarType::Freeze);
            if !counts || spec.lifecycle == Some(CalendarLifecycle::Retired) {
                continue;
            }
            let named = entity.references.iter().filter(|one| one.field.relation == "appliesTo");
            let target = |one| catalog.leads_to(one).map(|id| catalog.entity(id).reference);
            // A name that leads nowhere still narrows: a calendar for what is gone is not for all.
            let applies = named.map(|one| target(one).unwrap_or(one.target)).collect();
            all.push(Calendar { id, spec, applies });
        }
        let exceptions = exemptions(catalog, graph, ExceptionOf::Freeze);
        Self { catalog, graph, horizon, all, exceptions, known: RefCell::default() }
    }

    /// All that count, in file order, and what they are.
    pub fn active(&self) -> impl Iterator<Item = (EntityId, EntryKind)> + '_ {
        self.all.iter().map(|one| match one.spec.r#type {
            CalendarType::Freeze => (one.id, EntryKind::Freeze),
            _ => (one.id, EntryKind::Window),
        })
    }

    /// The zone that most of them are in; UTC if there are none.
    pub fn zone(&self) -> Tz {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &self.all {
            *counts.entry(one.spec.timezone.as_str()).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
        most.and_then(|(name, _)| name.parse().ok()).unwrap_or(Tz::UTC)
    }

    /// What holds for an entity.
    pub fn hold(&self, id: EntityId) -> Hold {
        let entity = self.catalog.entity(id);
        let subject = self.catalog.canonical(entity).to_owned();
        let wholes = wholes(self.catalog, self.graph, id);
        let environment = self.environment(entity.reference);
        let (mut windows, mut freezes, mut cut) = (Vec::new(), Vec::new(), false);
        let own = self.maintenance(entity.reference);
        for calendar in &self.all {
            let Some(through) = self.reaches(calendar, entity.reference, &wholes) else { continue };
            let fits = calendar.spec.environments.as_ref().is_none_or(|all| match environment {
                Some(environment) => all.contains(&environment),
                None => all.iter().any(|one| one.is_live()),
            });
            let window = calendar.spec.r#type == CalendarType::MaintenanceWindow;
            if !fits || (window && own.is_some()) {
                continue;
            }
            let timed = self.timed(calendar, through, &mut cut);
            match window {
                true => windows.push((calendar.spec.priority.unwrap_or_default(), timed)),
                false => freezes.push(self.lifted(calendar, timed, &subject)),
            }
        }
        if let Some(own) = own.and_then(|own| self.all.iter().find(|one| one.id == own)) {
            windows = vec![(0, self.timed(own, None, &mut cut))];
        }
        let greatest = windows.iter().map(|(priority, _)| *priority).max();
        windows.retain(|(priority, _)| Some(*priority) == greatest);
        let windows: Vec<Timed> = windows.into_iter().map(|(_, timed)| timed).collect();
        let open = (!windows.is_empty())
            .then(|| joined(windows.iter().flat_map(|one| one.spans.clone()).collect()));
        Hold { subject, horizon: self.horizon, windows, open, freezes, cut }
    }

    /// When a calendar is: its events, without those of the calendars that it excepts; and whether
    /// there is more than was looked at.
    pub fn spans(&self, id: EntityId) -> (Vec<Span>, bool) {
        if let Some(known) = self.known.borrow().get(&id) {
            return known.clone();
        }
        let found = self.work_out(id, DEEP);
        self.known.borrow_mut().insert(id, found.clone());
        found
    }

    fn work_out(&self, id: EntityId, deep: usize) -> (Vec<Span>, bool) {
        let Some(Spec::Calendar(spec)) = self.catalog.entity(id).spec() else {
            return (Vec::new(), false);
        };
        let found = within(spec, self.horizon, MOST);
        let spans = joined(found.occurrences.iter().map(|one| one.span()).collect());
        let mut cut = found.cut;
        let mut except = Vec::new();
        let edges = self.graph.outgoing(id).iter().filter(|edge| edge.relation.name == "excepts");
        for edge in edges.take(if deep == 0 { 0 } else { usize::MAX }) {
            let (more, short) = self.work_out(edge.to, deep - 1);
            cut |= short;
            except.extend(more);
        }
        (without(&spans, &joined(except)), cut)
    }

    fn timed(&self, calendar: &Calendar<'_>, through: Option<String>, cut: &mut bool) -> Timed {
        let (spans, short) = self.spans(calendar.id);
        *cut |= short;
        Timed {
            calendar: self.catalog.canonical(self.catalog.entity(calendar.id)).to_owned(),
            zone: calendar.spec.timezone.parse().unwrap_or(Tz::UTC),
            through,
            spans,
            lift: None,
        }
    }

    /// Whether a calendar holds for an entity, and through what it belongs to.
    fn reaches(
        &self,
        calendar: &Calendar<'_>,
        name: Name,
        wholes: &[Name],
    ) -> Option<Option<String>> {
        if calendar.applies.is_empty() || calendar.applies.contains(&name) {
            return Some(None);
        }
        let through = wholes.iter().find(|whole| calendar.applies.contains(whole))?;
        Some(Some(self.catalog.names.text(*through).to_owned()))
    }

    fn environment(&self, name: Name) -> Option<Environment> {
        self.catalog.defined(name).find_map(|id| match self.catalog.entity(id).spec() {
            Some(Spec::ConfigurationItem(spec)) => Some(spec.environment),
            _ => None,
        })
    }

    /// The calendar that a configuration item names itself, if it counts.
    fn maintenance(&self, name: Name) -> Option<EntityId> {
        let entities = self.catalog.defined(name).map(|id| self.catalog.entity(id));
        let mut references = entities.flat_map(|entity| entity.references.iter());
        let own = references.find(|one| one.field.path == ["spec", "maintenance"])?;
        let own = self.catalog.leads_to(own)?;
        let window = |one: &&Calendar<'_>| one.spec.r#type == CalendarType::MaintenanceWindow;
        self.all.iter().filter(window).map(|one| one.id).find(|id| *id == own)
    }

    fn lifted(&self, calendar: &Calendar<'_>, mut timed: Timed, subject: &str) -> Timed {
        let name = timed.calendar.rsplit('/').next().unwrap_or_default().to_owned();
        let all: Vec<&Exemption> = self
            .exceptions
            .iter()
            .filter(|one| one.rule == name && one.subject == subject)
            .collect();
        if all.is_empty() || !all.iter().all(|one| one.independent) {
            return timed;
        }
        let zone = calendar.spec.timezone.parse().unwrap_or(Tz::UTC);
        let start = all.iter().filter_map(|one| one.granted.as_deref()).max();
        let last = all.iter().map(|one| one.expires.as_str()).min();
        let start = match start {
            Some(day) => midnight(day, 0, zone),
            None => Some(DateTime::<Utc>::MIN_UTC),
        };
        let end = last.and_then(|day| midnight(day, 1, zone));
        if let (Some(start), Some(end)) = (start, end) {
            let by = all.iter().map(|one| one.exception.clone()).collect();
            timed.lift = (start < end).then_some(Lift { span: Span { start, end }, by });
        }
        timed
    }
}

/// When a day begins in a zone, or a day after it.
fn midnight(day: &str, more: u64, zone: Tz) -> Option<DateTime<Utc>> {
    let day = day.parse::<NaiveDate>().ok()?.checked_add_days(Days::new(more))?;
    let hours =
        (0..4).filter_map(|hour| day.and_hms_opt(hour, 0, 0)?.and_local_timezone(zone).earliest());
    hours.map(|one| one.to_utc()).next()
}

/// What holds for an entity where two sides of a change say different things: all freezes of both,
/// the windows that both have, and exceptions only while both have them. What only one side knows of
/// holds as it is.
pub fn stricter(base: &Hold, merged: &Hold) -> Hold {
    let mut freezes = Vec::new();
    let twin = |one: &Timed, others: &[Timed]| {
        others.iter().find(|other| other.calendar == one.calendar).cloned()
    };
    for one in &base.freezes {
        match twin(one, &merged.freezes) {
            Some(other) => freezes.push(both(one, &other)),
            None => freezes.push(one.clone()),
        }
    }
    let new = merged.freezes.iter().filter(|one| twin(one, &base.freezes).is_none());
    freezes.extend(new.cloned());
    let open = match (&base.open, &merged.open) {
        (Some(one), Some(other)) => Some(common(one, other)),
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    let mut windows = base.windows.clone();
    let new = merged.windows.iter().filter(|one| twin(one, &base.windows).is_none());
    windows.extend(new.cloned());
    let horizon = Span {
        start: base.horizon.start.max(merged.horizon.start),
        end: base.horizon.end.min(merged.horizon.end),
    };
    let (subject, cut) = (merged.subject.clone(), base.cut || merged.cut);
    Hold { subject, horizon, windows, open, freezes, cut }
}

/// A freeze that stands on both sides.
fn both(one: &Timed, other: &Timed) -> Timed {
    let spans = joined(one.spans.iter().chain(&other.spans).copied().collect());
    let lift = one.lift.as_ref().zip(other.lift.as_ref()).and_then(|(one, other)| {
        let span = *common(&[one.span], &[other.span]).first()?;
        let mut by = one.by.clone();
        by.extend(other.by.iter().filter(|name| !one.by.contains(name)).cloned());
        Some(Lift { span, by })
    });
    Timed { spans, lift, ..one.clone() }
}
