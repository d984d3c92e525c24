//! Lengths of time (ISO 8601): to be compared, and when one that begins now is over.
//!
//! A day of work is not a day: a length that is given in hours alone is office time, eight hours a
//! day from Monday to Friday. Nobody knows whose office and where it stands, so a day of it is a
//! whole day of the week (UTC): a third of the hours that pass count, and none at the weekend.

/// The seconds of a day.
const DAY: i64 = 24 * 3600;

/// How many hours pass for one hour of office time.
const OFFICE: i64 = 3;

/// A length of time in seconds; a month is 30 days, a year 365.
pub(crate) fn seconds(text: &str) -> i64 {
    let (mut total, mut number, mut in_time) = (0_i64, 0_i64, false);
    for c in text.chars() {
        match c {
            'T' => in_time = true,
            '0'..='9' => {
                number = number.saturating_mul(10).saturating_add(i64::from(c as u32 - '0' as u32));
            }
            _ => {
                let unit = match (c, in_time) {
                    ('Y', _) => 365 * DAY,
                    ('M', false) => 30 * DAY,
                    ('W', _) => 7 * DAY,
                    ('D', _) => DAY,
                    ('H', _) => 3600,
                    ('M', true) => 60,
                    ('S', _) => 1,
                    _ => 0,
                };
                total = total.saturating_add(number.saturating_mul(unit));
                number = 0;
            }
        }
    }
    total
}

/// When a length of time is over that begins at an instant, in seconds since 1970: of hours alone
/// office time counts, of anything else all time.
pub(super) fn over(start: i64, text: &str) -> i64 {
    let length = seconds(text);
    if !text.starts_with("PT") {
        return start.saturating_add(length);
    }
    let mut left = length.saturating_mul(OFFICE);
    let mut at = start;
    // Whole weeks at once: five days of each count.
    let weeks = left / (5 * DAY);
    left -= weeks * 5 * DAY;
    at = at.saturating_add(weeks.saturating_mul(7 * DAY));
    while left > 0 || is_weekend(at) {
        let midnight = at.div_euclid(DAY).saturating_add(1).saturating_mul(DAY);
        if midnight <= at {
            return at;
        }
        if is_weekend(at) {
            at = midnight;
            continue;
        }
        let step = left.min(midnight - at);
        left -= step;
        at += step;
        if left == 0 {
            break;
        }
    }
    at
}

/// Whether an instant is on a Saturday or a Sunday (UTC).
fn is_weekend(at: i64) -> bool {
    // The first day of 1970 was a Thursday.
    matches!(at.div_euclid(DAY).saturating_add(3).rem_euclid(7), 5 | 6)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::{over, seconds};

    #[test]
    fn lengths_of_time_are_compared_by_what_they_mean() {
        assert!(seconds("PT120H") > seconds("P2D"));
        assert_eq!(seconds("PT48H"), seconds("P2D"));
        assert_eq!(seconds("PT1H30M5S"), 5405);
        assert!(seconds("P1M") > seconds("P4W"));
        assert_eq!(seconds("P1Y2M3DT4H"), (365 + 60 + 3) * 86400 + 4 * 3600);
    }

    #[test]
    fn hours_are_office_hours() {
        let after = |start: &str, text: &str| {
            let start = DateTime::parse_from_rfc3339(start).unwrap().timestamp();
            DateTime::from_timestamp(over(start, text), 0)
                .unwrap()
                .format("%a %F %H:%M")
                .to_string()
        };
        // 2026-11-20 is a Friday.
        assert_eq!(after("2026-11-17T15:00:00Z", "PT16H"), "Thu 2026-11-19 15:00");
        assert_eq!(after("2026-11-20T15:00:00Z", "PT16H"), "Tue 2026-11-24 15:00");
        assert_eq!(after("2026-11-21T15:00:00Z", "PT8H"), "Tue 2026-11-24 00:00");
        assert_eq!(after("2026-11-21T15:00:00Z", "PT0S"), "Mon 2026-11-23 00:00");
        assert_eq!(after("2026-11-20T15:00:00Z", "PT120H"), "Fri 2026-12-11 15:00");
        assert_eq!(after("2026-11-20T15:00:00Z", "P2D"), "Sun 2026-11-22 15:00");
        assert_eq!(after("2026-11-20T15:00:00Z", "P1DT1H"), "Sat 2026-11-21 16:00");
    }

    proptest! {
        #[test]
        fn office_time_is_never_shorter_than_time(start in 0i64..4_000_000_000, hours in 0i64..999_999) {
            let text = format!("PT{hours}H");
            prop_assert!(over(start, &text) >= start + seconds(&text));
            prop_assert!(over(start, "PT999999H") < i64::MAX);
            prop_assert!(over(start + 1, &text) >= over(start, &text));
        }
    }
}
