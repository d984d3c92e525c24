//! Where a change stands: what was computed of it, and what the ledger says happened.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::meant::{Found, Meant};
use crate::change::Side;
use crate::change::agreement::{
    Agreement, Asked, Debt, Month, Obstacle, Past, Refusal, Terms, agreement, blocked_by, debts,
    month,
};
use crate::change::facts::Facts;
use crate::change::policy::Policies;
use crate::change::state::{Inputs, Next, State, Told, state};
use crate::change::targets::targets;
use crate::ledger::keys::Keys;
use crate::ledger::{Authority, Checked, Merged};

/// Whether the key of an entry still counts; if not, why.
type KeyNow<'a> = dyn Fn(&Checked) -> Result<(), String> + 'a;

/// Where a change stands, and what else holds it up.
pub struct Stands {
    /// Its state, how it came there, and what may happen next.
    pub told: Told,
    /// The targets to which it is applied.
    pub targets: Vec<String>,
    /// Reviews that others owe, which hold it up.
    pub debts: Vec<Debt>,
    /// How many emergencies there were this month.
    pub month: Month,
}

impl Desk {
    /// Says where a change stands.
    pub fn stands(&self, meant: &Meant) -> Stands {
        let stands = self.standing(meant, false);
        let Found::Landed(entry) = &meant.found else { return stands };
        match stands.told.unauthorized.then(|| self.undoes(meant, Some(entry))).flatten() {
            Some(_) => self.standing(meant, true),
            None => stands,
        }
    }

    /// The same; whether it takes another landing back is known.
    pub(super) fn standing(&self, meant: &Meant, undoes: bool) -> Stands {
        let assessment = &meant.judged.assessment;
        let today = self.book.now.date_naive().to_string();
        let touched: Vec<String> =
            assessment.subjects.all.iter().map(|one| one.entity.clone()).collect();
        let sides = &meant.sides;
        let (terms, owners, concerned) = sides.base.show(|base| {
            sides.merged.show(|merged| {
                let mut concerned = targets(base, &touched, &today);
                concerned.extend(targets(merged, &touched, &today));
                let terms = terms(base, merged, &sides.facts);
                (terms, owners(&touched, base, merged), concerned)
            })
        });
        let past = |entry: &Checked, merged: &Merged| self.past(entry, merged);
        let all = debts(self.entries(), &terms, self.book.now.timestamp(), &past);
        let blocked = match meant.found {
            Found::Landed(_) => Vec::new(),
            _ => blocked_by(&all, &meant.change, &owners),
        };
        let repository = self.repository_name();
        // Of what landed, the base is the branch as it was before.
        let authority = match &meant.found {
            Found::Landed(_) => self.book.authority(&sides.names.base_commit).ok(),
            _ => None,
        };
        let authority = authority.unwrap_or_else(|| std::sync::Arc::clone(&self.authority));
        let keys = Keys::of(&authority);
        let key_now = |entry: &Checked| self.key_counts(&keys, entry);
        let asked = self.asked(meant, &repository, (&authority, &key_now), self.entries());
        let unsaid: Vec<&str> = assessment
            .statements
            .iter()
            .filter(|one| one.is_missing())
            .map(|one| one.what)
            .collect();
        let targets: Vec<String> = concerned.into_iter().collect();
        let mut told = state(&Inputs {
            asked: &asked,
            unsaid: &unsaid,
            targets: &targets,
            blocked_by: &blocked,
            found: self.was_found(&meant.change),
            undoes,
        });
        let landed = matches!(meant.found, Found::Landed(_));
        if let Some((merged, _)) = self.merged(&meant.change).filter(|_| !landed) {
            told = used(told, agreement(&asked), merged);
        }
        let own = all.iter().find(|debt| debt.change == meant.change);
        if let Some((debt, due)) = own.and_then(|debt| Some((debt, debt.due?)))
            && !told.state.is_over()
        {
            let over = if debt.is_overdue { ", and that is over" } else { "" };
            let due = due.format("%Y-%m-%d %H:%M UTC");
            told.why.push(format!("its review is due by {due}{over}"));
        }
        let month = month(self.entries(), &terms, self.book.now.timestamp());
        Stands { told, targets, debts: blocked.into_iter().cloned().collect(), month }
    }

