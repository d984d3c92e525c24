//! What the risk of a change is made of, before a policy says what it is worth.

use super::tables::{Hit, IRREVERSIBLE, SECURITY, hits, hits_of_source};
use super::{Addend, AddendName, Evidence, JOINS_FROM};
use crate::catalog::short;
use crate::change::Side;
use crate::change::criticality::Rated;
use crate::change::facts::{Facts, Grade, Shown};
use crate::change::impact::{Cause, ChangeImpact};
use crate::change::policy::Rules;
use crate::change::set::{ChangeSet, EntityChange};
use crate::change::subjects::{Subjects, Touch, runs_as_before};
use crate::model::gitsm::Spec;
use crate::model::gitsm::change_policy::{EvidenceScores, RiskTable};

/// How many pieces of evidence are told of one addend.
const SHOWN: usize = 5;

/// What risk is computed from.
pub struct Inputs<'i, 'a> {
    /// The change.
    pub set: &'i ChangeSet,
    /// Before.
    pub base: &'i Side<'a>,
    /// After.
    pub merged: &'i Side<'a>,
    /// What counts of it.
    pub subjects: &'i Subjects,
    /// What it can break.
    pub impact: &'i ChangeImpact,
    /// What is known beside the trees.
    pub facts: &'i Facts,
    /// How it is taken back.
    pub backout: Shown,
    /// How it was tested.
    pub test: Shown,
    /// The models and entities whose record of failures is asked for.
    pub models: &'i [String],
}

/// How something is measured, before a policy says what that is worth.
enum Measure {
    /// By each of these.
    Criticality(Vec<(String, Rated, String)>),
    /// By a number of entities.
    Count(usize),
    /// It is so, or it is not.
    Holds(bool),
    /// By a share.
    Share(f64),
    /// By how well it is shown.
    Shown(Grade),
}

struct Factor {
    name: AddendName,
    measure: Measure,
    known: bool,
    reason: String,
    evidence: Vec<Evidence>,
}

/// What the risk of a change is made of.
pub struct Factors(Vec<Factor>);

/// Finds what the risk of a change is made of.
pub fn factors(inputs: &Inputs<'_, '_>) -> Factors {
    Factors(vec![
        criticality(inputs.impact),
        blast_radius(inputs.impact),
        production(inputs),
        outside_window(inputs.facts),
        by_table(
            inputs,
            AddendName::Irreversible,
            IRREVERSIBLE,
            "nothing in the catalog says that it cannot be taken back",
        ),
        by_table(
            inputs,
            AddendName::Security,
            SECURITY,
            "nothing in the catalog says who can reach or do more",
        ),
        conflict(inputs.facts),
        failure_rate(inputs),
        factor(AddendName::ErrorBudget, Measure::Holds(false), "no measurements").unknown(),
        shown(AddendName::Backout, &inputs.backout),
        shown(AddendName::Test, &inputs.test),
    ])
}

fn factor(name: AddendName, measure: Measure, reason: impl Into<String>) -> Factor {
    Factor { name, measure, known: true, reason: reason.into(), evidence: Vec::new() }
}

impl Factor {
    fn unknown(mut self) -> Self {
        self.known = false;
        self
    }

    fn shown_by(mut self, evidence: impl Iterator<Item = Evidence>) -> Self {
        self.evidence = evidence.take(SHOWN).collect();
        self
    }
}

fn criticality(impact: &ChangeImpact) -> Factor {
    let of = |cause: &Cause| {
        let name = cause.subject.entity.clone();
        let because = cause.subject.because.first().map(|one| one.words()).unwrap_or_default();
        let sides = cause.before.iter().chain(&cause.after);
        sides.map(|rated| (name.clone(), rated.clone(), because.clone())).collect::<Vec<_>>()
    };
    let all: Vec<(String, Rated, String)> = impact.causes.iter().flat_map(of).collect();
    factor(AddendName::Criticality, Measure::Criticality(all), "nothing changes that runs")
}

fn blast_radius(impact: &ChangeImpact) -> Factor {
    let count = impact.blast_radius as usize;
    let reason = match (count, impact.reached_causes.len()) {
        (0, _) => "it reaches nothing".to_owned(),
        (1, _) => "it reaches 1 entity".to_owned(),
        (all, 0) => format!("it reaches {all} entities"),
        (all, own) => format!("it reaches {all} entities, {own} of which change themselves"),
    };
    let told = |one: &crate::change::impact::Reached| {
        let note = format!("{} at distance {}", one.state.name(), one.distance);
        Evidence::entity(&one.entity, note)
    };
    factor(AddendName::BlastRadius, Measure::Count(count), reason)
        .shown_by(impact.affected.iter().map(told))
}

