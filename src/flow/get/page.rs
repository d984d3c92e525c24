//! What a section of a page looks at, and how it speaks of entities.

use std::borrow::Cow;

use serde_json::Value;

use super::pages::Pages;
use crate::catalog::{Entity, EntityId, short};
use crate::output::{Piece, Said};

/// What a section looks at.
pub(super) struct Subject<'a> {
    /// The catalog, the instant, and what was found out for all pages.
    pub(super) pages: &'a Pages<'a>,
    pub(super) id: EntityId,
    pub(super) entity: &'a Entity,
    /// Its whole value.
    pub(super) value: Cow<'a, Value>,
}

impl Subject<'_> {
    /// The value at a path.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self.value.as_ref(), |value, step| value.get(step))
    }

    /// The text at a path, numbers and truths included.
    pub(super) fn text(&self, path: &[&str]) -> Option<String> {
        plain(self.at(path)?)
    }

    pub(super) fn title(&self) -> Option<String> {
        let paths: [&[&str]; 3] = [
            &["metadata", "title"],
            &["metadata", "displayName"],
            &["spec", "profile", "displayName"],
        ];
        paths.iter().find_map(|path| self.text(path))
    }

    /// That its life is over, if it is.
    pub(super) fn gone(&self) -> Option<String> {
        let life = self.entity.kind.practice.life_cycle.as_ref()?;
        let state = self.text(life.path)?;
        life.gone.contains(&state.as_str()).then(|| format!("it is {}", state.replace('_', " ")))
    }

    /// An entity, as a reference and with its title.
    pub(super) fn named(&self, id: EntityId) -> Piece {
        let reference = self.pages.canonical(id).to_owned();
        Piece::Entity { reference, title: self.pages.title(id), words: None }
    }

    /// An entity as its reference; with its title only where a page links to it.
    pub(super) fn referred(&self, id: EntityId) -> Piece {
        let reference = self.pages.canonical(id);
        let title = self.pages.known_title(id);
        let words = title.is_some().then(|| short(reference));
        Piece::Entity { reference: reference.to_owned(), title, words }
    }

    /// An entity that is called by words of its own.
    pub(super) fn called(&self, id: EntityId, words: &str) -> Piece {
        let reference = self.pages.canonical(id).to_owned();
        let title = self.pages.known_title(id);
        Piece::Entity { reference, title, words: Some(words.to_owned()) }
    }

    /// A text that an entity has in a field: the entity that it refers to, if the field holds
    /// references, an address, or words.
    pub(super) fn written(&self, of: EntityId, field: &[&str], text: &str) -> Piece {
        match self.leads(of, field, text) {
            Some(id) => self.called(id, text),
            None => Piece::linked(text),
        }
    }

    /// The entity to which a text in a field leads.
    pub(super) fn leads(&self, of: EntityId, field: &[&str], text: &str) -> Option<EntityId> {
        let catalog = self.pages.catalog;
        let whole = |path: &[&str]| path.len() - usize::from(path.last() == Some(&"*"));
        let is_field = |path: &[&str]| path.get(..whole(path)) == field.get(..whole(field));
        let references =
            self.documents_of(of).into_iter().flat_map(|id| &catalog.entity(id).references);
        let mut meant = references
            .filter(|one| is_field(one.field.path) && catalog.names.text(one.written) == text)
            .filter_map(|one| {
                let found = catalog.leads_to(one)?;
                catalog.principal(catalog.entity(found).reference)
            });
        meant.next()
    }

    /// The documents of the entity: its own and those that extend it.
    pub(super) fn documents(&self) -> Vec<EntityId> {
        self.documents_of(self.id)
    }

    fn documents_of(&self, id: EntityId) -> Vec<EntityId> {
        std::iter::once(id).chain(self.pages.catalog.extensions(id)).collect()
    }

    /// Where the references of a field lead, and the texts of those that lead nowhere.
    pub(super) fn follow(&self, path: &[&str]) -> Vec<Result<EntityId, String>> {
        let catalog = self.pages.catalog;
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

    /// Entities with their titles, as a list.
    pub(super) fn all_named(&self, ids: impl IntoIterator<Item = EntityId>) -> Said {
        Said::list(ids.into_iter().map(|id| self.named(id)))
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
