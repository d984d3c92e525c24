//! Whether a change may happen at an instant, or within its schedule.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::holds::{Hold, Timed};
use crate::catalog::rota::{Span, common};

/// When a change is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At an instant, such as now.
    At(DateTime<Utc>),
    /// Within its schedule.
    During(Span),
}

impl When {
    fn span(self) -> Span {
        match self {
            Self::At(now) => Span { start: now, end: now + TimeDelta::seconds(1) },
            Self::During(span) => span,
        }
    }
}

/// Whether a change of some entities may happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether it may, for all of them.
    pub allowed: bool,
    /// The next time, not before it was planned and not before now, that is long enough and fits all.
    pub next: Option<Span>,
    /// Of an instant: when the answer changes. Of a schedule: when it is over.
    #[schemars(with = "Option<String>")]
    pub valid_until: Option<DateTime<Utc>>,
    /// Whether a calendar holds more than was looked at; then nothing is allowed.
    pub cut: bool,
    /// Each entity.
    pub subjects: Vec<SubjectVerdict>,
}

/// Whether a change of an entity may happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubjectVerdict {
    /// The entity, by canonical reference.
    pub subject: String,
    /// Whether it may.
    pub allowed: bool,
    /// Where it stands to the windows.
    pub window: WindowVerdict,
    /// The freezes that it would fall into, lifted ones included.
    pub freezes: Vec<FreezeVerdict>,
}

/// Where a time stands to the windows of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WindowVerdict {
    /// Whether it is in one.
    pub state: WindowState,
    /// The calendars of the windows that count, by canonical reference.
    pub calendars: Vec<String>,
    /// The window that it is in, or else the next one that is long enough and in no freeze.
    pub span: Option<Span>,
}

/// Whether a time is in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WindowState {
    /// All of it is.
    Inside,
    /// Not all of it is.
    Outside,
    /// There is no window for it.
    Undefined,
}

/// A freeze that a time falls into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FreezeVerdict {
    /// The calendar, by canonical reference.
    pub calendar: String,
    /// The entity for which it holds, where that is not the subject but what it belongs to.
    pub through: Option<String>,
    /// From when until when.
    pub span: Span,
    /// The exceptions that lift it for all of that time; nothing if it holds.
    pub lifted_by: Vec<String>,
}

/// Says whether a change may happen, given what holds for the entities that it touches.
pub fn judge(holds: &[Hold], when: When, now: DateTime<Utc>) -> Verdict {
    let span = when.span();
    let from = now.max(span.start);
    let cut = holds.iter().any(|hold| hold.cut);
    let subjects: Vec<SubjectVerdict> =
        holds.iter().map(|hold| of_subject(hold, span, from)).collect();
    let free = free_for_all(holds);
    let valid_until = match when {
        When::During(span) => Some(span.end),
        When::At(now) => free.iter().flatten().find_map(|one| flip(one, now, holds)),
    };
    let next = free.as_ref().and_then(|free| fitting(free, span, from));
    let allowed = !cut && subjects.iter().all(|one| one.allowed);
    Verdict { allowed, next, valid_until, cut, subjects }
}

/// When entities that may change at an instant may no longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ends {
    /// When a freeze of one of them begins; the instant itself, if one holds.
    pub frozen: Option<DateTime<Utc>>,
    /// When the window ends that one of them is in.
    pub closed: Option<DateTime<Utc>>,
}

/// When entities may no longer change, from an instant on.
pub fn ends(holds: &[Hold], now: DateTime<Utc>) -> Ends {
    let freezes = holds.iter().flat_map(|hold| &hold.freezes).flat_map(Timed::binding);
    let frozen = freezes.filter(|one| now < one.end).map(|one| one.start.max(now)).min();
    let open = holds.iter().filter_map(|hold| Some((hold.open.as_ref()?, hold.horizon.end)));
    let closed = open.filter_map(|(open, known)| {
        let inside = open.iter().find(|one| one.start <= now && now < one.end)?;
        (inside.end < known).then_some(inside.end)
    });
    Ends { frozen, closed: closed.min() }
}

/// When all entities may change; nothing if there are none.
fn free_for_all(holds: &[Hold]) -> Option<Vec<Span>> {
    let mut all = holds.iter().map(Hold::free);
    let first = all.next()?;
    Some(all.fold(first, |both, one| common(&both, &one)))
}

