//! Creating files below a folder: never over what is there, never through a link.

use std::io::{ErrorKind, Write};
use std::path::Path;

use super::write::permissions;

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Nothing,
    /// A file.
    File,
    /// A link, wherever it leads.
    Link,
    /// A folder, a pipe or a device.
    Other,
}

/// A file could not be created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// A folder on the way is a link.
    #[error("cannot write {path}: `{folder}` is a link, and gitsm writes through none")]
    Link {
        /// The file.
        path: String,
        /// The link.
        folder: String,
    },
    /// A part of the path is something that no file can stand below.
    #[error("cannot write {path}: `{folder}` is no folder")]
    NoFolder {
        /// The file.
        path: String,
        /// What is in the way.
        folder: String,
    },
    /// The file system refuses.
    #[error("cannot write {path}: {source}")]
    Refused {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl CreateError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Link { .. } => Some("put a folder in its place, or name the folder it leads to"),
            Self::NoFolder { .. } => Some("move it away"),
            Self::Refused { .. } => None,
        }
    }
}

/// What stands at a path below a folder; `path` has `/` between its parts and none of them is `..`.
///
/// # Errors
///
/// A folder on the way is a link or no folder, or cannot be looked at.
pub fn standing(top: &Path, path: &str) -> Result<Standing, CreateError> {
    let mut at = top.to_owned();
    let mut end = 0;
    for part in path.split('/') {
        at.push(part);
        end += part.len();
        let kind = match std::fs::symlink_metadata(&at) {
            Ok(metadata) => metadata.file_type(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Standing::Nothing),
            Err(source) => return Err(refused(path)(source)),
        };
        let (path_owned, folder) = (path.to_owned(), path[..end].to_owned());
        match end < path.len() {
            true if kind.is_symlink() => {
                return Err(CreateError::Link { path: path_owned, folder });
            }
            true if !kind.is_dir() => {
                return Err(CreateError::NoFolder { path: path_owned, folder });
            }
            true => {}
            false if kind.is_symlink() => return Ok(Standing::Link),
            false if kind.is_file() => return Ok(Standing::File),
            false => return Ok(Standing::Other),
        }
        end += 1;
    }
    Ok(Standing::Other)
}

fn refused(path: &str) -> impl Fn(std::io::Error) -> CreateError + use<> {
    let path = path.to_owned();
    move |source| CreateError::Refused { path: path.clone(), source }
}

/// Creates a file in one step, and the folders that it needs; false if something is there by now.
///
/// # Errors
///
/// A folder on the way is a link or no folder, or the file system refuses.
pub fn create(top: &Path, path: &str, content: &[u8]) -> Result<bool, CreateError> {
    let refused = refused(path);
    if standing(top, path)? != Standing::Nothing {
        return Ok(false);
    }
    std::fs::create_dir_all(top).map_err(&refused)?;
    let mut folder = top.to_owned();
    let parents = path.rsplit_once('/').map_or("", |(parents, _)| parents);
    for part in parents.split('/').filter(|part| !part.is_empty()) {
        folder.push(part);
        match std::fs::create_dir(&folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(refused(error)),
            _ => {}
        }
    }
    // Somebody may have been quicker, with a folder that is a link by now.
    if standing(top, path)? != Standing::Nothing {
        return Ok(false);
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gitsm-");
    if let Some(permissions) = permissions(None) {
        builder.permissions(permissions);
    }
    let mut file = builder.tempfile_in(&folder).map_err(&refused)?;
    file.write_all(content).map_err(&refused)?;
    file.as_file().sync_all().map_err(&refused)?;
    match file.persist_noclobber(top.join(path)) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(refused(error.error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "looks at what was written")]
    fn what_is_there_stays_and_the_rest_is_made() {
        let folder = tempfile::tempdir().unwrap();
        assert!(create(folder.path(), "a/b/c.yaml", b"1").unwrap());
        assert!(!create(folder.path(), "a/b/c.yaml", b"2").unwrap());
        assert_eq!(std::fs::read(folder.path().join("a/b/c.yaml")).unwrap(), b"1");
        assert_eq!(standing(folder.path(), "a/b").unwrap(), Standing::Other);
        let error = create(folder.path(), "a/b/c.yaml/d", b"3").unwrap_err();
        assert!(matches!(error, CreateError::NoFolder { .. }), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("a")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("x"), folder.path().join("b")).unwrap();
        let error = create(folder.path(), "a/b/c", b"1").unwrap_err();
        assert!(matches!(error, CreateError::Link { .. }), "{error}");
        assert!(!create(folder.path(), "b", b"1").unwrap());
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
