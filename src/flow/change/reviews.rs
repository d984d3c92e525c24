//! `change reviews`: a pipeline copies what people said of a change on a forge (grade `forge`).
//!
//! A review is of a commit, so it counts for what was put forward of that commit: the digest, the
//! request and the band that the ledger held then, not those of whenever the copy is made.

use super::ChangeError;
use super::act::Done;
use super::desk::Desk;
use super::meant::canonical;
use super::texts;
use super::writer::Writer;
use crate::catalog::short;
use crate::change::Side;
use crate::change::facts::Contributor;
use crate::change::people::People;
use crate::forge::{GivenReview, Reviews, Stance, reviews};
use crate::ledger::{
    APPROVAL, Account, Approval, Checked, Decision, Event, Proposed, Review, instant,
};

/// What was copied, and what was not.
#[derive(Debug, Default)]
pub struct Copied {
    /// What was written down.
    pub done: Vec<Done>,
    /// Accounts whose review is not copied, and why.
    pub left_out: Vec<(String, String)>,
}

impl Desk {
    /// Copies the reviews of a pull request, as its forge answers: what each account said last, as
    /// far as the ledger does not hold it yet. A review that was dismissed is taken back.
    ///
    /// # Errors
    ///
    /// The writer is no pipeline, the answer cannot be read, or nobody put the change forward.
    pub fn copy_reviews(
        &self,
        writer: &Writer,
        name: &str,
        (forge, answer): (Reviews, &[u8]),
    ) -> Result<Copied, ChangeError> {
        let change = canonical(name);
        if writer.is_person() || writer.key.is_none() {
            let told = "only a pipeline copies what others said, and it signs that: `--as \
                        pipeline:NAME --key FILE`";
            return Err(ChangeError::Refused(told.to_owned()));
        }
        let given = reviews(answer).map_err(|error| ChangeError::Refused(error.to_string()))?;
        if self.proposed(&change).is_none() {
            let short = short(&change);
            let told = format!("nobody put {short} forward, so nobody can have agreed to it");
            return Err(ChangeError::Refused(told));
        }
        let people = self.book.people()?;
        let mut copied = Copied::default();
        for one in &given {
            let account = Account { forge: forge.name().to_owned(), id: one.account };
            let event = people
                .show(|base| person(base, forge, one))
                .and_then(|person| self.copy(&change, (one, account), &person));
            match event {
                Ok(Some(event)) => {
                    let event = self.with_text(&change, one, event)?;
                    copied.done.push(self.write(writer, &change, vec![event])?);
                }
                Ok(None) => {}
                Err(why) => copied.left_out.push((one.login.clone(), why)),
            }
        }
        Ok(copied)
    }

    /// What is to be written of a review; nothing if it is written already.
    fn copy(
        &self,
        change: &str,
        (given, account): (&GivenReview, Account),
        person: &str,
    ) -> Result<Option<Event>, String> {
        let known = self.copies(change, &account);
        let decision = match given.stance {
            Stance::Agrees => Decision::Approve,
            Stance::Objects => Decision::Reject,
            Stance::Dismissed => {
                let back = known.last().filter(|(_, review)| review.id == given.id);
                return Ok(back.map(|(entry, _)| Event::Revoked {
                    entry: entry.entry.id.clone(),
                    text: None,
                }));
            }
        };
        if known.iter().any(|(_, review)| review.id == given.id) {
            return Ok(None);
        }
        let proposed = self.put_forward_as(change, given).ok_or_else(|| {
            let commit = given.commit.get(..9).unwrap_or_default();
            format!("it is of commit {commit}, which nobody put forward")
        })?;
        let approval = Approval {
            format: APPROVAL.to_owned(),
            repository: self.repository_name(),
            base_branch: proposed.base_branch.clone(),
            change: change.to_owned(),
            digest: proposed.digest.clone(),
            request: proposed.request.clone(),
            decision,
            person: person.to_owned(),
            band: proposed.band,
            requirements: proposed.requirements.clone(),
        };
        let review = Some(Review {
            account,
            id: given.id,
            commit: given.commit.clone(),
            at: given.instant(),
            answer: given.answer.clone(),
        });
        Ok(Some(match decision {
            Decision::Approve => Event::Approved { approval, review, text: None },
            Decision::Reject => Event::Rejected { approval, review, text: None },
        }))
    }

