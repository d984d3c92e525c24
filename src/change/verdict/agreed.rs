//! Who must agree: to what changes, to changes of the rules, and because nobody vouches for the work.

use super::judge::{Question, Recorded};
use super::{Answer, Evidence, step};
use crate::catalog::short;
use crate::change::agreement::{Agreement, Fulfilled, Obstacle, Standing};
use crate::change::requirement::RequirementKind;
use crate::change::state::Next;
use crate::model::gitsm::change_policy::Grade;

/// How many rules that change stand in a verdict.
const MOST: usize = 50;

pub(super) fn approvals(question: &Question<'_>) -> Answer {
    let recorded = match known(question) {
        Ok(recorded) => recorded,
        Err(answer) => return answer,
    };
    let agreement = &recorded.told.agreement;
    if let Some(glass) = &agreement.break_glass {
        let words = format!("{} broke the glass for it, and owes a review", short(&glass.person));
        let stopped = obstacles(agreement);
        if stopped.is_empty() {
            return Answer::met(words).with(vec![Evidence::entry("break-glass", &glass.entry)]);
        }
    }
    let of_people = |one: &&Fulfilled| {
        !matches!(one.kind, RequirementKind::Governance | RequirementKind::Unattributed)
    };
    let asked: Vec<&Fulfilled> = agreement.requirements.iter().filter(of_people).collect();
    let mut counted = Counted::of(question, &asked);
    counted.refused(agreement);
    for one in &agreement.rejected {
        let who = short(&one.person);
        counted.evidence.push(Evidence::entry(format!("{who} does not agree"), &one.entry));
        counted.unmet.push(format!("{who} does not agree"));
        let words = "agree after all, or edit the change and put it forward again";
        counted.next.push(Next {
            what: "approve",
            words: words.to_owned(),
            who: vec![one.person.clone()],
            command: Some(format!("gitsm change approve {}", plain(question))),
        });
    }
    for words in obstacles(agreement) {
        counted.unmet.push(words);
    }
    for debt in recorded.debts {
        let of = short(&debt.change);
        counted.unmet.push(format!("{of} broke the glass and is not reviewed yet"));
        counted.evidence.push(Evidence::entry(format!("{of} landed"), &debt.landed));
        let name = of.trim_start_matches("change:");
        let command = Some(format!("gitsm change complete {name} --review"));
        counted.next.push(step("review", format!("look back at {of}"), command));
    }
    let stands = agreement.rejected.is_empty() && obstacles(agreement).is_empty();
    if let (Some(undoes), true) = (&recorded.undoes, stands) {
        let words = format!("{undoes}: that was agreed to, and so is this");
        return Answer::met(words).with(counted.evidence);
    }
    let nobody = asked.is_empty();
    counted.answer(nobody, "nobody must agree to it", "all who must agree do")
}

pub(super) fn governance(question: &Question<'_>) -> Answer {
    let requirements = &question.assessment.approvals.requirements;
    if !requirements.iter().any(|one| one.kind == RequirementKind::Governance) {
        return Answer::met("it changes no rule and nothing that steers one");
    }
    let recorded = match known(question) {
        Ok(recorded) => recorded,
        Err(answer) => return answer,
    };
    // Broken glass goes ahead with what cannot wait; rules can.
    let agreement = &recorded.told.agreement;
    let asked: Vec<&Fulfilled> = agreement
        .requirements
        .iter()
        .filter(|one| one.kind == RequirementKind::Governance)
        .collect();
    let mut counted = Counted::of(question, &asked);
    let told = |what: &String| Evidence::words(format!("{what} steers who agrees to what"));
    counted.evidence.extend(question.steers.iter().take(MOST).map(told));
    if let Some(more) = question.steers.len().checked_sub(MOST).filter(|more| *more > 0) {
        counted.evidence.push(Evidence::words(format!("and {more} more")));
    }
    if !counted.unmet.is_empty() {
        counted.refused(agreement);
    }
    let is_binding = asked.iter().any(|one| one.enforced);
    let mut answer = counted.answer(false, "", "those who answer for the rules agree");
    if !is_binding && answer.standing == super::Standing::Met {
        answer.because =
            "it changes rules, and the base names nobody who answers for them".to_owned();
        let words = "name them: `governance: {owners: [team:NAME]}` in gitsm.yaml";
        answer.next = vec![step("settle", words, None)];
        answer.binding = false;
    }
    answer
}

pub(super) fn attribution(question: &Question<'_>) -> Answer {
    if question.cut {
        return cut();
    }
    if !question.attributed {
        let words = "the base pins no ledger, so nobody looks at who signed";
        let begin = Some("gitsm ledger init".to_owned());
        let next = step("settle", "begin a ledger, and pin it in gitsm.yaml", begin);
        return Answer::unknown(words).then(vec![next]);
    }
    let recorded = match known(question) {
        Ok(recorded) => recorded,
        Err(answer) => return answer,
    };
    let agreement = &recorded.told.agreement;
    if agreement.break_glass.is_some() {
        return Answer::met("the glass was broken for it");
    }
    let of = |one: &&Fulfilled| one.kind == RequirementKind::Unattributed;
    let asked: Vec<&Fulfilled> = agreement.requirements.iter().filter(of).collect();
    let mut counted = Counted::of(question, &asked);
    let unknown = question.assessment.approvals.contributors.iter();
    let unknown = unknown.filter(|one| one.contributor.vouched == Some(false));
    let unknown = unknown.map(|one| {
        let (name, role) = (&one.contributor.name, &one.contributor.role);
        Evidence::words(format!("nobody vouches for {name} ({role})"))
    });
    counted.evidence.extend(unknown);
    if !counted.unmet.is_empty() {
        counted.refused(agreement);
        let words = "or sign the commits with a key that the base lists (`git commit -S`)";
        counted.next.push(step("sign", words, None));
    }
    let nobody = asked.is_empty();
    counted.answer(nobody, "every commit is vouched for", "enough agree, whoever made it")
}

