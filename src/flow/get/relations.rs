//! What an entity needs, what needs it, and what else it has to do with.

use std::collections::{BTreeMap, BTreeSet};

use super::chosen::{is_owned, names_of};
use super::page::{Subject, listed};
use crate::catalog::{EntityId, Graph};
use crate::model::Impact;
use crate::output::Line;

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

/// Whether another section of the page tells a relation: of people also who belongs to what, which
/// of machines stands with what they need.
fn is_elsewhere(subject: &Subject<'_>, word: &str) -> bool {
    let is_member = matches!(word, "hasMember" | "memberOf");
    let of_people = matches!(subject.entity.kind.family, "team" | "person");
    ELSEWHERE.contains(&word) && (of_people || !is_member)
}

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

fn to_source(impact: Impact) -> bool {
    matches!(impact, Impact::TargetToSource | Impact::Degrades)
}

fn to_target(impact: Impact) -> bool {
    matches!(impact, Impact::SourceToTarget | Impact::BelowQuorum)
}

type Side = fn(&Graph, EntityId) -> Vec<(&'static str, EntityId)>;

fn grouped(found: Vec<(&'static str, EntityId)>) -> BTreeMap<&'static str, BTreeSet<EntityId>> {
    let mut groups: BTreeMap<&'static str, BTreeSet<EntityId>> = BTreeMap::new();
    for (word, id) in found {
        groups.entry(word).or_default().insert(id);
    }
    groups
}

fn lines(subject: &Subject<'_>, groups: BTreeMap<&'static str, BTreeSet<EntityId>>) -> Vec<Line> {
    let line = |(word, ids): (&'static str, BTreeSet<EntityId>)| {
        let mut names: Vec<String> = ids.into_iter().map(|id| subject.reference(id)).collect();
        names.sort();
        Line::new(word, listed(&names))
    };
    groups.into_iter().map(line).collect()
}

fn side(subject: &Subject<'_>, side: Side) -> Vec<Line> {
    let graph = subject.asked.graph();
    let told = |word: &str| is_elsewhere(subject, word);
    let direct: Vec<_> =
        side(graph, subject.id).into_iter().filter(|(word, _)| !told(word)).collect();
    let mut seen: BTreeSet<EntityId> = direct.iter().map(|(_, id)| *id).collect();
    let (mut waiting, near) = (seen.iter().copied().collect::<Vec<_>>(), seen.len());
    seen.insert(subject.id);
    while let Some(id) = waiting.pop() {
        for (_, next) in side(graph, id) {
            if seen.insert(next) {
                waiting.push(next);
            }
        }
    }
    let far = seen.len() - near - 1;
    let mut lines = lines(subject, grouped(direct));
    if far > 0 {
        lines.push(Line::new("and indirectly", format!("{far} more")));
    }
    lines
}

pub(super) fn needs(subject: &Subject<'_>) -> Vec<Line> {
    side(subject, causes)
}

pub(super) fn needed_by(subject: &Subject<'_>) -> Vec<Line> {
    side(subject, effects)
}

/// The relations of these names as the entity has them, its own and the inverses of others'; all
/// but `except` if no name is given.
pub(super) fn of(
    subject: &Subject<'_>,
    names: &[&str],
    except: &[&str],
) -> Vec<(&'static str, BTreeSet<EntityId>)> {
    let graph = subject.asked.graph();
    let found = subject.documents().into_iter().flat_map(|id| graph.relations(id));
    let wanted = found.filter(|(word, _)| match names.is_empty() {
        true => !except.contains(word),
        false => names.contains(word),
    });
    let mut groups: Vec<_> = grouped(wanted.collect()).into_iter().collect();
    groups.sort_by_key(|(word, _)| names.iter().position(|name| name == word));
    groups
}

/// What through no other section is told.
pub(super) fn others(subject: &Subject<'_>) -> Vec<Line> {
    let graph = subject.asked.graph();
    let travels = |impact| to_source(impact) || to_target(impact);
    let own = graph.outgoing(subject.id).iter().filter(|edge| travels(edge.relation.impact));
    let own = own.map(|edge| (edge.relation.name, edge.to));
    let others = graph.incoming(subject.id).filter(|edge| travels(edge.relation.impact));
    let others = others.map(|edge| (edge.relation.inverse, edge.from));
    let told: BTreeSet<(&str, EntityId)> = own.chain(others).collect();
    let groups = of(subject, &[], &[]).into_iter().filter(|(word, _)| !is_elsewhere(subject, word));
    let groups = groups.map(|(word, mut ids)| {
        ids.retain(|id| !told.contains(&(word, *id)));
        (word, ids)
    });
    lines(subject, groups.filter(|(_, ids)| !ids.is_empty()).collect())
}

/// What a team or a person owns, by kind.
pub(super) fn owned(subject: &Subject<'_>) -> Vec<Line> {
    let catalog = &subject.asked.catalog;
    if !matches!(subject.entity.kind.family, "team" | "person") {
        return Vec::new();
    }
    let owner = names_of(subject.asked, subject.id);
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for id in catalog.distinct().filter(|id| is_owned(subject.asked, *id, &owner)) {
        let entity = catalog.entity(id);
        let name = catalog.names.text(entity.written).to_owned();
        kinds.entry(entity.kind.name).or_default().push(name);
    }
    let line = |(kind, mut names): (&str, Vec<String>)| {
        names.sort();
        Line::new(format!("{kind} ({})", names.len()), listed(&names))
    };
    kinds.into_iter().map(line).collect()
}
