//! Edits of one document, so that it holds other values.

use super::lines::{
    before, comments_above, end_of, is_flow, is_special, line_break, line_end, line_start, moved,
};
use super::{Stuck, Text};
use crate::change::fields::named;
use crate::change::value::{Located, Value};
use crate::source::Span;
use crate::yaml::{Edit, Node, emit, remove_field, remove_item};

/// The edits that bring a document nearer to a value; none if it holds that.
pub(super) fn edits<'t>(
    now: &'t Text,
    root: Node<'t>,
    goal: &Located,
    old: Option<(&'t Text, Node<'t>)>,
    made: Option<&'t str>,
) -> Result<Vec<Edit>, Stuck> {
    let mut writer = Writer { now, old: old.map(|(old, _)| old), made, edits: Vec::new() };
    writer.value(root, goal, old.map(|(_, root)| root), &Slot::Root)?;
    Ok(writer.edits)
}

/// Where a value stands.
enum Slot<'n> {
    /// At the top of a document.
    Root,
    /// In a field: its key now, and its key in the old text.
    Field(Node<'n>, Option<Node<'n>>),
    /// In a list.
    Item,
}

struct Writer<'t> {
    now: &'t Text,
    old: Option<&'t Text>,
    /// What is taken back.
    made: Option<&'t str>,
    edits: Vec<Edit>,
}

