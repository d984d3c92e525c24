//! The engine for what is sent to other systems: texts as they are, and values that keep their type.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use minijinja::machinery::{ast, parse};
use minijinja::value::{Object, ObjectRepr, ValueKind};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
};

use super::{Counted, TemplateError, filters, sandbox};

/// Filters that there are besides those of pages.
const FILTERS: &[&str] = &["epoch", "json", "urlencode"];

/// The bytes that one template may write, and those that its filters may make.
const LARGEST: usize = 1 << 20;

/// How deep blocks may stand in each other.
const DEEPEST: usize = 50;

/// Where a rendering keeps the value that was to be written.
const LAST: &str = "last value";

/// With what the names of templates begin that are one expression: what they make keeps its type.
const VALUE: &str = "=";

/// How values are written between other text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// As they are.
    Plain,
    /// Percent-encoded (RFC 3986 §2.1), so that none ends the part of the URL in which it stands.
    Url,
}

/// What leaves out the entry in which it stands.
#[derive(Debug)]
struct Omit;

impl Object for Omit {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

/// A template that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    name: String,
    /// Whether it is one expression and nothing else.
    pub(super) is_value: bool,
}

/// Templates of one kind of writing. The name of each is its JSON Pointer.
pub(super) struct Wire {
    environment: Environment<'static>,
}

impl Wire {
    pub(super) fn new(writing: Writing) -> Self {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|name| match name.starts_with(VALUE) {
            true => AutoEscape::Custom(VALUE.into()),
            false => AutoEscape::None,
        });
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_recursion_limit(DEEPEST);
        environment.set_syntax(super::syntax());
        environment.set_debug(true);
        environment.add_global("omit", Value::from_object(Omit));
        filters::add(&mut environment, LARGEST as u64);
        environment.add_filter("epoch", epoch);
        environment.add_filter("json", json);
        environment.add_filter("urlencode", urlencode);
        // Both give a text that counts as written for the page, and no page is written here.
        environment.add_filter("escape", no_page);
        environment.add_filter("e", no_page);
        match writing {
            Writing::Plain => environment.set_formatter(write_plain),
            Writing::Url => environment.set_formatter(write_url),
        }
        Self { environment }
    }

    /// Adds a template of a repository.
    pub(super) fn add(&mut self, name: &str, source: &str) -> Result<Template, TemplateError> {
        sandbox::check(name, source, FILTERS)?;
        let told =
            |error: Error| TemplateError::of(&error, name, true, &|_| Some(source.to_owned()));
        // With the line end that may stand behind it: it belongs to the text.
        let tree = parse(source, name, super::syntax()).map_err(told)?;
        let is_value = match &tree {
            ast::Stmt::Template(one) => matches!(one.children.as_slice(), [ast::Stmt::EmitExpr(_)]),
            _ => false,
        };
        let name = if is_value { format!("{VALUE}{name}") } else { name.to_owned() };
        self.environment.add_template_owned(name.clone(), source.to_owned()).map_err(told)?;
        Ok(Template { name, is_value })
    }

    /// The values that a template names without making them itself.
    pub(super) fn names(&self, one: &Template) -> HashSet<String> {
        let template = self.environment.get_template(&one.name);
        template.map(|template| template.undeclared_variables(false)).unwrap_or_default()
    }

    /// Allows every template this number of steps.
    pub(super) fn allow(&mut self, steps: u64) {
        self.environment.set_fuel(Some(steps));
    }

    /// What a template writes.
    pub(super) fn text(&self, one: &Template, values: &Value) -> Result<String, TemplateError> {
        let told = |error: Error| self.told(&error, &one.name);
        let template = self.environment.get_template(&one.name).map_err(told)?;
        let mut out = Counted { bytes: Vec::new(), most: LARGEST };
        template.render_captured_to(values.clone(), &mut out).map_err(told)?;
        Ok(out.text())
    }

    /// The value of a template that is one expression; nothing if it is left out.
    pub(super) fn value(
        &self,
        one: &Template,
        values: &Value,
    ) -> Result<Option<Value>, TemplateError> {
        let told = |error: Error| self.told(&error, &one.name);
        let template = self.environment.get_template(&one.name).map_err(told)?;
        let rendered = template.render_captured(values.clone()).map_err(told)?;
        let value = rendered.state().get_temp(LAST).unwrap_or(Value::UNDEFINED);
        Ok((!value.is_undefined() && !is_omit(&value)).then_some(value))
    }

    fn told(&self, error: &Error, name: &str) -> TemplateError {
        let source = |name: &str| {
            let template = self.environment.get_template(name);
            template.ok().map(|template| template.source().to_owned())
        };
        let mut told = TemplateError::of(error, name, true, &source);
        told.template = told.template.trim_start_matches(VALUE).to_owned();
        told
    }
}

