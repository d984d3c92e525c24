//! What a change means, as lines: what it can break, how risky it is, who must agree, when it may
//! happen, how it is taken back. Human and Markdown print the same lines in their own way.

use chrono_tz::Tz;

use super::{DiffReport, ImpactPart, JudgementPart, name};
use crate::catalog::impact::State;
use crate::change::backtest::Preview;
use crate::change::impact::{Cause, Reached};
use crate::change::requirement::{Requirement, RequirementKind};
use crate::change::risk::Addend;
use crate::change::schedule::{SubjectVerdict, WindowState};
use crate::change::timing::Timing;
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;
use crate::model::gitsm::value::{Criticality, RiskBand};
use crate::output::calendar::{away, stamp};
use crate::output::text::{count, visible};

/// A part of a report: its title, what is said of it at once, and its lines.
pub(super) struct Section {
    /// What it is about.
    pub(super) title: &'static str,
    /// In a few words.
    pub(super) headline: String,
    /// Each with its cells.
    pub(super) rows: Vec<Vec<String>>,
    /// What is to be said beside the rows.
    pub(super) notes: Vec<String>,
}

/// How many rows a section has.
const MOST: usize = 12;

/// All sections of a report.
pub(super) fn sections(report: &DiffReport) -> Vec<Section> {
    let mut all = Vec::new();
    if let Some(part) = &report.impact
        && !report.is_empty()
    {
        all.extend(impact(part));
    }
    if let Some(part) = &report.judgement
        && !report.is_empty()
    {
        all.push(risk(part));
        all.push(approvals(part));
        all.extend(when(part));
        all.extend(statements(part));
        all.extend(policies(part));
        all.extend(part.backtest.iter().map(lately));
        all.push(undo(report, part));
    }
    all
}

fn impact(part: &ImpactPart) -> Option<Section> {
    let (affected, causes) = (&part.impact.affected, &part.impact.causes);
    if causes.is_empty() {
        return None;
    }
    let services = affected.iter().filter(|one| one.kind == "Service");
    let first =
        services.clone().filter(|one| one.criticality.criticality == Some(Criticality::Tier1));
    let headline = match affected.len() {
        0 => "nothing else is affected".to_owned(),
        some => {
            let services = match (services.count(), first.count()) {
                (0, _) => String::new(),
                (all, 0) => format!(", {}", count(all, "service")),
                (all, first) => format!(", {} ({first} tier1)", count(all, "service")),
            };
            format!("{}{services}", count(some, "entity"))
        }
    };
    let mut order: Vec<&Reached> = affected.iter().collect();
    order.sort_by(|a, b| {
        let services =
            |one: &Reached| (one.kind != "Service", one.criticality.rank(), one.distance);
        services(a).cmp(&services(b)).then_with(|| a.entity.cmp(&b.entity))
    });
    let mut rows: Vec<Vec<String>> = causes.iter().take(MOST).map(cause).collect();
    rows.extend(order.iter().take(MOST).map(|one| reached(one)));
    let mut notes = Vec::new();
    if let Some(more) = affected.len().checked_sub(MOST).filter(|more| *more > 0) {
        notes.push(format!("and {more} more (-o json --impact lists all)"));
    }
    Some(Section { title: "What it can break", headline, rows, notes })
}

fn cause(one: &Cause) -> Vec<String> {
    let rated = one.after.as_ref().or(one.before.as_ref());
    let tier = rated.map_or_else(String::new, |rated| match &rated.through {
        Some(through) => format!("{} by {}", rated.word(), name(through)),
        None if rated.criticality.is_none() => "criticality unknown".to_owned(),
        None => rated.word().to_owned(),
    });
    let because: Vec<String> =
        one.subject.because.iter().map(|why| visible(&why.words())).collect();
    vec![name(&one.subject.entity), tier, owners(&one.owners), because.join(", ")]
}

