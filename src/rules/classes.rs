//! Configuration items against their classes: attributes, relations, identity.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde_json::Value;

use super::at::{At, Part, corrected, dotted, list, nearest, quoted};
use super::fields::{describe, properties};
use super::{Whole, codes};
use crate::catalog::{Catalog, Classes, Entity, EntityId, Reference};
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::{EntityRef, relation_named};
use crate::yaml::schema::{Schema, Violation, ViolationKind, words};
use crate::yaml::{Node, Pointer};

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    let items: Vec<(EntityId, &Entity)> = whole
        .catalog
        .entities()
        .filter(|(_, entity)| matches!(entity.kind.family, "ci" | "ciclass"))
        .collect();
    if items.is_empty() {
        return;
    }
    let classes = whole.classes();
    for (_, entity) in &items {
        if let Some(Spec::CiClass(_)) = entity.spec() {
            class(whole, classes, entity, findings);
        }
    }
    let schemas = schemas(classes, whole, &items);
    let of_items: Vec<Finding> = items
        .par_iter()
        .filter(|(_, entity)| entity.kind.family == "ci")
        .flat_map_iter(|(_, entity)| item(whole, classes, &schemas, entity))
        .collect();
    findings.extend(of_items);
    duplicates(whole, classes, &items, findings);
}

/// The schema of each class that an item is of.
fn schemas(
    classes: &Classes<'_>,
    whole: &Whole<'_>,
    items: &[(EntityId, &Entity)],
) -> BTreeMap<String, (Value, Option<Schema>)> {
    let used: BTreeSet<&str> =
        items.iter().filter_map(|(_, item)| classes.class_of(whole.catalog, item)).collect();
    let compile = |class: &str| {
        let schema = classes.attributes(class);
        let compiled = Schema::compile(&schema).ok();
        (class.to_owned(), (schema, compiled))
    };
    used.into_iter().map(compile).collect()
}

fn item(
    whole: &Whole<'_>,
    classes: &Classes<'_>,
    schemas: &BTreeMap<String, (Value, Option<Schema>)>,
    entity: &Entity,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(class) = classes.class_of(whole.catalog, entity) else { return findings };
    if classes.spec(class).is_some_and(|spec| spec.r#abstract == Some(true)) {
        // What else its class would say of it has this cause.
        return is_abstract(whole, classes, entity, class).into_iter().collect();
    }
    // A class below nothing, or below itself, is reported where it says so.
    if !classes.is_whole(class) {
        return findings;
    }
    let allowed = classes.relations(class);
    for reference in entity.references.iter().filter(|one| one.field.path[1] == "relations") {
        let Some(targets) = allowed.get(reference.field.relation) else {
            let names: Vec<String> = allowed.keys().map(|&name| name.to_owned()).collect();
            let headline =
                format!("{} has no relation `{}`", spoken(class), reference.field.relation);
            let help = format!("its relations are {}", list(&names, "and"));
            findings.extend(relation(whole, entity, reference, headline, help));
            continue;
        };
        findings.extend(wrong_target(whole, classes, entity, class, reference, targets));
    }
    if let Some((schema, Some(compiled))) = schemas.get(class) {
        findings.extend(attributes(whole, entity, class, schema, compiled));
    }
    findings.extend(quorum(whole, entity));
    findings
}

/// A cluster that needs more members than it has.
fn quorum(whole: &Whole<'_>, entity: &Entity) -> Option<Finding> {
    let Some(Spec::ConfigurationItem(spec)) = entity.spec() else { return None };
    let wanted = spec.quorum? as usize;
    let id = whole.catalog.defined(entity.reference).next()?;
    let edges = whole.graph().incoming(id).filter(|edge| edge.relation.name == "memberOf");
    let members: BTreeSet<EntityId> = edges.map(|edge| edge.from).collect();
    if wanted <= members.len() {
        return None;
    }
    whole.again(entity, |at| {
        let pointer = Pointer::from_text("/spec/quorum");
        let headline = format!("a quorum of {wanted}, and {} that say `memberOf`", members.len());
        at.finding(&codes::QUORUM_IMPOSSIBLE, &pointer, Part::Value, headline).help(
            "members name the cluster in `relations.memberOf`; add the missing ones, or lower the \
             quorum",
        )
    })
}

