//! What was verified before, kept so that it need not be verified again.
//!
//! An entry is judged by itself, by the entries before it, and by commits of the protected branch
//! that are before its tip: all of these have names that follow from their content. So the verdicts
//! of a chain hold for every chain that contains it, as long as the protected branch goes on as well.
//! What depends on this clone or this machine is never kept.

use serde::{Deserialize, Serialize};

use super::entry::{self, sha256};
use super::verify::Verified;
use super::{Checked, Entry, Problem};
use crate::cache::Cache;
use crate::git::{GitError, Repository};
use crate::model::gitsm::change_policy::Grade;

/// How verdicts are made. Whoever changes that counts it up.
const VERSION: u32 = 3;

/// How many ledgers of a clone are kept.
const MOST: usize = 4;

/// The longest that is read back.
const LONGEST: usize = 1 << 30;

/// Verdicts of one clone.
#[derive(Debug, Clone)]
pub struct Kept {
    cache: Cache,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    protected: String,
    tip: String,
    entries: Vec<StoredEntry>,
}

#[derive(Serialize, Deserialize)]
struct StoredEntry {
    commit: String,
    path: String,
    file: String,
    time: i64,
    main: String,
    grade: Grade,
    key: Option<String>,
    problems: Vec<Problem>,
}

impl Kept {
    /// The verdicts of a ledger of a clone. `scope` is all else that they depend on.
    pub fn new(repository: &Repository, scope: &[&str]) -> Self {
        let all = format!("{VERSION}\n{}\n{scope:?}", env!("CARGO_PKG_VERSION"));
        let name = sha256(all.as_bytes()).chars().take(24).collect();
        Self { cache: Cache::of_repository(repository.common_dir(), "ledger", MOST), name }
    }

    /// What was verified before of the ledger of a tip, if it still holds.
    ///
    /// # Errors
    ///
    /// Git fails.
    pub fn of(
        &self,
        repository: &Repository,
        tip: &str,
        protected: &str,
    ) -> Result<Option<Verified>, GitError> {
        let Some(stored) = self.read() else { return Ok(None) };
        let holds = repository.contains(tip, &stored.tip)?
            && repository.contains(protected, &stored.protected)?;
        let entries = stored.entries.into_iter().map(StoredEntry::read);
        let entries: Option<Vec<Checked>> = entries.collect();
        let Some(entries) = entries.filter(|_| holds) else { return Ok(None) };
        Ok(Some(Verified { entries, faults: Vec::new(), tip: stored.tip }))
    }

    /// Keeps what was verified, as far as it holds everywhere.
    pub fn put(&self, verified: &Verified, protected: &str) {
        if !verified.faults.is_empty() {
            return;
        }
        let firm = |one: &&Checked| !one.problems.iter().any(Problem::is_local);
        let entries: Vec<StoredEntry> =
            verified.entries.iter().take_while(firm).map(StoredEntry::of).collect();
        let Some(last) = entries.last() else { return };
        let stored = Stored { protected: protected.to_owned(), tip: last.commit.clone(), entries };
        let Ok(bytes) = serde_json::to_vec(&stored) else { return };
        let mut all = (bytes.len() as u64).to_le_bytes().to_vec();
        all.extend(bytes);
        self.cache.put(&self.name, &all);
    }

    fn read(&self) -> Option<Stored> {
        let kept = self.cache.open(&self.name)?;
        let length: [u8; 8] = kept.read(0, 8).ok()?.try_into().ok()?;
        let length = usize::try_from(u64::from_le_bytes(length)).ok()?;
        let bytes = kept.read(8, length.min(LONGEST)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

impl StoredEntry {
    fn of(checked: &Checked) -> Self {
        let entry = &checked.entry;
        let file = entry.written.file(entry.prev.as_deref());
        Self {
            commit: entry.commit.clone(),
            path: entry.path.clone(),
            file: String::from_utf8_lossy(&file).into_owned(),
            time: checked.time,
            main: checked.main.clone(),
            grade: checked.grade,
            key: checked.key.clone(),
            problems: checked.problems.clone(),
        }
    }

    fn read(self) -> Option<Checked> {
        let (written, statement, prev) = entry::read(self.file.as_bytes()).ok()?;
        let id = self.path.rsplit('/').next()?.trim_end_matches(".json").to_owned();
        let hash = sha256(self.file.as_bytes());
        let Self { commit, path, time, main, grade, key, problems, .. } = self;
        let entry = Entry { id, commit, path, hash, prev, written, statement };
        Some(Checked { entry, time, main, grade, key, problems })
    }
}
