//! What an impact means for people: which services, how much hangs on them, whom to call, what was
//! promised, and which runbooks are at hand.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Impact, State};
use crate::catalog::{Catalog, Edge, EntityId, Graph};
use crate::model::gitsm::Spec;
use crate::model::gitsm::built_in_policy::built_in;
use crate::model::gitsm::runbook::{RunbookLifecycle, RunbookSpec};
use crate::model::gitsm::service_level_agreement::{
    AgreementLifecycle, AgreementType, Metric, ServiceLevelAgreementSpec, Target,
};
use crate::model::gitsm::value::Criticality;

/// What an impact means for people.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Consequences {
    /// Services that are affected, and causes that are services: the most critical first.
    pub services: Vec<ServiceAffected>,
    /// How much hangs on it.
    pub weight: Weight,
    /// Whom to call, those of the causes first.
    pub calls: Vec<Call>,
    /// Agreements of these services that hold, and their targets that are at stake.
    pub agreements: Vec<Agreement>,
    /// Runbooks that may be used, those of the causes first.
    pub runbooks: Vec<RunbookAtHand>,
}

/// A service that is affected.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAffected {
    /// Its canonical reference.
    pub service: String,
    /// `tier1` to `tier4`; nothing if nobody said.
    pub criticality: Option<Criticality>,
    /// How it works.
    pub state: State,
    /// In how many steps trouble arrives; 0 for a cause.
    pub distance: u32,
}

/// The sum of what hangs on the services, and its addends: the default points of the risk table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Weight {
    /// The sum.
    pub total: u32,
    /// What it is the sum of.
    pub addends: Vec<WeightAddend>,
    /// How many entities are affected, without the causes.
    pub blast_radius: u32,
    /// What the risk of a change adds for such a blast radius.
    pub blast_radius_points: u32,
}

/// The services of one criticality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WeightAddend {
    /// The criticality; nothing if it is unknown, which counts as `tier2`.
    pub criticality: Option<Criticality>,
    /// How many there are.
    pub services: u32,
    /// What each adds.
    pub each: u32,
}

/// Somebody to call.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The canonical reference of the team or person.
    pub who: String,
    /// What they are to what is affected: `owner`, `support`, `supplier`.
    pub roles: Vec<&'static str>,
    /// Whether it is about a cause.
    pub of_cause: bool,
    /// What it is about, as canonical references: causes first, then by distance.
    pub of: Vec<String>,
    /// The calendar that says who is on call.
    pub on_call: Option<String>,
    /// The channel.
    pub chat: Option<String>,
    /// The shared mailbox.
    pub email: Option<String>,
    /// Whom to turn to when they do not answer, in this order.
    pub escalation: Vec<String>,
}

/// An agreement that is at stake.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    /// Its canonical reference.
    pub agreement: String,
    /// What it is.
    pub r#type: AgreementType,
    /// The services that it is about.
    pub services: Vec<String>,
    /// To whom it was promised.
    pub customer: String,
    /// The hours that count; all hours without it.
    pub calendar: Option<String>,
    /// What is at stake: of a service that is down all but orders; of one that is degraded the
    /// clocks of its incidents.
    pub targets: Vec<PromisedTarget>,
}

/// A target that is at stake.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromisedTarget {
    /// Its id.
    pub id: String,
    /// What is measured.
    pub metric: Metric,
    /// Within which time (ISO 8601).
    pub within: Option<String>,
    /// In how many cases, or for which share of the time.
    pub goal: f64,
    /// To which records it applies.
    pub applies_to: BTreeMap<String, String>,
    /// The hours that count, where they are not the agreement's.
    pub calendar: Option<String>,
}

/// A runbook that may help.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunbookAtHand {
    /// Its canonical reference.
    pub runbook: String,
    /// Whether it is one of a cause's.
    pub of_cause: bool,
    /// What it is for.
    pub purpose: String,
    /// The entities that name it.
    pub of: Vec<String>,
}

/// What a criticality adds by the built-in policy; unknown counts as `tier2`.
pub fn criticality_points(criticality: Option<Criticality>) -> u32 {
    let table = built_in().risk.as_ref();
    table.and_then(|table| table.of_criticality(criticality)).unwrap_or_default()
}

/// What so many affected entities add to the risk of a change by the built-in policy.
pub fn blast_radius_points(entities: usize) -> u32 {
    let table = built_in().risk.as_ref();
    table.and_then(|table| table.of_blast_radius(entities)).unwrap_or_default()
}

/// An entity that takes part, causes included.
struct Part {
    id: EntityId,
    name: String,
    state: State,
    distance: u32,
}

struct Gather<'a> {
    catalog: &'a Catalog,
    graph: &'a Graph,
}

