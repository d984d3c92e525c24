//! Applying fixes pass by pass, in memory.
//!
//! A pass takes the fixes of all findings that do not collide, makes them in an [`Overlay`], and
//! judges the catalog again. What the new judgement objects to is left alone; what it does not is
//! kept, and brings the findings of the next pass. Nothing is written here.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::objection;
use super::validate::ValidateError;
use crate::catalog::FileRecord;
use crate::finding::{Code, Finding, Fingerprint, Fix, Occurrence, Repair, Report};
use crate::rules;
use crate::source::{File, Origin, Place, Source};
use crate::tree::{Entry, EntryKind, Overlay, Tree};
use crate::yaml::{Edit, Limits, Misfit, Parsed, Target, splice};

/// How often the catalog is judged anew. Fixes seldom wait for each other more than once.
const PASSES: usize = 10;

/// How many edits of one file a pass tries, and how many bytes it parses to find out which of them
/// fit: enough for people, too few for an attack.
const MOST_EDITS: usize = 1000;
const MOST_PARSED: usize = 64 << 20;

/// What is wrong with a tree.
pub(super) struct Examined {
    /// Every finding, asked for or not.
    pub(super) all: Vec<Finding>,
    /// What is asked for: only its findings are fixed.
    pub(super) report: Report,
    /// What became of each file.
    pub(super) files: Vec<FileRecord>,
}

/// Judges a tree.
pub(super) type Examine<'a> = dyn Fn(&dyn Tree) -> Result<Examined, ValidateError> + 'a;

/// What tells a finding from others, also in a further pass: documents that are no entities yet
/// share their fingerprints, and no fix so far adds a line.
pub(super) type Key = (Fingerprint, u32);

/// The key of an occurrence.
pub(super) fn key(at: &Occurrence) -> Key {
    (at.fingerprint, at.place.start.line)
}

/// A finding that asks for an edit.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) code: &'static Code,
    pub(super) key: Key,
    title: String,
    place: Place,
}

/// An edit, and the findings that ask for it.
#[derive(Debug, Clone)]
pub(super) struct Pick {
    pub(super) edit: Edit,
    pub(super) asked: Vec<Asked>,
}

/// The edits of one file that are tried in a pass.
pub(super) struct Attempt {
    pub(super) path: String,
    pub(super) picks: Vec<Pick>,
    /// The same edits, for asking where a span moves to.
    pub(super) edits: Vec<Edit>,
    /// What each of them replaces.
    pub(super) targets: Vec<Option<Target>>,
    before: String,
    after: String,
}

/// What all passes came to.
pub(super) struct Passes<'a> {
    /// The tree with what was fixed.
    pub(super) overlay: Overlay,
    /// What is wrong with it.
    pub(super) examined: Examined,
    /// What the files that were changed held before.
    pub(super) before: BTreeMap<String, String>,
    /// Files that changed while they were looked at.
    pub(super) restless: BTreeSet<String>,
    /// Whether the last pass was not the end of it.
    pub(super) more: bool,
    repairs: Vec<(Key, Repair)>,
    only: &'a [String],
    /// Fixes that were made or left alone: none is tried twice.
    tried: BTreeSet<Key>,
    /// What each file has held so far.
    seen: BTreeSet<(String, String)>,
}

/// Applies every fix that can be, to the files in `only` or, if that is empty, to all.
pub(super) fn run<'a>(
    tree: Arc<dyn Tree>,
    only: &'a [String],
    examine: &Examine<'_>,
) -> Result<Passes<'a>, ValidateError> {
    let overlay = Overlay::new(tree, BTreeMap::new());
    let mut passes = Passes {
        examined: examine(&overlay)?,
        overlay,
        before: BTreeMap::new(),
        restless: BTreeSet::new(),
        more: true,
        repairs: Vec::new(),
        only,
        tried: BTreeSet::new(),
        seen: BTreeSet::new(),
    };
    for _ in 0..PASSES {
        if !passes.pass(examine)? {
            passes.more = false;
            break;
        }
    }
    Ok(passes)
}

