//! `refs`: every place that names an entity.
//!
//! Definitions, references and former names come from the catalog; what free text says comes from
//! [`mentions`](super::mentions), and is kept apart: nothing checks it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ask::{AskError, Asked};
use super::mentions::{Form, Hit, Speaking, Wanted, scan};
use super::workspace::Place;
use crate::catalog::{Catalog, EntityId, Reader, Refs, Says, Spot};
use crate::model::EntityRef;
use crate::rules;
use crate::source::{File, Place as Where, Source};
use crate::yaml::{Node, NodeKind, Pointer};

/// Lists the places that name an entity.
///
/// # Errors
///
/// There is nothing to look at, no such entity, or several.
pub fn refs(place: &Place, text: &str) -> Result<Refs, AskError> {
    let asked = Asked::open(place)?;
    let found = asked.find(text)?;
    let reference = asked.catalog.entity(found.id).reference;
    let id = asked.catalog.principal(reference).unwrap_or(found.id);
    let mut refs = of_entity(&asked, id);
    refs.formerly = found.formerly;
    Ok(refs)
}

/// Lists the places that name an entity of an opened catalog.
pub(super) fn of_entity(asked: &Asked, id: EntityId) -> Refs {
    let catalog = &asked.catalog;
    let entity = catalog.entity(id);
    let mut spots = catalogued(asked, id);
    let known: HashSet<(String, u32)> =
        spots.iter().map(|spot| (spot.place.file.path.clone(), spot.place.span.start)).collect();
    let speaking = scan(&asked.workspace, catalog, &wanted(catalog, id));
    spots.extend(mentioned(asked, &speaking, &known));
    spots.sort_by(|a, b| a.key().cmp(&b.key()));
    add_lines(asked, &mut spots);
    Refs {
        entity: catalog.canonical(entity).to_owned(),
        kind: entity.kind.name,
        formerly: None,
        spots,
    }
}

/// The names that texts may call an entity by: the one it has and those it had.
fn wanted(catalog: &Catalog, id: EntityId) -> Vec<Wanted> {
    let former = catalog.former_names(id);
    let names = std::iter::once(catalog.entity(id).reference).chain(former);
    let wanted = |name| {
        let reference = EntityRef::from_canonical(catalog.names.text(name));
        Wanted {
            family: reference.prefix().to_owned(),
            namespace: reference.namespace().to_owned(),
            name: reference.name().to_owned(),
        }
    };
    names.map(wanted).collect()
}

/// A pointer as people write it: `spec.dependsOn[0]`.
pub(super) fn dotted(pointer: &Pointer) -> String {
    let mut text = String::new();
    for token in pointer.tokens() {
        let is_number = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
        match (is_number, text.is_empty()) {
            (true, _) => text.push_str(&format!("[{token}]")),
            (false, true) => text.push_str(&token),
            (false, false) => text.push_str(&format!(".{token}")),
        }
    }
    text
}

/// What is said in place of a relation where a field only names an entity.
const NAMES: &str = "names";

/// The places that the catalog knows.
fn catalogued(asked: &Asked, id: EntityId) -> Vec<Spot> {
    let catalog = &asked.catalog;
    let reader = asked.reader();
    let spot = |place: Where, written: &str, says| Spot {
        place,
        written: written.to_owned(),
        line: String::new(),
        says,
    };
    let mut spots = Vec::new();
    for other in catalog.defined(catalog.entity(id).reference) {
        let entity = catalog.entity(other);
        let says = match entity.extends() {
            Some((_, place)) => {
                let text = reader
                    .document(entity)
                    .map(|document| document.source().slice(place.span).to_owned());
                let place = place.in_file(&entity.file);
                spots.push(spot(place, &text.unwrap_or_default(), Says::Extension));
                Says::Extension
            }
            None => Says::Definition,
        };
        let place = entity.name_place.in_file(&entity.file);
        spots.push(spot(place, catalog.names.text(entity.written), says));
        for (place, written) in former(&reader, catalog, other) {
            spots.push(spot(place, &written, Says::Former));
        }
    }
    for used in catalog.uses(id) {
        let from = catalog.entity(used.from);
        let says = Says::Reference {
            field: dotted(&used.reference.pointer()),
            relation: used.reference.field.relation,
            of: catalog.canonical(from).to_owned(),
            old: used.old,
        };
        let written = catalog.names.text(used.reference.written);
        spots.push(spot(used.reference.place.in_file(&from.file), written, says));
    }
    for named in catalog.namings(id) {
        let from = catalog.entity(named.from);
        let document = reader.document(from);
        let node = document.as_ref().and_then(|document| document.root()?.at(&named.pointer));
        let place = document.as_ref().zip(node).map(|(document, (_, node))| {
            let place = document.source().place(node.span());
            Where { file: std::sync::Arc::clone(&from.file), ..place }
        });
        let says = Says::Reference {
            field: dotted(&named.pointer),
            relation: NAMES,
            of: catalog.canonical(from).to_owned(),
            old: false,
        };
        spots.extend(place.map(|place| spot(place, &named.written, says)));
    }
    spots
}

