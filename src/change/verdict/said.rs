//! What people must say of a change: a name of its own, a reason, a plan, a test.

use super::judge::Question;
use super::{Answer, Evidence, step};
use crate::catalog::short;
use crate::change::agreement::Obstacle;
use crate::change::state::Next;

pub(super) fn request(question: &Question<'_>) -> Answer {
    let assessment = question.assessment;
    let mut evidence = Vec::new();
    let mut next: Vec<Next> = Vec::new();
    let mut unmet: Vec<String> = Vec::new();
    if question.name.is_none() {
        unmet.push("it has no name".to_owned());
        next.push(step(
            "name",
            "give it a request, or end a commit's message with `Gitsm-Change: NAME`",
            Some("gitsm change new NAME".to_owned()),
        ));
    }
    let mistakes = assessment.name.mistakes.iter().chain(&assessment.r#type.mistakes);
    for mistake in mistakes {
        unmet.push(mistake.clone());
    }
    let recorded = question.recorded.as_ref().ok();
    let obstacles = recorded.iter().flat_map(|one| &one.told.agreement.obstacles);
    for obstacle in obstacles {
        if let Obstacle::LandedBefore { entry } | Obstacle::LandedOtherwise { entry } = obstacle {
            unmet.push(obstacle.words());
            evidence.push(Evidence::entry("the name was used", entry));
            let new = Some("gitsm change new NAME".to_owned());
            next.push(step("name", "give it a name of its own", new));
        }
    }
    let glass = recorded.is_some_and(|one| one.told.agreement.break_glass.is_some());
    // A request would make it another change than the inverse that was agreed to.
    let undoes = recorded.and_then(|one| one.undoes.as_ref());
    evidence.extend(undoes.map(|undoes| Evidence::words(undoes.clone())));
    let missing: Vec<&str> = assessment
        .statements
        .iter()
        .filter(|one| one.is_missing() && !glass && undoes.is_none())
        .map(|one| one.what)
        .collect();
    for one in assessment.statements.iter().filter(|one| one.needed) {
        if let Some(given) = &one.given {
            evidence.push(Evidence::words(format!("{}: {given}", one.what)));
        }
    }
    if !missing.is_empty() {
        let band = assessment.risk.band.name().replace('_', " ");
        let words = format!("a {band} change says its {}", listed(&missing));
        unmet.push(words);
        let where_to = match &assessment.request {
            Some(request) => {
                let fields: Vec<String> =
                    missing.iter().map(|what| format!("`spec.{what}`")).collect();
                let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
                step("say", format!("write {} in {}", listed(&fields), short(request)), None)
            }
            None => {
                let new = Some("gitsm change new".to_owned());
                step("say", "write a request; what is known already stands in it", new)
            }
        };
        next.push(where_to);
    }
    match unmet.is_empty() {
        true => {
            let name = question.name.map(short).unwrap_or_default();
            Answer::met(format!("it is {name}, and says what it must")).with(evidence)
        }
        false => Answer::unmet(unmet.join("; ")).with(evidence).then(next),
    }
}

fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
