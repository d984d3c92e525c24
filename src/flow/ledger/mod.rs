//! `ledger`: what was recorded, read and written from where a user stands.
//!
//! [`Book`] is an opened ledger. Everybody who records something calls [`append`], everybody who
//! asks what counts calls [`folded`].

mod base;
mod begin;
mod read;
mod seal;
mod show;
mod watch;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};

use super::clock;
use super::sides::{OwnedSide, folder_in};
use super::workspace::{Place, configuration, mistake};
use crate::config::Config;
use crate::git::{Draft, Git, GitError, Moment, Person, ProtectedError, Repository};
use crate::ledger::entry::{LONGEST, sha256};
use crate::ledger::{
    Authority, Branch, Event, Kept, PATIENCE, Pending, Placed, Statement, StoreError, Synced,
    Written, new_id, share, verify,
};
use crate::signature::find_program;
use crate::tree::Revision;
use base::Bases;

pub use begin::{Begin, Begun, begin};
pub use read::{Log, log};
pub use show::{Shown, show};
pub use verify::Verified;
pub use watch::{read_witness, verified, witness};

/// What is around a use of the ledger.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// `PATH`, in which the user's `git` is found.
    pub path: Option<String>,
    /// Whether somebody sits at a terminal.
    pub terminal: bool,
    /// The instant; now without it.
    pub now: Option<DateTime<Utc>>,
}

/// Signs the bytes of a statement; gives the signature in its armour.
pub type Sign<'s> = dyn Fn(&[u8]) -> Result<String, String> + 's;

/// Why the ledger cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The branch that holds it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no branch that changes go to, or it is not known which it is.
    #[error(transparent)]
    NoBase(#[from] ProtectedError),
    /// The settings of the protected branch have a mistake: a misspelt pin would be none.
    #[error("the settings of the protected branch cannot be used: {0}")]
    Settings(String),
    /// It could not be signed.
    #[error("it was not signed, and nothing was recorded: {0}")]
    NotSigned(String),
    /// Who writes may not.
    #[error("{0}")]
    NotAllowed(String),
    /// Something is wrong with the chain.
    #[error("the ledger is {0}: `gitsm ledger verify` says where")]
    Broken(&'static str),
    /// There is no such entry, or several.
    #[error("{0}")]
    NoEntry(String),
    /// A file that cannot be used.
    #[error("{0}")]
    File(String),
}

impl From<GitError> for LedgerError {
    fn from(error: GitError) -> Self {
        Self::Store(error.into())
    }
}

impl LedgerError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Store(StoreError::Begun { .. } | StoreError::Misfit { .. }) => true,
            Self::Store(StoreError::Git(error)) => matches!(error, GitError::NotARepository { .. }),
            Self::NoEntry(_) | Self::NotAllowed(_) | Self::File(_) => true,
            _ => false,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint(),
            Self::NoBase(error) => Some(error.hint().to_owned()),
            Self::NoEntry(_) => Some("`gitsm ledger log` lists the entries".into()),
            Self::Settings(_) => Some("put it right on that branch first".to_owned()),
            Self::NotSigned(_) | Self::NotAllowed(_) | Self::Broken(_) | Self::File(_) => None,
        }
    }
}

/// An opened ledger.
pub struct Book {
    /// The repository in which the user stands.
    pub repository: Repository,
    /// The branch that holds the ledger.
    pub branch: Branch,
    /// The branch that holds the texts that belong to it.
    pub records: Branch,
    /// What the protected branch's `gitsm.yaml` says. Nobody else's counts.
    pub config: Config,
    /// The full name of the protected branch.
    pub base_branch: String,
    /// Its newest commit that this clone has.
    pub main: String,
    /// The instant at which it is asked.
    pub now: DateTime<Utc>,
    /// The commit up to which the ledger is read; all that this clone has without it.
    pub tip: Option<String>,
    folder: String,
    git: Option<Git>,
    mistake: Option<String>,
}