/// A class as people say it: `the class `compute.vm``.
fn spoken(class: &str) -> String {
    format!("the class `{}`", EntityRef::from_canonical(class).name())
}

fn is_abstract(
    whole: &Whole<'_>,
    classes: &Classes<'_>,
    entity: &Entity,
    class: &str,
) -> Option<Finding> {
    let below: Vec<String> = classes
        .concrete()
        .filter(|name| classes.named(class, name).is_some_and(|one| classes.is_a(one, class)))
        .map(str::to_owned)
        .collect();
    whole.again(entity, |at| {
        let pointer = Pointer::from_text("/spec/class");
        let headline = format!("{} only groups others", spoken(class));
        at.finding(&codes::CLASS_ABSTRACT, &pointer, Part::Value, headline)
            .help(format!("write one of {}", list(&below, "or")))
    })
}

fn relation(
    whole: &Whole<'_>,
    entity: &Entity,
    reference: &Reference,
    headline: String,
    help: String,
) -> Option<Finding> {
    whole.again(entity, |at| {
        let pointer = reference.pointer();
        at.finding(&codes::RELATION_NOT_ALLOWED, &pointer, Part::Value, headline).help(help)
    })
}

fn wrong_target(
    whole: &Whole<'_>,
    classes: &Classes<'_>,
    entity: &Entity,
    class: &str,
    reference: &Reference,
    targets: &BTreeSet<String>,
) -> Option<Finding> {
    let target = whole.target(reference)?;
    // What a Resource is, nobody says; any class may be meant.
    if targets.is_empty() || target.kind.family == "resource" {
        return None;
    }
    let its = classes.class_of(whole.catalog, target);
    if its.is_some_and(|its| targets.iter().any(|one| classes.is_a(its, one))) {
        return None;
    }
    let name = reference.field.relation;
    let what = match its {
        Some(its) => format!("a `{}`", EntityRef::from_canonical(its).name()),
        None => format!("a {}", target.kind.name),
    };
    let own = EntityRef::from_canonical(class);
    let headline = format!("`{name}` of a `{}` cannot lead to {what}", own.name());
    let names: Vec<String> =
        targets.iter().map(|one| EntityRef::from_canonical(one).name().to_owned()).collect();
    let help = format!("it can lead to {}, and to classes below", list(&names, "or"));
    let label = target.name_place.in_file(&target.file);
    let finding = relation(whole, entity, reference, headline, help)?;
    Some(finding.label(label, format!("{what} is here")))
}

fn attributes(
    whole: &Whole<'_>,
    entity: &Entity,
    class: &str,
    json: &Value,
    schema: &Schema,
) -> Vec<Finding> {
    let found = whole.again(entity, |at| {
        let base = Pointer::from_text("/spec/attributes");
        let Some((_, node)) = at.root.at(&base) else {
            return missing_all(at, class, json).into_iter().collect();
        };
        let mut violations = schema.violations(node);
        // Two schemas of a class may say the same.
        let mut told = BTreeSet::new();
        violations.retain(|one| told.insert(one.pointer.clone()));
        violations.iter().map(|one| attribute(at, &base, class, json, one)).collect::<Vec<_>>()
    });
    found.unwrap_or_default()
}

/// An item without attributes, of a class that wants some.
fn missing_all(at: &At<'_>, class: &str, json: &Value) -> Option<Finding> {
    let required = json["required"].as_array().filter(|required| !required.is_empty())?;
    let names: Vec<String> = required.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let headline = format!("{} wants the attribute {}", spoken(class), list(&names, "and"));
    let spec = Pointer::from_text("/spec/class");
    let finding = at.finding(&codes::ATTRIBUTE_INVALID, &spec, Part::Value, headline);
    Some(finding.help(format!("add `attributes:` with {}", list(&names, "and"))))
}

