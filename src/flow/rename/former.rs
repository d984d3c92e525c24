//! What a document of the entity itself says of its names: the namespace that it did not write, and
//! the names that it had.

use serde_json::Value;

use super::name::{NewName, spelled_out};
use crate::flow::refs::FORMERLY;
use crate::model::{Kind, parse_reference};
use crate::source::Source;
use crate::yaml::{
    Edit, Field, Node, NodeKind, Pointer, add_fields, add_first, emit, push_item, remove_field,
    remove_item, requoted,
};

/// What is to become of the names in one of the entity's documents.
#[derive(Debug, Clone)]
pub(super) struct Own {
    pub(super) kind: &'static Kind,
    /// The namespace that the document had.
    pub(super) namespace: String,
    pub(super) new: NewName,
    /// The former name to add, in a document that is to say it.
    pub(super) add: Option<String>,
}

/// Edits, and the values that they make: nothing where a field goes.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) edits: Vec<Edit>,
    pub(super) values: Vec<(Pointer, Option<Value>)>,
}

impl Made {
    fn push(&mut self, edit: Option<Edit>, what: &str) -> Result<(), String> {
        let edit = edit.ok_or_else(|| format!("its {what} is written in a way of its own"))?;
        self.edits.push(edit);
        Ok(())
    }
}

/// What stands first in `metadata`.
const HEAD: &[&str] = &["name", "namespace"];

impl Own {
    /// Changes the names in a document.
    ///
    /// # Errors
    ///
    /// They are written in a way that only their author should change; why.
    pub(super) fn edit(&self, source: &Source, root: Node<'_>) -> Result<Made, String> {
        let mut made = Made::default();
        let Some(metadata) = root.get("metadata") else { return Ok(made) };
        let mut fields: Vec<Field<'_>> = Vec::new();
        if metadata.get("namespace").is_none() && self.is_moved() {
            fields.push(("namespace", emit::scalar(&self.new.namespace)));
            let value = Value::from(self.new.namespace.as_str());
            made.values.push((Pointer::from_text("/metadata/namespace"), Some(value)));
        }
        if let Some(node) = metadata.get("namespace").filter(|_| self.is_moved()) {
            let text = requoted(source.slice(node.span()), &self.new.namespace);
            made.push(
                text.map(|replacement| Edit { span: node.span(), replacement }),
                "namespace",
            )?;
            let value = Value::from(self.new.namespace.as_str());
            made.values.push((Pointer::from_text("/metadata/namespace"), Some(value)));
        }
        match self.kind.group.foreign {
            true => self.annotation(source, metadata, &mut made, &mut fields)?,
            false => self.list(source, metadata, &mut made, &mut fields)?,
        }
        if !fields.is_empty() {
            made.push(add_fields(source, metadata, HEAD, &fields), "metadata")?;
        }
        Ok(made)
    }

    fn is_moved(&self) -> bool {
        !self.namespace.eq_ignore_ascii_case(&self.new.namespace)
    }

    /// Whether a former name is what the entity is called from now on.
    fn is_new(&self, text: &str) -> bool {
        let parsed = parse_reference(text, Some(self.kind.name), &self.namespace);
        parsed.is_ok_and(|old| old == self.new.reference)
    }

    /// A former name as it must be written from now on.
    fn kept(&self, text: &str) -> String {
        let spelled = self.is_moved().then(|| spelled_out(text, &self.namespace)).flatten();
        spelled.unwrap_or_else(|| text.to_owned())
    }