fn is_omit(value: &Value) -> bool {
    value.downcast_object_ref::<Omit>().is_some()
}

fn mistake(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// Keeps a value that stands alone, and writes any other as it is.
fn write_plain(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    if *state.auto_escape() == AutoEscape::Custom(VALUE.into()) {
        state.set_temp(LAST, value.clone());
        return Ok(());
    }
    out.write_str(&shown(value)?).map_err(Error::from)
}

/// Writes a value into a URL: percent-encoded, unless `urlencode` did that before.
fn write_url(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let text = shown(value)?;
    if value.is_safe() {
        return out.write_str(&text).map_err(Error::from);
    }
    out.write_str(&encoded(&text)?).map_err(Error::from)
}

/// A value as text: a text, a number or a word. Nothing else is one.
fn shown(value: &Value) -> Result<String, Error> {
    let what = match value.kind() {
        ValueKind::Undefined => return Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::String | ValueKind::Number | ValueKind::Bool => return Ok(value.to_string()),
        ValueKind::None => "`null`",
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "a mapping",
        ValueKind::Bytes => "bytes",
        _ if is_omit(value) => "`omit`",
        _ => "an object",
    };
    Err(mistake(format!("{what} is no text: it can only be all that a value is, or `|json`")))
}

/// A value as one line of JSON.
fn json(state: &mut State<'_, '_>, value: Value) -> Result<String, Error> {
    let mut count = Budget(LARGEST);
    let value = count.value(&value)?;
    let text = value.to_string();
    filters::charge(state, LARGEST as u64, text.len() as u64)?;
    Ok(text)
}

/// An instant (RFC 3339) in whole seconds since 1970, as many systems want it.
fn epoch(text: String) -> Result<i64, Error> {
    let instant = chrono::DateTime::parse_from_rfc3339(&text);
    let instant = instant.map_err(|_unread| {
        mistake("`epoch` needs an instant with its offset, such as 2027-01-12T22:00:00+01:00")
    })?;
    Ok(instant.timestamp())
}

/// A value as a part of a URL. It is not encoded again where it is written into one.
fn urlencode(state: &mut State<'_, '_>, value: Value) -> Result<Value, Error> {
    let text = encoded(&shown(&value)?)?;
    filters::charge(state, LARGEST as u64, text.len() as u64)?;
    Ok(Value::from_safe_string(text))
}

fn no_page(_: Value) -> Result<Value, Error> {
    Err(mistake("what is written here is not HTML: leave `escape` away"))
}

/// A text of which only the unreserved characters of RFC 3986 §2.3 are left as they are. One that is
/// empty, or climbs, would make another path of the one in which it stands, also where a server
/// decodes it before it looks at the path.
fn encoded(text: &str) -> Result<String, Error> {
    if text.is_empty() {
        return Err(mistake("an empty text cannot stand in a path"));
    }
    if text.split(['/', '\\']).any(|part| matches!(part, "." | "..")) {
        return Err(mistake("`.` and `..` cannot stand in a path: they would lead to another one"));
    }
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => write!(encoded, "%{byte:02X}")?,
        }
    }
    Ok(encoded)
}

/// The bytes that may still be made of values.
pub(super) struct Budget(pub(super) usize);

impl Budget {
    /// A value as JSON has it.
    pub(super) fn value(&mut self, value: &Value) -> Result<serde_json::Value, Error> {
        self.at(value, 0)
    }

    fn at(&mut self, value: &Value, depth: usize) -> Result<serde_json::Value, Error> {
        const EACH: usize = 16;
        self.take(EACH + value.as_str().map_or(0, str::len))?;
        if depth > DEEPEST {
            return Err(mistake(format!("it is deeper than {DEEPEST}")));
        }
        match value.kind() {
            ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
            ValueKind::Seq | ValueKind::Iterable => {
                value.try_iter()?.map(|item| self.at(&item, depth + 1)).collect()
            }
            ValueKind::Map => {
                let mut fields = serde_json::Map::new();
                for key in value.try_iter()? {
                    let name = shown(&key)?;
                    self.take(name.len())?;
                    fields.insert(name, self.at(&value.get_item(&key)?, depth + 1)?);
                }
                Ok(serde_json::Value::Object(fields))
            }
            ValueKind::None => Ok(serde_json::Value::Null),
            ValueKind::String | ValueKind::Bool => Ok(serde_json::json!(value)),
            ValueKind::Number => match serde_json::to_value(value) {
                Ok(number) if number.is_number() => Ok(number),
                _ => Err(mistake("it is a number that JSON cannot hold")),
            },
            _ => Err(mistake("it is no value that JSON can hold")),
        }
    }

    /// Takes some bytes of those that are left.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Error> {
        self.0 = self.0.checked_sub(bytes).ok_or_else(|| mistake("it makes too large a value"))?;
        Ok(())
    }
}
