//! Writing YAML: the only place that does, so that all of gitsm writes it alike.

use serde::Serialize;

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
    }
}
