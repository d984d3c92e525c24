//! All that an entity says in its `spec`, as an outline: for kinds that people read from the first
//! line to the last, such as the rules by which changes are judged.

use serde_json::Value;

use super::page::{Subject, plain};
use super::pages::Pages;
use super::promises::in_words;
use crate::catalog::EntityId;
use crate::output::{Outline, Said};
use crate::render::spoken;

/// How many points an outline has at most.
const MOST: usize = 400;

/// What something in a list is called by, if it has a name.
const NAMES: &[&str] = &["displayName", "title", "name", "id"];

impl Pages<'_> {
    /// What an entity says of itself, point by point; of very much the first points, and that there
    /// are more.
    pub fn outline(&self, id: EntityId) -> Vec<Outline> {
        let value = self.value(id).unwrap_or_default();
        let entity = self.catalog.entity(id);
        let subject = Subject { pages: self, id, entity, value };
        let Some(spec) = subject.at(&["spec"]) else { return Vec::new() };
        let mut teller = Teller { subject: &subject, path: vec!["spec"], left: MOST };
        let mut points = teller.points(spec);
        // What stands above everything is not told twice.
        points.retain(|point| point.label != "description");
        if teller.left == 0 {
            let said = "its file says all of it".into();
            points.push(Outline { label: "and more".to_owned(), said, points: Vec::new() });
        }
        points
    }
}

/// Tells a value; `path` is where it stands, items of lists as `*`.
struct Teller<'s> {
    subject: &'s Subject<'s>,
    path: Vec<&'s str>,
    left: usize,
}

impl<'s> Teller<'s> {
    fn points(&mut self, value: &'s Value) -> Vec<Outline> {
        match value {
            Value::Object(fields) => fields
                .iter()
                .filter_map(|(key, value)| self.point(spoken(key), key, value))
                .collect(),
            Value::Array(items) => {
                let of =
                    |(number, item): (usize, &'s Value)| self.point(label(item, number), "*", item);
                items.iter().enumerate().filter_map(of).collect()
            }
            _ => Vec::new(),
        }
    }

    fn point(&mut self, label: String, step: &'s str, value: &'s Value) -> Option<Outline> {
        self.left = self.left.checked_sub(1)?;
        self.path.push(step);
        let (said, points) = match (self.said(value), value) {
            (Some(said), _) => (said, Vec::new()),
            (None, value) => (Said::default(), self.points(value)),
        };
        self.path.pop();
        let is_told = !said.is_empty() || !points.is_empty();
        is_told.then_some(Outline { label, said, points })
    }

    /// What is told in a line: a word, a number, or a list of such.
    fn said(&mut self, value: &Value) -> Option<Said> {
        match value {
            Value::Object(_) => None,
            Value::Array(items) => {
                let texts = items.iter().map(plain).collect::<Option<Vec<String>>>()?;
                self.path.push("*");
                let said = Said::list(texts.iter().map(|text| self.written(text)));
                self.path.pop();
                (!texts.is_empty()).then_some(said)
            }
            Value::Bool(truth) => Some(if *truth { "yes" } else { "no" }.into()),
            value => {
                let text = plain(value)?;
                (!text.trim().is_empty()).then(|| self.written(text.trim()))
            }
        }
    }

    fn written(&self, text: &str) -> Said {
        match in_words(text) {
            words if words != text => words.into(),
            _ => self.subject.written(self.subject.id, &self.path, text).into(),
        }
    }
}

/// What something in a list is called.
fn label(item: &Value, number: usize) -> String {
    let name = NAMES.iter().find_map(|name| item.get(name)?.as_str());
    name.map_or_else(|| (number + 1).to_string(), str::to_owned)
}
