//! How pages look: the frame around their parts, by templates.

use minijinja::context;

use super::File;
use super::html::{Context, blocks, escaped, summary};
use super::page::Page;
use crate::template::{Engine, TemplateError, Value};

/// What every page of a site has.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// The name of the catalog.
    pub title: String,
    /// The pages that are always at hand: their titles and paths.
    pub nav: Vec<(String, String)>,
    /// The other overviews.
    pub more: Vec<(String, String)>,
    /// Where it will be, with a slash at its end, if that is known.
    pub base_url: Option<String>,
}

/// Templates, ready to be used.
pub struct Look {
    engine: Engine,
    /// The templates that a repository wrote.
    foreign: Vec<String>,
    base_url: Option<String>,
    nav: Value,
    more: Value,
    title: String,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// A template of ours has a mistake.
    #[error("{0}")]
    Own(TemplateError),
    /// A template of the repository has a mistake.
    #[error("{FOLDER}/{0}")]
    Foreign(TemplateError),
}

/// Where a repository has its templates.
const FOLDER: &str = ".gitsm/site/templates";

impl LookError {
    /// Whether whoever wrote the catalog can put it right.
    pub fn is_foreign(&self) -> bool {
        matches!(self, Self::Foreign(_))
    }

    /// What to write instead.
    pub fn hint(&self) -> Option<String> {
        let (Self::Own(error) | Self::Foreign(error)) = self;
        error.help.clone()
    }
}

/// The templates in the binary.
const TEMPLATES: &[(&str, &str)] = &[
    ("base.html", include_str!("templates/base.html")),
    ("page.html", include_str!("templates/page.html")),
    ("runbook.html", include_str!("templates/runbook.html")),
    ("search.html", include_str!("templates/search.html")),
];

/// What pages need beside themselves.
const ASSETS: &[(&str, &str)] = &[
    (
        "assets/site.css",
        concat!(include_str!("assets/site.css"), include_str!("assets/search.css")),
    ),
    ("assets/site.js", include_str!("assets/site.js")),
    ("assets/search.js", include_str!("assets/search.js")),
    ("assets/icon.svg", include_str!("assets/icon.svg")),
];

impl Look {
    /// Our own look, with the templates that a repository puts in the place of ours.
    ///
    /// # Errors
    ///
    /// A template has a mistake.
    pub fn new(site: &Site, own: &[(String, String)]) -> Result<Self, LookError> {
        let mut engine = Engine::new();
        for (name, text) in TEMPLATES {
            engine.add_own(name, text).map_err(LookError::Own)?;
        }
        for (name, text) in own {
            engine.add(name, text).map_err(LookError::Foreign)?;
        }
        let foreign = own.iter().map(|(name, _)| name.clone()).collect();
        let entry = |(title, path): &(String, String)| context! { title, path => link(path) };
        let entries = |all: &[(String, String)]| -> Value {
            all.iter().map(entry).collect::<Vec<_>>().into()
        };
        let (nav, more) = (entries(&site.nav), entries(&site.more));
        let (title, base_url) = (site.title.clone(), site.base_url.clone());
        Ok(Self { engine, foreign, base_url, nav, more, title })
    }

    /// The names of the templates, each of which a repository may write anew.
    pub fn templates() -> impl Iterator<Item = &'static str> {
        TEMPLATES.iter().map(|(name, _)| *name)
    }

    fn said(&self, error: TemplateError) -> LookError {
        match self.foreign.contains(&error.template) {
            true => LookError::Foreign(error),
            false => LookError::Own(error),
        }
    }

    /// The files that all pages share.
    pub fn assets(&self) -> impl Iterator<Item = File> {
        ASSETS.iter().map(|(path, text)| File::new(*path, *text))
    }

    /// A page as HTML.
    ///
    /// # Errors
    ///
    /// Its template has a mistake.
    pub fn html(&self, page: &Page, context: &Context<'_>) -> Result<File, LookError> {
        // What the frame itself calls its parts.
        let mut taken = vec!["main".to_owned(), "head".to_owned()];
        let mut part =
            |all: &[super::page::Block]| Value::from_safe_string(blocks(all, context, &mut taken));
        let (first, body, last) = (part(&page.first), part(&page.body), part(&page.last));
        let address = &page.address;
        let path = address.path("html");
        let lead = page.lead.as_deref().map(|lead| Value::from_safe_string(context.prose(lead)));
        let crumbs: Vec<Value> = page
            .crumbs
            .iter()
            .map(|(title, to)| context! { title, href => link(&address.link(to, "html")) })
            .collect();
        let badges: Vec<Value> = page
            .badges
            .iter()
            .map(|badge| context! { text => &badge.text, tone => badge.tone.class() })
            .collect();
        let canonical = self.base_url.as_ref().map(|base| link(&format!("{base}{path}")));
        let file = address.as_str().rsplit('/').next().unwrap_or_default();
        let value = context! {
            root => link(&address.root()),
            site => context! { title => &self.title, nav => &self.nav, more => &self.more },
            page => context! {
                title => &page.title,
                kind => &page.kind,
                reference => &page.reference,
                summary => summary(page),
                notes => &page.notes,
                section => link(&section(&path)),
                path => link(&path),
                file => link(file),
                lead, crumbs, badges, first, body, last, canonical,
            },
        };
        let text = self.engine.render(page.template, &value).map_err(|error| self.said(error))?;
        Ok(File::new(address.path("html"), text))
    }
}

/// An address in an attribute, escaped once, and slashes left as they are.
fn link(address: &str) -> Value {
    Value::from_safe_string(escaped(address))
}

/// The path of the page in the navigation that a page belongs to: the list of its kind, or itself.
fn section(path: &str) -> String {
    match path.split_once('/') {
        Some((folder, _)) => format!("{folder}/index.html"),
        None => path.to_owned(),
    }
}
