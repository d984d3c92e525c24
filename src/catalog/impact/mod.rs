//! What is affected if something is down, or degraded: a pure function of a catalog, its relations
//! and the causes. Begin with [`assess`].
//!
//! An entity is unaffected, *degraded* or *down*. States travel as each relation's
//! [`Impact`](crate::model::Impact) says, and only ever rise, so circles end:
//!
//! - **Needs** (`dependsOn`, `runsOn`, `contains`, …): down brings down, degraded degrades.
//! - **Uses**: whatever happens to what is used, its user is degraded at most.
//! - **Redundancy**: entities that `redundantWith` links, directly or through others, are one set.
//!   While one of the set works, what needs a member that is down is degraded and not down: it was
//!   taken over, with less behind it. Once none works, it is down. A spare that fails degrades
//!   nobody, because nothing that anybody uses failed; it is told as lost redundancy. Nothing takes
//!   over for a place: what a member `contains` goes down with it.
//! - **Quorum**: a cluster is down once fewer members work than its quorum (one, if it names none),
//!   and degraded as long as any member is affected. A degraded member works.
//! - **Life**: what is retired, gone, or not yet in use neither suffers nor carries, and is no
//!   spare and no member that works. What is defective suffers and carries, and does not count as
//!   working. A cause counts whatever its life is, because somebody said that it is down.
//! - People and teams do not fail: their memberships carry nothing.

mod consequences;
mod explain;
mod links;
mod needs;
mod spread;

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Catalog, EntityId, Graph};
use crate::model::Relation;

pub use consequences::{
    Agreement, Call, Consequences, PromisedTarget, RunbookAtHand, ServiceAffected, Weight,
    WeightAddend, blast_radius_points, criticality_points,
};
pub use explain::{Explanation, Step, Stop, explain};
pub(in crate::catalog) use links::NEVER_FAIL;
pub use needs::{is_in_use, needs};

/// How something affected works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Worse than it should, or with less behind it.
    Degraded,
    /// Not at all.
    Down,
}

impl State {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

/// Why trouble arrived as it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// As it left.
    Plain,
    /// What is down is only used, not needed.
    OnlyUsed,
    /// What is down is one of a redundant set, of which so many still work.
    TakenOver {
        /// How many of the set work.
        working: u32,
        /// How many the set has.
        of: u32,
    },
    /// All of a redundant set are down.
    NoneLeft {
        /// How many the set has.
        of: u32,
    },
    /// So many members of the cluster are down or degraded, and its quorum is kept.
    QuorumKept(Quorum),
    /// Fewer members work than the quorum.
    QuorumLost(Quorum),
}

/// The members of a cluster, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    /// How many work.
    pub working: u32,
    /// How many it has.
    pub members: u32,
    /// How many must work.
    pub needed: u32,
}

/// By what trouble arrived.
#[derive(Debug, Clone)]
pub struct Carrier {
    /// From which entity.
    pub from: EntityId,
    /// Along which relation.
    pub relation: &'static Relation,
    /// Whether the affected entity is the one that the relation leads to.
    pub inverse: bool,
    /// Why it arrived as it did.
    pub reason: Reason,
}

impl Carrier {
    /// The relation as the affected entity would say it.
    pub fn word(&self) -> &'static str {
        match self.inverse {
            true => self.relation.inverse,
            false => self.relation.name,
        }
    }
}

/// An entity that is affected.
#[derive(Debug, Clone)]
pub struct Affected {
    /// The entity.
    pub id: EntityId,
    /// How it works.
    pub state: State,
    /// In how many steps trouble arrives. Where several must fail first, those of the last count.
    pub distance: u32,
    /// By what it arrives: of several at one distance the first by name.
    pub carrier: Carrier,
}

/// Redundancy that is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strain {
    /// The cluster, or nothing for a set of peers.
    pub cluster: Option<EntityId>,
    /// The members that are down, by name.
    pub down: Vec<EntityId>,
    /// The counts. A set of peers needs one.
    pub quorum: Quorum,
}

/// What is affected.
#[derive(Debug, Clone)]
pub struct Impact {
    /// What the causes are.
    pub state: State,
    /// The causes, by name.
    pub causes: Vec<EntityId>,
    /// Everything that is affected but the causes, by distance and name.
    pub affected: Vec<Affected>,
    /// Sets and clusters of which a part is down, by name.
    pub strained: Vec<Strain>,
    /// What would be affected and is not, because it is gone or not in use yet; by name.
    pub spared: Vec<EntityId>,
}

impl Impact {
    /// How an entity works; nothing if it is not affected.
    pub fn state_of(&self, id: EntityId) -> Option<State> {
        match self.causes.contains(&id) {
            true => Some(self.state),
            false => self.affected.iter().find(|one| one.id == id).map(|one| one.state),
        }
    }

    /// How many are in a state, causes aside.
    pub fn count(&self, state: State) -> usize {
        self.affected.iter().filter(|one| one.state == state).count()
    }
}

/// What is affected if entities are in a state. Documents of one reference count as one entity; the
/// order of files and of causes does not matter. Takes time in proportion to what is affected, and
/// one pass over the catalog.
pub fn assess(catalog: &Catalog, graph: &Graph, causes: &[EntityId], state: State) -> Impact {
    Assessor::new(catalog, graph).assess(causes, state)
}

/// Assesses several assumptions about one catalog: what redundant sets there are is found out once.
/// It may be asked from several threads at once.
pub struct Assessor<'a> {
    links: links::Links<'a>,
}

impl<'a> Assessor<'a> {
    /// Looks through the catalog.
    pub fn new(catalog: &'a Catalog, graph: &'a Graph) -> Self {
        Self { links: links::Links::new(catalog, graph) }
    }

    /// What is affected if entities are in a state; as [`assess`].
    pub fn assess(&self, causes: &[EntityId], state: State) -> Impact {
        spread::Spread::new(self.links.clone(), causes, state).run()
    }

    /// The same, but it ends at the distance at which more than `most` are affected: for whoever
    /// tells of the nearest, and only that there are more.
    pub fn nearest(&self, causes: &[EntityId], state: State, most: usize) -> Impact {
        spread::Spread::new(self.links.clone(), causes, state).at_most(most).run()
    }
}

/// Compares two entities by their canonical references.
fn by_name(catalog: &Catalog, a: EntityId, b: EntityId) -> Ordering {
    let name = |id| catalog.canonical(catalog.entity(id));
    name(a).cmp(name(b))
}

#[cfg(test)]
mod tests;