    /// The reviews of an account that were copied and stand.
    fn copies(&self, change: &str, account: &Account) -> Vec<(&Checked, &Review)> {
        let back = |id: &str| {
            self.entries().iter().any(|one| {
                let event = &one.entry.statement.event;
                one.counts() && matches!(event, Event::Revoked { entry, .. } if entry == id)
            })
        };
        let of_change = |one: &&Checked| one.counts() && one.entry.statement.subject == change;
        self.entries()
            .iter()
            .filter(of_change)
            .filter_map(|one| match &one.entry.statement.event {
                Event::Approved { review: Some(review), .. }
                | Event::Rejected { review: Some(review), .. }
                    if review.account == *account && !back(&one.entry.id) =>
                {
                    Some((one, review))
                }
                _ => None,
            })
            .collect()
    }

    /// As what the reviewed commit was put forward: at the time of the review, or else first.
    fn put_forward_as(&self, change: &str, given: &GivenReview) -> Option<&Proposed> {
        let mut found = None;
        for one in self.entries() {
            let statement = &one.entry.statement;
            let Event::Proposed(proposed) = &statement.event else { continue };
            if !one.counts() || statement.subject != change || proposed.head != given.commit {
                continue;
            }
            let before = instant(&statement.at).is_some_and(|at| at <= given.at.timestamp());
            if found.is_none() || before {
                found = Some(proposed);
            }
        }
        found
    }

    fn with_text(
        &self,
        change: &str,
        given: &GivenReview,
        event: Event,
    ) -> Result<Event, ChangeError> {
        let keep = |person: &str| {
            let said = given.said.as_deref();
            said.map(|said| texts::keep(&self.book, change, person, said)).transpose()
        };
        Ok(match event {
            Event::Approved { approval, review, .. } => {
                let text = keep(&approval.person)?;
                Event::Approved { approval, review, text }
            }
            Event::Rejected { approval, review, .. } => {
                let text = keep(&approval.person)?;
                Event::Rejected { approval, review, text }
            }
            other => other,
        })
    }
}

/// Whose account it is, by the base. A name may change hands, a number does not: a person who lists
/// the number (`github-id`) is known by that alone.
fn person(base: &Side<'_>, forge: Reviews, given: &GivenReview) -> Result<String, String> {
    let place = forge.name();
    let numbers = format!("{place}-id");
    let of = |place: &str, account: &str| -> Vec<String> {
        let account = Some((place.to_owned(), account.to_owned()));
        let one = Contributor { account, ..Contributor::default() };
        let known = People::new(base, base, &[one]).contributors;
        known.into_iter().flat_map(|one| one.persons).collect()
    };
    let number = given.account.to_string();
    let by_number = of(&numbers, &number);
    let by_name = of(place, &given.login);
    match (by_number.as_slice(), by_name.as_slice()) {
        ([one], _) => Ok(one.clone()),
        ([], [one]) if lists(base, one, &numbers) => {
            Err(format!("{} has another number at {place}: the name changed hands", short(one)))
        }
        ([], [one]) => Ok(one.clone()),
        ([], []) => Err(format!(
            "nobody of the base has this account: `accounts: {{{place}: {}}}` in a Person",
            given.login
        )),
        (many, _) if many.len() > 1 => Err("its number leads to several persons".to_owned()),
        _ => Err("its name leads to several persons".to_owned()),
    }
}

/// Whether a person lists an account of a place.
fn lists(base: &Side<'_>, person: &str, place: &str) -> bool {
    let Some(id) = base.find(person) else { return false };
    let document = base.reader.document(base.catalog.entity(id));
    let accounts = document.as_ref().and_then(|one| one.root()?.get("spec")?.get("accounts"));
    accounts.is_some_and(|accounts| accounts.get(place).is_some())
}

/// The openers that a forge named to a pipeline when a change, or a commit, was put forward. What a
/// person says of the forge vouches for nobody: they may have made it up.
pub(super) fn openers<'a>(entries: impl Iterator<Item = &'a Checked>) -> Vec<Contributor> {
    let opener = |one: &Checked| match &one.entry.statement.event {
        Event::Proposed(Proposed { opener: Some(account), .. })
            if one.counts() && one.entry.statement.by.starts_with("pipeline:") =>
        {
            Some(Contributor {
                name: format!("{} account {}", account.forge, account.id),
                role: "opener".to_owned(),
                account: Some((format!("{}-id", account.forge), account.id.to_string())),
                vouched: Some(true),
                ..Contributor::default()
            })
        }
        _ => None,
    };
    let mut all: Vec<Contributor> = entries.filter_map(opener).collect();
    all.sort();
    all.dedup();
    all
}
