//! What ends when: certificates, support, agreements, exceptions, and tests that are due again.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde_json::Value;

use super::stage::Stage;
use crate::catalog::EntityId;
use crate::output::{Piece, Said, count};
use crate::render::Address;
use crate::render::page::{Block, Figure, Page, Part, Table, Tone};
use crate::render::timeline::{Bar, Timeline};

/// A field that says when something ends.
struct Ends {
    /// Of which family.
    family: &'static str,
    /// The field; `*` stands for every item of a list.
    path: &'static [&'static str],
    /// If the field says when it was done last: after how long it is due again.
    again: Again,
    /// What happens on that day.
    what: &'static str,
    /// What to do about it.
    act: &'static str,
}

/// When something that was done is due again.
enum Again {
    /// The field is the day itself.
    No,
    /// After what another field says; never if it says nothing.
    Field(&'static [&'static str]),
    /// After so long.
    After(&'static str),
}

const fn on(
    family: &'static str,
    path: &'static [&'static str],
    what: &'static str,
    act: &'static str,
) -> Ends {
    Ends { family, path, again: Again::No, what, act }
}

/// What happens to a service that says on which day it goes.
const SERVICE_ENDS: &str = "the service ends";

/// Every field that says when something ends. Add a row where a kind gains such a field.
const ENDS: &[Ends] = &[
    on("ci", &["spec", "attributes", "notAfter"], "it is no longer accepted", "renew it"),
    on(
        "ci",
        &["spec", "attributes", "endOfSupport"],
        "its maker stops mending it",
        "move to a version that is supported",
    ),
    on("ci", &["spec", "attributes", "endOfLife"], "its life ends", "replace it"),
    on("exception", &["spec", "expires"], "the exception ends", "mend what it was for"),
    on("sla", &["spec", "validTo"], "the agreement ends", "agree on it anew, or end it"),
    on("team", &["spec", "contract", "end"], "the contract ends", "renew it, or end it"),
    on(
        "changemodel",
        &["spec", "preauthorized", "reviewBy"],
        "its changes are no longer agreed to beforehand",
        "review it",
    ),
    on(
        "person",
        &["spec", "keys", "*", "validUntil"],
        "the last key for signing stops to count",
        "add a new key",
    ),
    on("service", &["metadata", "annotations", "ends-on"], SERVICE_ENDS, "move those who use it"),
    Ends {
        family: "runbook",
        path: &["spec", "lastTested"],
        again: Again::Field(&["spec", "testInterval"]),
        what: "it is to be tried again",
        act: "try it, and write the day down",
    },
    Ends {
        family: "service",
        path: &["spec", "continuity", "lastTested"],
        again: Again::After("P1Y"),
        what: "its recovery was tried a year ago",
        act: "try it, and write the day down",
    },
];

/// States in which something is on its way out, by what a field says.
const LEAVING: &[(&[&str], &str, &str)] = &[
    (&["spec", "lifecycle"], "deprecated", "it is used and will go"),
    (&["spec", "lifecycle", "status"], "pending_retirement", "it will be switched off"),
    (&["spec", "lifecycle", "status"], "end_of_support", "its maker no longer mends it"),
    (&["spec", "lifecycle", "stage"], "end_of_operation", "it is switched off and still there"),
];

/// Up to so many days ahead something is near.
const NEAR: i64 = 90;

/// The most lines of the picture.
const MOST: usize = 40;

/// From so many rows on, a table can be narrowed.
const LONG: usize = 12;

/// Something that ends.
struct End {
    id: EntityId,
    day: NaiveDate,
    what: &'static str,
    act: &'static str,
}

/// Makes the page.
pub(super) fn page(stage: &Stage<'_>) -> Page {
    let mut page = Page::new(Address::page("lifecycle"), "page.html", "What ends when");
    page.lead = Some(
        "Certificates, support by makers, agreements, exceptions and contracts that end, and what \
         is to be tried again. What is overdue stands first."
            .to_owned(),
    );
    let ends = ends(stage);
    let leaving = leaving(stage, &ends);
    if ends.is_empty() && leaving.is_empty() {
        page.body.push(Block::bare(Part::Words("Nothing here says when it ends.".into())));
        return page;
    }
    page.body.push(Block::bare(Part::Figures(figures(stage, &ends))));
    if !ends.is_empty() {
        let mut block = Block::new("In order of time", Part::Words(note(&ends)));
        block.parts.extend(picture(stage, &ends, &page.address).map(Part::Picture));
        page.body.push(block.and(Part::Table(table(stage, &ends))));
    }
    if !leaving.is_empty() {
        let title = "On its way out, without a day";
        page.body.push(Block::new(title, Part::Table(leaving_table(stage, &leaving))));
    }
    page
}

