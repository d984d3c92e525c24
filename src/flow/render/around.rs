//! What overviews ask of a catalog, beyond what stands on a page: what is related, needed, over.

use super::stage::Stage;
use crate::catalog::EntityId;
use crate::flow::get::{Beside, neighbours};
use crate::output::{Piece, Said};

impl Stage<'_> {
    /// The entities that have this relation with one, either as it says or as others say of it.
    pub(super) fn having(&self, id: EntityId, word: &str) -> Vec<EntityId> {
        let documents = self.catalog.defined(self.entity(id).reference);
        let all = documents.flat_map(|document| self.graph.relations(document));
        let mut found: Vec<EntityId> =
            all.filter(|(name, _)| *name == word).map(|(_, other)| other).collect();
        found.sort_by_key(|one| self.canonical(*one));
        found.dedup_by_key(|one| self.canonical(*one));
        found
    }

    /// What stands beside an entity and is in trouble when it is.
    pub(super) fn users(&self, id: EntityId) -> Vec<EntityId> {
        self.distinct(neighbours(self.catalog, self.graph, id).0)
    }

    /// What stands beside an entity and brings it into trouble.
    pub(super) fn needed(&self, id: EntityId) -> Vec<EntityId> {
        self.distinct(neighbours(self.catalog, self.graph, id).1)
    }

    /// Entities beside another by reference, each once, whatever the relations.
    fn distinct(&self, beside: Beside) -> Vec<EntityId> {
        let mut found: Vec<EntityId> = beside.into_iter().map(|(_, id)| id).collect();
        found.sort_by_key(|one| self.canonical(*one));
        found.dedup_by_key(|one| self.canonical(*one));
        found
    }

    /// Where an entity is in its life, if its kind says where that stands.
    pub(super) fn state(&self, id: EntityId) -> Option<String> {
        let life = self.entity(id).kind.practice.life_cycle.as_ref()?;
        self.text(id, life.path)
    }

    /// Whether an entity is over: retired, disbanded, gone.
    pub(super) fn is_gone(&self, id: EntityId) -> bool {
        let life = self.entity(id).kind.practice.life_cycle.as_ref();
        let gone = life.map_or(&[][..], |life| life.gone);
        !gone.is_empty() && self.state(id).is_some_and(|state| gone.contains(&state.as_str()))
    }

    /// Whether an entity is a person who does not work here any more.
    pub(super) fn has_left(&self, id: EntityId) -> bool {
        let left = || self.text(id, &["spec", "lifecycle"]).is_some_and(|state| state == "left");
        self.entity(id).kind.family == "person" && left()
    }

    /// Some entities as links; of very many the first, and how many more there are.
    pub(super) fn several(&self, ids: &[EntityId]) -> Said {
        let mut all: Vec<Said> = ids.iter().take(MOST).map(|id| self.said(*id)).collect();
        let more = ids.len().saturating_sub(MOST);
        if more > 0 {
            all.push(format!("and {more} more").into());
        }
        match all.is_empty() {
            true => Said::default(),
            false => Said::list(all),
        }
    }

    /// The day that is today.
    pub(super) fn today(&self) -> chrono::NaiveDate {
        self.now.date_naive()
    }
}

/// The most entities that a cell of a table names.
const MOST: usize = 25;

/// A page of the site that is about no single entity, as a link.
pub(super) fn page_link(address: impl Into<String>, words: impl Into<String>) -> Said {
    Piece::Page { address: address.into(), words: words.into() }.into()
}
