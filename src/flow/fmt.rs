//! `fmt`: write the documents of a catalog as they should look.
//!
//! Begin with [`fmt`]. Files are read as `validate` reads them; those documents that are entities
//! are laid out, all others stay byte for byte. What is made of a file is compared with it, by its
//! values and comments and by what its comments silence, before anybody sees it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::fix::{Change, places, put, restless};
use super::workspace::{Place, Workspace, WorkspaceError};
use crate::catalog::{DocumentView, FileView, Inspection, Subject, Suppression, load};
use crate::config::Config;
use crate::finding::Finding;
use crate::git::{GitError, Mode};
use crate::model::key_order;
use crate::output::unified;
use crate::rules;
use crate::tree::{Content, Entry, EntryKind, Memory, ReadError, Tree};
use crate::yaml::format::{Shape, Treatment, format};
use crate::yaml::{Limits, Node, NodeKind, Pointer};

/// What came of it.
#[derive(Default)]
pub struct Done {
    /// The files that look different now, or would, with what they held.
    pub changes: Vec<Change>,
    /// For each of them the texts that must not be shown.
    private: Vec<Vec<String>>,
    /// How many files hold documents of ours and look as they should.
    pub same: usize,
    /// Files with documents that are written in a way that is left alone, and how many those are.
    pub odd: Vec<(String, usize)>,
    /// What keeps files from being formatted: they cannot be read, or do not parse.
    pub unread: Vec<Finding>,
    /// What should not happen: files that could not be written, or the formatter's own mistakes.
    pub failures: Vec<String>,
}

/// Why nothing can be formatted.
#[derive(Debug, thiserror::Error)]
pub enum FmtError {
    /// There is nothing to look at.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// Only files on disk can be written.
    #[error("there are no files on disk here: fmt changes the files on disk")]
    NotOnDisk,
    /// A link, which may lead anywhere.
    #[error("{path} is a link, or lies behind one: name the file itself")]
    Link {
        /// What was named.
        path: PathBuf,
    },
}

impl From<GitError> for FmtError {
    fn from(error: GitError) -> Self {
        Self::Workspace(error.into())
    }
}

/// Whether a named path is a link, or a part of it as it was typed.
fn is_behind_link(current: &Path, path: &Path) -> bool {
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|it| it.is_symlink());
    let mut at = current.to_owned();
    // Of an absolute path what stands before the file is where somebody lives.
    let parts: Vec<_> = match path.is_absolute() {
        true => vec![path.as_os_str()],
        false => path.iter().collect(),
    };
    parts.into_iter().any(|part| {
        at.push(part);
        is_link(&at)
    })
}

/// Why one text cannot be formatted.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// It does not parse; the findings say where.
    #[error("it does not parse")]
    Unread(Vec<Finding>),
    /// The formatter is wrong, so that nothing is given out.
    #[error("{0}")]
    Failed(String),
    /// Nothing can be looked at.
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
}

/// What was made of one file.
enum Made {
    /// It looks as it should; so many documents in it are left alone.
    Same(usize),
    Text(Formed),
    Unread(Vec<Finding>),
    Failed(String),
}

/// A file as it should look.
struct Formed {
    before: String,
    after: String,
    /// How many documents of it are left alone.
    odd: usize,
    /// Texts that must not be shown.
    private: Vec<String>,
}

/// Formats the files of a place; without `write` only in memory.
///
/// # Errors
///
/// There is nothing to look at, or it is not on disk.
pub fn fmt(place: &Place, write: bool) -> Result<Done, FmtError> {
    if let Some(path) = place.paths.iter().find(|path| is_behind_link(&place.current, path)) {
        return Err(FmtError::Link { path: path.clone() });
    }
    let workspace = Workspace::open(place)?;
    if !workspace.on_disk {
        return Err(FmtError::NotOnDisk);
    }
    let tree = workspace.tree.as_ref();
    // What lies outside of the catalog is no mistake: hooks name every file of a commit.
    let missing = |path: &&String| workspace.config.covers(path) && entry(tree, path).is_none();
    if let Some(path) = workspace.only.iter().find(missing) {
        return Err(WorkspaceError::NotRead { path: path.into() }.into());
    }
    let mut done = Done::default();
    for (path, made) in made(tree, &workspace.config, &workspace.only)? {
        let odd = match &made {
            Made::Same(odd) | Made::Text(Formed { odd, .. }) => *odd,
            Made::Unread(_) | Made::Failed(_) => 0,
        };
        if odd > 0 {
            done.odd.push((path.clone(), odd));
        }
        match made {
            Made::Same(_) => done.same += 1,
            Made::Text(formed) => match change(tree, path, &formed) {
                Ok(change) => {
                    done.changes.push(change);
                    done.private.push(formed.private);
                }
                Err(failure) => done.failures.push(failure),
            },
            Made::Unread(findings) => done.unread.extend(findings),
            Made::Failed(message) => done.failures.push(message),
        }
    }
    if write {
        let failed = |change: &Change| put(change, &workspace.top, tree).err();
        let failures = done.changes.par_iter().map(failed).collect::<Vec<_>>();
        let mut kept = failures.iter().map(Option::is_none);
        done.changes.retain(|_| kept.next().unwrap_or_default());
        done.failures.extend(failures.into_iter().flatten());
    }
    Ok(done)
}

