//! The page of one entity: which sections it has, as a table.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::sections::SECTIONS;
use crate::catalog::{Entity, EntityId, Reader, short};
use crate::finding::Finding;
use crate::flow::ask::Asked;
use crate::output::{Page, Section};

/// What a section looks at.
pub(super) struct Subject<'a> {
    pub(super) asked: &'a Asked,
    pub(super) id: EntityId,
    pub(super) entity: &'a Entity,
    /// Its whole value.
    pub(super) value: Value,
    /// When it is asked.
    pub(super) now: DateTime<Utc>,
    /// What is wrong with the catalog.
    pub(super) findings: &'a [Finding],
    pub(super) reader: Reader<'a>,
}

/// All that is worth knowing of an entity at an instant.
pub fn page(asked: &Asked, id: EntityId, findings: &[Finding], now: DateTime<Utc>) -> Page {
    let entity = asked.catalog.entity(id);
    let reader = asked.reader();
    let value = asked.catalog.value(&reader, id).unwrap_or_default();
    let subject = Subject { asked, id, entity, value, now, findings, reader };
    let section = |row: &super::sections::Row| {
        let lines = (row.lines)(&subject);
        (!lines.is_empty()).then_some(Section { title: row.title, lines })
    };
    let catalog = &asked.catalog;
    let canonical = short(catalog.canonical(entity));
    let written = catalog.names.text(entity.written);
    let name = match canonical.split_once(':').and_then(|(_, rest)| rest.split_once('/')) {
        Some((namespace, _)) => format!("{namespace}/{written}"),
        None => written.to_owned(),
    };
    Page {
        kind: entity.kind.name.to_owned(),
        name,
        title: subject.title(),
        description: subject
            .text(&["metadata", "description"])
            .or_else(|| subject.text(&["spec", "description"])),
        notes: subject.gone().into_iter().collect(),
        sections: SECTIONS.iter().filter_map(section).collect(),
    }
}

impl Subject<'_> {
    /// The value at a path.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(&self.value, |value, step| value.get(step))
    }

    /// The text at a path, numbers and truths included.
    pub(super) fn text(&self, path: &[&str]) -> Option<String> {
        plain(self.at(path)?)
    }

    fn title(&self) -> Option<String> {
        let paths: [&[&str]; 3] = [
            &["metadata", "title"],
            &["metadata", "displayName"],
            &["spec", "profile", "displayName"],
        ];
        paths.iter().find_map(|path| self.text(path))
    }

    /// That its life is over, if it is.
    fn gone(&self) -> Option<String> {
        let life = self.entity.kind.practice.life_cycle.as_ref()?;
        let state = self.text(life.path)?;
        life.gone.contains(&state.as_str()).then(|| format!("it is {}", state.replace('_', " ")))
    }

    /// An entity, as a reference and with its title.
    pub(super) fn named(&self, id: EntityId) -> String {
        let catalog = &self.asked.catalog;
        let entity = catalog.entity(id);
        let reference = short(catalog.canonical(entity));
        let document = self.reader.document(entity);
        let title = document.as_ref().and_then(|document| super::rows::title(document.root()?));
        match title {
            Some(title) => format!("{reference} ({title})"),
            None => reference,
        }
    }

    /// The reference of an entity.
    pub(super) fn reference(&self, id: EntityId) -> String {
        short(self.asked.catalog.canonical(self.asked.catalog.entity(id)))
    }

    /// The documents of the entity: its own and those that extend it.
    pub(super) fn documents(&self) -> Vec<EntityId> {
        let more = self.asked.catalog.extensions(self.id);
        std::iter::once(self.id).chain(more).collect()
    }

    /// Where the references of a field lead, and the texts of those that lead nowhere.
    pub(super) fn follow(&self, path: &[&str]) -> Vec<Result<EntityId, String>> {
        let catalog = &self.asked.catalog;
        let documents = self.documents();
        let references = documents.iter().flat_map(|id| &catalog.entity(*id).references);
        let of_field = references.filter(|one| one.field.path == path);
        of_field
            .map(|one| {
                let written =
                    || format!("{} (not in this catalog)", catalog.names.text(one.written));
                let renamed = || catalog.renamed(catalog.names.text(one.target));
                catalog.principal(one.target).or_else(renamed).ok_or_else(written)
            })
            .collect()
    }
}

/// A scalar as text.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(if *truth { "yes" } else { "no" }.to_owned()),
        _ => None,
    }
}

/// The most names that a line gives.
const MOST_NAMES: usize = 12;

/// Names in a line; of very many the first, and how many more there are.
pub(super) fn listed(names: &[String]) -> String {
    let shown = names.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
