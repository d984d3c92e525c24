//! `ledger log`: the entries, newest first.

use super::{Book, LedgerError, Verified, folded};
use crate::ledger::types::{TYPES, named};
use crate::ledger::{Checked, Fault, Standing};
use crate::model::parse_reference;

/// The entries that were asked for.
#[derive(Debug)]
pub struct Log {
    /// The newest first.
    pub entries: Vec<Checked>,
    /// How the chain stands.
    pub standing: Standing,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// How many entries others do not have yet.
    pub pending: usize,
    /// How many entries there are in all.
    pub all: usize,
    /// The newest commit of the ledger; nothing if it has not begun.
    pub tip: Option<String>,
}

/// Reads the entries about a subject and of a type; all without them.
///
/// # Errors
///
/// The ledger cannot be read, or there is no such type.
pub fn log(book: &Book, subject: Option<&str>, kind: Option<&str>) -> Result<Log, LedgerError> {
    if let Some(kind) = kind.filter(|kind| named(kind).is_none()) {
        let known: Vec<&str> = TYPES.iter().map(|one| one.name).collect();
        let message = format!("there is no type `{kind}`; the types are {}", known.join(", "));
        return Err(LedgerError::File(message));
    }
    let subject = subject.map(|text| canonical(text).unwrap_or_else(|| text.to_owned()));
    let Verified { entries, faults, tip } = folded(book)?;
    let standing = faults.iter().map(Fault::standing).max().unwrap_or(Standing::Unbroken);
    let all = entries.len();
    let wanted = |one: &Checked| {
        let statement = &one.entry.statement;
        subject.as_ref().is_none_or(|subject| statement.subject == *subject)
            && kind.is_none_or(|kind| statement.event.name() == kind)
    };
    let mut entries: Vec<Checked> = entries.into_iter().filter(wanted).collect();
    entries.reverse();
    let pending = book.branch.pending(&book.repository)?;
    let tip = Some(tip).filter(|tip| !tip.is_empty());
    Ok(Log { entries, standing, faults, pending, all, tip })
}

/// The canonical reference that somebody means; a change, if they do not say of what kind it is.
fn canonical(text: &str) -> Option<String> {
    let meant = parse_reference(text, Some("change"), "default").ok()?;
    Some(meant.as_str().to_owned())
}
