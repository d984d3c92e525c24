//! Entities, and the catalog that holds them.

use std::collections::HashMap;
use std::sync::Arc;

use super::intern::{Name, Names};
use super::load::FileRecord;
use crate::model::gitsm::Spec;
use crate::model::{EntityRef, Kind, ReferenceField};
use crate::source::{File, LineColumn, Place, Span};
use crate::yaml::Pointer;

/// The number of an entity in its catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub(super) u32);

impl EntityId {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a document contributes to the catalog.
#[derive(Debug)]
pub struct Entity {
    /// Its kind.
    pub kind: &'static Kind,
    /// Its canonical reference.
    pub reference: Name,
    /// Its name as it is written.
    pub written: Name,
    /// The file it is in, with its origin.
    pub file: Arc<File>,
    /// The number of its document in the file, from 0.
    pub document: u32,
    /// Where its name is written.
    pub name_place: CompactPlace,
    /// What it refers to, in the order of the kind's table.
    pub references: Box<[Reference]>,
    /// What few entities have.
    pub(super) rest: Option<Box<Rest>>,
}

/// What few entities have, kept apart so that the many stay small.
#[derive(Debug, Default)]
pub(super) struct Rest {
    pub(super) extends: Option<(Name, CompactPlace)>,
    pub(super) spec: Option<Arc<Spec>>,
    pub(super) formerly: Box<[Name]>,
    pub(super) sources: Box<[String]>,
    pub(super) mentions: Box<[Name]>,
}

impl Entity {
    /// The entity that it adds fields to, and where it says so.
    pub fn extends(&self) -> Option<(Name, CompactPlace)> {
        self.rest.as_ref()?.extends
    }

    /// Of gitsm's own documents: the spec, if it fits its schema.
    pub fn spec(&self) -> Option<&Spec> {
        self.rest.as_ref()?.spec.as_deref()
    }

    /// The references by which it was known before.
    pub fn formerly(&self) -> &[Name] {
        self.rest.as_ref().map(|rest| &*rest.formerly).unwrap_or_default()
    }

    /// The globs of the files that implement it.
    pub fn sources(&self) -> &[String] {
        self.rest.as_ref().map(|rest| &*rest.sources).unwrap_or_default()
    }

    /// The canonical references of what its Markdown names with a kind, whether it exists or not.
    pub fn mentions(&self) -> &[Name] {
        self.rest.as_ref().map(|rest| &*rest.mentions).unwrap_or_default()
    }
}

/// A reference from one entity to another.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The field it is in.
    pub field: &'static ReferenceField,
    /// The canonical reference that it means.
    pub target: Name,
    /// The reference as it is written.
    pub written: Name,
    /// The number of the list item that it stands in, if its field is in a list.
    pub item: Option<u32>,
    /// Where it is written.
    pub place: CompactPlace,
}

impl Reference {
    /// The JSON Pointer of the value.
    pub fn pointer(&self) -> Pointer {
        self.field.pointer(self.item)
    }
}

/// A [`Place`] without its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompactPlace {
    /// Where it begins.
    pub start: LineColumn,
    /// One past its last character.
    pub end: LineColumn,
    /// The same as bytes of the text.
    pub span: Span,
}

impl CompactPlace {
    /// Leaves the file of a place out.
    pub fn of(place: &Place) -> Self {
        Self { start: place.start, end: place.end, span: place.span }
    }

    /// Adds the file.
    pub fn in_file(self, file: &Arc<File>) -> Place {
        Place { file: Arc::clone(file), start: self.start, end: self.end, span: self.span }
    }
}

/// All entities of a tree, and what became of each of its files.
#[derive(Debug, Default)]
pub struct Catalog {
    /// Texts that entities share.
    pub names: Names,
    /// The files that were looked at, by path.
    pub files: Vec<FileRecord>,
    /// Documents that were meant to be entities.
    pub documents: usize,
    /// How many of gitsm's own documents there are that fit their schemas.
    pub own: usize,
    /// Documents that are templates of entities.
    pub templates: usize,
    pub(super) entities: Vec<Entity>,
    /// The first entity of each name, and of each entity the next of the same name.
    pub(super) first: Vec<Option<EntityId>>,
    pub(super) next: Vec<Option<EntityId>>,
    /// The entities by the names that they had before.
    former: HashMap<Name, EntityId>,
}

impl Catalog {
    /// All entities, by file and document.
    pub fn entities(&self) -> impl ExactSizeIterator<Item = (EntityId, &Entity)> {
        self.entities.iter().enumerate().map(|(at, entity)| (EntityId(at as u32), entity))
    }

    /// An entity.
    pub fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[id.index()]
    }

    /// The entities of a canonical reference, in file order: one, unless it is defined twice.
    pub fn defined(&self, reference: Name) -> impl Iterator<Item = EntityId> + '_ {
        let first = self.first.get(reference.0 as usize).copied().flatten();
        std::iter::successors(first, |id| self.next[id.index()])
    }

    /// The first entity of a canonical reference.
    pub fn find(&self, reference: &EntityRef) -> Option<EntityId> {
        self.defined(self.names.find(reference.as_str())?).next()
    }

    /// The entity that a canonical reference leads to: who goes by it, or who went by it before.
    pub fn known_as(&self, reference: Name) -> Option<EntityId> {
        let heir = || {
            let heir = self.former.get(&reference)?;
            // Whichever of its documents says so.
            self.defined(self.entity(*heir).reference).next()
        };
        self.defined(reference).next().or_else(heir)
    }

    /// The canonical reference of an entity, as text.
    pub fn canonical(&self, entity: &Entity) -> &str {
        self.names.text(entity.reference)
    }

    /// Links the entities of equal references, once all are there.
    pub(super) fn index(&mut self) {
        self.first = vec![None; self.names.len()];
        self.next = vec![None; self.entities.len()];
        for at in (0..self.entities.len()).rev() {
            let slot = &mut self.first[self.entities[at].reference.0 as usize];
            self.next[at] = slot.replace(EntityId(at as u32));
        }
        let former = self.entities.iter().enumerate().rev().flat_map(|(at, entity)| {
            entity.formerly().iter().map(move |name| (*name, EntityId(at as u32)))
        });
        self.former = former.collect();
    }
}
