//! What a change can break: everything that fails if what counts fails, before or after it, with
//! the way that trouble takes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::Side;
use super::assessment::Depth;
use super::criticality::{Rated, principal, ratings};
use super::policy::Where;
use super::subjects::{Subject, Subjects};
use crate::catalog::EntityId;
use crate::catalog::impact::{Affected, Consequences, Impact, State, assess, needs};

/// The most steps of a way that are told, those next to the affected entity.
const STEPS: usize = 32;

/// What a change can break.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeImpact {
    /// What counts as the cause, by name.
    pub causes: Vec<Cause>,
    /// What is affected beside the causes, by distance and name.
    pub affected: Vec<Reached>,
    /// How many entities are reached: what is affected, and causes that others reach.
    pub blast_radius: u32,
    /// Causes that other causes reach, by name.
    pub reached_causes: Vec<String>,
}

/// An entity that counts as a cause.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// What it is and why it counts.
    #[serde(flatten)]
    pub subject: Subject,
    /// How much hangs on it before the change; nothing if it was not there.
    pub before: Option<Rated>,
    /// How much hangs on it after the change; nothing if it is gone.
    pub after: Option<Rated>,
    /// Who is accountable for it, before or after.
    pub owners: Vec<String>,
}

/// An entity that is affected.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reached {
    /// Its canonical reference.
    pub entity: String,
    /// Its kind.
    pub kind: &'static str,
    /// In how many steps trouble arrives.
    pub distance: u32,
    /// How it works then.
    pub state: State,
    /// The way that trouble takes, from a cause on; of a long way its last steps.
    pub path: Vec<Step>,
    /// How much hangs on it.
    pub criticality: Rated,
    /// Who is accountable for it.
    pub owners: Vec<String>,
    /// Agreements that are at stake.
    pub agreements: Vec<String>,
    /// Before the change, after it, or both.
    pub side: Where,
    /// How it is on the other side, if it is not the same there.
    pub otherwise: Option<Otherwise>,
}

/// How an entity is affected on the other side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Otherwise {
    /// On which side.
    pub side: Where,
    /// In how many steps trouble arrives there.
    pub distance: u32,
    /// How it works then.
    pub state: State,
}

/// A step on the way of trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// From here.
    pub from: String,
    /// The relation, as the second says it of the first.
    pub relation: &'static str,
    /// To here.
    pub to: String,
}

/// What is affected on one side.
struct OneSide<'s, 'a> {
    side: &'s Side<'a>,
    place: Where,
    impact: Impact,
    affected: HashMap<EntityId, usize>,
    rated: HashMap<EntityId, Rated>,
    agreements: BTreeMap<String, Vec<String>>,
    depth: Depth,
}

impl<'s, 'a> OneSide<'s, 'a> {
    fn new(side: &'s Side<'a>, place: Where, causes: &[EntityId], depth: Depth) -> Self {
        let impact = match causes.is_empty() {
            true => nothing(),
            false => assess(side.catalog, side.graph, causes, State::Down),
        };
        let affected = impact.affected.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
        let ids = impact.causes.iter().copied().chain(impact.affected.iter().map(|one| one.id));
        let reached: HashSet<EntityId> = ids.map(|id| principal(side, id)).collect();
        let rated = ratings(side, &reached);
        let mut agreements: BTreeMap<String, Vec<String>> = BTreeMap::new();
        if depth == Depth::Whole && !impact.causes.is_empty() {
            for one in Consequences::of(side.catalog, side.graph, &impact).agreements {
                for service in one.services {
                    agreements.entry(service).or_default().push(one.agreement.clone());
                }
            }
        }
        Self { side, place, impact, affected, rated, agreements, depth }
    }

    fn rating(&self, id: EntityId) -> Rated {
        self.rated.get(&principal(self.side, id)).cloned().unwrap_or(Rated::UNKNOWN)
    }

    fn path(&self, one: &Affected) -> Vec<Step> {
        let name = |id| self.side.name(id).to_owned();
        let mut steps = Vec::new();
        let mut next = Some(one).filter(|_| self.depth == Depth::Whole);
        while let Some(one) = next.filter(|_| steps.len() < STEPS) {
            let (from, to) = (name(one.carrier.from), name(one.id));
            steps.push(Step { from, relation: one.carrier.word(), to });
            let before = self.affected.get(&one.carrier.from);
            next = before.and_then(|at| self.impact.affected.get(*at));
        }
        steps.reverse();
        steps
    }

    fn reached(&self, one: &Affected) -> Reached {
        let name = self.side.name(one.id).to_owned();
        Reached {
            kind: self.side.catalog.entity(one.id).kind.name,
            distance: one.distance,
            state: one.state,
            path: self.path(one),
            criticality: self.rating(one.id),
            owners: self.side.referred(one.id, "ownedBy"),
            agreements: self.agreements.get(&name).cloned().unwrap_or_default(),
            side: self.place,
            otherwise: None,
            entity: name,
        }
    }

