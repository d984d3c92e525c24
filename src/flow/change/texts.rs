//! What people say in their own words: it stands in the records store, where it can be erased; the
//! ledger holds its digest, which without the salt beside the text says nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ChangeError;
use crate::flow::ledger::{Book, LedgerError};
use crate::git::{Draft, Moment, Person};
use crate::ledger::entry::sha256;
use crate::ledger::{new_id, salt};
use crate::model::gitsm::note::NoteSpec;
use crate::model::gitsm::value::{Instant, Reference};

/// The longest text that is kept, in bytes.
pub const LONGEST: usize = 64 << 10;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    api_version: String,
    kind: String,
    metadata: BTreeMap<String, String>,
    spec: NoteSpec,
}

/// The digest of a text with its salt.
pub fn digest(salt: &str, text: &str) -> String {
    format!("sha256:{}", sha256(format!("{salt}\n{text}").as_bytes()))
}

/// Keeps what somebody says of a change, and gives its digest. It is shared when the entry is.
///
/// # Errors
///
/// It is too long, or Git cannot write.
pub fn keep(book: &Book, change: &str, by: &str, text: &str) -> Result<String, ChangeError> {
    let text = text.trim();
    if text.len() > LONGEST {
        let most = LONGEST >> 10;
        return Err(ChangeError::Refused(format!("the text is longer than {most} KiB")));
    }
    let time = book.now.timestamp();
    let id = new_id(time);
    let salt = salt();
    let digest = digest(&salt, text);
    let at = book.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let document = Document {
        api_version: "gitsm/v1alpha1".to_owned(),
        kind: "Note".to_owned(),
        metadata: BTreeMap::from([("name".to_owned(), id.to_lowercase())]),
        spec: NoteSpec {
            of: Reference(change.to_owned()),
            by: by.starts_with("person:").then(|| Reference(by.to_owned())),
            at: Instant(at),
            salt,
            digest: digest.clone(),
            text: text.to_owned(),
        },
    };
    let content = serde_yaml::to_string(&document).unwrap_or_default();
    let day = book.now.format("%Y/%m/%d");
    let path = format!("notes/{day}/{}.yaml", id.to_lowercase());
    let by = Person { name: by.to_owned(), email: by.to_owned() };
    let draft = Draft {
        by,
        at: Moment { time, offset: 0 },
        message: format!("note {change}\n"),
        files: BTreeMap::from([(path, Some(content.into_bytes()))]),
    };
    crate::ledger::write(&book.repository, &book.records, &draft).map_err(LedgerError::from)?;
    Ok(digest)
}

/// The texts of the records store by their digests; one that was altered is nobody's.
pub fn all(book: &Book) -> Result<BTreeMap<String, String>, ChangeError> {
    let mut found = BTreeMap::new();
    let Some(tip) = book.records.tip(&book.repository).map_err(LedgerError::from)? else {
        return Ok(found);
    };
    let tree = crate::tree::Revision::open(&book.repository, &tip, &[])?;
    for entry in crate::tree::Tree::entries(&tree) {
        if !entry.path.starts_with("notes/") {
            continue;
        }
        let Ok(content) = crate::tree::Tree::read(&tree, entry, 2 * LONGEST as u64) else {
            continue;
        };
        let Some(spec) = note(&content.bytes) else { continue };
        let proved = digest(&spec.salt, &spec.text);
        if proved == spec.digest {
            found.insert(proved, spec.text);
        }
    }
    Ok(found)
}

/// What a note says. The records store is no more trusted than any branch, so it is read like a
/// catalog: by the parser that knows limits.
fn note(bytes: &[u8]) -> Option<NoteSpec> {
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    let file = crate::source::File::local("note.yaml");
    let source = crate::source::Source::new(file, text);
    let stream = crate::yaml::parse(&source, &crate::yaml::Limits::default());
    let root = stream.arena.node(*stream.documents.first()?);
    crate::yaml::de::from_node(root.get("spec")?).ok()
}
