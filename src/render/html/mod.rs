//! A page as HTML: its parts are written here, the frame around them by templates.

mod calendar;
mod lines;
mod parts;
mod steps;
mod text;

use super::address::Address;
use super::page::{Block, Page, Part};
use crate::markdown::Target;
use crate::output::{Piece, Said};

pub use text::spoken;
pub(super) use text::{escaped, slug};

/// What there is to link to.
pub trait Links: Sync {
    /// Whether an entity has a page; by its canonical reference.
    fn has(&self, reference: &str) -> bool;

    /// The entity that a mention in prose means, such as `service:checkout`, as its canonical
    /// reference.
    fn meant(&self, mention: &str) -> Option<String>;

    /// Where the files of the catalog can be read, such as `https://github.com/acme/it/blob/main/`.
    fn source(&self) -> Option<&str>;
}

/// From where a page links, and to what.
pub struct Context<'a> {
    /// The page that links.
    pub here: &'a Address,
    /// What there is to link to.
    pub links: &'a dyn Links,
}

impl Context<'_> {
    /// The link to an entity, if it has a page.
    pub fn link(&self, reference: &str) -> Option<String> {
        self.links.has(reference).then(|| self.here.link(&Address::of(reference), "html"))
    }

    /// Markdown of the catalog.
    pub fn prose(&self, markdown: &str) -> String {
        let resolve = |mention: &str| {
            let reference = self.links.meant(mention)?;
            let title = crate::catalog::short(&reference);
            self.link(&reference).map(|href| Target { href, title })
        };
        crate::markdown::html(markdown, &resolve)
    }
}

/// The blocks of a page, one after the other. `taken` are the ids that are in use.
pub(super) fn blocks(blocks: &[Block], context: &Context<'_>, taken: &mut Vec<String>) -> String {
    let mut html = String::with_capacity(4096);
    for block in blocks {
        let Some(title) = &block.title else {
            block.parts.iter().for_each(|part| push_part(&mut html, part, context, taken));
            continue;
        };
        let id = unique(slug(title), taken);
        html.push_str("<section aria-labelledby=\"");
        html.push_str(&id);
        html.push_str("\"><h2 id=\"");
        html.push_str(&id);
        html.push_str("\">");
        text::push(&mut html, title);
        html.push_str("</h2>\n");
        block.parts.iter().for_each(|part| push_part(&mut html, part, context, taken));
        html.push_str("</section>\n");
    }
    html
}

/// An id that no other element of the page has.
fn unique(id: String, taken: &mut Vec<String>) -> String {
    let id = if id.is_empty() { "part".to_owned() } else { id };
    let mut own = id.clone();
    let mut number = 2;
    while taken.contains(&own) {
        own = format!("{id}-{number}");
        number += 1;
    }
    taken.push(own.clone());
    own
}

fn push_part(html: &mut String, part: &Part, context: &Context<'_>, taken: &mut Vec<String>) {
    match part {
        Part::Lines(all) => lines::push(html, all, context),
        Part::Prose(markdown) => {
            html.push_str("<div class=\"prose\">");
            html.push_str(&context.prose(markdown));
            html.push_str("</div>\n");
        }
        Part::Words(said) => {
            html.push_str("<p>");
            push_said(html, said, context);
            html.push_str("</p>\n");
        }
        Part::Table(table) => parts::table(html, table, context, taken),
        Part::Cards(cards) => parts::cards(html, cards, context),
        Part::Figures(figures) => parts::figures(html, figures, context),
        Part::Picture(picture) => parts::picture(html, picture),
        Part::Timeline(moments) => parts::timeline(html, moments, context),
        Part::Code(code) => {
            html.push_str("<pre tabindex=\"0\"><code>");
            text::push(html, code);
            html.push_str("</code></pre>\n");
        }
        Part::Outline(points) => lines::outline(html, points, context),
        Part::Parameters(all) => steps::parameters(html, all),
        Part::Progress(all) => steps::progress(html, *all),
        Part::Shifts(all) => parts::shifts(html, all, context),
        Part::Steps(all) => steps::steps(html, all, context),
        Part::Months(all) => calendar::months(html, all),
    }
}

/// What is said, with links.
pub(super) fn push_said(html: &mut String, said: &Said, context: &Context<'_>) {
    for piece in &said.pieces {
        push_piece(html, piece, context);
    }
}

fn push_piece(html: &mut String, piece: &Piece, context: &Context<'_>) {
    match piece {
        Piece::Words { words } => text::push(html, words),
        Piece::Entity { reference, title, words } => {
            let short = crate::catalog::short(reference);
            let named = title.as_deref().or(words.as_deref()).unwrap_or(&short);
            match context.link(reference) {
                Some(href) => link(html, &href, named, (named != short).then_some(&short)),
                None => text::push(html, named),
            }
        }
        Piece::Link { url, words } => match is_safe(url) {
            true => link(html, url, words, None),
            false => text::push(html, words),
        },
        Piece::Page { address, words } => {
            let to = Address::page(address.as_str());
            link(html, &context.here.link(&to, "html"), words, None);
        }
        Piece::Place { file, line } => {
            let words = format!("{file}:{line}");
            match context.links.source() {
                Some(source) => {
                    link(html, &format!("{source}{}#L{line}", path(file)), &words, None)
                }
                None => code(html, &words),
            }
        }
        Piece::Commit { id } => code(html, id.get(..9).unwrap_or(id)),
        Piece::Time { at, words } => {
            html.push_str("<time datetime=\"");
            text::push(html, at);
            html.push_str("\">");
            text::push(html, words);
            html.push_str("</time>");
        }
        Piece::List { items } => push_list(html, items, context),
    }
}

/// Up to so many names stand in a line.
const IN_A_LINE: usize = 3;

/// Few names in a line, many below each other.
fn push_list(html: &mut String, items: &[Said], context: &Context<'_>) {
    let in_a_line = items.len() <= IN_A_LINE;
    if !in_a_line {
        html.push_str("<ul>");
    }
    for (number, item) in items.iter().enumerate() {
        match in_a_line {
            true if number > 0 => html.push_str(", "),
            true => {}
            false => html.push_str("<li>"),
        }
        push_said(html, item, context);
        if !in_a_line {
            html.push_str("</li>");
        }
    }
    if !in_a_line {
        html.push_str("</ul>");
    }
}

fn code(html: &mut String, words: &str) {
    html.push_str("<code>");
    text::push(html, words);
    html.push_str("</code>");
}

fn link(html: &mut String, href: &str, words: &str, title: Option<&String>) {
    html.push_str("<a href=\"");
    text::push(html, href);
    if let Some(title) = title {
        html.push_str("\" title=\"");
        text::push(html, title);
    }
    html.push_str("\">");
    text::push(html, words);
    html.push_str("</a>");
}

/// Whether a browser may follow an address that a catalog gives.
pub(super) fn is_safe(url: &str) -> bool {
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let is_plain = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    is_plain && matches!(scheme.as_str(), "http" | "https" | "mailto")
}

/// A path as a part of an address.
pub(super) fn path(file: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./~".contains(&byte);
    let mut path = String::with_capacity(file.len());
    for byte in file.bytes() {
        match safe(byte) {
            true => path.push(char::from(byte)),
            false => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

/// A page's summary for search engines and previews: its lead in plain words.
pub(super) fn summary(page: &Page) -> String {
    let plain = page.lead.as_deref().map(crate::markdown::plain).unwrap_or_default();
    match plain.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", plain.get(..at).unwrap_or_default().trim_end()),
        None => plain,
    }
}
