//! The other faces of a site: what programs, feed readers and search engines get of the same pages.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SecondsFormat;

use super::stage::Stage;
use crate::catalog::{EntityId, short};
use crate::output::site::{SiteCatalog, SiteEntity, SiteEntry, SiteFinding, SiteOrigin, json};
use crate::render::feed::{Entry, Feed};
use crate::render::{Address, File, Page, markdown};
use crate::rules;

/// How many entities an entry of the feed names.
const NAMED: usize = 20;

/// A page as Markdown, below a folder.
pub(super) fn plain(stage: &Stage<'_>, page: &Page, folder: &str) -> File {
    let text = markdown(page, &stage.context(&page.address));
    let path = format!("{folder}{}", page.address.path("md"));
    File::new(path, rules::starred(&text, &[]))
}

/// An entity as `entity/1`.
pub(super) fn entity(stage: &Stage<'_>, id: EntityId) -> File {
    let entity = stage.entity(id);
    let reference = stage.canonical(id);
    let value = stage.pages.value(id).unwrap_or_default();
    let mut relations: BTreeMap<&'static str, BTreeSet<&str>> = BTreeMap::new();
    for document in stage.catalog.defined(entity.reference) {
        for (name, other) in stage.graph.relations(document) {
            relations.entry(name).or_default().insert(stage.canonical(other));
        }
    }
    let findings = stage.pages.findings(id).into_iter().map(|finding| SiteFinding {
        code: finding.code.name,
        severity: finding.severity.as_str(),
        headline: &finding.headline,
    });
    let address = Address::of(reference);
    let face = SiteEntity {
        format: "entity/1",
        reference,
        kind: entity.kind.name,
        title: stage.title(id),
        url: address.path("html"),
        origin: SiteOrigin { file: &entity.file.path, line: entity.name_place.start.line },
        value: value.as_ref(),
        relations,
        findings: findings.collect(),
    };
    File::new(address.path("json"), rules::starred(&json(&face), &[]))
}

/// All entities as `catalog/1`.
pub(super) fn catalog(stage: &Stage<'_>, commit: Option<String>) -> File {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let entry = |id: &EntityId| {
        let entity = stage.entity(*id);
        *counts.entry(entity.kind.name).or_default() += 1;
        let life = entity.kind.practice.life_cycle.as_ref();
        let state = life.map_or(&["spec", "lifecycle"][..], |life| life.path);
        SiteEntry {
            reference: stage.canonical(*id),
            kind: entity.kind.name,
            title: stage.title(*id),
            owner: stage.owner(*id).map(|owner| stage.canonical(owner)),
            lifecycle: stage.text(*id, state),
            criticality: stage.text(*id, &["spec", "criticality"]),
            path: Address::of(stage.canonical(*id)).as_str().to_owned(),
        }
    };
    let entities = stage.ids.iter().map(entry).collect();
    let instant = stage.now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let all = SiteCatalog { format: "catalog/1", commit, instant, counts, entities };
    File::new("catalog.json", rules::starred(&json(&all), &[]))
}

/// What changed lately.
pub(super) fn feed(stage: &Stage<'_>, base: Option<&str>) -> File {
    let lately = stage.lately();
    let entries = lately.iter().map(|landed| {
        let touched = landed.entities.iter().take(NAMED).map(|id| {
            let reference = stage.canonical(*id);
            let page = Address::of(reference).path("html");
            [stage.title(*id), short(reference), page]
        });
        Entry {
            commit: landed.touched.commit.clone(),
            title: rules::starred(&landed.touched.subject, &[]),
            author: landed.touched.author.clone(),
            updated: landed.touched.time.to_rfc3339_opts(SecondsFormat::Secs, true),
            touched: touched.collect(),
            more: landed.entities.len().saturating_sub(NAMED),
        }
    });
    let newest = lately.iter().map(|landed| landed.touched.time).max();
    let updated = newest.unwrap_or_else(|| stage.now.fixed_offset());
    let feed = Feed {
        title: format!("{}: what changed", stage.name),
        base: base.map(str::to_owned),
        name: stage.name.clone(),
        updated: updated.to_rfc3339_opts(SecondsFormat::Secs, true),
        entries: entries.collect(),
    };
    File::new("feed.atom", feed.atom())
}
