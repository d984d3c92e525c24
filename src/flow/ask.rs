//! A catalog, opened to be asked: what `get`, `query`, `graph`, `impact` and `refs` begin with.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::workspace::{Place, Workspace, WorkspaceError};
use crate::catalog::{
    Catalog, Classes, FileRecord, FileView, Found, Graph, Inspection, LookupError, Outcome, Reader,
    Subject, load,
};
use crate::git::GitError;
use crate::yaml::Limits;

/// A catalog that is not judged, only read.
pub struct Asked {
    /// The tree and its configuration.
    pub workspace: Workspace,
    /// The entities.
    pub catalog: Catalog,
    graph: OnceLock<Graph>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// There is nothing to look at.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// A name that names nothing, or too much.
    #[error(transparent)]
    Lookup(#[from] LookupError),
}

impl From<GitError> for AskError {
    fn from(error: GitError) -> Self {
        Self::Workspace(error.into())
    }
}

impl AskError {
    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Workspace(error) => error.is_usage(),
            Self::Lookup(_) => true,
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Workspace(error) => error.hint().map(str::to_owned),
            Self::Lookup(error) => error.hint(),
        }
    }
}

impl Asked {
    /// Reads the catalog of a place. Documents that cannot be read are left out: `validate` says
    /// what is wrong with them.
    ///
    /// # Errors
    ///
    /// There is nothing to look at, or Git cannot deliver it.
    pub fn open(place: &Place) -> Result<Self, AskError> {
        Self::open_noting(place, &|_| {})
    }

    /// The same, and shows each file while its text is in memory: whoever wants something of every
    /// document then need not read it twice.
    ///
    /// # Errors
    ///
    /// As [`Asked::open`].
    pub fn open_noting(
        place: &Place,
        note: &(dyn Fn(&FileView<'_>) + Sync),
    ) -> Result<Self, AskError> {
        let inspect = |subject: &Subject<'_>| {
            if let Subject::Text(view) = subject {
                note(view);
            }
            Inspection::default()
        };
        Ok(Self::open_inspecting(place, &inspect)?.0)
    }

    /// The same, with all that rules make of each file while its text is in memory.
    ///
    /// # Errors
    ///
    /// As [`Asked::open`].
    pub fn open_inspecting(
        place: &Place,
        inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
    ) -> Result<(Self, Inspection), AskError> {
        let workspace = Workspace::with_records(place)?;
        Self::of(workspace, place, inspect)
    }

    /// Reads the catalog of the files alone, without the records: what files can be edited for.
    ///
    /// # Errors
    ///
    /// As [`Asked::open`].
    pub fn open_files(place: &Place) -> Result<Self, AskError> {
        let none = |_: &Subject<'_>| Inspection::default();
        Ok(Self::of(Workspace::open(place)?, place, &none)?.0)
    }

    fn of(
        workspace: Workspace,
        place: &Place,
        inspect: &(dyn Fn(&Subject<'_>) -> Inspection + Sync),
    ) -> Result<(Self, Inspection), AskError> {
        let tree = workspace.tree.as_ref();
        let (catalog, made) = load(tree, &workspace.config, &Limits::default(), inspect)?;
        let asked = Self { workspace, catalog, graph: OnceLock::new() };
        let doubts: Vec<String> = [(asked.unread(), "cannot be read"), (asked.lost(), "")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| match (what, count) {
                ("", 1) => "1 reference leads nowhere".to_owned(),
                ("", count) => format!("{count} references lead nowhere"),
                (what, count) => format!("{} {what}", crate::output::count(count, "document")),
            })
            .collect();
        if !doubts.is_empty() {
            let doubts = doubts.join(" and ");
            let text =
                format!("this answer may be incomplete: {doubts}; `gitsm validate` says where");
            place.notices.say(text);
        }
        Ok((asked, made))
    }

    /// How many documents that were meant to be entities cannot be read as such: what they say is in
    /// no answer.
    pub fn unread(&self) -> usize {
        unread(&self.catalog).values().sum()
    }

    /// The files in which they are.
    pub fn unread_files(&self) -> Vec<String> {
        unread(&self.catalog).into_keys().map(str::to_owned).collect()
    }

    /// How many references of gitsm's own documents lead nowhere.
    fn lost(&self) -> usize {
        let catalog = &self.catalog;
        let own = catalog.entities().filter(|(_, entity)| !entity.kind.group.foreign);
        let references = own.flat_map(|(_, entity)| &entity.references);
        // Classes may be standard ones, which stand in no file.
        let entities =
            references.filter(|one| !catalog.names.text(one.target).starts_with("ciclass:"));
        entities.filter(|one| catalog.leads_to(one).is_none()).count()
    }

    /// The relations, in both directions.
    pub fn graph(&self) -> &Graph {
        self.graph.get_or_init(|| Graph::of(&self.catalog))
    }

    /// The classes of configuration items.
    pub fn classes(&self) -> Classes<'_> {
        Classes::of(&self.catalog)
    }

    /// Reads documents again.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(self.workspace.tree.as_ref())
    }

    /// The entity that a text of the command line names, such as `service/checkout`.
    ///
    /// # Errors
    ///
    /// There is none, or there are several.
    pub fn find(&self, text: &str) -> Result<Found, AskError> {
        Ok(self.catalog.lookup(text, None)?)
    }
}

/// How many documents of a catalog that were meant to be entities cannot be read as such, by file.
pub(super) fn unread(catalog: &Catalog) -> BTreeMap<&str, usize> {
    let of_file = |file: &FileRecord| match file.outcome {
        Outcome::Faulty => 1,
        Outcome::Read { refused, .. } => refused as usize,
        Outcome::PassedOver(_) | Outcome::Configuration => 0,
    };
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &catalog.files {
        *all.entry(file.file.path.as_str()).or_default() += of_file(file);
    }
    let entities = catalog.entities().map(|(_, entity)| entity);
    let unfit = entities.filter(|entity| !entity.kind.group.foreign && entity.spec().is_none());
    for entity in unfit {
        *all.entry(entity.file.path.as_str()).or_default() += 1;
    }
    all.retain(|_, count| *count > 0);
    all
}
