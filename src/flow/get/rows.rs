//! Entities as rows of a list, and as values.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::chosen::namespace_of;
use crate::catalog::{Catalog, Entity, EntityId, Reader, Reopened};
use crate::flow::ask::Asked;
use crate::model::{Column, Kind};
use crate::output::{Heading, Item, Listing, Row, Shown};
use crate::yaml::de::from_node;
use crate::yaml::{Node, NodeKind};

/// What a list of several families shows of each, by the headings of their own columns.
const COMMON: &[&str] = &["OWNER", "TYPE", "LIFECYCLE", "CRITICALITY", "ENVIRONMENT"];

/// A column of a list: its heading, and the field in each kind.
struct Field {
    title: &'static str,
    shown: Shown,
    paths: Vec<(&'static Kind, &'static Column)>,
}

/// A list of entities, in their order.
pub fn rows(asked: &Asked, ids: &[EntityId]) -> Listing {
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
    let mut read = read(asked, ids, &|document| texts(document, &fields));
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
        cells.extend(read.remove(id).unwrap_or_else(|| vec![String::new(); fields.len() + 1]));
        cells.push(format!("{}:{}", entity.file, entity.name_place.start.line));
        Row { name: name(catalog, entity), cells }
    });
    let rows = rows.collect();
    Listing { columns, rows }
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
        for column in kind.practice.columns {
            if families.len() > 1 && !COMMON.contains(&column.title) {
                continue;
            }
            let shown = if column.wide { Shown::Wide } else { Shown::Always };
            match fields.iter_mut().find(|field| field.title == column.title) {
                Some(field) => {
                    field.shown = field.shown.min(shown);
                    field.paths.push((kind, column));
                }
                None => fields.push(Field { title: column.title, shown, paths: vec![(kind, column)] }),
            }
        }
    }
    if families.len() > 1 {
        fields.sort_by_key(|field| COMMON.iter().position(|title| *title == field.title));
    }
    fields
}

/// What the documents of entities say, those that extend them included, by entity.
fn read<T: Send>(
    asked: &Asked,
    ids: &[EntityId],
    tell: &(dyn Fn(&[(EntityId, &Reopened, &'static Kind)]) -> Option<T> + Sync),
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

/// The texts of columns, and the title.
fn texts(
    documents: &[(EntityId, &Reopened, &'static Kind)],
    fields: &[Field],
) -> Option<Vec<String>> {
    let mut texts = Vec::with_capacity(fields.len() + 1);
    for field in fields {
        let mut found: Vec<String> = Vec::new();
        for (_, document, kind) in documents {
            let column = field.paths.iter().find(|(of, _)| of == kind);
            // A document of another kind of the family says it where the first kind does.
            let column = column.or(field.paths.first()).map(|(_, column)| column.path);
            if let (Some(root), Some(path)) = (document.root(), column) {
                collect(root, path, &mut found);
            }
        }
        texts.push(found.join(", "));
    }
    let title = documents.iter().find_map(|(_, document, _)| title(document.root()?));
    texts.push(title.unwrap_or_default().to_owned());
    Some(texts)
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
