//! What is not committed yet: what differs between HEAD and the index or the files on disk.
//!
//! What Git's stat cache says to be unchanged is not read. Of what is read, the content is the one
//! that Git would store: line ends as `core.autocrlf` and attributes want them, and the pointer of a
//! file in LFS. Other programs that attributes name as filters are never run: such a file counts
//! with the bytes that it has on disk.

#![allow(
    clippy::disallowed_methods,
    reason = "the one place of this floor that reads files on disk"
)]

use std::fs;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::compare::{Difference, Differences, compare};
use super::merge::{MergeError, Paths};
use super::scratch::Scratch;
use super::snapshot::LARGEST;
use super::{BlobId, GitError, Version};

/// From which version on an index may hold entries without content (`git add --intent-to-add`).
const EXTENDED: u32 = 3;

/// What differs between a commit's tree and the index, or the worktree. The new contents are in the
/// scratch repository.
pub(super) fn uncommitted(
    scratch: &Scratch,
    head: git2::Oid,
    worktree: bool,
) -> Result<Differences, MergeError> {
    let repository = scratch.inner();
    let mut index = repository.index().map_err(GitError::from)?;
    if index.has_conflicts() {
        let paths = Paths::in_conflict(&index).map_err(GitError::from)?;
        return Err(MergeError::Unmerged { paths });
    }
    leave_out_what_is_only_meant(&mut index).map_err(GitError::from)?;
    let staged = index.write_tree_to(repository).map_err(GitError::from)?;
    let mut differences = compare(repository, Some(head), Some(staged))?;
    if worktree {
        add_worktree(repository, &index, &mut differences)?;
        differences.retain(|_, difference| difference.before != difference.after);
    }
    Ok(differences)
}

/// Takes entries out (of the copy in memory) that hold a place for a file to be added later.
fn leave_out_what_is_only_meant(index: &mut git2::Index) -> Result<(), git2::Error> {
    if index.version() < EXTENDED {
        return Ok(());
    }
    let meant = git2::IndexEntryExtendedFlag::INTENT_TO_ADD.bits();
    let meant: Vec<Vec<u8>> =
        index.iter().filter(|e| e.flags_extended & meant != 0).map(|e| e.path).collect();
    for path in meant {
        if let Some(path) = native(&path) {
            index.remove(&path, 0)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn native(path: &[u8]) -> Option<std::path::PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(Path::new(std::ffi::OsStr::from_bytes(path)).to_owned())
}

#[cfg(not(unix))]
fn native(path: &[u8]) -> Option<std::path::PathBuf> {
    std::str::from_utf8(path).ok().map(Into::into)
}

fn add_worktree(
    repository: &git2::Repository,
    index: &git2::Index,
    differences: &mut Differences,
) -> Result<(), MergeError> {
    let mut options = git2::DiffOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_typechange(true)
        .include_unreadable(true)
        .skip_binary_check(true);
    let diff = repository
        .diff_index_to_workdir(Some(index), Some(&mut options))
        .map_err(GitError::from)?;
    for delta in diff.deltas() {
        let (old, new) = (delta.old_file(), delta.new_file());
        let Some(path) = new.path_bytes().or_else(|| old.path_bytes()) else { continue };
        let after = match delta.status() {
            git2::Delta::Deleted => None,
            // A repository of its own that nobody has made a submodule.
            git2::Delta::Untracked if path.ends_with(b"/") => continue,
            git2::Delta::Unmodified | git2::Delta::Ignored => continue,
            git2::Delta::Unreadable => {
                return Err(unreadable(path, "it cannot be opened"));
            }
            _ => Some(on_disk(repository, &new, path)?),
        };
        let before = of_index(&old);
        let unchanged = Difference { before, after: before };
        differences.entry(path.to_vec()).or_insert(unchanged).after = after;
    }
    Ok(())
}

/// What stands in the index, and so in HEAD, unless it is known to differ already.
fn of_index(file: &git2::DiffFile<'_>) -> Option<Version> {
    let known = file.exists() && !file.id().is_zero();
    known.then(|| Version { bits: file.mode().into(), blob: BlobId::new(file.id()) })
}

fn unreadable(path: &[u8], reason: &str) -> MergeError {
    let path = String::from_utf8_lossy(path).into_owned();
    MergeError::Unreadable { path, reason: reason.to_owned() }
}

/// A file as Git would store it; its content goes to the scratch repository.
fn on_disk(
    repository: &git2::Repository,
    file: &git2::DiffFile<'_>,
    path: &[u8],
) -> Result<Version, MergeError> {
    let bits: u32 = file.mode().into();
    let refused = |error: &dyn std::fmt::Display| unreadable(path, &error.to_string());
    if bits == 0o160_000 {
        return Ok(Version { bits, blob: BlobId::new(file.id()) });
    }
    let (Some(top), Some(relative)) = (repository.workdir(), file.path()) else {
        return Err(unreadable(path, "its name is none on this system"));
    };
    let full = top.join(relative);
    let metadata = fs::symlink_metadata(&full).map_err(|error| refused(&error))?;
    let filter = repository.get_attr_bytes(relative, "filter", git2::AttrCheckFlags::default());
    let in_lfs = metadata.is_file() && matches!(filter, Ok(Some(b"lfs")));
    let id = if metadata.is_symlink() {
        // Where it leads is its content; libgit2 would read what stands there.
        let target = fs::read_link(&full).map_err(|error| refused(&error))?;
        let target = target.as_os_str().as_encoded_bytes();
        repository.blob(target).map_err(|error| refused(&error))?
    } else if in_lfs {
        let pointer = lfs_pointer(&full).map_err(|error| refused(&error))?;
        repository.blob(&pointer).map_err(|error| refused(&error))?
    } else if metadata.len() > LARGEST as u64 {
        git2::Oid::hash_file(git2::ObjectType::Blob, &full).map_err(|error| refused(&error))?
    } else {
        repository.blob_path(&full).map_err(|error| refused(&error))?
    };
    Ok(Version { bits, blob: BlobId::new(id) })
}

/// How a pointer of Git LFS begins.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// What Git LFS stores in place of a file; a file that is such a pointer is its own.
fn lfs_pointer(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = fs::File::open(path)?;
    let (mut hash, mut size) = (Sha256::new(), 0u64);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut buffer)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        if size == 0 && bytes.starts_with(POINTER) && read < 1024 {
            return Ok(bytes.to_vec());
        }
        if read == 0 {
            break;
        }
        hash.update(bytes);
        size += read as u64;
    }
    if size == 0 {
        return Ok(Vec::new());
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut pointer = POINTER.to_vec();
    pointer.extend(format!("oid sha256:{digest}\nsize {size}\n").into_bytes());
    Ok(pointer)
}