impl Passes<'_> {
    /// Tries what can be tried together; `false` if there is nothing.
    fn pass(&mut self, examine: &Examine<'_>) -> Result<bool, ValidateError> {
        let attempts = self.attempts();
        if attempts.is_empty() {
            return Ok(false);
        }
        let files = attempts.iter().map(|one| (one.path.clone(), one.after.clone()));
        let overlay = self.overlay.with(files);
        let examined = examine(&overlay)?;
        let objections = objection::raise(&self.examined.all, &examined.all, &attempts);
        for one in &objections {
            self.settle(&attempts[one.attempt].picks[one.pick], Some(&one.reason));
        }
        if objections.is_empty() {
            self.overlay = overlay;
            self.examined = examined;
            for attempt in attempts {
                for pick in &attempt.picks {
                    self.settle(pick, None);
                }
                self.seen.insert((attempt.path.clone(), attempt.after));
                self.before.entry(attempt.path).or_insert(attempt.before);
            }
        }
        Ok(true)
    }

    /// Notes what became of an edit.
    fn settle(&mut self, pick: &Pick, left: Option<&str>) {
        for asked in &pick.asked {
            if !self.tried.insert(asked.key) {
                continue;
            }
            let (code, place, title) = (asked.code, asked.place.clone(), asked.title.clone());
            // Reasons name keys of the file.
            let left = left.map(|text| rules::starred(text, &[]));
            self.repairs.push((asked.key, Repair { code, place, title, left }));
        }
    }

    /// What can be tried next, file by file.
    fn attempts(&mut self) -> Vec<Attempt> {
        let mut files: BTreeMap<String, Vec<Pick>> = BTreeMap::new();
        for finding in &self.examined.report.findings {
            if let Some(fix) = &finding.fix
                && !self.tried.contains(&key(&finding.at))
                && self.may_change(&fix.place.file)
            {
                let path = fix.place.file.path.clone();
                files.entry(path).or_default().push(Pick::of(finding, fix));
            }
        }
        let attempts = files.into_iter().map(|(path, picks)| self.attempt(path, apart(picks)));
        attempts.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn may_change(&self, file: &File) -> bool {
        let wanted = self.only.is_empty() || self.only.contains(&file.path);
        wanted && file.origin == Origin::Repository && self.entry(&file.path).is_some()
    }

    /// The entry of a regular file: links are followed by nobody.
    fn entry(&self, path: &str) -> Option<&Entry> {
        let entries = self.overlay.entries();
        let at = entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        Some(&entries[at]).filter(|entry| entry.kind == EntryKind::File)
    }

    fn attempt(&mut self, path: String, picks: Vec<Pick>) -> Option<Attempt> {
        let limits = Limits::default();
        let entry = self.entry(&path)?;
        let Some(before) = self.overlay.unchanged_text(entry, limits.file_bytes) else {
            self.leave(picks, "the file changed while it was read");
            self.restless.insert(path);
            return None;
        };
        let source = Source::new(File::local(path.as_str()), before.clone());
        let parsed = match Parsed::of(&source, &limits) {
            Ok(parsed) => parsed,
            Err(misfit) => {
                self.leave(picks, &misfit.to_string());
                return None;
            }
        };
        let mut left = Vec::new();
        let left_to_parse = Cell::new(MOST_PARSED);
        let sifter = Sifter { path: &path, content: &before, parsed: &parsed, left_to_parse };
        let (picks, tried) = sifter.sift(picks, &mut left);
        for (pick, misfit) in left {
            self.settle(&pick, Some(&misfit.to_string()));
        }
        let Tried { edits, targets, after } = tried?;
        self.seen.insert((path.clone(), before.clone()));
        if self.seen.contains(&(path.clone(), after.clone())) {
            self.leave(picks, "the file would be what it was before");
            return None;
        }
        Some(Attempt { path, picks, edits, targets, before, after })
    }

    fn leave(&mut self, picks: Vec<Pick>, reason: &str) {
        for pick in picks {
            self.settle(&pick, Some(reason));
        }
    }

    /// What became of each fix, in the order of places; of those that were left alone only what is
    /// still wrong.
    pub(super) fn repairs(&self) -> Vec<Repair> {
        let findings = self.examined.report.findings.iter();
        let still: BTreeSet<Key> = findings.map(|one| key(&one.at)).collect();
        let told = |one: &&(Key, Repair)| one.1.left.is_none() || still.contains(&one.0);
        let mut repairs: Vec<Repair> =
            self.repairs.iter().filter(told).map(|(_, repair)| repair.clone()).collect();
        repairs.sort_by(|a, b| a.place.cmp(&b.place));
        repairs
    }
}

