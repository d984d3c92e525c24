//! What a change set means: what it can break, of which type and how risky it is, who must agree,
//! what must still be said. A pure function of two sides and of facts. Begin with [`assess`].

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::Side;
use super::approvals::{Approvals, Question, approvals, steering};
use super::change_type::{Typed, runbook_of, starts_from, type_of};
use super::facts::Facts;
use super::impact::{ChangeImpact, impact};
use super::informed::{Informed, informed};
use super::people::People;
use super::policies::{PolicyViolation, change_value, violations};
use super::policy::Policies;
use super::request::{ChangeName, Said, Statement, name, own_request};
use super::risk::{Evidence, Inputs, Raise, Risk, factors, risk};
use super::set::ChangeSet;
use super::subjects::{Subjects, subjects};
use crate::catalog::short;
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::value::RiskBand;

/// What a change set means.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assessment {
    /// What it is called.
    pub name: ChangeName,
    /// The ChangeRequest that it adds or edits.
    pub request: Option<String>,
    /// What of it counts, and what does not.
    pub subjects: Subjects,
    /// What it can break.
    pub impact: ChangeImpact,
    /// Of which type it is.
    pub r#type: Typed,
    /// How risky it is.
    pub risk: Risk,
    /// Who must agree.
    pub approvals: Approvals,
    /// Who is told.
    pub informed: Vec<Informed>,
    /// What must be said of it.
    pub statements: Vec<Statement>,
    /// What policies about changes miss.
    pub policies: Vec<PolicyViolation>,
}

/// How much of an assessment is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// All of it.
    Whole,
    /// Its type, its risk, who must agree and what must be said: not who is told, on which ways what
    /// is affected, which agreements are at stake, what policies about changes miss, and why no model
    /// of standard changes covers it.
    Verdict,
}

/// Finds what a change set means. The same inputs give the same answer; an empty change is of low
/// risk and asks nobody but what its policy asks of every change.
pub fn assess(set: &ChangeSet, base: &Side<'_>, merged: &Side<'_>, facts: &Facts) -> Assessment {
    assess_to(Depth::Whole, set, base, merged, facts)
}

/// The same, as far as it is wanted.
pub fn assess_to(
    depth: Depth,
    set: &ChangeSet,
    base: &Side<'_>,
    merged: &Side<'_>,
    facts: &Facts,
) -> Assessment {
    let set = &*sorted(set);
    let policies = Policies::of(base, merged, facts);
    let request = own_request(set, merged);
    let subjects = subjects(set, base, merged);
    let impact = impact(&subjects, base, merged, depth);
    let typed = type_of(set, (base, merged), facts, request.as_ref(), depth);
    let models: Vec<String> = typed.model.iter().cloned().collect();
    let runbook = models.first().and_then(|model| runbook_of(base, model));
    let said = Said::of(request.as_ref(), runbook, merged);
    let factors = factors(&Inputs {
        set,
        base,
        merged,
        subjects: &subjects,
        impact: &impact,
        facts,
        backout: said.backout(facts),
        test: said.test(facts),
        models: &models,
    });
    let risk = risk(&factors, &policies, raised(set, base, &typed));
    let people = People::new(base, merged, &facts.contributors);
    let question = Question {
        set,
        base,
        merged,
        impact: &impact,
        policies: &policies,
        band: risk.band,
        typed: &typed,
        own: request.as_ref().map(|request| request.reference.as_str()),
        people: &people,
    };
    let approvals = approvals(&question);
    let informed = match depth {
        Depth::Whole => informed(&question, &approvals),
        Depth::Verdict => Vec::new(),
    };
    let standard = typed.r#type == ChangeType::Standard;
    let statements = said.statements(facts, &policies, (risk.band, standard));
    let mut assessment = Assessment {
        name: name(set, facts),
        request: request.as_ref().map(|request| request.reference.clone()),
        impact,
        risk,
        approvals,
        informed,
        statements,
        policies: Vec::new(),
        subjects,
        r#type: typed,
    };
    if depth == Depth::Whole {
        let value = change_value(set, &assessment, base, merged);
        assessment.policies = violations(&value, set, base, merged, &facts.today);
    }
    assessment
}

/// The set in the order that it should have: what is said of it never depends on another one.
fn sorted(set: &ChangeSet) -> Cow<'_, ChangeSet> {
    let ordered = set.entities.is_sorted_by(|a, b| a.reference <= b.reference)
        && set.files.is_sorted_by(|a, b| a.changed.path <= b.changed.path);
    if ordered {
        return Cow::Borrowed(set);
    }
    let mut set = set.clone();
    set.entities.sort_by(|a, b| a.reference.cmp(&b.reference));
    set.files.sort_by(|a, b| a.changed.path.cmp(&b.changed.path));
    Cow::Owned(set)
}

/// Why the band is at least so high, whatever the sum is.
fn raised(set: &ChangeSet, base: &Side<'_>, typed: &Typed) -> Vec<Raise> {
    let mut raised = Vec::new();
    if let Some(doubt) = set.doubts.first() {
        let reason = format!("a part of it cannot be compared: {}", doubt.message);
        let evidence = vec![Evidence::file(&doubt.place.file.path, "cannot be compared")];
        raised.push(Raise { to: RiskBand::High, reason, evidence });
    }
    let steering = steering(set);
    if let Some((_, first)) = steering.first() {
        let reason = match steering.len() {
            1 => format!("{first} steers who agrees to what"),
            n => format!("{first} and {} more steer who agrees to what", n - 1),
        };
        let evidence = steering.iter().map(|(entity, told)| match entity {
            Some(entity) => Evidence::entity(entity, told.clone()),
            None => Evidence::file(told, "steers controls"),
        });
        raised.push(Raise { to: RiskBand::High, reason, evidence: evidence.collect() });
    }
    if let Some(model) = &typed.model
        && let Some(to) = starts_from(base, model).filter(|band| *band > RiskBand::Low)
    {
        let reason = format!("{} starts from {}", short(model), to.name().replace('_', " "));
        let evidence = vec![Evidence::entity(model, "/spec/risk")];
        raised.push(Raise { to, reason, evidence });
    }
    raised
}