impl Consequences {
    /// Looks up what an impact means.
    pub fn of(catalog: &Catalog, graph: &Graph, impact: &Impact) -> Self {
        let name = |id: EntityId| catalog.canonical(catalog.entity(id)).to_owned();
        let causes = impact.causes.iter().map(|id| (*id, impact.state, 0));
        let affected = impact.affected.iter().map(|one| (one.id, one.state, one.distance));
        let parts: Vec<Part> = causes
            .chain(affected)
            .map(|(id, state, distance)| Part { id, name: name(id), state, distance })
            .collect();
        let gather = Gather { catalog, graph };
        let services = gather.services(&parts);
        let weight = weigh(&services, impact.affected.len());
        Self {
            weight,
            services,
            calls: gather.calls(&parts),
            agreements: gather.agreements(&parts),
            runbooks: gather.runbooks(&parts),
        }
    }
}

fn weigh(services: &[ServiceAffected], affected: usize) -> Weight {
    // Unknown stands where it counts: beside tier2.
    let tiers = [
        Some(Criticality::Tier1),
        Some(Criticality::Tier2),
        None,
        Some(Criticality::Tier3),
        Some(Criticality::Tier4),
    ];
    let addend = |criticality: Option<Criticality>| {
        let count = services.iter().filter(|one| one.criticality == criticality).count() as u32;
        WeightAddend { criticality, services: count, each: criticality_points(criticality) }
    };
    let addends = tiers.into_iter().map(addend).filter(|addend| addend.services > 0);
    let addends: Vec<WeightAddend> = addends.collect();
    Weight {
        total: addends.iter().map(|addend| addend.services * addend.each).sum(),
        addends,
        blast_radius: affected as u32,
        blast_radius_points: blast_radius_points(affected),
    }
}

impl<'a> Gather<'a> {
    fn specs(&self, id: EntityId) -> impl Iterator<Item = &'a Spec> + use<'a> {
        let catalog = self.catalog;
        let documents = catalog.defined(catalog.entity(id).reference);
        documents.filter_map(|document| catalog.entity(document).spec())
    }

    /// The relations that the documents of an entity declare.
    fn edges(&self, id: EntityId) -> impl Iterator<Item = &'a Edge> + use<'a> {
        let graph = self.graph;
        let documents = self.catalog.defined(self.catalog.entity(id).reference);
        documents.flat_map(|document| graph.outgoing(document))
    }

    fn name(&self, id: EntityId) -> String {
        self.catalog.canonical(self.catalog.entity(id)).to_owned()
    }

    fn services(&self, parts: &[Part]) -> Vec<ServiceAffected> {
        let is_service = |part: &&Part| self.catalog.entity(part.id).kind.family == "service";
        let service = |part: &Part| ServiceAffected {
            service: part.name.clone(),
            criticality: self.specs(part.id).find_map(|spec| match spec {
                Spec::Service(spec) => spec.criticality,
                _ => None,
            }),
            state: part.state,
            distance: part.distance,
        };
        let mut services: Vec<ServiceAffected> =
            parts.iter().filter(is_service).map(service).collect();
        services.sort_by(|a, b| {
            let points = |one: &ServiceAffected| criticality_points(one.criticality);
            (points(b), a.criticality.is_none(), b.state, a.distance, &a.service).cmp(&(
                points(a),
                b.criticality.is_none(),
                a.state,
                b.distance,
                &b.service,
            ))
        });
        services
    }

    fn calls(&self, parts: &[Part]) -> Vec<Call> {
        let mut calls: BTreeMap<String, (u32, Call)> = BTreeMap::new();
        for part in parts {
            let criticality = self.specs(part.id).find_map(|spec| match spec {
                Spec::Service(spec) => Some(criticality_points(spec.criticality)),
                _ => None,
            });
            let cause = part.distance == 0;
            for edge in self.edges(part.id) {
                let role = match edge.relation.name {
                    "ownedBy" => "owner",
                    "hasSupportTeam" => "support",
                    "suppliedBy" if cause => "supplier",
                    _ => continue,
                };
                let (points, call) =
                    calls.entry(self.name(edge.to)).or_insert_with(|| (0, self.call(edge.to)));
                *points = (*points).max(criticality.unwrap_or_default());
                call.of_cause |= cause;
                if !call.roles.contains(&role) {
                    call.roles.push(role);
                }
                if call.of.last() != Some(&part.name) {
                    call.of.push(part.name.clone());
                }
            }
        }
        let mut calls: Vec<(u32, Call)> = calls.into_values().collect();
        calls.sort_by_key(|(points, call)| (!call.of_cause, std::cmp::Reverse(*points)));
        calls.into_iter().map(|(_, call)| call).collect()
    }

