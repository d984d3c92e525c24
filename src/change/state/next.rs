//! Why a change stands where it stands, and what may happen next: by whom, and by which command.

use schemars::JsonSchema;
use serde::Serialize;

use super::Inputs;
use super::facts::Facts;
use super::table::{Life, State};
use crate::catalog::short;
use crate::change::agreement::{Fulfilled, Obstacle, Standing};
use crate::change::requirement::RequirementKind;

/// Something that may happen next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Next {
    /// What: `propose`, `say`, `approve`, `revoke`, `merge`, `apply`, `complete`, `review`, `cancel`.
    pub what: &'static str,
    /// In words.
    pub words: String,
    /// Who may; nobody by name where anybody may.
    pub who: Vec<String>,
    /// What to type; nothing where gitsm does not do it.
    pub command: Option<String>,
}

/// The name of a change as commands take it.
fn name(change: &str) -> String {
    let name = short(change);
    name.strip_prefix("change:").map_or(name.clone(), str::to_owned)
}

fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Why a change stands where it stands.
pub(super) fn why(state: State, facts: &Facts<'_>, inputs: &Inputs<'_>) -> Vec<String> {
    match state {
        State::New => new(facts),
        State::Assess => {
            let missing: Vec<String> = inputs.unsaid.iter().map(|one| (*one).to_owned()).collect();
            vec![format!("nobody has said its {} yet", listed(&missing))]
        }
        State::Authorize => authorize(facts, inputs),
        State::Scheduled => vec![scheduled(facts, inputs)],
        State::Implement => vec![match inputs.targets {
            [] => "it has landed, and its outcome is not known yet".to_owned(),
            targets => format!("it is being applied to {}", shorts(targets)),
        }],
        State::Review => {
            let how = facts.ended.map(|(_, how)| how.name().replace('_', " with "));
            let how = how.unwrap_or_default();
            vec![format!("it was {how}, and nobody who had no hand in it has looked back yet")]
        }
        State::Closed => vec![match facts.reviewed {
            Some((one, _)) => {
                let by = short(&one.entry.statement.by);
                format!("{by} looked back ({})", one.entry.id)
            }
            None => "it was successful, and nobody needs to look back".to_owned(),
        }],
        State::Canceled => {
            let by = facts.canceled.map(|one| {
                format!("{} called it off ({})", short(&one.entry.statement.by), one.entry.id)
            });
            by.into_iter().collect()
        }
    }
}

fn shorts(all: &[String]) -> String {
    listed(&all.iter().map(|one| short(one)).collect::<Vec<_>>())
}

fn new(facts: &Facts<'_>) -> Vec<String> {
    let mut why = Vec::new();
    match facts.proposed {
        None => why.push("it has not been put forward yet".to_owned()),
        Some((one, false)) => {
            why.push(format!("it has changed since it was put forward ({})", one.entry.id));
        }
        Some((_, true)) => {}
    }
    why.extend(
        facts
            .agreement
            .rejected
            .iter()
            .map(|one| format!("{} does not agree ({})", short(&one.person), one.entry)),
    );
    why
}

fn authorize(facts: &Facts<'_>, inputs: &Inputs<'_>) -> Vec<String> {
    let mut why = Vec::new();
    if facts.life == Life::Unauthorized {
        why.push(match &facts.landing {
            Some(landing) => format!("it landed without what it needed ({})", landing.entry),
            None => "it was found, and no change says so".to_owned(),
        });
    }
    let agreement = &facts.agreement;
    why.extend(
        agreement
            .rejected
            .iter()
            .filter(|_| facts.life == Life::Unauthorized)
            .map(|one| format!("{} did not agree ({})", short(&one.person), one.entry)),
    );
    why.extend(agreement.obstacles.iter().map(Obstacle::words));
    why.extend(agreement.unmet().map(missing));
    why.extend(inputs.blocked_by.iter().map(|debt| {
        let owners = shorts(&debt.owners);
        format!(
            "{} broke the glass, and nobody has reviewed that: it holds up {owners}",
            short(&debt.change)
        )
    }));
    why
}

/// What a requirement still misses.
fn missing(one: &Fulfilled) -> String {
    let id = short(&one.id);
    let how = match (one.count, one.missing) {
        (1, _) => "nobody has agreed yet".to_owned(),
        (count, missing) => format!("{} of {count} have agreed", count - missing.min(count)),
    };
    let silence = one
        .consent_at
        .filter(|_| one.standing == Standing::Unmet)
        .map(|at| format!("; silence is consent from {}", at.format("%Y-%m-%d %H:%M UTC")));
    let problem = one.problem.as_ref().map(|problem| format!("; {problem}"));
    format!("{id}: {how}{}{}", silence.unwrap_or_default(), problem.unwrap_or_default())
}