fn ends(stage: &Stage<'_>) -> Vec<End> {
    let mut ends = Vec::new();
    for row in ENDS {
        let is_here = |id: &EntityId| !stage.is_gone(*id) && !stage.has_left(*id);
        for id in stage.family(row.family).filter(is_here) {
            let Some(value) = stage.pages.value(id) else { continue };
            let day = last(&value, row.path);
            let due = |day: &NaiveDate| match &row.again {
                Again::No => Some(*day),
                Again::After(length) => crate::rules::later(*day, length),
                Again::Field(path) => crate::rules::later(*day, at(&value, path)?.as_str()?),
            };
            let due = day.as_ref().and_then(due);
            ends.extend(due.map(|day| End { id, day, what: row.what, act: row.act }));
        }
    }
    ends.sort_by(|a, b| {
        let name = |end: &End| stage.canonical(end.id);
        (a.day, name(a), a.what).cmp(&(b.day, name(b), b.what))
    });
    ends
}

fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| value.get(step))
}

/// The day that a path leads to. Of several the last, since the others have been replaced by it; none
/// if one of them never ends.
fn last(value: &Value, path: &[&str]) -> Option<NaiveDate> {
    match path.split_first() {
        None => value.as_str()?.parse().ok(),
        Some((&"*", rest)) => {
            let days: Option<Vec<NaiveDate>> =
                value.as_array()?.iter().map(|item| last(item, rest)).collect();
            days?.into_iter().max()
        }
        Some((step, rest)) => last(value.get(step)?, rest),
    }
}

/// How near a day is.
fn tone(day: NaiveDate, today: NaiveDate) -> Tone {
    match (day - today).num_days() {
        days if days < 0 => Tone::Bad,
        days if days <= NEAR => Tone::Fair,
        _ => Tone::Good,
    }
}

/// `in 3 days`, `2 months ago`.
fn away(day: NaiveDate, today: NaiveDate) -> String {
    let days = (day - today).num_days();
    let length = match days.unsigned_abs() {
        0 => return "today".to_owned(),
        near @ 1..=60 => count(near as usize, "day"),
        months @ 61..=730 => count((months / 30) as usize, "month"),
        years => count((years / 365) as usize, "year"),
    };
    if days < 0 { format!("overdue for {length}") } else { format!("in {length}") }
}

fn figures(stage: &Stage<'_>, ends: &[End]) -> Vec<Figure> {
    let today = stage.today();
    let of = |wanted: Tone| ends.iter().filter(|end| tone(end.day, today) == wanted).count();
    let figure =
        |number: usize, what: &str| Figure { number: number.to_string(), what: what.into() };
    vec![
        figure(of(Tone::Bad), "overdue"),
        figure(of(Tone::Fair), "within 90 days"),
        figure(of(Tone::Good), "later"),
    ]
}

fn note(ends: &[End]) -> Said {
    match ends.len() > MOST {
        true => format!("The picture shows the first {MOST}; the table below has all of them."),
        false => "The picture and the table below say the same.".to_owned(),
    }
    .into()
}

fn picture(
    stage: &Stage<'_>,
    ends: &[End],
    here: &Address,
) -> Option<crate::render::page::Picture> {
    let today = stage.today();
    let bar = |end: &End| Bar {
        name: stage.title(end.id),
        href: Some(here.link(&Address::of(stage.canonical(end.id)), "html")),
        day: end.day,
        words: end.what.to_owned(),
        tone: tone(end.day, today),
    };
    let bars: Vec<Bar> = ends.iter().take(MOST).map(bar).collect();
    let title = "What ends when, as lines from today to that day; the table below says the same";
    let timeline = Timeline { title, today, months: (3, 15), bars: &bars };
    timeline.picture(
        "A line leads from today to the day: to the left what is overdue, to the right what is to \
         come.",
    )
}

