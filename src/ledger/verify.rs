//! Reading a ledger from its beginning, and judging each entry and the chain as a whole.
//!
//! What an entry may say depends on where it stands: keys and lists are those of the newest commit
//! of the protected branch that it or an entry before it names, and its instant is never earlier
//! than that of an entry before it. So whoever dates back gains nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::allowed::{allowed, commit, grade};
use super::branch::StoreError;
use super::entry::{self, EntryError, LONGEST, path};
use super::fault::{Fault, Standing};
use super::schema::misread;
use super::settle::PLAIN;
use super::types::named;
use super::{Authority, Checked, Entry, Event, Problem, time_of};
use crate::git::{GitError, Mainline, Repository, Step};

/// Why nobody can be told from a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsigned {
    /// It proves nothing.
    Bad(String),
    /// It cannot be checked here.
    Unknown(String),
}

/// Finds the fingerprint of the key that signed an entry; nothing if nobody did.
pub type Signed<'s> = dyn Fn(&Entry) -> Result<Option<String>, Unsigned> + Sync + 's;

/// Whether a key counts for a writer at an instant, by what the protected branch lists.
pub type Counts<'s> = dyn Fn(&Authority, &str, &str, i64) -> Result<(), Problem> + 's;

/// What the protected branch says at a commit.
pub type Authorities<'s> = dyn FnMut(&str) -> Result<Arc<Authority>, GitError> + 's;

/// What is to be verified, and by what.
pub struct Question<'q> {
    /// The repository that holds the ledger.
    pub repository: &'q Repository,
    /// The newest commit of the ledger.
    pub tip: &'q str,
    /// The newest commit of the protected branch.
    pub protected: &'q str,
    /// The digest of the first entry that the base pins (`sha256:…`).
    pub pinned: Option<&'q str>,
    /// Who signed.
    pub signed: &'q Signed<'q>,
    /// Whether a key counts.
    pub counts: &'q Counts<'q>,
    /// Who may write.
    pub authority: &'q mut Authorities<'q>,
}

/// A ledger that was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verified {
    /// Its entries, in the order of its commits; also those that do not count.
    pub entries: Vec<Checked>,
    /// What is wrong with the chain.
    pub faults: Vec<Fault>,
    /// Its newest commit.
    pub tip: String,
}

impl Verified {
    /// How the chain stands.
    pub fn standing(&self) -> Standing {
        self.faults.iter().map(Fault::standing).max().unwrap_or(Standing::Unbroken)
    }

    /// The digest of the first entry, as a base pins it.
    pub fn genesis(&self) -> Option<String> {
        self.entries.first().map(|first| format!("sha256:{}", first.entry.hash))
    }

    /// The entries that count, in order.
    pub fn counting(&self) -> impl Iterator<Item = &Checked> {
        self.entries.iter().filter(|one| one.counts())
    }

    /// Whether nothing is wrong, neither with the chain nor with an entry.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty() && self.entries.iter().all(Checked::counts)
    }
}

/// What one commit adds.
type Link = (Step, Result<Entry, Fault>);

/// Reads and judges a ledger, or what of it is newer than what is `known` already.
///
/// # Errors
///
/// This clone does not hold all of it, or of the protected branch, or Git fails.
pub fn verify(
    question: &mut Question<'_>,
    known: Option<Verified>,
) -> Result<Verified, StoreError> {
    let repository = question.repository;
    let start = known.as_ref().map(|known| known.tip.clone());
    let line = repository.line(question.tip, start.as_deref())?;
    if let Some(commit) = line.cut {
        return Err(StoreError::Shallow { name: "ledger", commit });
    }
    let known = known.filter(|_| line.reached).unwrap_or_default();
    let mut links = Vec::with_capacity(line.commits.len());
    for (number, commit) in line.commits.iter().enumerate() {
        let is_first = number == 0 && known.entries.is_empty();
        links.push(read(repository, commit, is_first)?);
    }
    let signers: Vec<Result<Option<String>, Unsigned>> = links
        .par_iter()
        .map(|(_, entry)| entry.as_ref().map_or(Ok(None), |entry| (question.signed)(entry)))
        .collect();
    let mut fold = Fold::after(question, known, &links)?;
    for ((step, entry), signer) in links.into_iter().zip(signers) {
        match entry {
            Ok(entry) => fold.add(&step, entry, signer)?,
            Err(fault) => fold.verified.faults.push(fault),
        }
        fold.commits.insert(step.id);
    }
    let Fold { mut verified, .. } = fold;
    verified.tip = question.tip.to_owned();
    Ok(verified)
}

