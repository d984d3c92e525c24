//! `rename`: another name for an entity, in every place that names it.
//!
//! [`rename`] collects what is to be written (`edits`, `former`), compares the values of before and
//! after, lets the checks look at the result in memory (`judge`), and only then writes: all files
//! or, if one of them is no longer what was looked at, none.

mod edits;
mod former;
mod judge;
mod name;

use super::ask::{AskError, Asked};
use super::fix::{Change, diff_of, put, still};
use super::refs::of_entity;
use super::validate::ValidateError;
use super::workspace::Place;
use crate::catalog::{Catalog, EntityId, Says, Spot, short};
use crate::finding::Finding;
use crate::model::{EntityRef, Kind};
use crate::output::Renamed;
use name::NewName;

/// What was done, or would be.
pub struct Outcome {
    /// What there is to say of it.
    pub renamed: Renamed,
    /// The files.
    pub changes: Vec<Change>,
    /// The files that were written, and why the rest was not, if the file system failed in between.
    pub failed: Option<(Vec<String>, String)>,
    findings: Vec<Finding>,
}

impl Outcome {
    /// The edits as a unified diff; for a screen without anything that a terminal would obey.
    pub fn diff(&self, for_screen: bool) -> String {
        diff_of(&self.changes, &self.findings, for_screen)
    }
}

/// Why nothing was renamed.
#[derive(Debug, thiserror::Error)]
pub enum RenameError {
    /// There is no such catalog or entity.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The catalog cannot be judged.
    #[error(transparent)]
    Validate(#[from] ValidateError),
    /// There are no files to change.
    #[error("a revision cannot be edited: rename changes the files on disk")]
    Revision,
    /// The entity was called so before.
    #[error("{old} is called {now} now")]
    Old {
        /// The name that was asked for.
        old: String,
        /// The one that it has.
        now: String,
    },
    /// It is called so.
    #[error("that is what it is called already")]
    Same,
    /// The new name is of another kind.
    #[error("`{word}` is another kind: a {kind} stays a {kind}")]
    OtherKind {
        /// The kind of the new name.
        word: String,
        /// The kind of the entity.
        kind: &'static str,
    },
    /// The new name has not the form of names.
    #[error("`{text}` is no {part}: {expected}")]
    BadName {
        /// Name or namespace.
        part: &'static str,
        /// What was given.
        text: String,
        /// What it should look like.
        expected: &'static str,
    },
    /// The kind has no namespaces.
    #[error("a {kind} of {group} has no namespace")]
    NoNamespaces {
        /// The kind.
        kind: &'static str,
        /// Its group.
        group: &'static str,
    },
    /// The new name is taken.
    #[error("{name} exists: {place}")]
    Taken {
        /// The new name.
        name: String,
        /// Where it is defined.
        place: String,
    },
    /// The new name leads to another entity.
    #[error("{name} is a former name of {of}: {place}")]
    Former {
        /// The new name.
        name: String,
        /// Whose.
        of: String,
        /// Where that is defined.
        place: String,
    },
    /// Nobody knows which of them is meant.
    #[error("{name} is defined more than once: {}", places.join(", "))]
    Twice {
        /// The name.
        name: String,
        /// Where it is defined.
        places: Vec<String>,
    },
    /// It is named without namespace, where none can be written.
    #[error("{place} names it by its name alone, and could not say which namespace it is in")]
    Bare {
        /// Where.
        place: String,
    },
    /// A text is better left to its author.
    #[error("{place}: {reason}; nothing was written")]
    Unclear {
        /// Where.
        place: String,
        /// Why.
        reason: String,
    },
    /// The catalog would be worse.
    #[error("{place} would get {headline}; nothing was written")]
    Harm {
        /// Where.
        place: String,
        /// What.
        headline: String,
    },
    /// Documents cannot be read, so what they say would be missed.
    #[error(
        "{count} of the catalog's documents cannot be read, and may name it; nothing was written"
    )]
    Unread {
        /// How many.
        count: usize,
    },
    /// Somebody else is writing.
    #[error("{path} changed in the meantime; nothing was written")]
    Changed {
        /// The file.
        path: String,
    },
}

