//! `query`: the entities for which an expression is true.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use super::ask::{AskError, Asked};
use super::clock;
use super::get::{items, rows};
use super::workspace::Place;
use crate::catalog::EntityId;
use crate::catalog::query::{World, narrowed, vocabulary};
use crate::expr::{ExprError, Program};
use crate::output::{Heading, Item, Listing, Row, Shown};
use crate::yaml::de::from_node;

/// What a whole query may cost, in units of about a microsecond: a base, and so much for each entity.
const BUDGET: (u64, u64) = (20_000_000, 2_000);

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Where.
    pub place: Place,
    /// The expression that must be true.
    pub expression: String,
    /// Expressions to show of each entity, instead of the columns of its kind.
    pub show: Vec<String>,
    /// The day that `today` is, if it is not today.
    pub today: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The catalog cannot be asked.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// An expression is wrong.
    #[error("{}", .errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; "))]
    Expression {
        /// The expression.
        source_text: String,
        /// What is wrong with it.
        errors: Vec<ExprError>,
    },
}

/// The answer.
pub struct Answer {
    asked: Asked,
    /// The entities, by their names.
    pub ids: Vec<EntityId>,
    /// What is shown of each, if that was asked for.
    shown: Option<(Vec<String>, Vec<Vec<Value>>)>,
    /// Entities of which it cannot be said, each with why, by their names.
    pub failures: Vec<(String, ExprError)>,
}

/// What one entity answers.
enum Said {
    Yes(EntityId, Vec<Value>),
    Cannot(String, ExprError),
}

/// Asks every entity of a catalog.
///
/// # Errors
///
/// The catalog cannot be read, or an expression is wrong.
pub fn query(request: &Request) -> Result<Answer, QueryError> {
    let kinds = narrowed(&request.expression);
    let names = vocabulary(&kinds);
    let wrong =
        |text: &str, errors| QueryError::Expression { source_text: text.to_owned(), errors };
    let condition = Program::condition(&request.expression, &names)
        .map_err(|errors| wrong(&request.expression, with_hint(errors)))?;
    let compile = |text: &String| Program::compile(text, &names).map_err(|all| wrong(text, all));
    let show: Vec<Program> = request.show.iter().map(compile).collect::<Result<_, _>>()?;
    let asked = Asked::open(&request.place)?;
    let today = request.today.clone().unwrap_or_else(clock::today);
    let said = ask(&asked, &condition, &show, &today, &kinds);
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for one in said {
        match one {
            Said::Yes(id, values) => found.push((id, values)),
            Said::Cannot(name, error) => failures.push((name, error)),
        }
    }
    let name = |id: &EntityId| asked.catalog.canonical(asked.catalog.entity(*id));
    found.sort_by(|a, b| name(&a.0).cmp(name(&b.0)));
    failures.sort_by(|a, b| a.0.cmp(&b.0));
    let (ids, values) = found.into_iter().unzip();
    let shown = (!request.show.is_empty()).then(|| (request.show.clone(), values));
    Ok(Answer { asked, ids, shown, failures })
}

/// Who asks for a value is told how to see one.
fn with_hint(mut errors: Vec<ExprError>) -> Vec<ExprError> {
    for error in &mut errors {
        if error.message.starts_with("it gives ") {
            let hint = "compare it with something; to see values: `gitsm query true --show EXPR`";
            error.help = Some(hint.to_owned());
        }
    }
    errors
}

fn ask(
    asked: &Asked,
    condition: &Program,
    show: &[Program],
    today: &str,
    kinds: &[&'static crate::model::Kind],
) -> Vec<Said> {
    let catalog = &asked.catalog;
    let (classes, reader) = (asked.classes(), asked.reader());
    let world = World::new(catalog, asked.graph(), &classes, &reader, today);
    let of_kind = |id: &EntityId| kinds.is_empty() || kinds.contains(&catalog.entity(*id).kind);
    let ids: Vec<EntityId> = catalog.distinct().filter(of_kind).collect();
    let (spent, limit) = (AtomicU64::new(0), BUDGET.0 + BUDGET.1 * ids.len() as u64);
    reader.each(catalog, &ids, |id, document| {
        let value = match catalog.extensions(id).next() {
            Some(_) => catalog.value(&reader, id)?,
            None => from_node::<Value>(document.root()?).ok()?,
        };
        let cannot = |error| Some(Said::Cannot(world.name(id), error));
        if spent.load(Ordering::Relaxed) > limit {
            let message = "this question costs too much over this catalog".to_owned();
            return cannot(ExprError { message, help: None, span: 0..0 });
        }
        let names = match world.variables(id, Some(&value)) {
            Ok(names) => names,
            Err(error) => return cannot(error),
        };
        let (truth, cost) = condition.is_true(&names);
        spent.fetch_add(cost, Ordering::Relaxed);
        match truth {
            Ok(false) => return None,
            Ok(true) => {}
            Err(error) => return cannot(error),
        }
        let values: Result<Vec<Value>, ExprError> =
            show.iter().map(|program| program.json(&names)).collect();
        match values {
            Ok(values) => Some(Said::Yes(id, values)),
            Err(error) => cannot(error),
        }
    })
}

impl Answer {
    /// The entities as a list.
    pub fn listing(&self) -> Listing {
        let mut listing = rows(&self.asked, &self.ids);
        let Some((titles, values)) = &self.shown else { return listing };
        let heading = |title: &String| Heading { title: title.clone(), shown: Shown::Always };
        listing.columns = std::iter::once("ENTITY".to_owned())
            .chain(titles.iter().cloned())
            .map(|title| heading(&title))
            .collect();
        for (row, values) in listing.rows.iter_mut().zip(values) {
            let cells = std::iter::once(row.name.clone()).chain(values.iter().map(in_cell));
            *row = Row { name: row.name.clone(), cells: cells.collect() };
        }
        listing
    }

    /// The entities as values; what was to be shown of each instead, if that was asked for.
    pub fn items(&self) -> Vec<Item> {
        let mut items = items(&self.asked, &self.ids);
        if let Some((titles, values)) = &self.shown {
            for (item, values) in items.iter_mut().zip(values) {
                let fields = titles.iter().cloned().zip(values.iter().cloned());
                item.value = Value::Object(fields.collect());
                item.text = None;
            }
        }
        items
    }

    /// The names, as other commands take them.
    pub fn names(&self) -> Vec<String> {
        rows(&self.asked, &self.ids).rows.into_iter().map(|row| row.name).collect()
    }
}

/// A value in a cell of a table.
fn in_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(in_cell).collect::<Vec<_>>().join(", ")
        }
        value => value.to_string(),
    }
}
