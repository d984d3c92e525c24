//! An agenda as iCalendar (RFC 5545), for the calendar programs that people have open all day.
//!
//! Each time stands for itself, in UTC, and no rule is written: calendars leave out the hours of
//! others (`except`) and freezes are lifted, which a rule cannot say; and a `VTIMEZONE` that is right
//! for years to come cannot be made of a table of the past.

use chrono::{DateTime, Utc};

use super::super::text::visible;
use super::{notes, plain};
use crate::change::schedule::{Agenda, AgendaEntry, EntryKind};

/// How many bytes a line has at most, without its end.
const OCTETS: usize = 75;

/// Writes the agenda.
pub fn emit(agenda: &Agenda) -> String {
    let mut out = Lines::default();
    out.line("BEGIN:VCALENDAR");
    out.line("VERSION:2.0");
    out.line("PRODID:-//gitsm//change calendar 1//EN");
    out.line("CALSCALE:GREGORIAN");
    out.line("METHOD:PUBLISH");
    out.line(&format!("X-WR-CALNAME:{}", escaped("Changes")));
    for entry in &agenda.entries {
        event(entry, agenda, &mut out);
    }
    out.line("END:VCALENDAR");
    out.text
}

fn event(entry: &AgendaEntry, agenda: &Agenda, out: &mut Lines) {
    let name = plain(&entry.name);
    out.line("BEGIN:VEVENT");
    // The same event has the same id whenever it is written, so programs replace and do not double.
    let id = match entry.kind {
        EntryKind::Change => entry.name.clone(),
        _ => format!("{}/{}", entry.name, utc(entry.span.start)),
    };
    out.line(&format!("UID:{}@gitsm", escaped(&id)));
    out.line(&format!("DTSTAMP:{}", utc(agenda.now)));
    out.line(&format!("DTSTART:{}", utc(entry.span.start)));
    out.line(&format!("DTEND:{}", utc(entry.span.end)));
    let frozen = if entry.frozen { " (in freeze)" } else { "" };
    out.line(&format!("SUMMARY:{}", escaped(&format!("{}: {name}{frozen}", title(entry.kind)))));
    let mut about: Vec<String> = entry.summary.iter().cloned().collect();
    about.extend(notes(entry));
    if !about.is_empty() {
        out.line(&format!("DESCRIPTION:{}", escaped(&about.join("\n"))));
    }
    out.line(&format!("CATEGORIES:{}", entry.kind.name().to_ascii_uppercase()));
    // A window makes nobody busy.
    let busy = if entry.kind == EntryKind::Change { "OPAQUE" } else { "TRANSPARENT" };
    out.line(&format!("TRANSP:{busy}"));
    out.line("END:VEVENT");
}

fn title(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Freeze => "Freeze",
        EntryKind::Window => "Window",
        EntryKind::Change => "Change",
    }
}

fn utc(instant: DateTime<Utc>) -> String {
    instant.format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value of type TEXT (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for line in text.lines() {
        if !safe.is_empty() {
            safe.push_str("\\n");
        }
        for c in visible(line).chars() {
            if matches!(c, '\\' | ';' | ',') {
                safe.push('\\');
            }
            safe.push(c);
        }
    }
    safe
}

/// Lines that end and are folded as RFC 5545 (3.1) wants it.
#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn line(&mut self, content: &str) {
        let mut used = 0;
        for c in content.chars() {
            if used + c.len_utf8() > OCTETS {
                self.text.push_str("\r\n ");
                used = 1;
            }
            self.text.push(c);
            used += c.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters_and_texts_obey_nothing() {
        let mut lines = Lines::default();
        lines.line(&format!("SUMMARY:{}", escaped(&"ä,".repeat(60))));
        assert!(lines.text.split("\r\n").all(|line| line.len() <= OCTETS));
        let unfolded = lines.text.replace("\r\n ", "");
        assert_eq!(unfolded, format!("SUMMARY:{}\r\n", "ä\\,".repeat(60)));
        assert_eq!(escaped("a\r\nEND:VEVENT;\u{7}\\"), "a\\nEND:VEVENT\\;\u{fffd}\\\\");
    }
}