    /// `metadata.formerly` of gitsm's own documents.
    fn list(
        &self,
        source: &Source,
        metadata: Node<'_>,
        made: &mut Made,
        fields: &mut Vec<Field<'_>>,
    ) -> Result<(), String> {
        let pointer = Pointer::from_text("/metadata/formerly");
        let Some(list) = metadata.get("formerly") else {
            if let Some(add) = &self.add {
                fields.push(("formerly", format!("[{}]", self.text(source, metadata, add))));
                made.values.push((pointer, Some(vec![add.clone()].into())));
            }
            return Ok(());
        };
        if list.kind() != NodeKind::Sequence {
            return Err("its `formerly` is no list".to_owned());
        }
        let items: Vec<&str> = list.items().map(|item| item.text().unwrap_or_default()).collect();
        let gone = |item: &&&str| self.is_new(item);
        let mut after: Vec<String> =
            items.iter().filter(|item| !gone(item)).map(|item| self.kept(item)).collect();
        after.extend(self.add.clone());
        if after.is_empty() && !items.is_empty() {
            made.values.push((pointer, None));
            return made.push(remove_field(source, metadata, "formerly"), "`formerly`");
        }
        for (number, (node, item)) in list.items().zip(&items).enumerate() {
            if self.is_new(item) {
                made.push(remove_item(source, list, number), "`formerly`")?;
            } else if self.kept(item) != **item {
                let text = requoted(source.slice(node.span()), &self.kept(item));
                let edit = text.map(|replacement| Edit { span: node.span(), replacement });
                made.push(edit, "`formerly`")?;
            }
        }
        if let Some(add) = &self.add {
            let add = self.text(source, metadata, add);
            made.push(push_item(source, list, &add), "`formerly`")?;
        }
        made.values.push((pointer, Some(after.into())));
        Ok(())
    }

    /// A text as a scalar; in JSON in double quotes.
    fn text(&self, source: &Source, metadata: Node<'_>, text: &str) -> String {
        let name = metadata.entries().next().map(|(key, _)| source.slice(key.span()));
        match name.is_some_and(|name| name.starts_with('"')) {
            true => Value::from(text).to_string(),
            false => emit::scalar(text),
        }
    }

    /// The annotation of foreign documents, whose names are separated by commas.
    fn annotation(
        &self,
        source: &Source,
        metadata: Node<'_>,
        made: &mut Made,
        fields: &mut Vec<Field<'_>>,
    ) -> Result<(), String> {
        let annotations = metadata.get("annotations");
        let old = annotations.and_then(|all| all.get(FORMERLY));
        let names = old.and_then(Node::as_str).unwrap_or_default().split(',').map(str::trim);
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        let mut after: Vec<String> =
            names.iter().filter(|name| !self.is_new(name)).map(|name| self.kept(name)).collect();
        let is_same = self.add.is_none() && after == names;
        after.extend(self.add.clone());
        if is_same {
            return Ok(());
        }
        let all = Pointer::from_text("/metadata/annotations");
        let pointer = all.join(FORMERLY);
        let text = after.join(",");
        match (annotations, old) {
            (Some(annotations), Some(_)) if after.is_empty() => {
                let is_alone = annotations.entries().len() == 1;
                made.values.push((if is_alone { all } else { pointer }, None));
                let edit = match is_alone {
                    true => remove_field(source, metadata, "annotations"),
                    false => remove_field(source, annotations, FORMERLY),
                };
                return made.push(edit, "annotation");
            }
            (Some(_), Some(old)) => {
                let replacement = requoted(source.slice(old.span()), &text);
                let edit = replacement.map(|replacement| Edit { span: old.span(), replacement });
                made.push(edit, "annotation")?;
            }
            (Some(annotations), None) if annotations.entries().len() > 0 => {
                let field = (FORMERLY, self.text(source, annotations, &text));
                made.push(add_first(source, annotations, &field), "annotations")?;
            }
            (Some(_), None) => return Err("its `annotations` is empty".to_owned()),
            (None, _) => {
                let key = self.text(source, metadata, FORMERLY);
                let value = self.text(source, metadata, &text);
                fields.push(("annotations", format!("\n  {key}: {value}")));
                let value = serde_json::json!({ (FORMERLY): text });
                made.values.push((all, Some(value)));
                return Ok(());
            }
        }
        made.values.push((pointer, Some(text.into())));
        Ok(())
    }
}
