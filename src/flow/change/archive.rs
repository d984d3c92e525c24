//! `change archive`: requests of changes that are over leave the files on disk; the records store
//! keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::ChangeError;
use super::desk::Desk;
use crate::catalog::short;
use crate::flow::ledger::LedgerError;
use crate::flow::sides::OwnedSide;
use crate::flow::workspace::configuration;
use crate::git::{Draft, Environment, Moment, Person, Repository};
use crate::output::remove;
use crate::tree::{Entry, EntryKind, Revision, Tree, Worktree};

/// A request that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Over {
    /// The change.
    pub change: String,
    /// Its file, from the repository's top on.
    pub path: String,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Why it stays where it is.
    pub stays: Option<String>,
}

/// The longest file that is archived, in bytes.
const LONGEST: u64 = 1 << 20;

impl Desk {
    /// The requests on the protected branch whose changes have been over for so many days.
    ///
    /// # Errors
    ///
    /// The branch cannot be read.
    pub fn over(&self, days: i64, environment: &Environment<'_>) -> Result<Vec<Over>, ChangeError> {
        let tree = Revision::open(&self.book.repository, &self.book.main, &[])?;
        let tree: Arc<dyn Tree> = Arc::new(tree);
        let folder = self.book.folder();
        let (config, _) = configuration(tree.as_ref(), folder, false);
        let side = OwnedSide::open(tree, config)?;
        let requests: Vec<(String, String, bool)> = side.show(|side| {
            let all = side.catalog.entities().filter(|(_, one)| one.kind.family == "change");
            let alone = |path: &str| {
                side.catalog.entities().filter(|(_, one)| one.file.path == path).count() == 1
            };
            all.map(|(_, one)| {
                let path = one.file.path.clone();
                (side.catalog.canonical(one).to_owned(), path.clone(), alone(&path))
            })
            .collect()
        });
        let mut over = Vec::new();
        for (change, path, is_alone) in requests {
            let Ok(meant) = self.meant(Some(&change), None, environment) else { continue };
            let told = self.stands(&meant).told;
            if !told.state.is_over() {
                continue;
            }
            let since = told.history.last().and_then(|last| last.at);
            let limit = self.book.now - TimeDelta::days(days);
            if since.is_none_or(|since| since > limit) {
                continue;
            }
            let stays = (!is_alone).then(|| "other documents stand in its file".to_owned());
            over.push(Over { change, path, since, stays });
        }
        Ok(over)
    }

    /// Keeps requests in the records store, and removes their files from disk.
    ///
    /// # Errors
    ///
    /// The store cannot be written, or a file not removed: then it is still there.
    pub fn archive(&self, over: &[Over]) -> Result<Vec<String>, ChangeError> {
        let repository = &self.book.repository;
        let top = repository.workdir().map(std::path::Path::to_owned);
        let Some(top) = top else {
            return Err(ChangeError::Refused("this repository has no files on disk".to_owned()));
        };
        let tree = Revision::open(repository, &self.book.main, &[])?;
        let mut files = BTreeMap::new();
        let mut gone = Vec::new();
        for one in over.iter().filter(|one| one.stays.is_none()) {
            let entry = Entry { path: one.path.clone(), kind: EntryKind::File, id: None };
            let Ok(content) = tree.read(&entry, LONGEST) else { continue };
            if content.bytes.len() as u64 != content.size {
                continue;
            }
            if !is_as_committed(repository, &one.path, &content.bytes) {
                continue;
            }
            let name = short(&one.change).replace(['/', ':'], "-");
            files.insert(format!("archive/{name}.yaml"), Some(content.bytes));
            gone.push(one);
        }
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let by = Person { name: "gitsm".to_owned(), email: "gitsm".to_owned() };
        let at = Moment { time: self.book.now.timestamp(), offset: 0 };
        let draft = Draft { by, at, message: "archive requests\n".to_owned(), files };
        crate::ledger::write(repository, &self.book.records, &draft).map_err(LedgerError::from)?;
        self.book.share(&self.book.records)?;
        let mut removed = Vec::new();
        for one in gone {
            let done = remove(&top, &one.path, &|| true);
            let done = done.map_err(|error| ChangeError::Refused(error.to_string()))?;
            if done {
                removed.push(one.path.clone());
            }
        }
        Ok(removed)
    }
}

/// Whether the file on disk is what the protected branch has: an edited one is not taken away.
fn is_as_committed(repository: &Repository, path: &str, content: &[u8]) -> bool {
    let Some(top) = repository.workdir() else { return false };
    let tree = Worktree::open(top, Some(repository), &[]);
    let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None };
    tree.read(&entry, LONGEST).is_ok_and(|disk| disk.bytes == content)
}
