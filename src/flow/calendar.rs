//! `change calendar`: windows, freezes and planned changes, of everything or of what is named.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

use super::Place;
use super::ask::{AskError, Asked};
use super::clock;
use crate::catalog::rota::Span;
use crate::catalog::{Catalog, EntityId, Graph};
use crate::change::schedule::{Agenda, Calendars, agenda};

/// What to tell of.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where the catalog is.
    pub place: Place,
    /// Calendars and entities, as the user names them; all if there are none.
    pub names: Vec<String>,
    /// The first day; today without it.
    pub from: Option<NaiveDate>,
    /// The last day; four weeks without it.
    pub to: Option<NaiveDate>,
    /// How many days, where no last day is named.
    pub days: Option<u32>,
    /// The instant at which it is asked; now without it.
    pub now: Option<DateTime<Utc>>,
}

/// The answer, and what to tell beside it.
#[derive(Debug)]
pub struct Answer {
    /// The agenda.
    pub agenda: Agenda,
    /// Names that were found under another one: as asked for, and as they are.
    pub renamed: Vec<(String, String)>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// No catalog, or no such entity.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The last day is before the first.
    #[error("the last day, {to}, is before the first, {from}")]
    Backwards {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
    },
    /// So long a time is no agenda.
    #[error("from {from} to {to} is more than {MOST_DAYS} days")]
    Long {
        /// The first day.
        from: NaiveDate,
        /// The last day.
        to: NaiveDate,
    },
}

impl CalendarError {
    /// Whether the user asked for what cannot be.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Ask(error) => error.is_usage(),
            Self::Backwards { .. } | Self::Long { .. } => true,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Ask(error) => error.hint(),
            Self::Backwards { .. } => Some("--from is today if it is left out".to_owned()),
            Self::Long { .. } => Some("ask for a shorter time".to_owned()),
        }
    }
}

/// How many days are told of if nothing is said.
const DAYS: u32 = 28;

/// How many days are told of at most.
const MOST_DAYS: i64 = 3_660;

/// How far the next window is looked for beyond what is told of.
const AHEAD: i64 = 400;

/// Gathers the agenda.
///
/// # Errors
///
/// There is no catalog, no such entity in it, or the days make no sense.
pub fn calendar(request: &Request) -> Result<Answer, CalendarError> {
    let asked = Asked::open(&request.place)?;
    let (mut ids, mut renamed) = (Vec::new(), Vec::new());
    for text in &request.names {
        let found = asked.find(text)?;
        let entity = asked.catalog.entity(found.id);
        let now = asked.catalog.canonical(entity).to_owned();
        renamed.extend(found.formerly.map(|before| (before, now)));
        ids.push(found.id);
    }
    ids.sort_unstable();
    ids.dedup();
    let now = request.now.unwrap_or_else(|| clock::instant(None));
    let agenda =
        gathered((&asked.catalog, asked.graph()), &ids, now, |zone| span(request, now, zone))?;
    Ok(Answer { agenda, renamed })
}

/// The agenda of a catalog: of what is named, or of all. `span` says for which time, in the zone in
/// which days are told.
pub(super) fn gathered<E>(
    catalog: (&Catalog, &Graph),
    ids: &[EntityId],
    now: DateTime<Utc>,
    span: impl FnOnce(Tz) -> Result<Span, E>,
) -> Result<Agenda, E> {
    // The zone of days has to be known before there is a horizon.
    let nothing = Span { start: now, end: now };
    let zone = Calendars::of(catalog.0, catalog.1, nothing).zone();
    let span = span(zone)?;
    let ahead = TimeDelta::try_days(AHEAD).unwrap_or_default();
    let horizon = Span {
        start: span.start.min(now) - TimeDelta::days(1),
        end: span.end.max(now).checked_add_signed(ahead).unwrap_or(span.end),
    };
    let calendars = Calendars::of(catalog.0, catalog.1, horizon);
    Ok(agenda(&calendars, catalog, ids, (span, now, zone)))
}

/// From when until when.
fn span(request: &Request, now: DateTime<Utc>, zone: Tz) -> Result<Span, CalendarError> {
    let from = request.from.unwrap_or_else(|| now.with_timezone(&zone).date_naive());
    let days = u64::from(request.days.unwrap_or(DAYS)).saturating_sub(1);
    let last = || from.checked_add_days(Days::new(days)).unwrap_or(from);
    let to = request.to.unwrap_or_else(last);
    if to < from {
        return Err(CalendarError::Backwards { from, to });
    }
    let long = CalendarError::Long { from, to };
    if (to - from).num_days() > MOST_DAYS {
        return Err(long);
    }
    days_in(zone, from, to).ok_or(long)
}

/// From the first moment of a day to the last of another, in a zone.
pub(super) fn days_in(zone: Tz, from: NaiveDate, to: NaiveDate) -> Option<Span> {
    let midnight = |day: NaiveDate| {
        let mut hours = (0..4).filter_map(|hour| day.and_hms_opt(hour, 0, 0));
        hours.find_map(|time| time.and_local_timezone(zone).earliest()).map(|one| one.to_utc())
    };
    Some(Span { start: midnight(from)?, end: midnight(to.succ_opt()?)? })
}
