//! The digest of a change set: SHA-256 over its canonical form `changeset/1` (FORMATS.md), which
//! never changes. `changeset-1.json` beside the tests holds vectors.
//!
//! What FORMATS.md leaves open is closed here, the stricter way: an absent file has the mode and the
//! blob `""`; `before` and `after` of an ignored finding hold how often the comment stands there;
//! fields of mappings are sorted as RFC 8785 sorts them, by UTF-16; an integer that 128 bits do not
//! hold and that is not decimal makes the set incomparable; what follows from where a document
//! stands has a pointer that begins with `#`.

use std::fmt;

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::set::{ChangeSet, EntityChange, FileChange, IgnoreChange};
use super::value::{Located, Value};
use crate::git::Version;

/// What a change set is called by: equal sets have equal digests, however they are written, and
/// whatever is made of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl ChangeSet {
    /// Its digest; nothing if a part of it cannot be compared.
    pub fn digest(&self) -> Option<Digest> {
        let canonical = self.doubts.is_empty().then(|| self.canonical())?;
        Some(Digest(Sha256::digest(canonical.as_bytes()).into()))
    }

    /// The canonical form, as the bytes that are digested (RFC 8785).
    pub fn canonical(&self) -> String {
        let entities = sorted(self.entities.iter().flat_map(of_entity));
        let files = sorted(self.files.iter().map(of_file));
        let ignores = sorted(self.ignores.iter().map(of_ignore));
        // Names in the order that RFC 8785 asks for; strings and arrays of strings are written by
        // serde_json as it wants them, and there are no numbers.
        format!(
            "{{\"entities\":[{entities}],\"files\":[{files}],\"format\":\"changeset/1\",\
             \"ignores\":[{ignores}]}}"
        )
    }
}

/// Items by their own bytes.
fn sorted(items: impl Iterator<Item = Json>) -> String {
    let mut items: Vec<String> = items.map(|item| item.to_string()).collect();
    items.sort_unstable();
    items.join(",")
}

fn of_entity(entity: &EntityChange) -> Vec<Json> {
    let mut all: Vec<Json> = Vec::with_capacity(entity.edits.len() + 1);
    if let Some(former) = &entity.former {
        all.push(json!([entity.reference, "", [former], [entity.reference]]));
    }
    let edits = entity.edits.iter().map(|edit| {
        let (before, after) = (present(edit.before.as_ref()), present(edit.after.as_ref()));
        json!([entity.reference, edit.pointer.as_str(), before, after])
    });
    all.extend(edits);
    all
}

/// Absent is `[]`, present is `[v]`.
fn present(value: Option<&Located>) -> Json {
    value.map(|value| canonical(&value.value)).into_iter().collect()
}

fn canonical(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(digits) => json!(["int", digits]),
        Value::Float(digits) => json!(["float", digits]),
        Value::Str(text) => text.as_str().into(),
        Value::Seq(items) => {
            let items = items.iter().map(|item| canonical(&item.value));
            std::iter::once(Json::from("seq")).chain(items).collect()
        }
        Value::Map(fields) => {
            let mut fields: Vec<&(String, Located)> = fields.iter().collect();
            fields.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
            let fields =
                fields.into_iter().map(|(key, value)| json!([key, canonical(&value.value)]));
            std::iter::once(Json::from("map")).chain(fields).collect()
        }
    }
}

fn of_file(file: &FileChange) -> Json {
    let mode = |version: Option<Version>| {
        version.map_or_else(String::new, |version| format!("{:06o}", version.bits))
    };
    let blob = |version: Option<Version>| {
        version.map_or_else(String::new, |version| version.blob.to_string())
    };
    let changed = &file.changed;
    let (before, after) = (changed.before, changed.after);
    json!([changed.path, mode(before), blob(before), mode(after), blob(after)])
}

fn of_ignore(ignore: &IgnoreChange) -> Json {
    let often = |count: u32| match count {
        0 => json!([]),
        count => json!([["int", count.to_string()]]),
    };
    json!([
        ignore.reference,
        ignore.pointer.as_str(),
        ignore.code,
        ignore.reason,
        often(ignore.before),
        often(ignore.after)
    ])
}
