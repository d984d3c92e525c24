//! What an entry may say: who may write what, and what its commit must look like.

use super::types::named;
use super::{Authority, Entry, Event, Problem};
use crate::git::Step;
use crate::model::gitsm::change_policy::Grade;

/// Whether the commit says what the entry says, and nothing else.
pub(super) fn commit(step: &Step, entry: &Entry, own: Option<i64>, problems: &mut Vec<Problem>) {
    let statement = &entry.statement;
    let mut odd = |reason: &str| problems.push(Problem::OddCommit { reason: reason.to_owned() });
    for (person, moment) in [&step.author, &step.committer] {
        if person.name != statement.by || person.email != statement.by {
            odd("names somebody else");
            break;
        }
        if Some(moment.time) != own || moment.offset != 0 {
            odd("is of another instant");
            break;
        }
    }
    let message = format!("{} {}", statement.event.name(), statement.subject);
    if step.message.strip_suffix('\n').unwrap_or(&step.message) != message {
        odd("says something else");
    }
}

/// Whether its writer may write it.
pub(super) fn allowed(entry: &Entry, authority: &Authority) -> Vec<Problem> {
    let statement = &entry.statement;
    let (by, event) = (statement.by.as_str(), &statement.event);
    let Some(known) = named(event.name()) else { return Vec::new() };
    let mut problems = Vec::new();
    let mut no = |reason: String| problems.push(Problem::NotAllowed { reason });
    let is_pipeline = by.starts_with("pipeline:");
    let is_listed = authority.writers.contains_key(by);
    // Where no operators are listed yet, the ledger can begin all the same: its digest is pinned.
    let begins = matches!(event, Event::Opened { .. }) && authority.operators.is_empty();
    let is_operator = begins || authority.operators.contains(by);
    let may = match is_pipeline {
        true => known.writers.pipeline,
        false => known.writers.person || known.writers.operator && is_operator,
    };
    if !is_listed {
        no(format!("the protected branch does not know {by}"));
    } else if authority.left.contains(by) {
        no(format!("{by} works here no more"));
    } else if !may {
        no(match is_pipeline {
            true => format!("a pipeline may not write {}", event.name()),
            false => {
                format!("{by} may not write {}: only pipelines and operators do", event.name())
            }
        });
    }
    if let Some(approval) = event.approval() {
        match (is_pipeline, event.review().is_some()) {
            (true, false) => no("a pipeline copies a review, and names none".to_owned()),
            (false, _) if approval.person != by => {
                no(format!("{by} speaks for {}", approval.person));
            }
            _ => {}
        }
        if approval.change != statement.subject {
            no(format!("it is about {}, and decides about another change", statement.subject));
        }
    }
    if matches!(event, Event::Delegated { .. }) && statement.subject != by {
        no(format!("{by} delegates what is not theirs"));
    }
    if matches!(event, Event::BreakGlass { .. }) && !authority.break_glass.contains(by) {
        no(format!("{by} is not listed to break glass"));
    }
    problems
}

/// How sure it is who wrote it.
pub(super) fn grade(entry: &Entry, key: Option<&str>) -> Grade {
    let statement = &entry.statement;
    match (key, statement.event.approval()) {
        (None, _) => Grade::Claimed,
        // Only pipelines copy what a forge says of others; whoever else does so speaks for themselves.
        (Some(_), Some(approval))
            if approval.person != statement.by && statement.by.starts_with("pipeline:") =>
        {
            Grade::Forge
        }
        (Some(_), _) => Grade::Signed,
    }
}
