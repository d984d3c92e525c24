//! Who signed an entry, and whether the key counts: between the ledger and the signatures.

use crate::ledger::verify::Unsigned;
use crate::ledger::{Authority, Entry, Problem};

/// The fingerprint of the key that signed an entry; nothing if nobody did.
pub(super) fn signed(entry: &Entry) -> Result<Option<String>, Unsigned> {
    match &entry.written.signature {
        None => Ok(None),
        Some(_) => Err(Unsigned::Unknown("this gitsm has no means to".to_owned())),
    }
}

/// Whether a key counts for a writer at an instant, by what the protected branch lists.
pub(super) fn counts(
    _authority: &Authority,
    _writer: &str,
    fingerprint: &str,
    _at: i64,
) -> Result<(), Problem> {
    Err(Problem::UnknownKey { fingerprint: fingerprint.to_owned() })
}
