//! For people: the line, what is wrong with it, and what to write.
//!
//! A repository that has no `gitsm.yaml` meets gitsm for the first time: its first screen is one
//! screen, with the three findings that are worth most, and one line for the rest.

use std::collections::{BTreeMap, BTreeSet};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::View;
use super::json::MOST_PLACES;
use super::text::{count, visible};
use crate::finding::{Finding, Severity, Summary};
use crate::source::Place;

/// How many findings a first screen shows in full.
const FIRST: usize = 3;

pub(super) fn emit(view: &View<'_>) -> String {
    let report = view.report;
    let all = view.all || report.configured || report.findings.len() <= FIRST;
    let shown: Vec<&Finding> =
        if all { report.findings.iter().collect() } else { most_useful(&report.findings) };
    let mut text = String::new();
    for finding in &shown {
        text.push_str(&render(finding, view));
        text.push_str("\n\n");
    }
    let rest = report.findings.len() - shown.len();
    if rest > 0 {
        text.push_str(&rest_line(rest, &shown, view));
    }
    text.push_str(&summary(view));
    text
}

/// The findings to show first: the worst, one of a code, those with the most places first.
fn most_useful(findings: &[Finding]) -> Vec<&Finding> {
    let mut order: Vec<&Finding> = findings.iter().collect();
    order.sort_by_key(|finding| (finding.severity, std::cmp::Reverse(finding.more.len())));
    let mut codes = BTreeSet::new();
    let mut chosen: Vec<&Finding> = Vec::new();
    let serious = order.iter().filter(|finding| finding.severity < Severity::Note);
    chosen.extend(serious.filter(|finding| codes.insert(finding.code.name)).take(FIRST));
    for finding in order {
        if chosen.len() < FIRST && !chosen.iter().any(|other| std::ptr::eq(*other, finding)) {
            chosen.push(finding);
        }
    }
    chosen.sort_by_key(|finding| finding.severity);
    chosen
}

fn rest_line(rest: usize, shown: &[&Finding], view: &View<'_>) -> String {
    let mut codes: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    for finding in &view.report.findings {
        if !shown.iter().any(|one| std::ptr::eq(*one, finding)) {
            *codes.entry((finding.severity, finding.code.name)).or_default() += 1;
        }
    }
    let mut names: Vec<String> =
        codes.iter().take(4).map(|((_, name), number)| format!("{number} × {name}")).collect();
    if codes.len() > names.len() {
        names.push("…".to_owned());
    }
    let all = bold(&format!("{} --all", view.command), view.color);
    format!("and {} ({}); see them: {all}\n\n", count(rest, "more finding"), names.join(", "))
}

