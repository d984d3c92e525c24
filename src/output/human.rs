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
    chosen.extend(order.iter().filter(|finding| codes.insert(finding.code.name)).take(FIRST));
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
    let mut found: Vec<String> = Vec::new();
    for (number, word, style) in [
        (*errors, "error", anstyle::AnsiColor::Red.on_default().bold()),
        (*warnings, "warning", anstyle::AnsiColor::Yellow.on_default().bold()),
        (*notes, "note", anstyle::AnsiColor::Cyan.on_default().bold()),
    ] {
        if number > 0 {
            let text = count(number, word);
            found.push(if view.color { format!("{style}{text}{style:#}") } else { text });
        }
    }
    let new = if report.known.is_some() { "new " } else { "" };
    let found = match found.is_empty() {
        true if report.known.is_some() => "nothing new".to_owned(),
        true => "nothing to report".to_owned(),
        false => format!("{new}{}", found.join(", ")),
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

/// A place whose line can be shown.
struct Shown {
    path: String,
    line: u32,
    text: String,
    start: usize,
    end: usize,
    label: String,
}

/// Renders one finding.
fn render(finding: &Finding, view: &View<'_>) -> String {
    let headline = visible(&finding.headline);
    let help = finding.help.as_deref().map(visible);
    let primary = shown(&finding.at.place, &finding.mark, view);
    let labels = finding.labels.iter().map(|label| (&label.place, label.text.as_str()));
    let more = finding.more.iter().take(MOST_PLACES).map(|at| (&at.place, "also here"));
    let others: Vec<Shown> =
        labels.chain(more).filter_map(|(place, text)| shown(place, text, view)).collect();
    let path = visible(&finding.at.place.file.to_string());
    let title = level(finding.severity).primary_title(headline.as_str()).id(finding.code.name);
    let mut group = Group::with_title(title);
    match &primary {
        Some(primary) => {
            // What is on the primary line is shown there, the rest below.
            let same = |other: &&Shown| other.path == primary.path;
            let mut lines: Vec<(&Shown, AnnotationKind)> = vec![(primary, AnnotationKind::Primary)];
            lines.extend(others.iter().filter(same).map(|o| (o, AnnotationKind::Context)));
            for one in merged(lines) {
                group = group.element(one);
            }
            for other in others.iter().filter(|other| !same(other)) {
                group = group.element(snippet(other, AnnotationKind::Context));
            }
        }
        None => group = group.element(Origin::path(path.as_str())),
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

/// One snippet a line; annotations of one line share it.
fn merged<'s>(
    lines: Vec<(&'s Shown, AnnotationKind)>,
) -> Vec<Snippet<'s, annotate_snippets::Annotation<'s>>> {
    let mut by_line: Vec<(&Shown, Vec<(&Shown, AnnotationKind)>)> = Vec::new();
    for (shown, kind) in lines {
        match by_line.iter_mut().find(|(first, _)| first.line == shown.line) {
            Some((_, all)) => all.push((shown, kind)),
            None => by_line.push((shown, vec![(shown, kind)])),
        }
    }
    by_line
        .into_iter()
        .map(|(first, all)| {
            let mut snippet = Snippet::source(first.text.as_str())
                .line_start(first.line as usize)
                .path(first.path.as_str());
            for (shown, kind) in all {
                snippet = snippet.annotation(annotation(shown, kind));
            }
            snippet
        })
        .collect()
}

fn snippet<'s>(
    shown: &'s Shown,
    kind: AnnotationKind,
) -> Snippet<'s, annotate_snippets::Annotation<'s>> {
    Snippet::source(shown.text.as_str())
        .line_start(shown.line as usize)
        .path(shown.path.as_str())
        .annotation(annotation(shown, kind))
}

fn annotation(shown: &Shown, kind: AnnotationKind) -> annotate_snippets::Annotation<'_> {
    let annotation = kind.span(shown.start..shown.end);
    match shown.label.is_empty() {
        true => annotation,
        false => annotation.label(shown.label.as_str()),
    }
}

/// The first line of a place, and which bytes of it the place covers.
fn shown(place: &Place, label: &str, view: &View<'_>) -> Option<Shown> {
    let lines = (view.lines)(&place.file.path)?;
    let line = lines.get(place.start.line as usize - 1)?;
    let text = visible(line);
    if text.is_empty() {
        return None;
    }
    let byte = |column: u32| {
        let at = text.char_indices().nth(column as usize - 1);
        at.map_or(text.len(), |(at, _)| at)
    };
    let start = byte(place.start.column);
    let end = if place.end.line == place.start.line { byte(place.end.column) } else { text.len() };
    Some(Shown {
        path: visible(&place.file.to_string()),
        line: place.start.line,
        start,
        end: end.max(start),
        label: visible(label),
        text,
    })
}