    /// How to reach somebody.
    fn call(&self, id: EntityId) -> Call {
        let mut call = Call { who: self.name(id), ..Call::default() };
        let team = self.specs(id).find_map(|spec| match spec {
            Spec::Team(spec) => Some(spec),
            _ => None,
        });
        let contact = team.and_then(|team| team.contact.as_ref());
        call.chat = contact.and_then(|contact| contact.chat.clone());
        call.email = contact.and_then(|contact| contact.email.clone());
        for edge in self.edges(id) {
            match edge.relation.name {
                "follows" => call.on_call = Some(self.name(edge.to)),
                "escalatesTo" => call.escalation.push(self.name(edge.to)),
                _ => {}
            }
        }
        call
    }

    fn agreements(&self, parts: &[Part]) -> Vec<Agreement> {
        let mut all: BTreeMap<String, (State, Agreement)> = BTreeMap::new();
        for part in parts {
            for edge in self.edges(part.id).filter(|edge| edge.relation.name == "agreedIn") {
                let Some(spec) = self.agreement_spec(edge.to) else { continue };
                let name = self.name(edge.to);
                let (state, agreement) = all
                    .entry(name.clone())
                    .or_insert_with(|| (part.state, self.agreement(name, edge.to, spec)));
                *state = part.state.max(*state);
                if agreement.services.last() != Some(&part.name) {
                    agreement.services.push(part.name.clone());
                }
            }
        }
        let at_stake = |(state, mut agreement): (State, Agreement)| {
            agreement.targets.retain(|target| match target.metric {
                Metric::Fulfilment => false,
                Metric::Availability | Metric::Rto => state == State::Down,
                Metric::Response | Metric::Resolution | Metric::UpdateInterval => true,
            });
            agreement
        };
        let all = all.into_values().map(at_stake);
        all.filter(|agreement| !agreement.targets.is_empty()).collect()
    }

    /// What an agreement says, if it holds.
    fn agreement_spec(&self, id: EntityId) -> Option<&'a ServiceLevelAgreementSpec> {
        self.specs(id).find_map(|spec| match spec {
            Spec::ServiceLevelAgreement(spec) => {
                (spec.lifecycle == AgreementLifecycle::Active).then_some(&**spec)
            }
            _ => None,
        })
    }

    fn agreement(&self, name: String, id: EntityId, spec: &ServiceLevelAgreementSpec) -> Agreement {
        let to = |relation: &str| {
            let found = self.edges(id).find(|edge| edge.relation.name == relation);
            found.map(|edge| self.name(edge.to))
        };
        let target = |target: &Target| PromisedTarget {
            id: target.id.clone(),
            metric: target.metric,
            within: target.within.as_ref().map(|within| within.0.clone()),
            goal: target.goal.0,
            applies_to: target.applies_to.clone().unwrap_or_default(),
            calendar: target.calendar.as_ref().map(|calendar| calendar.0.clone()),
        };
        Agreement {
            agreement: name,
            r#type: spec.r#type,
            services: Vec::new(),
            customer: to("agreedWith").unwrap_or_else(|| spec.parties.customer.0.clone()),
            calendar: spec.calendar.as_ref().map(|calendar| calendar.0.clone()),
            targets: spec.targets.iter().map(target).collect(),
        }
    }

    fn runbooks(&self, parts: &[Part]) -> Vec<RunbookAtHand> {
        let mut all: BTreeMap<String, RunbookAtHand> = BTreeMap::new();
        let service = |part: &Part| self.catalog.entity(part.id).kind.family == "service";
        // Of affected items, their services' runbooks are what helps; there may be very many.
        for part in parts.iter().filter(|part| part.distance == 0 || service(part)) {
            for edge in self.edges(part.id).filter(|edge| edge.relation.name == "operatedBy") {
                let Some(spec) = self.runbook_spec(edge.to) else { continue };
                let runbook = self.name(edge.to);
                let known = all.entry(runbook.clone()).or_insert_with(|| RunbookAtHand {
                    runbook,
                    of_cause: false,
                    purpose: spec.purpose.clone(),
                    of: Vec::new(),
                });
                known.of_cause |= part.distance == 0;
                if known.of.last() != Some(&part.name) {
                    known.of.push(part.name.clone());
                }
            }
        }
        let mut all: Vec<RunbookAtHand> = all.into_values().collect();
        all.sort_by_key(|one| !one.of_cause);
        all
    }

    /// What a runbook says, if it may be used.
    fn runbook_spec(&self, id: EntityId) -> Option<&'a RunbookSpec> {
        self.specs(id).find_map(|spec| match spec {
            Spec::Runbook(spec) => {
                let usable = matches!(
                    spec.lifecycle,
                    RunbookLifecycle::Approved | RunbookLifecycle::Deprecated
                );
                usable.then_some(&**spec)
            }
            _ => None,
        })
    }
}
