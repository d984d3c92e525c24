//! Renames: an old name is nobody else's.

use std::collections::BTreeMap;

use super::at::{Part, quoted};
use super::{Whole, codes};
use crate::catalog::{Entity, Name};
use crate::finding::Finding;
use crate::yaml::Pointer;

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    let mut claimed: BTreeMap<Name, &Entity> = BTreeMap::new();
    for (_, entity) in whole.catalog.entities() {
        for (number, old) in entity.formerly().iter().enumerate() {
            let living = whole.catalog.defined(*old).next().map(|id| whole.catalog.entity(id));
            let earlier = claimed.insert(*old, entity);
            let Some(other) = living.or(earlier) else { continue };
            let name = quoted(whole.catalog.names.text(*old));
            let pointer = match entity.kind.group.foreign {
                true => Pointer::from_text("/metadata/annotations").join("gitsm/formerly"),
                false => Pointer::from_text("/metadata/formerly").join(number),
            };
            findings.extend(whole.again(entity, |at| {
                let (headline, label, help) = match living {
                    Some(living) if std::ptr::eq(living, entity) => (
                        format!("{name} is what it is called now"),
                        "here",
                        "remove the line: a former name is another one",
                    ),
                    Some(_) => (
                        format!("{name} is not a former name: it exists"),
                        "it is here",
                        "remove the line, or the entity that took the name",
                    ),
                    None => (
                        format!("{name} is the former name of two entities"),
                        "and of this one",
                        "remove one of the two lines: an old name leads to one entity",
                    ),
                };
                at.finding(&codes::FORMERLY_LIVING, &pointer, Part::Value, headline)
                    .label(other.name_place.in_file(&other.file), label)
                    .help(help)
            }));
        }
    }
}
