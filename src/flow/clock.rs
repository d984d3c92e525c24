//! The one place that asks what day it is.

use chrono::DateTime;

/// Today in UTC, such as `2026-12-31`.
#[allow(clippy::disallowed_methods, reason = "flow owns the clock; below, the day is an input")]
pub(super) fn today() -> String {
    let now = std::time::SystemTime::now();
    // A clock before 1970 is wrong, and so early that nothing is overdue.
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().date_naive().to_string()
}
