//! What a change touches that the rules for catalogs look at from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, Classes, Entity};
use crate::flow::sides::{OwnedSide, Sides};
use crate::flow::slices::walks;
use crate::model::gitsm::Spec;
use crate::model::gitsm::policy::{PolicyLifecycle, PolicyOver, PolicySpec};
use crate::model::relation_named;
use crate::rules;

/// Kinds of which a document may have to do with any other: policies hold for whatever they select,
/// classes for what is of them, exceptions take findings away, Locations name files by globs.
const FAR_REACHING: &[&str] = &["Policy", "CIClass", "Exception", "Location"];

/// The relations by which people and units belong to teams, and items to clusters.
const MEMBERSHIP: &[&str] = &["memberOf", "hasMember", "childOf", "parentOf"];

/// What a change touches.
#[derive(Default)]
pub(super) struct Touched {
    /// Everything that its files define, before or after; their former names; what they extend.
    pub(super) names: BTreeSet<String>,
    /// What others may see in another way than before, by all of its names.
    pub(super) moved: BTreeSet<String>,
    /// What somebody joined or left.
    pub(super) joined: BTreeSet<String>,
    /// What may be part of a circle that was none.
    pub(super) roots: BTreeSet<String>,
    /// The families of what its files define now.
    pub(super) families: BTreeSet<String>,
    /// Whether it matters which files the tree has.
    pub(super) listed: bool,
}

/// What the documents of one name say, as far as others look at it.
#[derive(Default, PartialEq)]
struct Face {
    /// What they are.
    seen: Vec<String>,
    /// What they say to belong to, or to have.
    members: BTreeSet<(&'static str, String)>,
    /// What they name by relations that must not lead back.
    upwards: BTreeSet<(&'static str, String)>,
    /// The files that they claim.
    sources: Vec<String>,
    /// What tells them apart from others of their class.
    apart: Vec<String>,
    /// Other names.
    others: BTreeSet<String>,
}

impl Touched {
    /// What a change touches; or why both catalogs must be judged in full.
    pub(super) fn of(sides: &Sides) -> Result<Self, String> {
        let settings = [&sides.base, &sides.merged].map(|side| side.config.path());
        let is_settings = |path: &String| settings.iter().flatten().any(|own| own == path);
        if sides.changed.iter().any(|one| is_settings(&one.path)) {
            return Err("the settings change".to_owned());
        }
        let paths: BTreeSet<&str> = sides.changed.iter().map(|one| one.path.as_str()).collect();
        let mut touched = Self::default();
        let (old, new) = (faces(&sides.base, &paths)?, faces(&sides.merged, &paths)?);
        let none = Face::default();
        for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let (before, after) = (old.get(name), new.get(name));
            touched.compare(name, before.unwrap_or(&none), after.unwrap_or(&none))?;
        }
        let families = new.keys().map(|name| family(name).to_owned());
        touched.families = families.collect();
        Ok(touched)
    }

    fn compare(&mut self, name: &str, before: &Face, after: &Face) -> Result<(), String> {
        let all = || before.others.iter().chain(&after.others).cloned().chain([name.to_owned()]);
        self.names.extend(all());
        let moved = before.seen != after.seen;
        if moved {
            self.moved.extend(all());
        }
        if before.sources != after.sources {
            return Err(format!("the sources of {name} change"));
        }
        self.listed |= !after.sources.is_empty();
        if after.apart.iter().any(|key| !before.apart.contains(key)) {
            return Err(format!("{name} may be another item by what tells items apart"));
        }
        let joined = match moved {
            true => before.members.union(&after.members).collect::<Vec<_>>(),
            false => before.members.symmetric_difference(&after.members).collect(),
        };
        self.joined.extend(joined.into_iter().map(|(_, target)| target.clone()));
        if moved || before.upwards != after.upwards {
            self.roots.extend(all());
        }
        Ok(())
    }
}

/// The faces of everything that some files define.
fn faces(side: &OwnedSide, paths: &BTreeSet<&str>) -> Result<BTreeMap<String, Face>, String> {
    let catalog = &side.catalog;
    let classes = Classes::of(catalog);
    let mut faces: BTreeMap<String, Face> = BTreeMap::new();
    for (_, entity) in catalog.entities() {
        if let Some(Spec::Policy(spec)) = entity.spec()
            && looks_anywhere(spec)
        {
            let name = catalog.canonical(entity);
            return Err(format!("{name} looks from one entity to others"));
        }
        if !paths.contains(entity.file.path.as_str()) {
            continue;
        }
        if FAR_REACHING.contains(&entity.kind.name) {
            return Err(format!("{} may concern anything", catalog.canonical(entity)));
        }
        let face = faces.entry(catalog.canonical(entity).to_owned()).or_default();
        face.add(catalog, &classes, entity);
    }
    Ok(faces)
}

/// Whether what a policy says of an entity depends on others.
fn looks_anywhere(spec: &PolicySpec) -> bool {
    if spec.over != PolicyOver::Entity || spec.lifecycle == PolicyLifecycle::Retired {
        return false;
    }
    let condition = spec.r#match.iter().filter_map(|selector| selector.r#where.as_deref());
    let variables = spec.variables.iter().flatten().map(|one| one.expression.as_str());
    let validations = spec.validations.iter().flat_map(|one| {
        std::iter::once(one.expression.as_str()).chain(one.message_expression.as_deref())
    });
    condition.chain(variables).chain(validations).any(walks)
}

impl Face {
    fn add(&mut self, catalog: &Catalog, classes: &Classes<'_>, entity: &Entity) {
        let text = |name| catalog.names.text(name).to_owned();
        let path = &entity.file.path;
        let (written, extends) = (text(entity.written), entity.extends().map(|(name, _)| name));
        let formerly: Vec<String> = entity.formerly().iter().copied().map(text).collect();
        let standing = standing(entity);
        let kind = entity.kind.name;
        self.seen.push(format!("{path} {kind} {written} {extends:?} {formerly:?} {standing}"));
        self.others.extend(formerly.into_iter().chain(extends.map(text)));
        for reference in entity.references.iter() {
            let Some(relation) = relation_named(reference.field.relation) else { continue };
            let target = text(reference.target);
            if relation.acyclic {
                self.upwards.insert((relation.name, target.clone()));
            }
            if MEMBERSHIP.contains(&relation.name) {
                self.members.insert((relation.name, target));
            }
        }
        self.sources.extend(entity.sources().iter().map(|glob| format!("{path} {glob}")));
        if let Some((class, _, values)) = rules::told_apart(catalog, classes, entity) {
            self.apart.push(format!("{path} {class} {values:?}"));
        }
    }
}

/// What rules look at of an entity that another refers to.
fn standing(entity: &Entity) -> String {
    match entity.spec() {
        None => String::new(),
        Some(Spec::Service(spec)) => format!("{:?}", spec.lifecycle),
        Some(Spec::Person(spec)) => format!("{:?}", spec.lifecycle),
        Some(Spec::ConfigurationItem(spec)) => {
            format!("{:?} {:?}", spec.class, spec.lifecycle.stage)
        }
        Some(other) => format!("{other:?}"),
    }
}

/// The family of a canonical reference.
pub(super) fn family(name: &str) -> &str {
    name.split(':').next().unwrap_or_default()
}
