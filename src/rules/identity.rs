//! Names: one entity, one definition.

use super::at::{dotted, quoted};
use super::{Whole, codes};
use crate::catalog::{Catalog, Entity, Name};
use crate::finding::{Code, Finding, Fingerprint, Occurrence};
use crate::source::Place;
use crate::yaml::{Node, Pointer};

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    let catalog = whole.catalog;
    for (id, entity) in catalog.entities() {
        if let Some((target, _)) = entity.extends() {
            check_extends(whole, entity, target, findings);
        }
        let mut same = catalog.defined(entity.reference);
        if same.next() != Some(id) {
            continue;
        }
        let group: Vec<&Entity> = catalog
            .defined(entity.reference)
            .map(|id| catalog.entity(id))
            .filter(|one| one.extends().is_none_or(|(target, _)| target != one.reference))
            .collect();
        if let [first, second, ..] = group.as_slice() {
            findings.push(defined_twice(catalog, first, second, &group));
        }
    }
}

fn occurrence(catalog: &Catalog, code: &Code, entity: &Entity) -> Occurrence {
    let canonical = catalog.canonical(entity);
    Occurrence {
        place: entity.name_place.in_file(&entity.file),
        entity: Some(canonical.to_owned()),
        pointer: "/metadata/name".to_owned(),
        fingerprint: Fingerprint::of(code.name, canonical, "/metadata/name", &entity.file.path),
    }
}

fn defined_twice(catalog: &Catalog, first: &Entity, second: &Entity, group: &[&Entity]) -> Finding {
    let differs = group.iter().any(|entity| entity.written != first.written);
    let code = if differs { &codes::ENTITY_CASE } else { &codes::ENTITY_DUPLICATE };
    let name = catalog.names.text(second.written);
    let times = match group.len() {
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    };
    let headline = match differs {
        true => {
            let other = catalog.names.text(first.written);
            format!("{} and {} are one name", quoted(other), quoted(name))
        }
        false => format!("the {} {} is defined {times}", second.kind.name, quoted(name)),
    };
    let at = occurrence(catalog, code, second);
    let mut finding = Finding::new(code, code.foreign, at, headline)
        .mark("again here")
        .label(first.name_place.in_file(&first.file), "first here");
    finding.more = group[2..].iter().map(|entity| occurrence(catalog, code, entity)).collect();
    let own = group.iter().any(|entity| !entity.kind.group.foreign);
    finding.help(match (differs, own) {
        (true, _) => "names are compared without case: give one of them another name".to_owned(),
        (_, true) if first.kind != second.kind => format!(
            "{} and {} share their names; to add fields to one entity, write \
             `metadata.extends: {}` in the gitsm document",
            first.kind.name,
            second.kind.name,
            catalog.canonical(first),
        ),
        _ => "remove all but one, or give them different names or namespaces; Backstage keeps \
              whichever it reads first"
            .to_owned(),
    })
}

/// A document that extends an entity needs that entity, under its own name, and sets no field that
/// the entity sets itself.
fn check_extends(whole: &Whole<'_>, entity: &Entity, target: Name, findings: &mut Vec<Finding>) {
    let catalog = whole.catalog;
    let Some((_, place)) = entity.extends() else { return };
    let place = place.in_file(&entity.file);
    let wanted = catalog.names.text(target);
    let base = catalog
        .defined(target)
        .map(|id| catalog.entity(id))
        .find(|one| one.extends().is_none() && !std::ptr::eq(*one, entity));
    if target != entity.reference {
        let headline = format!("`metadata.extends` leads to another name: {}", quoted(wanted));
        let own = catalog.canonical(entity);
        let help = format!("write the reference of this document itself: {own}");
        findings.push(extends(catalog, entity, place, "/metadata/extends", headline).help(help));
    } else if let Some(base) = base {
        set_twice(whole, entity, base, findings);
    } else {
        let headline = format!("`metadata.extends` leads to nothing: {}", quoted(wanted));
        let help = "remove it, or define the entity that this document adds to";
        findings.push(extends(catalog, entity, place, "/metadata/extends", headline).help(help));
    }
}

fn extends(
    catalog: &Catalog,
    entity: &Entity,
    place: Place,
    pointer: &str,
    headline: String,
) -> Finding {
    let code = &codes::EXTENDS_INVALID;
    let canonical = catalog.canonical(entity);
    let at = Occurrence {
        place,
        entity: Some(canonical.to_owned()),
        pointer: pointer.to_owned(),
        fingerprint: Fingerprint::of(code.name, canonical, pointer, &headline),
    };
    Finding::new(code, code.severity, at, headline)
}

/// Fields that both documents set.
fn set_twice(whole: &Whole<'_>, entity: &Entity, base: &Entity, findings: &mut Vec<Finding>) {
    let own = whole.reader.document(entity);
    let (Some(own), Some(other)) = (own, whole.reader.document(base)) else { return };
    let (Some(root), Some(base_root)) = (own.root(), other.root()) else { return };
    let mut fields = Vec::new();
    leaves(root, &Pointer::root(), &mut fields);
    for pointer in fields {
        let identifies = ["/apiVersion", "/kind", "/metadata/name", "/metadata/namespace"];
        if identifies.contains(&pointer.as_str()) {
            continue;
        }
        let Some((_, set)) = base_root.at(&pointer) else { continue };
        let Some((key, value)) = root.at(&pointer) else { continue };
        let place = own.source().place(key.map_or(value.span(), Node::span));
        let headline = format!("`{}` is set in both documents", dotted(&pointer));
        findings.push(
            extends(whole.catalog, entity, place, pointer.as_str(), headline)
                .label(other.source().place(set.span()), "already set here")
                .help("remove one of the two: a document that extends another only adds to it"),
        );
    }
}

/// The pointers of all values that are no mapping.
fn leaves(node: Node<'_>, pointer: &Pointer, found: &mut Vec<Pointer>) {
    if !node.is_mapping() {
        found.push(pointer.clone());
    }
    for (key, value) in node.entries() {
        leaves(value, &pointer.join(key.text().unwrap_or_default()), found);
    }
}
