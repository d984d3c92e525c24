//! What speaks against edits that were tried: what the catalog's rules say afterwards.
//!
//! The values beside an edit are known to be the same, so a rule that looks at one document can
//! find something new only because it sees more: the mistake had hidden it. That is honest where
//! the document was wrong before, and harm where others could use it as it was. A rule that looks
//! at the whole catalog may also find that an edit took away what other documents rely on.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::passes::{Attempt, Pick, key};
use crate::finding::{Finding, Fingerprint, Occurrence, Scope, Severity};
use crate::source::{Place, Span};
use crate::yaml::{Pointer, Target, moved};

/// Something that speaks against an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) attempt: usize,
    pub(super) pick: usize,
    pub(super) reason: String,
}

/// How many places of a finding are looked at to tell which edit it is about.
const MOST_PLACES: usize = 100;

/// An edit that was tried.
#[derive(Clone, Copy)]
struct Tried<'a> {
    attempt: usize,
    pick: usize,
    of: &'a Attempt,
}

/// Says what speaks against edits, from the findings without and with them; at most one objection
/// an edit.
pub(super) fn raise(before: &[Finding], after: &[Finding], attempts: &[Attempt]) -> Vec<Objection> {
    let bench = Bench::of(before, attempts);
    let mut objections: BTreeMap<(usize, usize), String> = BTreeMap::new();
    for finding in after {
        let elsewhere = Cell::new(true);
        for at in finding.occurrences() {
            let (blamed, reason) = bench.blame(finding, at, &elsewhere);
            for tried in blamed {
                objections.entry((tried.attempt, tried.pick)).or_insert_with(|| reason.clone());
            }
        }
    }
    let objections = objections.into_iter();
    objections.map(|((attempt, pick), reason)| Objection { attempt, pick, reason }).collect()
}

/// What was tried, and what was known before.
struct Bench<'a> {
    all: Vec<Tried<'a>>,
    /// Where each of them stands afterwards.
    spans: Vec<Span>,
    /// The numbers of the edits of each file.
    files: BTreeMap<&'a str, Vec<usize>>,
    fingerprints: BTreeSet<Fingerprint>,
    /// Codes and the places where they were found, as those stand after the edits. An entity that
    /// gets another name changes the fingerprints of all that is found in it.
    places: BTreeSet<(&'static str, String, u32)>,
    /// For each edit how often a code was found in what it replaces, without what it is to fix.
    there: Vec<BTreeMap<&'static str, usize>>,
    /// For each edit whether its document had an error.
    wrong: Vec<bool>,
}

