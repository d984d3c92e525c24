//! The things that a target holds, as the catalog wants them and as the target has them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::mark::Mark;
use crate::model::gitsm::target::is_within;

/// The fields of an object, by name. Only what the catalog sets is compared.
pub type Fields = Map<String, Value>;

/// What an object goes by: its kind at the target, and the name that is unique among those.
///
/// Written `kind/name`, such as `host/web-01`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct ObjectId {
    /// The kind, as the target's mapping calls it.
    pub kind: String,
    /// The name. It may hold `/`.
    pub name: String,
}

impl ObjectId {
    /// An id of its two parts.
    pub fn new(kind: impl Into<String>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into() }
    }

    /// Reads `kind/name`; nothing if a part is missing.
    pub fn read(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('/')?;
        (!kind.is_empty() && !name.is_empty()).then(|| Self::new(kind, name))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// An object as the catalog wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// What it goes by.
    pub id: ObjectId,
    /// The entity that it is made of, as a canonical reference.
    pub entity: String,
    /// What that entity was called before (`metadata.formerly`), as canonical references.
    pub formerly: Vec<String>,
    /// What it holds.
    pub fields: Fields,
    /// The names of fields whose values are not shown.
    pub sensitive: Vec<String>,
    /// The objects that must be there before it.
    pub after: Vec<ObjectId>,
}

impl Object {
    /// Whether the values of a field are not shown.
    pub fn hides(&self, field: &str) -> bool {
        self.sensitive.iter().any(|name| is_within(field, name))
    }

    /// The parts of a field that are not shown, by their paths in it.
    pub fn hides_within(&self, field: &str) -> Vec<String> {
        let names = self.sensitive.iter().filter(|name| is_within(name, field));
        names
            .filter_map(|name| Some(name.strip_prefix(field)?.strip_prefix('.')?.to_owned()))
            .collect()
    }
}

/// An object as a target has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// What it goes by there.
    pub id: ObjectId,
    /// How the driver finds it again: a path, a number, an address. Often the name.
    pub handle: String,
    /// What it holds. Nothing if a mark says that it is there and it is not.
    pub fields: Option<Fields>,
    /// The mark of whoever made it; nothing on what gitsm did not make.
    pub mark: Option<Mark>,
}

/// Whether two values say the same. Numbers are compared by what they count: systems answer `60.0`
/// where `60` was sent.
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (!is_large(a) && !is_large(b) && a.as_f64() == b.as_f64())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let has = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(has)
        }
        _ => one == other,
    }
}

/// Whether a number is a whole one that a double may not hold as it is.
pub(super) fn is_large(number: &Number) -> bool {
    const MOST: u64 = 1 << 53;
    match (number.as_u64(), number.as_i64()) {
        (Some(number), _) => number > MOST,
        (None, Some(number)) => number.unsigned_abs() > MOST,
        (None, None) => false,
    }
}
