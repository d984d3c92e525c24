//! `render`: a catalog as a site.
//!
//! Begin with [`render`]: it opens the catalog once, [`stage`] holds what pages are made of, one
//! module a kind of page makes them, [`write`] brings their files to disk.

mod change;
mod changes;
mod duty;
mod entity;
mod home;
mod item;
mod lists;
mod policy;
mod runbook;
mod search;
mod service;
mod stage;
mod team;
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
mod readiness;
mod text;

use std::path::PathBuf;

use rayon::prelude::*;

use super::ask::{AskError, Asked};
use super::get::{self, All};
use super::workspace::Place;
use crate::render::{File, Look, LookError, Page};
use stage::Stage;

pub use write::{WriteError, Written};

/// What to render.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where the catalog is.
    pub place: Place,
    /// The day that is today, if it is not.
    pub today: Option<String>,
    /// The folder of the site.
    pub out: PathBuf,
}

/// Why there is no site.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The catalog cannot be read.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// A template has a mistake.
    #[error(transparent)]
    Look(#[from] LookError),
    /// The site cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl RenderError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Ask(error) => error.is_usage(),
            Self::Look(_) => false,
            Self::Write(error) => error.is_usage(),
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Ask(error) => error.hint(),
            Self::Look(_) => None,
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
pub fn render(request: &Request) -> Result<Rendered, RenderError> {
    let All { asked, findings, kept, now } = get::all(&request.place, request.today.as_deref())?;
    let changes = changes::changes(&request.place, now);
    let stage = Stage::new(&asked, &findings, kept, now, changes);
    let look = Look::new(&stage.site(), &[])?;
    let sink = write::Sink::open(&request.out)?;
    let (overviews, files) = overviews(&asked, &stage);
    sink.write(files)?;
    let pages = overviews.len() + stage.ids.len();
    let show = |page: &Page| -> Result<Vec<File>, LookError> {
        Ok(vec![look.html(page, &stage.context(&page.address))?])
    };
    sink.write(look.assets().collect())?;
    sink.write(search::files(&stage, &overviews))?;
    for page in &overviews {
        sink.write(show(page)?)?;
    }
    let each = |id: &crate::catalog::EntityId| -> Result<(), RenderError> {
        let page = entity::page(&stage, *id);
        Ok(sink.write(show(&page)?)?)
    };
    stage.ids.par_iter().try_for_each(each)?;
    let written = sink.close()?;
    Ok(Rendered { written, pages, start: request.out.join("index.html") })
}

/// The pages that are about no single entity, and the files beside them.
fn overviews(asked: &Asked, stage: &Stage<'_>) -> (Vec<Page>, Vec<File>) {
    let mut pages = vec![home::page(stage)];
    pages.extend(lists::pages(asked, stage));
    let (calendar, events) = agenda::page(stage);
    pages.extend([map::page(stage), calendar, lifecycle::page(stage), ownership::page(stage)]);
    pages.extend([readiness::page(stage), about::page()]);
    pages.extend(findings::pages(stage));
    pages.extend(glossary::pages(stage));
    (pages, events.into_iter().collect())
}
