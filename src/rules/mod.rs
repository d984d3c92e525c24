//! Everything that is checked.
//!
//! Floor 5. A code is one line in [`codes`] and one page below `pages/`; the rules that find it
//! are functions in the lists below, one file a subject. Rules for files see a text while it is in
//! memory ([`inspect`]), rules for the catalog see what all files contribute ([`check`]).

mod agreements;
mod at;
mod calendar_types;
mod calendars;
mod candidates;
mod classes;
mod codes;
mod config;
mod cycles;
mod dates;
mod durations;
mod envelope;
mod exceptions;
mod expressions;
mod fields;
mod files;
mod formats;
mod formerly;
mod identity;
mod lives;
mod mentions;
mod openslo;
mod owners;
mod people;
mod placeholders;
mod policies;
mod references;
mod retired;
mod runbooks;
mod secrets;
mod selectors;
mod services;
mod sources;
mod suppress;
mod targets;
mod values;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use rayon::prelude::*;

pub use classes::told_apart;
pub use codes::{CODES, code_named};
pub use config::{check_settings, level};
pub use cycles::UPWARDS;
pub use dates::later;
pub use exceptions::except;
pub use expressions::span_of;
pub use policies::wait;
pub use secrets::{hide, starred};
pub use suppress::{Silenced, Suppressed, apply as suppress, comments as silences};

use at::At;

use crate::catalog::{
    Catalog, Classes, DocumentView, Entity, FileView, Graph, Inspection, Reader, Reference, Subject,
};
use crate::finding::Finding;
use crate::tree::Tree;

/// Looks at one document.
type DocumentRule = fn(&FileView<'_>, &DocumentView<'_>, &mut Vec<Finding>);

/// Looks at the whole catalog.
type CatalogRule = fn(&Whole<'_>, &mut Vec<Finding>);

/// The most findings that are told of one file: what more it has comes to light when these are
/// gone, and a file made of mistakes stays quick.
const MOST: usize = 1000;

const DOCUMENT_RULES: &[DocumentRule] = &[
    envelope::check,
    values::check,
    fields::check,
    formats::check,
    references::check_form,
    placeholders::check,
    openslo::check,
    calendars::check,
    durations::check,
    runbooks::check,
    people::check,
    lives::check,
    targets::check,
];

const CATALOG_RULES: &[CatalogRule] = &[
    references::check,
    mentions::check,
    identity::check,
    cycles::check,
    files::check_empty,
    classes::check,
    owners::check,
    retired::check,
    agreements::check,
    services::check,
    exceptions::check,
    calendar_types::check,
    selectors::check,
    sources::check,
    formerly::check,
    dates::check,
    expressions::check,
    policies::check,
];

/// What a rule for the catalog sees.
pub struct Whole<'a> {
    /// The tree, to ask which files exist.
    pub tree: &'a dyn Tree,
    /// The catalog.
    pub catalog: &'a Catalog,
    /// Its relations, followed when a rule first asks; see [`Whole::graph`].
    pub relations: OnceLock<Graph>,
    /// Families of which the base of a change defines something, if there is a base.
    pub base_families: Option<&'a BTreeSet<String>>,
    /// What to call the tree when it holds nothing.
    pub place: &'a str,
    /// The day on which the catalog is judged, such as `2026-12-31`.
    pub today: &'a str,
    /// The folder that the catalog's own paths begin in; empty for the tree's top.
    pub folder: &'a str,
    /// Reads single documents again.
    pub reader: Reader<'a>,
    /// The classes of configuration items, put together when a rule first asks.
    pub classes: OnceLock<Classes<'a>>,
}

impl<'a> Whole<'a> {
    /// The catalog's relations.
    fn graph(&self) -> &Graph {
        self.relations.get_or_init(|| Graph::of(self.catalog))
    }

    /// The classes of configuration items.
    fn classes(&self) -> &Classes<'a> {
        self.classes.get_or_init(|| Classes::of(self.catalog))
    }

    /// Reads the document of an entity again, to say where in it something is wrong.
    fn again<T>(&self, entity: &Entity, tell: impl FnOnce(&At<'_>) -> T) -> Option<T> {
        let document = self.reader.document(entity)?;
        At::again(self, &document, entity).map(|at| tell(&at))
    }

    /// The entity that a reference of another leads to.
    fn target(&self, reference: &Reference) -> Option<&'a Entity> {
        Some(self.catalog.entity(self.catalog.leads_to(reference)?))
    }
}

/// Applies every rule for files to one file.
pub fn inspect(subject: &Subject<'_>) -> Inspection {
    let mut inspection = Inspection::default();
    match subject {
        Subject::Fault(file, fault) => inspection.findings.push(files::fault(file, fault)),
        Subject::Text(view) => {
            files::check_text(view, &mut inspection.findings);
            for document in &view.documents {
                for rule in DOCUMENT_RULES {
                    if inspection.findings.len() < MOST {
                        rule(view, document, &mut inspection.findings);
                    }
                }
            }
            files::check_count(view, &mut inspection.findings);
            let private = inspection.findings.iter().filter(|finding| finding.code.private);
            let private =
                private.map(|finding| view.source.slice(finding.at.place.span).to_owned());
            inspection.secrets.extend(private.collect::<Vec<_>>());
            secrets::check(view, &mut inspection);
            inspection.suppressions = suppress::comments(view);
            inspection.tied = placeholders::looks_around(view);
        }
    }
    inspection
}

/// Applies every rule for the catalog.
pub fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let by_rule: Vec<Vec<Finding>> = CATALOG_RULES
        .par_iter()
        .map(|rule| {
            let mut findings = Vec::new();
            rule(whole, &mut findings);
            findings
        })
        .collect();
    by_rule.into_iter().flatten().collect()
}
