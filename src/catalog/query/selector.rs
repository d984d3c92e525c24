//! Whether an entity is one of those that a [`Selector`] means.

use serde_json::Value;

use super::names::vocabulary;
use super::world::World;
use crate::catalog::{Classes, EntityId};
use crate::expr::{ExprError, Program};
use crate::model::gitsm::value::Selector;
use crate::model::{Kind, kind_named};

/// A selector, ready to be asked.
pub struct Matcher<'a> {
    selector: &'a Selector,
    families: Vec<&'static str>,
    classes: Vec<String>,
    condition: Option<Program>,
    /// The kinds that it names; empty if any will do.
    pub kinds: Vec<&'static Kind>,
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
    let all = crate::model::KINDS.iter().copied();
    all.filter(|other| other.family == kind.family).collect()
}