/// The ULID in the name of a file.
fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path).trim_end_matches(".json")
}

/// Reads what a commit adds. Only one file of its own may come, and nothing may go.
fn read(repository: &Repository, commit: &str, is_first: bool) -> Result<Link, StoreError> {
    let step = repository.step(commit)?;
    let fault = |entry: Option<&str>, name: &str, message: String| {
        let entry = entry.filter(|id| time_of(id).is_some());
        Err(Fault::new(commit, entry, name, message))
    };
    if step.parents != usize::from(!is_first) {
        let message = format!("the commit has {} parents", step.parents);
        return Ok((step, fault(None, "merge", message)));
    }
    if let Some((name, path)) = disturbed(&step) {
        let message = match name {
            "altered" => format!("the file {path} of an older entry was altered"),
            "removed" => format!("the file {path} of an older entry was removed"),
            "renamed" => format!("the file {path} of an older entry was renamed"),
            "extra-file" => format!("it adds {path} beside an entry"),
            "odd-mode" => format!("{path} is no plain file"),
            _ => "it adds no entry".to_owned(),
        };
        let id = Some(id_of(&path).to_owned()).filter(|id| !id.is_empty());
        return Ok((step, fault(id.as_deref(), name, message)));
    }
    let Some((path, blob)) =
        step.files.first().and_then(|file| Some((&file.path, file.after?.blob)))
    else {
        return Ok((step, fault(None, "not-an-entry", "it adds no entry".to_owned())));
    };
    let id = id_of(path).to_owned();
    let Some(bytes) = repository.short_blob(blob, LONGEST)? else {
        let message = format!("{path} is longer than an entry can be");
        return Ok((step, fault(Some(&id), "too-long", message)));
    };
    let (written, statement, prev) = match entry::read(&bytes) {
        Ok(read) => read,
        Err(error) => {
            let name = match error {
                EntryError::Unknown(_) => "unknown-format",
                _ => "not-an-entry",
            };
            let message = format!("{path} is no entry: {error}");
            return Ok((step, fault(Some(&id), name, message)));
        }
    };
    let entry = Entry {
        id,
        commit: commit.to_owned(),
        path: path.clone(),
        hash: entry::sha256(&bytes),
        prev,
        written,
        statement,
    };
    Ok((step, Ok(entry)))
}

/// What a commit does beside adding one plain file, and the path with which it does so.
fn disturbed(step: &Step) -> Option<(&'static str, String)> {
    let gone = step.files.iter().find(|file| file.after.is_none());
    if let Some(gone) = gone {
        let same = |new: &&crate::git::ChangedPath| {
            new.before.is_none() && new.after.map(|it| it.blob) == gone.before.map(|it| it.blob)
        };
        let is_renamed = step.files.iter().any(|new| same(&new));
        return Some((if is_renamed { "renamed" } else { "removed" }, gone.path.clone()));
    }
    if let Some(file) = step.files.iter().find(|file| file.before.is_some()) {
        return Some(("altered", file.path.clone()));
    }
    let odd = step.files.iter().find(|file| file.after.is_some_and(|it| it.bits != PLAIN));
    match (odd, step.files.as_slice()) {
        (Some(odd), _) => Some(("odd-mode", odd.path.clone())),
        (None, []) => Some(("not-an-entry", String::new())),
        (None, [_]) => None,
        (None, [.., last]) => Some(("extra-file", last.path.clone())),
    }
}

/// What is known of a chain up to a place in it.
struct Fold<'f, 'q> {
    question: &'f mut Question<'q>,
    mainline: Mainline<'q>,
    verified: Verified,
    /// The commits of the ledger so far.
    commits: BTreeSet<String>,
    /// The ids of the entries so far, with their commits.
    ids: BTreeMap<String, String>,
    /// The hashes of all entries, also of those that come later.
    hashes: BTreeSet<String>,
    prev: Option<String>,
    time: i64,
    /// When the newest of those that count says to be of: older ones are named.
    newest: i64,
    /// The newest commit of the protected branch that was named.
    main: Option<String>,
}

