//! JSON Schema over an arena, without converting a document into anything else first.
//!
//! [`Yaml`] tells the `jsonschema` crate how to read a [`Node`]; [`Schema`] is a compiled schema.
//! Patterns run on a linear-time engine and nothing is ever retrieved, so a schema that a
//! catalog brings along can neither hang us nor reach out.

use std::borrow::Cow;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::json::{Array, Json, JsonNumber, Node as JsonNode, NodeIdentity, Object};
use jsonschema::{JsonType, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use super::arena::{Node, NodeKind};
use super::pointer::Pointer;
use super::scalar::Scalar;

/// A compiled schema that validates nodes of an arena.
pub struct Schema(Validator<Yaml>);

/// One way in which a document breaks its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What is wrong there.
    pub kind: ViolationKind,
    /// The value that is wrong; for a missing or surplus field the field itself.
    pub pointer: Pointer,
}

/// The kinds of violation that gitsm tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViolationKind {
    /// A field that must be there is not.
    Missing,
    /// A field that the schema does not know.
    Unknown,
    /// A value of the wrong type; the types it may have.
    Type(Vec<String>),
    /// A value that is none of the allowed ones.
    Choice(Vec<String>),
    /// A text that has not the form of this regular expression.
    Pattern(String),
    /// A string or list that is too short or too long, a number out of bounds, and so on: what it
    /// must do, as the end of a sentence.
    Other(String),
}

impl Schema {
    /// Compiles a schema.
    ///
    /// # Errors
    ///
    /// The schema is not valid, or refers outside itself.
    pub fn compile(schema: &Value) -> Result<Self, String> {
        jsonschema::options_for::<Yaml>()
            .with_pattern_options(PatternOptions::regex())
            .build(schema)
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// The schema that every document fulfils.
    pub fn anything() -> Self {
        Self(
            jsonschema::options_for::<Yaml>()
                .build(&Value::Bool(true))
                .unwrap_or_else(|_| unreachable!("`true` is a schema")),
        )
    }

    /// Everything in `root` that breaks the schema, in document order of the schema's walk.
    pub fn violations(&self, root: Node<'_>) -> Vec<Violation> {
        let node = SchemaNode::Node(root);
        if self.0.is_valid(node.clone()) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for error in self.0.iter_errors(node) {
            push(&error, &mut found);
        }
        found
    }
}

/// JSON Schema's types, as people say them.
pub fn words(types: &[String]) -> String {
    let word = |name: &String| match name.as_str() {
        "array" => "a list",
        "object" => "a mapping",
        "integer" => "an integer",
        "boolean" => "true or false",
        "number" => "a number",
        "null" => "null",
        _ => "a string",
    };
    let words: Vec<&str> = types.iter().map(word).collect();
    words.join(" or ")
}

fn push(error: &ValidationError<'_>, found: &mut Vec<Violation>) {
    let pointer = Pointer::from_text(error.instance_path().as_str());
    let mut add = |pointer: Pointer, kind| found.push(Violation { kind, pointer });
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            add(pointer.join(property.as_str().unwrap_or_default()), ViolationKind::Missing);
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            for key in unexpected {
                add(pointer.join(key), ViolationKind::Unknown);
            }
        }
        ValidationErrorKind::Type { kind } => add(pointer, ViolationKind::Type(types(kind))),
        ValidationErrorKind::Enum { options } => {
            add(pointer, ViolationKind::Choice(choices(options.as_ref())));
        }
        ValidationErrorKind::Constant { expected_value } => {
            add(pointer, ViolationKind::Choice(vec![choice(expected_value.as_ref())]));
        }
        ValidationErrorKind::MinLength { limit } => {
            add(pointer, ViolationKind::Other(at_least(*limit, "character")));
        }
        ValidationErrorKind::MinItems { limit } => {
            add(pointer, ViolationKind::Other(at_least(*limit, "item")));
        }
        ValidationErrorKind::MaxLength { limit } => {
            add(pointer, ViolationKind::Other(format!("have at most {limit} characters")));
        }
        ValidationErrorKind::MaxItems { limit } => {
            add(pointer, ViolationKind::Other(format!("have at most {limit} item(s)")));
        }
        ValidationErrorKind::Minimum { limit } => {
            add(pointer, ViolationKind::Other(format!("be a number from {limit}")));
        }
        ValidationErrorKind::Maximum { limit } => {
            add(pointer, ViolationKind::Other(format!("be a number up to {limit}")));
        }
        ValidationErrorKind::ExclusiveMinimum { limit } => {
            add(pointer, ViolationKind::Other(format!("be a number above {limit}")));
        }
        ValidationErrorKind::ExclusiveMaximum { limit } => {
            add(pointer, ViolationKind::Other(format!("be a number below {limit}")));
        }
        ValidationErrorKind::OneOfNotValid { context }
        | ValidationErrorKind::OneOfMultipleValid { context }
        | ValidationErrorKind::AnyOf { context } => branches(pointer, context, found),
        ValidationErrorKind::Pattern { pattern } => {
            add(pointer, ViolationKind::Pattern(pattern.clone()));
        }
        other => {
            add(
                pointer,
                ViolationKind::Other(format!("fulfil `{}` of its schema", other.keyword())),
            );
        }
    }
}

