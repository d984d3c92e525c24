//! What is affected, as text: one value, [`ImpactReport`], that `impact/1` prints as it is and the
//! other formats read.

mod human;
pub(super) mod markdown;
mod mermaid;
mod path;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::catalog::impact::{Affected, Consequences, Impact, Quorum, Reason, State};
use crate::catalog::{Catalog, EntityId, short};
use crate::model::gitsm::Spec;
use crate::model::gitsm::value::Criticality;

pub use human::emit as impact_human;
pub use markdown::emit as impact_markdown;
pub use mermaid::emit as impact_mermaid;
pub use path::{PathReport, human as path_human, json as path_json, schema as impact_path_schema};

/// What is affected if entities are down, or degraded.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImpactReport {
    /// `impact/1`.
    #[schemars(extend("const" = "impact/1"))]
    format: &'static str,
    /// The state that was assumed of the causes.
    state: State,
    /// The causes, as canonical references.
    causes: Vec<String>,
    /// How many are affected, without the causes, at any distance.
    summary: Counts,
    /// The greatest distance that is listed below; all without it.
    depth: Option<u32>,
    /// Who is affected, by distance and name.
    affected: Vec<AffectedEntity>,
    /// Clusters and sets of redundant entities of which a part is down.
    strained: Vec<StrainedSet>,
    /// What would be affected, but is gone or not in use yet.
    not_in_use: Vec<String>,
    /// What it means for people.
    #[serde(flatten)]
    consequences: Consequences,
}

/// How many are affected.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Counts {
    /// All together.
    affected: usize,
    /// That do not work.
    down: usize,
    /// That work worse.
    degraded: usize,
    /// Services.
    services: usize,
    /// Configuration items, and what counts as such: Components, APIs, Resources.
    configuration_items: usize,
    /// Everything else, such as Systems and Domains.
    others: usize,
}

/// An entity that is affected, and by what.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct AffectedEntity {
    /// Its canonical reference.
    entity: String,
    /// Its kind.
    kind: &'static str,
    /// How much hangs on it, if it says so.
    criticality: Option<Criticality>,
    /// How it works.
    state: State,
    /// In how many steps trouble arrives. Where several must fail first, the last of them counts.
    distance: u32,
    /// The entity from which it arrives; of several at one distance the first by name.
    from: String,
    /// The relation along which it arrives, as this entity would say it: `dependsOn`.
    relation: &'static str,
    /// Why it arrives as it does.
    because: Because,
    /// With redundancy: how many members work.
    working: Option<u32>,
    /// With redundancy: how many members there are.
    members: Option<u32>,
    /// Of a cluster: how many must work.
    quorum: Option<u32>,
}

/// Why trouble arrives as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum Because {
    /// What it needs works so.
    Needed,
    /// What is down is only used, not needed.
    OnlyUsed,
    /// What is down is one of a redundant set, of which others still work.
    TakenOver,
    /// All of a redundant set are down.
    NoneLeft,
    /// A member is affected, and the quorum is kept.
    QuorumKept,
    /// Fewer members work than the quorum.
    QuorumLost,
}

/// A cluster, or a set of redundant entities, of which a part is down.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct StrainedSet {
    /// The cluster; nothing for a set of peers.
    cluster: Option<String>,
    /// The members that are down.
    down: Vec<String>,
    /// How many members work.
    working: u32,
    /// How many members there are.
    members: u32,
    /// How many must work; one of peers.
    quorum: u32,
}

impl ImpactReport {
    /// Puts names in the place of numbers; entities farther away than `depth` are counted and not
    /// listed.
    pub fn of(
        catalog: &Catalog,
        impact: &Impact,
        consequences: Consequences,
        depth: Option<u32>,
    ) -> Self {
        let name = |id: &EntityId| catalog.canonical(catalog.entity(*id)).to_owned();
        let near = |one: &&Affected| depth.is_none_or(|depth| one.distance <= depth);
        let strained = impact.strained.iter().map(|one| StrainedSet {
            cluster: one.cluster.as_ref().map(name),
            down: one.down.iter().map(name).collect(),
            working: one.quorum.working,
            members: one.quorum.members,
            quorum: one.quorum.needed,
        });
        Self {
            format: "impact/1",
            state: impact.state,
            causes: impact.causes.iter().map(name).collect(),
            summary: counts(catalog, impact),
            depth,
            affected: impact
                .affected
                .iter()
                .filter(near)
                .map(|one| affected(catalog, one))
                .collect(),
            strained: strained.collect(),
            not_in_use: impact.spared.iter().map(name).collect(),
            consequences,
        }
    }

    /// The report as JSON.
    pub fn json(&self) -> String {
        json(self)
    }

    /// The causes and their state, in a few words: `service:a and ci:b down`.
    fn headline(&self) -> String {
        format!("{} {}", several(&self.causes, 3), self.state.name())
    }
}

