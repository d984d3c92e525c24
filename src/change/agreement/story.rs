//! What of the ledger is about one change, and what follows from it before anything is counted: who
//! had a hand in it, what was taken back, whether it landed or was called off.

use std::collections::{BTreeMap, BTreeSet};

use super::{Asked, Refusal};
use crate::ledger::{Approval, Checked, Event, instant};
use crate::model::gitsm::change_policy::Grade;

/// Who had a hand in a change, and what they did.
pub(in crate::change) type Roles = BTreeMap<String, BTreeSet<String>>;

/// The entries of the ledger that are about a change, in their order.
#[derive(Clone)]
pub(in crate::change) struct Story<'a> {
    /// The question.
    pub(in crate::change) asked: Asked<'a>,
    /// The entries.
    pub(in crate::change) entries: Vec<&'a Checked>,
    /// The places of those that take something back, by what they take back.
    back: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> Story<'a> {
    /// Looks for the entries, in two passes over the ledger.
    pub(in crate::change) fn of(asked: &Asked<'a>) -> Self {
        let ours: Vec<bool> = asked.ledger.iter().map(|one| is_about(one, asked.change)).collect();
        let own = || asked.ledger.iter().zip(&ours).filter(|(_, ours)| **ours).map(|(one, _)| one);
        let people: BTreeSet<&str> = own().map(person).collect();
        let mut ids: BTreeSet<&str> = own().map(|one| one.entry.id.as_str()).collect();
        let asked_of = asked.approvals.requirements.iter().flat_map(|one| &one.eligible);
        let asked_of: BTreeSet<&str> = asked_of.map(String::as_str).collect();
        let lends = |one: &Checked| {
            let from = one.entry.statement.subject.as_str();
            match &one.entry.statement.event {
                Event::Delegated { to, .. } => {
                    people.contains(to.as_str()) || asked_of.contains(from)
                }
                _ => false,
            }
        };
        ids.extend(asked.ledger.iter().filter(|one| lends(one)).map(|one| one.entry.id.as_str()));
        let takes_back = |one: &Checked| match &one.entry.statement.event {
            Event::Revoked { entry, .. } => ids.contains(entry.as_str()),
            _ => false,
        };
        let chosen = asked.ledger.iter().zip(&ours);
        let chosen = chosen.filter(|(one, ours)| **ours || lends(one) || takes_back(one));
        Self::with(*asked, chosen.map(|(one, _)| one).collect())
    }

    /// The same up to an entry, without it; asked at another instant.
    pub(in crate::change) fn before(&self, index: usize, now: i64) -> Self {
        let entries = self.entries.iter().take(index).copied().collect();
        Self::with(Asked { now, ..self.asked }, entries)
    }

    /// The same, asked of the change as it was.
    pub(in crate::change) fn asking<'b>(&self, asked: Asked<'b>) -> Story<'b>
    where
        'a: 'b,
    {
        Story { asked, entries: self.entries.clone(), back: self.back.clone() }
    }

    fn with(asked: Asked<'a>, entries: Vec<&'a Checked>) -> Self {
        let mut back: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, one) in entries.iter().enumerate() {
            if let Event::Revoked { entry, .. } = &one.entry.statement.event {
                back.entry(entry).or_default().push(index);
            }
        }
        Self { asked, entries, back }
    }

    /// The entries of the change itself that count, with their places.
    pub(in crate::change) fn counting(&self) -> impl Iterator<Item = (usize, &'a Checked)> {
        let change = self.asked.change;
        let all = self.entries.iter().copied().enumerate();
        all.filter(move |(_, one)| one.counts() && is_about(one, change))
    }

    /// The first landing under the name of the change.
    pub(in crate::change) fn landed(&self) -> Option<(usize, &'a Checked)> {
        self.counting().find(|(_, one)| matches!(one.entry.statement.event, Event::Merged(_)))
    }

    /// Who had a hand in the change: whom the facts name, and who put it forward.
    pub(in crate::change) fn roles(&self) -> Roles {
        let mut roles = Roles::new();
        for known in &self.asked.approvals.contributors {
            for person in &known.persons {
                let of = roles.entry(person.clone()).or_default();
                of.insert(known.contributor.role.clone());
            }
        }
        for (_, one) in self.counting() {
            let statement = &one.entry.statement;
            if matches!(statement.event, Event::Proposed(_)) && !is_pipeline(&statement.by) {
                roles.entry(statement.by.clone()).or_default().insert("opener".to_owned());
            }
        }
        roles
    }

    /// Where it was called off, and whether it was put forward again afterwards.
    pub(in crate::change) fn cancels(&self) -> Cancels<'a> {
        let mut cancels = Cancels::default();
        for (index, one) in self.counting() {
            match &one.entry.statement.event {
                Event::Merged(_) => break,
                Event::Canceled { .. } if self.not_here(one).is_none() => {
                    cancels.standing = cancels.standing.or(Some((index, one)));
                }
                Event::Proposed(_) => {
                    cancels.over = cancels.standing.take().or(cancels.over);
                }
                _ => {}
            }
        }
        cancels
    }

    /// Why somebody has no say now, whatever they had when they spoke: the base does not know them
    /// any more, or not their key.
    pub(in crate::change) fn not_here(&self, one: &Checked) -> Option<Refusal> {
        let Asked { authority, key_now, .. } = self.asked;
        let person = person(one);
        if !authority.writers.contains_key(person) {
            return Some(Refusal::NotInBase);
        }
        if authority.left.contains(person) {
            return Some(Refusal::Left);
        }
        let gone = one.key.as_ref().and_then(|_| key_now(one).err());
        gone.map(|reason| Refusal::KeyNotValidNow { reason })
    }

    /// The entry that takes back the one at a place, if there is one. A rejection that goes away
    /// lets a change go ahead, so that wants what agreeing wants: the same certainty, and a key
    /// that still counts.
    pub(in crate::change) fn taken_back(&self, index: usize) -> Option<&'a Checked> {
        let target = self.entries.get(index)?;
        let places = self.back.get(target.entry.id.as_str())?.iter();
        let later = places.filter(|place| **place > index).filter_map(|one| self.entries.get(*one));
        later.copied().find(|one| self.why_not_back(one, target).is_none())
    }

    /// Why an entry does not take another one back.
    pub(super) fn why_not_back(&self, one: &Checked, target: &Checked) -> Option<Refusal> {
        if let Some(problem) = one.problems.iter().find(|one| one.is_fatal()) {
            return Some(problem.into());
        }
        // A pipeline takes back what it copied itself: its forge says that a review was dismissed.
        let writer = &target.entry.statement.by;
        let own_copy = target.grade == Grade::Forge && one.entry.statement.by == *writer;
        if one.entry.statement.by != person(target) && !own_copy {
            return Some(Refusal::NotTheirs);
        }
        if !matches!(target.entry.statement.event, Event::Rejected { .. }) {
            return None;
        }
        if one.grade < target.grade {
            return Some(Refusal::GradeBelow { has: one.grade, wants: target.grade });
        }
        self.not_here(one)
    }
}

