//! A site's files on disk. A new site appears whole, or not at all; in one that stands there, each
//! file is replaced in one step, those that are as they should be are left alone, and those that no
//! page makes any more are taken away. Nothing that is not a site's is ever touched.

#![allow(
    clippy::disallowed_methods,
    reason = "a site is no catalog: its own folder is compared, and a new one grows unseen"
)]

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::output::replace;
use crate::render::File;

/// Lists the files of a site, in its folder: by it a later run knows what is its own.
const MANIFEST: &str = ".gitsm-site";

/// The first line of the list.
const FORMAT: &str = "gitsm site 1";

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new, or other than before.
    pub written: usize,
    /// Files that were as they should be.
    pub unchanged: usize,
    /// Files that no page makes any more.
    pub removed: usize,
}

/// Why a site cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder holds something else.
    #[error("{} is no site that gitsm made, and not empty", .0.display())]
    NotOurs(PathBuf),
    /// A path is no folder.
    #[error("{} is not a folder", .0.display())]
    NoFolder(PathBuf),
    /// The file system refuses.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be replaced.
    #[error(transparent)]
    Replace(#[from] crate::output::WriteError),
}

impl WriteError {
    pub(super) fn is_usage(&self) -> bool {
        matches!(self, Self::NotOurs(_) | Self::NoFolder(_))
    }

    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::NotOurs(_) => Some("name a folder of its own: --out site".to_owned()),
            Self::NoFolder(_) => Some("name a folder: --out site".to_owned()),
            _ => None,
        }
    }
}

/// Where the files of a site go.
pub(super) struct Sink {
    out: PathBuf,
    /// Where a new site grows, until it takes its place.
    growing: Option<tempfile::TempDir>,
    /// The files that the site had before.
    before: BTreeSet<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    paths: BTreeSet<String>,
    folders: HashSet<PathBuf>,
    done: Written,
}

