//! Why one entity reaches another, or why it does not.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::super::branches::{Branch, draw};
use super::super::text::visible;
use super::human::state as colored;
use super::{Reason, State, json as to_json, several, why};
use crate::catalog::impact::{Explanation, Impact, Step, Stop};
use crate::catalog::{Catalog, EntityId, short};

/// Whether causes reach an entity, and by which way.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PathReport {
    /// `impact-path/1`.
    #[schemars(extend("const" = "impact-path/1"))]
    format: &'static str,
    /// The causes, as canonical references.
    causes: Vec<String>,
    /// The state that was assumed of them.
    assumed: State,
    /// The entity that was asked about.
    to: String,
    /// Whether it is affected.
    reaches: bool,
    /// How it works then.
    state: Option<State>,
    /// The way from a cause to it; where something stops trouble, the way as it would be.
    steps: Vec<StepJson>,
    /// In words: what softens trouble on the way, or what stops it.
    notes: Vec<String>,
}

/// A step on the way.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct StepJson {
    /// From this entity.
    from: String,
    /// To this one.
    to: String,
    /// The relation, as the second would say it of the first.
    relation: &'static str,
    /// How the second works then; nothing if trouble does not get there.
    state: Option<State>,
    /// Why, if there is more to it than the relation.
    because: Option<String>,
}

impl PathReport {
    /// Puts names in the place of numbers.
    pub fn of(
        catalog: &Catalog,
        impact: &Impact,
        target: EntityId,
        explanation: &Explanation,
    ) -> Self {
        let name = |id: EntityId| catalog.canonical(catalog.entity(id)).to_owned();
        let causes: Vec<String> = impact.causes.iter().map(|id| name(*id)).collect();
        let to = name(target);
        let step = |step: &Step| StepJson {
            from: name(step.from),
            to: name(step.to),
            relation: step.word,
            state: step.state,
            because: why(&step.reason),
        };
        let mut report = Self {
            format: "impact-path/1",
            assumed: impact.state,
            reaches: false,
            state: None,
            steps: Vec::new(),
            notes: Vec::new(),
            causes,
            to,
        };
        match explanation {
            Explanation::Itself => {
                report.reaches = true;
                report.state = Some(impact.state);
            }
            Explanation::Reached { state, steps } => {
                report.reaches = true;
                report.state = Some(*state);
                report.notes = steps.iter().filter_map(|step| softened(step, &name)).collect();
                report.steps = steps.iter().map(step).collect();
            }
            Explanation::Stopped { steps, stop } => {
                report.notes.push(match stop {
                    Stop::Away(id) => {
                        format!("{} is gone or not in use yet", short(&name(*id)))
                    }
                    Stop::NeverFails(id) => {
                        format!("{} is no part of any service that can fail", short(&name(*id)))
                    }
                });
                report.steps = steps.iter().map(step).collect();
            }
            Explanation::Unlinked { backwards } => {
                report.notes.push("no relation that carries trouble leads there".to_owned());
                if *backwards {
                    report.notes.push("it is the other way round: swap the two names".to_owned());
                }
            }
        }
        report
    }

    /// Whether the entity is affected.
    pub fn reaches(&self) -> bool {
        self.reaches
    }
}

/// What keeps a step from being as bad as what it comes from.
fn softened(step: &Step, name: &dyn Fn(EntityId) -> String) -> Option<String> {
    let (from, to) = (short(&name(step.from)), short(&name(step.to)));
    match &step.reason {
        Reason::TakenOver { working, of } => {
            Some(format!("{to} is not down: a peer of {from} takes over ({working} of {of} left)"))
        }
        Reason::QuorumKept(quorum) => Some(format!(
            "{to} keeps its quorum: {} of {} members work, and it needs {}",
            quorum.working, quorum.members, quorum.needed
        )),
        Reason::OnlyUsed => Some(format!("{to} is not down: it works without {from}, worse")),
        _ => None,
    }
}

/// The report as JSON.
pub fn json(report: &PathReport) -> String {
    to_json(report)
}

/// The report for people.
pub fn human(report: &PathReport, color: bool) -> String {
    let causes = visible(&several(&report.causes, 3));
    let (to, assumed) = (visible(&short(&report.to)), report.assumed.name());
    let mut text = match report.state {
        Some(state) => format!("{causes} {assumed} reaches {to}: {}\n", colored(state, color)),
        None => format!("{causes} {assumed} does not reach {to}\n"),
    };
    let branch = |(at, step): (usize, &StepJson)| {
        let state = match step.state {
            Some(state) => colored(state, color),
            None => "unaffected".to_owned(),
        };
        let because = step.because.as_ref().map(|why| format!(", {why}")).unwrap_or_default();
        let name = visible(&short(&step.to));
        Branch { text: format!("{name}  {state}  {}{because}", step.relation), parent: Some(at) }
    };
    if let Some(first) = report.steps.first() {
        let root = format!("{}  {}", visible(&short(&first.from)), colored(report.assumed, color));
        let mut branches = vec![Branch { text: root, parent: None }];
        branches.extend(report.steps.iter().enumerate().map(branch));
        text.push_str(&format!("\n{}", draw(&branches, usize::MAX, "")));
    }
    if !report.notes.is_empty() {
        text.push('\n');
    }
    for note in &report.notes {
        text.push_str(&format!("{}\n", visible(note)));
    }
    text
}

/// The JSON Schema of `impact-path/1`.
pub fn schema() -> Value {
    super::super::json::schema_of::<PathReport>("impact-path/1", "impact-path-1")
}
