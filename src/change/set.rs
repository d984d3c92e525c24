//! The parts of a change set.

use std::sync::Arc;

use super::value::Located;
use crate::git::ChangedPath;
use crate::model::{FieldClass, Kind};
use crate::source::{File, Place};
use crate::yaml::Pointer;

/// What differs between two catalogs and the files around them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChangeSet {
    /// Entities that differ, by canonical reference.
    pub entities: Vec<EntityChange>,
    /// Files that differ and are not only made of entities, by path.
    pub files: Vec<FileChange>,
    /// Comments that silence findings, where they differ.
    pub ignores: Vec<IgnoreChange>,
    /// What cannot be compared: it has no digest as long as there is any of this.
    pub doubts: Vec<Doubt>,
}

/// What happens to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is new.
    Create,
    /// It stays, and differs.
    Update,
    /// It is gone.
    Delete,
}

impl Action {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// An entity that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityChange {
    /// Its canonical reference: after the change, or before it if it is gone.
    pub reference: String,
    /// Its canonical reference before, if the change says that it is renamed (`formerly`).
    pub former: Option<String>,
    /// Its kind: after the change, or before it if it is gone.
    pub kind: &'static Kind,
    /// What happens to it.
    pub action: Action,
    /// Where its document begins before.
    pub before: Option<Standing>,
    /// Where its document begins after.
    pub after: Option<Standing>,
    /// The fields that differ, in the order in which people read them. Of what is new or gone, all.
    pub edits: Vec<FieldEdit>,
    /// The gravest of what its edits mean.
    pub class: FieldClass,
}

/// Where an entity's document stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Its file.
    pub file: Arc<File>,
    /// The number of its document in the file, from 0.
    pub document: u32,
    /// Where its name is written.
    pub name: Place,
}

/// A field that differs: a scalar, an empty mapping, or a list as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldEdit {
    /// Which. What follows from where a document stands, and not from what it says, begins with
    /// `#`: no field does.
    pub pointer: Pointer,
    /// Its value before; nothing if it was not there.
    pub before: Option<Located>,
    /// Its value after; nothing if it is gone.
    pub after: Option<Located>,
    /// What the edit means.
    pub class: FieldClass,
    /// Of a list that is there before and after, and whose items can be told apart: what differs
    /// inside of it. For people, for classes and for taking it back; never for the digest.
    pub items: Vec<ItemEdit>,
}

impl FieldEdit {
    /// Whether only the order of a list differs.
    pub fn is_reordered(&self) -> bool {
        self.items.len() == 1 && self.items.iter().all(|item| item.pointer == self.pointer)
    }
}

/// What differs inside of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemEdit {
    /// Which item, or which field of one. Items go by their identity: `/spec/steps/[drain]/timeout`.
    pub pointer: Pointer,
    /// Its value before; nothing if it was not there.
    pub before: Option<Located>,
    /// Its value after; nothing if it is gone. The whole list, if only its order differs.
    pub after: Option<Located>,
    /// What the edit means.
    pub class: FieldClass,
}

/// A file that differs, and is not only made of entities.
#[derive(Debug, Clone, PartialEq)]
pub struct FileChange {
    /// Its path, modes and blobs.
    pub changed: ChangedPath,
    /// The canonical references of the entities that it implements, before and after; nobody's, if
    /// there is none.
    pub entities: Vec<String>,
    /// Whether it steers controls: the catalog's settings, workflows, owners.
    pub governance: bool,
}

/// A comment that silences a finding and is not the same on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct IgnoreChange {
    /// The canonical reference of the entity in whose document it stands.
    pub reference: String,
    /// What it covers.
    pub pointer: Pointer,
    /// The code that it silences.
    pub code: String,
    /// Why.
    pub reason: String,
    /// How often it stands there before.
    pub before: u32,
    /// How often it stands there after.
    pub after: u32,
    /// Where the first of them is written: after, or else before.
    pub place: Place,
}

/// Why a change set cannot be compared in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubt {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
}
