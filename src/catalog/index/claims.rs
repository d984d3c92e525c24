//! Which entities a path belongs to, and who a commit's author is.

use super::{Damaged, Index, Topic};
use crate::catalog::{folders_above, glob_from_top};

/// An entity that a path belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// Its canonical reference.
    pub name: String,
    /// The file of the document that claims the path.
    pub file: String,
    /// The glob of its sources, or the path of a file that it embeds, from the top of the tree on;
    /// nothing if its document stands for the folder that it is in.
    pub glob: Option<String>,
    /// Whether it only takes the file's content in place of a value.
    pub embeds: bool,
}

/// The folder that every match of a glob is in; nothing if the glob is one path and no pattern.
pub(super) fn folder_of(glob: &str) -> Option<&str> {
    let wild = glob.find(['*', '?', '[', ']', '{', '}', '\\'])?;
    let fixed = glob.get(..wild).unwrap_or_default();
    Some(fixed.rsplit_once('/').map_or("", |(folder, _)| folder))
}

/// The entities that a path belongs to, as [`Claims::owners`](crate::catalog::Claims::owners) says;
/// and those that put its content in place of a value. Only globs that may match are tried: those
/// whose fixed folders are folders of the path.
///
/// # Errors
///
/// What is kept of the index is damaged.
pub fn claims(index: &dyn Index, path: &str) -> Result<Vec<Claim>, Damaged> {
    let mut found: Vec<Claim> = Vec::new();
    let mut take = |name: &str, file: &str, glob: &str, embeds: bool| {
        let (name, file) = (name.to_owned(), file.to_owned());
        found.push(Claim { name, file, glob: Some(glob.to_owned()), embeds });
    };
    for filed in index.find(Topic::Claims, path)? {
        for one in &filed.summary.entities {
            if one.sources.iter().any(|glob| glob == path) {
                take(&one.name, &filed.path, path, false);
            }
            if one.embeds.iter().any(|embedded| embedded == path) {
                take(&one.name, &filed.path, path, true);
            }
        }
    }
    for folder in folders_above(path) {
        for filed in index.find(Topic::Folder, folder)? {
            for one in &filed.summary.entities {
                let here = |glob: &&String| folder_of(glob) == Some(folder) && fits(glob, path);
                let fitting = one.sources.iter().filter(here);
                fitting.for_each(|glob| take(&one.name, &filed.path, glob, false));
            }
        }
    }
    if found.iter().all(|claim| claim.embeds) {
        found.extend(by_folder(index, path)?);
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The entities whose document is the nearest above a path that stands for its folder.
fn by_folder(index: &dyn Index, path: &str) -> Result<Vec<Claim>, Damaged> {
    for folder in folders_above(path) {
        let mut owners: Vec<Claim> = Vec::new();
        for name in ["catalog-info.yaml", "catalog-info.yml"] {
            let at = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let there = index.find(Topic::Path, &at)?;
            let there = there.iter().filter(|filed| filed.path == at);
            let entities = there.flat_map(|filed| &filed.summary.entities);
            owners.extend(entities.filter(|one| one.folder).map(|one| Claim {
                name: one.name.clone(),
                file: at.clone(),
                glob: None,
                embeds: false,
            }));
        }
        if !owners.is_empty() {
            return Ok(owners);
        }
    }
    Ok(Vec::new())
}

fn fits(glob: &str, path: &str) -> bool {
    glob_from_top(glob).is_ok_and(|glob| glob.compile_matcher().is_match(path))
}

/// The people who go by an account (`ada`, `github:ada`) or an address, in any case, as canonical
/// references.
///
/// # Errors
///
/// What is kept of the index is damaged.
pub fn persons(index: &dyn Index, account: &str) -> Result<Vec<String>, Damaged> {
    let account = account.trim().to_lowercase();
    let mut found: Vec<String> = Vec::new();
    for filed in index.find(Topic::Account, &account)? {
        let known = filed.summary.entities.iter().filter(|one| one.accounts.contains(&account));
        found.extend(known.map(|one| one.name.clone()));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_is_found_by_the_folders_before_its_first_wildcard() {
        for (glob, folder) in [
            ("a/b/**", Some("a/b")),
            ("a/b*/c", Some("a")),
            ("**/x.tf", Some("")),
            ("x?.tf", Some("")),
            ("a/{b,c}/d", Some("a")),
            ("a/b/c.tf", None),
        ] {
            assert_eq!(folder_of(glob), folder, "{glob}");
        }
    }
}
