//! From two sides and the paths that differ to a change set.

use std::collections::{BTreeMap, BTreeSet};

use super::class;
use super::fields::compare;
use super::set::{Action, ChangeSet, Doubt, EntityChange, FileChange, Standing};
use super::value::{Located, Reading, Value, extend, is_same};
use super::{Side, governance, ignores};
use crate::catalog::{Claims, EntityId, FileRecord, Outcome, implied, placeholder};
use crate::git::{ChangedPath, Mode};
use crate::model::{FieldClass, Kind};
use crate::source::{File, Place, Source};
use crate::tree::{Entry, EntryKind, resolve};
use crate::yaml::{Limits, Pointer, parse};

/// What follows from where a document stands.
const IMPLIED_SOURCES: &str = "#sources";

impl ChangeSet {
    /// What differs between two sides whose files differ at some paths. `besides` are paths whose
    /// files are the same, and which only one of the catalogs covers, because their settings differ.
    pub fn between(
        base: &Side<'_>,
        merged: &Side<'_>,
        changed: &[ChangedPath],
        besides: &BTreeSet<String>,
    ) -> Self {
        let paths = changed.iter().map(|one| one.path.as_str());
        let touched: BTreeSet<&str> = paths.chain(besides.iter().map(String::as_str)).collect();
        let mut set = Self::default();
        let (old, new) = (names_in(base, &touched), names_in(merged, &touched));
        let renamed = renames(base, merged, &new);
        let former: BTreeSet<&str> = renamed.values().map(String::as_str).collect();
        for name in old.union(&new).filter(|name| !former.contains(name.as_str())) {
            let before = renamed.get(name).unwrap_or(name);
            set.add_entity(base, before, merged, name);
        }
        set.entities.sort_by(|a, b| a.reference.cmp(&b.reference));
        set.files = files(base, merged, changed);
        set.ignores = ignores::compare(base, merged, &touched, &renamed);
        set.doubts.extend(unread(base, merged, &touched));
        // Names that are not UTF-8 were replaced: several may look the same.
        let odd = changed.iter().filter(|one| one.path.contains(char::REPLACEMENT_CHARACTER));
        set.doubts.extend(odd.map(|one| Doubt {
            place: Place::of_file(File::local(one.path.clone())),
            message:
                "the name of this file is not UTF-8, so it cannot be told from others".to_owned(),
        }));
        for change in &mut set.entities {
            let files = [&change.before, &change.after];
            let mut files = files.into_iter().flatten().map(|standing| &standing.file.path);
            let steers = |path: &String| {
                governance::is_governance(path, base.config)
                    || governance::is_governance(path, merged.config)
            };
            if files.any(steers) {
                change.class = FieldClass::Governance;
            }
        }
        set.doubts.dedup();
        set
    }

    fn add_entity(&mut self, base: &Side<'_>, former: &str, merged: &Side<'_>, name: &str) {
        if former == name && is_left_alone(base, merged, name) {
            return;
        }
        let before = Whole::of(base, former, &mut self.doubts);
        let after = Whole::of(merged, name, &mut self.doubts);
        let (action, kind) = match (&before, &after) {
            (None, None) => return,
            (None, Some(after)) => (Action::Create, after.kind),
            (Some(before), None) => (Action::Delete, before.kind),
            (Some(_), Some(after)) => (Action::Update, after.kind),
        };
        let is_renamed = former != name && before.is_some();
        let same = |(old, new): (&Whole, &Whole)| {
            old.derived == new.derived && old.value.is_alike(&new.value)
        };
        if !is_renamed && before.as_ref().zip(after.as_ref()).is_some_and(same) {
            return;
        }
        let class = |pointer: &Pointer, old: Option<&Located>, new: Option<&Located>| {
            class::of_edit(kind, action, pointer, old, new)
        };
        let value = |whole: &Option<Whole>| whole.as_ref().map(|whole| whole.value.clone());
        let mut edits = compare(value(&before).as_ref(), value(&after).as_ref(), &class);
        edits.extend(derived(before.as_ref(), after.as_ref(), &class));
        if edits.is_empty() && !is_renamed {
            return;
        }
        self.entities.push(EntityChange {
            reference: name.to_owned(),
            former: is_renamed.then(|| former.to_owned()),
            kind,
            action,
            before: before.map(|whole| whole.standing),
            after: after.map(|whole| whole.standing),
            class: class::of_entity(kind, action, &edits),
            edits,
        });
    }
}

