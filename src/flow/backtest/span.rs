//! Spans of time as people type them to Git: `1y`, `90d`, `6 months`, `2 weeks ago`, a day.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};

/// A unit, by all words for it: so many days, or so many months.
struct Unit {
    words: &'static [&'static str],
    days: u64,
    months: u32,
}

const UNITS: &[Unit] = &[
    Unit { words: &["d", "day", "days"], days: 1, months: 0 },
    Unit { words: &["w", "week", "weeks"], days: 7, months: 0 },
    Unit { words: &["m", "mo", "month", "months"], days: 0, months: 1 },
    Unit { words: &["q", "quarter", "quarters"], days: 0, months: 3 },
    Unit { words: &["y", "year", "years"], days: 0, months: 12 },
];

/// How far back a span goes, or the day on which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// So many days and months before its end.
    Back {
        /// Days.
        days: u64,
        /// Months.
        months: u32,
    },
    /// From a day on.
    Day(NaiveDate),
}

impl Since {
    /// Reads what somebody typed.
    ///
    /// # Errors
    ///
    /// It is no span and no day: what would be one.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || "write a span such as 1y, 90d or 6 months, or a day as 2026-01-31".to_owned();
        let text = text.trim().to_lowercase();
        if let Ok(day) = NaiveDate::parse_from_str(&text, "%Y-%m-%d") {
            return Ok(Self::Day(day));
        }
        let text = text.strip_suffix("ago").unwrap_or(&text);
        let text: String = text.chars().filter(|one| !matches!(one, ' ' | '.' | '_')).collect();
        let letters = text.find(|one: char| !one.is_ascii_digit()).ok_or_else(wrong)?;
        let (number, word) = text.split_at(letters);
        let number: u32 = number.parse().map_err(|_no_number| wrong())?;
        let unit = UNITS.iter().find(|unit| unit.words.contains(&word)).ok_or_else(wrong)?;
        let days = unit.days * u64::from(number);
        let months = unit.months.checked_mul(number).ok_or_else(wrong)?;
        if number == 0 {
            return Err(wrong());
        }
        Ok(Self::Back { days, months })
    }

    /// When the span begins that ends at an instant.
    pub fn begins(self, end: DateTime<Utc>) -> DateTime<Utc> {
        let begin = match self {
            Self::Back { days, months } => end
                .checked_sub_months(Months::new(months))
                .and_then(|begin| begin.checked_sub_days(Days::new(days))),
            Self::Day(day) => day.and_hms_opt(0, 0, 0).map(|midnight| midnight.and_utc()),
        };
        // Before all history is as good as at its beginning.
        begin.unwrap_or(DateTime::<Utc>::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        let end = DateTime::parse_from_rfc3339("2026-03-31T12:00:00Z").unwrap().to_utc();
        let begin = |text: &str| Since::parse(text).map(|since| since.begins(end).to_rfc3339());
        for (text, day) in [
            ("1y", "2025-03-31T12:00:00+00:00"),
            ("90d", "2025-12-31T12:00:00+00:00"),
            ("6 months", "2025-09-30T12:00:00+00:00"),
            ("2 weeks ago", "2026-03-17T12:00:00+00:00"),
            ("1.month.ago", "2026-02-28T12:00:00+00:00"),
            ("2q", "2025-09-30T12:00:00+00:00"),
            ("2026-01-02", "2026-01-02T00:00:00+00:00"),
            ("4000000 years", "1970-01-01T00:00:00+00:00"),
        ] {
            assert_eq!(begin(text).as_deref(), Ok(day), "{text}");
        }
        for text in ["", "1", "y", "yesterday", "0d", "-1d", "1 parsec", "99999999999y", "1é"] {
            assert!(begin(text).is_err(), "{text}");
        }
    }
}
