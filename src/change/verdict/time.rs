//! When: windows, freezes, and other changes that are under way.

use chrono::{DateTime, Utc};

use super::judge::Question;
use super::{Answer, Evidence, step};
use crate::catalog::rota::Span;
use crate::catalog::short;
use crate::change::agreement::Agreement;
use crate::change::assessment::Assessment;
use crate::change::schedule::{SubjectVerdict, WindowState};
use crate::change::state::Next;
use crate::change::timing::Timing;
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::value::RiskBand;

/// At which moment windows and freezes bind a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// When it is merged: a policy says so, or nothing applies it later.
    Merge,
    /// When it is applied, to targets of their own.
    Apply,
}

pub(super) fn schedule(question: &Question<'_>) -> Answer {
    let timing = question.timing;
    let mut evidence: Vec<Evidence> = Vec::new();
    for one in timing.verdict.subjects.iter().filter(|one| !one.allowed) {
        evidence.extend(against(one));
    }
    let when = match timing.planned {
        Some(span) => format!("as planned ({})", words(span)),
        None => "now".to_owned(),
    };
    if timing.verdict.allowed {
        let early = early(question);
        return early
            .unwrap_or_else(|| Answer::met(format!("it may happen {when}")).with(evidence));
    }
    if timing.verdict.subjects.is_empty() && !timing.verdict.cut {
        return Answer::met("nothing that it changes has a window or a freeze");
    }
    if let Some(crosses) = crosses(question) {
        return Answer::met(crosses).with(evidence);
    }
    if timing.planned.is_none() && question.binding == Binding::Apply {
        let words = "it may be merged at any time: windows hold when it is applied";
        return Answer::met(words).with(evidence);
    }
    let frozen = timing
        .verdict
        .subjects
        .iter()
        .any(|one| one.freezes.iter().any(|freeze| freeze.lifted_by.is_empty()));
    if !frozen && !timing.verdict.cut && question.assessment.risk.band < question.window_from {
        let from = question.window_from.name().replace('_', " ");
        return Answer::met(format!("a change needs a window from {from} risk on")).with(evidence);
    }
    let mut next: Vec<Next> = Vec::new();
    if let Some(span) = timing.verdict.next {
        let at = span.start.format("%Y-%m-%d %H:%M UTC");
        next.push(step("wait", format!("merge it from {at} on, which fits all of it"), None));
    }
    if timing.planned.is_some() {
        next.push(step("plan", "plan it for another time (`spec.schedule` of its request)", None));
    }
    if frozen {
        let words = "have an Exception of the freeze merged, which somebody else allows";
        next.push(step("except", words, None));
    }
    let told = match timing.verdict.cut {
        true => format!("it may not happen {when}: a calendar says more than can be looked at"),
        false => format!("it may not happen {when}"),
    };
    Answer::unmet(told).with(evidence).then(next)
}

/// Why a change that has landed may not be applied at the instant at which it was judged, if so: what
/// its windows and freezes say, without what lets it cross them.
pub fn may_apply(
    timing: &Timing,
    assessment: &Assessment,
    window_from: RiskBand,
    agreement: &Agreement,
) -> Option<Vec<String>> {
    let verdict = &timing.verdict;
    let nothing = verdict.subjects.is_empty() && !verdict.cut;
    let emergency = assessment.r#type.r#type == ChangeType::Emergency && agreement.is_met();
    if verdict.allowed || nothing || emergency || agreement.break_glass.is_some() {
        return None;
    }
    let holds = |one: &SubjectVerdict| one.freezes.iter().any(|freeze| freeze.lifted_by.is_empty());
    let frozen = verdict.subjects.iter().any(holds);
    if !frozen && !verdict.cut && assessment.risk.band < window_from {
        return None;
    }
    let held = verdict.subjects.iter().filter(|one| !one.allowed);
    Some(held.flat_map(against).map(|one| one.words).collect())
}

/// When a change that may be applied may no longer: a freeze begins, or the window ends that it needs.
/// Nothing if what lets it cross them holds.
pub fn may_apply_until(
    timing: &Timing,
    assessment: &Assessment,
    window_from: RiskBand,
    agreement: &Agreement,
) -> Option<DateTime<Utc>> {
    let emergency = assessment.r#type.r#type == ChangeType::Emergency && agreement.is_met();
    if emergency || agreement.break_glass.is_some() {
        return None;
    }
    let window = timing.ends.closed.filter(|_| assessment.risk.band >= window_from);
    timing.ends.frozen.into_iter().chain(window).min()
}