fn attribute(
    at: &At<'_>,
    base: &Pointer,
    class: &str,
    json: &Value,
    violation: &Violation,
) -> Finding {
    let pointer = violation.pointer.tokens().fold(base.clone(), |all, token| all.join(&*token));
    let name = violation.pointer.tokens().last().unwrap_or_default();
    let code = &codes::ATTRIBUTE_INVALID;
    let field = dotted(&pointer);
    let written = at.root.at(&pointer).and_then(|(_, node)| node.text()).unwrap_or_default();
    let own = spoken(class);
    match &violation.kind {
        ViolationKind::Missing => at
            .finding(code, &pointer, Part::Key, format!("{own} wants the attribute `{name}`"))
            .help(match describe(None, json, &violation.pointer) {
                Some(what) => format!("add `{name}:` to `spec.attributes` — {what}"),
                None => format!("add `{name}:` to `spec.attributes`"),
            }),
        ViolationKind::Unknown => {
            let parent = violation.pointer.parent().unwrap_or_default();
            let known = properties(None, json, &parent);
            let headline = format!("{own} has no attribute {}", quoted(&name));
            let finding = at.finding(code, &pointer, Part::Key, headline);
            let known: Vec<String> = known.into_iter().collect();
            let near = nearest(&name, known.iter().map(String::as_str));
            let otherwise = || format!("its attributes are {}", list(&known, "and"));
            corrected(finding, near, "rename it to", otherwise)
        }
        ViolationKind::Type(types) => {
            let is = at.root.at(&pointer).map_or("nothing", |(_, node)| Node::type_name(node));
            let headline = format!("`{field}` must be {} and is {is}", words(types));
            at.finding(code, &pointer, Part::Value, headline).help(
                match describe(None, json, &violation.pointer) {
                    Some(what) => format!("write {} — {what}", words(types)),
                    None => format!("write {}", words(types)),
                },
            )
        }
        ViolationKind::Choice(choices) => at
            .finding(
                code,
                &pointer,
                Part::Value,
                format!("`{field}` cannot be {}", quoted(written)),
            )
            .help(format!("write {}", list(choices, "or"))),
        ViolationKind::Pattern(pattern) => at
            .finding(
                code,
                &pointer,
                Part::Value,
                format!("`{field}` cannot be {}", quoted(written)),
            )
            .help(format!("{own} wants the form `{pattern}`")),
        ViolationKind::Other(wanted) => at
            .finding(code, &pointer, Part::Value, format!("`{field}` must {wanted}"))
            .help(format!("{own} says so")),
    }
}