impl Pick {
    fn of(finding: &Finding, fix: &Fix) -> Self {
        let edit = Edit { span: fix.place.span, replacement: fix.replacement.clone() };
        let asked = Asked {
            code: finding.code,
            key: key(&finding.at),
            title: fix.title.clone(),
            place: fix.place.clone(),
        };
        Self { edit, asked: vec![asked] }
    }
}

/// Edits that do not collide: of those that do the first; the others come to a further pass.
fn apart(mut picks: Vec<Pick>) -> Vec<Pick> {
    picks.sort_by_key(|pick| pick.edit.span);
    let mut kept: Vec<Pick> = Vec::with_capacity(picks.len());
    for pick in picks {
        match kept.last_mut() {
            Some(last) if last.edit == pick.edit => last.asked.extend(pick.asked),
            Some(last) if last.edit.collides(&pick.edit) => {}
            _ => kept.push(pick),
        }
    }
    kept.truncate(MOST_EDITS);
    kept
}

/// A file whose edits are tried.
struct Sifter<'a> {
    path: &'a str,
    content: &'a str,
    parsed: &'a Parsed,
    left_to_parse: Cell<usize>,
}

/// Edits that change what they replace and nothing else.
struct Tried {
    edits: Vec<Edit>,
    targets: Vec<Option<Target>>,
    after: String,
}

impl Sifter<'_> {
    /// Those edits that can be made together. One that cannot be made alone is left; when two good
    /// halves are bad together, the second waits for a further pass.
    fn sift(
        &self,
        mut picks: Vec<Pick>,
        left: &mut Vec<(Pick, Misfit)>,
    ) -> (Vec<Pick>, Option<Tried>) {
        let misfit = match self.tried(&picks) {
            Ok(tried) => return (picks, Some(tried)),
            Err(misfit) => misfit,
        };
        if picks.len() < 2 || self.left_to_parse.get() == 0 {
            left.extend(picks.into_iter().map(|pick| (pick, misfit.clone())));
            return (Vec::new(), None);
        }
        let second = picks.split_off(picks.len() / 2);
        let (first, first_tried) = self.sift(picks, left);
        let (second, second_tried) = self.sift(second, left);
        if first_tried.is_none() {
            return (second, second_tried);
        }
        let both: Vec<Pick> = first.iter().chain(&second).cloned().collect();
        match self.tried(&both) {
            Ok(tried) => (both, Some(tried)),
            Err(_) => (first, first_tried),
        }
    }

    fn tried(&self, picks: &[Pick]) -> Result<Tried, Misfit> {
        let edits: Vec<Edit> = picks.iter().map(|pick| pick.edit.clone()).collect();
        let after = splice(self.content, &edits).ok_or(Misfit::Meaning)?;
        self.left_to_parse.set(self.left_to_parse.get().saturating_sub(after.len()));
        let source = Source::new(File::local(self.path), after.clone());
        let targets = self.parsed.check(&source, &edits)?;
        Ok(Tried { edits, targets, after })
    }
}
