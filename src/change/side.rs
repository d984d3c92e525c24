//! What an assessment asks of a side: entities by their canonical references, owners, values.

use serde_json::Value;

use super::Side;
use crate::catalog::EntityId;
use crate::model::gitsm::Spec;
use crate::model::{EntityRef, Kind};

/// Families of entities that run, or stand for what runs: those can fail, and something hangs on
/// them. All others are paper: rules, promises, people, requests.
const RUNS: &[&str] =
    &["service", "ci", "component", "resource", "api", "system", "domain", "airesource"];

/// Whether entities of a kind run.
pub(super) fn runs(kind: &Kind) -> bool {
    RUNS.contains(&kind.family)
}

impl<'a> Side<'a> {
    /// The entity of a canonical reference: the document that speaks for it.
    pub fn find(&self, canonical: &str) -> Option<EntityId> {
        let id = self.catalog.find(&EntityRef::from_canonical(canonical))?;
        self.catalog.principal(self.catalog.entity(id).reference)
    }

    /// The canonical reference of an entity.
    pub fn name(&self, id: EntityId) -> &'a str {
        self.catalog.canonical(self.catalog.entity(id))
    }

    /// The typed specs of an entity's documents.
    pub fn specs(&self, id: EntityId) -> impl Iterator<Item = &'a Spec> + use<'a> {
        let catalog = self.catalog;
        let documents = catalog.defined(catalog.entity(id).reference);
        documents.filter_map(|document| catalog.entity(document).spec())
    }

    /// What the documents of an entity refer to by a relation, as canonical references; also what
    /// is not in the catalog. Each once, by name.
    pub fn referred(&self, id: EntityId, relation: &str) -> Vec<String> {
        let catalog = self.catalog;
        let documents = catalog.defined(catalog.entity(id).reference);
        let references = documents.flat_map(|document| catalog.entity(document).references.iter());
        let of_relation = references.filter(|reference| reference.field.relation == relation);
        let mut all: Vec<String> = of_relation
            .map(|reference| match catalog.leads_to(reference) {
                Some(id) => self.name(id).to_owned(),
                None => catalog.names.text(reference.target).to_owned(),
            })
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// Who is accountable for an entity, as canonical references.
    pub fn owners(&self, canonical: &str) -> Vec<String> {
        self.find(canonical).map(|id| self.referred(id, "ownedBy")).unwrap_or_default()
    }

    /// The whole value of an entity.
    pub fn value(&self, canonical: &str) -> Option<Value> {
        self.catalog.value(self.reader, self.find(canonical)?)
    }

    /// The class of an entity, and those above it, as people write them.
    pub fn classes_of(&self, id: EntityId) -> Vec<String> {
        let Some(class) = self.classes.class_of(self.catalog, self.catalog.entity(id)) else {
            return Vec::new();
        };
        let chain = self.classes.chain(class);
        chain.iter().map(|(name, _)| class_word(name)).collect()
    }
}

/// The name of a class as people write it: `ciclass:default/database.instance` is
/// `database.instance`.
fn class_word(canonical: &str) -> String {
    let rest = canonical.split_once(':').map_or(canonical, |(_, rest)| rest);
    rest.strip_prefix("default/").unwrap_or(rest).to_owned()
}
