//! How trouble spreads: level by level, first what is down, then what is only degraded.
//!
//! What is down depends on nothing but what is down, so it is settled first; what is degraded
//! follows from that. Each entity rises at most twice and each relation is followed at most once in
//! each of the two passes, so circles end and the work is in proportion to what is affected.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::links::{Life, Link, Links, life, never_fails};
use super::{Affected, Carrier, Impact, Reason, State, Strain, by_name};
use crate::catalog::EntityId;
use crate::model::Impact as Travels;

/// Where an entity stands.
struct Standing {
    state: State,
    distance: u32,
    carrier: Option<Carrier>,
}

/// An entity that would be affected next, and by what.
struct Offer {
    to: EntityId,
    carrier: Carrier,
}

pub(super) struct Spread<'a> {
    links: Links<'a>,
    state: State,
    causes: Vec<EntityId>,
    standing: HashMap<EntityId, Standing>,
    spared: HashSet<EntityId>,
    /// Beyond so many that are affected, nothing is followed any more.
    most: usize,
}

impl<'a> Spread<'a> {
    pub(super) fn new(links: Links<'a>, causes: &[EntityId], state: State) -> Self {
        let catalog = links.catalog;
        let mut causes: Vec<EntityId> = causes.iter().map(|id| links.one(*id)).collect();
        causes.sort_by(|a, b| by_name(catalog, *a, *b));
        causes.dedup();
        let standing = |id: &EntityId| (*id, Standing { state, distance: 0, carrier: None });
        let standing = causes.iter().map(standing).collect();
        let most = usize::MAX;
        Self { links, state, causes, standing, spared: HashSet::new(), most }
    }

    /// The same, which ends once more than so many are affected.
    pub(super) fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    pub(super) fn run(mut self) -> Impact {
        if self.state == State::Down {
            self.spread_down();
        }
        self.spread_degraded();
        self.result()
    }

    fn is_down(&self, id: EntityId) -> bool {
        self.standing.get(&id).is_some_and(|one| one.state == State::Down)
    }

    fn spread_down(&mut self) {
        let mut level = self.causes.clone();
        let mut distance = 0;
        while !level.is_empty() {
            let emptied = self.count_down(&level);
            let mut offers: Vec<Offer> = Vec::new();
            for id in &level {
                self.offer_down(*id, &mut offers);
            }
            // Of a set that has none left, those that failed before count again, as if not replaced.
            for set in emptied {
                let members =
                    self.links.sets.get(set).map(|set| std::sync::Arc::clone(&set.members));
                for id in members
                    .iter()
                    .flat_map(|all| all.iter().copied())
                    .filter(|id| self.is_down(*id))
                {
                    self.offer_down(id, &mut offers);
                }
            }
            distance += 1;
            level = self.accept(offers, State::Down, distance);
            if self.standing.len() > self.most {
                return;
            }
        }
    }

    /// Counts what is newly down in its set and its clusters; gives the sets that have none left.
    fn count_down(&mut self, level: &[EntityId]) -> Vec<usize> {
        let mut emptied = Vec::new();
        for id in level {
            let able = life(self.links.catalog, *id) == Life::Works;
            let number = self.links.set(*id).filter(|_| able);
            if let Some((number, set)) =
                number.and_then(|number| Some((number, self.links.sets.get_mut(number)?)))
            {
                set.down += 1;
                if set.down == set.able {
                    emptied.push(number);
                }
            }
            for link in self.links.clusters_of(*id) {
                let cluster = self.links.cluster(link.to);
                cluster.down += u32::from(cluster.has(*id));
            }
        }
        emptied
    }

    /// How many of an entity's set work, and how many it has, if it is in one.
    fn set_counts(&self, id: EntityId) -> Option<(u32, u32)> {
        let set = self.links.sets.get(self.links.set(id)?)?;
        Some((set.able.saturating_sub(set.down), set.members.len() as u32))
    }

    fn offer_down(&self, from: EntityId, offers: &mut Vec<Offer>) {
        let set = self.set_counts(from);
        let replaced = set.is_some_and(|(working, _)| working > 0);
        self.links.each(from, &mut |link| {
            let used = link.relation.impact == Travels::Degrades;
            if used || (replaced && link.replaceable()) {
                return;
            }
            let reason = match set {
                Some((_, of)) if link.replaceable() && of > 1 => Reason::NoneLeft { of },
                _ => Reason::Plain,
            };
            offers.push(offer(from, link, reason));
        });
        for link in self.links.clusters_of(from) {
            let cluster = self.links.clusters.get(&link.to);
            if let Some(cluster) = cluster.filter(|cluster| cluster.is_lost() && cluster.has(from))
            {
                offers.push(offer(from, link, Reason::QuorumLost(cluster.quorum())));
            }
        }
    }

