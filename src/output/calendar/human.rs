//! An agenda for a terminal: a week under the other, day by day, with a line where now is.

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, Datelike, Utc};

use super::super::text::visible;
use super::{notes, plain, summary, title, within_a_day};
use crate::change::schedule::{Agenda, AgendaEntry, EntryKind};

/// How many entries are shown at most: a hundred windows a day help nobody.
const MOST: usize = 1_000;

/// Writes the agenda.
pub fn emit(agenda: &Agenda, color: bool) -> String {
    let bold = |text: &str| styled(text, Style::new().bold(), color);
    let mut text = format!("{}\n", bold(&visible(&title(agenda))));
    for line in summary(agenda) {
        text.push_str(&format!("  {}\n", visible(&line)));
    }
    if agenda.entries.is_empty() {
        text.push_str("\nNothing is planned, and no window or freeze falls into this time.\n");
        return text;
    }
    let name = |entry: &AgendaEntry| visible(&plain(&entry.name));
    let width = agenda.entries.iter().take(MOST).map(|one| name(one).chars().count()).max();
    let width = width.unwrap_or_default().min(32);
    let (mut week, mut day, mut told) = (None, None, false);
    for entry in agenda.entries.iter().take(MOST) {
        if !told && entry.span.start > agenda.now && agenda.span.holds(agenda.now) {
            told = true;
            let this = agenda.now.with_timezone(&agenda.timezone).iso_week();
            if week.replace(this) != Some(this) {
                text.push_str(&format!("\n{}\n", bold(&format!("Week {}", this.week()))));
            }
            text.push_str(&now_line(agenda, color));
            day = None;
        }
        let local = entry.span.start.max(agenda.span.start).with_timezone(&agenda.timezone);
        if week != Some(local.iso_week()) {
            week = Some(local.iso_week());
            text.push_str(&format!("\n{}\n", bold(&format!("Week {}", local.iso_week().week()))));
        }
        let shown = match day == Some(local.date_naive()) {
            true => " ".repeat(10),
            false => local.format("%a %e %b").to_string(),
        };
        day = Some(local.date_naive());
        text.push_str(&format!("  {shown:<10}  {}\n", line(entry, agenda, width, color)));
    }
    if !told && agenda.span.holds(agenda.now) {
        text.push_str(&now_line(agenda, color));
    }
    if let Some(more) = agenda.entries.len().checked_sub(MOST).filter(|more| *more > 0) {
        text.push_str(&format!("\n… and {more} more; ask for fewer days, or see `-o json`\n"));
    }
    text
}

fn now_line(agenda: &Agenda, color: bool) -> String {
    let local = agenda.now.with_timezone(&agenda.timezone);
    let text = format!("{}  {} now", local.format("%a %e %b"), local.format("%H:%M"));
    format!("  {}\n", styled(&text, AnsiColor::Cyan.on_default().bold(), color))
}

fn line(entry: &AgendaEntry, agenda: &Agenda, width: usize, color: bool) -> String {
    let kind = match entry.kind {
        EntryKind::Freeze => AnsiColor::Blue.on_default(),
        EntryKind::Window if entry.frozen => Style::new().dimmed(),
        EntryKind::Window => AnsiColor::Green.on_default(),
        EntryKind::Change if entry.conflicts.is_empty() => Style::new().bold(),
        EntryKind::Change => AnsiColor::Red.on_default().bold(),
    };
    let name = visible(&plain(&entry.name));
    let mut about = Vec::new();
    if let Some(summary) = entry.summary.as_deref().filter(|_| entry.kind != EntryKind::Change) {
        about.push(summary.to_owned());
    }
    about.extend(notes(entry));
    let about = visible(&about.join("; ").replace('\n', " "));
    let time = time(entry, agenda);
    let word = styled(&format!("{:<6}", entry.kind.name()), kind, color);
    format!("{time:<19}  {word}  {name:<width$}  {about}").trim_end().to_owned()
}

/// `22:00-03:00` of what is over within a day, `00:00 - 1 Dec 00:00` else.
fn time(entry: &AgendaEntry, agenda: &Agenda) -> String {
    let zone = agenda.timezone;
    let local = |instant: DateTime<Utc>| instant.with_timezone(&zone);
    let (start, end) = (local(entry.span.start), local(entry.span.end));
    if entry.span.start < agenda.span.start {
        return format!("until {}", end.format("%e %b %H:%M").to_string().trim());
    }
    match within_a_day(entry.span, zone) {
        true => format!("{}-{}", start.format("%H:%M"), end.format("%H:%M")),
        false => {
            format!("{} - {}", start.format("%H:%M"), end.format("%e %b %H:%M").to_string().trim())
        }
    }
}

fn styled(text: &str, style: Style, color: bool) -> String {
    match color {
        true => format!("{style}{text}{style:#}"),
        false => text.to_owned(),
    }
}
