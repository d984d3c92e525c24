//! What an entity needs, what needs it, and what else it has to do with.

use std::collections::{BTreeMap, BTreeSet};

use super::page::Subject;
use super::reach::{Side, is_elsewhere, to_source, to_target};
use crate::catalog::{EntityId, short};
use crate::output::{Line, Said};

fn grouped(found: Vec<(&'static str, EntityId)>) -> BTreeMap<&'static str, BTreeSet<EntityId>> {
    let mut groups: BTreeMap<&'static str, BTreeSet<EntityId>> = BTreeMap::new();
    for (word, id) in found {
        groups.entry(word).or_default().insert(id);
    }
    groups
}

fn lines(subject: &Subject<'_>, groups: BTreeMap<&'static str, BTreeSet<EntityId>>) -> Vec<Line> {
    let line = |(word, ids): (&'static str, BTreeSet<EntityId>)| {
        let mut ids: Vec<EntityId> = ids.into_iter().collect();
        ids.sort_by_cached_key(|id| short(subject.pages.canonical(*id)));
        Line::new(word, Said::list(ids.into_iter().map(|id| subject.referred(id))))
    };
    groups.into_iter().map(line).collect()
}

fn side(subject: &Subject<'_>, side: Side) -> Vec<Line> {
    let (pages, id) = (subject.pages, subject.id);
    let beside = side.told(pages.catalog, pages.graph, id);
    if beside.is_empty() {
        return Vec::new();
    }
    let walk = || side.count(pages.graph, id, &beside.iter().map(|(_, id)| *id).collect());
    let far = pages.far(side, id).unwrap_or_else(walk);
    let mut lines = lines(subject, grouped(beside));
    if far > 0 {
        lines.push(Line::new("and indirectly", format!("{far} more")));
    }
    lines
}

pub(super) fn needs(subject: &Subject<'_>) -> Vec<Line> {
    side(subject, Side::Needs)
}

pub(super) fn needed_by(subject: &Subject<'_>) -> Vec<Line> {
    side(subject, Side::NeededBy)
}

/// The relations of these names as the entity has them, its own and the inverses of others'; all
/// but `except` if no name is given.
pub(super) fn of(
    subject: &Subject<'_>,
    names: &[&str],
    except: &[&str],
) -> Vec<(&'static str, BTreeSet<EntityId>)> {
    let graph = subject.pages.graph;
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
    let graph = subject.pages.graph;
    let travels = |impact| to_source(impact) || to_target(impact);
    let own = graph.outgoing(subject.id).iter().filter(|edge| travels(edge.relation.impact));
    let own = own.map(|edge| (edge.relation.name, edge.to));
    let others = graph.incoming(subject.id).filter(|edge| travels(edge.relation.impact));
    let others = others.map(|edge| (edge.relation.inverse, edge.from));
    let told: BTreeSet<(&str, EntityId)> = own.chain(others).collect();
    let groups = of(subject, &[], &[])
        .into_iter()
        .filter(|(word, _)| !is_elsewhere(subject.entity.kind.family, word));
    let groups = groups.map(|(word, mut ids)| {
        ids.retain(|id| !told.contains(&(word, *id)));
        (word, ids)
    });
    lines(subject, groups.filter(|(_, ids)| !ids.is_empty()).collect())
}

/// What a team or a person owns, by kind.
pub(super) fn owned(subject: &Subject<'_>) -> Vec<Line> {
    let catalog = subject.pages.catalog;
    if !matches!(subject.entity.kind.family, "team" | "person") {
        return Vec::new();
    }
    let owned = of(subject, &["ownerOf"], &[]).into_iter().flat_map(|(_, ids)| ids);
    let principal = |id: EntityId| catalog.principal(catalog.entity(id).reference);
    let owned: BTreeSet<EntityId> = owned.filter_map(principal).collect();
    let mut kinds: BTreeMap<&str, Vec<EntityId>> = BTreeMap::new();
    for id in owned {
        kinds.entry(catalog.entity(id).kind.name).or_default().push(id);
    }
    let name = |id: EntityId| catalog.names.text(catalog.entity(id).written);
    let line = |(kind, mut ids): (&str, Vec<EntityId>)| {
        ids.sort_by_key(|id| name(*id));
        let label = format!("{kind} ({})", ids.len());
        Line::new(label, Said::list(ids.into_iter().map(|id| subject.called(id, name(id)))))
    };
    kinds.into_iter().map(line).collect()
}