impl Sink {
    /// Looks at the folder; nothing is changed yet.
    pub(super) fn open(out: &Path) -> Result<Self, WriteError> {
        let failed = |source| WriteError::Io { path: out.to_owned(), source };
        let mut sink = Self {
            out: out.to_owned(),
            growing: None,
            before: BTreeSet::new(),
            state: Mutex::default(),
        };
        match fs::metadata(out) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty());
                let parent = parent.unwrap_or(Path::new("."));
                fs::create_dir_all(parent).map_err(failed)?;
                let mut named = tempfile::Builder::new();
                named.prefix(".gitsm-site-");
                sink.growing = Some(named.tempdir_in(parent).map_err(failed)?);
            }
            Err(error) => return Err(failed(error)),
            Ok(found) if !found.is_dir() => return Err(WriteError::NoFolder(out.to_owned())),
            Ok(_) => match fs::read_to_string(out.join(MANIFEST)) {
                Ok(text) if text.lines().next() == Some(FORMAT) => {
                    let own = text.lines().skip(1).filter(|path| is_plain(path));
                    sink.before = own.map(str::to_owned).collect();
                }
                _ if fs::read_dir(out).map_err(failed)?.next().is_none() => {}
                _ => return Err(WriteError::NotOurs(out.to_owned())),
            },
        }
        Ok(sink)
    }

    /// Writes files. Several threads may.
    pub(super) fn write(&self, files: Vec<File>) -> Result<(), WriteError> {
        for file in files {
            debug_assert!(is_plain(&file.path), "{}", file.path);
            let top = self.growing.as_ref().map_or(self.out.as_path(), |growing| growing.path());
            let path = top.join(&file.path);
            if let Some(folder) = path.parent() {
                self.folder(folder)?;
            }
            let failed = |source| WriteError::Io { path: path.clone(), source };
            let changed = match self.growing {
                Some(_) => {
                    fs::write(&path, &file.bytes).map_err(failed)?;
                    true
                }
                None if fs::read(&path).is_ok_and(|bytes| bytes == file.bytes) => false,
                None => {
                    replace(&path, &file.bytes)?;
                    true
                }
            };
            if let Ok(mut state) = self.state.lock() {
                match changed {
                    true => state.done.written += 1,
                    false => state.done.unchanged += 1,
                }
                state.paths.insert(file.path);
            }
        }
        Ok(())
    }

    /// Makes a folder, once.
    fn folder(&self, folder: &Path) -> Result<(), WriteError> {
        let known = self.state.lock().is_ok_and(|state| state.folders.contains(folder));
        if known {
            return Ok(());
        }
        let failed = |source| WriteError::Io { path: folder.to_owned(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        // A link could lead elsewhere: whoever could put one here may not be whoever renders.
        let mut inner = folder;
        while inner != self.out && inner.starts_with(&self.out) {
            if fs::symlink_metadata(inner).map_err(failed)?.is_symlink() {
                return Err(WriteError::NoFolder(inner.to_owned()));
            }
            inner = inner.parent().unwrap_or(&self.out);
        }
        if let Ok(mut state) = self.state.lock() {
            state.folders.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Takes away what no page makes any more, and lists what there is.
    pub(super) fn close(self) -> Result<Written, WriteError> {
        let State { paths, mut done, .. } =
            self.state.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut manifest = format!("{FORMAT}\n");
        for path in &paths {
            manifest.push_str(path);
            manifest.push('\n');
        }
        let failed = |source| WriteError::Io { path: self.out.clone(), source };
        if let Some(growing) = self.growing {
            fs::write(growing.path().join(MANIFEST), manifest).map_err(failed)?;
            readable(growing.path()).map_err(failed)?;
            fs::rename(growing.path(), &self.out).map_err(failed)?;
            // It is no temporary folder any more.
            let _ = growing.keep();
            return Ok(done);
        }
        for path in self.before.difference(&paths) {
            match fs::remove_file(self.out.join(path)) {
                Ok(()) => done.removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => {
                    return Err(WriteError::Io { path: self.out.join(path), source });
                }
            }
            // Folders that are empty now; one that is not stays.
            let mut folder = Path::new(path).parent();
            while let Some(inner) = folder.filter(|inner| !inner.as_os_str().is_empty()) {
                if fs::remove_dir(self.out.join(inner)).is_err() {
                    break;
                }
                folder = inner.parent();
            }
        }
        let list = self.out.join(MANIFEST);
        if fs::read(&list).ok().as_deref() != Some(manifest.as_bytes()) {
            replace(&list, manifest.as_bytes())?;
        }
        Ok(done)
    }
}

/// Temporary folders are for their owner alone; a site is for whoever may read it.
#[cfg(unix)]
fn readable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether a path stays below its folder.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\\')
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(out: &Path, files: &[(&str, &str)]) -> Result<Written, WriteError> {
        let sink = Sink::open(out)?;
        sink.write(files.iter().map(|(path, text)| File::new(*path, *text)).collect())?;
        sink.close()
    }

    #[test]
    fn only_what_changed_is_written_and_what_is_gone_is_taken_away() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("site");
        let first = written(&out, &[("a.html", "a"), ("x/b.html", "b")]).unwrap();
        assert_eq!(first, Written { written: 2, unchanged: 0, removed: 0 });
        fs::write(out.join("own.txt"), "not ours").unwrap();
        let second = written(&out, &[("a.html", "a"), ("c.html", "c")]).unwrap();
        assert_eq!(second, Written { written: 1, unchanged: 1, removed: 1 });
        assert!(!out.join("x").exists(), "an empty folder goes");
        assert!(out.join("own.txt").exists(), "what is not ours stays");
    }

    #[test]
    fn a_folder_of_something_else_is_left_alone() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("letter.txt"), "dear").unwrap();
        let refused = written(place.path(), &[("a.html", "a")]).unwrap_err();
        assert!(refused.is_usage(), "{refused}");
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_site_that_cannot_be_finished_does_not_appear() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("site");
        let sink = Sink::open(&out).unwrap();
        sink.write(vec![File::new("a.html", "a")]).unwrap();
        drop(sink);
        assert!(!out.exists());
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "nothing is left behind");
    }
}
