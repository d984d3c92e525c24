//! `render`: a catalog as a site.
//!
//! Begin with [`render`]: it opens the catalog once, [`stage`] holds what pages are made of, one
//! module a kind of page makes them, [`faces`] what stands beside them for programs, [`write`] brings
//! their files to disk.

mod change;
mod changed;
mod changes;
mod duty;
mod entity;
mod faces;
mod held;
mod history;
mod home;
mod item;
mod landed;
mod lists;
mod own;
mod policy;
mod runbook;
mod search;
mod service;
mod stage;
mod team;
mod tree;
mod verdict;
mod watch;
mod write;

// The overviews, and what they ask.
mod about;
mod agenda;
mod around;
mod findings;
mod glossary;
mod lifecycle;
mod map;
mod ownership;
mod reached;
mod readiness;
mod text;

use std::collections::HashSet;
use std::path::PathBuf;

use rayon::prelude::*;

use super::ask::{AskError, Asked};
use super::get::{self, All};
use super::sides::SidesError;
use super::workspace::Place;
use crate::catalog::EntityId;
use crate::git::Environment;
use crate::render::{Address, File, Look, LookError, Page, feed};
use crate::rules;
use changed::Changes;
use history::History;
use stage::Stage;

pub use watch::{Seen, look};
pub use write::{WriteError, Written};

/// What a site is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// Pages for browsers, with everything beside them.
    #[default]
    Html,
    /// Pages of Markdown alone, for MkDocs and wikis.
    Markdown,
}

/// What to render.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where the catalog is.
    pub place: Place,
    /// The day that is today, if it is not.
    pub today: Option<String>,
    /// The folder of the site.
    pub out: PathBuf,
    /// What it is made of.
    pub format: Format,
    /// Where the site will be, with a slash at its end.
    pub base_url: Option<String>,
    /// Render only what differs from this revision.
    pub changed: Option<String>,
}

/// Why there is no site.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The catalog cannot be read.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// It cannot be compared.
    #[error(transparent)]
    Sides(#[from] SidesError),
    /// A template has a mistake.
    #[error(transparent)]
    Look(#[from] LookError),
    /// A page of the repository cannot stand where it should.
    #[error("{path} cannot become a page: its name is that of another one, or none for a page")]
    Page {
        /// Its file.
        path: String,
    },
    /// The site cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl RenderError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Ask(error) => error.is_usage(),
            Self::Sides(error) => error.is_usage(),
            Self::Look(error) => error.is_foreign(),
            Self::Page { .. } => true,
            Self::Write(error) => error.is_usage(),
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Ask(error) => error.hint(),
            Self::Sides(error) => error.hint(),
            Self::Look(error) => error.hint(),
            Self::Page { .. } => {
                Some("use letters, digits, `-`, `_` and `.`, and a name of its own".to_owned())
            }
            Self::Write(error) => error.hint(),
        }
    }
}

/// A site that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What was written and left alone.
    pub written: Written,
    /// How many pages there are.
    pub pages: usize,
    /// The page to begin with.
    pub start: PathBuf,
}

/// Renders a catalog into a folder.
///
/// # Errors
///
/// There is no catalog, a template has a mistake, or the folder cannot be written.
pub fn render(request: &Request, environment: &Environment<'_>) -> Result<Rendered, RenderError> {
    let changed = request.changed.as_deref();
    let changes = changed.map(|base| Changes::since(base, &request.place, environment));
    let changes = changes.transpose()?;
    let All { asked, findings, kept, now } = get::all(&request.place, request.today.as_deref())?;
    let changes = changes.map(|changes| changes.without(&asked.workspace.top, &request.out));
    let history = History::of(&asked);
    let last = |id: EntityId| history.last_change(id);
    let known = changes::changes(&request.place, now);
    let stage = Stage::new(&asked, &findings, kept, now, known);
    let mut stage = stage.with_history(&history, &last);
    let around = match &changes {
        Some(changes) => {
            let shown = changes.shown(&stage);
            stage.narrow(shown);
            Overviews { pages: vec![changes.page(&stage)], ..Overviews::default() }
        }
        None => overviews(&asked, &stage)?,
    };
    let all = Whole { request, asked: &asked, stage: &stage, around };
    match request.format {
        Format::Html => {
            let own = own::templates(&asked, &request.place, changed, environment)?;
            all.html(&own)
        }
        Format::Markdown => tree::write(&all),
    }
}

