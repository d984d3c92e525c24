//! Where an entity comes from: its files, its last change, and what is wrong with it.

use chrono::{DateTime, FixedOffset};

use super::page::Subject;
use crate::catalog::Entity;
use crate::finding::Finding;
use crate::git::Commit;
use crate::output::{Line, Piece, Said};

/// What is wrong with it, the worst first.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Line> {
    let mut all: Vec<&Finding> = subject.pages.findings.of(subject.pages.canonical(subject.id));
    all.sort_by_key(|finding| finding.severity);
    let line = |finding: &&Finding| {
        let at = &finding.at.place;
        let place = Piece::Place { file: at.file.to_string(), line: at.start.line };
        let said = Said::from(format!("{} (", finding.headline)).and(place).and(")");
        Line::new(format!("{}[{}]", finding.severity.as_str(), finding.code.name), said)
    };
    all.iter().map(line).collect()
}

/// Where it stands, which files implement it, who changed it last.
pub(super) fn origin(subject: &Subject<'_>) -> Vec<Line> {
    let place = |entity: &Entity| Piece::Place {
        file: entity.file.to_string(),
        line: entity.name_place.start.line,
    };
    let mut lines = vec![Line::new("defined in", place(subject.entity))];
    let catalog = subject.pages.catalog;
    for id in catalog.extensions(subject.id) {
        lines.push(Line::new("extended in", place(catalog.entity(id))));
    }
    if !subject.entity.sources().is_empty() {
        let globs = subject.entity.sources().iter().map(String::as_str);
        lines.push(Line::new("sources", Said::list(globs)));
    }
    lines.extend(last_change(subject));
    lines
}

fn last_change(subject: &Subject<'_>) -> Vec<Line> {
    let Some(change) = subject.pages.changes.and_then(|changes| changes(subject.id)) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    if change.on_disk {
        lines.push(Line::new("last change", "on disk, not committed"));
    }
    let label = if change.on_disk { "before that" } else { "last change" };
    match change.commit {
        Some(Ok(commit)) => lines.push(Line::new(label, said(commit))),
        Some(Err(reason)) => lines.push(Line::new(label, reason)),
        None => {}
    }
    lines
}

fn said(commit: Commit) -> Said {
    let zone = FixedOffset::east_opt(commit.offset.saturating_mul(60));
    let time = DateTime::from_timestamp(commit.time, 0).unwrap_or_default();
    let time = match zone {
        Some(zone) => time.with_timezone(&zone),
        None => time.fixed_offset(),
    };
    let day = Piece::time(&time, time.format("%Y-%m-%d %H:%M").to_string());
    let words = format!(" by {}: {} (", commit.author, commit.subject);
    Said::from(day).and(words).and(Piece::Commit { id: commit.id }).and(")")
}