fn scheduled(facts: &Facts<'_>, inputs: &Inputs<'_>) -> String {
    if facts.landing.is_some() {
        return format!("it has landed, and is not yet applied to {}", shorts(inputs.targets));
    }
    match (facts.life, &facts.agreement.break_glass) {
        (Life::BreakGlass, Some(glass)) => {
            format!("{} broke the glass ({})", short(&glass.person), glass.entry)
        }
        (Life::Standard, _) => "its model was agreed to beforehand".to_owned(),
        _ => "all agree who must".to_owned(),
    }
}

/// What may happen next.
pub(super) fn next(state: State, facts: &Facts<'_>, inputs: &Inputs<'_>) -> Vec<Next> {
    let asked = inputs.asked;
    let name = name(asked.change);
    let step = |what, words: &str, who: Vec<String>, command: Option<&str>| Next {
        what,
        words: words.to_owned(),
        who,
        command: command.map(|command| format!("gitsm change {command} {name}")),
    };
    let landed = facts.landing.is_some();
    let mut all = Vec::new();
    match state {
        State::New => {
            if facts.proposed.is_none_or(|(_, as_it_is)| !as_it_is) {
                all.push(step("propose", "put it forward as it is", Vec::new(), Some("propose")));
            }
            for one in &facts.agreement.rejected {
                let who = vec![one.person.clone()];
                all.push(step("approve", "agree after all", who, Some("approve")));
            }
            if !facts.agreement.rejected.is_empty() {
                let words = "edit it, and put it forward again";
                all.push(step("propose", words, Vec::new(), Some("propose")));
            }
        }
        State::Assess => {
            let words = "say what is missing in its ChangeRequest, and put it forward again";
            all.push(step("say", words, Vec::new(), Some("propose")));
        }
        State::Authorize if facts.life == Life::Unauthorized => {
            let words = "say how it went";
            let who = asked.authority.operators.iter().cloned().collect();
            all.push(step("complete", words, who, Some("complete")));
        }
        State::Authorize => all.extend(answers(facts, inputs, &name)),
        State::Scheduled if landed => {
            all.push(step("apply", "apply it", Vec::new(), None));
        }
        State::Scheduled => all.push(step("merge", "merge it", Vec::new(), None)),
        State::Implement => {
            let who = asked.authority.operators.iter().cloned().collect();
            all.push(step("complete", "say how it went", who, Some("complete")));
        }
        State::Review => {
            let words = "look back at it, as anybody who had no hand in it".to_owned();
            let command = Some(format!("gitsm change complete {name} --review"));
            all.push(Next { what: "review", words, who: Vec::new(), command });
        }
        State::Canceled if !landed => {
            all.push(step("propose", "put it forward again", Vec::new(), Some("propose")));
        }
        State::Closed | State::Canceled => {}
    }
    let may_cancel = super::TRANSITIONS
        .iter()
        .any(|row| row.life == facts.life && row.from == state && row.to == State::Canceled);
    if may_cancel {
        all.push(step("cancel", "call it off", Vec::new(), Some("cancel")));
    }
    all
}

/// Who may still answer what is asked, and what else would let it go ahead.
fn answers(facts: &Facts<'_>, inputs: &Inputs<'_>, name: &str) -> Vec<Next> {
    let mut all = Vec::new();
    for one in facts.agreement.unmet() {
        let whom = match one.kind {
            RequirementKind::Peers | RequirementKind::Unattributed => {
                "as anybody who had no hand in it".to_owned()
            }
            _ => {
                let whose = one.id.split_once('/').map_or(one.id.as_str(), |(_, whose)| whose);
                format!("for {}", short(whose))
            }
        };
        let words = match one.missing {
            1 => format!("agree, {whom}"),
            missing => format!("agree, {whom} ({missing} more)"),
        };
        if one.anyone || !one.could.is_empty() {
            let command = Some(format!("gitsm change approve {name}"));
            all.push(Next { what: "approve", words, who: one.could.clone(), command });
        }
    }
    for debt in inputs.blocked_by {
        let of = self::name(&debt.change);
        all.push(Next {
            what: "review",
            words: format!("look back at {}, which broke the glass", short(&debt.change)),
            who: Vec::new(),
            command: Some(format!("gitsm change complete {of} --review")),
        });
    }
    let listed = &inputs.asked.authority.break_glass;
    if !listed.is_empty() {
        all.push(Next {
            what: "break-glass",
            words: "go ahead before anybody agrees, and owe a review".to_owned(),
            who: listed.iter().cloned().collect(),
            command: Some(format!("gitsm change break-glass {name} --reason WHY")),
        });
    }
    all
}
