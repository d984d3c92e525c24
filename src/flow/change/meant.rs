//! From what a user names to a change as it is: on the branch that is checked out, as it was put
//! forward, or as it landed.

use super::ChangeError;
use super::desk::Desk;
use super::reviews::openers;
use crate::change::ChangeSet;
use crate::change::request::own_request;
use crate::change::request_digest::request_digest;
use crate::change::schedule::OpenChange;
use crate::flow::judged::{Judged, judged};
use crate::flow::landing::{Earlier, landed};
use crate::flow::sides::{Asked, Sides, Wanted};
use crate::flow::underway::underway;
use crate::git::Environment;
use crate::ledger::{Checked, Event, Merged};

/// How often the same may have been put forward and be looked at, the last times.
const PROPOSALS: usize = 8;

/// Where a change was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is what the branch that is checked out brings.
    Here,
    /// It was put forward: the commit.
    Proposed(String),
    /// It is what a branch of its name brings.
    Branch(String),
    /// It landed: the ULID of the entry that says so.
    Landed(String),
}

/// A change as it is.
pub struct Meant {
    /// Its canonical reference.
    pub change: String,
    /// Where it was found.
    pub found: Found,
    /// Before and after it.
    pub sides: Sides,
    /// What changes.
    pub set: ChangeSet,
    /// What that means.
    pub judged: Judged,
    /// The digest of what changes (`sha256:…`); nothing where a part cannot be compared.
    pub digest: Option<String>,
    /// The digest of what people say of it (`sha256:…`).
    pub request: String,
    /// What else is under way.
    pub open: Vec<OpenChange>,
}

/// What a change is called that has no name: nothing in the ledger can be about it.
pub const UNNAMED: &str = "change:default/";

/// The canonical reference of a change by what people type: `change:x`, `change:default/x`, `x`.
pub fn canonical(text: &str) -> String {
    let name = text.strip_prefix("change:").unwrap_or(text);
    let name = if name.contains('/') { name.to_owned() } else { format!("default/{name}") };
    format!("change:{}", name.to_lowercase())
}

impl Desk {
    /// Finds the change that is meant; the one that is checked out, if none is named. `base` is what
    /// it is compared with as long as it has not landed.
    ///
    /// # Errors
    ///
    /// There is no such change, or it cannot be compared.
    pub fn meant(
        &self,
        name: Option<&str>,
        base: Option<&str>,
        environment: &Environment<'_>,
    ) -> Result<Meant, ChangeError> {
        let Some(name) = name else {
            let meant = self.of_head("HEAD", base, Found::Here, environment)?;
            return meant.ok_or(ChangeError::Unnamed);
        };
        let change = canonical(name);
        if let Some((entry, merged)) = self.merged(&change) {
            return self.landed(&change, entry, merged);
        }
        if let Ok(Some(meant)) = self.of_head("HEAD", base, Found::Here, environment)
            && meant.change == change
        {
            return Ok(meant);
        }
        if let Some((_, proposed)) = self.proposed(&change) {
            let head = proposed.head.clone();
            if self.book.repository.commit_info(&head).is_err() {
                return Err(ChangeError::NotHere { change, commit: head });
            }
            let found = Found::Proposed(head.clone());
            if self.was_found(&change) {
                let base = Some(head.clone());
                let asked = Asked { base, head: Some(head), staged: false };
                let now = Some(self.book.now.timestamp());
                let wanted = Wanted { now, ..Wanted::default() };
                let meant = self.compared((&asked, wanted), None, found, environment)?;
                return Ok(Meant { change, ..meant });
            }
            let meant = self.of_head(&head, base, found, environment)?;
            // What it is called there is what its proposer said; the ledger has the word.
            return meant.map(|meant| Meant { change, ..meant }).ok_or(ChangeError::Unnamed);
        }
        let short = change.rsplit('/').next().unwrap_or(&change).to_owned();
        for branch in [short.clone(), format!("origin/{short}")] {
            if self.book.repository.commit_info(&branch).is_err() {
                continue;
            }
            let found = Found::Branch(branch.clone());
            match self.of_head(&branch, base, found, environment)? {
                Some(meant) if meant.change == change => return Ok(meant),
                _ => {}
            }
        }
        Err(ChangeError::Unknown(name.to_owned()))
    }

