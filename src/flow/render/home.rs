//! The page to begin with.

use super::entity::badges;
use super::stage::{Stage, plural};
use crate::catalog::EntityId;
use crate::output::Piece;
use crate::render::Address;
use crate::render::page::{Block, Card, Figure, Page, Part};

/// How services are told apart, and what that means.
const TIERS: &[(&str, &str)] = &[
    ("tier1", "Tier 1: the business stops without it"),
    ("tier2", "Tier 2: the business is hurt without it"),
    ("tier3", "Tier 3: the business is slowed down"),
    ("tier4", "Tier 4: hardly anybody notices at once"),
];

/// Makes the page.
pub(super) fn page(stage: &Stage<'_>) -> Page {
    let title = stage.name.clone();
    let mut page = Page::new(Address::page("index"), "page.html", title);
    let services: Vec<EntityId> = stage.family("service").collect();
    let tier = |id: &EntityId| stage.text(*id, &["spec", "criticality"]);
    for (name, words) in TIERS {
        let of_tier = services.iter().filter(|id| tier(id).as_deref() == Some(*name));
        let cards: Vec<Card> = of_tier.map(|id| card(stage, *id)).collect();
        if !cards.is_empty() {
            page.body.push(Block::new(*words, Part::Cards(cards)));
        }
    }
    let known = |id: &&EntityId| TIERS.iter().any(|(name, _)| tier(id).as_deref() == Some(*name));
    let others: Vec<Card> =
        services.iter().filter(|id| !known(id)).map(|id| card(stage, *id)).collect();
    if !others.is_empty() {
        page.body.push(Block::new("How critical is not said", Part::Cards(others)));
    }
    let lists = stage.families.iter().map(|(family, count)| Figure {
        number: count.to_string(),
        what: Piece::Page { address: Address::list(family).to_string(), words: plural(family) }
            .into(),
    });
    page.body.push(Block::new("Everything", Part::Figures(lists.collect())));
    page
}

/// An entity in a few words.
pub(super) fn card(stage: &Stage<'_>, id: EntityId) -> Card {
    let description = stage.text(id, &["metadata", "description"]).unwrap_or_default();
    let mut badges = badges(stage, id);
    badges.retain(|badge| !badge.text.starts_with("tier"));
    Card {
        title: stage.said(id),
        badges,
        text: crate::markdown::plain(&description),
        by: stage.owner(id).map(|owner| stage.said(owner)).unwrap_or_default(),
    }
}
