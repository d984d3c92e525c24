//! How long an event lasts (ISO 8601), and what a local time is in a zone (RFC 5545, 3.3.5).

use chrono::{DateTime, Days, LocalResult, Months, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// The instant that a local time means: of two the first, and of none what it would be if the clocks
/// had not gone forward yet.
pub(super) fn instant(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Tz>> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(one) | LocalResult::Ambiguous(one, _) => Some(one),
        LocalResult::None => {
            // A zone that changed the date left out a day.
            let before = [1, 3, 25].into_iter().filter_map(|hours| {
                let earlier = local.checked_sub_signed(TimeDelta::try_hours(hours)?)?;
                zone.offset_from_local_datetime(&earlier).latest()
            });
            let offset = before.map(|offset| offset.fix()).next()?;
            Some(zone.from_utc_datetime(&local.checked_sub_offset(offset)?))
        }
    }
}

/// A duration of ISO 8601, its days apart from its hours: a day with a change of the clocks has 23
/// or 25 of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Length {
    months: u32,
    days: u64,
    seconds: i64,
}

impl Length {
    /// The same as hours by the clock; nothing if it is of months, which differ.
    pub(super) fn fixed(self) -> Option<TimeDelta> {
        let days = TimeDelta::try_days(i64::try_from(self.days).ok()?)?;
        let length = days.checked_add(&TimeDelta::try_seconds(self.seconds)?)?;
        (self.months == 0).then_some(length)
    }

    /// Reads a duration.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.strip_prefix('P')?;
        let (date, time) = text.split_once('T').unwrap_or((text, ""));
        let mut length = Self::default();
        for (number, unit) in numbers(date)? {
            match unit {
                'Y' => length.months = u32::try_from(number.checked_mul(12)?).ok()?,
                'M' => length.months = length.months.checked_add(u32::try_from(number).ok()?)?,
                'W' => length.days = number.checked_mul(7)?,
                'D' => length.days = length.days.checked_add(number)?,
                _ => return None,
            }
        }
        for (number, unit) in numbers(time)? {
            let seconds = match unit {
                'H' => 3600,
                'M' => 60,
                'S' => 1,
                _ => return None,
            };
            let more = i64::try_from(number).ok()?.checked_mul(seconds)?;
            length.seconds = length.seconds.checked_add(more)?;
        }
        Some(length)
    }

    /// The longest that it can be.
    pub(super) fn at_most(self) -> TimeDelta {
        let days = u64::from(self.months).saturating_mul(31).saturating_add(self.days);
        let days = i64::try_from(days).unwrap_or(i64::MAX).saturating_add(1);
        let days = TimeDelta::try_days(days).unwrap_or(TimeDelta::MAX / 2);
        let rest = TimeDelta::try_seconds(self.seconds).unwrap_or_default();
        days.checked_add(&rest).unwrap_or(days)
    }

    /// When something that began is over.
    pub(super) fn after(self, start: &DateTime<Tz>) -> Option<DateTime<Tz>> {
        let local = start.naive_local().checked_add_months(Months::new(self.months))?;
        let local = local.checked_add_days(Days::new(self.days))?;
        let zone = start.timezone();
        let day = match local == start.naive_local() {
            true => *start,
            false => instant(local, zone)?,
        };
        day.checked_add_signed(TimeDelta::try_seconds(self.seconds)?)
    }
}

/// The numbers of a duration and their units.
fn numbers(text: &str) -> Option<Vec<(u64, char)>> {
    let (mut found, mut number) = (Vec::new(), 0_u64);
    for c in text.chars() {
        match c.to_digit(10) {
            Some(digit) => number = number.checked_mul(10)?.checked_add(u64::from(digit))?,
            None => found.push((std::mem::take(&mut number), c)),
        }
    }
    Some(found)
}
