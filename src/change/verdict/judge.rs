//! The question, and all answers together.

use chrono::{DateTime, Days, NaiveTime, Utc};

use super::{
    Answer, FORMAT, Inputs, Judged, Outcome, Requirement, Row, Standing, TOPICS, Topic, Verdict,
    agreed, catalog, is_enforced, said, time,
};
use crate::change::agreement::{Debt, Month};
use crate::change::assessment::Assessment;
use crate::change::set::Doubt;
use crate::change::state::Told;
use crate::change::timing::Timing;
use crate::config::Gate;
use crate::finding::Finding;
use crate::model::gitsm::value::RiskBand;

/// What the ledger says of a change.
pub struct Recorded<'q> {
    /// Where it stands, and who agrees.
    pub told: &'q Told,
    /// Reviews that others owe, which hold it up.
    pub debts: &'q [Debt],
    /// The emergencies of this month.
    pub month: &'q Month,
    /// The landing that it takes back, to the digit, not long ago: it was agreed to with that. In
    /// words.
    pub undoes: Option<String>,
}

/// A change, and all that is known of it.
pub struct Question<'q> {
    /// What it is judged by.
    pub inputs: Inputs,
    /// What the base's settings enforce.
    pub gate: Option<&'q Gate>,
    /// The instant.
    pub now: DateTime<Utc>,
    /// Its canonical reference; nothing if it has no name.
    pub name: Option<&'q str>,
    /// What changes: `sha256:…`.
    pub digest: Option<&'q str>,
    /// Why there is no digest.
    pub doubts: &'q [Doubt],
    /// What people say of it: `sha256:…`.
    pub request: &'q str,
    /// What it means.
    pub assessment: &'q Assessment,
    /// When it may happen.
    pub timing: &'q Timing,
    /// When windows bind it.
    pub binding: time::Binding,
    /// From which band on it needs a window.
    pub window_from: RiskBand,
    /// Its files beside entities.
    pub files: Vec<String>,
    /// Its entities.
    pub entities: Vec<String>,
    /// What of it steers who agrees to what, in words.
    pub steers: Vec<String>,
    /// What is wrong with the merge result and was not before; or why that cannot be said.
    pub new: Result<&'q [Finding], String>,
    /// Findings that comments hide which the change adds, in words.
    pub silenced: &'q [super::Evidence],
    /// Whether commits of it are missing, so that not everybody is known who had a hand in it.
    pub cut: bool,
    /// Whether signatures of commits are looked at: where the base pins a ledger.
    pub attributed: bool,
    /// What the ledger says; or why that is not known.
    pub recorded: Result<Recorded<'q>, String>,
}

/// Judges a change.
pub fn verdict(question: &Question<'_>) -> Verdict {
    let requirements: Vec<Requirement> =
        TOPICS.iter().map(|row| told(row, question.gate, answer(row.topic, question))).collect();
    let assessment = question.assessment;
    let change = Judged {
        name: question.name.map(str::to_owned),
        digest: question.digest.map(str::to_owned),
        request: question.request.to_owned(),
        r#type: assessment.r#type.r#type,
        band: assessment.risk.band,
        score: assessment.risk.score,
        state: question.recorded.as_ref().ok().map(|one| one.told.state),
        entities: question.entities.clone(),
        files: question.files.clone(),
        reaches: assessment.impact.affected.len(),
    };
    Verdict {
        format: FORMAT,
        gitsm: env!("CARGO_PKG_VERSION").to_owned(),
        outcome: outcome(&requirements),
        inputs: question.inputs.clone(),
        change: Some(change),
        valid_until: valid_until(question),
        requirements,
    }
}

/// The verdict over what cannot be looked at: nothing can be said, so nothing that is enforced is met.
pub fn unjudged(inputs: Inputs, gate: Option<&Gate>, because: &str) -> Verdict {
    let unknown = |row: &Row| told(row, gate, Answer::unknown(because));
    Verdict {
        format: FORMAT,
        gitsm: env!("CARGO_PKG_VERSION").to_owned(),
        outcome: Outcome::NotEvaluable,
        inputs,
        change: None,
        requirements: TOPICS.iter().map(unknown).collect(),
        valid_until: None,
    }
}

fn told(row: &Row, gate: Option<&Gate>, answer: Answer) -> Requirement {
    Requirement {
        id: row.topic,
        asks: row.asks,
        standing: answer.standing,
        enforced: answer.binding && is_enforced(row, gate),
        because: answer.because,
        evidence: answer.evidence,
        next: answer.next,
    }
}

fn answer(topic: Topic, question: &Question<'_>) -> Answer {
    match topic {
        Topic::Valid => catalog::valid(question),
        Topic::Policies => catalog::policies(question),
        Topic::Request => said::request(question),
        Topic::Approvals => agreed::approvals(question),
        Topic::Governance => agreed::governance(question),
        Topic::Schedule => time::schedule(question),
        Topic::Conflicts => time::conflicts(question),
        Topic::Attribution => agreed::attribution(question),
    }
}

/// What is unmet holds it up, whatever cannot be said beside that.
fn outcome(requirements: &[Requirement]) -> Outcome {
    let any = |standing: Standing| {
        requirements.iter().any(|one| one.enforced && one.standing == standing)
    };
    match (any(Standing::Unmet), any(Standing::NotEvaluable)) {
        (true, _) => Outcome::Fail,
        (false, true) => Outcome::NotEvaluable,
        (false, false) => Outcome::Pass,
    }
}

/// Until when all of it holds: approvals end, silence becomes consent, windows open and close; keys,
/// exceptions and dated rules count by the day.
fn valid_until(question: &Question<'_>) -> Option<DateTime<Utc>> {
    let agreement = question.recorded.as_ref().ok().and_then(|one| one.told.agreement.until);
    let planned = question.timing.planned.into_iter().flat_map(|span| [span.start, span.end]);
    let unplanned = question.timing.unplanned.as_ref().and_then(|one| one.valid_until);
    let tomorrow = question.now.date_naive().checked_add_days(Days::new(1));
    let midnight = tomorrow.map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let agreement = agreement.into_iter().chain(unplanned);
    let all = agreement.chain(planned).chain(question.timing.verdict.valid_until);
    all.chain(midnight).filter(|at| *at > question.now).min()
}
