//! Of which entities a policy asks what it asks.

use super::stage::Stage;
use crate::catalog::query::Matcher;
use crate::catalog::{Classes, EntityId, short};
use crate::model::gitsm::Spec;
use crate::model::gitsm::policy::{PolicyOver, PolicySpec};
use crate::output::{Line, Said, count};
use crate::render::page::Part;

/// How many of them a page names.
const MOST: usize = 200;

/// What a page says of it. Policies about changes and plans hold for no entity.
pub(super) fn parts(stage: &Stage<'_>, id: EntityId) -> Vec<Part> {
    let Some(Spec::Policy(spec)) = stage.entity(id).spec() else { return Vec::new() };
    if spec.over != PolicyOver::Entity {
        let said = match spec.over {
            PolicyOver::Change => "It is asked of changes, when they are to be merged.",
            _ => "It is asked of what a target would do, before it is done.",
        };
        return vec![Part::Words(said.into())];
    }
    let Some(held) = held(stage, id, spec) else {
        let said =
            "What it matches cannot be evaluated, so it is not known which entities it means.";
        return vec![Part::Words(said.into())];
    };
    let said = match held.len() {
        0 => "At present that is nothing.".to_owned(),
        many => format!("At present that is {}:", count(many, "entity")),
    };
    let mut names: Vec<Said> = held.iter().take(MOST).map(|one| stage.said(*one)).collect();
    if held.len() > MOST {
        names.push(format!("and {} more", held.len() - MOST).into());
    }
    let mut parts = vec![Part::Words(said.into())];
    if !names.is_empty() {
        parts.push(Part::Lines(vec![Line::new("entities", Said::list(names))]));
    }
    parts
}

/// The entities, by reference; nothing if that cannot be said.
fn held(stage: &Stage<'_>, id: EntityId, spec: &PolicySpec) -> Option<Vec<EntityId>> {
    let Some(selector) = &spec.r#match else { return Some(stage.ids.clone()) };
    let classes = Classes::of(stage.catalog);
    let own = short(stage.canonical(id));
    let namespace = own.split_once(':').and_then(|(_, rest)| rest.split_once('/'));
    let namespace = namespace.map_or("default", |(namespace, _)| namespace);
    let matcher = Matcher::new(selector, &classes, namespace).ok()?;
    let today = stage.now.date_naive().to_string();
    let world = stage.pages.world(&classes, &today);
    let mut held = Vec::new();
    for one in stage.ids.iter().filter(|one| matcher.may_match(&world, **one)) {
        let value = stage.pages.value(*one)?;
        if matcher.matches(&world, *one, &value).0.ok()? {
            held.push(*one);
        }
    }
    Some(held)
}
