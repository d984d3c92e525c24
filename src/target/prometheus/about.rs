//! What the catalog knows about an entity that monitoring wants to know: whose it is, what hangs on it.

use serde_json::Value;

use crate::catalog::query::World;
use crate::catalog::{EntityId, short};

/// An entity with its document.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) id: EntityId,
}

impl<'a> About<'a> {
    pub(super) fn new(world: &'a World<'a>, id: EntityId) -> Self {
        Self { world, id }
    }

    pub(super) fn family(&self) -> &'static str {
        self.world.catalog.entity(self.id).kind.family
    }

    /// Its canonical reference.
    pub(super) fn canonical(&self) -> &'a str {
        self.world.catalog.canonical(self.world.catalog.entity(self.id))
    }

    /// Its reference as people write it, such as `team:payments`.
    pub(super) fn short(&self) -> String {
        short(self.canonical())
    }

    /// Its name without kind, and with its namespace where that is not the default.
    pub(super) fn name(&self) -> String {
        bare(self.canonical())
    }

    /// The canonical reference of its class.
    pub(super) fn class(&self) -> Option<&'a str> {
        let World { catalog, classes, .. } = self.world;
        classes.class_of(catalog, catalog.entity(self.id))
    }

    /// A value of its document.
    pub(super) fn value(&self, path: &[&str]) -> Option<&'a Value> {
        path.iter().try_fold(self.world.value(self.id)?, |value, step| value.get(*step))
    }

    /// A text of its document.
    pub(super) fn text(&self, path: &[&str]) -> Option<&'a str> {
        self.value(path)?.as_str()
    }

    /// What it was called before.
    pub(super) fn formerly(&self) -> Vec<String> {
        let catalog = self.world.catalog;
        let names = catalog.entity(self.id).formerly().iter();
        names.map(|name| catalog.names.text(*name).to_owned()).collect()
    }

    /// The entities that a relation of its own leads to.
    pub(super) fn to(&self, relation: &str) -> impl Iterator<Item = Self> + use<'a, '_> {
        let relation = relation.to_owned();
        let edges = self.world.graph.outgoing(self.id).iter();
        edges
            .filter(move |edge| edge.relation.name == relation)
            .map(|edge| Self::new(self.world, edge.to))
    }

    /// The entities of whose relations one leads to it.
    pub(super) fn from(&self, relation: &str) -> impl Iterator<Item = Self> + use<'a, '_> {
        let relation = relation.to_owned();
        let edges = self.world.graph.incoming(self.id);
        edges
            .filter(move |edge| edge.relation.name == relation)
            .map(|edge| Self::new(self.world, edge.from))
    }

    /// Who answers for it, such as `team:payments`.
    pub(super) fn owner(&self) -> Option<String> {
        self.to("ownedBy").next().map(|owner| owner.short())
    }

    /// How much hangs on it.
    pub(super) fn criticality(&self) -> Option<&'a str> {
        self.text(&["spec", "criticality"])
    }

    /// The services that need a configuration item to work, straight away.
    pub(super) fn services(&self) -> Vec<Self> {
        let mut services: Vec<Self> =
            self.from("dependsOn").filter(|one| one.family() == "service").collect();
        services.sort_by_key(|one| one.canonical());
        services.dedup_by_key(|one| one.id);
        services
    }

    /// Of a runbook or any entity: the page about it, by the setting `runbookUrl`, in which `{namespace}`
    /// and `{name}` stand for its own, or else by its own first link.
    pub(super) fn page(&self, template: Option<&str>) -> Option<String> {
        if let Some(template) = template {
            let (_, rest) = self.canonical().split_once(':')?;
            let (namespace, name) = rest.split_once('/')?;
            return Some(template.replace("{namespace}", namespace).replace("{name}", name));
        }
        let links = self.value(&["metadata", "links"])?.as_array()?;
        Some(links.first()?.get("url")?.as_str()?.to_owned())
    }
}

/// The name of a canonical reference, with its namespace where that is not the default: `compute.vm`.
pub(super) fn bare(canonical: &str) -> String {
    let short = short(canonical);
    short.split_once(':').map_or(short.clone(), |(_, name)| name.to_owned())
}
