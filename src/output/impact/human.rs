//! An impact for people: at three in the morning, in 80 columns.

use std::collections::HashMap;

use anstyle::{AnsiColor, Style};

use super::super::branches::{Branch, draw};
use super::super::text::{count, visible};
use super::{AffectedEntity, ImpactReport, StrainedSet, fitting, several, tier};
use crate::catalog::impact::{
    Agreement, Call, PromisedTarget, RunbookAtHand, ServiceAffected, State, criticality_points,
};
use crate::catalog::short;

/// How many lines of the tree are drawn, unless a depth is asked for.
const TREE: usize = 40;

/// How many entries of each list are shown.
const LISTED: usize = 6;

/// How many services of one criticality are named.
const SERVICES: usize = 12;

/// How wide a line is at most, where it can be cut.
const WIDTH: usize = 80;

/// Writes the report.
pub fn emit(report: &ImpactReport, color: bool) -> String {
    let (headline, summary) = (report.headline(), summary(report));
    // On a line of its own, if it would be wider than a terminal.
    let first = summary.lines().next().map_or(0, |line| line.chars().count());
    let wide = headline.chars().count() + first + 2 > WIDTH;
    let between = if wide { "\n  " } else { " " };
    let mut text = format!("{}:{between}{summary}\n", bold(&headline, color));
    if let Some(weight) = weight(report) {
        text.push_str(&format!("  {weight}\n"));
    }
    text.push('\n');
    text.push_str(&tree(report, color));
    for (title, lines) in [
        ("Services", services(&report.consequences.services)),
        ("Redundancy", redundancy(&report.strained)),
        ("Call", calls(&report.consequences.calls)),
        ("Agreements at stake", agreements(&report.consequences.agreements)),
        ("Runbooks", runbooks(&report.consequences.runbooks)),
    ] {
        if !lines.is_empty() {
            text.push_str(&format!("\n{}\n{}", bold(title, color), lines.concat()));
        }
    }
    if !report.not_in_use.is_empty() {
        let (number, verb) = match report.not_in_use.len() {
            1 => (1, "is"),
            more => (more, "are"),
        };
        let names = several(&report.not_in_use, 3);
        text.push_str(&format!(
            "\nLeft out, because {number} {verb} retired or not in use yet: {names}\n"
        ));
    }
    // Marks of colour are gitsm's own; everything else was made visible where it was put together.
    text
}

/// `14 entities affected: 2 down, 12 degraded`, and below it which they are.
fn summary(report: &ImpactReport) -> String {
    let counts = &report.summary;
    if counts.affected == 0 {
        let people = |cause: &String| cause.starts_with("team:") || cause.starts_with("person:");
        return match report.causes.iter().all(people) {
            true => "people and teams do not fail; `gitsm graph` shows what they own".to_owned(),
            false => "nothing else is affected".to_owned(),
        };
    }
    let mut what: Vec<String> = Vec::new();
    if counts.services > 0 {
        what.push(format!("{}{}", count(counts.services, "service"), tiers(report)));
    }
    if counts.configuration_items > 0 {
        what.push(count(counts.configuration_items, "configuration item"));
    }
    if counts.others > 0 {
        what.push(match counts.others {
            1 => "1 other".to_owned(),
            more => format!("{more} others"),
        });
    }
    let states = match (counts.down, counts.degraded) {
        (0, 1) => "degraded".to_owned(),
        (1, 0) => "down".to_owned(),
        (0, _) => "all degraded".to_owned(),
        (_, 0) => "all down".to_owned(),
        (down, degraded) => format!("{down} down, {degraded} degraded"),
    };
    format!("{} affected: {states}\n  {}", count(counts.affected, "entity"), what.join(", "))
}

/// ` (1 tier1)`, if there are any, of the affected services.
fn tiers(report: &ImpactReport) -> String {
    let services = report.consequences.services.iter().filter(|one| one.distance > 0);
    let first = services.filter(|one| tier(one.criticality) == "tier1").count();
    match first {
        0 => String::new(),
        some => format!(" ({some} tier1)"),
    }
}

