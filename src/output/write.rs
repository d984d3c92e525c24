//! Writing files: whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}: {source}")]
pub struct WriteError {
    path: PathBuf,
    source: std::io::Error,
}

/// Writes a file beside its place and puts it there in one step; folders are made as needed.
///
/// # Errors
///
/// The file system refuses; what was there before is still there.
pub fn replace(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    let failed = |source| WriteError { path: path.to_owned(), source };
    // Through a link to what it points to; a device or a pipe is written to and not replaced.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let old = std::fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        let mut target = std::fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
        return target.write_all(content).map_err(failed);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let file = beside(folder, content, old.as_ref()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Replaces a file below a folder in one step, if it is a file, no link leads to it, and `still`
/// says so when all but the last step is done; says whether it did.
///
/// # Errors
///
/// A link leads there, or the file system refuses; what was there before is still there.
pub fn rewrite(
    top: &Path,
    path: &str,
    content: &[u8],
    still: &dyn Fn() -> bool,
) -> Result<bool, WriteError> {
    let failed = |source| WriteError { path: path.into(), source };
    let (target, old) = writable(top, path)?;
    let folder = target.parent().unwrap_or(top);
    let file = beside(folder, content, Some(&old)).map_err(failed)?;
    if !still() {
        return Ok(false);
    }
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(true)
}

/// Whether a file below a folder can be replaced, as far as that can be seen before it is tried.
///
/// # Errors
///
/// A link leads there, it is no file, or it is read-only.
pub fn check_writable(top: &Path, path: &str) -> Result<(), WriteError> {
    writable(top, path).map(|_| ())
}

fn writable(top: &Path, path: &str) -> Result<(PathBuf, std::fs::Metadata), WriteError> {
    let failed = |source| WriteError { path: path.into(), source };
    let target = own_file(top, path)?;
    let old = std::fs::symlink_metadata(&target).map_err(failed)?;
    if old.permissions().readonly() {
        return Err(failed(std::io::Error::other("it is read-only")));
    }
    Ok((target, old))
}

/// Takes a file below a folder away, if it is a file, no link leads to it, and `still` says so; and
/// the folders that this leaves empty. Says whether it did.
///
/// # Errors
///
/// A link leads there, or the file system refuses; the file is still there.
pub fn remove(top: &Path, path: &str, still: &dyn Fn() -> bool) -> Result<bool, WriteError> {
    let target = own_file(top, path)?;
    if !still() {
        return Ok(false);
    }
    let failed = |source| WriteError { path: path.into(), source };
    std::fs::remove_file(&target).map_err(failed)?;
    let mut folder = target.parent();
    // A folder that holds something else refuses to go.
    while let Some(at) = folder.filter(|at| *at != top && std::fs::remove_dir(at).is_ok()) {
        folder = at.parent();
    }
    Ok(true)
}

/// Makes a file below a folder one that can be executed, or not.
///
/// # Errors
///
/// A link leads there, or the file system refuses.
pub fn set_executable(top: &Path, path: &str, executable: bool) -> Result<(), WriteError> {
    let target = own_file(top, path)?;
    let failed = |source| WriteError { path: path.into(), source };
    execute(&target, executable).map_err(failed)
}

#[cfg(unix)]
fn execute(target: &Path, executable: bool) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(target)?.permissions().mode();
    // Whoever may read it may execute it.
    let mode = if executable { mode | ((mode & 0o444) >> 2) } else { mode & !0o111 };
    std::fs::set_permissions(target, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn execute(_: &Path, _: bool) -> std::io::Result<()> {
    Ok(())
}

/// A file below a folder that no link leads to.
fn own_file(top: &Path, path: &str) -> Result<PathBuf, WriteError> {
    let mut target = top.to_owned();
    target.extend(path.split('/'));
    let failed = |source| WriteError { path: path.into(), source };
    let folder = target.parent().unwrap_or(top);
    // What is real is below the top and has no link on the way to it.
    let real = folder.canonicalize().map_err(failed)?;
    let old = std::fs::symlink_metadata(&target).map_err(failed)?;
    if real != folder || !real.starts_with(top) || !old.is_file() {
        return Err(failed(std::io::Error::other("a link leads there, or it is no file")));
    }
    Ok(target)
}

/// Writes a file that is to take the place of another in its folder.
fn beside(
    folder: &Path,
    content: &[u8],
    old: Option<&std::fs::Metadata>,
) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gitsm-");
    if let Some(permissions) = permissions(old) {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    keep_owner(file.as_file(), old);
    // The umask takes away from what a file is made with, and must not from what it had.
    if let Some(permissions) = old.and_then(|old| permissions(Some(old))) {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// Gives a file to whom the one belongs that it replaces. Only root may do that, and who else may
/// write there has the folder anyway, so it is no failure if it cannot be.
#[cfg(unix)]
fn keep_owner(file: &std::fs::File, old: Option<&std::fs::Metadata>) {
    use std::os::unix::fs::{MetadataExt, fchown};
    if let Some(old) = old {
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &std::fs::File, _: Option<&std::fs::Metadata>) {}

/// Those of the file that is replaced, or else what the user's umask leaves of all.
#[cfg(unix)]
pub(super) fn permissions(old: Option<&std::fs::Metadata>) -> Option<std::fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    let new = std::fs::Permissions::from_mode(0o666);
    Some(old.map_or(new, std::fs::Metadata::permissions))
}

#[cfg(not(unix))]
pub(super) fn permissions(_: Option<&std::fs::Metadata>) -> Option<std::fs::Permissions> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    #[allow(clippy::disallowed_methods, reason = "looks at what was written")]
    fn links_and_modes_are_kept_and_devices_are_not_replaced() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        replace(&at("a/new"), b"1").unwrap();
        std::fs::set_permissions(at("a/new"), std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink(at("a/new"), at("link")).unwrap();
        replace(&at("link"), b"2").unwrap();
        assert_eq!(std::fs::read(at("a/new")).unwrap(), b"2");
        let mode = std::fs::metadata(at("a/new")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        symlink("/dev/null", at("null")).unwrap();
        replace(&at("null"), b"3").unwrap();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
    }

    #[cfg(unix)]
    #[test]
    #[allow(clippy::disallowed_methods, reason = "looks at what was written")]
    fn a_file_is_rewritten_with_its_mode_and_never_through_a_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let outside = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        replace(&outside.path().join("a"), b"1").unwrap();
        replace(&top.join("b/a"), b"1").unwrap();
        std::fs::set_permissions(top.join("b/a"), std::fs::Permissions::from_mode(0o766)).unwrap();
        assert!(rewrite(&top, "b/a", b"2", &|| true).unwrap());
        assert_eq!(std::fs::read(top.join("b/a")).unwrap(), b"2");
        let mode = std::fs::metadata(top.join("b/a")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o766, "whatever the umask is");
        assert!(!rewrite(&top, "b/a", b"3", &|| false).unwrap());
        symlink(outside.path(), top.join("link")).unwrap();
        symlink(outside.path().join("a"), top.join("file")).unwrap();
        let up = format!("../{}/a", outside.path().file_name().unwrap().to_string_lossy());
        for path in ["link/a", "file", up.as_str(), "b", "missing"] {
            assert!(rewrite(&top, path, b"4", &|| true).is_err(), "{path}");
        }
        assert_eq!(std::fs::read(outside.path().join("a")).unwrap(), b"1");
        assert_eq!(std::fs::read(top.join("b/a")).unwrap(), b"2");
        assert_eq!(std::fs::read_dir(top.join("b")).unwrap().count(), 1, "nothing stays behind");
    }
}