/// Whether both sides have one document of a name, at the same path, which says the same without any
/// doubt. Of most documents of a file that changes this is quickly told; where it does not hold, they
/// may be equal all the same.
fn is_left_alone(base: &Side<'_>, merged: &Side<'_>, name: &str) -> bool {
    let only = |side: &Side<'_>| {
        let reference = side.catalog.names.find(name)?;
        let id = side.catalog.principal(reference)?;
        side.catalog.defined(reference).all(|other| other == id).then_some(id)
    };
    let Some((before, after)) = only(base).zip(only(merged)) else { return false };
    let (old, new) = (base.catalog.entity(before), merged.catalog.entity(after));
    let stands_alike = std::ptr::eq(old.kind, new.kind)
        && old.file.path == new.file.path
        && implied(base.catalog, before) == implied(merged.catalog, after);
    if !stands_alike {
        return false;
    }
    let documents = base.reader.document(old).zip(merged.reader.document(new));
    documents.is_some_and(|(old, new)| {
        old.root().zip(new.root()).is_some_and(|(old, new)| is_same(old, new))
    })
}

/// Files in which a document cannot be read any more: what it held looks deleted, and may not be.
fn unread(base: &Side<'_>, merged: &Side<'_>, touched: &BTreeSet<&str>) -> Vec<Doubt> {
    let held = names_of_files(base);
    let doubt = |record: &FileRecord| {
        let path = record.file.path.as_str();
        let is_broken = match &record.outcome {
            Outcome::Faulty => true,
            Outcome::Read { refused, .. } => *refused > 0,
            // Other YAML in its place is a deletion; what is no YAML may be a slip.
            Outcome::PassedOver(_) => held.contains(path) && !is_yaml_text(merged, path),
            Outcome::Configuration => false,
        };
        (touched.contains(path) && is_broken).then(|| Doubt {
            place: Place::of_file(std::sync::Arc::clone(&record.file)),
            message: "a document cannot be read after the change, so what it held looks deleted; \
                      `gitsm validate` says what is wrong with it"
                .to_owned(),
        })
    };
    merged.catalog.files.iter().filter_map(doubt).collect()
}

/// Whether a file can be read as YAML, whoever's it is.
fn is_yaml_text(side: &Side<'_>, path: &str) -> bool {
    let limits = Limits::default();
    let entry = Entry { path: path.to_owned(), kind: EntryKind::File, id: None };
    let content = side.tree.read(&entry, limits.file_bytes).ok();
    let text = content.and_then(|content| String::from_utf8(content.bytes).ok());
    text.is_some_and(|text| parse(&Source::new(File::local(path), text), &limits).is_complete())
}

/// The files of a side that hold entities.
fn names_of_files<'s>(side: &Side<'s>) -> BTreeSet<&'s str> {
    side.catalog.entities().map(|(_, entity)| entity.file.path.as_str()).collect()
}

/// The names of the entities that some files define or extend.
fn names_in(side: &Side<'_>, touched: &BTreeSet<&str>) -> BTreeSet<String> {
    let entities = side.catalog.entities().map(|(_, entity)| entity);
    let inside = entities.filter(|entity| touched.contains(entity.file.path.as_str()));
    inside.map(|entity| side.catalog.canonical(entity).to_owned()).collect()
}