/// What to say when no branch of a choice fits: the branch that gets furthest is the one meant.
fn branches(at: Pointer, context: &[Vec<ValidationError<'_>>], found: &mut Vec<Violation>) {
    let here = |error: &ValidationError<'_>| error.instance_path().as_str() == at.as_str();
    let meant = context.iter().find(|errors| !errors.is_empty() && !errors.iter().any(here));
    if let Some(errors) = meant {
        for error in errors {
            push(error, found);
        }
        return;
    }
    // A choice whose values are documented one by one is a branch each.
    let mut values: Vec<String> = Vec::new();
    for error in context.iter().flatten() {
        match error.kind() {
            ValidationErrorKind::Constant { expected_value } => {
                values.push(choice(expected_value.as_ref()));
            }
            ValidationErrorKind::Enum { options } => values.extend(choices(options.as_ref())),
            _ => {}
        }
    }
    if !values.is_empty() {
        found.push(Violation { kind: ViolationKind::Choice(values), pointer: at });
        return;
    }
    let mut wanted: Vec<String> = Vec::new();
    for error in context.iter().flatten() {
        if let ValidationErrorKind::Type { kind } = error.kind() {
            wanted.extend(types(kind));
        }
    }
    wanted.dedup();
    let kind = match wanted.is_empty() {
        true => ViolationKind::Other("have exactly one of the allowed forms".to_owned()),
        false => ViolationKind::Type(wanted),
    };
    found.push(Violation { kind, pointer: at });
}

fn at_least(limit: u64, what: &str) -> String {
    match limit {
        1 => format!("have at least one {what}"),
        _ => format!("have at least {limit} {what}s"),
    }
}

fn types(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(one) => vec![one.as_str().to_owned()],
        TypeKind::Multiple(set) => set.iter().map(|one| one.as_str().to_owned()).collect(),
    }
}

fn choice(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn choices(options: &Value) -> Vec<String> {
    options.as_array().map(|list| list.iter().map(choice).collect()).unwrap_or_default()
}

/// The representation of JSON values that an arena is.
pub struct Yaml;

/// A node, or a property name that is looked at as if it were one.
#[derive(Clone)]
pub enum SchemaNode<'a> {
    /// A value of an arena.
    Node(Node<'a>),
    /// A property name.
    Name(&'a str),
}

impl Json for Yaml {
    type Node<'a> = SchemaNode<'a>;
    type PreparedKey = String;
    type StringBuffer = ();

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(SchemaNode<'_>) -> T) -> T {
        f(SchemaNode::Name(string))
    }
}

impl<'a> SchemaNode<'a> {
    fn node(&self) -> Option<Node<'a>> {
        match self {
            SchemaNode::Node(node) => Some(*node),
            SchemaNode::Name(_) => None,
        }
    }
}

impl<'a> JsonNode<'a, Yaml> for SchemaNode<'a> {
    type Object = Fields<'a>;
    type Array = Items<'a>;
    type Number = Number<'a>;

    fn as_object(&self) -> Option<Fields<'a>> {
        self.node().filter(|node| node.kind() == NodeKind::Mapping).map(Fields)
    }

    fn as_array(&self) -> Option<Items<'a>> {
        self.node().filter(|node| node.kind() == NodeKind::Sequence).map(Items)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            SchemaNode::Node(node) => node.as_str().map(Cow::Borrowed),
            SchemaNode::Name(name) => Some(Cow::Borrowed(name)),
        }
    }

    fn as_number(&self) -> Option<Number<'a>> {
        self.node().filter(|node| node.as_f64().is_some()).map(Number)
    }

    fn as_boolean(&self) -> Option<bool> {
        match self.node()?.kind() {
            NodeKind::Scalar(Scalar::Bool(value)) => Some(value),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        self.node().is_some_and(Node::is_null)
    }

    fn json_type(&self) -> JsonType {
        let Some(node) = self.node() else { return JsonType::String };
        match node.kind() {
            NodeKind::Scalar(Scalar::Null) => JsonType::Null,
            NodeKind::Scalar(Scalar::Bool(_)) => JsonType::Boolean,
            NodeKind::Scalar(Scalar::Int | Scalar::Float) => JsonType::Number,
            NodeKind::Scalar(Scalar::Str) => JsonType::String,
            NodeKind::Sequence => JsonType::Array,
            NodeKind::Mapping => JsonType::Object,
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(match self {
            SchemaNode::Node(node) => value(*node),
            SchemaNode::Name(name) => Value::String((*name).to_owned()),
        })
    }

    fn identity(&self) -> Option<NodeIdentity> {
        let node = self.node()?;
        Some(NodeIdentity::tagged(node.arena_address(), node.id().0))
    }
}

/// The value of a node as JSON: for messages, custom code and tests, not for the common path.
pub fn value(node: Node<'_>) -> Value {
    match node.kind() {
        NodeKind::Scalar(Scalar::Null) => Value::Null,
        NodeKind::Scalar(Scalar::Bool(value)) => Value::Bool(value),
        NodeKind::Scalar(Scalar::Int | Scalar::Float) => {
            Value::Number(Number(node).to_number().into_owned())
        }
        NodeKind::Scalar(Scalar::Str) => Value::String(node.text().unwrap_or_default().to_owned()),
        NodeKind::Sequence => Value::Array(node.items().map(value).collect()),
        NodeKind::Mapping => Value::Object(
            node.entries()
                .map(|(key, item)| (key.text().unwrap_or_default().to_owned(), value(item)))
                .collect(),
        ),
    }
}

/// The fields of a mapping.
pub struct Fields<'a>(Node<'a>);

