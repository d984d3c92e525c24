//! What was noted of documents while a catalog was read, so that they need not be read again: cells
//! of a list ([`Noted`]), or all that the pages of a whole catalog need ([`Kept`]).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::rows::title;
use crate::catalog::{Catalog, DocumentView, Entity, EntityId, FileView};
use crate::yaml::de::from_node;

/// Something of each document, by file and number.
pub(super) struct Noted<T> {
    known: Mutex<HashMap<(usize, u32), T>>,
}

impl<T> Default for Noted<T> {
    fn default() -> Self {
        Self { known: Mutex::default() }
    }
}

impl<T> Noted<T> {
    /// Notes what is told of the documents of a file.
    pub(super) fn take(&self, view: &FileView<'_>, tell: &dyn Fn(&DocumentView<'_>) -> Option<T>) {
        let file = Arc::as_ptr(view.source.file()).addr();
        let told = view.documents.iter();
        let told = told.filter_map(|one| Some(((file, one.number as u32), tell(one)?)));
        let told: Vec<_> = told.collect();
        if let Ok(mut known) = self.known.lock() {
            known.extend(told);
        }
    }

    /// What was noted of an entity's own document.
    pub(super) fn of(&self, entity: &Entity) -> Option<T>
    where
        T: Clone,
    {
        self.known.lock().ok()?.get(&key(entity)).cloned()
    }
}

fn key(entity: &Entity) -> (usize, u32) {
    (Arc::as_ptr(&entity.file).addr(), entity.document)
}

/// What every document of a catalog says, kept while it is read.
#[derive(Default)]
pub struct Kept {
    documents: Noted<Document>,
}

struct Document {
    title: Option<String>,
    value: Value,
}

impl Kept {
    /// Keeps what the documents of a file say.
    pub fn take(&self, view: &FileView<'_>) {
        let tell = |document: &DocumentView<'_>| {
            document.kind()?;
            let title = title(document.root).map(str::to_owned);
            Some(Document { title, value: from_node(document.root).ok()? })
        };
        self.documents.take(view, &tell);
    }
}

/// What the entities of a catalog say, by their numbers.
pub(super) struct Documents {
    /// What each own document calls it, of those that were kept.
    titles: Vec<Option<Option<String>>>,
    /// Whole values, of entities that speak for themselves.
    values: Vec<Option<Value>>,
}

impl Documents {
    pub(super) fn of(kept: Kept, catalog: &Catalog) -> Self {
        let mut known = kept.documents.known.into_inner().unwrap_or_default();
        let (titles, mut values): (Vec<_>, Vec<_>) = catalog
            .entities()
            .map(|(_, entity)| match known.remove(&key(entity)) {
                Some(document) => (Some(document.title), Some(document.value)),
                None => (None, None),
            })
            .unzip();
        for id in catalog.distinct() {
            if catalog.extensions(id).next().is_some() {
                let whole = catalog.whole(id, &mut |id| values.get_mut(id.index())?.take());
                if let Some(place) = values.get_mut(id.index()) {
                    *place = whole;
                }
            }
        }
        Self { titles, values }
    }

    /// The name for people that the entity's own document gives; nothing if that was not kept.
    pub(super) fn title(&self, id: EntityId) -> Option<Option<&str>> {
        self.titles.get(id.index())?.as_ref().map(Option::as_deref)
    }

    /// The whole value of an entity, if it was kept.
    pub(super) fn value(&self, id: EntityId) -> Option<&Value> {
        self.values.get(id.index())?.as_ref()
    }
}