    fn spread_degraded(&mut self) {
        let mut levels: BTreeMap<u32, Vec<EntityId>> = BTreeMap::new();
        let mut all: Vec<(EntityId, u32)> =
            self.standing.iter().map(|(id, one)| (*id, one.distance)).collect();
        all.sort();
        for (id, distance) in all {
            levels.entry(distance).or_default().push(id);
        }
        while let Some((distance, level)) = levels.pop_first() {
            if self.standing.len() > self.most {
                return;
            }
            let mut offers: Vec<Offer> = Vec::new();
            for id in level {
                self.offer_degraded(id, &mut offers);
            }
            let next = self.accept(offers, State::Degraded, distance + 1);
            if !next.is_empty() {
                levels.entry(distance + 1).or_default().extend(next);
            }
        }
    }

    fn offer_degraded(&mut self, from: EntityId, offers: &mut Vec<Offer>) {
        let down = self.is_down(from);
        let set = self.set_counts(from).filter(|_| down);
        self.links.each(from, &mut |link| {
            let reason = match (set, link.relation.impact) {
                (Some((working, of)), _) if working > 0 && link.replaceable() => {
                    Reason::TakenOver { working, of }
                }
                (_, Travels::Degrades) if down => Reason::OnlyUsed,
                _ => Reason::Plain,
            };
            offers.push(offer(from, link, reason));
        });
        for link in self.links.clusters_of(from) {
            let cluster = self.links.cluster(link.to);
            if cluster.has(from) {
                offers.push(offer(from, link, Reason::QuorumKept(cluster.quorum())));
            }
        }
    }

    /// Takes of the offers to each entity the first by name, unless it is as badly off already.
    fn accept(&mut self, mut offers: Vec<Offer>, state: State, distance: u32) -> Vec<EntityId> {
        let catalog = self.links.catalog;
        offers.retain(|offer| !self.standing.contains_key(&offer.to));
        offers.sort_by(|a, b| {
            let names = || by_name(catalog, a.carrier.from, b.carrier.from);
            let words = || a.carrier.word().cmp(b.carrier.word());
            a.to.cmp(&b.to).then_with(names).then_with(words)
        });
        offers.dedup_by_key(|offer| offer.to);
        let mut accepted = Vec::new();
        for Offer { to, carrier } in offers {
            if never_fails(catalog.entity(to)) {
                continue;
            }
            if life(catalog, to) == Life::Away {
                self.spared.insert(to);
                continue;
            }
            let carrier = Some(carrier);
            self.standing.insert(to, Standing { state, distance, carrier });
            accepted.push(to);
        }
        accepted
    }

    /// Sets and clusters of which a part is down.
    fn strained(&mut self) -> Vec<Strain> {
        let catalog = self.links.catalog;
        let mut all: Vec<Strain> = Vec::new();
        for set in self.links.sets.iter().filter(|set| set.down > 0) {
            let quorum = super::Quorum {
                working: set.able - set.down,
                members: set.members.len() as u32,
                needed: 1,
            };
            let down = set.members.iter().copied().filter(|id| self.is_down(*id)).collect();
            all.push(Strain { cluster: None, down, quorum });
        }
        let mut clusters: Vec<(&EntityId, &super::links::Cluster)> =
            self.links.clusters.iter().collect();
        clusters.sort_by(|a, b| by_name(catalog, *a.0, *b.0));
        for (id, cluster) in clusters {
            // A cluster that fails as a whole, because of what all of it needs, is no strain.
            if cluster.down == 0 || life(catalog, *id) == Life::Away {
                continue;
            }
            let down = cluster.members().iter().copied().filter(|id| self.is_down(*id));
            let mut down: Vec<EntityId> = down.collect();
            down.sort_by(|a, b| by_name(catalog, *a, *b));
            all.push(Strain { cluster: Some(*id), down, quorum: cluster.quorum() });
        }
        all
    }

    fn result(mut self) -> Impact {
        let catalog = self.links.catalog;
        let strained = self.strained();
        let mut affected: Vec<Affected> = self
            .standing
            .into_iter()
            .filter_map(|(id, one)| {
                let Standing { state, distance, carrier } = one;
                Some(Affected { id, state, distance, carrier: carrier? })
            })
            .collect();
        affected
            .sort_by(|a, b| a.distance.cmp(&b.distance).then_with(|| by_name(catalog, a.id, b.id)));
        let mut spared: Vec<EntityId> = self.spared.into_iter().collect();
        spared.sort_by(|a, b| by_name(catalog, *a, *b));
        Impact { state: self.state, causes: self.causes, affected, strained, spared }
    }
}

fn offer(from: EntityId, link: Link, reason: Reason) -> Offer {
    let Link { to, relation, inverse } = link;
    Offer { to, carrier: Carrier { from, relation, inverse, reason } }
}
