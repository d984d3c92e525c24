//! Entities as rows of a list, and as values.
//!
//! What a list shows of a document is noted while the catalog is read ([`Notes`]), so that a large
//! one is read once; whoever has only ids ([`rows`]) reads their documents again.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::chosen::namespace_of;
use super::noted::Noted;
use crate::catalog::{Catalog, DocumentView, Entity, EntityId, FileView, Reader, Reopened};
use crate::flow::ask::Asked;
use crate::model::{Column, Kind};
use crate::output::{Heading, Item, Listing, Row, Shown};
use crate::yaml::de::from_node;
use crate::yaml::{Node, NodeKind};

/// What a list of several families shows of each, by the headings of their own columns.
const COMMON: &[&str] = &["OWNER", "TYPE", "LIFECYCLE", "CRITICALITY", "ENVIRONMENT"];

/// A column of a list: its heading, and which column of each kind it is.
struct Field {
    title: &'static str,
    shown: Shown,
    columns: Vec<(&'static Kind, usize)>,
}

/// What one document says in the columns of its kind, and its title.
#[derive(Debug, Clone)]
pub(super) struct Saying {
    kind: &'static Kind,
    cells: Vec<String>,
    title: Option<String>,
}

impl Saying {
    fn of(kind: &'static Kind, root: Node<'_>) -> Self {
        let cell = |column: &Column| {
            let mut texts = Vec::new();
            collect(root, column.path, &mut texts);
            texts.join(SEPARATOR)
        };
        let cells = kind.practice.columns.iter().map(cell).collect();
        Self { kind, cells, title: title(root).map(str::to_owned) }
    }
}

/// What stands between several texts in a cell.
const SEPARATOR: &str = ", ";

/// What documents say, noted while the catalog was read.
#[derive(Default)]
pub(super) struct Notes(Noted<Saying>);

impl Notes {
    /// Notes what the documents of a file say that are wanted.
    pub(super) fn take(&self, view: &FileView<'_>, wanted: &dyn Fn(&DocumentView<'_>) -> bool) {
        self.0.take(view, &|document| {
            wanted(document).then_some(())?;
            Some(Saying::of(document.kind()?, document.root))
        });
    }
}

/// A list of entities, in their order: their documents are read again.
pub fn rows(asked: &Asked, ids: &[EntityId]) -> Listing {
    let said = read(asked, ids, &|documents| {
        let said = documents.iter();
        Some(said.filter_map(|(_, one, kind)| Some(Saying::of(kind, one.root()?))).collect())
    });
    list(asked, ids, said)
}

/// The same, of what was noted.
pub(super) fn rows_noted(asked: &Asked, ids: &[EntityId], notes: &Notes) -> Listing {
    let catalog = &asked.catalog;
    let said = ids.iter().map(|id| {
        let documents = std::iter::once(*id).chain(catalog.extensions(*id));
        (*id, documents.filter_map(|id| notes.0.of(catalog.entity(id))).collect())
    });
    list(asked, ids, said.collect())
}

fn list(asked: &Asked, ids: &[EntityId], mut said: HashMap<EntityId, Vec<Saying>>) -> Listing {
    let catalog = &asked.catalog;
    let mut kinds: Vec<&'static Kind> = Vec::new();
    let mut namespaces: BTreeSet<&str> = BTreeSet::new();
    for id in ids {
        let entity = catalog.entity(*id);
        if !kinds.contains(&entity.kind) {
            kinds.push(entity.kind);
        }
        namespaces.insert(namespace_of(catalog.canonical(entity)));
    }
    let fields = fields(&kinds);
    let only = |several: bool| if several { Shown::Always } else { Shown::Data };
    let heading = |title: &str, shown| Heading { title: title.to_owned(), shown };
    let mut columns = vec![
        heading("KIND", only(kinds.len() > 1)),
        heading("NAMESPACE", only(namespaces.len() > 1)),
        heading("NAME", Shown::Always),
    ];
    columns.extend(fields.iter().map(|field| heading(field.title, field.shown)));
    columns.push(heading("TITLE", Shown::Wide));
    columns.push(heading("FILE", Shown::Wide));
    let rows = ids.iter().map(|id| {
        let entity = catalog.entity(*id);
        let mut cells = vec![
            entity.kind.name.to_owned(),
            namespace_of(catalog.canonical(entity)).to_owned(),
            catalog.names.text(entity.written).to_owned(),
        ];
        let said = said.remove(id).unwrap_or_default();
        cells.extend(fields.iter().map(|field| cell(&said, field)));
        cells.push(said.into_iter().find_map(|one| one.title).unwrap_or_default());
        cells.push(format!("{}:{}", entity.file, entity.name_place.start.line));
        Row { name: name(catalog, entity), cells }
    });
    let rows = rows.collect();
    Listing { columns, rows }
}

