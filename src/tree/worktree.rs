//! The files on disk: what Git tracks, and what is untracked and not ignored.

#![allow(clippy::disallowed_methods, reason = "this is the one place that reads files from disk")]

use std::fs::{self, FileType};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{DirEntry, WalkBuilder, WalkState};
use rayon::prelude::*;

use super::{Content, Entry, EntryKind, ReadError, Tree, is_yaml};
use crate::git::{GitError, Mode, Repository, Tracked};

/// A tree on disk.
#[derive(Debug)]
pub struct Worktree {
    top: PathBuf,
    git: bool,
    entries: Vec<Entry>,
}

impl Worktree {
    /// Lists the files below `folders` (relative to `top`; all of it if there are none).
    ///
    /// With a repository, what its ignore rules leave out is left out unless it is tracked. Nested
    /// repositories and submodules are not entered, links are not followed.
    pub fn open(top: &Path, repository: Option<&Repository>, folders: &[String]) -> Self {
        let whole = [String::new()];
        let folders = if folders.is_empty() { &whole } else { folders };
        let git = repository.is_some();
        let (found, tracked) = std::thread::scope(|scope| {
            let walks = scope.spawn(move || walk_all(top, folders, git));
            // An index that cannot be read only costs what is tracked and ignored at once.
            let tracked = repository.and_then(|repository| repository.tracked().ok());
            (walks.join().unwrap_or_default(), tracked.unwrap_or_default())
        });
        let Found { mut entries, nested } = found;
        entries.retain(|entry| !nested.iter().any(|folder| is_below(&entry.path, folder)));
        sort(&mut entries);
        entries.dedup_by(|a, b| a.path == b.path);
        let below = |path: &str| folders.iter().any(|folder| is_below(path, folder));
        add_ignored_but_tracked(top, &tracked, &below, &mut entries);
        Self { top: top.to_owned(), git, entries }
    }
}

fn sort(entries: &mut [Entry]) {
    entries.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
}

/// Whether `path` is `folder` or lies in it; every path lies in `""`.
fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What walking finds.
#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    /// Folders that are repositories of their own: they hold a `.git`.
    nested: Vec<String>,
}

/// What walks a folder, by Git's ignore rules where there is a repository.
fn walker(start: &Path, git: bool) -> WalkBuilder {
    let mut walker = WalkBuilder::new(start);
    walker
        .hidden(false)
        .ignore(false)
        .parents(git)
        .git_ignore(git)
        .git_global(git)
        .git_exclude(git)
        .follow_links(false)
        .threads(2);
    walker
}

fn walk_all(top: &Path, folders: &[String], git: bool) -> Found {
    let found = Mutex::new(Found::default());
    for folder in folders {
        walk(top, folder, git, &found);
    }
    found.into_inner().unwrap_or_default()
}

fn walk(top: &Path, folder: &str, git: bool, found: &Mutex<Found>) {
    let start = if folder.is_empty() { top.to_owned() } else { top.join(folder) };
    walker(&start, git).build_parallel().run(|| {
        Box::new(|result| {
            let mut state = WalkState::Continue;
            let entry = match result {
                Ok(entry) if entry.file_name() == ".git" => {
                    state = WalkState::Skip;
                    let parent = entry.path().parent().filter(|parent| *parent != top);
                    let nested = parent.and_then(|parent| relative(top, parent));
                    if let (Some(nested), Ok(mut found)) = (nested, found.lock()) {
                        found.nested.push(nested);
                    }
                    None
                }
                Ok(entry) => entry_of(top, &entry),
                Err(error) => unlisted(top, &error),
            };
            if let (Some(entry), Ok(mut found)) = (entry, found.lock()) {
                found.entries.push(entry);
            }
            state
        })
    });
}

fn entry_of(top: &Path, entry: &DirEntry) -> Option<Entry> {
    let kind = kind_of(entry.file_type()?)?;
    let named = entry.file_name().to_string_lossy();
    if kind != EntryKind::Symlink && !is_yaml(&named) {
        return None;
    }
    Some(Entry { path: relative(top, entry.path())?, kind, id: None })
}

fn kind_of(kind: FileType) -> Option<EntryKind> {
    if kind.is_dir() {
        None
    } else if kind.is_symlink() {
        Some(EntryKind::Symlink)
    } else if kind.is_file() {
        Some(EntryKind::File)
    } else {
        Some(EntryKind::Special)
    }
}