impl<'t> Writer<'t> {
    fn text(&self) -> &'t str {
        self.now.source.text()
    }

    fn edit(&mut self, start: usize, end: usize, replacement: String) {
        self.edits.push(Edit { span: Span::new(start, end), replacement });
    }

    fn value(
        &mut self,
        node: Node<'t>,
        goal: &Located,
        old: Option<Node<'t>>,
        slot: &Slot<'t>,
    ) -> Result<(), Stuck> {
        let value = self.now.value(node);
        if value == *goal {
            return Ok(());
        }
        if is_special(&self.now.source, node) {
            return Err(Stuck::Unclear);
        }
        match (&value.value, &goal.value) {
            (Value::Map(has), Value::Map(wants)) if !has.is_empty() && !wants.is_empty() => {
                self.mapping(node, goal, old)
            }
            (Value::Seq(has), Value::Seq(wants)) if !has.is_empty() && !wants.is_empty() => {
                match (named(has), named(wants)) {
                    (Some(has), Some(wants)) if in_order(&has, &wants) => {
                        self.list(node, &has, &wants, old)
                    }
                    _ => self.replace(node, goal, old, slot),
                }
            }
            _ => self.replace(node, goal, old, slot),
        }
    }

    fn mapping(
        &mut self,
        node: Node<'t>,
        goal: &Located,
        old: Option<Node<'t>>,
    ) -> Result<(), Stuck> {
        let wants = goal.value.fields();
        let stays = |key: &str| wants.iter().any(|(name, _)| name == key);
        for (key, value) in node.entries() {
            let name = key.text().unwrap_or_default();
            let old = old.and_then(|old| old.entry(name));
            match goal.value.get(name) {
                Some(goal) => {
                    let slot = Slot::Field(key, old.map(|(key, _)| key));
                    self.value(value, goal, old.map(|(_, value)| value), &slot)?;
                }
                None => {
                    let edit = remove_field(&self.now.source, node, name);
                    self.edits.push(edit.ok_or(Stuck::Unclear)?);
                }
            }
        }
        let is_kept = node.entries().any(|(key, _)| stays(key.text().unwrap_or_default()));
        let new = wants.iter().filter(|(name, _)| node.entry(name).is_none());
        let new: Vec<&(String, Located)> = new.collect();
        if !is_kept {
            return Err(Stuck::Unclear);
        }
        for (name, value) in in_old_order(new, old) {
            self.add_field(node, name, value, old)?;
        }
        Ok(())
    }

    /// Adds a field behind the nearest one that it followed, or else at the end.
    fn add_field(
        &mut self,
        node: Node<'t>,
        name: &str,
        value: &Located,
        old: Option<Node<'t>>,
    ) -> Result<(), Stuck> {
        let text = self.text();
        let entry = old.and_then(|old| old.entry(name));
        let entry = entry.filter(|(_, one)| self.old.is_some_and(|old| old.value(*one) == *value));
        let earlier = old.map(|old| {
            let keys = old.entries().map(|(key, _)| key.text().unwrap_or_default());
            keys.take_while(|key| *key != name).filter_map(|key| node.entry(key)).last()
        });
        let first = node.entries().next().ok_or(Stuck::Unclear)?;
        let last = node.entries().last().ok_or(Stuck::Unclear)?;
        let behind = match earlier {
            Some(earlier) if entry.is_some() => earlier,
            _ => Some(last),
        };
        let is_json = self.now.source.slice(first.0.span()).starts_with('"');
        let key = if is_json { quoted(name) } else { emit::scalar(name) };
        if is_flow(&self.now.source, node) {
            let field = format!("{key}: {}", self.inline(value, entry.map(|(_, one)| one)));
            match behind {
                Some((_, value)) => {
                    let end = end_of(&self.now.source, value);
                    self.edit(end, end, format!(", {field}"));
                }
                None => {
                    let start = first.0.span().start as usize;
                    self.edit(start, start, format!("{field}, "));
                }
            }
            return Ok(());
        }
        let start = first.0.span().start as usize;
        let indent = before(text, start).ok_or(Stuck::Unclear)?.len();
        let line_break = line_break(text);
        let lines = entry.and_then(|(key, value)| self.old_lines(key, value, indent));
        let lines = lines.unwrap_or_else(|| format!("{key}: {}", flow(value)));
        match behind {
            Some((_, value)) => {
                let at = line_end(text, end_of(&self.now.source, value));
                self.edit(at, at, format!("{line_break}{}{lines}", " ".repeat(indent)));
            }
            None => {
                let indent = " ".repeat(indent);
                self.edit(start, start, format!("{lines}{line_break}{indent}"));
            }
        }
        Ok(())
    }

    /// A field or an item as lines of the old text, with the comments at their ends and those right
    /// above that are not there any more.
    fn old_lines(&self, first: Node<'t>, value: Node<'t>, indent: usize) -> Option<String> {
        let old = self.old?.source.text();
        let start = first.span().start as usize;
        let from = before(old, start)?;
        let end = line_end(old, end_of(&self.old?.source, value));
        let line_break = line_break(self.text());
        let own = moved(old.get(start..end)?, from.len(), indent, line_break)?;
        let above = comments_above(old, start);
        let comments = old.get(above..line_start(old, start))?;
        let is_there = comments.lines().all(|line| self.text().contains(line.trim()));
        if comments.is_empty() || is_there || from.contains('-') {
            return Some(own);
        }
        let blanks = " ".repeat(indent);
        let comments = comments.lines().map(|line| format!("{}{line_break}{blanks}", line.trim()));
        Some(comments.collect::<String>() + &own)
    }

    fn list(
        &mut self,
        node: Node<'t>,
        has: &[(String, &Located)],
        wants: &[(String, &Located)],
        old: Option<Node<'t>>,
    ) -> Result<(), Stuck> {
        let find = |all: &[(String, &Located)], name: &str| all.iter().position(|(n, _)| n == name);
        if !has.iter().any(|(name, _)| find(wants, name).is_some()) {
            return Err(Stuck::Unclear);
        }
        let olds: Vec<Node<'t>> = old.map(|old| old.items().collect()).unwrap_or_default();
        let old_values: Vec<Located> =
            olds.iter().filter_map(|one| Some(self.old?.value(*one))).collect();
        let old_names = named(&old_values).unwrap_or_default();
        let old_item =
            |name: &str| find(&old_names, name).and_then(|number| olds.get(number).copied());
        for (number, (name, _)) in has.iter().enumerate() {
            match find(wants, name) {
                None => {
                    let edit = remove_item(&self.now.source, node, number);
                    self.edits.push(edit.ok_or(Stuck::Unclear)?);
                }
                Some(wanted) => {
                    let item = node.item(number).ok_or(Stuck::Unclear)?;
                    self.value(item, wants[wanted].1, old_item(name), &Slot::Item)?;
                }
            }
        }
        let mut behind = None;
        for (name, value) in wants {
            match find(has, name) {
                Some(number) => behind = node.item(number),
                None => self.add_item(node, behind, value, old_item(name))?,
            }
        }
        Ok(())
    }

    fn add_item(
        &mut self,
        list: Node<'t>,
        behind: Option<Node<'t>>,
        value: &Located,
        old: Option<Node<'t>>,
    ) -> Result<(), Stuck> {
        let text = self.text();
        let first = list.items().next().ok_or(Stuck::Unclear)?;
        let at = first.span().start as usize;
        let old = old.filter(|one| self.old.is_some_and(|old| old.value(*one) == *value));
        if is_flow(&self.now.source, list) {
            let item = self.inline(value, old);
            match behind {
                Some(behind) => {
                    let end = end_of(&self.now.source, behind);
                    self.edit(end, end, format!(", {item}"));
                }
                None => self.edit(at, at, format!("{item}, ")),
            }
            return Ok(());
        }
        let dash = before(text, at).filter(|dash| dash.trim() == "-").ok_or(Stuck::Unclear)?;
        let line_break = line_break(text);
        let in_lines = old.filter(|old| self.old.is_some_and(|text| !is_flow(&text.source, *old)));
        let lines = in_lines.and_then(|old| self.old_lines(old, old, dash.len()));
        let item = lines.unwrap_or_else(|| self.inline(value, old));
        match behind {
            Some(behind) => {
                let end = line_end(text, end_of(&self.now.source, behind));
                self.edit(end, end, format!("{line_break}{dash}{item}"));
            }
            None => {
                let start = line_start(text, at);
                self.edit(start, start, format!("{dash}{item}{line_break}"));
            }
        }
        Ok(())
    }

    /// Puts a value in the place of another one.
    fn replace(
        &mut self,
        node: Node<'t>,
        goal: &Located,
        old: Option<Node<'t>>,
        slot: &Slot<'t>,
    ) -> Result<(), Stuck> {
        let text = self.text();
        let old = old.filter(|one| self.old.is_some_and(|old| old.value(*one) == *goal));
        let (start, end) = (node.span().start as usize, end_of(&self.now.source, node));
        let written = text.get(start..end).ok_or(Stuck::Unclear)?;
        let is_block = |text: &str| text.contains('\n') || text.starts_with(['|', '>']);
        let old_text = old.and_then(|old| {
            let source = &self.old?.source;
            source.text().get(old.span().start as usize..end_of(source, old))
        });
        let Slot::Field(key, old_key) = slot else {
            if matches!(slot, Slot::Root) || is_block(written) {
                return Err(Stuck::Unclear);
            }
            let value = self.inline(goal, old);
            self.edit(start, end, value);
            return Ok(());
        };
        let key_start = key.span().start as usize;
        let in_lines = before(text, key_start).filter(|_| line_start(text, key_start) <= key_start);
        let is_multiline =
            is_block(written) || written.is_empty() || old_text.is_some_and(is_block);
        if let Some(indent) = in_lines.filter(|_| is_multiline) {
            let entry = old.zip(*old_key);
            let lines = entry.and_then(|(old, key)| self.old_lines(key, old, indent.len()));
            let name = self.now.source.slice(key.span());
            let lines = lines.unwrap_or_else(|| format!("{name}: {}", flow(goal)));
            // A comment behind a value on one line stays where it is if the line does.
            let end = match is_block(written) {
                true => line_end(text, end),
                false => line_end(text, end.max(key.span().end as usize)),
            };
            self.edit(key_start, end, lines);
            return Ok(());
        }
        if written.is_empty() {
            return Err(Stuck::Unclear);
        }
        let value = self.inline(goal, old);
        match in_lines.and_then(|_| self.old_tail(end, old?)) {
            Some(tail) => self.edit(start, line_end(text, end), format!("{value}{tail}")),
            None => self.edit(start, end, value),
        }
        Ok(())
    }

    /// What stood behind a value on its line, if the line of today is as the change left it: then
    /// its comment is the change's own as well.
    fn old_tail(&self, end: usize, old: Node<'t>) -> Option<&'t str> {
        let is_comment = |tail: &str| {
            let rest = tail.trim_start();
            rest.is_empty() || (rest.len() < tail.len() && rest.starts_with('#'))
        };
        let text = self.text();
        let line = text.get(line_start(text, end)..line_end(text, end))?.trim();
        let is_own = self.made?.lines().any(|own| own.trim() == line);
        let source = &self.old?.source;
        let was = end_of(source, old);
        let tail = source.text().get(was..line_end(source.text(), was))?;
        let now = text.get(end..line_end(text, end))?;
        (is_own && is_comment(tail) && is_comment(now)).then_some(tail)
    }

    /// A value on one line: as it was written, if that is one line, or else in JSON, which is YAML.
    fn inline(&self, value: &Located, old: Option<Node<'t>>) -> String {
        let written = || {
            let source = &self.old?.source;
            let old = old?;
            let text = source.text().get(old.span().start as usize..end_of(source, old))?;
            let is_plain = !text.contains(['\n', '#', '&', '*', '!', '|', '>']) && !text.is_empty();
            // What means itself between commas and brackets means itself anywhere.
            let probe = Text::of(&format!("[{{k: {text}}}, {text}]")).ok()?;
            let list = probe.stream.documents.first().map(|id| probe.stream.arena.node(*id))?;
            let same = list.items().len() == 2
                && list.item(1).is_some_and(|one| probe.value(one) == *value)
                && list.item(0)?.get("k").is_some_and(|one| probe.value(one) == *value);
            (is_plain && same).then(|| text.to_owned())
        };
        written().unwrap_or_else(|| flow(value))
    }
}