impl<'a> Object<'a, Yaml> for Fields<'a> {
    type Node = SchemaNode<'a>;
    type MemberName = &'a str;
    type MembersIter = Box<dyn Iterator<Item = (&'a str, SchemaNode<'a>)> + 'a>;

    fn len(&self) -> usize {
        self.0.entries().len()
    }

    fn get(&self, key: &String) -> Option<SchemaNode<'a>> {
        self.0.get(key).map(SchemaNode::Node)
    }

    fn members(&self) -> Self::MembersIter {
        let fields = self.0.entries();
        Box::new(
            fields.map(|(key, value)| (key.text().unwrap_or_default(), SchemaNode::Node(value))),
        )
    }
}

/// The items of a list.
pub struct Items<'a>(Node<'a>);

impl<'a> Array<'a, Yaml> for Items<'a> {
    type Node = SchemaNode<'a>;
    type ElementsIter = Box<dyn Iterator<Item = SchemaNode<'a>> + 'a>;

    fn len(&self) -> usize {
        self.0.items().len()
    }

    fn elements(&self) -> Self::ElementsIter {
        Box::new(self.0.items().map(SchemaNode::Node))
    }
}

/// An integer or a float.
pub struct Number<'a>(Node<'a>);

impl JsonNumber for Number<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.as_i128().and_then(|value| value.try_into().ok())
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.as_i128().and_then(|value| value.try_into().ok())
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.as_f64()
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_number().to_string())
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        let whole = self.as_i64().map(serde_json::Number::from);
        let whole = whole.or_else(|| self.as_u64().map(serde_json::Number::from));
        let number = whole.or_else(|| serde_json::Number::from_f64(self.0.as_f64()?));
        Cow::Owned(number.unwrap_or_else(|| 0.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{File, Source};
    use crate::yaml::{Limits, parse};
    use serde_json::json;

    fn violations(schema: &Value, text: &str) -> Vec<(String, ViolationKind)> {
        let source = Source::new(File::local("a.yaml"), text.to_owned());
        let stream = parse(&source, &Limits::default());
        let schema = Schema::compile(schema).unwrap();
        let root = stream.arena.node(stream.documents[0]);
        let found = schema.violations(root);
        found.into_iter().map(|v| (v.pointer.as_str().to_owned(), v.kind)).collect()
    }

    #[test]
    fn a_missing_or_surplus_field_is_named_itself() {
        let schema = json!({"type": "object", "required": ["a"], "additionalProperties": false,
                            "properties": {"a": {"type": "string"}}});
        let found = violations(&schema, "b: 1\n");
        assert!(found.contains(&("/a".to_owned(), ViolationKind::Missing)));
        assert!(found.contains(&("/b".to_owned(), ViolationKind::Unknown)));
    }

    #[test]
    fn types_are_those_of_the_core_schema() {
        let schema = json!({"additionalProperties": {"type": "string"}});
        let wrong = violations(&schema, "a: no\nb: 1\nc: true\nd: ~\ne: 1.5\nf: \"1\"\n");
        let names: Vec<_> = wrong.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(names, ["/b", "/c", "/d", "/e"]);
    }

    #[test]
    fn the_branch_that_was_meant_is_explained() {
        let schema = json!({"properties": {"p": {"oneOf": [
            {"type": "object", "properties": {"t": {"type": "array"}}},
            {"type": "array", "items": {"type": "object"}}]}}});
        let found = violations(&schema, "p:\n  t: 1\n");
        assert_eq!(found, [("/p/t".to_owned(), ViolationKind::Type(vec!["array".to_owned()]))]);
        let found = violations(&schema, "p: 1\n");
        let kind = ViolationKind::Type(vec!["object".to_owned(), "array".to_owned()]);
        assert_eq!(found, [("/p".to_owned(), kind)]);
    }

    #[test]
    fn a_schema_cannot_reach_out() {
        assert!(Schema::compile(&json!({"$ref": "https://example.com/schema.json"})).is_err());
    }
}
