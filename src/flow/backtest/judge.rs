//! One landing, judged by the policy of its time and by another one.

use std::collections::BTreeSet;

use super::super::judged::tried;
use super::super::underway::requested;
use super::hands::said;
use super::sight::{Sight, Stage};
use super::step::Step;
use super::walk::Plan;
use crate::change::approvals::RequirementKind;
use crate::change::assessment::{Assessment, Depth, assess_to};
use crate::change::backtest::{Landing, Verdict};
use crate::change::facts::Facts;
use crate::change::subjects::subjects;
use crate::change::timing::timing_within;
use crate::change::undo::is_proved;
use crate::change::{ChangeSet, Side};
use crate::git::GitError;
use crate::model::gitsm::change_policy::ChangePolicySpec;

/// How many days ahead windows and freezes are looked for: only whether it landed in one counts.
const AHEAD: i64 = 2;

/// How many paths of a landing are kept, to find what is fixed later.
const KEPT: usize = 200;

/// A policy, by its name.
pub(super) type Named = (String, ChangePolicySpec);

/// By which policies landings are judged.
#[derive(Debug, Clone, Default)]
pub(super) struct Policies {
    /// The one in force, if it is not that of each landing's own base.
    pub(super) in_force: Option<Named>,
    /// The one that is tried beside it.
    pub(super) tried: Option<Named>,
}

/// A landing that was judged, and what is needed to look for hints that it failed.
pub(super) struct Seen {
    /// The landing.
    pub(super) landing: Landing,
    /// The ids of all commits that it brought.
    pub(super) ids: Vec<String>,
    /// The paths that differ, some at least.
    pub(super) paths: Vec<String>,
    /// Addresses that lead to nobody in the catalog of its time, with the names beside them.
    pub(super) strangers: Vec<(String, String)>,
}

/// Judges a landing.
///
/// # Errors
///
/// Its files cannot be read.
pub(super) fn judge(plan: Plan, policies: &Policies, stage: &Stage<'_>) -> Result<Seen, GitError> {
    let Sight { set, besides, base, merged } = stage.sight(&plan)?;
    let mut landing = begun(&plan.step);
    let Step { landed, ids, mut facts, changed, .. } = plan.step;
    let now = landed.at();
    let open = requested(&base.catalog, &changed, now.timestamp());
    let mut strangers = Vec::new();
    base.show(|base| {
        merged.show(|merged| {
            tried(is_proved(&set, base, merged, &changed, &besides), &mut facts);
            let subjects = subjects(&set, base, merged);
            let timing = timing_within(&set, &subjects, (base, merged), now, &open, AHEAD);
            facts.schedule = timing.facts();
            touched(&mut landing, &set);
            landing.freezes = facts.schedule.freezes.clone();
            landing.outside_window = facts.schedule.outside_window;
            facts.policy = policies.in_force.clone();
            let assessment = assess_to(Depth::Verdict, &set, base, merged, &facts);
            landing.change = assessment.name.name.clone();
            landing.governance = is_governance(&assessment);
            landing.in_force = Some(Verdict::of(&assessment, base));
            strangers = unknown(&assessment);
            landing.tried = by_other(policies, &set, (base, merged), &mut facts);
        });
    });
    let paths = changed.into_iter().take(KEPT).map(|one| one.path).collect();
    Ok(Seen { landing, ids, paths, strangers })
}

/// A landing before it is judged.
fn begun(step: &Step) -> Landing {
    let landed = &step.landed;
    Landing {
        commit: landed.tip.id.clone(),
        before: landed.before.clone(),
        commits: landed.commits.len(),
        change: None,
        at: landed.at(),
        subject: landed.tip.subject.clone(),
        authors: step.authors.iter().map(said).collect(),
        hand: step.hand.clone(),
        unattributed: Vec::new(),
        entities: Vec::new(),
        files: step.changed.len(),
        unowned: 0,
        governance: false,
        freezes: Vec::new(),
        outside_window: None,
        reverts: reverts(&landed.commits),
        failed: None,
        in_force: None,
        tried: None,
        not_judged: None,
    }
}

fn by_other(
    policies: &Policies,
    set: &ChangeSet,
    (base, merged): (&Side<'_>, &Side<'_>),
    facts: &mut Facts,
) -> Option<Verdict> {
    let policy = policies.tried.clone()?;
    facts.policy = Some(policy);
    Some(Verdict::of(&assess_to(Depth::Verdict, set, base, merged, facts), base))
}

/// What a landing touches.
fn touched(landing: &mut Landing, set: &ChangeSet) {
    let mut entities: BTreeSet<String> =
        set.entities.iter().map(|one| one.reference.clone()).collect();
    for file in &set.files {
        entities.extend(file.entities.iter().cloned());
    }
    landing.entities = entities.into_iter().collect();
    landing.unowned = set.files.iter().filter(|file| file.entities.is_empty()).count();
}

fn is_governance(assessment: &Assessment) -> bool {
    let mut all = assessment.approvals.requirements.iter();
    all.any(|one| one.kind == RequirementKind::Governance)
}

/// Authors who are nobody in the catalog: by address and name.
fn unknown(assessment: &Assessment) -> Vec<(String, String)> {
    let known = assessment.approvals.contributors.iter();
    let unknown = known.filter(|one| {
        one.persons.is_empty() && matches!(one.contributor.role.as_str(), "author" | "co-author")
    });
    unknown.map(|one| (one.contributor.email.clone(), one.contributor.name.clone())).collect()
}

/// What commits take back: ids, or the subject of what `Revert "…"` names.
fn reverts(commits: &[crate::git::CommitInfo]) -> Vec<String> {
    let mut all = Vec::new();
    for commit in commits {
        all.extend(commit.reverts.iter().cloned());
        let subject = commit.subject.strip_prefix("Revert \"");
        let subject = subject.and_then(|rest| Some(rest.rsplit_once('"')?.0.to_owned()));
        all.extend(subject.filter(|_| commit.reverts.is_empty()));
    }
    all
}
