//! From a tree's entry to text: everything that can stand where a catalog file should.

use std::sync::Arc;

use super::recognise::is_catalog_info;
use crate::git::GitError;
use crate::model::groups;
use crate::source::{File, Source};
use crate::tree::{Entry, EntryKind, ReadError, Tree, is_yaml, resolve};
use crate::yaml::Limits;

/// Why a file that should hold entities is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFault {
    /// It cannot be read; the system's words.
    Unreadable(String),
    /// It is larger than it may be; its size and the limit, in bytes.
    TooLarge(u64, u64),
    /// It is not UTF-8 from this byte on.
    Encoding(usize),
    /// It is a Git LFS pointer.
    LfsPointer,
    /// It is a link that leads out of the tree; its target.
    LinkOutside(String),
}

/// What reading an entry gives.
pub(super) enum Read {
    /// Text to parse.
    Text(Source),
    /// Something that is wrong.
    Fault(FileFault),
    /// Nothing of ours, and why.
    PassedOver(String),
}

/// Reads one entry.
pub(super) fn read(
    tree: &dyn Tree,
    entry: &Entry,
    file: &Arc<File>,
    limits: &Limits,
) -> Result<Read, GitError> {
    match entry.kind {
        EntryKind::Special => {
            return Ok(Read::Fault(FileFault::Unreadable("a pipe, socket or device".to_owned())));
        }
        EntryKind::Unlisted => {
            let reason = "the folder cannot be listed: permission denied".to_owned();
            return Ok(Read::Fault(FileFault::Unreadable(reason)));
        }
        EntryKind::Symlink => return link(tree, entry),
        EntryKind::File => {}
    }
    let content = match tree.read(entry, limits.file_bytes) {
        Ok(content) => content,
        Err(ReadError::Refused(reason)) => {
            return Ok(Read::Fault(FileFault::Unreadable(reason)));
        }
        Err(ReadError::Git(error)) => return Err(error),
    };
    let meant = is_catalog_info(&entry.path) || mentions_group(&content.bytes);
    if content.size > limits.file_bytes {
        return Ok(match meant {
            true => Read::Fault(FileFault::TooLarge(content.size, limits.file_bytes)),
            false => Read::PassedOver(format!("{} bytes, and none of our documents", content.size)),
        });
    }
    if content.bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Ok(match meant {
            true => Read::Fault(FileFault::LfsPointer),
            false => Read::PassedOver("a Git LFS pointer".to_owned()),
        });
    }
    if !meant && !looks_like_entity(&content.bytes) {
        return Ok(Read::PassedOver("no document of a known group".to_owned()));
    }
    Ok(match String::from_utf8(content.bytes) {
        Ok(text) => Read::Text(Source::new(Arc::clone(file), text)),
        Err(error) if meant => Read::Fault(FileFault::Encoding(error.utf8_error().valid_up_to())),
        Err(_) => Read::PassedOver("not UTF-8 text".to_owned()),
    })
}

fn link(tree: &dyn Tree, entry: &Entry) -> Result<Read, GitError> {
    let target = match tree.read(entry, 4096) {
        Ok(content) => String::from_utf8_lossy(&content.bytes).into_owned(),
        Err(ReadError::Refused(reason)) => {
            return Ok(Read::Fault(FileFault::Unreadable(reason)));
        }
        Err(ReadError::Git(error)) => return Err(error),
    };
    Ok(match resolve(&entry.path, &target) {
        None if is_yaml(&entry.path) => Read::Fault(FileFault::LinkOutside(target)),
        None => Read::PassedOver("a link out of the repository, not followed".to_owned()),
        Some(inside) if is_catalog_info(&entry.path) && !is_read(tree, &inside) => {
            let reason = format!("a link to {inside}, which is no YAML file of this tree");
            Read::Fault(FileFault::Unreadable(reason))
        }
        Some(inside) => match tree.mode(&inside) {
            Some(_) => Read::PassedOver(format!("a link to {inside}, read there")),
            None => Read::PassedOver(format!("a link to {inside}, which does not exist")),
        },
    })
}

/// Whether a path is that of a YAML file which is read itself.
fn is_read(tree: &dyn Tree, path: &str) -> bool {
    let entries = tree.entries();
    let at = entries.binary_search_by(|entry| entry.path.as_str().cmp(path));
    at.is_ok_and(|at| entries[at].kind == EntryKind::File)
}

/// Whether the bytes name a group that is read, as `apiVersion` would.
fn mentions_group(bytes: &[u8]) -> bool {
    groups().iter().any(|group| {
        // `scaffolder.backstage.io/` contains `backstage.io/`.
        group.name != "scaffolder.backstage.io" && contains(bytes, group.name, b'/')
    })
}

fn contains(bytes: &[u8], name: &str, after: u8) -> bool {
    let text = memchr_find(bytes, name.as_bytes());
    let mut rest = bytes;
    let mut at = text;
    while let Some(found) = at {
        let end = found + name.len();
        if rest.get(end) == Some(&after) {
            return true;
        }
        rest = &rest[end..];
        at = memchr_find(rest, name.as_bytes());
    }
    false
}

fn memchr_find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, needle)
}

/// Whether the bytes hold what an entity without a readable `apiVersion` still has.
fn looks_like_entity(bytes: &[u8]) -> bool {
    memchr_find(bytes, b"kind").is_some() && memchr_find(bytes, b"metadata").is_some()
}

/// The record of a file before its content is known.
pub(super) fn file_of(entry: &Entry) -> Arc<File> {
    File::local(entry.path.clone())
}
