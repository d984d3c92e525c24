//! A year of landings, from the table in `history.yaml`: acme as it is today, edited backwards.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Europe::Berlin;
use chrono_tz::Tz;
use serde::Deserialize;

use super::company::Files;
use crate::source::{File, Source};
use crate::yaml::de::from_node;
use crate::yaml::{Limits, parse};

/// What the table is called when something in it is wrong.
const TABLE: &str = "history.yaml";

/// Who writes and lands: what they are called, and the address that they commit with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Author {
    pub(super) name: String,
    pub(super) email: String,
}

/// How something came to the main branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum How {
    /// As a branch, by a merge.
    Merge,
    /// As one commit, by somebody else.
    Squash,
    /// As one commit, by who wrote it.
    Push,
}

/// One landing, with the files that are other ones afterwards; those that are gone have no text.
#[derive(Debug, Clone)]
pub(super) struct Landing {
    pub(super) at: DateTime<Tz>,
    pub(super) by: Author,
    pub(super) landed: Author,
    pub(super) how: How,
    pub(super) message: String,
    pub(super) files: BTreeMap<String, Option<String>>,
}

/// What was there before the first landing, and the landings, the oldest first.
#[derive(Debug)]
pub(super) struct History {
    pub(super) start: Files,
    pub(super) landings: Vec<Landing>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    people: BTreeMap<String, (String, String)>,
    landings: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    when: String,
    by: String,
    with: Option<String>,
    how: How,
    says: String,
    edits: Vec<Vec<String>>,
}

/// The year up to now that ends in these files.
///
/// # Errors
///
/// The table and the files of acme do not fit; tests hold that they do.
pub(super) fn history(end: &Files, now: DateTime<Utc>) -> Result<History, String> {
    let table = table()?;
    let mut rows: Vec<(DateTime<Tz>, &Row)> = Vec::new();
    let mut dated = Vec::new();
    for row in &table.landings {
        let at = instant(&row.when, now).ok_or_else(|| broken(row, "`when`"))?;
        match is_dated(row) {
            true => dated.push((at, row)),
            false => rows.push((at, row)),
        }
    }
    // Those that are told by days before now stand in their order, and keep it wherever working days
    // move them; one that has a day of the calendar comes where that is in the year.
    in_order(&mut rows);
    for (at, row) in dated {
        let place = rows.partition_point(|(other, _)| *other <= at);
        rows.insert(place, (at, row));
    }
    in_order(&mut rows);
    let mut files = end.clone();
    let mut landings = Vec::new();
    for (at, row) in rows.into_iter().rev() {
        let author = |name: &String| {
            let known = table.people.get(name).ok_or_else(|| broken(row, name))?;
            Ok::<_, String>(Author { name: known.0.clone(), email: known.1.clone() })
        };
        let by = author(&row.by)?;
        let landed = author(row.with.as_ref().unwrap_or(&row.by))?;
        let changed: BTreeSet<&String> = row.edits.iter().filter_map(|edit| edit.first()).collect();
        let after = |path: &&String| ((*path).clone(), files.get(*path).cloned());
        let after: BTreeMap<String, Option<String>> = changed.iter().map(after).collect();
        for edit in row.edits.iter().rev() {
            undo(&mut files, edit).map_err(|why| broken(row, &why))?;
        }
        let message = format!("{}\n", row.says.trim_end());
        landings.push(Landing { at, by, landed, how: row.how, message, files: after });
    }
    landings.reverse();
    Ok(History { start: files, landings })
}

/// Everybody who works at acme, by their short name.
///
/// # Errors
///
/// The table cannot be read.
pub(super) fn people() -> Result<BTreeMap<String, Author>, String> {
    let author = |(name, email): (String, String)| Author { name, email };
    Ok(table()?.people.into_iter().map(|(short, known)| (short, author(known))).collect())
}

fn table() -> Result<Table, String> {
    let source = Source::new(File::local(TABLE), include_str!("history.yaml").to_owned());
    let stream = parse(&source, &Limits::default());
    let root = stream.documents.first().ok_or("no table")?;
    from_node(stream.arena.node(*root)).map_err(|error| format!("{TABLE}: {error}"))
}

fn broken(row: &Row, why: &str) -> String {
    format!("{TABLE}: {} ({}): {why}", row.when, row.says.lines().next().unwrap_or_default())
}

