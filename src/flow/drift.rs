//! `drift`: what somebody else changed at targets, and who applied it last.

use chrono::{DateTime, SecondsFormat};

use super::apply::{ApplyError, note_unsettled, standing};
use super::change::desk::Desk;
use super::change::texts::keep;
use super::change::writer::As;
use super::ledger::Around;
use super::plan::{Request, plan, protected};
use super::workspace::Place;
use crate::catalog::short;
use crate::git::Repository;
use crate::ledger::{Event, Proposed};
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::value::RiskBand;
use crate::output::drift::{DriftReport, TargetDrift};
use crate::output::visible;
use crate::plan::document::{DriftPlan, FaultPlan, sha256};
use crate::target::FaultKind;

/// Looks for drift. Of no other revision than the protected branch's newest, if none is named.
///
/// # Errors
///
/// The catalog cannot be read. A target that cannot be asked is told as such.
pub fn drift(request: &Request, around: &Around) -> Result<DriftReport, ApplyError> {
    let place = &request.place;
    let repository = Repository::discover(&place.current).ok();
    let protected = protected(repository.as_ref())?.map(|(_, tip)| tip);
    let at = place.at.clone().or(protected);
    let request = Request { place: Place { at, ..place.clone() }, ..request.clone() };
    let mut planned = plan(&request)?;
    note_unsettled(&mut planned, place, around);
    let names: Vec<String> = planned.plan.targets.iter().map(|one| one.target.clone()).collect();
    // Without a ledger it is only not known who applied it.
    let mut known = standing(place, around, &names).unwrap_or_default().into_iter();
    let unknown = |name: &str| {
        let part = planned.parts.iter().find(|part| part.target == name)?;
        part.unsettled.as_ref().err()
    };
    let targets = planned.plan.targets.into_iter().map(|target| {
        // What nobody knows is no drift.
        let fault = unknown(&target.target).map(|fault| FaultPlan {
            message: format!("{}: {fault}", short(&target.target)),
            help: None,
            is_setup: fault.kind == FaultKind::Settings,
        });
        let mut shown = TargetDrift::of(target);
        if fault.is_some() {
            (shown.unsettled, shown.fault) = (None, fault);
        }
        if let Some(standing) = known.next().flatten() {
            let at = standing.at.and_then(|at| DateTime::from_timestamp(at, 0));
            shown.applied_at = at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
            (shown.applied_by, shown.applied) = (standing.by, standing.commit);
        }
        shown
    });
    Ok(DriftReport { format: "drift/1", commit: planned.commit, targets: targets.collect() })
}

/// A change that was found at a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Its canonical reference.
    pub change: String,
    /// Whether it was recorded before.
    pub is_known: bool,
}

/// The most objects that are named in a text.
const NAMED: usize = 50;

/// Opens an unauthorised change for the drift of each target: what was found, and when, goes to the
/// ledger, and its owners look back at it. The same drift is recorded once.
///
/// # Errors
///
/// There is no ledger, or who writes may not.
pub fn record(
    report: &DriftReport,
    place: &Place,
    around: &Around,
    who: &As,
) -> Result<Vec<Opened>, ApplyError> {
    let desk = Desk::open(place, around)?;
    let mut opened = Vec::new();
    for target in &report.targets {
        let open: Vec<&DriftPlan> =
            target.drift.iter().filter(|one| one.accepted_by.is_empty()).collect();
        if open.is_empty() {
            continue;
        }
        let digest = sha256(&serde_json::to_value(&open).unwrap_or_default());
        let reference = crate::model::EntityRef::from_canonical(target.target.as_str());
        let short_digest: String = digest.chars().skip("sha256:".len()).take(8).collect();
        let name: String = reference.name().chars().take(40).collect();
        let change = format!("change:default/drift-{name}-{short_digest}");
        let is_known = desk.proposed(&change).is_some();
        if !is_known {
            let writer = desk.writer(who)?;
            let text = keep(&desk.book, &change, &writer.by, &told(target, &open))?;
            desk.book.share(&desk.book.records)?;
            let main = desk.book.main.clone();
            let proposed = Proposed {
                base_branch: desk.book.base_branch.clone(),
                base: main.clone(),
                head: main,
                digest,
                request: text,
                change_type: ChangeType::Emergency,
                band: RiskBand::High,
                requirements: Vec::new(),
                pull_request: None,
                opener: None,
            };
            desk.record(&writer, vec![(change.clone(), Event::Proposed(proposed))])?;
        }
        opened.push(Opened { change, is_known });
    }
    Ok(opened)
}

/// What was found, in words and without a value.
fn told(target: &TargetDrift, open: &[&DriftPlan]) -> String {
    let mut lines =
        vec![format!("Found at {}, and made by nobody's change:", short(&target.target))];
    for one in open.iter().take(NAMED) {
        let commit: String = one.commit.chars().take(12).collect();
        let what = match one.is_missing {
            true => "is gone".to_owned(),
            false => {
                let names: Vec<&str> = one.fields.iter().map(|field| field.name.as_str()).collect();
                format!("differs in {}", names.join(", "))
            }
        };
        let line =
            format!("- {} ({}) {what}; applied last of {commit}", one.id, short(&one.entity));
        lines.push(visible(&line));
    }
    if open.len() > NAMED {
        lines.push(format!("- and {} more", open.len() - NAMED));
    }
    lines.join("\n")
}