/// The word by which an entity is in production on a side, and the field that says so.
fn live(side: &Side<'_>, name: &str) -> Option<(String, &'static str)> {
    let id = side.find(name)?;
    for spec in side.specs(id) {
        match spec {
            Spec::ConfigurationItem(spec) if spec.environment.is_live() => {
                let word = serde_json::to_value(spec.environment).ok()?;
                return Some((word.as_str()?.to_owned(), "/spec/environment"));
            }
            Spec::Service(spec) if spec.lifecycle.is_some_and(|one| one.is_used()) => {
                return Some(("in use".to_owned(), "/spec/lifecycle"));
            }
            _ => {}
        }
    }
    if !matches!(side.catalog.entity(id).kind.family, "component" | "resource" | "api") {
        return None;
    }
    let value = side.catalog.value(side.reader, id)?;
    let text = |pointer: &str| value.pointer(pointer).and_then(|one| one.as_str());
    match (text("/metadata/labels/environment"), text("/spec/lifecycle")) {
        (Some(word @ ("production" | "disaster-recovery")), _) => {
            Some((word.to_owned(), "/metadata/labels/environment"))
        }
        (None, Some("production")) => Some(("production".to_owned(), "/spec/lifecycle")),
        _ => None,
    }
}

fn production(inputs: &Inputs<'_, '_>) -> Factor {
    let found = inputs.subjects.all.iter().filter_map(|subject| {
        let live =
            live(inputs.base, subject.before()).or_else(|| live(inputs.merged, &subject.entity));
        let (word, field) = live?;
        let note = format!("{} is {word}", short(&subject.entity));
        let pointer = crate::yaml::Pointer::from_text(field);
        Some(Evidence::entity(&subject.entity, note).at(&pointer))
    });
    let found: Vec<Evidence> = found.collect();
    let reason = match found.first() {
        Some(first) => first.note.clone(),
        None => "nothing that counts is in production".to_owned(),
    };
    factor(AddendName::Production, Measure::Holds(!found.is_empty()), reason)
        .shown_by(found.into_iter())
}

fn outside_window(facts: &Facts) -> Factor {
    let schedule = &facts.schedule;
    let said = schedule.window.clone();
    let name = AddendName::OutsideWindow;
    if let Some(freeze) = schedule.freezes.first() {
        return factor(
            name,
            Measure::Holds(true),
            format!("it would happen in a freeze: {freeze}"),
        );
    }
    match schedule.outside_window {
        Some(outside) => {
            let plain =
                if outside { "it is outside its window" } else { "it is inside its window" };
            factor(name, Measure::Holds(outside), said.unwrap_or_else(|| plain.to_owned()))
        }
        None => {
            let plain = "nobody said when it is to happen".to_owned();
            factor(name, Measure::Holds(false), said.unwrap_or(plain)).unknown()
        }
    }
}

fn by_table(
    inputs: &Inputs<'_, '_>,
    name: AddendName,
    table: &'static [super::tables::Row],
    nothing: &'static str,
) -> Factor {
    let counts = |change: &EntityChange| {
        !runs_as_before(change) && !inputs.subjects.unused.contains(&change.reference)
    };
    let mut found: Vec<Hit> = hits(table, inputs.set, inputs.base, inputs.merged, &counts);
    for subject in &inputs.subjects.all {
        for touch in &subject.because {
            if let Touch::Source { path } = touch {
                found.extend(hits_of_source(table, inputs.base, subject.before(), path));
                found.extend(hits_of_source(table, inputs.merged, &subject.entity, path));
            }
        }
    }
    let reason = match found.first() {
        Some(hit) => format!("{}: {}", short(&hit.entity), hit.what),
        None => nothing.to_owned(),
    };
    let mut evidence: Vec<Evidence> = Vec::new();
    for hit in found.iter() {
        let one = Evidence {
            entity: Some(hit.entity.clone()),
            pointer: hit.pointer.as_ref().map(ToString::to_string),
            file: hit.file.clone(),
            note: hit.what.to_owned(),
        };
        if !evidence.contains(&one) && evidence.len() < SHOWN {
            evidence.push(one);
        }
    }
    let evidence = evidence.into_iter();
    factor(name, Measure::Holds(!found.is_empty()), reason).shown_by(evidence)
}

fn conflict(facts: &Facts) -> Factor {
    let name = AddendName::Conflict;
    match &facts.schedule.conflicts {
        None => factor(name, Measure::Holds(false), "nobody looked for other changes").unknown(),
        Some(all) => match all.first() {
            None => factor(name, Measure::Holds(false), "it collides with no other change"),
            Some(first) => {
                let told =
                    all.iter().map(|note| Evidence { note: note.clone(), ..Evidence::default() });
                factor(name, Measure::Holds(true), first.clone()).shown_by(told)
            }
        },
    }
}

