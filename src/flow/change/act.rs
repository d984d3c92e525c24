//! What people say of a change: put forward, agree, refuse, take back, lend a voice, break glass,
//! call off, say how it went, look back.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};

use super::ChangeError;
use super::desk::Desk;
use super::meant::{Found, Meant, canonical};
use super::texts;
use super::told::Stands;
use super::writer::Writer;
use crate::catalog::short;
use crate::change::agreement::{Obstacle, Refusal};
use crate::change::state::{Life, State, TRANSITIONS, Transition};
use crate::git::Environment;
use crate::ledger::{
    APPROVAL, Account, Approval, Checked, CloseCode, Decision, Entry, Event, Proposed, Written,
    new_id,
};
use crate::model::gitsm::change_policy::Grade;
use crate::model::parse_reference;
use crate::signature::SigningKey;

/// What was written down.
#[derive(Debug)]
pub struct Done {
    /// The change, or whatever else it is about.
    pub subject: String,
    /// The ULIDs of the entries, with their types.
    pub entries: Vec<(String, &'static str)>,
    /// Why others do not have them yet.
    pub pending: Option<String>,
    /// Who wrote them, and whether they are signed.
    pub by: String,
    /// Why they are only claimed.
    pub unsigned_because: Option<String>,
}

impl Desk {
    /// Writes events of one subject down, and shares what belongs to them.
    pub(super) fn write(
        &self,
        writer: &Writer,
        subject: &str,
        events: Vec<Event>,
    ) -> Result<Done, ChangeError> {
        let names: Vec<&'static str> = events.iter().map(Event::name).collect();
        let events = events.into_iter().map(|event| (subject.to_owned(), event)).collect();
        let appended = self.record(writer, events)?;
        let ids = appended.entries.iter().map(|one| one.id.clone());
        let notes = match self.book.records.tip(&self.book.repository) {
            Ok(Some(_)) => self.book.share(&self.book.records).unwrap_or_else(Some),
            _ => None,
        };
        let pending = appended.pending.or(notes).map(|error| error.to_string());
        Ok(Done {
            subject: subject.to_owned(),
            entries: ids.zip(names).collect(),
            pending,
            by: writer.by.clone(),
            unsigned_because: writer.unsigned_because.clone(),
        })
    }

    fn text(
        &self,
        writer: &Writer,
        subject: &str,
        text: Option<&str>,
    ) -> Result<Option<String>, ChangeError> {
        let text = text.filter(|text| !text.trim().is_empty());
        text.map(|text| texts::keep(&self.book, subject, &writer.by, text)).transpose()
    }

    /// Puts a change forward as it is.
    ///
    /// # Errors
    ///
    /// It cannot be compared, has landed, or what it is called is wrong.
    pub fn propose(
        &self,
        writer: &Writer,
        meant: &Meant,
        environment: &Environment<'_>,
    ) -> Result<Done, ChangeError> {
        let digest = comparable(meant)?;
        if let Found::Landed(_) = meant.found {
            return Err(ChangeError::Pointless(format!("{} has landed", short(&meant.change))));
        }
        self.lands_once(meant)?;
        if let Some(mistake) = meant.judged.assessment.name.mistakes.first() {
            return Err(ChangeError::Refused(mistake.clone()));
        }
        if meant.set.is_empty() {
            let base = &meant.sides.names.base;
            return Err(ChangeError::Pointless(format!("nothing changes against {base}")));
        }
        let assessment = &meant.judged.assessment;
        let request = crate::git::PullRequest::of(environment).unwrap_or_default();
        let proposed = Proposed {
            base_branch: self.book.base_branch.clone(),
            base: meant.sides.names.base_commit.clone(),
            head: meant.sides.names.head_commit.clone(),
            digest: digest.to_owned(),
            request: meant.request.clone(),
            change_type: assessment.r#type.r#type,
            band: assessment.risk.band,
            requirements: requirements(meant),
            pull_request: request.number,
            opener: request.opener_id.map(|id| Account { forge: request.forge.clone(), id }),
        };
        if let Some((entry, known)) = self.proposed(&meant.change) {
            let same = Proposed { base: proposed.base.clone(), ..known.clone() } == proposed;
            let over = self.said_since(entry, |event| matches!(event, Event::Canceled { .. }));
            if same && !over && entry.entry.statement.by == writer.by {
                let id = &entry.entry.id;
                let told =
                    format!("{} was put forward as it is already ({id})", short(&meant.change));
                return Err(ChangeError::Pointless(told));
            }
        }
        self.write(writer, &meant.change, vec![Event::Proposed(proposed)])
    }

