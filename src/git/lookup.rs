//! What stands at many paths of a tree: each folder is opened once.

use std::collections::HashMap;

use super::compare::{tree_of, version};
use super::snapshot::DEEPEST;
use super::{GitError, Version};

/// What stands at a path of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Nothing.
    Nothing,
    /// A file, a link or a submodule.
    File(Version),
    /// A folder.
    Folder,
    /// Nothing, because what would be its folder is a file.
    Blocked,
}

/// What stands at each of some sorted paths.
pub(super) fn standings(
    repository: &git2::Repository,
    tree: Option<git2::Oid>,
    paths: &[&[u8]],
) -> Result<Vec<Standing>, GitError> {
    let mut found = vec![Standing::Nothing; paths.len()];
    if let Some(tree) = tree {
        let parts = paths.iter().map(|path| (*path, 0)).enumerate().collect();
        enter(repository, tree, parts, &mut found, 0)?;
    }
    Ok(found)
}

/// The number of a path, the path, and from where on it is still to be followed.
type Part<'p> = (usize, (&'p [u8], usize));

fn enter(
    repository: &git2::Repository,
    tree: git2::Oid,
    parts: Vec<Part<'_>>,
    found: &mut [Standing],
    depth: usize,
) -> Result<(), GitError> {
    if depth > DEEPEST {
        return Ok(());
    }
    let above = parts.first().map(|(_, (path, from))| path.get(..*from).unwrap_or_default());
    let tree = tree_of(repository, tree, above.unwrap_or_default())?;
    // A folder's paths stand together, but for those of a file of the same beginning.
    let mut below: HashMap<git2::Oid, Vec<Part<'_>>> = HashMap::new();
    let mut order = Vec::new();
    for (number, (path, from)) in parts {
        let rest = path.get(from..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'/');
        let name = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
        let Some(entry) = tree.get_name_bytes(name) else { continue };
        let is_folder = entry.kind() == Some(git2::ObjectType::Tree);
        let standing = match (length, is_folder) {
            (None, true) => Standing::Folder,
            (None, false) => Standing::File(version(&entry)),
            (Some(_), false) => Standing::Blocked,
            (Some(length), true) => {
                let waiting = below.entry(entry.id()).or_insert_with(|| {
                    order.push(entry.id());
                    Vec::new()
                });
                waiting.push((number, (path, from + length + 1)));
                continue;
            }
        };
        if let Some(place) = found.get_mut(number) {
            *place = standing;
        }
    }
    for id in order {
        enter(repository, id, below.remove(&id).unwrap_or_default(), found, depth + 1)?;
    }
    Ok(())
}
