//! Names that are no references: the kinds and classes of selectors, the rules of exceptions.

use super::Whole;
use super::at::{Part, corrected, nearest, quoted};
use super::codes::{CODES, SELECTOR_UNKNOWN};
use crate::catalog::Entity;
use crate::catalog::query::unknown_names;
use crate::finding::Finding;
use crate::model::EntityRef;
use crate::model::gitsm::Spec;
use crate::model::gitsm::exception::{ExceptionOf, ExceptionSpec};
use crate::model::gitsm::value::Selector;
use crate::yaml::Pointer;

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    for (_, entity) in whole.catalog.entities() {
        let Some(spec) = entity.spec() else { continue };
        if let Spec::Exception(spec) = spec {
            exception(whole, entity, spec, findings);
        }
        for (pointer, selector) in selectors(spec) {
            names(whole, entity, &pointer, selector, findings);
        }
    }
}

/// The selectors of a document, each with where it stands.
pub(super) fn selectors(spec: &Spec) -> Vec<(Pointer, &Selector)> {
    let at = |field: &str| Pointer::root().join("spec").join(field);
    let (field, selector) = match spec {
        Spec::Runbook(spec) => ("selector", spec.selector.as_ref()),
        Spec::Policy(spec) => ("match", spec.r#match.as_ref()),
        Spec::ChangeModel(spec) => ("selector", Some(&spec.selector)),
        Spec::Target(spec) => ("selector", spec.selector.as_ref()),
        _ => return Vec::new(),
    };
    let mut all: Vec<_> = selector.map(|selector| (at(field), selector)).into_iter().collect();
    if let Spec::Target(spec) = spec {
        all.extend(spec.mapping.iter().flatten().filter_map(|(kind, mapping)| {
            let selector = mapping.selector.as_ref()?;
            Some((at("mapping").join(kind).join("selector"), selector))
        }));
    }
    all
}

fn names(
    whole: &Whole<'_>,
    entity: &Entity,
    pointer: &Pointer,
    selector: &Selector,
    findings: &mut Vec<Finding>,
) {
    let namespace = EntityRef::from_canonical(whole.catalog.canonical(entity));
    for unknown in unknown_names(selector, whole.classes(), namespace.namespace()) {
        let at = pointer.join(unknown.field).join(unknown.number);
        let near = unknown.near.as_deref();
        findings.extend(told(whole, entity, &at, unknown.what, unknown.written, near));
    }
}

/// The rule that an exception names.
fn exception(
    whole: &Whole<'_>,
    entity: &Entity,
    spec: &ExceptionSpec,
    findings: &mut Vec<Finding>,
) {
    let (what, known): (&str, Vec<&str>) = match spec.of {
        ExceptionOf::Policy => ("Policy", named(whole, "policy")),
        ExceptionOf::Freeze => ("Calendar", named(whole, "calendar")),
        ExceptionOf::Code => ("code", CODES.iter().map(|code| code.name).collect()),
        ExceptionOf::Control | ExceptionOf::Drift => return,
    };
    let name = spec.name.rsplit(['/', ':']).next().unwrap_or_default();
    if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        let pointer = Pointer::from_text("/spec/name");
        let near = nearest(&spec.name, known.iter().copied());
        findings.extend(told(whole, entity, &pointer, what, &spec.name, near));
    }
}

/// The names of a family's entities.
fn named<'w>(whole: &'w Whole<'_>, family: &str) -> Vec<&'w str> {
    let entities = whole.catalog.entities().map(|(_, entity)| entity);
    let of_family = entities.filter(|entity| entity.kind.family == family);
    of_family.map(|entity| whole.catalog.names.text(entity.written)).collect()
}

fn told(
    whole: &Whole<'_>,
    entity: &Entity,
    pointer: &Pointer,
    what: &str,
    written: &str,
    near: Option<&str>,
) -> Option<Finding> {
    whole.again(entity, |at| {
        let headline = format!("there is no {what} {}", quoted(written));
        let finding = at.finding(&SELECTOR_UNKNOWN, pointer, Part::Value, headline);
        corrected(finding, near, "write", || {
            "as it stands it selects nothing: correct or remove it".to_owned()
        })
    })
}
