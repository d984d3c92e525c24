//! `impact`: what is affected if entities are down or degraded.

use super::Place;
use super::ask::{AskError, Asked};
use crate::catalog::EntityId;
use crate::catalog::impact::{Consequences, State, assess, explain};
use crate::output::{ImpactReport, PathReport};

/// What to assume.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where the catalog is.
    pub place: Place,
    /// What is in trouble, as the user names it.
    pub causes: Vec<String>,
    /// In what trouble it is.
    pub state: State,
    /// The greatest distance to list; all without it.
    pub depth: Option<u32>,
}

/// The answer, and what to tell beside it.
#[derive(Debug)]
pub struct Answer<T> {
    /// The answer.
    pub report: T,
    /// Names that were found under another one: as asked for, and as they are.
    pub renamed: Vec<(String, String)>,
}

/// Says what is affected.
///
/// # Errors
///
/// There is no catalog, or no such entity in it.
pub fn impact(request: &Request) -> Result<Answer<ImpactReport>, AskError> {
    let asked = Asked::open(&request.place)?;
    let (causes, renamed) = named(&asked, &request.causes)?;
    let impact = assess(&asked.catalog, asked.graph(), &causes, request.state);
    let consequences = Consequences::of(&asked.catalog, asked.graph(), &impact);
    let report = ImpactReport::of(&asked.catalog, &impact, consequences, request.depth);
    Ok(Answer { report, renamed })
}

/// Says why the causes reach an entity, or why they do not.
///
/// # Errors
///
/// There is no catalog, or no such entity in it.
pub fn path(request: &Request, to: &str) -> Result<Answer<PathReport>, AskError> {
    let asked = Asked::open(&request.place)?;
    let (causes, mut renamed) = named(&asked, &request.causes)?;
    let (target, more) = one(&asked, to)?;
    renamed.extend(more);
    let impact = assess(&asked.catalog, asked.graph(), &causes, request.state);
    let why = explain(&asked.catalog, asked.graph(), &impact, target);
    Ok(Answer { report: PathReport::of(&asked.catalog, &impact, target, &why), renamed })
}

/// The entities that a user names, and those that go by another name now.
type Named = (Vec<EntityId>, Vec<(String, String)>);

fn named(asked: &Asked, texts: &[String]) -> Result<Named, AskError> {
    let (mut ids, mut renamed) = (Vec::new(), Vec::new());
    for text in texts {
        let (id, more) = one(asked, text)?;
        ids.push(id);
        renamed.extend(more);
    }
    Ok((ids, renamed))
}

fn one(asked: &Asked, text: &str) -> Result<(EntityId, Option<(String, String)>), AskError> {
    let found = asked.find(text)?;
    let now = || asked.catalog.canonical(asked.catalog.entity(found.id)).to_owned();
    let renamed = found.formerly.as_ref().map(|before| (before.clone(), now()));
    Ok((found.id, renamed))
}
