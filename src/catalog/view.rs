//! What the rules see of a file while its text is in memory, and what they make of it.

use std::ops::Range;
use std::sync::Arc;

use super::read::FileFault;
use super::recognise::Recognition;
use crate::finding::Finding;
use crate::model::gitsm::Spec;
use crate::model::{EntityRef, Kind, Malformed, ReferenceField, parse_reference};
use crate::source::{File, Place, Source};
use crate::tree::Tree;
use crate::yaml::{Node, NodeKind, Pointer, Problem, Stream};

/// What a rule for files looks at.
pub enum Subject<'a> {
    /// A file that is no readable text.
    Fault(&'a Arc<File>, &'a FileFault),
    /// A file with text, parsed.
    Text(&'a FileView<'a>),
}

/// A parsed file.
pub struct FileView<'a> {
    /// The tree it is in, to ask which other files exist.
    pub tree: &'a dyn Tree,
    /// Its text.
    pub source: &'a Source,
    /// Its values.
    pub stream: &'a Stream,
    /// Its documents.
    pub documents: Vec<DocumentView<'a>>,
    /// What is wrong with the text, as far as it concerns an entity.
    pub problems: Vec<Problem>,
}

/// One document of a file.
pub struct DocumentView<'a> {
    /// Its number in the file, from 0.
    pub number: usize,
    /// Its root.
    pub root: Node<'a>,
    /// What it is.
    pub recognition: Recognition,
    /// Its canonical reference, if its kind and name can be read.
    pub reference: Option<EntityRef>,
    /// Its references to other entities.
    pub references: Vec<FoundReference<'a>>,
    /// Its spec, if it is one of gitsm's own documents and fits its schema.
    pub spec: Option<Arc<Spec>>,
}

/// A text in a reference field.
pub struct FoundReference<'a> {
    /// The field.
    pub field: &'static ReferenceField,
    /// The value.
    pub node: Node<'a>,
    /// The number of the list item that it stands in, if its field is in a list.
    pub item: Option<u32>,
    /// What it means.
    pub target: Result<EntityRef, Malformed>,
}

/// What the rules made of one file.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    /// Findings.
    pub findings: Vec<Finding>,
    /// Comments that ask to suppress findings.
    pub suppressions: Vec<Suppression>,
    /// Texts that must not be shown.
    pub secrets: Vec<String>,
    /// Whether it says something of other files of the tree: then it holds for that tree only.
    pub tied: bool,
}

/// A comment that asks to suppress a finding.
#[derive(Debug, Clone)]
pub struct Suppression {
    /// The code it names.
    pub code: String,
    /// The reason it gives; may be empty.
    pub reason: String,
    /// Where it stands.
    pub place: Place,
    /// The bytes of the file in which findings must start to be covered.
    pub covers: Option<Range<u32>>,
}

impl FoundReference<'_> {
    /// The JSON Pointer of the value.
    pub fn pointer(&self) -> Pointer {
        self.field.pointer(self.item)
    }
}

impl<'a> DocumentView<'a> {
    /// Reads what identifies a document and what it refers to.
    pub(super) fn of(number: usize, root: Node<'a>, recognition: Recognition) -> Self {
        let mut view =
            Self { number, root, recognition, reference: None, references: Vec::new(), spec: None };
        let (Recognition::Entity(kind) | Recognition::InList(kind)) = recognition else {
            return view;
        };
        let metadata = root.get("metadata");
        let namespace = metadata.and_then(|metadata| metadata.str("namespace"));
        let namespace = namespace.filter(|text| !text.is_empty()).unwrap_or("default");
        let name = metadata.and_then(|metadata| metadata.str("name"));
        let name = name.filter(|name| !name.is_empty());
        view.reference = name.map(|name| EntityRef::new(kind.family, namespace, name));
        view.references = find_references(kind, root, namespace);
        view.spec = Spec::of(kind, root).map(Arc::new);
        view
    }

    /// The kind, if the document is an entity.
    pub fn kind(&self) -> Option<&'static Kind> {
        match self.recognition {
            Recognition::Entity(kind) | Recognition::InList(kind) => Some(kind),
            _ => None,
        }
    }

    /// Whether its rules are made by others.
    pub fn is_foreign(&self) -> bool {
        match self.recognition {
            Recognition::Entity(kind) | Recognition::InList(kind) => kind.group.foreign,
            Recognition::KindUnknown(group) | Recognition::VersionUnknown(Some(group)) => {
                group.foreign
            }
            _ => true,
        }
    }
}

fn find_references<'a>(
    kind: &'static Kind,
    root: Node<'a>,
    namespace: &str,
) -> Vec<FoundReference<'a>> {
    let spec_type = root.get("spec").and_then(|spec| spec.str("type"));
    let mut found = Vec::new();
    for field in kind.references_of(spec_type) {
        let mut search = Search { field, namespace, item: None, found: &mut found };
        search.descend(root, field.path);
    }
    found
}

/// Looks for the texts of one reference field.
struct Search<'s, 'a> {
    field: &'static ReferenceField,
    namespace: &'s str,
    /// The number of the item that was entered for the `*` of the path.
    item: Option<u32>,
    found: &'s mut Vec<FoundReference<'a>>,
}

impl<'a> Search<'_, 'a> {
    fn descend(&mut self, node: Node<'a>, path: &[&str]) {
        let Some((step, rest)) = path.split_first() else {
            self.take(node);
            return;
        };
        match node.kind() {
            NodeKind::Mapping => {
                if let Some(value) = node.get(step) {
                    self.descend(value, rest);
                }
            }
            NodeKind::Sequence if *step == "*" => {
                for (number, item) in node.items().enumerate() {
                    self.item = u32::try_from(number).ok();
                    self.descend(item, rest);
                }
            }
            _ => {}
        }
    }

    fn take(&mut self, node: Node<'a>) {
        let field = self.field;
        let Some(text) = node.as_str().filter(|text| !text.is_empty()) else { return };
        let target = match (field.bare, field.assumes) {
            (true, Some(kind)) => Ok(bare_reference(kind, field, text)),
            (_, assumes) => parse_reference(text, assumes, self.namespace),
        };
        let item = self.item;
        self.found.push(FoundReference { field, node, item, target });
    }
}

/// A name alone means the field's own kind, in the only namespace there is.
fn bare_reference(kind: &str, field: &ReferenceField, text: &str) -> EntityRef {
    let family = match field.accepts {
        crate::model::Accepts::Families([family, ..]) => (*family).to_owned(),
        _ => kind.to_lowercase(),
    };
    EntityRef::new(&family, "default", text)
}
