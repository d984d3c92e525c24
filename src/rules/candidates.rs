//! What could have been meant by the name of an entity that does not exist.

use std::collections::HashMap;

use super::at::nearest;
use crate::catalog::{Catalog, Entity};
use crate::model::{EntityRef, KINDS};
use crate::source::Place;

/// What could have been meant.
pub(super) struct Candidate {
    pub(super) kind: &'static str,
    pub(super) reference: EntityRef,
    pub(super) written: String,
    pub(super) name_place: Place,
}

/// Everything that could have been meant, by name.
pub(super) struct Candidates {
    all: Vec<Candidate>,
    by_name: HashMap<String, Vec<usize>>,
    /// How many more names may be compared: a catalog of nothing but mistakes stays quick.
    budget: usize,
}

impl Candidate {
    pub(super) fn of(catalog: &Catalog, entity: &Entity) -> Self {
        Self {
            kind: entity.kind.name,
            reference: EntityRef::from_canonical(catalog.canonical(entity)),
            written: catalog.names.text(entity.written).to_owned(),
            name_place: entity.name_place.in_file(&entity.file),
        }
    }

    /// How to write the reference, with no more in it than the difference to what was written.
    pub(super) fn shown(&self, lost: &EntityRef, foreign: bool) -> String {
        let namespace = match self.reference.namespace() == lost.namespace() {
            true => String::new(),
            false => format!("{}/", self.reference.namespace()),
        };
        let kind = word(self.reference.prefix(), foreign);
        format!("{kind}:{namespace}{}", self.written)
    }
}

/// The word that a family goes by in references: foreign documents have their own.
fn word(prefix: &str, foreign: bool) -> &str {
    match prefix {
        "team" if foreign => "group",
        "person" if foreign => "user",
        other => other,
    }
}

impl Candidates {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let entities = catalog.entities();
        let all: Vec<Candidate> =
            entities.map(|(_, entity)| Candidate::of(catalog, entity)).collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, candidate) in all.iter().enumerate() {
            by_name.entry(candidate.reference.name().to_owned()).or_default().push(number);
        }
        Self { all, by_name, budget: 5_000_000 }
    }

    /// The same name elsewhere, or else a name of the same family that is nearly it.
    pub(super) fn nearest(&mut self, lost: &EntityRef) -> Option<&Candidate> {
        let family = |candidate: &&Candidate| candidate.reference.prefix() == lost.prefix();
        let same = self.by_name.get(lost.name()).map(Vec::as_slice).unwrap_or_default();
        let same = || same.iter().map(|number| &self.all[*number]);
        if let Some(found) = same().find(family).or_else(|| same().next()) {
            return Some(found);
        }
        self.budget = self.budget.checked_sub(self.all.len())?;
        let length = lost.name().len();
        let close = |c: &&Candidate| c.reference.name().len().abs_diff(length) <= 3 && family(c);
        let names = self.all.iter().filter(close).map(|candidate| candidate.reference.name());
        let name = nearest(lost.name(), names)?;
        self.all.iter().filter(family).find(|candidate| candidate.reference.name() == name)
    }

    /// Whether nothing else is as near to what was meant as the nearest.
    pub(super) fn is_only(&mut self, lost: &EntityRef, best: &EntityRef) -> bool {
        let Some(budget) = self.budget.checked_sub(self.all.len()) else { return false };
        self.budget = budget;
        let family = |candidate: &&Candidate| candidate.reference.prefix() == lost.prefix();
        let others = self.all.iter().filter(family).map(|other| &other.reference);
        let others = others.filter(|other| *other != best).map(EntityRef::name);
        nearest(lost.name(), others).is_none()
    }
}

/// What a family's kind is called where it is missed: in Backstage's words, or in gitsm's own.
pub(super) fn kind_word(prefix: &str, foreign: bool) -> String {
    let of_family = || KINDS.iter().filter(|kind| kind.family == prefix);
    let kind =
        of_family().find(|kind| kind.group.foreign == foreign).or_else(|| of_family().next());
    kind.map_or_else(|| format!("`{prefix}`"), |kind| kind.name.to_owned())
}
