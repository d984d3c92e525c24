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
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gitsm-");
    if let Some(permissions) = permissions(old.as_ref()) {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

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
}