/// New names by which entities are known that say what they were called (`formerly`), with those
/// former names.
fn renames(
    base: &Side<'_>,
    merged: &Side<'_>,
    names: &BTreeSet<String>,
) -> BTreeMap<String, String> {
    let find = |side: &Side<'_>, name: &str| -> Option<EntityId> {
        let name = side.catalog.names.find(name)?;
        side.catalog.defined(name).next()
    };
    let mut taken = BTreeSet::new();
    let mut renamed = BTreeMap::new();
    for name in names.iter().filter(|name| find(base, name).is_none()) {
        let Some(id) = find(merged, name) else { continue };
        let former = merged.catalog.entity(id).formerly().iter();
        let mut former = former.map(|name| merged.catalog.names.text(*name));
        let was = former.find(|old| find(base, old).is_some() && find(merged, old).is_none());
        if let Some(was) = was.filter(|was| taken.insert((*was).to_owned())) {
            renamed.insert(name.clone(), was.to_owned());
        }
    }
    renamed
}

/// An entity with all that documents say of it.
pub(super) struct Whole {
    kind: &'static Kind,
    pub(super) standing: Standing,
    pub(super) value: Located,
    /// What follows from where its documents stand.
    derived: BTreeMap<Pointer, Located>,
}

impl Whole {
    pub(super) fn of(side: &Side<'_>, name: &str, doubts: &mut Vec<Doubt>) -> Option<Self> {
        let catalog = side.catalog;
        let reference = catalog.names.find(name)?;
        let id = catalog.principal(reference)?;
        let entity = catalog.entity(id);
        for other in catalog.defined(reference).filter(|other| *other != id) {
            let other = catalog.entity(other);
            if other.extends().is_none() {
                let place = other.name_place.in_file(&other.file);
                let message = format!("`{name}` is defined twice, so nobody can say which counts");
                doubts.push(Doubt { place, message });
            }
        }
        let mut derived = BTreeMap::new();
        let mut value = document(side, id, doubts, &mut derived)?;
        for other in catalog.extensions(id) {
            let Some(mut more) = document(side, other, doubts, &mut derived) else { continue };
            if let Value::Map(fields) = &mut more.value {
                fields.retain(|(key, _)| !matches!(key.as_str(), "apiVersion" | "kind"));
            }
            extend(&mut value, more);
        }
        if let Some(folder) = implied(catalog, id) {
            let glob = if folder.is_empty() { "**".to_owned() } else { format!("{folder}/**") };
            derived.insert(Pointer::from_text(IMPLIED_SOURCES), Value::Str(glob).into());
        }
        let name = entity.name_place.in_file(&entity.file);
        let file = std::sync::Arc::clone(&entity.file);
        let standing = Standing { file, document: entity.document, name };
        Some(Self { kind: entity.kind, standing, value, derived })
    }
}

/// The value of one document, and what follows from where it stands.
fn document(
    side: &Side<'_>,
    id: EntityId,
    doubts: &mut Vec<Doubt>,
    derived: &mut BTreeMap<Pointer, Located>,
) -> Option<Located> {
    let entity = side.catalog.entity(id);
    let reopened = side.reader.document(entity)?;
    let value = Reading { source: reopened.source(), doubts }.value(reopened.root()?);
    if entity.kind.group.foreign && holds_placeholder(&value) {
        placeholders(&value, &Pointer::root(), &entity.file.path, derived);
    }
    Some(value)
}

/// Whether a file's content stands in place of anything: few documents have that.
fn holds_placeholder(value: &Located) -> bool {
    let fields = value.value.fields();
    matches!(fields, [(key, _)] if placeholder(key).is_some())
        || fields.iter().any(|(_, field)| holds_placeholder(field))
        || value.value.items().iter().any(holds_placeholder)
}