/// What the ledger says, where that can be said of this change.
fn known<'q, 'a>(question: &'q Question<'a>) -> Result<&'q Recorded<'a>, Answer> {
    if question.cut {
        return Err(cut());
    }
    if let (None, Some(doubt)) = (question.digest, question.doubts.first()) {
        let place = &doubt.place;
        let at = format!("{}:{}", place.file.path, place.start.line);
        return Err(Answer::unknown(format!(
            "a part of it cannot be compared, so nobody can agree to it: {at}: {}",
            doubt.message
        )));
    }
    question.recorded.as_ref().map_err(|why| {
        let sync = Some("gitsm ledger sync".to_owned());
        Answer::unknown(why.clone()).then(vec![step("fetch", "fetch the ledger", sync)])
    })
}

fn cut() -> Answer {
    let words =
        "this clone does not hold every commit of the change, so it is not known who made it";
    let next = step("fetch", "fetch them all: `fetch-depth: 0`, or", {
        Some("git fetch --unshallow".to_owned())
    });
    Answer::unknown(words).then(vec![next])
}

/// The obstacles that people can do something about.
fn obstacles(agreement: &Agreement) -> Vec<String> {
    let of_people = |one: &&Obstacle| {
        matches!(one, Obstacle::NoIncident | Obstacle::NobodyDecides | Obstacle::Canceled { .. })
    };
    agreement.obstacles.iter().filter(of_people).map(Obstacle::words).collect()
}

/// The change's name as commands take it.
fn plain(question: &Question<'_>) -> String {
    let name = question.name.map(short).unwrap_or_default();
    name.trim_start_matches("change:").to_owned()
}

/// Requirements, counted.
#[derive(Default)]
struct Counted {
    evidence: Vec<Evidence>,
    unmet: Vec<String>,
    next: Vec<Next>,
}

impl Counted {
    fn of(question: &Question<'_>, asked: &[&Fulfilled]) -> Self {
        let mut counted = Self::default();
        for one in asked {
            counted.one(question, one);
        }
        counted
    }

    fn one(&mut self, question: &Question<'_>, one: &Fulfilled) {
        let whom = whom(one);
        for voice in &one.by {
            let behalf = voice.behalf.as_deref().map(|who| format!(" for {}", short(who)));
            let (who, behalf) = (short(&voice.person), behalf.unwrap_or_default());
            let words = format!("{whom}: {who}{behalf} agrees ({})", grade(voice.grade));
            self.evidence.push(Evidence::entry(words, &voice.entry));
        }
        if one.standing == Standing::Lapsed {
            self.evidence.push(Evidence::words(format!(
                "{whom}: said nothing for so long that it is consent"
            )));
        }
        if let Some(problem) = &one.problem {
            self.evidence.push(Evidence::words(format!("{whom}: {problem}")));
        }
        if one.standing != Standing::Unmet {
            return;
        }
        if !one.enforced {
            self.evidence.push(Evidence::words(format!("{whom}: asked, and not waited for")));
            return;
        }
        let sure = match one.grade {
            Grade::Claimed => "",
            Grade::Forge => ", signed or reviewed on the forge",
            Grade::Signed => ", signed",
        };
        self.unmet.push(match one.missing {
            1 if one.count == 1 => whom.clone(),
            missing => format!("{whom} ({missing} more)"),
        });
        if let Some(at) = one.consent_at {
            let at = at.format("%Y-%m-%d %H:%M UTC");
            self.evidence.push(Evidence::words(format!("{whom}: silence is consent from {at} on")));
        }
        if one.anyone || !one.could.is_empty() {
            let words = match one.anyone && one.could.is_empty() {
                true => format!("agree, as anybody who had no hand in it{sure}"),
                false => format!("agree, for {whom}{sure}"),
            };
            let command = match question.name {
                Some(_) => format!("gitsm change approve {}", plain(question)),
                None => "gitsm change approve NAME".to_owned(),
            };
            let who = one.could.clone();
            self.next.push(Next { what: "approve", words, who, command: Some(command) });
        } else {
            let words =
                format!("nobody is left who could agree for {whom}: the base must name more");
            self.next.push(step("settle", words, None));
        }
    }

    /// What was said of it and does not count.
    fn refused(&mut self, agreement: &Agreement) {
        for one in &agreement.refused {
            let who = short(&one.person);
            let words = format!("{} by {who} does not count: {}", one.event, one.words);
            self.evidence.push(Evidence::entry(words, &one.entry));
        }
    }

    fn answer(self, nobody: bool, none: &str, all: &str) -> Answer {
        let Self { evidence, unmet, next } = self;
        match (unmet.is_empty(), nobody) {
            (true, true) => Answer::met(none).with(evidence),
            (true, false) => Answer::met(all).with(evidence),
            (false, _) => Answer::unmet(format!("still missing: {}", unmet.join(", ")))
                .with(evidence)
                .then(next),
        }
    }
}

/// Of whom somebody must agree.
fn whom(one: &Fulfilled) -> String {
    match one.kind {
        RequirementKind::Peers => "peers".to_owned(),
        RequirementKind::Unattributed => "two who vouch for it".to_owned(),
        RequirementKind::Governance => "governance".to_owned(),
        _ => one.id.split_once('/').map_or(one.id.clone(), |(_, whose)| {
            whose.split('+').map(short).collect::<Vec<_>>().join(" or ")
        }),
    }
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Claimed => "claimed",
        Grade::Forge => "reviewed on the forge",
        Grade::Signed => "signed",
    }
}