/// What the documents of an entity say in a column; lists of several are joined.
fn cell(said: &[Saying], field: &Field) -> String {
    let mut texts: Vec<&str> = Vec::new();
    for one in said {
        let column = field.columns.iter().find(|(kind, _)| *kind == one.kind);
        let text = column.and_then(|(_, at)| one.cells.get(*at)).map_or("", String::as_str);
        for text in text.split(SEPARATOR).filter(|text| !text.is_empty()) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    texts.join(SEPARATOR)
}

/// The names of entities, for which nothing need be read.
pub(super) fn names(asked: &Asked, ids: &[EntityId]) -> Vec<String> {
    ids.iter().map(|id| name(&asked.catalog, asked.catalog.entity(*id))).collect()
}

/// `kind/name`, as another command takes it.
pub(super) fn name(catalog: &Catalog, entity: &Entity) -> String {
    let canonical = catalog.canonical(entity);
    let (prefix, rest) = canonical.split_once(':').unwrap_or((canonical, ""));
    let name = catalog.names.text(entity.written);
    match rest.split_once('/') {
        Some((namespace, _)) if namespace != "default" => format!("{prefix}/{namespace}/{name}"),
        _ => format!("{prefix}/{name}"),
    }
}

/// The columns of a list of these kinds: their own where they are of one family, else those that
/// many kinds have.
fn fields(kinds: &[&'static Kind]) -> Vec<Field> {
    let families: BTreeSet<&str> = kinds.iter().map(|kind| kind.family).collect();
    let mut fields: Vec<Field> = Vec::new();
    for kind in kinds {
        for (number, column) in kind.practice.columns.iter().enumerate() {
            if families.len() > 1 && !COMMON.contains(&column.title) {
                continue;
            }
            let shown = if column.wide { Shown::Wide } else { Shown::Always };
            match fields.iter_mut().find(|field| field.title == column.title) {
                Some(field) => {
                    field.shown = field.shown.min(shown);
                    field.columns.push((kind, number));
                }
                None => {
                    let columns = vec![(*kind, number)];
                    fields.push(Field { title: column.title, shown, columns });
                }
            }
        }
    }
    if families.len() > 1 {
        fields.sort_by_key(|field| COMMON.iter().position(|title| *title == field.title));
    }
    fields
}

/// A document of an entity, and its kind.
type Document<'d> = (EntityId, &'d Reopened, &'static Kind);

/// What the documents of entities say, those that extend them included, by entity.
fn read<T: Send>(
    asked: &Asked,
    ids: &[EntityId],
    tell: &(dyn Fn(&[Document<'_>]) -> Option<T> + Sync),
) -> HashMap<EntityId, T> {
    let catalog = &asked.catalog;
    let reader = asked.reader();
    // Documents are read file by file.
    let mut by_file = ids.to_vec();
    by_file.sort();
    let one = |id: EntityId, document: &Reopened| {
        let further: Vec<EntityId> = catalog.extensions(id).collect();
        let further: Vec<(EntityId, Reopened)> = further
            .into_iter()
            .filter_map(|id| Some((id, reader.document(catalog.entity(id))?)))
            .collect();
        let mut all = vec![(id, document, catalog.entity(id).kind)];
        all.extend(further.iter().map(|(id, document)| (*id, document, catalog.entity(*id).kind)));
        Some((id, tell(&all)?))
    };
    reader.each(catalog, &by_file, one).into_iter().collect()
}

/// The name for people: OpenSLO calls it otherwise.
pub(super) fn title(root: Node<'_>) -> Option<&str> {
    let metadata = root.get("metadata")?;
    let profile = || root.get("spec")?.get("profile")?.str("displayName");
    metadata.str("title").or_else(|| metadata.str("displayName")).or_else(profile)
}

/// The texts that a path leads to, each once.
pub(super) fn collect(node: Node<'_>, path: &[&str], found: &mut Vec<String>) {
    match path.split_first() {
        Some((&"*", rest)) => node.items().for_each(|item| collect(item, rest, found)),
        Some((step, rest)) => {
            if let Some(value) = node.get(step) {
                collect(value, rest, found);
            }
        }
        None => {
            let text = match node.kind() {
                NodeKind::Sequence => {
                    node.items().for_each(|item| collect(item, &[], found));
                    return;
                }
                NodeKind::Mapping => return,
                NodeKind::Scalar(_) if node.is_null() => return,
                NodeKind::Scalar(_) => node.text().unwrap_or_default().to_owned(),
            };
            if !text.is_empty() && !found.contains(&text) {
                found.push(text);
            }
        }
    }
}

/// Entities as values, in their order.
pub fn items(asked: &Asked, ids: &[EntityId]) -> Vec<Item> {
    let catalog = &asked.catalog;
    let tree = asked.workspace.tree.as_ref();
    let mut read = read(asked, ids, &|documents| {
        let (id, first, _) = documents.first()?;
        match documents.len() {
            1 => {
                let value = from_node::<serde_json::Value>(first.root()?).ok()?;
                Some((value, first.text().map(str::to_owned)))
            }
            _ => {
                let reader = Reader::new(tree);
                Some((catalog.value(&reader, *id)?, None))
            }
        }
    });
    let item = |id: &EntityId| {
        let (value, text) = read.remove(id)?;
        let entity = catalog.entity(*id);
        Some(Item {
            reference: catalog.canonical(entity).to_owned(),
            file: Arc::clone(&entity.file).to_string(),
            line: entity.name_place.start.line,
            value,
            text,
        })
    };
    ids.iter().filter_map(item).collect()
}
