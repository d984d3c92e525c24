//! `get`: which entities are meant by what a user names, and what to show of them.
//!
//! Begin with [`get`]. [`rows`] makes a list of any entities, whoever chose them; [`Pages`] say all
//! that is worth knowing of one, and of one after the other.

mod chosen;
mod facts;
mod last_change;
mod noted;
mod outline;
mod page;
mod pages;
mod people;
mod promises;
mod reach;
mod relations;
mod rows;
mod sections;
mod traces;

use super::ask::{AskError, Asked};
use super::workspace::Place;
use std::sync::Mutex;

use crate::catalog::{DocumentView, EntityId, Inspection, LabelSelector, SelectorError, Subject};
use crate::finding::Finding;
use crate::output::{Item, Listing};
use crate::rules;

pub use last_change::{LastChange, last_change};
pub use noted::Kept;
pub use pages::{All, Changes, Pages, all};
pub use promises::in_words;
pub use reach::{Beside, neighbours};
pub use rows::{items, rows};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where.
    pub place: Place,
    /// Kinds, names, or both, as they were typed.
    pub words: Vec<String>,
    /// What the labels must fulfil.
    pub selector: LabelSelector,
    /// Who must own it, as it was typed.
    pub owner: Option<String>,
    /// In which namespace.
    pub namespace: Option<String>,
    /// The day to which dates refer, if it is not today.
    pub today: Option<String>,
    /// Whether a list is wanted, for which something of every document is noted as it is read.
    pub list: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum GetError {
    /// The catalog cannot be asked, or a name names nothing.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// A word that is neither a kind nor a name.
    #[error("there is no kind and no entity `{word}`")]
    NoSuchKind {
        /// The word.
        word: String,
        /// What was probably meant.
        near: Vec<String>,
    },
    /// A selector that is none.
    #[error(transparent)]
    Selector(#[from] SelectorError),
}

impl GetError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Ask(error) => error.is_usage(),
            Self::NoSuchKind { .. } | Self::Selector(_) => true,
        }
    }

    /// What to write instead.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Ask(error) => error.hint(),
            Self::NoSuchKind { near, .. } if near.is_empty() => {
                Some("`gitsm explain --list` lists the kinds".to_owned())
            }
            Self::NoSuchKind { near, .. } => {
                let near: Vec<String> = near.iter().map(|word| format!("`{word}`")).collect();
                Some(format!("did you mean {}?", near.join(" or ")))
            }
            Self::Selector(_) => Some("for example: -l tier=gold,zone!=a,pci".to_owned()),
        }
    }
}

/// The entities that were asked for.
pub struct Got {
    /// The catalog.
    pub asked: Asked,
    /// They, sorted.
    pub ids: Vec<EntityId>,
    /// Whether one entity was named, and not a list asked for that has one.
    pub one: bool,
    /// The former name by which it was asked for.
    pub formerly: Option<String>,
    request: Request,
    notes: Option<rows::Notes>,
    /// What rules made of each file, if they were asked.
    inspection: Mutex<Option<Inspection>>,
}

/// Finds what is asked for.
///
/// # Errors
///
/// There is nothing to look at, or a word means nothing.
pub fn get(request: Request) -> Result<Got, GetError> {
    let notes = request.list.then(rows::Notes::default);
    let wanted = chosen::wanted_families(&request.words);
    // A page tells what is wrong: where one is likely to come, each file is judged as it is read.
    let judged = chosen::names_one(&request.words);
    let inspect = |subject: &Subject<'_>| {
        let of_family = |document: &DocumentView<'_>| {
            let kind = document.kind();
            kind.is_some_and(|kind| wanted.as_ref().is_none_or(|all| all.contains(&kind.family)))
        };
        if let (Some(notes), Subject::Text(view)) = (&notes, subject) {
            notes.take(view, &of_family);
        }
        if judged { rules::inspect(subject) } else { Inspection::default() }
    };
    let (asked, inspection) = Asked::open_inspecting(&request.place, &inspect)?;
    let inspection = Mutex::new(judged.then_some(inspection));
    let chosen = chosen::chosen(&asked, &request)?;
    let chosen::Chosen { ids, one, formerly } = chosen;
    Ok(Got { asked, ids, one, formerly, request, notes, inspection })
}

impl Got {
    /// The entities as a list.
    pub fn listing(&self) -> Listing {
        match &self.notes {
            Some(notes) => rows::rows_noted(&self.asked, &self.ids, notes),
            None => rows(&self.asked, &self.ids),
        }
    }

    /// The entities as `kind/name`.
    pub fn names(&self) -> Vec<String> {
        rows::names(&self.asked, &self.ids)
    }

    /// The entities as values.
    pub fn items(&self) -> Vec<Item> {
        items(&self.asked, &self.ids)
    }

    /// The one entity that was asked for, as a page.
    ///
    /// # Errors
    ///
    /// The catalog cannot be judged.
    pub fn page(&self) -> Result<Option<crate::output::Page>, GetError> {
        let [id] = self.ids.as_slice() else { return Ok(None) };
        let findings = self.findings()?;
        let now = super::clock::instant(self.request.today.as_deref());
        let pages = Pages::of(&self.asked, &findings, now);
        let change = last_change(&self.asked, &pages.reader, *id);
        let changes = |_| change.clone();
        let mut page = pages.with_changes(&changes).page(*id);
        if let Some(former) = &self.formerly {
            let former = crate::catalog::short(former);
            page.notes.push(format!("`{former}` is its former name"));
        }
        Ok(Some(page))
    }

    /// What is wrong with the catalog, as `validate` says it.
    fn findings(&self) -> Result<Vec<Finding>, GetError> {
        use super::validate::{self, ValidateError};
        let inspected = self.inspection.lock().ok().and_then(|mut inspected| inspected.take());
        if let Some(inspection) = inspected {
            let today = self.request.today.clone().unwrap_or_else(super::clock::today);
            let Asked { workspace, catalog, .. } = &self.asked;
            return Ok(validate::judge_loaded(workspace, catalog, inspection, &today));
        }
        let request = validate::Request {
            place: self.request.place.clone(),
            today: self.request.today.clone(),
            ..validate::Request::default()
        };
        match validate::validate(&request) {
            Ok(validated) => Ok(validated.report.findings),
            Err(ValidateError::Workspace(error)) => Err(AskError::from(error).into()),
            // No code is named, so none can be unknown.
            Err(ValidateError::NoSuchCode(_)) => Ok(Vec::new()),
        }
    }
}
