//! `codeowners`: who reviews which files, from who owns which entities.
//!
//! An entity's sources belong to its owner (a `catalog-info.yaml` without any owns its folder), and
//! a file of the catalog to the owners of what it defines. Owners are written as the catalog knows
//! them: `accounts` of a Person, the annotations `github.com/team-slug` and
//! `github.com/user-login`, or an address. Nobody is guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::ask::{AskError, Asked};
use super::fix::{Change, put as replace};
use super::init::codeowners::{LIMIT, PATHS, is_login};
use super::workspace::Place;
use crate::catalog::{EntityId, Reference, is_catalog_info, short};
use crate::git::Mode;
use crate::output::create;
use crate::output::owners::{Line, MarksError, block, inserted, pattern};
use crate::tree::{Entry, EntryKind, Tree};

/// CODEOWNERS, as it is and as it should be.
pub struct Owners {
    /// Where it is, or belongs, from the top of the repository on.
    pub path: String,
    /// The top of the repository.
    pub top: PathBuf,
    tree: Arc<dyn Tree>,
    /// What it holds; nothing if it is not there.
    pub before: Option<String>,
    /// What it should hold.
    pub after: String,
    /// What nobody could be named for, and why.
    pub undecided: Vec<String>,
    /// How many documents of the catalog cannot be read: what they own is missing.
    unread: usize,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum OwnersError {
    /// There is nothing to look at.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The file has marks that are no pair.
    #[error("{path}: {reason}")]
    Marks {
        /// The file.
        path: String,
        /// What is wrong.
        reason: MarksError,
    },
    /// A path that is not below the top of the repository.
    #[error("{path} is no path from the top of the repository on")]
    Outside {
        /// The path.
        path: String,
    },
    /// The file cannot be written.
    #[error("{0}")]
    Unwritten(String),
    /// Documents cannot be read, so their lines would be missing.
    #[error(
        "{0} of the catalog's documents cannot be read, and their lines would be missing; nothing was written"
    )]
    Unread(usize),
    /// The file cannot be read as text.
    #[error("{path} cannot be read: it is no text, or larger than GitHub reads")]
    Unreadable {
        /// The file.
        path: String,
    },
}

/// Computes CODEOWNERS; `path` is where it is to be, if not where forges look for it.
///
/// # Errors
///
/// There is no catalog, or the file that is there cannot be used.
pub fn codeowners(place: &Place, path: Option<&str>) -> Result<Owners, OwnersError> {
    let is_odd = |part: &str| part.is_empty() || part == "." || part == "..";
    if let Some(path) = path.filter(|path| path.split('/').any(is_odd)) {
        return Err(OwnersError::Outside { path: path.to_owned() });
    }
    let asked = Asked::open(place)?;
    let tree = asked.workspace.tree.as_ref();
    let there = PATHS.iter().find(|path| tree.mode(path) == Some(Mode::File));
    let path = path.or(there.copied()).unwrap_or(".github/CODEOWNERS").to_owned();
    let before = match tree.mode(&path) {
        None => None,
        Some(_) => {
            let entry = Entry { path: path.clone(), kind: EntryKind::File, id: None };
            let content = tree.read(&entry, LIMIT).ok();
            let whole = content.filter(|content| content.bytes.len() as u64 == content.size);
            let text = whole.and_then(|content| String::from_utf8(content.bytes).ok());
            Some(text.ok_or_else(|| OwnersError::Unreadable { path: path.clone() })?)
        }
    };
    let forge = if path.starts_with(".gitlab") { Forge::GitLab } else { Forge::GitHub };
    let mut table =
        Table { asked: &asked, forge, handles: BTreeMap::new(), lacking: BTreeMap::new() };
    let (lines, mut undecided) = table.lines();
    undecided.extend(table.undecided());
    let after = inserted(before.as_deref().unwrap_or_default(), &block(&lines));
    let after = after.map_err(|reason| OwnersError::Marks { path: path.clone(), reason })?;
    let (top, tree) = (asked.workspace.top.clone(), Arc::clone(&asked.workspace.tree));
    let unread = asked.unread();
    Ok(Owners { path, top, tree, before, after, undecided, unread })
}

/// Writes the file, if it is not up to date already; says whether it did.
///
/// # Errors
///
/// A link leads there, it changed in the meantime, or the file system refuses.
pub fn put(owners: &Owners) -> Result<bool, OwnersError> {
    if owners.unread > 0 {
        return Err(OwnersError::Unread(owners.unread));
    }
    let (top, path, content) = (&owners.top, &owners.path, owners.after.as_bytes());
    let unwritten = |reason: &dyn std::fmt::Display| OwnersError::Unwritten(reason.to_string());
    let changed = || OwnersError::Unwritten(format!("{path} changed in the meantime: try again"));
    let done = match owners.before.as_ref() {
        Some(before) if *before == owners.after => return Ok(false),
        Some(before) => {
            let (before, after) = (before.clone(), owners.after.clone());
            let change = Change { path: path.clone(), before, after };
            replace(&change, top, owners.tree.as_ref()).map_err(OwnersError::Unwritten)?;
            true
        }
        None => create(top, path, content).map_err(|error| unwritten(&error))?,
    };
    if done { Ok(true) } else { Err(changed()) }
}

