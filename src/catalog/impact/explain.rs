//! Why trouble reaches one entity, or what keeps it from it.

use std::collections::HashMap;

use super::links::{Life, Links, life};
use super::{Affected, Impact, Reason, State, assess, by_name};
use crate::catalog::{Catalog, EntityId, Graph};

/// A step on the way of trouble.
#[derive(Debug, Clone)]
pub struct Step {
    /// From here.
    pub from: EntityId,
    /// To here.
    pub to: EntityId,
    /// The relation, as the second would say it of the first.
    pub word: &'static str,
    /// How the second works then; nothing if trouble does not get there.
    pub state: Option<State>,
    /// Why it works so.
    pub reason: Reason,
}

/// What keeps trouble from going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// This entity is gone, or not in use yet.
    Away(EntityId),
    /// This is a person or a team.
    NeverFails(EntityId),
}

/// Whether causes reach an entity, and how.
#[derive(Debug, Clone)]
pub enum Explanation {
    /// It is one of the causes.
    Itself,
    /// They do, by this way.
    Reached {
        /// How it works then.
        state: State,
        /// The way, from a cause on.
        steps: Vec<Step>,
    },
    /// There is a way, and something stops it.
    Stopped {
        /// The way, as it would be.
        steps: Vec<Step>,
        /// What stops it.
        stop: Stop,
    },
    /// There is no way.
    Unlinked {
        /// Whether there is one in the other direction.
        backwards: bool,
    },
}

/// Says why causes reach an entity, or why they do not.
pub fn explain(catalog: &Catalog, graph: &Graph, impact: &Impact, target: EntityId) -> Explanation {
    let links = Links::new(catalog, graph);
    let target = links.one(target);
    if impact.causes.contains(&target) {
        return Explanation::Itself;
    }
    let known: HashMap<EntityId, &Affected> =
        impact.affected.iter().map(|one| (one.id, one)).collect();
    if let Some(reached) = known.get(&target) {
        let mut steps = Vec::new();
        let mut next = Some(reached);
        while let Some(one) = next {
            steps.push(Step {
                from: one.carrier.from,
                to: one.id,
                word: one.carrier.word(),
                state: Some(one.state),
                reason: one.carrier.reason.clone(),
            });
            next = known.get(&one.carrier.from);
        }
        steps.reverse();
        return Explanation::Reached { state: reached.state, steps };
    }
    let Some(mut steps) = way(&links, &impact.causes, target) else {
        let back = assess(catalog, graph, &[target], impact.state);
        let backwards = impact.causes.iter().any(|cause| back.state_of(*cause).is_some());
        return Explanation::Unlinked { backwards };
    };
    for step in &mut steps {
        step.state = impact.state_of(step.to);
    }
    let first = steps.iter().find(|step| step.state.is_none()).map_or(target, |step| step.to);
    let stop = match life(catalog, first) {
        Life::Away => Stop::Away(first),
        _ => Stop::NeverFails(first),
    };
    Explanation::Stopped { steps, stop }
}

/// The shortest way along relations that carry trouble, whatever stops it; of several the first by
/// name.
fn way(links: &Links<'_>, causes: &[EntityId], target: EntityId) -> Option<Vec<Step>> {
    let mut from: HashMap<EntityId, Option<Step>> =
        causes.iter().map(|cause| (*cause, None)).collect();
    let mut level = causes.to_vec();
    while !level.is_empty() && !from.contains_key(&target) {
        let mut next: Vec<Step> = Vec::new();
        for id in &level {
            let mut add = |link: super::links::Link| {
                let (relation, to) = (link.relation, link.to);
                let word = if link.inverse { relation.inverse } else { relation.name };
                next.push(Step { from: *id, to, word, state: None, reason: Reason::Plain });
            };
            links.each(*id, &mut add);
            links.clusters_of(*id).into_iter().for_each(add);
        }
        next.retain(|step| !from.contains_key(&step.to));
        next.sort_by(|a, b| {
            by_name(links.catalog, a.to, b.to)
                .then_with(|| by_name(links.catalog, a.from, b.from))
                .then_with(|| a.word.cmp(b.word))
        });
        next.dedup_by_key(|step| step.to);
        level = next.iter().map(|step| step.to).collect();
        from.extend(next.into_iter().map(|step| (step.to, Some(step))));
    }
    let mut steps = Vec::new();
    let mut at = target;
    while let Some(step) = from.get(&at)? {
        at = step.from;
        steps.push(step.clone());
    }
    steps.reverse();
    Some(steps)
}
