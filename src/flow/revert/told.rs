//! What was done and what stands in the way, as a report.

use std::sync::Arc;

use super::later::{Later, of, of_file};
use super::named::Landed;
use super::proof::Proved;
use super::texts::{Files, Made};
use super::{FileText, Task, show_both};
use crate::change::risk::irreversible;
use crate::change::{ChangeSet, EntityChange, Hindrance, Located, Why};
use crate::flow::diff::known;
use crate::git::{Commit, Repository, Version};
use crate::output::diff::{Compared, DiffReport, Position};
use crate::output::patch::{PatchSide, patch};
use crate::output::revert::{
    AlreadyReport, CommitReport, FileDone, ObstacleReport, RevertReport, Reverted, obstacle,
};
use crate::rules;
use crate::source::Place;

/// The most later edits whose commits are looked for.
const MOST_SEARCHED: usize = 50;

/// All that there is to say.
pub(super) struct Told<'t> {
    pub(super) task: &'t Task<'t>,
    pub(super) repository: &'t Repository,
    pub(super) landed: &'t Landed,
    pub(super) set: &'t ChangeSet,
    pub(super) proved: &'t Proved,
    pub(super) findings: &'t [(Place, String, bool)],
    pub(super) files: &'t Files<'t>,
}

/// Puts everything down.
pub(super) fn report(told: &Told<'_>) -> RevertReport {
    let star = |text: &str| rules::starred(text, &[]);
    let landed = told.landed;
    let compared = Compared {
        base: "worktree".to_owned(),
        base_commit: told.task.present.merged.base.clone(),
        head: "worktree".to_owned(),
        head_commit: None,
        how: format!("without {}", landed.name),
    };
    let (now, then) = (&told.task.present.side, &told.proved.side);
    let applied = show_both(now, then, |a, b| {
        let known = |change: &EntityChange| known(a, b, change);
        DiffReport::new(compared, &told.proved.set, &known, &star)
    });
    let sides = told.task.sides;
    let irreversible = show_both(&sides.base, &sides.merged, |a, b| irreversible(told.set, a, b));
    let digest = told.task.inverse.digest().map(|digest| digest.to_string());
    let already = told.task.weighed.already.iter().map(|(entity, pointer)| AlreadyReport {
        entity: entity.clone(),
        pointer: pointer.as_ref().map(|pointer| star(pointer.as_str())),
    });
    RevertReport {
        format: "revert/1",
        reverted: reverted(landed),
        exact: digest.is_some() && digest == applied.digest,
        digest,
        written: false,
        partial: false,
        files: files(told),
        already: already.collect(),
        obstacles: obstacles(told, &star),
        warnings: warnings(told, &star),
        irreversible: irreversible.iter().map(|text| star(text)).collect(),
        message: message(landed),
        applied,
    }
}

fn reverted(landed: &Landed) -> Reverted {
    Reverted {
        name: landed.name.clone(),
        before: landed.before.clone(),
        commits: landed
            .commits
            .iter()
            .map(|commit| CommitReport {
                id: commit.id.clone(),
                author: commit.author.name.clone(),
                subject: commit.subject.clone(),
            })
            .collect(),
    }
}

/// The message of a commit that takes a change back.
fn message(landed: &Landed) -> String {
    let subject = landed.after.subject.as_str();
    let title = match landed.commits.len() {
        1 => format!("Revert \"{subject}\""),
        _ => format!("Revert {}", landed.name),
    };
    let newest_first = landed.commits.iter().rev();
    let lines = newest_first.map(|commit| format!("This reverts commit {}.", commit.id));
    let lines: Vec<String> = lines.take(20).collect();
    let own = landed.after.trailers("Gitsm-Change").next();
    let is_named = landed.name.starts_with("change:") || landed.name.starts_with("pr-");
    let name = if is_named { Some(landed.name.as_str()) } else { own };
    let name = name.unwrap_or(&landed.after.id);
    format!("{title}\n\n{}\n\nGitsm-Reverts: {name}\n", lines.join("\n"))
}