fn reached(one: &Reached) -> Vec<String> {
    let state = match one.state {
        State::Down => "may be down",
        State::Degraded => "may be worse",
    };
    // From the effect back to the cause, as people ask.
    let mut way: Vec<String> = Vec::new();
    for step in one.path.iter().rev() {
        way.push(format!("{} {}", step.relation, name(&step.from)));
    }
    let way = match way.len() {
        0..=2 => way.join(", "),
        long => format!("{}, … {}", way[0], way[long - 1]),
    };
    let tier = match one.criticality.through {
        None if one.kind == "Service" && one.criticality.criticality.is_none() => {
            "criticality unknown"
        }
        None if one.criticality.criticality.is_some() => one.criticality.word(),
        _ => "",
    };
    let what = format!("{state}: {way}");
    vec![format!("→ {}", name(&one.entity)), tier.to_owned(), owners(&one.owners), what]
}

fn owners(owners: &[String]) -> String {
    match owners {
        [] => "nobody's".to_owned(),
        owners => owners.iter().map(|owner| name(owner)).collect::<Vec<_>>().join(", "),
    }
}

/// The type and the band in a sentence: `A normal change of high risk`.
pub(super) fn kind_and_band(part: &JudgementPart) -> String {
    let kind = match part.r#type.r#type {
        ChangeType::Standard => "A standard change",
        ChangeType::Normal => "A normal change",
        ChangeType::Emergency => "An emergency change",
    };
    format!("{kind} of {} risk", band(part))
}

/// A band as it is read.
fn band(part: &JudgementPart) -> String {
    part.risk.band.name().replace('_', " ")
}

fn risk(part: &JudgementPart) -> Section {
    let risk = &part.risk;
    let by_score = risk.by_score.name().replace('_', " ");
    let raised = match risk.band == risk.by_score {
        true => String::new(),
        false => format!(" ({by_score} by its points)"),
    };
    let bands = &risk.bands;
    let headline = format!(
        "{}, {}{raised}; moderate from {}, high from {}, very high from {}",
        band(part),
        count(risk.score as usize, "point"),
        bands.moderate,
        bands.high,
        bands.very_high
    );
    let row = |one: &Addend| {
        vec![format!("{:>3}", one.points), one.name.words().to_owned(), visible(&one.reason)]
    };
    let shown = risk
        .addends
        .iter()
        .filter(|one| one.counts && (one.points > 0 || (one.known && risk.score > 0)));
    let rows = shown.map(row).collect();
    let mut notes: Vec<String> = Vec::new();
    for raise in &risk.raised {
        let to = raise.to.name().replace('_', " ");
        notes.push(format!("at least {to}: {}", visible(&raise.reason)));
    }
    // An unknown criticality counts, and its row says so.
    let unknown = risk.unknown.iter().filter(|one| !one.starts_with("criticality"));
    let unknown: Vec<String> = unknown.map(|one| visible(one)).collect();
    if !unknown.is_empty() {
        notes.push(format!("not known, so not counted: {}", unknown.join("; ")));
    }
    notes.push(format!("by {}", visible(&risk.policy.words())));
    Section { title: "Risk", headline, rows, notes }
}

fn approvals(part: &JudgementPart) -> Section {
    let typed = &part.r#type;
    let kind = match typed.r#type {
        ChangeType::Standard => "a standard change",
        ChangeType::Normal => "a normal change",
        ChangeType::Emergency => "an emergency change",
    };
    let headline = format!("{kind}: {}", visible(&typed.because));
    let rows: Vec<Vec<String>> = part.approvals.requirements.iter().map(requirement).collect();
    let mut notes: Vec<String> = Vec::new();
    if rows.is_empty() {
        notes.push("nobody has to agree".to_owned());
    }
    let near = typed.nearest.iter().filter(|_| typed.r#type == ChangeType::Normal && part.is_near);
    notes.extend(near.map(|near| {
        let why = near.why.first().map(|why| visible(why)).unwrap_or_default();
        format!("not {}: {why}", name(&near.model))
    }));
    notes.extend(typed.mistakes.iter().map(|one| visible(one)));
    if part.risk.band > RiskBand::Low {
        notes.extend(part.approvals.notes.iter().map(|one| visible(one)));
    }
    notes.extend(part.name.mistakes.iter().map(|one| visible(one)));
    if !part.informed.is_empty() {
        let told: Vec<String> = part.informed.iter().take(6).map(|one| name(&one.who)).collect();
        let more = part.informed.len().saturating_sub(told.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!("told, not asked: {}{more}", told.join(", ")));
    }
    Section { title: "Who must agree", headline, rows, notes }
}

