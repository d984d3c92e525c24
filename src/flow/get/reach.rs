//! What trouble reaches, along the relations on which it travels: what an entity needs, what needs
//! it, and how much there is beyond what stands beside it.
//!
//! [`Far`] counts that for all entities at once: each part of the catalog in which everything reaches
//! everything is one node, and what a node reaches is the union of what those behind it reach, as
//! bits, some columns at a time. So it costs relations times entities over 64, and little memory.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::catalog::{Catalog, EntityId, Graph};
use crate::model::Impact;

/// Relations that other sections tell, in both directions.
const ELSEWHERE: &[&str] = &[
    "ownedBy",
    "ownerOf",
    "hasSupportTeam",
    "agreedIn",
    "operatedBy",
    "measuredBy",
    "measures",
    "serves",
    "informs",
    "suppliedBy",
    "hasMember",
    "memberOf",
    "deputizedBy",
    "deputyOf",
    "ledBy",
    "leads",
    "escalatesTo",
    "parentOf",
    "calls",
    "calledBy",
    "exemptedBy",
    "instanceOf",
];

/// Whether another section of the page of a family tells a relation: of people also who belongs to
/// what, which of machines stands with what they need.
pub(super) fn is_elsewhere(family: &str, word: &str) -> bool {
    let is_member = matches!(word, "hasMember" | "memberOf");
    let of_people = matches!(family, "team" | "person");
    ELSEWHERE.contains(&word) && (of_people || !is_member)
}

/// A direction in which trouble is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// To where it comes from.
    Needs,
    /// To where it goes.
    NeededBy,
}

impl Side {
    /// What stands beside an entity, with the relation.
    pub(super) fn beside(self, graph: &Graph, id: EntityId) -> Vec<(&'static str, EntityId)> {
        match self {
            Self::Needs => causes(graph, id),
            Self::NeededBy => effects(graph, id),
        }
    }

    /// The same without what other sections of its page tell.
    pub(super) fn told(
        self,
        catalog: &Catalog,
        graph: &Graph,
        id: EntityId,
    ) -> Vec<(&'static str, EntityId)> {
        let family = catalog.entity(id).kind.family;
        let mut beside = self.beside(graph, id);
        beside.retain(|(word, _)| !is_elsewhere(family, word));
        beside
    }

    /// How many entities there are behind those that stand beside one.
    pub(super) fn count(self, graph: &Graph, id: EntityId, beside: &BTreeSet<EntityId>) -> usize {
        let mut seen = beside.clone();
        let mut waiting: Vec<EntityId> = seen.iter().copied().collect();
        seen.insert(id);
        let near = seen.len();
        while let Some(id) = waiting.pop() {
            let next = self.beside(graph, id).into_iter().map(|(_, next)| next);
            waiting.extend(next.filter(|next| seen.insert(*next)));
        }
        seen.len() - near
    }
}

/// What needs an entity, and what it needs, each with its relation, by relation and reference.
pub fn neighbours(catalog: &Catalog, graph: &Graph, id: EntityId) -> (Beside, Beside) {
    let of = |side: Side| {
        let mut beside = side.told(catalog, graph, id);
        let name = |id: EntityId| catalog.canonical(catalog.entity(id));
        beside.sort_by(|a, b| a.0.cmp(b.0).then_with(|| name(a.1).cmp(name(b.1))));
        beside.dedup();
        beside
    };
    (of(Side::NeededBy), of(Side::Needs))
}

