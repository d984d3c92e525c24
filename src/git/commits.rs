//! What commits say of themselves: those between a base and a head, and a branch's own history.

use super::base::parents_said;
use super::{Gap, GitError, Repository};

/// Somebody, as a commit names them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

/// When somebody did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// In seconds since 1970.
    pub time: i64,
    /// The offset from UTC in minutes.
    pub offset: i32,
}

/// A line such as `Reviewed-by: Ada` at the end of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// What stands before the colon.
    pub key: String,
    /// What stands after it.
    pub value: String,
}

/// What a commit says of itself. Nothing here is proved: whoever commits may write any name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its id in hexadecimal.
    pub id: String,
    /// The id of its tree in hexadecimal.
    pub tree: String,
    /// The ids of its parents, also of those that this clone does not hold.
    pub parents: Vec<String>,
    /// Whether this clone holds less than these parents.
    pub is_cut: bool,
    /// Who wrote it.
    pub author: Person,
    /// When it was written.
    pub authored: Moment,
    /// Who committed it.
    pub committer: Person,
    /// When it was committed.
    pub committed: Moment,
    /// The first paragraph of its message, in one line.
    pub subject: String,
    /// The rest of its message, trailers included.
    pub body: String,
    /// The trailers, in order.
    pub trailers: Vec<Trailer>,
    /// Whom `Co-authored-by:` names.
    pub co_authors: Vec<Person>,
    /// The ids of commits that it says to revert.
    pub reverts: Vec<String>,
    /// Whether it carries a signature; whose, and whether it is good, is another question.
    pub is_signed: bool,
}

impl CommitInfo {
    /// The values of the trailers of a key, whatever its case.
    pub fn trailers<'c>(&'c self, key: &'c str) -> impl Iterator<Item = &'c str> {
        let alike = self.trailers.iter().filter(|trailer| trailer.key.eq_ignore_ascii_case(key));
        alike.map(|trailer| trailer.value.as_str())
    }
}

/// The most bytes that are kept of a name, of a message, and of the end in which trailers stand.
const LONGEST_NAME: usize = 512;
const LONGEST_MESSAGE: usize = 64 << 10;
const LONGEST_END: usize = 16 << 10;
/// The most trailers and parents.
const MOST: usize = 256;

impl Repository {
    /// The commits of `head` that `base` does not have, newest first.
    ///
    /// # Errors
    ///
    /// A revision names no commit.
    pub fn commits(&self, base: &str, head: &str) -> Result<Commits<'_>, GitError> {
        let mut walk = self.inner().revwalk()?;
        walk.set_sorting(git2::Sort::TIME)?;
        walk.push(self.commit_of(head)?.id())?;
        walk.hide(self.commit_of(base)?.id())?;
        Ok(Commits { repository: self, walk })
    }

    /// The commits of a branch itself (first parents), newest first, each with the one before it:
    /// what landed on it, one merge at a time. It ends at commits from before `since` (in seconds
    /// since 1970).
    ///
    /// # Errors
    ///
    /// The revision names no commit.
    pub fn first_parents(
        &self,
        head: &str,
        since: Option<i64>,
    ) -> Result<FirstParents<'_>, GitError> {
        let next = Some(self.commit_of(head)?.id());
        Ok(FirstParents { repository: self, next, since, until: None, late: 0, gap: None })
    }

    /// What a commit says of itself.
    ///
    /// # Errors
    ///
    /// The revision names no commit.
    pub fn commit_info(&self, revision: &str) -> Result<CommitInfo, GitError> {
        Ok(described(&self.commit_of(revision)?))
    }
}

/// The commits between two revisions.
pub struct Commits<'r> {
    repository: &'r Repository,
    walk: git2::Revwalk<'r>,
}

impl Iterator for Commits<'_> {
    type Item = Result<CommitInfo, GitError>;

    fn next(&mut self) -> Option<Self::Item> {
        let id = self.walk.next()?;
        let commit = id.and_then(|id| self.repository.inner().find_commit(id));
        Some(commit.map(|commit| described(&commit)).map_err(GitError::from))
    }
}