impl RenameError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Ask(error) => error.is_usage(),
            Self::Validate(_) | Self::Changed { .. } | Self::Unread { .. } => false,
            _ => true,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Ask(error) => return error.hint(),
            Self::Revision => "run it where the files are checked out".to_owned(),
            Self::Old { now, .. } => format!("gitsm rename {now} NEW"),
            Self::OtherKind { .. } => "give the name alone, or with the kind it has".to_owned(),
            Self::Taken { .. } => "choose a name that nobody has".to_owned(),
            Self::Former { .. } => "old links lead there: choose a name that nobody had".to_owned(),
            Self::Twice { .. } => {
                "remove one of them first: `gitsm validate` shows both".to_owned()
            }
            Self::Unclear { .. } => "write it plainly, or rename it there by hand".to_owned(),
            Self::Changed { .. } => "run the command again".to_owned(),
            Self::Unread { .. } => "`gitsm validate` says what is wrong with them".to_owned(),
            _ => return None,
        })
    }
}

/// Renames an entity; without `write` only in memory.
///
/// # Errors
///
/// There is no such entity, it may not have that name, or a file could not keep its meaning.
pub fn rename(place: &Place, old: &str, new: &str, write: bool) -> Result<Outcome, RenameError> {
    let asked = Asked::open_files(place)?;
    if !asked.workspace.on_disk {
        return Err(RenameError::Revision);
    }
    let id = subject(&asked, old)?;
    if let count @ 1.. = asked.unread() {
        return Err(RenameError::Unread { count });
    }
    let catalog = &asked.catalog;
    let entity = catalog.entity(id);
    let reference = EntityRef::from_canonical(catalog.canonical(entity));
    let new = name::read(new, entity.kind, reference.namespace())?;
    name::is_free(catalog, id, &new)?;
    let is_other = reference != new.reference;
    if !is_other && catalog.names.text(entity.written) == new.name {
        return Err(RenameError::Same);
    }
    let kept = is_other && !takes_back(catalog, id, &new);
    let add = kept.then(|| former_name(catalog, id, &reference, &new));
    let tasks = edits::tasks(catalog, id, &new, add.as_deref())?;
    let mut changed = edits::changes(&asked, &tasks)?;
    changed.retain(|(change, _)| change.before != change.after);
    let files = changed.iter().map(|(change, places)| (change.path.clone(), *places)).collect();
    let changes: Vec<Change> = changed.into_iter().map(|(change, _)| change).collect();
    let judged = judge::judge(&asked, place, &changes)?;
    let refs = of_entity(&asked, id);
    let is_old = |says: &Says| matches!(says, Says::Reference { old: true, .. });
    let (mentions, rest): (Vec<Spot>, Vec<Spot>) =
        refs.spots.into_iter().partition(|spot| spot.says.is_mention());
    let old: Vec<Spot> = rest.into_iter().filter(|spot| is_old(&spot.says)).collect();
    let renamed = Renamed {
        from: reference.as_str().to_owned(),
        to: new.reference.as_str().to_owned(),
        files,
        kept,
        old: old.into_iter().map(|spot| moved(spot, &changes)).collect(),
        mentions: mentions.into_iter().map(|spot| moved(spot, &changes)).collect(),
        moves: moves(catalog, id, reference.name(), &new),
        warnings: judged.warnings,
    };
    let failed = if write { written(&asked, &changes)? } else { None };
    Ok(Outcome { renamed, changes, failed, findings: judged.findings })
}

