//! The fold: the table is walked over the entries of a change, and then once more for the change as
//! it is now.
//!
//! Where a change stands follows from what holds, not from the way there: walking from `new` gives
//! the same. What it had been put forward as stood in the entries, so that its history is told of
//! what it was then; who had to agree then is not known any more, so those of today count of what
//! was asked then.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::facts::{Facts, facts};
use super::next::{Next, next};
use super::table::{Life, State, TRANSITIONS, Transition, When};
use super::{Inputs, Landing};
use crate::change::agreement::{Agreement, Asked, Refused, Story};
use crate::change::requirement::Approvals;
use crate::ledger::{Checked, CloseCode, Event, Proposed};

/// How many entries of a change its history is told of at most, the newest ones: whoever writes
/// thousands of them gets no answer that takes for ever.
const POINTS: usize = 256;

/// Where a change stands.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    /// The state.
    pub state: State,
    /// ServiceNow's number of it.
    pub code: i8,
    /// In which way it lives.
    pub life: Life,
    /// Whether it happened without what it needed.
    pub unauthorized: bool,
    /// The ULID of the entry since which it stands there; nothing where no entry made it so.
    pub since: Option<String>,
    /// Why it stands there, in words.
    pub why: Vec<String>,
    /// How it went, as whoever looked back says, or else as was found.
    pub result: Option<CloseCode>,
    /// What may happen next.
    pub next: Vec<Next>,
    /// Where it stood, in order.
    pub history: Vec<Visited>,
    /// Who agrees, or agreed when it landed.
    pub agreement: Agreement,
    /// Its landing.
    pub landing: Option<Landing>,
    /// Reviews and cancellations that do not count.
    pub refused: Vec<Refused>,
}

/// A state in which a change stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Visited {
    /// The state.
    pub state: State,
    /// In which way it lived.
    pub life: Life,
    /// What brought it there.
    pub when: Option<When>,
    /// The ULID of the entry that did; nothing where no entry did: it was edited, or time passed.
    pub entry: Option<String>,
    /// When.
    #[schemars(with = "Option<String>")]
    pub at: Option<DateTime<Utc>>,
}

/// Says where a change stands, why, how it came there and what may happen next.
pub fn state(inputs: &Inputs<'_>) -> Told {
    let story = Story::of(inputs.asked);
    let (mut fold, now) = walked(&story, inputs);
    let result = now.reviewed.map(|(_, how)| how).or(now.ended.map(|(_, how)| how));
    let since = fold.history.last().and_then(|last| last.entry.clone());
    let refused = std::mem::take(&mut fold.refused);
    Told {
        state: fold.state,
        code: fold.state.code(),
        life: fold.life,
        unauthorized: fold.life == Life::Unauthorized,
        since,
        why: super::next::why(fold.state, &now, inputs),
        result,
        next: next(fold.state, &now, inputs),
        history: fold.history,
        refused,
        agreement: now.agreement,
        landing: now.landing,
    }
}

/// Where the fold is.
pub(super) struct Fold {
    /// The state.
    pub(super) state: State,
    /// In which way the change lives.
    pub(super) life: Life,
    /// Where it stood.
    pub(super) history: Vec<Visited>,
    /// Each row of the table that was taken.
    pub(super) taken: Vec<Transition>,
    refused: Vec<Refused>,
}

/// Walks the table over the entries, and then for the change as it is now.
pub(super) fn walked<'a>(story: &Story<'a>, inputs: &Inputs<'_>) -> (Fold, Facts<'a>) {
    let mut fold = Fold::new();
    let points: Vec<(usize, &Checked)> = story.counting().collect();
    for (index, one) in points.iter().skip(points.len().saturating_sub(POINTS)) {
        let then = story.before(index + 1, one.time);
        as_it_was(&then, inputs, |held| fold.settle(held, Some(one)));
    }
    let now = facts(story, inputs);
    fold.settle(&now, None);
    let told = |(one, why): &(&Checked, crate::change::agreement::Refusal)| Refused {
        entry: one.entry.id.clone(),
        event: one.entry.statement.event.name(),
        person: one.entry.statement.by.clone(),
        words: why.words(),
        why: why.clone(),
    };
    fold.refused = now.refused.iter().map(told).collect();
    (fold, now)
}

/// Finds what held of a change at an entry: once it has landed, of what landed; before, of what it
/// was put forward as.
fn as_it_was(then: &Story<'_>, inputs: &Inputs<'_>, mut tell: impl FnMut(&Facts<'_>)) {
    let newest = then.counting().filter_map(|(_, one)| match &one.entry.statement.event {
        Event::Proposed(proposed) => Some(proposed),
        _ => None,
    });
    let asked = &then.asked;
    let other = |one: &&Proposed| one.digest != asked.digest || one.request != asked.request;
    let inputs = Inputs { found: false, blocked_by: &[], ..*inputs };
    let Some(proposed) = newest.last().filter(other).filter(|_| then.landed().is_none()) else {
        tell(&facts(then, &inputs));
        return;
    };
    let mut approvals: Approvals = asked.approvals.clone();
    approvals.requirements.retain(|one| proposed.requirements.contains(&one.id));
    let was = Asked {
        digest: &proposed.digest,
        request: &proposed.request,
        change_type: proposed.change_type,
        band: proposed.band,
        approvals: &approvals,
        ..*asked
    };
    // What was said of it then is not known; it was enough to go on.
    let inputs = Inputs { unsaid: &[], ..inputs };
    tell(&facts(&then.asking(was), &inputs));
}

impl Fold {
    pub(super) fn new() -> Self {
        Self {
            state: State::New,
            life: Life::Normal,
            history: Vec::new(),
            taken: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Takes rows of the table for as long as one fits.
    pub(super) fn settle(&mut self, facts: &Facts<'_>, by: Option<&Checked>) {
        let from = self.state;
        let mut last = None;
        let other = facts.life != self.life;
        if other {
            // A change of another type begins anew; nothing of what it was holds of it.
            self.life = facts.life;
            self.state = State::New;
        }
        // No two rows take each other back while the same holds; this only makes sure of an end.
        for _ in 0..TRANSITIONS.len() {
            let fits = |row: &&Transition| {
                row.life == self.life && row.from == self.state && facts.hold(row.when)
            };
            let Some(row) = TRANSITIONS.iter().find(fits) else { break };
            self.state = row.to;
            last = Some(row.when);
            self.taken.push(*row);
        }
        // What landed unauthorized stands in `authorize`, and not as it did before.
        let anew = other && last.is_some();
        if self.state != from || anew || self.history.is_empty() {
            self.history.push(Visited {
                state: self.state,
                life: self.life,
                when: last,
                entry: by.map(|one| one.entry.id.clone()),
                at: by.and_then(|one| DateTime::from_timestamp(one.time, 0)),
            });
        }
    }
}

/// Where a change stands if nothing is known of how it came there.
#[cfg(test)]
pub(in crate::change) fn straight(inputs: &Inputs<'_>) -> State {
    let story = Story::of(inputs.asked);
    let mut fold = Fold::new();
    fold.settle(&facts(&story, inputs), None);
    fold.state
}
