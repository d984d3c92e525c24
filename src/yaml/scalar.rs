//! What a plain scalar means: the core schema of YAML 1.2 (section 10.3.2).
//!
//! `no`, `on` and `0777` mean what YAML 1.2 says and not what YAML 1.1 said: two strings and the
//! integer 777, as Backstage's own parser reads them.

/// The type that the core schema gives to a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A decimal, octal (`0o17`) or hexadecimal (`0x1f`) integer.
    Int,
    /// A float; also `.inf` and `.nan`.
    Float,
    /// Anything else.
    Str,
}

impl Scalar {
    /// Resolves the text of a plain scalar.
    pub fn of_plain(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "true" | "True" | "TRUE" => Self::Bool(true),
            "false" | "False" | "FALSE" => Self::Bool(false),
            _ if !may_be_number(text) => Self::Str,
            _ if is_integer(text) => Self::Int,
            _ if is_float(text) => Self::Float,
            _ => Self::Str,
        }
    }

    /// Resolves a scalar with a core schema tag such as `!!str`; `None` for a tag that is unknown
    /// or does not fit the text.
    pub fn of_tag(suffix: &str, text: &str) -> Option<Self> {
        let plain = Self::of_plain(text);
        match suffix {
            "str" => Some(Self::Str),
            "null" => (plain == Self::Null).then_some(plain),
            "bool" => matches!(plain, Self::Bool(_)).then_some(plain),
            "int" => (plain == Self::Int).then_some(plain),
            "float" => matches!(plain, Self::Int | Self::Float).then_some(Self::Float),
            _ => None,
        }
    }
}

fn may_be_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.'))
}

fn is_integer(text: &str) -> bool {
    let all = |digits: &str, is: fn(&char) -> bool| {
        !digits.is_empty() && digits.chars().all(|digit| is(&digit))
    };
    if let Some(octal) = text.strip_prefix("0o") {
        return all(octal, |digit| digit.is_digit(8));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return all(hex, char::is_ascii_hexdigit);
    }
    all(text.strip_prefix(['-', '+']).unwrap_or(text), char::is_ascii_digit)
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let digits = |part: &str| part.chars().all(|digit| digit.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, fraction)) => {
            digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
        }
        None => !mantissa.is_empty() && digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    mantissa_fits && exponent_fits
}

/// The value of an integer scalar, when 128 bits hold it.
pub(super) fn integer(text: &str) -> Option<i128> {
    if let Some(octal) = text.strip_prefix("0o") {
        return i128::from_str_radix(octal, 8).ok();
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return i128::from_str_radix(hex, 16).ok();
    }
    text.parse().ok()
}

/// The value of an integer or float scalar; infinite and not-a-number where the text says so.
pub(super) fn float(text: &str) -> f64 {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = match unsigned {
        ".inf" | ".Inf" | ".INF" => f64::INFINITY,
        ".nan" | ".NaN" | ".NAN" => f64::NAN,
        _ => match integer(unsigned) {
            Some(value) => value as f64,
            None => unsigned.parse().unwrap_or(f64::NAN),
        },
    };
    if negative { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_yaml_1_1_took_for_booleans_are_strings() {
        for text in ["yes", "no", "on", "off", "y", "NO", "1_000", "12:30:45", "0b1", "2020-01-01"]
        {
            assert_eq!(Scalar::of_plain(text), Scalar::Str, "{text}");
        }
    }

    #[test]
    fn numbers_follow_the_core_schema() {
        for text in ["0", "-1", "+1", "0777", "0o17", "0x1F"] {
            assert_eq!(Scalar::of_plain(text), Scalar::Int, "{text}");
        }
        for text in ["1.5", ".5", "5.", "1e3", "-1.5E-3", ".inf", "-.INF", ".nan"] {
            assert_eq!(Scalar::of_plain(text), Scalar::Float, "{text}");
        }
        for text in [".", "-", "+", "1.2.3", "1e", "0x", "0o8", "e3", "-.nan", "--1"] {
            assert_eq!(Scalar::of_plain(text), Scalar::Str, "{text}");
        }
        assert_eq!(integer("0777"), Some(777));
        assert_eq!(integer("0x1F"), Some(31));
        assert!((float("-1.5e1") + 15.0).abs() < f64::EPSILON);
    }

    #[test]
    fn tags_of_the_core_schema_decide() {
        assert_eq!(Scalar::of_tag("str", "12"), Some(Scalar::Str));
        assert_eq!(Scalar::of_tag("int", "twelve"), None);
        assert_eq!(Scalar::of_tag("float", "1"), Some(Scalar::Float));
    }
}
