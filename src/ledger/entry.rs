//! An entry: a statement in its file, signed and chained to the one before it.
//!
//! The file is the JCS form (RFC 8785) of `{prev, signature, statement}` and one line feed; other
//! bytes that mean the same are no entry. A lost race changes `prev` and nothing else.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::statement::{FORMAT, Statement};

/// The longest file that can be an entry, in bytes.
pub const LONGEST: u64 = 256 << 10;

/// An entry as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What is signed, as it stands in the file; fields that this version does not know included.
    pub statement: Value,
    /// The signature in its armour; nothing where somebody only says so.
    pub signature: Option<String>,
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its ULID, by which others name it.
    pub id: String,
    /// The commit that adds it.
    pub commit: String,
    /// The path of its file.
    pub path: String,
    /// SHA-256 of its file, in lower-case hexadecimal.
    pub hash: String,
    /// The hash of the entry before it; nothing at the beginning.
    pub prev: Option<String>,
    /// What was written.
    pub written: Written,
    /// What it says.
    pub statement: Statement,
}

/// Why bytes are no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// They are no JSON, or lack a part.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// They mean an entry and are not its bytes.
    #[error("its bytes are not in the canonical form (RFC 8785)")]
    NotCanonical,
    /// A newer gitsm wrote it.
    #[error("it is of the format `{0}`, which this gitsm does not know")]
    Unknown(String),
}

#[derive(Serialize, Deserialize)]
struct File {
    prev: Option<String>,
    signature: Option<String>,
    statement: Value,
}

impl Written {
    /// The bytes that are signed.
    pub fn signed(&self) -> Vec<u8> {
        canonical(&self.statement)
    }

    /// The bytes of its file after an entry of the hash `prev`.
    pub fn file(&self, prev: Option<&str>) -> Vec<u8> {
        let file = serde_json::json!({
            "prev": prev,
            "signature": self.signature,
            "statement": self.statement,
        });
        let mut bytes = canonical(&file);
        bytes.push(b'\n');
        bytes
    }

    /// A statement, not yet signed.
    pub fn of(statement: &Statement) -> Self {
        let value = serde_json::to_value(statement).unwrap_or_default();
        Self { statement: without_nulls(value), signature: None }
    }
}

/// Reads a file: what was written, what it says, and the hash of the entry before it.
///
/// # Errors
///
/// The bytes are no entry, or not exactly one.
pub fn read(bytes: &[u8]) -> Result<(Written, Statement, Option<String>), EntryError> {
    let unreadable = |error: serde_json::Error| EntryError::Unreadable(error.to_string());
    let File { prev, signature, statement } = serde_json::from_slice(bytes).map_err(unreadable)?;
    let written = Written { statement, signature };
    if written.file(prev.as_deref()) != bytes {
        return Err(EntryError::NotCanonical);
    }
    let format = written.statement.get("format").and_then(Value::as_str).unwrap_or_default();
    if format != FORMAT {
        return Err(EntryError::Unknown(format.to_owned()));
    }
    let said = serde_json::from_value(written.statement.clone()).map_err(unreadable)?;
    Ok((written, said, prev))
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The JCS form. What cannot be written as JSON has none, and statements hold nothing of that sort.
pub fn canonical(value: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).unwrap_or_default()
}

/// Absent is left out: a field that a newer version adds changes no older statement.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// The path of the file of an entry, by its ULID and the instant at which it was made
/// (`2026-11-21T16:00:00Z`).
pub fn path(id: &str, at: &str) -> String {
    let day = at.get(..10).unwrap_or_default().replace('-', "/");
    format!("{day}/{id}.json")
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.id, self.statement.event.name(), self.statement.subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::schema::misfit;
    use crate::ledger::types::TYPES;

    /// Bytes that another program made and that never change.
    const VECTORS: &str = include_str!("../../tests/fixtures/ledger-1.json");

    #[test]
    fn the_bytes_of_entries_are_fixed() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let entries = vectors["entries"].as_array().unwrap();
        let mut types = Vec::new();
        for vector in entries {
            let text = |key: &str| vector[key].as_str().map(str::to_owned);
            let file = text("file").unwrap();
            let statement: Statement = serde_json::from_value(vector["statement"].clone()).unwrap();
            let written = Written { signature: text("signature"), ..Written::of(&statement) };
            assert_eq!(written.signed(), text("signed").unwrap().into_bytes());
            let prev = text("prev");
            assert_eq!(String::from_utf8(written.file(prev.as_deref())).unwrap(), file);
            assert_eq!(sha256(file.as_bytes()), text("sha256").unwrap());
            assert_eq!(path(&text("id").unwrap(), &statement.at), text("path").unwrap());
            assert_eq!(misfit(&written.statement), None);
            assert_eq!(read(file.as_bytes()), Ok((written, statement.clone(), prev)));
            types.push(statement.event.name());
        }
        assert_eq!(types, TYPES.iter().map(|one| one.name).collect::<Vec<_>>());
    }

    #[test]
    fn other_bytes_that_mean_the_same_are_no_entry() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let file = vectors["entries"][1]["file"].as_str().unwrap().to_owned();
        let read = |text: &str| super::read(text.as_bytes()).map(|_| ()).unwrap_err();
        for other in [
            file.trim_end().to_owned(),
            format!("{file}\n"),
            format!(" {file}"),
            file.replacen("{\"prev\"", "{ \"prev\"", 1),
            file.replacen("\"prev\":", "\"prev\":null,\"prev\":", 1),
            file.replacen("ledger/1", "ledger\\/1", 1),
        ] {
            let error = read(&other);
            assert!(!matches!(error, EntryError::Unknown(_)), "{error}");
        }
        let newer = file.replace("ledger/1", "ledger/2");
        assert_eq!(read(&newer), EntryError::Unknown("ledger/2".to_owned()));
        assert!(matches!(read("nonsense"), EntryError::Unreadable(_)));
        assert!(matches!(read(""), EntryError::Unreadable(_)));
    }
}
