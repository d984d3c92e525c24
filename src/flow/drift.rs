//! `drift`: what somebody else changed at targets, and who applied it last.

use chrono::{DateTime, SecondsFormat};

use super::apply::{ApplyError, standing};
use super::ledger::Around;
use super::plan::{Request, plan};
use super::workspace::Place;
use crate::git::Repository;
use crate::output::drift::{DriftReport, TargetDrift};

/// Looks for drift. Of no other revision than the protected branch's newest, if none is named.
///
/// # Errors
///
/// The catalog cannot be read, or a target cannot be asked.
pub fn drift(request: &Request, around: &Around) -> Result<DriftReport, ApplyError> {
    let place = &request.place;
    let repository = Repository::discover(&place.current).ok();
    let protected = repository.as_ref().and_then(Repository::protected).map(|(_, tip)| tip);
    let at = place.at.clone().or(protected);
    let request = Request { place: Place { at, ..place.clone() }, ..request.clone() };
    let planned = plan(&request)?;
    let names: Vec<String> = planned.plan.targets.iter().map(|one| one.target.clone()).collect();
    // Without a ledger it is only not known who applied it.
    let mut known = standing(place, around, &names).unwrap_or_default().into_iter();
    let targets = planned.plan.targets.into_iter().map(|target| {
        let mut shown = TargetDrift::of(target);
        if let Some(standing) = known.next().flatten() {
            let at = standing.at.and_then(|at| DateTime::from_timestamp(at, 0));
            shown.applied_at = at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
            (shown.applied_by, shown.applied) = (standing.by, standing.commit);
        }
        shown
    });
    Ok(DriftReport { format: "drift/1", commit: planned.commit, targets: targets.collect() })
}