/// The change of a file from what is on disk, if that is what was formatted.
fn change(tree: &dyn Tree, path: String, formed: &Formed) -> Result<Change, String> {
    let entry = Entry { path: path.clone(), kind: EntryKind::File, id: None };
    let content = tree.read(&entry, Limits::default().file_bytes + 1);
    let before = content.ok().and_then(|content| String::from_utf8(content.bytes).ok());
    let Some(before) = before.filter(|before| without_mark(before) == formed.before) else {
        return Err(restless(&path));
    };
    let after = with_mark_of(&before, &formed.after);
    Ok(Change { path, before, after })
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The text with the byte order mark that another has, if it has one.
fn with_mark_of(other: &str, text: &str) -> String {
    let mark = &other[..other.len() - without_mark(other).len()];
    format!("{mark}{text}")
}

/// Formats one text that is in no tree, as if it were the file of a name.
///
/// # Errors
///
/// What keeps it from being formatted.
pub fn fmt_text(name: &str, text: &str) -> Result<String, TextError> {
    let tree = Memory::new([(name, text)]);
    let all = made(&tree, &Config::default(), &[]).map_err(WorkspaceError::from)?;
    match all.into_values().next() {
        None | Some(Made::Same(_)) => Ok(text.to_owned()),
        Some(Made::Text(formed)) => Ok(with_mark_of(text, &formed.after)),
        Some(Made::Unread(findings)) => Err(TextError::Unread(findings)),
        Some(Made::Failed(message)) => Err(TextError::Failed(message)),
    }
}

/// What is made of each file that holds documents of ours, without byte order marks.
fn made(
    tree: &dyn Tree,
    config: &Config,
    only: &[String],
) -> Result<BTreeMap<String, Made>, GitError> {
    let all: Mutex<BTreeMap<String, Made>> = Mutex::default();
    let inspect = |subject: &Subject<'_>| {
        let (file, made) = match subject {
            Subject::Fault(file, _) => (*file, unread(subject)),
            Subject::Text(view) if view.problems.is_empty() => (view.source.file(), of_file(view)),
            Subject::Text(view) => (view.source.file(), unread(subject)),
        };
        if let (Some(made), Ok(mut all)) = (made, all.lock()) {
            all.insert(file.path.clone(), made);
        }
        Inspection::default()
    };
    let named = Named { tree, entries: only.iter().filter_map(|path| entry(tree, path)).collect() };
    let tree: &dyn Tree = if only.is_empty() { tree } else { &named };
    load(tree, config, &Limits::default(), &inspect)?;
    Ok(all.into_inner().unwrap_or_default())
}

fn entry(tree: &dyn Tree, path: &str) -> Option<Entry> {
    let entries = tree.entries();
    let at = entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
    entries.get(at).cloned()
}

/// Those files of a tree that are named, so that no other is read.
struct Named<'a> {
    tree: &'a dyn Tree,
    entries: Vec<Entry>,
}

impl Tree for Named<'_> {
    fn entries(&self) -> &[Entry] {
        &self.entries
    }
    fn read(&self, entry: &Entry, limit: u64) -> Result<Content, ReadError> {
        self.tree.read(entry, limit)
    }
    fn mode(&self, path: &str) -> Option<Mode> {
        self.tree.mode(path)
    }
    fn files(&self) -> Result<Vec<String>, GitError> {
        self.tree.files()
    }
}

/// What is wrong with a file that cannot be read, or does not parse.
fn unread(subject: &Subject<'_>) -> Option<Made> {
    let findings = rules::inspect(subject).findings.into_iter();
    let about_text = |finding: &Finding| {
        matches!(subject, Subject::Fault(..)) || finding.code.name.starts_with("yaml-")
    };
    Some(Made::Unread(findings.filter(about_text).collect()))
}

