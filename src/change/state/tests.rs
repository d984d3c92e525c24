//! Where changes stand: every row of the table, and whole lives as they are told.

use std::collections::BTreeSet;

use super::facts::facts;
use super::fold::Fold;
use super::{Inputs, Life, State, TRANSITIONS, Told, Transition, landing, page, state};
use crate::change::agreement::tests::world::*;
use crate::change::agreement::{Debt, Story};
use crate::change::requirement::RequirementKind;
use crate::ledger::CloseCode;
use crate::model::gitsm::change_model::ChangeType;
use crate::model::gitsm::change_policy::Grade;
use crate::model::gitsm::value::RiskBand;

/// A change that is looked at again and again.
struct Play {
    world: World,
    unsaid: Vec<&'static str>,
    targets: Vec<String>,
    found: bool,
    fold: Fold,
    seen: Vec<State>,
}

impl Play {
    fn new(change_type: ChangeType) -> Self {
        let mut world = World::new();
        world.change_type = change_type;
        world.approvals.requirements.pop();
        match change_type {
            ChangeType::Standard => world.approvals.requirements.clear(),
            ChangeType::Emergency => {
                let id = "emergency/team:default/ecab";
                world.approvals.requirements =
                    vec![requirement(RequirementKind::Emergency, id, 1, &["cy"])];
                world.incident = Some("INC-1".to_owned());
            }
            ChangeType::Normal => {}
        }
        let fold = Fold::new();
        Self { world, unsaid: Vec::new(), targets: Vec::new(), found: false, fold, seen: vec![] }
    }

    fn asked<T>(&self, tell: impl FnOnce(&Inputs<'_>) -> T) -> T {
        self.world.with(|asked| {
            tell(&Inputs {
                asked,
                unsaid: &self.unsaid,
                targets: &self.targets,
                blocked_by: &[],
                found: self.found,
                undoes: false,
            })
        })
    }

    /// Does something and looks.
    fn then(mut self, act: impl FnOnce(&mut Self)) -> Self {
        act(&mut self);
        let mut fold = std::mem::replace(&mut self.fold, Fold::new());
        self.asked(|inputs| fold.settle(&facts(&Story::of(inputs.asked), inputs), None));
        self.seen.push(fold.state);
        self.fold = fold;
        self
    }

    fn told(&self) -> Told {
        self.asked(state)
    }
}

fn proposed(change_type: ChangeType) -> Play {
    Play::new(change_type).then(|play| drop(play.world.propose("ada")))
}

fn agreed(change_type: ChangeType) -> Play {
    proposed(change_type).then(|play| {
        play.world.approve("cy");
    })
}

fn landed(change_type: ChangeType) -> Play {
    agreed(change_type).then(|play| drop(play.world.merge()))
}

fn end(play: &mut Play, result: CloseCode) {
    let change = play.world.change.clone();
    play.world.end(&change, result);
}

fn ended(play: Play, result: CloseCode) -> Play {
    play.then(|play| end(play, result))
}

fn cancel(play: &mut Play) {
    play.world.cancel("ada");
}

fn edit(play: &mut Play) {
    play.world.digest = "sha256:d2".to_owned();
}

fn reject(play: &mut Play) {
    play.world.reject("cy");
}

fn missing_plan(play: &mut Play) {
    play.unsaid = vec!["plan", "test"];
}

/// All ways through the table that there are.
fn plays() -> Vec<Play> {
    use ChangeType::{Emergency, Normal, Standard};
    let mut all = Vec::new();
    for life in [Normal, Standard, Emergency] {
        all.push(Play::new(life).then(cancel).then(|play| drop(play.world.propose("ada"))));
        all.push(proposed(life).then(cancel));
        all.push(proposed(life).then(edit));
        all.push(proposed(life).then(reject));
        all.push(agreed(life).then(cancel));
        all.push(agreed(life).then(edit));
        all.push(agreed(life).then(reject));
        all.push(agreed(life).then(|play| play.world.now += 200 * HOUR));
        all.push(agreed(life).then(missing_plan));
        all.push(landed(life).then(cancel));
        all.push(ended(landed(life), CloseCode::Successful));
        let reviewed = ended(landed(life), CloseCode::Unsuccessful);
        all.push(reviewed.then(|play| drop(play.world.review("dee"))));
    }
    let silent = || {
        let play = Play::new(Normal).then(missing_plan);
        play.then(|play| drop(play.world.propose("ada")))
    };
    all.push(silent().then(cancel));
    all.push(silent().then(edit));
    all.push(silent().then(reject));
    all.push(silent().then(|play| play.unsaid.clear()));
    all.push(proposed(Normal).then(missing_plan));
    let mut low = landed(Normal);
    low.world.band = RiskBand::Low;
    all.push(ended(low, CloseCode::Successful));
    let broken = || Play::new(Normal).then(|play| drop(play.world.shatter("ada")));
    all.push(broken().then(cancel));
    let late = Play::new(Normal).then(|play| {
        cancel(play);
        play.world.shatter("ada");
    });
    all.push(late.then(|play| drop(play.world.propose("ada"))));
    let glass = broken().then(|play| drop(play.world.merge()));
    all.push(ended(glass, CloseCode::Successful).then(|play| drop(play.world.review("dee"))));
    let wild = proposed(Normal).then(|play| drop(play.world.merge()));
    all.push(ended(wild, CloseCode::Successful).then(|play| drop(play.world.review("dee"))));
    all
}

#[test]
fn every_row_of_the_table_is_reached_and_no_other_way_is() {
    let taken: BTreeSet<Transition> =
        plays().into_iter().flat_map(|play| play.fold.taken).collect();
    let known: BTreeSet<Transition> = TRANSITIONS.iter().copied().collect();
    let missing: Vec<_> = known.difference(&taken).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert_eq!(known.len(), TRANSITIONS.len(), "a row stands twice");
}

#[test]
fn who_looks_often_sees_what_who_looks_once_sees() {
    for play in plays() {
        assert_eq!(play.fold.state, play.told().state, "{:?}", play.seen);
    }
}

fn history(told: &Told) -> Vec<&'static str> {
    told.history.iter().map(|one| one.state.name()).collect()
}

