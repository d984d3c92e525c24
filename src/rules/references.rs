//! References: whether they can be read, lead somewhere, and lead to the right kind.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::at::{At, Part, dotted, list, nearest, quoted};
use super::candidates::{Candidate, Candidates, kind_word};
use super::{Whole, codes};
use crate::catalog::{Catalog, DocumentView, Entity, FileView, Name, Reference};
use crate::finding::{Code, Finding, Fingerprint, Fix, Occurrence, Severity};
use crate::model::{Accepts, EntityRef, KINDS, Malformed, RECORD_FAMILIES};
use crate::yaml::emit;

/// References that cannot be read.
pub(super) fn check_form(
    view: &FileView<'_>,
    document: &DocumentView<'_>,
    findings: &mut Vec<Finding>,
) {
    let at = At::new(view, document);
    for reference in &document.references {
        let Err(malformed) = &reference.target else { continue };
        let pointer = reference.pointer();
        let name = dotted(&pointer);
        let text = quoted(reference.node.text().unwrap_or_default());
        let (headline, help) = match malformed {
            Malformed::KindMissing => (
                format!("`{name}` must say which kind it means: {text}"),
                "write `component:…`, `resource:…` or another kind before the name",
            ),
            Malformed::EmptyPart => (
                format!("`{name}` is no reference: a part of {text} is empty"),
                "write `[kind:][namespace/]name`, such as `group:payments`",
            ),
            Malformed::BadName => (
                format!("`{name}` is no reference: {text}"),
                "write `[kind:][namespace/]name`: letters, digits, `-`, `_` and `.` in each part",
            ),
        };
        findings.push(
            at.finding(&codes::REFERENCE_MALFORMED, &pointer, Part::Value, headline).help(help),
        );
    }
}

/// A reference that leads nowhere, or to the wrong kind.
struct Lost<'a> {
    entity: &'a Entity,
    reference: &'a Reference,
}

/// References that lead nowhere, and those that lead to the wrong kind.
pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    let catalog = whole.catalog;
    let families = families(catalog);
    let renamed = renamed(catalog);
    let mut unknown: BTreeMap<&str, Vec<Lost<'_>>> = BTreeMap::new();
    let mut elsewhere: BTreeMap<String, Vec<Lost<'_>>> = BTreeMap::new();
    for (_, entity) in catalog.entities() {
        for reference in &entity.references {
            let lost = Lost { entity, reference };
            match catalog.target(reference).map(|id| catalog.entity(id)) {
                Some(target) => findings.extend(wrong_kind(catalog, &lost, target)),
                None if is_standard_class(whole, reference) => {}
                None if RECORD_FAMILIES.contains(&entity.kind.family) => {}
                None if renamed.contains_key(&reference.target) => {
                    findings.extend(by_old_name(catalog, &lost, renamed[&reference.target]));
                }
                None => {
                    let target = catalog.names.text(reference.target);
                    let family = EntityRef::from_canonical(target).prefix().to_owned();
                    if let Some(finding) = impossible_kind(catalog, &lost, &family) {
                        findings.push(finding);
                        continue;
                    }
                    let known = families.contains(family.as_str())
                        || is_misspelt_kind(&family)
                        || whole.base_families.is_some_and(|base| base.contains(&family));
                    if entity.kind.group.foreign && !known {
                        elsewhere.entry(family).or_default().push(lost);
                    } else {
                        unknown.entry(target).or_default().push(lost);
                    }
                }
            }
        }
    }
    let mut candidates = None;
    for (target, lost) in unknown {
        findings.push(leads_nowhere(whole, target, lost, &mut candidates));
    }
    for (family, lost) in elsewhere {
        findings.push(kept_elsewhere(catalog, &family, &lost));
    }
}

/// Entities by the names that they had before.
fn renamed(catalog: &Catalog) -> HashMap<Name, &Entity> {
    let mut renamed = HashMap::new();
    let mut twice = BTreeSet::new();
    for (_, entity) in catalog.entities() {
        for old in entity.formerly() {
            let family = EntityRef::from_canonical(catalog.names.text(*old));
            if family.prefix() == entity.kind.family && renamed.insert(*old, entity).is_some() {
                twice.insert(*old);
            }
        }
    }
    // A name that two claim leads to neither.
    renamed.retain(|old, _| !twice.contains(old));
    renamed
}