/// Whether items that both lists have come in one order.
fn in_order(has: &[(String, &Located)], wants: &[(String, &Located)]) -> bool {
    let names = |all: &[(String, &Located)], other: &[(String, &Located)]| -> Vec<String> {
        let other: std::collections::BTreeSet<&str> =
            other.iter().map(|(name, _)| name.as_str()).collect();
        let both = all.iter().filter(|(name, _)| other.contains(name.as_str()));
        both.map(|(name, _)| name.clone()).collect()
    };
    let kept = names(has, wants);
    !kept.is_empty() && kept == names(wants, has)
}

/// New fields, those of the old text first and in its order.
fn in_old_order<'f>(
    mut new: Vec<&'f (String, Located)>,
    old: Option<Node<'_>>,
) -> Vec<&'f (String, Located)> {
    let keys: Vec<&str> = old
        .map(|old| old.entries().filter_map(|(key, _)| key.text()).collect())
        .unwrap_or_default();
    new.sort_by_key(|(name, _)| keys.iter().position(|key| key == name).unwrap_or(usize::MAX));
    new
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A value on one line.
fn flow(value: &Located) -> String {
    match &value.value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(digits) => digits.clone(),
        Value::Float(digits) if digits.contains(['.', 'e']) => digits.clone(),
        Value::Float(digits) => format!("{digits}.0"),
        Value::Str(text) => emit::scalar(text),
        Value::Seq(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(fields) => {
            let field = |(key, value): &(String, Located)| {
                format!("{}: {}", emit::scalar(key), flow(value))
            };
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}