/// Whether later entries cannot be older than an entry. Whoever can push could date an entry far
/// ahead, and so end keys before their time: only what is signed, and counts, says how late it is.
fn moves_time(one: &Checked) -> bool {
    one.key.is_some() && one.counts()
}

impl<'f, 'q> Fold<'f, 'q> {
    fn after(
        question: &'f mut Question<'q>,
        known: Verified,
        links: &[Link],
    ) -> Result<Self, GitError> {
        let old = known.entries.iter().map(|one| &one.entry);
        let new = links.iter().filter_map(|(_, entry)| entry.as_ref().ok());
        let hashes = old.clone().chain(new).map(|entry| entry.hash.clone()).collect();
        let last = known.entries.last();
        Ok(Self {
            mainline: Mainline::of(question.repository, question.protected)?,
            commits: old.clone().map(|entry| entry.commit.clone()).collect(),
            ids: old.map(|entry| (entry.id.clone(), entry.commit.clone())).collect(),
            hashes,
            prev: last.map(|one| one.entry.hash.clone()),
            time: known
                .entries
                .iter()
                .rfind(|one| moves_time(one))
                .map_or(i64::MIN, |one| one.time),
            newest: known
                .entries
                .iter()
                .filter(|one| one.counts())
                .filter_map(|one| seconds(&one.entry.statement.at))
                .max()
                .unwrap_or(i64::MIN),
            main: last.map(|one| one.main.clone()),
            verified: known,
            question,
        })
    }

    fn add(
        &mut self,
        step: &Step,
        entry: Entry,
        signer: Result<Option<String>, Unsigned>,
    ) -> Result<(), StoreError> {
        self.chained(&entry);
        let mut problems = Vec::new();
        let own = seconds(&entry.statement.at);
        self.placed(&entry, own, &mut problems);
        commit(step, &entry, own, &mut problems);
        self.based(&entry, &mut problems)?;
        let before = self.time;
        let time = before.max(own.unwrap_or(before));
        let newest = self.newest;
        if own.is_some_and(|own| newest.saturating_sub(own) > LATE) {
            let seconds = newest.saturating_sub(own.unwrap_or(newest));
            problems.push(Problem::BackDated { seconds });
        }
        let main = self.main.clone().unwrap_or_else(|| self.question.protected.to_owned());
        let authority = (self.question.authority)(&main)?;
        let key = self.signed(&entry, signer, &authority, &mut problems);
        let is_pinned = self.is_pinned(&entry);
        if is_pinned {
            // The base itself vouches for the first entry, by its digest.
            problems.retain(|one| !matches!(one, Problem::Unsigned));
        } else {
            problems.extend(allowed(&entry, &authority));
        }
        if let Some(reason) = misread(&entry.written.statement) {
            problems.push(Problem::Malformed { reason });
        }
        self.prev = Some(entry.hash.clone());
        self.ids.entry(entry.id.clone()).or_insert_with(|| entry.commit.clone());
        let grade = grade(&entry, key.as_deref());
        let checked = Checked { entry, time, main, grade, key, problems };
        if moves_time(&checked) {
            self.time = time;
        }
        if checked.counts() {
            self.newest = newest.max(own.unwrap_or(newest));
        }
        self.verified.entries.push(checked);
        Ok(())
    }

    fn is_pinned(&self, entry: &Entry) -> bool {
        self.question.pinned.and_then(|pin| pin.strip_prefix("sha256:")) == Some(&entry.hash)
    }

