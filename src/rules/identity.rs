//! Names: one entity, one definition.

use super::at::quoted;
use super::{Whole, codes};
use crate::catalog::{Catalog, Entity};
use crate::finding::{Code, Finding, Fingerprint, Occurrence};

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    let catalog = whole.catalog;
    for (id, entity) in catalog.entities() {
        if let Some((target, _)) = entity.extends {
            findings.extend(check_extends(catalog, entity, target));
        }
        let mut same = catalog.defined(entity.reference);
        if same.next() != Some(id) {
            continue;
        }
        let group: Vec<&Entity> = catalog
            .defined(entity.reference)
            .map(|id| catalog.entity(id))
            .filter(|one| one.extends.is_none_or(|(target, _)| target != one.reference))
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

/// A document that extends an entity needs that entity, under its own name.
fn check_extends(
    catalog: &Catalog,
    entity: &Entity,
    target: crate::catalog::Name,
) -> Option<Finding> {
    let code = &codes::EXTENDS_INVALID;
    let (_, place) = entity.extends?;
    let wanted = catalog.names.text(target);
    let base = catalog
        .defined(target)
        .map(|id| catalog.entity(id))
        .find(|one| one.extends.is_none() && !std::ptr::eq(*one, entity));
    let (headline, help) = if target != entity.reference {
        (
            format!("`metadata.extends` leads to another name: {}", quoted(wanted)),
            format!("write the reference of this document itself: {}", catalog.canonical(entity)),
        )
    } else if base.is_none() {
        (
            format!("`metadata.extends` leads to nothing: {}", quoted(wanted)),
            "remove it, or define the entity that this document adds to".to_owned(),
        )
    } else {
        return None;
    };
    let canonical = catalog.canonical(entity);
    let at = Occurrence {
        place: place.in_file(&entity.file),
        entity: Some(canonical.to_owned()),
        pointer: "/metadata/extends".to_owned(),
        fingerprint: Fingerprint::of(code.name, canonical, "/metadata/extends", wanted),
    };
    Some(Finding::new(code, code.severity, at, headline).help(help))
}
