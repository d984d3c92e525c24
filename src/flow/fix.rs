//! `validate --fix`: make the fixes that findings carry, in the files on disk.
//!
//! [`fix`] applies them in memory, pass by pass, until nothing is left that can be fixed
//! (`passes`), and writes each file once, if it still is the file that was judged.

use std::path::Path;
use std::sync::Arc;

use super::passes::{self, Examined};
use super::validate::{Examiner, Request, ValidateError, Validated, check_codes, validate_tree};
use super::workspace::Workspace;
use crate::finding::{Finding, Repair};
use crate::output::{rewrite, unified};
use crate::rules;
use crate::source::Span;
use crate::tree::{Entry, EntryKind, Tree};

/// What was fixed, and what is still wrong.
pub struct Fixed {
    /// What remains.
    pub validated: Validated,
    /// What became of each fix.
    pub repairs: Vec<Repair>,
    /// The files that were changed, or would be.
    pub changes: Vec<Change>,
    /// Why files were not written that should have been.
    pub failures: Vec<String>,
    /// Whether it was ended before all was fixed that can be: so much was wrong.
    pub more: bool,
}

/// What a file held and what it is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file, relative to the top of the tree.
    pub path: String,
    /// What it held.
    pub before: String,
    /// What it is to hold.
    pub after: String,
}

/// Why nothing can be fixed.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// There is no answer to begin with.
    #[error(transparent)]
    Validate(#[from] ValidateError),
    /// Only files on disk can be changed.
    #[error("a revision cannot be edited: --fix changes the files on disk")]
    Revision,
}

/// Fixes what can be fixed of what a request asks for; without `write` only in memory.
///
/// # Errors
///
/// There is nothing to look at, a code does not exist, or what is looked at is not on disk.
pub fn fix(request: &Request, write: bool) -> Result<Fixed, FixError> {
    check_codes(request)?;
    if request.place.at.is_some() {
        return Err(FixError::Revision);
    }
    let mut workspace = Workspace::open(&request.place).map_err(ValidateError::from)?;
    if !workspace.on_disk {
        return Err(FixError::Revision);
    }
    let examiner = Examiner::new(request, &workspace)?;
    let examine = |tree: &dyn Tree| {
        let judged = examiner.judge(tree)?;
        let all = judged.findings.clone();
        let (report, files) = examiner.report(judged)?;
        Ok(Examined { all, report, files })
    };
    let tree = &workspace.tree;
    let mut passes = passes::run(Arc::clone(tree), &workspace.only, &examine)?;
    let mut repairs = passes.repairs();
    let changes = changes(&passes);
    let mut failures: Vec<String> = passes.restless.iter().map(|path| restless(path)).collect();
    if write && !changes.is_empty() {
        for change in &changes {
            if let Err(failure) = put(change, &workspace.top, tree.as_ref()) {
                let here = repairs.iter_mut().filter(|one| one.place.file.path == change.path);
                here.for_each(|one| one.left = Some("the file was not written".to_owned()));
                failures.push(failure);
            }
        }
        // What is on disk now counts, whoever wrote it.
        passes.examined = examine(tree.as_ref())?;
    }
    let (Examined { report, files, .. }, more) = (passes.examined, passes.more);
    if !write {
        workspace.tree = Arc::new(passes.overlay);
    }
    let validated = Validated { report, files, workspace };
    Ok(Fixed { validated, repairs, changes, failures, more })
}

/// Fixes what can be fixed of a tree by itself, in memory, with the configuration at its top, as of
/// a day.
///
/// # Errors
///
/// The tree's store fails.
pub fn fix_tree(tree: Arc<dyn Tree>, today: &str) -> Result<(Vec<Change>, Vec<Repair>), FixError> {
    let examine = |tree: &dyn Tree| {
        let report = validate_tree(tree, today)?;
        Ok(Examined { all: report.findings.clone(), report, files: Vec::new() })
    };
    let passes = passes::run(tree, &[], &examine)?;
    Ok((changes(&passes), passes.repairs()))
}

pub(super) fn restless(path: &str) -> String {
    format!("{path} changed while it was being fixed, and is left as it is: run the command again")
}

