//! Alertmanager's configuration, of which only some receivers and routes are gitsm's.
//!
//! What is edited is the text, so that everything else stays as its author wrote it, comments too.
//! Where the text does not allow that, it is written anew with the same meaning. Either way the result
//! is read again, and must say what was meant.

use serde_json::{Map, Value};

use super::routes::PREFIX;
use crate::source::{File, Source};
use crate::yaml::{
    Edit, Limits, Node, Stream, add_fields, de, emit, parse, push_item, remove_field, remove_item,
    splice,
};

/// A list of the configuration, and what its items go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// `receivers`, by `name`.
    Receivers,
    /// `route.routes`, by `receiver`.
    Routes,
}

impl List {
    /// The list of a kind of objects.
    pub(super) fn of(kind: &str) -> Option<Self> {
        match kind {
            "receiver" => Some(Self::Receivers),
            "route" => Some(Self::Routes),
            _ => None,
        }
    }

    /// The kind of objects that its items are.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Receivers => "receiver",
            Self::Routes => "route",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Receivers => "name",
            Self::Routes => "receiver",
        }
    }

    fn field(self) -> &'static str {
        match self {
            Self::Receivers => "receivers",
            Self::Routes => "routes",
        }
    }

    /// The mapping that has it.
    fn parent(self, root: &Value) -> Option<&Value> {
        match self {
            Self::Receivers => Some(root),
            Self::Routes => root.get("route"),
        }
    }

    fn parent_mut(self, root: &mut Value) -> Option<&mut Map<String, Value>> {
        match self {
            Self::Receivers => root.as_object_mut(),
            Self::Routes => root.get_mut("route")?.as_object_mut(),
        }
    }

    fn parent_node<'n>(self, root: Node<'n>) -> Option<Node<'n>> {
        match self {
            Self::Receivers => Some(root),
            Self::Routes => root.get("route"),
        }
    }
}

/// A configuration, read.
pub(super) struct Config {
    source: Source,
    stream: Stream,
    value: Value,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// It is no YAML, or not one mapping.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let source = Source::new(File::local("alertmanager.yml"), text.to_owned());
        let stream = parse(&source, &Limits::default());
        if let Some(problem) = stream.problems.first() {
            let line =
                text.get(..problem.span.start as usize).map_or(1, |before| before.lines().count());
            return Err(format!("it is no YAML that gitsm can read, at line {line}"));
        }
        let [root] = stream.documents.as_slice() else {
            return Err("it is not one document of YAML".into());
        };
        let value: Value =
            de::from_node(stream.arena.node(*root)).map_err(|error| error.to_string())?;
        match value.is_object() {
            true => Ok(Self { source, stream, value }),
            false => Err("it is no mapping".into()),
        }
    }

    /// The items of gitsm, each with what it goes by and what else it says.
    pub(super) fn items(&self, list: List) -> Vec<(String, Map<String, Value>)> {
        let parent = list.parent(&self.value);
        let items = parent.and_then(|parent| parent.get(list.field())?.as_array());
        let own = items.into_iter().flatten().filter_map(|item| {
            let mut fields = item.as_object()?.clone();
            let name = fields.shift_remove(list.key())?;
            Some((name.as_str()?.strip_prefix(PREFIX)?.to_owned(), fields))
        });
        own.collect()
    }

    fn at(&self, list: List, name: &str) -> Option<usize> {
        let items = list.parent(&self.value)?.get(list.field())?.as_array()?;
        let is_it = |item: &Value| {
            item.get(list.key()).and_then(Value::as_str).and_then(|one| one.strip_prefix(PREFIX))
                == Some(name)
        };
        items.iter().position(is_it)
    }

    /// The text with an item set, or taken away.
    ///
    /// # Errors
    ///
    /// The configuration has no place for it.
    pub(super) fn with(
        &self,
        list: List,
        name: &str,
        fields: Option<&Map<String, Value>>,
    ) -> Result<String, String> {
        let at = self.at(list, name);
        let item = fields.map(|fields| {
            let mut item = Map::new();
            item.insert(list.key().to_owned(), format!("{PREFIX}{name}").into());
            item.extend(fields.clone());
            Value::Object(item)
        });
        let meant = self.meant(list, at, item.clone())?;
        let holds = |text: &String| Self::read(text).is_ok_and(|config| config.value == meant);
        let edited =
            [false, true].into_iter().filter_map(|flow| self.edited(list, at, item.as_ref(), flow));
        if let Some(text) = edited.into_iter().find(holds) {
            return Ok(text);
        }
        emit::to_string(&meant).map_err(|error| error.to_string())
    }

    fn meant(&self, list: List, at: Option<usize>, item: Option<Value>) -> Result<Value, String> {
        let mut meant = self.value.clone();
        let Some(parent) = list.parent_mut(&mut meant) else {
            return Err(
                "it has no `route`: give it one, with the receiver of everything else".into()
            );
        };
        let mut items = match parent.get(list.field()) {
            Some(Value::Array(items)) => items.clone(),
            None | Some(Value::Null) => Vec::new(),
            Some(_) => return Err(format!("`{}` is no list", list.field())),
        };
        match (at.and_then(|at| items.get_mut(at)), item) {
            (Some(old), Some(new)) => *old = new,
            (None, Some(new)) => items.push(new),
            (Some(_), None) => _ = at.map(|at| items.remove(at)),
            (None, None) => {}
        }
        match items.is_empty() {
            true => _ = parent.shift_remove(list.field()),
            false => _ = parent.insert(list.field().to_owned(), items.into()),
        }
        Ok(meant)
    }

    /// The text with the edit made in place; `flow` is how a list is written that is not there yet.
    fn edited(
        &self,
        list: List,
        at: Option<usize>,
        item: Option<&Value>,
        flow: bool,
    ) -> Option<String> {
        let root = self.stream.arena.node(*self.stream.documents.first()?);
        let parent = list.parent_node(root)?;
        let items = parent.get(list.field());
        let text = item.map(Value::to_string);
        let edit = match (items, at, text) {
            (Some(items), Some(at), Some(text)) => {
                Edit { span: items.item(at)?.span(), replacement: text }
            }
            (Some(items), None, Some(text)) => push_item(&self.source, items, &text)?,
            (Some(items), Some(at), None) if items.items().len() > 1 => {
                remove_item(&self.source, items, at)?
            }
            (Some(_), Some(_), None) => remove_field(&self.source, parent, list.field())?,
            (None, _, Some(text)) => {
                let list_text = if flow { format!("[{text}]") } else { format!("\n  - {text}") };
                let keys: Vec<&str> = parent.entries().filter_map(|(key, _)| key.text()).collect();
                add_fields(&self.source, parent, &keys, &[(list.field(), list_text)])?
            }
            (_, None, None) => return Some(self.source.text().to_owned()),
            (None, Some(_), None) => return None,
        };
        splice(self.source.text(), &[edit])
    }
}
