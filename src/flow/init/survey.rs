//! What a catalog holds already, as far as `init` asks: one pass over its documents.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::catalog::{Catalog, DocumentView, FileView, Inspection, Subject, load};
use crate::config::Config;
use crate::git::GitError;
use crate::model::{EntityRef, Kind, backstage};
use crate::tree::Tree;
use crate::yaml::{Limits, Node};

/// What one document says.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// The file.
    pub(super) path: String,
    /// The number of the document in it.
    document: usize,
    pub(super) kind: &'static Kind,
    pub(super) reference: EntityRef,
    /// The name as it is written.
    pub(super) name: String,
    /// The namespace as it is written, if it is.
    pub(super) namespace: Option<String>,
    /// Whether it only adds to another document.
    pub(super) extends: bool,
    /// Of a person: the login at GitHub.
    pub(super) login: Option<String>,
    /// Of a team: its slug at GitHub, with the organisation before it if that is given.
    pub(super) slug: Option<String>,
    /// Of a person: the address.
    pub(super) email: Option<String>,
    /// `spec.type`.
    pub(super) of_type: Option<String>,
    /// Of a Component: its System.
    pub(super) system: Option<EntityRef>,
}

impl Fact {
    /// Whether it is of a kind of Backstage.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.group == &backstage::GROUP && self.kind.name == kind
    }

    /// `user:ada`, or `user:corp/ada` where it has a namespace.
    pub(super) fn shown(&self) -> String {
        let kind = self.kind.name.to_lowercase();
        match &self.namespace {
            Some(namespace) => format!("{kind}:{namespace}/{}", self.name),
            None => format!("{kind}:{}", self.name),
        }
    }
}

/// A catalog and what its documents say, in the order of files.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) catalog: Catalog,
    pub(super) facts: Vec<Fact>,
    /// Where the facts about an entity are.
    by_reference: HashMap<EntityRef, Vec<usize>>,
}

impl Survey {
    /// Reads a tree.
    pub(super) fn of(tree: &dyn Tree, config: &Config) -> Result<Self, GitError> {
        let facts = Mutex::new(Vec::new());
        let inspect = |subject: &Subject<'_>| {
            if let (Subject::Text(view), Ok(mut facts)) = (subject, facts.lock()) {
                facts.extend(view.documents.iter().filter_map(|document| fact(view, document)));
            }
            Inspection::default()
        };
        let (catalog, _) = load(tree, config, &Limits::default(), &inspect)?;
        let mut facts: Vec<Fact> = facts.into_inner().unwrap_or_default();
        facts.sort_by(|a, b| (&a.path, a.document).cmp(&(&b.path, b.document)));
        let mut by_reference: HashMap<EntityRef, Vec<usize>> = HashMap::new();
        for (at, fact) in facts.iter().enumerate() {
            by_reference.entry(fact.reference.clone()).or_default().push(at);
        }
        Ok(Self { catalog, facts, by_reference })
    }

    /// How many documents are Backstage's.
    pub(super) fn backstage(&self) -> usize {
        let groups = [&backstage::GROUP, &backstage::SCAFFOLDER];
        self.facts.iter().filter(|fact| groups.contains(&fact.kind.group)).count()
    }

    /// The facts about a kind of Backstage.
    pub(super) fn all(&self, kind: &str) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.is(kind))
    }

    /// What all documents of one name say, but for the one given.
    pub(super) fn others<'a>(&'a self, fact: &'a Fact) -> impl Iterator<Item = &'a Fact> {
        let same = self.by_reference.get(&fact.reference).map(Vec::as_slice).unwrap_or_default();
        same.iter().map(|at| &self.facts[*at]).filter(move |other| !std::ptr::eq(*other, fact))
    }
}

fn fact(view: &FileView<'_>, document: &DocumentView<'_>) -> Option<Fact> {
    let kind = document.kind()?;
    let metadata = document.root.get("metadata")?;
    let spec = document.root.get("spec");
    let annotation = |key| metadata.get("annotations").and_then(|all| filled(all, key));
    let inner = |key, field| spec.and_then(|spec| filled(spec.get(key)?, field));
    let system = document.references.iter().find(|found| found.field.path == ["spec", "system"]);
    Some(Fact {
        path: view.source.file().path.clone(),
        document: document.number,
        kind,
        reference: document.reference.clone()?,
        name: filled(metadata, "name")?,
        namespace: filled(metadata, "namespace"),
        extends: !kind.group.foreign && metadata.get("extends").is_some(),
        login: annotation("github.com/user-login").or_else(|| inner("accounts", "github")),
        slug: annotation("github.com/team-slug"),
        email: inner("profile", "email"),
        of_type: spec.and_then(|spec| filled(spec, "type")),
        system: system.and_then(|found| found.target.clone().ok()),
    })
}

/// A text that is there and not empty.
fn filled(node: Node<'_>, key: &str) -> Option<String> {
    node.str(key).filter(|text| !text.is_empty()).map(str::to_owned)
}