/// Whose accounts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Forge {
    GitHub,
    GitLab,
}

/// The owners of a catalog, each looked up once.
struct Table<'a> {
    asked: &'a Asked,
    forge: Forge,
    handles: BTreeMap<EntityId, Option<String>>,
    /// Owners without a handle, and how many patterns they leave without an owner.
    lacking: BTreeMap<EntityId, usize>,
}

impl Table<'_> {
    /// The lines, general ones first, and the patterns that cannot be written.
    fn lines(&mut self) -> (Vec<Line>, Vec<String>) {
        let (mut claims, odd) = self.claims();
        let mut lines: Vec<Line> = Vec::new();
        while let Some((pattern, owners)) = claims.pop_first() {
            let handles: BTreeSet<String> =
                owners.iter().filter_map(|owner| self.handle(*owner)).collect();
            let owners: Vec<String> = handles.into_iter().collect();
            if !owners.is_empty() {
                lines.push(Line { pattern, owners });
            }
        }
        lines.sort_by(|a, b| rank(&a.pattern).cmp(&rank(&b.pattern)));
        (lines, odd)
    }

    /// Patterns, and who owns what they match.
    fn claims(&self) -> (BTreeMap<String, BTreeSet<EntityId>>, Vec<String>) {
        let catalog = &self.asked.catalog;
        let folder = &self.asked.workspace.config.folder;
        let (mut claims, mut odd) = (BTreeMap::<String, BTreeSet<EntityId>>::new(), Vec::new());
        let mut unknown: BTreeSet<String> = BTreeSet::new();
        let mut claim = |glob: &str, is_path: bool, owners: &[EntityId]| match pattern(glob) {
            // GitHub reads neither brackets nor exceptions, and a path is no glob.
            Some(text) if text.contains('[') || text.starts_with("/!") => odd.push(odd_path(glob)),
            Some(text) if is_path && text.contains(['*', '?']) => odd.push(odd_path(glob)),
            Some(pattern) => claims.entry(pattern).or_default().extend(owners),
            None => odd.push(odd_path(glob)),
        };
        for (_, entity) in catalog.entities() {
            let owned = entity.references.iter().filter(|one| one.field.relation == "ownedBy");
            let all: Vec<EntityId> =
                owned.filter_map(|one| catalog.principal(one.target)).collect();
            let path = entity.file.path.as_str();
            if all.is_empty() {
                let lost = entity.references.iter().filter(|one| one.field.relation == "ownedBy");
                let name = |one: &Reference| short(catalog.names.text(one.target));
                unknown.extend(lost.map(name));
                continue;
            }
            claim(path, true, &all);
            for glob in entity.sources().iter().flat_map(|glob| alternatives(glob)) {
                let glob = glob.trim_start_matches("./");
                // What leads out of the catalog is nobody's here.
                if glob.split('/').any(|part| part == "..") {
                    continue;
                }
                match folder.as_str() {
                    "" => claim(glob, false, &all),
                    folder => claim(&format!("{folder}/{glob}"), false, &all),
                }
            }
            let folder = path.rsplit_once('/').map(|(folder, _)| folder);
            if let Some(folder) = folder
                && matches!(entity.kind.family, "component" | "resource")
                && entity.sources().is_empty()
                && is_catalog_info(path)
            {
                claim(&format!("{folder}/"), true, &all);
            }
        }
        odd.extend(
            unknown.iter().map(|name| format!("{name} owns something and is defined nowhere")),
        );
        (claims, odd)
    }

    /// How a forge knows an owner.
    fn handle(&mut self, owner: EntityId) -> Option<String> {
        let known = self.handles.get(&owner).cloned();
        let handle = known.unwrap_or_else(|| {
            let value = self.asked.catalog.value(&self.asked.reader(), owner);
            let handle = value.and_then(|value| handle_of(&value, self.forge));
            self.handles.insert(owner, handle.clone());
            handle
        });
        if handle.is_none() {
            *self.lacking.entry(owner).or_default() += 1;
        }
        handle
    }

    fn undecided(&self) -> Vec<String> {
        let catalog = &self.asked.catalog;
        let told = |(owner, count): (&EntityId, &usize)| {
            let entity = catalog.entity(*owner);
            let what = match (entity.kind.family, self.forge) {
                ("person", Forge::GitHub) => "`accounts: {github: LOGIN}`",
                ("person", Forge::GitLab) => "`accounts: {gitlab: LOGIN}`",
                (_, Forge::GitHub) => {
                    "the annotation `github.com/team-slug: ORG/TEAM` or an address"
                }
                (_, Forge::GitLab) => {
                    "the annotation `gitlab.com/group-path: GROUP/SUBGROUP` or an address"
                }
            };
            let patterns = if *count == 1 { "pattern" } else { "patterns" };
            let name = short(catalog.canonical(entity));
            format!(
                "{name} owns {count} {patterns} and has no handle: add {what} in {}",
                entity.file
            )
        };
        self.lacking.iter().map(told).collect()
    }
}