/// What a class itself says: a schema that compiles, relations and classes that exist.
fn class(whole: &Whole<'_>, classes: &Classes<'_>, entity: &Entity, findings: &mut Vec<Finding>) {
    let Some(Spec::CiClass(spec)) = entity.spec() else { return };
    let own = whole.catalog.canonical(entity);
    let mut faults: Vec<(Pointer, Part, String, String)> = Vec::new();
    if let Some(attributes) = &spec.attributes {
        let schema = Value::Object(attributes.clone().into_iter().collect());
        let at = Pointer::from_text("/spec/attributes");
        let kind = attributes.get("type").map(|kind| kind == "object");
        if let Err(reason) = Schema::compile(&schema) {
            let headline = "`spec.attributes` is no JSON Schema that can be used".to_owned();
            faults.push((at, Part::Key, headline, reason));
        } else if kind == Some(false) {
            let headline = "`spec.attributes` must describe a mapping".to_owned();
            faults.push((at.join("type"), Part::Value, headline, "write `object`".to_owned()));
        } else if let Err(reason) = Schema::compile(&classes.attributes(own)) {
            let headline = "`spec.attributes` cannot be joined with that of its parents".to_owned();
            faults.push((at, Part::Key, headline, reason));
        }
    }
    if classes.is_endless(own) {
        let headline = "the parents of this class lead back to it, or never end".to_owned();
        let help = "nothing that is of it can be checked: name a parent further up".to_owned();
        faults.push((Pointer::from_text("/spec/parent"), Part::Value, headline, help));
    }
    for (relation, targets) in spec.relations.iter().flatten() {
        let pointer = Pointer::from_text("/spec/relations").join(relation.as_str());
        if relation_named(relation).is_none() {
            let headline = format!("there is no relation {}", quoted(relation));
            let help = match nearest(relation, relations()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let known: Vec<String> = relations().map(str::to_owned).collect();
                    format!("the relations are {}", list(&known, "and"))
                }
            };
            faults.push((pointer.clone(), Part::Key, headline, help));
        }
        for (number, target) in targets.iter().enumerate() {
            if classes.named(own, target).is_none() {
                let headline = format!("there is no class {}", quoted(target));
                let help = match nearest(target, classes.concrete()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "define it as a CIClass, or name a standard class".to_owned(),
                };
                faults.push((pointer.join(number), Part::Value, headline, help));
            }
        }
    }
    let told = whole.again(entity, |at| {
        let tell = |(pointer, part, headline, help): (Pointer, Part, String, String)| {
            at.finding(&codes::CLASS_INVALID, &pointer, part, headline).help(help)
        };
        faults.into_iter().map(tell).collect::<Vec<_>>()
    });
    findings.extend(told.unwrap_or_default());
}

/// The relations that a configuration item can declare.
fn relations() -> impl Iterator<Item = &'static str> {
    let fields = crate::model::gitsm::configuration_item::KIND.references.iter();
    fields.filter(|field| field.path[1] == "relations").map(|field| field.relation)
}

/// The class of an item, the fields that tell such items apart, and their values; nothing if it
/// lacks one of them.
pub fn told_apart<'c>(
    catalog: &Catalog,
    classes: &'c Classes<'_>,
    entity: &Entity,
) -> Option<(&'c str, &'c [String], Vec<String>)> {
    let Some(Spec::ConfigurationItem(spec)) = entity.spec() else { return None };
    let class = classes.class_of(catalog, entity)?;
    let rule = classes.chain(class).into_iter().find_map(|(_, one)| one.identified_by.as_ref());
    let fields = rule.filter(|fields| !fields.is_empty())?;
    let value = serde_json::to_value(spec).ok()?;
    let read = |field: &String| {
        let pointer = format!("/{}", field.replace('.', "/"));
        let found = value.pointer(&pointer).filter(|found| !found.is_null())?;
        Some(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
    };
    Some((class, fields, fields.iter().map(read).collect::<Option<Vec<_>>>()?))
}

/// Items of one class that are one thing by the fields that tell such items apart.
fn duplicates(
    whole: &Whole<'_>,
    classes: &Classes<'_>,
    items: &[(EntityId, &Entity)],
    findings: &mut Vec<Finding>,
) {
    let mut seen: BTreeMap<(String, Vec<String>), &Entity> = BTreeMap::new();
    for (_, entity) in items {
        let Some((class, fields, key)) = told_apart(whole.catalog, classes, entity) else {
            continue;
        };
        let Some(first) = seen.get(&(class.to_owned(), key.clone())) else {
            seen.insert((class.to_owned(), key), entity);
            continue;
        };
        let pointer = Pointer::from_text(format!("/spec/{}", fields[0].replace('.', "/")));
        let other = whole.catalog.names.text(first.written).to_owned();
        findings.extend(whole.again(entity, |at| {
            let headline =
                format!("{} is recorded already, as {}", quoted(&key.join(" ")), quoted(&other));
            at.finding(&codes::CI_DUPLICATE, &pointer, Part::Value, headline)
                .label(first.name_place.in_file(&first.file), "here")
                .help(format!(
                    "two items of {} with one {} are one thing: remove one, or correct the field",
                    spoken(class),
                    list(fields, "and"),
                ))
        }));
    }
}