/// Where a change was called off.
#[derive(Default, Clone, Copy)]
pub(in crate::change) struct Cancels<'a> {
    /// It is called off since then.
    pub(in crate::change) standing: Option<(usize, &'a Checked)>,
    /// It was called off then, and put forward again: what was said before is over.
    pub(in crate::change) over: Option<(usize, &'a Checked)>,
}

/// Whether an entry is about a change.
fn is_about(one: &Checked, change: &str) -> bool {
    let statement = &one.entry.statement;
    if statement.subject == change {
        return true;
    }
    match &statement.event {
        Event::Intent(intent) => intent.changes.iter().any(|one| one == change),
        Event::Outcome { changes, .. } => changes.iter().any(|one| one == change),
        event => event.approval().is_some_and(|approval| approval.change == change),
    }
}

/// Who says what an entry says: its writer, or the one whose review a pipeline copied.
pub(in crate::change) fn person(one: &Checked) -> &str {
    let statement = &one.entry.statement;
    match statement.event.approval() {
        Some(Approval { person, .. }) if one.grade == Grade::Forge => person,
        _ => &statement.by,
    }
}

/// Whether a pipeline wrote something.
pub(in crate::change) fn is_pipeline(by: &str) -> bool {
    by.starts_with("pipeline:")
}

/// When an entry was made by its writer's clock; never later than its position says.
pub(in crate::change) fn written_at(one: &Checked) -> i64 {
    instant(&one.entry.statement.at).map_or(one.time, |at| at.min(one.time))
}
