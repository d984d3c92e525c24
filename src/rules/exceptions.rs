//! Exceptions: what they take away from the findings; and nobody allows themselves what a rule
//! forbids.

use std::collections::{BTreeMap, BTreeSet};

use super::at::{Part, quoted};
use super::{Whole, codes};
use crate::catalog::exemptions::{exemptions, is_same};
use crate::finding::Finding;
use crate::model::gitsm::exception::ExceptionOf;

pub(super) fn check(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    for (_, entity) in whole.catalog.entities() {
        if entity.kind.name != "Exception" {
            continue;
        }
        let of =
            |relation: &str| entity.references.iter().find(|one| one.field.relation == relation);
        let (Some(wants), Some(allows)) = (of("requestedBy"), of("approvedBy")) else { continue };
        let Some(why) = is_same(whole.catalog, whole.graph(), wants, allows) else { continue };
        findings.extend(whole.again(entity, |at| {
            let name = quoted(whole.catalog.names.text(allows.written));
            let headline = format!("{name} allows this, and {why}");
            at.finding(&codes::EXCEPTION_SELF_APPROVED, &allows.pointer(), Part::Value, headline)
                .label(at.place(at.span(&wants.pointer(), Part::Value)), "has the benefit")
                .help("have it allowed by somebody who has nothing of it")
        }));
    }
}

/// The rules of a kind that do not hold, each with the canonical reference for which it does not.
/// Where several exceptions are of one rule and subject, the strictest wins: all must be in force.
pub(super) fn in_force(whole: &Whole<'_>, of: ExceptionOf) -> BTreeSet<(String, String)> {
    let mut all: BTreeMap<(String, String), bool> = BTreeMap::new();
    for one in exemptions(whole.catalog, whole.graph(), of) {
        let holds = one.holds_on(whole.today);
        let key = (one.rule, one.subject);
        all.entry(key).and_modify(|known| *known &= holds).or_insert(holds);
    }
    all.into_iter().filter(|(_, holds)| *holds).map(|(key, _)| key).collect()
}

/// Codes that no exception takes away.
const NEVER: &[&str] = &[
    "policy-violated",
    "policy-overdue",
    "policy-failed",
    "expression-invalid",
    "exception-expired",
    "exception-self-approved",
];

/// Takes away what exceptions of codes allow.
pub fn except(whole: &Whole<'_>, findings: &mut Vec<Finding>) {
    if whole.catalog.own == 0 {
        return;
    }
    let mut allowed = in_force(whole, ExceptionOf::Code);
    // What a policy asks for is excepted by the policy's name, and what watches over exceptions never.
    allowed.retain(|(code, _)| !NEVER.contains(&code.as_str()));
    if allowed.is_empty() {
        return;
    }
    findings.retain_mut(|finding| {
        let code = finding.code.name.to_owned();
        let stays = |entity: &Option<String>| {
            let Some(entity) = entity else { return true };
            !allowed.contains(&(code.clone(), entity.clone()))
        };
        finding.more.retain(|at| stays(&at.entity));
        if stays(&finding.at.entity) {
            return true;
        }
        // What is left of a finding at several places stands at the next of them.
        let next = (!finding.more.is_empty()).then(|| finding.more.remove(0));
        next.is_some_and(|next| {
            finding.at = next;
            true
        })
    });
}
