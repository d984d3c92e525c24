//! `target list` and `target check`: where targets are, and whether they can be reached.

use chrono::DateTime;

use super::apply::{Standing, held_here, standing};
use super::ledger::Around;
use super::plan::{PlanError, Request, aims, list as listed, plan};
use crate::catalog::short;
use crate::output::target::{CheckedTarget, ListedTarget};
use crate::plan::document::TargetPlan;
use crate::target::FaultKind;

/// The targets of a catalog. Nothing is asked there.
///
/// # Errors
///
/// The catalog cannot be read, or there is no such target.
pub fn list(request: &Request, around: &Around) -> Result<Vec<ListedTarget>, PlanError> {
    let all = listed(request)?;
    let names: Vec<String> = all.iter().map(|one| one.target.clone()).collect();
    // Without a repository, or a ledger, there is less to tell.
    let mut known = standing(&request.place, around, &names).unwrap_or_default().into_iter();
    let mut here = held_here(&request.place, &names).into_iter();
    let one = all.into_iter().map(|one| {
        let here = here.next().flatten();
        let standing = known.next().flatten();
        let broken = one.broken.map(|at| format!("not as a Target's should be: {at}"));
        ListedTarget {
            name: short(&one.target),
            driver: one.driver.to_owned(),
            place: broken.or(one.place).unwrap_or_default(),
            applied: standing.as_ref().map(applied).unwrap_or_default(),
            held: standing
                .and_then(|one| one.lock)
                .map(|lock| {
                    format!("{} since {} ({})", short(&lock.by), time(lock.since), lock.holder)
                })
                .or(here)
                .unwrap_or_default(),
        }
    });
    Ok(one.collect())
}

fn applied(standing: &Standing) -> String {
    let Some((commit, at)) = standing.commit.as_ref().zip(standing.at) else {
        return String::new();
    };
    let by = standing.by.as_deref().map(short).unwrap_or_default();
    let commit: String = commit.chars().take(12).collect();
    format!("{commit} at {} by {by}", time(at))
}

fn time(seconds: i64) -> String {
    let at = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// Looks at targets, one after the other; what goes wrong at one hides nothing of the others.
///
/// # Errors
///
/// The catalog cannot be read, or there is no such target.
pub fn check(request: &Request) -> Result<Vec<CheckedTarget>, PlanError> {
    let mut planned = plan(request)?;
    let mut parts = std::mem::take(&mut planned.parts).into_iter();
    let one = |plan: TargetPlan| {
        let mut checked = CheckedTarget { name: short(&plan.target), ..CheckedTarget::default() };
        let part = if plan.fault.is_some() { None } else { parts.next() };
        let unsettled = part.as_ref().map(|part| part.unsettled.clone());
        match (part, plan.fault, unsettled) {
            (_, Some(fault), _) => {
                checked.fault = Some(fault.words());
                checked.code = if fault.is_setup { 2 } else { 3 };
            }
            // Its files can be read, and whoever loads them cannot be reached.
            (_, _, Some(Err(fault))) => {
                checked.fault = Some(format!("{}: {fault}", checked.name));
                checked.code = if fault.kind == FaultKind::Settings { 2 } else { 3 };
            }
            (part, ..) => {
                checked.found = part.map(|part| (part.taken, part.own));
                checked.note = plan.unsettled;
            }
        }
        checked
    };
    Ok(planned.plan.targets.into_iter().map(one).collect())
}

/// The targets that are meant, as canonical references.
///
/// # Errors
///
/// The catalog cannot be read, or there is no such target.
pub fn named(request: &Request) -> Result<Vec<String>, PlanError> {
    Ok(aims(request)?.into_iter().map(|(name, _)| name).collect())
}
