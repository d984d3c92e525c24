//! A branch of gitsm's own, read commit by commit from its beginning: what each says, and the files
//! that it adds, changes or takes away.

use std::collections::HashMap;

use super::base::parents_said;
use super::compare::{changed_paths, compare, version};
use super::snapshot::DEEPEST;
use super::{BlobId, ChangedPath, GitError, Moment, Person, Repository, Version};

/// The first-parent line of a branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// The ids of its commits, the oldest first.
    pub commits: Vec<String>,
    /// Whether it was followed down to the commit at which it was to end.
    pub reached: bool,
    /// The commit whose parents this clone does not hold, if the line ends there.
    pub cut: Option<String>,
}

/// A commit of such a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its id.
    pub id: String,
    /// How many parents it has.
    pub parents: usize,
    /// Its author, and when it was written.
    pub author: (Person, Moment),
    /// Its committer, and when it was committed.
    pub committer: (Person, Moment),
    /// Its message; of a longer one only the beginning.
    pub message: String,
    /// The paths that differ from its first parent.
    pub files: Vec<ChangedPath>,
}

/// The longest message that is looked at, in bytes.
const LONGEST: usize = 4096;

impl Repository {
    /// The first-parent line that ends at a commit, from after `until` on, or from its beginning.
    ///
    /// # Errors
    ///
    /// A commit is not in this clone although it should be.
    pub fn line(&self, tip: &str, until: Option<&str>) -> Result<Line, GitError> {
        let until = until.map(git2::Oid::from_str).transpose()?;
        let mut line = Line::default();
        let mut next = Some(git2::Oid::from_str(tip)?);
        while let Some(id) = next {
            if Some(id) == until {
                line.reached = true;
                break;
            }
            let commit = self.inner().find_commit(id)?;
            line.commits.push(id.to_string());
            next = commit.parent_id(0).ok();
            if next.is_none() && !parents_said(&commit).is_empty() {
                line.cut = Some(id.to_string());
            }
        }
        line.commits.reverse();
        Ok(line)
    }

    /// What a commit says and changes.
    ///
    /// # Errors
    ///
    /// It is not in this clone.
    pub fn step(&self, id: &str) -> Result<Step, GitError> {
        let commit = self.inner().find_commit(git2::Oid::from_str(id)?)?;
        let before = commit.parent(0).ok().map(|parent| parent.tree_id());
        let files = match addition(self.inner(), before, commit.tree_id(), 0) {
            Some((path, version)) => {
                let path = String::from_utf8_lossy(&path).into_owned();
                vec![ChangedPath { path, before: None, after: Some(version) }]
            }
            None => changed_paths(&compare(self.inner(), before, Some(commit.tree_id()))?),
        };
        let message = commit.message_raw_bytes();
        let message = message.get(..LONGEST).unwrap_or(message);
        Ok(Step {
            id: id.to_owned(),
            parents: parents_said(&commit).len(),
            author: named(&commit.author()),
            committer: named(&commit.committer()),
            message: String::from_utf8_lossy(message).into_owned(),
            files,
        })
    }

    /// The content of a blob, if it is no longer than `most` bytes.
    ///
    /// # Errors
    ///
    /// This clone does not hold it.
    pub fn short_blob(&self, id: BlobId, most: u64) -> Result<Option<Vec<u8>>, GitError> {
        let missing =
            |_why| GitError::MissingObject { id: id.to_string(), path: "an entry".to_owned() };
        let store = self.inner().odb()?;
        let (length, kind) = store.read_header(id.oid()).map_err(missing)?;
        if kind != git2::ObjectType::Blob || length as u64 > most {
            return Ok(None);
        }
        Ok(Some(store.read(id.oid()).map_err(missing)?.data().to_vec()))
    }

    /// Whether this clone is shallow.
    pub fn is_shallow(&self) -> bool {
        self.inner().is_shallow()
    }
}

/// The file that one tree has and another has not, if that is the whole difference; nothing if it is
/// not, or cannot be told. Nearly every commit of the ledger is like that, and this is much cheaper
/// than comparing.
fn addition(
    repository: &git2::Repository,
    before: Option<git2::Oid>,
    after: git2::Oid,
    depth: usize,
) -> Option<(Vec<u8>, Version)> {
    if depth > DEEPEST {
        return None;
    }
    let new = repository.find_tree(after).ok()?;
    let old = before.map(|id| repository.find_tree(id)).transpose().ok()?;
    let entry = |tree: Option<&git2::Tree<'_>>, at: usize| {
        tree.and_then(|tree| tree.get(at)).map(|one| one.to_owned())
    };
    let count = old.as_ref().map_or(0, git2::Tree::len);
    let same = |one: usize, other: usize| match (old.as_ref()?.get(one), new.get(other)) {
        (Some(one), Some(other)) => Some(
            one.id() == other.id()
                && one.filemode() == other.filemode()
                && one.name_bytes() == other.name_bytes(),
        ),
        _ => None,
    };
    let at = (0..count).find(|at| same(*at, *at) != Some(true)).unwrap_or(count);
    let added = new.get(at)?;
    let is_folder = added.kind() == Some(git2::ObjectType::Tree);
    // Either a name is new, or what is new is in a folder that was there.
    let (inside, rest) = if new.len() == count + 1 {
        ((at..count).all(|at| same(at, at + 1) == Some(true)).then_some(None)?, is_folder)
    } else {
        let known = entry(old.as_ref(), at)?;
        let alike = new.len() == count
            && is_folder
            && known.kind() == Some(git2::ObjectType::Tree)
            && known.name_bytes() == added.name_bytes();
        let goes_on = alike && (at + 1..count).all(|at| same(at, at) == Some(true));
        (goes_on.then_some(Some(known.id()))?, true)
    };
    let mut path = added.name_bytes().to_vec();
    if !rest {
        return Some((path, version(&added)));
    }
    let (below, version) = addition(repository, inside, added.id(), depth + 1)?;
    path.push(b'/');
    path.extend(below);
    Some((path, version))
}

