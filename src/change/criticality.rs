//! How much hangs on an entity: what it says itself, or the highest of the services that it
//! reaches.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use schemars::JsonSchema;
use serde::Serialize;

use super::Side;
use crate::catalog::EntityId;
use crate::catalog::impact::{is_in_use, needs};
use crate::model::gitsm::Spec;
use crate::model::gitsm::value::Criticality;

/// How much hangs on an entity, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rated {
    /// `tier1` to `tier4`; nothing if it is unknown, which counts as `tier2`.
    pub criticality: Option<Criticality>,
    /// The service that it reaches and that has it; nothing if it says so itself, or it is unknown.
    pub through: Option<String>,
}

impl Rated {
    /// Nobody knows.
    pub const UNKNOWN: Self = Self { criticality: None, through: None };

    /// How it sorts: the most critical first, unknown beside `tier2`.
    pub fn rank(&self) -> (Criticality, bool) {
        (self.criticality.unwrap_or(Criticality::Tier2), self.criticality.is_none())
    }

    /// The criticality in words.
    pub fn word(&self) -> &'static str {
        self.criticality.map_or("unknown", Criticality::name)
    }
}

/// What an entity says itself of how much hangs on it.
pub fn own(side: &Side<'_>, id: EntityId) -> Option<Criticality> {
    let said = side.specs(id).filter_map(|spec| match spec {
        Spec::Service(spec) => spec.criticality,
        Spec::ConfigurationItem(spec) => spec.criticality,
        _ => None,
    });
    said.min()
}

/// How much hangs on each of some entities: those that a change reaches on a side. From the most
/// critical services on it goes backwards along needs, so that each entity is looked at once.
pub fn ratings(side: &Side<'_>, reached: &HashSet<EntityId>) -> HashMap<EntityId, Rated> {
    let mut services: BTreeMap<Criticality, Vec<(&str, EntityId)>> = BTreeMap::new();
    let mut ids: Vec<EntityId> = reached.iter().copied().collect();
    ids.sort();
    for id in &ids {
        let is_service = side.catalog.entity(*id).kind.family == "service";
        let tier = own(side, *id).filter(|_| is_service && is_in_use(side.catalog, *id));
        if let Some(tier) = tier {
            services.entry(tier).or_default().push((side.name(*id), *id));
        }
    }
    let mut rated: HashMap<EntityId, Rated> = HashMap::new();
    for (tier, mut services) in services {
        services.sort();
        for (name, service) in services {
            let through = Rated { criticality: Some(tier), through: Some(name.to_owned()) };
            backwards(side, reached, service, &through, &mut rated);
        }
    }
    for id in &ids {
        if let Some(tier) = own(side, *id) {
            rated.insert(*id, Rated { criticality: Some(tier), through: None });
        }
    }
    rated
}

/// Gives to all that a service needs, directly or not, what it is worth, where nothing is given yet.
fn backwards(
    side: &Side<'_>,
    reached: &HashSet<EntityId>,
    service: EntityId,
    through: &Rated,
    rated: &mut HashMap<EntityId, Rated>,
) {
    let mut open = VecDeque::from([service]);
    while let Some(id) = open.pop_front() {
        // What is gone carries nothing on, unless the change is about it.
        if id != service && !is_in_use(side.catalog, id) {
            continue;
        }
        for (other, _) in needs(side.catalog, side.graph, id, true) {
            let other = principal(side, other);
            if reached.contains(&other) && !rated.contains_key(&other) {
                rated.insert(other, through.clone());
                open.push_back(other);
            }
        }
    }
}

/// The document that speaks for an entity.
pub fn principal(side: &Side<'_>, id: EntityId) -> EntityId {
    side.catalog.principal(side.catalog.entity(id).reference).unwrap_or(id)
}
