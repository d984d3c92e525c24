//! Which entities a path belongs to, and who a commit's author is.

use globset::GlobBuilder;

use super::{Damaged, Defined, Index, Topic};
use crate::catalog::is_catalog_info;
use crate::catalog::sources::{BUILT, OTHERWISE};

/// The most bytes and braces of a glob; rules tell of longer ones.
const LONGEST: usize = 512;
const MOST_BRACES: usize = 8;

/// An entity that a path belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// Its canonical reference.
    pub name: String,
    /// The file of the document that claims the path.
    pub file: String,
    /// The glob of its sources, or the path of a file that it embeds, from the top of the tree on;
    /// nothing if it is the nearest `catalog-info.yaml` that says nothing of sources.
    pub glob: Option<String>,
}

/// The folder that every match of a glob is in; nothing if the glob is one path and no pattern.
pub(super) fn folder_of(glob: &str) -> Option<&str> {
    let wild = glob.find(['*', '?', '[', ']', '{', '}', '\\'])?;
    let fixed = glob.get(..wild).unwrap_or_default();
    Some(fixed.rsplit_once('/').map_or("", |(folder, _)| folder))
}

/// The folders that a path is in, the nearest first; the last is the top.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |at| match at.rsplit_once('/') {
        Some((folder, _)) => Some(folder),
        None => (!at.is_empty()).then_some(""),
    })
    .skip(1)
}

/// The entities that a path belongs to: by their sources, because they embed the file, or because
/// it is in the folder of the nearest `catalog-info.yaml` whose entities name no sources. Only globs
/// that may match are tried: those whose fixed folders are folders of the path.
///
/// # Errors
///
/// What is kept of the index is damaged.
pub fn claims(index: &dyn Index, path: &str) -> Result<Vec<Claim>, Damaged> {
    let mut found: Vec<Claim> = Vec::new();
    let mut by_sources = false;
    let mut take = |name: &str, file: &str, glob: Option<&str>| {
        let (name, file) = (name.to_owned(), file.to_owned());
        found.push(Claim { name, file, glob: glob.map(str::to_owned) });
    };
    for filed in index.find(Topic::Claims, path)? {
        for one in &filed.summary.entities {
            let written = one.sources.iter().chain(&one.embeds);
            by_sources |= one.sources.iter().any(|glob| glob == path);
            let same = written.filter(|glob| *glob == path).take(1);
            same.for_each(|glob| take(&one.name, &filed.path, Some(glob)));
        }
    }
    for folder in folders(path) {
        for filed in index.find(Topic::Folder, folder)? {
            for one in &filed.summary.entities {
                let here = |glob: &&String| folder_of(glob) == Some(folder) && fits(glob, path);
                let fitting = one.sources.iter().filter(here);
                fitting.for_each(|glob| {
                    by_sources = true;
                    take(&one.name, &filed.path, Some(glob));
                });
            }
        }
    }
    // Who says what their sources are goes before who stands above.
    if !by_sources {
        for (file, name) in by_folder(index, path)? {
            found.push(Claim { name, file, glob: None });
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The entities of the nearest `catalog-info.yaml` above a path, which own its folder if they name
/// no sources.
fn by_folder(index: &dyn Index, path: &str) -> Result<Vec<(String, String)>, Damaged> {
    if is_catalog_info(path) {
        return Ok(Vec::new());
    }
    for folder in folders(path) {
        let mut owners: Vec<(String, String)> = Vec::new();
        for name in ["catalog-info.yaml", "catalog-info.yml"] {
            let at = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let there = index.find(Topic::Path, &at)?;
            for filed in there.iter().filter(|filed| filed.path == at) {
                let all = &filed.summary.entities;
                let has_built = all.iter().any(|one| BUILT.contains(&one.kind.family));
                let stands = |one: &&Defined| {
                    let family = one.kind.family;
                    let fits = BUILT.contains(&family) || OTHERWISE.contains(&family) && !has_built;
                    fits && one.kind.group.foreign && one.sources.is_empty()
                };
                let entities = all.iter().filter(stands);
                owners.extend(entities.map(|one| (at.clone(), one.name.clone())));
            }
        }
        if !owners.is_empty() {
            return Ok(owners);
        }
    }
    Ok(Vec::new())
}

fn fits(glob: &str, path: &str) -> bool {
    if glob.len() > LONGEST || glob.matches('{').count() > MOST_BRACES {
        return false;
    }
    let built = GlobBuilder::new(glob).literal_separator(true).build();
    built.is_ok_and(|glob| glob.compile_matcher().is_match(path))
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
        assert_eq!(folders("a/b/c.tf").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(folders("c.tf").collect::<Vec<_>>(), [""]);
    }
}
