//! Whether the most critical services are ready for a bad night: a row for each, and what is missing
//! in words.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::around::page_link;
use super::ownership::rotas;
use super::stage::Stage;
use crate::catalog::EntityId;
use crate::flow::get::in_words;
use crate::output::{Said, count};
use crate::render::Address;
use crate::render::page::{Block, Figure, Page, Part, Table};

/// How critical a service can be, the most first.
const TIERS: &[&str] = &["tier1", "tier2", "tier3", "tier4"];

/// Lives of services that somebody uses.
const USED: &[&str] = &["live", "deprecated"];

/// How many people have to be on call, so that each can sleep and go on holiday.
const PEOPLE: usize = 2;

/// After so long a recovery is to be tried again.
const RECOVERY: &str = "P1Y";

/// From so many rows on, a table can be narrowed.
const LONG: usize = 12;

/// A question, and what answers it.
type Question = (&'static str, fn(&Asking<'_>) -> Answer);

/// What is asked of each service.
const QUESTIONS: &[Question] = &[
    ("Owner", owner),
    ("On call", on_call),
    ("Agreement", agreement),
    ("Objective", objective),
    ("Back within", recovery),
    ("Recovery tried", tried),
    ("Runbook", runbook),
    ("Runbook tried", rehearsed),
    ("What it needs", needs),
    ("Findings", findings),
];

/// A service that is asked about.
struct Asking<'a> {
    stage: &'a Stage<'a>,
    id: EntityId,
    /// How many findings there are about it.
    findings: usize,
}

/// Whether something is there, and what to show of it.
struct Answer {
    is_there: bool,
    said: Said,
}

fn yes(said: impl Into<Said>) -> Answer {
    Answer { is_there: true, said: said.into() }
}

fn no(said: impl Into<Said>) -> Answer {
    Answer { is_there: false, said: Said::from("Missing: ").and(said) }
}

/// Makes the page.
pub(super) fn page(stage: &Stage<'_>) -> Page {
    let mut page = Page::new(Address::page("readiness"), "page.html", "Ready for a bad night?");
    let (tier, services) = most_critical(stage);
    page.lead = Some(lead(tier));
    if services.is_empty() {
        let none = "There is no service here that somebody uses.";
        page.body.push(Block::bare(Part::Words(none.into())));
        return page;
    }
    let mut about: HashMap<&str, usize> = HashMap::new();
    for finding in stage.findings {
        let mut entities: Vec<&str> =
            finding.occurrences().filter_map(|at| at.entity.as_deref()).collect();
        entities.sort_unstable();
        entities.dedup();
        entities.into_iter().for_each(|entity| *about.entry(entity).or_default() += 1);
    }
    let mut ready = 0;
    let mut missing = 0;
    let mut rows = Vec::new();
    for id in &services {
        let findings = about.get(stage.canonical(*id)).copied().unwrap_or_default();
        let asking = Asking { stage, id: *id, findings };
        let answers: Vec<Answer> = QUESTIONS.iter().map(|(_, ask)| ask(&asking)).collect();
        let lacks = answers.iter().filter(|answer| !answer.is_there).count();
        missing += lacks;
        ready += usize::from(lacks == 0);
        let verdict = match lacks {
            0 => "Ready".to_owned(),
            some => format!("{} missing", count(some, "thing")),
        };
        let said = answers.into_iter().map(|answer| answer.said);
        rows.push([stage.said(*id), verdict.into()].into_iter().chain(said).collect());
    }
    let figure =
        |number: usize, what: &str| Figure { number: number.to_string(), what: what.into() };
    page.body.push(Block::bare(Part::Figures(vec![
        figure(services.len(), "services that are asked about"),
        figure(ready, "of them are ready"),
        figure(missing, "things are missing in all"),
    ])));
    page.body.push(Block::new("Service by service", Part::Table(table(rows))));
    page
}

fn lead(tier: Option<&str>) -> String {
    let which = match tier {
        Some("tier1") => "The business stops without these services (tier 1).".to_owned(),
        Some(tier) => {
            format!("No service is of tier 1; these are the most critical ones ({tier}).")
        }
        None => {
            "No service says how critical it is, so all are here that somebody uses.".to_owned()
        }
    };
    format!(
        "{which} Before something happens it should be known what was promised, whom to call, what \
         to do, and how long it may take to come back."
    )
}

fn table(rows: Vec<Vec<Said>>) -> Table {
    let questions = QUESTIONS.iter().map(|(question, _)| (*question).to_owned());
    Table {
        caption: "What each service has, and what is missing".to_owned(),
        head: ["Service", "Verdict"].map(str::to_owned).into_iter().chain(questions).collect(),
        filter: rows.len() >= LONG,
        rows,
        ..Table::default()
    }
}

/// The services of the highest tier that there is; all that are used if none says its tier.
fn most_critical(stage: &Stage<'_>) -> (Option<&'static str>, Vec<EntityId>) {
    let is_used = |id: &EntityId| {
        let state = stage.text(*id, &["spec", "lifecycle"]);
        state.is_none_or(|state| USED.contains(&state.as_str()))
    };
    let used: Vec<EntityId> = stage.family("service").filter(is_used).collect();
    for tier in TIERS {
        let of =
            |id: &EntityId| criticality(stage, *id) == TIERS.iter().position(|one| one == tier);
        let of_tier: Vec<EntityId> = used.iter().copied().filter(of).collect();
        if !of_tier.is_empty() {
            return (Some(tier), of_tier);
        }
    }
    (None, used)
}

/// How critical something is: 0 is the most.
fn criticality(stage: &Stage<'_>, id: EntityId) -> Option<usize> {
    let text = stage.text(id, &["spec", "criticality"])?;
    TIERS.iter().position(|tier| *tier == text)
}

