//! `gitsm plan`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Environment;
use super::args::{Aim, Allow, Plan, PlanFormat};
use super::error::{Failure, print, tell};
use super::impact::put;
use super::ledger::around;
use super::pager;
use crate::flow::apply::note_unsettled;
use crate::flow::diff::hidden;
use crate::flow::plan::{Planned, Request, plan};
use crate::output::plan::{human, json, markdown};
use crate::output::visible;
use crate::plan::Allowed;
use crate::plan::document::FaultPlan;

pub(super) fn run(arguments: &Plan, environment: &Environment) -> Result<u8, Failure> {
    let request = Request {
        allowed: allowed(&arguments.allow),
        ..request(&arguments.aim, arguments.at.clone(), environment)
    };
    let mut planned = plan(&request)?;
    note_unsettled(&mut planned, &request.place, &around(environment));
    show(&planned, &arguments.outputs, environment)?;
    if let Some(file) = &arguments.out {
        if planned.commit.is_none() {
            tell(
                "note: this plan is of files that are not committed, so it cannot be applied; name a \
                  revision with --at\n",
            );
        }
        put(&json(&planned.plan), Some(file), environment)?;
        tell(&format!("the plan is in {}\n", visible(&file.display().to_string())));
    }
    let refused = planned.plan.targets.iter().any(|target| !target.refusals.is_empty());
    let found = u8::from(refused || (arguments.exit_code && !planned.plan.is_empty()));
    Ok(found.max(failed(planned.plan.faults(), environment)))
}

/// Tells of targets of which nothing is known. The exit code for that; 0 without any.
pub(super) fn failed<'f>(
    faults: impl Iterator<Item = &'f FaultPlan>,
    environment: &Environment,
) -> u8 {
    faults.map(|fault| Failure::from(fault).report(environment)).max().unwrap_or(0)
}

/// What is asked of targets.
pub(super) fn request(aim: &Aim, at: Option<String>, environment: &Environment) -> Request {
    let operator = aim.operator.clone();
    let named = || (environment.variable)("GITSM_OPERATOR").filter(|path| !path.is_empty());
    Request {
        place: environment.place(&[], at),
        targets: aim.targets.clone(),
        operator: operator.or_else(|| named().map(Into::into)),
        set: aim.set.clone(),
        allowed: Allowed::default(),
        adopt: BTreeSet::new(),
        today: None,
        variable: environment.variable,
        path: (environment.variable)("PATH").map(Into::into),
    }
}

/// What is allowed beyond the limits.
pub(super) fn allowed(all: &[Allow]) -> Allowed {
    Allowed {
        deletes: all.contains(&Allow::Deletes),
        updates: all.contains(&Allow::Updates),
        empty: all.contains(&Allow::Empty),
        drift: all.contains(&Allow::Drift),
    }
}

/// Shows a plan in the formats that are asked for.
pub(super) fn show(
    planned: &Planned,
    outputs: &[(PlanFormat, Option<PathBuf>)],
    environment: &Environment,
) -> Result<(), Failure> {
    if outputs.iter().filter(|(_, file)| file.is_none()).count() > 1 {
        let hint = "give all but one a file: -o human -o markdown=plan.md".to_owned();
        let message = "only one format can go to standard output".to_owned();
        return Err(Failure::usage(message, Some(hint)));
    }
    let default = [(PlanFormat::Human, None)];
    let outputs = if outputs.is_empty() { &default[..] } else { outputs };
    for (format, file) in outputs {
        let text = match format {
            PlanFormat::Human => human(&planned.plan, environment.color && file.is_none()),
            PlanFormat::Json => json(&planned.plan),
            PlanFormat::Markdown => markdown(&planned.plan),
        };
        let text = hidden(&text);
        match (format, file) {
            (PlanFormat::Human, None) => pager::show(&text, environment)?,
            (_, None) => print(&text)?,
            (_, file) => put(&text, file.as_deref(), environment)?,
        }
    }
    Ok(())
}
