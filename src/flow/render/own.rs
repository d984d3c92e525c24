//! What a repository adds to its site: templates in the place of ours, and pages of its own.

use std::collections::HashSet;
use std::sync::Arc;

use super::RenderError;
use crate::flow::ask::Asked;
use crate::flow::workspace::{Place, source};
use crate::git::{Environment, Mode, PullRequest};
use crate::render::page::{Block, Part};
use crate::render::{Address, Look, Page};
use crate::tree::Tree;

/// Where templates are, from the folder of the settings.
pub(super) const TEMPLATES: &str = ".gitsm/site/templates";

/// Where pages are.
const PAGES: &str = ".gitsm/site/pages";

/// The templates of a repository, by their names. Of a change that waits to be merged, they are those
/// of the branch that it goes to: what is proposed does not steer how it is shown.
pub(super) fn templates(
    asked: &Asked,
    place: &Place,
    base: Option<&str>,
    environment: &Environment<'_>,
) -> Result<Vec<(String, String)>, RenderError> {
    let workspace = &asked.workspace;
    let mut base = base.map(str::to_owned);
    if base.is_none() && PullRequest::of(environment).is_some() {
        let found = workspace.repository.as_ref().map(|one| one.base(environment));
        match found {
            Some(Ok(found)) => base = Some(found.revision),
            _ => {
                let told = "the site's own templates are left out: the branch that this change goes \
                            to is not known here";
                place.notices.say(told.to_owned());
                return Ok(Vec::new());
            }
        }
    }
    let (tree, folder): (Arc<dyn Tree>, String) = match base {
        Some(base) => {
            let (tree, config, _) =
                workspace.at(&base).map_err(crate::flow::ask::AskError::from)?;
            (tree, config.folder)
        }
        None => (Arc::clone(&workspace.tree), workspace.config.folder.clone()),
    };
    let read = |name: &str| {
        let path = below(&folder, &format!("{TEMPLATES}/{name}"));
        let text = text(tree.as_ref(), &path)?;
        Some((name.to_owned(), text))
    };
    Ok(Look::templates().filter_map(read).collect())
}

/// The pages of a repository, by their paths. `taken` says which addresses other pages have.
pub(super) fn pages(asked: &Asked, taken: &HashSet<String>) -> Result<Vec<Page>, RenderError> {
    let tree = asked.workspace.tree.as_ref();
    let folder = below(&asked.workspace.config.folder, PAGES);
    if tree.mode(&folder) != Some(Mode::Directory) {
        return Ok(Vec::new());
    }
    let mut pages = Vec::new();
    for path in tree.files().map_err(crate::flow::ask::AskError::from)? {
        let inside = path.strip_prefix(&folder).and_then(|rest| rest.strip_prefix('/'));
        let Some(inside) = inside.and_then(|inside| inside.strip_suffix(".md")) else { continue };
        let Some(text) = text(tree, &path) else { continue };
        if !is_address(inside) || taken.contains(&inside.to_lowercase()) {
            return Err(RenderError::Page { path: path.clone() });
        }
        pages.push(page(inside, &text));
    }
    Ok(pages)
}

/// A page of Markdown: its title is its first heading, or else its name.
fn page(path: &str, text: &str) -> Page {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let body = text.trim_start();
    let (first, rest) = body.split_once('\n').unwrap_or((body, ""));
    let heading = first.trim().strip_prefix("# ").map(|title| title.trim_end_matches('#').trim());
    let (title, body) = match heading {
        Some(title) => (crate::markdown::plain(title), rest),
        None => (path.rsplit('/').next().unwrap_or(path).to_owned(), text),
    };
    let mut page = Page::new(Address::page(path), "page.html", title);
    page.body.push(Block::bare(Part::Prose(body.to_owned())));
    page
}

/// Whether a path can be that of a page: plain names, which no other part of a site has.
fn is_address(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name = |name: &str| !name.is_empty() && !name.starts_with('.') && name.chars().all(plain);
    path.split('/').all(name) && !path.to_lowercase().starts_with("assets/")
}

/// The text of a file of the tree; a link is none.
fn text(tree: &dyn Tree, path: &str) -> Option<String> {
    (tree.mode(path) == Some(Mode::File)).then_some(())?;
    Some(source(tree, path)?.text().to_owned())
}

fn below(folder: &str, path: &str) -> String {
    match folder {
        "" => path.to_owned(),
        folder => format!("{folder}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heading_is_the_title() {
        assert_eq!(page("a/b", "\n# How *we* work #\n\nText").title, "How we work");
        assert_eq!(page("a/b", "Text").title, "b");
    }

    #[test]
    fn pages_stand_at_plain_paths_only() {
        for path in ["how", "a/b-c_d.e", "A/B"] {
            assert!(is_address(path), "{path}");
        }
        for path in ["", "a//b", "../a", ".a", "a b", "assets/x", "a/", "Assets/y", "ü"] {
            assert!(!is_address(path), "{path}");
        }
    }
}