    /// The change that a commit brings; nothing if it has no name.
    fn of_head(
        &self,
        head: &str,
        base: Option<&str>,
        found: Found,
        environment: &Environment<'_>,
    ) -> Result<Option<Meant>, ChangeError> {
        let now = self.book.now;
        let base = match (base, &found) {
            (Some(base), _) => Some(base.to_owned()),
            // What is checked out may be a forge's merge; what is elsewhere goes to the base.
            (None, Found::Here) => None,
            (None, _) => Some(self.book.main.clone()),
        };
        let asked = Asked { base, head: Some(head.to_owned()), staged: false };
        let wanted = Wanted { now: Some(now.timestamp()), ..Wanted::default() };
        let meant = self.compared((&asked, wanted), None, found, environment)?;
        Ok(Some(meant).filter(|meant| meant.change != UNNAMED))
    }

    /// The change between a base and a head, whether it has a name or not. `told` are the branches
    /// beside it, by name and tip, where others than those that there are count.
    ///
    /// # Errors
    ///
    /// They cannot be compared.
    pub fn compared(
        &self,
        (asked, mut wanted): (&Asked, Wanted),
        told: Option<&[(String, String)]>,
        found: Found,
        environment: &Environment<'_>,
    ) -> Result<Meant, ChangeError> {
        let head = asked.head.as_deref().unwrap_or("HEAD");
        let commit = self.book.repository.commit_info(head).map(|commit| commit.id);
        let same = |one: &&Checked| match &one.entry.statement.event {
            Event::Proposed(proposed) => commit.as_ref().is_ok_and(|id| *id == proposed.head),
            _ => false,
        };
        wanted.contributors.extend(openers(self.entries().iter().filter(same)));
        let sides = Sides::open(&self.place, asked, &wanted, environment)?;
        let set = sides.set();
        let open = underway(&sides, self.book.now.timestamp(), told)?;
        Ok(self.judge(sides, set, (found, open), None))
    }

    /// A change as it landed.
    pub(in crate::flow) fn landed(
        &self,
        change: &str,
        entry: &Checked,
        merged: &Merged,
    ) -> Result<Meant, ChangeError> {
        for commit in [&merged.before, &merged.after] {
            if self.book.repository.commit_info(commit).is_err() {
                let (change, commit) = (change.to_owned(), commit.clone());
                return Err(ChangeError::NotHere { change, commit });
            }
        }
        let of_change = |one: &&Checked| one.entry.statement.subject == change;
        let contributors = openers(self.entries().iter().filter(of_change));
        let wanted = Wanted { now: Some(entry.time), contributors, ..Wanted::default() };
        let range = (merged.before.as_str(), merged.after.as_str());
        let mut sides = landed(&self.place, range, &wanted, &self.earlier(change, entry, merged))?;
        sides.facts.pull_request = merged.pull_request;
        let set = sides.set();
        let found = Found::Landed(entry.entry.id.clone());
        Ok(self.judge(sides, set, (found, Vec::new()), Some((change, merged))))
    }

    /// As what the same was put forward before it landed.
    fn earlier(&self, change: &str, entry: &Checked, merged: &Merged) -> Vec<Earlier> {
        let before = self.entries().iter().take_while(|one| one.entry.id != entry.entry.id);
        let mut all: Vec<Earlier> = before
            .filter(|one| one.counts() && one.entry.statement.subject == change)
            .filter_map(|one| match &one.entry.statement.event {
                Event::Proposed(proposed) if proposed.digest == merged.digest => {
                    let asked = proposed.requirements.iter().any(|id| id == "unattributed");
                    let by_pipeline = one.entry.statement.by.starts_with("pipeline:");
                    let (base, head) = (proposed.base.clone(), proposed.head.clone());
                    Some(Earlier { base, head, is_vouched: by_pipeline && !asked })
                }
                _ => None,
            })
            .collect();
        // Whoever puts the same forward a thousand times gets no answer that takes for ever.
        let many = all.len().saturating_sub(PROPOSALS);
        all.drain(..many);
        all
    }

    fn judge(
        &self,
        sides: Sides,
        set: ChangeSet,
        (found, open): (Found, Vec<OpenChange>),
        landed: Option<(&str, &Merged)>,
    ) -> Meant {
        let judged = judged(&sides, &set, sides.facts.clone(), self.book.now, &open);
        let named = judged.assessment.name.name.as_deref().map(canonical);
        let named = landed.map(|(change, _)| change.to_owned()).or(named);
        let change = named.unwrap_or_else(|| UNNAMED.to_owned());
        let digest = set.digest().map(|digest| format!("sha256:{digest}"));
        let computed = sides
            .merged
            .show(|merged| request_digest(own_request(&set, merged).as_ref(), &sides.facts));
        let recorded = landed.and_then(|(_, merged)| merged.request.clone());
        let request = recorded.unwrap_or(computed);
        Meant { change, found, sides, set, judged, digest, request, open }
    }
}
