//! Trees of templates: JSON of which some texts are templates, which makes JSON of values.

use minijinja::Value;

use super::TemplateError;
use super::wire::{Budget, Template, Wire, Writing};
use crate::source::Span;

/// The key of a mapping whose entries are put where it stands. An entry below it replaces one of the
/// same name.
pub const SPREAD: &str = "...";

/// The most templates of a tree.
const MOST: usize = 1_000;

/// The steps that a tree may take, shared out evenly among its templates, of which none gets less than
/// [`FEWEST`].
const STEPS: u64 = 4_000_000;

/// The steps that every template may take.
const FEWEST: u64 = 10_000;

/// The bytes that all values of a tree may have.
const LARGEST: usize = 8 << 20;

/// JSON with templates in it.
///
/// Every text with `{{`, `{%` or `{#` is a template; keys are not. A text that is one `{{ expression }}`
/// and nothing else becomes what the expression is: a number, a list, a mapping, `null`. Any other
/// becomes a text. What is `omit`, or an `if` without `else` that does not hold, is left out with its
/// key. The key `...` holds a mapping whose entries are put in its place.
///
/// It may hold templates of a repository: it neither runs for ever nor fills the memory, and nothing is
/// escaped.
pub struct Tree {
    wire: Wire,
    root: Node,
}

enum Node {
    Plain(serde_json::Value),
    Template { pointer: String, template: Template },
    List(Vec<Node>),
    Mapping(Vec<(String, Node)>),
}

impl Tree {
    /// A tree of JSON. `pointer` is where it stands in its document, for messages: a JSON Pointer, or
    /// nothing.
    ///
    /// # Errors
    ///
    /// A template does not parse, or uses what templates of a repository cannot use; or there are too
    /// many. The error names it by its JSON Pointer.
    pub fn new(pointer: &str, templates: &serde_json::Value) -> Result<Self, TemplateError> {
        let mut builder = Builder { wire: Wire::new(Writing::Plain), templates: 0 };
        let root = builder.node(pointer, templates)?;
        let Builder { mut wire, templates } = builder;
        wire.allow((STEPS / templates.max(1) as u64).max(FEWEST));
        Ok(Self { wire, root })
    }

    /// What it makes of values, which are the fields of a mapping. Nothing if it is one template, and
    /// that is left out.
    ///
    /// # Errors
    ///
    /// A value is missing, or has a type that cannot stand there; or it takes too long or makes too
    /// much. The error names the template by its JSON Pointer.
    pub fn render(&self, values: &Value) -> Result<Option<serde_json::Value>, TemplateError> {
        let mut budget = Budget(LARGEST);
        self.made(&self.root, values, &mut budget)
    }

    fn made(
        &self,
        node: &Node,
        values: &Value,
        budget: &mut Budget,
    ) -> Result<Option<serde_json::Value>, TemplateError> {
        Ok(Some(match node {
            Node::Plain(value) => value.clone(),
            Node::Template { pointer, template } if template.is_value => {
                let told = |error| TemplateError::of(&error, pointer, true, &|_| None);
                match self.wire.value(template, values)? {
                    Some(value) => budget.value(&value).map_err(told)?,
                    None => return Ok(None),
                }
            }
            Node::Template { pointer, template } => {
                let text = self.wire.text(template, values)?;
                let told = |error| TemplateError::of(&error, pointer, true, &|_| None);
                budget.take(text.len()).map_err(told)?;
                serde_json::Value::String(text)
            }
            Node::List(items) => {
                let mut made = Vec::with_capacity(items.len());
                for item in items {
                    made.extend(self.made(item, values, budget)?);
                }
                serde_json::Value::Array(made)
            }
            Node::Mapping(entries) => {
                serde_json::Value::Object(self.mapping(entries, values, budget)?)
            }
        }))
    }

    fn mapping(
        &self,
        entries: &[(String, Node)],
        values: &Value,
        budget: &mut Budget,
    ) -> Result<serde_json::Map<String, serde_json::Value>, TemplateError> {
        let mut made = serde_json::Map::new();
        for (key, node) in entries {
            let Some(value) = self.made(node, values, budget)? else { continue };
            match value {
                serde_json::Value::Object(spread) if key == SPREAD => made.extend(spread),
                _ if key == SPREAD => return Err(no_mapping(node)),
                value => {
                    made.insert(key.clone(), value);
                }
            }
        }
        Ok(made)
    }
}

/// What is spread is not a mapping.
fn no_mapping(node: &Node) -> TemplateError {
    let pointer = match node {
        Node::Template { pointer, .. } => pointer,
        _ => SPREAD,
    };
    TemplateError::at(pointer, "", Span::new(0, 0), "what stands at `...` is no mapping")
}

struct Builder {
    wire: Wire,
    templates: usize,
}

impl Builder {
    fn node(&mut self, pointer: &str, value: &serde_json::Value) -> Result<Node, TemplateError> {
        match value {
            serde_json::Value::String(text) if is_template(text) => {
                self.templates += 1;
                if self.templates > MOST {
                    let message = format!("there are more than {MOST} templates");
                    return Err(TemplateError::at(pointer, "", Span::new(0, 0), message));
                }
                let template = self.wire.add(pointer, text)?;
                Ok(Node::Template { pointer: pointer.to_owned(), template })
            }
            serde_json::Value::Array(items) => {
                let nodes = items.iter().enumerate();
                let nodes = nodes.map(|(at, item)| self.node(&format!("{pointer}/{at}"), item));
                Ok(Node::List(nodes.collect::<Result<_, _>>()?))
            }
            serde_json::Value::Object(fields) => {
                let nodes = fields.iter().map(|(key, value)| {
                    // RFC 6901 §3.
                    let part = key.replace('~', "~0").replace('/', "~1");
                    Ok((key.clone(), self.node(&format!("{pointer}/{part}"), value)?))
                });
                Ok(Node::Mapping(nodes.collect::<Result<_, _>>()?))
            }
            value => Ok(Node::Plain(value.clone())),
        }
    }
}

/// Whether a text is a template, and not a text that is meant as it stands.
pub(super) fn is_template(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|open| text.contains(open))
}
