//! Who refers to an entity: by its name, by a name that it had, or by a name alone.

use super::{Catalog, Entity, EntityId, Name, Reference};
use crate::model::{Accepts, EntityRef};

/// A reference that leads to an entity.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    /// The document that it stands in.
    pub from: EntityId,
    /// The reference.
    pub reference: &'a Reference,
    /// Whether it names the entity as it was called before.
    pub old: bool,
}

impl Catalog {
    /// The references that lead to an entity, in the order of files and fields. Looks at every
    /// reference once.
    pub fn uses(&self, id: EntityId) -> Vec<Use<'_>> {
        let own = self.entity(id).reference;
        let former = self.former_names(id);
        let mut uses = Vec::new();
        for (from, entity) in self.entities() {
            for reference in &entity.references {
                let leads = reference.target == own || self.means(reference, own);
                let old = !leads && former.contains(&reference.target);
                if leads || old {
                    uses.push(Use { from, reference, old });
                }
            }
        }
        uses
    }

    /// The names that an entity had before and nobody has now, whichever of its documents says so.
    pub fn former_names(&self, id: EntityId) -> Vec<Name> {
        let documents = self.defined(self.entity(id).reference).map(|id| self.entity(id));
        let mut names: Vec<Name> = documents.flat_map(Entity::formerly).copied().collect();
        names.retain(|name| self.defined(*name).next().is_none());
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether a name alone, which leads to nothing in the field's first family, means an entity of
    /// another one that the field takes.
    fn means(&self, reference: &Reference, own: Name) -> bool {
        let Accepts::Families([_, others @ ..]) = &reference.field.accepts else { return false };
        if !reference.field.bare || self.defined(reference.target).next().is_some() {
            return false;
        }
        let name = self.names.text(reference.written);
        let named = others.iter().filter_map(|family| {
            let found = self.names.find(EntityRef::new(family, "default", name).as_str())?;
            self.defined(found).next().map(|_| found)
        });
        named.into_iter().next() == Some(own)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{Catalog, Inspection, Subject, load};
    use crate::config::Config;
    use crate::model::EntityRef;
    use crate::tree::Memory;
    use crate::yaml::Limits;

    fn catalog(text: &str) -> Catalog {
        let tree = Memory::new([("a.yaml", text)]);
        let inspect = |_: &Subject<'_>| Inspection::default();
        load(&tree, &Config::default(), &Limits::default(), &inspect).unwrap().0
    }

    fn uses(catalog: &Catalog, name: &str) -> Vec<(String, bool)> {
        let id = catalog.find(&EntityRef::from_canonical(name)).unwrap();
        let shown =
            |one: &super::Use<'_>| (catalog.names.text(one.reference.written).to_owned(), one.old);
        catalog.uses(id).iter().map(shown).collect()
    }

    #[test]
    fn every_spelling_and_old_names_are_found() {
        let catalog = catalog(
            "\
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: pay, formerly: [team:cash, team:gone]}
spec: {}
---
apiVersion: gitsm/v1alpha1
kind: Team
metadata: {name: Gone}
spec: {parent: team:cash, escalation: [group:Pay, default/pay, team:gone]}
",
        );
        let found = |text: &str, old| (text.to_owned(), old);
        assert_eq!(
            uses(&catalog, "team:default/pay"),
            [found("team:cash", true), found("group:Pay", false), found("default/pay", false)]
        );
        assert_eq!(uses(&catalog, "team:default/gone"), [found("team:gone", false)]);
    }

    #[test]
    fn a_name_alone_means_the_family_that_has_it() {
        let slo = "---\napiVersion: openslo/v1\nkind: SLO\nmetadata: {name: s}\n\
                   spec: {service: shop}\n";
        let ours = "apiVersion: gitsm/v1alpha1\nkind: Service\nmetadata: {name: shop}\nspec: {}\n";
        let theirs =
            "---\napiVersion: openslo/v1\nkind: Service\nmetadata: {name: shop}\nspec: {}\n";
        let alone = catalog(&format!("{ours}{slo}"));
        assert_eq!(uses(&alone, "service:default/shop").len(), 1);
        let both = catalog(&format!("{ours}{slo}{theirs}"));
        assert_eq!(uses(&both, "service:default/shop"), []);
        assert_eq!(uses(&both, "openslo-service:default/shop").len(), 1);
    }
}
