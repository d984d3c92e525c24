//! Which change is meant: from a commit, a range, a change request, a trailer or a pull request to
//! what stood before and after it.

use std::collections::HashMap;

use super::RevertError;
use crate::catalog::roots;
use crate::git::{BlobId, CommitInfo, GitError, Landing, Repository};
use crate::model::EntityRef;
use crate::source::{File, Source};
use crate::yaml::{Limits, Node, parse};

/// A change that landed.
#[derive(Debug, Clone)]
pub(super) struct Landed {
    /// What people call it.
    pub(super) name: String,
    /// The commit before it.
    pub(super) before: String,
    /// The commit that it led to.
    pub(super) after: CommitInfo,
    /// Its commits on the branch itself, oldest first.
    pub(super) commits: Vec<CommitInfo>,
}

/// Finds the change that is meant.
pub(super) fn find(
    repository: &Repository,
    text: &str,
    request_file: &dyn Fn(&str) -> Option<(String, String)>,
) -> Result<Landed, RevertError> {
    if let Some((from, to)) = text.split_once("..").filter(|(_, to)| !to.starts_with('.')) {
        return range(repository, text, from, to);
    }
    if let Some(number) = text.strip_prefix("pr-").filter(|number| is_number(number)) {
        let found = landing(repository, &|one| of_pull_request(&one.commit, number))?;
        return found.map(|one| group(text, one)).unwrap_or_else(|| Err(unknown(text)));
    }
    if !text.starts_with("change:")
        && let Ok(commit) = repository.commit_info(text)
    {
        return single(&commit);
    }
    let name = text.strip_prefix("change:").unwrap_or(text);
    if let Some((path, reference)) = request_file(name) {
        let mut known = Known { repository, reference, blobs: HashMap::new() };
        let found = landings(repository, &mut |one| {
            let after = known.holds(repository.blob_at(&one.commit.id, &path));
            let before = one.before.as_deref();
            after && !known.holds(before.and_then(|before| repository.blob_at(before, &path)))
        })?;
        if let Some(found) = found {
            return group(text, vec![found]);
        }
        return Err(RevertError::NotLanded { name: text.to_owned(), path });
    }
    let says = |one: &Landing| {
        one.commit.trailers("Gitsm-Change").any(|value| value.eq_ignore_ascii_case(name))
    };
    let found = landing(repository, &says)?;
    found.map(|one| group(text, one)).unwrap_or_else(|| Err(unknown(text)))
}

fn unknown(text: &str) -> RevertError {
    RevertError::Unknown { name: text.to_owned() }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A commit against its first parent.
fn single(commit: &CommitInfo) -> Result<Landed, RevertError> {
    let before = match commit.parents.first() {
        None => return Err(RevertError::First),
        Some(_) if commit.is_cut => return Err(RevertError::Shallow),
        Some(before) => before.clone(),
    };
    let name = commit.id.get(..9).unwrap_or(&commit.id).to_owned();
    Ok(Landed { name, before, after: commit.clone(), commits: vec![commit.clone()] })
}

/// Commits of a branch itself, all of them behind one and up to another.
fn range(repository: &Repository, text: &str, from: &str, to: &str) -> Result<Landed, RevertError> {
    let end = |text: &str| if text.is_empty() { "HEAD".to_owned() } else { text.to_owned() };
    let from = repository.commit_info(&end(from))?;
    let mut commits = Vec::new();
    for landing in repository.first_parents(&end(to), None)? {
        let landing = landing?;
        if landing.commit.id == from.id {
            break;
        }
        let is_last = landing.before.is_none();
        commits.push(landing.commit);
        if is_last {
            return Err(RevertError::NoRange { from: from.id });
        }
    }
    let Some(after) = commits.first().cloned() else {
        return Err(RevertError::Empty { range: text.to_owned() });
    };
    commits.reverse();
    Ok(Landed { name: text.to_owned(), before: from.id, after, commits })
}

/// The newest landing that fits.
fn landings(
    repository: &Repository,
    fits: &mut dyn FnMut(&Landing) -> bool,
) -> Result<Option<Landing>, GitError> {
    for landing in repository.first_parents("HEAD", None)? {
        let landing = landing?;
        if fits(&landing) {
            return Ok(Some(landing));
        }
    }
    Ok(None)
}

/// The newest landing that fits, with those right before it that fit as well; newest first.
fn landing(
    repository: &Repository,
    fits: &dyn Fn(&Landing) -> bool,
) -> Result<Option<Vec<Landing>>, GitError> {
    let mut found = Vec::new();
    for landing in repository.first_parents("HEAD", None)? {
        let landing = landing?;
        match fits(&landing) {
            true => found.push(landing),
            false if found.is_empty() => {}
            false => break,
        }
    }
    Ok((!found.is_empty()).then_some(found))
}

fn group(name: &str, found: Vec<Landing>) -> Result<Landed, RevertError> {
    let before = found.last().and_then(|one| one.before.clone()).ok_or(RevertError::First)?;
    let mut commits: Vec<CommitInfo> = found.into_iter().map(|one| one.commit).collect();
    let after = commits.first().cloned().ok_or(RevertError::First)?;
    commits.reverse();
    Ok(Landed { name: name.to_owned(), before, after, commits })
}

/// Whether a commit says that it lands a pull request: GitHub's `Merge pull request #7 from …` and
/// `Title (#7)`, GitLab's `See merge request group/project!7`.
fn of_pull_request(commit: &CommitInfo, number: &str) -> bool {
    let subject = commit.subject.as_str();
    let merge = format!("Merge pull request #{number} ");
    let squash = format!("(#{number})");
    let of_gitlab = |line: &str| {
        line.trim()
            .strip_prefix("See merge request ")
            .and_then(|rest| rest.rsplit_once('!'))
            .is_some_and(|(_, found)| found == number)
    };
    subject.starts_with(&merge)
        || subject.trim_end().ends_with(&squash)
        || commit.body.lines().any(of_gitlab)
}

/// Which contents of a file hold an entity.
struct Known<'r> {
    repository: &'r Repository,
    reference: String,
    blobs: HashMap<BlobId, bool>,
}

impl Known<'_> {
    fn holds(&mut self, blob: Option<BlobId>) -> bool {
        let Some(blob) = blob else { return false };
        if let Some(known) = self.blobs.get(&blob) {
            return *known;
        }
        let holds = self.repository.blob(blob).is_ok_and(|bytes| self.is_in(&bytes));
        self.blobs.insert(blob, holds);
        holds
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let source = Source::new(File::local("history"), text);
        let stream = parse(&source, &Limits::default());
        roots(&stream).into_iter().any(|(root, _)| is_it(root, "ChangeRequest", &self.reference))
    }
}

/// Whether a document is of a kind, and has the name of a canonical reference.
pub(super) fn is_it(root: Node<'_>, kind: &str, reference: &str) -> bool {
    let reference = EntityRef::from_canonical(reference);
    let metadata = root.get("metadata");
    let name = metadata.and_then(|metadata| metadata.get("name")).and_then(Node::text);
    root.str("kind") == Some(kind)
        && name.is_some_and(|name| name.eq_ignore_ascii_case(reference.name()))
}
