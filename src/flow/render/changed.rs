//! A preview of a change: only the pages that it makes different, and those beside them, with a page
//! that says what changes.

use std::collections::HashSet;
use std::path::Path;

use super::stage::Stage;
use crate::catalog::EntityId;
use crate::change::{Action, ChangeSet, EntityChange};
use crate::flow::sides::{self, Sides, SidesError, Wanted};
use crate::flow::workspace::Place;
use crate::git::Environment;
use crate::output::{Piece, Said, count, visible};
use crate::render::page::{Block, Page, Part, Table};
use crate::render::{Address, Links as _};

/// How many fields of an entity are named.
const FIELDS: usize = 12;

/// What differs, and from what.
pub(super) struct Changes {
    base: String,
    how: String,
    set: ChangeSet,
}

impl Changes {
    /// Compares what is rendered with a base.
    pub(super) fn since(
        base: &str,
        place: &Place,
        environment: &Environment<'_>,
    ) -> Result<Self, SidesError> {
        crate::git::Repository::trust_objects();
        let asked =
            sides::Asked { base: Some(base.to_owned()), head: place.at.clone(), staged: false };
        let sides = Sides::open(place, &asked, &Wanted::default(), environment)?;
        let set = sides.set();
        Ok(Self { base: sides.names.base.clone(), how: sides.names.how.clone(), set })
    }

    /// The same without what an earlier rendering left in a folder: that is no change.
    pub(super) fn without(mut self, top: &Path, out: &Path) -> Self {
        let is_ours = |path: &str| top.join(path).starts_with(out);
        self.set.files.retain(|file| !is_ours(&file.changed.path));
        self
    }

    /// The entities that have a page in the preview: those that differ or whose files do, and what
    /// stands beside them.
    pub(super) fn shown(&self, stage: &Stage<'_>) -> HashSet<EntityId> {
        let mut shown = HashSet::new();
        let own = self.set.entities.iter().map(|change| &change.reference);
        let of_files = self.set.files.iter().flat_map(|file| &file.entities);
        for reference in own.chain(of_files) {
            let Some(id) = stage.find(reference) else { continue };
            shown.insert(id);
            let documents = stage.catalog.defined(stage.entity(id).reference);
            for (_, other) in documents.flat_map(|document| stage.graph.relations(document)) {
                shown.extend(stage.find(stage.canonical(other)));
            }
        }
        shown
    }

    /// The page that says what changes.
    pub(super) fn page(&self, stage: &Stage<'_>) -> Page {
        let title = format!("{}: what changes", stage.name);
        let mut page = Page::new(Address::page("index"), "page.html", title);
        let (entities, files) = (&self.set.entities, &self.set.files);
        let how = if self.how.is_empty() { String::new() } else { format!(": {}", self.how) };
        let told = format!(
            "{} and {} differ from {}{how}.",
            count(entities.len(), "entity"),
            count(files.len(), "other file"),
            self.base,
        );
        page.body.push(Block::bare(Part::Words(told.into())));
        for (action, heading) in
            [(Action::Update, "Changed"), (Action::Create, "New"), (Action::Delete, "Gone")]
        {
            let of = entities.iter().filter(|one| one.action == action);
            let rows: Vec<Vec<Said>> = of.map(|one| row(stage, one)).collect();
            if rows.is_empty() {
                continue;
            }
            let head = ["What", "Kind", "Fields"].map(str::to_owned).to_vec();
            let table = Table { caption: heading.to_owned(), head, rows, ..Table::default() };
            page.body.push(Block::new(heading, Part::Table(table)));
        }
        if !files.is_empty() {
            let file = |file: &crate::change::FileChange| {
                let about = file.entities.iter().map(|reference| named(stage, reference));
                vec![file.changed.path.as_str().into(), Said::list(about)]
            };
            let head = ["File", "Of"].map(str::to_owned).to_vec();
            let rows = files.iter().map(file).collect();
            let table = Table { caption: "Files".to_owned(), head, rows, ..Table::default() };
            page.body.push(Block::new("Other files", Part::Table(table)));
        }
        page
    }
}

fn row(stage: &Stage<'_>, change: &EntityChange) -> Vec<Said> {
    let fields = match change.action {
        Action::Update => {
            let named = change.edits.iter().take(FIELDS);
            let mut fields: Vec<String> = named
                .map(|edit| edit.pointer.tokens().collect::<Vec<_>>().join("."))
                .map(|field| visible(&field))
                .collect();
            if change.edits.len() > FIELDS {
                fields.push(format!("{} more", change.edits.len() - FIELDS));
            }
            Said::list(fields)
        }
        Action::Create | Action::Delete => Said::default(),
    };
    vec![named(stage, &change.reference), change.kind.name.into(), fields]
}

/// An entity by its reference, as a link if it has a page.
fn named(stage: &Stage<'_>, reference: &str) -> Said {
    match stage.find(reference).filter(|_| stage.has(reference)) {
        Some(id) => stage.said(id),
        None => Piece::words(crate::catalog::short(reference)).into(),
    }
}