fn bold(text: &str, color: bool) -> String {
    let style = anstyle::Style::new().bold();
    if color { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// The last lines: what was looked at, how much was found, and where to go from here.
fn summary(view: &View<'_>) -> String {
    let report = view.report;
    let Summary { entities, files, passed_over, templates, errors, warnings, notes, .. } =
        &report.summary;
    let new = if report.known.is_some() { "new " } else { "" };
    let mut found: Vec<String> = Vec::new();
    for (number, word, style) in [
        (*errors, "error", anstyle::AnsiColor::Red.on_default().bold()),
        (*warnings, "warning", anstyle::AnsiColor::Yellow.on_default().bold()),
        (*notes, "note", anstyle::AnsiColor::Cyan.on_default().bold()),
    ] {
        if number > 0 {
            let text = count(number, &format!("{new}{word}"));
            found.push(if view.color { format!("{style}{text}{style:#}") } else { text });
        }
    }
    let found = match found.is_empty() {
        true if report.known.is_some() => "nothing new".to_owned(),
        true => "nothing to report".to_owned(),
        false => found.join(", "),
    };
    let read = files - passed_over;
    let mut text = format!("{} in {}: {found}\n", count(*entities, "entity"), count(read, "file"));
    let mut asides: Vec<String> = Vec::new();
    if *templates > 0 {
        asides.push(format!("{} of entities not judged", count(*templates, "template")));
    }
    if *passed_over > 0 {
        asides.push(format!("{} passed over", count(*passed_over, "other YAML file")));
    }
    if !asides.is_empty() {
        text.push_str(&format!("{} (--list-files says which and why)\n", asides.join(", ")));
    }
    if let Some(known) = report.known.filter(|known| *known > 0) {
        text.push_str(&format!("{} known before and left out\n", count(known, "finding")));
    }
    if let Some(first) = most_useful(&report.findings).first() {
        let command = bold(&format!("gitsm explain {}", first.code.name), view.color);
        text.push_str(&format!("what a code means: {command}\n"));
    }
    text
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// A place of a finding, and what it shows.
struct Spot<'a> {
    place: &'a Place,
    label: String,
    kind: AnnotationKind,
}

/// The lines of one file that a finding speaks of, and what to underline in them.
struct Excerpt {
    path: String,
    first: u32,
    text: String,
    marks: Vec<(std::ops::Range<usize>, String, AnnotationKind)>,
}

/// Renders one finding.
fn render(finding: &Finding, view: &View<'_>) -> String {
    let headline = visible(&finding.headline);
    let help = finding.help.as_deref().map(visible);
    let path = visible(&finding.at.place.file.to_string());
    let excerpts = excerpts(finding, view);
    let title = level(finding.severity).primary_title(headline.as_str()).id(finding.code.name);
    let mut group = Group::with_title(title);
    if excerpts.first().is_none_or(|excerpt| excerpt.path != path) {
        group = group.element(Origin::path(path.as_str()));
    }
    for excerpt in &excerpts {
        let mut snippet = Snippet::source(excerpt.text.as_str())
            .line_start(excerpt.first as usize)
            .path(excerpt.path.as_str());
        for (range, label, kind) in &excerpt.marks {
            let annotation = kind.span(range.clone());
            snippet = snippet.annotation(match label.is_empty() {
                true => annotation,
                false => annotation.label(label.as_str()),
            });
        }
        group = group.element(snippet);
    }
    let hidden = finding.more.len().saturating_sub(MOST_PLACES);
    if hidden > 0 {
        group = group.element(Level::NOTE.message(format!("and at {hidden} more places")));
    }
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if view.color { Renderer::styled() } else { Renderer::plain() };
    renderer.term_width(view.width).render(&[group])
}

/// What to show of each file, the file of the primary place first.
fn excerpts(finding: &Finding, view: &View<'_>) -> Vec<Excerpt> {
    let spot = |place, label: &str, kind| Spot { place, label: visible(label), kind };
    let mut spots = vec![spot(&finding.at.place, &finding.mark, AnnotationKind::Primary)];
    for label in &finding.labels {
        spots.push(spot(&label.place, &label.text, AnnotationKind::Context));
    }
    for at in finding.more.iter().take(MOST_PLACES) {
        spots.push(spot(&at.place, "also here", AnnotationKind::Context));
    }
    let mut files: Vec<&str> = Vec::new();
    for spot in &spots {
        if !files.contains(&spot.place.file.path.as_str()) {
            files.push(&spot.place.file.path);
        }
    }
    files.into_iter().filter_map(|path| excerpt(path, &spots, view)).collect()
}

fn excerpt(path: &str, spots: &[Spot<'_>], view: &View<'_>) -> Option<Excerpt> {
    let lines = (view.lines)(path)?;
    let here = || spots.iter().filter(|spot| spot.place.file.path == path);
    let first = here().map(|spot| spot.place.start.line).min()?;
    let last = here().map(|spot| spot.place.start.line).max()?;
    let mut text = String::new();
    let mut starts = Vec::new();
    for line in lines.get(first as usize - 1..(last as usize).min(lines.len()))? {
        starts.push(text.len());
        text.push_str(&visible(line));
        text.push('\n');
    }
    if text.trim().is_empty() {
        return None;
    }
    let marks = here().filter_map(|spot| {
        let start = spot.place.start;
        let offset = *starts.get((start.line - first) as usize)?;
        let line = text[offset..].lines().next().unwrap_or_default();
        let byte = |column: u32| {
            let at = line.char_indices().nth(column as usize - 1);
            offset + at.map_or(line.len(), |(at, _)| at)
        };
        // What spans several lines is pointed at by its first.
        let one_line = spot.place.end.line == start.line;
        let end = if one_line { byte(spot.place.end.column) } else { offset + line.len() };
        let begin = byte(start.column);
        Some((begin..end.max(begin), spot.label.clone(), spot.kind))
    });
    let marks = marks.collect();
    let shown = here().next()?.place.file.to_string();
    Some(Excerpt { path: visible(&shown), first, text, marks })
}
