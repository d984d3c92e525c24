//! The forms that names, labels, tags and links must have, exactly as Backstage checks them
//! (`@backstage/catalog-model`, `KubernetesValidatorFunctions` and `CommonValidatorFunctions`) and
//! as OpenSLO v1 asks for.
//!
//! One table serves the rule that reports, the message that explains, and the schema that editors
//! read. The patterns are for editors; where a regular expression cannot say it all, `check` does.

/// A form that a text can have.
#[derive(Debug)]
pub struct Format {
    /// What it is called in messages.
    pub name: &'static str,
    /// What a text of this form looks like, for people.
    pub expected: &'static str,
    /// A regular expression that holds for every text of this form.
    pub pattern: &'static str,
    /// The greatest length in characters.
    pub max_length: u32,
    /// Whether a text has it.
    pub check: fn(&str) -> bool,
}

/// What at a pointer has the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// The value itself.
    Value,
    /// Each item of the list.
    Items,
    /// A field of each item of the list.
    ItemField(&'static str),
    /// Each key of the mapping.
    Keys,
    /// Each value of the mapping.
    Values,
}

/// A place in a document, and the form of what stands there.
#[derive(Debug)]
pub struct Formatted {
    /// Field names from the root.
    pub path: &'static [&'static str],
    /// What at that place.
    pub position: Position,
    /// The form.
    pub format: &'static Format,
}

/// `metadata.name` in Backstage.
pub static NAME: Format = Format {
    name: "name",
    expected: "letters and digits, with `-`, `_` or `.` between them, at most 63 characters",
    pattern: "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$",
    max_length: 63,
    check: is_object_name,
};

/// `metadata.namespace` in Backstage; names in OpenSLO (RFC 1123 labels, though Backstage lets
/// hyphens repeat).
pub static NAMESPACE: Format = Format {
    name: "namespace",
    expected: "lower-case letters and digits, with `-` between them, at most 63 characters",
    pattern: "^[a-z0-9]+(?:-+[a-z0-9]+)*$",
    max_length: 63,
    check: is_dns_label,
};

/// A name in OpenSLO: an RFC 1123 label.
pub static DNS_LABEL: Format = Format {
    name: "name",
    expected: "an RFC 1123 label: lower-case letters, digits and `-`, at most 63 characters",
    pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    max_length: 63,
    check: is_dns_label,
};

/// A tag in Backstage.
pub static TAG: Format = Format {
    name: "tag",
    expected: "lower-case letters, digits, `:`, `+` or `#`, with single `-` between them, at most \
               63 characters",
    pattern: "^[a-z0-9:+#]+(-[a-z0-9:+#]+)*$",
    max_length: 63,
    check: is_tag,
};

/// The key of a label or an annotation.
pub static KEY: Format = Format {
    name: "key",
    expected: "a name of at most 63 characters, after a lower-case domain and `/` if there is one",
    pattern: "^([a-z0-9][-a-z0-9.]*/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$",
    max_length: 317,
    check: is_prefixed_name,
};

/// The key of a label in OpenSLO: a name without a prefix.
pub static OPENSLO_LABEL_KEY: Format = Format {
    name: "key",
    expected: NAME.expected,
    pattern: NAME.pattern,
    max_length: 63,
    check: is_object_name,
};

/// The value of a label.
pub static LABEL_VALUE: Format = Format {
    name: "label value",
    expected: "empty, or letters and digits, with `-`, `_` or `.` between them, at most 63 \
               characters",
    pattern: "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$",
    max_length: 63,
    check: |text| text.is_empty() || is_object_name(text),
};

/// An absolute URL (WHATWG URL Standard, as `new URL(text)` reads it).
pub static URL: Format = Format {
    name: "URL",
    expected: "an absolute URL, such as https://wiki.example.com/checkout",
    pattern: "^\\s*[A-Za-z][-A-Za-z0-9+.]*:",
    max_length: 8192,
    check: |text| is_plain_url(text) || url::Url::parse(text).is_ok(),
};