/// The document that defines what is to be renamed.
fn subject(asked: &Asked, text: &str) -> Result<EntityId, RenameError> {
    let catalog = &asked.catalog;
    let found = asked.find(text)?;
    let reference = catalog.entity(found.id).reference;
    if let Some(old) = found.formerly {
        let (old, now) = (short(&old), short(catalog.names.text(reference)));
        return Err(RenameError::Old { old, now });
    }
    let all = || catalog.defined(reference).map(|id| catalog.entity(id));
    let defining: Vec<_> = all().filter(|entity| entity.extends().is_none()).collect();
    if defining.len() > 1 {
        let place =
            |entity: &&crate::catalog::Entity| entity.name_place.in_file(&entity.file).to_string();
        let places = defining.iter().map(place).collect();
        return Err(RenameError::Twice { name: short(catalog.names.text(reference)), places });
    }
    Ok(catalog.principal(reference).unwrap_or(found.id))
}

/// Whether the new name is the last one that the entity had, so that the last rename is undone.
fn takes_back(catalog: &Catalog, id: EntityId, new: &NewName) -> bool {
    let Some(name) = catalog.names.find(new.reference.as_str()) else { return false };
    let mut documents = catalog.defined(catalog.entity(id).reference);
    documents.any(|id| catalog.entity(id).formerly().last() == Some(&name))
}

/// The name of today as a former name.
fn former_name(catalog: &Catalog, id: EntityId, own: &EntityRef, new: &NewName) -> String {
    let entity = catalog.entity(id);
    let (word, name) = (kind_word(entity.kind), catalog.names.text(entity.written));
    match own.namespace() == new.reference.namespace() {
        true => format!("{word}:{name}"),
        false => format!("{word}:{}/{name}", own.namespace()),
    }
}

/// The word for a kind that people write in references to it.
fn kind_word(kind: &Kind) -> String {
    match kind.name {
        "Group" | "User" => kind.name.to_lowercase(),
        _ => kind.family.to_owned(),
    }
}

/// A spot where it stands after the changes: lines are only added above it, or taken away.
fn moved(mut spot: Spot, changes: &[Change]) -> Spot {
    let Some(change) = changes.iter().find(|one| one.path == spot.place.file.path) else {
        return spot;
    };
    let (before, after): (Vec<&str>, Vec<&str>) =
        (change.before.lines().collect(), change.after.lines().collect());
    let diff = similar::capture_diff_slices(similar::Algorithm::Myers, &before, &after);
    let line = (spot.place.start.line as usize).saturating_sub(1);
    for op in diff {
        let (old, new) = (op.old_range(), op.new_range());
        if old.contains(&line) {
            let to = (new.start + (line - old.start)).min(new.end.saturating_sub(1));
            spot.place.start.line = u32::try_from(to + 1).unwrap_or(spot.place.start.line);
            break;
        }
    }
    spot
}

/// Files that are called as the entity was.
fn moves(catalog: &Catalog, id: EntityId, old: &str, new: &NewName) -> Vec<(String, String)> {
    let documents = catalog.defined(catalog.entity(id).reference);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let rename = |id: EntityId| {
        let path = &catalog.entity(id).file.path;
        let (folder, file) = path.rsplit_once('/').map_or(("", path.as_str()), |(a, b)| (a, b));
        let (stem, ending) = file.rsplit_once('.')?;
        let same = stem.eq_ignore_ascii_case(old) && !old.eq_ignore_ascii_case(&new.name);
        // What a shell would read otherwise is not offered for typing.
        let safe = path.chars().all(plain) && !path.starts_with('-');
        let slash = if folder.is_empty() { "" } else { "/" };
        (same && safe).then(|| (path.clone(), format!("{folder}{slash}{}.{ending}", new.name)))
    };
    documents.filter_map(rename).collect()
}

/// Writes all files, if all are what they were; says which were written if one cannot be.
fn written(
    asked: &Asked,
    changes: &[Change],
) -> Result<Option<(Vec<String>, String)>, RenameError> {
    let tree = asked.workspace.tree.as_ref();
    if let Some(change) = changes.iter().find(|change| !still(change, tree)) {
        return Err(RenameError::Changed { path: change.path.clone() });
    }
    let mut done = Vec::new();
    for change in changes {
        if let Err(failure) = put(change, &asked.workspace.top, tree) {
            return Ok(Some((done, failure)));
        }
        done.push(change.path.clone());
    }
    Ok(None)
}