impl Book {
    /// Opens the ledger of the repository in which a user stands. It need not have begun.
    ///
    /// # Errors
    ///
    /// There is no repository, or no branch that changes go to, or its settings have a mistake.
    pub fn open(place: &Place, around: &Around) -> Result<Self, LedgerError> {
        Self::open_anyway(place, around)?.sound()
    }

    /// The same whatever the settings say, for whoever tells what is wrong with them.
    ///
    /// # Errors
    ///
    /// There is no repository, or no branch that changes go to.
    pub fn open_anyway(place: &Place, around: &Around) -> Result<Self, LedgerError> {
        let repository = Repository::discover(&place.current)?;
        let folder = folder_in(&repository, &place.current);
        let (reference, main) = repository.protected()?;
        Self::with(repository, &folder, around, (branch_at_home(&reference), main))
    }

    /// The same, of a repository that is open; `folder` is where the user stands, from its top.
    ///
    /// # Errors
    ///
    /// As [`Book::open`].
    pub fn of(repository: Repository, folder: &str, around: &Around) -> Result<Self, LedgerError> {
        let (reference, main) = repository.protected()?;
        Self::on(repository, folder, around, (branch_at_home(&reference), main))
    }

    /// The same, where the protected branch is told: its full name, and the commit that counts.
    ///
    /// # Errors
    ///
    /// There is no such commit, or its settings have a mistake.
    pub fn on(
        repository: Repository,
        folder: &str,
        around: &Around,
        base: (String, String),
    ) -> Result<Self, LedgerError> {
        Self::with(repository, folder, around, base)?.sound()
    }

    fn with(
        repository: Repository,
        folder: &str,
        around: &Around,
        (base_branch, main): (String, String),
    ) -> Result<Self, LedgerError> {
        let tree = Revision::unlisted(&repository, &main)?;
        let (config, settings) = configuration(&tree, folder, false);
        let path = around.path.as_ref().map(std::ffi::OsStr::new);
        let program = path.and_then(|path| find_program("git", path));
        let git = program.map(|program| Git { program, terminal: around.terminal });
        let branch = Branch::ledger(&repository, config.settings.ledger.as_ref());
        let records = Branch::records(&repository, config.settings.records.as_ref());
        let now = around.now.unwrap_or_else(|| clock::instant(None));
        let (folder, tip, mistake) = (folder.to_owned(), None, mistake(&settings));
        Ok(Self {
            repository,
            branch,
            records,
            config,
            base_branch,
            main,
            now,
            tip,
            folder,
            git,
            mistake,
        })
    }

    /// Itself, if its settings say what they were meant to say.
    fn sound(self) -> Result<Self, LedgerError> {
        match self.mistake {
            Some(why) => Err(LedgerError::Settings(why)),
            None => Ok(self),
        }
    }

    /// The digest of the first entry that the protected branch pins.
    pub fn pinned(&self) -> Option<&str> {
        self.config.settings.ledger.as_ref()?.genesis.as_deref()
    }

    /// The name of this repository in approvals: `id`, `#`, and the digest of the first entry.
    pub fn repository_name(&self) -> Option<String> {
        let id = self.config.settings.id.as_deref()?;
        Some(format!("{id}#{}", self.pinned()?))
    }

    /// What the protected branch says at one of its commits.
    ///
    /// # Errors
    ///
    /// Git cannot deliver it.
    pub fn authority(&self, commit: &str) -> Result<Arc<Authority>, LedgerError> {
        Ok(Bases::new(&self.repository, &self.folder).at(commit)?)
    }

    /// The same but for people and their keys: all that matters while nobody has said anything.
    ///
    /// # Errors
    ///
    /// Git cannot deliver it.
    pub fn rules(&self, commit: &str) -> Result<Arc<Authority>, LedgerError> {
        Ok(Arc::new(Bases::new(&self.repository, &self.folder).rules(commit)?))
    }

