//! To which targets a change is applied: those that take an entity that it touches, before or after.

use std::collections::BTreeSet;

use super::Side;
use crate::catalog::query::{Matcher, World};
use crate::model::EntityRef;
use crate::model::gitsm::Spec;

/// The targets that take one of these entities, as canonical references. A selector that cannot be
/// evaluated takes everything: what is not known to be apart is taken to be concerned.
pub fn targets(side: &Side<'_>, entities: &[String], today: &str) -> BTreeSet<String> {
    let world = World::new(side.catalog, side.graph, side.classes, side.reader, today);
    let mut all = BTreeSet::new();
    for (_, entity) in side.catalog.entities() {
        let Some(Spec::Target(spec)) = entity.spec() else { continue };
        let name = side.catalog.canonical(entity);
        let namespace = EntityRef::from_canonical(name).namespace().to_owned();
        let takes = match &spec.selector {
            None => true,
            Some(selector) => match Matcher::new(selector, side.classes, &namespace) {
                Ok(matcher) => entities.iter().any(|one| is_taken(side, &world, &matcher, one)),
                Err(_) => true,
            },
        };
        if takes && !entities.is_empty() {
            all.insert(name.to_owned());
        }
    }
    all
}

fn is_taken(side: &Side<'_>, world: &World<'_>, matcher: &Matcher<'_>, entity: &str) -> bool {
    let Some(id) = side.find(entity) else { return false };
    let documents = side.catalog.defined(side.catalog.entity(id).reference);
    let mut documents = documents.filter(|document| matcher.may_match(world, *document));
    documents.any(|document| {
        let read = side.reader.document(side.catalog.entity(document));
        let root = read.as_ref().and_then(|read| read.root());
        let value = root.and_then(|root| crate::yaml::de::from_node(root).ok());
        let Some(value) = value else { return true };
        matcher.matches(world, document, &value).0.unwrap_or(true)
    })
}
