//! Records of changes: one in full, or a list.

use super::ChangeError;
use super::desk::Desk;
use super::meant::{Found, Meant};
use super::texts;
use super::told::Stands;
use crate::catalog::short;
use crate::change::request::own_request;
use crate::change::state::State;
use crate::git::Environment;
use crate::output::change::{
    ChangeList, ChangeRecord, ChangeRow, Computed, Happened, LedgerStanding, Said,
};

impl Desk {
    /// All that is known of a change.
    ///
    /// # Errors
    ///
    /// The records store cannot be read.
    pub fn record_of(&self, meant: &Meant) -> Result<ChangeRecord, ChangeError> {
        let Stands { told, targets, debts, month } = self.stands(meant);
        let assessment = &meant.judged.assessment;
        let texts = texts::all(&self.book)?;
        let about = |one: &&crate::ledger::Checked| one.entry.statement.subject == meant.change;
        let happened = self.entries().iter().filter(about).map(|one| {
            let text = one.entry.statement.event.text();
            Happened::of(one, text.and_then(|digest| texts.get(digest).cloned()))
        });
        let sides = &meant.sides;
        let request = sides.merged.show(|merged| {
            own_request(&meant.set, merged).and_then(|request| request.spec.cloned())
        });
        let title = sides.merged.show(|merged| {
            let id = merged.find(assessment.request.as_deref()?)?;
            let document = merged.reader.document(merged.catalog.entity(id))?;
            document.root()?.get("metadata")?.str("title").map(str::to_owned)
        });
        let persons = assessment.approvals.contributors.iter().flat_map(|one| {
            let stranger = match one.contributor.name.is_empty() {
                true => one.contributor.email.clone(),
                false => one.contributor.name.clone(),
            };
            match one.persons.is_empty() {
                true => vec![stranger],
                false => one.persons.clone(),
            }
        });
        let mut contributors: Vec<String> = persons.collect();
        contributors.sort();
        contributors.dedup();
        let missing = assessment.statements.iter().filter(|one| one.is_missing());
        Ok(ChangeRecord {
            format: "change/1",
            change: meant.change.clone(),
            title: title.or_else(|| self.subject(meant)),
            found: found(&meant.found),
            said: Said {
                message: sides.facts.message.clone().filter(|_| request.is_none()),
                request,
                missing: missing.map(|one| one.what).collect(),
            },
            computed: Computed {
                base: sides.names.base_commit.clone(),
                head: sides.names.head_commit.clone(),
                digest: meant.digest.clone(),
                request: meant.request.clone(),
                change_type: assessment.r#type.r#type,
                score: assessment.risk.score,
                band: assessment.risk.band,
                entities: meant.set.entities.iter().map(|one| one.reference.clone()).collect(),
                files: meant.set.files.len(),
                reaches: assessment.impact.affected.len(),
                contributors,
                may_happen: meant.judged.timing.verdict.allowed,
                targets,
            },
            told,
            held_up_by: debts,
            emergencies: month,
            happened: happened.collect(),
            ledger: LedgerStanding {
                begun: self.has_begun(),
                standing: self.verified.standing(),
                tip: self.has_begun().then(|| self.verified.tip.clone()),
            },
        })
    }

    /// The subject of its first commit.
    fn subject(&self, meant: &Meant) -> Option<String> {
        let names = &meant.sides.names;
        let commits = self.book.repository.commits(&names.base_commit, &names.head_commit).ok()?;
        let first = commits.filter_map(Result::ok).last()?;
        Some(first.subject).filter(|subject| !subject.trim().is_empty())
    }

    /// The changes that the ledger knows, and the one that is checked out; those about which
    /// something was written last first. `states` are those that are wanted; all, if there are none.
    pub fn list(
        &self,
        states: &[State],
        limit: usize,
        environment: &Environment<'_>,
    ) -> ChangeList {
        let mut names = self.changes();
        if let Ok(here) = self.meant(None, None, environment)
            && !here.set.is_empty()
            && !names.contains(&here.change)
        {
            names.insert(0, here.change);
        }
        let mut rows = Vec::new();
        let mut more = 0;
        for name in names {
            if rows.len() >= limit {
                more += 1;
                continue;
            }
            let row = self.row(&name, environment);
            let state = State::ALL.into_iter().find(|one| Some(one.name()) == row.state);
            if states.is_empty() || state.is_some_and(|state| states.contains(&state)) {
                rows.push(row);
            }
        }
        ChangeList { format: "changes/1", changes: rows, more }
    }

    fn row(&self, change: &str, environment: &Environment<'_>) -> ChangeRow {
        let about = |one: &&crate::ledger::Checked| one.entry.statement.subject == change;
        let last = self.entries().iter().rev().find(about);
        let at = last.map(|one| one.entry.statement.at.clone());
        let row = ChangeRow {
            change: change.to_owned(),
            title: None,
            state: None,
            change_type: None,
            band: None,
            at,
            next: None,
        };
        let meant = match self.meant(Some(change), None, environment) {
            Ok(meant) => meant,
            Err(error) => return ChangeRow { next: Some(error.to_string()), ..row },
        };
        let stands = self.stands(&meant);
        ChangeRow {
            title: self.subject(&meant),
            state: Some(stands.told.state.name()),
            change_type: Some(stands.told.life.name()),
            band: Some(meant.judged.assessment.risk.band.name()),
            next: stands.told.next.first().map(|next| next.words.clone()),
            ..row
        }
    }
}

fn found(found: &Found) -> String {
    match found {
        Found::Here => "on the branch that is checked out".to_owned(),
        Found::Proposed(commit) => {
            format!("as it was put forward, at {}", commit.get(..9).unwrap_or(commit))
        }
        Found::Branch(branch) => format!("on the branch {branch}"),
        Found::Landed(entry) => format!("as it landed ({})", short(entry)),
    }
}
