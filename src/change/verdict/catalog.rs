//! What is broken: new mistakes of the merge result, and policies about changes.

use super::judge::Question;
use super::{Answer, Evidence, step};
use crate::catalog::short;
use crate::change::policies::Severity as PolicySeverity;
use crate::finding::{Finding, Severity};

/// How many findings stand in a verdict.
const MOST: usize = 50;

pub(super) fn valid(question: &Question<'_>) -> Answer {
    let new = match &question.new {
        Ok(new) => *new,
        Err(why) => return Answer::unknown(why.clone()),
    };
    let errors: Vec<&Finding> = new.iter().filter(|one| one.severity == Severity::Error).collect();
    let mut evidence: Vec<Evidence> = errors.iter().take(MOST).map(|one| shown(one)).collect();
    evidence.extend(question.silenced.iter().take(MOST).cloned());
    let more = errors.len().saturating_sub(MOST);
    if more > 0 {
        evidence.push(Evidence::words(format!("and {more} more")));
    }
    match errors.len() {
        0 => {
            let besides = new.len();
            let words = match besides {
                0 => "nothing is broken that was not before".to_owned(),
                1 => "1 new finding, and it is no error".to_owned(),
                n => format!("{n} new findings, and none is an error"),
            };
            Answer::met(words).with(evidence)
        }
        count => {
            let words =
                if count == 1 { "1 new error".into() } else { format!("{count} new errors") };
            let validate = "gitsm validate --since BASE".to_owned();
            let base = question.inputs.base.as_deref().and_then(|base| base.get(..9));
            let command = validate.replace("BASE", base.unwrap_or("origin/HEAD"));
            let next = step("fix", "put it right; this shows it in full", Some(command));
            Answer::unmet(words).with(evidence).then(vec![next])
        }
    }
}

fn shown(finding: &Finding) -> Evidence {
    let place = &finding.at.place;
    Evidence {
        words: finding.headline.clone(),
        code: Some(finding.code.name.to_owned()),
        entity: finding.at.entity.as_deref().map(str::to_owned),
        file: Some(place.file.path.clone()),
        line: Some(place.start.line),
        entry: None,
    }
}

pub(super) fn policies(question: &Question<'_>) -> Answer {
    let all = &question.assessment.policies;
    let evidence = all.iter().map(|one| Evidence {
        words: match &one.help {
            Some(help) => format!("{}: {} ({help})", short(&one.policy), one.message),
            None => format!("{}: {}", short(&one.policy), one.message),
        },
        entity: Some(one.policy.clone()),
        file: Some(one.file.clone()),
        line: Some(one.line),
        ..Evidence::default()
    });
    let broken = all.iter().filter(|one| one.severity == PolicySeverity::Error).count();
    let words = match broken {
        0 => return Answer::met("every policy about changes holds").with(evidence.collect()),
        1 => "1 policy about changes does not hold".to_owned(),
        n => format!("{n} policies about changes do not hold"),
    };
    let next = step(
        "fix",
        "change it as the policy says, or have an Exception of the policy merged first",
        None,
    );
    Answer::unmet(words).with(evidence.collect()).then(vec![next])
}