    /// Whether something of a kind was said of the same change after an entry.
    fn said_since(&self, entry: &Checked, kind: impl Fn(&Event) -> bool) -> bool {
        let (id, subject) = (&entry.entry.id, &entry.entry.statement.subject);
        let later = self.entries().iter().rev().take_while(|one| one.entry.id != *id);
        later
            .filter(|one| one.counts() && one.entry.statement.subject == *subject)
            .any(|one| kind(&one.entry.statement.event))
    }

    /// What hand somebody had in a change, in words; whoever had one neither agrees to it nor looks
    /// back at it.
    fn hand(&self, writer: &Writer, meant: &Meant) -> Option<String> {
        let contributors = &meant.judged.assessment.approvals.contributors;
        let own = contributors.iter().filter(|one| one.persons.contains(&writer.by));
        let roles: BTreeSet<&str> = own.map(|one| one.contributor.role.as_str()).collect();
        let by = short(&writer.by);
        if !roles.is_empty() {
            let roles: Vec<&str> = roles.into_iter().collect();
            return Some(format!("{by} contributed ({})", roles.join(", ")));
        }
        let mine = self.entries().iter().filter(|one| {
            let statement = &one.entry.statement;
            one.counts() && statement.subject == meant.change && statement.by == writer.by
        });
        let mut mine = mine.filter_map(|one| match &one.entry.statement.event {
            Event::Proposed(_) => Some(format!("{by} put it forward")),
            Event::BreakGlass { .. } => Some(format!("{by} broke the glass for it")),
            _ => None,
        });
        mine.next()
    }

    /// Agrees to a change as it is, or does not.
    ///
    /// # Errors
    ///
    /// It has landed, cannot be compared, or it would not count.
    pub fn decide(
        &self,
        writer: &Writer,
        meant: &Meant,
        (decision, text): (Decision, Option<&str>),
    ) -> Result<Done, ChangeError> {
        let digest = comparable(meant)?;
        if let Found::Landed(_) = meant.found {
            let told =
                format!("{} has landed: nobody can agree to it any more", short(&meant.change));
            return Err(ChangeError::Refused(told));
        }
        self.lands_once(meant)?;
        let approval = Approval {
            format: APPROVAL.to_owned(),
            repository: self.repository_name(),
            base_branch: self.book.base_branch.clone(),
            change: meant.change.clone(),
            digest: digest.to_owned(),
            request: meant.request.clone(),
            decision,
            person: writer.by.clone(),
            band: meant.judged.assessment.risk.band,
            requirements: requirements(meant),
        };
        let event = |text| match decision {
            Decision::Approve => Event::Approved { approval: approval.clone(), review: None, text },
            Decision::Reject => Event::Rejected { approval: approval.clone(), review: None, text },
        };
        self.would_count(writer, meant, (decision, event(None)))?;
        let text = self.text(writer, &meant.change, text)?;
        self.write(writer, &meant.change, vec![event(text)])
    }

    /// Whether the name of a change is still its own.
    fn lands_once(&self, meant: &Meant) -> Result<(), ChangeError> {
        let Some((merged, _)) = self.merged(&meant.change) else { return Ok(()) };
        let entry = merged.entry.id.clone();
        let told = Obstacle::LandedBefore { entry }.words();
        Err(ChangeError::Refused(format!("{}: {told}", short(&meant.change))))
    }

    /// What would not count is not written: it is held against the ledger as if it were.
    fn would_count(
        &self,
        writer: &Writer,
        meant: &Meant,
        (decision, event): (Decision, Event),
    ) -> Result<(), ChangeError> {
        let requirements = &meant.judged.assessment.approvals.requirements;
        let (by, change) = (short(&writer.by), short(&meant.change));
        if requirements.is_empty() {
            return Err(ChangeError::Pointless(format!("{change} asks nobody to agree")));
        }
        let Some(refusal) = self.in_vain(meant, self.supposed(writer, &meant.change, event)?)
        else {
            return Ok(());
        };
        let told = match &refusal {
            Refusal::Contributed { roles } => {
                let hint = match decision {
                    Decision::Approve => String::new(),
                    Decision::Reject => format!(
                        "; `gitsm change cancel {}` calls it off",
                        change.trim_start_matches("change:")
                    ),
                };
                let roles = roles.join(", ");
                format!(
                    "{by} contributed ({roles}), and nobody decides about their own change{hint}"
                )
            }
            Refusal::Left => format!("{by} has left, by the base"),
            Refusal::NotEligible => {
                let asked = requirements.iter().flat_map(|one| &one.who);
                let mut asked: Vec<String> = asked.map(|who| short(who)).collect();
                asked.dedup();
                format!("{by} is not among those who are asked: {}", asked.join(", "))
            }
            other => format!("what {by} says would not count: {}", other.words()),
        };
        Err(ChangeError::Refused(told))
    }