/// The sum of what hangs on it, with its addends.
fn weight(report: &ImpactReport) -> Option<String> {
    let weight = &report.consequences.weight;
    if weight.addends.is_empty() {
        return None;
    }
    let addend = |one: &crate::catalog::impact::WeightAddend| {
        format!("{} {} × {}", one.services, tier(one.criticality), one.each)
    };
    let addends: Vec<String> = weight.addends.iter().map(addend).collect();
    Some(format!("weight of the services {}: {}", weight.total, addends.join(" + ")))
}

fn tree(report: &ImpactReport, color: bool) -> String {
    let mut order: Vec<&AffectedEntity> = report.affected.iter().collect();
    // Of what hangs on one entity the worst and the most important first.
    order.sort_by(|a, b| {
        let points = |one: &AffectedEntity| match one.kind {
            "Service" => criticality_points(one.criticality),
            _ => 0,
        };
        (a.distance, b.state, points(b), &a.entity).cmp(&(
            b.distance,
            a.state,
            points(a),
            &b.entity,
        ))
    });
    let causes = report.causes.iter().map(|cause| Branch {
        text: format!("{}  {}", visible(&short(cause)), state(report.state, color)),
        parent: None,
    });
    let mut branches: Vec<Branch> = causes.collect();
    let mut at: HashMap<&str, usize> =
        report.causes.iter().enumerate().map(|(at, cause)| (cause.as_str(), at)).collect();
    for one in order {
        let parent = at.get(one.from.as_str()).copied();
        at.insert(&one.entity, branches.len());
        branches.push(Branch { text: line(one, color), parent });
    }
    let most = if report.depth.is_some() { usize::MAX } else { TREE.max(report.causes.len()) };
    let mut text = draw(&branches, most, "");
    if branches.len() > most {
        text.push_str("  --depth N draws all up to a distance, -o json lists everything\n");
    }
    if let Some(depth) = report.depth
        && report.affected.len() < report.summary.affected
    {
        let beyond = report.summary.affected - report.affected.len();
        text.push_str(&format!("  … and {beyond} farther away than {depth}\n"));
    }
    text
}

/// `service:checkout (tier1)  down  dependsOn, none of 2 left`.
fn line(one: &AffectedEntity, color: bool) -> String {
    let tier = match one.criticality {
        Some(some) => format!(" ({})", tier(Some(some))),
        None if one.kind == "Service" => " (tier unknown)".to_owned(),
        None => String::new(),
    };
    let why = one.why().map(|why| format!(", {why}")).unwrap_or_default();
    let name = visible(&short(&one.entity));
    format!("{name}{tier}  {}  {}{why}", state(one.state, color), one.relation)
}

fn redundancy(strained: &[StrainedSet]) -> Vec<String> {
    let line = |one: &StrainedSet| {
        let StrainedSet { working, members, quorum, .. } = one;
        let what = one.cluster.as_ref().map_or_else(
            || format!("{} and its peers", several(&one.down, 3)),
            |cluster| short(cluster),
        );
        let spare = working.saturating_sub(*quorum);
        let left = match spare {
            _ if working < quorum => format!("{quorum} needed: lost"),
            0 => format!("{quorum} needed: no spare is left"),
            1 => format!("{quorum} needed: 1 more may fail"),
            more => format!("{quorum} needed: {more} more may fail"),
        };
        format!("  {}  {working} of {members} work, {left}\n", visible(&what))
    };
    limited(strained, line)
}

fn calls(calls: &[Call]) -> Vec<String> {
    let line = |call: &Call| {
        let mut parts = vec![visible(&short(&call.who))];
        parts.extend(call.chat.iter().map(|chat| visible(chat)));
        parts.extend(call.email.iter().filter(|_| call.chat.is_none()).map(|mail| visible(mail)));
        parts.extend(
            call.on_call.iter().map(|calendar| format!("on call: {}", visible(&short(calendar)))),
        );
        let cause = if call.of_cause { " (cause)" } else { "" };
        let what = format!("    {}{cause} of ", call.roles.join(", "));
        let of = visible(&fitting(&call.of, WIDTH.saturating_sub(what.chars().count())));
        format!("  {}\n{}\n", parts.join("  "), cut(&format!("{what}{of}")))
    };
    limited(calls, line)
}

