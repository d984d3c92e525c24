//! Who owns what: where nobody does, where whoever does is not there, and teams with nothing.

use std::collections::HashMap;

use super::stage::{Stage, plural};
use crate::catalog::EntityId;
use crate::model::gitsm::Spec;
use crate::model::gitsm::calendar::CalendarType;
use crate::model::gitsm::team::{TeamLifecycle, TeamType};
use crate::output::{Piece, Said};
use crate::render::Address;
use crate::render::page::{Block, Figure, Page, Part, Table};

/// From so many rows on, a table can be narrowed.
const LONG: usize = 12;

/// Relations in which a person or team is expected to act, and what each means of them.
const ACTING: &[(&str, &str)] = &[
    ("ownerOf", "owns"),
    ("calledBy", "is called by"),
    ("leads", "leads"),
    ("deputyOf", "decides in the place of"),
    ("permittedBy", "may act at once by"),
];

/// What says that somebody has to do with a team.
const USED: &[&str] = &[
    "ownerOf",
    "supportTeamOf",
    "escalatedFrom",
    "approves",
    "servedBy",
    "informedOf",
    "supplies",
    "party",
    "provides",
    "parentOf",
    "requests",
];

/// Makes the page.
pub(super) fn page(stage: &Stage<'_>) -> Page {
    let mut page = Page::new(Address::page("ownership"), "page.html", "Who owns what");
    page.lead = Some(
        "Everything should have somebody who answers for it, and whoever that is should be there. \
         This page tells where that is not so."
            .to_owned(),
    );
    let owned = Owned::of(stage);
    let findings = [
        ("Without an owner", nobody(stage, &owned)),
        ("With an owner who is not in the catalog", unknown(stage, &owned)),
        ("With an owner who is not there", absent(stage, &owned)),
        ("People who left and still have duties", left(stage)),
        ("Teams that nobody is on call for", uncalled(stage, &owned)),
        ("Teams with nothing", idle(stage)),
    ];
    let figure = |(title, table): &(&str, Option<Table>)| Figure {
        number: table.as_ref().map_or(0, |table| table.rows.len()).to_string(),
        what: lower(title).into(),
    };
    page.body.push(Block::bare(Part::Figures(findings.iter().map(figure).collect())));
    if findings.iter().all(|(_, table)| table.is_none()) {
        let fine = "Everything has an owner, and every owner is there.";
        page.body.push(Block::bare(Part::Words(fine.into())));
    }
    for (title, table) in findings {
        page.body.extend(table.map(|table| Block::new(title, Part::Table(table))));
    }
    if let Some(table) = owners(stage, &owned) {
        page.body.push(Block::new("By owner", Part::Table(table)));
    }
    page
}

/// A heading within a sentence.
fn lower(title: &str) -> String {
    let mut letters = title.chars();
    letters
        .next()
        .map_or(String::new(), |first| first.to_lowercase().collect::<String>() + letters.as_str())
}

/// What is owned by whom.
struct Owned {
    /// By owner, both by reference.
    by: HashMap<EntityId, Vec<EntityId>>,
    /// What names no owner, though its kind could.
    nobody: Vec<EntityId>,
    /// What names an owner that is not there, with the name.
    unknown: Vec<(EntityId, String)>,
}

impl Owned {
    fn of(stage: &Stage<'_>) -> Self {
        let mut all = Self { by: HashMap::new(), nobody: Vec::new(), unknown: Vec::new() };
        for id in stage.ids.iter().copied().filter(|id| !stage.is_gone(*id)) {
            let entity = stage.entity(id);
            let can = entity.kind.references.iter().any(|field| field.relation == "ownedBy");
            if !can {
                continue;
            }
            let owners = stage.having(id, "ownedBy");
            if !owners.is_empty() {
                owners.into_iter().for_each(|owner| all.by.entry(owner).or_default().push(id));
                continue;
            }
            let documents = stage.catalog.defined(entity.reference);
            let mut references =
                documents.flat_map(|document| stage.entity(document).references.iter());
            match references.find(|one| one.field.relation == "ownedBy") {
                Some(one) => {
                    let name = stage.catalog.names.text(one.target);
                    all.unknown.push((id, crate::catalog::short(name)));
                }
                None => all.nobody.push(id),
            }
        }
        all
    }

    fn owners<'o>(&'o self, stage: &Stage<'_>) -> Vec<(EntityId, &'o [EntityId])> {
        let mut owners: Vec<(EntityId, &[EntityId])> =
            self.by.iter().map(|(owner, all)| (*owner, all.as_slice())).collect();
        owners.sort_by(|a, b| stage.canonical(a.0).cmp(stage.canonical(b.0)));
        owners
    }
}

fn table(caption: &str, head: &[&str], rows: Vec<Vec<Said>>) -> Option<Table> {
    let head = head.iter().map(|one| (*one).to_owned()).collect();
    let filter = rows.len() >= LONG;
    (!rows.is_empty()).then(|| Table {
        caption: caption.to_owned(),
        head,
        rows,
        filter,
        ..Table::default()
    })
}

fn kind(stage: &Stage<'_>, id: EntityId) -> Said {
    stage.entity(id).kind.name.into()
}

fn nobody(stage: &Stage<'_>, owned: &Owned) -> Option<Table> {
    let rows = owned.nobody.iter().map(|id| {
        let needed = stage.users(*id);
        vec![stage.said(*id), kind(stage, *id), stage.several(&needed)]
    });
    let head = ["What", "Kind", "Who needs it"];
    table("What names no owner", &head, rows.collect())
}