    /// Why a decision that is about to be written would not count; nothing if it would.
    pub(super) fn in_vain(&self, meant: &Meant, decision: Checked) -> Option<Refusal> {
        let id = decision.entry.id.clone();
        let mut ledger = self.entries().to_vec();
        ledger.push(decision);
        let repository = self.repository_name();
        let key_now = |entry: &Checked| self.key_counts(&self.keys, entry);
        let asked = self.asked(meant, &repository, (&self.authority, &key_now), &ledger);
        let mut refused = agreement(&asked).refused.into_iter();
        refused.find(|one| one.entry == id).map(|one| one.why)
    }

    fn asked<'a>(
        &'a self,
        meant: &'a Meant,
        repository: &'a str,
        (authority, key_now): (&'a Authority, &'a KeyNow<'a>),
        ledger: &'a [Checked],
    ) -> Asked<'a> {
        let assessment = &meant.judged.assessment;
        Asked {
            repository,
            base_branch: &self.book.base_branch,
            change: &meant.change,
            digest: meant.digest.as_deref().unwrap_or_default(),
            request: &meant.request,
            change_type: assessment.r#type.r#type,
            band: assessment.risk.band,
            incident: assessment.r#type.incident.as_deref(),
            approvals: &assessment.approvals,
            authority,
            now: self.book.now.timestamp(),
            ledger,
            key_now,
        }
    }

    /// What is known of a landing beside the ledger.
    fn past(&self, entry: &Checked, merged: &Merged) -> Past {
        let change = &entry.entry.statement.subject;
        let found = self.landed(change, entry, merged);
        let Ok(meant) = found else { return Past::default() };
        let assessment = &meant.judged.assessment;
        let touched: Vec<String> =
            assessment.subjects.all.iter().map(|one| one.entity.clone()).collect();
        let sides = &meant.sides;
        let owners =
            sides.base.show(|base| sides.merged.show(|merged| owners(&touched, base, merged)));
        let persons = assessment.approvals.contributors.iter().flat_map(|one| &one.persons);
        let grades = assessment.approvals.requirements.iter().map(|one| one.grade);
        Past { contributors: persons.cloned().collect(), owners, grade: grades.max() }
    }
}

/// What is said of something that goes by the name of a change that has landed: nothing of what
/// happened to that one is its own.
fn used(told: Told, agreement: Agreement, merged: &Checked) -> Told {
    let entry = merged.entry.id.clone();
    let next = Next {
        what: "propose",
        words: "give it a name of its own, and put it forward".to_owned(),
        who: Vec::new(),
        command: Some("gitsm change new NAME".to_owned()),
    };
    Told {
        state: State::New,
        code: State::New.code(),
        unauthorized: false,
        since: None,
        why: vec![Obstacle::LandedBefore { entry }.words()],
        result: None,
        next: vec![next],
        landing: None,
        agreement,
        ..told
    }
}

/// The owners of entities, before or after.
fn owners(entities: &[String], base: &Side<'_>, merged: &Side<'_>) -> Vec<String> {
    let of = |side: &Side<'_>, one: &String| side.owners(one);
    let all = entities.iter().flat_map(|one| of(base, one).into_iter().chain(of(merged, one)));
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What policies say of reviews that are owed: of several the strictest.
fn terms(base: &Side<'_>, merged: &Side<'_>, facts: &Facts) -> Terms {
    let policies = Policies::of(base, merged, facts);
    let shortest =
        |all: Vec<String>| all.into_iter().min_by_key(|one| crate::change::lengths::seconds(one));
    let glass = policies.iter().filter_map(|rules| rules.break_glass_within());
    let emergency = policies.iter().filter_map(|rules| rules.review_within());
    let limits = policies.iter().filter_map(|rules| rules.emergency()?.monthly_limit);
    Terms {
        break_glass_within: shortest(glass.map(|one| one.0.clone()).collect()),
        emergency_within: shortest(emergency.map(|one| one.0.clone()).collect()),
        monthly_limit: limits.min(),
    }
}