/// What is made of a file; nothing if no document of it is ours.
fn of_file(view: &FileView<'_>) -> Option<Made> {
    let path = &view.source.file().path;
    let treatments = treatments(view);
    if !view.stream.is_complete() || treatments.iter().all(|one| *one == Treatment::Left) {
        return None;
    }
    let text = view.source.text();
    let mut before = None;
    // Where a comment would silence another field than before, keys stay where they are.
    for reorder in [true, false] {
        let (after, odd) = match format(text, &treatments, reorder) {
            Ok(made) => (made.text, made.left),
            Err(difference) => return Some(Made::Failed(mistake(path, &difference.to_string()))),
        };
        if after == text {
            return Some(Made::Same(odd));
        }
        let before = before.get_or_insert_with(|| Seen::of(view));
        let seen = Seen::of_text(path, &after);
        if seen.silenced == before.silenced {
            let private = before.private.iter().chain(&seen.private).cloned().collect();
            return Some(Made::Text(Formed { before: text.to_owned(), after, odd, private }));
        }
    }
    Some(Made::Failed(mistake(path, "a comment would silence another field")))
}

fn mistake(path: &str, what: &str) -> String {
    format!("{path} is left as it is: {what}. That is a mistake of gitsm: please report it")
}

/// What each document of a file becomes.
fn treatments(view: &FileView<'_>) -> Vec<Treatment> {
    let shape = |document: &DocumentView<'_>| document.kind().map(key_order);
    let mut documents = view.documents.iter();
    let roots = view.stream.documents.iter().map(|id| view.stream.arena.node(*id));
    let treatment = |root: Node<'_>| {
        let Some(first) = documents.next() else { return Treatment::Left };
        if first.root.id() == root.id() {
            return shape(first).map_or(Treatment::Left, Treatment::Laid);
        }
        let items = root.items().len();
        let rest = documents.by_ref().take(items.saturating_sub(1));
        let all: Vec<Option<Arc<Shape>>> = std::iter::once(first).chain(rest).map(shape).collect();
        let all: Option<Vec<Arc<Shape>>> = all.into_iter().collect();
        all.filter(|_| root.kind() == NodeKind::Sequence).map_or(Treatment::Left, Treatment::List)
    };
    roots.map(treatment).collect()
}

/// What rules see in a text beside its values.
#[derive(Default)]
struct Seen {
    /// The fields that comments silence, each with the code and the reason, sorted.
    silenced: Vec<(String, String, Option<Pointer>)>,
    /// Texts that must not be shown.
    private: Vec<String>,
}

impl Seen {
    fn of(view: &FileView<'_>) -> Self {
        let inspection = rules::inspect(&Subject::Text(view));
        let covered =
            |one: &Suppression| one.covers.as_ref().and_then(|at| field_at(view, at.start));
        let all = inspection.suppressions.iter();
        let mut silenced: Vec<_> =
            all.map(|one| (one.code.clone(), one.reason.clone(), covered(one))).collect();
        silenced.sort();
        let private = inspection.secrets.into_iter().filter(|text| !text.is_empty()).collect();
        Self { silenced, private }
    }

    fn of_text(path: &str, text: &str) -> Self {
        let tree = Memory::new([(path, text)]);
        let found: Mutex<Self> = Mutex::default();
        let inspect = |subject: &Subject<'_>| {
            if let (Subject::Text(view), Ok(mut found)) = (subject, found.lock()) {
                *found = Self::of(view);
            }
            Inspection::default()
        };
        // A tree in memory does not fail.
        let _ = load(&tree, &Config::default(), &Limits::default(), &inspect);
        found.into_inner().unwrap_or_default()
    }
}

/// The outermost field or item that begins at a byte, its document's number first.
fn field_at(view: &FileView<'_>, at: u32) -> Option<Pointer> {
    let of = |document: &DocumentView<'_>| {
        below(document.root, &Pointer::root().join(document.number), at)
    };
    view.documents.iter().find_map(of)
}

fn below(node: Node<'_>, pointer: &Pointer, at: u32) -> Option<Pointer> {
    for (number, item) in node.items().enumerate() {
        let pointer = pointer.join(number);
        match item.span().start == at {
            true => return Some(pointer),
            false if item.span().contains(at) => return below(item, &pointer, at),
            false => {}
        }
    }
    for (key, value) in node.entries() {
        let pointer = pointer.join(key.text().unwrap_or_default());
        if key.span().start == at {
            return Some(pointer);
        }
        if let Some(found) = below(value, &pointer, at) {
            return Some(found);
        }
    }
    None
}

impl Done {
    /// What is changed, as a unified diff without secrets; for a screen also without anything that a
    /// terminal would obey.
    pub fn diff(&self, for_screen: bool) -> String {
        let of = |(change, private): (&Change, &Vec<String>)| {
            let private: Vec<&str> = private.iter().map(String::as_str).collect();
            let star = |text: &str| rules::starred(text, &places(text, &private));
            unified(&change.path, &star(&change.before), &star(&change.after), for_screen)
        };
        self.changes.iter().zip(&self.private).map(of).collect()
    }
}
