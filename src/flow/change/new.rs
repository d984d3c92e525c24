//! `change new`: begin a change request, with everything that is known already.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::super::clock;
use super::super::judged::judged;
use super::super::sides::{Asked, Sides, SidesError, Wanted, folder_in};
use super::super::underway::underway;
use super::super::workspace::Place;
use crate::catalog::short;
use crate::change::assessment::Assessment;
use crate::change::draft::{Draft, described};
use crate::change::timing::Timing;
use crate::change::{ChangeSet, Side};
use crate::config::Config;
use crate::git::Environment;
use crate::output::{CreateError, create};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where the user stands.
    pub place: Place,
    /// Its name; that of the branch without one.
    pub name: Option<String>,
    /// What people call it.
    pub title: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What it is compared with; what a forge or the default branch says, without one.
    pub base: Option<String>,
    /// The instant at which it is judged; now without it.
    pub now: Option<DateTime<Utc>>,
}

/// Why no request is begun.
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// There is no change to look at.
    #[error(transparent)]
    Sides(#[from] SidesError),
    /// Nothing changes.
    #[error("nothing changes against {0}, so there is nothing to request")]
    Nothing(String),
    /// The change has one.
    #[error("the change has a request already: {name}, in {path}")]
    Already {
        /// Its name.
        name: String,
        /// Its file.
        path: String,
    },
    /// The name is of something else.
    #[error("{0} is the name of an earlier change")]
    Taken(String),
    /// There is no name.
    #[error("what is the change called? The branch gives no name")]
    NoName,
    /// The name cannot be one.
    #[error("`{0}` cannot be the name of a change")]
    BadName(String),
    /// A repository without files on disk.
    #[error("this repository has no files on disk to add one to")]
    Bare,
    /// It cannot be written.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// Something stands there.
    #[error("{0} is there already")]
    Exists(String),
}

impl NewError {
    /// Whether the user asked for what cannot be.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Sides(error) => error.is_usage(),
            Self::Create(_) | Self::Bare => false,
            _ => true,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Sides(error) => error.hint(),
            Self::Create(error) => error.hint().map(str::to_owned),
            Self::Nothing(_) => Some("edit or commit what changes first; see `gitsm diff`".into()),
            Self::Already { path, .. } => Some(format!("edit {path}")),
            Self::Taken(_) | Self::NoName => Some("name it: gitsm change new NAME".into()),
            Self::BadName(_) => Some(
                "1 to 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last; \
                 pr-NUMBER is for pull requests"
                    .into(),
            ),
            Self::Bare | Self::Exists(_) => None,
        }
    }
}

/// A request that is begun, not yet written.
#[derive(Debug)]
pub struct Begun {
    /// What stands in it.
    pub draft: Draft,
    /// Where it goes, from the repository's top on.
    pub path: String,
    top: PathBuf,
}

/// Begins a request.
///
/// # Errors
///
/// There is no change, it has a request, or the name cannot be.
pub fn begin(request: &Request, environment: &Environment<'_>) -> Result<Begun, NewError> {
    let now = request.now.unwrap_or_else(|| clock::instant(None));
    let asked = Asked { base: request.base.clone(), ..Asked::default() };
    let wanted = Wanted { now: Some(now.timestamp()), ..Wanted::default() };
    let sides = Sides::open(&request.place, &asked, &wanted, environment)?;
    let set = sides.set();
    if set.is_empty() {
        return Err(NewError::Nothing(sides.names.base.clone()));
    }
    let top = sides.repository.workdir().ok_or(NewError::Bare)?.to_owned();
    let branch = sides.repository.branch();
    let name = match (&request.name, branch.as_deref().and_then(named_by)) {
        (Some(name), _) => name.clone(),
        (None, Some(name)) => name,
        (None, None) => return Err(NewError::NoName),
    };
    if !is_name(&name) {
        return Err(NewError::BadName(name));
    }
    let open = underway(&sides, now.timestamp(), None).map_err(SidesError::from)?;
    let judged = judged(&sides, &set, sides.facts.clone(), now, &open);
    if let Some(own) = &judged.assessment.request {
        let path = sides.merged.show(|merged| file_of(merged, own)).unwrap_or_default();
        return Err(NewError::Already { name: short(own), path });
    }
    let canonical = format!("change:default/{}", name.to_lowercase());
    if sides.base.show(|base| base.find(&canonical).is_some()) {
        return Err(NewError::Taken(name));
    }
    let draft = sides.merged.show(|merged| {
        drafted((&sides, &set), merged, (request, &name), &judged.assessment, &judged.timing)
    });
    let folder = folder_in(&sides.repository, &request.place.current);
    let path = sides.merged.show(|merged| path_for(merged, &name, &folder));
    Ok(Begun { draft, path, top })
}

impl Begun {
    /// Writes it, with this text. Never over what is there.
    ///
    /// # Errors
    ///
    /// Something stands there, or the file system refuses.
    pub fn write(&self, text: &str) -> Result<(), NewError> {
        match create(&self.top, &self.path, text.as_bytes())? {
            true => Ok(()),
            false => Err(NewError::Exists(self.path.clone())),
        }
    }
}