fn table(stage: &Stage<'_>, ends: &[End]) -> Table {
    let today = stage.today();
    let row = |end: &End| -> Vec<Said> {
        let noon = end.day.and_hms_opt(12, 0, 0).map(|noon| noon.and_utc());
        let words = end.day.format("%-d %B %Y").to_string();
        let day = match noon {
            Some(noon) => Piece::time(&noon, words).into(),
            None => Said::from(words),
        };
        vec![
            stage.said(end.id),
            day,
            away(end.day, today).into(),
            end.what.into(),
            stage.owner(end.id).map(|owner| stage.said(owner)).unwrap_or_default(),
            end.act.into(),
        ]
    };
    let head = ["What", "Day", "That is", "Then", "Owner", "What to do"];
    Table {
        caption: "What ends when, the earliest first".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: ends.iter().map(row).collect(),
        filter: ends.len() >= LONG,
        ..Table::default()
    }
}

/// What is on its way out, and says no day.
fn leaving(stage: &Stage<'_>, ends: &[End]) -> Vec<(EntityId, &'static str)> {
    let told: HashSet<EntityId> =
        ends.iter().filter(|end| end.what == SERVICE_ENDS).map(|end| end.id).collect();
    let words = |id: &EntityId| {
        let is = |(path, state, _): &&(&[&str], &str, &str)| {
            stage.text(*id, path).is_some_and(|text| text == *state)
        };
        LEAVING.iter().find(is).map(|(_, _, words)| (*id, *words))
    };
    stage.ids.iter().filter(|id| !told.contains(id)).filter_map(words).collect()
}

fn leaving_table(stage: &Stage<'_>, leaving: &[(EntityId, &'static str)]) -> Table {
    let row = |(id, words): &(EntityId, &'static str)| -> Vec<Said> {
        let users = stage.users(*id);
        let users = match users.is_empty() {
            true => "nothing".into(),
            false => Said::list(users.iter().map(|id| stage.said(*id))),
        };
        let owner = stage.owner(*id).map(|owner| stage.said(owner)).unwrap_or_default();
        vec![stage.said(*id), (*words).into(), users, owner]
    };
    let head = ["What", "How it is", "What still needs it", "Owner"];
    Table {
        caption: "What is on its way out and says no day on which it ends".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: leaving.iter().map(row).collect(),
        filter: leaving.len() >= LONG,
        ..Table::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_told_as_people_count_them() {
        let today = day("2026-11-22");
        for (when, words) in [
            ("2026-11-22", "today"),
            ("2026-11-23", "in 1 day"),
            ("2026-10-22", "overdue for 31 days"),
            ("2027-03-31", "in 4 months"),
            ("2034-04-30", "in 7 years"),
        ] {
            assert_eq!(away(day(when), today), words);
        }
    }

    #[test]
    fn what_is_over_is_bad_and_what_is_near_worth_a_look() {
        let today = day("2026-11-22");
        assert_eq!(tone(day("2026-11-21"), today), Tone::Bad);
        assert_eq!(tone(today, today), Tone::Fair, "the last day still counts");
        assert_eq!(tone(day("2027-02-20"), today), Tone::Fair);
        assert_eq!(tone(day("2027-02-21"), today), Tone::Good);
    }

    #[test]
    fn of_several_days_the_last_counts_and_none_where_one_never_ends() {
        let path = &["keys", "*", "until"];
        let replaced =
            serde_json::json!({"keys": [{"until": "2026-01-01"}, {"until": "2027-01-01"}]});
        assert_eq!(last(&replaced, path), Some(day("2027-01-01")));
        let lasting = serde_json::json!({"keys": [{"until": "2026-01-01"}, {}]});
        assert_eq!(last(&lasting, path), None);
        for odd in [serde_json::json!({"keys": 7}), serde_json::json!({"keys": []})] {
            assert_eq!(last(&odd, path), None);
        }
    }

    #[test]
    fn every_field_is_one_that_its_family_has() {
        for row in ENDS.iter().filter(|row| !row.path.contains(&"attributes")) {
            let own = crate::model::KINDS
                .iter()
                .find(|kind| kind.family == row.family && !kind.group.foreign);
            let schema = crate::model::kind_schema(own.unwrap(), true).to_string();
            let field = row.path.iter().rfind(|step| **step != "*").unwrap();
            let known =
                row.path.contains(&"annotations") || schema.contains(&format!("\"{field}\""));
            assert!(known, "{}: {field}", row.family);
        }
    }
}