fn files(told: &Told<'_>) -> Vec<FileDone> {
    let done = |(path, made): (&String, &Made)| {
        let after = made.version()?;
        let before = told.files.at(path);
        let how = match (before, after, made) {
            (old, new, _) if old == new => return None,
            (Some(_), None, _) => "deleted",
            (None, Some(_), _) => "created",
            (_, _, Made::Exact(_)) => "restored",
            (_, _, Made::Merged(_)) => "merged",
            _ => "edited",
        };
        Some(FileDone { path: path.clone(), how })
    };
    told.proved.made.iter().filter_map(done).collect()
}

fn obstacles(told: &Told<'_>, star: &dyn Fn(&str) -> String) -> Vec<ObstacleReport> {
    let mut all = Vec::new();
    for (number, hindrance) in told.task.weighed.hindrances.iter().enumerate() {
        let kind = told.task.inverse.entities.iter().find(|one| {
            one.reference == hindrance.reference
                || one.former.as_ref() == Some(&hindrance.reference)
        });
        let kind = kind.map_or("", |one| one.kind.name);
        let later = match number < MOST_SEARCHED {
            true => of(told.repository, kind, hindrance),
            false => None,
        };
        all.push(of_hindrance(hindrance, later, star));
    }
    for (path, reason) in &told.proved.stuck {
        let now = told.files.at(path).map(|version| version.blob);
        let (by, uncommitted) = who(of_file(told.repository, path, now));
        all.push(ObstacleReport {
            kind: obstacle::FILE,
            file: Some(path.clone()),
            message: reason.clone(),
            by,
            uncommitted,
            ..ObstacleReport::default()
        });
    }
    all.extend(comments(told, star));
    for (place, text, _) in told.findings.iter().filter(|(_, _, is_error)| *is_error) {
        all.push(ObstacleReport {
            kind: obstacle::FINDING,
            at: Some(position(place)),
            message: star(text),
            ..ObstacleReport::default()
        });
    }
    all
}

/// Comments that silence findings and that are not as they were.
fn comments(told: &Told<'_>, star: &dyn Fn(&str) -> String) -> Vec<ObstacleReport> {
    let done = &told.proved.set.ignores;
    let is_done = |one: &&crate::change::IgnoreChange| {
        let mut same = done.iter();
        same.any(|other| {
            (&other.reference, &other.pointer, &other.code, &other.reason)
                == (&one.reference, &one.pointer, &one.code, &one.reason)
        })
    };
    let exists = |name: &str| {
        let catalog = &told.task.present.side.catalog;
        let known = catalog.names.find(name).and_then(|name| catalog.principal(name));
        known.is_some()
    };
    let left = told.task.inverse.ignores.iter().filter(|one| !is_done(one));
    left.filter(|one| exists(&one.reference) && !is_already(told, one))
        .map(|one| ObstacleReport {
            kind: obstacle::COMMENT,
            entity: Some(one.reference.clone()),
            pointer: Some(star(one.pointer.as_str())),
            message: match one.after > one.before {
                true => format!("the comment that silences {} is not put back", star(&one.code)),
                false => format!("the comment that silences {} stays", star(&one.code)),
            },
            ..ObstacleReport::default()
        })
        .collect()
}

/// Whether a file with a comment needs nothing done to it.
fn is_already(told: &Told<'_>, one: &crate::change::IgnoreChange) -> bool {
    let path = one.place.file.path.as_str();
    matches!(told.proved.made.get(path), Some(Made::Kept | Made::Exact(_) | Made::Merged(_)))
}