#[test]
fn a_normal_change_is_agreed_to_applied_and_looked_back_at() {
    let mut play = Play::new(ChangeType::Normal);
    assert_eq!(play.told().why, ["it has not been put forward yet"]);
    play.world.propose("ada");
    let told = play.told();
    assert_eq!((told.state, told.code), (State::Authorize, -3));
    assert_eq!(told.why, ["owner/team:infra: nobody has agreed yet"]);
    assert_eq!(told.next[0].command.as_deref(), Some("gitsm change approve pg17"));
    assert_eq!(told.next[0].who, [person("cy"), person("dee")]);
    let agreed = play.world.approve("cy");
    let told = play.told();
    assert_eq!((told.state, told.since), (State::Scheduled, Some(agreed)));
    play.targets = vec!["target:default/prod".to_owned(), "target:default/dr".to_owned()];
    play.world.merge();
    assert_eq!(play.told().state, State::Scheduled);
    assert_eq!(
        play.told().why,
        ["it has landed, and is not yet applied to target:prod and target:dr"]
    );
    play.world.intend("target:default/prod");
    assert_eq!(play.told().state, State::Implement);
    play.world.end("target:default/prod", CloseCode::SuccessfulIssues);
    assert_eq!(play.told().state, State::Implement, "there is another target");
    play.world.end("target:default/dr", CloseCode::Successful);
    let told = play.told();
    assert_eq!((told.state, told.code), (State::Review, 0));
    assert_eq!(told.result, Some(CloseCode::SuccessfulIssues), "the worst counts");
    assert_eq!(told.next.len(), 1, "it cannot be called off any more");
    play.world.cancel("ada");
    play.world.review("ada");
    let told = play.told();
    assert_eq!(told.state, State::Review);
    let codes: Vec<_> = told.refused.iter().map(|one| (one.event, one.why.code())).collect();
    assert_eq!(codes, [("canceled", "wrong-state"), ("reviewed", "contributed")]);
    play.world.review("dee");
    let told = play.told();
    assert_eq!((told.state, told.code), (State::Closed, 3));
    assert_eq!(history(&told), ["authorize", "scheduled", "implement", "review", "closed"],);
    assert_eq!(told.result, Some(CloseCode::Successful), "who looks back has the last word");
    assert!(told.landing.unwrap().authorized);
}