fn requirement(one: &Requirement) -> Vec<String> {
    let who: Vec<String> = one.who.iter().map(|who| name(who)).collect();
    let who = match (one.kind, who.is_empty()) {
        (RequirementKind::Peers | RequirementKind::Unattributed, _) | (_, true) => {
            "somebody else".to_owned()
        }
        _ => who.join(" or "),
    };
    let count = format!("{} ×", one.count);
    let grade = match one.grade {
        Grade::Claimed => "",
        Grade::Forge => " (forge or signed)",
        Grade::Signed => " (signed)",
    };
    let mut why: Vec<String> = one.because.iter().map(|one| visible(&one.reason)).collect();
    why.dedup();
    let mut why = why.join("; ");
    if let Some(after) = &one.consent_after {
        why.push_str(&format!("; silence is consent after {after}"));
    }
    if !one.enforced {
        why.push_str("; only reported");
    }
    if !one.excluded.is_empty() {
        let excluded: Vec<String> = one.excluded.iter().map(|one| name(one)).collect();
        why.push_str(&format!("; not {}, who contributed", excluded.join(", ")));
    }
    if let Some(problem) = &one.problem {
        why.push_str(&format!("; {}", visible(problem)));
    }
    vec![count, format!("{who}{grade}"), why]
}

fn when(part: &JudgementPart) -> Option<Section> {
    let timing = &part.timing;
    let zone: Tz = timing.timezone.parse().unwrap_or(Tz::UTC);
    let verdict = &timing.verdict;
    let bound = |one: &&SubjectVerdict| {
        one.window.state != WindowState::Undefined || !one.freezes.is_empty()
    };
    let rows: Vec<Vec<String>> = verdict
        .subjects
        .iter()
        .filter(bound)
        .take(MOST)
        .map(|one| subject(one, timing, zone))
        .collect();
    if rows.is_empty() && timing.conflicts.is_empty() && timing.also_changed_by.is_empty() {
        let planned = timing.planned?;
        let headline =
            format!("planned for {}; no window or freeze holds", stamp(planned.start, zone));
        return Some(Section { title: "When", headline, rows, notes: Vec::new() });
    }
    let asked = match &timing.planned {
        Some(span) => format!("{} until {}", stamp(span.start, zone), stamp(span.end, zone)),
        None => format!("now, {}", stamp(timing.now, zone)),
    };
    let allowed = if verdict.allowed { "it may happen" } else { "it may not happen" };
    let mut notes = Vec::new();
    if timing.is_over {
        notes.push("its request plans it for a time that is over".to_owned());
    }
    if let (false, Some(next)) = (verdict.allowed, &verdict.next) {
        let (from, until) = (stamp(next.start, zone), stamp(next.end, zone));
        notes.push(format!(
            "the next time: {from} until {until} ({})",
            away(next.start, timing.now)
        ));
    }
    if verdict.cut {
        notes.push("a calendar holds more than was looked at, so nothing is sure".to_owned());
    }
    for one in &timing.conflicts {
        let with = one.with.as_deref().map(|with| format!(": {}", name(with))).unwrap_or_default();
        let relative = one.relative.as_deref().map(|one| format!(" by {}", name(one)));
        let relative = relative.unwrap_or_default();
        notes.push(format!("{}{relative}: {}{with}", name(&one.subject), one.reason.words()));
    }
    for one in &timing.also_changed_by {
        notes.push(format!("{} is also changed by {}", name(&one.entity), name(&one.by)));
    }
    Some(Section { title: "When", headline: format!("{asked}: {allowed}"), rows, notes })
}