/// Entities beside another, each with its relation.
pub type Beside = Vec<(&'static str, EntityId)>;

/// Where trouble comes from: with the relation as this entity has it.
fn causes(graph: &Graph, id: EntityId) -> Vec<(&'static str, EntityId)> {
    let own = graph.outgoing(id).iter().filter(|edge| to_source(edge.relation.impact));
    let own = own.map(|edge| (edge.relation.name, edge.to));
    let others = graph.incoming(id).filter(|edge| to_target(edge.relation.impact));
    own.chain(others.map(|edge| (edge.relation.inverse, edge.from))).collect()
}

/// Where trouble goes to: with the relation as the other entity has it.
fn effects(graph: &Graph, id: EntityId) -> Vec<(&'static str, EntityId)> {
    let others = graph.incoming(id).filter(|edge| to_source(edge.relation.impact));
    let others = others.map(|edge| (edge.relation.name, edge.from));
    let own = graph.outgoing(id).iter().filter(|edge| to_target(edge.relation.impact));
    others.chain(own.map(|edge| (edge.relation.inverse, edge.to))).collect()
}

pub(super) fn to_source(impact: Impact) -> bool {
    matches!(impact, Impact::TargetToSource | Impact::Degrades)
}

pub(super) fn to_target(impact: Impact) -> bool {
    matches!(impact, Impact::SourceToTarget | Impact::BelowQuorum)
}

/// For each entity, how many others it reaches on a side beyond those beside it.
pub(super) struct Far {
    counts: Vec<u32>,
}

/// How many columns of bits are looked at in one go, in words: what all nodes reach of so many
/// entities stays in the processor's cache.
const WORDS: usize = 8;

type Bits = [u64; WORDS];

/// Lists of numbers, one after the other.
#[derive(Default)]
struct Lists {
    items: Vec<u32>,
    ends: Vec<u32>,
}

impl Lists {
    fn push(&mut self, mut items: Vec<u32>) {
        items.sort_unstable();
        items.dedup();
        self.items.extend(items);
        self.ends.push(self.items.len() as u32);
    }

    fn of(&self, at: usize) -> &[u32] {
        let end = self.ends.get(at).map_or(0, |end| *end as usize);
        let before = at.checked_sub(1).and_then(|before| self.ends.get(before));
        self.items.get(before.map_or(0, |before| *before as usize)..end).unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.ends.len()
    }
}

impl Far {
    pub(super) fn of(catalog: &Catalog, graph: &Graph, side: Side) -> Self {
        let (mut steps, mut first) = (Lists::default(), Lists::default());
        let numbers = |beside: Vec<(&str, EntityId)>| {
            beside.into_iter().map(|(_, id)| id.index() as u32).collect::<Vec<u32>>()
        };
        for (id, _) in catalog.entities() {
            steps.push(numbers(side.beside(graph, id)));
            first.push(numbers(side.told(catalog, graph, id)));
        }
        Self { counts: counts(&steps, &first) }
    }

    pub(super) fn count(&self, id: EntityId) -> usize {
        self.counts.get(id.index()).map_or(0, |count| *count as usize)
    }
}

/// How many nodes each reaches that begins with its `first` steps and goes on with any; those first
/// steps and itself do not count.
fn counts(steps: &Lists, first: &Lists) -> Vec<u32> {
    let wholes = wholes(steps);
    let columns = WORDS * 64;
    let blocks: Vec<usize> = (0..steps.len().div_ceil(columns)).collect();
    let block = |block: &usize| {
        let begin = block * columns;
        reached(steps.len(), &wholes, first, begin..begin + columns)
    };
    let add = |mut sum: Vec<u32>, more: Vec<u32>| {
        sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        sum
    };
    blocks.par_iter().map(block).reduce(|| vec![0; steps.len()], add)
}

/// How many of the nodes of a range each node reaches.
fn reached(
    nodes: usize,
    wholes: &Wholes,
    first: &Lists,
    range: std::ops::Range<usize>,
) -> Vec<u32> {
    let mut bits: Vec<Bits> = Vec::with_capacity(wholes.members.len());
    for whole in 0..wholes.members.len() {
        let mut own = [0; WORDS];
        // Those behind it come before it.
        for next in wholes.next.of(whole) {
            join(&mut own, bits.get(*next as usize));
        }
        for member in wholes.members.of(whole) {
            set(&mut own, *member as usize, &range, true);
        }
        bits.push(own);
    }
    let count = |node: usize| {
        let mut all = [0; WORDS];
        for step in first.of(node) {
            join(&mut all, wholes.of.get(*step as usize).and_then(|at| bits.get(*at as usize)));
        }
        for step in first.of(node) {
            set(&mut all, *step as usize, &range, false);
        }
        set(&mut all, node, &range, false);
        all.iter().map(|word| word.count_ones()).sum()
    };
    (0..nodes).map(count).collect()
}

fn join(bits: &mut Bits, more: Option<&Bits>) {
    let Some(more) = more else { return };
    bits.iter_mut().zip(more).for_each(|(word, more)| *word |= more);
}

fn set(bits: &mut Bits, node: usize, range: &std::ops::Range<usize>, to: bool) {
    if !range.contains(&node) {
        return;
    }
    let at = node - range.start;
    let Some(word) = bits.get_mut(at / 64) else { return };
    match to {
        true => *word |= 1 << (at % 64),
        false => *word &= !(1 << (at % 64)),
    }
}

/// The parts in which every node reaches every other, each after those that it leads to.
#[derive(Default)]
struct Wholes {
    /// The part of each node.
    of: Vec<u32>,
    members: Lists,
    next: Lists,
}

const NEW: u32 = u32::MAX;

/// Tarjan's algorithm, without recursion: a hostile catalog may nest as deep as it likes.
fn wholes(steps: &Lists) -> Wholes {
    let nodes = steps.len();
    let mut wholes = Wholes { of: vec![NEW; nodes], ..Wholes::default() };
    let (mut number, mut low) = (vec![NEW; nodes], vec![NEW; nodes]);
    let mut next_number = 0;
    let mut open: Vec<u32> = Vec::new();
    // A node, and how many of its steps were taken.
    let mut path: Vec<(u32, usize)> = Vec::new();
    for start in 0..nodes {
        if number[start] == NEW {
            path.push((start as u32, 0));
        }
        while let Some((node, taken)) = path.last_mut() {
            let (node, at) = (*node as usize, *taken);
            if at == 0 {
                (number[node], low[node]) = (next_number, next_number);
                next_number += 1;
                open.push(node as u32);
            }
            *taken += 1;
            if at > 0
                && let Some(done) = steps.of(node).get(at - 1)
                && wholes.of[*done as usize] == NEW
            {
                low[node] = low[node].min(low[*done as usize]);
            }
            match steps.of(node).get(at) {
                Some(next) if number[*next as usize] == NEW => path.push((*next, 0)),
                Some(_) => {}
                None => {
                    path.pop();
                    if low[node] == number[node] {
                        wholes.close(node as u32, &mut open, steps);
                    }
                }
            }
        }
    }
    wholes
}

impl Wholes {
    /// Makes a part of a node and all that were opened after it.
    fn close(&mut self, node: u32, open: &mut Vec<u32>, steps: &Lists) {
        let begin = open.iter().rposition(|one| *one == node).unwrap_or_default();
        let members = open.split_off(begin);
        let whole = self.members.len() as u32;
        for member in &members {
            if let Some(of) = self.of.get_mut(*member as usize) {
                *of = whole;
            }
        }
        let next = members.iter().flat_map(|member| steps.of(*member as usize));
        let next = next.filter_map(|step| self.of.get(*step as usize).copied());
        let next: Vec<u32> = next.filter(|next| *next != whole).collect();
        self.members.push(members);
        self.next.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lists(of: &[Vec<u32>]) -> Lists {
        let mut lists = Lists::default();
        of.iter().for_each(|list| lists.push(list.clone()));
        lists
    }

    /// The same by walking from each node.
    fn walked(steps: &Lists, first: &Lists) -> Vec<u32> {
        let walk = |node: u32| {
            let near: BTreeSet<u32> =
                first.of(node as usize).iter().copied().chain([node]).collect();
            let mut seen = near.clone();
            let mut waiting = first.of(node as usize).to_vec();
            while let Some(at) = waiting.pop() {
                let next = steps.of(at as usize).iter().copied();
                waiting.extend(next.filter(|next| seen.insert(*next)));
            }
            (seen.len() - near.len()) as u32
        };
        (0..steps.len() as u32).map(walk).collect()
    }

    #[test]
    fn what_leads_back_to_itself_counts_once() {
        let steps = lists(&[vec![1], vec![2], vec![0, 3], vec![3]]);
        assert_eq!(counts(&steps, &steps), [2, 2, 1, 0]);
    }

    proptest! {
        #[test]
        fn counting_for_all_is_walking_from_each(
            steps in prop::collection::vec(prop::collection::vec(0_u32..40, 0..3), 40),
            leave in prop::collection::vec(any::<bool>(), 40),
        ) {
            let first: Vec<Vec<u32>> = steps
                .iter()
                .zip(leave)
                .map(|(steps, leave)| if leave { Vec::new() } else { steps.clone() })
                .collect();
            let (steps, first) = (lists(&steps), lists(&first));
            prop_assert_eq!(counts(&steps, &first), walked(&steps, &first));
        }
    }
}
