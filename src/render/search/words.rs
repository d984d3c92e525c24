//! What a word is: how text is folded and split, in the index and, the same way, in `engine.js`.
//!
//! Accents and case are dropped. A run of letters and digits is a word; `camelCase` gives its
//! parts and the whole. Scripts that are written without blanks, such as Chinese, give every pair
//! of neighbours. Begin at [`each`]; `tests/browser` holds that both sides agree.

use std::borrow::Cow;
use std::sync::OnceLock;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use regex::Regex;

/// How many characters of a word count.
const LONGEST: usize = 40;

/// Letters that no accent explains.
const SPELLED: &[(char, &str)] = &[
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ı', "i"),
    ('ς', "σ"),
];

/// Calls `found` with each word of a text; what occurs twice comes twice.
pub(super) fn each(text: &str, found: &mut dyn FnMut(String)) {
    let text = plain(text);
    for run in runs(&text) {
        for piece in pieces(run) {
            if piece.chars().next().is_some_and(is_dense) {
                pairs(piece, found);
            } else {
                parts(piece, found);
            }
        }
    }
}

/// All letters and digits of a text as one word, by which a name is found however it is written.
pub(super) fn whole(text: &str) -> String {
    let mut whole = String::new();
    for run in runs(&plain(text)) {
        whole.push_str(&lower(run));
    }
    short(whole)
}

/// Is a mistyped word looked for among words such as this one?
pub(super) fn is_spelled(word: &str) -> bool {
    let mut letters = 0;
    for c in word.chars() {
        if is_dense(c) || c.is_numeric() || c == ':' {
            return false;
        }
        letters += 1;
    }
    letters >= 3
}

/// Without accents and compatibility forms, the case kept.
fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(text).into_owned();
    apart.retain(|c| !('\u{300}'..='\u{36f}').contains(&c));
    Cow::Owned(ComposingNormalizerBorrowed::new_nfc().normalize(&apart).into_owned())
}

/// The runs of letters, marks and digits.
fn runs(text: &str) -> Vec<&str> {
    if text.is_ascii() {
        return text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|run| !run.is_empty())
            .collect();
    }
    static CELL: OnceLock<Option<Regex>> = OnceLock::new();
    let regex = CELL.get_or_init(|| Regex::new(r"[\p{Alphabetic}\p{N}\p{M}]+").ok()).as_ref();
    regex.map(|regex| regex.find_iter(text).map(|run| run.as_str()).collect()).unwrap_or_default()
}

/// A run cut where a script without blanks begins or ends.
fn pieces(run: &str) -> Vec<&str> {
    if run.is_ascii() {
        return vec![run];
    }
    split(run, |before, here, _| is_dense(before) != is_dense(here))
}

/// Every two neighbours, and the last character alone, which begins no pair.
fn pairs(piece: &str, found: &mut dyn FnMut(String)) {
    let chars: Vec<char> = piece.chars().collect();
    for pair in chars.windows(2) {
        found(pair.iter().collect());
    }
    if let Some(last) = chars.last() {
        found(last.to_string());
    }
}

/// The parts of `camelCase`, and the whole.
fn parts(piece: &str, found: &mut dyn FnMut(String)) {
    let parts = split(piece, |before, here, next| {
        here.is_uppercase()
            && (before.is_lowercase()
                || before.is_numeric()
                || (before.is_uppercase() && next.is_some_and(char::is_lowercase)))
    });
    if parts.len() > 1 {
        for part in parts {
            found(short(lower(part)));
        }
    }
    found(short(lower(piece)));
}

/// Cuts before each character for which `cut` says so; it sees the one before and the next.
fn split(text: &str, cut: impl Fn(char, char, Option<char>) -> bool) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, here)) = rest.next() {
        let next = rest.peek().map(|(_, c)| *c);
        if before.is_some_and(|before| cut(before, here, next)) {
            found.extend(text.get(start..at));
            start = at;
        }
        before = Some(here);
    }
    found.extend(text.get(start..));
    found
}

fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut lower = String::with_capacity(text.len());
    for c in text.to_lowercase().chars() {
        match SPELLED.iter().find(|(letter, _)| *letter == c) {
            Some((_, spelled)) => lower.push_str(spelled),
            None => lower.push(c),
        }
    }
    lower
}

fn short(mut word: String) -> String {
    if word.len() > LONGEST
        && let Some((end, _)) = word.char_indices().nth(LONGEST)
    {
        word.truncate(end);
    }
    word
}

/// Is it of a script that puts no blanks between words?
fn is_dense(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0eff // Thai, Lao
        | 0x1000..=0x109f | 0x1780..=0x17ff // Burmese, Khmer
        | 0x2e80..=0x2fdf | 0x3005..=0x3007 | 0x3040..=0x312f // radicals, kana, Bopomofo
        | 0x31f0..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff // kana, Han
        | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff) // Hangul, Han
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each(text, &mut |word| found.push(word));
        found
    }

    #[test]
    fn names_are_split_at_signs_and_camel_case() {
        assert_eq!(words("payments-checkout_api.v2"), ["payments", "checkout", "api", "v2"]);
        assert_eq!(words("checkoutApi"), ["checkout", "api", "checkoutapi"]);
        assert_eq!(words("HTTPServer"), ["http", "server", "httpserver"]);
        assert_eq!(words("oauth2Proxy"), ["oauth2", "proxy", "oauth2proxy"]);
        assert_eq!(words("k8s IBM"), ["k8s", "ibm"]);
        assert_eq!(whole("payments-checkout_api.v2"), "paymentscheckoutapiv2");
    }

    #[test]
    fn accents_and_case_do_not_count() {
        assert_eq!(words("Überweisung Straße Ærø"), ["uberweisung", "strasse", "aero"]);
        assert_eq!(words("cafe\u{301} ﬁn ＡＰＩ"), ["cafe", "fin", "api"]);
        assert_eq!(words("ΟΔΟΣ οδός"), ["οδοσ", "οδοσ"]);
        assert_eq!(words("İstanbul ılık"), ["istanbul", "ilik"]);
    }

    #[test]
    fn scripts_without_blanks_give_pairs() {
        assert_eq!(words("東京都"), ["東京", "京都", "都"]);
        assert_eq!(words("決済API"), ["決済", "済", "api"]);
        assert_eq!(words("ガス"), ["ガス", "ス"]);
        assert_eq!(words("都"), ["都"]);
    }

    #[test]
    fn a_word_has_an_end() {
        assert_eq!(words(&"x".repeat(1 << 20)), ["x".repeat(LONGEST)]);
        assert_eq!(whole(&"é-".repeat(1000)), "e".repeat(LONGEST));
    }

    #[test]
    fn words_with_digits_are_not_guessed() {
        assert!(is_spelled("checkout") && is_spelled("éta"));
        assert!(!is_spelled("db01") && !is_spelled("ab") && !is_spelled("東京"));
    }
}
