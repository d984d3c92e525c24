//! A folder that cannot be left: its files are reached part by part, and through no link.

use std::io::{ErrorKind, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};

use super::name::{misnamed, unfinished};
use crate::target::Fault;

/// The bytes that a file may have. What is longer is read up to here and one byte more, so that it is
/// never taken for what gitsm wrote.
pub(crate) const LARGEST: usize = 16 << 20;

/// A folder, and everything below it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    dir: OnceLock<Dir>,
}

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// A file.
    File {
        /// Its content, at most [`LARGEST`] bytes and one.
        content: Vec<u8>,
        /// Its permissions, the last nine bits, where the system has them.
        mode: Option<u32>,
    },
    /// Something that gitsm neither reads nor replaces, as a phrase.
    Other(&'static str),
}

/// Who may do what with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As the file had it that is replaced, or else as the umask says.
    Kept,
    /// As the umask says.
    Default,
    /// These nine bits.
    Set(u32),
}

/// A content to be put somewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Write<'a> {
    /// All bytes of the file.
    pub(crate) content: &'a [u8],
    /// Who may do what with it.
    pub(crate) mode: Mode,
    /// Whether a file is replaced, or else there must be none.
    pub(crate) replace: bool,
}

impl Folder {
    /// The folder at a path of the operator. It need not be there, but what it is in must.
    pub(crate) fn at(path: &str) -> Result<Self, Fault> {
        let settings = |why: String| Fault::settings(format!("the folder {path}: {why}"));
        let own = PathBuf::from(path);
        if path.is_empty() || path.contains('\0') {
            return Err(settings("a path is needed".into()));
        }
        let dir = OnceLock::new();
        match Dir::open_ambient_dir(&own, ambient_authority()) {
            Ok(open) => _ = dir.set(open),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let parent = own.parent().filter(|parent| !parent.as_os_str().is_empty());
                let parent = parent.unwrap_or(Path::new("."));
                if !parent.is_dir() {
                    let parent = parent.display();
                    return Err(settings(format!("make {parent} first: it is no folder")));
                }
            }
            Err(error) => return Err(settings(error.to_string())),
        }
        Ok(Self { path: own, dir })
    }

    /// The open folder; nothing if it is not there.
    pub(super) fn dir(&self) -> Option<&Dir> {
        self.dir.get()
    }

    /// The open folder, made if it is not there.
    pub(super) fn made(&self) -> Result<&Dir, Fault> {
        if let Some(dir) = self.dir.get() {
            return Ok(dir);
        }
        let failed = |error| not_done(&self.path.display().to_string(), &error);
        match std::fs::create_dir(&self.path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed(error)),
            _ => {}
        }
        let dir = Dir::open_ambient_dir(&self.path, ambient_authority()).map_err(failed)?;
        Ok(self.dir.get_or_init(|| dir))
    }

    /// The folder that a path is in, and its last part.
    fn parent<'p>(&self, path: &'p str) -> Result<Parent<'p>, Fault> {
        check(path)?;
        let Some(dir) = self.dir() else { return Ok(Parent::Nothing) };
        let mut dir = dir.try_clone().map_err(|error| not_done(path, &error))?;
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return Ok(Parent::Open(dir, part));
            }
            dir = match dir.symlink_metadata(part) {
                Ok(meta) if meta.is_dir() => match dir.open_dir(part) {
                    Ok(dir) => dir,
                    Err(error) => return Err(not_done(path, &error)),
                },
                Ok(meta) if meta.is_symlink() => return Ok(Parent::Other("it is behind a link")),
                Ok(_) => return Ok(Parent::Other("it is below a file")),
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Parent::Nothing),
                Err(error) => return Err(not_done(path, &error)),
            };
        }
        Ok(Parent::Nothing)
    }

    /// What is at a path.
    pub(crate) fn read(&self, path: &str) -> Result<Found, Fault> {
        match self.parent(path)? {
            Parent::Nothing => Ok(Found::Nothing),
            Parent::Other(why) => Ok(Found::Other(why)),
            Parent::Open(dir, name) => {
                read(&dir, name, LARGEST as u64 + 1).map_err(|e| not_done(path, &e))
            }
        }
    }

    /// The folders on the way to a path that are not there, the topmost first.
    pub(super) fn missing<'p>(&self, path: &'p str) -> Result<Vec<&'p str>, Fault> {
        check(path)?;
        let mut missing = Vec::new();
        for (at, _) in path.match_indices('/') {
            let Some(folder) = path.get(..at) else { continue };
            let there = match self.parent(folder)? {
                Parent::Open(dir, name) => dir.symlink_metadata(name).is_ok(),
                Parent::Nothing => false,
                Parent::Other(why) => return Err(in_the_way(path, why)),
            };
            if !there {
                missing.push(folder);
            }
        }
        Ok(missing)
    }

    /// Makes one folder; it is no failure if it is there.
    pub(super) fn make(&self, path: &str) -> Result<(), Fault> {
        self.made()?;
        match self.parent(path)? {
            Parent::Open(dir, name) => match dir.create_dir(name) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    Err(not_done(path, &error))
                }
                _ => synced(&dir).map_err(|error| not_done(path, &error)),
            },
            Parent::Nothing => Err(Fault::not_done(format!("{path}: its folder is gone"), None)),
            Parent::Other(why) => Err(in_the_way(path, why)),
        }
    }

    /// Takes a folder away if it is empty; says whether it is gone.
    pub(super) fn unmake(&self, path: &str) -> Result<bool, Fault> {
        match self.parent(path)? {
            Parent::Open(dir, name) => match dir.symlink_metadata(name) {
                Ok(meta) if meta.is_dir() => Ok(dir.remove_dir(name).is_ok()),
                // Somebody put something else in its place.
                Ok(_) => Ok(false),
                Err(_) => Ok(true),
            },
            _ => Ok(true),
        }
    }

    /// Puts a file there, in one step: before it nothing has changed, behind it all has.
    pub(crate) fn write(&self, path: &str, write: &Write<'_>) -> Result<(), Fault> {
        self.made()?;
        let (dir, name) = match self.parent(path)? {
            Parent::Open(dir, name) => (dir, name),
            Parent::Nothing => {
                return Err(Fault::not_done(format!("{path}: its folder is gone"), None));
            }
            Parent::Other(why) => return Err(in_the_way(path, why)),
        };
        let old = dir.symlink_metadata(name).ok();
        match &old {
            Some(old) if !old.is_file() => return Err(in_the_way(path, kind(old))),
            Some(_) if !write.replace => return Err(in_the_way(path, "there is a file already")),
            _ => {}
        }
        match replace(&dir, name, write) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(in_the_way(path, "there is a file already"));
            }
            replaced => replaced.map_err(|error| not_done(path, &error))?,
        }
        let unknown =
            |error| Fault::unknown(format!("{path}: it may not outlast a crash: {error}"));
        synced(&dir).map_err(unknown)
    }

    /// Takes a file away; nothing happens if there is none.
    pub(super) fn remove(&self, path: &str) -> Result<(), Fault> {
        let (dir, name) = match self.parent(path)? {
            Parent::Open(dir, name) => (dir, name),
            Parent::Nothing => return Ok(()),
            Parent::Other(why) => return Err(in_the_way(path, why)),
        };
        match dir.symlink_metadata(name) {
            Ok(meta) if meta.is_file() => {}
            Ok(meta) => return Err(in_the_way(path, kind(&meta))),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(not_done(path, &error)),
        }
        dir.remove_file(name).map_err(|error| not_done(path, &error))?;
        let unknown =
            |error| Fault::unknown(format!("{path}: it may come back after a crash: {error}"));
        synced(&dir).map_err(unknown)
    }

    /// Takes away what a killed run left beside a file.
    pub(super) fn tidy(&self, path: &str) {
        if let Ok(Parent::Open(dir, name)) = self.parent(path) {
            let _ = dir.remove_file(unfinished(name));
        }
    }
}

