//! Shares and spans of time without the noise of binary fractions.

use std::fmt;

/// The digits behind the point that a number may have.
const MOST_DIGITS: u32 = 15;

/// A decimal number, zero or above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    units: i128,
    digits: u32,
}

impl Decimal {
    /// The number as it is written in a catalog; nothing if it is below zero, above a thousand or has
    /// more digits than anybody means.
    pub(super) fn of(number: f64) -> Option<Self> {
        if !(0.0..=1000.0).contains(&number) {
            return None;
        }
        // The shortest text that reads back as the number is what was written.
        let text = number.to_string();
        let (whole, part) = text.split_once('.').unwrap_or((text.as_str(), ""));
        let digits = u32::try_from(part.len()).ok().filter(|digits| *digits <= MOST_DIGITS)?;
        Some(Self { units: format!("{whole}{part}").parse().ok()?, digits })
    }

    /// A hundredth of it.
    pub(super) fn percent(self) -> Self {
        Self { digits: self.digits + 2, ..self }
    }

    /// What is missing from it to one; nothing if it is more.
    pub(super) fn to_one(self) -> Option<Self> {
        let units = 10_i128.checked_pow(self.digits)?.checked_sub(self.units)?;
        (units >= 0).then_some(Self { units, ..self })
    }

    /// As a binary fraction, to compare it roughly.
    pub(super) fn rough(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.digits as usize;
        let text = format!("{:0>1$}", self.units, width + 1);
        let (whole, part) = text.split_at(text.len() - width);
        match part.trim_end_matches('0') {
            "" => f.write_str(whole),
            part => write!(f, "{whole}.{part}"),
        }
    }
}

/// A span of time in whole minutes, as PromQL writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span(pub(super) u64);

impl Span {
    /// Reads OpenSLO's shorthand: a whole number and `m`, `h`, `d`, `w`, `M`, `Q` or `Y`. A month
    /// counts as 30 days, a quarter as 90 and a year as 365: PromQL knows no calendar.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (at, unit) = text.char_indices().next_back()?;
        let minutes = match unit {
            'm' => 1,
            'h' => 60,
            'd' => 1440,
            'w' => 7 * 1440,
            'M' => 30 * 1440,
            'Q' => 90 * 1440,
            'Y' => 365 * 1440,
            _ => return None,
        };
        let count: u64 = text.get(..at)?.parse().ok().filter(|count| *count > 0)?;
        // Ten years are longer than anything that is kept.
        let minutes = count.checked_mul(minutes).filter(|minutes| *minutes <= 3650 * 1440)?;
        Some(Self(minutes))
    }

    /// In words.
    pub(super) fn words(self) -> String {
        let (count, unit) = match self.0 {
            minutes if minutes % 1440 == 0 => (minutes / 1440, "day"),
            minutes if minutes % 60 == 0 => (minutes / 60, "hour"),
            minutes => (minutes, "minute"),
        };
        format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            minutes if minutes % 1440 == 0 => write!(f, "{}d", minutes / 1440),
            minutes if minutes % 60 == 0 => write!(f, "{}h", minutes / 60),
            minutes => write!(f, "{minutes}m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_count() {
        let of = |number| Decimal::of(number).unwrap();
        assert_eq!(of(0.999).to_one().unwrap().to_string(), "0.001");
        assert_eq!(of(99.95).percent().to_one().unwrap().to_string(), "0.0005");
        assert_eq!(of(0.0).to_string(), "0");
        assert_eq!(of(0.0).to_one().unwrap().to_string(), "1");
        assert_eq!(of(2.50).to_string(), "2.5");
        assert_eq!(of(1e-7).to_string(), "0.0000001");
        for bad in [-0.1, f64::NAN, f64::INFINITY, 1001.0, 1e-300] {
            assert_eq!(Decimal::of(bad), None, "{bad}");
        }
        assert_eq!(of(1.5).to_one(), None);
    }

    #[test]
    fn spans_are_those_of_openslo() {
        let shown = |text: &str| Span::read(text).map(|span| span.to_string());
        for (text, promql) in [
            ("5m", "5m"),
            ("60m", "1h"),
            ("28d", "28d"),
            ("4w", "28d"),
            ("1M", "30d"),
            ("1Q", "90d"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(promql));
        }
        for bad in ["", "m", "0d", "-1d", "1.5h", "5s", "11Y", "99999999999999999999Y", "1é"] {
            assert_eq!(shown(bad), None, "{bad}");
        }
        assert_eq!(Span(90).words(), "90 minutes");
        assert_eq!(Span(60).words(), "1 hour");
    }
}
