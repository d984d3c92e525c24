//! Who signed an entry, and whether the key counts: between the ledger and the signatures.

use std::cell::RefCell;

use crate::ledger::keys::{Keys, Standing, UNSEEN};
use crate::ledger::verify::Unsigned;
use crate::ledger::{Authority, Entry, NAMESPACE, Problem};
use crate::signature::{Bad, verify};

/// The fingerprint of the key that signed an entry; nothing if nobody did.
pub(super) fn signed(entry: &Entry) -> Result<Option<String>, Unsigned> {
    let Some(signature) = &entry.written.signature else { return Ok(None) };
    match verify(signature, NAMESPACE, &entry.written.signed()) {
        Ok(signer) => Ok(Some(signer.fingerprint)),
        Err(bad) => Err(unsigned(&bad)),
    }
}

fn unsigned(bad: &Bad) -> Unsigned {
    match bad.is_unknown() {
        true => Unsigned::Unknown(bad.to_string()),
        false => Unsigned::Bad(bad.to_string()),
    }
}

/// The keys that the protected branch lists, read off once for all entries of one base.
#[derive(Default)]
pub(super) struct Listed {
    last: RefCell<Option<(Authority, Keys)>>,
}

impl Listed {
    /// Whether a key counts for a writer at an instant, by what the protected branch lists.
    pub(super) fn counts(
        &self,
        authority: &Authority,
        writer: &str,
        fingerprint: &str,
        at: i64,
    ) -> Result<(), Problem> {
        let mut last = self.last.borrow_mut();
        // Comparing is cheap beside reading hundreds of keys.
        let known = last.take().filter(|(of, _)| of == authority);
        let (of, keys) = known.unwrap_or_else(|| (authority.clone(), Keys::of(authority)));
        let standing = keys.standing(fingerprint, writer, at, UNSEEN);
        *last = Some((of, keys));
        let fingerprint = fingerprint.to_owned();
        match standing {
            Standing::Valid => Ok(()),
            Standing::UnknownKey => Err(Problem::UnknownKey { fingerprint }),
            other => Err(Problem::KeyNotValid { fingerprint, reason: other.to_string() }),
        }
    }
}