/// Where the last part of a path is.
enum Parent<'p> {
    Open(Dir, &'p str),
    Nothing,
    Other(&'static str),
}

fn check(path: &str) -> Result<(), Fault> {
    match misnamed(path) {
        Some(why) => Err(Fault::refused(format!("{path:?} is no name of a file: {why}"))),
        None => Ok(()),
    }
}

fn in_the_way(path: &str, why: &str) -> Fault {
    Fault::refused(format!(
        "{path}: {why}; look at it, and take it away or give this one another name"
    ))
}

/// What the system says before anything has happened.
pub(super) fn not_done(path: &str, error: &std::io::Error) -> Fault {
    let message = format!("{path}: {error}");
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Fault::refused(message),
        _ => Fault::not_done(message, None),
    }
}

fn kind(meta: &Metadata) -> &'static str {
    match meta.file_type() {
        kind if kind.is_symlink() => "it is a link",
        kind if kind.is_dir() => "it is a folder",
        _ => "it is no file",
    }
}

/// What is under a name in a folder, at most so many bytes of it.
pub(super) fn read(dir: &Dir, name: &str, most: u64) -> std::io::Result<Found> {
    match dir.symlink_metadata(name) {
        Ok(meta) if meta.is_file() => {}
        Ok(meta) => return Ok(Found::Other(kind(&meta))),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    }
    let mut options = OpenOptions::new();
    options.read(true);
    let file = match dir.open_with(name, unhindered(&mut options)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        file => file?,
    };
    // Between the look and the opening it may have become a pipe.
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Ok(Found::Other("it is no file"));
    }
    let mut content = Vec::new();
    file.take(most).read_to_end(&mut content)?;
    Ok(Found::File { content, mode: mode(&meta) })
}