/// The files whose content stands in place of a value, by the pointer of that value.
fn placeholders(
    value: &Located,
    pointer: &Pointer,
    path: &str,
    found: &mut BTreeMap<Pointer, Located>,
) {
    if let [(key, file)] = value.value.fields()
        && placeholder(key).is_some()
        && let Some(written) = file.value.as_str().filter(|text| !text.contains("://"))
        && let Some(resolved) = resolve(path, written)
    {
        found.insert(Pointer::from_text(format!("#{pointer}")), Value::Str(resolved).into());
        return;
    }
    for (key, value) in value.value.fields() {
        placeholders(value, &pointer.join(key), path, found);
    }
    for (number, item) in value.value.items().iter().enumerate() {
        placeholders(item, &pointer.join(number), path, found);
    }
}

/// What differs of that which follows from where documents stand.
fn derived(
    before: Option<&Whole>,
    after: Option<&Whole>,
    class: &super::fields::ClassOf<'_>,
) -> Vec<super::FieldEdit> {
    let none = BTreeMap::new();
    let old = before.map_or(&none, |whole| &whole.derived);
    let new = after.map_or(&none, |whole| &whole.derived);
    let pointers: BTreeSet<&Pointer> = old.keys().chain(new.keys()).collect();
    let edit = |pointer: &Pointer| {
        let (before, after) = (old.get(pointer), new.get(pointer));
        (before != after).then(|| super::FieldEdit {
            pointer: pointer.clone(),
            before: before.cloned(),
            after: after.cloned(),
            class: class(pointer, before, after),
            items: Vec::new(),
        })
    };
    pointers.into_iter().filter_map(edit).collect()
}

/// The changed files that are not only made of entities on both sides.
fn files(base: &Side<'_>, merged: &Side<'_>, changed: &[ChangedPath]) -> Vec<FileChange> {
    let (only_base, only_merged) = (entity_files(base), entity_files(merged));
    let is_regular = |bits: u32| Mode::from_bits(bits) == Mode::File;
    let counts = |one: &&ChangedPath| {
        let is_made = |made: &BTreeSet<&str>| made.contains(one.path.as_str());
        let before = one.before.is_none_or(|old| is_regular(old.bits) && is_made(&only_base));
        let after = one.after.is_none_or(|new| is_regular(new.bits) && is_made(&only_merged));
        // What steers controls in every repository does so whatever its documents say.
        !(before && after) || governance::governance_of(&one.path).is_some()
    };
    let mut found: Vec<&ChangedPath> = changed.iter().filter(counts).collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    if found.is_empty() {
        return Vec::new();
    }
    let claims = [base, merged].map(|side| (side, Claims::of(side.catalog, &side.config.folder)));
    let file = |one: &ChangedPath| {
        let owners = claims.iter().flat_map(|(side, claims)| {
            let name = |id| side.catalog.canonical(side.catalog.entity(id)).to_owned();
            claims.owners(&one.path).into_iter().map(name).collect::<Vec<_>>()
        });
        let owners: BTreeSet<String> = owners.collect();
        let steers = |side: &Side<'_>| governance::is_governance(&one.path, side.config);
        FileChange {
            changed: one.clone(),
            entities: owners.into_iter().collect(),
            governance: steers(base) || steers(merged),
        }
    };
    found.into_iter().map(file).collect()
}

/// The files of which every document is an entity that counts.
fn entity_files<'s>(side: &Side<'s>) -> BTreeSet<&'s str> {
    let only = |outcome: &Outcome| match outcome {
        Outcome::Read { entities, templates, refused, passed_over } => {
            *entities > 0 && templates + refused + passed_over == 0
        }
        _ => false,
    };
    let catalog = side.catalog;
    let made = catalog.files.iter().filter(|file| only(&file.outcome));
    let mut made: BTreeSet<&str> = made.map(|record| record.file.path.as_str()).collect();
    for (id, entity) in catalog.entities() {
        // The second document of a name counts for nothing, so nothing else would tell its edits.
        if entity.extends().is_none() && catalog.principal(entity.reference) != Some(id) {
            made.remove(entity.file.path.as_str());
        }
    }
    made
}