fn agreements(agreements: &[Agreement]) -> Vec<String> {
    let line = |one: &Agreement| {
        let hours = match &one.calendar {
            Some(calendar) => format!("hours of {}", visible(&short(calendar))),
            None => "all hours".to_owned(),
        };
        let head = format!("  {}  {hours}", visible(&short(&one.agreement)));
        let of = cut(&format!("    for {}", visible(&fitting(&one.services, WIDTH - 8))));
        let mut text = format!("{head}\n{of}\n");
        let promises: Vec<String> = one.targets.iter().map(promise).collect();
        text.push_str(&wrapped("    ", &promises, " · "));
        text
    };
    limited(agreements, line)
}

/// Parts side by side, on as many lines as they need.
fn wrapped(indent: &str, parts: &[String], between: &str) -> String {
    let mut text = String::new();
    let mut row = String::new();
    for part in parts {
        let width = indent.chars().count() + row.chars().count() + part.chars().count();
        if !row.is_empty() && width + between.chars().count() > WIDTH {
            let end = if between.starts_with(',') { "," } else { "" };
            text.push_str(&format!("{indent}{row}{end}\n"));
            row.clear();
        }
        if !row.is_empty() {
            row.push_str(between);
        }
        row.push_str(part);
    }
    text.push_str(&format!("{indent}{row}\n"));
    text
}

/// The services by how much hangs on them, a block for each criticality.
fn services(services: &[ServiceAffected]) -> Vec<String> {
    let block = |of_one: &[ServiceAffected]| {
        let criticality = of_one.first().and_then(|one| one.criticality);
        let mut parts: Vec<String> = of_one
            .iter()
            .take(SERVICES)
            .map(|one| format!("{} {}", visible(&short(&one.service)), one.state.name()))
            .collect();
        if let Some(more) = of_one.len().checked_sub(SERVICES).filter(|more| *more > 0) {
            parts.push(format!("and {more} more"));
        }
        let lines = wrapped("           ", &parts, ", ");
        format!("  {:9}{}", tier(criticality), lines.trim_start())
    };
    services.chunk_by(|a, b| a.criticality == b.criticality).map(block).collect()
}

/// `p1-response PT15M 95 %`.
fn promise(target: &PromisedTarget) -> String {
    let within = target.within.as_ref().map(|time| format!(" {time}")).unwrap_or_default();
    visible(&format!("{}{within} {} %", target.id, percent(target.goal)))
}

/// A share as a percentage, without what floating point adds.
pub(super) fn percent(share: f64) -> f64 {
    (share * 100_000_000.0).round() / 1_000_000.0
}

fn runbooks(runbooks: &[RunbookAtHand]) -> Vec<String> {
    let line = |one: &RunbookAtHand| {
        let purpose = cut(&format!("    {}", visible(&one.purpose.replace('\n', " "))));
        let of = visible(&several(&one.of, 2));
        format!("  {}  for {of}\n{purpose}\n", visible(&short(&one.runbook)))
    };
    limited(runbooks, line)
}

fn limited<T>(all: &[T], line: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = all.iter().take(LISTED).map(line).collect();
    if let Some(more) = all.len().checked_sub(LISTED).filter(|more| *more > 0) {
        lines.push(format!("  … and {more} more (-o json)\n"));
    }
    lines
}

/// A line that is no wider than a terminal.
fn cut(line: &str) -> String {
    match line.chars().count() > WIDTH {
        true => line.chars().take(WIDTH - 1).chain(['…']).collect(),
        false => line.to_owned(),
    }
}

fn bold(text: &str, color: bool) -> String {
    styled(&visible(text), Style::new().bold(), color)
}

/// The name of a state, in its colour.
pub(super) fn state(state: State, color: bool) -> String {
    let style = match state {
        State::Down => AnsiColor::Red.on_default().bold(),
        State::Degraded => AnsiColor::Yellow.on_default(),
    };
    styled(state.name(), style, color)
}

fn styled(text: &str, style: Style, color: bool) -> String {
    match color {
        true => format!("{style}{text}{style:#}"),
        false => text.to_owned(),
    }
}
