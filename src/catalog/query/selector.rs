//! Whether an entity is one of those that a [`Selector`] means.

use serde_json::Value;

use super::names::vocabulary;
use super::world::World;
use crate::catalog::{Classes, EntityId};
use crate::expr::{ExprError, Program};
use crate::finding::nearest;
use crate::model::gitsm::value::Selector;
use crate::model::{KINDS, Kind, kind_named};

/// A selector, ready to be asked.
pub struct Matcher<'a> {
    selector: &'a Selector,
    families: Vec<&'static str>,
    classes: Vec<String>,
    condition: Option<Program>,
    /// The kinds that it names; empty if any will do.
    pub kinds: Vec<&'static Kind>,
}

/// A name in a selector that nothing has, so that nothing is taken for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName<'a> {
    /// `kind` or `class`.
    pub what: &'static str,
    /// The field of the selector: `kinds` or `classes`.
    pub field: &'static str,
    /// Which of its items, from 0.
    pub number: usize,
    /// As it is written.
    pub written: &'a str,
    /// What may be meant.
    pub near: Option<String>,
}

/// The kinds and classes in a selector that there are not. It stands in a namespace.
pub fn unknown_names<'s>(
    selector: &'s Selector,
    classes: &Classes<'_>,
    namespace: &str,
) -> Vec<UnknownName<'s>> {
    let mut all = Vec::new();
    for (number, kind) in selector.kinds.iter().flatten().enumerate() {
        if !KINDS.iter().any(|known| known.name == kind) {
            let near = kind_named(kind).map(|known| known.name);
            let near = near.or_else(|| nearest(kind, KINDS.iter().map(|known| known.name)));
            let near = near.map(str::to_owned);
            all.push(UnknownName { what: "kind", field: "kinds", number, written: kind, near });
        }
    }
    let own = format!("ciclass:{namespace}/x");
    for (number, class) in selector.classes.iter().flatten().enumerate() {
        if classes.named(&own, class).is_none() {
            let near = nearest(class, classes.concrete()).map(str::to_owned);
            all.push(UnknownName { what: "class", field: "classes", number, written: class, near });
        }
    }
    all
}

/// What is wrong with the expression of a selector.
pub type SelectorError = Vec<ExprError>;

impl<'a> Matcher<'a> {
    /// Prepares a selector that stands in a namespace.
    ///
    /// # Errors
    ///
    /// Its expression is wrong.
    pub fn new(
        selector: &'a Selector,
        classes: &Classes<'_>,
        namespace: &str,
    ) -> Result<Self, SelectorError> {
        let kinds: Vec<&'static Kind> =
            selector.kinds.iter().flatten().flat_map(|word| kinds_of(word)).collect();
        let own = format!("ciclass:{namespace}/x");
        let named = |class: &String| classes.named(&own, class).map(str::to_owned);
        let condition = selector.r#where.as_ref();
        let condition =
            condition.map(|text| Program::condition(text, &vocabulary(&kinds))).transpose()?;
        Ok(Self {
            selector,
            families: kinds.iter().map(|kind| kind.family).collect(),
            classes: selector.classes.iter().flatten().filter_map(named).collect(),
            condition,
            kinds,
        })
    }

    /// Whether an entity can be meant, by what is known of it without its document.
    pub fn may_match(&self, world: &World<'_>, id: EntityId) -> bool {
        let entity = world.catalog.entity(id);
        let of_kind = self.selector.kinds.is_none() || self.families.contains(&entity.kind.family);
        of_kind && (self.selector.classes.is_none() || self.has_class(world, id))
    }

    fn has_class(&self, world: &World<'_>, id: EntityId) -> bool {
        let class = world.classes.class_of(world.catalog, world.catalog.entity(id));
        class.is_some_and(|class| self.classes.iter().any(|one| world.classes.is_a(class, one)))
    }

    /// Whether an entity is meant; and what it cost to find out.
    ///
    /// # Errors
    ///
    /// The expression cannot be evaluated for it.
    pub fn matches(
        &self,
        world: &World<'_>,
        id: EntityId,
        value: &Value,
    ) -> (Result<bool, ExprError>, u64) {
        if !self.may_match(world, id) || !self.has_environment(value) || !self.has_labels(value) {
            return (Ok(false), 0);
        }
        let Some(condition) = &self.condition else { return (Ok(true), 0) };
        match world.variables(id, Some(value)) {
            Ok(variables) => condition.is_true(&variables),
            Err(error) => (Err(error), 0),
        }
    }

    fn has_environment(&self, value: &Value) -> bool {
        let Some(environments) = &self.selector.environments else { return true };
        let written = &value["spec"]["environment"];
        environments.iter().any(|one| serde_json::to_value(one).is_ok_and(|one| one == *written))
    }

    fn has_labels(&self, value: &Value) -> bool {
        let written = &value["metadata"]["labels"];
        let mut wanted = self.selector.labels.iter().flatten();
        wanted.all(|(key, text)| written[key.as_str()].as_str() == Some(text))
    }
}

/// The kinds that a word means: all that share its family.
fn kinds_of(word: &str) -> Vec<&'static Kind> {
    let Some(kind) = kind_named(word) else { return Vec::new() };
    let all = KINDS.iter().copied();
    all.filter(|other| other.family == kind.family).collect()
}