/// Puts back what stood there before an edit.
fn undo(files: &mut Files, edit: &[String]) -> Result<(), String> {
    match edit {
        [file] => files.remove(file).map(drop).ok_or_else(|| format!("there is no {file}")),
        [file, text] => {
            let old = files.insert(file.clone(), text.clone());
            old.map_or(Ok(()), |_| Err(format!("{file} is there")))
        }
        [file, anchor, before, after] => {
            let text = files.get_mut(file).ok_or_else(|| format!("there is no {file}"))?;
            let from = text.find(anchor.as_str()).ok_or_else(|| format!("no `{anchor}`"))?;
            let rest = text.get(from..).unwrap_or_default();
            let at = from + rest.find(after.as_str()).ok_or_else(|| format!("no `{after}`"))?;
            text.replace_range(at..at + after.len(), before);
            Ok(())
        }
        _ => Err("an edit has one, two or four parts".to_owned()),
    }
}

/// Whether a landing has a day of the calendar.
fn is_dated(row: &Row) -> bool {
    row.when.split(' ').next().is_some_and(|day| day.contains('-'))
}

/// When a landing was: `DAYS HH:MM` before now, or `MM-DD HH:MM` of the last year, in Berlin.
fn instant(text: &str, now: DateTime<Utc>) -> Option<DateTime<Tz>> {
    let (day, time) = text.split_once(' ')?;
    let time = NaiveTime::parse_from_str(time, "%H:%M").ok()?;
    let today = now.with_timezone(&Berlin).date_naive();
    let day = match day.split_once('-') {
        None => working(today.checked_sub_days(Days::new(day.parse().ok()?))?),
        Some((month, day)) => {
            let of = |year| NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?);
            // Never on the last days before now: what comes after it is fixed.
            let newest = today.checked_sub_days(Days::new(3))?;
            of(today.year()).filter(|day| *day <= newest).or_else(|| of(today.year() - 1))?
        }
    };
    Berlin.from_local_datetime(&day.and_time(time)).earliest()
}

/// The working day next to a day.
fn working(day: NaiveDate) -> NaiveDate {
    let moved = match day.weekday() {
        Weekday::Sat => day.checked_sub_days(Days::new(1)),
        Weekday::Sun => day.checked_add_days(Days::new(1)),
        _ => Some(day),
    };
    moved.unwrap_or(day)
}

/// Sees to it that each comes after the one before it.
fn in_order(rows: &mut [(DateTime<Tz>, &Row)]) {
    let mut last: Option<DateTime<Tz>> = None;
    for (at, _) in rows {
        if let Some(last) = last.filter(|last| *at <= *last) {
            *at = last + Duration::minutes(23);
        }
        last = Some(*at);
    }
}

#[cfg(test)]
mod tests {
    use super::super::company::company;
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_year_ends_in_acme_as_it_is() {
        let end = company();
        for now in ["2026-11-21T12:00:00Z", "2027-01-02T03:00:00Z", "2031-07-06T23:00:00Z"] {
            let history = history(&end, at(now)).unwrap();
            let mut files = history.start.clone();
            let mut last = at(now) - Duration::days(366);
            for landing in &history.landings {
                let day = landing.at.to_utc();
                assert!(day > last && day < at(now), "{now}: {landing:?}");
                last = day;
                for (path, text) in &landing.files {
                    let old = files.get(path);
                    assert_ne!(old, text.as_ref(), "{path} changes: {}", landing.message);
                    match text {
                        Some(text) => drop(files.insert(path.clone(), text.clone())),
                        None => drop(files.remove(path)),
                    }
                }
            }
            assert_eq!(files, end);
            assert!((60..=150).contains(&history.landings.len()));
        }
    }

    #[test]
    fn a_year_can_be_told_on_any_day() {
        let end = company();
        for day in 0..372 {
            let now = at("2026-11-20T22:30:00Z") + Duration::days(day);
            let history = history(&end, now).map_err(|why| format!("{now}: {why}")).unwrap();
            let in_order = history.landings.windows(2).all(|pair| pair[0].at < pair[1].at);
            let last = history.landings.last().unwrap().at.to_utc();
            assert!(in_order && last < now, "{now}");
        }
    }

    #[test]
    fn people_land_on_working_days_but_between_the_years() {
        let history = history(&company(), at("2026-11-21T12:00:00Z")).unwrap();
        for landing in &history.landings {
            let free = [Weekday::Sat, Weekday::Sun].contains(&landing.at.weekday());
            assert!(!free || landing.message.starts_with("A fourth copy"), "{landing:?}");
        }
    }
}