#[test]
fn what_expired_or_was_said_after_the_landing_does_not_change_it() {
    let mut play = landed(ChangeType::Normal);
    play.world.now += 1000 * HOUR;
    play.world.authority.left.insert(person("gil"));
    play.world.reject("dee");
    assert_eq!(play.told().state, State::Implement);
    let mut play = proposed(ChangeType::Normal);
    play.world.merge();
    play.world.approve("cy");
    let told = play.told();
    assert_eq!(told.life, Life::Unauthorized);
    assert!(told.unauthorized);
    assert_eq!(told.state, State::Authorize);
    assert!(told.why[0].starts_with("it landed without what it needed"), "{:?}", told.why);
    let lives: Vec<Life> = told.history.iter().map(|one| one.life).collect();
    assert_eq!(history(&told), ["authorize", "authorize"]);
    assert_eq!(lives, [Life::Normal, Life::Unauthorized]);
    end(&mut play, CloseCode::Successful);
    play.world.cancel("ada");
    play.world.review("ada");
    assert_eq!(play.told().state, State::Review, "it is looked back at, however well it went");
    play.world.review("dee");
    assert_eq!(play.told().state, State::Closed);
}

#[test]
fn a_landing_is_judged_by_what_was_there_before_it() {
    let play = landed(ChangeType::Normal);
    let one = play.world.with(|asked| landing(asked, None)).unwrap();
    assert!(one.authorized);
    assert_eq!(one.agreement.refused, []);
    let mut other = landed(ChangeType::Normal);
    other.world.digest = "sha256:d2".to_owned();
    let one = other.world.with(|asked| landing(asked, None)).unwrap();
    assert!(!one.authorized, "the ledger says that something else landed");
    let mut twice = landed(ChangeType::Normal);
    let second = twice.world.merge();
    assert!(!twice.world.with(|asked| landing(asked, Some(&second))).unwrap().authorized);
    assert!(twice.told().unauthorized, "a name lands once");
    let mut canceled = agreed(ChangeType::Standard);
    canceled.world.cancel("ada");
    canceled.world.merge();
    assert!(canceled.told().unauthorized, "what was called off has landed");
    assert_eq!(Play::new(ChangeType::Normal).world.with(|asked| landing(asked, None)), None);
}

#[test]
fn standard_changes_skip_what_was_agreed_to_beforehand() {
    let told = proposed(ChangeType::Standard).told();
    assert_eq!((told.state, told.life), (State::Scheduled, Life::Standard));
    let mut play = ended(landed(ChangeType::Standard), CloseCode::Successful);
    assert_eq!(play.told().state, State::Closed);
    let two = requirement(RequirementKind::Unattributed, "unattributed", 2, &[]);
    play.world.approvals.requirements.push(two);
    play.world.ledger.truncate(1);
    let told = play.told();
    assert_eq!((told.state, told.life), (State::Authorize, Life::Normal), "it still asks somebody");
}

#[test]
fn emergencies_owe_a_review() {
    let play = ended(landed(ChangeType::Emergency), CloseCode::Successful);
    let mut told = play.told();
    assert_eq!((told.state, told.life), (State::Review, Life::Emergency));
    told = landed(ChangeType::Emergency).told();
    assert_eq!(history(&told), ["authorize", "scheduled", "implement"]);
}