    /// The people and the change policies of the protected branch, as it is now.
    ///
    /// # Errors
    ///
    /// Git cannot deliver them.
    pub fn people(&self) -> Result<OwnedSide, LedgerError> {
        let (tree, config) = Bases::new(&self.repository, &self.folder).tree(&self.main)?;
        Ok(OwnedSide::open(tree, config)?)
    }

    /// The folder in which the nearest `gitsm.yaml` upwards counts, from the repository's top on.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The user's `git`.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn git(&self) -> Result<&Git, LedgerError> {
        let missing = || StoreError::Remote(crate::git::RemoteError::NoGit).into();
        self.git.as_ref().ok_or_else(missing)
    }

    /// Fetches what others recorded, and pushes what this clone did.
    ///
    /// # Errors
    ///
    /// The remote cannot be asked or refuses, or what others recorded does not fit.
    pub fn sync(&self, branch: &Branch) -> Result<Synced, LedgerError> {
        if branch.remote.is_none() {
            return Ok(Synced { tip: branch.tip(&self.repository)?, ..Synced::default() });
        }
        Ok(crate::ledger::sync(&self.repository, branch, self.git()?, PATIENCE)?)
    }

    /// Pushes what this clone recorded; what stands in the way for now is given, not lost.
    ///
    /// # Errors
    ///
    /// It can never be pushed as it is.
    pub fn share(&self, branch: &Branch) -> Result<Option<LedgerError>, LedgerError> {
        if branch.remote.is_none() {
            return Ok(None);
        }
        let git = match self.git() {
            Ok(git) => git,
            Err(error) => return Ok(Some(error)),
        };
        match share(&self.repository, branch, git, PATIENCE) {
            Ok(_) => Ok(None),
            Err(error @ (StoreError::Remote(_) | StoreError::Busy { .. })) => {
                Ok(Some(error.into()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The statement of an event, as of now and here.
    ///
    /// # Errors
    ///
    /// The ledger's branch cannot be read.
    pub fn statement(
        &self,
        by: &str,
        subject: &str,
        event: Event,
    ) -> Result<Statement, LedgerError> {
        let seen = self.branch.tips(&self.repository)?.shared;
        Ok(Statement {
            format: crate::ledger::FORMAT.to_owned(),
            subject: subject.to_owned(),
            at: self.now.to_rfc3339_opts(SecondsFormat::Secs, true),
            main: self.main.clone(),
            ledger: seen,
            by: by.to_owned(),
            event,
        })
    }
}

/// The full name that a branch has where it is at home: `refs/remotes/origin/main` is a copy of
/// `refs/heads/main`.
pub fn branch_at_home(reference: &str) -> String {
    let copied = reference.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/'));
    copied.map_or_else(|| reference.to_owned(), |(_, name)| format!("refs/heads/{name}"))
}

/// What was recorded.
#[derive(Debug)]
pub struct Appended {
    /// The entries, in order.
    pub entries: Vec<Placed>,
    /// Why others do not have them yet: they are kept in this clone, and `ledger sync` sends them.
    pub pending: Option<LedgerError>,
}

/// Records events, one after the other, and shares them. Somebody's word alone is recorded where
/// `sign` is not given.
///
/// # Errors
///
/// One of them was not signed, does not fit its type, or the ledger has not begun: then nothing is
/// recorded.
pub fn append(
    book: &Book,
    by: &str,
    events: Vec<(String, Event)>,
    sign: Option<&Sign<'_>>,
) -> Result<Appended, LedgerError> {
    let mut entries = placed(book, by, events, sign)?;
    let pending = book.share(&book.branch)?;
    moved(book, &mut entries)?;
    Ok(Appended { entries, pending })
}

/// Where entries stand now that they may be on top of what others recorded.
fn moved(book: &Book, entries: &mut [Placed]) -> Result<(), LedgerError> {
    let repository = &book.repository;
    let Some(mut next) = repository.reference(&book.branch.reference)? else { return Ok(()) };
    let mut missing = entries.len();
    while missing > 0 {
        let info = repository.commit_info(&next)?;
        let step = repository.step(&next)?;
        let placed = entries.iter_mut().find(|one| step.files.iter().any(|it| it.path == one.path));
        if let (Some(one), Some(file)) = (placed, step.files.first().and_then(|it| it.after)) {
            let bytes = repository.short_blob(file.blob, LONGEST)?;
            one.hash = bytes.map(|bytes| sha256(&bytes)).unwrap_or_default();
            one.commit = next;
            missing -= 1;
        }
        match info.parents.into_iter().next() {
            Some(parent) => next = parent,
            None => break,
        }
    }
    Ok(())
}

/// Writes records, or takes them away (`None`), as one commit, and shares it. Its message should
/// hold nothing that somebody may want to be erased. Gives the commit, and why others do not have it
/// yet.
///
/// # Errors
///
/// Git cannot write, or others wrote the same records otherwise.
pub fn record(
    book: &Book,
    by: &str,
    message: &str,
    files: BTreeMap<String, Option<Vec<u8>>>,
) -> Result<(String, Option<LedgerError>), LedgerError> {
    let person = Person { name: by.to_owned(), email: by.to_owned() };
    let at = Moment { time: book.now.timestamp(), offset: 0 };
    let draft = Draft { by: person, at, message: format!("{message}\n"), files };
    let commit = crate::ledger::write(&book.repository, &book.records, &draft)?;
    let pending = book.share(&book.records)?;
    Ok((commit, pending))
}

/// Records events in this clone only.
fn placed(
    book: &Book,
    by: &str,
    events: Vec<(String, Event)>,
    sign: Option<&Sign<'_>>,
) -> Result<Vec<Placed>, LedgerError> {
    let mut pending = Vec::new();
    for (subject, event) in events {
        let statement = book.statement(by, &subject, event)?;
        let mut written = Written::of(&statement);
        // A signature for nothing would be asked for, and a touch of a key.
        if let Some(reason) = crate::ledger::schema::misfit(&written.statement) {
            return Err(StoreError::Misfit { reason }.into());
        }
        if let Some(sign) = sign {
            written.signature = Some(sign(&written.signed()).map_err(LedgerError::NotSigned)?);
        }
        let time = book.now.timestamp();
        pending.push(Pending { id: new_id(time), time, statement, written });
    }
    Ok(crate::ledger::append(&book.repository, &book.branch, &pending)?)
}

/// Everything that was recorded, each entry checked, in order: from the beginning, or as far as it
/// was checked before.
///
/// # Errors
///
/// This clone does not hold all of it, commits are gone, or Git fails.
pub fn folded(book: &Book) -> Result<Verified, LedgerError> {
    let repository = &book.repository;
    let newest = || book.branch.tip(repository);
    let tip = book.tip.clone().map_or_else(newest, |tip| Ok(Some(tip)))?;
    let Some(tip) = tip else { return Ok(Verified::default()) };
    let scope = [book.branch.reference.as_str(), book.pinned().unwrap_or_default(), &book.folder];
    let kept = Kept::new(repository, &scope);
    let known = kept.of(repository, &tip, &book.main)?;
    let is_known = known.as_ref().is_some_and(|known| known.tip == tip);
    let bases = RefCell::new(Bases::new(repository, &book.folder));
    let listed = seal::Listed::default();
    let mut question = verify::Question {
        repository,
        tip: &tip,
        protected: &book.main,
        pinned: book.pinned(),
        signed: &seal::signed,
        counts: &|base, by, key, at| listed.counts(base, by, key, at),
        authority: &mut |commit| bases.borrow_mut().at(commit),
    };
    let verified = verify::verify(&mut question, known)?;
    if !is_known {
        kept.put(&verified, &book.main);
    }
    Ok(verified)
}
