//! How long a target asks to wait (RFC 9110 §10.2.3).

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime};

/// The longest that it is waited for a target; one that asks for more is asked again then.
pub(super) const LONGEST: Duration = Duration::from_secs(300);

/// What `Retry-After` says: seconds, or an instant. The instant counts from the answer's own `Date`, so
/// that clocks need not agree; without one nothing is known.
pub(super) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than there are numbers for are more than the longest, too.
        let seconds = value.parse().unwrap_or(u64::MAX);
        return Some(Duration::from_secs(seconds).min(LONGEST));
    }
    let seconds = instant(value)?.checked_sub(instant(date?)?)?;
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)).min(LONGEST))
}

/// An HTTP-date in any of its three forms (RFC 9110 §5.6.7), as seconds since 1970.
fn instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc2822(text) {
        return Some(instant.timestamp());
    }
    let formats = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    let read = |format: &&str| NaiveDateTime::parse_from_str(text, format).ok();
    formats.iter().find_map(read).map(|instant| instant.and_utc().timestamp())
}
