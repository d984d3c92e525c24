//! `ledger verify` and `ledger witness`: whether everything is as it was written, and what somebody
//! outside keeps to be able to tell.

use std::io::Read;
use std::path::Path;

use chrono::SecondsFormat;

use super::{Book, LedgerError, Verified, folded};
use crate::ledger::StoreError;
use crate::ledger::witness::Witness;

/// The longest file that can be a witness, in bytes.
const LONGEST: u64 = 64 << 10;

/// Verifies the ledger, also against what witnesses have seen of it.
///
/// # Errors
///
/// It has not begun, or cannot be read.
pub fn verified(book: &Book, witnesses: &[Witness]) -> Result<Verified, LedgerError> {
    let mut verified = folded(book)?;
    if verified.tip.is_empty() {
        return Err(StoreError::NotBegun.into());
    }
    for witness in witnesses {
        let fault = witness.check(&book.repository, &book.branch, &verified)?;
        verified.faults.extend(fault);
    }
    Ok(verified)
}

/// What is there now, for somebody to keep. Only what others have, too, is witnessed.
///
/// # Errors
///
/// It has not begun, something is wrong with it, or it cannot be read.
pub fn witness(book: &Book) -> Result<Witness, LedgerError> {
    let verified = verified(book, &[])?;
    if !verified.faults.is_empty() {
        return Err(LedgerError::Broken(verified.standing().name()));
    }
    let at = book.now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let id = book.config.settings.id.as_deref();
    let witness = Witness::of(&verified, id, &at);
    Ok(witness.ok_or(StoreError::NotBegun)?)
}

/// Reads what somebody kept.
///
/// # Errors
///
/// The file cannot be read, or is no witness.
pub fn read_witness(path: &Path) -> Result<Witness, LedgerError> {
    let refused = |why: String| LedgerError::File(format!("cannot use {}: {why}", path.display()));
    #[allow(clippy::disallowed_methods, reason = "a file that the user keeps outside of any tree")]
    let file = std::fs::File::open(path).map_err(|error| refused(error.to_string()))?;
    let mut text = String::new();
    let read = file.take(LONGEST).read_to_string(&mut text);
    read.map_err(|error| refused(error.to_string()))?;
    Witness::read(&text).map_err(refused)
}
