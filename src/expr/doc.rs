//! JSON values as CEL sees them: borrowed, lenient about what their shape knows.

use std::fmt;
use std::sync::OnceLock;

use cel::ExecutionError;
use cel::common::traits::{Container, Indexer, Iterable, Iterator as CelIterator, Sizer};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelString, CelUInt, MAP_TYPE, Type};
use cel::common::value::{CowVal, Val};
use serde_json::Value;

use super::absent::{Absent, is_absent};
use super::shape::Shape;

/// The field that `has(x.f)` asks first: what it gives is strict about what is missing.
pub(super) const STRICT: &str = "\u{0}has";

/// The field that gives a mapping as JSON, for comparing.
const JSON: &str = "\u{0}json";

/// A mapping, or where one would be.
#[derive(Clone)]
struct Doc<'a> {
    value: Option<&'a Value>,
    shape: &'a Shape,
    strict: bool,
    keys: OnceLock<Vec<CelString<'a>>>,
}

/// A JSON value as a CEL value; where there is none, what its shape makes of that.
pub fn value_of<'a>(value: Option<&'a Value>, shape: &'a Shape) -> Box<dyn Val + 'a> {
    match (value, shape) {
        (Some(Value::Null) | None, Shape::List(_)) => Box::new(CelList::from(Vec::new())),
        (Some(Value::Null) | None, Shape::Map(_) | Shape::Object(_)) => {
            Box::new(Doc { value: None, shape, strict: false, keys: OnceLock::new() })
        }
        (Some(Value::Null) | None, _) => Box::new(Absent),
        (Some(Value::Bool(truth)), _) => Box::new(CelBool::from(*truth)),
        (Some(Value::String(text)), _) => Box::new(CelString::from(text.as_str())),
        (Some(Value::Number(number)), _) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Box::new(CelInt::from(number)),
            (None, Some(number)) => Box::new(CelUInt::from(number)),
            _ => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
        },
        (Some(Value::Array(items)), _) => {
            let items = items.iter().map(|item| value_of(Some(item), shape.items()));
            Box::new(CelList::from(items.collect::<Vec<_>>()))
        }
        (value @ Some(Value::Object(_)), _) => {
            Box::new(Doc { value, shape, strict: false, keys: OnceLock::new() })
        }
    }
}

/// A CEL value as JSON; nothing for what has no JSON.
pub fn json_of(value: &dyn Val) -> Option<Value> {
    if let Some(text) = value.downcast_ref::<CelString>() {
        return Some(Value::from(text.inner()));
    }
    if let Some(truth) = value.downcast_ref::<CelBool>() {
        return Some(Value::from(*truth.inner()));
    }
    if let Some(number) = value.downcast_ref::<CelInt>() {
        return Some(Value::from(*number.inner()));
    }
    if let Some(number) = value.downcast_ref::<CelUInt>() {
        return Some(Value::from(*number.inner()));
    }
    if let Some(number) = value.downcast_ref::<CelDouble>() {
        return Some(Value::from(*number.inner()));
    }
    if is_absent(value) {
        return Some(Value::Null);
    }
    if let Some(list) = value.downcast_ref::<CelList>() {
        return list.inner().iter().map(|item| json_of(item.as_ref())).collect();
    }
    if let Some(text) = super::functions::written(value) {
        return Some(Value::from(text));
    }
    let text = value.as_indexer()?.get(&CelString::from(JSON)).ok()?;
    serde_json::from_str(text.downcast_ref::<CelString>()?.inner()).ok()
}

/// Whether a value is `null`, or a mapping that is not there.
pub(super) fn is_nothing(value: &dyn Val) -> bool {
    is_absent(value) || (value.get_type().name() == "map" && json_of(value) == Some(Value::Null))
}

impl<'a> Doc<'a> {
    fn entry(&self, name: &str) -> Option<&'a Value> {
        self.value?.get(name)
    }

    fn keys(&self) -> &[CelString<'a>] {
        self.keys.get_or_init(|| {
            let fields = self.value.and_then(Value::as_object);
            let names = fields.into_iter().flat_map(|fields| fields.keys());
            names.map(|name| CelString::from(name.as_str())).collect()
        })
    }

    fn field<'v>(&self, name: &str) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        'a: 'v,
    {
        if name == STRICT {
            return Ok(Box::new(Self { strict: true, keys: OnceLock::new(), ..*self }));
        }
        if name == JSON {
            let text = self.value.map_or("null".to_owned(), Value::to_string);
            return Ok(Box::new(CelString::from(text)));
        }
        let value = self.entry(name);
        let known = match self.shape {
            Shape::Map(_) => true,
            shape => shape.fields().is_some_and(|fields| fields.contains_key(name)),
        };
        match value {
            None | Some(Value::Null) if self.strict || !known => {
                Err(ExecutionError::no_such_key(name))
            }
            value => Ok(value_of(value, self.shape.field(name))),
        }
    }
}

impl fmt::Debug for Doc<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("mapping")
    }
}

impl Val for Doc<'_> {
    fn get_type(&self) -> &Type {
        Self::cel_type()
    }

    fn cel_type() -> &'static Type {
        static MAP: Type = MAP_TYPE;
        &MAP
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_sizer(&self) -> Option<&dyn Sizer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        match json_of(other) {
            Some(other) => self.value.unwrap_or(&Value::Null) == &other,
            None => false,
        }
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(self.clone())
    }
}

impl Indexer for Doc<'_> {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let Some(name) = key.downcast_ref::<CelString>() else {
            return Err(ExecutionError::no_such_key("a key that is no text"));
        };
        self.field(name.inner()).map(CowVal::Owned)
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(key).map(CowVal::into_owned)
    }
}

impl Container for Doc<'_> {
    fn contains(&self, key: &dyn Val) -> Result<bool, ExecutionError> {
        let name = key.downcast_ref::<CelString>();
        Ok(name.is_some_and(|name| self.entry(name.inner()).is_some()))
    }
}

impl Sizer for Doc<'_> {
    fn size(&self) -> CelInt {
        CelInt::from(self.keys().len() as i64)
    }
}

impl Iterable for Doc<'_> {
    fn iter<'b, 'v>(&'b self) -> Box<dyn CelIterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Keys(self.keys().iter()))
    }
}

struct Keys<'b, 'a>(std::slice::Iter<'b, CelString<'a>>);

impl<'b, 'v, 'a: 'v> CelIterator<'b, 'v> for Keys<'b, 'a> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(|key| key as &(dyn Val + 'v))
    }
}
