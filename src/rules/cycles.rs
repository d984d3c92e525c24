//! Wholes that are part of themselves: shown as the whole circle.

use std::collections::BTreeSet;

use super::{Whole, codes};
use crate::catalog::{Catalog, Edge, EntityId, Graph};
use crate::finding::{Finding, Fingerprint, Label, Occurrence};

/// The relations that must never lead back, as they read from the part to the whole: the name, its
/// inverse, and words for it. A test holds this against the table of relations.
pub const UPWARDS: &[(&str, &str, &str)] = &[
    ("partOf", "hasPart", "is part of"),
    ("childOf", "parentOf", "is a unit of"),
    ("runsOn", "runs", "runs on"),
    ("hostedOn", "hosts", "is hosted on"),
    ("virtualizedBy", "virtualizes", "is virtualized by"),
    ("containedBy", "contains", "is inside"),
    ("specializes", "generalizes", "is a special case of"),
    ("excepts", "exceptedFrom", "leaves out"),
    ("restsOn", "underpins", "rests on"),
];

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    let graph = whole.graph();
    let present = graph.relation_names();
    for (up, down, words) in UPWARDS {
        if !present.contains(up) && !present.contains(down) {
            continue;
        }
        let mut search = Search {
            graph,
            up,
            down,
            state: vec![State::New; whole.catalog.entities().len()],
            cycles: Vec::new(),
        };
        for (id, _) in whole.catalog.entities() {
            search.from(id);
        }
        for cycle in &search.cycles {
            findings.extend(tell(whole.catalog, cycle, words));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// A step from a part to its whole, and the reference that says it.
#[derive(Debug, Clone, Copy)]
struct Step {
    part: EntityId,
    whole: EntityId,
    edge: Edge,
}

struct Search<'a> {
    graph: &'a Graph,
    up: &'a str,
    down: &'a str,
    state: Vec<State>,
    cycles: Vec<Vec<Step>>,
}

impl Search<'_> {
    fn steps(&self, part: EntityId) -> Vec<Step> {
        let own = self.graph.outgoing(part).iter().filter(|edge| edge.relation.name == self.up);
        let own = own.map(|edge| Step { part, whole: edge.to, edge: *edge });
        let others = self.graph.incoming(part).filter(|edge| edge.relation.name == self.down);
        let others = others.map(|edge| Step { part, whole: edge.from, edge: *edge });
        own.chain(others).collect()
    }

    /// Depth first, without recursion: a hostile catalog may nest as deep as it likes.
    fn from(&mut self, start: EntityId) {
        if self.state[start.index()] != State::New {
            return;
        }
        self.state[start.index()] = State::Open;
        let mut path: Vec<Step> = Vec::new();
        let mut todo: Vec<(EntityId, Vec<Step>)> = vec![(start, self.steps(start))];
        while let Some((current, steps)) = todo.last_mut() {
            let current = *current;
            let Some(step) = steps.pop() else {
                self.state[current.index()] = State::Done;
                todo.pop();
                path.pop();
                continue;
            };
            match self.state[step.whole.index()] {
                State::Done => {}
                State::Open => {
                    let begin = path.iter().position(|earlier| earlier.part == step.whole);
                    let mut cycle = path[begin.unwrap_or(path.len())..].to_vec();
                    cycle.push(step);
                    self.cycles.push(cycle);
                }
                State::New => {
                    self.state[step.whole.index()] = State::Open;
                    path.push(step);
                    let next = self.steps(step.whole);
                    todo.push((step.whole, next));
                }
            }
        }
    }
}

fn tell(catalog: &Catalog, cycle: &[Step], words: &str) -> Option<Finding> {
    let code = &codes::ENTITY_CYCLE;
    let name = |id: EntityId| catalog.canonical(catalog.entity(id)).to_owned();
    let spoken = |id: EntityId| {
        let entity = catalog.entity(id);
        format!("the {} `{}`", entity.kind.name, catalog.names.text(entity.written))
    };
    let place = |step: &Step| {
        let entity = catalog.entity(step.edge.from);
        entity.references[step.edge.reference as usize].place.in_file(&entity.file)
    };
    let first = cycle.first()?;
    let says = catalog.entity(first.edge.from);
    let reference = &says.references[first.edge.reference as usize];
    let members: BTreeSet<String> = cycle.iter().map(|step| name(step.part)).collect();
    let subject = members.first()?.clone();
    let value: Vec<&str> = members.iter().map(String::as_str).collect();
    let at = Occurrence {
        place: place(first),
        entity: Some(name(first.edge.from)),
        pointer: reference.pointer().as_str().to_owned(),
        fingerprint: Fingerprint::of(code.name, &subject, words, &value.join(" ")),
    };
    let headline = match cycle.len() {
        1 => format!("{} {words} itself", spoken(first.part)),
        count => format!("{count} entities form a circle: each {words} the next"),
    };
    let mut finding = Finding::new(code, code.foreign, at, headline).mark(format!(
        "{} {words} {}",
        name(first.part),
        name(first.whole)
    ));
    let label = |step: &Step| Label {
        place: place(step),
        text: format!("{} {words} {}", spoken(step.part), spoken(step.whole)),
    };
    // A circle that people made is short; one that a program made need not be read in full.
    finding.labels = cycle.iter().skip(1).take(100).map(label).collect();
    Some(finding.help("remove one of these lines: what leads back to itself has no top"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RELATIONS;

    #[test]
    fn every_relation_that_must_not_lead_back_is_followed() {
        for relation in RELATIONS.iter().filter(|relation| relation.acyclic) {
            let (name, inverse) = (relation.name, relation.inverse);
            let followed = UPWARDS.iter().any(|(up, down, _)| {
                (*up == name && *down == inverse) || (*up == inverse && *down == name)
            });
            assert!(followed, "{name}");
        }
    }
}
