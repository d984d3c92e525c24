//! What a rename writes where, and that it changes these values and no others.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::RenameError;
use super::former::{Made, Own};
use super::name::{NewName, rewritten, spelled_out};
use crate::catalog::{Catalog, Entity, EntityId, roots};
use crate::flow::ask::Asked;
use crate::flow::fix::Change;
use crate::model::EntityRef;
use crate::source::{File, Source, Span};
use crate::tree::Tree;
use crate::yaml::schema::value;
use crate::yaml::{Edit, Limits, Node, Pointer, Stream, parse, requoted, splice};

/// What is done to one document.
#[derive(Debug)]
enum Task {
    /// A text becomes another one.
    Text { pointer: Pointer, old: String, new: String },
    /// The entity that it adds to.
    Extends(NewName),
    /// Namespace and former names.
    Own(Own),
}

/// What is done to each file: the number of a document, and what is done to it.
pub(super) type Tasks = BTreeMap<String, Vec<(u32, Work)>>;

/// What is done to a document.
#[derive(Debug)]
pub(super) struct Work(Task);

/// Collects what a rename has to do.
pub(super) fn tasks(
    catalog: &Catalog,
    id: EntityId,
    new: &NewName,
    add: Option<&str>,
) -> Result<Tasks, RenameError> {
    let mut tasks = Tasks::new();
    let mut push = |entity: &Entity, task: Task| {
        let file = tasks.entry(entity.file.path.clone()).or_default();
        file.push((entity.document, Work(task)));
    };
    let own = catalog.entity(id).reference;
    let reference = EntityRef::from_canonical(catalog.names.text(own));
    let is_moved = reference.namespace() != new.reference.namespace();
    for other in catalog.defined(own) {
        let entity = catalog.entity(other);
        let text = |pointer: &str, old: &str, new: String| Task::Text {
            pointer: Pointer::from_text(pointer),
            old: old.to_owned(),
            new,
        };
        let written = catalog.names.text(entity.written);
        push(entity, text("/metadata/name", written, new.name.clone()));
        let add = add.filter(|_| other == id).map(str::to_owned);
        let namespace = reference.namespace().to_owned();
        push(entity, Task::Own(Own { kind: entity.kind, namespace, new: new.clone(), add }));
        if entity.extends().is_some() {
            push(entity, Task::Extends(new.clone()));
        }
        // What inherits the namespace means the old one.
        let inherits = entity.references.iter().filter(|one| is_moved && !one.field.bare);
        for one in inherits.filter(|one| one.target != own) {
            let old = catalog.names.text(one.written);
            if let Some(new) = spelled_out(old, reference.namespace()) {
                push(entity, text(one.pointer().as_str(), old, new));
            }
        }
    }
    for used in catalog.uses(id).iter().filter(|used| !used.old) {
        let from = catalog.entity(used.from);
        let written = catalog.names.text(used.reference.written);
        let inherited = match from.reference == own {
            true => new.namespace.clone(),
            false => {
                let from = EntityRef::from_canonical(catalog.canonical(from));
                from.namespace().to_owned()
            }
        };
        let text = match used.reference.field.bare {
            true if new.reference.namespace() != "default" => {
                let place = used.reference.place.in_file(&from.file).to_string();
                return Err(RenameError::Bare { place });
            }
            true => new.name.clone(),
            false => rewritten(written, new, &inherited),
        };
        let pointer = used.reference.pointer();
        push(from, Task::Text { pointer, old: written.to_owned(), new: text });
    }
    for named in catalog.namings(id) {
        let from = catalog.entity(named.from);
        let inherited = EntityRef::from_canonical(catalog.canonical(from));
        let text = rewritten(&named.written, new, inherited.namespace());
        push(from, Task::Text { pointer: named.pointer, old: named.written, new: text });
    }
    Ok(tasks)
}

/// A file with its values.
struct Read {
    path: String,
    before: String,
    source: Source,
    stream: Stream,
}

/// Makes the edits of all files in memory, each with how many places it changes.
pub(super) fn changes(asked: &Asked, tasks: &Tasks) -> Result<Vec<(Change, usize)>, RenameError> {
    let change = |(path, work): (&String, &Vec<(u32, Work)>)| {
        let read = read(asked.workspace.tree.as_ref(), path)?;
        read.change(work)
    };
    tasks.iter().map(change).collect()
}

fn read(tree: &dyn Tree, path: &str) -> Result<Read, RenameError> {
    let unclear =
        |reason: &str| RenameError::Unclear { place: path.to_owned(), reason: reason.to_owned() };
    let entries = tree.entries();
    let at = entries.binary_search_by(|entry| entry.path.as_str().cmp(path));
    let entry = at.ok().and_then(|at| entries.get(at));
    let limits = Limits::default();
    let content = entry.and_then(|entry| tree.read(entry, limits.file_bytes).ok());
    let before = content.and_then(|content| String::from_utf8(content.bytes).ok());
    let before = before.ok_or_else(|| unclear("it cannot be read again"))?;
    let source = Source::new(File::local(path), before.clone());
    let stream = parse(&source, &limits);
    match stream.is_complete() {
        true => Ok(Read { path: path.to_owned(), before, source, stream }),
        false => Err(unclear("it does not parse to its end")),
    }
}

impl Read {
    fn unclear(&self, at: u32, reason: impl Into<String>) -> RenameError {
        let at = self.source.line_column(at);
        let place = format!("{}:{}:{}", self.path, at.line, at.column);
        RenameError::Unclear { place, reason: reason.into() }
    }

