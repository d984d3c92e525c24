//! When a change may happen: at its schedule, or as if it happened now.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::facts::ScheduleFacts;
use super::request::own_requests;
use super::schedule::{
    Calendars, Conflict, Ends, Hold, OpenChange, OpenChanges, Told, Verdict, When, WindowState,
    conflicts, ends, judge, planned, stricter,
};
use super::subjects::Subjects;
use super::{ChangeSet, Side};
use crate::catalog::rota::Span;
use crate::catalog::{EntityId, short};

/// How far windows and freezes are looked for, in days: the next one of a year is found.
const AHEAD: i64 = 400;

/// When a change may happen.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// The instant at which it is judged.
    #[schemars(with = "String")]
    pub now: DateTime<Utc>,
    /// When it is planned; nothing if nobody said, and then it is judged as if it happened now.
    pub planned: Option<Span>,
    /// Whether it was planned for a time that is over; then it is judged as if it happened now.
    pub is_over: bool,
    /// Whether it may happen then, for each entity that it touches.
    pub verdict: Verdict,
    /// Of what is planned: whether what it edits may change now, where merging makes it happen.
    #[serde(skip)]
    pub unplanned: Option<Verdict>,
    /// When what it touches may no longer change, from the instant on at which it is judged.
    #[serde(skip)]
    pub ends: Ends,
    /// What stands in its way, by ServiceNow's reasons.
    pub conflicts: Vec<Conflict>,
    /// Open changes of the same entities, where one of the two has no schedule.
    pub also_changed_by: Vec<AlsoChanged>,
    /// The zone in which its times are told.
    pub timezone: String,
}

/// Another open change of the same entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlsoChanged {
    /// The entity.
    pub entity: String,
    /// The other change: a request or a branch.
    pub by: String,
}

/// Says when a change may happen, asked at an instant, with what else is under way.
pub fn timing(
    set: &ChangeSet,
    subjects: &Subjects,
    base: &Side<'_>,
    merged: &Side<'_>,
    now: DateTime<Utc>,
    open: &[OpenChange],
) -> Timing {
    timing_within(set, subjects, (base, merged), now, open, AHEAD)
}

/// The same, where only so many days ahead are looked at: what happened is not to be planned.
pub fn timing_within(
    set: &ChangeSet,
    subjects: &Subjects,
    (base, merged): (&Side<'_>, &Side<'_>),
    now: DateTime<Utc>,
    open: &[OpenChange],
    ahead: i64,
) -> Timing {
    let own: Vec<OpenChange> = planned(merged.catalog)
        .into_iter()
        .filter(|request| own_requests(set).contains(&request.name))
        .collect();
    let said = own.first().and_then(|request| request.schedule);
    // What was planned for a time that is over is planned for no time.
    let plan = said.filter(|span| span.end > now);
    let last = plan.map_or(now, |span| span.end.max(now));
    let ahead = TimeDelta::try_days(ahead).unwrap_or_default();
    let first = plan.map_or(now, |span| span.start.min(now)) - TimeDelta::days(1);
    let horizon = Span { start: first, end: last.checked_add_signed(ahead).unwrap_or(last) };
    let old = Calendars::of(base.catalog, base.graph, horizon);
    let new = Calendars::of(merged.catalog, merged.graph, horizon);
    let find = |side: &Side<'_>, name: &str| -> Option<EntityId> {
        side.catalog.principal(side.catalog.names.find(name)?)
    };
    let hold = |subject: &crate::change::subjects::Subject| -> Option<Hold> {
        let before = find(base, subject.before()).map(|id| old.hold(id));
        let after = find(merged, &subject.entity).map(|id| new.hold(id));
        match (before, after) {
            (Some(before), Some(after)) => Some(stricter(&before, &after)),
            (before, after) => before.or(after),
        }
    };
    let mut holds: Vec<Hold> = subjects.all.iter().filter_map(hold).collect();
    let unplanned = plan.map(|_| judge(&holds, When::At(now), now));
    // What its request concerns is touched without a document of it being edited.
    let concerned = own.iter().flat_map(|request| &request.touches);
    for name in concerned.filter(|name| subjects.all.iter().all(|one| one.entity != **name)) {
        let before = find(base, name).map(|id| old.hold(id));
        let after = find(merged, name).map(|id| new.hold(id));
        holds.extend(match (before, after) {
            (Some(before), Some(after)) => Some(stricter(&before, &after)),
            (before, after) => before.or(after),
        });
    }
    let when = plan.map_or(When::At(now), When::During);
    let ids: Vec<EntityId> =
        subjects.all.iter().filter_map(|subject| find(merged, &subject.entity)).collect();
    let assignees: Vec<String> =
        own.first().map(|request| request.assignees.clone()).unwrap_or_default();
    let name = own.first().map(|request| request.name.as_str());
    let open = (&OpenChanges::of(open), name);
    let told = conflicts(&new, (merged.catalog, merged.graph), &ids, plan, &assignees, open);
    let Told { conflicts, also_changed_by } = told;
    let zone = if new.active().next().is_some() { new.zone() } else { old.zone() };
    Timing {
        now,
        planned: plan,
        is_over: said.is_some() && plan.is_none(),
        verdict: judge(&holds, when, now),
        unplanned,
        ends: ends(&holds, now),
        conflicts,
        also_changed_by: also_changed_by
            .into_iter()
            .map(|(entity, by)| AlsoChanged { entity, by })
            .collect(),
        timezone: zone.name().to_owned(),
    }
}

impl Timing {
    /// What the risk of a change wants to know of its time.
    pub fn facts(&self) -> ScheduleFacts {
        let timing = self;
        let with =
            |state| timing.verdict.subjects.iter().filter(move |one| one.window.state == state);
        let outside: Vec<&str> =
            with(WindowState::Outside).map(|one| one.subject.as_str()).collect();
        let has_window = !outside.is_empty() || with(WindowState::Inside).next().is_some();
        let freezes = timing.verdict.subjects.iter().flat_map(|one| {
            let holding = one.freezes.iter().filter(|freeze| freeze.lifted_by.is_empty());
            holding.map(|freeze| short(&freeze.calendar))
        });
        let freezes: BTreeSet<String> = freezes.collect();
        let when = match timing.planned {
            Some(_) => "its schedule",
            None => "now",
        };
        let window = outside.first().map(|first| {
            let first = short(first);
            match outside.len() {
                1 => format!("{when} is outside the window of {first}"),
                many => format!("{when} is outside the windows of {first} and {} more", many - 1),
            }
        });
        let told = timing.conflicts.iter().filter(|one| !one.reason.is_of_calendar());
        let told: Vec<String> = told
            .map(|one| {
                let with = one.with.as_deref().map(short).unwrap_or_default();
                format!("{}: {} ({with})", short(&one.subject), one.reason.words())
            })
            .collect();
        ScheduleFacts {
            outside_window: has_window.then_some(!outside.is_empty()),
            window,
            freezes: freezes.into_iter().collect(),
            conflicts: Some(told),
        }
    }
}
