//! The page to begin with.

use super::entity::badges;
use super::history::{Landed, Touched};
use super::stage::{Stage, plural};
use crate::catalog::EntityId;
use crate::output::{Piece, Said};
use crate::render::Address;
use crate::render::page::{Block, Card, Figure, Moment, Page, Part};

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
    page.body.extend(lately(stage));
    page
}

/// How many commits are told.
const LATELY: usize = 12;

/// How many entities of a commit are named.
const NAMED: usize = 6;

/// What changed lately, and which commit proves it.
fn lately(stage: &Stage<'_>) -> Option<Block> {
    let moment = |landed: &Landed| {
        let named = landed.entities.iter().filter(|id| stage.find(stage.canonical(**id)).is_some());
        let named: Vec<EntityId> = named.copied().collect();
        let names = Said::list(named.iter().take(NAMED).map(|id| stage.piece(*id)));
        let more = named.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let told = moment(&landed.touched);
        Moment {
            more: told.more.and(if named.is_empty() { "" } else { ": " }).and(names).and(more),
            ..told
        }
    };
    let moments: Vec<Moment> = stage.lately().iter().take(LATELY).map(moment).collect();
    (!moments.is_empty()).then(|| Block::new("What changed lately", Part::Timeline(moments)))
}

/// A commit as something that happened.
pub(super) fn moment(touched: &Touched) -> Moment {
    let commit = Piece::Commit { id: touched.commit.clone() };
    Moment {
        at: touched.time.to_rfc3339(),
        when: touched.time.format("%a %-d %b %Y, %H:%M").to_string(),
        what: Said::from(touched.subject.clone()),
        more: Said::from(format!("{}, ", touched.author)).and(commit),
    }
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
