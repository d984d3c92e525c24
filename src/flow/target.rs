//! `target list` and `target check`: where targets are, and whether they can be reached.

use chrono::DateTime;

use super::apply::{Standing, standing};
use super::ledger::Around;
use super::plan::{PlanError, Request, aims, list as listed, plan};
use crate::catalog::short;
use crate::output::target::{CheckedTarget, ListedTarget};

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
    let one = all.into_iter().map(|one| {
        let standing = known.next().flatten();
        ListedTarget {
            name: short(&one.target),
            driver: one.driver.to_owned(),
            place: one.place.unwrap_or_default(),
            applied: standing.as_ref().map(applied).unwrap_or_default(),
            held: standing
                .and_then(|one| one.lock)
                .map(|lock| {
                    format!("{} since {} ({})", short(&lock.by), time(lock.since), lock.holder)
                })
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
    let mut all = Vec::new();
    for (target, _) in aims(request)? {
        let one = Request { targets: vec![target.clone()], ..request.clone() };
        let mut checked = CheckedTarget { name: short(&target), found: None, fault: None, code: 0 };
        match plan(&one) {
            Ok(planned) => {
                checked.found = planned.parts.first().map(|part| (part.taken, part.own));
            }
            Err(error) => {
                let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                checked.fault = Some(format!("{error}{hint}"));
                checked.code = if error.is_usage() { 2 } else { 3 };
            }
        }
        all.push(checked);
    }
    Ok(all)
}

/// The targets that are meant, as canonical references.
///
/// # Errors
///
/// The catalog cannot be read, or there is no such target.
pub fn named(request: &Request) -> Result<Vec<String>, PlanError> {
    Ok(aims(request)?.into_iter().map(|(name, _)| name).collect())
}