/// When the answer changes because of a free span; not at the end of what is known.
fn flip(free: &Span, now: DateTime<Utc>, holds: &[Hold]) -> Option<DateTime<Utc>> {
    let flip = if free.start > now { free.start } else { free.end };
    let known = holds.iter().all(|hold| flip < hold.horizon.end);
    (flip > now && known).then_some(flip)
}

/// The first free span that is long enough, from an instant on.
fn fitting(free: &[Span], wanted: Span, from: DateTime<Utc>) -> Option<Span> {
    let length = wanted.end - wanted.start;
    let rest = free.iter().map(|one| Span { start: one.start.max(from), end: one.end });
    rest.into_iter().find(|one| one.end - one.start >= length)
}

fn of_subject(hold: &Hold, span: Span, from: DateTime<Utc>) -> SubjectVerdict {
    let freezes: Vec<FreezeVerdict> =
        hold.freezes.iter().flat_map(|one| freezes_in(one, span)).collect();
    let inside = hold.open.as_ref().map(|open| open.iter().find(|one| one.covers(&span)));
    let calendars = hold.windows.iter().map(|one| one.calendar.clone()).collect();
    let next = || fitting(&hold.free(), span, from);
    let window = match inside {
        None => WindowVerdict { state: WindowState::Undefined, calendars, span: None },
        Some(Some(one)) => {
            WindowVerdict { state: WindowState::Inside, calendars, span: Some(*one) }
        }
        Some(None) => WindowVerdict { state: WindowState::Outside, calendars, span: next() },
    };
    let frozen = freezes.iter().any(|one| one.lifted_by.is_empty());
    let known = hold.horizon.covers(&span);
    let allowed = known && !hold.cut && !frozen && window.state != WindowState::Outside;
    SubjectVerdict { subject: hold.subject.clone(), allowed, window, freezes }
}

/// The spans of a freeze that a time falls into.
fn freezes_in(freeze: &Timed, span: Span) -> impl Iterator<Item = FreezeVerdict> + '_ {
    freeze.spans.iter().filter(move |one| one.meets(&span)).map(move |one| {
        let both = Span { start: one.start.max(span.start), end: one.end.min(span.end) };
        let lift = freeze.lift.as_ref().filter(|lift| lift.span.covers(&both));
        FreezeVerdict {
            calendar: freeze.calendar.clone(),
            through: freeze.through.clone(),
            span: *one,
            lifted_by: lift.map_or_else(Vec::new, |lift| lift.by.clone()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::holds::Lift;
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn span(start: i64, end: i64) -> Span {
        Span { start: at(start), end: at(end) }
    }

    fn hold(open: Option<Vec<Span>>, freeze: Span, lift: Option<Span>) -> Hold {
        let lift = lift.map(|span| Lift { span, by: vec!["exception:default/x".to_owned()] });
        Hold {
            subject: "ci:default/a".to_owned(),
            horizon: span(0, 100),
            windows: Vec::new(),
            open,
            freezes: vec![Timed {
                calendar: "calendar:default/quiet".to_owned(),
                zone: chrono_tz::UTC,
                through: None,
                spans: vec![freeze],
                lift,
            }],
            cut: false,
        }
    }

    #[test]
    fn what_may_change_now_may_until_a_freeze_begins_or_its_window_ends() {
        let ends = |hold: Hold| ends(&[hold], at(10));
        let found = ends(hold(Some(vec![span(0, 5), span(8, 12)]), span(11, 20), None));
        assert_eq!(found, Ends { frozen: Some(at(11)), closed: Some(at(12)) });
        // A freeze that is over, one that holds, and one that is lifted for long enough.
        assert_eq!(ends(hold(None, span(2, 9), None)), Ends::default());
        assert_eq!(ends(hold(None, span(2, 19), None)).frozen, Some(at(10)));
        assert_eq!(ends(hold(None, span(2, 19), Some(span(2, 15)))).frozen, Some(at(15)));
        // Behind what is known, a window does not end.
        assert_eq!(ends(hold(Some(vec![span(8, 100)]), span(0, 1), None)).closed, None);
    }
}
