//! Where an entity comes from: its files, its last change, and what is wrong with it.

use std::collections::HashMap;

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

use super::page::{Subject, listed};
use crate::catalog::Entity;
use crate::finding::{Finding, Severity};
use crate::git::{BlobId, Commit, Gap, Repository};
use crate::output::Line;
use crate::source::{File, Source};
use crate::tree::record_path;
use crate::yaml::de::from_node;
use crate::yaml::{Limits, Node, NodeKind, parse};

/// What is wrong with it, the worst first.
pub(super) fn findings(subject: &Subject<'_>) -> Vec<Line> {
    let canonical = subject.asked.catalog.canonical(subject.entity);
    let about = |finding: &&Finding| {
        finding.occurrences().any(|at| at.entity.as_deref() == Some(canonical))
    };
    let mut all: Vec<&Finding> = subject.findings.iter().filter(about).collect();
    all.sort_by_key(|finding| finding.severity);
    let line = |finding: &&Finding| {
        let place = &finding.at.place;
        let text = format!("{} ({}:{})", finding.headline, place.file, place.start.line);
        Line::new(format!("{}[{}]", finding.severity.as_str(), finding.code.name), text)
    };
    let worst: Vec<&Finding> =
        all.iter().filter(|finding| finding.severity <= Severity::Note).copied().collect();
    worst.iter().map(line).collect()
}

/// Where it stands, which files implement it, who changed it last.
pub(super) fn origin(subject: &Subject<'_>) -> Vec<Line> {
    let place = |entity: &Entity| format!("{}:{}", entity.file, entity.name_place.start.line);
    let mut lines = vec![Line::new("defined in", place(subject.entity))];
    let catalog = &subject.asked.catalog;
    for id in catalog.extensions(subject.id) {
        lines.push(Line::new("extended in", place(catalog.entity(id))));
    }
    if !subject.entity.sources().is_empty() {
        lines.push(Line::new("sources", listed(subject.entity.sources())));
    }
    lines.extend(last_change(subject));
    lines
}

fn last_change(subject: &Subject<'_>) -> Vec<Line> {
    let workspace = &subject.asked.workspace;
    let Some(repository) = &workspace.repository else { return Vec::new() };
    let path = subject.entity.file.path.as_str();
    let (revision, path) = match (record_path(path), &workspace.records) {
        (Some(path), Some(records)) => (records.commit.as_str(), path),
        _ => (workspace.revision.as_deref().unwrap_or("HEAD"), path),
    };
    let name = subject.asked.catalog.names.text(subject.entity.written);
    let mut values =
        Values { repository, kind: subject.entity.kind.name, name, known: HashMap::new() };
    let own = subject.reader.document(subject.entity);
    let own = own.and_then(|document| from_node::<Value>(document.root()?).ok());
    let committed = values.of(repository.blob_at(revision, path));
    let mut lines = Vec::new();
    if committed != own {
        lines.push(Line::new("last change", "on disk, not committed"));
        if committed.is_none() {
            return lines;
        }
    }
    let label = if lines.is_empty() { "last change" } else { "before that" };
    let text = match newest(repository, revision, path, &mut values) {
        Ok(Some(commit)) => said(&commit),
        Ok(None) => return lines,
        Err(reason) => reason.to_owned(),
    };
    lines.push(Line::new(label, text));
    lines
}

/// The newest commit that changed the entity's values; or why it is not known.
fn newest(
    repository: &Repository,
    revision: &str,
    path: &str,
    values: &mut Values<'_>,
) -> Result<Option<Commit>, &'static str> {
    let unknown = "unknown: this clone does not hold the history";
    let mut same =
        |before: Option<BlobId>, after: Option<BlobId>| values.of(before) == values.of(after);
    // A repository without a commit has nothing to tell.
    let Ok(mut history) = repository.history(revision, path, &mut same) else { return Ok(None) };
    let touch = history.next_touch();
    match (history.gap, touch) {
        (Some(Gap::Shallow), _) => Err("unknown: this is a shallow clone"),
        (Some(Gap::TooLong), _) => Err("unknown: not within the last 100 000 commits"),
        (None, Ok(touch)) => Ok(touch.map(|touch| touch.commit)),
        (None, Err(_)) => Err(unknown),
    }
}

fn said(commit: &Commit) -> String {
    let zone = FixedOffset::east_opt(commit.offset.saturating_mul(60));
    let time = DateTime::from_timestamp(commit.time, 0).unwrap_or_default();
    let day = match zone {
        Some(zone) => time.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string(),
        None => time.format("%Y-%m-%d %H:%M").to_string(),
    };
    let id: String = commit.id.chars().take(9).collect();
    format!("{day} by {}: {} ({id})", commit.author, commit.subject)
}

/// The entity's value in versions of its file.
struct Values<'a> {
    repository: &'a Repository,
    kind: &'static str,
    name: &'a str,
    known: HashMap<BlobId, Option<Value>>,
}

impl Values<'_> {
    fn of(&mut self, blob: Option<BlobId>) -> Option<Value> {
        let blob = blob?;
        if let Some(known) = self.known.get(&blob) {
            return known.clone();
        }
        let value = self.repository.blob(blob).ok().and_then(|bytes| self.value_in(&bytes));
        self.known.insert(blob, value.clone());
        value
    }

    /// The document of the entity in a text: the one of its kind and name.
    fn value_in(&self, bytes: &[u8]) -> Option<Value> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let source = Source::new(File::local("history"), text);
        let stream = parse(&source, &Limits::default());
        for id in &stream.documents {
            let root = stream.arena.node(*id);
            let found = match root.kind() {
                NodeKind::Sequence => root.items().find(|item| self.is_it(*item)),
                _ => Some(root).filter(|root| self.is_it(*root)),
            };
            if let Some(found) = found {
                return from_node(found).ok();
            }
        }
        None
    }

    fn is_it(&self, root: Node<'_>) -> bool {
        let name = root.get("metadata").and_then(|metadata| metadata.get("name"));
        root.str("kind") == Some(self.kind)
            && name.and_then(Node::text).is_some_and(|name| name.eq_ignore_ascii_case(self.name))
    }
}
