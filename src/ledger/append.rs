//! Writing entries: each becomes a commit on top of this clone's branch. Two processes in one clone
//! cannot lose each other, and a process that is killed leaves all of its commit or nothing.

use std::collections::BTreeMap;

use ulid::Ulid;

use super::branch::{Branch, StoreError};
use super::entry::{self, LONGEST, Written, path, sha256};
use super::schema::misfit;
use super::settle::{only_addition, settle};
use super::statement::{Event, Statement};
use crate::git::{Draft, Moment, Person, Repository};

/// An entry that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its ULID.
    pub id: String,
    /// When it was made, in seconds since 1970.
    pub time: i64,
    /// What it says.
    pub statement: Statement,
    /// What is written.
    pub written: Written,
}

/// An entry that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its ULID.
    pub id: String,
    /// Its commit; another one once it is put on top of what others recorded.
    pub commit: String,
    /// The path of its file.
    pub path: String,
    /// SHA-256 of its file, in lower-case hexadecimal.
    pub hash: String,
}

/// A new id for an entry of an instant, in seconds since 1970.
pub fn new_id(time: i64) -> String {
    let millis = u64::try_from(time).unwrap_or_default().saturating_mul(1000);
    let random = Ulid::generate().random();
    Ulid::from_parts(millis, random).to_string()
}

/// Sixteen random bytes in hexadecimal: the salt of a digest.
pub fn salt() -> String {
    // Of each ULID eight of the ten random bytes are taken.
    let half = || Ulid::generate().random() as u64;
    format!("{:016x}{:016x}", half(), half())
}

/// The instant that a ULID holds, in seconds since 1970; nothing if it is none.
pub fn time_of(id: &str) -> Option<i64> {
    let ulid = Ulid::from_string(id).ok().filter(|ulid| ulid.to_string() == id)?;
    i64::try_from(ulid.timestamp_ms() / 1000).ok()
}

/// Writes entries, one after the other, on the branch of this clone.
///
/// # Errors
///
/// One does not fit its type, there is no ledger, or Git cannot write.
pub fn append(
    repository: &Repository,
    branch: &Branch,
    entries: &[Pending],
) -> Result<Vec<Placed>, StoreError> {
    for one in entries {
        if let Some(reason) = misfit(&one.written.statement) {
            return Err(StoreError::Misfit { reason });
        }
    }
    let _held = branch.hold(repository)?;
    grow(repository, branch, &mut |tip| {
        let mut last = last_hash(repository, tip, entries)?;
        let mut drafts = Vec::new();
        for one in entries {
            let content = one.written.file(last.as_deref());
            if content.len() as u64 > LONGEST {
                return Err(StoreError::Misfit { reason: "it is too long".to_owned() });
            }
            last = Some(sha256(&content));
            drafts.push(draft(one, content));
        }
        Ok(drafts)
    })
    .map(|commits| {
        let placed = |(commit, (draft, one)): (String, (Draft, &Pending))| Placed {
            id: one.id.clone(),
            commit,
            path: path(&one.id, &one.statement.at),
            hash: draft
                .files
                .into_values()
                .flatten()
                .next()
                .map(|it| sha256(&it))
                .unwrap_or_default(),
        };
        let (commits, drafts): (Vec<String>, Vec<Draft>) = commits.into_iter().unzip();
        commits.into_iter().zip(drafts.into_iter().zip(entries)).map(placed).collect()
    })
}

/// Writes records as one commit on the branch of this clone, and gives the commit.
///
/// # Errors
///
/// Git cannot write.
pub fn write(
    repository: &Repository,
    branch: &Branch,
    draft: &Draft,
) -> Result<String, StoreError> {
    let _held = branch.hold(repository)?;
    let made = grow(repository, branch, &mut |_| Ok(vec![draft.clone()]))?;
    Ok(made.into_iter().next().map(|(commit, _)| commit).unwrap_or_default())
}

/// Makes the commits that are to follow one, if there is one.
type Make<'m> = dyn FnMut(Option<&str>) -> Result<Vec<Draft>, StoreError> + 'm;

/// Adds commits to the branch of this clone. If somebody moves it meanwhile, they are made again.
fn grow(
    repository: &Repository,
    branch: &Branch,
    make: &mut Make<'_>,
) -> Result<Vec<(String, Draft)>, StoreError> {
    loop {
        let shared = branch.tips(repository)?.shared.filter(|_| branch.remote.is_some());
        let old = settle(repository, branch, shared.as_deref())?;
        let mut made: Vec<(String, Draft)> = Vec::new();
        for draft in make(old.as_deref())? {
            let parent = made.last().map(|(commit, _)| commit.as_str()).or(old.as_deref());
            made.push((repository.write_commit(parent, &draft)?, draft));
        }
        let Some((new, draft)) = made.last() else { return Ok(made) };
        let why = format!("gitsm: {}", draft.message.trim_end());
        if repository.swap(&branch.reference, new, old.as_deref(), &why)? {
            if branch.remote.is_none() {
                branch.saw(repository, new)?;
            }
            return Ok(made);
        }
    }
}

/// The hash of the newest entry. Only the first entry of all has none before it.
fn last_hash(
    repository: &Repository,
    tip: Option<&str>,
    entries: &[Pending],
) -> Result<Option<String>, StoreError> {
    let begins = matches!(
        entries,
        [Pending { statement: Statement { event: Event::Opened { .. }, .. }, .. }, ..]
    );
    let Some(tip) = tip else {
        return if begins { Ok(None) } else { Err(StoreError::NotBegun) };
    };
    if begins {
        return Err(StoreError::Begun { tip: tip.to_owned() });
    }
    let step = repository.step(tip)?;
    let blob = only_addition(&step.files).map(|(_, version)| version.blob);
    let bytes = blob.map(|blob| repository.short_blob(blob, LONGEST)).transpose()?.flatten();
    match bytes.filter(|bytes| entry::read(bytes).is_ok()) {
        Some(bytes) => Ok(Some(sha256(&bytes))),
        None => Err(StoreError::Misfit {
            reason: format!("the newest commit of the ledger, {tip}, adds no entry to follow"),
        }),
    }
}

fn draft(one: &Pending, content: Vec<u8>) -> Draft {
    let statement = &one.statement;
    Draft {
        by: Person { name: statement.by.clone(), email: statement.by.clone() },
        at: Moment { time: one.time, offset: 0 },
        message: format!("{} {}\n", statement.event.name(), statement.subject),
        files: BTreeMap::from([(path(&one.id, &statement.at), Some(content))]),
    }
}
