//! `graph`: the relations around an entity, or of a whole catalog.

use super::Place;
use super::ask::{AskError, Asked};
use crate::catalog::drawing::{Drawing, Wanted};
use crate::finding::nearest;
use crate::model::{KINDS, RELATIONS, kind_named};

/// What to draw.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where the catalog is.
    pub place: Place,
    /// The entity to begin with, as the user names it.
    pub root: Option<String>,
    /// Names of relations, in either direction and any case.
    pub relations: Vec<String>,
    /// Words for kinds.
    pub kinds: Vec<String>,
    /// Everything else.
    pub wanted: Wanted,
    /// The most nodes and relations that can be read in the format; none for programs.
    pub limit: Option<Limit>,
}

/// The most that somebody can read.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Nodes.
    pub nodes: usize,
    /// Relations.
    pub edges: usize,
}

/// Why nothing is drawn.
#[derive(Debug, thiserror::Error)]
pub enum GraphError {
    /// There is no catalog, or no such entity.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// No such relation.
    #[error("there is no relation `{name}`")]
    Relation {
        /// What was asked for.
        name: String,
        /// What was probably meant.
        near: Option<&'static str>,
    },
    /// No such kind.
    #[error("there is no kind `{0}`")]
    Kind(String),
    /// More than anybody can read.
    #[error("nobody can read a picture of {nodes} entities and {edges} relations")]
    TooMuch {
        /// How many entities there are.
        nodes: usize,
        /// How many relations there are.
        edges: usize,
        /// How many of each can be drawn.
        limit: Limit,
        /// What would narrow it.
        narrower: Vec<&'static str>,
    },
}

impl GraphError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Ask(error) => error.hint(),
            Self::Relation { near: Some(near), .. } => Some(format!("did you mean `{near}`?")),
            Self::Relation { near: None, .. } => {
                Some("relations are such as `dependsOn`, `runsOn`, `ownedBy`".to_owned())
            }
            Self::Kind(_) => {
                let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
                Some(format!("the kinds are {}", names.join(", ")))
            }
            Self::TooMuch { limit, narrower, .. } => Some(format!(
                "at most {} and {}: narrow it by {}; `-o json` and `-o dot` have no limit",
                limit.nodes,
                limit.edges,
                narrower.join(", ")
            )),
        }
    }

    /// Whether the user asked for what cannot be, as against the machine not delivering.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Ask(error) => error.is_usage(),
            _ => true,
        }
    }
}

/// What is drawn, and what to tell beside it.
#[derive(Debug)]
pub struct Drawn {
    /// What is drawn.
    pub drawing: Drawing,
    /// If the entity goes by another name now: as asked for, and as it is.
    pub renamed: Option<(String, String)>,
    /// Whether groups stand for their entities, because there were too many.
    pub collapsed: bool,
}

/// Chooses what to draw.
///
/// # Errors
///
/// There is no catalog, entity, relation or kind of a name, or too much to be read.
pub fn graph(request: &Request) -> Result<Drawn, GraphError> {
    let mut wanted = request.wanted.clone();
    for name in &request.relations {
        wanted.relations.extend(relations(name)?);
    }
    for word in &request.kinds {
        let kind = kind_named(word).ok_or_else(|| GraphError::Kind(word.clone()))?;
        wanted.families.push(kind.family);
    }
    let asked = Asked::open(&request.place)?;
    let mut renamed = None;
    if let Some(text) = &request.root {
        let found = asked.find(text)?;
        let now = asked.catalog.canonical(asked.catalog.entity(found.id)).to_owned();
        renamed = found.formerly.map(|before| (before, now));
        wanted.root = Some(found.id);
    }
    let drawing = Drawing::of(&asked.catalog, asked.graph(), &wanted);
    let fits = |drawing: &Drawing| {
        let fits =
            |limit: Limit| drawing.nodes.len() <= limit.nodes && drawing.edges.len() <= limit.edges;
        request.limit.is_none_or(fits)
    };
    if fits(&drawing) {
        return Ok(Drawn { drawing, renamed, collapsed: false });
    }
    if !drawing.groups.is_empty() {
        let smaller = [drawing.collapsed(None), drawing.collapsed(Some("everything else"))];
        if let Some(drawing) = smaller.into_iter().find(fits) {
            return Ok(Drawn { drawing, renamed, collapsed: true });
        }
    }
    let (nodes, edges) = (drawing.nodes.len(), drawing.edges.len());
    let limit = request.limit.unwrap_or(Limit { nodes, edges });
    let mut narrower: Vec<&'static str> = Vec::new();
    match request.root {
        Some(_) if wanted.depth > 1 => narrower.push("`--depth 1`"),
        Some(_) => narrower.push("`--direction down`"),
        None => narrower.push("naming an entity"),
    }
    narrower.push("`--kind service`");
    if wanted.by.is_none() {
        narrower.push("`--by owner`");
    }
    Err(GraphError::TooMuch { nodes, edges, limit, narrower })
}

/// The relations that go by a name, in either direction.
fn relations(name: &str) -> Result<Vec<&'static str>, GraphError> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    let found = RELATIONS.iter().filter(|one| is(one.name) || is(one.inverse));
    let found: Vec<&'static str> = found.map(|one| one.name).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let near = nearest(name, RELATIONS.iter().flat_map(|one| [one.name, one.inverse]));
    Err(GraphError::Relation { name: name.to_owned(), near })
}
