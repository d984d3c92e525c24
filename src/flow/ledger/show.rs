//! `ledger show`: all of one entry.

use super::{Book, LedgerError, folded};
use crate::ledger::Checked;

/// An entry, and where it stands.
#[derive(Debug)]
pub struct Shown {
    /// The entry.
    pub checked: Checked,
    /// Its number in the chain, from 1 on.
    pub number: usize,
    /// How many there are.
    pub all: usize,
    /// The full name of the branch that holds it.
    pub branch: String,
}

/// The shortest part of an id that is looked for.
const SHORTEST: usize = 4;

/// Finds an entry by its ULID, by the beginning or the end of that, or by its commit.
///
/// # Errors
///
/// There is none, or there are several.
pub fn show(book: &Book, text: &str) -> Result<Shown, LedgerError> {
    let verified = folded(book)?;
    let upper = text.to_ascii_uppercase();
    let fits = |one: &Checked| {
        let entry = &one.entry;
        text.len() >= SHORTEST
            && (entry.id.starts_with(&upper)
                || entry.id.ends_with(&upper)
                || entry.commit.starts_with(text))
    };
    let all = verified.entries.len();
    let mut found = verified.entries.into_iter().enumerate().filter(|(_, one)| fits(one));
    let Some((at, checked)) = found.next() else {
        return Err(LedgerError::NoEntry(format!("no entry is called `{text}`")));
    };
    if let Some((_, other)) = found.next() {
        let message =
            format!("`{text}` may be {} or {}: write more of it", checked.entry.id, other.entry.id);
        return Err(LedgerError::NoEntry(message));
    }
    Ok(Shown { checked, number: at + 1, all, branch: book.branch.reference.clone() })
}