/// Whether a text is certainly a URL, told without taking it apart: a web address whose host is a
/// domain name of lower-case letters, digits and dots. What follows the host's `/` is never refused.
fn is_plain_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    let is_plain = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    // A host that ends in a number would be an IPv4 address, right or wrong.
    let is_name = |label: &str| label.starts_with(|c: char| c.is_ascii_lowercase());
    host.split('.').all(is_plain) && host.rsplit('.').next().is_some_and(is_name)
}

/// A calendar date (RFC 3339, full-date).
pub static DATE: Format = Format {
    name: "date",
    expected: "a date, such as 2026-12-31",
    pattern: "^\\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|[12]\\d))$",
    max_length: 10,
    check: |text| text.len() == 10,
};

/// An instant (RFC 3339, date-time).
pub static INSTANT: Format = Format {
    name: "instant",
    expected: "a date, a time and an offset, such as 2026-12-31T22:00:00Z",
    pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(Z|[+-]\\d{2}:\\d{2})$",
    max_length: 25,
    check: |text| text.len() >= 20,
};

/// A length of time (ISO 8601).
pub static DURATION: Format = Format {
    name: "duration",
    expected: "an ISO 8601 duration, such as PT8H, PT15M or P1Y",
    pattern: "^P(\\d{1,6}W|(\\d{1,6}Y(\\d{1,6}M)?(\\d{1,6}D)?|\\d{1,6}M(\\d{1,6}D)?|\\d{1,6}D)(T(\\d{1,6}H(\\d{1,6}M)?(\\d{1,6}S)?|\\d{1,6}M(\\d{1,6}S)?|\\d{1,6}S))?|T(\\d{1,6}H(\\d{1,6}M)?(\\d{1,6}S)?|\\d{1,6}M(\\d{1,6}S)?|\\d{1,6}S))$",
    max_length: 32,
    check: |text| text.len() > 2 && !text.ends_with('T'),
};

/// The pattern of [`POINTER`].
pub const POINTER_PATTERN: &str = "^(/([^~]|~[01])*)?$";

/// A place in a JSON document (RFC 6901).
pub static POINTER: Format = Format {
    name: "JSON Pointer",
    expected: "a path that begins with `/`, such as `/results/0/name`, or nothing for all of it",
    pattern: POINTER_PATTERN,
    max_length: 8192,
    check: |text| text.is_empty() || text.starts_with('/'),
};

/// The pattern of [`SERVER`].
pub const SERVER_PATTERN: &str = "^https?://[^/?#@\\s]+(/[^?#\\s]*)?$";

/// The address of a server, with a path that all others begin with (RFC 9110 §4.2).
pub static SERVER: Format = Format {
    name: "address of a server",
    expected: "a URL without query, such as https://icinga.example:5665",
    pattern: SERVER_PATTERN,
    max_length: 8192,
    check: |text| text.contains("://"),
};

/// The forms that schemas of values speak of, to say in words what a pattern wants.
pub static VALUE_FORMATS: &[&Format] = &[&DATE, &INSTANT, &DURATION, &POINTER, &SERVER];

/// A text with something to read in it.
pub static VISIBLE: Format = Format {
    name: "text",
    expected: "a text that is not only white space",
    pattern: "\\S",
    max_length: 8192,
    check: |text| !text.trim_matches(is_js_space).is_empty(),
};

/// What Backstage's entity policies check of every entity.
pub static BACKSTAGE: &[Formatted] = &[
    Formatted { path: &["metadata", "name"], position: Position::Value, format: &NAME },
    Formatted { path: &["metadata", "namespace"], position: Position::Value, format: &NAMESPACE },
    Formatted { path: &["metadata", "labels"], position: Position::Keys, format: &KEY },
    Formatted { path: &["metadata", "labels"], position: Position::Values, format: &LABEL_VALUE },
    Formatted { path: &["metadata", "annotations"], position: Position::Keys, format: &KEY },
    Formatted { path: &["metadata", "tags"], position: Position::Items, format: &TAG },
    Formatted { path: &["metadata", "links"], position: Position::ItemField("url"), format: &URL },
    Formatted {
        path: &["metadata", "links"],
        position: Position::ItemField("title"),
        format: &VISIBLE,
    },
    Formatted {
        path: &["metadata", "links"],
        position: Position::ItemField("icon"),
        format: &VISIBLE,
    },
];

