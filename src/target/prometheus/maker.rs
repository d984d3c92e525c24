//! All objects of a target, made of the entities that its selector takes.

use std::collections::BTreeMap;

use super::about::About;
use super::settings;
use super::{classes, routes, scrape, slos};
use crate::catalog::EntityId;
use crate::catalog::query::World;
use crate::plan::{Fields, Object};
use crate::target::Unmade;

/// Makes the rules of SLOs (and of those of services), the alerts of classes and the scrape targets of
/// configuration items, and the routes to the owners of all of them.
///
/// # Errors
///
/// Entities of which no object can be made.
pub fn make(
    world: &World<'_>,
    ids: &[EntityId],
    settings: &Fields,
) -> Result<Vec<Object>, Vec<Unmade>> {
    let settings = settings::read(settings).map_err(|fault| {
        vec![Unmade {
            entity: String::new(),
            pointer: "/spec/settings".into(),
            message: fault.message,
        }]
    })?;
    let (mut objects, mut unmade) = (Vec::new(), Vec::new());
    let slos = slos::of(world, ids);
    for id in &slos {
        match slos::object(world, *id, settings.runbook_url.as_deref()) {
            Ok(object) => objects.extend(object),
            Err(one) => unmade.push(one),
        }
    }
    let items: Vec<About<'_>> =
        ids.iter().map(|id| About::new(world, *id)).filter(|one| one.family() == "ci").collect();
    if let Some(scrape) = &settings.scrape {
        for item in &items {
            match scrape::object(item, scrape) {
                Ok(object) => objects.extend(object),
                Err(one) => unmade.push(one),
            }
        }
    }
    match classes::objects(&items, &settings) {
        Ok(made) => objects.extend(made),
        Err(more) => unmade.extend(more),
    }
    if settings.alertmanager_config.is_some() {
        match routes::objects(&owners(world, &slos, &items), &settings) {
            Ok(made) => objects.extend(made),
            Err(more) => unmade.extend(more),
        }
    }
    if unmade.is_empty() { Ok(objects) } else { Err(unmade) }
}

/// The owners whose alerts there can be, by what the label `owner` says.
fn owners<'a>(
    world: &'a World<'a>,
    slos: &[EntityId],
    items: &[About<'a>],
) -> BTreeMap<String, About<'a>> {
    let services = slos.iter().filter_map(|id| slos::service(&About::new(world, *id)));
    let owned = services.chain(items.iter().copied());
    let owners = owned.filter_map(|one| one.to("ownedBy").next());
    owners.map(|owner| (owner.short(), owner)).collect()
}
