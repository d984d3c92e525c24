//! The page of an entity: the sections that `get` tells, where they stand on a page, and what its
//! kind adds.

use super::stage::{Stage, plural};
use super::{change, duty, item, policy, runbook, service, team};
use crate::catalog::EntityId;
use crate::flow::get::neighbours;
use crate::render::page::{Badge, Block, Page, Part, Tone};
use crate::render::picture::{Around, Neighbour};
use crate::render::{Address, spoken};

/// Sections that stand first: what somebody who is woken up looks for.
const FIRST: &[&str] = &["Who to reach", "What it is", "Accounts"];

/// Sections that stand last.
const LAST: &[&str] = &["Links", "Labels", "Where it comes from"];

/// Sections whose labels are relations and kinds.
const SPOKEN: &[&str] = &["What it owns", "What it needs", "What needs it", "Also related to"];

/// Families whose pages are made for what people ask of them. The others say all that is written,
/// from the first line to the last.
const DESIGNED: &[&str] = &[
    "service",
    "ci",
    "component",
    "system",
    "domain",
    "api",
    "resource",
    "team",
    "person",
    "runbook",
    "calendar",
    "change",
    "policy",
    "sla",
];

/// Words of a life that are as they should be, that are worth a look, and that are over.
const TONES: &[(&[&str], Tone)] = &[
    (
        &["live", "active", "approved", "production", "operational", "in-use", "enforced"],
        Tone::Good,
    ),
    (
        &[
            "proposed",
            "design",
            "build",
            "draft",
            "experimental",
            "deprecated",
            "retiring",
            "planned",
        ],
        Tone::Fair,
    ),
    (&["retired", "defective", "left", "expired", "withdrawn"], Tone::Bad),
];

/// Makes the page.
pub(super) fn page(stage: &Stage<'_>, id: EntityId) -> Page {
    let entity = stage.entity(id);
    let told = stage.pages.page(id);
    let address = Address::of(stage.canonical(id));
    let family = entity.kind.family;
    let mut page = Page::new(address, "page.html", told.title.unwrap_or_else(|| told.name.clone()));
    page.kind = Some(spoken(entity.kind.name));
    page.reference = Some(crate::catalog::short(stage.canonical(id)));
    // A preview has no lists.
    page.crumbs = match stage.families.is_empty() {
        true => vec![("What changes".to_owned(), Address::page("index"))],
        false => vec![(plural(family), Address::list(family))],
    };
    page.badges = badges(stage, id);
    page.lead = told.description;
    page.notes = told.notes;
    for section in told.sections {
        let mut lines = section.lines;
        lines.retain(|line| !line.fleeting);
        if SPOKEN.contains(&section.title) {
            lines.iter_mut().for_each(|line| line.label = spoken(&line.label.text()).into());
        }
        if lines.is_empty() {
            continue;
        }
        let block = Block::new(section.title, Part::Lines(lines));
        match section.title {
            title if FIRST.contains(&title) => page.first.push(block),
            title if LAST.contains(&title) => page.last.push(block),
            _ => page.body.push(block),
        }
    }
    let place = |block: &Block| {
        let title = block.title.as_deref().unwrap_or_default();
        FIRST.iter().position(|one| *one == title)
    };
    page.first.sort_by_key(place);
    // Whoever opens one of these wants to begin.
    if family == "runbook" {
        let told = page.first.extract_if(.., |block| block.title.as_deref() == Some("What it is"));
        let told: Vec<Block> = told.collect();
        page.last.splice(0..0, told);
    }
    if !DESIGNED.contains(&family) {
        let outline = stage.pages.outline(id);
        if !outline.is_empty() {
            let told =
                |block: &Block| matches!(block.title.as_deref(), Some("What it is" | "Attributes"));
            page.first.retain(|block| !told(block));
            page.body.retain(|block| !told(block));
            page.body.insert(0, Block::new("What it says", Part::Outline(outline)));
        }
    }
    if let Some(picture) = around(stage, id, &page.address) {
        page.body.insert(0, picture);
    }
    of_kind(stage, id, &mut page);
    let history = stage.history(id);
    if !history.is_empty() {
        let moments = history.iter().map(super::home::moment).collect();
        page.last.push(Block::new("History of its file", Part::Timeline(moments)));
    }
    page
}

/// What its kind adds.
fn of_kind(stage: &Stage<'_>, id: EntityId, page: &mut Page) {
    let family = stage.entity(id).kind.family;
    match family {
        "service" => service::add(stage, id, page),
        "team" => team::add(stage, id, page),
        "runbook" => runbook::add(stage, id, page),
        "calendar" => duty::add(stage, id, page),
        "change" => change::add(stage, id, page),
        "policy" => policy::add(stage, id, page),
        _ => {}
    }
    if item::WORKING.contains(&family) {
        item::impact(stage, id, page);
    }
    if family != "service" && item::WORKING.contains(&family) {
        page.body.extend(service::changes(stage, id));
    }
    service::on_call(stage, id, page);
}

/// What is told at once: how it is with its life, how much depends on it, where it runs.
pub(super) fn badges(stage: &Stage<'_>, id: EntityId) -> Vec<Badge> {
    let entity = stage.entity(id);
    let mut badges = Vec::new();
    let state = entity
        .kind
        .practice
        .life_cycle
        .as_ref()
        .map_or(&["spec", "lifecycle"][..], |life| life.path);
    for path in [&["spec", "criticality"][..], state, &["spec", "environment"]] {
        let Some(text) = stage.text(id, path) else { continue };
        let tones = TONES.iter().filter(|_| path == state);
        let tone = tones.into_iter().find(|(words, _)| words.contains(&text.as_str()));
        let tone = tone.map_or(Tone::Plain, |(_, tone)| *tone);
        badges.push(Badge { text: text.replace('_', " "), tone });
    }
    badges
}

/// What stands around it, as a picture.
fn around(stage: &Stage<'_>, id: EntityId, here: &Address) -> Option<Block> {
    let neighbour = |relation: &'static str, id: EntityId| Neighbour {
        reference: stage.canonical(id).to_owned(),
        title: stage.pages.title(id),
        kind: stage.entity(id).kind,
        relation,
    };
    let (needed_by, needs) = neighbours(stage.catalog, stage.graph, id);
    let side = |all: Vec<(&'static str, EntityId)>| -> Vec<Neighbour> {
        all.into_iter().map(|(relation, id)| neighbour(relation, id)).collect()
    };
    let (left, right) = (side(needed_by), side(needs));
    let around = Around { root: neighbour("", id), left: &left, right: &right };
    around.picture(here).map(|picture| Block::bare(Part::Picture(picture)))
}