fn day(stage: &Stage<'_>, id: EntityId, path: &[&str]) -> Option<NaiveDate> {
    stage.text(id, path)?.parse().ok()
}

fn date(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

fn owner(asking: &Asking<'_>) -> Answer {
    let Asking { stage, id, .. } = asking;
    match stage.having(*id, "ownedBy").as_slice() {
        [] => no("an owner who is in the catalog"),
        all => yes(stage.several(all)),
    }
}

/// The teams to turn to: the one for support, else the owner.
fn answering(stage: &Stage<'_>, id: EntityId) -> Vec<EntityId> {
    let support = stage.having(id, "hasSupportTeam");
    if support.is_empty() { stage.having(id, "ownedBy") } else { support }
}

fn on_call(asking: &Asking<'_>) -> Answer {
    let stage = asking.stage;
    let teams = answering(stage, asking.id);
    let rotas: Vec<EntityId> = teams.iter().flat_map(|team| rotas(stage, *team)).collect();
    let called = |rota: &EntityId| {
        let people = stage.having(*rota, "calls");
        people.iter().filter(|person| !stage.has_left(**person)).count()
    };
    match rotas.iter().map(called).max() {
        None => match teams.as_slice() {
            [] => no("somebody to call"),
            all => no(Said::from("a rota of ").and(stage.several(all))),
        },
        Some(most) if most < PEOPLE => {
            let people = count(most, "person").replace("persons", "people");
            let said = Said::from(format!("at least {PEOPLE} people on call, {people} in "));
            no(said.and(stage.several(&rotas)))
        }
        Some(most) => yes(stage.several(&rotas).and(format!(", {most} people"))),
    }
}

fn agreement(asking: &Asking<'_>) -> Answer {
    let Asking { stage, id, .. } = asking;
    match stage.having(*id, "agreedIn").as_slice() {
        [] => no("what its users were promised"),
        all => yes(stage.several(all)),
    }
}

fn objective(asking: &Asking<'_>) -> Answer {
    let Asking { stage, id, .. } = asking;
    match stage.having(*id, "measuredBy").as_slice() {
        [] => no("an objective that is measured"),
        all => yes(stage.several(all)),
    }
}

fn recovery(asking: &Asking<'_>) -> Answer {
    let Asking { stage, id, .. } = asking;
    let text = |field: &str| stage.text(*id, &["spec", "continuity", field]);
    match (text("rto"), text("rpo")) {
        (Some(rto), Some(rpo)) => {
            yes(format!("{}, with data of at most {} ago", in_words(&rto), in_words(&rpo)))
        }
        (Some(rto), None) => {
            no(format!("how much data may be lost; back within {}", in_words(&rto)))
        }
        _ => no("how long it may be away"),
    }
}

fn tried(asking: &Asking<'_>) -> Answer {
    let Asking { stage, id, .. } = asking;
    let Some(tried) = day(stage, *id, &["spec", "continuity", "lastTested"]) else {
        return no("a try");
    };
    match crate::rules::later(tried, RECOVERY).is_some_and(|due| due < stage.today()) {
        true => no(format!("a try within a year, the last was on {}", date(tried))),
        false => yes(date(tried)),
    }
}

fn approved(asking: &Asking<'_>) -> Vec<EntityId> {
    let Asking { stage, id, .. } = asking;
    let is_approved = |id: &EntityId| stage.state(*id).is_some_and(|state| state == "approved");
    stage.having(*id, "operatedBy").into_iter().filter(is_approved).collect()
}

fn runbook(asking: &Asking<'_>) -> Answer {
    let Asking { stage, id, .. } = asking;
    match (approved(asking).as_slice(), stage.having(*id, "operatedBy").as_slice()) {
        ([], []) => no("a runbook"),
        ([], drafts) => no(Said::from("approval of ").and(stage.several(drafts))),
        (all, _) => yes(stage.several(all)),
    }
}

fn rehearsed(asking: &Asking<'_>) -> Answer {
    let stage = asking.stage;
    let all = approved(asking);
    if all.is_empty() {
        return no("a runbook to try");
    }
    let is_due = |id: &EntityId| {
        let Some(tested) = day(stage, *id, &["spec", "lastTested"]) else { return true };
        let interval = stage.text(*id, &["spec", "testInterval"]);
        let due = interval.and_then(|interval| crate::rules::later(tested, &interval));
        due.is_some_and(|due| due < stage.today())
    };
    let due: Vec<EntityId> = all.iter().copied().filter(is_due).collect();
    if !due.is_empty() {
        return no(Said::from("a try of ").and(stage.several(&due)));
    }
    let days = all.iter().filter_map(|id| day(stage, *id, &["spec", "lastTested"]));
    yes(days.min().map_or(String::new(), date))
}

/// Whether what it needs is as critical as it is: else nobody hurries when that fails.
fn needs(asking: &Asking<'_>) -> Answer {
    let stage = asking.stage;
    let own = criticality(stage, asking.id).unwrap_or_default();
    let needed = stage.needed(asking.id);
    let is_less = |id: &EntityId| criticality(stage, *id).is_some_and(|tier| tier > own);
    let less: Vec<EntityId> = needed.iter().copied().filter(is_less).collect();
    match less.as_slice() {
        [] if needed.is_empty() => yes("nothing that is named"),
        [] => yes(format!("{}, none said to be less critical", count(needed.len(), "entity"))),
        less => no(Said::from("the same criticality of ").and(stage.several(less))),
    }
}

fn findings(asking: &Asking<'_>) -> Answer {
    match asking.findings {
        0 => yes("none"),
        some => Answer {
            is_there: false,
            said: page_link("findings", count(some, "finding")).and(" to put right"),
        },
    }
}
