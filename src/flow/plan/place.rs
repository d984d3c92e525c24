//! What stands in the way of making objects: the same mistake told once, with where it is written.

use std::collections::HashMap;
use std::ops::Range;

use crate::catalog::query::World;
use crate::model::EntityRef;
use crate::plan::Refusal;
use crate::rules::span_of;
use crate::target::Unmade;
use crate::template::TemplateError;
use crate::yaml::{Node, Pointer};

/// The most mistakes whose places are looked up.
const MOST: usize = 100;

/// The longest expression that is shown, in characters.
const LONGEST: usize = 160;

/// Why no object can be made of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The entity, as a canonical reference.
    pub(super) entity: String,
    /// The entity whose document says it: the target, or the same.
    pub(super) document: String,
    /// Where in that document.
    pub(super) pointer: String,
    /// Which bytes of the text there, if that is known.
    pub(super) part: Range<usize>,
    /// What is wrong and what to do.
    pub(super) message: String,
}

impl Wrong {
    /// A mistake in a template of a target, which stands in the way of an entity.
    pub(super) fn of_template(entity: &str, target: &str, error: &TemplateError) -> Self {
        let message = match &error.help {
            Some(help) => format!("{}: {help}", error.message),
            None => error.message.clone(),
        };
        Self {
            entity: entity.to_owned(),
            document: target.to_owned(),
            pointer: error.template.clone(),
            part: error.span.start as usize..error.span.end as usize,
            message,
        }
    }

    /// A mistake in an entity's own document, or in the target's if it is about none.
    pub(super) fn own(unmade: Unmade, target: &str) -> Self {
        let Unmade { entity, pointer, message } = unmade;
        let entity = if entity.is_empty() { target.to_owned() } else { entity };
        Self { document: entity.clone(), entity, pointer, part: 0..0, message }
    }
}

/// Mistakes as refusals: each is told once, with all entities that it is about.
pub(super) fn refusals(world: &World<'_>, all: Vec<Wrong>) -> Vec<Refusal> {
    let mut groups: Vec<(Wrong, Vec<String>)> = Vec::new();
    let mut known: HashMap<(String, String, Option<String>), usize> = HashMap::new();
    for one in all {
        let document = Some(&one.document).filter(|document| **document != one.entity).cloned();
        let at = *known
            .entry((one.message.clone(), one.pointer.clone(), document))
            .or_insert(groups.len());
        match groups.get_mut(at) {
            Some((first, others)) if first.entity != one.entity => others.push(one.entity),
            Some(_) => {}
            None => groups.push((one, Vec::new())),
        }
    }
    let groups = groups.into_iter().enumerate();
    let refusal = |(number, (wrong, others)): (usize, (Wrong, Vec<String>))| {
        let found = (number < MOST).then(|| found(world, &wrong)).flatten();
        let (place, expression) = found.unwrap_or_default();
        let Wrong { entity, pointer, message, .. } = wrong;
        Refusal::Unmade { entity, pointer, message, place, expression, others }
    };
    groups.map(refusal).collect()
}

/// Where it is written, as `FILE:LINE:COLUMN`, and what stands there.
fn found(world: &World<'_>, wrong: &Wrong) -> Option<(Option<String>, Option<String>)> {
    let id = world.catalog.find(&EntityRef::from_canonical(wrong.document.as_str()))?;
    let entity = world.catalog.entity(id);
    let document = world.reader.document(entity)?;
    let (source, root) = (document.source(), document.root()?);
    let node = nearest(root, &wrong.pointer)?;
    let span = Some(&wrong.part).filter(|part| !part.is_empty());
    let span = span.and_then(|part| span_of(source, node, part.clone()));
    let at = source.line_column(span.unwrap_or(node.span()).start);
    let place = format!("{}:{}:{}", entity.file.path, at.line, at.column);
    Some((Some(place), node.as_str().and_then(|text| expression(text, &wrong.part))))
}

/// What stands at a pointer, or the nearest thing that holds it.
fn nearest<'n>(root: Node<'n>, pointer: &str) -> Option<Node<'n>> {
    let mut pointer = pointer;
    loop {
        if let Some((_, node)) = root.at(&Pointer::from_text(pointer)) {
            return Some(node);
        }
        pointer = pointer.rsplit_once('/')?.0;
    }
}

/// The expression that is meant: the braces of a template around a part, or all of a text that has none.
fn expression(text: &str, part: &Range<usize>) -> Option<String> {
    let whole = || Some(text).filter(|text| !part.is_empty() && !text.contains("{%"));
    let braces = || {
        let start = text.get(..part.start.saturating_add(2).min(text.len()))?.rfind("{{")?;
        let end = start + text.get(start..)?.find("}}")? + 2;
        (part.start < end).then(|| text.get(start..end)).flatten()
    };
    let found = braces().or_else(whole)?.trim();
    (!found.is_empty() && found.chars().count() <= LONGEST && !found.contains('\n'))
        .then(|| found.to_owned())
}
