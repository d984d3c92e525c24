//! Looking back: who may say how a change went, beside those who made it.

use super::refusal::Refusal;
use crate::ledger::Checked;
use crate::model::gitsm::change_policy::Grade;

/// Why somebody's review does not count: the entry does not, they had a hand in the change, or it is
/// not sure enough who it is. What happened since then does not matter: whoever leaves later has
/// reviewed.
pub(in crate::change) fn unfit(one: &Checked, roles: &[String], wants: Grade) -> Option<Refusal> {
    if let Some(problem) = one.problems.iter().find(|one| one.is_fatal()) {
        return Some(problem.into());
    }
    if !roles.is_empty() {
        return Some(Refusal::Contributed { roles: roles.to_vec() });
    }
    let has = one.grade;
    (has < wants).then_some(Refusal::GradeBelow { has, wants })
}