/// The handle that a Team or a Person says it has.
fn handle_of(value: &Value, forge: Forge) -> Option<String> {
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::trim);
    let account = match forge {
        Forge::GitHub => text("/metadata/annotations/github.com~1team-slug")
            .filter(|slug| is_path(slug, 2..=2))
            .or_else(|| {
                text("/metadata/annotations/github.com~1user-login").filter(|it| is_login(it))
            })
            .or_else(|| text("/spec/accounts/github").filter(|login| is_login(login))),
        Forge::GitLab => text("/metadata/annotations/gitlab.com~1group-path")
            .filter(|path| is_path(path, 1..=20))
            .or_else(|| text("/spec/accounts/gitlab").filter(|login| is_path(login, 1..=1))),
    };
    let email = || text("/spec/contact/email").or_else(|| text("/spec/profile/email"));
    account
        .map(|account| format!("@{account}"))
        .or_else(|| email().filter(|email| is_address(email)).map(str::to_owned))
}

/// Whether a text is so many names with `/` between them.
fn is_path(text: &str, parts: std::ops::RangeInclusive<usize>) -> bool {
    let name = |part: &str| is_login(&part.replace('.', "-"));
    parts.contains(&text.split('/').count()) && text.split('/').all(name)
}

fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@.-_+".contains(c);
    let parts = text.split_once('@');
    text.chars().all(plain)
        && parts.is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@')
        })
}

fn odd_path(path: &str) -> String {
    format!("CODEOWNERS has no way to write the path {path:?}")
}

/// What lines are sorted by, so that of two that match a file the more exact one comes later: by
/// what a pattern says before its first wildcard, then those with wildcards, then by how much they
/// say beside them.
fn rank(pattern: &str) -> (&str, bool, usize, &str) {
    let end = pattern.find(['*', '?']);
    let literal = pattern.get(..end.unwrap_or(pattern.len())).unwrap_or_default();
    let said = pattern.chars().filter(|c| !matches!(c, '*' | '?' | '/')).count();
    (literal, end.is_none(), said, pattern)
}

/// The globs that a glob with braces stands for: CODEOWNERS has no braces.
fn alternatives(glob: &str) -> Vec<String> {
    const MOST: usize = 64;
    let mut done = Vec::new();
    let mut open = vec![glob.to_owned()];
    while let Some(glob) = open.pop() {
        let Some(end) = glob.find('}').filter(|_| done.len() + open.len() < MOST) else {
            done.push(glob);
            continue;
        };
        let Some(start) = glob.get(..end).and_then(|text| text.rfind('{')) else {
            done.push(glob);
            continue;
        };
        let inner = glob.get(start + 1..end).unwrap_or_default();
        for part in inner.split(',').rev() {
            let (before, after) = (glob.get(..start), glob.get(end + 1..));
            open.push(format!("{}{part}{}", before.unwrap_or_default(), after.unwrap_or_default()));
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_exact_pattern_comes_later() {
        let mut patterns =
            ["/a/b/c.tf", "/a/b/*", "/a/**", "/a-b/**", "/a/b/*.tf", "/a/b/", "/a/b/**"];
        patterns.sort_by(|a, b| rank(a).cmp(&rank(b)));
        let at = |one: &str| patterns.iter().position(|other| *other == one);
        assert!(at("/a/**") < at("/a/b/**") && at("/a/b/**") < at("/a/b/*.tf"));
        assert!(at("/a/b/*.tf") < at("/a/b/c.tf") && at("/a/**") < at("/a/b/"));
    }

    #[test]
    fn braces_are_written_out() {
        assert_eq!(alternatives("a/{b,c}/{d,e}"), ["a/b/d", "a/b/e", "a/c/d", "a/c/e"]);
        assert_eq!(alternatives("a/**"), ["a/**"]);
        assert_eq!(alternatives("a}b"), ["a}b"]);
    }

    #[test]
    fn a_handle_is_what_the_catalog_says_and_nothing_else() {
        let handle = |value: &Value| handle_of(value, Forge::GitHub);
        let team = |slug: &str| {
            serde_json::json!({
                "metadata": {"annotations": {"github.com/team-slug": slug}},
                "spec": {"contact": {"email": "pay@example.com"}},
            })
        };
        assert_eq!(handle(&team("acme/pay")).as_deref(), Some("@acme/pay"));
        assert_eq!(handle(&team("pay")).as_deref(), Some("pay@example.com"), "no organisation");
        assert_eq!(handle(&team("acme/p @root")).as_deref(), Some("pay@example.com"));
        let person = serde_json::json!({"spec": {"accounts": {"github": "ada", "gitlab": "a.l"}}});
        assert_eq!(handle(&person).as_deref(), Some("@ada"));
        assert_eq!(handle_of(&person, Forge::GitLab).as_deref(), Some("@a.l"));
        let odd = serde_json::json!({"spec": {"contact": {"email": "a@b.c * @x"}}});
        assert_eq!(handle(&odd), None);
    }
}
