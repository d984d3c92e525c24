//! `diff`: what a change really changes, and what that means.

use chrono::{DateTime, Utc};

use super::backtest::preview;
use super::clock;
use super::judged::{Judged, judged};
use super::sides::{Asked, OwnedSide, Sides, SidesError, Wanted, folder_in};
use super::underway::underway;
use super::workspace::Place;
use crate::catalog::EntityId;
use crate::change::backtest::Preview;
use crate::change::{ChangeSet, EntityChange, Side};
use crate::git::Repository;
use crate::model::gitsm::Spec;
use crate::output::diff::{Compared, DiffReport, FileReport, Known, LineCount};
use crate::rules;
use crate::tree::{Entry, EntryKind};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where the user stands.
    pub place: Place,
    /// Which change is meant.
    pub asked: Asked,
    /// The instant at which it is judged; now without it.
    pub now: Option<DateTime<Utc>>,
    /// Whether to say what it can break.
    pub impact: bool,
    /// Whether to say how risky it is, who must agree, and when it may happen.
    pub judgement: bool,
}

/// Of how many files lines are counted, and how long they may be, in bytes.
const MOST_COUNTED: usize = 100;
const LONGEST_COUNTED: u64 = 256 << 10;

/// Looks at a change.
///
/// # Errors
///
/// There is no repository, no base, or no merge.
pub fn diff(
    request: &Request,
    environment: &crate::git::Environment<'_>,
) -> Result<DiffReport, SidesError> {
    Repository::trust_objects();
    let now = request.now.unwrap_or_else(|| clock::instant(None));
    let is_judged = request.impact || request.judgement;
    let wanted = Wanted { now: is_judged.then(|| now.timestamp()), ..Wanted::default() };
    let sides = Sides::open(&request.place, &request.asked, &wanted, environment)?;
    let set = sides.set();
    let report = report(&sides, &set);
    if !is_judged {
        return Ok(report);
    }
    let open = match request.judgement {
        true => underway(&sides, now.timestamp(), None)?,
        false => Vec::new(),
    };
    let Judged { assessment, timing, undo } = judged(&sides, &set, sides.facts.clone(), now, &open);
    let mut report = report.with(assessment, timing, undo, (request.impact, request.judgement));
    if let Some(part) = &mut report.judgement {
        let lately = looked_back(&sides, &set, request, now)?;
        part.backtest = lately.filter(|one| one.landings > 0);
    }
    Ok(report)
}

/// What a change of a ChangePolicy would have meant lately.
fn looked_back(
    sides: &Sides,
    set: &ChangeSet,
    request: &Request,
    now: DateTime<Utc>,
) -> Result<Option<Preview>, SidesError> {
    let folder = folder_in(&sides.repository, &request.place.current);
    let commit = &sides.names.base_commit;
    Ok(sides.base.show(|base| {
        let both = |merged: &Side<'_>| {
            preview(&sides.repository, commit, &folder, set, (base, merged), now)
        };
        sides.merged.show(both)
    })?)
}

/// A text of a report with its secrets hidden: names and paths can hold some, too.
pub fn hidden(text: &str) -> String {
    rules::starred(text, &[])
}

/// Puts a change down.
pub fn report(sides: &Sides, set: &ChangeSet) -> DiffReport {
    let names = &sides.names;
    let compared = Compared {
        base: names.base.clone(),
        base_commit: names.base_commit.clone(),
        head: match (&names.head, names.staged) {
            (Some(head), _) => head.clone(),
            (None, true) => "index".to_owned(),
            (None, false) => "worktree".to_owned(),
        },
        head_commit: Some(names.head_commit.clone()),
        how: names.how.clone(),
    };
    let mut report = sides.base.show(|base| {
        sides.merged.show(|merged| {
            let known = |change: &EntityChange| known(base, merged, change);
            DiffReport::new(compared, set, &known, &|text| rules::starred(text, &[]))
        })
    });
    for file in report.files.iter_mut().take(MOST_COUNTED) {
        file.lines = lines(sides, file);
    }
    report
}

/// How many lines of a file come and go.
fn lines(sides: &Sides, file: &FileReport) -> Option<LineCount> {
    let text = |side: &OwnedSide, is_there: bool| {
        if !is_there {
            return Some(String::new());
        }
        let entry = Entry { path: file.path.clone(), kind: EntryKind::File, id: None };
        let content = side.tree.read(&entry, LONGEST_COUNTED).ok()?;
        let is_whole = content.bytes.len() as u64 == content.size;
        String::from_utf8(content.bytes).ok().filter(|text| is_whole && !text.contains('\0'))
    };
    let before = text(&sides.base, file.old_blob.is_some())?;
    let after = text(&sides.merged, file.new_blob.is_some())?;
    Some(LineCount::between(&before, &after))
}

/// What is known of an entity: as it will be, or as it was if it is gone.
pub(super) fn known(base: &Side<'_>, merged: &Side<'_>, change: &EntityChange) -> Known {
    let name = change.former.as_ref().unwrap_or(&change.reference);
    let found = find(merged, &change.reference).map(|id| (merged, id));
    let Some((side, id)) = found.or_else(|| find(base, name).map(|id| (base, id))) else {
        return Known::default();
    };
    let catalog = side.catalog;
    let mut known = Known::default();
    for document in catalog.defined(catalog.entity(id).reference) {
        let entity = catalog.entity(document);
        let owners = entity.references.iter().filter(|one| one.field.relation == "ownedBy");
        known.owners.extend(owners.map(|one| catalog.names.text(one.target).to_owned()));
        let criticality = match entity.spec() {
            Some(Spec::Service(spec)) => spec.criticality,
            Some(Spec::ConfigurationItem(spec)) => spec.criticality,
            _ => None,
        };
        let word = criticality.and_then(|tier| serde_json::to_value(tier).ok());
        known.criticality = known.criticality.or(word.and_then(|word| Some(word.as_str()?.into())));
    }
    let document = side.reader.document(catalog.entity(id));
    let title = document.as_ref().and_then(|one| one.root()?.get("metadata")?.str("title"));
    known.title = title.map(str::to_owned);
    known
}

fn find(side: &Side<'_>, name: &str) -> Option<EntityId> {
    side.catalog.principal(side.catalog.names.find(name)?)
}