/// A folder that could not be listed, from the walker's error.
fn unlisted(top: &Path, error: &ignore::Error) -> Option<Entry> {
    let path = match error {
        ignore::Error::WithPath { path, .. } => path,
        ignore::Error::WithDepth { err, .. } => return unlisted(top, err),
        _ => return None,
    };
    let path = relative(top, path)?;
    Some(Entry { path, kind: EntryKind::Unlisted, id: None })
}

fn relative(top: &Path, path: &Path) -> Option<String> {
    let relative = path.strip_prefix(top).ok()?.to_string_lossy();
    Some(match std::path::MAIN_SEPARATOR {
        '/' => relative.into_owned(),
        separator => relative.replace(separator, "/"),
    })
}

fn add_ignored_but_tracked(
    top: &Path,
    tracked: &[Tracked],
    below: &dyn Fn(&str) -> bool,
    entries: &mut Vec<Entry>,
) {
    let mut added = Vec::new();
    // Git keeps its index in the order of paths, as the entries are: one walk through both.
    let mut walked = entries.iter().map(|entry| entry.path.as_str()).peekable();
    for file in tracked.iter().filter(|file| is_yaml(&file.path) && below(&file.path)) {
        while walked.next_if(|path| *path < file.path.as_str()).is_some() {}
        if walked.peek() == Some(&file.path.as_str()) {
            continue;
        }
        let Some(metadata) = inside(top, &file.path) else { continue };
        let Some(kind) = kind_of(metadata.file_type()) else { continue };
        added.push(Entry { path: file.path.clone(), kind, id: None });
    }
    if !added.is_empty() {
        entries.append(&mut added);
        sort(entries);
        entries.dedup_by(|a, b| a.path == b.path);
    }
}

/// Opens a file and nothing else: what was a file when the folder was listed may be a link or a
/// pipe by now, and opening a pipe would wait for a writer.
#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<fs::File> {
    if fs::symlink_metadata(path)?.file_type().is_symlink() {
        return Err(std::io::Error::other("a link"));
    }
    fs::File::open(path)
}

/// What stands at a path, unless a link on the way to it could lead out of the tree.
fn inside(top: &Path, path: &str) -> Option<fs::Metadata> {
    let mut folder = top.to_owned();
    let (parents, _) = path.rsplit_once('/').unwrap_or_default();
    for part in parents.split('/').filter(|part| !part.is_empty()) {
        folder.push(part);
        if fs::symlink_metadata(&folder).ok()?.file_type().is_symlink() {
            return None;
        }
    }
    fs::symlink_metadata(top.join(path)).ok()
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut fs::File, bytes: &mut [u8]) -> std::io::Result<usize> {
    let mut done = 0;
    while done < bytes.len() {
        match file.read(&mut bytes[done..]) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

impl Tree for Worktree {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        let refused = |error: std::io::Error| ReadError::Refused(error.to_string());
        let path = self.top.join(&entry.path);
        if entry.kind == EntryKind::Symlink {
            let target = fs::read_link(&path).map_err(refused)?;
            let bytes = target.to_string_lossy().into_owned().into_bytes();
            return Ok(Content { size: bytes.len() as u64, bytes });
        }
        let mut file = open(&path).map_err(refused)?;
        let metadata = file.metadata().map_err(refused)?;
        if !metadata.is_file() {
            return Err(ReadError::Refused("not a regular file".to_owned()));
        }
        let size = metadata.len();
        let mut bytes = vec![0; usize::try_from(size.min(limit)).unwrap_or_default()];
        let read = fill(&mut file, &mut bytes).map_err(refused)?;
        bytes.truncate(read);
        Ok(Content { bytes, size })
    }

    fn mode(&self, path: &str) -> Option<Mode> {
        let metadata = inside(&self.top, path)?;
        let kind = metadata.file_type();
        Some(if kind.is_dir() {
            Mode::Directory
        } else if kind.is_symlink() {
            Mode::Symlink
        } else {
            Mode::File
        })
    }

    fn files(&self) -> Result<Vec<String>, GitError> {
        let found = Mutex::new(Vec::new());
        let walker = walker(&self.top, self.git).build_parallel();
        walker.run(|| {
            Box::new(|result| {
                let Ok(entry) = result else { return WalkState::Continue };
                if entry.file_name() == ".git" {
                    return WalkState::Skip;
                }
                let is_file = entry.file_type().is_some_and(|kind| !kind.is_dir());
                let path = relative(&self.top, entry.path()).filter(|_| is_file);
                if let (Some(path), Ok(mut found)) = (path, found.lock()) {
                    found.push(path);
                }
                WalkState::Continue
            })
        });
        let mut files = found.into_inner().unwrap_or_default();
        files.par_sort_unstable();
        files.dedup();
        Ok(files)
    }
}
