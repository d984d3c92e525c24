//! The digest of what people say of a change: SHA-256 over its canonical form `request/1`
//! (FORMATS.md), which never changes. `request-1.json` beside the tests holds vectors.
//!
//! The form is the JCS (RFC 8785) of the spec of the change's ChangeRequest, as it is written, with
//! `format: request/1` beside its fields and without those that are absent. Without a ChangeRequest
//! the text of the pull request, or of the commit, is the reason; then, and only then, it counts.
//! What FORMATS.md leaves open is closed here: the ends of that text's lines and the white space
//! around it say nothing, because forges change them; an empty one is absent; references and lists
//! stand as they are written, so that any edit of them is one.

use serde_json::{Map, Value};

use super::facts::Facts;
use super::request::OwnRequest;
use crate::ledger::entry::{canonical, sha256};
use crate::model::gitsm::change_request::ChangeRequestSpec;

/// The format of what people say of a change.
pub const FORMAT: &str = "request/1";

/// The digest of what people say of a change: `sha256:…`.
pub fn request_digest(request: Option<&OwnRequest<'_>>, facts: &Facts) -> String {
    digest_of(request.and_then(|request| request.spec), facts.message.as_deref())
}

/// The same, of what a ChangeRequest says, or else of a text.
pub fn digest_of(spec: Option<&ChangeRequestSpec>, message: Option<&str>) -> String {
    format!("sha256:{}", sha256(&canonical_of(spec, message)))
}

/// The bytes that are digested.
pub fn canonical_of(spec: Option<&ChangeRequestSpec>, message: Option<&str>) -> Vec<u8> {
    let mut said = match spec.map(serde_json::to_value) {
        Some(Ok(Value::Object(fields))) => present(fields),
        _ => of_text(message.unwrap_or_default()),
    };
    said.insert("format".to_owned(), FORMAT.into());
    canonical(&Value::Object(said))
}

fn of_text(message: &str) -> Map<String, Value> {
    let text = message.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    let reason = (!text.is_empty()).then(|| ("reason".to_owned(), text.into()));
    reason.into_iter().collect()
}

/// What is there of fields, at any depth.
fn present(fields: Map<String, Value>) -> Map<String, Value> {
    let there = fields.into_iter().filter(|(_, value)| !value.is_null());
    there.map(|(name, value)| (name, within(value))).collect()
}

fn within(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(present(fields)),
        Value::Array(items) => items.into_iter().map(within).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(value: &Value) -> Option<ChangeRequestSpec> {
        serde_json::from_value(value.clone()).unwrap()
    }

    #[test]
    fn the_digests_of_these_requests_never_change() {
        let text = include_str!("../../tests/fixtures/request-1.json");
        let vectors: Vec<Value> = serde_json::from_str(text).unwrap();
        assert!(vectors.len() > 4);
        for vector in &vectors {
            let (spec, message) = (spec(&vector["spec"]), vector["message"].as_str());
            let canonical = String::from_utf8(canonical_of(spec.as_ref(), message)).unwrap();
            assert_eq!(canonical, vector["canonical"], "{}", vector["name"]);
            assert_eq!(digest_of(spec.as_ref(), message), vector["digest"], "{}", vector["name"]);
        }
    }

    #[test]
    fn every_field_that_people_fill_counts() {
        let text = include_str!("../../tests/fixtures/request-1.json");
        let vectors: Vec<Value> = serde_json::from_str(text).unwrap();
        let full = vectors.iter().find(|one| one["name"] == "everything").unwrap()["spec"].clone();
        let whole = digest_of(spec(&full).as_ref(), None);
        let nothing = serde_json::to_value(spec(&serde_json::json!({"reason": "x"}))).unwrap();
        for (name, _) in nothing.as_object().unwrap() {
            let mut less = full.clone();
            assert!(!less[name].is_null(), "the vector leaves out {name}");
            match name.as_str() {
                "reason" => less[name] = "another".into(),
                _ => less[name] = Value::Null,
            }
            assert_ne!(digest_of(spec(&less).as_ref(), None), whole, "{name}");
        }
        for part in ["runbook", "implementation", "test", "backout"] {
            let mut less = full.clone();
            less["plan"][part] = Value::Null;
            assert_ne!(digest_of(spec(&less).as_ref(), None), whole, "{part}");
        }
    }

    #[test]
    fn a_text_counts_only_without_a_request() {
        let request = spec(&serde_json::json!({"reason": "Old"}));
        let of = |message| digest_of(request.as_ref(), message);
        assert_eq!(of(Some("a")), of(None));
        let of = |message| digest_of(None, Some(message));
        assert_eq!(of("a\r\n\r\nb\n"), of("a\n\nb"));
        assert_eq!(of(" \n"), digest_of(None, None));
        assert_ne!(of("a b"), of("a  b"));
        assert_eq!(of("Old"), digest_of(request.as_ref(), None), "the same reason is the same");
    }
}