    /// An entry as it would stand in the ledger.
    fn supposed(
        &self,
        writer: &Writer,
        subject: &str,
        event: Event,
    ) -> Result<Checked, ChangeError> {
        let statement = self.book.statement(&writer.by, subject, event)?;
        let now = self.book.now.timestamp();
        let entry = Entry {
            id: new_id(now),
            commit: String::new(),
            path: String::new(),
            hash: String::new(),
            prev: None,
            written: Written::of(&statement),
            statement,
        };
        let before = self.entries().last().map(|last| last.time);
        Ok(Checked {
            entry,
            time: before.map_or(now, |before| before.max(now)),
            main: self.book.main.clone(),
            grade: if writer.key.is_some() { Grade::Signed } else { Grade::Claimed },
            key: writer.key.as_ref().and_then(SigningKey::fingerprint),
            problems: Vec::new(),
        })
    }

    /// Takes back what was said before: the entry of this id, or the newest decision of the writer on
    /// a change.
    ///
    /// # Errors
    ///
    /// There is none, or it is somebody else's.
    pub fn revoke(
        &self,
        writer: &Writer,
        what: &str,
        text: Option<&str>,
    ) -> Result<Done, ChangeError> {
        const REVOCABLE: &[&str] = &["approved", "rejected", "delegated", "break-glass"];
        let change = canonical(what);
        let is_one = |name: &str| REVOCABLE.contains(&name);
        let of = |one: &&Checked| {
            let statement = &one.entry.statement;
            let named = one.entry.id.eq_ignore_ascii_case(what);
            let mine = statement.subject == change && person_of(one) == writer.by;
            let meant = one.counts() && is_one(statement.event.name()) && (named || mine);
            meant && !self.entries().iter().any(|back| takes_back(back, one))
        };
        let Some(found) = self.entries().iter().rev().find(of) else {
            let by = short(&writer.by);
            let told = format!("{by} has said nothing of {what} that could be taken back");
            return Err(ChangeError::Refused(told));
        };
        if person_of(found) != writer.by {
            let whose = short(person_of(found));
            return Err(ChangeError::Refused(format!("{} is what {whose} said", found.entry.id)));
        }
        if found.entry.statement.event.name() == "rejected"
            && found.grade == Grade::Signed
            && let Some(why) = &writer.unsigned_because
        {
            let told = format!("what was signed is taken back with a signature, and {why}");
            return Err(ChangeError::Refused(told));
        }
        let subject = found.entry.statement.subject.clone();
        let entry = found.entry.id.clone();
        let text = self.text(writer, &subject, text)?;
        self.write(writer, &subject, vec![Event::Revoked { entry, text }])
    }

