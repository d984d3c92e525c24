//! Sources: globs that match something, and files that belong to one entity.

use std::collections::BTreeMap;

use globset::GlobSetBuilder;

use super::at::{Part, quoted};
use super::{Whole, codes};
use crate::catalog::{Entity, source_glob};
use crate::finding::Finding;
use crate::yaml::Pointer;

/// The most bytes and braces of a glob: what is more would break the search for all others.
const LONGEST: usize = 512;
const MOST_BRACES: usize = 8;

/// A glob of an entity.
struct Claim<'a> {
    entity: &'a Entity,
    pointer: Pointer,
    written: &'a str,
}

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    let claims: Vec<Claim<'_>> =
        whole.catalog.entities().flat_map(|(_, entity)| claims(entity)).collect();
    if claims.is_empty() {
        return;
    }
    // A tree that cannot be listed is reported by whatever else reads it.
    let Ok(files) = whole.tree.files() else { return };
    let mut globs = GlobSetBuilder::new();
    let mut number_of = Vec::new();
    for (number, claim) in claims.iter().enumerate() {
        if claim.written.len() > LONGEST || claim.written.matches('{').count() > MOST_BRACES {
            let headline = format!("{} is longer than any glob needs to be", quoted(claim.written));
            findings.extend(told(whole, claim, headline));
            continue;
        }
        match source_glob(whole.folder, claim.written) {
            Ok(glob) => {
                globs.add(glob);
                number_of.push(number);
            }
            Err(error) => {
                let headline = format!("{} is no glob: {}", quoted(claim.written), error.kind());
                findings.extend(told(whole, claim, headline));
            }
        }
    }
    let Ok(globs) = globs.build() else { return };
    let mut matched = vec![false; claims.len()];
    let mut shared: BTreeMap<(usize, usize), (String, usize)> = BTreeMap::new();
    for file in &files {
        let found: Vec<usize> = globs.matches(file).into_iter().map(|at| number_of[at]).collect();
        for number in &found {
            matched[*number] = true;
        }
        let Some((first, others)) = found.split_first() else { continue };
        // Who claims everything is told once with each of a few.
        for other in others.iter().take(8) {
            if claims[*first].entity.reference != claims[*other].entity.reference {
                let (_, count) = shared.entry((*first, *other)).or_insert((file.clone(), 0));
                *count += 1;
            }
        }
    }
    for number in number_of.into_iter().filter(|number| !matched[*number]) {
        let claim = &claims[number];
        let headline = format!("no file matches {}", quoted(claim.written));
        findings.extend(told(whole, claim, headline));
    }
    for ((first, other), (file, count)) in shared {
        findings.extend(shared_by(whole, &claims[first], &claims[other], &file, count));
    }
}

fn claims(entity: &Entity) -> impl Iterator<Item = Claim<'_>> {
    entity.sources().iter().enumerate().map(move |(number, written)| {
        let pointer = match entity.kind.group.foreign {
            true => Pointer::from_text("/metadata/annotations").join("gitsm/sources"),
            false => Pointer::from_text("/spec/sources").join(number).join("path"),
        };
        Claim { entity, pointer, written }
    })
}

fn told(whole: &Whole<'_>, claim: &Claim<'_>, headline: String) -> Option<Finding> {
    whole.again(claim.entity, |at| {
        let finding = at.finding(&codes::SOURCE_UNMATCHED, &claim.pointer, Part::Value, headline);
        finding.help(
            "write a path from the top of the catalog: `*` stays within a folder, `**` crosses \
             folders; a change of files that no entity claims is nobody's",
        )
    })
}

fn shared_by(
    whole: &Whole<'_>,
    first: &Claim<'_>,
    other: &Claim<'_>,
    file: &str,
    count: usize,
) -> Option<Finding> {
    let name = quoted(whole.catalog.canonical(first.entity));
    let files = match count {
        1 => quoted(file),
        count => format!("{count} files, such as {},", quoted(file)),
    };
    let place = whole.again(first.entity, |at| at.place(at.span(&first.pointer, Part::Value)))?;
    whole.again(other.entity, |at| {
        let headline = format!("{files} belong to {name} already");
        at.finding(&codes::SOURCE_SHARED, &other.pointer, Part::Value, headline)
            .label(place, "claimed here")
            .help("let each file belong to one entity, so that a change of it has one owner")
    })
}
