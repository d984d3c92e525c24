//! What is known of a value before it is there: which fields it can have.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

/// What a value can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Anything; nothing is checked.
    Any,
    /// A text; one of these, if they are listed.
    Text(Option<BTreeSet<String>>),
    /// A number, a truth value, an instant, a length of time.
    Plain(&'static str),
    /// A reference to an entity, in the one way that it is written here.
    Reference,
    /// A list.
    List(Arc<Shape>),
    /// A mapping with keys of the author's choice.
    Map(Arc<Shape>),
    /// A mapping with these fields and, as far as anybody should rely on, no others.
    Object(Arc<BTreeMap<String, Shape>>),
    /// A mapping with these fields, or what is no mapping: kinds differ in what they write there.
    Mixed(Arc<BTreeMap<String, Shape>>),
    /// A thing with these fields, and with methods.
    Entity(Arc<BTreeMap<String, Shape>>),
}

/// A method of an entity.
#[derive(Debug)]
pub struct MethodRow {
    /// Its name.
    pub name: &'static str,
    /// The names of its arguments.
    pub arguments: &'static [&'static str],
    /// What it gives: a list of entities, or a plain value.
    pub gives_entities: bool,
    /// The words that a literal argument may be; anything if there are none.
    pub words: fn() -> Vec<&'static str>,
    /// What it means.
    pub meaning: &'static str,
}

/// The names that an expression can use.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// The variables.
    pub variables: BTreeMap<String, Shape>,
    /// The methods of entities.
    pub methods: &'static [MethodRow],
    /// What methods that give entities give.
    pub entity: Shape,
    /// How a reference is written that is written in another way; nothing if it is right, or none.
    pub spelling: fn(&str) -> Option<String>,
}

impl Shape {
    /// A text of any content.
    pub const TEXT: Self = Self::Text(None);

    /// The shape that a JSON Schema (draft 7, without `$ref`) describes.
    pub fn of_schema(schema: &Value) -> Self {
        let Some(object) = schema.as_object() else { return Self::Any };
        if let Some(words) = object.get("enum").and_then(Value::as_array) {
            return Self::words(words.iter());
        }
        if let Some(word) = object.get("const") {
            return Self::words(std::iter::once(word));
        }
        let branches = ["allOf", "anyOf", "oneOf", "then", "else"];
        let bare =
            !object.contains_key("properties") && !object.contains_key("additionalProperties");
        // An object that leaves everything to its branches says nothing itself.
        let mut shape = match object.get("type") {
            Some(Value::String(name))
                if name == "object"
                    && bare
                    && branches.iter().any(|one| object.contains_key(*one)) =>
            {
                None
            }
            _ => Self::of_keywords(object),
        };
        for keyword in branches {
            let Some(more) = object.get(keyword) else { continue };
            let branches = more.as_array().map_or(std::slice::from_ref(more), Vec::as_slice);
            for branch in branches.iter().filter(|branch| branch["type"] != "null") {
                shape = match shape {
                    Some(known) => Some(known.join(Self::of_schema(branch))),
                    None => Some(Self::of_schema(branch)),
                };
            }
        }
        shape.unwrap_or(Self::Any)
    }