/// Opening a pipe must not wait for somebody to write to it.
#[cfg(unix)]
fn unhindered(options: &mut OpenOptions) -> &OpenOptions {
    use cap_std::fs::OpenOptionsExt;
    options.custom_flags(libc::O_NONBLOCK)
}

#[cfg(not(unix))]
fn unhindered(options: &mut OpenOptions) -> &OpenOptions {
    options
}

/// Puts a file into a folder in one step.
pub(super) fn replace(dir: &Dir, name: &str, write: &Write<'_>) -> std::io::Result<()> {
    let old = dir.symlink_metadata(name).ok().filter(Metadata::is_file);
    let new = unfinished(name);
    let done =
        beside(dir, &new, write, old.as_ref()).and_then(|()| put(dir, &new, name, write.replace));
    if done.is_err() {
        let _ = dir.remove_file(&new);
    }
    done
}

/// Writes the next content of a file beside it.
fn beside(dir: &Dir, new: &str, write: &Write<'_>, old: Option<&Metadata>) -> std::io::Result<()> {
    // What a killed run left.
    match dir.remove_file(new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = dir.open_with(new, closed(&mut options, write.mode, old.is_some()))?;
    dress(&file, write.mode, old)?;
    file.write_all(write.content)?;
    file.sync_all()
}

/// A file that is to get permissions is nobody else's until it has them: whoever opened it before
/// could read on.
#[cfg(unix)]
fn closed(options: &mut OpenOptions, mode: Mode, replaces: bool) -> &OpenOptions {
    use cap_std::fs::OpenOptionsExt;
    options.mode(match mode {
        Mode::Default => 0o666,
        Mode::Kept if !replaces => 0o666,
        Mode::Kept | Mode::Set(_) => 0o600,
    })
}

#[cfg(not(unix))]
fn closed(options: &mut OpenOptions, _: Mode, _: bool) -> &OpenOptions {
    options
}

/// Gives a new file the owner of the old one, as far as that is allowed, and its permissions.
#[cfg(unix)]
fn dress(file: &File, mode: Mode, old: Option<&Metadata>) -> std::io::Result<()> {
    use cap_std::fs::{MetadataExt, Permissions, PermissionsExt};
    if let Some(old) = old {
        // Only root may. Whoever else may write here has the folder anyway.
        let _ = std::os::unix::fs::fchown(file, Some(old.uid()), Some(old.gid()));
    }
    let bits = match (mode, old) {
        (Mode::Set(bits), _) => Some(bits & 0o777),
        (Mode::Kept, Some(old)) => Some(old.mode() & 0o777),
        _ => None,
    };
    match bits {
        Some(bits) => file.set_permissions(Permissions::from_mode(bits)),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn dress(_: &File, mode: Mode, _: Option<&Metadata>) -> std::io::Result<()> {
    match mode {
        Mode::Set(_) => Err(std::io::Error::new(
            ErrorKind::PermissionDenied,
            "this system has no permissions of nine bits: leave `mode` out",
        )),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn mode(meta: &Metadata) -> Option<u32> {
    use cap_std::fs::MetadataExt;
    Some(meta.mode() & 0o777)
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> Option<u32> {
    None
}

/// Gives what was written its name.
fn put(dir: &Dir, new: &str, name: &str, replace: bool) -> std::io::Result<()> {
    if !replace {
        // A second name never takes the place of a file that somebody made meanwhile.
        match dir.hard_link(new, dir, name) {
            Ok(()) => return dir.remove_file(new),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
            // A file system without second names.
            Err(_) => {}
        }
    }
    dir.rename(new, dir, name)
}

/// What happened in a folder is on the disk.
#[cfg(unix)]
pub(super) fn synced(dir: &Dir) -> std::io::Result<()> {
    dir.open(".")?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn synced(_: &Dir) -> std::io::Result<()> {
    Ok(())
}
