//! Signatures of commits: what was signed, by Git's own rules, and by whose key.

use super::scratch::Scratch;
use super::{GitError, Repository};
use crate::signature::{self, Bad, Signer, Tools};

/// The namespace of SSH signatures of commits.
const NAMESPACE: &str = "git";

/// The header that holds the signature of a commit in a repository of SHA-1 ids. Others that begin
/// alike are signatures of the same commit by other ids, and not part of what is signed.
const HEADER: &[u8] = b"gpgsig";

/// The largest commit that is looked at, in bytes.
const LARGEST: usize = 1 << 20;

/// What the signature of a commit shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommitSignature {
    /// There is none.
    Unsigned,
    /// The holder of a key made it; whose key that is, is another question.
    Good(Signer),
    /// It proves nothing.
    Bad(Bad),
}

/// A commit taken apart: what is signed, and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    payload: Vec<u8>,
    signature: Vec<u8>,
    /// How many headers hold one.
    count: usize,
}

impl Repository {
    /// What the signature of a commit shows.
    ///
    /// # Errors
    ///
    /// The revision names no commit, or it cannot be read.
    pub fn commit_signature(&self, revision: &str) -> Result<CommitSignature, GitError> {
        let id = self.commit_of(revision)?.id();
        let odb = self.inner().odb()?;
        let object = odb.read(id)?;
        if object.data().len() > LARGEST {
            let reason = format!("its commit is longer than {LARGEST} bytes");
            return Ok(CommitSignature::Bad(Bad::Refused(reason)));
        }
        let parts = parts(object.data());
        let tools = || Tools::by_settings(&|name| self.setting(name));
        Ok(checked(&parts, &tools))
    }

    /// Whether a commit of two parents says nothing of its own: its files are what merging the
    /// parents gives.
    ///
    /// # Errors
    ///
    /// The revision names no commit, or it cannot be read.
    pub fn is_plain_merge(&self, revision: &str) -> Result<bool, GitError> {
        let commit = self.commit_of(revision)?;
        let (Ok(one), Ok(other), 2) = (commit.parent(0), commit.parent(1), commit.parent_count())
        else {
            return Ok(false);
        };
        let scratch = Scratch::of(self)?;
        let inner = scratch.inner();
        let (one, other) = (inner.find_commit(one.id())?, inner.find_commit(other.id())?);
        let mut index = inner.merge_commits(&one, &other, None)?;
        Ok(!index.has_conflicts() && index.write_tree_to(inner)? == commit.tree_id())
    }

    /// What the user's Git is told by its settings, such as `user.signingKey`.
    pub fn setting(&self, name: &str) -> Option<String> {
        self.inner().config().ok()?.snapshot().ok()?.get_string(name).ok()
    }
}

fn checked(parts: &Parts, tools: &dyn Fn() -> Tools) -> CommitSignature {
    if parts.count == 0 {
        return CommitSignature::Unsigned;
    }
    if parts.count > 1 {
        let reason = "it is signed several times".to_owned();
        return CommitSignature::Bad(Bad::Unreadable(reason));
    }
    let Ok(text) = std::str::from_utf8(&parts.signature) else {
        return CommitSignature::Bad(Bad::Unreadable("it is no text".to_owned()));
    };
    // Some forges end it with an empty line.
    let text = text.trim_end_matches(['\n', ' ']);
    match signature::verify_by(text, NAMESPACE, &parts.payload, &tools()) {
        Ok(signer) => CommitSignature::Good(signer),
        Err(bad) => CommitSignature::Bad(bad),
    }
}

/// Takes a commit apart.
fn parts(commit: &[u8]) -> Parts {
    let mut parts = Parts { payload: Vec::new(), signature: Vec::new(), count: 0 };
    let (mut of_signature, mut of_other) = (false, false);
    let mut rest = commit;
    while !rest.is_empty() {
        if rest.starts_with(b"\n") {
            parts.payload.extend_from_slice(rest);
            break;
        }
        let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
        let (line, after) = rest.split_at(end);
        rest = after;
        let continued = line.strip_prefix(b" ");
        let value = line.strip_prefix(HEADER).and_then(|value| value.strip_prefix(b" "));
        if let (true, Some(text)) = (of_signature, continued) {
            parts.signature.extend_from_slice(text);
        } else if let Some(text) = value {
            parts.signature.extend_from_slice(text);
            parts.count += 1;
            (of_signature, of_other) = (true, false);
        } else if continued.is_none() || !of_other {
            of_signature = false;
            of_other = line.starts_with(HEADER);
            if !of_other {
                parts.payload.extend_from_slice(line);
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(commit: &str) -> (String, String, usize) {
        let parts = parts(commit.as_bytes());
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(parts.payload), text(parts.signature), parts.count)
    }

    #[test]
    fn a_signature_is_taken_out_of_the_headers() {
        let found = apart("tree 1\nauthor A\ngpgsig one\n two\n three\nencoding x\n\ngpgsig no\n");
        let payload = "tree 1\nauthor A\nencoding x\n\ngpgsig no\n".to_owned();
        assert_eq!(found, (payload, "one\ntwo\nthree\n".to_owned(), 1));
    }

    #[test]
    fn other_headers_that_hold_signatures_are_not_signed() {
        let found = apart("tree 1\ngpgsig-sha256 x\n y\ngpgsig one\n two\nauthor A\n\nm");
        assert_eq!(found, ("tree 1\nauthor A\n\nm".to_owned(), "one\ntwo\n".to_owned(), 1));
        let found = apart("tree 1\ngpgsig one\n two\ngpgsig-sha256 x\n y\nauthor A\n\nm");
        assert_eq!(found, ("tree 1\nauthor A\n\nm".to_owned(), "one\ntwo\n".to_owned(), 1));
    }

    #[test]
    fn a_tag_that_was_merged_keeps_its_own_signature() {
        let text = "tree 1\nmergetag object 2\n type commit\n gpgsig x\n -----BEGIN\nauthor A\n\nm";
        assert_eq!(apart(text), (text.to_owned(), String::new(), 0));
    }

    #[test]
    fn two_signatures_are_counted() {
        assert_eq!(apart("gpgsig a\n b\ngpgsig c\n\nm").2, 2);
    }
}