fn of_hindrance(
    one: &Hindrance,
    later: Option<Later>,
    star: &dyn Fn(&str) -> String,
) -> ObstacleReport {
    let value = |value: &Option<Located>| value.as_ref().map(|value| value.value.to_json());
    let value =
        |one: &Option<Located>| value(one).map(|json| crate::output::diff::starred(&json, star));
    let (kind, message) = match &one.why {
        Why::Later => (obstacle::LATER, "it was edited since".to_owned()),
        Why::Gone => (obstacle::GONE, "it is gone".to_owned()),
        Why::Renamed(name) => (obstacle::RENAMED, format!("it is called {name} now")),
        Why::Taken => (obstacle::TAKEN, "something else has that name now".to_owned()),
        Why::Unclear(reason) => (obstacle::UNCLEAR, star(reason)),
    };
    let (by, uncommitted) = who(later);
    ObstacleReport {
        kind,
        entity: Some(one.reference.clone()),
        pointer: one.pointer.as_ref().map(|pointer| star(pointer.as_str())),
        file: None,
        at: one.standing.as_ref().map(|standing| {
            let place = one.found.as_ref().and_then(|found| found.place.as_ref());
            position(place.unwrap_or(&standing.name))
        }),
        expected: value(&one.expected),
        found: value(&one.found),
        back: value(&one.back),
        message,
        by,
        uncommitted,
    }
}

fn who(later: Option<Later>) -> (Option<CommitReport>, bool) {
    match later {
        Some(Later::Commit(Commit { id, author, subject, .. })) => {
            (Some(CommitReport { id, author, subject }), false)
        }
        Some(Later::Uncommitted) => (None, true),
        None => (None, false),
    }
}

fn warnings(told: &Told<'_>, star: &dyn Fn(&str) -> String) -> Vec<String> {
    let new = told.findings.iter().filter(|(_, _, is_error)| !is_error);
    let mut all: Vec<String> =
        new.map(|(place, text, _)| format!("{place}: {}", star(text))).collect();
    // The path of a file alone: its values are as before, its lines are not.
    let layout = told.proved.made.iter().filter(|(path, made)| {
        matches!(made, Made::Stuck(_)) && !told.proved.stuck.iter().any(|(other, _)| other == *path)
    });
    all.extend(layout.map(|(path, _)| format!("{path}: its layout stays as it is now")));
    all
}

fn position(place: &Place) -> Position {
    Position { file: place.file.path.clone(), line: place.start.line, column: place.start.column }
}

/// A file's edit as a patch, without secrets.
pub(super) fn diff_of(file: &FileText, for_screen: bool) -> String {
    let (before, after) = (side_of(&file.before, true), side_of(&file.after, true));
    let is_text = before.as_ref().is_some_and(|one| one.text.is_some());
    if before == after && is_text {
        return format!("{}: only a secret differs\n", crate::output::visible(&file.path));
    }
    patch(&file.path, before.as_ref(), after.as_ref(), for_screen)
}

/// What a patch of a file cannot say, in words; nothing if it says all.
pub(super) fn unsaid(file: &FileText) -> Option<String> {
    let sides = [&file.before, &file.after];
    let is_plain = sides.iter().all(|one| side_of(one, true) == side_of(one, false));
    let is_text = sides
        .iter()
        .all(|one| one.is_none() || side_of(one, false).is_some_and(|one| one.text.is_some()));
    match (is_text, is_plain) {
        (false, _) => Some(format!("{}: it is no text, so this diff cannot be applied", file.path)),
        (_, false) => Some(format!(
            "{}: it holds a secret, shown as stars, so this diff must not be applied",
            file.path
        )),
        _ => None,
    }
}

fn side_of(side: &Option<(Version, Arc<[u8]>)>, star: bool) -> Option<PatchSide> {
    let (version, bytes) = side.as_ref()?;
    let text = String::from_utf8(bytes.to_vec()).ok().filter(|text| !text.contains('\0'));
    let text = text.map(|text| if star { rules::starred(&text, &[]) } else { text });
    Some(PatchSide { bits: version.bits, text })
}