/// Where a document says how its entity was called before.
fn former(reader: &Reader<'_>, catalog: &Catalog, id: EntityId) -> Vec<(Where, String)> {
    let entity = catalog.entity(id);
    if entity.formerly().is_empty() {
        return Vec::new();
    }
    let Some(document) = reader.document(entity) else { return Vec::new() };
    let Some(metadata) = document.root().and_then(|root| root.get("metadata")) else {
        return Vec::new();
    };
    let source = document.source();
    let told = |node: Node<'_>| Some((source.place(node.span()), node.text()?.to_owned()));
    match entity.kind.group.foreign {
        false => {
            metadata.get("formerly").into_iter().flat_map(Node::items).filter_map(told).collect()
        }
        true => {
            let annotations = metadata.get("annotations");
            annotations.and_then(|all| all.get(FORMERLY)).and_then(told).into_iter().collect()
        }
    }
}

/// The annotation by which foreign documents say how they were called before.
pub(super) const FORMERLY: &str = "gitsm/formerly";

/// The kinds in whose texts a name in quotes is meant: they hold conditions.
const WITH_CONDITIONS: &[&str] = &["policy", "changepolicy", "changemodel"];

/// What free text says, apart from the places that are known already.
fn mentioned(asked: &Asked, speaking: &[Speaking], known: &HashSet<(String, u32)>) -> Vec<Spot> {
    let catalog = &asked.catalog;
    let paths: HashSet<&str> = speaking.iter().map(|one| one.source.file().path.as_str()).collect();
    let mut of_file: HashMap<&str, Vec<EntityId>> = HashMap::new();
    for (id, entity) in catalog.entities().filter(|(_, one)| paths.contains(one.file.path.as_str()))
    {
        of_file.entry(&entity.file.path).or_default().push(id);
    }
    let reader = asked.reader();
    let mut spots = Vec::new();
    for one in speaking {
        let ids = of_file.get(one.source.file().path.as_str()).map(Vec::as_slice);
        let ids = ids.unwrap_or_default();
        for hit in &one.hits {
            spots.extend(mention(catalog, &reader, one, *hit, ids, known));
        }
    }
    spots
}

fn mention(
    catalog: &Catalog,
    reader: &Reader<'_>,
    one: &Speaking,
    hit: Hit,
    ids: &[EntityId],
    known: &HashSet<(String, u32)>,
) -> Option<Spot> {
    let path = &one.source.file().path;
    let within = |id: &&EntityId| {
        let document = reader.document(catalog.entity(**id));
        document
            .and_then(|document| document.root().map(|root| root.span()))
            .is_some_and(|span| span.contains(hit.span.start))
    };
    let id = ids.iter().find(within).copied();
    let entity = id.map(|id| catalog.entity(id));
    let document = entity.and_then(|entity| reader.document(entity));
    let found = document
        .as_ref()
        .and_then(|document| scalar_at(document.root()?, hit.span.start, &Pointer::root()));
    if let Some((_, node)) = &found
        && known.contains(&(path.clone(), node.span().start))
    {
        return None;
    }
    if hit.form == Form::Quoted {
        let holds = entity.is_some_and(|one| WITH_CONDITIONS.contains(&one.kind.family));
        // The quotes are part of the text, and not those of YAML around all of it.
        let inner = found.as_ref().is_some_and(|(pointer, node)| {
            node.span().start + 1 < hit.span.start && pointer.as_str().starts_with("/spec/")
        });
        if !holds || !inner {
            return None;
        }
    }
    Some(Spot {
        place: one.source.place(hit.span),
        written: one.source.slice(hit.span).to_owned(),
        line: String::new(),
        says: Says::Mention {
            of: found.as_ref().and(entity).map(|entity| catalog.canonical(entity).to_owned()),
            field: found.map(|(pointer, _)| dotted(&pointer)),
        },
    })
}

/// The scalar, a key or a value, that is written around a place.
fn scalar_at<'a>(node: Node<'a>, at: u32, pointer: &Pointer) -> Option<(Pointer, Node<'a>)> {
    if matches!(node.kind(), NodeKind::Scalar(_)) {
        return node.span().contains(at).then(|| (pointer.clone(), node));
    }
    let items = node.items().enumerate();
    let item = items.filter(|(_, item)| item.span().start <= at).last();
    if let Some((number, item)) = item {
        return scalar_at(item, at, &pointer.join(number));
    }
    let (key, value) = node.entries().filter(|(key, _)| key.span().start <= at).last()?;
    let pointer = pointer.join(key.text().unwrap_or_default());
    match key.span().contains(at) {
        true => Some((pointer, key)),
        false => scalar_at(value, at, &pointer),
    }
}

/// Shows the line of each place.
fn add_lines(asked: &Asked, spots: &mut [Spot]) {
    let mut sources: BTreeMap<String, Option<Source>> = BTreeMap::new();
    for spot in spots {
        let File { path, .. } = &*spot.place.file;
        let source = sources.entry(path.clone()).or_insert_with(|| asked.workspace.text(path));
        let Some(source) = source else { continue };
        let line = source.slice(source.line_span(spot.place.start.line));
        spot.line = rules::starred(line.trim_end(), &[]);
    }
}