fn named(signature: &git2::Signature<'_>) -> (Person, Moment) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes.get(..512).unwrap_or(bytes)).into();
    let person =
        Person { name: text(signature.name_bytes()), email: text(signature.email_bytes()) };
    let when = signature.when();
    (person, Moment { time: when.seconds(), offset: when.offset_minutes() })
}

/// The order of the commits of a branch: which of two is newer, without asking Git each time.
pub struct Mainline<'r> {
    repository: &'r Repository,
    tip: git2::Oid,
    /// How far commits of the first-parent line are from the tip, as far as it was followed.
    known: HashMap<git2::Oid, usize>,
    next: Option<git2::Oid>,
}

impl<'r> Mainline<'r> {
    /// The line of the branch of a tip.
    ///
    /// # Errors
    ///
    /// The tip is no commit of this clone.
    pub fn of(repository: &'r Repository, tip: &str) -> Result<Self, GitError> {
        let tip = repository.commit_of(tip)?.id();
        Ok(Self { repository, tip, known: HashMap::new(), next: Some(tip) })
    }

    /// Whether a commit is in the history of the branch.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn holds(&mut self, commit: &str) -> Result<bool, GitError> {
        let Ok(id) = git2::Oid::from_str(commit) else { return Ok(false) };
        if self.repository.inner().find_commit(id).is_err() {
            return Ok(false);
        }
        if self.distance(id).is_some() {
            return Ok(true);
        }
        Ok(self.repository.inner().graph_descendant_of(self.tip, id)?)
    }

    /// Whether `one`, a commit of the history, is newer than `other`, which is one, too.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    pub fn is_newer(&mut self, one: &str, other: &str) -> Result<bool, GitError> {
        let (one, other) = (git2::Oid::from_str(one)?, git2::Oid::from_str(other)?);
        match (self.distance(one), self.distance(other)) {
            (Some(one), Some(other)) => Ok(one < other),
            _ if one == other => Ok(false),
            _ => Ok(self.repository.inner().graph_descendant_of(one, other)?),
        }
    }

    /// How far a commit is from the tip; nothing if it is not on the first-parent line.
    fn distance(&mut self, id: git2::Oid) -> Option<usize> {
        while !self.known.contains_key(&id) {
            let next = self.next?;
            self.known.insert(next, self.known.len());
            let commit = self.repository.inner().find_commit(next).ok();
            self.next = commit.and_then(|commit| commit.parent_id(0).ok());
        }
        self.known.get(&id).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::git::Draft;

    #[test]
    fn what_a_commit_adds_is_found_as_if_all_had_been_compared() {
        let folder = tempfile::tempdir().unwrap();
        git2::Repository::init_bare(folder.path()).unwrap();
        let repository = Repository::discover(folder.path()).unwrap();
        let mut parent: Option<String> = None;
        let write = |parent: Option<&str>, files: &[(&str, Option<&str>)]| {
            let files = files.iter().map(|(path, text)| {
                ((*path).to_owned(), text.map(|text| text.as_bytes().to_vec()))
            });
            let by = Person { name: "a".to_owned(), email: "a".to_owned() };
            let draft = Draft {
                by,
                at: Moment { time: 1, offset: 0 },
                message: "m".to_owned(),
                files: files.collect::<BTreeMap<_, _>>(),
            };
            repository.write_commit(parent, &draft).unwrap()
        };
        let steps: &[&[(&str, Option<&str>)]] = &[
            &[("2026/11/21/a", Some("1"))],
            &[("2026/11/21/c", Some("2"))],
            &[("2026/11/21/b", Some("3"))],
            &[("2026/11/22/a", Some("4"))],
            &[("2027/01/01/a", Some("5"))],
            &[("2026/11/21.json", Some("6"))],
            &[("2026/11/21/d", Some("7")), ("2026/11/22/d", Some("7"))],
            &[("2026/11/21/a", Some("8"))],
            &[("2026/11/21/a", None)],
            &[("2026/11/21/b", None), ("x", Some("3"))],
            &[],
            &[("2026", None), ("2026/1", Some("9"))],
        ];
        let mut comparer = repository.comparer();
        for files in steps {
            let commit = write(parent.as_deref(), files);
            let all = repository.compare(parent.as_deref(), &commit).unwrap();
            if let Some(parent) = &parent {
                let [before, after] =
                    [parent, &commit].map(|id| repository.commit_info(id).unwrap().tree);
                assert_eq!(comparer.compare(&before, &after).unwrap(), all, "{files:?}");
            }
            assert_eq!(repository.step(&commit).unwrap().files, all, "{files:?}");
            parent = Some(commit);
        }
    }
}