impl<'a> Bench<'a> {
    fn of(before: &[Finding], attempts: &'a [Attempt]) -> Self {
        let (mut all, mut spans) = (Vec::new(), Vec::new());
        let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, of) in attempts.iter().enumerate() {
            for pick in 0..of.picks.len() {
                files.entry(of.path.as_str()).or_default().push(all.len());
                spans.push(moved(of.edits[pick].span, &of.edits));
                all.push(Tried { attempt: number, pick, of });
            }
        }
        let (there, wrong) = (vec![BTreeMap::new(); all.len()], vec![false; all.len()]);
        let (fingerprints, places) = (BTreeSet::new(), BTreeSet::new());
        let mut bench = Self { all, spans, files, fingerprints, places, there, wrong };
        for finding in before {
            for at in finding.occurrences() {
                bench.learn(finding, at);
            }
        }
        for (number, tried) in bench.all.iter().enumerate() {
            for asked in &tried.pick().asked {
                let count = bench.there[number].entry(asked.code.name).or_default();
                *count = count.saturating_sub(1);
            }
        }
        bench
    }

    /// Notes what was found before the edits.
    fn learn(&mut self, finding: &Finding, at: &Occurrence) {
        self.fingerprints.insert(at.fingerprint);
        let path = &at.place.file.path;
        let here = self.files.get(path.as_str()).map(Vec::as_slice).unwrap_or_default();
        let edits = here.first().map(|number| self.all[*number].of.edits.as_slice());
        let start = moved(at.place.span, edits.unwrap_or_default()).start;
        for number in here {
            let tried = &self.all[*number];
            if tried.pick().edit.touches(at.place.span) {
                *self.there[*number].entry(finding.code.name).or_default() += 1;
            }
            let document = tried.target().map(|target| target.before);
            let inside = document.is_some_and(|one| one.contains(at.place.span.start));
            self.wrong[*number] |= inside && finding.severity == Severity::Error;
        }
        self.places.insert((finding.code.name, path.clone(), start));
    }

    /// The edits that are to blame for a finding, and what to say. Who is to blame in documents that
    /// are not edited is the same wherever a finding holds, and asked once, while `elsewhere` holds.
    fn blame(
        &self,
        finding: &Finding,
        at: &Occurrence,
        elsewhere: &Cell<bool>,
    ) -> (Vec<Tried<'a>>, String) {
        let code = finding.code.name;
        let fixed = |tried: &Tried<'_>| tried.pick().asked.iter().any(|asked| asked.key == key(at));
        let here: Vec<usize> =
            self.files.get(at.place.file.path.as_str()).cloned().unwrap_or_default();
        let useless: Vec<Tried<'a>> = self.tried(&here).filter(fixed).collect();
        if !useless.is_empty() {
            return (useless, "it would not help".to_owned());
        }
        if finding.severity == Severity::Note {
            return (Vec::new(), String::new());
        }
        let wrong = self.about_the_edit(code, at, &here);
        if !wrong.is_empty() {
            return (wrong, format!("what it writes would be wrong, too: {}", finding.headline));
        }
        let place = (code, at.place.file.path.clone(), at.place.span.start);
        if self.fingerprints.contains(&at.fingerprint) || self.places.contains(&place) {
            return (Vec::new(), String::new());
        }
        let reason = format!(
            "it would bring {}[{code}] at {}: {}",
            finding.severity.as_str(),
            at.place,
            finding.headline
        );
        let holds = |number: &usize| self.all[*number].holds(&at.place);
        let inside: Vec<usize> = here.into_iter().filter(holds).collect();
        let blamed = match inside.is_empty() {
            false => self.for_what_is_new(finding, at, &inside),
            true if elsewhere.replace(false) => self.for_what_is_new_elsewhere(finding),
            true => Vec::new(),
        };
        (blamed, reason)
    }

    /// Edits whose new text is found fault with, more than the old one was.
    fn about_the_edit(&self, code: &str, at: &Occurrence, here: &[usize]) -> Vec<Tried<'a>> {
        let about = |number: &&usize| {
            let tried = &self.all[**number];
            let span = self.spans[**number];
            let overlaps = span.start < at.place.span.end && at.place.span.start < span.end;
            // What is missing in a mapping is said at its key, and is not about the key.
            let same = tried.target().is_some_and(|target| target.pointer.as_str() == at.pointer);
            let known = self.there[**number].get(code).is_some_and(|count| *count > 0);
            overlaps && same && !known
        };
        here.iter().filter(about).map(|number| self.all[*number]).collect()
    }

    /// Those in the edited document that a finding is new in.
    fn for_what_is_new(
        &self,
        finding: &Finding,
        at: &Occurrence,
        inside: &[usize],
    ) -> Vec<Tried<'a>> {
        let was_wrong = inside.iter().any(|number| self.wrong[*number]);
        let reveals = self.tried(inside).any(|tried| tried.reveals());
        let harms = finding.severity == Severity::Error && !was_wrong;
        if !harms && (finding.code.scope != Scope::Catalog || reveals) {
            return Vec::new();
        }
        let pointer = Pointer::from_text(at.pointer.as_str());
        first_of(vec![
            self.tried(inside).filter(|tried| tried.is_above(&pointer)).collect(),
            self.tried(inside).collect(),
        ])
    }

    /// Those who took something away that documents which are not edited rely on.
    fn for_what_is_new_elsewhere(&self, finding: &Finding) -> Vec<Tried<'a>> {
        // Without them only more of what was wrong came to light.
        if finding.code.scope != Scope::Catalog {
            return Vec::new();
        }
        let places = || {
            let others = finding.occurrences().take(MOST_PLACES).map(|at| &at.place);
            others.chain(finding.labels.iter().map(|label| &label.place))
        };
        let metadata = Pointer::root().join("metadata");
        let all = || self.all.iter().copied();
        let blamed = first_of(vec![
            all().filter(|tried| places().any(|at| tried.holds(at))).collect(),
            all().filter(|tried| tried.is_below(&metadata)).collect(),
            all().collect(),
        ]);
        // A reference that leads nowhere as soon as its kind is read is a warning well earned.
        let is_error = finding.severity == Severity::Error;
        blamed.into_iter().filter(|tried| is_error || !tried.reveals()).collect()
    }

    fn tried<'s>(&'s self, numbers: &'s [usize]) -> impl Iterator<Item = Tried<'a>> + 's {
        numbers.iter().map(|number| self.all[*number])
    }
}

/// The first list that is not empty: those who are more likely to blame come first.
fn first_of(lists: Vec<Vec<Tried<'_>>>) -> Vec<Tried<'_>> {
    lists.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
}

impl<'a> Tried<'a> {
    fn pick(&self) -> &'a Pick {
        &self.of.picks[self.pick]
    }

    fn target(&self) -> Option<&'a Target> {
        self.of.targets[self.pick].as_ref()
    }

    /// Whether a place, after the edits, is in the document that is edited.
    fn holds(&self, place: &Place) -> bool {
        let document = self.target().map(|target| target.after);
        place.file.path == self.of.path
            && document.is_some_and(|span| span.contains(place.span.start))
    }

    /// Whether something is read afterwards that nobody read before: what stands under a key that
    /// had another name, a value that was of a type that cannot be read, or a document that was no
    /// entity.
    fn reveals(&self) -> bool {
        self.target().is_some_and(|target| {
            let name = target.pointer.tokens().last().unwrap_or_default();
            target.is_key || target.is_retyped || name == "apiVersion" || name == "kind"
        })
    }

    fn is_above(&self, pointer: &Pointer) -> bool {
        self.target().is_some_and(|target| target.pointer.covers(pointer))
    }

    fn is_below(&self, pointer: &Pointer) -> bool {
        self.target().is_some_and(|target| pointer.covers(&target.pointer))
    }
}
