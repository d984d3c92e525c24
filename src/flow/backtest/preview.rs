//! What a change of a policy would have meant lately: the policy before against the one after it.

use chrono::{DateTime, TimeDelta, Utc};

use super::ahead::Found;
use super::history::history;
use super::judge::{Named, Policies};
use crate::change::backtest::{Count, Preview, told};
use crate::change::{ChangeSet, Side};
use crate::git::{GitError, Handles, Repository};
use crate::model::gitsm::Spec;
use crate::model::gitsm::built_in_policy::built_in;
use crate::model::gitsm::value::RiskBand;

/// How many days back landings are looked at.
const DAYS: i64 = 90;

/// How many landings are looked at, the newest.
const MOST: usize = 200;

/// Judges what landed before a commit in the last days by both versions of the policy that a change
/// set changes; nothing if it changes none. `folder` is where the user stands.
///
/// # Errors
///
/// History cannot be read.
pub fn preview(
    repository: &Repository,
    base_commit: &str,
    folder: &str,
    set: &ChangeSet,
    (base, merged): (&Side<'_>, &Side<'_>),
    now: DateTime<Utc>,
) -> Result<Option<Preview>, GitError> {
    let mut changed = set.entities.iter().filter(|one| one.kind.name == "ChangePolicy");
    let Some(change) = changed.next() else { return Ok(None) };
    let former = change.former.as_deref().unwrap_or(&change.reference);
    let policies = Policies {
        in_force: Some(policy(base, former)),
        tried: Some(policy(merged, &change.reference)),
    };
    let from = now - TimeDelta::days(DAYS);
    // One more than is judged shows whether there are more.
    let handles = Handles::of(repository);
    let git = (repository, &handles);
    let mut found = Vec::new();
    history(repository, base_commit, (from, now), MOST + 1, |landed| found.push(landed))?;
    let capped = found.len() > MOST;
    found.truncate(MOST);
    let found = found.into_iter().rev().map(Found::of).collect();
    let landings = super::all(git, folder, found, &policies, &mut |_, _| {})?.landings;
    let before = told(&landings, |landing| landing.in_force.as_ref());
    let after = told(&landings, |landing| landing.tried.as_ref());
    let bands = [RiskBand::Low, RiskBand::Moderate, RiskBand::High, RiskBand::VeryHigh];
    let moves: Vec<(RiskBand, RiskBand)> = landings
        .iter()
        .filter_map(|one| Some((one.in_force.as_ref()?.band, one.tried.as_ref()?.band)))
        .collect();
    let count = |is: &dyn Fn(RiskBand, RiskBand) -> bool| -> Vec<(RiskBand, usize)> {
        let into = |band: RiskBand| moves.iter().filter(|(a, b)| *b == band && is(*a, *b)).count();
        bands.iter().map(|band| (*band, into(*band))).filter(|(_, count)| *count > 0).collect()
    };
    let pair = |one: &Count, other: &Count| (one.count, other.count);
    Ok(Some(Preview {
        policy: change.reference.clone(),
        days: DAYS,
        landings: landings.len(),
        capped,
        up: count(&|a, b| b > a),
        down: count(&|a, b| b < a),
        board: pair(&before.board, &after.board),
        statements: pair(&before.statements, &after.statements),
    }))
}

/// The policy of a side by its name; the built-in one, where there is none.
fn policy(side: &Side<'_>, name: &str) -> Named {
    let found = side.find(name).and_then(|id| {
        side.specs(id).find_map(|spec| match spec {
            Spec::ChangePolicy(spec) => Some((**spec).clone()),
            _ => None,
        })
    });
    match found {
        Some(spec) => (name.to_owned(), spec),
        None => ("changepolicy:default/built-in".to_owned(), built_in().clone()),
    }
}