/// The pages that are about no single entity, and what stands beside them.
#[derive(Default)]
struct Overviews {
    /// The overviews, the lists, and the pages of the repository.
    pages: Vec<Page>,
    /// Those of the repository: their titles and paths.
    own: Vec<(String, String)>,
    /// Files that are no pages.
    files: Vec<File>,
}

fn overviews(asked: &Asked, stage: &Stage<'_>) -> Result<Overviews, RenderError> {
    let mut pages = vec![home::page(stage)];
    pages.extend(lists::pages(asked, stage));
    let (calendar, events) = agenda::page(stage);
    pages.extend([map::page(stage), calendar, lifecycle::page(stage), ownership::page(stage)]);
    pages.extend([readiness::page(stage), about::page()]);
    pages.extend(findings::pages(stage));
    pages.extend(glossary::pages(stage));
    pages.extend(landed::pages(stage));
    let entities = stage.ids.iter().map(|id| Address::of(stage.canonical(*id)));
    let taken = pages.iter().map(|page| page.address.clone()).chain(entities);
    let taken: HashSet<String> = taken.map(|one| one.as_str().to_lowercase()).collect();
    let more = own::pages(asked, &taken)?;
    let own = more.iter().map(|page| (page.title.clone(), page.address.path("html"))).collect();
    pages.extend(more);
    Ok(Overviews { pages, own, files: events.into_iter().collect() })
}

/// A page in which nothing looks like a secret any more.
fn hidden(file: File) -> File {
    match String::from_utf8(file.bytes) {
        Ok(text) => File::new(file.path, rules::starred(&text, &[])),
        Err(error) => File { path: file.path, bytes: error.into_bytes() },
    }
}

/// All that a site is written from.
struct Whole<'a> {
    request: &'a Request,
    asked: &'a Asked,
    stage: &'a Stage<'a>,
    around: Overviews,
}

impl Whole<'_> {
    /// Writes pages for browsers.
    fn html(&self, own: &[(String, String)]) -> Result<Rendered, RenderError> {
        let stage = self.stage;
        let base = self.request.base_url.as_deref();
        let mut site = stage.site();
        site.base_url = base.map(str::to_owned);
        site.more.extend(self.around.own.iter().cloned());
        let look = Look::new(&site, own)?;
        let show = |page: &Page| -> Result<Vec<File>, LookError> {
            let html = hidden(look.html(page, &stage.context(&page.address))?);
            Ok(vec![html, faces::plain(stage, page, "")])
        };
        let sink = write::Sink::open(&self.request.out)?;
        sink.write(look.assets().collect())?;
        sink.write(self.around.files.clone())?;
        sink.write(search::files(stage, &self.around.pages))?;
        for page in &self.around.pages {
            sink.write(show(page)?)?;
        }
        let each = |id: &EntityId| -> Result<(), RenderError> {
            let mut files = show(&entity::page(stage, *id))?;
            files.push(faces::entity(stage, *id));
            Ok(sink.write(files)?)
        };
        stage.ids.par_iter().try_for_each(each)?;
        let workspace = &self.asked.workspace;
        let commit = workspace.repository.as_ref().zip(workspace.revision.as_deref());
        let commit = commit.and_then(|(one, revision)| Some(one.commit_info(revision).ok()?.id));
        let mut files = vec![faces::catalog(stage, commit), faces::feed(stage, base)];
        if let Some(base) = base {
            files.extend(feed::sitemap(base, &self.paths()));
        }
        sink.write(files)?;
        Ok(self.rendered(sink.close()?, "index.html"))
    }

    /// The paths of all pages.
    fn paths(&self) -> Vec<String> {
        let overviews = self.around.pages.iter().map(|page| page.address.path("html"));
        let ids = self.stage.ids.iter();
        let entities = ids.map(|id| Address::of(self.stage.canonical(*id)).path("html"));
        overviews.chain(entities).collect()
    }

    fn rendered(&self, written: Written, start: &str) -> Rendered {
        let pages = self.around.pages.len() + self.stage.ids.len();
        Rendered { written, pages, start: self.request.out.join(start) }
    }
}