fn unknown(stage: &Stage<'_>, owned: &Owned) -> Option<Table> {
    let rows = owned.unknown.iter().map(|(id, name)| {
        vec![stage.said(*id), kind(stage, *id), Piece::words(name.clone()).into()]
    });
    let head = ["What", "Kind", "Owner, as it is written"];
    table("What names an owner that the catalog does not have", &head, rows.collect())
}

/// Why nobody is there, if so.
fn why_absent(stage: &Stage<'_>, id: EntityId) -> Option<&'static str> {
    let entity = stage.entity(id);
    if entity.kind.family == "person" {
        return stage.has_left(id).then_some("this person has left");
    }
    match entity.spec() {
        Some(Spec::Team(spec)) if spec.lifecycle == Some(TeamLifecycle::Disbanded) => {
            Some("this team is disbanded")
        }
        // Suppliers and customers have people of their own.
        Some(Spec::Team(spec))
            if matches!(spec.r#type, Some(TeamType::Supplier | TeamType::Customer)) =>
        {
            None
        }
        Some(Spec::Team(_)) => {
            let members = stage.having(id, "hasMember");
            let here = members.iter().any(|one| !stage.has_left(*one));
            let units = stage.having(id, "parentOf");
            (!here && units.is_empty()).then_some("this team has no members")
        }
        _ => None,
    }
}

fn absent(stage: &Stage<'_>, owned: &Owned) -> Option<Table> {
    let rows = owned.owners(stage).into_iter().filter_map(|(owner, all)| {
        let why = why_absent(stage, owner)?;
        Some(vec![stage.said(owner), why.into(), stage.several(all)])
    });
    let head = ["Owner", "Why nobody answers", "What they own"];
    table("Owners who are not there, and what they own", &head, rows.collect())
}

fn left(stage: &Stage<'_>) -> Option<Table> {
    let gone = stage.family("person").filter(|id| stage.has_left(*id));
    let rows = gone.filter_map(|id| {
        let mut duties: Vec<Said> = Vec::new();
        for (relation, words) in ACTING {
            let of: Vec<EntityId> = stage.having(id, relation);
            let of: Vec<EntityId> = of.into_iter().filter(|one| !stage.is_gone(*one)).collect();
            if !of.is_empty() {
                duties.push(Said::from(format!("{words} ")).and(stage.several(&of)));
            }
        }
        (!duties.is_empty()).then(|| vec![stage.said(id), Said::list(duties)])
    });
    let head = ["Who", "What still names them"];
    table("People who left and still own something, or are called", &head, rows.collect())
}

/// Whether somebody is called when a team is needed: by a rota of its own.
pub(super) fn rotas(stage: &Stage<'_>, team: EntityId) -> Vec<EntityId> {
    let is_rota = |id: &EntityId| match stage.entity(*id).spec() {
        Some(Spec::Calendar(spec)) => spec.r#type == CalendarType::OnCall,
        _ => false,
    };
    stage.having(team, "follows").into_iter().filter(is_rota).collect()
}

/// Teams that own live services of which somebody must be called, and that have no rota.
fn uncalled(stage: &Stage<'_>, owned: &Owned) -> Option<Table> {
    let rows = owned.owners(stage).into_iter().filter_map(|(owner, all)| {
        let is_team = stage.entity(owner).kind.family == "team";
        let is_live = |id: &&EntityId| {
            let live = stage.text(**id, &["spec", "lifecycle"]).is_some_and(|one| one == "live");
            // Another team may be the one to turn to.
            let other = stage.having(**id, "hasSupportTeam").into_iter().any(|one| one != owner);
            stage.entity(**id).kind.family == "service" && live && !other
        };
        let services: Vec<EntityId> = all.iter().filter(is_live).copied().collect();
        let missing = is_team && !services.is_empty() && rotas(stage, owner).is_empty();
        missing.then(|| vec![stage.said(owner), stage.several(&services)])
    });
    let head = ["Team", "Live services that it answers for"];
    table("Teams with live services and nobody on call", &head, rows.collect())
}

/// Teams that nothing has to do with.
fn idle(stage: &Stage<'_>) -> Option<Table> {
    let teams = stage.family("team").filter(|id| !stage.is_gone(*id));
    let rows = teams.filter_map(|id| {
        let used = USED.iter().any(|relation| !stage.having(id, relation).is_empty());
        let board = match stage.entity(id).spec() {
            Some(Spec::Team(spec)) => {
                matches!(spec.r#type, Some(TeamType::Cab | TeamType::Ecab | TeamType::Customer))
            }
            _ => false,
        };
        let people = crate::output::count(stage.having(id, "hasMember").len(), "member");
        (!used && !board).then(|| vec![stage.said(id), people.into()])
    });
    table("Teams that own nothing and that nothing turns to", &["Team", "People"], rows.collect())
}

/// How much each owner has, by kind.
fn owners(stage: &Stage<'_>, owned: &Owned) -> Option<Table> {
    let rows = owned.owners(stage).into_iter().map(|(owner, all)| {
        let mut kinds: Vec<(&str, usize)> = Vec::new();
        for id in all {
            let family = stage.entity(*id).kind.family;
            match kinds.iter_mut().find(|(known, _)| *known == family) {
                Some((_, count)) => *count += 1,
                None => kinds.push((family, 1)),
            }
        }
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let words = kinds.iter().map(|(family, count)| format!("{}: {count}", plural(family)));
        vec![stage.said(owner), all.len().to_string().into(), Said::list(words)]
    });
    let mut table =
        table("How much each owner has", &["Owner", "All", "Of these"], rows.collect())?;
    table.numbers = vec![1];
    Some(table)
}
