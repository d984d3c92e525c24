//! A page as Markdown: the same blocks, for wikis, terminals and programs that read words.
//!
//! It reads well on GitHub as well as in MkDocs, and nothing of the catalog acts in either; how that
//! is done is known to [`crate::markdown::written`].

mod parts;
mod steps;

use super::html::{Context, is_safe, path};
use super::page::{Block, Page, Part};
use crate::catalog::short;
use crate::markdown::written::{begun, block as code_block, code, escaped, inline, link};
use crate::markdown::{Target, rewritten};
use crate::output::{Piece, Said};
use crate::render::Address;

/// What the pages of Markdown end in.
const ENDING: &str = "md";

/// A page as Markdown. It begins with its title.
pub fn markdown(page: &Page, context: &Context<'_>) -> String {
    let mut all = vec![format!("# {}", escaped(&page.title))];
    all.extend(head(page));
    all.extend(page.lead.as_deref().map(|lead| prose(lead, context)));
    all.extend(page.notes.iter().map(|note| format!("> {}", escaped(note))));
    for block in page.blocks() {
        push_block(&mut all, block, context);
    }
    let up = page.crumbs.iter().map(|(title, to)| link(&page.address.link(to, ENDING), title));
    let up: Vec<String> = up.collect();
    if !up.is_empty() {
        all.push("---".to_owned());
        all.push(format!("Up: {}", up.join(" / ")));
    }
    all.retain(|part| !part.is_empty());
    let mut text = all.join("\n\n");
    text.push('\n');
    text
}

/// What it is, and how it is with it, in a line.
fn head(page: &Page) -> Option<String> {
    let kind = page.kind.as_deref().map(escaped);
    let reference = page.reference.as_deref().map(code);
    let badges = page.badges.iter().map(|badge| escaped(&badge.text));
    let all: Vec<String> = kind.into_iter().chain(reference).chain(badges).collect();
    (!all.is_empty()).then(|| all.join(" · "))
}

fn push_block(all: &mut Vec<String>, block: &Block, context: &Context<'_>) {
    let parts = block.parts.iter().map(|part| part_of(part, context));
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return;
    }
    all.extend(block.title.as_deref().map(|title| format!("## {}", escaped(title))));
    all.extend(parts);
}

/// A part; empty if it says nothing outside of a browser.
fn part_of(part: &Part, context: &Context<'_>) -> String {
    match part {
        Part::Lines(lines) => parts::lines(lines, context),
        Part::Prose(text) => prose(text, context),
        Part::Words(words) => begun(&said(words, context)),
        Part::Table(table) => parts::table(table, context),
        Part::Cards(cards) => parts::cards(cards, context),
        Part::Figures(figures) => parts::figures(figures, context),
        Part::Picture(picture) => parts::picture(picture),
        Part::Parameters(all) => steps::parameters(all),
        Part::Progress(_) => String::new(),
        Part::Steps(all) => steps::steps(all, context),
        Part::Shifts(all) => parts::shifts(all, context),
        Part::Months(all) => parts::months(all),
        Part::Timeline(all) => parts::timeline(all, context),
        Part::Code(text) => code_block(text, ""),
        Part::Outline(points) => parts::outline(points, context),
    }
}

/// Markdown of the catalog.
fn prose(text: &str, context: &Context<'_>) -> String {
    rewritten(text, &|mention| {
        let reference = context.links.meant(mention)?;
        let href = address(&reference, context)?;
        Some(Target { href, title: String::new() })
    })
}

/// The page of an entity, if it has one.
fn address(reference: &str, context: &Context<'_>) -> Option<String> {
    let has = context.links.has(reference);
    has.then(|| context.here.link(&Address::of(reference), ENDING))
}

/// What is said, in a line, with links.
fn said(said: &Said, context: &Context<'_>) -> String {
    let mut text = String::new();
    said.pieces.iter().for_each(|piece| push_piece(&mut text, piece, context));
    text
}

fn push_piece(text: &mut String, piece: &Piece, context: &Context<'_>) {
    match piece {
        Piece::Words { words } => text.push_str(&inline(words)),
        Piece::Entity { reference, title, words } => {
            let short = short(reference);
            let named = title.as_deref().or(words.as_deref()).unwrap_or(&short);
            text.push_str(&match address(reference, context) {
                Some(href) => link(&href, named),
                None => escaped(named),
            });
        }
        Piece::Link { url, words } => text.push_str(&match is_safe(url) {
            true => link(url, words),
            false => escaped(words),
        }),
        Piece::Page { address, words } => {
            let to = Address::page(address.as_str());
            text.push_str(&link(&context.here.link(&to, ENDING), words));
        }
        Piece::Place { file, line } => {
            let words = format!("{file}:{line}");
            text.push_str(&match context.links.source() {
                Some(source) => link(&format!("{source}{}#L{line}", path(file)), &words),
                None => code(&words),
            });
        }
        Piece::Commit { id } => text.push_str(&code(id.get(..9).unwrap_or(id))),
        Piece::Time { words, .. } => text.push_str(&escaped(words)),
        Piece::List { items } => {
            let items: Vec<String> = items.iter().map(|item| self::said(item, context)).collect();
            text.push_str(&items.join(", "));
        }
    }
}

#[cfg(test)]
mod tests;
