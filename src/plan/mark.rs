//! What gitsm leaves at an object that it made: whose it is, and in which state it was left.
//!
//! A mark is one line of JSON. A target keeps it where it can: in a field of the object, or in an
//! inventory beside it. It holds digests of values and never a value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use sha2::{Digest, Sha256};

use super::object::{Fields, ObjectId, is_large};

/// The format of marks.
const FORMAT: &str = "mark/1";

/// Whose an object is, and in which state it was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// `mark/1`.
    pub format: String,
    /// The target, `REPOSITORY/NAMESPACE/NAME`: two catalogs never take each other's objects.
    pub target: String,
    /// What the catalog calls the object.
    pub id: ObjectId,
    /// The entity that it is made of, as a canonical reference.
    pub entity: String,
    /// The commit whose catalog it was made of.
    pub commit: String,
    /// Each field that was set, with a digest of its value.
    pub fields: BTreeMap<String, String>,
    /// Whether the object was only about to be made: it may be there or not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
    /// Of what was only about to be made: what its fields held before that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub before: BTreeMap<String, String>,
}

impl Mark {
    /// The mark of an object that is left with these fields.
    pub fn of(target: &str, id: &ObjectId, entity: &str, commit: &str, fields: &Fields) -> Self {
        let fields = fields.iter().map(|(name, value)| (name.clone(), digest(value))).collect();
        Self {
            format: FORMAT.to_owned(),
            target: target.to_owned(),
            id: id.clone(),
            entity: entity.to_owned(),
            commit: commit.to_owned(),
            fields,
            pending: false,
            before: BTreeMap::new(),
        }
    }

    /// As one line of JSON.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a mark; nothing if the text is none, one of a later format, or one that gitsm does not
    /// write: whoever may change the target may have written it.
    pub fn read(text: &str) -> Option<Self> {
        let mark: Option<Self> = serde_json::from_str(text).ok();
        mark.filter(|mark| mark.format == FORMAT && mark.is_possible())
    }

    fn is_possible(&self) -> bool {
        let is_name = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
        let (kind, name) = self.entity.split_once(':').unwrap_or_default();
        let (space, name) = name.split_once('/').unwrap_or_default();
        let is_part = |text: &str| {
            is_name(text) && !text.chars().any(|c| c.is_whitespace() || matches!(c, ':' | '/'))
        };
        let is_hex = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
        self.commit.len() <= 64
            && is_hex(&self.commit)
            && [kind, space, name].into_iter().all(is_part)
            && [&self.target, &self.id.kind, &self.id.name].into_iter().all(|text| is_name(text))
            && self
                .fields
                .iter()
                .chain(&self.before)
                .all(|(name, digest)| !name.chars().any(char::is_control) && is_hex(digest))
    }

    /// Whether a field holds what was left in it, or is not there if nothing was.
    pub fn left(&self, field: &str, value: Option<&Value>) -> bool {
        match (self.fields.get(field), value) {
            (Some(left), Some(value)) => *left == digest(value),
            (None, None) => true,
            _ => false,
        }
    }

    /// The same while the object is only about to be made, or changed from what it holds now.
    pub fn pending(&self, now: Option<&Fields>) -> Self {
        let before = now.into_iter().flatten();
        let before = before.map(|(name, value)| (name.clone(), digest(value))).collect();
        Self { pending: true, before, ..self.clone() }
    }
}

/// A short digest of a value: 64 bits of SHA-256, in hexadecimal. Values that [`super::object::same`]
/// takes for the same have the same.
pub fn digest(value: &Value) -> String {
    let bytes = serde_json_canonicalizer::to_vec(&plain(value)).unwrap_or_default();
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Every number as the same number: `60.0` is `60`. Whole numbers that a double cannot hold stay what
/// they are.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => number_of(number),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        value => value.clone(),
    }
}

fn number_of(number: &Number) -> Value {
    if is_large(number) {
        return Value::String(format!("number {number}"));
    }
    let double = number.as_f64().and_then(Number::from_f64);
    Value::Number(double.unwrap_or_else(|| number.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_mark_that_gitsm_does_not_write_is_none() {
        let id = ObjectId::new("host", "a b/c");
        let fields = json!({"x": 1}).as_object().cloned().unwrap();
        let mark = Mark::of("acme/default/t", &id, "ci:default/a", "c0ffee", &fields);
        assert_eq!(Mark::read(&mark.text()), Some(mark.clone()));
        assert_eq!(
            Mark::read(&mark.pending(Some(&fields)).text()),
            Some(mark.pending(Some(&fields)))
        );
        let wrong = [
            Mark { commit: "\u{1b}[2J".to_owned(), ..mark.clone() },
            Mark { commit: "main".to_owned(), ..mark.clone() },
            Mark { entity: "ci:default/a\u{1b}]0;x".to_owned(), ..mark.clone() },
            Mark { entity: "a".to_owned(), ..mark.clone() },
            Mark { id: ObjectId::new("host", "a\nb"), ..mark.clone() },
            Mark { target: "\u{9b}".to_owned(), ..mark.clone() },
            Mark { fields: BTreeMap::from([("\u{7}".to_owned(), "0".to_owned())]), ..mark },
        ];
        for wrong in wrong {
            assert_eq!(Mark::read(&wrong.text()), None, "{wrong:?}");
        }
    }

    #[test]
    fn whole_numbers_are_told_apart_however_large_they_are() {
        let (one, other) = (json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992_u64));
        assert!(digest(&one) != digest(&other) && !super::super::same(&one, &other));
        assert!(
            digest(&json!(60)) == digest(&json!(60.0))
                && super::super::same(&json!(60), &json!(60.0))
        );
    }
}
