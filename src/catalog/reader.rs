//! Reading documents again: a catalog keeps little of each.

use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::load::roots;
use super::read::{Read, read};
use super::shelf::{Shelf, id_of};
use super::{Catalog, Entity, EntityId};
use crate::source::{File, Source};
use crate::tree::Tree;
use crate::yaml::{Limits, Node, NodeId, Stream, parse};

/// A file, read again.
pub struct ReopenedFile {
    /// Its text.
    pub source: Source,
    stream: Stream,
    roots: Vec<NodeId>,
}

impl ReopenedFile {
    pub(super) fn of(source: Source, stream: Stream) -> Self {
        let roots = roots(&stream).iter().map(|(root, _)| root.id()).collect();
        Self { source, stream, roots }
    }
}

/// A document, read again.
pub struct Reopened {
    /// The file that it is in.
    pub file: Arc<ReopenedFile>,
    number: usize,
}

impl Reopened {
    /// The text of its file.
    pub fn source(&self) -> &Source {
        &self.file.source
    }

    /// The document as it stands in its file, comments included, without the `---` around it. An
    /// item of a list has no text that could stand alone.
    pub fn text(&self) -> Option<&str> {
        let span = self.root()?.span();
        let text = self.file.source.text();
        if self.file.stream.documents.len() != self.file.roots.len() {
            return None;
        }
        let (start, end) = (span.start as usize, span.end as usize);
        let line =
            |at: usize| text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
        let marks = |line: &str| line.starts_with("---") || line.starts_with("%");
        // Comments above belong to it, up to the line that ends the document before.
        let mut first = line(start);
        while first > 0 {
            let above = line(first - 1);
            if text.get(above..first).is_none_or(marks) {
                break;
            }
            first = above;
        }
        if text.get(first..).is_some_and(marks) {
            first = start;
        }
        let below = text.get(end..)?;
        let stop = |mark: &str| below.find(mark).unwrap_or(below.len());
        let last = end + stop("\n---").min(stop("\n...\n"));
        text.get(first..last).map(str::trim_end)
    }

    /// The document's root.
    pub fn root(&self) -> Option<Node<'_>> {
        self.file.roots.get(self.number).map(|id| self.file.stream.arena.node(*id))
    }
}

/// Reads documents again: catalogs keep little of each. The files that were asked for last are
/// kept, since whoever asks for one document of a file often asks for the next.
pub struct Reader<'a> {
    tree: &'a dyn Tree,
    limits: Limits,
    shelf: Option<&'a Shelf>,
    recent: Mutex<Vec<(Arc<File>, Arc<ReopenedFile>)>>,
}

/// So many files are read side by side.
const FEW: usize = 8;

/// How many files a reader keeps.
const RECENT: usize = 8;

impl<'a> Reader<'a> {
    /// A reader of a tree's files.
    pub fn new(tree: &'a dyn Tree) -> Self {
        Self::over(tree, None)
    }

    /// The same, where files that stand open on a shelf are taken from there.
    pub fn over(tree: &'a dyn Tree, shelf: Option<&'a Shelf>) -> Self {
        Self { tree, limits: Limits::default(), shelf, recent: Mutex::new(Vec::new()) }
    }

    /// The document of an entity.
    pub fn document(&self, entity: &Entity) -> Option<Reopened> {
        let number = entity.document as usize;
        let known = self.recent.lock().ok().and_then(|recent| {
            let same = recent.iter().find(|(file, _)| Arc::ptr_eq(file, &entity.file));
            same.map(|(_, file)| Arc::clone(file))
        });
        if let Some(file) = known {
            return Some(Reopened { file, number });
        }
        let file = self.open(entity)?;
        if let Ok(mut recent) = self.recent.lock() {
            recent.truncate(RECENT - 1);
            recent.insert(0, (Arc::clone(&entity.file), Arc::clone(&file)));
        }
        Some(Reopened { file, number })
    }

    fn open(&self, entity: &Entity) -> Option<Arc<ReopenedFile>> {
        let path = entity.file.path.as_str();
        let entries = self.tree.entries();
        let at = entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        let kept = self.shelf.zip(id_of(&entries[at]));
        if let Some(open) = kept.and_then(|(shelf, id)| shelf.open(id, path)) {
            return Some(open);
        }
        let Read::Text(source) = read(self.tree, &entries[at], &entity.file, &self.limits).ok()?
        else {
            return None;
        };
        let stream = parse(&source, &self.limits);
        let file = Arc::new(ReopenedFile::of(source, stream));
        if let Some((shelf, id)) = kept {
            shelf.keep(id, Arc::clone(&file));
        }
        Some(file)
    }

    /// Shows the documents of many entities, in parallel, each file read once; what is told of them
    /// comes back in the order of the entities. Those that cannot be read again are left out.
    pub fn each<T: Send>(
        &self,
        catalog: &Catalog,
        ids: &[EntityId],
        tell: impl Fn(EntityId, &Reopened) -> Option<T> + Sync,
    ) -> Vec<T> {
        let file = |id: &EntityId| &catalog.entity(*id).file;
        let files: Vec<&[EntityId]> = ids.chunk_by(|a, b| Arc::ptr_eq(file(a), file(b))).collect();
        let of_file = |ids: &&[EntityId]| {
            let opened = ids.first().and_then(|id| self.open(catalog.entity(*id)));
            let Some(opened) = opened else { return Vec::new() };
            let document = |id: &EntityId| {
                let number = catalog.entity(*id).document as usize;
                tell(*id, &Reopened { file: Arc::clone(&opened), number })
            };
            ids.iter().filter_map(document).collect()
        };
        // Of a few files each is read before others could help.
        match files.len() {
            ..FEW => files.iter().flat_map(of_file).collect(),
            _ => files.par_iter().flat_map_iter(of_file).collect(),
        }
    }
}
