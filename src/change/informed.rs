//! Who is told of a change and not asked.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::approvals::{Approvals, Question};

/// Somebody who is told of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Informed {
    /// The team or the person.
    pub who: String,
    /// Why: `owner` of what is affected, `stakeholder` of what changes or is affected.
    pub roles: Vec<&'static str>,
    /// What it is about, as canonical references.
    pub of: Vec<String>,
}

/// Who is told: owners and stakeholders of what changes or is affected, but for those who are asked.
pub fn informed(question: &Question<'_, '_>, approvals: &Approvals) -> Vec<Informed> {
    let asked: BTreeSet<&String> =
        approvals.requirements.iter().flat_map(|one| one.who.iter()).collect();
    let mut all: BTreeMap<String, Informed> = BTreeMap::new();
    let mut tell = |who: String, role: &'static str, of: &str| {
        if asked.contains(&who) {
            return;
        }
        let one = all.entry(who.clone()).or_insert_with(|| Informed {
            who,
            roles: Vec::new(),
            of: Vec::new(),
        });
        if !one.roles.contains(&role) {
            one.roles.push(role);
        }
        if one.of.last().is_none_or(|last| last != of) {
            one.of.push(of.to_owned());
        }
    };
    for cause in &question.impact.causes {
        for owner in &cause.owners {
            tell(owner.clone(), "owner", &cause.subject.entity);
        }
    }
    for one in &question.impact.affected {
        for owner in &one.owners {
            tell(owner.clone(), "owner", &one.entity);
        }
    }
    let causes = question.impact.causes.iter().map(|one| one.subject.entity.as_str());
    let affected = question.impact.affected.iter().map(|one| one.entity.as_str());
    for name in causes.chain(affected) {
        for side in [question.base, question.merged] {
            let stakeholders = side.find(name).map(|id| side.referred(id, "informs"));
            for who in stakeholders.unwrap_or_default() {
                tell(who, "stakeholder", name);
            }
        }
    }
    all.into_values().collect()
}
