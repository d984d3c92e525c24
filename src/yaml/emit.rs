//! Writing YAML: the only place that does, so that all of gitsm writes it alike.

use serde::Serialize;

use super::scalar::Scalar;

/// A value could not be written as YAML.
#[derive(Debug, thiserror::Error)]
pub enum EmitError {
    /// The YAML writer refuses it.
    #[error("cannot write this value as YAML")]
    Yaml(#[from] serde_yaml::Error),
    /// The JSON writer refuses it.
    #[error("cannot write this value as JSON")]
    Json(#[from] serde_json::Error),
}

/// The YAML text of a value, with a line break at its end.
///
/// # Errors
///
/// The value cannot be written, such as a map whose keys are maps.
pub fn to_string<T: Serialize>(value: &T) -> Result<String, EmitError> {
    let text = serde_yaml::to_string(value)?;
    // The writer takes these for line breaks, as YAML 1.1 did; in JSON, which is YAML, they keep
    // their meaning.
    if text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return Ok(serde_json::to_string_pretty(value)? + "\n");
    }
    Ok(text)
}

/// Whether a text is a text without quotes, to readers of YAML 1.2 and of YAML 1.1: it begins with a
/// letter, as numbers, dates and times of whatever version do not, and is no word for a truth.
pub fn is_plain_everywhere(text: &str) -> bool {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    Scalar::of_plain(text) == Scalar::Str
        && text.chars().next().is_some_and(char::is_alphabetic)
        && !WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A text as a scalar on one line: plain where it means itself anywhere, else in double quotes.
pub fn scalar(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let plain = is_plain_everywhere(text)
        && text.ends_with(is_word)
        && text.chars().all(|c| is_word(c) || "-_./:+#@".contains(c));
    // A string in JSON is one in YAML.
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{File, Source};
    use crate::yaml::{Limits, parse, schema};

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back_as_the_same_value(text in "\\PC*", number in -9999i64..9999) {
            let value = serde_json::json!({"text": text, "list": [number, null, true, 1.5]});
            let source = Source::new(File::local("a.yaml"), to_string(&value).unwrap());
            let stream = parse(&source, &Limits::default());
            proptest::prop_assert_eq!(&stream.problems, &[]);
            let root = stream.arena.node(stream.documents[0]);
            proptest::prop_assert_eq!(schema::value(root), value);
        }

        #[test]
        fn a_scalar_reads_back_as_the_same_text(text in "(\\PC|[-:#0-9e. ]){0,12}") {
            for text in [text.as_str(), &format!("{text}\n"), &format!("a{text}a"), "12", "no", "a#b"] {
                let flow = format!("[{{k: {0}}}, {0}]", scalar(text));
                let stream = parse(&Source::new(File::local("a.yaml"), flow), &Limits::default());
                proptest::prop_assert_eq!(&stream.problems, &[]);
                let root = stream.arena.node(stream.documents[0]);
                proptest::prop_assert_eq!(root.item(0).and_then(|item| item.str("k")), Some(text));
                proptest::prop_assert_eq!(root.item(1).and_then(|item| item.as_str()), Some(text));
            }
        }
    }
}