/// Whether a reference leads to a class of configuration items that every catalog has.
fn is_standard_class(whole: &Whole<'_>, reference: &Reference) -> bool {
    reference.field.accepts == Accepts::Families(&["ciclass"])
        && whole.classes().resolve(whole.catalog.names.text(reference.target)).is_some()
}

fn by_old_name(catalog: &Catalog, lost: &Lost<'_>, now: &Entity) -> Option<Finding> {
    let code = &codes::REFERENCE_RENAMED;
    let written = catalog.names.text(lost.reference.written);
    let old = EntityRef::from_canonical(catalog.names.text(lost.reference.target));
    let better = Candidate::of(catalog, now);
    let headline = format!("{} is called `{}` now", quoted(written), better.written);
    let at = occurrence(catalog, code, lost);
    let mut finding = Finding::new(code, code.severity, at, headline)
        .label(better.name_place.clone(), "renamed here")
        .help(format!("write `{}`", better.shown(&old, lost.entity.kind.group.foreign)));
    finding.fix = fix(catalog, lost, &old, &better);
    Some(finding)
}

/// A kind that no table knows, and that is nearly one that does.
fn is_misspelt_kind(family: &str) -> bool {
    let known = KINDS.iter().any(|kind| kind.family == family);
    !known && nearest(family, KINDS.iter().map(|kind| kind.name)).is_some()
}

/// A reference that names a kind which its field cannot hold, whether it leads somewhere or not.
fn impossible_kind(catalog: &Catalog, lost: &Lost<'_>, family: &str) -> Option<Finding> {
    let Accepts::Families(families) = &lost.reference.field.accepts else { return None };
    if families.contains(&family) {
        return None;
    }
    let code = &codes::REFERENCE_KIND;
    let written = catalog.names.text(lost.reference.written);
    let headline = format!("`{}` cannot lead there: {}", field_name(lost), quoted(written));
    let at = occurrence(catalog, code, lost);
    Some(
        Finding::new(code, severity(code, lost.entity), at, headline)
            .help(format!("it can lead to {}", list(&kinds_of(families), "or"))),
    )
}

/// The field of a reference, as people write it.
fn field_name(lost: &Lost<'_>) -> String {
    let field = lost.reference.field.path.iter().filter(|step| **step != "*");
    field.copied().collect::<Vec<_>>().join(".")
}

/// The kinds of some families.
fn kinds_of(families: &[&str]) -> Vec<String> {
    let kinds = KINDS.iter().filter(|kind| families.contains(&kind.family));
    kinds.map(|kind| kind.name.to_owned()).collect()
}

/// The prefixes of which a catalog defines something.
pub(super) fn families(catalog: &Catalog) -> BTreeSet<&'static str> {
    catalog.entities().map(|(_, entity)| entity.kind.family).collect()
}

fn occurrence(catalog: &Catalog, code: &Code, lost: &Lost<'_>) -> Occurrence {
    let (entity, reference) = (lost.entity, lost.reference);
    let canonical = catalog.canonical(entity);
    let pointer = reference.pointer();
    let written = catalog.names.text(reference.written);
    // An item of a list of references is what it refers to, wherever in the list it stands.
    let identity = match reference.field.path.last() {
        Some(&"*") => {
            let list = pointer.parent().unwrap_or_default();
            format!("{list}/[{written}]")
        }
        _ => pointer.as_str().to_owned(),
    };
    Occurrence {
        place: reference.place.in_file(&entity.file),
        entity: Some(canonical.to_owned()),
        pointer: pointer.as_str().to_owned(),
        fingerprint: Fingerprint::of(code.name, canonical, &identity, written),
    }
}

fn severity(code: &Code, entity: &Entity) -> Severity {
    if entity.kind.group.foreign { code.foreign } else { code.severity }
}

fn wrong_kind(catalog: &Catalog, lost: &Lost<'_>, target: &Entity) -> Option<Finding> {
    let Accepts::Families(families) = &lost.reference.field.accepts else { return None };
    if families.contains(&target.kind.family) {
        return None;
    }
    let code = &codes::REFERENCE_KIND;
    let written = catalog.names.text(lost.reference.written);
    let field = field_name(lost);
    let headline = format!("`{field}` cannot lead to {}: {}", a(target.kind.name), quoted(written));
    let at = occurrence(catalog, code, lost);
    Some(
        Finding::new(code, severity(code, lost.entity), at, headline)
            .label(target.name_place.in_file(&target.file), a(target.kind.name))
            .help(format!("it can lead to {}", list(&kinds_of(families), "or"))),
    )
}

