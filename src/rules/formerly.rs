//! Renames: an old name is nobody else's.

use super::at::{Part, quoted};
use super::{Whole, codes};
use crate::finding::Finding;
use crate::yaml::Pointer;

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    for (_, entity) in whole.catalog.entities() {
        for (number, old) in entity.formerly().iter().enumerate() {
            let Some(living) = whole.catalog.defined(*old).next() else { continue };
            let living = whole.catalog.entity(living);
            let name = quoted(whole.catalog.names.text(*old));
            let pointer = match entity.kind.group.foreign {
                true => Pointer::from_text("/metadata/annotations").join("gitsm/formerly"),
                false => Pointer::from_text("/metadata/formerly").join(number),
            };
            findings.extend(whole.again(entity, |at| {
                let headline = format!("{name} is not a former name: it exists");
                at.finding(&codes::FORMERLY_LIVING, &pointer, Part::Value, headline)
                    .label(living.name_place.in_file(&living.file), "it is here")
                    .help("remove the line, or the entity that took the name")
            }));
        }
    }
}
