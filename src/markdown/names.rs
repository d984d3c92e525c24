//! The grammar of a name that says which kind it means: `service:checkout`, `team:shop/pay`.
//!
//! It says nothing of what kinds there are: whoever asks knows them. Whatever looks like it and is a
//! part of something longer (an address, a path, a time, a login) is none.

use std::ops::Range;

/// A character of names and of words for kinds.
pub fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.".contains(c)
}

/// Whether a name with its kind may begin right behind a text.
pub fn may_begin(before: &str) -> bool {
    let last = before.chars().next_back();
    !last.is_some_and(|c| c.is_alphanumeric() || "-_./@:\\$".contains(c))
}

/// Whether a name may end right in front of a text. A sentence may end behind it.
pub fn may_end(after: &str) -> bool {
    let sentence = after.trim_start_matches('.');
    if sentence.len() < after.len() {
        return !sentence.starts_with(is_name_char);
    }
    let mut rest = after.chars();
    match rest.next() {
        Some(':') => !rest.next().is_some_and(|c| is_name_char(c) || "/:".contains(c)),
        Some(c) => !(c.is_alphanumeric() || "-_/@\\(=".contains(c)),
        None => true,
    }
}

/// All names with a word for a kind in front, with their places, as far as they can be told without
/// reading Markdown.
pub fn candidates(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let colons = memchr::memchr_iter(b':', text.as_bytes());
    colons.filter_map(move |colon| {
        let range = around(text, colon)?;
        Some((range.clone(), text.get(range)?))
    })
}

/// The name with its kind whose colon stands at a place.
fn around(text: &str, colon: usize) -> Option<Range<usize>> {
    let (before, after) = (text.get(..colon)?, text.get(colon + 1..)?);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let head = before.trim_end_matches(is_word);
    let kind = before.get(head.len()..)?;
    if !kind.starts_with(|c: char| c.is_ascii_alphabetic()) || !may_begin(head) {
        return None;
    }
    let first = name(after)?;
    let rest = after.get(first..)?;
    let length = match rest.strip_prefix('/') {
        Some(rest) => first + 1 + name(rest)?,
        None => first,
    };
    may_end(after.get(length..)?).then_some(head.len()..colon + 1 + length)
}

/// The length of the name that a text begins with; the full stop of a sentence is no part of it.
fn name(text: &str) -> Option<usize> {
    // No name is longer, and a text of nothing but colons stays quick.
    const LONGEST: usize = 253;
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let length = text.bytes().position(|byte| !is_name_char(char::from(byte)));
    let length = length.unwrap_or(text.len());
    let name = text.get(..length)?.trim_end_matches('.');
    let is_whole = name.ends_with(|c: char| c.is_ascii_alphanumeric());
    (is_whole && name.len() <= LONGEST).then_some(name.len())
}

/// The word for the kind in a name with its kind.
pub fn kind_of(mention: &str) -> &str {
    mention.split(':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        candidates(text).map(|(_, name)| name).collect()
    }

    #[test]
    fn names_with_their_kinds_are_found_in_sentences() {
        let text =
            "See service:checkout. Or team:shop/pay, (ci:db-1.eu): \"Person:Ada\" runbook:x…";
        let all = ["service:checkout", "team:shop/pay", "ci:db-1.eu", "Person:Ada", "runbook:x"];
        assert_eq!(found(text), all);
        assert_eq!(found("service:checkout: it is down"), ["service:checkout"]);
        assert_eq!(found("service:a... and service:b"), ["service:a", "service:b"]);
    }

    #[test]
    fn parts_of_something_longer_are_none() {
        for text in [
            "https://service:8080/x",
            "at 10:30",
            "user:secret@example.com",
            "a/service:x",
            "@team:x",
            "urn:service:x",
            "service:x:y",
            "service:x/y/z",
            "service:x/",
            "service:",
            "service: x",
            "service:-x",
            "service:x-",
            "$service:x",
            "service:x=1",
            "service:run()",
            "éservice:x",
            "service:xé",
            "std::service::x",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }

    #[test]
    fn a_megabyte_of_colons_is_read_quickly() {
        for text in ["a:", ":", "aaaaaaaa", "a:b/", "service:x."] {
            let long = text.repeat((1 << 20) / text.len());
            let start = std::time::Instant::now();
            let _ = candidates(&long).count();
            assert!(start.elapsed().as_secs() < 2, "{text}");
        }
        let words = format!("{}:{}", "a".repeat(1 << 20), "b".repeat(1 << 20));
        assert_eq!(candidates(&words).count(), 0);
    }
}
