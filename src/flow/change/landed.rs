//! `change merged`: a pipeline on the protected branch records what landed there.

use super::ChangeError;
use super::act::Done;
use super::desk::Desk;
use super::meant::canonical;
use super::writer::Writer;
use crate::change::request::name;
use crate::change::request::own_request;
use crate::change::request_digest::request_digest;
use crate::flow::landing::landed;
use crate::flow::sides::Wanted;
use crate::flow::workspace::configuration;
use crate::git::CommitInfo;
use crate::ledger::{Event, Merged, Proposed};
use crate::tree::Revision;

/// What landed, and what of it has no name.
#[derive(Debug, Default)]
pub struct Recorded {
    /// What was written down, oldest first.
    pub done: Vec<Done>,
    /// Landings that nobody named: their commits, with the first line of the message.
    pub unnamed: Vec<(String, String)>,
}

/// A range of the branch itself.
struct Range {
    before: String,
    commits: Vec<CommitInfo>,
}

impl Range {
    fn after(&self) -> Option<&CommitInfo> {
        self.commits.last()
    }
}

impl Desk {
    /// Records every landing on the protected branch that no entry names yet, from where the ledger
    /// begins or, with `since`, behind that commit.
    ///
    /// # Errors
    ///
    /// The writer may not, or history cannot be read.
    pub fn record_landings(
        &self,
        writer: &Writer,
        since: Option<&str>,
    ) -> Result<Recorded, ChangeError> {
        self.record_all(writer, self.unrecorded(since)?, None)
    }

    /// Records one landing of which the range is known: all commits of a push are one. `told` is what
    /// the pusher calls it, where nothing else says its name.
    ///
    /// # Errors
    ///
    /// The writer may not, or history cannot be read.
    pub fn record_landing(
        &self,
        writer: &Writer,
        (before, after): (&str, &str),
        told: Option<&str>,
    ) -> Result<Recorded, ChangeError> {
        let commits = vec![self.book.repository.commit_info(after)?];
        let range = Range { before: before.to_owned(), commits };
        self.record_all(writer, vec![range], told)
    }

    fn record_all(
        &self,
        writer: &Writer,
        ranges: Vec<Range>,
        told: Option<&str>,
    ) -> Result<Recorded, ChangeError> {
        let mut recorded = Recorded::default();
        for range in ranges {
            let Some(after) = range.after() else { continue };
            match self.event(&range, told)? {
                Some((change, merged)) => {
                    let events = vec![(change.clone(), Event::Merged(merged))];
                    let appended = self.record(writer, events)?;
                    recorded.done.push(Done {
                        subject: change,
                        entries: appended
                            .entries
                            .iter()
                            .map(|one| (one.id.clone(), "merged"))
                            .collect(),
                        pending: appended.pending.map(|error| error.to_string()),
                        by: writer.by.clone(),
                        unsigned_because: None,
                    });
                }
                None => recorded.unnamed.push((after.id.clone(), after.subject.clone())),
            }
        }
        Ok(recorded)
    }

    /// The landings that no entry names, oldest first; commits in a row that name one and the same
    /// change are one.
    fn unrecorded(&self, since: Option<&str>) -> Result<Vec<Range>, ChangeError> {
        let repository = &self.book.repository;
        let since = since.map(|since| repository.commit_info(since)).transpose()?;
        let begins = self.entries().first().map(|first| first.entry.statement.main.clone());
        let until = since.map(|commit| commit.id).or(begins);
        let covered: std::collections::HashSet<&str> = self
            .entries()
            .iter()
            .filter(|one| one.counts())
            .filter_map(|one| match &one.entry.statement.event {
                Event::Merged(merged) => Some(merged.after.as_str()),
                _ => None,
            })
            .collect();
        let mut ranges: Vec<Range> = Vec::new();
        let mut walk = repository.first_parents(&self.book.main, None)?;
        for landing in &mut walk {
            let landing = landing?;
            let id = landing.commit.id.as_str();
            if Some(id) == until.as_deref() || covered.contains(id) {
                break;
            }
            let Some(before) = landing.before else { break };
            // What came before the branch named its ledger, and the landing that names it, nobody was
            // asked about.
            if !self.pins(&before)? {
                break;
            }
            match ranges.last_mut() {
                Some(last) if is_one(last, &landing.commit) => {
                    last.before = before;
                    last.commits.insert(0, landing.commit);
                }
                _ => ranges.push(Range { before, commits: vec![landing.commit] }),
            }
        }
        ranges.reverse();
        Ok(ranges)
    }

    /// Whether the branch named a ledger at one of its commits. Where it names none now, whatever it
    /// named is no matter.
    pub(in crate::flow) fn pins(&self, commit: &str) -> Result<bool, ChangeError> {
        if self.book.pinned().is_none() {
            return Ok(true);
        }
        let tree = Revision::unlisted(&self.book.repository, commit)?;
        let (config, _) = configuration(&tree, self.book.folder(), false);
        Ok(config.settings.ledger.is_some_and(|ledger| ledger.genesis.is_some()))
    }

    /// What is to be recorded of a landing; nothing if it has no name.
    fn event(
        &self,
        range: &Range,
        told: Option<&str>,
    ) -> Result<Option<(String, Merged)>, ChangeError> {
        let Some(after) = range.after() else { return Ok(None) };
        let wanted = Wanted { now: Some(self.book.now.timestamp()), ..Wanted::default() };
        let sides = landed(&self.place, (&range.before, &after.id), &wanted, &[])?;
        let set = sides.set();
        let Some(digest) = set.digest() else { return Ok(None) };
        let digest = format!("sha256:{digest}");
        let known = self.put_forward(&digest);
        let given = name(&set, &sides.facts).name.map(|name| canonical(&name));
        let known_as = known.as_ref().map(|(change, _)| change.clone());
        let Some(change) = given.or(known_as).or_else(|| told.map(canonical)) else {
            return Ok(None);
        };
        let same = known.filter(|(known, _)| *known == change).map(|(_, proposed)| proposed);
        let computed = sides
            .merged
            .show(|merged| request_digest(own_request(&set, merged).as_ref(), &sides.facts));
        let merged = Merged {
            base_branch: self.book.base_branch.clone(),
            before: range.before.clone(),
            after: after.id.clone(),
            digest,
            // A squash says things otherwise than the pull request did: what was put forward counts.
            request: Some(same.map_or(computed, |proposed| proposed.request.clone())),
            pull_request: same.and_then(|proposed| proposed.pull_request),
        };
        Ok(Some((change, merged)))
    }

    /// The change that was put forward last with this digest and has not landed.
    fn put_forward(&self, digest: &str) -> Option<(String, &Proposed)> {
        self.entries().iter().rev().filter(|one| one.counts()).find_map(|one| {
            let subject = &one.entry.statement.subject;
            match &one.entry.statement.event {
                Event::Proposed(proposed) if proposed.digest == digest => {
                    self.merged(subject).is_none().then(|| (subject.clone(), proposed))
                }
                _ => None,
            }
        })
    }
}

/// Whether a commit and the range after it are one landing: both name one and the same change.
fn is_one(after: &Range, commit: &CommitInfo) -> bool {
    let named = |commit: &CommitInfo| -> Option<String> {
        let mut names: Vec<&str> = commit.trailers("Gitsm-Change").collect();
        names.dedup();
        match names.as_slice() {
            [one] => Some((*one).to_owned()),
            _ => None,
        }
    };
    let next = after.commits.first();
    named(commit).is_some() && next.is_some_and(|next| named(next) == named(commit))
}
