//! Who is behind an entity: owners, who is on call, members, accounts.

use chrono_tz::Tz;

use super::page::{Subject, plain};
use super::relations;
use crate::catalog::EntityId;
use crate::model::gitsm::Spec;
use crate::model::gitsm::calendar::CalendarSpec;
use crate::output::{Line, Piece, Said};

/// Who answers for it, and how to reach them now.
pub(super) fn reach(subject: &Subject<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    if subject.entity.kind.family == "team" {
        team(subject, subject.id, "", &mut lines);
        return lines;
    }
    let mut told = Vec::new();
    for (label, path) in [("owner", &["spec", "owner"]), ("support", &["spec", "supportTeam"])] {
        for found in subject.follow(path) {
            match found {
                Ok(id) if told.contains(&id) => {}
                Ok(id) => {
                    lines.push(Line::new(label, subject.named(id)));
                    team(subject, id, label, &mut lines);
                    told.push(id);
                }
                Err(text) => lines.push(Line::new(label, text)),
            }
        }
    }
    for found in subject.follow(&["spec", "supportHours"]) {
        let Ok(id) = found else { continue };
        let open =
            calendar(subject, id).map(|spec| match subject.pages.occurring(id, spec).is_empty() {
                true => ", closed now",
                false => ", open now",
            });
        let said = Said::from(subject.named(id)).and(open.unwrap_or(", unknown"));
        lines.push(Line::new("support hours", said).fleeting());
    }
    for (label, path) in
        [("suppliers", "suppliers"), ("customers", "customers"), ("stakeholders", "stakeholders")]
    {
        let found = subject.follow(&["spec", path, "*"]);
        if !found.is_empty() {
            let names = found.into_iter();
            let names = names.map(|found| found.map_or_else(Piece::words, |id| subject.named(id)));
            lines.push(Line::new(label, Said::list(names)));
        }
    }
    lines
}

fn calendar<'a>(subject: &Subject<'a>, id: EntityId) -> Option<&'a CalendarSpec> {
    match subject.pages.catalog.entity(id).spec() {
        Some(Spec::Calendar(spec)) => Some(spec),
        _ => None,
    }
}

/// How to reach a team, or a person.
fn team(subject: &Subject<'_>, id: EntityId, of: &str, lines: &mut Vec<Line>) {
    let catalog = subject.pages.catalog;
    let Some(value) = subject.pages.value(id) else { return };
    let label =
        |label: &str| if of == "support" { format!("support {label}") } else { label.to_owned() };
    let at = |path: &[&str]| {
        path.iter().try_fold(&*value, |value, step| value.get(step)).and_then(plain)
    };
    let linked: fn(&str) -> Piece = Piece::linked;
    for (name, path, piece) in [
        ("chat", &["spec", "contact", "chat"], linked),
        ("email", &["spec", "contact", "email"], Piece::mail),
        ("email", &["spec", "profile", "email"], Piece::mail),
    ] {
        lines.extend(at(path).map(|text| Line::new(label(name), piece(&text))));
    }
    if catalog.entity(id).kind.family == "person" {
        lines.extend(
            at(&["spec", "accounts", "github"]).map(|text| Line::new(label("github"), text)),
        );
        return;
    }
    for document in catalog.defined(catalog.entity(id).reference) {
        for reference in &catalog.entity(document).references {
            let Some(target) = catalog.principal(reference.target) else { continue };
            match reference.field.path {
                ["spec", "onCall"] => {
                    lines.push(Line::new(label("on call"), on_call(subject, target)).fleeting());
                }
                ["spec", "escalation", "*"] => {
                    lines.push(Line::new(label("then"), subject.named(target)));
                }
                ["spec", "manager"] => {
                    lines.push(Line::new(label("led by"), subject.named(target)))
                }
                _ => {}
            }
        }
    }
}

/// Who a rota calls at this instant.
fn on_call(subject: &Subject<'_>, id: EntityId) -> Said {
    let rota = subject.referred(id);
    let Some(spec) = calendar(subject, id) else { return rota.into() };
    let mut said = Said::default();
    for one in subject.pages.occurring(id, spec).iter() {
        let Some(who) = person(subject, id, one.event) else { continue };
        let before = if said.is_empty() { "" } else { " and " };
        said = said.and(before).and(who).and(" until ").and(moment(&one.end));
    }
    if said.is_empty() {
        said = "nobody at this time".into();
    }
    said.and(", by ").and(rota)
}

/// Whom an event of a rota calls.
pub(super) fn person(subject: &Subject<'_>, calendar: EntityId, event: usize) -> Option<Piece> {
    let catalog = subject.pages.catalog;
    let references = &catalog.entity(calendar).references;
    let item = u32::try_from(event).ok();
    let of_event = |path: &[&str]| path == ["spec", "events", "*", "person"];
    let found = references.iter().find(|one| of_event(one.field.path) && one.item == item)?;
    Some(match catalog.principal(found.target) {
        Some(id) => subject.named(id),
        None => Piece::words(catalog.names.text(found.written)),
    })
}

/// A time as people say it, in its zone.
pub(super) fn moment(time: &chrono::DateTime<Tz>) -> Piece {
    Piece::time(time, time.format("%a %Y-%m-%d %H:%M %Z").to_string())
}

/// The members of a team.
pub(super) fn members(subject: &Subject<'_>) -> Vec<Line> {
    if subject.entity.kind.family != "team" {
        return Vec::new();
    }
    relations::of(subject, &["hasMember", "deputizedBy", "parentOf"], &[])
        .into_iter()
        .map(|(word, ids)| {
            let label = match word {
                "hasMember" => "people",
                "deputizedBy" => "deputies",
                _ => "units",
            };
            Line::new(label, subject.all_named(ids))
        })
        .collect()
}

/// The teams of a person.
pub(super) fn teams(subject: &Subject<'_>) -> Vec<Line> {
    if subject.entity.kind.family != "person" {
        return Vec::new();
    }
    relations::of(subject, &["memberOf", "leads", "deputyOf", "calledBy"], &[])
        .into_iter()
        .map(|(word, ids)| {
            let label = match word {
                "memberOf" => "member of",
                "leads" => "leads",
                "deputyOf" => "deputy in",
                _ => "on call by",
            };
            Line::new(label, subject.all_named(ids))
        })
        .collect()
}

/// The accounts of a person.
pub(super) fn accounts(subject: &Subject<'_>) -> Vec<Line> {
    let accounts = subject.at(&["spec", "accounts"]).and_then(serde_json::Value::as_object);
    let line =
        |(place, name): (&String, &serde_json::Value)| Some(Line::new(place.clone(), plain(name)?));
    accounts.into_iter().flatten().filter_map(line).collect()
}
