//! Entities as a list: what stands in it, and the formats for programs (`name`, `csv`, `json`,
//! `yaml`). The table for people is in `table.rs`.

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::visible;
use crate::yaml::emit;

/// Entities, one a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The columns.
    pub columns: Vec<Heading>,
    /// The rows, with a cell for each column.
    pub rows: Vec<Row>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its text.
    pub title: String,
    /// Which lists show it.
    pub shown: Shown,
}

/// Which lists show a column; each shows those before it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// Every list.
    Always,
    /// A wide list.
    Wide,
    /// A list for programs, which want the same columns whatever the entities.
    Data,
}

/// One entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// `kind/name`, as another command takes it.
    pub name: String,
    /// The texts of the columns; empty where the entity says nothing.
    pub cells: Vec<String>,
}

/// An entity as a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its canonical reference.
    pub reference: String,
    /// The file that it is in.
    pub file: String,
    /// The line on which its name stands.
    pub line: u32,
    /// Its document, with what other documents add to it.
    pub value: Value,
    /// Its document as it stands in the file, if that is all there is.
    pub text: Option<String>,
}

impl Item {
    /// The value, and beside its own fields `origin`: which entity it is, and where it stands.
    fn with_origin(&self) -> Value {
        let origin = json!({ "reference": self.reference, "file": self.file, "line": self.line });
        let mut fields = match &self.value {
            Value::Object(fields) => fields.clone(),
            _ => Map::new(),
        };
        fields.insert("origin".to_owned(), origin);
        Value::Object(fields)
    }
}

/// What programs get: the entity itself if one was asked for, else a list of kubectl's form.
pub fn value(items: &[Item], one: bool) -> Value {
    match items {
        [item] if one => item.with_origin(),
        _ => {
            let items: Vec<Value> = items.iter().map(Item::with_origin).collect();
            json!({ "apiVersion": "gitsm/v1alpha1", "kind": "List", "items": items })
        }
    }
}

/// `-o json`.
pub fn json(items: &[Item], one: bool) -> String {
    if let ([item], true) = (items, one) {
        return printed(&item.with_origin(), "");
    }
    // A list may be as long as the catalog: it never stands in memory as one value.
    let mut text = printed(&value(&[], false), "");
    let items: Vec<String> =
        items.par_iter().map(|item| printed(&item.with_origin(), "    ")).collect();
    if let (Some(at), false) = (text.rfind("[]"), items.is_empty()) {
        let items: Vec<&str> = items.iter().map(|item| item.trim_end()).collect();
        text.replace_range(at..at + 2, &format!("[\n{}\n  ]", items.join(",\n")));
    }
    text
}

/// A value as JSON, each line behind an indentation.
fn printed(value: &Value, indent: &str) -> String {
    // Values that were read always serialise.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.lines().map(|line| format!("{indent}{}\n", escaped(line))).collect()
}

/// A line of JSON without characters that a terminal obeys: they stand in strings, where an escape
/// means the same.
pub(super) fn escaped(line: &str) -> String {
    if visible(line) == line {
        return line.to_owned();
    }
    let mut text = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        let mut bytes = [0; 4];
        let one: &str = c.encode_utf8(&mut bytes);
        match visible(one) == one {
            true => text.push(c),
            false => {
                let mut units = [0; 2];
                let units = c.encode_utf16(&mut units).iter();
                text.extend(units.map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    text
}

/// `-o yaml`: documents as they stand in their files, with comments; one that others extend is
/// written anew.
pub fn yaml(items: &[Item]) -> String {
    let document = |item: &Item| match &item.text {
        Some(text) => lines(text),
        None => emit::to_string(&item.value).unwrap_or_default().trim_end().to_owned(),
    };
    let documents: Vec<String> = items.iter().map(document).collect();
    match documents.is_empty() {
        true => String::new(),
        false => format!("{}\n", documents.join("\n---\n")),
    }
}

fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(visible).collect();
    lines.join("\n")
}

/// `-o name`: one `kind/name` a line.
pub fn names(names: &[String]) -> String {
    names.iter().map(|name| format!("{}\n", visible(name))).collect()
}

/// `-o csv` (RFC 4180), every column.
pub fn csv(listing: &Listing) -> String {
    let titles: Vec<&str> = listing.columns.iter().map(|column| column.title.as_str()).collect();
    let mut text = record(&titles);
    for row in &listing.rows {
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
        text.push_str(&record(&cells));
    }
    text
}

fn record(fields: &[&str]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    format!("{}\r\n", fields.join(","))
}

/// A field. A spreadsheet takes what begins with one of these characters for a formula and carries
/// it out (OWASP, CSV injection); with a quote before it, it is a text.
fn quoted(field: &str) -> String {
    let mut text = visible(field);
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        text.insert(0, '\'');
    }
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(cells: &[&str]) -> Listing {
        let heading = |title: &str| Heading { title: title.to_owned(), shown: Shown::Always };
        Listing {
            columns: vec![heading("NAME"), heading("TITLE")],
            rows: vec![Row {
                name: "service/a".to_owned(),
                cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
            }],
        }
    }

    #[test]
    fn fields_of_csv_are_quoted_where_they_must_be() {
        let text = csv(&listing(&["a,b", "say \"hi\""]));
        assert_eq!(text, "NAME,TITLE\r\n\"a,b\",\"say \"\"hi\"\"\"\r\n");
    }

    #[test]
    fn a_spreadsheet_takes_no_cell_for_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            let text = csv(&listing(&["a", cell]));
            assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("a,'")), "{text:?}");
        }
    }

    #[test]
    fn json_holds_nothing_that_a_terminal_obeys_and_loses_nothing() {
        let text = "a\u{9b}31m\u{202e}b\u{e0001}";
        let item = Item {
            reference: String::new(),
            file: String::new(),
            line: 1,
            value: json!({ "kind": text }),
            text: None,
        };
        let written = json(&[item], true);
        assert_eq!(written.lines().map(visible).collect::<Vec<_>>().join("\n") + "\n", written);
        let read: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read["kind"], text);
    }

    #[test]
    fn a_value_says_where_it_stands_beside_its_own_fields() {
        let item = Item {
            reference: "service:default/a".to_owned(),
            file: "a.yaml".to_owned(),
            line: 4,
            value: json!({ "kind": "Service" }),
            text: None,
        };
        let one = value(std::slice::from_ref(&item), true);
        assert_eq!(one["kind"], "Service");
        assert_eq!(one["origin"]["line"], 4);
        assert_eq!(value(&[item], false)["items"][0], one);
    }
}