fn leads_nowhere(
    whole: &Whole<'_>,
    target: &str,
    mut lost: Vec<Lost<'_>>,
    candidates: &mut Option<Candidates>,
) -> Finding {
    let code = &codes::REFERENCE_UNKNOWN;
    let catalog = whole.catalog;
    // What is worst is shown first.
    lost.sort_by_key(|one| severity(code, one.entity));
    let mut places = lost.iter().map(|one| occurrence(catalog, code, one));
    let Some(first) = lost.first() else { unreachable!("a target is lost by somebody") };
    let Some(at) = places.next() else { unreachable!("a target is lost by somebody") };
    let reference = EntityRef::from_canonical(target);
    let kind = kind_word(reference.prefix(), first.entity.kind.group.foreign);
    let name = match reference.namespace() {
        "default" => reference.name().to_owned(),
        namespace => format!("{namespace}/{}", reference.name()),
    };
    let headline = format!("there is no {kind} `{name}`");
    let mut finding = Finding::new(code, severity(code, first.entity), at, headline);
    finding.more = places.collect();
    let candidates = candidates.get_or_insert_with(|| Candidates::of(catalog));
    match candidates.nearest(&reference) {
        Some(better) => {
            let shown = better.shown(&reference, first.entity.kind.group.foreign);
            if finding.more.is_empty() && better.reference.prefix() == reference.prefix() {
                finding.fix = fix(catalog, first, &reference, better);
            }
            let place = better.name_place.clone();
            finding
                .help(format!("did you mean `{shown}`?"))
                .label(place, format!("the {} `{}` is here", better.kind, better.written))
        }
        None if reference.prefix() == "ciclass" => {
            let classes: Vec<&str> = whole.classes().concrete().collect();
            finding.help(match nearest(reference.name(), classes.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let names: Vec<String> = classes.iter().map(|&name| name.to_owned()).collect();
                    format!("define the class, or write one of {}", list(&names, "and"))
                }
            })
        }
        None => finding.help(format!("define the {kind} in this repository, or correct the name")),
    }
}

/// A fix that replaces the name and leaves the rest of the reference as it is written.
fn fix(catalog: &Catalog, lost: &Lost<'_>, wanted: &EntityRef, better: &Candidate) -> Option<Fix> {
    let written = catalog.names.text(lost.reference.written);
    let start = written.len().checked_sub(wanted.name().len())?;
    let same_namespace = wanted.namespace() == better.reference.namespace();
    let kept = written.get(..start).filter(|_| same_namespace)?;
    let better = format!("{kept}{}", better.written);
    let place = lost.reference.place.in_file(&lost.entity.file);
    Some(Fix { title: format!("write `{better}`"), place, replacement: emit::scalar(&better) })
}

fn kept_elsewhere(catalog: &Catalog, family: &str, lost: &[Lost<'_>]) -> Finding {
    let code = &codes::KIND_ELSEWHERE;
    let names: BTreeSet<Name> = lost.iter().map(|one| one.reference.target).collect();
    let kind = kind_word(family, true);
    let what = match names.len() {
        1 => a(&kind),
        number => format!("{number} {kind}s"),
    };
    let headline = format!(
        "{} to {what}, and this catalog defines none",
        count(lost.len(), "reference leads", "references lead"),
    );
    let Some(first) = lost.first() else { unreachable!("a family is lost by somebody") };
    let mut at = occurrence(catalog, code, first);
    at.fingerprint = Fingerprint::of(code.name, family, "", "");
    Finding::new(code, code.foreign, at, headline).mark(if lost.len() > 1 { "the first of them" } else { "" }).help(format!(
        "nothing to do if that is kept elsewhere; define one {kind} here, and all of them are checked"
    ))
}

/// The kind with its article, as it is read aloud.
fn a(kind: &str) -> String {
    let vowel = kind.starts_with(['A', 'E', 'I', 'O']) || kind.starts_with("SL");
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("one {one}") } else { format!("{number} {many}") }
}
