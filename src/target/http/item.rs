//! An object as the target writes it, read as gitsm sees it.

use serde_json::Value;

use super::call::told;
use crate::model::gitsm::target::http::{Kind, Reading};
use crate::plan::{Fields, Mark, ObjectId, Observed};
use crate::target::Fault;
use crate::template::{self, Serde, Tree};

/// How the objects of a kind are read.
pub(super) struct Reader {
    kind: String,
    id: String,
    name: String,
    is_named: bool,
    fields: Where,
    split: Vec<String>,
    mark: Option<String>,
}

/// Where fields are.
enum Where {
    Pointer(String),
    Templates(Box<Tree>),
}

impl Reader {
    /// How the objects of a kind are read. `place` is its JSON Pointer in the settings.
    pub(super) fn new(place: &str, name: &str, kind: &Kind) -> Result<Self, Fault> {
        let pointers = [Some(&kind.id), kind.name.as_ref(), kind.mark.as_ref()];
        for pointer in pointers.into_iter().flatten() {
            is_pointer(place, pointer)?;
        }
        let fields = match &kind.fields {
            Reading::Pointer(pointer) => {
                is_pointer(place, pointer)?;
                Where::Pointer(pointer.clone())
            }
            Reading::Templates(templates) => {
                let tree = Tree::new(&format!("{place}/fields"), &Value::Object(templates.clone()));
                Where::Templates(Box::new(tree.map_err(|error| Fault::settings(told(&error)))?))
            }
        };
        Ok(Self {
            kind: name.to_owned(),
            id: kind.id.clone(),
            name: kind.name.clone().unwrap_or_else(|| kind.id.clone()),
            is_named: kind.named,
            fields,
            split: kind.split.clone(),
            mark: kind.mark.clone(),
        })
    }

    /// Whether an object is found by its name.
    pub(super) fn is_found_by_name(&self) -> bool {
        self.is_named && self.id == self.name
    }

    /// Reads an object. The error says what it has not, or has otherwise, in one phrase.
    pub(super) fn read(&self, mut item: Value) -> Result<Observed, String> {
        let handle = self.text(&item, &self.id)?;
        let mark = self.mark.as_ref().and_then(|pointer| take(&mut item, pointer));
        let mark = mark.and_then(|mark| match mark {
            Value::String(text) => text.lines().rev().find_map(Mark::read),
            value => Mark::read(&value.to_string()),
        });
        let name = match (self.is_named, &mark) {
            (true, _) => self.text(&item, &self.name)?,
            (false, Some(mark)) if mark.id.kind == self.kind => mark.id.name.clone(),
            (false, _) => handle.clone(),
        };
        let fields = self.fields(item)?;
        Ok(Observed { id: ObjectId::new(&self.kind, name), handle, fields: Some(fields), mark })
    }

    fn text(&self, item: &Value, pointer: &str) -> Result<String, String> {
        match item.pointer(pointer) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => Err(format!("a {} has no text or number at {pointer}", self.kind)),
        }
    }

    fn fields(&self, mut item: Value) -> Result<Fields, String> {
        let found = match &self.fields {
            Where::Pointer(pointer) => {
                let fields = item.pointer_mut(pointer).map(Value::take);
                fields.ok_or_else(|| format!("a {} has nothing at {pointer}", self.kind))?
            }
            Where::Templates(tree) => {
                let values = serde_json::json!({"item": item});
                let made = tree.render(&template::Value::from(Serde(values)));
                made.map_err(|error| told(&error))?.unwrap_or_default()
            }
        };
        let Value::Object(found) = found else {
            return Err(format!("the fields of a {} are no mapping", self.kind));
        };
        let mut fields = Fields::new();
        for (name, value) in found {
            match value {
                Value::Object(entries) if self.split.contains(&name) => {
                    let entries = entries.into_iter();
                    fields.extend(entries.map(|(key, value)| (format!("{name}.{key}"), value)));
                }
                value => {
                    fields.insert(name, value);
                }
            }
        }
        fields.retain(|_, value| !value.is_null());
        Ok(fields)
    }
}

/// Takes out what is at a pointer, with its key.
fn take(item: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, key) = pointer.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    match item.pointer_mut(parent)? {
        Value::Object(fields) => fields.shift_remove(&key),
        parent => parent.pointer_mut(&format!("/{key}")).map(Value::take),
    }
}

/// Whether a text is a JSON Pointer (RFC 6901 §3).
pub(super) fn is_pointer(place: &str, pointer: &str) -> Result<(), Fault> {
    match pointer.is_empty() || pointer.starts_with('/') {
        true => Ok(()),
        false => Err(Fault::settings(format!(
            "{place}: `{pointer}` is no JSON Pointer: write `/{pointer}`"
        ))),
    }
}
