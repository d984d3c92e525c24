//! A change for people.

use anstyle::{AnsiColor, Style};

use super::fields::{Mark, lines};
use super::meaning::{Section, kind_and_band, sections};
use super::short::counted;
use super::{DiffReport, EntityReport, FileReport, Position, name};
use crate::output::text::{count, visible};

/// How many fields of an entity that is new are shown.
const FIELDS_OF_NEW: usize = 10;

/// How many entities are shown in full.
const MOST: usize = 60;

/// How many files of one owner are named.
const FILES_OF_ONE: usize = 12;

/// Writes what differs.
pub fn emit(report: &DiffReport, color: bool) -> String {
    let mut text = head(report, Paint(color));
    if report.is_empty() {
        text.push_str("\nNothing changes.\n");
    }
    text + &body(report, color)
}

/// Writes what differs, without a headline.
pub fn body(report: &DiffReport, color: bool) -> String {
    let paint = Paint(color);
    let mut text = String::new();
    // Whatever follows is less than sure then.
    for doubt in &report.doubts {
        let place = at(&doubt.at);
        text.push_str(&format!(
            "\n{} {place}: {}\n",
            paint.bold("cannot be compared:"),
            visible(&doubt.message)
        ));
    }
    for one in report.entities.iter().take(MOST) {
        text.push_str(&entity(one, paint));
    }
    text.push_str(&more(report.entities.len(), "entity"));
    if !report.files.is_empty() {
        text.push('\n');
    }
    text.push_str(&files(&report.files, paint));
    for one in &report.ignores {
        let (mark, verb) = match one.after > one.before {
            true => (Mark::Added, "silences"),
            false => (Mark::Removed, "no longer silences"),
        };
        let what = format!("a comment {verb} {} of {}", visible(&one.code), name(&one.entity));
        let reason = match one.reason.is_empty() {
            true => "no reason given".to_owned(),
            false => visible(&one.reason),
        };
        let line = format!("  {} {what}: {reason}", sign(mark));
        text.push_str(&format!("\n{}  {}\n", paint.mark(mark, &line), paint.faint(&at(&one.at))));
    }
    if !report.is_empty() {
        let counted = capital(&counted(&report.summary));
        let band = report.judgement.as_ref().map(|part| format!(" {}.", kind_and_band(part)));
        let band = band.unwrap_or_default();
        text.push_str(&format!("\n{}\n", paint.bold(&format!("{counted}.{band}"))));
    }
    for part in sections(report) {
        text.push_str(&section(&part, paint));
    }
    text
}