/// A value as JSON, with a line break at its end.
fn json(value: &impl Serialize) -> String {
    // Values of strings and numbers always serialise.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

fn counts(catalog: &Catalog, impact: &Impact) -> Counts {
    let mut counts = Counts {
        affected: impact.affected.len(),
        down: impact.count(State::Down),
        degraded: impact.count(State::Degraded),
        ..Counts::default()
    };
    for one in &impact.affected {
        match catalog.entity(one.id).kind.family {
            "service" => counts.services += 1,
            "ci" | "component" | "resource" | "api" | "airesource" => {
                counts.configuration_items += 1;
            }
            _ => counts.others += 1,
        }
    }
    counts
}

fn affected(catalog: &Catalog, one: &Affected) -> AffectedEntity {
    let entity = catalog.entity(one.id);
    let criticality = catalog.defined(entity.reference).find_map(|document| {
        match catalog.entity(document).spec() {
            Some(Spec::Service(spec)) => spec.criticality,
            Some(Spec::ConfigurationItem(spec)) => spec.criticality,
            _ => None,
        }
    });
    let counted =
        |quorum: &Quorum| (Some(quorum.working), Some(quorum.members), Some(quorum.needed));
    let (because, (working, members, quorum)) = match &one.carrier.reason {
        Reason::Plain => (Because::Needed, (None, None, None)),
        Reason::OnlyUsed => (Because::OnlyUsed, (None, None, None)),
        Reason::TakenOver { working, of } => {
            (Because::TakenOver, (Some(*working), Some(*of), None))
        }
        Reason::NoneLeft { of } => (Because::NoneLeft, (Some(0), Some(*of), None)),
        Reason::QuorumKept(quorum) => (Because::QuorumKept, counted(quorum)),
        Reason::QuorumLost(quorum) => (Because::QuorumLost, counted(quorum)),
    };
    AffectedEntity {
        entity: catalog.canonical(entity).to_owned(),
        kind: entity.kind.name,
        criticality,
        state: one.state,
        distance: one.distance,
        from: catalog.canonical(catalog.entity(one.carrier.from)).to_owned(),
        relation: one.carrier.word(),
        because,
        working,
        members,
        quorum,
    }
}

/// Why trouble arrives as it does, in a few words; nothing if there is nothing to say.
fn why(reason: &Reason) -> Option<String> {
    match reason {
        Reason::Plain => None,
        Reason::OnlyUsed => Some("works without it, worse".to_owned()),
        Reason::TakenOver { working, of } => Some(format!("taken over: {working} of {of} left")),
        Reason::NoneLeft { of } => Some(format!("none of {of} left")),
        Reason::QuorumKept(Quorum { working, members, needed }) => {
            Some(format!("{working} of {members} work, {needed} needed"))
        }
        Reason::QuorumLost(Quorum { working, members, needed }) => {
            Some(format!("only {working} of {members} work, {needed} needed"))
        }
    }
}

impl AffectedEntity {
    /// Why it is affected as it is, in a few words.
    fn why(&self) -> Option<String> {
        let (working, members) =
            (self.working.unwrap_or_default(), self.members.unwrap_or_default());
        let needed = self.quorum.unwrap_or_default();
        let quorum = Quorum { working, members, needed };
        why(&match self.because {
            Because::Needed => Reason::Plain,
            Because::OnlyUsed => Reason::OnlyUsed,
            Because::TakenOver => Reason::TakenOver { working, of: members },
            Because::NoneLeft => Reason::NoneLeft { of: members },
            Because::QuorumKept => Reason::QuorumKept(quorum),
            Because::QuorumLost => Reason::QuorumLost(quorum),
        })
    }
}

/// The first few of some references, and how many more there are.
fn several(references: &[String], most: usize) -> String {
    let shown: Vec<String> = references.iter().take(most).map(|one| short(one)).collect();
    match (shown.as_slice(), references.len() - shown.len()) {
        ([one], 0) => one.clone(),
        ([all @ .., last], 0) => format!("{} and {last}", all.join(", ")),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// As many of some references as fit into so many columns, and how many more there are.
fn fitting(references: &[String], columns: usize) -> String {
    let fits = |text: &String| text.chars().count() <= columns;
    let mut all = (1..=references.len().min(6)).rev().map(|most| several(references, most));
    let fallback = several(references, 1);
    all.find(fits).unwrap_or(fallback)
}

/// `tier1`, or `unknown`.
fn tier(criticality: Option<Criticality>) -> &'static str {
    match criticality {
        Some(Criticality::Tier1) => "tier1",
        Some(Criticality::Tier2) => "tier2",
        Some(Criticality::Tier3) => "tier3",
        Some(Criticality::Tier4) => "tier4",
        None => "unknown",
    }
}

/// The JSON Schema of `impact/1`.
pub fn schema() -> Value {
    super::json::schema_of::<ImpactReport>("impact/1", "impact-1")
}
