//! Who may speak for whom: those whom the base lets answer a requirement, and those to whom they
//! lent their voice for a while. A voice that is lent is lent by those who have it, never passed on,
//! and no contributor can lend the one that they may not use.

use super::Story;
use super::story::{Roles, written_at};
use crate::catalog::short;
use crate::change::requirement::Requirement;
use crate::ledger::{Checked, Event, instant};

/// A voice that somebody lent.
struct Lent<'a> {
    index: usize,
    from: &'a str,
    to: &'a str,
    teams: &'a [String],
    /// From when until when, in seconds since 1970.
    span: (i64, i64),
    /// Why it does not hold, whenever it is used.
    void: Option<String>,
}

/// Who may speak for whom about a change.
pub(super) struct Voices<'s, 'a> {
    story: &'s Story<'a>,
    roles: &'s Roles,
    lent: Vec<Lent<'a>>,
}

impl<'s, 'a> Voices<'s, 'a> {
    pub(super) fn of(story: &'s Story<'a>, roles: &'s Roles) -> Self {
        let mut lent = Vec::new();
        for (index, one) in story.entries.iter().copied().enumerate() {
            let Event::Delegated { to, teams, from, until } = &one.entry.statement.event else {
                continue;
            };
            let span = instant(from).zip(instant(until));
            lent.push(Lent {
                index,
                from: &one.entry.statement.subject,
                to,
                teams,
                span: span.unwrap_or((0, 0)),
                void: void(story, roles, (index, one), span),
            });
        }
        Self { story, roles, lent }
    }

    /// Whether somebody may answer a requirement by themselves.
    pub(super) fn is_own(&self, requirement: &Requirement, person: &str) -> bool {
        let asked = requirement.anyone || requirement.eligible.iter().any(|one| one == person);
        asked && !self.roles.contains_key(person)
    }

    /// In whose place somebody speaks who speaks by an entry: first their own. Nobody needs to be
    /// lent what anybody has.
    pub(super) fn held(
        &self,
        requirement: &Requirement,
        person: &'a str,
        (index, one): (usize, &Checked),
    ) -> Vec<&'a str> {
        let mut held = Vec::new();
        if self.is_own(requirement, person) {
            held.push(person);
        }
        if requirement.anyone || self.roles.contains_key(person) {
            return held;
        }
        for lent in self.lent.iter().filter(|lent| lent.to == person) {
            let fits = covers(lent, requirement) && self.is_own(requirement, lent.from);
            if fits && why_not(lent, index, one).is_none() && !held.contains(&lent.from) {
                held.push(lent.from);
            }
        }
        held
    }

    /// Of somebody who has no voice: who lent them one, and why it does not hold.
    pub(super) fn in_vain(
        &self,
        person: &str,
        (index, one): (usize, &Checked),
    ) -> Option<(String, String)> {
        let told = |lent: &Lent<'_>| {
            let asked = &self.story.asked.approvals.requirements;
            let own = |one: &&Requirement| self.is_own(one, lent.from);
            let reason = why_not(lent, index, one).unwrap_or_else(|| {
                match asked.iter().filter(own).any(|one| !one.anyone) {
                    true => "not for the teams that are asked".to_owned(),
                    false => "nothing that is asked is theirs to answer".to_owned(),
                }
            });
            (lent.from.to_owned(), reason)
        };
        self.lent.iter().rfind(|lent| lent.to == person).map(told)
    }

    /// Everybody who could answer a requirement at an instant, beside those who did.
    pub(super) fn could(&self, requirement: &Requirement, done: &[super::Voice]) -> Vec<String> {
        if requirement.anyone {
            return Vec::new();
        }
        let now = self.story.asked.now;
        let own = requirement.eligible.iter().filter(|one| self.is_own(requirement, one));
        let mut all: Vec<String> = own.cloned().collect();
        for lent in &self.lent {
            let holds = lent.void.is_none() && (lent.span.0..lent.span.1).contains(&now);
            let fits = covers(lent, requirement) && self.is_own(requirement, lent.from);
            if holds && fits && !self.roles.contains_key(lent.to) {
                all.push(lent.to.to_owned());
            }
        }
        all.retain(|person| done.iter().all(|one| one.person != *person));
        all.sort();
        all.dedup();
        all
    }
}

/// Whether what was lent is a voice in a requirement: where several teams are asked, in all of them.
fn covers(lent: &Lent<'_>, requirement: &Requirement) -> bool {
    lent.teams.is_empty() || requirement.who.iter().all(|who| lent.teams.contains(who))
}

/// Why a voice cannot be used by an entry.
fn why_not(lent: &Lent<'_>, index: usize, one: &Checked) -> Option<String> {
    if lent.void.is_some() {
        return lent.void.clone();
    }
    if index < lent.index {
        return Some("did so only afterwards".to_owned());
    }
    if written_at(one) < lent.span.0 {
        return Some("not yet then".to_owned());
    }
    (one.time >= lent.span.1).then(|| "no longer then".to_owned())
}

/// Why what was lent does not hold at all.
fn void(
    story: &Story<'_>,
    roles: &Roles,
    (index, one): (usize, &Checked),
    span: Option<(i64, i64)>,
) -> Option<String> {
    let statement = &one.entry.statement;
    if let Some(problem) = one.problems.iter().find(|one| one.is_fatal()) {
        return Some(format!(
            "that entry does not count: {}",
            super::Refusal::from(problem).words()
        ));
    }
    if statement.by != statement.subject {
        return Some(format!("it was {} who said so", short(&statement.by)));
    }
    if let Some(taken) = story.taken_back(index) {
        return Some(format!("took it back ({})", taken.entry.id));
    }
    if roles.contains_key(&statement.by) {
        return Some("had a hand in the change".to_owned());
    }
    if let Some(refusal) = story.not_here(one) {
        return Some(format!("has no voice any more: {}", refusal.words()));
    }
    if span.is_none_or(|(from, until)| from >= until) {
        return Some("for no time that can be read".to_owned());
    }
    None
}