fn failure_rate(inputs: &Inputs<'_, '_>) -> Factor {
    let name = AddendName::FailureRate;
    let asked = |of: &str| {
        inputs.models.iter().any(|model| model == of)
            || inputs.subjects.all.iter().any(|one| one.entity == of || one.before() == of)
    };
    let mut records: Vec<_> =
        inputs.facts.failures.iter().filter(|one| one.changes > 0 && asked(&one.of)).collect();
    records.sort_by(|a, b| b.rate().total_cmp(&a.rate()).then_with(|| a.of.cmp(&b.of)));
    match records.first() {
        None => factor(name, Measure::Share(0.0), "no record of earlier changes").unknown(),
        Some(worst) => {
            let reason = format!(
                "{} of the last {} changes of {} failed",
                worst.failed,
                worst.changes,
                short(&worst.of)
            );
            let evidence = Evidence::entity(&worst.of, reason.clone());
            factor(name, Measure::Share(worst.rate()), reason).shown_by(std::iter::once(evidence))
        }
    }
}

fn shown(name: AddendName, shown: &Shown) -> Factor {
    factor(name, Measure::Shown(shown.grade), shown.by.clone())
}

impl Factors {
    /// What a policy makes of them.
    pub fn addends(&self, rules: &Rules<'_>) -> Vec<Addend> {
        let mut addends: Vec<Addend> = self.0.iter().map(|one| one.addend(rules)).collect();
        let late = |addend: &Addend| matches!(addend.name, AddendName::Backout | AddendName::Test);
        let sum: u32 = addends.iter().filter(|one| !late(one)).map(|one| one.points).sum();
        if sum < JOINS_FROM {
            for addend in addends.iter_mut().filter(|one| late(one)) {
                addend.counts = false;
            }
        }
        addends
    }
}

impl Factor {
    fn addend(&self, rules: &Rules<'_>) -> Addend {
        let plain = |points| Addend {
            name: self.name,
            points,
            counts: true,
            known: self.known,
            reason: self.reason.clone(),
            evidence: self.evidence.clone(),
        };
        match &self.measure {
            Measure::Criticality(all) => worst(all, rules).unwrap_or_else(|| plain(0)),
            Measure::Count(count) => plain(rules.blast_radius(*count)),
            Measure::Holds(false) => plain(0),
            Measure::Holds(true) => plain(rules.points(|table| self.of_table(table))),
            Measure::Share(share) => {
                let most = rules.points(|table| table.failure_rate);
                // A share is never more than the whole, so the product fits.
                plain((f64::from(most) * share).round() as u32)
            }
            Measure::Shown(grade) => plain(rules.points(|table| {
                let scores = match self.name {
                    AddendName::Backout => table.backout,
                    _ => table.test,
                };
                scores.map(|scores| of_grade(scores, *grade))
            })),
        }
    }

    fn of_table(&self, table: &RiskTable) -> Option<u32> {
        match self.name {
            AddendName::Production => table.production,
            AddendName::OutsideWindow => table.outside_window,
            AddendName::Irreversible => table.irreversible,
            AddendName::Security => table.security,
            AddendName::Conflict => table.conflict,
            AddendName::ErrorBudget => table.error_budget,
            _ => None,
        }
    }
}

fn of_grade(scores: EvidenceScores, grade: Grade) -> u32 {
    match grade {
        Grade::Proved => scores.proved,
        Grade::Text => scores.text,
        Grade::None => scores.none,
    }
}

/// What adds most of all that changes; of equals what is known, and the first by name.
fn worst(all: &[(String, Rated, String)], rules: &Rules<'_>) -> Option<Addend> {
    let points = |rated: &Rated| rules.criticality(rated.criticality);
    let worst = all.iter().min_by_key(|(name, rated, _)| {
        (std::cmp::Reverse(points(rated)), rated.rank(), rated.through.is_some(), name.clone())
    })?;
    let told = |(name, rated, because): &(String, Rated, String)| {
        let name = short(name);
        let rating = match (&rated.through, rated.criticality) {
            (_, None) => format!("the criticality of {name} is unknown and counts as tier2"),
            (None, Some(tier)) => format!("{name} is {}", tier.name()),
            (Some(through), Some(tier)) => {
                format!("{name} reaches {}, which is {}", short(through), tier.name())
            }
        };
        format!("{rating}; it {because}")
    };
    let same = all.iter().filter(|one| points(&one.1) == points(&worst.1));
    let mut evidence: Vec<Evidence> = same.map(|one| Evidence::entity(&one.0, told(one))).collect();
    evidence.sort();
    evidence.dedup_by(|a, b| a.entity == b.entity);
    evidence.truncate(SHOWN);
    Some(Addend {
        name: AddendName::Criticality,
        points: points(&worst.1),
        counts: true,
        known: worst.1.criticality.is_some(),
        reason: told(worst),
        evidence,
    })
}