/// What OpenSLO v1 asks of every object.
pub static OPENSLO: &[Formatted] = &[
    Formatted { path: &["metadata", "name"], position: Position::Value, format: &DNS_LABEL },
    Formatted {
        path: &["metadata", "labels"],
        position: Position::Keys,
        format: &OPENSLO_LABEL_KEY,
    },
    Formatted { path: &["metadata", "annotations"], position: Position::Keys, format: &KEY },
];

fn fits(text: &str, max: usize, of: fn(u8) -> bool) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(of)
}

fn ends_alphanumeric(text: &str) -> bool {
    let alphanumeric = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    alphanumeric(text.as_bytes().first()) && alphanumeric(text.as_bytes().last())
}

fn is_object_name(text: &str) -> bool {
    let of = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    fits(text, 63, of) && ends_alphanumeric(text)
}

fn is_dns_label(text: &str) -> bool {
    let of = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    fits(text, 63, of) && ends_alphanumeric(text)
}

fn is_dns_subdomain(text: &str) -> bool {
    (1..=253).contains(&text.len()) && text.split('.').all(is_dns_label)
}

fn is_tag(text: &str) -> bool {
    let of =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":+#-".contains(&byte);
    fits(text, 63, of) && text.split('-').all(|part| !part.is_empty())
}

fn is_prefixed_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => is_dns_subdomain(prefix) && is_object_name(name),
        None => is_object_name(text),
    }
}

/// White space as ECMAScript's `trim` knows it: U+FEFF counts, U+0085 does not.
fn is_js_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_told_without_taking_it_apart_is_a_url(
            text in "https?://[a-z0-9.]{0,12}(\\.(com|[0-9]|0x1|c))?(/.{0,8})?"
        ) {
            proptest::prop_assert!(!is_plain_url(&text) || url::Url::parse(&text).is_ok());
        }
    }

    #[test]
    fn names_are_those_that_backstage_takes() {
        for good in ["a", "A-b_c.d", "0", &"x".repeat(63)] {
            assert!(is_object_name(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a b", "ä", &"x".repeat(64), "a\n"] {
            assert!(!is_object_name(bad), "{bad}");
        }
        assert!(is_dns_label("a--b") && !is_dns_label("A") && !is_dns_label("a_b"));
        assert!(is_tag("c++") && is_tag("x:y-z") && !is_tag("a--b") && !is_tag("Java"));
        assert!(is_prefixed_name("example.com/Key.x") && !is_prefixed_name("Example.com/k"));
        assert!(!is_prefixed_name("a/b/c") && !is_prefixed_name("/k") && !is_prefixed_name("a/"));
    }

    #[test]
    fn patterns_hold_for_every_text_of_their_form() {
        let texts = ["a", "A-b_c.d", "0", "", "c++", "x:y-z", "example.com/k", "a--b", "mailto:x"];
        for format in [&NAME, &NAMESPACE, &DNS_LABEL, &TAG, &KEY, &LABEL_VALUE, &URL, &VISIBLE] {
            let pattern = regex::Regex::new(format.pattern).unwrap();
            for text in texts.iter().filter(|text| (format.check)(text)) {
                assert!(pattern.is_match(text), "{} {text}", format.name);
            }
        }
    }

    #[test]
    fn links_are_urls_as_a_browser_reads_them() {
        for good in ["https://a.example/b c", "mailto:x", "a:", " https://a.example"] {
            assert!((URL.check)(good), "{good}");
        }
        for bad in ["", "/x", "wiki", "https://a b/"] {
            assert!(!(URL.check)(bad), "{bad}");
        }
    }
}