/// A section: its title and headline, its rows in columns, its notes.
fn section(part: &Section, paint: Paint) -> String {
    let mut text = format!("\n{}  {}\n", paint.bold(part.title), paint.headline(part));
    let columns = part.rows.iter().map(Vec::len).max().unwrap_or_default();
    // The last column is as wide as it is.
    let width = |column: usize| {
        let cells = part.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default().min(40)
    };
    for row in &part.rows {
        let mut line = String::from("  ");
        for (column, cell) in row.iter().enumerate() {
            match column + 1 == columns {
                true => line.push_str(cell),
                false => line.push_str(&format!("{cell:<0$}  ", width(column))),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for note in &part.notes {
        text.push_str(&format!("  {}\n", paint.faint(note)));
    }
    text
}

/// `main 813fd73 → your files`.
fn head(report: &DiffReport, paint: Paint) -> String {
    let compared = &report.compared;
    let base = revision(&compared.base, Some(&compared.base_commit));
    let head = match compared.head.as_str() {
        "worktree" => "your files".to_owned(),
        head => revision(head, compared.head_commit.as_deref()),
    };
    let how = match compared.how.is_empty() {
        true => String::new(),
        false => format!("  ({})", visible(&compared.how)),
    };
    format!("{}{}\n", paint.bold(&format!("{base} → {head}")), paint.faint(&how))
}

/// A revision as it was named, and the commit that this is.
fn revision(name: &str, commit: Option<&str>) -> String {
    let short = commit.and_then(|commit| commit.get(..7)).unwrap_or_default();
    match commit.is_some_and(|commit| commit.starts_with(name)) || short.is_empty() {
        true if short.is_empty() => visible(name),
        true => short.to_owned(),
        false => format!("{} {short}", visible(name)),
    }
}

fn entity(one: &EntityReport, paint: Paint) -> String {
    let mark = match one.action {
        "create" => Mark::Added,
        "delete" => Mark::Removed,
        _ => Mark::Changed,
    };
    let was = one.former.as_ref().map(|former| format!(" (was {})", name(former)));
    let mut about: Vec<String> = one.criticality.iter().map(|tier| visible(tier)).collect();
    about.extend(one.owners.iter().map(|owner| name(owner)));
    if one.class == "governance" {
        about.push("governance".to_owned());
    }
    let about = match about.is_empty() {
        true => String::new(),
        false => format!("  {}", about.join(" · ")),
    };
    let headline = format!("  {} {}{}", sign(mark), name(&one.entity), was.unwrap_or_default());
    let place = one.after.as_ref().or(one.before.as_ref()).map(at).unwrap_or_default();
    let moved = match (&one.before, &one.after) {
        (Some(before), Some(after)) if before.file != after.file => {
            format!(" (was in {})", visible(&before.file))
        }
        _ => String::new(),
    };
    let mut text = format!("\n{}{}\n", paint.mark(mark, &headline), paint.faint(&about));
    text.push_str(&format!("    {}\n", paint.faint(&format!("{place}{moved}"))));
    text.push_str(&fields(one, paint));
    text
}

fn fields(one: &EntityReport, paint: Paint) -> String {
    let shown = match one.action {
        // Who it was is said by its name; what it was is in the history.
        "delete" => return String::new(),
        "create" => FIELDS_OF_NEW,
        _ => usize::MAX,
    };
    let envelope = |pointer: &str| {
        matches!(
            pointer,
            "/apiVersion" | "/kind" | "/metadata/name" | "/metadata/namespace" | "#sources"
        )
    };
    let fields =
        one.fields.iter().filter(|field| one.action != "create" || !envelope(&field.pointer));
    let fields: Vec<_> = fields.collect();
    let mut text = String::new();
    for field in fields.iter().take(shown) {
        let class = match field.class {
            "operational" => String::new(),
            class if one.action == "update" => format!("  {class}"),
            _ => String::new(),
        };
        for (number, (mark, line)) in lines(field).into_iter().enumerate() {
            let class = if number == 0 { paint.class(&class) } else { String::new() };
            text.push_str(&format!(
                "      {}{class}\n",
                paint.mark(mark, &format!("{} {line}", sign(mark)))
            ));
        }
    }
    if let Some(more) = fields.len().checked_sub(shown).filter(|more| *more > 0) {
        text.push_str(&format!("      … and {} (-o json)\n", count(more, "field")));
    }
    text
}

/// The files, of each owner the first few.
fn files(files: &[FileReport], paint: Paint) -> String {
    let mut groups: Vec<(String, Vec<&FileReport>)> = Vec::new();
    for one in files {
        let whose = whose(one);
        match groups.iter_mut().find(|(known, _)| *known == whose) {
            Some((_, group)) => group.push(one),
            None => groups.push((whose, vec![one])),
        }
    }
    let mut text = String::new();
    for (whose, group) in &groups {
        let shown = if group.len() <= FILES_OF_ONE + 1 { group.len() } else { FILES_OF_ONE };
        for one in group.iter().take(shown) {
            text.push_str(&file(one, whose, paint));
        }
        let rest = group.get(shown..).unwrap_or_default();
        if !rest.is_empty() {
            let lines = rest.iter().filter_map(|one| one.lines);
            let sum = lines.fold((0, 0), |sum, one| (sum.0 + one.added, sum.1 + one.removed));
            let many = rest.len();
            let more = format!("  … and {many} more files  +{} −{}", sum.0, sum.1);
            text.push_str(&format!("{more}  {}\n", paint.faint(whose)));
        }
    }
    text
}

/// Whose a file is.
fn whose(one: &FileReport) -> String {
    if one.entities.is_empty() {
        return if one.governance { "steers controls" } else { "nobody's" }.to_owned();
    }
    let owners: Vec<String> = one.entities.iter().take(3).map(|one| name(one)).collect();
    let more = one.entities.len().saturating_sub(3);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let steers = if one.governance { ", steers controls" } else { "" };
    format!("is of {}{more}{steers}", owners.join(", "))
}

fn file(one: &FileReport, whose: &str, paint: Paint) -> String {
    let mark = match one.status {
        "added" => Mark::Added,
        "deleted" => Mark::Removed,
        _ => Mark::Changed,
    };
    let mode = match (one.status, &one.old_mode, &one.new_mode) {
        ("mode", Some(old), Some(new)) => format!(" mode {old} → {new}"),
        _ => one.sort().to_owned(),
    };
    let lines = one.lines.map(|lines| format!("  +{} −{}", lines.added, lines.removed));
    let mode = format!("{mode}{}", lines.unwrap_or_default());
    let headline = format!("  {} {}{mode}", sign(mark), visible(&one.path));
    format!("{}  {}\n", paint.mark(mark, &headline), paint.faint(whose))
}

fn more(all: usize, word: &str) -> String {
    match all.checked_sub(MOST).filter(|more| *more > 0) {
        Some(more) => format!("\n  … and {} more (-o name lists all)\n", count(more, word)),
        None => String::new(),
    }
}

fn at(position: &Position) -> String {
    match position.line {
        0 => visible(&position.file),
        line => format!("{}:{line}", visible(&position.file)),
    }
}

fn sign(mark: Mark) -> char {
    match mark {
        Mark::Added => '+',
        Mark::Removed => '-',
        Mark::Changed => '~',
        Mark::Kept => ' ',
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Colours, or none.
#[derive(Clone, Copy)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    fn styled(self, text: &str, style: Style) -> String {
        match self.0 && !text.is_empty() {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.styled(text, Style::new().bold())
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.styled(text, Style::new().dimmed())
    }

    /// What is to be seen at once is seen at once.
    fn headline(self, part: &Section) -> String {
        let style = match (part.title, part.headline.as_str()) {
            ("Risk", text) if text.starts_with("low") => AnsiColor::Green.on_default(),
            ("Risk", text) if text.starts_with("moderate") => AnsiColor::Yellow.on_default(),
            ("Risk", _) => AnsiColor::Red.on_default().bold(),
            ("When", text) if text.ends_with("may not happen") => AnsiColor::Red.on_default(),
            _ => Style::new(),
        };
        self.styled(&part.headline, style)
    }

    fn class(self, class: &str) -> String {
        let style = match class.trim() {
            "destructive" => AnsiColor::Red.on_default().bold(),
            "governance" => AnsiColor::Magenta.on_default(),
            _ => Style::new().dimmed(),
        };
        self.styled(class, style)
    }

    fn mark(self, mark: Mark, text: &str) -> String {
        let style = match mark {
            Mark::Added => AnsiColor::Green.on_default(),
            Mark::Removed => AnsiColor::Red.on_default(),
            Mark::Changed => AnsiColor::Yellow.on_default(),
            Mark::Kept => Style::new(),
        };
        self.styled(text, style)
    }
}
