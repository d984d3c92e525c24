//! What every command about a change begins with: the ledger, read and checked, and the base as it
//! is now.

use std::sync::Arc;

use super::ChangeError;
use crate::flow::ledger::{Around, Book, folded};
use crate::flow::workspace::Place;
use crate::ledger::keys::{Keys, UNSEEN};
use crate::ledger::verify::Verified;
use crate::ledger::{Authority, Checked, Event, Merged, Proposed};

/// The ledger and the base, opened.
pub struct Desk {
    /// Where the user stands.
    pub place: Place,
    /// The ledger.
    pub book: Book,
    /// Its entries, checked.
    pub verified: Verified,
    /// Who may say what, as the base is now.
    pub authority: Arc<Authority>,
    /// The keys of the base as it is now.
    pub keys: Keys,
}

impl Desk {
    /// Opens the ledger, which need not have begun.
    ///
    /// # Errors
    ///
    /// There is no repository, no branch that changes go to, or a part of the ledger is missing.
    pub fn open(place: &Place, around: &Around) -> Result<Self, ChangeError> {
        Self::of(place, Book::open(place, around)?)
    }

    /// The same with a ledger that is open.
    ///
    /// # Errors
    ///
    /// A part of the ledger is missing.
    pub fn of(place: &Place, book: Book) -> Result<Self, ChangeError> {
        let verified = folded(&book)?;
        Self::with(place, book, verified)
    }

    fn with(place: &Place, book: Book, verified: Verified) -> Result<Self, ChangeError> {
        let authority = book.authority(&book.main)?;
        let keys = Keys::of(&authority);
        Ok(Self { place: place.clone(), book, verified, authority, keys })
    }

    /// A desk at which nobody writes, with entries that were checked already: where there are none,
    /// nobody's key matters, and people are not read.
    ///
    /// # Errors
    ///
    /// The base cannot be read.
    pub fn reading(place: &Place, book: Book, verified: Verified) -> Result<Self, ChangeError> {
        if !verified.entries.is_empty() {
            return Self::with(place, book, verified);
        }
        let authority = book.rules(&book.main)?;
        let keys = Keys::of(&authority);
        Ok(Self { place: place.clone(), book, verified, authority, keys })
    }

    /// All entries, in order.
    pub fn entries(&self) -> &[Checked] {
        &self.verified.entries
    }

    /// Whether the ledger has begun.
    pub fn has_begun(&self) -> bool {
        !self.verified.entries.is_empty()
    }

    /// The repository, as approvals name it: by its `id`, if it has one, and by the first entry of its
    /// ledger, which is random.
    pub fn repository_name(&self) -> String {
        let id = self.book.config.settings.id.as_deref().unwrap_or_default();
        let genesis = self.book.pinned().map(str::to_owned).or_else(|| self.verified.genesis());
        format!("{id}#{}", genesis.unwrap_or_default())
    }

    /// Whether the key of an entry still counts, by the keys of a base; if not, why.
    ///
    /// # Errors
    ///
    /// In words, why it does not.
    pub fn key_counts(&self, keys: &Keys, entry: &Checked) -> Result<(), String> {
        let Some(fingerprint) = &entry.key else { return Ok(()) };
        let by = &entry.entry.statement.by;
        let standing = keys.standing(fingerprint, by, self.book.now.timestamp(), UNSEEN);
        match standing.is_valid() {
            true => Ok(()),
            false => Err(standing.to_string()),
        }
    }

    /// The newest entry that puts a change forward.
    pub fn proposed(&self, change: &str) -> Option<(&Checked, &Proposed)> {
        let of = |one: &&Checked| one.counts() && one.entry.statement.subject == change;
        self.entries().iter().rev().filter(of).find_map(|one| match &one.entry.statement.event {
            Event::Proposed(proposed) => Some((one, proposed)),
            _ => None,
        })
    }

    /// Whether a change was found at a target, and nobody made it through the catalog: what is put
    /// forward is nothing that commits bring.
    pub fn was_found(&self, change: &str) -> bool {
        self.proposed(change).is_some_and(|(_, proposed)| proposed.base == proposed.head)
    }

    /// The first entry by which a change landed.
    pub fn merged(&self, change: &str) -> Option<(&Checked, &Merged)> {
        let of = |one: &&Checked| one.counts() && one.entry.statement.subject == change;
        self.entries().iter().filter(of).find_map(|one| match &one.entry.statement.event {
            Event::Merged(merged) => Some((one, merged)),
            _ => None,
        })
    }

    /// The changes that entries are about, each once, those that were written about last first.
    pub fn changes(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for one in self.entries().iter().rev() {
            let subject = &one.entry.statement.subject;
            if subject.starts_with("change:") && !all.contains(subject) {
                all.push(subject.clone());
            }
        }
        all
    }
}