    fn change(&self, work: &[(u32, Work)]) -> Result<(Change, usize), RenameError> {
        let roots: Vec<Node<'_>> = roots(&self.stream).into_iter().map(|(root, _)| root).collect();
        let mut values: Vec<Value> = roots.iter().map(|root| value(*root)).collect();
        let mut edits = Vec::new();
        for (document, Work(task)) in work {
            let number = *document as usize;
            let (Some(root), Some(value)) = (roots.get(number), values.get_mut(number)) else {
                return Err(self.unclear(0, "it changed while it was being read"));
            };
            let made = match task {
                Task::Text { pointer, old, new } => self.text(*root, pointer, old, new)?,
                Task::Extends(new) => {
                    let pointer = Pointer::from_text("/metadata/extends");
                    let old = root.at(&pointer).and_then(|(_, node)| node.text());
                    let old = old.unwrap_or_default();
                    self.text(*root, &pointer, old, &rewritten(old, new, &new.namespace))?
                }
                Task::Own(own) => {
                    let made = own.edit(&self.source, *root);
                    made.map_err(|reason| self.unclear(root.span().start, reason))?
                }
            };
            for (pointer, new) in &made.values {
                put(value, pointer, new.as_ref());
            }
            edits.extend(made.edits);
        }
        edits.sort_by_key(|edit: &Edit| (edit.span.start, edit.span.end));
        // What an alias repeats is written once.
        edits.dedup();
        let after = splice(&self.before, &edits)
            .ok_or_else(|| self.unclear(0, "an anchor would have to become two values"))?;
        self.check(&values, &after)?;
        let change = Change { path: self.path.clone(), before: self.before.clone(), after };
        Ok((change, edits.len()))
    }

    /// Replaces a text, where it is written.
    fn text(
        &self,
        root: Node<'_>,
        pointer: &Pointer,
        old: &str,
        new: &str,
    ) -> Result<Made, RenameError> {
        let found = root.at(pointer).map(|(_, node)| node).filter(|node| node.text() == Some(old));
        let Some(node) = found else {
            return Err(self.unclear(root.span().start, "it changed while it was being read"));
        };
        // An alias stands for what is written at its anchor.
        let span = self.behind_anchor(self.stream.arena.node(node.id()).span());
        let Some(replacement) = requoted(self.source.slice(span), new) else {
            let reason = format!("`{old}` is written as a block or with a tag");
            return Err(self.unclear(span.start, reason));
        };
        // A change of what is not there would be an edit that changes nothing.
        let edits = match old == new {
            true => Vec::new(),
            false => vec![Edit { span, replacement }],
        };
        Ok(Made { edits, values: vec![(pointer.clone(), Some(new.into()))] })
    }

    /// What is written behind the anchor of a value, if it has one.
    fn behind_anchor(&self, span: Span) -> Span {
        let text = self.source.slice(span);
        let Some(anchored) = text.strip_prefix('&') else { return span };
        let value = anchored.trim_start_matches(|c: char| !c.is_whitespace()).trim_start();
        Span::new((span.end as usize).saturating_sub(value.len()), span.end as usize)
    }

    /// Compares the values with those that are meant to be.
    fn check(&self, expected: &[Value], after: &str) -> Result<(), RenameError> {
        let source = Source::new(Arc::clone(self.source.file()), after.to_owned());
        let stream = parse(&source, &Limits::default());
        let found: Vec<Value> = roots(&stream).into_iter().map(|(root, _)| value(root)).collect();
        if !stream.is_complete() || found.len() != expected.len() {
            return Err(self.unclear(0, "it would no longer parse"));
        }
        for (number, (expected, found)) in expected.iter().zip(&found).enumerate() {
            if let Some(pointer) = difference(expected, found, &Pointer::root()) {
                let at = roots(&self.stream).get(number).map_or(0, |(root, _)| root.span().start);
                let reason = format!("`{pointer}` would change, too: an anchor is shared");
                return Err(self.unclear(at, reason));
            }
        }
        Ok(())
    }
}

/// Sets a value, or takes it away.
fn put(root: &mut Value, pointer: &Pointer, new: Option<&Value>) {
    let Some(parent) = pointer.parent() else { return };
    let Some(name) = pointer.tokens().last() else { return };
    match (root.pointer_mut(parent.as_str()), new) {
        (Some(Value::Object(fields)), Some(new)) => {
            fields.insert(name, new.clone());
        }
        (Some(Value::Object(fields)), None) => {
            fields.shift_remove(&name);
        }
        (Some(Value::Array(items)), Some(new)) => {
            let item = name.parse().ok().and_then(|at: usize| items.get_mut(at));
            if let Some(item) = item {
                *item = new.clone();
            }
        }
        _ => {}
    }
}

/// Where two values differ first.
fn difference(expected: &Value, found: &Value, at: &Pointer) -> Option<Pointer> {
    if expected == found {
        return None;
    }
    let deeper = match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let keys = expected.keys().chain(found.keys());
            let differs = |key: &String| {
                let null = &Value::Null;
                let (a, b) = (expected.get(key).unwrap_or(null), found.get(key).unwrap_or(null));
                difference(a, b, &at.join(key))
            };
            keys.into_iter().find_map(differs)
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let mut pairs = expected.iter().zip(found).enumerate();
            pairs.find_map(|(number, (a, b))| difference(a, b, &at.join(number)))
        }
        _ => None,
    };
    deeper.or_else(|| Some(at.clone()))
}