    /// The causes that need something that is affected, or another cause.
    fn reached_causes(&self) -> impl Iterator<Item = &'a str> {
        let own: HashSet<EntityId> = self.impact.causes.iter().copied().collect();
        let first = |id: EntityId| {
            let reference = self.side.catalog.entity(id).reference;
            self.side.catalog.defined(reference).next().unwrap_or(id)
        };
        let is_reached = move |id: &&EntityId| {
            let needed = needs(self.side.catalog, self.side.graph, **id, true).into_iter();
            needed.map(|(other, _)| first(other)).any(|other| {
                other != **id && (own.contains(&other) || self.affected.contains_key(&other))
            })
        };
        let reached = self.impact.causes.iter().filter(is_reached);
        let names: Vec<&'a str> = reached.map(|id| self.side.name(*id)).collect();
        names.into_iter()
    }
}

fn nothing() -> Impact {
    Impact {
        state: State::Down,
        causes: Vec::new(),
        affected: Vec::new(),
        strained: Vec::new(),
        spared: Vec::new(),
    }
}

/// Finds what a change can break; ways and agreements only if all is wanted.
pub fn impact(
    subjects: &Subjects,
    base: &Side<'_>,
    merged: &Side<'_>,
    depth: Depth,
) -> ChangeImpact {
    let before: Vec<Option<EntityId>> =
        subjects.all.iter().map(|one| base.find(one.before())).collect();
    let after: Vec<Option<EntityId>> =
        subjects.all.iter().map(|one| merged.find(&one.entity)).collect();
    let ids = |all: &[Option<EntityId>]| all.iter().flatten().copied().collect::<Vec<_>>();
    let was = OneSide::new(base, Where::Base, &ids(&before), depth);
    let is = OneSide::new(merged, Where::Merged, &ids(&after), depth);
    let today: BTreeMap<&str, &str> =
        subjects.all.iter().map(|one| (one.before(), one.entity.as_str())).collect();
    let today = |name: &str| (*today.get(name).unwrap_or(&name)).to_owned();
    let causes: Vec<Cause> = (subjects.all.iter().zip(&before).zip(&after))
        .map(|((subject, before), after)| Cause {
            subject: subject.clone(),
            before: before.map(|id| was.rating(id)),
            after: after.map(|id| is.rating(id)),
            owners: both_owners(base, merged, subject),
        })
        .collect();
    let own: BTreeSet<&str> = subjects.all.iter().map(|one| one.entity.as_str()).collect();
    let affected = union(&was, &is, &today, &own);
    let reached: BTreeSet<String> =
        was.reached_causes().chain(is.reached_causes()).map(today).collect();
    let blast_radius = affected.len() + reached.len();
    ChangeImpact {
        causes,
        affected,
        blast_radius: u32::try_from(blast_radius).unwrap_or(u32::MAX),
        reached_causes: reached.into_iter().collect(),
    }
}

fn both_owners(base: &Side<'_>, merged: &Side<'_>, subject: &Subject) -> Vec<String> {
    let mut owners = base.owners(subject.before());
    owners.extend(merged.owners(&subject.entity));
    owners.sort();
    owners.dedup();
    owners
}

/// What is affected on either side; where it is on both, by the worse of the two.
fn union(
    was: &OneSide<'_, '_>,
    is: &OneSide<'_, '_>,
    today: &impl Fn(&str) -> String,
    causes: &BTreeSet<&str>,
) -> Vec<Reached> {
    let mut all: BTreeMap<String, Reached> = BTreeMap::new();
    for one in &is.impact.affected {
        let reached = is.reached(one);
        all.insert(reached.entity.clone(), reached);
    }
    for one in &was.impact.affected {
        let mut reached = was.reached(one);
        reached.entity = today(&reached.entity);
        let joined = match all.remove(&reached.entity) {
            Some(other) => join(reached, other),
            None => reached,
        };
        all.insert(joined.entity.clone(), joined);
    }
    // What is a cause on one side only is one all the same.
    let mut all: Vec<Reached> =
        all.into_values().filter(|one| !causes.contains(one.entity.as_str())).collect();
    all.sort_by(|a, b| a.distance.cmp(&b.distance).then_with(|| a.entity.cmp(&b.entity)));
    all
}

fn join(was: Reached, is: Reached) -> Reached {
    let same = was.distance == is.distance && was.state == is.state;
    let worse = |one: &Reached| (one.state, std::cmp::Reverse(one.distance));
    let (mut worst, other) = match worse(&was) > worse(&is) {
        true => (was, is),
        false => (is, was),
    };
    if !same {
        let Reached { side, distance, state, .. } = other;
        worst.otherwise = Some(Otherwise { side, distance, state });
    }
    worst.side = Where::Both;
    if other.criticality.rank() < worst.criticality.rank() {
        worst.criticality = other.criticality;
    }
    for (list, more) in
        [(&mut worst.owners, other.owners), (&mut worst.agreements, other.agreements)]
    {
        list.extend(more);
        list.sort();
        list.dedup();
    }
    worst
}