    /// Whether an entry follows the one before it.
    fn chained(&mut self, entry: &Entry) {
        let mut fault = |name: &str, message: String| {
            self.verified.faults.push(Fault::new(&entry.commit, Some(&entry.id), name, message));
        };
        let is_opening = matches!(entry.statement.event, Event::Opened { .. });
        let is_first = self.verified.entries.is_empty();
        if is_first && !is_opening {
            fault("no-beginning", "the first entry does not say that a ledger begins".to_owned());
        }
        if entry.prev != self.prev {
            let is_known = entry.prev.as_ref().is_some_and(|prev| self.hashes.contains(prev));
            match (is_known, &entry.prev) {
                (true, _) => fault(
                    "reordered",
                    "it was written after another entry than the one before it".to_owned(),
                ),
                (false, None) => {
                    fault("missing", "it says to be the first, and is not".to_owned());
                }
                (false, Some(_)) => fault(
                    "missing",
                    "the entry after which it was written is missing, or was altered".to_owned(),
                ),
            }
        }
        if let Some(pin) = self.question.pinned.filter(|_| is_first) {
            let found = format!("sha256:{}", entry.hash);
            if pin != found {
                let message = format!("the ledger begins with {found}, and the base pins {pin}");
                self.verified.faults.push(Fault::new(
                    &entry.commit,
                    Some(&entry.id),
                    "genesis",
                    message,
                ));
            }
        }
    }

    fn placed(&self, entry: &Entry, own: Option<i64>, problems: &mut Vec<Problem>) {
        if let Some(first) = self.ids.get(&entry.id) {
            problems.push(Problem::Double { first: first.clone() });
        }
        let is_in_time = own.is_some() && time_of(&entry.id) == own;
        let wanted = path(&entry.id, &entry.statement.at);
        if wanted != entry.path {
            problems.push(Problem::Misplaced { path: wanted });
        } else if !is_in_time {
            let reason = "its id is of another second than it says to be".to_owned();
            problems.push(Problem::Malformed { reason });
        }
        let seen = entry.statement.ledger.as_ref();
        if let Some(commit) = seen.filter(|commit| !self.commits.contains(*commit)) {
            problems.push(Problem::UnseenLedger { commit: commit.clone() });
        }
        if !self.verified.entries.is_empty()
            && matches!(entry.statement.event, Event::Opened { .. })
        {
            let reason = "the ledger began before it".to_owned();
            problems.push(Problem::NotAllowed { reason });
        }
    }

    /// Moves to the commit of the protected branch that an entry names, if that is newer.
    fn based(&mut self, entry: &Entry, problems: &mut Vec<Problem>) -> Result<(), StoreError> {
        let named = &entry.statement.main;
        if self.main.as_ref() == Some(named) {
            return Ok(());
        }
        if !self.mainline.holds(named)? {
            // In a shallow clone nobody can say what is on the branch further down.
            let repository = self.question.repository;
            if repository.is_shallow() {
                let revision = named.clone();
                let reason = "this clone is shallow".to_owned();
                return Err(GitError::Revision { revision, reason }.into());
            }
            problems.push(Problem::UnknownMain { commit: named.clone() });
            return Ok(());
        }
        let is_newer = match &self.main {
            Some(main) => self.mainline.is_newer(named, main)?,
            None => true,
        };
        if is_newer {
            self.main = Some(named.clone());
        }
        Ok(())
    }

    /// The key that signed, if it counts.
    fn signed(
        &self,
        entry: &Entry,
        signer: Result<Option<String>, Unsigned>,
        authority: &Authority,
        problems: &mut Vec<Problem>,
    ) -> Option<String> {
        match signer {
            Err(Unsigned::Bad(reason)) => problems.push(Problem::BadSignature { reason }),
            Err(Unsigned::Unknown(reason)) => problems.push(Problem::Unchecked { reason }),
            Ok(None) => {
                let claimable = named(entry.statement.event.name()).is_some_and(|it| it.claimable);
                if !claimable {
                    problems.push(Problem::Unsigned);
                }
            }
            Ok(Some(key)) => {
                let by = &entry.statement.by;
                let at = self.time.max(seconds(&entry.statement.at).unwrap_or(self.time));
                problems.extend((self.question.counts)(authority, by, &key, at).err());
                return Some(key);
            }
        }
        None
    }
}

/// How much older than an entry before it an entry may be, in seconds: clocks differ.
const LATE: i64 = 15 * 60;

/// The instant of an entry, in seconds since 1970.
fn seconds(at: &str) -> Option<i64> {
    let instant = chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M:%SZ").ok()?;
    Some(instant.and_utc().timestamp())
}