fn changes(passes: &passes::Passes<'_>) -> Vec<Change> {
    let changed = passes.overlay.changed().iter();
    let change = |(path, after): (&String, &String)| {
        let before = passes.before.get(path)?.clone();
        Some(Change { path: path.clone(), before, after: after.clone() })
    };
    changed.filter_map(change).collect()
}

/// Whether a file still holds what it held.
pub(super) fn still(change: &Change, tree: &dyn Tree) -> bool {
    let entry = Entry { path: change.path.clone(), kind: EntryKind::File, id: None };
    let content = tree.read(&entry, change.before.len() as u64 + 1);
    content.is_ok_and(|content| content.bytes == change.before.as_bytes())
}

/// Writes a file if it still holds what it held.
pub(super) fn put(change: &Change, top: &Path, tree: &dyn Tree) -> Result<(), String> {
    match rewrite(top, &change.path, change.after.as_bytes(), &|| still(change, tree)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(restless(&change.path)),
        Err(error) => Err(error.to_string()),
    }
}

impl Fixed {
    /// What was changed, as a unified diff without secrets and personal data; for a screen also
    /// without anything that a terminal would obey.
    pub fn diff(&self, for_screen: bool) -> String {
        diff_of(&self.changes, &self.validated.report.findings, for_screen)
    }
}

/// Changes as a unified diff without secrets, and without the personal data that findings tell of.
pub(super) fn diff_of(changes: &[Change], findings: &[Finding], for_screen: bool) -> String {
    let starred = |change: &Change| {
        let private = private(change, findings);
        let star = |text: &str| rules::starred(text, &places(text, &private));
        unified(&change.path, &star(&change.before), &star(&change.after), for_screen)
    };
    changes.iter().map(starred).collect()
}

/// The texts of a changed file that must not be shown.
fn private<'a>(change: &'a Change, findings: &[Finding]) -> Vec<&'a str> {
    // Spans count from behind the byte order mark.
    let text = change.after.strip_prefix('\u{feff}').unwrap_or(&change.after);
    let findings = findings.iter().filter(|one| one.code.private);
    let places = findings.flat_map(|finding| finding.occurrences()).map(|at| &at.place);
    let here = places.filter(|place| place.file.path == change.path);
    here.filter_map(|place| text.get(place.span.range())).filter(|it| !it.is_empty()).collect()
}

/// Where in a text others stand.
pub(super) fn places(text: &str, others: &[&str]) -> Vec<Span> {
    let found = others.iter().flat_map(|other| text.match_indices(other));
    found.map(|(at, other)| Span::new(at, at + other.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Worktree;

    fn change(before: &str) -> Change {
        let (path, before) = ("a/b.yaml".to_owned(), before.to_owned());
        Change { path, before, after: "b: 2\n".to_owned() }
    }

    fn folder() -> (tempfile::TempDir, Worktree) {
        let folder = tempfile::tempdir().unwrap();
        crate::output::replace(&folder.path().join("a/b.yaml"), b"a: 1\n").unwrap();
        let top = folder.path().canonicalize().unwrap();
        let tree = Worktree::open(&top, None, &[]);
        (folder, tree)
    }

    fn held(tree: &Worktree) -> String {
        let content = tree.read(&tree.entries()[0], 99).unwrap();
        String::from_utf8(content.bytes).unwrap()
    }

    #[test]
    fn a_file_that_is_as_it_was_is_written() {
        let (folder, tree) = folder();
        let top = folder.path().canonicalize().unwrap();
        assert_eq!(put(&change("a: 1\n"), &top, &tree), Ok(()));
        assert_eq!(held(&tree), "b: 2\n");
    }

    #[test]
    fn a_file_that_somebody_has_changed_is_left() {
        let (folder, tree) = folder();
        let top = folder.path().canonicalize().unwrap();
        for before in ["a: 0\n", "a: 1", "a: 1\n\n", ""] {
            let failure = put(&change(before), &top, &tree).unwrap_err();
            assert!(failure.contains("changed while it was being fixed"), "{failure}");
            assert_eq!(held(&tree), "a: 1\n");
        }
    }
}