fn drafted(
    (sides, set): (&Sides, &ChangeSet),
    merged: &Side<'_>,
    (request, name): (&Request, &str),
    assessment: &Assessment,
    timing: &Timing,
) -> Draft {
    let missing = assessment.statements.iter().filter(|one| one.is_missing());
    let asked: Vec<&'static str> = missing.map(|one| one.what).collect();
    let subjects: Vec<&str> =
        assessment.subjects.all.iter().map(|one| one.entity.as_str()).collect();
    let mut owners: Vec<String> = subjects.iter().flat_map(|one| merged.owners(one)).collect();
    owners.sort();
    owners.dedup();
    let owner = match owners.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    };
    let mut runbooks: Vec<String> = subjects
        .iter()
        .filter_map(|one| merged.find(one))
        .flat_map(|id| merged.referred(id, "operatedBy"))
        .filter(|one| one.starts_with("runbook:"))
        .collect();
    runbooks.sort();
    runbooks.dedup();
    let windows = timing.verdict.subjects.iter().flat_map(|one| &one.window.calendars);
    let mut windows: Vec<String> = windows.cloned().collect();
    windows.sort();
    windows.dedup();
    let next = timing.verdict.next.filter(|_| !windows.is_empty()).map(|next| (next, windows));
    Draft {
        name: name.to_owned(),
        title: request.title.clone().unwrap_or_else(|| title(sides, set, name)),
        reason: request.reason.clone().or_else(|| sides.facts.message.clone()),
        owner,
        model: assessment.r#type.model.clone(),
        runbooks,
        next,
        asked,
        what: described(assessment),
    }
}

/// What people call it, where nobody said: as its first commit, or as its name.
fn title(sides: &Sides, set: &ChangeSet, name: &str) -> String {
    let names = &sides.names;
    let commits = sides.repository.commits(&names.base_commit, &names.head_commit).ok();
    let first = commits.and_then(|commits| commits.filter_map(Result::ok).last());
    let subject = first.map(|commit| commit.subject).filter(|text| !text.trim().is_empty());
    let words = || {
        let text = name.replace(['-', '_', '.'], " ");
        let mut letters = text.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    let one = || match set.entities.as_slice() {
        [only] => Some(format!("Change {}", short(&only.reference))),
        _ => None,
    };
    subject.or_else(words).or_else(one).unwrap_or_default()
}

/// The name that a branch gives: `feature/Enlarge_DB` gives `enlarge-db`.
fn named_by(branch: &str) -> Option<String> {
    if matches!(branch, "main" | "master" | "trunk" | "develop") {
        return None;
    }
    let last = branch.rsplit('/').next().unwrap_or(branch).to_lowercase();
    let letters = last.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let joined: String = letters.collect();
    let parts: Vec<&str> = joined.split('-').filter(|part| !part.is_empty()).collect();
    let name: String = parts.join("-").chars().take(63).collect();
    let name = name.trim_end_matches('-').to_owned();
    is_name(&name).then_some(name)
}

fn is_name(name: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let reserved = name
        .strip_prefix("pr-")
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()));
    (1..=63).contains(&name.len())
        && name.chars().all(inner)
        && edge(name.chars().next())
        && edge(name.chars().last())
        && !reserved
}

fn file_of(side: &Side<'_>, canonical: &str) -> Option<String> {
    let id = side.find(canonical)?;
    Some(side.catalog.entity(id).file.path.clone())
}

/// Where requests stand: where most of them do, else in a folder `changes` of the catalog.
fn path_for(merged: &Side<'_>, name: &str, folder: &str) -> String {
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for (_, entity) in merged.catalog.entities().filter(|(_, one)| one.kind.family == "change") {
        let path = entity.file.path.as_str();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        *folders.entry(folder.to_owned()).or_default() += 1;
    }
    let most = folders.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
    let chosen = most.map_or_else(|| fallback(merged.config, folder), |(folder, _)| folder);
    match chosen.as_str() {
        "" => format!("{name}.yaml"),
        chosen => format!("{chosen}/{name}.yaml"),
    }
}

fn fallback(config: &Config, folder: &str) -> String {
    let top = if config.exists { config.folder.as_str() } else { folder };
    let join = |parts: &[&str]| {
        let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
        parts.join("/")
    };
    let plain = join(&[top, "changes"]);
    if config.covers(&format!("{plain}/x.yaml")) {
        return plain;
    }
    let roots = config.settings.roots.as_deref().unwrap_or_default();
    let root = roots.first().map(|root| root.trim_start_matches("./").trim_end_matches('/'));
    join(&[top, root.unwrap_or_default(), "changes"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_give_names() {
        for (branch, name) in [
            ("feature/Enlarge_DB", Some("enlarge-db")),
            ("enlarge-db", Some("enlarge-db")),
            ("ada/JIRA-12--fix it!", Some("jira-12-fix-it")),
            ("main", None),
            ("pr-12", None),
            ("---", None),
        ] {
            assert_eq!(named_by(branch).as_deref(), name, "{branch}");
        }
    }
}
