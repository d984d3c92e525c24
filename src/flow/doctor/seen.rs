//! What the checks look at, read once: the protected branch as this clone knows it, its settings and
//! people, the ledger, and the repository itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Request;
use super::crowd::Crowd;
use crate::flow::ledger::{Book, LedgerError, folded};
use crate::flow::sides::OwnedSide;
use crate::flow::workspace::configuration;
use crate::git::RemoteError;
use crate::ledger::{Standing, StoreError};
use crate::tree::{Entry, EntryKind, Revision, Tree};

/// The longest file of a pipeline that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// What the ledger is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LedgerState {
    /// It has not begun.
    Missing,
    /// Commits that were there are gone; or it cannot be read for another reason.
    Unreadable { is_rewound: bool, why: String },
    /// It is there.
    There { standing: Standing, genesis: Option<String>, pending: usize },
}

/// What was read.
pub(super) struct Seen {
    pub(super) book: Book,
    pub(super) base: OwnedSide,
    pub(super) crowd: Crowd,
    /// The full name of the protected branch, as this clone knows it.
    pub(super) branch: String,
    pub(super) ledger: LedgerState,
    /// What is wrong with `gitsm.yaml` of the protected branch: the line and the words.
    pub(super) faults: Vec<(u32, String)>,
    /// The branches of the remote, by their full names, if it was asked.
    pub(super) remote: Option<Result<BTreeMap<String, String>, RemoteError>>,
    files: Vec<String>,
}

impl Seen {
    pub(super) fn open(request: &Request) -> Result<Self, LedgerError> {
        let book = Book::open_anyway(&request.place, &request.around)?;
        let branch = book.repository.protected().map(|(name, _)| name)?;
        let tree: Arc<dyn Tree> = Arc::new(Revision::open(&book.repository, &book.main, &[])?);
        let (config, settings) = configuration(tree.as_ref(), book.folder(), false);
        let faults = settings.map(|(source, faults)| {
            let told = |fault: &crate::config::ConfigFault| {
                (source.line_column(fault.span.start).line, fault.message.clone())
            };
            faults.iter().map(told).collect()
        });
        let files = tree.files()?;
        let base = OwnedSide::open(tree, config)?;
        let crowd = Crowd::of(&book, &base)?;
        let ledger = ledger(&book);
        let remote = request.remote.then(|| asked(&book)).flatten();
        let faults = faults.unwrap_or_default();
        Ok(Self { book, base, crowd, branch, ledger, faults, remote, files })
    }

    /// Whether there are no files of its own: a server's repository.
    pub(super) fn is_bare(&self) -> bool {
        self.book.repository.workdir().is_none()
    }

    /// The path of the settings, whether they are there or not.
    pub(super) fn settings_path(&self) -> String {
        self.base.config.path().unwrap_or_else(|| crate::config::FILE_NAME.to_owned())
    }

    /// All files of the protected branch.
    pub(super) fn files(&self) -> &[String] {
        &self.files
    }

    /// The text of a file of the protected branch.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None };
        let content = self.base.tree.read(&entry, LONGEST).ok()?;
        Some(String::from_utf8_lossy(&content.bytes).into_owned())
    }
}

fn ledger(book: &Book) -> LedgerState {
    let unreadable = |error: LedgerError| LedgerState::Unreadable {
        is_rewound: matches!(error, LedgerError::Store(StoreError::Rewound { .. })),
        why: error.to_string(),
    };
    match folded(book) {
        Err(LedgerError::Store(StoreError::NotBegun)) => LedgerState::Missing,
        Err(error) => unreadable(error),
        Ok(verified) if verified.tip.is_empty() => LedgerState::Missing,
        Ok(verified) => LedgerState::There {
            standing: verified.standing(),
            genesis: verified.genesis(),
            pending: book.branch.pending(&book.repository).unwrap_or_default(),
        },
    }
}

/// Which branches the ledger's remote has; nothing if there is no remote.
fn asked(book: &Book) -> Option<Result<BTreeMap<String, String>, RemoteError>> {
    let remote = book.branch.remote.as_deref()?;
    let git = book.git().map_err(|_none| RemoteError::NoGit);
    Some(git.and_then(|git| git.branches(&book.repository, remote)))
}
