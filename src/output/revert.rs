//! What taking a change back did, or would do: `revert/1`, and in words.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::diff::{DiffReport, Position, diff_body};
use super::text::{count, line_start, visible};
use crate::catalog::short;

/// What was taken back and what was not.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevertReport {
    /// `revert/1`.
    #[schemars(extend("const" = "revert/1"))]
    pub format: &'static str,
    /// Which change.
    pub reverted: Reverted,
    /// The digest of the change set that takes all of it back. Nothing, if a part cannot be compared.
    pub digest: Option<String>,
    /// Whether that, and nothing else, is what was applied.
    pub exact: bool,
    /// Whether files were written.
    pub written: bool,
    /// Whether a part was asked for, if not all can be taken back.
    pub partial: bool,
    /// What differs between the files as they were and as they are written: `diff/1`.
    pub applied: DiffReport,
    /// The files, by path.
    pub files: Vec<FileDone>,
    /// What was as before already.
    pub already: Vec<AlreadyReport>,
    /// What stands in the way.
    pub obstacles: Vec<ObstacleReport>,
    /// What is worth knowing and stands in nobody's way.
    pub warnings: Vec<String>,
    /// What does not come back though the catalog does.
    pub irreversible: Vec<String>,
    /// A message for the commit.
    pub message: String,
}

/// A change that is taken back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reverted {
    /// As it was named.
    pub name: String,
    /// The commit before it.
    pub before: String,
    /// Its commits on the branch itself, oldest first.
    pub commits: Vec<CommitReport>,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CommitReport {
    /// Its id.
    pub id: String,
    /// The name of its author.
    pub author: String,
    /// The first line of its message.
    pub subject: String,
}

/// A file that is written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileDone {
    /// Its path.
    pub path: String,
    /// `restored` to the byte, `merged` line by line, `edited` value by value, `created`, `deleted`.
    pub how: &'static str,
}

/// Something that was as before already.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlreadyReport {
    /// The entity, as a canonical reference.
    pub entity: String,
    /// The field; all of the entity without it.
    pub pointer: Option<String>,
}

/// Kinds of obstacles.
pub mod obstacle {
    /// A later edit of a value.
    pub const LATER: &str = "later-edit";
    /// The entity is gone.
    pub const GONE: &str = "gone";
    /// The entity has another name.
    pub const RENAMED: &str = "renamed";
    /// Something else has the name.
    pub const TAKEN: &str = "taken";
    /// It cannot be compared.
    pub const UNCLEAR: &str = "unclear";
    /// A file that is none of entities.
    pub const FILE: &str = "file";
    /// A comment that silences a finding.
    pub const COMMENT: &str = "comment";
    /// The catalog would get an error.
    pub const FINDING: &str = "finding";
}

/// Something that stands in the way.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObstacleReport {
    /// `later-edit`, `gone`, `renamed`, `taken`, `unclear`, `file`, `comment` or `finding`.
    pub kind: &'static str,
    /// The entity, as a canonical reference.
    pub entity: Option<String>,
    /// The field, or the item of a list.
    pub pointer: Option<String>,
    /// The file.
    pub file: Option<String>,
    /// Where it stands.
    pub at: Option<Position>,
    /// What the change made of it; left out if it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    /// What is there; left out if nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Value>,
    /// What it would get back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back: Option<Value>,
    /// In words.
    pub message: String,
    /// The commit that did it.
    pub by: Option<CommitReport>,
    /// Whether it is in no commit yet.
    pub uncommitted: bool,
}

impl RevertReport {
    /// `revert/1`.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Whether something stands in the way and was not allowed to.
    pub fn is_blocked(&self) -> bool {
        !self.obstacles.is_empty() && !self.partial
    }

    /// Whether something of the change stays. A finding keeps nothing back: it is what comes of it.
    pub fn leaves_a_part(&self) -> bool {
        self.obstacles.iter().any(|one| one.kind != obstacle::FINDING)
    }

    /// Whether there is nothing to do.
    pub fn is_nothing(&self) -> bool {
        self.files.is_empty() && self.applied.is_empty()
    }
}

/// The JSON Schema of `revert/1`.
pub fn schema() -> Value {
    super::json::schema_of::<RevertReport>("revert/1", "revert-1")
}

/// The most obstacles and fields that are listed.
const MOST: usize = 40;

/// What was done, what was not, and what to do next. `dry` if nothing was to be written.
pub fn revert_human(report: &RevertReport, dry: bool, color: bool) -> String {
    let mut text = head(report, dry);
    if !report.is_blocked() && !report.is_nothing() {
        text.push_str(&diff_body(&report.applied, color));
        text.push_str(&files(report));
    }
    text.push_str(&already(report));
    text.push_str(&obstacles(report));
    for warning in &report.warnings {
        text.push_str(&format!("\nnote: {}\n", visible(&line_start(warning))));
    }
    for one in &report.irreversible {
        let one = visible(one);
        text.push_str(&format!("\n{one}; the catalog comes back, what happened does not\n"));
    }
    text.push_str(&next(report, dry));
    text
}