    /// Lets somebody else speak for the writer for a while.
    ///
    /// # Errors
    ///
    /// The base does not know them, or the time is over before it begins.
    pub fn delegate(
        &self,
        writer: &Writer,
        to: &str,
        teams: &[String],
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Done, ChangeError> {
        let person = parse_reference(to, Some("person"), "default");
        let person = person.map(|one| one.as_str().to_owned()).unwrap_or_default();
        if !self.authority.writers.contains_key(&person) || self.authority.left.contains(&person) {
            return Err(ChangeError::Refused(format!("the base knows no person {to}")));
        }
        if person == writer.by {
            return Err(ChangeError::Refused("nobody needs leave to speak for themselves".into()));
        }
        if until <= from || until <= self.book.now {
            return Err(ChangeError::Refused("the time is over before it begins".to_owned()));
        }
        let team = |text: &String| {
            let found = parse_reference(text, Some("team"), "default").ok();
            let found = found.filter(|one| one.prefix() == "team");
            let wrong = || ChangeError::Refused(format!("`{text}` names no team"));
            found.map(|one| one.as_str().to_owned()).ok_or_else(wrong)
        };
        let teams = teams.iter().map(team).collect::<Result<Vec<_>, _>>()?;
        let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let event =
            Event::Delegated { to: person, teams, from: instant(from), until: instant(until) };
        self.write(writer, &writer.by, vec![event])
    }

    /// Goes ahead before anybody agrees.
    ///
    /// # Errors
    ///
    /// The writer is not listed for it, or the change has landed.
    pub fn break_glass(
        &self,
        writer: &Writer,
        meant: &Meant,
        (incident, text): (Option<String>, &str),
    ) -> Result<Done, ChangeError> {
        let digest = comparable(meant)?.to_owned();
        if let Found::Landed(_) = meant.found {
            return Err(ChangeError::Pointless(format!("{} has landed", short(&meant.change))));
        }
        self.lands_once(meant)?;
        if !self.authority.break_glass.contains(&writer.by) {
            let listed: Vec<String> =
                self.authority.break_glass.iter().map(|one| short(one)).collect();
            let who = match listed.is_empty() {
                true => "the base lists nobody (`breakGlass.people` of a ChangePolicy)".to_owned(),
                false => format!("the base lists {}", listed.join(", ")),
            };
            let by = short(&writer.by);
            return Err(ChangeError::Refused(format!("{by} may not break the glass: {who}")));
        }
        let base_branch = self.book.base_branch.clone();
        let text = self.text(writer, &meant.change, Some(text))?;
        let event = Event::BreakGlass { base_branch, digest, incident, text };
        self.write(writer, &meant.change, vec![event])
    }

    /// Calls a change off.
    ///
    /// # Errors
    ///
    /// It is over, or too far.
    pub fn cancel(
        &self,
        writer: &Writer,
        (change, stands): (&str, &Stands),
        text: Option<&str>,
    ) -> Result<Done, ChangeError> {
        let state = stands.told.state;
        let life = stands.told.life;
        let ends =
            |row: &&Transition| (row.life, row.from, row.to) == (life, state, State::Canceled);
        if !TRANSITIONS.iter().any(|row| ends(&row)) {
            let change = short(change);
            let told = match life {
                Life::Unauthorized => {
                    format!("{change} happened, unauthorized: it is looked back at")
                }
                _ => match state {
                    State::Closed | State::Canceled => {
                        format!("{change} is {} already", state.name())
                    }
                    _ => format!("{change} is in {}: it cannot be called off", state.name()),
                },
            };
            return Err(ChangeError::Refused(told));
        }
        let text = self.text(writer, change, text)?;
        self.write(writer, change, vec![Event::Canceled { text }])
    }

    /// Says how a change went, and, for one who did not contribute, what they make of it.
    ///
    /// # Errors
    ///
    /// It has not landed, or the writer may say neither.
    pub fn complete(
        &self,
        writer: &Writer,
        (meant, stands): (&Meant, &Stands),
        (result, review): (CloseCode, Option<bool>),
        (started, text): (Option<DateTime<Utc>>, Option<&str>),
    ) -> Result<Done, ChangeError> {
        let change = &meant.change;
        let state = stands.told.state;
        if !matches!(meant.found, Found::Landed(_)) && !self.was_found(change) {
            let told = format!("{} has not landed, so it cannot be complete", short(change));
            return Err(ChangeError::Refused(told));
        }
        if matches!(state, State::Closed | State::Canceled) {
            return Err(ChangeError::Pointless(format!("{} is {}", short(change), state.name())));
        }
        let owes_outcome = state != State::Review;
        let may_tell = self.authority.operators.contains(&writer.by) || !writer.is_person();
        let wants_review = review.unwrap_or(!owes_outcome);
        if let Some(hand) = self.hand(writer, meant).filter(|_| wants_review) {
            return Err(ChangeError::Refused(format!("{hand}, and somebody else looks back")));
        }
        let text = self.text(writer, change, text)?;
        let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut events = Vec::new();
        if owes_outcome && (may_tell || !wants_review) {
            events.push(Event::Outcome {
                result,
                started: started.map(instant),
                ended: instant(self.book.now),
                intent: None,
                changes: vec![change.clone()],
                text: text.clone(),
            });
        }
        if wants_review {
            events.push(Event::Reviewed { result, text });
        }
        self.write(writer, change, events)
    }
}

/// Whether an entry takes another one back, as surely as that one was said.
fn takes_back(back: &Checked, one: &Checked) -> bool {
    let Event::Revoked { entry, .. } = &back.entry.statement.event else { return false };
    let theirs = back.counts() && back.entry.statement.by == person_of(one);
    theirs && *entry == one.entry.id && back.grade >= one.grade
}

fn person_of(one: &Checked) -> &str {
    let statement = &one.entry.statement;
    statement.event.approval().map_or(statement.by.as_str(), |approval| approval.person.as_str())
}

/// What is asked of a change, by id, sorted.
fn requirements(meant: &Meant) -> Vec<String> {
    let all = meant.judged.assessment.approvals.requirements.iter();
    let mut ids: Vec<String> = all.map(|one| one.id.clone()).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn comparable(meant: &Meant) -> Result<&str, ChangeError> {
    meant.digest.as_deref().ok_or_else(|| {
        let why = meant.set.doubts.first().map(|doubt| doubt.message.clone());
        let why = why.unwrap_or_else(|| "a part of it cannot be compared".to_owned());
        ChangeError::Incomparable { change: meant.change.clone(), why }
    })
}