fn subject(one: &SubjectVerdict, timing: &Timing, zone: Tz) -> Vec<String> {
    let calendars: Vec<String> = one.window.calendars.iter().map(|one| name(one)).collect();
    let calendars = calendars.join(", ");
    let mut told = Vec::new();
    match (one.window.state, &one.window.span) {
        (WindowState::Inside, Some(span)) => {
            told.push(format!("in a window of {calendars} until {}", stamp(span.end, zone)));
        }
        (WindowState::Inside, None) => told.push(format!("in a window of {calendars}")),
        (WindowState::Outside, Some(span)) => {
            let (from, away) = (stamp(span.start, zone), away(span.start, timing.now));
            told.push(format!("outside {calendars}; it opens {from} ({away})"));
        }
        (WindowState::Outside, None) => told.push(format!("outside {calendars}")),
        (WindowState::Undefined, _) => {}
    }
    for freeze in &one.freezes {
        let through = freeze.through.as_deref().map(|one| format!(" for {}", name(one)));
        let until = stamp(freeze.span.end, zone);
        let what = format!("{}{}", name(&freeze.calendar), through.unwrap_or_default());
        told.push(match freeze.lifted_by.as_slice() {
            [] => format!("frozen by {what} until {until}"),
            by => {
                let by: Vec<String> = by.iter().map(|one| name(one)).collect();
                format!("{what} is lifted by {}", by.join(", "))
            }
        });
    }
    vec![name(&one.subject), told.join("; ")]
}

fn statements(part: &JudgementPart) -> Option<Section> {
    let missing = part.statements.iter().filter(|one| one.is_missing());
    let rows: Vec<Vec<String>> = missing
        .map(|one| {
            let because = one.because.as_deref().map(visible).unwrap_or_default();
            vec![one.what.to_owned(), because]
        })
        .collect();
    let headline = format!("{} to be said", count(rows.len(), "thing"));
    let notes = vec![
        "say it in a ChangeRequest of this change, or the reason in a commit message".to_owned(),
    ];
    (!rows.is_empty()).then_some(Section { title: "To say", headline, rows, notes })
}

fn policies(part: &JudgementPart) -> Option<Section> {
    let row = |one: &crate::change::policies::PolicyViolation| {
        let severity = match one.severity {
            crate::change::policies::Severity::Error => "error",
            crate::change::policies::Severity::Warning => "warning",
            crate::change::policies::Severity::Note => "note",
        };
        let help = one.help.as_deref().map(|help| format!(": {}", visible(help)));
        let message = format!("{}{}", visible(&one.message), help.unwrap_or_default());
        vec![severity.to_owned(), name(&one.policy), message]
    };
    let rows: Vec<Vec<String>> = part.policies.iter().map(row).collect();
    let headline = format!("{} not kept", count(rows.len(), "rule"));
    (!rows.is_empty()).then_some(Section { title: "Policies", headline, rows, notes: Vec::new() })
}

/// What a new policy would have meant.
fn lately(one: &Preview) -> Section {
    let landings = count(one.landings, "change");
    let newest = if one.capped { "the newest " } else { "" };
    let headline =
        format!("by {}, of {newest}{landings} of the last {} days", name(&one.policy), one.days);
    let moved = |all: &[(RiskBand, usize)], way: &str| -> Vec<Vec<String>> {
        let row = |(band, count): &(RiskBand, usize)| {
            let band = band.name().replace('_', " ");
            vec![format!("{count:>3}"), format!("would be {way}: {band}")]
        };
        all.iter().map(row).collect()
    };
    let mut rows = moved(&one.up, "riskier");
    rows.extend(moved(&one.down, "less risky"));
    let pairs = [("go to a board", one.board), ("need something said", one.statements)];
    rows.extend(pairs.map(|(what, (before, after))| {
        vec![format!("{after:>3}"), format!("would {what}, instead of {before}")]
    }));
    let notes = vec!["more: gitsm change backtest --policy FILE".to_owned()];
    Section { title: "Looking back", headline, rows, notes }
}

fn undo(report: &DiffReport, part: &JudgementPart) -> Section {
    let undo = &part.undo;
    let headline = match (undo.proved, report.digest.is_some(), undo.obstacles.is_empty()) {
        (true, ..) => "the inverse was tried and gives the base again".to_owned(),
        (_, false, _) => "a part of it cannot be compared, so nobody can promise".to_owned(),
        (_, _, false) => "the catalog comes back, and not all that it stands for".to_owned(),
        _ => "the inverse gives the base again but for names".to_owned(),
    };
    let rows = undo.obstacles.iter().map(|one| vec![visible(one)]).collect();
    let notes = vec!["once it is merged: gitsm revert COMMIT".to_owned()];
    Section { title: "To take it back", headline, rows, notes }
}