/// What is planned for later and would happen by being merged now, when it may not.
fn early(question: &Question<'_>) -> Option<Answer> {
    let (timing, now) = (question.timing, question.now);
    let planned = timing.planned.filter(|span| now < span.start || span.end <= now)?;
    let unplanned = timing.unplanned.as_ref().filter(|verdict| !verdict.allowed)?;
    if question.binding == Binding::Apply || crosses(question).is_some() {
        return None;
    }
    let against = unplanned.subjects.iter().filter(|one| !one.allowed).flat_map(against);
    let told = format!(
        "it is planned for {}, and merging it makes it happen now, when it may not",
        words(planned)
    );
    let at = planned.start.format("%Y-%m-%d %H:%M UTC");
    let wait = step("wait", format!("merge it as it is planned, from {at} on"), None);
    Some(Answer::unmet(told).with(against.collect()).then(vec![wait]))
}

/// Why windows and freezes do not hold this one up.
fn crosses(question: &Question<'_>) -> Option<String> {
    let agreement = &question.recorded.as_ref().ok()?.told.agreement;
    if let Some(glass) = &agreement.break_glass {
        return Some(format!("{} broke the glass for it", short(&glass.person)));
    }
    let emergency = question.assessment.r#type.r#type == ChangeType::Emergency;
    (emergency && agreement.is_met())
        .then(|| "an emergency that was agreed to does not wait for its window".to_owned())
}

fn against(one: &SubjectVerdict) -> Vec<Evidence> {
    let subject = short(&one.subject);
    let told =
        |words: String| Evidence { entity: Some(one.subject.clone()), ..Evidence::words(words) };
    let mut all = Vec::new();
    if one.window.state == WindowState::Outside {
        let next = one.window.span.map(|span| format!(", which opens next {}", words(span)));
        let calendars: Vec<String> = one.window.calendars.iter().map(|one| short(one)).collect();
        let next = next.unwrap_or_default();
        all.push(told(format!("{subject}: outside of {}{next}", calendars.join(", "))));
    }
    for freeze in one.freezes.iter().filter(|freeze| freeze.lifted_by.is_empty()) {
        let through =
            freeze.through.as_deref().map(|through| format!(", through {}", short(through)));
        let (calendar, through) = (short(&freeze.calendar), through.unwrap_or_default());
        all.push(told(format!("{subject}: frozen by {calendar}{through} {}", words(freeze.span))));
    }
    all
}

fn words(span: Span) -> String {
    let at = |instant: DateTime<Utc>| instant.format("%Y-%m-%d %H:%M").to_string();
    format!("{} to {} UTC", at(span.start), at(span.end))
}

pub(super) fn conflicts(question: &Question<'_>) -> Answer {
    let timing = question.timing;
    let mut evidence: Vec<Evidence> = Vec::new();
    let told = timing.conflicts.iter().filter(|one| !one.reason.is_of_calendar());
    for one in told {
        let with = one.with.as_deref().map(short).unwrap_or_default();
        let relative = one.relative.as_deref().map(|name| format!(" ({})", short(name)));
        let relative = relative.unwrap_or_default();
        let span = one.span.map(|span| format!(", {}", words(span))).unwrap_or_default();
        let subject = short(&one.subject);
        let words = format!("{}: {subject}{relative}, by {with}{span}", one.reason.words());
        evidence.push(Evidence { entity: Some(one.subject.clone()), ..Evidence::words(words) });
    }
    let count = evidence.len();
    for one in &timing.also_changed_by {
        let words = format!("{} is also changed by {}", short(&one.entity), short(&one.by));
        evidence.push(Evidence { entity: Some(one.entity.clone()), ..Evidence::words(words) });
    }
    let because = match count {
        0 => return Answer::met("no other change is in its way").with(evidence),
        1 => "another change is in its way".to_owned(),
        n => format!("{n} conflicts with other changes"),
    };
    let words = "plan one of them for another time, or merge one after the other";
    Answer::unmet(because).with(evidence).then(vec![step("plan", words, None)])
}
