//! Whether the files that a site is made of have changed since somebody looked.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::flow::workspace::{Place, Workspace, WorkspaceError};

/// What the files of a catalog look like from outside: their paths, sizes and times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(Vec<(PathBuf, u64, Option<SystemTime>)>);

/// Looks at the files of a place; those of the site itself are none. Nothing is read.
///
/// # Errors
///
/// There is nothing to look at.
pub fn look(place: &Place, out: &Path) -> Result<Seen, WorkspaceError> {
    let workspace = Workspace::open(place)?;
    let out = out.canonicalize().unwrap_or_else(|_| out.to_owned());
    let folder = workspace.top.join(&workspace.config.folder);
    let mut paths: Vec<PathBuf> = Vec::new();
    let entries = workspace.tree.entries().iter();
    paths.extend(entries.map(|entry| workspace.top.join(&entry.path)));
    below(&folder.join(".gitsm/site"), &mut paths, 0);
    if let Some(repository) = &workspace.repository {
        // A commit changes what is told of lately, and no file.
        paths.push(repository.git_dir().join("logs/HEAD"));
    }
    paths.retain(|path| !path.starts_with(&out));
    let seen = paths.into_iter().map(|path| {
        let known = fs::symlink_metadata(&path).ok();
        let size = known.as_ref().map_or(0, fs::Metadata::len);
        (path, size, known.and_then(|known| known.modified().ok()))
    });
    Ok(Seen(seen.collect()))
}

/// The files in a folder, and in those in it.
fn below(folder: &Path, paths: &mut Vec<PathBuf>, depth: usize) {
    const DEEPEST: usize = 16;
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut found: Vec<PathBuf> = entries.filter_map(|one| Some(one.ok()?.path())).collect();
    found.sort();
    for path in found {
        match fs::symlink_metadata(&path).is_ok_and(|known| known.is_dir()) {
            true if depth < DEEPEST => below(&path, paths, depth + 1),
            true => {}
            false => paths.push(path),
        }
    }
}
