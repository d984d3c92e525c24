//! `hook pre-receive`: what may be pushed. The protected branch moves forward only, through the gate;
//! the ledger grows only, by entries that count; everything else is its owners' business.

use super::pusher::pushers;
use super::{HookError, Told, Updated, protected, repository};
use crate::catalog::short;
use crate::change::verdict::{Outcome, Verdict};
use crate::flow::gate::{Request, gate};
use crate::flow::ledger::{Around, Book, folded};
use crate::flow::validate::validate_tree;
use crate::flow::workspace::{Place, configuration};
use crate::git::{Environment, Repository};
use crate::ledger::Branch;
use crate::tree::Revision;

/// What became of a push.
#[derive(Debug, Default)]
pub struct Received {
    /// Each reference that somebody answers for.
    pub updates: Vec<Update>,
}

/// What became of one reference.
#[derive(Debug)]
pub enum Update {
    /// The gate judged it.
    Judged(String, Box<Verdict>),
    /// It is fine, and why.
    Fine(String, String),
    /// It is refused, and why; what the pusher can do.
    Refused(String, String, Option<String>),
}

impl Received {
    /// Whether all of it may come in.
    pub fn is_fine(&self) -> bool {
        self.updates.iter().all(|one| match one {
            Update::Judged(_, verdict) => verdict.outcome == Outcome::Pass,
            Update::Fine(..) => true,
            Update::Refused(..) => false,
        })
    }
}

/// Judges a push, before anything of it is let in.
///
/// # Errors
///
/// The repository cannot be read.
pub fn pre_receive(
    place: &Place,
    told: &Told,
    around: &Around,
    environment: &Environment<'_>,
) -> Result<Received, HookError> {
    let repository = repository(&place.current, environment)?;
    let main = protected(&repository);
    let mut received = Received::default();
    let server = Server { place, told, around, environment, repository, main };
    for update in &told.updates {
        received.updates.extend(server.update(update)?);
    }
    Ok(received)
}

struct Server<'s> {
    place: &'s Place,
    told: &'s Told,
    around: &'s Around,
    environment: &'s Environment<'s>,
    repository: Repository,
    /// The full name of the protected branch.
    main: Option<String>,
}

impl Server<'_> {
    fn update(&self, update: &Updated) -> Result<Option<Update>, HookError> {
        let name = update.reference.as_str();
        if Some(name) == self.main.as_deref() {
            return self.protected(update).map(Some);
        }
        let main = self.main.as_deref().map(|main| self.repository.reference(main)).transpose()?;
        let Some(main) = main.flatten() else { return Ok(None) };
        let tree = Revision::unlisted(&self.repository, &main)?;
        let (config, _) = configuration(&tree, "", false);
        let ledger = Branch::ledger(&self.repository, config.settings.ledger.as_ref());
        if name == ledger.reference {
            return self.ledger(update, main).map(Some);
        }
        let records = Branch::records(&self.repository, config.settings.records.as_ref());
        if name == records.reference && update.new.is_none() {
            let why = "texts are erased file by file, not with their branch";
            return Ok(Some(Update::Refused(name.to_owned(), why.to_owned(), None)));
        }
        Ok(None)
    }

    /// The branch that changes go to.
    fn protected(&self, update: &Updated) -> Result<Update, HookError> {
        let name = update.reference.clone();
        let refused = |why: &str, next: &str| {
            Ok(Update::Refused(name.clone(), why.to_owned(), Some(next.to_owned())))
        };
        let Some(new) = &update.new else {
            return refused("the protected branch is not deleted", "leave it");
        };
        let Some(old) = &update.old else { return self.begun(&name, new) };
        if !self.repository.contains(new, old)? {
            return refused(
                "the protected branch moves forward only: what you push lacks commits of it",
                "git fetch origin, then rebase or merge",
            );
        }
        let tree = Revision::unlisted(&self.repository, old)?;
        let (config, _) = configuration(&tree, "", false);
        let request = Request {
            place: self.place.clone(),
            base: Some(old.clone()),
            head: Some(new.clone()),
            base_branch: Some(name.clone()),
            pushers: pushers(&self.repository, self.told, &config, self.environment),
            around: self.around.clone(),
            name: self.told.name().map(str::to_owned),
            kept_here: true,
            ..Request::default()
        };
        let verdict = gate(&request, &|_| None)?.verdict;
        Ok(Update::Judged(name, Box::new(verdict)))
    }

    /// A repository that was empty: there is nothing to compare with, so all of it is judged.
    fn begun(&self, name: &str, new: &str) -> Result<Update, HookError> {
        let tree = Revision::open(&self.repository, new, &[])?;
        let now = self.around.now.unwrap_or_else(|| crate::flow::clock::instant(None));
        let report = validate_tree(&tree, &now.date_naive().to_string())?;
        let errors =
            report.findings.iter().filter(|one| one.severity == crate::finding::Severity::Error);
        match errors.count() {
            0 => Ok(Update::Fine(name.to_owned(), "the branch begins".to_owned())),
            n => {
                let why = format!("the catalog has {}", crate::output::count(n, "error"));
                let next = Some("gitsm validate".to_owned());
                Ok(Update::Refused(name.to_owned(), why, next))
            }
        }
    }

    /// The ledger: it only grows, and only by entries that count.
    fn ledger(&self, update: &Updated, main: String) -> Result<Update, HookError> {
        let name = update.reference.clone();
        let refused =
            |why: String, next: &str| Ok(Update::Refused(name.clone(), why, Some(next.to_owned())));
        let Some(new) = &update.new else {
            return refused("the ledger is not deleted".to_owned(), "leave it");
        };
        if let Some(old) = &update.old
            && !self.repository.contains(new, old)?
        {
            let why = "the ledger only grows: what you push lacks entries of it".to_owned();
            return refused(why, "gitsm ledger sync");
        }
        let Some(branch) = self.main.clone() else {
            return refused("there is no protected branch".to_owned(), "push that first");
        };
        let repository = Repository::discover(&self.place.current)?;
        let mut book = Book::on(repository, "", self.around, (branch, main))?;
        book.branch.remote = None;
        book.tip = Some(new.clone());
        let verified = folded(&book)?;
        if let Some(fault) = verified.faults.first() {
            return refused(
                format!("its chain is broken: {}", fault.message),
                "gitsm ledger verify",
            );
        }
        let known = match &update.old {
            Some(old) => self.repository.line(old, None)?.commits.len(),
            None => 0,
        };
        let added = verified.entries.get(known..).unwrap_or_default();
        for one in added {
            if let Some(problem) = one.problems.iter().find(|one| one.is_fatal()) {
                let entry = &one.entry;
                let (what, by) = (entry.statement.event.name(), short(&entry.statement.by));
                let why = format!("{what} by {by} ({}) does not count: {problem}", entry.id);
                return refused(why, "gitsm ledger verify");
            }
        }
        let what = match added.len() {
            1 => "1 new entry".to_owned(),
            n => format!("{n} new entries"),
        };
        Ok(Update::Fine(name, format!("the ledger grows by {what}")))
    }
}