    fn words<'a>(words: impl Iterator<Item = &'a Value>) -> Self {
        let texts: Option<BTreeSet<String>> = words
            .filter(|word| !word.is_null())
            .map(|word| word.as_str().map(str::to_owned))
            .collect();
        texts.map_or(Self::Any, |texts| Self::Text(Some(texts)))
    }

    fn of_keywords(object: &serde_json::Map<String, Value>) -> Option<Self> {
        let name = match object.get("type") {
            Some(Value::String(name)) => name.as_str(),
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).find(|name| *name != "null")?
            }
            _ if object.contains_key("properties") => "object",
            _ => return None,
        };
        Some(match name {
            "string" => Self::TEXT,
            "integer" | "number" => Self::Plain("number"),
            "boolean" => Self::Plain("true or false"),
            "array" => {
                let items = object.get("items").map_or(Self::Any, Self::of_schema);
                Self::List(Arc::new(items))
            }
            "object" => Self::of_properties(object),
            _ => Self::Any,
        })
    }

    fn of_properties(object: &serde_json::Map<String, Value>) -> Self {
        let Some(properties) = object.get("properties").and_then(Value::as_object) else {
            let further = object.get("additionalProperties");
            let items = further.filter(|one| one.is_object()).map_or(Self::Any, Self::of_schema);
            return Self::Map(Arc::new(items));
        };
        let fields =
            properties.iter().map(|(name, schema)| (name.clone(), Self::of_schema(schema)));
        Self::Object(Arc::new(fields.collect()))
    }

    /// What sort of value it is, in words; nothing if that is not known.
    pub(super) fn sort(&self) -> Option<&'static str> {
        Some(match self {
            Self::Any | Self::Mixed(_) => return None,
            Self::Text(_) | Self::Reference => "a text",
            Self::Plain(what) => what,
            Self::List(_) => "a list",
            Self::Map(_) | Self::Object(_) => "a mapping",
            Self::Entity(_) => "an entity",
        })
    }

    /// What is either of two shapes.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Object(a), Self::Object(b)) => Self::Object(join_fields(a, &b)),
            (Self::Entity(a), Self::Entity(b)) => Self::Entity(join_fields(a, &b)),
            (Self::List(a), Self::List(b)) => Self::List(Arc::new(unshared(a).join(unshared(b)))),
            (Self::Map(a), Self::Map(b)) => Self::Map(Arc::new(unshared(a).join(unshared(b)))),
            // A text with listed words and one without: any text.
            (Self::Text(Some(mut a)), Self::Text(Some(b))) => {
                a.extend(b);
                Self::Text(Some(a))
            }
            (Self::Text(_), Self::Text(_)) => Self::TEXT,
            (a, b) if a == b => a,
            // Which fields there are is known all the same.
            (Self::Mixed(a) | Self::Object(a), Self::Mixed(b) | Self::Object(b)) => {
                Self::Mixed(join_fields(a, &b))
            }
            (Self::Mixed(fields) | Self::Object(fields), other)
            | (other, Self::Mixed(fields) | Self::Object(fields))
                if other.is_no_mapping() =>
            {
                Self::Mixed(fields)
            }
            _ => Self::Any,
        }
    }

    fn is_no_mapping(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Plain(_) | Self::Reference | Self::List(_))
    }

    /// What another one knows better, and beside it the fields that only this one has.
    #[must_use]
    pub fn refined(self, better: &Self) -> Self {
        let merged = |mut fields: Arc<BTreeMap<String, Self>>, better: &BTreeMap<String, Self>| {
            for (name, shape) in better {
                let all = Arc::make_mut(&mut fields);
                let known = all.remove(name).unwrap_or(Self::Any);
                all.insert(name.clone(), known.refined(shape));
            }
            fields
        };
        match (self, better) {
            (Self::Object(fields), Self::Object(better)) => Self::Object(merged(fields, better)),
            (Self::Entity(fields), Self::Entity(better)) => Self::Entity(merged(fields, better)),
            (known, Self::Any) => known,
            (_, better) => better.clone(),
        }
    }

    /// The fields, if they are known.
    pub fn fields(&self) -> Option<&BTreeMap<String, Shape>> {
        match self {
            Self::Object(fields) | Self::Mixed(fields) | Self::Entity(fields) => Some(fields),
            _ => None,
        }
    }

    /// The shape of a field; anything if nothing is known of it.
    pub fn field(&self, name: &str) -> &Self {
        match self {
            Self::Map(items) => items,
            _ => self.fields().and_then(|fields| fields.get(name)).unwrap_or(&Self::Any),
        }
    }

    /// The shape of the items of a list, or of the keys of a mapping.
    pub fn items(&self) -> &Self {
        match self {
            Self::List(items) => items,
            Self::Map(_) | Self::Object(_) => &Self::TEXT,
            _ => &Self::Any,
        }
    }

    /// The shape of a value that is there.
    pub fn of_value(value: &Value) -> Self {
        match value {
            Value::Object(fields) => {
                let fields =
                    fields.iter().map(|(name, value)| (name.clone(), Self::of_value(value)));
                Self::Object(Arc::new(fields.collect()))
            }
            Value::Array(items) => {
                let shape = items.iter().map(Self::of_value).reduce(Self::join);
                Self::List(Arc::new(shape.unwrap_or(Self::Any)))
            }
            Value::String(_) => Self::TEXT,
            Value::Number(_) => Self::Plain("number"),
            Value::Bool(_) => Self::Plain("true or false"),
            Value::Null => Self::Any,
        }
    }
}

fn unshared(shape: Arc<Shape>) -> Shape {
    Arc::unwrap_or_clone(shape)
}

fn join_fields(
    a: Arc<BTreeMap<String, Shape>>,
    b: &BTreeMap<String, Shape>,
) -> Arc<BTreeMap<String, Shape>> {
    let mut fields = Arc::unwrap_or_clone(a);
    for (name, shape) in b {
        let joined = match fields.remove(name) {
            Some(known) => known.join(shape.clone()),
            None => shape.clone(),
        };
        fields.insert(name.clone(), joined);
    }
    Arc::new(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_says_which_fields_there_are() {
        let schema = serde_json::json!({
            "type": "object",
            "properties": {
                "tier": { "anyOf": [{ "enum": ["a", "b"] }, { "type": "null" }] },
                "names": { "type": ["array", "null"], "items": { "type": "string" } },
                "labels": { "type": "object", "additionalProperties": { "type": "string" } },
            },
            "allOf": [{ "if": {}, "then": { "type": "object", "properties": { "x": { "type": "integer" } } } }],
        });
        let shape = Shape::of_schema(&schema);
        let words = ["a", "b"].map(str::to_owned).into_iter().collect();
        assert_eq!(shape.field("tier"), &Shape::Text(Some(words)));
        assert_eq!(shape.field("names").items(), &Shape::TEXT);
        assert_eq!(shape.field("labels").field("any"), &Shape::TEXT);
        assert_eq!(shape.field("x"), &Shape::Plain("number"));
    }

    #[test]
    fn joined_shapes_have_the_fields_of_both() {
        let one = Shape::of_value(&serde_json::json!({"a": 1, "b": "x"}));
        let two = Shape::of_value(&serde_json::json!({"b": "y", "c": [true]}));
        let both = one.join(two);
        let names: Vec<&String> = both.fields().unwrap().keys().collect();
        assert_eq!(names, ["a", "b", "c"]);
    }

    #[test]
    fn what_is_a_mapping_for_some_and_a_text_for_others_has_the_fields_of_the_mapping() {
        let mapping = || Shape::of_value(&serde_json::json!({"stage": "x"}));
        for both in [mapping().join(Shape::TEXT), Shape::TEXT.join(mapping())] {
            let both =
                both.join(Shape::TEXT).join(Shape::of_value(&serde_json::json!({"more": 1})));
            assert!(matches!(both, Shape::Mixed(_)), "{both:?}");
            let names: Vec<&String> = both.fields().unwrap().keys().collect();
            assert_eq!(names, ["more", "stage"]);
        }
        assert_eq!(mapping().join(Shape::Any), Shape::Any);
    }
}
