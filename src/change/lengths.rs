//! Lengths of time, to be compared.

/// A length of time as hours times a thousand, to compare by; a month is 30 days.
pub(super) fn hours(text: &str) -> u64 {
    let (mut total, mut number, mut in_time) = (0_u64, 0_u64, false);
    for c in text.chars() {
        match c {
            'T' => in_time = true,
            '0'..='9' => {
                number = number.saturating_mul(10).saturating_add(u64::from(c as u32 - '0' as u32));
            }
            _ => {
                let unit = match (c, in_time) {
                    ('Y', _) => 365 * 24 * 1000,
                    ('M', false) => 30 * 24 * 1000,
                    ('W', _) => 7 * 24 * 1000,
                    ('D', _) => 24 * 1000,
                    ('H', _) => 1000,
                    ('M', true) => 17,
                    _ => 0,
                };
                total = total.saturating_add(number.saturating_mul(unit));
                number = 0;
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn lengths_of_time_are_compared_by_what_they_mean() {
        assert!(hours("PT120H") > hours("P2D"));
        assert_eq!(hours("PT48H"), hours("P2D"));
        assert!(hours("PT90M") > hours("PT1H") && hours("PT90M") < hours("PT2H"));
        assert!(hours("P1M") > hours("P4W"));
    }
}
