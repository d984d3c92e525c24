//! The one place that asks what day it is.

use chrono::DateTime;

/// Today in UTC, such as `2026-12-31`.
pub(super) fn today() -> String {
    instant(None).date_naive().to_string()
}

/// The instant at which something is asked: now, or noon (UTC) of a day that is given instead.
#[allow(clippy::disallowed_methods, reason = "flow owns the clock; below, the instant is an input")]
pub(super) fn instant(day: Option<&str>) -> DateTime<chrono::Utc> {
    let given = day.and_then(|day| day.parse::<chrono::NaiveDate>().ok());
    if let Some(noon) = given.and_then(|day| day.and_hms_opt(12, 0, 0)) {
        return noon.and_utc();
    }
    // A clock before 1970 is wrong, and so early that nothing is overdue.
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}