/// `took back a1b2c3d Resize the database (Ada)`.
fn head(report: &RevertReport, dry: bool) -> String {
    let name = visible(&report.reverted.name);
    let what = match report.reverted.commits.as_slice() {
        [one] => {
            let id = one.id.get(..9).unwrap_or(&one.id);
            let name = if name == id { String::new() } else { format!("{name}, ") };
            format!("{name}{id} {} ({})", visible(&one.subject), visible(&one.author))
        }
        all => format!("{name}, {}", count(all.len(), "commit")),
    };
    let verb = match () {
        () if report.is_nothing() && report.obstacles.is_empty() => "nothing to take back of",
        () if report.is_blocked() => "cannot take back",
        () if report.is_nothing() => "nothing can be taken back of",
        () if dry && report.leaves_a_part() => "would take back a part of",
        () if dry => "would take back",
        () if report.leaves_a_part() => "took back a part of",
        () => "took back",
    };
    format!("{verb} {what}\n")
}

fn files(report: &RevertReport) -> String {
    let mut text = String::from("\n");
    for file in report.files.iter().take(MOST) {
        let how = match file.how {
            "restored" => "as it was, to the byte",
            "merged" => "its lines back, later ones kept",
            "edited" => "its values back, the rest kept",
            how => how,
        };
        text.push_str(&format!("  {}: {how}\n", visible(&line_start(&file.path))));
    }
    text.push_str(&more(report.files.len(), "file"));
    text
}

fn already(report: &RevertReport) -> String {
    if report.already.is_empty() {
        return String::new();
    }
    let mut text = String::from("\nalready as before:\n");
    for one in report.already.iter().take(MOST) {
        text.push_str(&format!("  {}\n", field(Some(&one.entity), one.pointer.as_deref())));
    }
    text.push_str(&more(report.already.len(), "field"));
    text
}

/// `service:checkout spec.owner`.
fn field(entity: Option<&String>, pointer: Option<&str>) -> String {
    let name = entity.map(|entity| short(entity)).unwrap_or_default();
    let at = pointer.map(super::diff::dotted).unwrap_or_default();
    visible(format!("{name} {at}").trim())
}

fn obstacles(report: &RevertReport) -> String {
    if report.obstacles.is_empty() {
        return String::new();
    }
    if report.is_blocked() {
        return listed("stands in the way", &report.obstacles.iter().collect::<Vec<_>>(), true);
    }
    let (findings, left): (Vec<&ObstacleReport>, Vec<&ObstacleReport>) =
        report.obstacles.iter().partition(|one| one.kind == obstacle::FINDING);
    listed("not taken back", &left, false) + &listed("what comes of it", &findings, false)
}

fn listed(title: &str, all: &[&ObstacleReport], blocked: bool) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{title}:\n");
    for one in all.iter().take(MOST) {
        text.push_str(&obstacle_lines(one, blocked));
    }
    text.push_str(&more(all.len(), "obstacle"));
    text
}

fn obstacle_lines(one: &ObstacleReport, blocked: bool) -> String {
    let what = match (&one.entity, &one.file, &one.at) {
        (Some(_), _, _) => field(one.entity.as_ref(), one.pointer.as_deref()),
        (None, Some(file), _) => visible(&line_start(file)),
        (None, None, Some(at)) => format!("{}:{}", visible(&line_start(&at.file)), at.line),
        (None, None, None) => String::new(),
    };
    let message = match (&one.kind, &one.entity) {
        (&obstacle::FINDING, _) if blocked => format!("would get {}", visible(&one.message)),
        _ => visible(&one.message),
    };
    let mut text = format!("  {what}: {message}\n");
    if one.kind == obstacle::LATER {
        let value = |value: &Option<Value>| match value {
            Some(value) => visible(&shortened(&value.to_string())),
            None => "nothing".to_owned(),
        };
        text.push_str(&format!("      the change made it  {}\n", value(&one.expected)));
        text.push_str(&format!("      it is now           {}\n", value(&one.found)));
        text.push_str(&format!("      it would be again   {}\n", value(&one.back)));
    }
    if let Some(by) = &one.by {
        let id = by.id.get(..9).unwrap_or(&by.id);
        let (subject, author) = (visible(&by.subject), visible(&by.author));
        text.push_str(&format!("      by {id} {subject} ({author})\n"));
    }
    if one.uncommitted {
        text.push_str("      by an edit that is not committed\n");
    }
    let place = one.at.as_ref().filter(|_| one.entity.is_some());
    if let Some(at) = place {
        text.push_str(&format!("      {}:{}\n", visible(&at.file), at.line));
    }
    text
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn more(all: usize, word: &str) -> String {
    match all.checked_sub(MOST).filter(|more| *more > 0) {
        Some(more) => format!("  … and {} more (-o json lists all)\n", count(more, word)),
        None => String::new(),
    }
}

fn next(report: &RevertReport, dry: bool) -> String {
    if report.is_blocked() {
        return "\nnothing was written; --partial takes back what can be, and leaves the rest\n"
            .to_owned();
    }
    if report.is_nothing() || dry {
        return String::new();
    }
    let mut text =
        String::from("\nlook at it with `git diff`, and commit it with this message:\n\n");
    for line in report.message.lines() {
        text.push_str(visible(&format!("    {line}")).trim_end());
        text.push('\n');
    }
    text
}