/// A commit of a branch itself, and no more of it than its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its id.
    pub commit: String,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The commit before it; nothing at the beginning of the branch.
    pub before: Option<String>,
}

/// What landed on a branch at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// The commit that the branch went to.
    pub commit: CommitInfo,
    /// The commit that it came from; nothing at its beginning.
    pub before: Option<String>,
}

/// The history of a branch itself.
pub struct FirstParents<'r> {
    repository: &'r Repository,
    next: Option<git2::Oid>,
    since: Option<i64>,
    until: Option<i64>,
    /// How many commits in a row are from before `since`.
    late: usize,
    /// Why the history ends early, if it does: then the last commit's change is not known, and it
    /// is left out.
    pub gap: Option<Gap>,
}

/// How many commits may be too old before those behind them are taken to be so as well: clocks
/// differ.
const SLOP: usize = 5;

impl<'r> FirstParents<'r> {
    /// The same history without what was committed after an instant, in seconds since 1970.
    #[must_use]
    pub fn until(mut self, until: i64) -> Self {
        self.until = Some(until);
        self
    }

    /// The same history, with no more of each commit than where it stands.
    pub fn places(&mut self) -> impl Iterator<Item = Result<Place, GitError>> + '_ {
        std::iter::from_fn(|| {
            let commit = match self.step()? {
                Ok(commit) => commit,
                Err(error) => return Some(Err(error)),
            };
            Some(Ok(Place {
                commit: commit.id().to_string(),
                time: commit.time().seconds(),
                before: commit.parent_id(0).ok().map(|id| id.to_string()),
            }))
        })
    }

    fn step(&mut self) -> Option<Result<git2::Commit<'r>, GitError>> {
        loop {
            let id = self.next.take()?;
            let commit = match self.repository.inner().find_commit(id) {
                Ok(commit) => commit,
                Err(error) => return Some(Err(error.into())),
            };
            let is_late = self.since.is_some_and(|since| commit.time().seconds() < since);
            self.late = if is_late { self.late + 1 } else { 0 };
            if self.late > SLOP {
                return None;
            }
            let before = commit.parent_id(0).ok();
            self.next = before;
            if is_late {
                continue;
            }
            if before.is_none() && !parents_said(&commit).is_empty() {
                self.gap = Some(Gap::Shallow);
                return None;
            }
            if self.until.is_some_and(|until| commit.time().seconds() > until) {
                continue;
            }
            return Some(Ok(commit));
        }
    }
}

impl Iterator for FirstParents<'_> {
    type Item = Result<Landing, GitError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.step()?.map(|commit| {
            let before = commit.parent_id(0).ok().map(|id| id.to_string());
            Landing { commit: described(&commit), before }
        }))
    }
}

fn described(commit: &git2::Commit<'_>) -> CommitInfo {
    let parents = parents_said(commit);
    let message = commit.message_bytes();
    let trailers = trailers(message);
    let kept = head_of(message, LONGEST_MESSAGE);
    let (subject, body) = parted(&text(kept));
    let co_authors = trailers
        .iter()
        .filter(|trailer| trailer.key.eq_ignore_ascii_case("co-authored-by"))
        .map(|trailer| person(&trailer.value));
    CommitInfo {
        id: commit.id().to_string(),
        tree: commit.tree_id().to_string(),
        is_cut: parents.len() > commit.parent_count(),
        parents: parents.iter().take(MOST).map(ToString::to_string).collect(),
        author: signer(&commit.author()),
        authored: moment(commit.author().when()),
        committer: signer(&commit.committer()),
        committed: moment(commit.time()),
        co_authors: co_authors.collect(),
        reverts: reverts(&body, &trailers),
        is_signed: is_signed(commit.raw_header_bytes()),
        trailers,
        subject,
        body,
    }
}

