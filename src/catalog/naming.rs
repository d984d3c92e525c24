//! Fields that name an entity and are no references: the rule of an exception, the classes of a
//! selector, the classes that a relation of a class may lead to.

use super::{Catalog, Entity, EntityId};
use crate::model::gitsm::Spec;
use crate::model::gitsm::exception::{ExceptionOf, ExceptionSpec};
use crate::model::gitsm::value::Selector;
use crate::model::{EntityRef, parse_reference};
use crate::yaml::Pointer;

/// A field that names an entity and makes no relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The document that it stands in.
    pub from: EntityId,
    /// The field.
    pub pointer: Pointer,
    /// What it says.
    pub written: String,
}

impl Catalog {
    /// The fields that name an entity and are no references, in the order of files. There are such
    /// fields for policies, calendars and classes alone.
    pub fn namings(&self, id: EntityId) -> Vec<Naming> {
        let own = EntityRef::from_canonical(self.canonical(self.entity(id)));
        let names: fn(&Spec) -> Vec<(Pointer, String)> = match own.prefix() {
            "policy" => |spec| rule(spec, ExceptionOf::Policy),
            "calendar" => |spec| rule(spec, ExceptionOf::Freeze),
            "ciclass" => classes,
            _ => return Vec::new(),
        };
        let mut found = Vec::new();
        for (from, entity) in self.entities() {
            let all = entity.spec().map(names).unwrap_or_default();
            let those = all.into_iter().filter(|(_, text)| self.is_named(entity, text, &own));
            found.extend(those.map(|(pointer, written)| Naming { from, pointer, written }));
        }
        found
    }

    /// Whether a text means an entity in the document of another.
    fn is_named(&self, entity: &Entity, text: &str, own: &EntityRef) -> bool {
        let here = EntityRef::from_canonical(self.canonical(entity));
        parse_reference(text, Some(own.prefix()), here.namespace()).is_ok_and(|one| one == *own)
    }
}

/// The rule of an exception, if it is of that kind.
fn rule(spec: &Spec, of: ExceptionOf) -> Vec<(Pointer, String)> {
    match spec {
        Spec::Exception(spec) if spec.of == of => {
            let ExceptionSpec { name, .. } = &**spec;
            vec![(Pointer::from_text("/spec/name"), name.clone())]
        }
        _ => Vec::new(),
    }
}

/// The classes that a spec names.
fn classes(spec: &Spec) -> Vec<(Pointer, String)> {
    let (field, selector) = match spec {
        Spec::Runbook(spec) => ("selector", spec.selector.as_ref()),
        Spec::Policy(spec) => ("match", spec.r#match.as_ref()),
        Spec::ChangeModel(spec) => ("selector", Some(&spec.selector)),
        Spec::Target(spec) => ("selector", spec.selector.as_ref()),
        Spec::CiClass(spec) => {
            let all = Pointer::from_text("/spec/relations");
            let relations = spec.relations.iter().flatten();
            let named = relations.flat_map(|(relation, targets)| {
                let at = all.join(relation);
                let item =
                    move |(number, text): (usize, &'_ String)| (at.join(number), text.clone());
                targets.iter().enumerate().map(item).collect::<Vec<_>>()
            });
            return named.collect();
        }
        _ => return Vec::new(),
    };
    let at = Pointer::from_text("/spec").join(field).join("classes");
    let named = selector.and_then(|Selector { classes, .. }| classes.as_ref());
    let items = named.into_iter().flatten().enumerate();
    items.map(|(number, text)| (at.join(number), text.clone())).collect()
}