#[test]
fn broken_glass_needs_nobody_and_a_signed_review() {
    let mut play = Play::new(ChangeType::Normal);
    play.world.shatter("ada");
    let told = play.told();
    assert_eq!((told.state, told.life), (State::Scheduled, Life::BreakGlass));
    play.world.merge();
    play.world.cancel("ada");
    end(&mut play, CloseCode::Successful);
    for (by, grade) in [("ada", Grade::Signed), ("dee", Grade::Claimed)] {
        play.world.review(by);
        play.world.last().grade = grade;
    }
    let told = play.told();
    assert_eq!(told.state, State::Review);
    let codes: Vec<_> = told.refused.iter().map(|one| one.why.code()).collect();
    assert_eq!(codes, ["wrong-state", "contributed", "grade-below"]);
    play.world.review("dee");
    assert_eq!(play.told().state, State::Closed);
}

#[test]
fn what_was_only_found_is_unauthorized() {
    let mut play = Play::new(ChangeType::Normal);
    play.found = true;
    let told = play.told();
    assert_eq!((told.state, told.life), (State::Authorize, Life::Unauthorized));
    assert_eq!(told.why[0], "it was found, and no change says so");
    end(&mut play, CloseCode::Successful);
    play.world.review("dee");
    assert_eq!(play.told().state, State::Closed);
}

#[test]
fn a_review_that_somebody_else_owes_holds_it_up() {
    let mut play = agreed(ChangeType::Normal);
    let debt = Debt {
        change: "change:default/fire".to_owned(),
        kind: crate::change::agreement::DebtKind::BreakGlass,
        landed: "01J".to_owned(),
        commit: "d".repeat(40),
        by: None,
        since: chrono::DateTime::default(),
        due: None,
        is_overdue: true,
        blocks: true,
        owners: vec!["team:default/infra".to_owned()],
    };
    let blocked =
        |play: &Play| play.asked(|inputs| state(&Inputs { blocked_by: &[&debt], ..*inputs }));
    let told = blocked(&play);
    assert_eq!(told.state, State::Authorize);
    assert_eq!(
        told.why,
        ["change:fire broke the glass, and nobody has reviewed that: it holds up team:infra"]
    );
    assert_eq!(told.next[0].command.as_deref(), Some("gitsm change complete fire --review"));
    play.world.merge();
    assert!(blocked(&play).unauthorized);
}

#[test]
fn what_is_missing_or_edited_is_said() {
    let play = proposed(ChangeType::Normal).then(missing_plan);
    assert_eq!(play.told().why, ["nobody has said its plan and test yet"]);
    let play = agreed(ChangeType::Normal).then(edit);
    let told = play.told();
    assert!(told.why[0].starts_with("it has changed since it was put forward"));
    assert_eq!(history(&told), ["authorize", "scheduled", "new"]);
    assert_eq!(told.since, None, "no entry made it so");
    let told = proposed(ChangeType::Normal).then(reject).told();
    assert!(told.why[0].starts_with("person:cy does not agree"));
    assert_eq!(told.next[0].what, "approve");
}

#[test]
fn thousands_of_entries_are_no_reason_to_wait() {
    let mut play = proposed(ChangeType::Normal);
    for _ in 0..1500 {
        play.world.reject("dee");
    }
    play.world.approve("dee");
    assert_eq!(play.told().state, State::Scheduled);
}

#[test]
fn the_page_shows_every_state_and_every_row() {
    let page = page();
    assert!(page.starts_with("| state | ServiceNow |\n|---|---|\n| new | -5 |\n| assess | -4 |\n"));
    assert!(
        page.contains("\nstandard:\n\n| from | to | when |\n|---|---|---|\n| new | canceled |")
    );
    let lines = page.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(lines, 1 + State::ALL.len() + Life::ALL.len() + TRANSITIONS.len());
    for state in State::ALL {
        let json = serde_json::to_value(state).unwrap();
        assert_eq!(json, state.name());
    }
    for life in Life::ALL {
        assert_eq!(serde_json::to_value(life).unwrap(), life.name());
        assert_eq!(life.change_type() == ChangeType::Emergency, life.owes_review());
    }
}