fn head_of(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most).unwrap_or(bytes)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn signer(signature: &git2::Signature<'_>) -> Person {
    Person {
        name: text(head_of(signature.name_bytes(), LONGEST_NAME)),
        email: text(head_of(signature.email_bytes(), LONGEST_NAME)),
    }
}

fn moment(time: git2::Time) -> Moment {
    Moment { time: time.seconds(), offset: time.offset_minutes() }
}

/// The subject of a message, and its body.
fn parted(message: &str) -> (String, String) {
    let message = message.trim();
    let mut rest = message;
    let mut subject = Vec::new();
    while !rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') && !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        subject.push(line.trim());
        rest = after;
    }
    (subject.join(" "), rest.trim().to_owned())
}

/// The trailers at the end of a message, by Git's own rules.
fn trailers(message: &[u8]) -> Vec<Trailer> {
    let start = message.len().saturating_sub(LONGEST_END);
    let end = message.get(start..).unwrap_or_default();
    let Ok(found) = git2::message_trailers_bytes(end) else { return Vec::new() };
    let trailer = |(key, value): (&[u8], &[u8])| Trailer {
        key: text(head_of(key, LONGEST_NAME)),
        value: text(value).trim().to_owned(),
    };
    found.iter().take(MOST).map(trailer).collect()
}

/// `Ada <ada@example.com>`.
fn person(text: &str) -> Person {
    let (name, email) = text.split_once('<').unwrap_or((text, ""));
    let email = email.split('>').next().unwrap_or_default();
    let kept = |text: &str| text.trim().chars().take(LONGEST_NAME).collect();
    Person { name: kept(name), email: kept(email) }
}

/// The commits that `git revert` writes of, and those of `Reverts:` trailers.
fn reverts(body: &str, trailers: &[Trailer]) -> Vec<String> {
    let said = body.match_indices("This reverts commit ").map(|(at, words)| {
        let rest = body.get(at + words.len()..).unwrap_or_default();
        rest.trim_start()
    });
    let named = trailers.iter().filter(|trailer| trailer.key.eq_ignore_ascii_case("reverts"));
    let named = named.map(|trailer| trailer.value.as_str());
    let mut found: Vec<String> = Vec::new();
    for text in said.chain(named).take(MOST) {
        let id: String = text.chars().take_while(char::is_ascii_hexdigit).take(64).collect();
        if id.len() >= 7 && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

fn is_signed(header: &[u8]) -> bool {
    header.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"gpgsig"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_subject_and_a_body() {
        let parts = |text: &str| parted(text);
        assert_eq!(parts("one\n"), ("one".to_owned(), String::new()));
        assert_eq!(parts("one\ntwo\n\nbody\n\nend\n"), ("one two".into(), "body\n\nend".into()));
        assert_eq!(parts("one\r\n\r\nbody"), ("one".to_owned(), "body".to_owned()));
        assert_eq!(parts(""), (String::new(), String::new()));
    }

    #[test]
    fn trailers_are_those_of_the_last_paragraph() {
        let message = b"one\n\nNo: trailer\n\nGitsm-Change: CHG-1\nCo-authored-by: Ada <a@b>\n";
        let found = trailers(message);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], Trailer { key: "Gitsm-Change".into(), value: "CHG-1".into() });
        assert_eq!(person(&found[1].value), Person { name: "Ada".into(), email: "a@b".into() });
    }

    #[test]
    fn what_is_reverted_is_found_once() {
        let body = "This reverts commit 0123456789abcdef.\n";
        let trailer = Trailer { key: "reverts".into(), value: "0123456789abcdef".into() };
        assert_eq!(reverts(body, &[trailer]), ["0123456789abcdef"]);
        assert!(reverts("This reverts commit xyz", &[]).is_empty());
    }

    #[test]
    fn a_message_of_any_size_is_cut() {
        let long = vec![b'a'; 10 << 20];
        assert!(trailers(&long).is_empty());
        let many = "K: v\n".repeat(100_000);
        let many = format!("one\n\n{many}");
        assert!(trailers(many.as_bytes()).len() <= MOST);
    }
}
