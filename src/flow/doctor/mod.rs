//! `doctor`: what in a repository would let somebody around the gate, or makes it useless.
//!
//! Begin with [`doctor`]. What is looked for is a table, a function each: `settings.rs`, `ledger.rs`,
//! `people.rs`, `repository.rs`, `forge.rs`. All of them look at what `seen.rs` has read, and at
//! nothing else; nothing is written.

mod crowd;
mod forge;
mod ledger;
mod people;
mod pipelines;
mod repository;
mod seen;
mod settings;

use super::ledger::{Around, LedgerError};
use super::workspace::Place;
use crate::output::doctor::{Ailment, Danger, DoctorReport};
use seen::Seen;

/// What is asked for.
pub struct Request {
    /// Where the user stands.
    pub place: Place,
    /// What is around it.
    pub around: Around,
    /// Whether the remote is asked which branches it has.
    pub remote: bool,
}

/// Something that is looked for.
pub(super) struct Check {
    /// What it is called; this never changes.
    id: &'static str,
    severity: Danger,
    why: &'static str,
    /// What to do, where the one who looks does not know it better.
    remedy: &'static str,
    find: fn(&Seen) -> Vec<Sighting>,
}

/// Something that was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sighting {
    seen: String,
    place: Option<String>,
    remedy: Option<String>,
    by_hand: bool,
}

impl Sighting {
    fn new(seen: impl Into<String>) -> Self {
        Self { seen: seen.into(), ..Self::default() }
    }

    fn at(self, place: impl Into<String>) -> Self {
        Self { place: Some(place.into()), ..self }
    }

    fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    fn by_hand(self) -> Self {
        Self { by_hand: true, ..self }
    }
}

/// Something that was seen, if it is so.
fn only_if(is_so: bool, sighting: impl FnOnce() -> Sighting) -> Vec<Sighting> {
    if is_so { vec![sighting()] } else { Vec::new() }
}

/// All that is looked for, in the order in which it is put right.
fn checks() -> impl Iterator<Item = &'static Check> {
    let all = [settings::CHECKS, ledger::CHECKS, people::CHECKS, repository::CHECKS, forge::CHECKS];
    all.into_iter().flatten()
}

/// Looks for everything.
///
/// # Errors
///
/// There is no repository, or no branch that changes go to; Git cannot deliver it.
pub fn doctor(request: &Request) -> Result<DoctorReport, LedgerError> {
    let seen = Seen::open(request)?;
    let mut findings: Vec<Ailment> = Vec::new();
    for check in checks() {
        findings.extend((check.find)(&seen).into_iter().map(|sighting| Ailment {
            id: check.id,
            severity: check.severity,
            seen: sighting.seen,
            place: sighting.place,
            why: check.why,
            remedy: sighting.remedy.unwrap_or_else(|| check.remedy.to_owned()),
            by_hand: sighting.by_hand,
        }));
    }
    // A stable sort: of the same severity what is put right first stands first.
    findings.sort_by_key(|one| (one.by_hand, one.severity));
    Ok(DoctorReport {
        format: "doctor/1",
        branch: seen.branch.clone(),
        commit: seen.book.main.clone(),
        bare: seen.is_bare(),
        remote: request.remote,
        checked: checks().map(|check| check.id).collect(),
        findings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_words_and_stand_once() {
        let mut ids: Vec<&str> = checks().map(|check| check.id).collect();
        let plain = |c: char| c.is_ascii_lowercase() || c == '-';
        assert!(ids.iter().all(|id| id.chars().all(plain)));
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        for check in checks() {
            assert!(check.why.ends_with('.') && !check.remedy.is_empty(), "{}", check.id);
        }
    }
}
